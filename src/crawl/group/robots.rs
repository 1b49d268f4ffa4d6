//! robots.txt for a group: asked for once a night and origin, kept in mind, entered in the ledger.

use super::visit::redirect;
use super::{Group, MAX_HOPS};
use crate::archive::Attempt;
use crate::conduct::RobotsVerdict;
use crate::coverage::Cause;
use crate::crawl::AGENT;
use crate::crawl::desk::RobotsMemory;
use crate::crawl::fetch::Fetch;
use crate::crawl::politeness::Moment;
use crate::crawl::robots::{MAX_BYTES, Robots, Rules, within_limit};
use crate::crawl::work::{Job, lock};
use crate::time::Time;
use std::rc::Rc;
use url::Url;

/// A robots.txt that cannot be had is replaced by the last one up to this age (§2.4).
const ROBOTS_KEEP: chrono::TimeDelta = chrono::TimeDelta::hours(24);

/// More of a robots.txt is not received; packed, it may hold more rules than must be read (§2.5).
const ENOUGH: usize = MAX_BYTES + 1;

impl Group {
    /// The sitemaps that robots.txt names; on a first reading also the usual place, where the file
    /// leaves the choice of seeds to us.
    pub(super) fn sitemaps(&self, lane: usize, home: &Url, first_time: bool) -> Vec<Url> {
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

    /// What robots.txt says for an address; asked once a night and origin.
    pub(super) async fn rules(&mut self, lane: usize, url: &Url) -> std::result::Result<Rc<Rules>, (Cause, String)> {
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
            let fetch = self.request(lane, &at, None, headers, Some(ENOUGH)).await;
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
                _ if hops > 0 => return Ok(Fetch { failure: fetch.failure.map(|f| led_astray(f, &at)), ..fetch }),
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

/// Where a portal's robots.txt leads to an address that must not be contacted, it is the portal that
/// does not let it be read.
fn led_astray((cause, detail): (Cause, String), at: &Url) -> (Cause, String) {
    match cause {
        Cause::Forbidden => (
            Cause::RobotsUnreachable,
            format!("robots.txt chuyển hướng tới {at}, nơi không được phép truy cập: {detail}"),
        ),
        _ => (cause, detail),
    }
}

/// What to remember of a robots.txt answer; `None`: it could not be had (§2.3.1.4).
fn robots_memory(fetch: &Fetch, before: Option<&RobotsMemory>, now: Time) -> Option<RobotsMemory> {
    let capture = fetch.capture.as_deref()?;
    let whole = fetch.failure.as_ref().is_none_or(|(cause, _)| *cause == Cause::TooLarge);
    let blank = |status| RobotsMemory { at: now, status, text: String::new(), hash: String::new(), etag: None };
    match capture.status {
        304 => before.map(|b| RobotsMemory { at: now, ..b.clone() }),
        200..=299 if whole => {
            // Rules packed so that nothing can be read of them are none that may be thought away.
            let body = capture.beginning(MAX_BYTES + 1)?;
            let text = String::from_utf8_lossy(within_limit(&body)).into_owned();
            let hash = crate::digest::sha256(&body);
            let etag = capture.header("etag").map(str::to_owned);
            Some(RobotsMemory { at: now, status: capture.status, text, hash, etag })
        }
        // Without an answer that can be understood, redirects that lead nowhere included, there are no rules.
        300..=499 => Some(blank(capture.status)),
        _ => None,
    }
}

fn origin_text(url: &Url) -> String {
    url.origin().ascii_serialization()
}
