//! `cchc keys show`: the public key that whoever checks a pack must have.

use super::{Context, Exit};
use crate::error::Result;
use crate::evidence::Key;

/// Khoá ký của hệ thống
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ví dụ:\n  cchc keys show\n\nCông bố khoá này ở nơi người khác tin được (văn bản, cổng thông tin): gói chứng cứ được kiểm tra với nó."
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Action,
}

/// What to ask of the keys.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Action {
    /// In khoá công khai; lần đầu thì tạo khoá
    Show,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    let Action::Show = args.command;
    let state = &context.globals.state;
    context.kept_record()?;
    println!("{}", Key::of(state)?.public());
    eprintln!("khoá riêng nằm tại {}, chỉ chủ tệp đọc được", Key::path(state).display());
    Ok(Exit::Done)
}
