//! Reads the archive, also while it is being written.

use super::leaves::{self, Leaf};
use super::scan::{self, Content, Damage, Group, Scan};
use super::{Capture, Entry, Record, cdxj};
use crate::article::CaptureRef;
use crate::error::{Error, Result};
use crate::time::Time;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// A folder of WARC files, for reading.
#[derive(Debug, Clone)]
pub struct Archive {
    dir: PathBuf,
}

/// One group of records, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bytes {
    /// Which group of the file it is, from 0.
    pub number: usize,
    /// Where it begins.
    pub offset: u64,
    /// What stands there.
    pub bytes: Vec<u8>,
}

impl Archive {
    /// Names the folder; nothing is opened yet, and a missing folder is an empty archive.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The WARC files, in the order they were written.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn files(&self) -> Result<Vec<String>> {
        let unreadable = |e| Error::io(format!("không đọc được thư mục {}", self.dir.display()), e);
        let listing = match std::fs::read_dir(&self.dir) {
            Ok(listing) => listing,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(error)),
        };
        let mut files = Vec::new();
        for entry in listing {
            let name = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
            if name.starts_with("cchc-") && name.ends_with(".warc.gz") {
                files.push(name);
            }
        }
        files.sort_unstable();
        Ok(files)
    }

    /// One capture, its digests checked. For a revisit the body is empty and
    /// [`Capture::unchanged`] says of what.
    ///
    /// # Errors
    /// The file is missing, or what stands there is not the capture the reference names.
    pub fn read(&self, place: &CaptureRef) -> Result<Capture> {
        let scan = Scan::from(&self.path(&place.file)?, place.offset);
        let mut scan = scan.map_err(|e| Error::io(format!("không đọc được tệp lưu trữ {}", place.file), e))?;
        let group = scan.next().transpose().map_err(|damage| damaged(&place.file, &damage))?;
        let found = group.and_then(scan::capture).filter(|(_, digest)| *digest == place.digest);
        found.map(|(capture, _)| capture).ok_or_else(|| {
            Error::Failed(format!("{}: tại byte {} không có bản lưu {}", place.file, place.offset, place.digest))
        })
    }

    /// One capture with its body: of a revisit, the body of the response that it refers to, under the
    /// time of the revisit. [`Capture::unchanged`] stays, and says since when.
    ///
    /// # Errors
    /// As [`Archive::read`], or the response is not in a closed file.
    pub fn whole(&self, place: &CaptureRef) -> Result<Capture> {
        let capture = self.read(place)?;
        let Some(unchanged) = &capture.unchanged else { return Ok(capture) };
        let same = self.captures_of(&capture.url)?.into_iter().filter(|other| other.digest == unchanged.digest);
        for other in same {
            let response = self.read(&other)?;
            if response.unchanged.is_none() {
                // A 304 repeats few headers; what the body is, the response says.
                return Ok(Capture { headers: response.headers, body: response.body, ..capture });
            }
        }
        Err(Error::Failed(format!(
            "{}: bản lưu tại byte {} trùng bản {}, mà bản ấy không có trong tệp nào đã đóng",
            place.file, place.offset, unchanged.digest
        )))
    }

    /// Everything, in the order it was written. A damaged stretch is an error in its place, and
    /// reading goes on behind it; the torn end of a file still open is no error and no entry.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn entries(&self) -> Result<impl Iterator<Item = Result<Entry>> + use<>> {
        let files = self.files()?;
        let archive = self.clone();
        Ok(files.into_iter().flat_map(move |file| archive.entries_of(file)))
    }

    /// The files that were never closed: one is being written, or a run was killed.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn open_files(&self) -> Result<Vec<String>> {
        let mut files = self.files()?;
        files.retain(|file| !self.dir.join(leaves::name(file)).exists());
        Ok(files)
    }

    /// What one file holds; see [`Archive::entries`].
    pub fn entries_of(&self, file: String) -> impl Iterator<Item = Result<Entry>> + use<> {
        let closed = self.dir.join(leaves::name(&file)).exists();
        let scan = Scan::open(&self.dir.join(&file));
        let (scan, error) = match scan {
            Ok(scan) => (Some(scan), None),
            Err(error) => (None, Some(Err(Error::io(format!("không đọc được tệp lưu trữ {file}"), error)))),
        };
        let groups = scan.into_iter().flatten().filter_map(move |group| match group {
            // Half a capture was acknowledged to nobody: it is being written, or the next repair cuts it off.
            Ok(Group { content: Content::Record { whole: false, .. }, .. }) if !closed => None,
            Ok(group) => entry(&file, group).map(Ok),
            Err(Damage { until: None, .. }) if !closed => None,
            Err(damage) => Some(Err(damaged(&file, &damage))),
        });
        error.into_iter().chain(groups)
    }

    /// Every capture of an address in the closed files, oldest first; revisits and errors too.
    ///
    /// # Errors
    /// An index cannot be read.
    pub fn captures_of(&self, url: &str) -> Result<Vec<CaptureRef>> {
        let key = cdxj::surt(url);
        let mut places = Vec::new();
        for file in self.files()? {
            places.extend(self.lookup(&file, &key)?);
        }
        Ok(places)
    }

    /// Where a certificate stands in a closed file, by its fingerprint ([`super::Tls`]).
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn certificate(&self, file: &str, fingerprint: &str) -> Result<Option<CaptureRef>> {
        Ok(self.lookup(file, &format!("urn:{fingerprint}"))?.pop())
    }

    fn lookup(&self, file: &str, key: &str) -> Result<Vec<CaptureRef>> {
        let path = self.path(&cdxj::name(file))?;
        let index = match File::open(&path) {
            Ok(index) => index,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::io(format!("không đọc được {}", path.display()), error)),
        };
        let found = cdxj::lookup(&mut BufReader::with_capacity(4096, index), key);
        found.map_err(|e| Error::io(format!("không đọc được {}", path.display()), e))
    }

    /// The groups of a closed file; `None` while it is open.
    ///
    /// # Errors
    /// The list cannot be read or is damaged.
    pub fn leaves(&self, file: &str) -> Result<Option<Vec<Leaf>>> {
        let path = self.dir.join(leaves::name(file));
        match std::fs::read(&path) {
            Ok(bytes) => leaves::read(&bytes).map(Some).ok_or_else(|| {
                Error::Failed(format!("{}: danh sách bản ghi bị hỏng; xoá tệp này để lập lại", path.display()))
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io(format!("không đọc được {}", path.display()), error)),
        }
    }

    /// The groups that begin at some places of a closed file, byte for byte, each checked against
    /// its leaf; in order of place.
    ///
    /// # Errors
    /// The file is open or unreadable, no group begins at a place, or its bytes have changed.
    pub fn bytes(&self, file: &str, offsets: &BTreeSet<u64>) -> Result<Vec<Bytes>> {
        let leaves = self
            .leaves(file)?
            .ok_or_else(|| Error::Failed(format!("{file}: tệp lưu trữ chưa đóng; đợi đợt đọc xong rồi làm lại")))?;
        let unreadable = |e| Error::io(format!("không đọc được tệp lưu trữ {file}"), e);
        let mut input = File::open(self.path(file)?).map_err(unreadable)?;
        let (mut begin, mut found) = (0, Vec::new());
        for (number, leaf) in leaves.iter().enumerate() {
            if offsets.contains(&begin) {
                let mut bytes = Vec::new();
                input.seek(SeekFrom::Start(begin)).map_err(unreadable)?;
                input.by_ref().take(leaf.length).read_to_end(&mut bytes).map_err(unreadable)?;
                if Leaf::of(&bytes).hash != leaf.hash {
                    return Err(Error::Failed(format!("{file}: bản ghi tại byte {begin} đã bị thay đổi")));
                }
                found.push(Bytes { number, offset: begin, bytes });
            }
            begin += leaf.length;
        }
        match offsets.iter().find(|offset| found.binary_search_by_key(*offset, |group| group.offset).is_err()) {
            Some(lost) => Err(Error::Failed(format!("{file}: không có bản ghi nào bắt đầu tại byte {lost}"))),
            None => Ok(found),
        }
    }

    /// Hashes a closed file again and names every group that is no longer what its leaf says.
    ///
    /// # Errors
    /// The file or its list cannot be read.
    pub fn rehash(&self, file: &str) -> Result<Vec<String>> {
        let Some(leaves) = self.leaves(file)? else { return Ok(Vec::new()) };
        let unreadable = |e| Error::io(format!("không đọc được tệp lưu trữ {file}"), e);
        let mut input = BufReader::with_capacity(1 << 18, File::open(self.path(file)?).map_err(unreadable)?);
        let (mut offset, mut faults, mut bytes) = (0, Vec::new(), Vec::new());
        for leaf in &leaves {
            bytes.clear();
            input.by_ref().take(leaf.length).read_to_end(&mut bytes).map_err(unreadable)?;
            if Leaf::of(&bytes) != *leaf {
                faults.push(format!("{file}: bản ghi tại byte {offset} đã bị thay đổi"));
            }
            offset += leaf.length;
        }
        if input.read(&mut [0]).map_err(unreadable)? > 0 {
            faults.push(format!("{file}: có dữ liệu lạ sau byte {offset}"));
        }
        Ok(faults)
    }

    fn path(&self, file: &str) -> Result<PathBuf> {
        // The name comes from the store or a pack, so it must not lead out of the folder.
        if file.contains(['/', '\\']) || file.starts_with('.') {
            return Err(Error::Failed(format!("tên tệp lưu trữ không hợp lệ: {file}")));
        }
        Ok(self.dir.join(file))
    }
}

fn damaged(file: &str, damage: &Damage) -> Error {
    Error::Damaged(format!("{file}: bản ghi tại byte {} bị hỏng ({})", damage.offset, damage.why))
}

fn entry(file: &str, group: Group) -> Option<Entry> {
    let Content::Record { record, digest, .. } = group.content else { return None };
    let place =
        CaptureRef { file: file.to_owned(), offset: group.offset, length: group.first, digest, at: record.at() };
    Some(Entry { place, record })
}

impl Record {
    /// When it was made.
    #[must_use]
    pub fn at(&self) -> Time {
        match self {
            Self::Capture(capture) => capture.at,
            Self::Attempt(attempt) => attempt.at,
            Self::Note(note) => note.at,
        }
    }
}
