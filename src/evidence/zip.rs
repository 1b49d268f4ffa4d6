//! The one zip form that packs have: entries stored, one after the other, nothing between.
//!
//! Zip allows much that a pack has no use for, and each freedom is a place to hide something. So
//! packs are written in one form only, and reading accepts that form byte for byte: whatever
//! differs is found, and its place is told. Being stored, an entry cannot be a bomb.

use flate2::Crc;
use std::ops::Range;

/// One file of the pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// Where its bytes stand in the pack.
    pub(crate) data: Range<usize>,
}

/// A place where the pack is not what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) offset: usize,
    pub(crate) what: String,
}

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
/// Length of a local header before the name.
const LOCAL_LENGTH: usize = 30;
/// Zip without its 64-bit extension counts to here.
pub(crate) const MAX_SIZE: usize = u32::MAX as usize;

/// What both headers say of an entry: version 2.0, UTF-8 names, stored, 1 January 1980, checksum,
/// length twice, length of the name, no extra field.
fn common(name: &str, data: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(data);
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes();
    let name = u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes();
    [&[20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0][..], &crc.sum().to_le_bytes(), &length, &length, &name, &[0, 0]].concat()
}

fn local(name: &str, data: &[u8]) -> Vec<u8> {
    [&LOCAL[..], &common(name, data), name.as_bytes()].concat()
}

/// The directory entry: made by Unix, no comment, first disk, a plain file with mode 0644.
fn central(name: &str, data: &[u8], offset: usize) -> Vec<u8> {
    let offset = u32::try_from(offset).unwrap_or(u32::MAX).to_le_bytes();
    let rest = [0, 0, 0, 0, 0, 0, 0, 0, 0xa4, 0x81];
    [&CENTRAL[..], &[20, 3], &common(name, data), &rest, &offset, name.as_bytes()].concat()
}

fn end(entries: usize, directory: Range<usize>) -> Vec<u8> {
    let count = u16::try_from(entries).unwrap_or(u16::MAX).to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap_or(u32::MAX).to_le_bytes();
    let start = u32::try_from(directory.start).unwrap_or(u32::MAX).to_le_bytes();
    [&END[..], &[0; 4], &count, &count, &size, &start, &[0, 0]].concat()
}

/// The pack of some files, in that order. The caller keeps it below [`MAX_SIZE`].
pub(crate) fn write(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut pack = Vec::new();
    let mut directory = Vec::new();
    for (name, data) in files {
        directory.extend(central(name, data, pack.len()));
        pack.extend(local(name, data));
        pack.extend(data);
    }
    let start = pack.len();
    pack.extend(directory);
    let end = end(files.len(), start..pack.len());
    pack.extend(end);
    pack
}

/// The entries of a pack; the first place that is not as [`write`] leaves it.
///
/// # Errors
/// Structure faults stop the reading; a wrong checksum does not, and is told in the second list.
pub(crate) fn read(pack: &[u8]) -> Result<(Vec<Entry>, Vec<Fault>), Fault> {
    let (mut entries, mut faults, mut at) = (Vec::new(), Vec::new(), 0);
    let mut directory = Vec::new();
    while pack[at..].starts_with(&LOCAL) {
        let entry = entry(pack, at)?;
        let (name, data) = (&entry.name, &pack[entry.data.clone()]);
        let proper = local(name, data);
        if let Some(offset) = difference(&pack[at..entry.data.start], &proper, at) {
            let in_checksum = (at + 14..at + 18).contains(&offset);
            let what = if in_checksum {
                format!("{name}: nội dung không khớp mã kiểm CRC")
            } else {
                format!("{name}: phần đầu mục zip sai dạng")
            };
            let fault = Fault { offset, what };
            // A wrong checksum may as well be a flipped byte of the content; reading can go on.
            if in_checksum { faults.push(fault) } else { return Err(fault) }
        }
        // The directory repeats the checksum as written, right or wrong.
        let mut listed = central(name, data, at);
        listed[16..20].copy_from_slice(&pack[at + 14..at + 18]);
        directory.extend(listed);
        at = entry.data.end;
        entries.push(entry);
    }
    let start = at;
    let tail = [directory.clone(), end(entries.len(), start..start + directory.len())].concat();
    match difference(&pack[start..], &tail, start) {
        Some(offset) => Err(Fault { offset, what: "mục lục zip không khớp nội dung".to_owned() }),
        None => Ok((entries, faults)),
    }
}

fn entry(pack: &[u8], at: usize) -> Result<Entry, Fault> {
    let cut = || Fault { offset: at, what: "gói bị cắt cụt".to_owned() };
    let header = pack.get(at..at + LOCAL_LENGTH).ok_or_else(cut)?;
    let number = |from: usize| u32::from_le_bytes([header[from], header[from + 1], header[from + 2], header[from + 3]]);
    if header[8..10] != [0, 0] {
        return Err(Fault {
            offset: at + 8, what: "mục zip bị nén; gói của cchc không nén mục nào".to_owned()
        });
    }
    let name_length = usize::from(u16::from_le_bytes([header[26], header[27]]));
    let begin = at + LOCAL_LENGTH + name_length;
    let name = pack.get(at + LOCAL_LENGTH..begin).ok_or_else(cut)?;
    let name = String::from_utf8_lossy(name).into_owned();
    if !proper_name(&name) {
        return Err(Fault {
            offset: at + LOCAL_LENGTH,
            what: format!("tên mục «{}» không hợp lệ", name.escape_debug()),
        });
    }
    let end = begin.saturating_add(number(18) as usize);
    if end > pack.len() {
        return Err(cut());
    }
    Ok(Entry { name, data: begin..end })
}

/// A plain name, at most one folder deep.
fn proper_name(name: &str) -> bool {
    let part = |p: &str| {
        !p.is_empty() && !p.starts_with('.') && p.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    name.split('/').count() <= 2 && name.split('/').all(part)
}

/// Where two texts begin to differ, counted from `base`.
fn difference(found: &[u8], proper: &[u8], base: usize) -> Option<usize> {
    if found == proper {
        return None;
    }
    let same = found.iter().zip(proper).take_while(|(a, b)| a == b).count();
    Some(base + same)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<(String, Vec<u8>)> {
        vec![("archive/a.warc.gz".to_owned(), vec![1; 50]), ("datapackage.json".to_owned(), b"{}".to_vec())]
    }

    #[test]
    fn what_is_written_is_read_and_others_read_it_too() {
        let pack = write(&files());
        let (entries, faults) = read(&pack).unwrap();
        assert!(faults.is_empty());
        let back: Vec<_> = entries.iter().map(|e| (e.name.clone(), pack[e.data.clone()].to_vec())).collect();
        assert_eq!(back, files());
        let mut other = zip::ZipArchive::new(std::io::Cursor::new(&pack)).unwrap();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut other.by_name("datapackage.json").unwrap(), &mut text).unwrap();
        assert_eq!(text, "{}");
    }

    #[test]
    fn every_bit_counts() {
        let pack = write(&files());
        for at in 0..pack.len() {
            let mut changed = pack.clone();
            changed[at] ^= 1;
            let found = match read(&changed) {
                Ok((_, faults)) => faults.first().cloned(),
                Err(fault) => Some(fault),
            };
            assert!(found.is_some(), "byte {at}");
        }
        for cut in 0..pack.len() {
            assert!(read(&pack[..cut]).is_err(), "cut at {cut}");
        }
        assert!(read(&[&pack[..], b"x"].concat()).is_err());
        assert!(read(&[b"x", &pack[..]].concat()).is_err());
    }
}
