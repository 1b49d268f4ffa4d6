//! The words between the crawl and whoever drives it.
//!
//! The crawl fetches and archives; it opens no store and reads no page. What is remembered comes
//! from a [`Desk`], what a page says from a [`Reader`], both handed in by the driver. Every event
//! may come twice (a run that was killed is repeated), and must then change nothing more.

mod memory;

pub use memory::{Night, RobotsMemory, SiteMemory, Visit, Watch, WatchKind};

use crate::article::CaptureRef;
use crate::conduct::Conduct;
use crate::coverage::{Cause, Observation};
use crate::error::Result;
use crate::platform::ListingRequest;
use crate::site::Site;
use crate::time::{self, Time};
use crate::url::CanonicalUrl;
use chrono::Datelike as _;
use serde::{Deserialize, Serialize};
use url::Url;

/// Reads pages; a pure function, called on worker threads with a stack of 16 MiB.
pub trait Reader: Send + Sync {
    /// What the driver makes of an article; handed on to [`Desk::fetched`] unseen.
    type Article: Send;

    /// One parse of one page, everything it tells.
    fn read(&self, page: &Page<'_>) -> Reading<Self::Article>;
}

/// Remembers, and is told. Called on worker threads, never on the one that holds the network.
pub trait Desk<A>: Send + Sync {
    /// What is known of a page, by its key (see [`crate::crawl::key_of`]).
    fn visit(&self, key: &str) -> Option<Visit>;

    /// What is known of a site.
    fn site(&self, site: &str) -> SiteMemory;

    /// What was found on a site and not yet fetched: the targets of [`Fetched::found`], until an
    /// event with the same key and without [`Fetched::stays_pending`].
    fn pending(&self, site: &str) -> Vec<Target>;

    /// Known articles of a site that should be looked at again, the most overdue first; see
    /// [`crate::crawl::schedule::is_due`].
    fn due(&self, site: &str, now: Time, limit: usize) -> Vec<Target>;

    /// A page was fetched and archived, or given up. Keep its visit and its article, drop it from
    /// the pending ones, add what was found.
    ///
    /// # Errors
    /// The disk refuses; the crawl then ends.
    fn fetched(&self, event: Fetched<A>) -> Result<()>;

    /// A site was read, as far as it went tonight; comes before `observed`, and now and then in between.
    ///
    /// # Errors
    /// As [`Desk::fetched`].
    fn remember(&self, site: &str, memory: &SiteMemory) -> Result<()>;

    /// The reading of a site has ended.
    ///
    /// # Errors
    /// As [`Desk::fetched`].
    fn observed(&self, observation: &Observation, conduct: &Conduct) -> Result<()>;

    /// Something to show to whoever waits. Called on worker threads too, several at a time: a page is
    /// not dealt with before this returns, so it must be quick.
    fn progress(&self, _progress: &Progress<'_>) {}
}

/// What happens, for a progress bar or a log.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// A request was answered or given up.
    Request {
        /// The site's id.
        site: &'a str,
        /// The address.
        url: &'a str,
        /// The status, or the cause of there being none.
        outcome: std::result::Result<u16, Cause>,
        /// Requests of this site that are still waiting.
        waiting: usize,
    },
    /// A site is done for tonight.
    Done(&'a Observation),
}

/// A page to be read: fetched with status 200, whole, unpacked.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The site it belongs to.
    pub site: &'a Site,
    /// Its address, after redirects.
    pub url: &'a Url,
    /// The body, Content-Encoding undone, charset not yet.
    pub body: &'a [u8],
    /// The Content-Type header.
    pub content_type: Option<&'a str>,
    /// The platform declared for the site or recognised before.
    pub platform: Option<&'a str>,
    /// The listing request this answers, if it is one.
    pub request: Option<&'a ListingRequest>,
    /// When it was captured.
    pub at: Time,
}

/// What a page is; the reader's judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Nature {
    /// One item.
    Article,
    /// A list of items.
    Listing,
    /// Any other page; its links are followed.
    Other,
    /// No page, for this reason: soft 404, challenge, only scripts, too complex.
    Unusable(Cause),
    /// No HTML.
    NotHtml,
}

/// Everything the crawl needs to know of a page.
#[derive(Debug)]
pub struct Reading<A> {
    /// What it is.
    pub nature: Nature,
    /// The article, where it is one.
    pub article: Option<A>,
    /// A hash of title, text and date, where it is an article: another one than before at the same
    /// address means that it was changed.
    pub text_hash: Option<u64>,
    /// A hash of text and day where they tell articles apart: the same at another address of the
    /// site means that it is the same article. Where addresses bear item ids those tell.
    pub twin_hash: Option<u64>,
    /// When it says it was published.
    pub published: Option<Time>,
    /// Whether it has a title, and a text.
    pub filled: (bool, bool),
    /// The platform it was read by.
    pub platform: Option<String>,
    /// Absolute addresses it links to, without those marked `nofollow`.
    pub links: Vec<Url>,
    /// The entries of its list.
    pub items: Vec<Item>,
    /// How to ask for the next page of its list.
    pub next: Option<ListingRequest>,
    /// Feeds it names.
    pub feeds: Vec<Url>,
    /// Sitemaps it names.
    pub sitemaps: Vec<Url>,
}

