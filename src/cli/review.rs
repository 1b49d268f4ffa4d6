//! `cchc review`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Những bài chương trình chưa chắc, và kết luận nào phụ thuộc vào đó
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc review")]
pub(super) struct Args {}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc review` chưa có trong phiên bản này".to_owned()))
}
