//! Extraction on whole pages: saved ones with the result expected beside them, pages built from
//! layouts and texts with the quality pinned, and what stands in a page's place.

mod obstacles;
mod pages;
mod quality;

use cchc_audit::data::Data;
use cchc_audit::extract::Page;
use cchc_audit::platform::Platforms;
use std::path::PathBuf;
use url::Url;

/// The platforms as shipped.
fn platforms() -> Platforms {
    Platforms::parse(&Data::built_in()).expect("the platform files load")
}

/// A folder below `tests/`.
fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// A page as a server that says nothing about its charset would send it.
fn page<'a>(url: &'a Url, body: &'a [u8]) -> Page<'a> {
    Page { url, body, content_type: Some("text/html"), platform: None, request: None, at: None }
}
