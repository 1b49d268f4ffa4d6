//! `cchc demo`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Chạy thử toàn bộ: cổng mẫu trên máy này, hai đêm kiểm tra, rồi trang web
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc demo --no-serve")]
pub(super) struct Args {
    /// Kết thúc sau khi in kết quả, không mở trang web
    #[arg(long)]
    no_serve: bool,
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc demo` chưa có trong phiên bản này".to_owned()))
}
