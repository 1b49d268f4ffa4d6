//! `cchc articles`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Các bài trong kho, mỗi dòng một JSON
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc articles --unit so-tu-phap --since 2026-03-01")]
pub(super) struct Args {
    /// Chỉ cổng này
    #[arg(long, value_name = "MÃ")]
    site: Vec<String>,
    /// Chỉ đơn vị này
    #[arg(long, value_name = "MÃ")]
    unit: Vec<String>,
    /// Chỉ bài đăng từ ngày này
    #[arg(long, value_name = "NGÀY")]
    since: Option<chrono::NaiveDate>,
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc articles` chưa có trong phiên bản này".to_owned()))
}
