//! One site's round tonight: what to fetch next, and what follows from each answer.
//!
//! Pure: answers are handed in, the clock too, and what is remembered is asked for through a
//! closure. The loop fetches, the workers read, this decides.

mod digest;
mod offer;

pub use digest::{Answer, Content};

use crate::coverage::{Cause, Observation};
use crate::crawl::conduct::Conduct;
use crate::crawl::cover::{self, Extent, Facts};
use crate::crawl::desk::{Aim, Hints, Night, SiteMemory, Target, Visit, Watch, WatchKind};
use crate::crawl::frontier::Frontier;
use crate::crawl::key_of;
use crate::platform::{ListingRequest, Platform, Platforms};
use crate::site::{Settings, Site};
use crate::time::Time;
use crate::url::CanonicalUrl;
use chrono::TimeDelta;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use url::Url;

/// Pages watched every night; a portal has a dozen sections.
const MAX_WATCHED: usize = 60;

/// Families of addresses remembered as bringing nothing.
const MAX_BARREN: usize = 1_000;

/// Answers after which the memory is put down in between.
const REMEMBER_EVERY: u32 = 200;

/// Failures in a row after which a site is left for tonight.
const MAX_FAILURES: u32 = 5;

/// What bounds the reading of lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Articles known to be older are left out.
    pub since: Option<Time>,
    /// Lists are read to their end even where they meet known items; no budget.
    pub full: bool,
}

/// The state of one site's round.
pub struct Round {
    /// The site.
    pub site: Arc<Site>,
    /// How it may be visited.
    pub settings: Settings,
    /// What is remembered of it, as of now.
    pub memory: SiteMemory,
    /// The ledger of tonight.
    pub conduct: Conduct,
    platforms: Arc<Platforms>,
    bounds: Bounds,
    frontier: Frontier,
    /// How far each watched page was read; beside `memory.watched`.
    walks: Vec<Walk>,
    /// Addresses seen tonight, as written, and what they are.
    sights: HashMap<u64, Sight>,
    /// Bodies of pages that are no articles.
    bodies: HashSet<u64>,
    /// Articles by their text: the key that showed it first.
    texts: HashMap<u64, String>,
    /// Keys the sitemap names.
    mapped: HashSet<u64>,
    /// Failed once, to be tried again when all else is done.
    later: Vec<Target>,
    /// New articles that could not be read.
    lost: Vec<(Option<Time>, Cause, String)>,
    blocked: Option<(Cause, String)>,
    stopped: Option<Cause>,
    failures: u32,
    found_new: u32,
    /// Answers dealt with of which the desk has not been told yet, and those it has since the
    /// memory was last put down.
    untold: u32,
    told: u32,
}

/// What an address is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// Not known before tonight.
    New,
    /// Known, but only since a reading that was cut short.
    Recent,
    /// Known from a settled reading.
    Known,
    /// Not ours, or no page.
    Out,
}

/// How far one list was read tonight.
#[derive(Debug, Clone, Default)]
struct Walk {
    extent: Option<Extent>,
    /// Reading back where no night has been before: known items do not end it.
    deep: bool,
    /// Parts of it that are still waiting.
    open: usize,
    /// Something of it was missing.
    cut: bool,
}

impl Round {
    /// A round that begins now.
    #[must_use]
    pub fn new(
        site: Arc<Site>,
        settings: Settings,
        platforms: Arc<Platforms>,
        memory: SiteMemory,
        bounds: Bounds,
        now: Time,
    ) -> Self {
        let conduct = Conduct::new(&site.id, now);
        Self {
            site,
            settings,
            memory,
            conduct,
            platforms,
            bounds,
            frontier: Frontier::default(),
            walks: Vec::new(),
            sights: HashMap::new(),
            bodies: HashSet::new(),
            texts: HashMap::new(),
            mapped: HashSet::new(),
            later: Vec::new(),
            lost: Vec::new(),
            blocked: None,
            stopped: None,
            failures: 0,
            found_new: 0,
            untold: 0,
            told: 0,
        }
    }

    /// The platform of the site, as far as it is known.
    #[must_use]
    pub fn platform(&self) -> &Platform {
        let id = self.site.platform.as_deref().or(self.memory.platform.as_deref());
        id.and_then(|id| self.platforms.get(id)).unwrap_or_else(|| self.platforms.generic())
    }

    /// What is known of a page that comes next: its validators make the request conditional.
    #[must_use]
    pub fn before(&self, target: &Target) -> Option<Visit> {
        match (target.aim, target.list) {
            (Aim::Watch, Some(index)) => Some(self.memory.watched[index].visit.clone()).filter(|v| v.at.is_some()),
            _ => target.before.as_deref().cloned(),
        }
    }

    /// The id of that platform, where one is declared or was recognised.
    #[must_use]
    pub fn platform_id(&self) -> Option<&str> {
        self.site.platform.as_deref().or(self.memory.platform.as_deref())
    }

