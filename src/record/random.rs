//! Bytes that nobody can guess: salts, session ids, keys that live as long as the process.

use crate::error::{Error, Result};
use ring::rand::{SecureRandom as _, SystemRandom};

/// So many bytes from the operating system.
///
/// # Errors
/// The system gives none.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| Error::Failed("hệ điều hành không cho số ngẫu nhiên".to_owned()))?;
    Ok(bytes)
}
