//! How a night is closed: one Merkle root over all that was captured and written down since the
//! night before, chained to that night and signed.
//!
//! A seal is an entry of the journal, so it is chained twice: by its own `prev`, and as a line
//! among lines that the next seal covers. Its leaves are the groups of every archive file closed
//! since, in order, then the journal's lines since.

use super::keys::{Key, PublicKey};
use super::merkle::{self, Hash};
use super::stamp;
use super::token::Signed;
use crate::archive::{Archive, Leaf};
use crate::digest::{hex, sha256};
use crate::error::{Error, Result};
use crate::record::{Entry, Hand, Record, canonical, kind};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a seal says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// Its number, from 1.
    pub number: u64,
    /// SHA-256 of the canonical JSON of the seal before; empty in the first.
    pub prev: String,
    /// The archive files it covers, in order.
    pub files: Vec<Sealed>,
    /// The first journal line it covers.
    pub from: u64,
    /// The last journal line it covers; one below `from` if none.
    pub to: u64,
    /// How many leaves the tree has.
    pub size: u64,
    /// The root, hex.
    pub root: String,
    /// Who signs.
    pub key: String,
    /// The signature over the canonical JSON of everything above.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub signature: String,
}

/// One archive file under a seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Its name.
    pub name: String,
    /// How many groups of records it holds.
    pub groups: u64,
}

impl Seal {
    /// What an entry of the journal says, if it is a seal.
    #[must_use]
    pub fn of(entry: &Entry) -> Option<Self> {
        (entry.kind == kind::SEAL).then(|| serde_json::from_value(entry.data.clone()).ok()).flatten()
    }

    /// The text that is signed.
    fn text(&self) -> String {
        canonical(&Self { signature: String::new(), ..self.clone() }.value())
    }

    fn value(&self) -> Value {
        serde_json::to_value(self).expect("a seal is plain JSON")
    }

    /// What the next seal bears as `prev`.
    #[must_use]
    pub fn hash(&self) -> String {
        sha256(canonical(&self.value()).as_bytes())
    }

    /// Whether it is signed by a key.
    #[must_use]
    pub fn signed_by(&self, key: &PublicKey) -> bool {
        self.key == key.to_string() && key.verifies(&self.text(), &self.signature)
    }

    /// Where the leaves of a file begin.
    pub(crate) fn base(&self, file: &str) -> Option<u64> {
        let at = self.files.iter().position(|sealed| sealed.name == file)?;
        Some(self.files[..at].iter().map(|sealed| sealed.groups).sum())
    }
}

/// The leaf of a journal line.
pub(crate) fn line_leaf(line: &str) -> Hash {
    Leaf::of(line.as_bytes()).hash
}

/// Closes the night: seals everything since the last seal. `None` if there is nothing new. The
/// archive's writer must have closed its file; one still open is left for the next seal.
///
/// # Errors
/// Archive or journal cannot be read or written, or what was sealed before no longer holds.
pub fn seal(archive: &Archive, record: &Record, key: &Key, hand: &Hand) -> Result<Option<Entry>> {
    let entries = record.journal().entries()?;
    let last = entries.iter().rev().find_map(|entry| Some((entry.seq, Seal::of(entry)?)));
    let (files, mut leaves) = unsealed(archive, last.as_ref().map(|(_, seal)| seal), &entries)?;
    let from = last.as_ref().map_or(1, |(_, seal)| seal.to + 1);
    let lines: Vec<&Entry> = entries.iter().filter(|entry| entry.seq >= from).collect();
    let news = lines.iter().any(|entry| entry.kind != kind::SEAL);
    if files.is_empty() && !news {
        return Ok(None);
    }
    leaves.extend(lines.iter().map(|entry| line_leaf(&entry.line())));
    let mut seal = Seal {
        number: last.as_ref().map_or(1, |(_, seal)| seal.number + 1),
        prev: last.map(|(_, seal)| seal.hash()).unwrap_or_default(),
        files,
        from,
        to: from + lines.len() as u64 - 1,
        size: leaves.len() as u64,
        root: hex(&merkle::root(&leaves)),
        key: key.public().to_string(),
        signature: String::new(),
    };
    seal.signature = key.sign(&seal.text());
    record.append(hand, kind::SEAL, seal.value()).map(Some)
}

