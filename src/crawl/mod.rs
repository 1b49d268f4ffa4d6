//! The guest: fetches what is new on the watched portals, and nothing else.
//!
//! [`run`] reads sites side by side, one connection a server. What to fetch is decided by pure
//! files (robots, politeness, frontier, round, discover); only `fetch`, `resolve` and the loop
//! touch the world. Every answer goes to the archive before anybody reads it. The crawl opens no
//! store: the driver hands in a [`Reader`] that reads pages and a [`Desk`] that remembers.
//!
//! - [`desk`]: the words between the crawl and its driver.
//! - [`round`]: one site's round, pure; [`cover`] says what it covered,.
//! - [`errand`]: one message to a server that is no portal, under the same guard.
//! - [`content`]: what an archived answer says, at the crawl and at every replay.
//! - `group`: the loop over sites that share a server; `work`: the threads that archive and read.

pub mod alarm;
pub mod content;
pub mod cover;
pub mod desk;
pub mod discover;
pub mod errand;
pub mod estimate;
pub mod fetch;
pub mod frontier;
mod group;
pub mod guard;
pub mod politeness;
pub mod resolve;
pub mod robots;
pub mod round;
pub mod schedule;
mod stop;
mod tls;
mod turn;
mod work;

pub use crate::site::address::key_of;
pub use desk::{Desk, Reader};
pub use round::Bounds;
pub use stop::Stop;

use crate::archive::Writer;
use crate::conduct::Conduct;
use crate::coverage::Observation;
use crate::crawl::content::Lectern;
use crate::crawl::fetch::Fetcher;
use crate::crawl::group::{Group, Lane, Night};
use crate::crawl::resolve::{Lookup, Policy, Refusal, Resolver};
use crate::crawl::round::Round;
use crate::crawl::work::{Job, Loaded, Office, Shared};
use crate::error::{Error, Result};
use crate::platform::Platforms;
use crate::site::{PlatformManners, Settings, Site, Sites};
use crate::time::Time;
use rustls::pki_types::CertificateDer;
use std::cell::Cell;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Instant;
use tokio::sync::oneshot;
use tokio::task::JoinError;

/// Our name in robots.txt and at the beginning of the User-Agent.
pub const AGENT: &str = "cchc-audit";

/// Tells the time; the demo and the tests have clocks of their own.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// What one run is to do.
#[derive(Clone)]
pub struct Run {
    /// The file.
    pub sites: Arc<Sites>,
    /// Ids of the sites to read; empty: all that are watched today.
    pub only: Vec<String>,
    /// What kinds of portals look like.
    pub platforms: Arc<Platforms>,
    /// How far back.
    pub bounds: Bounds,
    /// Pages to ask for at most, robots.txt and redirects not counted.
    pub max_pages: Option<u64>,
    /// When to end, such as the closing of the night window.
    pub until: Option<Time>,
    /// The time.
    pub clock: Clock,
    /// Varies the length of pauses.
    pub seed: u64,
    /// Ends the run early, leaving everything consistent.
    pub stop: Stop,
    /// Looks names up; [`resolve::system_lookup`] outside tests.
    pub lookup: Lookup,
    /// Worker threads; the processors, if 0.
    pub workers: usize,
}

/// What came of a run.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Each site's reading.
    pub sites: Vec<(Observation, Conduct)>,
}

impl Report {
    /// Whether every site was seen: no cause stands beside any reading.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.sites.iter().all(|(observation, _)| observation.since.is_some() && observation.cause.is_none())
    }
}

