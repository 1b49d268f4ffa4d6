//! The loop over one group of sites: one request at a time, each site in its fair turn.

use crate::archive::{Attempt, Capture};
use crate::coverage::{Cause, Observation};
use crate::crawl::conduct::{Conduct, RobotsVerdict};
use crate::crawl::desk::{Aim, RobotsMemory, Target};
use crate::crawl::fetch::{Fetch, Fetcher, Post, Request};
use crate::crawl::politeness::{Answer, Manners, Moment};
use crate::crawl::robots::{MAX_BYTES, Robots, Rules};
use crate::crawl::work::{Answered, Job, Loaded, SharedRound, lock, validators};
use crate::crawl::{AGENT, Clock, Stop, body};
use crate::site::{Settings, Site};
use crate::time::Time;
use crate::url::CanonicalUrl;
use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use url::{Origin, Position, Url};

/// Pages of one site that may wait for a worker.
const IN_FLIGHT: usize = 6;

/// A connection idle for longer may have been closed by either side.
const KEEP_WARM: Duration = Duration::from_secs(4);

/// Redirects followed for one page, and for one robots.txt (RFC 9309 §2.3.1.2).
const MAX_HOPS: usize = 5;

/// A robots.txt that cannot be had is replaced by the last one up to this age (§2.4).
const ROBOTS_KEEP: chrono::TimeDelta = chrono::TimeDelta::hours(24);

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
        let manners = Manners::new(delay, seed);
        let done = mpsc::unbounded_channel();
        Self { night, lanes, manners, budget, requests: 0, last_sent: None, warm: HashMap::new(), done }
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
        self.manners.gave_up().then_some(Cause::Throttled)
    }

    fn end(&mut self, cause: Cause) {
        for lane in self.lanes.iter_mut().filter(|lane| lane.outcome.is_none()) {
            let mut round = lock(&lane.round);
            if lane.loaded.take().is_some() {
                round.block(cause, "");
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

    async fn wait(&mut self, until: Option<Moment>) {
        let stop = self.night.stop.clone();
        let far = Duration::from_secs(3600);
        let pause = until.map_or(far, |until| until.saturating_sub(self.now()));
        tokio::select! {
            lane = self.done.1.recv() => {
                if let Some(lane) = lane {
                    self.lanes[lane].in_flight -= 1;
                }
            }
            () = tokio::time::sleep(pause) => {}
            () = stop.stopped() => {}
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

    /// The sitemaps that robots.txt names; on a first reading also the usual place, where the file
    /// leaves the choice of seeds to us.
    fn sitemaps(&self, lane: usize, home: &Url, first_time: bool) -> Vec<Url> {
        let lane = &self.lanes[lane];
        let round = lock(&lane.round);
        let text = round.memory.robots.get(&origin_text(home)).map(|r| r.text.clone()).unwrap_or_default();
        let named = Robots::parse(text.as_bytes()).sitemaps;
        let mut urls: Vec<Url> = named.iter().filter_map(|s| home.join(s).ok()).collect();
        if urls.is_empty() && first_time && lane.site.seeds.is_empty() {
            urls.extend(home.join("/sitemap.xml").ok());
        }
        urls.retain(|url| lane.site.has_address(url));
        urls
    }

    /// Fetches one page, its redirects included, and hands it to a worker.
    async fn visit(&mut self, lane: usize, target: Target) {
        let mut url = target.request.as_ref().and_then(|r| Url::parse(&r.url).ok()).unwrap_or(target.url.to_url());
        let mut trail: Vec<(Url, String)> = Vec::new();
        let mut cookies = Cookies::default();
        let fetch = loop {
            match self.rules(lane, &url).await {
                Ok(rules) if !rules.allow(&url[Position::BeforePath..Position::AfterQuery]) => {
                    break failed(Cause::Robots, "robots.txt cấm địa chỉ này");
                }
                Ok(_) => {}
                Err((cause, detail)) => break failed(cause, detail),
            }
            if !self.turn(lane).await {
                return lock(&self.lanes[lane].round).put_back(target);
            }
            let Some(fetch) = self.send(lane, &target, &url, &cookies, trail.is_empty()).await else {
                return lock(&self.lanes[lane].round).put_back(target);
            };
            let Some(next) = redirect(&fetch, &url) else { break fetch };
            cookies.take(&fetch, &url, &next);
            let step = (next.clone(), cookies.header());
            if let Err(detail) =
                self.may_follow(lane, &next, trail.len(), trail.contains(&step) || (next == url && step.1.is_empty()))
            {
                break Fetch { failure: Some((Cause::Redirect, detail)), ..fetch };
            }
            trail.push(step);
            if let Some(capture) = fetch.capture {
                // The run ends if no worker is left.
                let _ = self.night.jobs.send(Job::Keep(capture));
            }
            url = next;
        };
        self.hand_over(lane, target, url, fetch);
    }

    fn may_follow(&self, lane: usize, next: &Url, hops: usize, seen: bool) -> std::result::Result<(), String> {
        let site = &self.lanes[lane].site;
        if seen {
            return Err(format!("chuyển hướng lòng vòng tới {next}"));
        }
        if hops >= MAX_HOPS {
            return Err(format!("hơn {MAX_HOPS} lần chuyển hướng, lần cuối tới {next}"));
        }
        if !site.has_address(next) {
            return Err(format!(
                "chuyển hướng ra ngoài cổng, tới {next}; nếu cổng đã đổi tên miền, sửa host hoặc aliases"
            ));
        }
        Ok(())
    }

    fn hand_over(&mut self, lane: usize, target: Target, url: Url, fetch: Fetch) {
        let landed = CanonicalUrl::new(&url).filter(|landed| *landed != target.url && target.request.is_none());
        self.lanes[lane].in_flight += 1;
        let answered = Answered {
            round: self.lanes[lane].round.clone(),
            target,
            url,
            landed,
            fetch,
            at: (self.night.clock)(),
            done: self.done.0.clone(),
            lane,
        };
        if self.night.jobs.send(Job::Answer(Box::new(answered))).is_err() {
            self.lanes[lane].in_flight -= 1;
        }
    }

    /// Waits until the next request may leave; `false`: it may not leave at all any more.
    async fn turn(&mut self, lane: usize) -> bool {
        loop {
            if self.must_end().is_some() {
                return false;
            }
            let now = self.now();
            let turn = self.manners.next_turn(now).max(self.lanes[lane].next_at);
            if turn <= now {
                return true;
            }
            let stop = self.night.stop.clone();
            // Woken at least every minute, to notice that the window has closed.
            let pause = (turn - now).min(Duration::from_secs(60));
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.stopped() => {}
            }
        }
    }

    /// Sends one request and enters it in every book; `None`: the run was stopped meanwhile.
    async fn send(
        &mut self,
        lane: usize,
        target: &Target,
        url: &Url,
        cookies: &Cookies,
        is_first: bool,
    ) -> Option<Fetch> {
        let post = target.request.as_ref().filter(|r| r.is_post() && is_first).map(|r| Post::form(r.body()));
        let mut headers = target.request.as_ref().filter(|_| is_first).map(|r| r.headers.clone()).unwrap_or_default();
        if post.is_none() {
            headers.extend(validators(lock(&self.lanes[lane].round).before(target).as_ref()));
        }
        headers.extend(Some(cookies.header()).filter(|c| !c.is_empty()).map(|c| ("cookie".to_owned(), c)));
        if is_first {
            self.night.pages.set(self.night.pages.get().map(|left| left.saturating_sub(1)));
        }
        let fetch = self.request(lane, url, post, headers).await?;
        if target.aim == Aim::Recheck {
            lock(&self.lanes[lane].round).conduct.rechecks += 1;
        }
        Some(fetch)
    }

    async fn request(
        &mut self,
        lane: usize,
        url: &Url,
        post: Option<Post>,
        headers: Vec<(String, String)>,
    ) -> Option<Fetch> {
        let night = self.night.clone();
        let sent = self.now();
        let settings = self.lanes[lane].settings.clone();
        let request = Request { url, post, headers, settings: &settings, at: (night.clock)() };
        self.requests += 1;
        self.lanes[lane].requests += 1;
        let fetch = tokio::select! {
            fetch = night.fetcher.fetch(&request) => fetch,
            () = night.stop.stopped() => return None,
        };
        // On a new connection the server saw the request later than we sent it.
        let warm = self.warm.get(&url.origin()).is_some_and(|used| sent.saturating_sub(*used) < KEEP_WARM);
        let seen = if warm { sent } else { sent + fetch.first_byte };
        self.manners.sent(seen);
        self.lanes[lane].next_at = seen + self.lanes[lane].crawl_delay;
        let gap = self.last_sent.map_or(Duration::ZERO, |last| sent.saturating_sub(last));
        self.last_sent = Some(seen);
        if stays_open(&fetch) {
            self.warm.insert(url.origin(), self.now());
        } else {
            self.warm.remove(&url.origin());
        }
        let backed_off = self.manners.answered(self.now(), fetch.first_byte, answer(&fetch, (night.clock)()));
        let mut round = lock(&self.lanes[lane].round);
        let bytes = fetch.capture.as_ref().map_or(0, |c| c.body.len() as u64);
        round.conduct.request(bytes, fetch.elapsed);
        round.conduct.delay(gap);
        round.conduct.back_offs += u64::from(backed_off);
        Some(fetch)
    }

    /// What robots.txt says for an address; asked once a night and origin.
    async fn rules(&mut self, lane: usize, url: &Url) -> std::result::Result<Rc<Rules>, (Cause, String)> {
        let origin = url.origin();
        if let Some(known) = self.lanes[lane].robots.get(&origin) {
            return known.clone();
        }
        let rules = self.ask_robots(lane, url).await;
        if let Ok(rules) = &rules {
            let ceiling = self.lanes[lane].settings.max_crawl_delay;
            let asked = rules.crawl_delay.unwrap_or_default().min(ceiling);
            let crawl_delay = self.lanes[lane].crawl_delay.max(asked);
            self.lanes[lane].crawl_delay = crawl_delay;
            // It counts from the request for robots.txt itself.
            self.lanes[lane].next_at = self.last_sent.map_or(Moment::ZERO, |sent| sent + crawl_delay);
        }
        if !matches!(rules, Err((Cause::Stopped | Cause::Window | Cause::Budget, _))) {
            self.lanes[lane].robots.insert(origin, rules.clone());
        }
        rules
    }

    async fn ask_robots(&mut self, lane: usize, url: &Url) -> std::result::Result<Rc<Rules>, (Cause, String)> {
        let origin = origin_text(url);
        let before = lock(&self.lanes[lane].round).memory.robots.get(&origin).cloned();
        let fetch = self.fetch_robots(lane, url, before.as_ref()).await?;
        let now = (self.night.clock)();
        let memory = robots_memory(&fetch, before.as_ref(), now);
        if let Some(capture) = fetch.capture {
            let _ = self.night.jobs.send(Job::Keep(capture));
        }
        let failure = fetch.failure.filter(|(cause, _)| *cause != Cause::TooLarge);
        match (memory, before) {
            (Some(memory), _) => {
                let verdict =
                    if memory.text.is_empty() { "không có quy tắc nào" } else { "đã đọc và tuân theo" };
                Ok(self.obey(lane, origin, memory, verdict))
            }
            (None, Some(before)) if now - before.at <= ROBOTS_KEEP => {
                Ok(self.obey(lane, origin, before, "không đọc được, dùng bản đọc trong 24 giờ qua"))
            }
            (None, _) => {
                self.enter_verdict(lane, &origin, "không đọc được, coi như cấm tất cả", None, now);
                Err(failure.unwrap_or((Cause::RobotsUnreachable, format!("{origin}/robots.txt: máy chủ báo lỗi"))))
            }
        }
    }

    fn obey(&mut self, lane: usize, origin: String, memory: RobotsMemory, verdict: &str) -> Rc<Rules> {
        let rules = Robots::parse(memory.text.as_bytes()).rules(AGENT);
        self.enter_verdict(lane, &origin, verdict, Some((&memory, &rules)), memory.at);
        lock(&self.lanes[lane].round).memory.robots.insert(origin, memory);
        Rc::new(rules)
    }

    fn enter_verdict(
        &self,
        lane: usize,
        origin: &str,
        verdict: &str,
        found: Option<(&RobotsMemory, &Rules)>,
        at: Time,
    ) {
        let hash = found.map(|(memory, _)| memory.hash.clone()).filter(|h| !h.is_empty());
        let crawl_delay = found.and_then(|(_, rules)| rules.crawl_delay).map(|d| d.as_secs_f64());
        let verdict = RobotsVerdict { origin: origin.to_owned(), verdict: verdict.to_owned(), hash, at, crawl_delay };
        lock(&self.lanes[lane].round).conduct.robots.push(verdict);
    }

    /// Fetches robots.txt, through redirects also to other hosts; an absent answer is archived here.
    async fn fetch_robots(
        &mut self,
        lane: usize,
        url: &Url,
        before: Option<&RobotsMemory>,
    ) -> std::result::Result<Fetch, (Cause, String)> {
        let mut at = url.join("/robots.txt").map_err(|e| (Cause::RobotsUnreachable, e.to_string()))?;
        let mut hops = 0;
        loop {
            if !self.turn(lane).await {
                return Err((self.must_end().unwrap_or(Cause::Stopped), String::new()));
            }
            let etag = before.and_then(|b| b.etag.clone()).filter(|_| hops == 0);
            let headers = etag.map(|tag| ("if-none-match".to_owned(), tag)).into_iter().collect();
            let fetch = self.request(lane, &at, None, headers).await;
            let fetch = fetch.ok_or((Cause::Stopped, String::new()))?;
            if fetch.capture.is_none() {
                let _ = self.night.jobs.send(Job::Note(Box::new(self.attempt(lane, &at, &fetch))));
            }
            match redirect(&fetch, &at) {
                Some(next) if hops < MAX_HOPS => {
                    hops += 1;
                    let _ = fetch.capture.map(|capture| self.night.jobs.send(Job::Keep(capture)));
                    at = next;
                }
                _ => return Ok(fetch),
            }
        }
    }

    fn attempt(&self, lane: usize, url: &Url, fetch: &Fetch) -> Attempt {
        let (cause, detail) = fetch.failure.clone().unwrap_or((Cause::Broken, String::new()));
        Attempt {
            url: url.to_string(),
            method: "GET".to_owned(),
            at: (self.night.clock)(),
            elapsed: fetch.elapsed,
            remote: fetch.remote,
            cause,
            detail,
            notes: vec![("site".to_owned(), self.lanes[lane].site.id.clone())],
        }
    }
}

/// Cookies set on the way to one page are given back on the same way, and nowhere else.
#[derive(Debug, Default)]
struct Cookies(Vec<(String, String)>);

impl Cookies {
    /// Most of them, and the longest; a trap sets more.
    const MAX: (usize, usize) = (10, 1000);

    fn take(&mut self, fetch: &Fetch, from: &Url, to: &Url) {
        if from.host_str() != to.host_str() {
            self.0.clear();
            return;
        }
        let headers = fetch.capture.as_deref().into_iter().flat_map(|c| &c.headers);
        let set = headers.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
        for (_, value) in set {
            let pair = std::str::from_utf8(value).ok().and_then(|v| v.split(';').next()?.split_once('='));
            let Some((name, value)) = pair.filter(|(n, v)| n.len() + v.len() <= Self::MAX.1) else { continue };
            self.0.retain(|(known, _)| known != name.trim());
            if self.0.len() < Self::MAX.0 {
                self.0.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
    }

    fn header(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }
}

/// Where an answer sends us.
fn redirect(fetch: &Fetch, from: &Url) -> Option<Url> {
    let capture = fetch.capture.as_deref().filter(|c| matches!(c.status, 301 | 302 | 303 | 307 | 308))?;
    let mut next = from.join(capture.header("location")?.trim()).ok()?;
    next.set_fragment(None);
    Some(next)
}

/// Whether the connection of an answer can be used again.
fn stays_open(fetch: &Fetch) -> bool {
    let open = |c: &Capture| {
        c.version == "HTTP/1.1" && !c.header("connection").is_some_and(|v| v.eq_ignore_ascii_case("close"))
    };
    fetch.failure.is_none() && fetch.capture.as_deref().is_some_and(open)
}

/// What an answer says about the server's state.
fn answer(fetch: &Fetch, now: Time) -> Answer {
    let status = fetch.capture.as_ref().map(|c| c.status);
    match (status, &fetch.failure) {
        (Some(429 | 503), _) => Answer::Throttled(fetch.capture.as_ref().and_then(|c| retry_after(c, now))),
        (Some(500..), _) | (_, Some((Cause::Timeout | Cause::Broken | Cause::Connect, _))) => Answer::Failing,
        _ => Answer::Fine,
    }
}

/// Retry-After in both its forms (RFC 9110 §10.2.3).
fn retry_after(capture: &Capture, now: Time) -> Option<Duration> {
    let value = capture.header("retry-after")?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = chrono::DateTime::parse_from_rfc2822(value).ok()?;
    Some((date.to_utc() - now.to_utc()).to_std().unwrap_or_default())
}

/// What to remember of a robots.txt answer; `None`: it could not be had (§2.3.1.4).
fn robots_memory(fetch: &Fetch, before: Option<&RobotsMemory>, now: Time) -> Option<RobotsMemory> {
    let capture = fetch.capture.as_deref()?;
    let whole = fetch.failure.as_ref().is_none_or(|(cause, _)| *cause == Cause::TooLarge);
    let blank = |status| RobotsMemory { at: now, status, text: String::new(), hash: String::new(), etag: None };
    match capture.status {
        304 => before.map(|b| RobotsMemory { at: now, ..b.clone() }),
        200..=299 if whole => {
            let body = body::unpack(capture.header("content-encoding"), &capture.body, 4 * MAX_BYTES)
                .unwrap_or(std::borrow::Cow::Borrowed(&capture.body));
            let text = String::from_utf8_lossy(&body[..body.len().min(MAX_BYTES)]).into_owned();
            let hash = crate::digest::sha256(&body);
            let etag = capture.header("etag").map(str::to_owned);
            Some(RobotsMemory { at: now, status: capture.status, text, hash, etag })
        }
        // Without an answer that can be understood, redirects that lead nowhere included, there are no rules.
        300..=499 => Some(blank(capture.status)),
        _ => None,
    }
}

fn failed(cause: Cause, detail: impl Into<String>) -> Fetch {
    Fetch {
        capture: None,
        failure: Some((cause, detail.into())),
        elapsed: Duration::ZERO,
        first_byte: Duration::ZERO,
        remote: None,
        sent: false,
        room: None,
    }
}

fn origin_text(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// The http address to try where https is not served at all and nobody said how to begin.
fn plain_http(url: &Url) -> Option<Url> {
    let mut plain = url.clone();
    (url.scheme() == "https" && plain.set_scheme("http").is_ok()).then_some(plain)
}
