//! The worker threads: everything that takes a processor or a disk.
//!
//! The network's thread hands over jobs and never waits for archive, store or parser. A worker
//! archives an answer first, then reads it, then decides what follows, then tells the desk. A
//! reader that panics on a page costs that page; a panic anywhere else ends the run with an error,
//! and nobody is left waiting.

use crate::archive::{Attempt, Capture, Writer};
use crate::article::CaptureRef;
use crate::conduct::Conduct;
use crate::coverage::{Cause, Observation};
use crate::crawl::Stop;
use crate::crawl::content::{Lectern, Sheet};
use crate::crawl::desk::{Aim, Desk, Fetched, Outcome, Progress, Reader, SiteMemory, Target, Visit};
use crate::crawl::fetch::Fetch;
use crate::crawl::round::{Answer, Content, Round};
use crate::crawl::turn::Turns;
use crate::error::{Error, Result};
use crate::site::Site;
use crate::time::Time;
use crate::url::CanonicalUrl;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{mpsc, oneshot};
use url::Url;

/// A round shared between the network's thread and the workers.
pub(super) type SharedRound = Arc<Shared>;

/// A round, and whose turn it is to deal with an answer of it.
pub(super) struct Shared {
    round: Mutex<Round>,
    turns: Turns,
}

impl Shared {
    pub(super) fn new(round: Round) -> SharedRound {
        Arc::new(Self { round: Mutex::new(round), turns: Turns::default() })
    }
}

/// Locks a round; a worker that panicked has left it usable.
pub(super) fn lock(round: &SharedRound) -> MutexGuard<'_, Round> {
    round.round.lock().unwrap_or_else(PoisonError::into_inner)
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

/// Tells the group that one of its pages is dealt with, however that ended: it would wait for the
/// rest of the night.
struct Told {
    done: mpsc::UnboundedSender<usize>,
    lane: usize,
}

impl Drop for Told {
    fn drop(&mut self) {
        // Nobody listens any more if the group has ended.
        let _ = self.done.send(self.lane);
    }
}

impl Job {
    /// What it is about, for the message if it panics.
    fn name(&self) -> String {
        match self {
            Self::Load { site, .. } => format!("mở cổng {site}"),
            Self::Start { round, .. } => format!("bắt đầu cổng {}", lock(round).site.id),
            Self::Answer(answered) => format!("xử lý {}", answered.url),
            Self::Keep(capture) => format!("lưu {}", capture.url),
            Self::Note(attempt) => format!("ghi lần hỏi {}", attempt.url),
            Self::Finish { round, .. } => format!("kết thúc cổng {}", lock(round).site.id),
        }
    }
}

/// A fault of ours: the run ends, since nobody knows what is half done.
pub(super) fn fatal(what: &str, panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("không rõ vì sao");
    Error::Failed(format!("chương trình hỏng khi {what}: {text}; hãy báo lỗi này cho người làm phần mềm"))
}

/// The workers' common room.
pub(super) struct Office<'a, R, D> {
    pub(super) lectern: Lectern<'a, R>,
    pub(super) desk: &'a D,
    pub(super) archive: &'a Writer,
    pub(super) stop: Stop,
    pub(super) fatal: Mutex<Option<Error>>,
}

impl<R: Reader, D: Desk<R::Article>> Office<'_, R, D> {
    /// Works until no job can come any more.
    pub(super) fn work(&self, jobs: &Mutex<Receiver<Job>>) {
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = job else { return };
            let name = job.name();
            // Whoever waits for the job is told by what it drops on its way out.
            let done = catch_unwind(AssertUnwindSafe(|| self.handle(job)));
            if let Err(error) = done.unwrap_or_else(|panic| Err(fatal(&name, panic.as_ref()))) {
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
                let _told = Told { done: answered.done.clone(), lane: answered.lane };
                self.answer(*answered)
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
        let (turn, place) = round.turns.take(|| self.keep(&site, &target, &url, &mut fetch, at, known))?;
        let sheet = Sheet {
            site: &site,
            url: &url,
            platform: platform.as_deref(),
            request: target.request.as_ref().filter(|r| r.is_post()),
            may_be_list: matches!(target.aim, Aim::Watch | Aim::Follow),
            limit,
        };
        let content = self.content(&sheet, &fetch, known, place.as_ref());
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
        turn.wait();
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
        sheet: &Sheet<'_>,
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
            304 => Content::Failed(Cause::Broken, "máy chủ báo không đổi (304) khi chưa được hỏi".to_owned()),
            200 | 203 if known.is_some() && known.map(|k| &k.digest) == place.map(|p| &p.digest) => Content::Unchanged,
            _ => self.lectern.content(sheet, capture),
        }
    }
}

/// What was known of a page, for the validators of a request.
pub(super) fn validators(before: Option<&Visit>) -> Vec<(String, String)> {
    let Some(visit) = before.filter(|v| v.capture.is_some()) else { return Vec::new() };
    let etag = visit.etag.as_ref().map(|tag| ("if-none-match".to_owned(), tag.clone()));
    let date = visit.last_modified.as_ref().map(|date| ("if-modified-since".to_owned(), date.clone()));
    etag.into_iter().chain(date).collect()
}
