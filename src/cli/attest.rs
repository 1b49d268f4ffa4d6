//! `cchc attest`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Minh chứng cho nhiệm vụ không đọc được trên mạng
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc attest list")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Action,
}

/// What to do with attestations.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Action {
    /// Ghi một minh chứng
    Add {
        /// Mã kế hoạch
        #[arg(long)]
        plan: String,
        /// Mã nhiệm vụ
        #[arg(long)]
        obligation: String,
        /// Mã đơn vị
        #[arg(long)]
        unit: String,
        /// Kỳ
        #[arg(long)]
        period: String,
        /// Tệp minh chứng
        #[arg(long)]
        file: Option<std::path::PathBuf>,
        /// Ghi chú
        #[arg(long)]
        note: Option<String>,
        /// Người ghi
        #[arg(long)]
        by: String,
    },
    /// Liệt kê minh chứng
    List,
    /// Xem một minh chứng
    Show {
        /// Số thứ tự trong nhật ký
        seq: u64,
    },
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc attest` chưa có trong phiên bản này".to_owned()))
}
