//! The guest: fetches what is new on the watched portals, and nothing else.
//!
//! [`run`] reads sites side by side, one connection a server. What to fetch is decided by pure
//! files (robots, politeness, frontier, discovery); only `fetch`, `resolve` and the loop touch the
//! world. Every answer goes to the archive before anybody reads it. The crawl opens no store:
//! the driver hands in a [`Reader`] that reads pages and a [`Desk`] that remembers.

pub mod body;
pub mod conduct;
pub mod cover;
pub mod desk;
pub mod discover;
pub mod fetch;
pub mod frontier;
pub mod guard;
pub mod politeness;
pub mod resolve;
pub mod robots;
pub mod round;
pub mod schedule;
mod tls;

pub use desk::{Desk, Reader};

/// Our name in robots.txt and at the beginning of the User-Agent.
pub const AGENT: &str = "cchc-audit";

use crate::platform::Platform;
use crate::site::Site;
use crate::url::CanonicalUrl;

/// The key of a page: the site's host and the item id that the platform reads from the address,
/// else the address without its scheme. All hosts of a site count as its main one.
#[must_use]
pub fn key_of(site: &Site, platform: &Platform, url: &CanonicalUrl) -> String {
    let parsed = url.to_url();
    if let Some(item) = platform.item_id(&parsed) {
        return format!("{} {item}", site.host);
    }
    match parsed.host_str() {
        Some(host) if host != site.host => format!("{}{}", site.host, &url.key()[host.len()..]),
        _ => url.key().to_owned(),
    }
}
