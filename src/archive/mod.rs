//! What was seen, kept so that a stranger can check it with other people's tools.
//!
//! WARC 1.1 (ISO 28500), one gzip member a record, with a CDXJ index beside each file. A
//! [`Writer`] appends; a file, once closed, never changes again. An [`Archive`] reads: one
//! capture by its place, or everything in the order it was written, for `cchc rebuild`.
//!
//! - [`Capture`]: one response, with its request, the server's address and certificate, timings.
//! - [`Attempt`]: a request that got no response, or was not sent because robots.txt forbids it.
//! - [`Note`]: what the crawler concluded, such as an observation of coverage.

pub mod body;
mod capture;
pub(crate) mod cdxj;
mod compose;
pub(crate) mod gzip;
mod leaves;
mod parse;
mod read;
mod repair;
mod scan;
mod warc;
mod write;

pub use capture::{Attempt, Capture, Entry, Note, Profile, Record, Tls, Truncation, Unchanged};
pub use leaves::Leaf;
pub use read::{Archive, Bytes};
pub(crate) use warc::date_of;
pub use write::{Options, Writer};
