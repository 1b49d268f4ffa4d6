//! The pages of one site that are known and not yet fetched, and in what order they come.
//!
//! A page is known by its key, so one article under several addresses waits once; the other
//! addresses are kept in case the first leads nowhere. Newest first: what a first filling leaves
//! for the following nights is the oldest.

use crate::crawl::desk::{Aim, Target};
use crate::crawl::discover::traps::{Traps, is_sane};
use crate::time::Time;
use crate::url::CanonicalUrl;
use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashMap, HashSet};
use xxhash_rust::xxh3::xxh3_64;

/// Links kept waiting for one site; articles, lists and rechecks are not limited.
const MAX_LINKS_WAITING: usize = 20_000;

/// Links left over from earlier nights come after those of tonight.
const LEFT_OVER: u64 = 1 << 40;

/// Other addresses kept for a page.
const MAX_OTHERS: usize = 8;

/// The queue of one site.
#[derive(Debug, Default)]
pub struct Frontier {
    queue: BinaryHeap<Queued>,
    states: HashMap<u64, State>,
    others: HashMap<u64, Vec<CanonicalUrl>>,
    /// Keys that wait as links.
    links: HashSet<u64>,
    parked: HashMap<u64, Vec<Target>>,
    set_aside: u64,
    traps: Traps,
    arrivals: u64,
    waiting: [usize; 5],
    dropped: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Done,
    Failed,
}

/// What became of a page that was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// It waits now.
    Taken,
    /// Its key waits under another address already; this one is kept.
    Waiting,
    /// Its key was fetched under another address.
    Done,
    /// It looks like a trap, or there are too many.
    Refused,
}

#[derive(Debug)]
struct Queued {
    order: (Aim, Reverse<Option<Time>>, u64),
    target: Target,
}

impl Frontier {
    /// Offers a page that is not known from earlier nights.
    pub fn offer(&mut self, target: Target) -> Offer {
        let key = hash(&target.key);
        match self.states.get(&key) {
            Some(State::Done) => Offer::Done,
            Some(State::Waiting) => {
                self.keep_other(key, target.url);
                Offer::Waiting
            }
            known @ (None | Some(State::Failed)) => {
                let is_link = target.aim == Aim::Link;
                let full = is_link && self.waiting[Aim::Link as usize] >= MAX_LINKS_WAITING;
                let wild = is_link && known.is_none() && !is_sane(&target.url.to_url());
                if full || wild {
                    self.dropped += 1;
                    return Offer::Refused;
                }
                self.push(target);
                Offer::Taken
            }
        }
    }

    /// Offers a page that was found and not had on an earlier night. Links of tonight come first: what
    /// a trap left over must not use up the patience that news need.
    pub fn offer_again(&mut self, target: Target) {
        let arrivals = self.arrivals;
        if target.aim == Aim::Link {
            self.arrivals += LEFT_OVER;
        }
        self.offer(target);
        self.arrivals = arrivals + 1;
    }

    /// Notes a page that is known from earlier nights, so that it is not offered.
    pub fn known(&mut self, key: &str) {
        self.states.insert(hash(key), State::Done);
    }

    /// A page that waits as a link turns out to be an article, with a date perhaps: it comes in its turn.
    pub fn promote(&mut self, target: Target) -> bool {
        let waits =
            self.states.get(&hash(&target.key)) == Some(&State::Waiting) && self.links.remove(&hash(&target.key));
        if waits {
            self.push(target);
        }
        waits
    }

    /// Whether a key is waiting or was dealt with.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.states.contains_key(&hash(key))
    }

    /// Puts a page in the queue, whatever is known of it.
    pub fn push(&mut self, target: Target) {
        let key = hash(&target.key);
        self.states.insert(key, State::Waiting);
        if target.aim == Aim::Link {
            self.links.insert(key);
        }
        self.waiting[target.aim as usize] += 1;
        self.arrivals += 1;
        // Undated articles come first: they stand on the pages that were read first, which are new.
        let date = Reverse(target.hints.date().or(Some(Time::MAX_UTC.into())));
        self.queue.push(Queued { order: (target.aim, date, self.arrivals), target });
    }

    /// The aim of the page that comes next.
    #[must_use]
    pub fn next_aim(&self) -> Option<Aim> {
        self.queue.peek().map(|q| q.order.0)
    }

    /// The page that comes next. What was fetched meanwhile for another aim is passed over, and
    /// families of addresses that brought nothing are set aside.
    pub fn pop(&mut self) -> Option<Target> {
        while let Some(Queued { target, .. }) = self.queue.pop() {
            self.waiting[target.aim as usize] -= 1;
            let is_found = matches!(target.aim, Aim::Article | Aim::Link);
            // It may wait twice, as a link and as an article.
            let state = self.states.get(&hash(&target.key));
            if is_found && matches!(state, Some(State::Done | State::Failed)) {
                continue;
            }
            if !is_found || target.tries > 0 {
                return Some(target);
            }
            match self.traps.admit(&target.url.to_url(), target.depth) {
                Ok(()) => return Some(target),
                Err(circle) => {
                    self.set_aside += 1;
                    self.parked.entry(circle).or_default().push(target);
                }
            }
        }
        None
    }

    /// A page led to an article or other new things, so its family earns trust, and what was set
    /// aside gets another chance.
    pub fn fruitful(&mut self, url: &CanonicalUrl) {
        for circle in self.traps.fruitful(&url.to_url()) {
            for target in self.parked.remove(&circle).unwrap_or_default() {
                self.set_aside -= 1;
                self.push(target);
            }
        }
    }

    /// A page was fetched and is what it should be.
    pub fn done(&mut self, key: &str) {
        let key = hash(key);
        self.states.insert(key, State::Done);
        self.others.remove(&key);
    }

    /// A page led nowhere; if its key has another address, that one waits now.
    pub fn failed(&mut self, target: &Target) -> Option<CanonicalUrl> {
        let key = hash(&target.key);
        self.states.insert(key, State::Failed);
        let others = self.others.get_mut(&key)?;
        others.retain(|url| *url != target.url);
        let other = others.pop()?;
        self.push(Target { url: other.clone(), tries: 0, request: None, ..target.clone() });
        Some(other)
    }

    /// How many pages wait for one aim, those set aside not counted.
    #[must_use]
    pub fn waiting(&self, aim: Aim) -> usize {
        self.waiting[aim as usize]
    }

    /// How many pages wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Remembers families of addresses that brought nothing on earlier nights.
    pub fn distrust(&mut self, families: &[u64]) {
        self.traps.distrust(families);
    }

    /// Families of which something is still set aside.
    #[must_use]
    pub fn barren(&self) -> Vec<u64> {
        let mut families: Vec<u64> = self.parked.keys().copied().collect();
        families.sort_unstable();
        families
    }

    /// How many addresses were left as traps.
    #[must_use]
    pub fn trapped(&self) -> u64 {
        self.dropped + self.set_aside
    }

    /// What waits.
    pub fn targets(&self) -> impl Iterator<Item = &Target> {
        self.queue.iter().map(|queued| &queued.target)
    }

    fn keep_other(&mut self, key: u64, url: CanonicalUrl) {
        let others = self.others.entry(key).or_default();
        if others.len() < MAX_OTHERS && !others.contains(&url) {
            others.push(url);
        }
    }
}

