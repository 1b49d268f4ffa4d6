//! The item everything turns on: an article as extracted, and what was decided about it.
//!
//! The same type is the JSON line of `classify`, `import`, `articles` and `audit --articles`
//! (DESIGN, *JSON lines of articles*), so what one command writes the others read.

mod given;
mod identity;
pub mod lines;
mod whole;

pub use given::{Given, QUOTA_TOPIC};
pub use identity::text_identity;
pub use whole::Novelty;

use crate::time::{self, Time};
use crate::unit::UnitId;
use chrono::{Datelike as _, TimeDelta};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a duty names as the place of publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// Trang thông tin CCHC của Thành phố.
    CityPage,
    /// The portal of one unit.
    OwnPortal,
    /// Anything else that is watched, such as the city's general portal.
    #[default]
    Other,
}

impl Channel {
    /// The id used in data files and JSON.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::CityPage => "city-page",
            Self::OwnPortal => "own-portal",
            Self::Other => "other",
        }
    }

    /// The name people read.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CityPage => "Trang CCHC Thành phố",
            Self::OwnPortal => "Trang của đơn vị",
            Self::Other => "Kênh khác",
        }
    }
}

/// How exactly a publication time is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// To the second.
    #[default]
    Second,
    /// To the minute.
    Minute,
    /// Only the day is known; ties within it favour the unit.
    Day,
}

/// Where a publication time was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateSource {
    /// Shown to readers on the page.
    Page,
    /// In the page's metadata (JSON-LD, meta elements).
    Metadata,
    /// Coded in the address; on IMS the time of creation.
    Url,
    /// In a feed.
    Feed,
    /// In a sitemap.
    Sitemap,
}

/// Every time known of one article; a contradiction between them is flagged, never resolved silently.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Times {
    /// Shown on the page.
    #[serde(with = "time::optional", skip_serializing_if = "Option::is_none")]
    pub page: Option<Time>,
    /// In the page's metadata.
    #[serde(with = "time::optional", skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Time>,
    /// Coded in the address.
    #[serde(with = "time::optional", skip_serializing_if = "Option::is_none")]
    pub url: Option<Time>,
    /// In the feed that named it.
    #[serde(with = "time::optional", skip_serializing_if = "Option::is_none")]
    pub feed: Option<Time>,
    /// In the sitemap that named it.
    #[serde(with = "time::optional", skip_serializing_if = "Option::is_none")]
    pub sitemap: Option<Time>,
    /// The Last-Modified header of the capture.
    #[serde(with = "time::optional", skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<Time>,
}

/// Where a capture stands in the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureRef {
    /// WARC file name inside `archive/`.
    pub file: String,
    /// Offset of the gzip member in that file, in bytes.
    pub offset: u64,
    /// Length of the gzip member, in bytes.
    pub length: u64,
    /// `sha256:` and the hex digest of the payload as received.
    pub digest: String,
    /// When the answer was received.
    pub at: Time,
}

/// A later, different text of the same article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// When this text was first seen.
    pub at: Time,
    /// Its title.
    pub title: String,
    /// Its lead.
    #[serde(default)]
    pub sapo: String,
    /// Its paragraphs.
    pub body: Vec<String>,
    /// Its capture, where it came from the crawl.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<CaptureRef>,
}

/// Another date than before, shown later by the same page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redating {
    /// When it was first seen.
    pub at: Time,
    /// The date shown until then; `None` where the page showed none.
    #[serde(default, with = "time::optional", skip_serializing_if = "Option::is_none")]
    pub from: Option<Time>,
    /// The date shown from then on.
    pub to: Time,
}

impl Redating {
    /// Whether a page seen at a moment can have been published on a date: not after it was seen, and
    /// not before there were portals, which is how a missing date is often written.
    #[must_use]
    pub fn is_possible(date: Time, seen: Time) -> bool {
        date.year() >= FIRST_YEAR && date <= seen + TimeDelta::days(1)
    }

    /// Whether the new date can be right.
    #[must_use]
    pub fn could_be(&self) -> bool {
        Self::is_possible(self.to, self.at)
    }
}

/// No portal is older.
const FIRST_YEAR: i32 = 1995;

/// A stretch of time in which an article did not stand on its portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// When it was first found gone.
    pub from: Time,
    /// When it was found again.
    pub until: Time,
}

/// The warning of an article whose text is a picture or a file.
pub const WORDLESS: &str = "không có chữ, chỉ có ảnh/tệp đính kèm";

/// A hash of the article's key (host and item id, else canonical address), or whatever an
/// imported file calls it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArticleId(pub String);

impl ArticleId {
    /// The id of an article by its key: `host item-id` where the platform reads an item id from
    /// the address, else the canonical address (DESIGN, *Identity*).
    #[must_use]
    pub fn of_key(key: &str) -> Self {
        Self(crate::digest::sha256(key.as_bytes())[..16].to_owned())
    }
}

