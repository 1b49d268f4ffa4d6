//! Links and list entries become targets, or are known, or are not ours.

use super::{MAX_NIGHTS, Round, Sight};
use crate::crawl::desk::{Aim, Hints, Item, Target, Visit};
use crate::crawl::discover::traps::{MAX_LINKS, is_file};
use crate::crawl::frontier::Offer;
use crate::crawl::key_of;
use crate::crawl::schedule;
use crate::platform::{Platform, Role};
use crate::site::Site;
use crate::time::Time;
use crate::url::CanonicalUrl;
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

/// Pages asked for in one night because of their lastmod before it has proved to tell anything.
const LASTMOD_SAMPLE: u32 = 5;

/// Where a page was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    Link,
    List,
    Feed,
    Sitemap,
}

/// What a page leads to, gathered while it is dealt with.
pub(super) struct Leads<'a> {
    /// The page.
    pub(super) from: &'a CanonicalUrl,
    /// Links from the seed to the page.
    pub(super) depth: u16,
    /// What is known of a key.
    pub(super) visit: &'a dyn Fn(&str) -> Option<Visit>,
    pub(super) found: Vec<Target>,
    pub(super) aliases: Vec<(String, CanonicalUrl)>,
}

/// What the links of a page lead to.
#[derive(Debug, Default)]
pub(super) struct Linked {
    /// Pages not known before tonight.
    pub(super) new: usize,
    /// Articles known from a settled reading.
    pub(super) known: usize,
    /// All of them.
    pub(super) pages: Vec<Shown>,
}

/// A page that another shows: the hash of its key, and what it is.
pub(super) type Shown = (u64, Sight);

/// What a list turned out to hold.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Entries that are ours.
    pub(super) ours: usize,
    /// The date of the last that has one: an older one may be pinned to the top.
    pub(super) last: Option<Time>,
    /// All of them.
    pub(super) pages: Vec<Shown>,
}

impl Round {
    /// Takes in the entries of a list.
    pub(super) fn take_items(&mut self, items: &[Item], naming: Naming, leads: &mut Leads<'_>) -> Tally {
        let mut tally = Tally::default();
        for item in items {
            let date = item.date.or_else(|| self.platform().url_time(&item.url));
            let (sight, page) = self.see(&item.url, naming, date, leads);
            if sight == Sight::Out {
                continue;
            }
            tally.ours += 1;
            tally.pages.push((page, sight));
            tally.last = date.or(tally.last);
        }
        if matches!(naming, Naming::List | Naming::Feed) && tally.ours > 0 {
            // A list of nothing but files is a library of documents.
            for item in items {
                if self.is_file(&item.url) {
                    self.note_file(&item.url, item.date);
                }
            }
        }
        tally
    }

    /// Whether an address of ours is that of a file, which is not asked for.
    fn is_file(&self, url: &Url) -> bool {
        let files = &self.platforms.generic().clutter.files;
        self.site.covers(url) && is_file(url.path()) && files.iter().any(|pattern| pattern.matches(url.path()))
    }

    /// Takes in the links of a page.
    pub(super) fn take_links(&mut self, links: &[Url], leads: &mut Leads<'_>) -> Linked {
        let mut linked = Linked::default();
        for url in links.iter().take(MAX_LINKS) {
            let (sight, page) = self.see(url, Naming::Link, None, leads);
            linked.new += usize::from(sight == Sight::New);
            linked.known += usize::from(sight == Sight::Known { article: true });
            linked.pages.extend((sight != Sight::Out).then_some((page, sight)));
        }
        linked
    }

