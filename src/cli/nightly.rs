//! `cchc nightly`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Việc hằng đêm: đọc các cổng, thẩm định, kiểm tra mọi kế hoạch còn hiệu lực, ghi báo cáo
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc nightly --dry-run")]
pub(super) struct Args {
    /// Chỉ ước lượng: bao lâu, bao nhiêu yêu cầu, có vừa khung giờ không
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc nightly` chưa có trong phiên bản này".to_owned()))
}
