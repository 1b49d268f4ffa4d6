//! The only writer: appends records, closes files, mends what a crash left behind.

use super::{Attempt, Capture, Note};
use crate::article::CaptureRef;
use crate::error::{Error, Result};
use std::path::Path;

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
pub struct Writer {}

impl Writer {
    /// Opens the archive for writing and mends it: a torn last record is cut off, a missing index
    /// is made anew. What was mended is told by [`Writer::repairs`].
    ///
    /// # Errors
    /// The folder cannot be made, read or written.
    pub fn open(_dir: &Path, _options: Options) -> Result<Self> {
        Err(Error::Failed("kho lưu trữ chưa có trong phiên bản này".to_owned()))
    }

    /// What was mended on opening, one Vietnamese sentence each.
    #[must_use]
    pub fn repairs(&self) -> &[String] {
        &[]
    }

    /// Keeps a response. With `earlier`, the last capture of the same address, an unchanged page
    /// (304, or the same payload digest) is kept as a revisit record without its body; the
    /// returned reference then bears the digest of the earlier payload.
    ///
    /// # Errors
    /// Disk full or not writable; nothing of the record stays behind.
    pub fn write(&self, _capture: &Capture, _earlier: Option<&CaptureRef>) -> Result<CaptureRef> {
        Err(Error::Failed("kho lưu trữ chưa có trong phiên bản này".to_owned()))
    }

    /// Keeps an attempt without a response.
    ///
    /// # Errors
    /// As [`Writer::write`].
    pub fn attempt(&self, _attempt: &Attempt) -> Result<CaptureRef> {
        Err(Error::Failed("kho lưu trữ chưa có trong phiên bản này".to_owned()))
    }

    /// Keeps a conclusion.
    ///
    /// # Errors
    /// As [`Writer::write`].
    pub fn note(&self, _note: &Note) -> Result<CaptureRef> {
        Err(Error::Failed("kho lưu trữ chưa có trong phiên bản này".to_owned()))
    }

    /// Forces what was written to the disk; call it before the store learns of it for good.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn sync(&self) -> Result<()> {
        Err(Error::Failed("kho lưu trữ chưa có trong phiên bản này".to_owned()))
    }

    /// Closes the current file: synced, indexed, never changed again. The next record begins a new
    /// one. Dropping the writer does the same, without telling of errors.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn close(&self) -> Result<()> {
        Err(Error::Failed("kho lưu trữ chưa có trong phiên bản này".to_owned()))
    }
}
