//! Up to where the store has everything that the archive holds.
//!
//! The store keeps its last half second in memory, so a run that is killed leaves captures that
//! only the archive knows. What lies behind the mark is taken in when the state is next opened; a
//! store without a mark was never filled to its end, and is made anew.

use crate::archive::Archive;
use crate::error::Result;
use crate::note::Kind;
use crate::store::Store;
use std::collections::HashSet;

/// The kind of the note that names the last file taken in whole.
const TAKEN_IN: Kind<String> = Kind::new("taken_in");

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
