//! That a record or a journal line stands under a seal: its Merkle path, about a kilobyte.

use super::merkle::{self, Hash, Tree};
use super::seal::{self, Seal};
use crate::archive::Archive;
use crate::digest::{hex, unhex};
use crate::error::Result;
use crate::record::Entry;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The way from one leaf to a seal's root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Path {
    /// The seal's number.
    pub(super) seal: u64,
    /// The leaf's place in the seal's tree, from 0.
    pub(super) index: u64,
    /// The hashes on the way, hex, nearest first.
    pub(super) path: Vec<String>,
}

/// A group of records in the pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Group {
    /// Where it stands in the pack's WARC file.
    pub(super) offset: u64,
    /// How long it is.
    pub(super) length: u64,
    /// The file of the archive it was taken from.
    pub(super) file: String,
    /// Where it stood there.
    pub(super) from: u64,
    /// Its proof; `None` while the night is not sealed.
    pub(super) proof: Option<Path>,
}

/// A journal line in the pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    /// Its number.
    pub(super) seq: u64,
    /// Its proof; `None` while the night is not sealed.
    pub(super) proof: Option<Path>,
}

/// `proofs.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Proofs {
    pub(super) groups: Vec<Group>,
    pub(super) lines: Vec<Line>,
}

impl Path {
    /// Whether the leaf is under the seal.
    pub(super) fn leads(&self, leaf: Hash, seal: &Seal) -> bool {
        let steps: Option<Vec<Hash>> = self.path.iter().map(|step| unhex(step)?.try_into().ok()).collect();
        let root = steps.and_then(|steps| merkle::climb(leaf, self.index, seal.size, &steps));
        self.seal == seal.number && root.is_some_and(|root| hex(&root) == seal.root)
    }
}

/// Finds paths; reads the leaves of each night once.
pub(super) struct Prover<'a> {
    archive: &'a Archive,
    entries: &'a [Entry],
    /// Every seal with its journal entry, oldest first.
    seals: Vec<(&'a Entry, Seal)>,
    trees: BTreeMap<u64, Tree>,
}

impl<'a> Prover<'a> {
    pub(super) fn new(archive: &'a Archive, entries: &'a [Entry]) -> Self {
        let seals = entries.iter().filter_map(|entry| Some((entry, Seal::of(entry)?))).collect();
        Self { archive, entries, seals, trees: BTreeMap::new() }
    }

    /// The path of a group of an archive file.
    pub(super) fn group(&mut self, file: &str, number: usize) -> Result<Option<Path>> {
        let at = self.seals.iter().position(|(_, seal)| seal.base(file).is_some());
        let Some(at) = at else { return Ok(None) };
        let base = self.seals[at].1.base(file).unwrap_or_default();
        self.path(at, base + number as u64).map(Some)
    }

    /// The path of a journal line.
    pub(super) fn line(&mut self, seq: u64) -> Result<Option<Path>> {
        let at = self.seals.iter().position(|(_, seal)| (seal.from..=seal.to).contains(&seq));
        let Some(at) = at else { return Ok(None) };
        let seal = &self.seals[at].1;
        let groups: u64 = seal.files.iter().map(|file| file.groups).sum();
        let index = groups + seq - seal.from;
        self.path(at, index).map(Some)
    }

    fn path(&mut self, at: usize, index: u64) -> Result<Path> {
        let seal = &self.seals[at].1;
        if !self.trees.contains_key(&seal.number) {
            self.trees.insert(seal.number, Tree::over(seal::leaves(self.archive, seal, self.entries)?));
        }
        let steps = self.trees[&seal.number].path(usize::try_from(index).unwrap_or(usize::MAX));
        Ok(Path { seal: seal.number, index, path: steps.iter().map(|step| hex(step)).collect() })
    }

    /// The journal entries of the seals that were needed, oldest first.
    pub(super) fn needed(&self) -> Vec<&'a Entry> {
        let needed = self.seals.iter().filter(|(_, seal)| self.trees.contains_key(&seal.number));
        needed.map(|(entry, _)| *entry).collect()
    }
}
