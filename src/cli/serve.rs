//! `cchc serve`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Trang web cho đơn vị và người kiểm tra
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc serve --listen 127.0.0.1:8080")]
pub(super) struct Args {
    /// Địa chỉ lắng nghe (mặc định: 127.0.0.1:8080)
    #[arg(long, value_name = "ĐỊA_CHỈ", default_value = "127.0.0.1:8080")]
    listen: String,
    /// Lịch chạy việc hằng đêm (cron); bỏ trống: không đọc cổng nào
    #[arg(long, value_name = "CRON")]
    schedule: Option<String>,
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc serve` chưa có trong phiên bản này".to_owned()))
}