    /// Fills the queue: what is watched, what was left over, what is due. `home` is where a site
    /// begins that is read for the first time, `sitemaps` are those that robots.txt names. Pending
    /// targets that were fetched after all are left out.
    pub fn start(
        &mut self,
        home: &[Url],
        sitemaps: &[Url],
        pending: Vec<Target>,
        due: Vec<Target>,
        visit: &dyn Fn(&str) -> Option<Visit>,
    ) {
        if self.memory.watched.is_empty() {
            for url in home {
                self.watch(url, WatchKind::Page);
            }
        }
        for url in sitemaps.iter().take(5) {
            self.watch(url, WatchKind::Sitemap);
        }
        self.walks.resize(self.memory.watched.len(), Walk::default());
        self.frontier.distrust(&self.memory.barren);
        for index in self.tonight() {
            self.look_at(index);
        }
        for target in pending {
            let before = visit(&target.key);
            let waits = target.aim != Aim::Follow && !self.is_too_old(&target);
            if waits && before.as_ref().is_none_or(|v| !v.succeeded()) {
                self.frontier.offer(Target { tries: 0, before: before.map(Box::new), ..target });
            }
        }
        for target in due {
            let before = visit(&target.key).map(Box::new);
            self.frontier.offer(Target { aim: Aim::Recheck, before, ..target });
        }
    }

    /// Which watched pages are looked at tonight: all, until a feed or a sitemap has proved that
    /// two requests are enough.
    fn tonight(&self) -> Vec<usize> {
        let watched = &self.memory.watched;
        let all: Vec<usize> = (0..watched.len()).collect();
        let settled = self.memory.complete && self.memory.read.is_some() && !self.bounds.full;
        let proved = |kind| {
            let trusted = kind != WatchKind::Sitemap || self.sitemap_trusted();
            move |i: &usize| watched[*i].kind == kind && watched[*i].fruitful && trusted
        };
        let sitemap = all.iter().copied().find(proved(WatchKind::Sitemap));
        let feed = all.iter().copied().find(proved(WatchKind::Feed));
        if !settled || watched.iter().any(|w| !w.complete) || (sitemap.is_none() && feed.is_none()) {
            return all;
        }
        let page = all.iter().copied().find(|i| watched[*i].kind == WatchKind::Page);
        sitemap.into_iter().chain(feed).chain(page).take(2).collect()
    }

    fn sitemap_trusted(&self) -> bool {
        self.memory.sitemap_has >= 3 && self.memory.sitemap_lacks * 20 <= self.memory.sitemap_has
    }

    /// Adds a page to those watched; `None` if it was there already or there are too many.
    fn watch(&mut self, url: &Url, kind: WatchKind) -> Option<usize> {
        let url = CanonicalUrl::new(url)?;
        let known = self.memory.watched.iter().any(|w| w.url.key() == url.key());
        if known || self.memory.watched.len() >= MAX_WATCHED {
            return None;
        }
        let visit = Visit::default();
        self.memory.watched.push(Watch {
            url,
            kind,
            visit,
            complete: false,
            reached: None,
            resume: None,
            fruitful: false,
        });
        self.walks.resize(self.memory.watched.len(), Walk::default());
        Some(self.memory.watched.len() - 1)
    }

    /// Queues the first request for a watched page.
    fn look_at(&mut self, index: usize) {
        let url = self.memory.watched[index].url.clone();
        let key = key_of(&self.site, self.platform(), &url);
        self.walks[index].open += 1;
        self.frontier.push(Target {
            key,
            url,
            aim: Aim::Watch,
            depth: 0,
            via: None,
            hints: Hints::default(),
            request: None,
            list: Some(index),
            tries: 0,
            before: None,
        });
    }

    /// Queues the next part of a list.
    fn follow(&mut self, index: usize, request: ListingRequest, via: &CanonicalUrl) {
        let Some(url) = CanonicalUrl::parse(&request.url) else { return };
        if !self.site.has_address(&url.to_url()) {
            return;
        }
        let key = match request.is_post() {
            true => format!("POST {} {}", url.key(), request.body()),
            false => key_of(&self.site, self.platform(), &url),
        };
        self.walks[index].open += 1;
        self.frontier.push(Target {
            key,
            url,
            aim: Aim::Follow,
            depth: 0,
            via: Some(via.to_string()),
            hints: Hints::default(),
            request: Some(request),
            list: Some(index),
            tries: 0,
            before: None,
        });
    }

    /// The next page to fetch, the failed ones last; `None` when nothing waits.
    pub fn next_target(&mut self) -> Option<Target> {
        if self.blocked.is_some() || self.stopped.is_some() {
            return None;
        }
        self.frontier.pop().or_else(|| {
            for target in std::mem::take(&mut self.later) {
                self.frontier.push(target);
            }
            self.frontier.pop()
        })
    }

