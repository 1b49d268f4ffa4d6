//! All that an audit is told about the world, and how it finds its way in it.
//!
//! A [`Post`] is an article without its text: what bears on a verdict and nothing more, so that a
//! year of every portal fits into memory. [`World::new`] sorts and indexes once, while loading;
//! auditing one unit then touches only that unit's posts.

use crate::article::{About, Article, ArticleId, Assessment, Channel, Precision};
use crate::assess::novelty::{self, Overlap};
use crate::coverage::Coverage;
use crate::decision::{Attestation, Decision, LedgerLine};
use crate::time::{self, Time};
use crate::unit::UnitId;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// What the audit needs of one article; its times, unit and kind are those of its first text.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Post {
    /// Its identity.
    pub id: ArticleId,
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub channel: Channel,
    /// The host, lower case, without port.
    pub host: String,
    /// The site's id in `sites.toml`, where it came from the crawl.
    pub site: Option<String>,
    /// When it was published; `None` where no source says.
    pub published: Option<Time>,
    /// How exactly that is known.
    pub precision: Precision,
    /// When the crawler first saw it; `None` for a file given by hand.
    pub first_seen: Option<Time>,
    /// When it was first found gone from its portal.
    pub removed: Option<Time>,
    /// Whether its dates contradict each other.
    pub date_mismatch: bool,
    /// Whether what it says stands in a picture or a file, and nobody has said what that is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unread: bool,
    /// The same number for the same words, whatever the title: one text is one item on a channel.
    pub text: u64,
    /// What was decided about it.
    pub assessment: Assessment,
    /// Whether `assessment.repost` was given beforehand by people, not measured.
    pub repost_given: bool,
    /// How much of it stood in earlier texts.
    pub overlap: Overlap,
}

impl Post {
    /// What is kept of an article and its assessment.
    #[must_use]
    pub fn new(article: &Article, assessment: Assessment, overlap: Overlap) -> Self {
        Self::of_head(article, article.text_identity(), assessment, overlap)
    }

    /// What is kept of an article whose texts are not at hand; `text` is its [`Article::text_identity`].
    #[must_use]
    pub fn of_head(article: &Article, text: u64, assessment: Assessment, overlap: Overlap) -> Self {
        Self {
            id: article.id.clone(),
            url: article.url.clone(),
            title: article.title.clone(),
            channel: article.channel,
            host: article.host.clone(),
            site: article.site.clone(),
            published: article.published,
            precision: article.published_precision,
            first_seen: article.first_seen,
            removed: article.removed,
            date_mismatch: !novelty::contradictions(article).is_empty(),
            unread: article.is_wordless() && assessment.unsure.contains(&About::Cchc),
            text,
            assessment,
            repost_given: article.assessment.as_ref().is_some_and(|given| given.repost.is_some()),
            overlap,
        }
    }

    /// The day of publication in Hanoi.
    #[must_use]
    pub fn day(&self) -> Option<NaiveDate> {
        self.published.map(day_of)
    }

    /// The earliest and the latest moment at which it may have been published.
    pub(super) fn moments(&self) -> Option<(Time, Time)> {
        let Some(at) = self.published else {
            // Undated: it was there when it was first seen, and nobody knows since when.
            return self.first_seen.map(|seen| (seen, seen));
        };
        Some(match self.precision {
            Precision::Second => (at, at),
            Precision::Minute => (at, at + chrono::Duration::seconds(59)),
            Precision::Day => (time::start_of(day_of(at)), time::end_of(day_of(at))),
        })
    }

    /// Whether it was there, and known, at a moment.
    pub(super) fn known_at(&self, moment: Time) -> bool {
        self.first_seen.is_none_or(|seen| seen <= moment) && self.published.is_none_or(|at| at <= moment)
    }
}

/// The order of posts: by publication, undated ones last, then by id.
fn place(post: &Post) -> (bool, Option<Time>, &ArticleId) {
    (post.published.is_none(), post.published, &post.id)
}

/// The day of a moment in Hanoi.
pub(super) fn day_of(moment: Time) -> NaiveDate {
    moment.with_timezone(&time::hanoi()).date_naive()
}

/// Everything that bears on an audit beside the plan and the registry.
#[derive(Debug, Clone, Default)]
pub struct World {
    posts: Vec<Post>,
    by_id: HashMap<ArticleId, u32>,
    by_unit: HashMap<UnitId, Vec<u32>>,
    /// What was seen of which site.
    pub coverage: Coverage,
    /// The intake desk's ledger; empty if none is loaded.
    pub ledger: Vec<LedgerLine>,
    /// Evidence people recorded, without what was withdrawn.
    pub attestations: Vec<Attestation>,
    /// Decisions in force, in the order in which they were made; revoked ones are left out.
    pub decisions: Vec<Decision>,
    /// Hashes of all that bears on the audit, by name.
    pub inputs: BTreeMap<String, String>,
}

