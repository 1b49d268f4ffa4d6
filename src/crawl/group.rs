//! The loop over one group of sites: one request at a time, each site in its fair turn.
//!
//! - `wait`: its pauses; `visit`: one page with its redirects, `cookies` those set on the way.
//! - `robots`: what robots.txt says, asked for once a night and origin.

mod cookies;
mod robots;
mod visit;
mod wait;

use crate::conduct::Conduct;
use crate::coverage::{Cause, Observation};
use crate::crawl::desk::Aim;
use crate::crawl::fetch::Fetcher;
use crate::crawl::politeness::{Manners, Moment};
use crate::crawl::robots::Rules;
use crate::crawl::work::{Job, Loaded, SharedRound, lock};
use crate::crawl::{Clock, Stop};
use crate::site::{Settings, Site};
use crate::time::{self, Time};
use chrono::TimeDelta;
use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use url::{Origin, Url};

/// Pages of one site that may wait for a worker.
const IN_FLIGHT: usize = 6;

/// Redirects followed for one page, and for one robots.txt (RFC 9309 §2.3.1.2).
const MAX_HOPS: usize = 5;

/// What all groups share.
pub(super) struct Night {
    pub(super) fetcher: Fetcher,
    pub(super) jobs: Sender<Job>,
    pub(super) stop: Stop,
    pub(super) clock: Clock,
    pub(super) began: Instant,
    pub(super) until: Option<Time>,
    /// Pages that may still be asked for.
    pub(super) pages: Cell<Option<u64>>,
    pub(super) full: bool,
}

/// One site in its group.
pub(super) struct Lane {
    pub(super) site: Arc<Site>,
    pub(super) settings: Settings,
    pub(super) round: SharedRound,
    loaded: Option<Box<Loaded>>,
    robots: HashMap<Origin, std::result::Result<Rc<Rules>, (Cause, String)>>,
    crawl_delay: Duration,
    next_at: Moment,
    requests: u64,
    in_flight: usize,
    outcome: Option<(Observation, Conduct)>,
}

/// Sites that share a server.
pub(super) struct Group {
    night: Rc<Night>,
    lanes: Vec<Lane>,
    manners: Manners,
    budget: Option<u64>,
    /// Until then the server is left alone, as it asked on an earlier night.
    rest_until: Option<Time>,
    requests: u64,
    last_sent: Option<Moment>,
    /// Origins whose last answer left the connection open, and when: the next request there is
    /// sent at once.
    warm: HashMap<Origin, Moment>,
    done: (mpsc::UnboundedSender<usize>, mpsc::UnboundedReceiver<usize>),
}

/// What the group does next.
enum Next {
    Lane(usize),
    /// Nothing before this moment, unless a worker brings something.
    Wait(Option<Moment>),
    End,
}

impl Lane {
    pub(super) fn new(site: Arc<Site>, settings: Settings, round: SharedRound, loaded: Option<Loaded>) -> Self {
        Self {
            site,
            settings,
            round,
            loaded: loaded.map(Box::new),
            robots: HashMap::new(),
            crawl_delay: Duration::ZERO,
            next_at: Moment::ZERO,
            requests: 0,
            in_flight: 0,
            outcome: None,
        }
    }

    /// What it would do next; `None`: nothing at present.
    fn next_aim(&self) -> Option<Aim> {
        if self.outcome.is_some() || self.in_flight >= IN_FLIGHT {
            return None;
        }
        if self.loaded.is_some() { Some(Aim::Watch) } else { lock(&self.round).next_aim() }
    }
}

impl Group {
    pub(super) fn new(night: Rc<Night>, lanes: Vec<Lane>, seed: u64) -> Self {
        let delay = lanes.iter().map(|l| l.settings.delay).max().unwrap_or_default();
        let budget = lanes.iter().filter_map(|l| l.settings.budget).min().filter(|_| !night.full);
        let rest_until = lanes.iter().filter_map(|l| l.loaded.as_ref()?.memory.rest_until).max();
        Self {
            night,
            lanes,
            manners: Manners::new(delay, seed),
            budget,
            rest_until,
            requests: 0,
            last_sent: None,
            warm: HashMap::new(),
            done: mpsc::unbounded_channel(),
        }
    }

    /// Reads the sites of the group, as far as tonight allows.
    pub(super) async fn run(mut self) -> Vec<(Observation, Conduct)> {
        loop {
            while let Ok(lane) = self.done.1.try_recv() {
                self.lanes[lane].in_flight -= 1;
            }
            if let Some(cause) = self.must_end() {
                self.end(cause);
            }
            self.finish_lanes().await;
            match self.next() {
                Next::Lane(lane) => self.step(lane).await,
                Next::Wait(until) => self.wait(until).await,
                Next::End => break,
            }
        }
        self.lanes.into_iter().filter_map(|lane| lane.outcome).collect()
    }

    fn now(&self) -> Moment {
        self.night.began.elapsed()
    }

