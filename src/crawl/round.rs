//! One site's round tonight: what to fetch next, and what follows from each answer.
//!
//! Pure: answers are handed in, the clock too, and what is remembered is asked for through a
//! closure. The loop fetches, the workers read, this decides.
//!
//! A round begins with what is watched, left over or due (`begin`). Each answer then comes through
//! `digest`: it may have failed (`failure`), be an article, or lead on to others (`offer`); of a
//! list it says how far that was read (`walk`) and whether it meets what was known (`seam`), of what
//! is watched how far it can be relied on (`watch`). At the end stands what the site was seen to cover, and what is remembered (`finish`),
//! and how far back that may go the first time (`bearing`).
//! `named` and `articles` hold what all answers together told of pages and where they stand, `kin`
//! what their addresses promise.

mod articles;
mod bearing;
mod begin;
mod digest;
mod failure;
mod finish;
mod kin;
mod named;
mod offer;
mod seam;
mod walk;
mod watch;

pub use digest::{Answer, Body, Content};
pub use offer::aim_of;

use crate::conduct::Conduct;
use crate::coverage::Cause;
use crate::crawl::desk::{Aim, Night, SiteMemory, Target, Visit};
use crate::crawl::frontier::Frontier;
use crate::platform::{Platform, Platforms};
use crate::site::{Settings, Site};
use crate::time::Time;
use crate::url::CanonicalUrl;
use articles::Articles;
use failure::Hindrances;
use foldhash::{HashMap, HashSet};
use named::Named;
use offer::Shown;
use std::sync::Arc;
use walk::Walk;

/// Answers after which the memory is put down in between.
const REMEMBER_EVERY: u32 = 200;

/// Nights after which a page that always fails is no longer waited for.
const MAX_NIGHTS: u32 = 5;

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
    /// Addresses seen tonight, as written: what they are, and the hash of the page's key.
    sights: HashMap<u64, (Sight, u64)>,
    /// Bodies of pages that are no articles.
    bodies: HashSet<u64>,
    /// Articles by their text: the key that showed it first.
    texts: HashMap<u64, String>,
    named: Named,
    articles: Articles,
    /// Pages whose text may come later, by the kin of their addresses.
    awaited: HashMap<u64, u32>,
    /// Pages near the home page that were read tonight or are known from before.
    near: Vec<Near>,
    /// Where the home page led, by the hash of its key.
    entrance: Option<u64>,
    /// A feed or a sitemap stands in for most of what is watched.
    short: bool,
    /// Pages asked for tonight because of a newer lastmod.
    lastmod_asked: u32,
    /// The sitemap, or the feeds, lack something that was found tonight.
    sitemap_lacks: bool,
    feed_lacks: bool,
    /// Every page that links lead to had been fetched before tonight.
    was_complete: bool,
    /// Failed once, to be tried again when all else is done.
    later: Vec<Target>,
    hindrances: Hindrances,
    /// What came tonight.
    yielded: Night,
    /// The kin of linked pages that are neither article nor list.
    suspects: Vec<u64>,
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
    /// Known from a settled reading; whether as an article.
    Known { article: bool },
    /// Not ours, or no page.
    Out,
}

/// A page that may be a list.
struct Near {
    url: CanonicalUrl,
    /// Links from the home page to here.
    depth: u16,
    /// The pages it shows.
    shown: Vec<Shown>,
    /// Its list goes on by a script.
    scripted: bool,
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
        let was_complete = memory.complete;
        Self {
            site,
            settings,
            memory,
            conduct,
            platforms,
            bounds,
            frontier: Frontier::default(),
            walks: Vec::new(),
            sights: HashMap::default(),
            bodies: HashSet::default(),
            texts: HashMap::default(),
            named: Named::default(),
            articles: Articles::default(),
            awaited: HashMap::default(),
            near: Vec::new(),
            entrance: None,
            short: false,
            lastmod_asked: 0,
            sitemap_lacks: false,
            feed_lacks: false,
            was_complete,
            later: Vec::new(),
            hindrances: Hindrances::default(),
            yielded: Night::begun(now),
            suspects: Vec::new(),
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

    /// What is known of a page that comes next: its validators make the request conditional. A full
    /// reading wants to see what is watched, changed or not.
    #[must_use]
    pub fn before(&self, target: &Target) -> Option<Visit> {
        match (target.aim, target.list) {
            (Aim::Watch, Some(_)) if self.bounds.full => None,
            (Aim::Watch, Some(index)) => Some(self.memory.watched[index].visit.clone()).filter(|v| v.at.is_some()),
            _ => target.before.as_deref().cloned(),
        }
    }

    /// The id of that platform, where one is declared or was recognised.
    #[must_use]
    pub fn platform_id(&self) -> Option<&str> {
        self.site.platform.as_deref().or(self.memory.platform.as_deref())
    }

    /// The next page to fetch, the failed ones last; `None` when nothing waits.
    pub fn next_target(&mut self) -> Option<Target> {
        if self.hindrances.end_it() {
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
        if self.hindrances.end_it() {
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
            self.keep_unlinked();
            self.memory.clone()
        })
    }

    /// Nothing of this site can be read tonight.
    pub fn block(&mut self, cause: Cause, detail: impl Into<String>) {
        self.hindrances.block(cause, detail.into());
    }

    /// The reading ends here. Where nothing waits but looks at known articles, all is read that was to be.
    pub fn stop(&mut self, cause: Cause) {
        let rechecks = self.later.iter().filter(|target| target.aim == Aim::Recheck).count();
        if self.waiting() > self.frontier.waiting(Aim::Recheck) + rechecks {
            self.hindrances.stop(cause);
        } else {
            self.hindrances.rest();
        }
    }
}

#[cfg(test)]
mod tests;
