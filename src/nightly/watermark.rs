//! Up to where the store has everything that archive and journal hold.
//!
//! The store keeps its last half second in memory, so a run that is killed leaves captures that
//! only the archive knows. What lies behind the mark is taken in when the state is next opened; a
//! store without a mark was never filled to its end, and is made anew. A crawl or an import that was
//! begun and not ended leaves a note: its articles may not be there, or not be compared yet.

use crate::archive::Archive;
use crate::error::Result;
use crate::note::Kind;
use crate::record::Record;
use crate::store::Store;
use std::collections::HashSet;

/// The kind of the note that names the last file taken in whole.
const TAKEN_IN: Kind<String> = Kind::new("taken_in");

/// The kind of the note that a crawl or an import is under way: the journal's last entry before it.
const UNDER_WAY: Kind<u64> = Kind::new("under_way");

/// Notes that a crawl or an import begins.
///
/// # Errors
/// The journal cannot be read, or the store refuses.
pub fn begin(store: &Store, record: &Record) -> Result<()> {
    let last = record.journal().entries()?.last().map_or(0, |entry| entry.seq);
    store.put_note(&UNDER_WAY, "", &last)?;
    store.flush()
}

/// Notes that it came to its end: everything it brought is kept and decided.
///
/// # Errors
/// The store refuses.
pub fn end(store: &Store) -> Result<()> {
    store.drop_note(&UNDER_WAY, "")?;
    store.flush()
}

/// The journal's last entry before the crawl or the import that did not come to its end, if there is one.
///
/// # Errors
/// A damaged row.
pub fn unended(store: &Store) -> Result<Option<u64>> {
    store.note(&UNDER_WAY, "")
}

/// Whether the store has everything that archive and journal hold, and everything is decided.
///
/// # Errors
/// The archive or the store cannot be read.
pub fn is_reached(store: &Store, archive: &Archive) -> Result<bool> {
    let behind = behind(store, archive)?;
    Ok(behind.is_some_and(|files| files.is_empty()) && unended(store)?.is_none())
}

/// Notes that the store has everything, once both are on the disk.
///
/// # Errors
/// The archive cannot be read, or the store refuses.
pub fn set(store: &Store, archive: &Archive) -> Result<()> {
    let last = archive.files()?.pop().unwrap_or_default();
    store.flush()?;
    store.put_note(&TAKEN_IN, "", &last)?;
    store.flush()
}

/// The files of which the store may not have everything: those behind the mark, and those that
/// were never closed. `None`: there is no mark.
///
/// # Errors
/// The archive or the store cannot be read.
pub fn behind(store: &Store, archive: &Archive) -> Result<Option<Vec<String>>> {
    let Some(last) = store.note(&TAKEN_IN, "")? else { return Ok(None) };
    let open: HashSet<String> = archive.open_files()?.into_iter().collect();
    let mut files = archive.files()?;
    files.retain(|file| open.contains(file) || *file > last);
    Ok(Some(files))
}
