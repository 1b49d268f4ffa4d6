//! How new pages are found: feeds, sitemaps, lists, and last, links.
//!
//! All pure: bytes or addresses in, items out, each with limits of its own.

pub mod feed;
pub mod sitemap;
pub mod traps;
