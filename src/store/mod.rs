//! The only place that knows sled: an index over the archive and the journal.
//!
//! Losing it loses nothing; `cchc rebuild` makes it anew. So every write is idempotent, and the
//! archive or the journal is written before it. sled opens in one process only; whoever holds it
//! answers the others ([`crate::owner`]). The face speaks of articles, addresses and visits, so
//! that another engine can stand behind it later.

mod memory;
mod open;
mod rows;
mod table;

pub use open::Opened;
pub use rows::{Entry, Judged};

use crate::article::{Article, ArticleId};
use crate::assess::novelty::Finding;
use crate::coverage::Observation;
use crate::error::{Error, Result};
use crate::note::Kind;
use rows::{By, Row, below, id_of, sketch_key, under};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::path::Path;
use table::{Table, failed};

/// Version of the rows; a store of another version is made anew by `cchc rebuild`.
pub const SCHEMA: u8 = 2;

/// The index.
pub struct Store {
    db: sled::Db,
    articles: Table<Row>,
    texts: Table<Vec<u8>>,
    addresses: Table<ArticleId>,
    judged: Table<Judged>,
    findings: Table<Finding>,
    sketches: Table<Vec<u8>>,
    visits: Table<Vec<u8>>,
    pending: Table<Vec<u8>>,
    looks: Table<Vec<u8>>,
    observations: Table<Observation>,
    notes: Table<Value>,
}

impl Store {
    /// Opens the index in a folder, making it if it is not there. A damaged one is put aside,
    /// never deleted, and [`Opened::Fresh`] says that it must be rebuilt.
    ///
    /// # Errors
    /// Another process holds it, or the disk refuses.
    pub fn open(dir: &Path) -> Result<(Self, Opened)> {
        let (db, opened) = open::database(dir)?;
        Ok((Self::over(db)?, opened))
    }

    /// An index in memory, for what is not kept.
    ///
    /// # Errors
    /// No room for it.
    pub fn temporary() -> Result<Self> {
        let db = sled::Config::new().temporary(true).open().map_err(|e| failed("db", &e))?;
        Self::over(db)
    }

    fn over(db: sled::Db) -> Result<Self> {
        Ok(Self {
            articles: Table::json(&db, "articles", 1)?,
            texts: Table::bytes(&db, "texts", 2)?,
            addresses: Table::json(&db, "addresses", 3)?,
            judged: Table::json(&db, "judged", 4)?,
            findings: Table::json(&db, "findings", 5)?,
            sketches: Table::bytes(&db, "sketches", 6)?,
            visits: Table::bytes(&db, "visits", 7)?,
            pending: Table::bytes(&db, "pending", 8)?,
            looks: Table::bytes(&db, "looks", 11)?,
            observations: Table::json(&db, "observations", 9)?,
            notes: Table::json(&db, "notes", 10)?,
            db,
        })
    }

    /// Makes everything written so far durable.
    ///
    /// # Errors
    /// The disk refuses; the crawl must stop then.
    pub fn flush(&self) -> Result<()> {
        self.db.flush().map(drop).map_err(|e| failed("db", &e))
    }

