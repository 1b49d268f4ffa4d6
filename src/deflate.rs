//! One compressor a thread for all that is packed: captures in the archive, texts in the index.
//!
//! Setting one up costs as much as packing a short text.

use libdeflater::{CompressionLvl, Compressor};
use std::cell::RefCell;

/// The fastest level that packs at all (`CompressionLvl::fastest` packs nothing): packing is the dearest
/// step of a crawl, and disks are cheap. On real pages it is a seventeenth larger than `gzip -6` in a
/// quarter of its time; level 4 saves half of that and costs half as much again (`benches/archive.rs`).
const LEVEL: i32 = 1;

thread_local! {
    static COMPRESSOR: RefCell<Compressor> =
        RefCell::new(Compressor::new(CompressionLvl::new(LEVEL).expect("1 is a level of deflate")));
}

/// Packs something with this thread's compressor.
pub(crate) fn with<T>(pack: impl FnOnce(&mut Compressor) -> T) -> T {
    COMPRESSOR.with_borrow_mut(pack)
}
