//! From what a page said to what the store knows: one article, however often and wherever it is met.
//!
//! The same steps serve the crawl, the rebuild and the import, so that the index is always a fold
//! over what is durable. An article is known by its host and the item id its platform reads from
//! the address, else by its canonical address (DESIGN, *Identity*); met again it becomes an alias,
//! a revision, or nothing new.

mod absence;
mod again;
mod import;

pub use absence::Absent;
pub use import::{Imported, import, import_again};

use crate::article::{Article, ArticleId, CaptureRef, Precision};
use crate::error::Result;
use crate::extract::Extracted;
use crate::note::Kind;
use crate::settle::Judge;
use crate::site::Site;
use crate::store::Store;
use crate::time::Time;
use crate::url::CanonicalUrl;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a meeting with an article turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Met {
    /// Never seen before.
    New(ArticleId),
    /// Known, with another text or another date than before.
    Revised(ArticleId),
    /// Known, as it was; perhaps under one more address.
    Known(ArticleId),
}

impl Met {
    /// Which article.
    #[must_use]
    pub fn id(&self) -> &ArticleId {
        match self {
            Self::New(id) | Self::Revised(id) | Self::Known(id) => id,
        }
    }
}

/// Dates that a feed or a sitemap gave an address, before or after its page was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hint {
    /// The feed's date.
    #[serde(with = "crate::time::optional", skip_serializing_if = "Option::is_none")]
    pub feed: Option<Time>,
    /// The sitemap's date.
    #[serde(with = "crate::time::optional", skip_serializing_if = "Option::is_none")]
    pub sitemap: Option<Time>,
}

/// The article that first bore a text on each day that it is dated, and under no day the first of
/// all, for a page that shows none, such as one to print; by site and text.
const TEXT: Kind<Bearers> = Kind::new("text");
type Bearers = BTreeMap<String, ArticleId>;
/// The dates given to an address, by it.
const HINT: Kind<Hint> = Kind::new("hint");

/// Keeps articles in the store.
#[derive(Clone, Copy)]
pub struct Intake<'a> {
    /// Where to.
    pub store: &'a Store,
    /// Who says at once what a newcomer is; without one that is left to [`settle`](crate::settle).
    pub judge: Option<&'a Judge<'a>>,
}

/// One page that was read as an article.
#[derive(Debug)]
pub struct Sighting<'a> {
    /// The site it stands on.
    pub site: &'a Site,
    /// Its key: host and item id, else its address.
    pub key: &'a str,
    /// Its address, after redirects.
    pub url: &'a CanonicalUrl,
    /// What it says.
    pub extracted: Extracted,
    /// The number for its words; see [`text_identity`](crate::article::text_identity).
    pub text: u64,
    /// Its capture.
    pub capture: CaptureRef,
}