    /// Empties the index, before it is made anew.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn clear(&self) -> Result<()> {
        self.articles.clear()?;
        self.texts.clear()?;
        self.addresses.clear()?;
        self.judged.clear()?;
        self.findings.clear()?;
        self.sketches.clear()?;
        self.visits.clear()?;
        self.pending.clear()?;
        self.looks.clear()?;
        self.observations.clear()?;
        self.notes.clear()
    }

    /// Keeps an article with all its addresses. Its texts go first and its row last, so that a
    /// crash between leaves nothing that points nowhere.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn put(&self, article: &Article) -> Result<()> {
        self.put_read(article.clone(), article.text_identity())
    }

    /// The same where the number for its words, [`Article::text_identity`], is at hand.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn put_read(&self, article: Article, text: u64) -> Result<()> {
        let (row, texts) = Row::split(article, text);
        let id = &row.article.id;
        self.texts.put(id.0.as_bytes(), &texts)?;
        for address in std::iter::once(&row.article.url).chain(&row.article.aliases) {
            self.addresses.put(address.as_bytes(), id)?;
        }
        self.articles.put(id.0.as_bytes(), &row)
    }

    /// Keeps what changed about an article besides its texts: addresses, times, removal.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn put_head(&self, head: &Article) -> Result<()> {
        let key = head.id.0.as_bytes();
        let Some(row) = self.articles.get(key)? else { return Ok(()) };
        for address in std::iter::once(&head.url).chain(&head.aliases) {
            self.addresses.put(address.as_bytes(), &head.id)?;
        }
        self.articles.put(key, &Row::of_head(head, row.text))
    }

    /// One article with its texts.
    ///
    /// # Errors
    /// A damaged row.
    pub fn article(&self, id: &ArticleId) -> Result<Option<Article>> {
        let key = id.0.as_bytes();
        let Some(row) = self.articles.get(key)? else { return Ok(None) };
        let texts = self.texts.get(key)?.unwrap_or_default();
        row.join(&texts)
            .map(Some)
            .map_err(|e| Error::Failed(format!("văn bản của bài {id} hỏng: {e}; chạy `cchc rebuild`")))
    }

    /// The article that an id or an address names.
    ///
    /// # Errors
    /// A damaged row.
    pub fn find(&self, name: &str) -> Result<Option<ArticleId>> {
        if self.articles.contains(name.as_bytes())? {
            return Ok(Some(ArticleId(name.to_owned())));
        }
        self.addresses.get(name.as_bytes())
    }

    /// One article without its texts.
    ///
    /// # Errors
    /// A damaged row.
    pub fn head(&self, id: &ArticleId) -> Result<Option<Article>> {
        Ok(self.articles.get(id.0.as_bytes())?.map(|row| row.article))
    }

    /// Every article, in order of id, without its texts.
    pub fn heads(&self) -> impl Iterator<Item = Result<Article>> + '_ {
        self.articles.scan(b"").map(|row| Ok(row?.1.article))
    }

    /// Every article with all that is held of it, in order of id, without its texts.
    pub fn entries(&self) -> impl Iterator<Item = Result<Entry>> + '_ {
        self.articles.scan(b"").map(|row| {
            let (key, row) = row?;
            Ok(Entry {
                article: row.article,
                text: row.text,
                judged: self.judged.get(&key)?,
                finding: self.findings.get(&key)?,
            })
        })
    }

    /// The ids of all articles, in order.
    pub fn ids(&self) -> impl Iterator<Item = Result<ArticleId>> + '_ {
        self.articles.keys().map(|key| key.map(|key| id_of(&key)))
    }

    /// How many articles there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.articles.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Keeps what an article is by itself, and which rules say so.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn judge(&self, id: &ArticleId, judged: &Judged) -> Result<()> {
        self.judged.put(id.0.as_bytes(), judged)
    }

    /// What an article is by itself.
    ///
    /// # Errors
    /// A damaged row.
    pub fn judged(&self, id: &ArticleId) -> Result<Option<Judged>> {
        self.judged.get(id.0.as_bytes())
    }

    /// Whether these rules said what an article is by itself.
    ///
    /// # Errors
    /// A damaged row.
    pub fn is_judged_by(&self, id: &ArticleId, rules: &str) -> Result<bool> {
        Ok(self.judged.part::<By>(id.0.as_bytes())?.is_some_and(|by| by.rules == rules))
    }

    /// Keeps what other texts say of an article.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn put_finding(&self, id: &ArticleId, finding: &Finding) -> Result<()> {
        self.findings.put(id.0.as_bytes(), finding)
    }

    /// What other texts say of an article.
    ///
    /// # Errors
    /// A damaged row.
    pub fn finding(&self, id: &ArticleId) -> Result<Option<Finding>> {
        self.findings.get(id.0.as_bytes())
    }

    /// What other texts say of every article that was compared.
    pub fn findings(&self) -> impl Iterator<Item = Result<(ArticleId, Finding)>> + '_ {
        self.findings.scan(b"").map(|row| row.map(|(key, found)| (id_of(&key), found)))
    }

    /// Keeps the signature of one version of an article's text.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn put_sketch(&self, id: &ArticleId, version: u32, sketch: &Vec<u8>) -> Result<()> {
        self.sketches.put(&sketch_key(id, version), sketch)
    }

    /// The signature of one version of an article's text.
    ///
    /// # Errors
    /// A damaged row.
    pub fn sketch(&self, id: &ArticleId, version: u32) -> Result<Option<Vec<u8>>> {
        self.sketches.get(&sketch_key(id, version))
    }

    /// Whether an article was compared with earlier ones.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn is_compared(&self, id: &ArticleId) -> Result<bool> {
        self.findings.contains(id.0.as_bytes())
    }

    /// Forgets all answers about an article whose text is not what it was; first what says that it
    /// was compared, for without that everything is done anew.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn undecide(&self, id: &ArticleId) -> Result<()> {
        self.findings.remove(id.0.as_bytes())?;
        self.judged.remove(id.0.as_bytes())?;
        let mut version = 0;
        while self.sketches.remove(&sketch_key(id, version))? {
            version += 1;
        }
        Ok(())
    }

    /// Keeps something else about a subject, such as a site's conduct in a night.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn put_note<T: Serialize>(&self, kind: &Kind<T>, about: &str, said: &T) -> Result<()> {
        self.notes.put(&under(kind.name(), about), &kind.write(said)?)
    }

    /// What such a note says; see [`Kind::read`].
    ///
    /// # Errors
    /// A damaged row.
    pub fn note<T: DeserializeOwned>(&self, kind: &Kind<T>, about: &str) -> Result<Option<T>> {
        Ok(self.notes.get(&under(kind.name(), about))?.and_then(|note| kind.read(note)))
    }

    /// Forgets such a note.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn drop_note<T>(&self, kind: &Kind<T>, about: &str) -> Result<()> {
        self.notes.remove(&under(kind.name(), about)).map(drop)
    }

    /// The notes of one kind whose subject begins with `about`: subject and what is said.
    pub fn notes<T: DeserializeOwned>(&self, kind: &Kind<T>, about: &str) -> impl Iterator<Item = Result<(String, T)>> {
        self.notes
            .scan(&under(kind.name(), about))
            .filter_map(|row| row.map(|(key, note)| kind.read(note).map(|said| (below(&key), said))).transpose())
    }

    /// The bytes it takes on the disk.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn size(&self) -> Result<u64> {
        self.db.size_on_disk().map_err(|e| failed("db", &e))
    }
}