    /// The aim of the next page, for fairness between sites.
    #[must_use]
    pub fn next_aim(&self) -> Option<Aim> {
        if self.blocked.is_some() || self.stopped.is_some() {
            return None;
        }
        self.frontier.next_aim().or(self.later.first().map(|_| Aim::Recheck))
    }

    /// How many pages wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.frontier.len() + self.later.len()
    }

    /// Puts back a page that was taken and not asked for.
    pub fn put_back(&mut self, target: Target) {
        self.frontier.push(target);
    }

    /// The desk has been told of an answer. Now and then the memory is to be put down, and only when
    /// it speaks of nothing that the desk does not know: else what a list led to could be lost.
    pub fn told(&mut self) -> Option<SiteMemory> {
        self.untold = self.untold.saturating_sub(1);
        self.told += 1;
        let due = self.untold == 0 && self.told >= REMEMBER_EVERY;
        due.then(|| {
            self.told = 0;
            self.memory.clone()
        })
    }

    /// Nothing of this site can be read tonight.
    pub fn block(&mut self, cause: Cause, detail: impl Into<String>) {
        if self.blocked.is_none() {
            self.blocked = Some((cause, detail.into()));
        }
    }

    /// The reading ends here.
    pub fn stop(&mut self, cause: Cause) {
        let something_waits = self.waiting() > 0;
        if something_waits && self.stopped.is_none() {
            self.stopped = Some(cause);
        }
    }

    /// Ends the round: what it covered, and the memory and the ledger brought up to date.
    pub fn finish(&mut self, now: Time) -> Observation {
        self.conduct.to = now;
        let trapped = self.frontier.trapped();
        if trapped > 0 {
            self.conduct.skipped.insert("trap".to_owned(), trapped);
        }
        let mut barren = self.frontier.barren();
        barren.truncate(MAX_BARREN);
        self.memory.barren = barren;
        let only_rechecks = self.waiting() == self.frontier.waiting(Aim::Recheck);
        let drained = self.blocked.is_none() && (self.waiting() == 0 || only_rechecks);
        let first_time = !self.memory.complete;
        self.memory.complete |= drained && self.bounds.since.is_none();
        let mut observation = cover::observe(&self.facts(now, drained, first_time));
        if let Some(bound) = self.bounds.since {
            observation.since = observation.since.map(|since| since.max(bound));
        }
        let observation = self.mind_silence(observation, now);
        if self.stopped.is_none() && self.blocked.is_none() {
            self.memory.settled = Some(now);
        }
        if observation.since.is_some() {
            self.memory.read = Some(self.conduct.from);
        }
        self.memory.nights.push(Night { at: self.conduct.from, new: self.found_new });
        self.memory.nights.retain(|night| now - night.at <= TimeDelta::days(56));
        observation
    }

    fn facts(&self, now: Time, drained: bool, first_time: bool) -> Facts<'_> {
        let extent = |(watch, walk): (&Watch, &Walk)| {
            let extent = walk.extent.clone()?;
            // The first time that every link was followed, each page was read to its end.
            let whole = drained && first_time && watch.kind == WatchKind::Page && !walk.cut;
            let unread = matches!(extent, Extent::Unread(..));
            Some((watch.kind, if whole && !unread { Extent::Whole } else { extent }))
        };
        let mut watched: Vec<(WatchKind, Extent)> =
            self.memory.watched.iter().zip(&self.walks).filter_map(extent).collect();
        // A page that is gone lists nothing any more; it hides nothing as long as others are there.
        let is_gone = |extent: &Extent| matches!(extent, Extent::Unread(Cause::NotFound, _));
        if !watched.iter().all(|(_, extent)| is_gone(extent)) {
            watched.retain(|(_, extent)| !is_gone(extent));
        }
        Facts {
            site: &self.site,
            began: self.conduct.from,
            ended: now,
            before: self.memory.read,
            blocked: self.blocked.clone(),
            watched,
            complete: self.memory.complete,
            sitemap_trusted: self.sitemap_trusted(),
            unread: self.frontier.unread(),
            lost: self.lost_articles(),
            stopped: self.stopped,
        }
    }

    fn lost_articles(&self) -> Option<(Option<Time>, Cause, String)> {
        let (_, cause, detail) = self.lost.first()?.clone();
        let dates: Option<Vec<Time>> = self.lost.iter().map(|(date, ..)| *date).collect();
        Some((dates.and_then(|d| d.into_iter().max()), cause, detail))
    }

    fn mind_silence(&self, observation: Observation, now: Time) -> Observation {
        if observation.since.is_none() || !cover::is_silent(&self.memory.nights, self.found_new, now) {
            return observation;
        }
        let detail = "trước đây mỗi tuần có từ ba tin, mười ngày nay không có tin nào".to_owned();
        Observation { since: None, cause: Some(Cause::Silence), detail, ..observation }
    }
}

#[cfg(test)]
mod tests;