/// The closed files that no seal covers yet, with their leaves.
fn unsealed(archive: &Archive, last: Option<&Seal>, entries: &[Entry]) -> Result<(Vec<Sealed>, Vec<Hash>)> {
    let sealed: std::collections::BTreeSet<String> =
        entries.iter().filter_map(Seal::of).flat_map(|seal| seal.files).map(|file| file.name).collect();
    let files = archive.files()?;
    if let Some(lost) = last.iter().flat_map(|seal| &seal.files).find(|file| !files.contains(&file.name)) {
        return Err(Error::Failed(format!(
            "{}: tệp lưu trữ đã niêm phong không còn; khôi phục từ bản sao lưu",
            lost.name
        )));
    }
    let (mut new, mut leaves) = (Vec::new(), Vec::new());
    for name in files.into_iter().filter(|name| !sealed.contains(name)) {
        let Some(own) = archive.leaves(&name)? else { continue };
        leaves.extend(own.iter().map(|leaf| leaf.hash));
        new.push(Sealed { name, groups: own.len() as u64 });
    }
    Ok((new, leaves))
}

/// Checks the chain of seals against the key, the archive and the journal, hashing every file
/// again if `rehash`; names everything that does not hold.
///
/// # Errors
/// Archive or journal cannot be read at all.
pub fn check(archive: &Archive, record: &Record, key: &PublicKey, rehash: bool) -> Result<Vec<String>> {
    let mut faults: Vec<String> =
        record.journal().verify()?.into_iter().map(|f| format!("journal.jsonl:{}: {}", f.line, f.message)).collect();
    if !faults.is_empty() {
        return Ok(faults);
    }
    let entries = record.journal().entries()?;
    let stamps = stamp::kept(&entries);
    let (mut prev, mut last) = (String::new(), None);
    for (entry, seal) in entries.iter().filter_map(|entry| Some((entry, Seal::of(entry)?))) {
        let number = seal.number;
        if last.replace(entry.at).is_some_and(|before| entry.at < before) {
            faults.push(format!("niêm phong số {number} ghi giờ trước niêm phong trước nó"));
        }
        if !seal.signed_by(key) {
            faults.push(format!("niêm phong số {number}: chữ ký không phải của khoá {key}"));
        }
        if seal.prev != prev {
            faults.push(format!("niêm phong số {number} không nối với niêm phong trước"));
        }
        prev = seal.hash();
        match leaves(archive, &seal, &entries) {
            Ok(leaves) if hex(&merkle::root(&leaves)) == seal.root => {}
            Ok(_) => faults.push(format!("niêm phong số {number}: gốc Merkle không khớp những gì đang lưu")),
            Err(error) => faults.push(format!("niêm phong số {number}: {error}")),
        }
        let own = stamps.iter().filter(|((of, _), _)| *of == number);
        faults.extend(own.filter_map(|((_, authority), file)| stamp_fault(record, &seal, authority, file)));
    }
    if rehash {
        for file in archive.files()? {
            faults.extend(archive.rehash(&file)?);
        }
    }
    Ok(faults)
}

/// What is wrong with a kept time stamp.
fn stamp_fault(record: &Record, seal: &Seal, authority: &str, file: &str) -> Option<String> {
    let told = record.files().read(file).map_err(|error| error.to_string());
    let why = match told.and_then(|answer| stamp::told(&answer, seal)) {
        Ok(told) => match told.signed {
            Signed::Wrong(why) => why.to_owned(),
            _ => return None,
        },
        Err(why) => why,
    };
    Some(format!("dấu thời gian của {authority} trên niêm phong số {}: {why}", seal.number))
}

/// The leaves under a seal.
pub(crate) fn leaves(archive: &Archive, seal: &Seal, entries: &[Entry]) -> Result<Vec<Hash>> {
    let mut leaves = Vec::new();
    for file in &seal.files {
        let own = archive.leaves(&file.name)?.unwrap_or_default();
        if own.len() as u64 != file.groups {
            return Err(Error::Failed(format!("{}: tệp đã niêm phong bị thiếu hoặc thừa bản ghi", file.name)));
        }
        leaves.extend(own.iter().map(|leaf| leaf.hash));
    }
    // Entries are numbered from 1 without gaps; the chain was checked when they were read.
    let place = |seq: u64| usize::try_from(seq).unwrap_or(usize::MAX);
    let covered = entries.get(place(seal.from.saturating_sub(1))..place(seal.to));
    let covered = covered.ok_or_else(|| Error::Failed("nhật ký không có những bút toán mà nó bao".to_owned()))?;
    leaves.extend(covered.iter().map(|entry| line_leaf(&entry.line())));
    Ok(leaves)
}
