//! `cchc sites`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Các cổng: danh sách, kiểm tra
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc sites check hai-ba-trung")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Action,
}

/// What to ask of the sites.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Action {
    /// Liệt kê các cổng đã khai báo
    List,
    /// Cổng có vào được, có cho phép, có hiểu được không; với địa chỉ mới thì đề xuất mục để dán
    Check {
        /// Mã cổng hoặc địa chỉ; bỏ trống: tất cả
        #[arg(value_name = "MÃ|ĐỊA_CHỈ")]
        site: Option<String>,
    },
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc sites` chưa có trong phiên bản này".to_owned()))
}
