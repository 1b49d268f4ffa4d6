//! `cchc import`: articles from a file into the store, for the time before the first crawl.

use super::{Context, Exit};
use crate::article::lines;
use crate::error::Result;
use crate::record::{Hand, Record, Via};
use crate::settle::Judge;
use crate::{settle, time};
use std::path::PathBuf;

/// Đưa các bài trong tệp JSONL vào kho (bổ sung quá khứ)
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc import bai.jsonl")]
pub(super) struct Args {
    /// Tệp JSONL
    #[arg(value_name = "TỆP")]
    file: PathBuf,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    let rules = context.rules()?;
    let text = context.text(&args.file)?;
    let lines = lines::read(&args.file.display().to_string(), &text);
    for skipped in &lines.skipped {
        eprintln!("{skipped}");
    }
    let owner = context.owner("cchc import")?;
    let hand = Hand { at: time::at_hanoi(context.now()), by: "cchc".to_owned(), via: Via::Cli };
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    crate::intake::import(&owner.store, &Record::new(owner.state.dir()), &hand, &name, &text)?;
    let sites = context.crawled_sites(&owner.state)?;
    settle::settle(&owner.store, &Judge::new(&rules, sites.as_ref()), &super::progress::stage())?;
    println!("đã đưa vào kho {} bài, bỏ qua {} dòng", lines.articles.len(), lines.skipped.len());
    Ok(if lines.skipped.is_empty() { Exit::Done } else { Exit::Partly })
}
