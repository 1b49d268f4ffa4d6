//! `cchc extract`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Bóc tách một trang đã lưu thành một bài, dạng JSON
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc extract trang.html --url https://…")]
pub(super) struct Args {
    /// Tệp HTML, hoặc - để đọc từ stdin
    #[arg(value_name = "TỆP|-")]
    file: std::path::PathBuf,
    /// Địa chỉ của trang
    #[arg(long, value_name = "ĐỊA_CHỈ")]
    url: String,
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc extract` chưa có trong phiên bản này".to_owned()))
}
