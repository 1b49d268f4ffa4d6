//! `cchc sites`: the watched portals, and whether they can be read.

use super::crawl::stop_on_signal;
use super::{Context, Exit};
use crate::checkup::{self, Checkup, Desk};
use crate::coverage::Cause;
use crate::error::{Error, Result, in_words};
use crate::rules::Rules;
use crate::site::{Confidence, Site, Sites};
use crate::time;
use std::sync::Arc;
use url::Url;

/// Các cổng: danh sách, kiểm tra
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc sites check hai-ba-trung\n  cchc sites check https://cong-moi.hanoi.gov.vn/")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Action,
}

/// What to ask of the sites.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Action {
    /// Liệt kê các cổng đã khai báo
    List,
    /// Cổng có vào được, có cho phép, có hiểu được không; với địa chỉ mới thì đề xuất mục để dán
    Check {
        /// Mã cổng hoặc địa chỉ; bỏ trống: tất cả
        #[arg(value_name = "MÃ|ĐỊA_CHỈ")]
        site: Option<String>,
    },
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    match &args.command {
        Action::List => list(context),
        Action::Check { site: None } => check_all(context),
        Action::Check { site: Some(name) } if name.contains("://") => propose(name, context),
        Action::Check { site: Some(id) } => check(context, std::slice::from_ref(id)),
    }
}

fn list(context: &Context) -> Result<Exit> {
    let sites = context.sites()?;
    super::crawl::warn(&sites, &context.rules()?);
    let wide = |text: &dyn Fn(&Site) -> usize| sites.sites.iter().map(text).max().unwrap_or(0);
    let unit = |site: &Site| site.unit.as_ref().map_or_else(|| "–".to_owned(), ToString::to_string);
    let (ids, hosts, units) = (wide(&|s| s.id.len()), wide(&|s| s.host.len()), wide(&|s| unit(s).chars().count()));
    println!("{:ids$}  {:hosts$}  {:10}  {:units$}  {:14}  TIN CẬY", "MÃ", "TÊN MIỀN", "KÊNH", "ĐƠN VỊ", "NỀN TẢNG");
    for site in &sites.sites {
        let sure = match site.confidence {
            Confidence::Sure => "đã thấy",
            Confidence::Guess => "phỏng đoán",
        };
        let platform = site.platform.as_deref().unwrap_or("tự nhận dạng");
        let (id, host, channel, unit) = (&site.id, &site.host, site.channel.id(), unit(site));
        println!("{id:ids$}  {host:hosts$}  {channel:10}  {unit:units$}  {platform:14}  {sure}");
    }
    Ok(Exit::Done)
}

fn check_all(context: &Context) -> Result<Exit> {
    let ids: Vec<String> = context.sites()?.sites.into_iter().map(|site| site.id).collect();
    check(context, &ids)
}

fn desk<'a>(rules: &'a Rules, sites: Sites) -> Result<Desk<'a>> {
    let clock = Arc::new(|| time::at_hanoi(chrono::Utc::now()));
    Ok(Desk { rules, sites: Arc::new(sites), clock, stop: stop_on_signal()? })
}

fn check(context: &Context, ids: &[String]) -> Result<Exit> {
    let rules = context.rules()?;
    let owner = context.owner("cchc sites check")?;
    let sites = context.sites()?;
    super::crawl::warn(&sites, &rules);
    let desk = desk(&rules, sites)?;
    let mut exit = Exit::Done;
    for id in ids {
        if desk.stop.is_stopped() {
            return Ok(Exit::Partly);
        }
        let found = desk.check(id)?;
        tell(&found);
        if desk.confirm(&owner, &found)? {
            println!("  đã xác nhận: cổng mang tên đơn vị, từ nay được dùng cho kết luận");
        }
        if !found.is_good() {
            exit = Exit::Partly;
        }
    }
    Ok(exit)
}

/// A portal that no entry names: reads it as if one did, and proposes the entry.
fn propose(address: &str, context: &Context) -> Result<Exit> {
    let unreadable = || Error::Input(format!("«{address}» không phải địa chỉ http(s) đầy đủ"));
    let url = Url::parse(address).map_err(|_| unreadable())?;
    let host = url.host_str().ok_or_else(unreadable)?.to_owned();
    let rules = context.rules()?;
    let mut sites = context.sites()?;
    if let Some(known) = sites.covering(&url) {
        println!("{address} đã thuộc cổng «{}»:", known.id);
        let id = known.id.clone();
        return check(context, std::slice::from_ref(&id));
    }
    let unit = rules.registry.by_host(&host).map(|unit| unit.id.clone());
    let channel = if unit.is_some() { "own-portal" } else { "other" };
    let owner = unit.map(|unit| format!("unit = \"{unit}\"\n")).unwrap_or_default();
    let id = host.trim_start_matches("www.").split('.').next().unwrap_or(&host);
    let entry = format!(
        "[crawler]\ncontact = \"mailto:x@x\"\n[[site]]\nid = \"{id}\"\nhost = \"{host}\"\nchannel = \"{channel}\"\n{owner}seeds = [\"{url}\"]\n"
    );
    let mut proposed = Sites::parse(address, &entry).map_err(Error::Faults)?.sites;
    let Some(site) = proposed.pop() else { return Err(unreadable()) };
    sites.sites = vec![site.clone()];
    let desk = desk(&rules, sites)?;
    let found = desk.check(&site.id)?;
    tell(&found);
    println!("\nMục đề xuất để dán vào sites.toml:\n\n{}", checkup::proposal(&site, &found));
    Ok(Exit::done(found.is_good()))
}

fn tell(found: &Checkup) {
    println!("{}:", found.site);
    match found.seen.cause {
        // A few pages are all that was asked for.
        None | Some(Cause::Budget) => println!("  vào được, {} yêu cầu", found.conduct.requests),
        Some(cause) => println!("  {} ({}) {}", cause.name(), cause.side().name(), in_words(&found.seen.detail)),
    }
    for robots in &found.conduct.robots {
        println!("  robots.txt của {}: {}", robots.origin, robots.verdict);
    }
    println!("  nền tảng: {}", found.platform.as_deref().unwrap_or("chưa nhận ra"));
    match found.names_unit {
        Some(true) => println!("  thấy tên đơn vị trên cổng"),
        Some(false) => println!("  chưa thấy tên đơn vị trên cổng"),
        None => {}
    }
    for (title, date) in &found.articles {
        println!("  bài: {date} {title}");
    }
    if found.articles.is_empty() {
        println!("  chưa bóc tách được bài nào");
    }
}