    /// What an address is, and the hash of the page's key.
    fn see(&mut self, url: &Url, naming: Naming, date: Option<Time>, leads: &mut Leads<'_>) -> (Sight, u64) {
        let hash = xxh3_64(url.as_str().as_bytes());
        if let Some((sight, page)) = self.sights.get(&hash).copied() {
            self.named.note(naming, page);
            if sight == Sight::New && naming != Naming::Link && date.is_some() {
                self.promote(url, naming, date, leads);
            }
            return (sight, page);
        }
        let Some((aim, canonical, key)) = self.page_at(url, naming) else {
            self.sights.insert(hash, (Sight::Out, 0));
            return (Sight::Out, 0);
        };
        let page = xxh3_64(key.as_bytes());
        let waits = self.frontier.has(&key);
        self.named.note(naming, page);
        let sight = self.judge(aim, canonical, key, naming, date, leads);
        // Until a first filling ends, what an earlier run read may have had no link either.
        let was_read = !self.was_complete && matches!(sight, Sight::Recent | Sight::Known { article: true });
        if matches!(naming, Naming::Feed | Naming::Sitemap) && !waits && (was_read || sight == Sight::New) {
            self.named.note_unlinked([page]);
        }
        if sight == (Sight::Known { article: true }) {
            self.articles.meet(page);
        }
        self.sights.insert(hash, (sight, page));
        (sight, page)
    }

    /// A link that a list names with its date is an article, and comes in the order of dates.
    fn promote(&mut self, url: &Url, naming: Naming, date: Option<Time>, leads: &mut Leads<'_>) {
        let Some((Aim::Article, url, key)) = self.page_at(url, naming) else { return };
        let via = Some(leads.from.to_string());
        let target = Target {
            key,
            url,
            aim: Aim::Article,
            depth: leads.depth.saturating_add(1),
            via,
            hints: hints(naming, date),
            request: None,
            list: None,
            tries: 0,
            before: None,
        };
        if self.frontier.promote(target.clone()) {
            leads.found.push(target);
        }
    }

    /// What would be fetched at an address, and the page's key; `None`: it is not ours, or no page.
    fn page_at(&self, url: &Url, naming: Naming) -> Option<(Aim, CanonicalUrl, String)> {
        let listed = matches!(naming, Naming::List | Naming::Feed);
        let aim = aim_of(&self.site, self.platform(), url, listed)?;
        let canonical = CanonicalUrl::new(url)?;
        let key = key_of(&self.site, self.platform(), &canonical);
        Some((aim, canonical, key))
    }

    fn judge(
        &mut self,
        aim: Aim,
        canonical: CanonicalUrl,
        key: String,
        naming: Naming,
        date: Option<Time>,
        leads: &mut Leads<'_>,
    ) -> Sight {
        let waits = self.frontier.has(&key);
        // What waits was found tonight, but for what is to be looked at once more and is known all the same.
        let is_possible = !waits || self.memory.settled.is_some();
        let before = is_possible.then(|| (leads.visit)(&key)).flatten();
        let before = before.filter(|v| !waits || v.succeeded() && self.is_settled(v));
        if let Some(visit) = before.as_ref().filter(|_| waits) {
            leads.aliases.push((key, canonical));
            return Sight::Known { article: visit.article };
        }
        if let Some(visit) = before.as_ref().filter(|v| v.succeeded()) {
            if naming == Naming::Link && leads.depth == 0 && !visit.article && visit.status == 200 {
                self.note_near(&canonical, 1, Vec::new());
            }
            return self.meet_again(key, canonical, visit, date.filter(|_| naming == Naming::Sitemap), leads);
        }
        if before.as_ref().is_some_and(|visit| self.rests(visit)) {
            self.frontier.known(&key);
            return Sight::Recent;
        }
        let target = Target {
            key,
            url: canonical,
            aim,
            depth: leads.depth.saturating_add(1),
            via: Some(leads.from.to_string()),
            hints: hints(naming, date),
            request: None,
            list: None,
            tries: 0,
            before: before.map(Box::new),
        };
        if self.is_too_old(&target) {
            // Left for a reading without this bound.
            leads.found.push(target);
            return Sight::Recent;
        }
        self.offer(target, leads)
    }

    /// Whether a page that could not be had for many nights is left for some more.
    fn rests(&self, visit: &Visit) -> bool {
        let is_due = schedule::next_look(visit).is_none_or(|at| at <= self.conduct.from);
        !visit.succeeded() && visit.unchanged > MAX_NIGHTS && !is_due && !self.bounds.full
    }

