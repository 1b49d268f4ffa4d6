//! Reads the archive, also while it is being written.

use super::leaves::{self, Leaf};
use super::scan::{self, Content, Damage, Group, Scan};
use super::{Capture, Entry, Record};
use crate::article::CaptureRef;
use crate::error::{Error, Result};
use crate::time::Time;
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
    /// The file.
    pub file: String,
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

    /// Everything, in the order it was written. A damaged stretch is an error in its place, and
    /// reading goes on behind it; the torn end of a file still open is no error.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn entries(&self) -> Result<impl Iterator<Item = Result<Entry>> + use<>> {
        let files = self.files()?;
        let archive = self.clone();
        Ok(files.into_iter().flat_map(move |file| archive.entries_of(file)))
    }

    fn entries_of(&self, file: String) -> impl Iterator<Item = Result<Entry>> + use<> {
        let closed = self.dir.join(leaves::name(&file)).exists();
        let scan = Scan::open(&self.dir.join(&file));
        let (scan, error) = match scan {
            Ok(scan) => (Some(scan), None),
            Err(error) => (None, Some(Err(Error::io(format!("không đọc được tệp lưu trữ {file}"), error)))),
        };
        let groups = scan.into_iter().flatten().filter_map(move |group| match group {
            Ok(group) => entry(&file, group).map(Ok),
            Err(Damage { until: None, .. }) if !closed => None,
            Err(damage) => Some(Err(damaged(&file, &damage))),
        });
        error.into_iter().chain(groups)
    }

    /// A certificate by its fingerprint ([`super::Tls`]), from the file that holds the capture.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn certificate(&self, file: &str, fingerprint: &str) -> Result<Option<Vec<u8>>> {
        let wanted =
            |group: &Group| matches!(&group.content, Content::Certificate { fingerprint: f, .. } if f == fingerprint);
        Ok(self.find(file, wanted)?.and_then(|group| match group.content {
            Content::Certificate { der, .. } => Some(der),
            _ => None,
        }))
    }

    fn find(&self, file: &str, wanted: impl Fn(&Group) -> bool) -> Result<Option<Group>> {
        let scan = Scan::open(&self.path(file)?);
        let scan = scan.map_err(|e| Error::io(format!("không đọc được tệp lưu trữ {file}"), e))?;
        Ok(scan.flatten().find(wanted))
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

    /// The group that holds the record at `offset` of a closed file, byte for byte, checked
    /// against its leaf.
    ///
    /// # Errors
    /// The file is open or unreadable, nothing begins there, or the bytes have changed.
    pub fn bytes(&self, file: &str, offset: u64) -> Result<Bytes> {
        let leaves = self.leaves(file)?.ok_or_else(|| Error::Failed(format!("{file}: tệp lưu trữ chưa đóng")))?;
        let mut begin = 0;
        for (number, leaf) in leaves.iter().enumerate() {
            if begin == offset {
                let bytes = self.slice(file, offset, leaf.length)?;
                if Leaf::of(&bytes).hash != leaf.hash {
                    return Err(Error::Failed(format!("{file}: bản ghi tại byte {offset} đã bị thay đổi")));
                }
                return Ok(Bytes { file: file.to_owned(), number, offset, bytes });
            }
            begin += leaf.length;
        }
        Err(Error::Failed(format!("{file}: không có bản ghi nào bắt đầu tại byte {offset}")))
    }

    fn slice(&self, file: &str, offset: u64, length: u64) -> Result<Vec<u8>> {
        let read = || {
            let mut input = File::open(self.path(file).map_err(std::io::Error::other)?)?;
            input.seek(SeekFrom::Start(offset))?;
            let mut bytes = Vec::new();
            input.take(length).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        read().map_err(|e| Error::io(format!("không đọc được tệp lưu trữ {file}"), e))
    }

    /// The place of the certificate's group in a file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn certificate_offset(&self, file: &str, fingerprint: &str) -> Result<Option<u64>> {
        let wanted =
            |group: &Group| matches!(&group.content, Content::Certificate { fingerprint: f, .. } if f == fingerprint);
        Ok(self.find(file, wanted)?.map(|group| group.offset))
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
    Error::Failed(format!("{file}: bản ghi tại byte {} bị hỏng ({})", damage.offset, damage.why))
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