/// Reads the sites. Blocks until all are done or the run is stopped.
///
/// # Errors
/// A site that the file does not have, certificates that cannot be read, or a disk that refuses;
/// what could not be read of a portal is part of the report instead.
pub fn run<R: Reader, D: Desk<R::Article>>(run: &Run, reader: &R, desk: &D, archive: &Writer) -> Result<Report> {
    let chosen = choose(run)?;
    let (jobs, queue) = mpsc::channel();
    let queue = Mutex::new(queue);
    let office = Office {
        lectern: Lectern::new(reader, run.platforms.generic()),
        desk,
        archive,
        stop: run.stop.clone(),
        fatal: Mutex::default(),
    };
    let fetcher = fetcher(run, &chosen)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Error::io("không mở được bộ lập lịch mạng", e))?;
    let sites = std::thread::scope(|scope| {
        for number in 0..workers(run) {
            let builder = std::thread::Builder::new().name(format!("đọc {number}")).stack_size(content::STACK);
            let (office, queue) = (&office, &queue);
            builder
                .spawn_scoped(scope, move || office.work(queue))
                .map_err(|e| Error::io("không mở được luồng làm việc", e))?;
        }
        // The queue closes with the loop, and the workers end with the queue.
        Ok::<_, Error>(tokio::task::LocalSet::new().block_on(&runtime, night(run, chosen, fetcher, jobs)))
    })?;
    match office.fatal.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(Report { sites: sites? }),
    }
}

/// The sites to read, with what applies to each.
fn choose(run: &Run) -> Result<Vec<(Arc<Site>, Settings)>> {
    if let Some(missing) = run.only.iter().find(|id| run.sites.get(id).is_none()) {
        return Err(Error::Input(format!("không có site \"{missing}\" trong sites.toml; xem `cchc sites list`")));
    }
    let now = (run.clock)();
    let wanted = |site: &&Site| match run.only.is_empty() {
        true => site.watched_at(now),
        false => run.only.contains(&site.id),
    };
    let settings = |site: &Site| {
        let platform = site.platform.as_deref().and_then(|id| run.platforms.get(id));
        let manners = platform.map(|p| PlatformManners { shared: p.shared, delay: p.delay }).unwrap_or_default();
        (Arc::new(site.clone()), run.sites.settings(site, manners))
    };
    Ok(run.sites.sites.iter().filter(wanted).map(settings).collect())
}

fn workers(run: &Run) -> usize {
    let processors = || std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    if run.workers == 0 { processors() } else { run.workers }
}

fn fetcher(run: &Run, chosen: &[(Arc<Site>, Settings)]) -> Result<Fetcher> {
    let mut policies = HashMap::new();
    let mut exceptions = HashMap::new();
    let mut intermediates = Vec::new();
    for (site, settings) in chosen {
        for host in std::iter::once(&site.host).chain(&site.aliases) {
            let target = settings.resolve.get(host).copied();
            policies.insert(host.clone(), Policy { allow_private: settings.allow_private, target });
            exceptions.extend(site.tls_exception.clone().map(|exception| (host.clone(), exception)));
        }
        intermediates.extend(helping(settings)?);
    }
    for (site, settings) in chosen {
        for twin in site.twins() {
            let target = settings.resolve.get(&twin).copied();
            policies.entry(twin).or_insert(Policy { allow_private: settings.allow_private, target });
        }
    }
    intermediates.dedup();
    let contact = chosen.first().map(|(_, s)| s.contact.as_str()).unwrap_or_default();
    let verifier = tls::Verifier::new(intermediates, exceptions, (run.clock)());
    Ok(Fetcher::new(Resolver::new(policies, run.lookup.clone()), verifier, contact))
}

/// The certificates that servers forget to send, as the file names them.
fn helping(settings: &Settings) -> Result<Vec<CertificateDer<'static>>> {
    let mut found = Vec::new();
    for path in &settings.intermediates {
        let pem = std::fs::read(path).map_err(|e| Error::io(format!("không đọc được intermediates {path}"), e))?;
        found.extend(tls::certificates(&pem));
    }
    Ok(found)
}

