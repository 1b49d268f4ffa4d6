//! The lock file: one holder, named.

use super::State;
use crate::error::{Error, Result};
use std::fs::{File, TryLockError};
use std::io::Write as _;

/// The lock, held until dropped; the system frees it if the process dies.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, or says who has it.
    pub(super) fn take(state: &State, name: &str) -> Result<Self> {
        Self::attempt(state, name)?.ok_or_else(|| {
            let path = state.dir().join("LOCK");
            let holder = std::fs::read_to_string(path).unwrap_or_default();
            let holder = if holder.trim().is_empty() { "một tiến trình khác" } else { holder.trim() };
            Error::Busy(format!(
                "{holder} đang giữ thư mục trạng thái {}; đợi nó xong hoặc dừng nó rồi chạy lại",
                state.dir().display()
            ))
        })
    }

    /// Takes the lock; `None` if another has it.
    pub(super) fn attempt(state: &State, name: &str) -> Result<Option<Self>> {
        let path = state.dir().join("LOCK");
        let failed = |e| Error::io(format!("không khoá được {}", path.display()), e);
        let mut file = File::options().write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(e)) => return Err(failed(e)),
        }
        file.set_len(0).map_err(failed)?;
        write!(file, "`{name}` (tiến trình {})", std::process::id()).map_err(failed)?;
        file.flush().map_err(failed)?;
        Ok(Some(Self { _file: file }))
    }
}
