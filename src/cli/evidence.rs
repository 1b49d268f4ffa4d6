//! `cchc evidence`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Gói chứng cứ: xuất, kiểm tra
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc evidence verify goi.wacz")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Action,
}

/// What to do with packs.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Action {
    /// Xuất gói chứng cứ của một đơn vị trong một kỳ
    Export {
        /// Mã đơn vị
        #[arg(long)]
        unit: String,
        /// Kỳ: lấy mọi kỳ nằm trong đó
        #[arg(long)]
        period: String,
        /// Mã kế hoạch; bỏ trống: mọi kế hoạch
        #[arg(long)]
        plan: Option<String>,
        /// Tệp gói
        #[arg(short, long)]
        output: std::path::PathBuf,
    },
    /// Kiểm tra một gói, không cần mạng
    Verify {
        /// Tệp gói
        file: std::path::PathBuf,
        /// Khoá công khai
        #[arg(long)]
        key: Option<String>,
    },
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc evidence` chưa có trong phiên bản này".to_owned()))
}
