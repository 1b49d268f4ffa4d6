//! An append-only file of JSON lines, each chained to the one before by its hash.
//!
//! Any command may append, whoever holds the store: an append locks the file, reads where the chain
//! ends, writes one line and forces it to the disk. What depends on earlier entries is checked and
//! written under the same lock ([`Journal::append_checked`]). A line torn by a crash was acknowledged
//! to nobody; the next append cuts it off.

use super::Hand;
use super::jcs::canonical;
use crate::digest::sha256;
use crate::error::{Error, Result};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// Version of a line's form.
const SCHEMA: u32 = 1;
/// What the first line is chained to.
const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// How much of the end is read to find the last line; longer ones double it.
const TAIL: u64 = 1 << 16;

/// By which way an entry came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// A command.
    Cli,
    /// The web page.
    Web,
    /// The program itself.
    System,
}

/// One line of the journal (DESIGN, *Files*).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Version of the line's form.
    pub schema: u32,
    /// Its number, from 1, without gaps.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// Who.
    pub by: String,
    /// By which way.
    pub via: Via,
    /// What it is; see [`super::kind`].
    pub kind: String,
    /// What it says.
    pub data: Value,
    /// The hash of the line before.
    pub prev: String,
    /// SHA-256 over the canonical JSON of everything above.
    pub hash: String,
}

impl Entry {
    /// The hash that the entry must bear.
    #[must_use]
    pub fn proper_hash(&self) -> String {
        let mut value = serde_json::to_value(self).expect("an entry is plain JSON");
        if let Some(fields) = value.as_object_mut() {
            fields.remove("hash");
        }
        sha256(canonical(&value).as_bytes())
    }

    /// The entry as its line, without the line end.
    #[must_use]
    pub fn line(&self) -> String {
        serde_json::to_string(self).expect("an entry is plain JSON")
    }
}

/// Something wrong with the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// The journal's file.
#[derive(Debug, Clone)]
pub struct Journal {
    path: PathBuf,
}

impl Journal {
    /// Names the file; a missing one is an empty journal.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Every entry, oldest first; a torn last line is left out.
    ///
    /// # Errors
    /// The file cannot be read, or the chain does not hold: nothing is concluded from a journal
    /// that was changed.
    pub fn entries(&self) -> Result<Vec<Entry>> {
        self.whole(&self.text()?)
    }

