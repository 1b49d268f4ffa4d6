//! What a visitor may hand in: files of the kinds that the journal takes, and no larger than fits.

use super::form::Upload;
use crate::record::attached;

pub(super) use crate::record::attached::kind;

/// The largest file a visitor may hand in, in bytes.
pub(super) const LARGEST: usize = 10 << 20;

/// What is said of the files that are taken.
pub(super) fn taken() -> String {
    format!("{}, nhiều nhất {} MiB", attached::KINDS, LARGEST >> 20)
}

/// Why a file is not taken.
pub(super) fn fault(file: &Upload) -> Option<String> {
    let is_taken = file.bytes.len() <= LARGEST && kind(&file.name, &file.bytes).is_some();
    (!is_taken).then(|| format!("Tệp «{}» không nhận được; nhận {}.", file.name, taken()))
}
