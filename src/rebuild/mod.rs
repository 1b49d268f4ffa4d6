//! The store anew, from what is durable: archive, journal, files.
//!
//! Replays every capture through the same steps as the crawl, in the order in which they were
//! written, with the imports of the journal in their place between them. Losing the store loses
//! nothing; the audit afterwards equals the one before. After a run that was killed only what the
//! store does not know yet is replayed ([`catch_up`]).

mod replay;

use crate::archive::{Archive, Record as Archived};
use crate::article::CaptureRef;
use crate::crawl::content::on_deep_stack;
use crate::error::{Error, Result};
use crate::intake;
use crate::nightly::watermark;
use crate::owner::Owner;
use crate::record::{Entry as Journalled, Record, kind};
use crate::rules::Rules;
use crate::settle::{self, Judge, Settled};
use crate::site::Sites;
use crate::store::Store;
use replay::Replay;
use std::collections::HashSet;

/// What a rebuild came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Captures replayed.
    pub captures: usize,
    /// Articles in the store afterwards.
    pub articles: usize,
    /// What was decided about them.
    pub settled: Settled,
    /// Stretches of the archive that could not be read, a Vietnamese sentence each; what stood
    /// there is missing from the store.
    pub damaged: Vec<String>,
}

/// Makes the store of a held state anew.
///
/// # Errors
/// Archive or journal cannot be read, or the store refuses.
pub fn rebuild(
    owner: &Owner,
    rules: &Rules,
    sites: Option<&Sites>,
    progress: &(dyn Fn(&str, usize, usize) + Sync),
) -> Result<Rebuilt> {
    into(&owner.store, owner, rules, sites, progress)
}

/// Replays everything into a store, which is emptied first; `store check` compares such a copy.
///
/// # Errors
/// As [`rebuild`].
pub fn into(
    store: &Store,
    owner: &Owner,
    rules: &Rules,
    sites: Option<&Sites>,
    progress: &(dyn Fn(&str, usize, usize) + Sync),
) -> Result<Rebuilt> {
    on_deep_stack(|| replay_all(store, owner, rules, sites, progress))
}

fn replay_all(
    store: &Store,
    owner: &Owner,
    rules: &Rules,
    sites: Option<&Sites>,
    progress: &dyn Fn(&str, usize, usize),
) -> Result<Rebuilt> {
    store.clear()?;
    let record = Record::new(owner.state.dir());
    let mut imports: Vec<Journalled> = record.journal().entries()?;
    imports.retain(|entry| entry.kind == kind::IMPORT);
    let mut imports = imports.into_iter().peekable();
    let judge = Judge::new(rules, sites);
    let mut replay = Replay::new(store, rules, sites).judging(&judge);
    let (mut captures, mut damaged) = (0, Vec::new());
    let archive = Archive::new(owner.state.archive());
    for entry in archive.entries()? {
        // One damaged stretch must not cost all the others: this is what is run when things are broken.
        let entry = match entry {
            Ok(entry) => entry,
            Err(Error::Damaged(why)) => {
                damaged.push(why);
                continue;
            }
            Err(error) => return Err(error),
        };
        while let Some(import) = imports.next_if(|import| import.at <= entry.place.at) {
            intake::import_again(store, &record, &import.data)?;
        }
        if matches!(entry.record, Archived::Capture(_)) {
            captures += 1;
            progress("đọc lại kho lưu trữ", captures, 0);
        }
        replay.entry(&entry)?;
    }
    for import in imports {
        intake::import_again(store, &record, &import.data)?;
    }
    replay.finish()?;
    let settled = settle::settle(store, &judge, progress)?;
    watermark::set(store, &archive)?;
    Ok(Rebuilt { captures, articles: store.len(), settled, damaged })
}

/// Takes into the store what a run that was killed had archived, or an import had journalled, and the
/// store had not kept yet, and decides about it. Returns why the store must be made anew instead: it speaks of captures that are not there, as
/// after a power cut that took the end of a file.
///
/// # Errors
/// The archive cannot be read, or the store refuses.
pub fn catch_up(
    owner: &Owner,
    rules: &Rules,
    sites: Option<&Sites>,
    progress: &(dyn Fn(&str, usize, usize) + Sync),
) -> Result<Option<String>> {
    let lost = on_deep_stack(|| replay_missing(owner, rules, sites))?;
    if lost.is_none()
        && let Some(since) = watermark::unended(&owner.store)?
    {
        let record = Record::new(owner.state.dir());
        let entries = record.journal().entries()?;
        for import in entries.iter().filter(|entry| entry.seq > since && entry.kind == kind::IMPORT) {
            intake::import_again(&owner.store, &record, &import.data)?;
        }
        settle::settle(&owner.store, &Judge::new(rules, sites), progress)?;
        watermark::end(&owner.store)?;
    }
    Ok(lost)
}

fn replay_missing(owner: &Owner, rules: &Rules, sites: Option<&Sites>) -> Result<Option<String>> {
    let archive = Archive::new(owner.state.archive());
    let Some(files) = watermark::behind(&owner.store, &archive)? else {
        return Ok(Some("chỉ mục chưa từng được dựng xong".to_owned()));
    };
    let mut replay = Replay::new(&owner.store, rules, sites).missing_only();
    let mut there = HashSet::new();
    for file in &files {
        for entry in archive.entries_of(file.clone()) {
            let entry = match entry {
                Ok(entry) => entry,
                // Told by the repair that comes with the next writer.
                Err(Error::Damaged(_)) => continue,
                Err(error) => return Err(error),
            };
            there.insert((entry.place.file.clone(), entry.place.offset));
            replay.entry(&entry)?;
        }
    }
    for head in owner.store.heads() {
        let lost =
            |place: &CaptureRef| files.contains(&place.file) && !there.contains(&(place.file.clone(), place.offset));
        if head?.capture.as_ref().is_some_and(lost) {
            return Ok(Some("kho lưu trữ mất phần cuối mà chỉ mục còn nhắc tới".to_owned()));
        }
    }
    replay.finish()?;
    watermark::set(&owner.store, &archive)?;
    Ok(None)
}
