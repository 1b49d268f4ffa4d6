//! The only writer: appends groups of records, closes files, never leaves half a record behind.
//!
//! One writing session begins a new file with its first record, and another when the file is full
//! or a new night begins (nights turn at noon). A closed file never changes again.

use super::compose::{self, Group};
use super::leaves::{self, Leaf};
use super::{Attempt, Capture, Note, cdxj, repair, warc};
use crate::article::CaptureRef;
use crate::error::{Error, Result};
use crate::time::Time;
use chrono::{Duration, NaiveDate};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How the archive is kept.
#[derive(Debug, Clone)]
pub struct Options {
    /// Name and version of the program, for `warcinfo`, such as `cchc-audit/0.1.0`.
    pub software: String,
    /// The crawler's contact, for `warcinfo`.
    pub operator: String,
    /// More lines for `warcinfo`, such as (`description`, `bản trình diễn`).
    pub info: Vec<(String, String)>,
    /// A file is closed when it has reached this size, in bytes.
    pub max_file: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            software: concat!("cchc-audit/", env!("CARGO_PKG_VERSION")).to_owned(),
            operator: String::new(),
            info: Vec::new(),
            max_file: 256 << 20,
        }
    }
}

/// Appends to the archive. Shared between threads: records are compressed by the caller's thread,
/// only the append itself is one at a time.
#[derive(Debug)]
pub struct Writer {
    dir: PathBuf,
    options: Options,
    repairs: Vec<String>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The number of the next file.
    next: u64,
    open: Option<Open>,
}

/// The file being written.
#[derive(Debug)]
struct Open {
    name: String,
    file: File,
    night: NaiveDate,
    length: u64,
    leaves: Vec<Leaf>,
    index: Vec<String>,
    /// Fingerprints of the certificates this file already holds.
    certificates: HashSet<String>,
    /// Set when a failed write could not be undone; the file is then left to the next repair.
    torn: bool,
}

impl Writer {
    /// Opens the archive for writing and mends it: a torn last record is cut off, a missing index
    /// is made anew. What was mended is told by [`Writer::repairs`]. Nothing is written before the
    /// first record.
    ///
    /// # Errors
    /// The folder cannot be made, read or written.
    pub fn open(dir: &Path, options: Options) -> Result<Self> {
        fs::create_dir_all(dir).map_err(|e| Error::io(format!("không tạo được thư mục {}", dir.display()), e))?;
        let (repairs, next) = repair::mend(dir)?;
        let state = Mutex::new(State { next, open: None });
        Ok(Self { dir: dir.to_owned(), options, repairs, state })
    }

    /// What was mended on opening, one Vietnamese sentence each.
    #[must_use]
    pub fn repairs(&self) -> &[String] {
        &self.repairs
    }

    /// Keeps a response. With `earlier`, the last *full* capture of the same address, an unchanged
    /// page (304, or the same payload digest) is kept as a revisit record without its body; the
    /// returned reference then bears the digest of the earlier payload, and the caller keeps
    /// `earlier` as the one to compare with: revisits of revisits cannot be replayed.
    ///
    /// # Errors
    /// Disk full or not writable; nothing of the record stays behind.
    pub fn write(&self, capture: &Capture, earlier: Option<&CaptureRef>) -> Result<CaptureRef> {
        let group = compose::capture(capture, earlier);
        let mut state = self.lock();
        let open = self.ready(&mut state, capture.at)?;
        if let Some(tls) = capture.tls.as_ref().filter(|tls| !tls.certificate.is_empty())
            && !open.certificates.contains(&tls.fingerprint)
        {
            let group = compose::certificate(&tls.certificate, &tls.fingerprint, capture.at);
            let place = open.append(&group, capture.at)?;
            open.index.push(cdxj::certificate(&tls.fingerprint, &place, &place.file));
            open.certificates.insert(tls.fingerprint.clone());
        }
        let place = open.append(&group, capture.at)?;
        open.index.push(cdxj::line(capture, group.is_revisit, &place, &place.file));
        Ok(place)
    }

    /// Keeps an attempt without a response.
    ///
    /// # Errors
    /// As [`Writer::write`].
    pub fn attempt(&self, attempt: &Attempt) -> Result<CaptureRef> {
        let group = compose::attempt(attempt);
        self.ready(&mut self.lock(), attempt.at)?.append(&group, attempt.at)
    }

    /// Keeps a conclusion.
    ///
    /// # Errors
    /// As [`Writer::write`].
    pub fn note(&self, note: &Note) -> Result<CaptureRef> {
        let group = compose::note(note);
        self.ready(&mut self.lock(), note.at)?.append(&group, note.at)
    }