impl World {
    /// Sorts and indexes the posts; everything else starts empty and may be filled in.
    ///
    /// Beside the posts of the units audited it must hold the earlier ones their
    /// [`Overlap`]s name. One address is one item: of several posts at it the first stands, and the
    /// ids of the others lead to it.
    #[must_use]
    pub fn new(mut posts: Vec<Post>) -> Self {
        posts.sort_by(|a, b| place(a).cmp(&place(b)));
        let mut world = Self::default();
        let mut standing: Vec<Post> = Vec::with_capacity(posts.len());
        let mut addresses: HashMap<String, u32> = HashMap::with_capacity(posts.len());
        for post in posts {
            let n = u32::try_from(standing.len()).expect("an audit holds fewer than 2^32 posts");
            let known = world.by_id.get(&post.id).copied();
            let at = match known {
                Some(at) => at,
                None if post.url.is_empty() => n,
                None => *addresses.entry(post.url.clone()).or_insert(n),
            };
            world.by_id.entry(post.id.clone()).or_insert(at);
            if at < n {
                continue;
            }
            for unit in post.assessment.unit.iter().chain(&post.assessment.co_units) {
                let list = world.by_unit.entry(unit.clone()).or_default();
                if list.last() != Some(&n) {
                    list.push(n);
                }
            }
            standing.push(post);
        }
        Self { posts: standing, ..world }
    }

    /// Every post, in order of publication; undated ones last.
    #[must_use]
    pub fn posts(&self) -> &[Post] {
        &self.posts
    }

    /// One post by its id.
    #[must_use]
    pub fn post(&self, id: &ArticleId) -> Option<&Post> {
        self.index(id).map(|n| self.at(n))
    }

    pub(super) fn index(&self, id: &ArticleId) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    pub(super) fn at(&self, index: u32) -> &Post {
        &self.posts[index as usize]
    }

    /// The posts a unit is credited with, as the assessment says, in order of publication.
    pub(super) fn of_unit(&self, unit: &UnitId) -> &[u32] {
        self.by_unit.get(unit).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(id: &str, url: &str, day: Option<&str>) -> Post {
        let unit = Some("phuong-hai-ba-trung".parse().unwrap());
        Post {
            id: ArticleId(id.to_owned()),
            url: url.to_owned(),
            published: day.and_then(|d| time::parse(&format!("2026-05-{d}T08:00:00+07:00"))),
            assessment: Assessment { unit, ..Assessment::default() },
            ..Post::default()
        }
    }

    #[test]
    fn one_address_is_one_item_and_every_id_leads_to_it() {
        let world = World::new(vec![
            post("revised", "https://a.vn/1", Some("20")),
            post("first", "https://a.vn/1", Some("03")),
            post("first", "https://a.vn/2", Some("21")),
            post("undated", "", None),
            post("other", "", Some("01")),
        ]);
        let ids: Vec<&str> = world.posts().iter().map(|p| p.id.0.as_str()).collect();
        assert_eq!(ids, ["other", "first", "undated"]);
        for (id, stands) in [("first", "first"), ("revised", "first"), ("undated", "undated")] {
            assert_eq!(world.post(&ArticleId(id.to_owned())).map(|p| p.id.0.as_str()), Some(stands), "{id}");
        }
        assert_eq!(world.of_unit(&"phuong-hai-ba-trung".parse().unwrap()), [0, 1, 2]);
    }

    #[test]
    fn the_same_words_are_the_same_text_unless_they_are_few() {
        let article =
            |title: &str, body: &str| Article { title: title.into(), body: vec![body.into()], ..Article::default() };
        let long = "Hoà giải ở cơ sở ".repeat(10);
        for (a, b, same) in [
            (article("Một", &long), article("Hai", &long.to_uppercase().replace("HOÀ", "HÒA")), true),
            (article("Một", &long), article("Một", &format!("{long} thêm")), false),
            (article("Một", "Xem tệp đính kèm"), article("Hai", "Xem tệp đính kèm"), false),
            (article("Một", "Xem tệp đính kèm"), article("Một", "Xem tệp, đính kèm."), true),
        ] {
            assert_eq!(a.text_identity() == b.text_identity(), same, "{} / {}", a.title, b.title);
        }
    }
}
