//! The worker threads: everything that takes a processor or a disk.
//!
//! The network's thread hands over jobs and never waits for archive, store or parser. A worker
//! archives an answer first, then reads it, then decides what follows, then tells the desk. A
//! reader that panics on a page costs that page.

use crate::archive::{Attempt, Capture, Writer};
use crate::article::CaptureRef;
use crate::conduct::Conduct;
use crate::coverage::{Cause, Observation};
use crate::crawl::desk::{
    Aim, Desk, Fetched, Nature, Outcome, Page, Progress, Reader, Reading, SiteMemory, Target, Visit,
};
use crate::crawl::discover::{feed, sitemap};
use crate::crawl::fetch::Fetch;
use crate::crawl::round::{Answer, Content, Round};
use crate::crawl::{Stop, body};
use crate::error::{Error, Result};
use crate::platform::DatePattern;
use crate::site::Site;
use crate::time::Time;
use crate::url::CanonicalUrl;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{mpsc, oneshot};
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

/// Stack of a worker: parsers recurse into what portals nest.
pub(super) const STACK: usize = 16 << 20;

/// Pages above this are read one at a time, for the memory their trees take.
const LARGE: usize = 1 << 20;

/// Tags beyond this make no page that anybody wrote.
const MAX_TAGS: usize = 300_000;

/// A round shared between the network's thread and the workers.
pub(super) type SharedRound = Arc<Mutex<Round>>;

/// Locks a round; a worker that panicked has left it usable.
pub(super) fn lock(round: &SharedRound) -> MutexGuard<'_, Round> {
    round.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Something for a worker to do.
pub(super) enum Job {
    /// Fetch what is remembered of a site.
    Load { site: String, now: Time, rechecks: usize, reply: oneshot::Sender<Loaded> },
    /// Fill a round's queue.
    Start { round: SharedRound, home: Vec<Url>, sitemaps: Vec<Url>, loaded: Box<Loaded>, reply: oneshot::Sender<()> },
    /// Deal with an answer.
    Answer(Box<Answered>),
    /// Keep an answer that is no page: robots.txt, a redirect.
    Keep(Box<Capture>),
    /// Keep the record of a request without an answer.
    Note(Box<Attempt>),
    /// End a round.
    Finish { round: SharedRound, now: Time, reply: oneshot::Sender<(Observation, Conduct)> },
}

/// What is remembered of a site.
#[derive(Default)]
pub(super) struct Loaded {
    pub(super) memory: SiteMemory,
    pub(super) pending: Vec<Target>,
    pub(super) due: Vec<Target>,
}

/// An answer, or its absence, with all that belongs to it.
pub(super) struct Answered {
    pub(super) round: SharedRound,
    pub(super) target: Target,
    pub(super) url: Url,
    pub(super) landed: Option<CanonicalUrl>,
    pub(super) fetch: Fetch,
    pub(super) at: Time,
    /// Told when it is dealt with.
    pub(super) done: mpsc::UnboundedSender<usize>,
    pub(super) lane: usize,
}

/// The workers' common room.
pub(super) struct Office<'a, R, D> {
    pub(super) reader: &'a R,
    pub(super) desk: &'a D,
    pub(super) archive: &'a Writer,
    pub(super) stop: Stop,
    pub(super) fatal: Mutex<Option<Error>>,
    pub(super) large: Mutex<()>,
    /// Forms of dates in feeds.
    pub(super) dates: Vec<DatePattern>,
}

