//! `cchc rebuild`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Dựng lại chỉ mục từ kho lưu trữ và nhật ký
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc rebuild")]
pub(super) struct Args {}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc rebuild` chưa có trong phiên bản này".to_owned()))
}
