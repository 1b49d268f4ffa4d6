//! Articles from a file that a person hands over: kept, told in the journal, then put into the store.
//!
//! What the crawl saw itself is better evidence and stays as it is.

use crate::article::{Article, lines};
use crate::error::Result;
use crate::record::{Hand, Record, kind};
use crate::store::Store;

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
    for mut article in lines::read(name, bytes).articles {
        // Another state's `cchc articles` names captures of that state's archive, which are not here.
        article.capture = None;
        article.revisions.iter_mut().for_each(|revision| revision.capture = None);
        match store.article(&article.id)? {
            Some(known) if is_crawled(&known) => {
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

/// Whether the crawl read one of its texts.
fn is_crawled(known: &Article) -> bool {
    known.capture.is_some() || known.revisions.iter().any(|revision| revision.capture.is_some())
}
