//! `cchc explain`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Một bài: đã quyết định gì, vì sao
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc explain https://haibatrung.hanoi.gov.vn/… --plan ha-noi-2026")]
pub(super) struct Args {
    /// Địa chỉ hoặc mã bài
    #[arg(value_name = "ĐỊA_CHỈ|MÃ")]
    item: String,
    /// Kèm kết luận theo kế hoạch này
    #[arg(long, value_name = "MÃ")]
    plan: Option<String>,
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc explain` chưa có trong phiên bản này".to_owned()))
}