impl<A> Reading<A> {
    /// A page that says nothing.
    #[must_use]
    pub fn empty(nature: Nature) -> Self {
        Self {
            nature,
            article: None,
            text_hash: None,
            twin_hash: None,
            published: None,
            filled: (false, false),
            platform: None,
            links: Vec::new(),
            items: Vec::new(),
            next: None,
            feeds: Vec::new(),
            sitemaps: Vec::new(),
        }
    }
}

/// An entry of a list, a feed or a sitemap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Where it leads.
    pub url: Url,
    /// The date beside it.
    pub date: Option<Time>,
}

impl Item {
    /// Takes away a date that none of these pages can have: the year 1, or 1970, is what a program
    /// writes that knows no date.
    pub(super) fn plausible(&mut self) {
        self.date = self.date.filter(|date| date.year() >= 2000);
    }
}

/// Why a page is fetched; the order is that in which a site's pages come to their turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aim {
    /// To see what is new: a feed, a sitemap, a list, a seed.
    Watch,
    /// Because it is a new article, as far as its address or its list says.
    Article,
    /// To follow a list or a sitemap further back.
    Follow,
    /// Because a page links to it.
    Link,
    /// To see whether a known article changed or went.
    Recheck,
}

/// A page that is to be fetched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Its key; see [`crate::crawl::key_of`].
    pub key: String,
    /// Its address.
    pub url: CanonicalUrl,
    /// Why.
    pub aim: Aim,
    /// Links from the seed to here.
    #[serde(default)]
    pub depth: u16,
    /// The page that named it; of a recheck, another address at which the article stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
    /// The dates its neighbours gave it.
    #[serde(default)]
    pub hints: Hints,
    /// The request for it, where it is more than a GET of the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<ListingRequest>,
    /// The watched page whose list it continues, by its place in [`SiteMemory::watched`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<usize>,
    /// How often it was tried in vain tonight.
    #[serde(default)]
    pub tries: u8,
    /// What is known of it, where that is already at hand.
    #[serde(skip)]
    pub before: Option<Box<Visit>>,
}

/// Dates that others give for a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hints {
    /// The feed that named it.
    #[serde(with = "time::optional", skip_serializing_if = "Option::is_none")]
    pub feed: Option<Time>,
    /// The sitemap that named it.
    #[serde(with = "time::optional", skip_serializing_if = "Option::is_none")]
    pub sitemap: Option<Time>,
    /// The list that named it.
    #[serde(with = "time::optional", skip_serializing_if = "Option::is_none")]
    pub list: Option<Time>,
    /// A feed or a sitemap named it, and no link had led to it by then.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unlinked: bool,
}

impl Hints {
    /// The best of them.
    #[must_use]
    pub fn date(&self) -> Option<Time> {
        self.list.or(self.feed).or(self.sitemap)
    }
}

/// One page, dealt with.
#[derive(Debug)]
pub struct Fetched<A> {
    /// The site's id.
    pub site: String,
    /// The page's key.
    pub key: String,
    /// Its address, canonical, as first asked for.
    pub url: CanonicalUrl,
    /// Its address after redirects, where that differs: one more of its addresses.
    pub landed: Option<CanonicalUrl>,
    /// The key of that address, where it differs too: the visit must be found under both.
    pub landed_key: Option<String>,
    /// Why it was fetched.
    pub aim: Aim,
    /// What to remember of it.
    pub visit: Visit,
    /// The capture of this answer, where one came.
    pub capture: Option<CaptureRef>,
    /// The article, where it is a new or changed one.
    pub article: Option<A>,
    /// The key of the page that has shown the same article before in this run.
    pub same_as: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
    /// It failed and should be tried again another night: it stays among the pending.
    pub stays_pending: bool,
    /// Dates that others give for it.
    pub hints: Hints,
    /// New targets it led to.
    pub found: Vec<Target>,
    /// Other addresses of pages known by key: (key, address).
    pub aliases: Vec<(String, CanonicalUrl)>,
}

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A page that was not known.
    New,
    /// Another text than before.
    Changed,
    /// The same as before: 304 or equal bytes.
    Unchanged,
    /// 404 or 410, or a page that says so: of a known article, its removal.
    Gone,
    /// No page, for this reason. It is not tried again tonight.
    Failed(Cause),
}
