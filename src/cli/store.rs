//! `cchc store`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Chỉ mục: kiểm tra, sao lưu, nén
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc store check")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Action,
}

/// What to do with the store.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Action {
    /// So chỉ mục với kho lưu trữ và nhật ký
    Check,
    /// Sao lưu trạng thái nhất quán vào thư mục
    Backup {
        /// Thư mục đích
        dir: std::path::PathBuf,
    },
    /// Ghi lại chỉ mục cho gọn
    Compact,
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc store` chưa có trong phiên bản này".to_owned()))
}
