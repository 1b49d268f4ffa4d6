//! The crawl's desk over store and archive: remembers for it, and keeps what it brings.
//!
//! Each event is archived before it comes here, so what is lost between the two is fetched again;
//! every step can be repeated without changing anything more.

use super::notes::{CONDUCT, MEMORY, OBSERVATION, run_of};
use super::reader::Read;
use crate::archive::{Note, Writer};
use crate::conduct::Conduct;
use crate::coverage::Observation;
use crate::crawl;
use crate::crawl::desk::{Aim, Desk, Fetched, Hints, Progress, SiteMemory, Target, Visit};
use crate::crawl::schedule;
use crate::error::Result;
use crate::intake::{Hint, Intake, Sighting};
use crate::note::Kind;
use crate::platform::Platforms;
use crate::site::Sites;
use crate::store::Store;
use crate::time::Time;
use crate::url::CanonicalUrl;
use serde::Serialize;
use std::sync::atomic::{AtomicU64, Ordering};

/// Events after which archive and store are forced to the disk.
const BATCH: u64 = 500;

/// The desk of one crawl.
pub struct StoreDesk<'a> {
    /// The index, and who keeps articles in it.
    pub intake: Intake<'a>,
    /// The archive.
    pub archive: &'a Writer,
    /// The sites.
    pub sites: &'a Sites,
    /// What kinds of portals look like.
    pub platforms: &'a Platforms,
    /// Who waits.
    pub progress: &'a (dyn Fn(&Progress<'_>) + Sync),
    events: AtomicU64,
}

impl<'a> StoreDesk<'a> {
    /// A desk for one crawl.
    #[must_use]
    pub fn new(
        intake: Intake<'a>,
        archive: &'a Writer,
        sites: &'a Sites,
        platforms: &'a Platforms,
        progress: &'a (dyn Fn(&Progress<'_>) + Sync),
    ) -> Self {
        Self { intake, archive, sites, platforms, progress, events: AtomicU64::new(0) }
    }

    pub(super) fn store(&self) -> &'a Store {
        self.intake.store
    }

    /// Forces archive, then store, to the disk, every so many events.
    fn sync_in_time(&self) -> Result<()> {
        if self.events.fetch_add(1, Ordering::Relaxed) % BATCH == BATCH - 1 {
            self.archive.sync()?;
            self.store().flush()?;
        }
        Ok(())
    }

    pub(super) fn note<T: Serialize>(&self, kind: &Kind<T>, about: &str, at: Time, said: &T) -> Result<()> {
        self.archive.note(&Note::new(kind, about, at, said)?).map(drop)
    }

    /// Keeps the article of an answer; the key it is known by, where there was a new one.
    fn article(&self, event: &mut Fetched<Box<Read>>) -> Result<Option<String>> {
        let (Some(article), Some(capture)) = (event.article.take(), &event.capture) else { return Ok(None) };
        let url = event.landed.as_ref().unwrap_or(&event.url);
        let Some(site) = self.sites.get(&event.site) else { return Ok(None) };
        if let Some(first) = &event.same_as {
            return self.intake.alias(first, url).map(|()| None);
        }
        let Read { extracted, text } = *article;
        // An article is known by what its own address says, read by its own platform: where that was
        // recognised only now, the page was asked for under another key.
        let key = match self.platforms.get(&extracted.platform) {
            Some(platform) => crawl::key_of(site, platform, url),
            None => event.key.clone(),
        };
        self.intake.article(Sighting { site, key: &key, url, extracted, text, capture: capture.clone() })?;
        if event.landed.is_some() {
            self.intake.alias(&key, &event.url)?;
        }
        Ok(Some(key))
    }
}

impl Desk<Box<Read>> for StoreDesk<'_> {
    fn visit(&self, key: &str) -> Option<Visit> {
        readable(self.store().visit(key)).flatten()
    }

    fn site(&self, site: &str) -> SiteMemory {
        let mut memory = readable(self.store().note(&MEMORY, site)).flatten().unwrap_or_default();
        memory.articles |= self.store().looks(site).next().is_some();
        memory
    }

    fn pending(&self, site: &str) -> Vec<Target> {
        self.store().pending(site).filter_map(readable).collect()
    }

    fn due(&self, site: &str, now: Time, limit: usize) -> Vec<Target> {
        let due = |(key, url): (String, String)| {
            let visit = self.visit(&key).filter(|visit| schedule::is_due(visit, now))?;
            Some((schedule::next_look(&visit), recheck(key, &url)?))
        };
        let mut due: Vec<_> = self.store().looks(site).filter_map(readable).filter_map(due).collect();
        due.sort_by(|a, b| (a.0, &a.1.key).cmp(&(b.0, &b.1.key)));
        due.into_iter().take(limit).map(|(_, target)| self.where_to_look(site, target)).collect()
    }

    fn fetched(&self, mut event: Fetched<Box<Read>>) -> Result<()> {
        let hint = Hint { feed: event.hints.feed, sitemap: event.hints.sitemap };
        self.intake.hint(event.landed.as_ref().unwrap_or(&event.url), hint)?;
        let article = self.article(&mut event)?;
        self.presence(&event)?;
        for (key, address) in &event.aliases {
            self.intake.alias(key, address)?;
        }
        // What a page led to is kept before the page counts as seen, or a crash between would lose it.
        for target in &event.found {
            self.store().put_pending(&event.site, &target.key, target)?;
        }
        if let Some(key) = &article {
            if *key != event.key {
                self.store().put_visit(key, &event.visit)?;
            }
            let url = event.landed.as_ref().unwrap_or(&event.url);
            self.store().put_look(&event.site, key, url.as_str())?;
        }
        self.store().put_visit(&event.key, &event.visit)?;
        if let Some(key) = &event.landed_key {
            self.store().put_visit(key, &event.visit)?;
        }
        if !event.stays_pending {
            self.store().drop_pending(&event.site, &event.key)?;
        }
        self.sync_in_time()
    }

    fn remember(&self, site: &str, memory: &SiteMemory) -> Result<()> {
        self.store().put_note(&MEMORY, site, memory)
    }

    fn observed(&self, observation: &Observation, conduct: &Conduct) -> Result<()> {
        let site = &observation.site;
        self.note(&OBSERVATION, site, observation.at, observation)?;
        self.note(&CONDUCT, site, conduct.to, conduct)?;
        if let Some(memory) = self.store().note(&MEMORY, site)? {
            self.note(&MEMORY, site, observation.at, &memory)?;
        }
        self.store().observe(observation)?;
        self.store().put_note(&CONDUCT, &run_of(site, conduct), conduct)
    }

    fn progress(&self, progress: &Progress<'_>) {
        (self.progress)(progress);
    }
}

fn recheck(key: String, url: &str) -> Option<Target> {
    let url = CanonicalUrl::parse(url)?;
    let hints = Hints::default();
    Some(Target {
        key,
        url,
        aim: Aim::Recheck,
        depth: 0,
        via: None,
        hints,
        request: None,
        list: None,
        tries: 0,
        before: None,
    })
}

/// A row that cannot be read counts as not there: the crawl fetches again, the audit will tell.
pub(super) fn readable<T>(row: Result<T>) -> Option<T> {
    row.map_err(
        |error| tracing::warn!(%error, "không đọc được một dòng trong bộ nhớ của việc đọc cổng; coi như chưa có"),
    )
    .ok()
}