fn hash(key: &str) -> u64 {
    xxh3_64(key.as_bytes())
}

impl Ord for Queued {
    fn cmp(&self, other: &Self) -> Ordering {
        // The heap gives the greatest; the least order comes first.
        other.order.cmp(&self.order)
    }
}

impl PartialOrd for Queued {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Queued {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}

impl Eq for Queued {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::desk::Hints;
    use crate::time;

    fn target(aim: Aim, key: &str, date: Option<&str>) -> Target {
        let hints = Hints { list: date.and_then(|d| time::parse(&format!("{d}T00:00:00+07:00"))), ..Hints::default() };
        let url = CanonicalUrl::parse(&format!("https://a.vn/{key}")).unwrap();
        Target {
            key: key.to_owned(),
            url,
            aim,
            depth: 1,
            via: None,
            hints,
            request: None,
            list: None,
            tries: 0,
            before: None,
        }
    }

    fn order(frontier: &mut Frontier) -> Vec<String> {
        std::iter::from_fn(|| frontier.pop()).map(|t| t.key).collect()
    }

    #[test]
    fn news_first_and_rechecks_last() {
        let mut frontier = Frontier::default();
        for (aim, key, date) in [
            (Aim::Recheck, "old", None),
            (Aim::Link, "about", None),
            (Aim::Article, "may", Some("2026-05-01")),
            (Aim::Article, "june", Some("2026-06-01")),
            (Aim::Article, "undated", None),
            (Aim::Follow, "page-2", None),
            (Aim::Watch, "home", None),
        ] {
            assert_eq!(frontier.offer(target(aim, key, date)), Offer::Taken);
        }
        assert_eq!(order(&mut frontier), ["home", "undated", "june", "may", "page-2", "about", "old"]);
    }

    #[test]
    fn one_article_waits_once_and_its_other_addresses_stand_by() {
        let mut frontier = Frontier::default();
        let at = |url: &str| Target { url: CanonicalUrl::parse(url).unwrap(), ..target(Aim::Article, "a.vn 7", None) };
        assert_eq!(frontier.offer(at("https://a.vn/vi/7")), Offer::Taken);
        assert_eq!(frontier.offer(at("https://a.vn/en/7")), Offer::Waiting);
        let first = frontier.pop().unwrap();
        assert_eq!(frontier.failed(&first).unwrap().as_str(), "https://a.vn/en/7");
        let second = frontier.pop().unwrap();
        assert_eq!(second.url.as_str(), "https://a.vn/en/7");
        assert_eq!(frontier.failed(&second), None);
        // An address found after all others failed is tried too.
        assert_eq!(frontier.offer(at("https://a.vn/tin/7")), Offer::Taken);
        let third = frontier.pop().unwrap();
        frontier.done(&third.key);
        assert_eq!(frontier.offer(at("https://a.vn/xa/7")), Offer::Done);
        assert!(frontier.is_empty());
    }

    #[test]
    fn an_endless_space_is_left_after_a_while() {
        let mut frontier = Frontier::default();
        for n in 0..10_000 {
            frontier.offer(target(Aim::Link, &format!("lich/{n}/x"), None));
        }
        let mut fetched = 0;
        while frontier.pop().is_some() {
            fetched += 1;
        }
        assert!(fetched < 100, "{fetched}");
        assert!(frontier.trapped() > 9_000);
    }

    #[test]
    fn what_was_set_aside_comes_back_when_its_family_bears_fruit() {
        let mut frontier = Frontier::default();
        for n in 0..200 {
            frontier.offer(target(Aim::Link, &format!("tin/bai-viet-{n}"), None));
        }
        let mut fetched = 0;
        while let Some(page) = frontier.pop() {
            fetched += 1;
            frontier.done(&page.key);
            if fetched % 30 == 0 {
                frontier.fruitful(&page.url);
            }
        }
        assert_eq!(fetched, 200);
    }
}
