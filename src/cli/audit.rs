//! `cchc audit`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Kiểm tra một kế hoạch: đơn vị nào đạt, chưa đạt, vì sao
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc audit --plan ha-noi-2026 --unit phuong-hai-ba-trung --period 2026-05")]
pub(super) struct Args {
    /// Mã kế hoạch (xem: cchc plans list)
    #[arg(long, value_name = "MÃ")]
    plan: String,
    /// Chỉ kỳ này; lặp lại được
    #[arg(long, value_name = "KỲ")]
    period: Vec<String>,
    /// Chỉ đơn vị này; lặp lại được
    #[arg(long, value_name = "MÃ")]
    unit: Vec<String>,
    /// Tính đến hết ngày này
    #[arg(long, value_name = "NGÀY")]
    as_of: Option<chrono::NaiveDate>,
    /// Dùng quy tắc hôm nay thay cho quy tắc của ngày --as-of
    #[arg(long, value_name = "current")]
    rules: Option<String>,
    /// Lấy bài từ tệp JSONL này thay cho kho
    #[arg(long, value_name = "TỆP")]
    articles: Option<std::path::PathBuf>,
    /// Dạng kết quả: table (mặc định), json, csv, html, xlsx
    #[arg(long, value_name = "DẠNG", default_value = "table")]
    format: String,
    /// Ghi vào tệp thay vì in ra
    #[arg(short, long, value_name = "TỆP")]
    output: Option<std::path::PathBuf>,
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc audit` chưa có trong phiên bản này".to_owned()))
}
