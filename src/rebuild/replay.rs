//! One archived record after the other, through the same steps as when it came.

use crate::archive::{Capture, Entry, Note, Record as Archived};
use crate::article::CaptureRef;
use crate::coverage::Cause;
use crate::crawl;
use crate::crawl::content::{Lectern, Sheet};
use crate::crawl::desk::{Hints, Item, Nature, Reading, Target, Visit};
use crate::crawl::round::Content;
use crate::error::Result;
use crate::intake::{Absent, Hint, Intake, Sighting};
use crate::nightly::{PageReader, Read, notes};
use crate::platform::Platform;
use crate::rules::Rules;
use crate::settle::Judge;
use crate::site::{PlatformManners, Site, Sites};
use crate::store::Store;
use crate::time::{self, Time};
use crate::url::CanonicalUrl;
use crate::world::CONFIRMED;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use url::Url;

/// A replay into a store.
pub(super) struct Replay<'a> {
    store: &'a Store,
    judge: Option<&'a Judge<'a>>,
    rules: &'a Rules,
    sites: Option<&'a Sites>,
    /// Only what the store does not know.
    missing_only: bool,
    /// The platforms that sites were recognised as, by site.
    recognised: HashMap<String, String>,
    /// What pages named, by the key of the page they lead to.
    leads: BTreeMap<String, Lead>,
    /// Links from the seed to what the store already has waiting, by key.
    depths: HashMap<String, u16>,
}

/// A page that others named.
struct Lead {
    site: String,
    /// The first name, as a target; the other addresses beside it.
    target: Target,
    others: Vec<CanonicalUrl>,
}

/// A page as it is replayed.
struct Seen<'s> {
    capture: &'s Capture,
    place: &'s CaptureRef,
    site: &'s Site,
    url: &'s CanonicalUrl,
}

impl<'a> Replay<'a> {
    pub(super) fn new(store: &'a Store, rules: &'a Rules, sites: Option<&'a Sites>) -> Self {
        let (recognised, leads, depths) = Default::default();
        Self { store, judge: None, rules, sites, missing_only: false, recognised, leads, depths }
    }

    /// Has newcomers judged as they come.
    pub(super) fn judging(self, judge: &'a Judge<'a>) -> Self {
        Self { judge: Some(judge), ..self }
    }

    /// Leaves out what the store knows already.
    pub(super) fn missing_only(mut self) -> Self {
        self.missing_only = true;
        for site in self.sites.iter().flat_map(|sites| &sites.sites) {
            let memory = self.store.note(&notes::MEMORY, &site.id).ok().flatten();
            if let Some(platform) = memory.and_then(|memory| memory.platform) {
                self.recognised.insert(site.id.clone(), platform);
            }
            for target in self.store.pending::<Target>(&site.id).flatten() {
                self.depths.insert(target.key, target.depth);
            }
        }
        self
    }

    /// Replays one record.
    pub(super) fn entry(&mut self, entry: &Entry) -> Result<()> {
        match &entry.record {
            Archived::Capture(capture) => self.capture(capture, &entry.place),
            Archived::Attempt(_) => Ok(()),
            Archived::Note(note) => self.note(note),
        }
    }

    /// Keeps what only the end can tell: the other addresses of articles, and the pages that were
    /// named and never fetched; the next crawl goes on with those.
    pub(super) fn finish(self) -> Result<()> {
        for (key, lead) in &self.leads {
            for address in std::iter::once(&lead.target.url).chain(&lead.others) {
                self.intake().alias(key, address)?;
            }
            if self.store.visit::<Visit>(key)?.is_none_or(|visit| !visit.succeeded()) {
                self.store.put_pending(&lead.site, key, &lead.target)?;
            }
        }
        Ok(())
    }

