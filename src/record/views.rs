//! What the journal says as of a moment: decisions in force, attestations, the ledger.

use super::{Entry, Hand, Record, kind};
use crate::article::ArticleId;
use crate::decision::{Attestation, Decision, LedgerLine, Ruling};
use crate::error::{Error, Result};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Everything people did that bears on an audit, as of a moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Views {
    /// Decisions in force, oldest first.
    pub decisions: Vec<Decision>,
    /// Attestations in force, oldest first.
    pub attestations: Vec<Attestation>,
    /// The ledger's lines, by day of receipt; a line sent again replaces the earlier one.
    pub ledger: Vec<LedgerLine>,
}

#[derive(Serialize, Deserialize)]
struct Revocation {
    seq: u64,
    reason: String,
}

#[derive(Serialize, Deserialize)]
struct LedgerFile {
    file: String,
    file_name: String,
    lines: Vec<LedgerLine>,
}

impl Record {
    /// What is in force at a moment; without one, now.
    ///
    /// # Errors
    /// The journal cannot be read, or an entry is not what its kind says.
    pub fn views(&self, until: Option<Time>) -> Result<Views> {
        let entries = self.journal.entries()?;
        let known: Vec<&Entry> = entries.iter().filter(|e| until.is_none_or(|until| e.at <= until)).collect();
        let revoked = all::<Revocation>(&known, kind::REVOCATION)?;
        let revoked: BTreeSet<u64> = revoked.into_iter().map(|(_, revocation)| revocation.seq).collect();
        let stands = |entry: &Entry| !revoked.contains(&entry.seq);
        let mut views = Views::default();
        for entry in known.iter().filter(|entry| stands(entry)) {
            match entry.kind.as_str() {
                kind::DECISION => views.decisions.push(signed(entry)?),
                kind::ATTESTATION => views.attestations.push(signed(entry)?),
                _ => {}
            }
        }
        let standing: Vec<&Entry> = known.into_iter().filter(|entry| stands(entry)).collect();
        views.ledger = ledger(all::<LedgerFile>(&standing, kind::LEDGER)?);
        Ok(views)
    }

    /// Records an override.
    ///
    /// # Errors
    /// The reason is empty, or the disk refuses.
    pub fn decide(&self, hand: &Hand, item: &ArticleId, ruling: &Ruling, reason: &str) -> Result<Entry> {
        let reason = need_reason(reason)?;
        self.append(hand, kind::DECISION, decided(item, ruling, reason))
    }

    /// Takes a decision, an attestation or a ledger back by its number.
    ///
    /// # Errors
    /// There is no such entry, it cannot be taken back or was already, the reason is empty, or the
    /// disk refuses.
    pub fn revoke(&self, hand: &Hand, seq: u64, reason: &str) -> Result<Entry> {
        let reason = need_reason(reason)?;
        self.append_one(hand, |entries| {
            may_be_revoked(entries, seq)?;
            Ok((kind::REVOCATION, json!({"seq": seq, "reason": reason})))
        })
    }

    /// Records evidence; `seq`, `at` and `by` of the value are filled in from the journal.
    ///
    /// # Errors
    /// The file it names is not kept, or the disk refuses.
    pub fn attest(&self, hand: &Hand, attestation: &Attestation) -> Result<Entry> {
        if let Some(file) = &attestation.file {
            self.files.read(file)?;
        }
        self.append(hand, kind::ATTESTATION, unsigned(attestation))
    }

    /// What an entry attests, if it is an attestation.
    ///
    /// # Errors
    /// The entry is not what its kind says.
    pub fn attestation(&self, entry: &Entry) -> Result<Option<Attestation>> {
        (entry.kind == kind::ATTESTATION).then(|| signed(entry)).transpose()
    }

    /// Records a ledger: the file as it came, and its lines as read.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn keep_ledger(&self, hand: &Hand, name: &str, bytes: &[u8], lines: Vec<LedgerLine>) -> Result<Entry> {
        let file = LedgerFile { file: self.files.keep(bytes)?, file_name: name.to_owned(), lines };
        self.append(hand, kind::LEDGER, serde_json::to_value(file).expect("ledger lines are plain JSON"))
    }
}

