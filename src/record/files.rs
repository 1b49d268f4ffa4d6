//! A folder of files, each under the hash of its content, so that nothing can be swapped unseen.

use super::random::random;
use crate::digest::{hex, sha256};
use crate::error::{Error, Result};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Files by the SHA-256 of their content.
#[derive(Debug, Clone)]
pub struct Files {
    dir: PathBuf,
}

impl Files {
    /// Names the folder; it is made with its first file.
    #[must_use]
    pub fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Keeps some bytes, synced, and returns their hash; what is there already is not written again.
    ///
    /// # Errors
    /// The disk refuses; nothing stays behind.
    pub fn keep(&self, bytes: &[u8]) -> Result<String> {
        let hash = sha256(bytes);
        let path = self.dir.join(&hash);
        if path.exists() {
            return Ok(hash);
        }
        let write = || {
            fs::create_dir_all(&self.dir)?;
            let draft = path.with_extension("tmp");
            let mut file = File::create(&draft)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&draft, &path)?;
            File::open(&self.dir)?.sync_all()
        };
        write().map_err(|e| Error::io(format!("không ghi được {}", path.display()), e))?;
        Ok(hash)
    }

    /// Keeps personal data: the file begins with a line of random salt, so that its hash, which the
    /// journal may name, tells nothing about the content and the file can be erased.
    ///
    /// # Errors
    /// As [`Files::keep`].
    pub fn keep_private(&self, bytes: &[u8]) -> Result<String> {
        let salt: [u8; 16] = random()?;
        self.keep(&[hex(&salt).as_bytes(), b"\n", bytes].concat())
    }

    /// A file's bytes, checked against its name.
    ///
    /// # Errors
    /// The file is gone, unreadable, or not what its name says.
    pub fn read(&self, hash: &str) -> Result<Vec<u8>> {
        if hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Error::Input(format!("«{hash}» không phải mã băm SHA-256")));
        }
        let path = self.dir.join(hash);
        let bytes = fs::read(&path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => {
                Error::Failed(format!("{}: tệp không còn; khôi phục từ bản sao lưu", path.display()))
            }
            _ => Error::io(format!("không đọc được {}", path.display()), e),
        })?;
        if sha256(&bytes) != hash {
            return Err(Error::Failed(format!("{}: nội dung không khớp mã băm; tệp đã bị thay đổi", path.display())));
        }
        Ok(bytes)
    }

    /// What [`Files::keep_private`] was given.
    ///
    /// # Errors
    /// As [`Files::read`].
    pub fn read_private(&self, hash: &str) -> Result<Vec<u8>> {
        let mut bytes = self.read(hash)?;
        let salt = bytes.iter().position(|b| *b == b'\n').map_or(0, |end| end + 1);
        Ok(bytes.split_off(salt))
    }

    /// Whether a file is there, unchecked.
    #[must_use]
    pub fn has(&self, hash: &str) -> bool {
        self.dir.join(hash).is_file()
    }

    pub(super) fn remove(&self, hash: &str) -> Result<()> {
        let path = self.dir.join(hash);
        fs::remove_file(&path).map_err(|e| Error::io(format!("không xoá được {}", path.display()), e))
    }
}