    /// The entries of a journal's text.
    fn whole(&self, text: &str) -> Result<Vec<Entry>> {
        let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
        if let Some(fault) = check(whole).first() {
            let (path, Fault { line, message }) = (self.path.display(), fault);
            return Err(Error::Failed(format!("{path}:{line}: {message}; khôi phục nhật ký từ bản sao lưu")));
        }
        Ok(whole.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    /// The text; a byte that is not UTF-8 becomes one that no hash covers, so `check` finds its line.
    fn text(&self) -> Result<String> {
        match fs::read(&self.path) {
            Ok(bytes) => Ok(lossy(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(Error::io(format!("không đọc được {}", self.path.display()), error)),
        }
    }

    /// Walks the chain and names every line that does not hold.
    ///
    /// # Errors
    /// The file cannot be read at all.
    pub fn verify(&self) -> Result<Vec<Fault>> {
        Ok(check(&self.text()?))
    }

    /// Appends an entry and forces it to the disk.
    ///
    /// # Errors
    /// The file cannot be read or written, or its last line does not hold; then nothing was written.
    pub fn append(&self, hand: &Hand, kind: &str, data: Value) -> Result<Entry> {
        let (mut file, failed) = (self.locked()?, |e| self.failed(e));
        let (length, last) = self.end(&mut file).map_err(failed)?;
        let last = last.map(|line| self.last(&line)).transpose()?;
        let entry = next(last.as_ref(), hand, kind, data);
        self.write(&mut file, length, std::slice::from_ref(&entry))?;
        Ok(entry)
    }

    /// Appends what follows from the journal as it stands: it is read, judged and written under one
    /// lock, so that what was checked still holds when it is written. Several entries are one write.
    /// `follows` is given every entry and the number that the first new one will bear.
    ///
    /// # Errors
    /// As [`Journal::entries`] and [`Journal::append`], or `follows` refuses; then nothing was written.
    pub fn append_checked<F>(&self, hand: &Hand, follows: F) -> Result<Vec<Entry>>
    where
        F: FnOnce(&[Entry], u64) -> Result<Vec<(&'static str, Value)>>,
    {
        let mut file = self.locked()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|e| self.failed(e))?;
        let length = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |end| end as u64 + 1);
        let before = self.whole(&lossy(bytes))?;
        let mut new: Vec<Entry> = Vec::new();
        for (kind, data) in follows(&before, before.last().map_or(1, |last| last.seq + 1))? {
            new.push(next(new.last().or(before.last()), hand, kind, data));
        }
        self.write(&mut file, length, &new)?;
        Ok(new)
    }

    /// The file, held alone until it is closed.
    fn locked(&self) -> Result<File> {
        let failed = |e| self.failed(e);
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let file = File::options().read(true).append(true).create(true).open(&self.path).map_err(failed)?;
        file.lock().map_err(failed)?;
        Ok(file)
    }

    /// Writes entries after the last whole line, in one go, and forces them to the disk.
    fn write(&self, file: &mut File, length: u64, entries: &[Entry]) -> Result<()> {
        let lines: String = entries.iter().map(|entry| entry.line() + "\n").collect();
        file.set_len(length).map_err(|e| self.failed(e))?;
        if let Err(error) = file.write_all(lines.as_bytes()).and_then(|()| file.sync_data()) {
            // Half a line must not stay; if even that fails the next append cuts it off.
            file.set_len(length).ok();
            return Err(self.failed(error));
        }
        Ok(())
    }

    fn failed(&self, error: std::io::Error) -> Error {
        Error::io(format!("không ghi được {}", self.path.display()), error)
    }

    /// Where the last whole line ends, and that line.
    fn end(&self, file: &mut File) -> std::io::Result<(u64, Option<String>)> {
        let size = file.metadata()?.len();
        let mut tail = TAIL;
        loop {
            let from = size.saturating_sub(tail);
            file.seek(SeekFrom::Start(from))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            let Some(end) = bytes.iter().rposition(|b| *b == b'\n') else {
                if from == 0 {
                    return Ok((0, None));
                }
                tail *= 2;
                continue;
            };
            let begin = bytes[..end].iter().rposition(|b| *b == b'\n').map(|at| at + 1);
            if let Some(begin) = begin.or((from == 0).then_some(0)) {
                let line = String::from_utf8_lossy(&bytes[begin..end]).into_owned();
                return Ok((from + end as u64 + 1, Some(line)));
            }
            tail *= 2;
        }
    }

    fn last(&self, line: &str) -> Result<Entry> {
        let entry: Entry = serde_json::from_str(line)
            .map_err(|e| Error::Failed(format!("{}: dòng cuối không phải bút toán ({e})", self.path.display())))?;
        if entry.hash != entry.proper_hash() {
            let (path, seq) = (self.path.display(), entry.seq);
            return Err(Error::Failed(format!(
                "{path}: mã băm của bút toán {seq} không khớp; chuỗi đã bị sửa, không ghi tiếp"
            )));
        }
        Ok(entry)
    }
}

/// The text, where every byte that is not UTF-8 becomes a character that no hash covers.
fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

fn next(last: Option<&Entry>, hand: &Hand, kind: &str, data: Value) -> Entry {
    let mut entry = Entry {
        schema: SCHEMA,
        seq: last.map_or(1, |last| last.seq + 1),
        at: hand.at,
        by: hand.by.clone(),
        via: hand.via,
        kind: kind.to_owned(),
        data,
        prev: last.map_or(BEGINNING, |last| &last.hash).to_owned(),
        hash: String::new(),
    };
    entry.hash = entry.proper_hash();
    entry
}

/// The faults of a journal's text.
#[must_use]
pub(crate) fn check(text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let (mut prev, mut seq) = (BEGINNING.to_owned(), 0);
    for (n, line) in text.split_inclusive('\n').enumerate() {
        let mut fault = |message: String| faults.push(Fault { line: n + 1, message });
        let entry: Entry = match serde_json::from_str(line) {
            _ if !line.ends_with('\n') => {
                fault("dòng cuối dở dang".to_owned());
                break;
            }
            Ok(entry) => entry,
            Err(error) => {
                fault(format!("không đọc được ({error})"));
                seq += 1;
                continue;
            }
        };
        if entry.hash != entry.proper_hash() || entry.line() != line.trim_end_matches('\n') {
            fault(format!("nội dung bút toán {} không khớp mã băm của nó", entry.seq));
        }
        if entry.seq != seq + 1 {
            fault(format!("số thứ tự {} đứng sau {seq}", entry.seq));
        }
        if entry.prev != prev {
            fault(format!("bút toán {} không nối với bút toán trước", entry.seq));
        }
        (prev, seq) = (entry.hash, entry.seq);
    }
    faults
}
