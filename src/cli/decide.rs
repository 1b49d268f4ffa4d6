//! `cchc decide`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Quyết định của người kiểm tra về một bài; không xoá được, chỉ thu hồi
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc decide MÃ --kind chuyen-sau --reason \"…\" --by lan")]
pub(super) struct Args {
    /// Địa chỉ hoặc mã bài
    #[arg(value_name = "BÀI", required_unless_present = "revoke")]
    item: Option<String>,
    /// Đơn vị của bài, hoặc none
    #[arg(long, value_name = "MÃ|none")]
    unit: Option<String>,
    /// Chủ đề, cách nhau bằng dấu phẩy
    #[arg(long, value_name = "CHỦ_ĐỀ,…")]
    topics: Option<String>,
    /// Thể loại: tin-bai hoặc chuyen-sau
    #[arg(long)]
    kind: Option<String>,
    /// Có phải bài về cải cách hành chính: yes hoặc no
    #[arg(long, value_name = "yes|no")]
    cchc: Option<String>,
    /// Bài mới hay đăng lại: new hoặc repost
    #[arg(long, value_name = "new|repost")]
    novelty: Option<String>,
    /// Tính hay không tính cho một nhiệm vụ: yes hoặc no
    #[arg(long, value_name = "yes|no", requires_all = ["plan", "obligation"])]
    counted: Option<String>,
    /// Mã kế hoạch (với --counted)
    #[arg(long)]
    plan: Option<String>,
    /// Mã nhiệm vụ (với --counted)
    #[arg(long)]
    obligation: Option<String>,
    /// Kỳ (với --counted)
    #[arg(long)]
    period: Option<String>,
    /// Thu hồi quyết định số này
    #[arg(long, value_name = "SỐ")]
    revoke: Option<u64>,
    /// Lý do
    #[arg(long)]
    reason: String,
    /// Người quyết định
    #[arg(long)]
    by: String,
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc decide` chưa có trong phiên bản này".to_owned()))
}