    /// Whether a page is known to be older than what this run is to read.
    pub(super) fn is_too_old(&self, target: &Target) -> bool {
        self.bounds.since.is_some_and(|since| target.hints.date().is_some_and(|date| date < since))
    }

    fn offer(&mut self, target: Target, leads: &mut Leads<'_>) -> Sight {
        match self.frontier.offer(target.clone()) {
            Offer::Taken => {
                leads.found.push(target);
                Sight::New
            }
            Offer::Waiting | Offer::Done => {
                leads.aliases.push((target.key, target.url));
                Sight::New
            }
            Offer::Refused => Sight::Out,
        }
    }

    /// A page known from earlier nights: at most another address of it, or a newer lastmod.
    fn meet_again(
        &mut self,
        key: String,
        url: CanonicalUrl,
        visit: &Visit,
        lastmod: Option<Time>,
        leads: &mut Leads<'_>,
    ) -> Sight {
        if visit.article {
            self.articles.meet(xxh3_64(key.as_bytes()));
            self.note_kin(&url);
        } else {
            self.articles.set_aside(xxh3_64(key.as_bytes()));
        }
        let newer = lastmod.is_some_and(|lastmod| visit.at.is_some_and(|at| at < lastmod));
        if newer && visit.article && self.may_ask_for_lastmod() {
            let hints = hints(Naming::Sitemap, lastmod);
            let via = Some(leads.from.to_string());
            let target = Target {
                key,
                url,
                aim: Aim::Recheck,
                depth: 0,
                via,
                hints,
                request: None,
                list: None,
                tries: 0,
                before: Some(Box::new(visit.clone())),
            };
            self.frontier.offer(target);
        } else {
            self.frontier.known(&key);
            leads.aliases.push((key, url));
        }
        if self.is_settled(visit) { Sight::Known { article: visit.article } } else { Sight::Recent }
    }

    /// Whether a page was first fetched by the end of a reading that was not cut short.
    fn is_settled(&self, visit: &Visit) -> bool {
        self.memory.settled.is_some_and(|settled| visit.first.is_some_and(|first| first <= settled))
    }

    /// Whether a page may be asked for because of a newer lastmod: a few, until they show that it tells
    /// what changed.
    fn may_ask_for_lastmod(&mut self) -> bool {
        let proved = self.memory.lastmod_right >= LASTMOD_SAMPLE && self.lastmod_trusted();
        let asks = proved || self.lastmod_trusted() && self.lastmod_asked < LASTMOD_SAMPLE;
        self.lastmod_asked += u32::from(asks);
        asks
    }

    /// A newer lastmod is believed until samples show that it says nothing.
    pub(super) fn lastmod_trusted(&self) -> bool {
        let (right, wrong) = (self.memory.lastmod_right, self.memory.lastmod_wrong);
        wrong < 5 || right >= wrong
    }
}

/// Why an address that was not known would be fetched, `listed` as an entry of a list or a feed, or
/// linked to; `None`: it is not ours, or no page.
#[must_use]
pub fn aim_of(site: &Site, platform: &Platform, url: &Url, listed: bool) -> Option<Aim> {
    if !site.covers(url) || is_file(url.path()) {
        return None;
    }
    match platform.role(url) {
        Role::Copy | Role::Skip => None,
        Role::Article => Some(Aim::Article),
        Role::Unknown if listed => Some(Aim::Article),
        Role::Listing | Role::Unknown => Some(Aim::Link),
    }
}

fn hints(naming: Naming, date: Option<Time>) -> Hints {
    let blank = Hints::default();
    match naming {
        Naming::Link => blank,
        Naming::List => Hints { list: date, ..blank },
        Naming::Feed => Hints { feed: date, unlinked: true, ..blank },
        Naming::Sitemap => Hints { sitemap: date, unlinked: true, ..blank },
    }
}
