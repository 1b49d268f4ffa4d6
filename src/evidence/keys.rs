//! The key that signs nights and packs: ed25519, made on first use, readable by its owner alone.

use crate::digest::{hex, unhex};
use crate::error::{Error, Result};
use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use std::fmt;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The private key.
pub struct Key {
    pair: Ed25519KeyPair,
}

/// The public key, which whoever checks must have from a source he trusts: `ed25519:` and 64 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl Key {
    /// Where the key of a state folder stands.
    #[must_use]
    pub fn path(state: &Path) -> PathBuf {
        state.join("keys").join("ed25519.pk8")
    }

    /// The key of a state folder, made now if there is none.
    ///
    /// # Errors
    /// The file is not a key, others can read it, or the disk refuses.
    pub fn of(state: &Path) -> Result<Self> {
        let path = Self::path(state);
        let failed = |e| Error::io(format!("không đọc được khoá {}", path.display()), e);
        if !path.exists() {
            make(&path)?;
        }
        let mode = fs::metadata(&path).map_err(failed)?.permissions().mode();
        if mode & 0o077 != 0 {
            let path = path.display();
            return Err(Error::Failed(format!("khoá {path}: người khác đọc được; chạy `chmod 600 {path}`")));
        }
        let bytes = fs::read(&path).map_err(failed)?;
        let pair = Ed25519KeyPair::from_pkcs8(&bytes);
        let pair = pair.map_err(|_| Error::Failed(format!("{}: không phải khoá ed25519", path.display())))?;
        Ok(Self { pair })
    }

    /// Its public part.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.pair.public_key().as_ref().try_into().expect("an ed25519 public key has 32 bytes"))
    }

    /// The signature over a text, 128 hex digits.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        hex(self.pair.sign(text.as_bytes()).as_ref())
    }
}

fn make(path: &Path) -> Result<()> {
    let failed = |e| Error::io(format!("không tạo được khoá {}", path.display()), e);
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new());
    let pkcs8 = pkcs8.map_err(|_| Error::Failed("hệ điều hành không cho số ngẫu nhiên".to_owned()))?;
    let write = |folder: &Path| {
        fs::create_dir_all(folder)?;
        // Whole or not at all: a key cut short would lock every later signature out.
        let draft = path.with_extension("tmp");
        let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        file.write_all(pkcs8.as_ref())?;
        file.sync_all()?;
        fs::rename(&draft, path)
    };
    write(path.parent().unwrap_or(Path::new("."))).map_err(failed)
}

impl PublicKey {
    /// Whether a signature over a text is this key's.
    #[must_use]
    pub fn verifies(&self, text: &str, signature: &str) -> bool {
        let Some(signature) = unhex(signature) else { return false };
        UnparsedPublicKey::new(&ED25519, self.0).verify(text.as_bytes(), &signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ed25519:{}", hex(&self.0))
    }
}

impl FromStr for PublicKey {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let text = text.trim();
        let bytes = unhex(text.strip_prefix("ed25519:").unwrap_or(text)).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| {
            format!("«{text}» không phải khoá công khai; dùng dòng mà `cchc keys show` in ra, ed25519:… 64 chữ số")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let key = Key::of(dir.path()).unwrap();
        let mode = fs::metadata(Key::path(dir.path())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let again = Key::of(dir.path()).unwrap().public();
        assert_eq!(key.public(), again);
        assert_eq!(again.to_string().parse(), Ok(again));
        let signature = key.sign("xin chào");
        assert!(again.verifies("xin chào", &signature));
        assert!(!again.verifies("xin chao", &signature));
        assert!(!again.verifies("xin chào", "00"));
        let other = Key::of(tempfile::tempdir().unwrap().path()).unwrap().public();
        assert!(!other.verifies("xin chào", &signature));
    }

    #[test]
    fn an_open_or_broken_key_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        Key::of(dir.path()).unwrap();
        let path = Key::path(dir.path());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Key::of(dir.path()).err().unwrap().to_string().contains("chmod 600"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "x").unwrap();
        assert!(Key::of(dir.path()).err().unwrap().to_string().contains("không phải khoá"));
    }
}
