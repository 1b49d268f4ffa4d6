//! The whole job against the demo portals: two nights, the second a day later by a clock of its own.

use super::{Demo, Portals};
use crate::crawl::desk::Progress;
use crate::crawl::{Bounds, Clock, Stop};
use crate::error::{Error, Result};
use crate::nightly::{Job, Night, Scope};
use crate::owner::Owner;
use crate::rules::Rules;
use crate::site::Sites;
use crate::time::Time;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// What the archive and every page say.
pub const DESCRIPTION: &str = "Bản trình diễn: các cổng và bài viết đều hư cấu, phục vụ trên chính máy này.";

/// A clock that shows the demo's night and goes on from there.
#[derive(Clone)]
pub struct DemoClock(Arc<Mutex<(Time, Instant)>>);

impl DemoClock {
    /// A clock that shows `at` now.
    #[must_use]
    pub fn new(at: Time) -> Self {
        Self(Arc::new(Mutex::new((at, Instant::now()))))
    }

    /// Turns it to another moment.
    pub fn turn(&self, at: Time) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (at, Instant::now());
    }

    /// The clock as the crawl reads it.
    #[must_use]
    pub fn clock(&self) -> Clock {
        let shown = Arc::clone(&self.0);
        Arc::new(move || {
            let (at, since) = *shown.lock().unwrap_or_else(PoisonError::into_inner);
            at + since.elapsed()
        })
    }
}

/// What watches the demo run.
pub struct Watching<'a> {
    /// Told of each request.
    pub requests: &'a (dyn Fn(&Progress<'_>) + Sync),
    /// Told how far the other stages are.
    pub stages: &'a (dyn Fn(&str, usize, usize) + Sync),
    /// Told of each night before it begins.
    pub night: &'a dyn Fn(usize, Time),
    /// Ends it early.
    pub stop: Stop,
}

/// What the demo leaves behind, for the web page.
pub struct Played {
    /// The state, held.
    pub owner: Owner,
    /// The rules.
    pub rules: Rules,
    /// The sites.
    pub sites: Arc<Sites>,
    /// Its clock.
    pub clock: DemoClock,
    /// What each night came to.
    pub nights: Vec<Night>,
}

/// Starts the portals, runs every night of the demo against them, and stops them.
///
/// # Errors
/// No loopback, a state that cannot be written, or faulty rules.
pub fn play(state: &Path, rules: Rules, watching: &Watching<'_>) -> Result<Played> {
    let demo = Arc::new(Demo::read(&rules.data)?);
    let first = *demo.nights.first().ok_or_else(|| Error::Failed("bộ minh hoạ không có đêm nào".to_owned()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(|e| Error::io("không khởi động được cổng minh hoạ", e))?;
    let portals = runtime.block_on(Portals::start(Arc::clone(&demo), first))?;
    let text = portals.sites_toml();
    let sites = Arc::new(Sites::parse("sites.toml của bộ minh hoạ", &text).map_err(Error::Faults)?);
    let owner = Owner::take(state, "cchc demo")?;
    let clock = DemoClock::new(first);
    let mut nights = Vec::new();
    for (n, at) in demo.nights.iter().enumerate() {
        portals.show(*at);
        clock.turn(*at);
        (watching.night)(n + 1, *at);
        let job = Job {
            owner: &owner,
            rules: &rules,
            sites: Arc::clone(&sites),
            sites_text: &text,
            clock: clock.clock(),
            stop: watching.stop.clone(),
            description: Some(DESCRIPTION),
            requests: watching.requests,
            stages: watching.stages,
        };
        nights.push(job.night(&Scope { bounds: Bounds::default(), ..Scope::default() })?);
    }
    drop(portals);
    runtime.shutdown_background();
    Ok(Played { owner, rules, sites, clock, nights })
}
