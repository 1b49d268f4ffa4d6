//! `cchc plans`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Các kế hoạch: kiểm tra tệp, danh sách, nội dung
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc plans show ha-noi-2026")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Action,
}

/// What to ask of the plans.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Action {
    /// Kiểm tra tệp kế hoạch; bỏ trống: mọi kế hoạch
    Check {
        /// Tệp kế hoạch
        #[arg(value_name = "TỆP")]
        file: Option<std::path::PathBuf>,
    },
    /// Liệt kê các kế hoạch
    List,
    /// In kế hoạch để đối chiếu với văn bản
    Show {
        /// Mã kế hoạch
        #[arg(value_name = "MÃ")]
        id: String,
    },
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc plans` chưa có trong phiên bản này".to_owned()))
}
