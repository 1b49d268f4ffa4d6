//! How long the night will be, before it begins (`cchc nightly --dry-run`).

use super::notes::MEMORY;
use crate::crawl::desk::{Target, Visit};
use crate::crawl::estimate::{self, Estimate, Load};
use crate::crawl::{politeness, schedule};
use crate::error::Result;
use crate::rules::Rules;
use crate::site::{PlatformManners, Site, Sites};
use crate::store::Store;
use crate::time::Time;
use std::fmt::Write as _;
use std::net::SocketAddr;

/// Pages of a portal that was never read, where nothing better is known: feed, home page and a
/// first filling of this many articles.
const UNKNOWN_PORTAL: u64 = 1_000;

/// Estimates tonight from what the store remembers; sends nothing.
///
/// # Errors
/// The store cannot be read.
pub fn estimate(store: &Store, rules: &Rules, sites: &Sites, now: Time) -> Result<Estimate> {
    let watched: Vec<&Site> = sites.sites.iter().filter(|site| site.watched_at(now)).collect();
    let mut loads = Vec::with_capacity(watched.len());
    let mut servers = Vec::with_capacity(watched.len());
    for site in &watched {
        let (load, server) = load(store, rules, sites, site, now)?;
        loads.push(load);
        servers.push(server);
    }
    let marks: Vec<_> = servers.iter().map(|(group, addresses)| (group.as_deref(), addresses.as_slice())).collect();
    for members in politeness::groups(&marks) {
        let name = loads[members[0]].group.clone();
        members.into_iter().for_each(|member| loads[member].group.clone_from(&name));
    }
    Ok(estimate::night(&loads, sites.crawler.night_window.map(|window| window.length())))
}

/// What tells a site's politeness group: the declared one, and the addresses of its host.
type Server = (Option<String>, Vec<SocketAddr>);

/// What a site will ask for, for now in a group of its own, and what tells its real one: the
/// addresses that the file names or that were found last; nothing is looked up.
fn load(store: &Store, rules: &Rules, sites: &Sites, site: &Site, now: Time) -> Result<(Load, Server)> {
    let platform = site.platform.as_deref().and_then(|id| rules.platforms.get(id));
    let manners = platform.map(|p| PlatformManners { shared: p.shared, delay: p.delay }).unwrap_or_default();
    let settings = sites.settings(site, manners);
    let memory = store.note(&MEMORY, &site.id)?;
    let waiting = store.pending::<Target>(&site.id).count() as u64;
    let mut rechecks = 0;
    for look in store.looks(&site.id) {
        let visit = store.visit::<Visit>(&look?.0)?;
        rechecks += u64::from(visit.is_some_and(|visit| schedule::is_due(&visit, now)));
    }
    let (watched, news) = memory.as_ref().map_or((2, 0), |memory| {
        let nights = memory.nights.len().max(1) as u64;
        let new: u64 = memory.nights.iter().map(|night| u64::from(night.new)).sum();
        let steady = memory.watched.iter().filter(|watch| !watch.seldom).count();
        (steady as u64, new.div_ceil(nights))
    });
    let named = settings.resolve.get(&site.host).map(|t| vec![SocketAddr::new(t.ip, t.port.unwrap_or(0))]);
    let found = || memory.as_ref().map(|memory| memory.addresses.clone()).unwrap_or_default();
    let server = (settings.group.clone(), named.unwrap_or_else(found));
    let group = settings.group.clone().unwrap_or_else(|| site.host.clone());
    if memory.as_ref().and_then(|memory| memory.rest_until).is_some_and(|until| now < until) {
        // The server asked to be left alone.
        let load = Load { group, delay: settings.delay, usual: 0, rechecks: 0, backlog: 0, budget: settings.budget };
        return Ok((load, server));
    }
    let load = Load {
        group,
        delay: settings.delay,
        // robots.txt beside what is watched.
        usual: 1 + watched + news,
        rechecks: rechecks.min(settings.recheck_budget),
        backlog: if memory.is_some() { waiting } else { UNKNOWN_PORTAL },
        budget: settings.budget,
    };
    Ok((load, server))
}

/// The estimate in words.
#[must_use]
pub fn tell(estimate: &Estimate) -> String {
    let length = |seconds: u64| format!("{} giờ {:02} phút", seconds / 3600, seconds % 3600 / 60);
    let nights = |nights: Option<u64>| match nights {
        None => "không bao giờ đọc hết với nhịp này".to_owned(),
        Some(0 | 1) => "đọc hết trong đêm nay".to_owned(),
        Some(n) => format!("đọc hết trong {n} đêm"),
    };
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = writeln!(text, "đêm nay: {} yêu cầu, {}", estimate.requests, length(estimate.seconds));
    let fits = if estimate.fits {
        "vừa khung giờ"
    } else {
        "không vừa khung giờ; phần còn lại để các đêm sau"
    };
    let _ = writeln!(text, "{fits}; {}", nights(estimate.nights));
    for group in &estimate.groups {
        let _ = writeln!(
            text,
            "  {}: {} cổng, {} yêu cầu, {}; {}",
            group.group,
            group.sites,
            group.requests,
            length(group.seconds),
            nights(group.nights)
        );
    }
    text
}