/// All groups side by side.
async fn night(
    run: &Run,
    chosen: Vec<(Arc<Site>, Settings)>,
    fetcher: Fetcher,
    jobs: mpsc::Sender<Job>,
) -> Result<Vec<(Observation, Conduct)>> {
    let addresses = resolve_all(&fetcher, &chosen).await?;
    let marks = chosen.iter().zip(&addresses);
    let marks = marks.map(|((_, s), known)| (s.group.as_deref(), known.as_ref().map_or(&[][..], Vec::as_slice)));
    let groups = politeness::groups(&marks.collect::<Vec<_>>());
    let night = Rc::new(Night {
        fetcher,
        jobs,
        stop: run.stop.clone(),
        clock: run.clock.clone(),
        began: Instant::now(),
        until: run.until,
        pages: Cell::new(run.max_pages),
        full: run.bounds.full,
    });
    let mut tasks = tokio::task::JoinSet::new();
    let mut names = HashMap::new();
    for (number, members) in groups.into_iter().enumerate() {
        let name = members.iter().map(|index| chosen[*index].0.id.as_str()).collect::<Vec<_>>().join(", ");
        let mut lanes = Vec::with_capacity(members.len());
        for index in members {
            let (site, settings) = chosen[index].clone();
            lanes.push(lane(run, &night, site, settings, &addresses[index]).await);
        }
        let seed = run.seed.wrapping_add((number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let task = tasks.spawn_local(Group::new(night.clone(), lanes, seed).run());
        names.insert(task.id(), name);
    }
    let (mut sites, mut fault) = (Vec::new(), None);
    while let Some(group) = tasks.join_next_with_id().await {
        match group {
            Ok((_, group)) => sites.extend(group),
            // The other groups read on; but a night without these sites must not look whole.
            Err(error) => {
                let name = names.remove(&error.id()).unwrap_or_default();
                fault.get_or_insert(ended(&format!("đọc các cổng {name}"), error));
            }
        }
    }
    sites.sort_by(|a, b| a.0.site.cmp(&b.0.site));
    fault.map_or(Ok(sites), Err)
}

/// A task that ended without a result.
fn ended(what: &str, error: JoinError) -> Error {
    match error.try_into_panic() {
        Ok(panic) => work::fatal(what, panic.as_ref()),
        Err(error) => Error::Failed(format!("bị ngắt khi {what}: {error}")),
    }
}

/// A site's lane, with what is remembered of it; one whose name does not resolve ends at once.
async fn lane(
    run: &Run,
    night: &Night,
    site: Arc<Site>,
    settings: Settings,
    addresses: &std::result::Result<Vec<SocketAddr>, Refusal>,
) -> Lane {
    let now = (run.clock)();
    let (reply, answer) = oneshot::channel();
    let rechecks = usize::try_from(settings.recheck_budget).unwrap_or(usize::MAX);
    let job = Job::Load { site: site.id.clone(), now, rechecks, reply };
    let mut loaded = if night.jobs.send(job).is_ok() { answer.await.unwrap_or_default() } else { Loaded::default() };
    if let Ok(addresses) = addresses {
        loaded.memory.addresses.clone_from(addresses);
    }
    let refusal = addresses.as_ref().err();
    let mut round =
        Round::new(site.clone(), settings.clone(), run.platforms.clone(), loaded.memory.clone(), run.bounds, now);
    if let Some(refusal) = refusal {
        let cause = refusal.cause();
        round.conduct.skip(cause);
        round.block(cause, refusal.to_string());
        let attempt = crate::archive::Attempt {
            url: site.start().first().map(ToString::to_string).unwrap_or_default(),
            method: "GET".to_owned(),
            at: now,
            elapsed: std::time::Duration::ZERO,
            remote: None,
            cause,
            detail: refusal.to_string(),
            notes: vec![("site".to_owned(), site.id.clone())],
        };
        // No worker left means that the run is ending.
        let _ = night.jobs.send(Job::Note(Box::new(attempt)));
    }
    Lane::new(site, settings, Shared::new(round), Some(loaded).filter(|_| refusal.is_none()))
}

async fn resolve_all(
    fetcher: &Fetcher,
    chosen: &[(Arc<Site>, Settings)],
) -> Result<Vec<std::result::Result<Vec<SocketAddr>, Refusal>>> {
    let mut tasks = tokio::task::JoinSet::new();
    for (index, (site, _)) in chosen.iter().enumerate() {
        let (resolver, host) = (fetcher.resolver().clone(), site.host.clone());
        tasks.spawn(async move { (index, resolver.host_addresses(&host).await) });
    }
    let mut found: Vec<_> = chosen.iter().map(|_| Ok(Vec::new())).collect();
    while let Some(answer) = tasks.join_next().await {
        let (index, answer) = answer.map_err(|error| ended("tra tên máy chủ", error))?;
        found[index] = answer;
    }
    Ok(found)
}
