//! `cchc import`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Đưa các bài trong tệp JSONL vào kho (bổ sung quá khứ)
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc import bai.jsonl")]
pub(super) struct Args {
    /// Tệp JSONL
    #[arg(value_name = "TỆP")]
    file: std::path::PathBuf,
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc import` chưa có trong phiên bản này".to_owned()))
}
