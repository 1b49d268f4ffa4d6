//! `cchc classify`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Thẩm định các bài cho dưới dạng JSONL, không cần kho
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc classify bai.jsonl")]
pub(super) struct Args {
    /// Tệp JSONL, hoặc - (mặc định) để đọc từ stdin
    #[arg(value_name = "TỆP|-")]
    file: Option<std::path::PathBuf>,
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc classify` chưa có trong phiên bản này".to_owned()))
}
