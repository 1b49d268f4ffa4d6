//! The list of a closed file's groups: how long each is, and its leaf in the night's Merkle tree.
//!
//! Written when a file is closed (that it is there means that the file is), so that sealing and
//! proving need not unpack an archive, and checking one runs at the speed of the disk.

use crate::digest;
use flate2::read::GzDecoder;
use std::io::Read as _;

/// One group of records: the capture with its request and metadata, or a record alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    /// Length in the file, in bytes; groups stand side by side from the file's beginning.
    pub length: u64,
    /// SHA-256 of a zero byte and the group's bytes as they stand in the file (RFC 9162 §2.1.1).
    pub hash: [u8; 32],
}

impl Leaf {
    /// The leaf of a group's bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self { length: bytes.len() as u64, hash: digest::raw(&[&[0], bytes]) }
    }
}

/// The name of a WARC file's list.
pub(super) fn name(warc: &str) -> String {
    format!("{}.leaves.gz", warc.trim_end_matches(".warc.gz"))
}

/// One line a group: length, hash.
pub(super) fn write(leaves: &[Leaf]) -> Vec<u8> {
    let lines: String = leaves.iter().map(|leaf| format!("{} {}\n", leaf.length, digest::hex(&leaf.hash))).collect();
    let mut out = Vec::new();
    super::gzip::member(&[lines.as_bytes()], &mut out);
    out
}

/// The list back; `None` if it is damaged.
pub(super) fn read(bytes: &[u8]) -> Option<Vec<Leaf>> {
    let mut text = String::new();
    GzDecoder::new(bytes).take(1 << 30).read_to_string(&mut text).ok()?;
    let leaf = |line: &str| {
        let (length, hash) = line.split_once(' ')?;
        Some(Leaf { length: length.parse().ok()?, hash: digest::unhex(hash)?.try_into().ok()? })
    };
    text.lines().map(leaf).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_back_and_a_damaged_one_does_not() {
        let leaves = vec![Leaf::of(b"one"), Leaf::of(b"")];
        let bytes = write(&leaves);
        assert_eq!(read(&bytes), Some(leaves));
        assert_eq!(read(&bytes[..bytes.len() - 1]), None);
    }
}
