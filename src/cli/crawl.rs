//! `cchc crawl`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Đọc các cổng, lưu trữ và bóc tách bài
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc crawl --site hai-ba-trung --since 2026-03-01")]
pub(super) struct Args {
    /// Chỉ đọc cổng này; lặp lại được
    #[arg(long, value_name = "MÃ")]
    site: Vec<String>,
    /// Đọc hết: không ngân sách, không mốc ngày, không dừng ở tin đã biết
    #[arg(long)]
    full: bool,
    /// Chỉ lấy bài từ ngày này
    #[arg(long, value_name = "NGÀY")]
    since: Option<chrono::NaiveDate>,
    /// Nhiều nhất chừng này trang mỗi cổng
    #[arg(long, value_name = "N")]
    max_pages: Option<u64>,
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc crawl` chưa có trong phiên bản này".to_owned()))
}