    fn intake(&self) -> Intake<'_> {
        Intake { store: self.store, judge: self.judge }
    }

    fn capture(&mut self, capture: &Capture, place: &CaptureRef) -> Result<()> {
        let site = capture.note("site").and_then(|id| self.sites?.get(id));
        let (Some(site), Some(url)) = (site, CanonicalUrl::parse(&capture.url)) else { return Ok(()) };
        let key = crawl::key_of(site, self.platform(site), &url);
        let before = self.store.visit::<Visit>(&key)?;
        if self.missing_only && before.as_ref().is_some_and(|visit| visit.at.is_some_and(|at| at >= place.at)) {
            return Ok(());
        }
        if capture.unchanged.is_some() {
            return self.seen_again(&key, &url, before, place.at);
        }
        let told = |name| capture.note(name).and_then(time::parse);
        self.intake().hint(&url, Hint { feed: told("feed"), sitemap: told("sitemap") })?;
        match capture.status {
            // Half a page is no page; the crawl did not take it for one either.
            _ if capture.truncated.is_some() => Ok(()),
            200 | 203 => self.whole(&Seen { capture, place, site, url: &url }),
            404 | 410 => self.gone(&key, before, capture.status, capture.at, site),
            _ => Ok(()),
        }
    }

    /// Reads a whole answer as the crawl did, within the same bounds.
    fn whole(&mut self, seen: &Seen<'_>) -> Result<()> {
        let Some(sites) = self.sites else { return Ok(()) };
        let url = seen.url.to_url();
        let platforms = &self.rules.platforms;
        let sheet = Sheet {
            site: seen.site,
            url: &url,
            platform: self.known_platform(seen.site),
            request: None,
            // Why it was asked for stands in no archive.
            may_be_list: true,
            limit: usize::try_from(sites.settings(seen.site, PlatformManners::default()).max_page_size)
                .unwrap_or(usize::MAX),
        };
        let reader = PageReader { platforms };
        match Lectern::new(&reader, platforms.generic()).content(&sheet, seen.capture) {
            Content::Page(reading, _) => self.page(seen, *reading),
            Content::Feed(items) => {
                let hints = |date| Hints { feed: date, unlinked: true, ..Hints::default() };
                items.iter().try_for_each(|Item { url, date }| self.lead(seen, url, 0, true, hints(*date)))
            }
            Content::Sitemap(sitemap) => {
                let hints = |date| Hints { sitemap: date, unlinked: true, ..Hints::default() };
                sitemap.pages.iter().try_for_each(|Item { url, date }| self.lead(seen, url, 0, false, hints(*date)))
            }
            // What the crawl could not read stays among what is waiting, as it did then.
            Content::Unchanged | Content::Failed(..) => Ok(()),
        }
    }

    /// A page that answered "unchanged" was still there.
    fn seen_again(&self, key: &str, url: &CanonicalUrl, before: Option<Visit>, at: Time) -> Result<()> {
        let Some(visit) = before else { return Ok(()) };
        if visit.article {
            self.intake().stands(url, at)?;
        }
        self.store.put_visit(key, &Visit { at: Some(at), status: 200, unchanged: visit.unchanged + 1, ..visit })
    }

    /// Nothing stood there. That an article went is told by a note behind the capture: where the
    /// run was killed between the two, it is asked for again.
    fn gone(&self, key: &str, before: Option<Visit>, status: u16, at: Time, site: &Site) -> Result<()> {
        let before = before.unwrap_or_default();
        if self.missing_only && before.article {
            return Ok(());
        }
        let unchanged = if before.stands() { 0 } else { before.unchanged + 1 };
        self.store.put_visit(key, &Visit { at: Some(at), status, unchanged, ..before })?;
        self.store.drop_pending(&site.id, key)
    }

    /// What the crawl could not read stays as it was, but for a page that says there is nothing.
    fn unusable(&self, seen: &Seen<'_>, cause: Cause) -> Result<()> {
        let Seen { capture, site, url, .. } = *seen;
        if cause != Cause::NotFound {
            return Ok(());
        }
        let key = crawl::key_of(site, self.platform(site), url);
        let before = self.store.visit::<Visit>(&key)?;
        self.gone(&key, before, 404, capture.at, site)
    }

    fn page(&mut self, seen: &Seen<'_>, mut reading: Reading<Box<Read>>) -> Result<()> {
        let Seen { capture, place, site, url } = *seen;
        if let Nature::Unusable(cause) = reading.nature {
            return self.unusable(seen, cause);
        }
        let known = self.known_platform(site);
        if known.is_none()
            && let Some(platform) = reading.platform.as_ref().filter(|id| *id != crate::platform::GENERIC)
        {
            self.recognised.insert(site.id.clone(), platform.clone());
        }
        let key = crawl::key_of(site, self.platform(site), url);
        let named = self.leads.get(&key).map(|lead| lead.target.depth);
        let depth = named.or(self.depths.get(&key).copied()).unwrap_or_default();
        for link in &reading.links {
            self.lead(seen, link, depth, false, Hints::default())?;
        }
        for Item { url, date } in &reading.items {
            self.lead(seen, url, depth, true, Hints { list: *date, ..Hints::default() })?;
        }
        if capture.method != "GET" {
            return Ok(());
        }
        let article = reading.article.take().filter(|_| reading.nature == Nature::Article);
        let Some(article) = article else { return self.no_article(seen, &key, &reading) };
        let Read { extracted, text } = *article;
        // As the crawl's desk does: by its own platform, which may have been recognised only now.
        let platforms = &self.rules.platforms;
        let own = crawl::key_of(site, platforms.get(&extracted.platform).unwrap_or(platforms.generic()), url);
        let generic = crawl::key_of(site, platforms.generic(), url);
        let sighting = Sighting { site, key: &own, url, extracted, text, capture: place.clone() };
        self.intake().article(sighting)?;
        self.store.put_look(&site.id, &own, url.as_str())?;
        // The page counts as seen when all that it brought is kept, or a crash between would lose it.
        for key in BTreeSet::from([&own, &generic, &key]) {
            self.visit(seen, key, true, reading.text_hash)?;
        }
        Ok(())
    }

    /// A page without an article, which the crawl asks for again where its address promises one.
    fn no_article(&self, seen: &Seen<'_>, key: &str, reading: &Reading<Box<Read>>) -> Result<()> {
        let before = self.store.visit::<Visit>(key)?.unwrap_or_default();
        let memory = self.store.note(&notes::MEMORY, &seen.site.id)?.unwrap_or_default();
        if !memory.waits_for(seen.url, &before, reading) {
            return self.visit(seen, key, false, reading.text_hash);
        }
        let visit = Visit { at: Some(seen.place.at), unchanged: before.unchanged + 1, ..Visit::default() };
        self.store.put_visit(key, &visit)
    }

    fn visit(&self, seen: &Seen<'_>, key: &str, article: bool, text_hash: Option<u64>) -> Result<()> {
        let Seen { capture, place, site, .. } = *seen;
        let before = self.store.visit::<Visit>(key)?;
        let visit = Visit {
            at: Some(place.at),
            status: capture.status,
            article,
            etag: capture.header("etag").map(str::to_owned),
            last_modified: capture.header("last-modified").map(str::to_owned),
            capture: Some(place.clone()),
            unchanged: 0,
            first: Some(before.and_then(|before| before.first).unwrap_or(place.at)),
            text_hash,
        };
        self.store.put_visit(key, &visit)?;
        self.store.drop_pending(&site.id, key)
    }

    /// Remembers what a page named. `listed`: as an entry of a list or a feed.
    fn lead(&mut self, seen: &Seen<'_>, address: &Url, depth: u16, listed: bool, hints: Hints) -> Result<()> {
        let platform = self.platform(seen.site);
        let aim = crawl::round::aim_of(seen.site, platform, address, listed);
        let (Some(aim), Some(url)) = (aim, CanonicalUrl::new(address)) else { return Ok(()) };
        let key = crawl::key_of(seen.site, platform, &url);
        match self.leads.get_mut(&key) {
            Some(lead) => {
                lead.target.hints.unlinked &= hints.unlinked;
                if lead.target.url == url || lead.others.contains(&url) {
                    lead.target.aim = lead.target.aim.min(aim);
                } else {
                    lead.others.push(url);
                }
            }
            None => {
                let via = Some(seen.url.to_string());
                let depth = depth.saturating_add(1);
                let (request, list, tries, before) = (None, None, 0, None);
                let target = Target { key: key.clone(), url, aim, depth, via, hints, request, list, tries, before };
                // A catch-up that is killed in turn must not have counted the page as seen without this.
                if self.missing_only && self.store.visit::<Visit>(&key)?.is_none() {
                    self.store.put_pending(&seen.site.id, &key, &target)?;
                }
                self.leads.insert(key, Lead { site: seen.site.id.clone(), target, others: Vec::new() });
            }
        }
        Ok(())
    }

    fn note(&self, note: &Note) -> Result<()> {
        if let Some(observation) = note.says(&notes::OBSERVATION) {
            self.store.observe(&observation)?;
        }
        if let Some(conduct) = note.says(&notes::CONDUCT) {
            self.store.put_note(&notes::CONDUCT, &notes::run_of(&note.about, &conduct), &conduct)?;
        }
        for how in [Absent::Perhaps, Absent::Surely] {
            if note.says(&notes::of_absence(how)).is_some()
                && let Some(url) = CanonicalUrl::parse(&note.about)
                && !self.stands_since(&url, note.at)?
            {
                self.intake().absent(&url, note.at, how)?;
            }
        }
        // What the store remembers of a site is never older than what the archive does.
        if let Some(memory) = note.says(&notes::MEMORY).filter(|_| !self.missing_only) {
            self.store.put_note(&notes::MEMORY, &note.about, &memory)?;
        }
        if let Some(confirmed) = note.says(&CONFIRMED) {
            self.store.put_note(&CONFIRMED, &note.about, &confirmed)?;
        }
        Ok(())
    }

    /// Whether an article was found at one of its addresses after it was told to be gone: the note of
    /// that may stand behind the capture, since pages are read side by side.
    fn stands_since(&self, url: &CanonicalUrl, at: Time) -> Result<bool> {
        let article = self.store.find(url.as_str())?.map_or(Ok(None), |id| self.store.head(&id))?;
        let Some(article) = article else { return Ok(false) };
        let Some(site) = article.site.as_deref().and_then(|id| self.sites?.get(id)) else { return Ok(false) };
        for address in std::iter::once(&article.url).chain(&article.aliases) {
            let Some(address) = CanonicalUrl::parse(address) else { continue };
            let visit = self.store.visit::<Visit>(&crawl::key_of(site, self.platform(site), &address))?;
            let stood = |visit: Visit| visit.article && visit.stands() && visit.at.is_some_and(|seen| seen >= at);
            if visit.is_some_and(stood) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The id of a site's platform, declared or recognised.
    fn known_platform<'s>(&'s self, site: &'s Site) -> Option<&'s str> {
        site.platform.as_deref().or(self.recognised.get(&site.id).map(String::as_str))
    }

    fn platform(&self, site: &Site) -> &'a Platform {
        let known = self.known_platform(site).and_then(|id| self.rules.platforms.get(id));
        known.unwrap_or_else(|| self.rules.platforms.generic())
    }
}
