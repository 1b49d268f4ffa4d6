//! One page of a group: the request, its redirects, and what the answer tells of the server.

use super::cookies::Cookies;
use super::{Group, MAX_HOPS};
use crate::archive::Capture;
use crate::coverage::Cause;
use crate::crawl::desk::{Aim, Target};
use crate::crawl::fetch::{Fetch, Post, Request};
use crate::crawl::politeness::Answer;
use crate::crawl::work::{Answered, Job, lock, validators};
use crate::time::Time;
use crate::url::CanonicalUrl;
use std::time::Duration;
use url::{Position, Url};

/// A connection idle for longer may have been closed by either side.
const KEEP_WARM: Duration = Duration::from_secs(4);

impl Group {
    /// Fetches one page, its redirects included, and hands it to a worker.
    pub(super) async fn visit(&mut self, lane: usize, target: Target) {
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
            let seen = trail.contains(&step) || (next == url && step.1.is_empty());
            if let Err(detail) = self.may_follow(lane, &next, trail.len(), seen) {
                let cause = if self.has_moved(lane, &target, &next) { Cause::Moved } else { Cause::Redirect };
                break Fetch { failure: Some((cause, detail)), ..fetch };
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

    /// Whether the place where a site is entered leads to another name.
    fn has_moved(&self, lane: usize, target: &Target, next: &Url) -> bool {
        let site = &self.lanes[lane].site;
        let is_entrance =
            target.aim == Aim::Watch && site.start().iter().any(|url| url.path() == target.url.to_url().path());
        is_entrance && next.domain().is_some_and(|name| name != site.host) && !site.has_address(next)
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
        let fetch = self.request(lane, url, post, headers, None).await?;
        let mut round = lock(&self.lanes[lane].round);
        round.conduct.rechecks += u64::from(round.is_again(target));
        drop(round);
        Some(fetch)
    }

    pub(super) async fn request(
        &mut self,
        lane: usize,
        url: &Url,
        post: Option<Post>,
        headers: Vec<(String, String)>,
        beginning: Option<usize>,
    ) -> Option<Fetch> {
        let night = self.night.clone();
        let sent = self.now();
        let settings = self.lanes[lane].settings.clone();
        let request = Request { url, post, headers, beginning, settings: &settings, at: (night.clock)() };
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
}

/// Where an answer sends us.
pub(super) fn redirect(fetch: &Fetch, from: &Url) -> Option<Url> {
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
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // More seconds than fit are as good as for ever.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = chrono::DateTime::parse_from_rfc2822(value).ok()?;
    Some((date.to_utc() - now.to_utc()).to_std().unwrap_or_default())
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
