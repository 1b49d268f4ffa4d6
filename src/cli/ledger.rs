//! `cchc ledger`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Sổ gửi bài
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc ledger import so-gui-bai.xlsx")]
pub(super) struct Args {
    /// import TỆP: nạp sổ tiếp nhận bài (CSV hoặc XLSX)
    #[command(subcommand)]
    command: Action,
}

/// What to do with the ledger.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Action {
    /// Nạp sổ tiếp nhận bài (CSV hoặc XLSX)
    Import {
        /// Tệp sổ
        #[arg(value_name = "TỆP")]
        file: std::path::PathBuf,
    },
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc ledger` chưa có trong phiên bản này".to_owned()))
}
