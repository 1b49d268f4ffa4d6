//! Links and list entries become targets, or are known, or are not ours.

use super::{Round, Sight};
use crate::crawl::desk::{Aim, Hints, Item, Target, Visit};
use crate::crawl::discover::traps::{MAX_LINKS, is_file};
use crate::crawl::frontier::Offer;
use crate::crawl::key_of;
use crate::platform::{Platform, Role};
use crate::site::Site;
use crate::time::Time;
use crate::url::CanonicalUrl;
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

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

/// What a list turned out to hold.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Entries that are ours.
    pub(super) ours: usize,
    /// Those seen for the first time tonight.
    pub(super) fresh: usize,
    /// Those not known before tonight.
    pub(super) new: usize,
    /// Those known from a settled reading.
    pub(super) known: usize,
    /// The last of them is known from a settled reading.
    pub(super) ends_known: bool,
    /// The oldest date.
    pub(super) oldest: Option<Time>,
}

impl Round {
    /// Takes in the entries of a list.
    pub(super) fn take_items(&mut self, items: &[Item], naming: Naming, leads: &mut Leads<'_>) -> Tally {
        let mut tally = Tally::default();
        for item in items {
            let date = item.date.or_else(|| self.platform().url_time(&item.url));
            let (sight, fresh) = self.see(&item.url, naming, date, leads);
            if sight == Sight::Out {
                continue;
            }
            tally.ours += 1;
            tally.fresh += usize::from(fresh);
            tally.new += usize::from(sight == Sight::New);
            tally.known += usize::from(sight == Sight::Known);
            tally.ends_known = sight == Sight::Known;
            tally.oldest = [tally.oldest, date].into_iter().flatten().min();
        }
        tally
    }

    /// Takes in the links of a page; how many of them are seen for the first time and new.
    pub(super) fn take_links(&mut self, links: &[Url], leads: &mut Leads<'_>) -> usize {
        let is_news = |round: &mut Self, url: &Url, leads: &mut Leads<'_>| {
            round.see(url, Naming::Link, None, leads) == (Sight::New, true)
        };
        links.iter().take(MAX_LINKS).filter(|url| is_news(self, url, leads)).count()
    }

    /// What an address is, and whether it is seen for the first time tonight.
    fn see(&mut self, url: &Url, naming: Naming, date: Option<Time>, leads: &mut Leads<'_>) -> (Sight, bool) {
        let hash = xxh3_64(url.as_str().as_bytes());
        if let Some(sight) = self.sights.get(&hash) {
            return (*sight, false);
        }
        let sight = self.judge(url, naming, date, leads);
        self.sights.insert(hash, sight);
        (sight, true)
    }

    fn judge(&mut self, url: &Url, naming: Naming, date: Option<Time>, leads: &mut Leads<'_>) -> Sight {
        let listed = matches!(naming, Naming::List | Naming::Feed);
        let Some(aim) = aim_of(&self.site, self.platform(), url, listed) else { return Sight::Out };
        let Some(canonical) = CanonicalUrl::new(url) else { return Sight::Out };
        let key = key_of(&self.site, self.platform(), &canonical);
        if naming == Naming::Sitemap {
            self.mapped.insert(xxh3_64(key.as_bytes()));
        }
        let before = if self.frontier.has(&key) { None } else { (leads.visit)(&key) };
        if let Some(visit) = before.as_ref().filter(|v| v.succeeded()) {
            return self.meet_again(key, canonical, visit, date.filter(|_| naming == Naming::Sitemap), leads);
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
        let settled = self.memory.settled.is_some_and(|settled| visit.first.is_some_and(|first| first <= settled));
        let newer = lastmod.is_some_and(|lastmod| visit.at.is_some_and(|at| at < lastmod));
        if newer && visit.article && self.lastmod_trusted() {
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
        if settled { Sight::Known } else { Sight::Recent }
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
        Naming::Feed => Hints { feed: date, ..blank },
        Naming::Sitemap => Hints { sitemap: date, ..blank },
    }
}
