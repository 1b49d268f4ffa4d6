//! From what a page said to what the store knows: one article, however often and wherever it is met.
//!
//! The same steps serve the crawl, the rebuild and the import, so that the index is always a fold
//! over what is durable. An article is known by its host and the item id its platform reads from
//! the address, else by its canonical address (DESIGN, *Identity*); met again it becomes an alias,
//! a revision, or nothing new.

use crate::article::{Article, ArticleId, CaptureRef, Precision, Revision, lines};
use crate::error::Result;
use crate::extract::Extracted;
use crate::note::Kind;
use crate::record::{Hand, Record, kind};
use crate::settle::Judge;
use crate::site::Site;
use crate::store::Store;
use crate::text;
use crate::time::Time;
use crate::url::CanonicalUrl;
use chrono::SubsecRound as _;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

/// What a meeting with an article turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Met {
    /// Never seen before.
    New(ArticleId),
    /// Known, with another text than before.
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

/// The article that first bore a text, by the key of the text.
const TEXT: Kind<ArticleId> = Kind::new("text");
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
        let key = text_key(&seen, text);
        if let Some(known) = self.known(&seen, &key, numbered)? {
            return self.meet_again(known, seen);
        }
        let id = seen.id.clone();
        self.store.put_note(&TEXT, &key, &id)?;
        if let Some(judge) = self.judge {
            judge.receive(self.store, &seen)?;
        }
        self.store.put_read(seen, text)?;
        Ok(Met::New(id))
    }

    /// The article this is, if it was met before: by its id, or by the same text with the same
    /// date at another address of the same site, which is the same article moved. Where the
    /// platform numbers its items, two numbers that both stand are two articles.
    fn known(&self, seen: &Article, key: &str, numbered: bool) -> Result<Option<Article>> {
        if let Some(known) = self.store.article(&seen.id)? {
            return Ok(Some(known));
        }
        let same = match self.store.note(&TEXT, key)? {
            Some(id) if !seen.body.is_empty() => self.store.article(&id)?,
            _ => None,
        };
        Ok(same.filter(|known| !numbered || known.removed.is_some()))
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

    /// Marks the article at an address as gone from its portal, if it stood there until now;
    /// `record` makes that durable first, so that no crash leaves the store knowing more.
    ///
    /// # Errors
    /// The store refuses, or `record`.
    pub fn gone(&self, url: &CanonicalUrl, at: Time, record: impl FnOnce() -> Result<()>) -> Result<()> {
        let Some(id) = self.store.find(url.as_str())? else { return Ok(()) };
        let Some(mut article) = self.store.head(&id)? else { return Ok(()) };
        // One of several addresses may end while the others stand; only the first one speaks.
        if article.url == url.as_str() && article.removed.is_none() {
            record()?;
            // The archive tells time to the millisecond, and a rebuild must find the same.
            article.removed = Some(at.trunc_subsecs(3));
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

    /// An article met before: what is new about it this time.
    fn meet_again(&self, mut known: Article, seen: Article) -> Result<Met> {
        let before = known.clone();
        if known.url != seen.url && !known.aliases.contains(&seen.url) {
            known.aliases.push(seen.url.clone());
        }
        known.removed = None;
        // At another address the same item may be shown otherwise (print, language); that is no
        // later text. Only its own address tells that it was rewritten.
        let rewritten = known.url == seen.url && !same_text(&latest(&known), &content(&seen));
        if rewritten {
            known.revisions.push(Revision {
                at: seen.first_seen.unwrap_or_default(),
                title: seen.title,
                sapo: seen.sapo,
                body: seen.body,
                capture: seen.capture,
            });
        }
        if rewritten {
            self.store.undecide(&known.id)?;
        }
        if known != before {
            self.store.put(&known)?;
        }
        Ok(if rewritten { Met::Revised(known.id) } else { Met::Known(known.id) })
    }
}

/// What an import made of the articles of its file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Not known before.
    pub new: usize,
    /// Imported before, with something else in it.
    pub changed: usize,
    /// Imported before, just so.
    pub same: usize,
    /// Left as they were: what the crawl saw itself is better evidence than a line in a file.
    pub crawled: usize,
}

/// Puts a file of articles into the store; the file is kept, and the journal says so, before.
///
/// # Errors
/// Journal, files or store refuse.
pub fn import(store: &Store, record: &Record, hand: &Hand, name: &str, bytes: &[u8]) -> Result<Imported> {
    let file = record.files().keep(bytes)?;
    record.append(hand, kind::IMPORT, serde_json::json!({ "file": file, "file_name": name }))?;
    take_in(store, name, bytes)
}

/// Takes in again what was imported, for a rebuild; `data` is the journal entry's.
///
/// # Errors
/// The kept file is gone, or the store refuses.
pub fn import_again(store: &Store, record: &Record, data: &serde_json::Value) -> Result<()> {
    let text = |key: &str| data.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
    let bytes = record.files().read(text("file"))?;
    take_in(store, text("file_name"), &bytes).map(drop)
}

fn take_in(store: &Store, name: &str, bytes: &[u8]) -> Result<Imported> {
    let mut imported = Imported::default();
    for article in lines::read(name, bytes).articles {
        match store.article(&article.id)? {
            Some(known) if known.capture.is_some() => {
                imported.crawled += 1;
                continue;
            }
            Some(known) if known == article => {
                imported.same += 1;
                continue;
            }
            Some(_) => imported.changed += 1,
            None => imported.new += 1,
        }
        store.undecide(&article.id)?;
        store.put(&article)?;
    }
    store.flush()?;
    Ok(imported)
}

/// Title, lead and body of one version.
type Content<'a> = (&'a str, &'a str, &'a [String]);

fn content(article: &Article) -> Content<'_> {
    (&article.title, &article.sapo, &article.body)
}

fn latest(article: &Article) -> Content<'_> {
    article.revisions.last().map_or_else(|| content(article), |last| (&last.title, &last.sapo, &last.body))
}

fn same_text(a: &Content<'_>, b: &Content<'_>) -> bool {
    a == b || normal(a) == normal(b)
}

fn normal((title, sapo, body): &Content<'_>) -> String {
    [*title, *sapo].into_iter().chain(body.iter().map(String::as_str)).map(text::bare).collect()
}

/// Whether a page's key holds its platform's item id (`host id`), and is no mere address.
fn is_numbered(key: &str) -> bool {
    key.contains(' ')
}

/// One site, one day, one text: what tells a moved article from another.
fn text_key(article: &Article, text: u64) -> String {
    let day = article.published.map(|at| at.date_naive().to_string()).unwrap_or_default();
    let site = article.site.as_deref().unwrap_or_default();
    let title = xxh3_64(text::bare(&article.title).as_bytes());
    format!("{site} {day} {title:016x}{text:016x}")
}

#[cfg(test)]
mod tests;