    /// Why nothing more may be asked for.
    fn must_end(&self) -> Option<Cause> {
        let night = &self.night;
        if night.stop.is_stopped() {
            return Some(Cause::Stopped);
        }
        if night.until.is_some_and(|until| (night.clock)() >= until) {
            return Some(Cause::Window);
        }
        let spent = self.budget.is_some_and(|budget| self.requests >= budget) || night.pages.get() == Some(0);
        if spent {
            return Some(Cause::Budget);
        }
        let rests = self.manners.rests_until().is_some() || self.rest_until.is_some_and(|at| (night.clock)() < at);
        rests.then_some(Cause::Throttled)
    }

    fn end(&mut self, cause: Cause) {
        let rest = self.manners.rests_until().map(|until| until.saturating_sub(self.now()));
        let asked = rest.and_then(|rest| TimeDelta::from_std(rest).ok()).map(|rest| (self.night.clock)() + rest);
        for lane in self.lanes.iter_mut().filter(|lane| lane.outcome.is_none()) {
            let mut round = lock(&lane.round);
            round.memory.rest_until = asked.max(self.rest_until);
            let detail = round.memory.rest_until.filter(|_| cause == Cause::Throttled).map_or(String::new(), |until| {
                format!("máy chủ xin nghỉ tới {}", until.with_timezone(&time::hanoi()).format("%H:%M %d/%m/%Y"))
            });
            if lane.loaded.take().is_some() {
                round.block(cause, detail);
            }
            round.stop(cause);
        }
    }

    /// Ends the rounds for which nothing waits and nothing is on its way.
    async fn finish_lanes(&mut self) {
        for lane in &mut self.lanes {
            let busy = lane.outcome.is_some() || lane.in_flight > 0 || lane.loaded.is_some();
            if busy || lock(&lane.round).next_aim().is_some() {
                continue;
            }
            let (reply, answer) = oneshot::channel();
            let job = Job::Finish { round: lane.round.clone(), now: (self.night.clock)(), reply };
            let sent = self.night.jobs.send(job);
            let fallback = || {
                let mut round = lock(&lane.round);
                (round.finish((self.night.clock)()), round.conduct.clone())
            };
            // Without a worker's answer the disk has refused; the run ends with that error.
            lane.outcome = Some(if sent.is_ok() { answer.await.ok() } else { None }.unwrap_or_else(fallback));
        }
    }

    /// The lane whose turn it is: the most urgent page, and of equals the site that had least.
    fn next(&self) -> Next {
        let open = self.lanes.iter().enumerate().filter(|(_, lane)| lane.outcome.is_none());
        let ready = open.clone().filter_map(|(i, lane)| Some(((lane.next_aim()?, lane.requests, i), lane.next_at)));
        let now = self.now();
        let best = ready.clone().filter(|(_, at)| *at <= now).map(|(order, _)| order).min();
        match best {
            Some((.., lane)) => Next::Lane(lane),
            None if open.count() == 0 => Next::End,
            None => Next::Wait(ready.map(|(_, at)| at).min()),
        }
    }

    async fn step(&mut self, lane: usize) {
        if let Some(loaded) = self.lanes[lane].loaded.take() {
            return self.open(lane, loaded).await;
        }
        let target = lock(&self.lanes[lane].round).next_target();
        if let Some(target) = target {
            self.visit(lane, target).await;
        }
    }

    /// The first step of a site: its robots.txt, then its queue.
    async fn open(&mut self, lane: usize, loaded: Box<Loaded>) {
        let site = self.lanes[lane].site.clone();
        let mut home = site.start();
        let first = loaded.memory.watched.first().map(|w| w.url.to_url()).or(home.first().cloned());
        let Some(first) = first else { return };
        let mut rules = self.rules(lane, &first).await;
        if let Err((Cause::Connect, _)) = &rules
            && site.seeds.is_empty()
            && loaded.memory.watched.is_empty()
            && let Some(plain) = plain_http(&first)
        {
            rules = self.rules(lane, &plain).await;
            home = vec![plain];
        }
        if let Err((cause, detail)) = rules {
            let mut round = lock(&self.lanes[lane].round);
            round.conduct.skip(cause);
            return round.block(cause, detail);
        }
        let sitemaps = self.sitemaps(lane, home.first().unwrap_or(&first), loaded.memory.watched.is_empty());
        let (reply, started) = oneshot::channel();
        let round = self.lanes[lane].round.clone();
        let job = Job::Start { round, home, sitemaps, loaded, reply };
        if self.night.jobs.send(job).is_ok() {
            // No answer: the run is ending, and the round stays empty.
            let _ = started.await;
        }
    }
}

/// The http address to try where https is not served at all and nobody said how to begin.
fn plain_http(url: &Url) -> Option<Url> {
    let mut plain = url.clone();
    (url.scheme() == "https" && plain.set_scheme("http").is_ok()).then_some(plain)
}
