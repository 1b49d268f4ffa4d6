//! What goes into a reading of a page, and what comes out.

use crate::article::{DateSource, Precision, Times};
use crate::platform::{ListingRequest, Platform};
use crate::time::{self, Time};
use serde::Serialize;
use url::Url;

/// A page as captured.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The address it was fetched from, after redirects.
    pub url: &'a Url,
    /// The body, Content-Encoding undone, charset not yet.
    pub body: &'a [u8],
    /// The Content-Type header.
    pub content_type: Option<&'a str>,
    /// The platform a site declares; `None`: recognised from the page.
    pub platform: Option<&'a str>,
    /// The listing request this answers, if it is one.
    pub request: Option<&'a ListingRequest>,
    /// When it was captured: chooses the layout of the time and bounds its dates.
    pub at: Option<Time>,
}

/// What a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// One item.
    Article,
    /// A list of items, or the fragment that answers a listing request.
    Listing,
    /// Any other readable page.
    Other,
    /// "Not found" said with status 200.
    SoftNotFound,
    /// A test whether we are a browser, in place of the page.
    Challenge,
    /// A log-in form in place of the page.
    Login,
    /// The portal's own trouble, said with status 200.
    Failure,
    /// Nothing to read without running its scripts.
    ScriptOnly,
    /// No HTML at all.
    NotHtml,
    /// Too large or too deeply nested to be parsed.
    TooComplex,
}

/// A link of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Absolute, without fragment.
    pub url: Url,
    /// `rel="nofollow"` stands on it.
    pub nofollow: bool,
}

/// One entry of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListItem {
    /// Absolute, without fragment.
    pub url: Url,
    /// Its title as listed.
    pub title: String,
    /// Its date as listed, where one is shown.
    pub date: Option<Time>,
}

/// An article as extracted: DESIGN, *`extract` out*, with all times known beside.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Extracted {
    /// The page's address.
    pub url: String,
    /// The address the page names as its canonical one.
    pub canonical: Option<String>,
    /// Headline, NFC.
    pub title: String,
    /// Lead, NFC; empty if there is none.
    pub sapo: String,
    /// Paragraphs, NFC; a table row is one paragraph.
    pub body: Vec<String>,
    /// Author or source line as shown; empty if none is.
    pub author: String,
    /// When it was published.
    #[serde(with = "time::optional")]
    pub published: Option<Time>,
    /// How exactly; null without `published`.
    pub published_precision: Option<Precision>,
    /// Where that was read; null without `published`.
    pub published_from: Option<DateSource>,
    /// The section.
    pub category: Option<String>,
    /// The id of the platform that read it.
    pub platform: String,
    /// What was doubtful, in Vietnamese.
    pub warnings: Vec<String>,
    /// Every time the page and its address tell.
    pub times: Times,
}

/// Everything one parse of a page tells.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What the page is.
    pub nature: Nature,
    /// The id of its platform.
    pub platform: String,
    /// The article; always there for [`Nature::Article`], never otherwise.
    pub article: Option<Extracted>,
    /// The canonical address the page names.
    pub canonical: Option<Url>,
    /// All links to http(s) addresses, each once, in order of the page.
    pub links: Vec<Link>,
    /// The entries of a list, in order of the page.
    pub items: Vec<ListItem>,
    /// How to ask for the following page of the list.
    pub next: Option<ListingRequest>,
    /// RSS, Atom and JSON feeds the page names.
    pub feeds: Vec<Url>,
    /// Sitemaps the page names.
    pub sitemaps: Vec<Url>,
    /// What was doubtful, in Vietnamese.
    pub warnings: Vec<String>,
}

impl Reading {
    /// A reading with nothing in it.
    pub(super) fn empty(platform: &Platform, nature: Nature) -> Self {
        Self {
            nature,
            platform: platform.id.clone(),
            article: None,
            canonical: None,
            links: Vec::new(),
            items: Vec::new(),
            next: None,
            feeds: Vec::new(),
            sitemaps: Vec::new(),
            warnings: Vec::new(),
        }
    }
}