    /// Forces what was written to the disk; call it before the store learns of it for good.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn sync(&self) -> Result<()> {
        self.lock().open.as_ref().map_or(Ok(()), Open::sync)
    }

    /// Closes the current file: synced, indexed, never changed again. The next record begins a new
    /// one. Dropping the writer does the same, without telling of errors.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn close(&self) -> Result<()> {
        match self.lock().open.take() {
            Some(open) => open.close(&self.dir),
            None => Ok(()),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // A panic elsewhere cannot leave the state half changed: each append is undone or whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file that a record of this moment goes into.
    fn ready<'s>(&self, state: &'s mut State, at: Time) -> Result<&'s mut Open> {
        let night = (at - Duration::hours(12)).date_naive();
        let fits = |open: &Open| open.night == night && open.length < self.options.max_file && !open.torn;
        if state.open.as_ref().is_some_and(|open| !fits(open))
            && let Some(full) = state.open.take()
        {
            full.close(&self.dir)?;
        }
        let open = match state.open.take() {
            Some(open) => open,
            None => self.begin(&mut state.next, night, at)?,
        };
        Ok(state.open.insert(open))
    }

    fn begin(&self, next: &mut u64, night: NaiveDate, at: Time) -> Result<Open> {
        let name = format!("cchc-{next:06}-{}.warc.gz", night.format("%Y%m%d"));
        let path = self.dir.join(&name);
        let file = File::options().create_new(true).append(true).open(&path);
        // The name must outlive a power cut as well: the store will speak of what stands in it.
        let file = file.and_then(|file| File::open(&self.dir)?.sync_all().map(|()| file));
        let file = file.map_err(|e| Error::io(format!("không tạo được tệp lưu trữ {}", path.display()), e))?;
        *next += 1;
        let (leaves, index, certificates) = Default::default();
        let mut open = Open { name, file, night, length: 0, leaves, index, certificates, torn: false };
        let head = compose::warcinfo(at, &open.name, &self.info());
        if let Err(error) = open.append(&head, at) {
            fs::remove_file(&path).ok();
            return Err(error);
        }
        Ok(open)
    }

    fn info(&self) -> Vec<(String, String)> {
        let Options { software, operator, info, .. } = &self.options;
        let mut fields = vec![
            ("software", software.as_str()),
            ("format", "WARC File Format 1.1"),
            ("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
        ];
        if !operator.is_empty() {
            fields.push(("operator", operator));
        }
        fields.push(("robots", "classic"));
        let own = fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        own.chain(info.iter().cloned()).collect()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // An error here is found again as a repair when the archive is next opened.
        self.close().ok();
    }
}

impl Open {
    /// Appends a group in one write; a failed one is undone.
    fn append(&mut self, group: &Group, at: Time) -> Result<CaptureRef> {
        if let Err(error) = self.file.write_all(&group.bytes) {
            self.torn = self.file.set_len(self.length).is_err();
            return Err(self.failed(error));
        }
        let place = CaptureRef {
            file: self.name.clone(),
            offset: self.length,
            length: group.first,
            digest: group.digest.clone(),
            at: warc::kept(at),
        };
        self.length += group.bytes.len() as u64;
        self.leaves.push(Leaf::of(&group.bytes));
        Ok(place)
    }

    fn sync(&self) -> Result<()> {
        self.file.sync_data().map_err(|error| self.failed(error))
    }

    fn close(self, dir: &Path) -> Result<()> {
        if self.torn {
            return Ok(());
        }
        self.sync()?;
        finish(dir, &self.name, &self.leaves, self.index)
    }

    fn failed(&self, error: io::Error) -> Error {
        let hint = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                " (đĩa đầy: dọn chỗ rồi chạy lại; phần đã ghi còn nguyên)"
            }
            _ => "",
        };
        Error::io(format!("không ghi được tệp lưu trữ {}{hint}", self.name), error)
    }
}

/// Writes what makes a file closed: its index, and last its list of leaves.
pub(super) fn finish(dir: &Path, warc: &str, leaves: &[Leaf], mut index: Vec<String>) -> Result<()> {
    index.sort_unstable();
    let index: String = index.iter().flat_map(|line| [line, "\n"]).collect();
    whole(&dir.join(cdxj::name(warc)), index.as_bytes())?;
    whole(&dir.join(leaves::name(warc)), &leaves::write(leaves))
}

/// Writes a file so that it is there whole or not at all.
fn whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        let draft = path.with_extension("tmp");
        let mut file = File::create(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, path)?;
        File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    write().map_err(|e| Error::io(format!("không ghi được {}", path.display()), e))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `/dev/full` answers every write as a full disk does.
    #[test]
    fn a_full_disk_is_said_to_be_one_and_nothing_goes_on() {
        let at = crate::time::parse("2026-05-01T22:00:00+07:00").unwrap();
        let file = File::options().append(true).open("/dev/full").unwrap();
        let (leaves, index, certificates) = Default::default();
        let night = at.date_naive();
        let name = "cchc-000001-20260501.warc.gz".to_owned();
        let mut open = Open { name, file, night, length: 0, leaves, index, certificates, torn: false };
        let error = open.append(&compose::certificate(b"der", "sha256:00", at), at).unwrap_err().to_string();
        assert!(error.contains("đĩa đầy") && error.contains("cchc-000001"), "{error}");
        // A device cannot be cut back as a file can: then nothing more is written behind the tear.
        assert!(open.torn && open.leaves.is_empty() && open.length == 0);
    }
}
