//! `cchc keys`.

use super::{Context, Exit};
use crate::error::{Error, Result};

/// Khoá ký của hệ thống
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc keys show")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Action,
}

/// What to ask of the keys.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Action {
    /// In khoá công khai
    Show,
}

pub(super) fn run(_args: &Args, _context: &Context) -> Result<Exit> {
    Err(Error::Input("lệnh `cchc keys` chưa có trong phiên bản này".to_owned()))
}
