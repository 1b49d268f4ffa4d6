//! `cchc crawl`: reads the portals into archive and store.

use super::{Context, Exit, progress};
use crate::crawl::{Bounds, Report, Stop};
use crate::error::Result;
use crate::nightly::{Job, Scope, summary};
use crate::rules::Rules;
use crate::site::Sites;
use crate::time;
use std::sync::Arc;

/// Đọc các cổng, lưu trữ và bóc tách bài
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc crawl --site hai-ba-trung --since 2026-03-01")]
pub(super) struct Args {
    /// Chỉ đọc cổng này; lặp lại được
    #[arg(long, value_name = "MÃ")]
    site: Vec<String>,
    /// Đọc hết: không ngân sách, không mốc ngày, không dừng ở tin đã biết
    #[arg(long)]
    full: bool,
    /// Chỉ lấy bài từ ngày này
    #[arg(long, value_name = "NGÀY", value_parser = super::usage::day)]
    since: Option<chrono::NaiveDate>,
    /// Nhiều nhất chừng này trang trong cả lượt
    #[arg(long, value_name = "N")]
    max_pages: Option<u64>,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    let rules = context.rules()?;
    let (sites, text) = context.sites_with_text()?;
    let owner = context.owner("cchc crawl")?;
    warn(&sites, &rules);
    warn_outside_window(&sites, context);
    let job = Job {
        owner: &owner,
        rules: &rules,
        sites: Arc::new(sites),
        sites_text: &text,
        clock: Arc::new(|| time::at_hanoi(chrono::Utc::now())),
        stop: stop_on_signal()?,
        description: None,
        requests: &progress::requests(),
        stages: &progress::stage(),
    };
    let scope = Scope {
        only: args.site.clone(),
        bounds: Bounds { since: args.since.map(time::start_of), full: args.full },
        max_pages: args.max_pages,
        until: None,
    };
    let report = job.crawl(&scope)?;
    job.settle()?;
    Ok(tell(&report))
}

/// The contact that the sample file carries; whoever is disturbed would write to nobody.
const NOBODY: &str = "mailto:cchc@example.org";

/// Says what in the file of sites will not do what was meant: nobody can be reached under its
/// contact, or it names what the rules do not know.
pub(super) fn warn(sites: &Sites, rules: &Rules) {
    rules.strange_sites(sites).iter().for_each(|told| eprintln!("lưu ý: {told}"));
    if sites.crawler.contact.as_deref() == Some(NOBODY) {
        eprintln!(
            "lưu ý: contact trong [crawler] còn là địa chỉ mẫu {NOBODY}; điền địa chỉ thật để chủ cổng liên hệ được"
        );
    }
}

/// A manual crawl may leave the night window, but says so.
fn warn_outside_window(sites: &Sites, context: &Context) {
    if let Some(window) = &sites.crawler.night_window
        && !window.contains(time::at_hanoi(context.now()))
    {
        eprintln!("lưu ý: ngoài khung giờ đêm (night_window); lượt đọc do người chạy nên vẫn tiếp tục");
    }
}

/// Ends the run early on Ctrl-C or SIGTERM, with all books closed.
pub(super) fn stop_on_signal() -> Result<Stop> {
    let stop = Stop::new();
    let heard = stop.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| crate::error::Error::io("không nghe được tín hiệu dừng", e))?;
    std::thread::spawn(move || {
        runtime.block_on(super::serve::stopped());
        eprintln!("đang dừng; những gì đã đọc được giữ lại, lượt sau đọc tiếp");
        heard.stop();
    });
    Ok(stop)
}

/// Says what was read of each site and what was not.
pub(super) fn tell(report: &Report) -> Exit {
    for line in summary::of_crawl(report) {
        println!("{line}");
    }
    Exit::done(report.is_whole())
}
