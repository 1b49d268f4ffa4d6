//! `cchc robots`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Theo robots.txt này, từng địa chỉ có được đọc không
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc robots robots.txt --agent cchc-audit https://…")]
pub(super) struct Args {
    /// Tệp robots.txt
    #[arg(value_name = "TỆP")]
    file: std::path::PathBuf,
    /// Tên chương trình đọc (product token)
    #[arg(long, value_name = "TÊN")]
    agent: String,
    /// Các địa chỉ cần hỏi
    #[arg(value_name = "ĐỊA_CHỈ", required = true)]
    urls: Vec<String>,
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc robots` chưa có trong phiên bản này".to_owned()))
}
