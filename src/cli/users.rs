//! `cchc users`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Người dùng của trang web
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc users add lan --role inspector")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Action,
}

/// What to do with users.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Action {
    /// Thêm người dùng; mật khẩu đọc từ stdin
    Add {
        /// Tên đăng nhập
        name: String,
        /// Vai trò: inspector (mặc định), admin, read-only
        #[arg(long, default_value = "inspector")]
        role: String,
    },
    /// Liệt kê
    List,
    /// Khoá tài khoản
    Disable {
        /// Tên đăng nhập
        name: String,
    },
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc users` chưa có trong phiên bản này".to_owned()))
}
