//! `cchc rebuild`: the store anew from archive and journal.

use super::{Context, Exit, progress};
use crate::error::Result;
use crate::rebuild;

/// Dựng lại chỉ mục từ kho lưu trữ và nhật ký
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc rebuild")]
pub(super) struct Args {}

pub(super) fn run(_args: &Args, context: &Context) -> Result<Exit> {
    let rules = context.rules()?;
    let owner = context.existing("cchc rebuild")?;
    let sites = context.crawled_sites(&owner.state)?;
    let rebuilt = rebuild::rebuild(&owner, &rules, sites.as_ref(), &progress::stage())?;
    println!("đã dựng lại: {} bản lưu, {} bài", rebuilt.captures, rebuilt.articles);
    for damaged in &rebuilt.damaged {
        eprintln!("{damaged}; bản lưu ở đó không vào chỉ mục, khôi phục tệp này từ bản sao lưu rồi dựng lại");
    }
    Ok(Exit::done(rebuilt.damaged.is_empty()))
}
