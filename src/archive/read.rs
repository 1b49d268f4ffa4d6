//! Reads the archive, also while it is being written.

use super::{Capture, Entry};
use crate::article::CaptureRef;
use crate::error::{Error, Result};
use std::path::{Path, PathBuf};

/// A folder of WARC files, for reading.
#[derive(Debug, Clone)]
pub struct Archive {
    dir: PathBuf,
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

    /// One capture, its digests checked. For a revisit the body is empty and
    /// [`Capture::unchanged`] says of what.
    ///
    /// # Errors
    /// The file is missing, or what stands there is not the capture the reference names.
    pub fn read(&self, _place: &CaptureRef) -> Result<Capture> {
        Err(Error::Failed("kho lưu trữ chưa có trong phiên bản này".to_owned()))
    }

    /// Everything, in the order it was written.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn entries(&self) -> Result<impl Iterator<Item = Result<Entry>>> {
        Ok(std::iter::empty())
    }
}