impl<R: Reader, D: Desk<R::Article>> Office<'_, R, D> {
    /// Works until no job can come any more.
    pub(super) fn work(&self, jobs: &Mutex<Receiver<Job>>) {
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = job else { return };
            if let Err(error) = self.handle(job) {
                self.fatal.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                self.stop.stop();
            }
        }
    }

    fn handle(&self, job: Job) -> Result<()> {
        match job {
            Job::Load { site, now, rechecks, reply } => {
                let memory = self.desk.site(&site);
                let pending = self.desk.pending(&site);
                let due = self.desk.due(&site, now, rechecks);
                // Nobody waits any more if the run was stopped; then nothing is lost either.
                let _ = reply.send(Loaded { memory, pending, due });
                Ok(())
            }
            Job::Start { round, home, sitemaps, loaded, reply } => {
                let visit = |key: &str| self.desk.visit(key);
                lock(&round).start(&home, &sitemaps, loaded.pending, loaded.due, &visit);
                let _ = reply.send(());
                Ok(())
            }
            Job::Answer(answered) => {
                let (done, lane) = (answered.done.clone(), answered.lane);
                let result = self.answer(*answered);
                let _ = done.send(lane);
                result
            }
            Job::Keep(capture) => self.archive.write(&capture, None).map(drop),
            Job::Note(attempt) => self.archive.attempt(&attempt).map(drop),
            Job::Finish { round, now, reply } => {
                let (observation, memory, conduct) = {
                    let mut round = lock(&round);
                    (round.finish(now), round.memory.clone(), round.conduct.clone())
                };
                self.archive.sync()?;
                self.desk.remember(&observation.site, &memory)?;
                self.desk.observed(&observation, &conduct)?;
                self.desk.progress(&Progress::Done(&observation));
                let _ = reply.send((observation, conduct));
                Ok(())
            }
        }
    }

    fn answer(&self, answered: Answered) -> Result<()> {
        let Answered { round, target, url, landed, mut fetch, at, .. } = answered;
        let (site, platform, before, limit) = {
            let round = lock(&round);
            let limit = usize::try_from(round.settings.max_page_size).unwrap_or(usize::MAX);
            (round.site.clone(), round.platform_id().map(str::to_owned), round.before(&target), limit)
        };
        let known = before.as_ref().and_then(|b| b.capture.as_ref());
        let place = self.keep(&site, &target, &url, &mut fetch, at, known)?;
        let page = PageOf { site: &site, platform: platform.as_deref(), target: &target, url: &url, limit };
        let content = self.content(&page, &fetch, known, place.as_ref());
        let capture = fetch.capture.as_deref();
        let header = |name| capture.and_then(|c| c.header(name)).map(str::to_owned);
        let answer = Answer {
            at,
            landed,
            status: capture.map_or(0, |c| c.status),
            etag: header("etag"),
            last_modified: header("last-modified"),
            capture: place,
            sent: fetch.sent,
            content,
        };
        let visit = |key: &str| self.desk.visit(key);
        let (event, waiting) = {
            let mut round = lock(&round);
            (round.digest(target, answer, &visit), round.waiting())
        };
        self.tell(event, waiting)?;
        let memory = lock(&round).told();
        memory.map_or(Ok(()), |memory| self.desk.remember(&site.id, &memory))
    }

    fn tell(&self, event: Fetched<R::Article>, waiting: usize) -> Result<()> {
        let outcome = match event.outcome {
            Outcome::Failed(cause) => Err(cause),
            _ => Ok(event.visit.status),
        };
        let (site, url) = (event.site.clone(), event.url.clone());
        self.desk.fetched(event)?;
        self.desk.progress(&Progress::Request { site: &site, url: url.as_str(), outcome, waiting });
        Ok(())
    }

    /// The archive has everything before anybody reads it.
    fn keep(
        &self,
        site: &Site,
        target: &Target,
        url: &Url,
        fetch: &mut Fetch,
        at: Time,
        known: Option<&CaptureRef>,
    ) -> Result<Option<CaptureRef>> {
        // Together with the bytes these are all that a rebuild needs to know.
        let via = target.via.iter().map(|via| ("via".to_owned(), via.clone()));
        let dated = [("feed", target.hints.feed), ("sitemap", target.hints.sitemap)];
        let dated = dated.into_iter().filter_map(|(name, at)| Some((name.to_owned(), at?.to_rfc3339())));
        let notes = std::iter::once(("site".to_owned(), site.id.clone())).chain(via).chain(dated).collect();
        if let Some(capture) = fetch.capture.as_deref_mut() {
            capture.notes = notes;
            let known = known.filter(|_| fetch.failure.is_none());
            return self.archive.write(capture, known).map(Some);
        }
        let (cause, detail) = fetch.failure.clone().unwrap_or((Cause::Broken, String::new()));
        let method = if target.request.as_ref().is_some_and(|r| r.is_post()) { "POST" } else { "GET" };
        let attempt = Attempt {
            url: url.to_string(),
            method: method.to_owned(),
            at,
            elapsed: fetch.elapsed,
            remote: fetch.remote,
            cause,
            detail,
            notes,
        };
        self.archive.attempt(&attempt).map(|_| None)
    }

    fn content(
        &self,
        page: &PageOf<'_>,
        fetch: &Fetch,
        known: Option<&CaptureRef>,
        place: Option<&CaptureRef>,
    ) -> Content<R::Article> {
        if let Some((cause, detail)) = &fetch.failure {
            return Content::Failed(*cause, detail.clone());
        }
        let Some(capture) = fetch.capture.as_deref() else {
            return Content::Failed(Cause::Broken, String::new());
        };
        match capture.status {
            304 if known.is_some() => Content::Unchanged,
            200 | 203 if known.is_some() && known.map(|k| &k.digest) == place.map(|p| &p.digest) => Content::Unchanged,
            200 | 203 => match body::unpack(capture.header("content-encoding"), &capture.body, page.limit) {
                Ok(body) => self.read(page, capture, &body),
                Err((cause, detail)) => Content::Failed(cause, detail),
            },
            status => Content::Failed(self.refusal(page, capture), format!("HTTP {status}")),
        }
    }

    /// Why a status is no page; a test whether we are a browser often comes as 403 or 503.
    fn refusal(&self, page: &PageOf<'_>, capture: &Capture) -> Cause {
        let shows_challenge = || {
            let body = body::unpack(capture.header("content-encoding"), &capture.body, page.limit).ok()?;
            match self.read(page, capture, &body) {
                Content::Page(reading, _) if reading.nature == Nature::Unusable(Cause::Challenge) => {
                    Some(Cause::Challenge)
                }
                _ => None,
            }
        };
        let usual = match capture.status {
            404 | 410 => return Cause::NotFound,
            429 => Cause::Throttled,
            400..=499 => Cause::Refused,
            300..=399 => return Cause::Redirect,
            500..=599 => Cause::ServerError,
            _ => return Cause::Broken,
        };
        if matches!(capture.status, 401 | 403 | 503) { shows_challenge().unwrap_or(usual) } else { usual }
    }

    /// A feed or a sitemap, judged by what it is, not by what it is called.
    fn list(&self, page: &PageOf<'_>, content_type: Option<&str>, body: &[u8]) -> Option<Content<R::Article>> {
        let is_list =
            |t: &str| ["xml", "json", "gzip", "octet-stream", "text/plain"].iter().any(|name| t.contains(name));
        let expected = matches!(page.target.aim, Aim::Watch | Aim::Follow);
        if !expected || !(content_type.is_none_or(is_list) || body.starts_with(b"<?xml")) {
            return None;
        }
        let unpacked = body::unpack_file(body, sitemap::MAX_BYTES.min(5 * page.limit)).ok()?;
        if sitemap::is_sitemap(&unpacked) {
            return Some(Content::Sitemap(sitemap::parse(&unpacked, page.url)));
        }
        if feed::is_feed(&unpacked) {
            return Some(match feed::parse(&unpacked, page.url, &self.dates) {
                Some(items) => Content::Feed(items),
                None => Content::Failed(Cause::Unreadable, "không đọc được nguồn tin RSS/Atom".to_owned()),
            });
        }
        None
    }

    fn read(&self, page: &PageOf<'_>, capture: &Capture, body: &[u8]) -> Content<R::Article> {
        let content_type = capture.header("content-type");
        if let Some(list) = self.list(page, content_type, body) {
            return list;
        }
        let request = page.target.request.as_ref().filter(|r| r.is_post());
        if body.trim_ascii().is_empty() && request.is_some() {
            // The part of a list that lies behind its end.
            return Content::Page(Box::new(Reading::empty(Nature::Other)), 0);
        }
        if body.trim_ascii().is_empty() {
            return Content::Failed(Cause::Unreadable, "trang trống".to_owned());
        }
        let hash = xxh3_64(body);
        if content_type.is_some_and(is_other_type) {
            return Content::Page(Box::new(Reading::empty(Nature::NotHtml)), hash);
        }
        let tags = body.iter().filter(|b| **b == b'<').count();
        if tags > MAX_TAGS {
            return Content::Failed(
                Cause::Unreadable,
                format!("trang có {tags} thẻ, không phải trang viết cho người đọc"),
            );
        }
        let _alone = (body.len() > LARGE).then(|| self.large.lock().unwrap_or_else(PoisonError::into_inner));
        let seen = Page {
            site: page.site,
            url: page.url,
            body,
            content_type,
            platform: page.platform,
            request,
            at: capture.at,
        };
        match catch_unwind(AssertUnwindSafe(|| self.reader.read(&seen))) {
            Ok(reading) => Content::Page(Box::new(reading), hash),
            Err(_) => Content::Failed(Cause::Unreadable, "bộ bóc tách hỏng khi đọc trang này".to_owned()),
        }
    }
}

/// The page an answer is of.
struct PageOf<'a> {
    site: &'a Site,
    platform: Option<&'a str>,
    target: &'a Target,
    url: &'a Url,
    limit: usize,
}

/// Types that are certainly no page.
fn is_other_type(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let page = ["html", "xml", "text/plain", "octet-stream", "unknown"].iter().any(|name| kind.contains(name));
    !kind.is_empty() && !page
}

/// What was known of a page, for the validators of a request.
pub(super) fn validators(before: Option<&Visit>) -> Vec<(String, String)> {
    let Some(visit) = before.filter(|v| v.capture.is_some()) else { return Vec::new() };
    let etag = visit.etag.as_ref().map(|tag| ("if-none-match".to_owned(), tag.clone()));
    let date = visit.last_modified.as_ref().map(|date| ("if-modified-since".to_owned(), date.clone()));
    etag.into_iter().chain(date).collect()
}
