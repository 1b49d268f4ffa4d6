//! `cchc nightly`: the whole job, or how long it would take.

use super::{Context, Exit, crawl, progress};
use crate::crawl::Bounds;
use crate::error::{Error, Result};
use crate::nightly::{self, Job, Scope, plan_ahead, summary};
use crate::store::Store;
use crate::time;
use std::sync::Arc;

/// Việc hằng đêm: đọc các cổng, thẩm định, kiểm tra mọi kế hoạch còn hiệu lực, ghi báo cáo
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc nightly --dry-run")]
pub(super) struct Args {
    /// Chỉ ước lượng: bao lâu, bao nhiêu yêu cầu, có vừa khung giờ không
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    let rules = context.rules()?;
    let (sites, text) = context.sites_with_text()?;
    crawl::warn(&sites, &rules);
    let now = time::at_hanoi(context.now());
    if args.dry_run && !context.has_state() {
        // Before the first night everything is still to be read; no folder is needed to say so.
        print!("{}", plan_ahead::tell(&plan_ahead::estimate(&Store::temporary()?, &rules, &sites, now)?));
        return Ok(Exit::Done);
    }
    let owner = match context.owner("cchc nightly") {
        Err(Error::Busy(why)) if !args.dry_run => return ask(why, context),
        owner => owner?,
    };
    if args.dry_run {
        print!("{}", plan_ahead::tell(&plan_ahead::estimate(&owner.store, &rules, &sites, now)?));
        return Ok(Exit::Done);
    }
    let until = nightly::end_of_night(&sites, now)?;
    let job = Job {
        owner: &owner,
        rules: &rules,
        sites: Arc::new(sites),
        sites_text: &text,
        clock: Arc::new(|| time::at_hanoi(chrono::Utc::now())),
        stop: crawl::stop_on_signal()?,
        description: None,
        requests: &progress::requests(),
        stages: &progress::stage(),
    };
    let night = job.night(&Scope { bounds: Bounds::default(), until, ..Scope::default() })?;
    for line in summary::of_night(&night) {
        println!("{line}");
    }
    println!("báo cáo: {}", owner.state.reports().join(night.as_of.to_string()).display());
    Ok(exit(night.crawled.is_whole()))
}

/// Has the night run by `cchc serve`, where that is who holds the state; tells it as it goes.
fn ask(busy: String, context: &Context) -> Result<Exit> {
    let view = context.view("cchc nightly")?;
    match view.night(&|line| println!("{line}"))? {
        Some(whole) => Ok(exit(whole)),
        None => Err(Error::Busy(busy)),
    }
}

fn exit(whole: bool) -> Exit {
    Exit::done(whole)
}