impl Intake<'_> {
    /// Keeps what a page said.
    ///
    /// # Errors
    /// The store refuses.
    pub fn article(&self, sighting: Sighting<'_>) -> Result<Met> {
        let (numbered, text) = (is_numbered(sighting.key), sighting.text);
        let seen = self.compose(sighting)?;
        if let Some(known) = self.store.article(&seen.id)? {
            return self.meet_again(known, seen, text);
        }
        let bearers = self.bearers(&seen, text)?;
        if let Some(known) = self.moved(&seen, &bearers, numbered)? {
            return self.meet_again(known, seen, text);
        }
        let id = seen.id.clone();
        self.remember_text(&seen, text, bearers)?;
        if let Some(judge) = self.judge {
            judge.receive(self.store, &seen)?;
        }
        self.store.put_read(seen, text)?;
        Ok(Met::New(id))
    }

    /// The article this is, if it was met at another address: the same text with the same date on
    /// the same site is the same article moved. Where the platform numbers its items, two numbers
    /// that both stand are two articles.
    fn moved(&self, seen: &Article, bearers: &Bearers, numbered: bool) -> Result<Option<Article>> {
        let same = match bearers.get(&day(seen)) {
            Some(id) if !seen.body.is_empty() => self.store.article(id)?,
            _ => None,
        };
        Ok(same.filter(|known| !numbered || known.is_away()))
    }

    fn bearers(&self, article: &Article, text: u64) -> Result<Bearers> {
        Ok(self.store.note(&TEXT, &text_key(article, text))?.unwrap_or_default())
    }

    /// Keeps that an article bears a text, beside those that are known to.
    fn remember_text(&self, article: &Article, text: u64, mut bearers: Bearers) -> Result<()> {
        let known = bearers.len();
        for day in [day(article), String::new()] {
            bearers.entry(day).or_insert_with(|| article.id.clone());
        }
        if bearers.len() == known {
            return Ok(());
        }
        self.store.put_note(&TEXT, &text_key(article, text), &bearers)
    }

    /// Keeps one more address of the article with this key, if it is known.
    ///
    /// # Errors
    /// The store refuses.
    pub fn alias(&self, key: &str, url: &CanonicalUrl) -> Result<()> {
        let Some(mut article) = self.store.head(&ArticleId::of_key(key))? else { return Ok(()) };
        if article.url != url.as_str() && !article.aliases.iter().any(|known| known == url.as_str()) {
            article.aliases.push(url.as_str().to_owned());
            self.store.put_head(&article)?;
        }
        Ok(())
    }

    /// Keeps the date a feed or sitemap gave an address, and tells the article if it is known.
    ///
    /// # Errors
    /// The store refuses.
    pub fn hint(&self, url: &CanonicalUrl, told: Hint) -> Result<()> {
        if told == Hint::default() {
            return Ok(());
        }
        let before = self.hint_of(url)?;
        let hint = Hint { feed: before.feed.or(told.feed), sitemap: before.sitemap.or(told.sitemap) };
        if hint == before {
            return Ok(());
        }
        self.store.put_note(&HINT, url.as_str(), &hint)?;
        if let Some(id) = self.store.find(url.as_str())?
            && let Some(mut article) = self.store.head(&id)?
        {
            article.times.feed = article.times.feed.or(hint.feed);
            article.times.sitemap = article.times.sitemap.or(hint.sitemap);
            self.store.put_head(&article)?;
        }
        Ok(())
    }

    fn hint_of(&self, url: &CanonicalUrl) -> Result<Hint> {
        Ok(self.store.note(&HINT, url.as_str())?.unwrap_or_default())
    }

    fn compose(&self, sighting: Sighting<'_>) -> Result<Article> {
        let Sighting { site, key, url, extracted, capture, .. } = sighting;
        let hint = self.hint_of(url)?;
        let mut times = extracted.times;
        times.feed = times.feed.or(hint.feed);
        times.sitemap = times.sitemap.or(hint.sitemap);
        let (published, published_from) = match extracted.published {
            Some(at) => (Some(at), extracted.published_from),
            // The page says nothing; a feed's date is the portal's own word too.
            None => (times.feed, times.feed.map(|_| crate::article::DateSource::Feed)),
        };
        Ok(Article {
            id: ArticleId::of_key(key),
            site: Some(site.id.clone()),
            channel: site.channel,
            host: url.to_url().host_str().unwrap_or_default().to_owned(),
            url: url.as_str().to_owned(),
            title: extracted.title,
            sapo: extracted.sapo,
            body: extracted.body,
            author: extracted.author,
            category: extracted.category,
            published,
            published_precision: extracted.published_precision.unwrap_or(Precision::Second),
            published_from,
            first_seen: Some(capture.at),
            times,
            capture: Some(capture),
            warnings: extracted.warnings,
            ..Article::default()
        })
    }
}

/// Whether a page's key holds its platform's item id (`host id`), and is no mere address.
fn is_numbered(key: &str) -> bool {
    key.contains(' ')
}

/// The day that an article is dated; empty if it is not.
fn day(article: &Article) -> String {
    article.published.map(|at| at.date_naive().to_string()).unwrap_or_default()
}

/// One site, one text: with the day, what tells a moved article from another, whatever its title has become.
fn text_key(article: &Article, text: u64) -> String {
    format!("{} {text:016x}", article.site.as_deref().unwrap_or_default())
}

#[cfg(test)]
mod tests;
