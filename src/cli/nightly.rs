//! `cchc nightly`: the whole job, or how long it would take.

use super::{Context, Exit, crawl, progress};
use crate::audit::Status;
use crate::crawl::Bounds;
use crate::error::{Error, Result};
use crate::nightly::{Job, Night, Scope, plan_ahead};
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
    let owner = context.owner("cchc nightly")?;
    let now = time::at_hanoi(context.now());
    if args.dry_run {
        print!("{}", plan_ahead::tell(&plan_ahead::estimate(&owner.store, &rules, &sites, now)?));
        return Ok(Exit::Done);
    }
    crawl::warn_of_nobody(&sites);
    let window = sites.crawler.night_window;
    if let Some(window) = window.filter(|window| !window.contains(now)) {
        let opens = window.next_open(now).format("%H:%M %d/%m/%Y");
        return Err(Error::Failed(format!(
            "ngoài khung giờ đêm; khung mở lúc {opens}. Chạy lại khi đó, sửa night_window trong sites.toml, hoặc dùng `cchc crawl`"
        )));
    }
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
    let until = window.map(|window| window.next_close(now));
    let night = job.night(&Scope { bounds: Bounds::default(), until, ..Scope::default() })?;
    Ok(tell(&night, &owner.state.reports().join(night.as_of.to_string())))
}

fn tell(night: &Night, folder: &std::path::Path) -> Exit {
    let exit = crawl::tell(&night.crawled);
    for audit in &night.audits {
        let count = |status| audit.verdicts.iter().filter(|verdict| verdict.status == status).count();
        let counts = [Status::Met, Status::Unmet, Status::InProgress, Status::InsufficientData, Status::NeedsEvidence];
        let counts = counts.map(|status| format!("{} {}", status.name(), count(status))).join(" · ");
        println!("{}: {} kết luận: {counts}", audit.plan, audit.verdicts.len());
    }
    println!("báo cáo: {}", folder.display());
    exit
}