impl Record {
    /// The entry of the last ledger loaded and not taken back, if it is this file.
    ///
    /// # Errors
    /// The journal cannot be read, or an entry is not what its kind says.
    pub fn ledger_in_force(&self, file: &str) -> Result<Option<u64>> {
        let entries = self.journal.entries()?;
        let entries: Vec<&Entry> = entries.iter().collect();
        let revoked: BTreeSet<u64> =
            all::<Revocation>(&entries, kind::REVOCATION)?.into_iter().map(|(_, revocation)| revocation.seq).collect();
        let loaded = all::<LedgerFile>(&entries, kind::LEDGER)?;
        let last = loaded.iter().rev().find(|(entry, _)| !revoked.contains(&entry.seq));
        Ok(last.filter(|(_, ledger)| ledger.file == file).map(|(entry, _)| entry.seq))
    }
}

/// Refuses what is not there, what stands for ever, and what was taken back before.
fn may_be_revoked(entries: &[Entry], seq: u64) -> Result<()> {
    let revocable = [kind::DECISION, kind::ATTESTATION, kind::LEDGER];
    match entries.iter().find(|entry| entry.seq == seq) {
        None => return Err(Error::Input(format!("nhật ký không có bút toán số {seq}"))),
        Some(entry) if !revocable.contains(&entry.kind.as_str()) => {
            let kind = kind::name(&entry.kind);
            return Err(Error::Input(format!(
                "bút toán số {seq} là {kind}; chỉ thu hồi được quyết định, minh chứng và sổ gửi bài"
            )));
        }
        Some(_) => {}
    }
    let all = all::<Revocation>(&entries.iter().collect::<Vec<_>>(), kind::REVOCATION)?;
    match all.iter().find(|(_, revocation)| revocation.seq == seq) {
        Some((by, _)) => Err(Error::Input(format!("bút toán số {seq} đã được thu hồi bởi bút toán số {}", by.seq))),
        None => Ok(()),
    }
}

/// What a decision's entry says.
pub(super) fn decided(item: &ArticleId, ruling: &Ruling, reason: &str) -> Value {
    json!({"item": item, "ruling": ruling, "reason": reason})
}

/// A reason with something in it.
pub(super) fn need_reason(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    if reason.is_empty() { Err(Error::Input("thiếu lý do: ghi vì sao, một câu".to_owned())) } else { Ok(reason) }
}

/// The entries of a kind with what they say.
fn all<'e, T: for<'d> Deserialize<'d>>(entries: &[&'e Entry], kind: &str) -> Result<Vec<(&'e Entry, T)>> {
    let of_kind = entries.iter().filter(|entry| entry.kind == kind);
    of_kind
        .map(|entry| {
            let said = serde_json::from_value(entry.data.clone()).map_err(|e| unreadable(entry, &e))?;
            Ok((*entry, said))
        })
        .collect()
}

pub(super) fn unreadable(entry: &Entry, why: &serde_json::Error) -> Error {
    Error::Failed(format!("nhật ký: bút toán {} ({}) không đọc được: {why}", entry.seq, kind::name(&entry.kind)))
}

/// An entry's data with the number, time and name that the entry bears.
fn signed<T: for<'d> Deserialize<'d>>(entry: &Entry) -> Result<T> {
    let mut data = entry.data.clone();
    if let Some(fields) = data.as_object_mut() {
        fields.insert("seq".to_owned(), json!(entry.seq));
        fields.insert("at".to_owned(), json!(entry.at));
        fields.insert("by".to_owned(), json!(entry.by));
    }
    serde_json::from_value(data).map_err(|e| unreadable(entry, &e))
}

/// The inverse: what the entry itself says is not said twice.
fn unsigned(value: &impl Serialize) -> Value {
    let mut data = serde_json::to_value(value).expect("plain data is plain JSON");
    if let Some(fields) = data.as_object_mut() {
        for name in ["seq", "at", "by"] {
            fields.remove(name);
        }
    }
    data
}

fn ledger(files: Vec<(&Entry, LedgerFile)>) -> Vec<LedgerLine> {
    let mut lines = BTreeMap::new();
    for line in files.into_iter().flat_map(|(_, file)| file.lines) {
        lines.insert(line.id.clone(), line);
    }
    let mut lines: Vec<_> = lines.into_values().collect();
    lines.sort_by(|a, b| (a.received, &a.unit, &a.id).cmp(&(b.received, &b.unit, &b.id)));
    lines
}