impl fmt::Display for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One article. Only `id` must be present in a JSON line; unknown keys are ignored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Article {
    /// Its identity.
    pub id: ArticleId,
    /// The site's id in `sites.toml`, where it came from the crawl.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// The channel of the site that carries it.
    pub channel: Channel,
    /// The host it stands on, lower case, without port.
    pub host: String,
    /// The address under which it was first seen.
    pub url: String,
    /// Its other addresses; they stay resolvable.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Title, NFC.
    pub title: String,
    /// Lead, NFC; empty if there is none.
    #[serde(deserialize_with = "null_as_default")]
    pub sapo: String,
    /// Paragraphs, NFC.
    #[serde(deserialize_with = "null_as_default")]
    pub body: Vec<String>,
    /// Author or source line as shown.
    #[serde(deserialize_with = "null_as_default")]
    pub author: String,
    /// The site's section, slug or name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// When it was published; `None` where no source says.
    #[serde(with = "time::optional")]
    pub published: Option<Time>,
    /// How exactly.
    pub published_precision: Precision,
    /// Where that was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_from: Option<DateSource>,
    /// When the crawler first saw it.
    #[serde(with = "time::optional", skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Time>,
    /// All other times known.
    pub times: Times,
    /// When it was first found gone from its portal, where a later look confirmed it.
    #[serde(with = "time::optional", skip_serializing_if = "Option::is_none")]
    pub removed: Option<Time>,
    /// When it was found gone, as long as no later look has confirmed that or found it again.
    #[serde(with = "time::optional", skip_serializing_if = "Option::is_none")]
    pub missing: Option<Time>,
    /// When it was gone before, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub absences: Vec<Absence>,
    /// Other dates that its page has shown since, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub redated: Vec<Redating>,
    /// The capture of the first text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capture: Option<CaptureRef>,
    /// Later texts, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub revisions: Vec<Revision>,
    /// What extraction was unsure of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// What people had already decided when the line was written; any subset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assessment: Option<Given>,
}

impl Article {
    /// Whether the last look did not find it where it stood.
    #[must_use]
    pub fn is_away(&self) -> bool {
        self.removed.is_some() || self.missing.is_some()
    }
}

fn null_as_default<'de, D, T>(d: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(d)?.unwrap_or_default())
}

/// In-depth or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// News.
    #[default]
    TinBai,
    /// Commentary, in-depth, study, exchange, report, review.
    ChuyenSau,
}

impl Kind {
    /// The id used in data files and JSON.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::TinBai => "tin-bai",
            Self::ChuyenSau => "chuyen-sau",
        }
    }
}

/// What a reason is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// Whose it is.
    Unit,
    /// CCHC or not.
    Cchc,
    /// Topics, quota topics and themes.
    Topic,
    /// News or in-depth.
    Kind,
    /// Published before or not.
    Novelty,
}

/// Why one answer was given: a code, and a Vietnamese sentence that names the words and places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Which answer.
    pub about: About,
    /// A stable code, such as `author_line`.
    pub code: String,
    /// A sentence a civil servant can follow.
    pub detail: String,
}

/// What was decided about one article: the output line of `classify`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Assessment {
    /// Who is credited.
    pub unit: Option<UnitId>,
    /// How sure, 0–1.
    pub unit_confidence: f64,
    /// Credited beside `unit` where two signed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub co_units: Vec<UnitId>,
    /// On an own portal: whom the text was taken over from, a unit's slug or text.
    pub taken_from: Option<String>,
    /// About administrative reform or not.
    pub is_cchc: bool,
    /// Topic areas, primary first.
    pub topics: Vec<String>,
    /// Quota topics; an inner one stands beside its outer one.
    pub quota_topics: Vec<String>,
    /// Themes of coverage duties, such as `d1` or `e5`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub themes: Vec<String>,
    /// News or in-depth.
    pub kind: Kind,
    /// Half or more of the text was published before.
    pub repost: bool,
    /// Where most of it was.
    pub repost_of: Option<ArticleId>,
    /// Share of this text found in earlier ones, 0–1.
    pub similarity: f64,
    /// Answers that were close calls, for the review list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unsure: Vec<About>,
    /// Why, answer by answer.
    pub reasons: Vec<Reason>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_needs_little_and_ignores_the_unknown() {
        let line = r#"{"id":"x","channel":"city-page","published":"2026-05-31T17:00:00Z","sapo":null,"extra":1}"#;
        let article: Article = serde_json::from_str(line).unwrap();
        assert_eq!(article.channel, Channel::CityPage);
        assert_eq!(article.published.unwrap().to_rfc3339(), "2026-06-01T00:00:00+07:00");
        let again: Article = serde_json::from_str(&serde_json::to_string(&article).unwrap()).unwrap();
        assert_eq!(again, article);
    }
}
