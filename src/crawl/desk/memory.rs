//! What is remembered of pages and sites from night to night.

use crate::article::CaptureRef;
use crate::crawl::alarm::Alarm;
use crate::platform::ListingRequest;
use crate::time::{self, Time};
use crate::url::CanonicalUrl;
use core::net::SocketAddr;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is remembered of a page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Visit {
    /// When it was last looked at.
    #[serde(with = "time::optional")]
    pub at: Option<Time>,
    /// The last status; 0 where there was no answer.
    pub status: u16,
    /// It was an article.
    pub article: bool,
    /// Its ETag.
    pub etag: Option<String>,
    /// Its Last-Modified, as sent.
    pub last_modified: Option<String>,
    /// Where its last full capture stands; holds the digest of its payload.
    pub capture: Option<CaptureRef>,
    /// Looks since it last changed; of a page that was never had, looks in vain.
    pub unchanged: u32,
    /// When it was first fetched.
    #[serde(with = "time::optional")]
    pub first: Option<Time>,
    /// See [`Reading::text_hash`].
    pub text_hash: Option<u64>,
}

impl Visit {
    /// Whether something stood there at the last look.
    #[must_use]
    pub fn stands(&self) -> bool {
        !matches!(self.status, 404 | 410)
    }

    /// Whether it is an answer that stands: of a page that failed, the next night tries again.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.article || matches!(self.status, 200..=399 | 404 | 410)
    }
}

/// What is remembered of a site from night to night.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SiteMemory {
    /// The platform its pages were recognised as.
    pub platform: Option<String>,
    /// Where its host was found last; empty until it was.
    pub addresses: Vec<SocketAddr>,
    /// What is looked at every night.
    pub watched: Vec<Watch>,
    /// When the last reading began that left no gap.
    #[serde(with = "time::optional")]
    pub read: Option<Time>,
    /// When the last reading ended that was not cut short. What was first fetched by then marks
    /// where a list has been read before.
    #[serde(with = "time::optional")]
    pub settled: Option<Time>,
    /// What came before is not claimed any more: it may hide articles that could not be read and are
    /// not waited for any longer.
    #[serde(with = "time::optional", skip_serializing_if = "Option::is_none")]
    pub floor: Option<Time>,
    /// Every page that links lead to was fetched once.
    pub complete: bool,
    /// Until then: pages that a feed or a sitemap named and no link has led to, by the hash of their keys.
    pub unlinked: Vec<u64>,
    /// An article was read here, tonight or before.
    pub articles: bool,
    /// New articles that the sitemap had when it was read whole, and had not.
    pub sitemap_has: u32,
    /// See `sitemap_has`.
    pub sitemap_lacks: u32,
    /// New articles that the feeds named, and did not name though they reached back so far.
    pub feed_has: u32,
    /// See `feed_has`.
    pub feed_lacks: u32,
    /// Pages refetched for a newer lastmod that had changed, and had not.
    pub lastmod_right: u32,
    /// See `lastmod_right`.
    pub lastmod_wrong: u32,
    /// Families of addresses that brought nothing; see [`crate::crawl::discover::traps`].
    pub barren: Vec<u64>,
    /// What the addresses of its articles have in common; see [`crate::crawl::discover::traps::kin_of`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kin: Vec<u64>,
    /// Pages that are no articles, by what their addresses have in common.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub others: BTreeMap<u64, u32>,
    /// The server asked to be left alone until then.
    #[serde(with = "time::optional", skip_serializing_if = "Option::is_none")]
    pub rest_until: Option<Time>,
    /// The last robots.txt of each origin.
    pub robots: BTreeMap<String, RobotsMemory>,
    /// What came night by night, the last eight weeks.
    pub nights: Vec<Night>,
    /// What makes the site hard to believe at present.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm: Option<Alarm>,
}

/// A robots.txt as it was last had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RobotsMemory {
    /// When it was asked for.
    pub at: Time,
    /// The status.
    pub status: u16,
    /// The file, cut at 500 KiB; empty unless the status was 2xx.
    pub text: String,
    /// Its SHA-256.
    pub hash: String,
    /// Its ETag.
    #[serde(default)]
    pub etag: Option<String>,
}

/// One night's yield.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Night {
    /// When the reading began.
    pub at: Time,
    /// New articles.
    pub new: u32,
    /// Pages that were or should have been articles, and those of them with a title, with a date,
    /// with a text.
    #[serde(default)]
    pub read: u32,
    /// See `read`.
    #[serde(default)]
    pub titled: u32,
    /// See `read`.
    #[serde(default)]
    pub dated: u32,
    /// See `read`.
    #[serde(default)]
    pub bodied: u32,
}

impl Night {
    /// A night that has brought nothing yet.
    #[must_use]
    pub fn begun(at: Time) -> Self {
        Self { at, new: 0, read: 0, titled: 0, dated: 0, bodied: 0 }
    }
}

/// A page that is looked at every night.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// Its address.
    pub url: CanonicalUrl,
    /// What it is.
    pub kind: WatchKind,
    /// Its last visit.
    #[serde(default)]
    pub visit: Visit,
    /// Its list was read back to its end, or to the bound of the crawl.
    #[serde(default)]
    pub complete: bool,
    /// How far back it was read without a gap; meaningful while not complete.
    #[serde(default, with = "time::optional")]
    pub reached: Option<Time>,
    /// Where reading back goes on.
    #[serde(default)]
    pub resume: Option<ListingRequest>,
    /// How far back the articles go that it shows, as they are dated themselves.
    #[serde(default, with = "time::optional", skip_serializing_if = "Option::is_none")]
    pub oldest: Option<Time>,
    /// Its list begins with the oldest article: news come where nobody looks.
    #[serde(default)]
    pub backwards: bool,
    /// It has named articles.
    #[serde(default)]
    pub fruitful: bool,
    /// What it showed that no other page did is not known: it is looked at ever more seldom, as long
    /// as it stays so, and nothing is claimed from it.
    #[serde(default)]
    pub seldom: bool,
    /// What it showed first at its last reading, in order, by the hash of the keys: while several of
    /// these stand behind what is new, it has shown everything since.
    #[serde(default)]
    pub last: Vec<u64>,
}

/// What a watched page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WatchKind {
    /// RSS, Atom or JSON.
    Feed,
    /// A sitemap or an index of them.
    Sitemap,
    /// A seed, a home page, a list.
    Page,
}
