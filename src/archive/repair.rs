//! What a crash or a power cut left behind, mended when the archive is next opened for writing.
//!
//! Only files that were never closed (they have no list of leaves) are looked at. The end of such a file may be torn: it is cut
//! back to the last capture that is there with its request and metadata. Damage with readable
//! records behind it is no tear; it is told of and nothing is cut.

use super::leaves::{self, Leaf};
use super::scan::{Content, Scan};
use super::{Archive, Record, cdxj, write};
use crate::article::CaptureRef;
use crate::error::{Error, Result};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

/// Mends the folder: what was done, and the number of the next file.
pub(super) fn mend(dir: &Path) -> Result<(Vec<String>, u64)> {
    let files = Archive::new(dir).files()?;
    let number = |name: &String| name.get(5..)?.split('-').next()?.parse::<u64>().ok();
    let next = files.iter().filter_map(number).max().unwrap_or_default() + 1;
    let mut repairs = Vec::new();
    for file in files.iter().filter(|file| !dir.join(leaves::name(file)).exists()) {
        let mended = close(dir, file, &mut repairs);
        let (leaves, index) = mended.map_err(|e| Error::io(format!("không sửa được tệp lưu trữ {file}"), e))?;
        if !leaves.is_empty() {
            write::finish(dir, file, &leaves, index)?;
        }
    }
    Ok((repairs, next))
}

/// Reads an unclosed file through, cuts off its torn end, and returns its leaves and index.
fn close(dir: &Path, file: &str, repairs: &mut Vec<String>) -> std::io::Result<(Vec<Leaf>, Vec<String>)> {
    let path = dir.join(file);
    let (mut ends, mut index) = (Vec::new(), Vec::new());
    // Where the last whole group ended, and where the file ceases to be readable.
    let (mut whole, mut groups, mut damages) = (0, 0, Vec::new());
    for group in Scan::open(&path)? {
        match group {
            Ok(group) => {
                let end = group.offset + group.length;
                if !matches!(group.content, Content::Record { whole: false, .. }) {
                    (whole, groups) = (end, ends.len() + 1);
                }
                ends.push(end);
                index.extend(line(file, &group.content, group.offset, group.first));
            }
            Err(damage) => damages.extend(damage.until.map(|until| {
                ends.push(until);
                (damage.offset, until)
            })),
        }
    }
    let length = fs::metadata(&path)?.len();
    if whole < length {
        // Groups behind `whole` are halves; none of them was acknowledged to anyone.
        ends.truncate(groups);
        index.retain(|(offset, _)| *offset < whole);
        File::options().write(true).open(&path)?.set_len(whole)?;
        repairs.push(format!("{file}: bản ghi cuối dở dang, đã cắt {} byte", length - whole));
    }
    for (from, until) in damages.into_iter().filter(|(from, _)| *from < whole) {
        repairs.push(format!("{file}: không đọc được byte {from}–{until}, giữ nguyên và đọc tiếp phần sau"));
    }
    if whole == 0 {
        fs::remove_file(&path)?;
        return Ok((Vec::new(), Vec::new()));
    }
    File::open(&path)?.sync_all()?;
    Ok((hash(&path, &ends)?, index.into_iter().map(|(_, line)| line).collect()))
}

fn line(file: &str, content: &Content, offset: u64, length: u64) -> Option<(u64, String)> {
    let place = |digest: &str, at| CaptureRef { file: file.to_owned(), offset, length, digest: digest.to_owned(), at };
    let line = match content {
        Content::Record { record: Record::Capture(capture), digest, .. } => {
            cdxj::line(capture, capture.unchanged.is_some(), &place(digest, capture.at), file)
        }
        Content::Certificate { fingerprint, at: Some(at), .. } => {
            cdxj::certificate(fingerprint, &place(fingerprint, *at), file)
        }
        _ => return None,
    };
    Some((offset, line))
}

/// The leaves of a file by the ends of its groups.
fn hash(path: &Path, ends: &[u64]) -> std::io::Result<Vec<Leaf>> {
    let mut input = std::io::BufReader::with_capacity(1 << 18, File::open(path)?);
    let (mut begin, mut leaves, mut bytes) = (0, Vec::new(), Vec::new());
    for end in ends {
        bytes.clear();
        input.by_ref().take(end - begin).read_to_end(&mut bytes)?;
        leaves.push(Leaf::of(&bytes));
        begin = *end;
    }
    Ok(leaves)
}
