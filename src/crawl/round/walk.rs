//! How far lists are read: pages of a listing, feeds, sitemaps.

use super::Round;
use super::offer::{Leads, Linked, Naming, Tally};
use crate::crawl::cover::Extent;
use crate::crawl::desk::{Aim, Item, Outcome, Reading, Target, WatchKind};
use crate::crawl::discover::sitemap::Sitemap;
use crate::platform::ListingRequest;
use crate::time::Time;
use crate::url::CanonicalUrl;

/// Sitemaps of an index that are read in one night.
const MAX_SITEMAPS: usize = 200;

impl Round {
    /// How far a list has been read now, and whether it is followed further.
    pub(super) fn walk<A>(&mut self, target: &Target, reading: &Reading<A>, tally: &Tally, linked: Linked) {
        let shows = tally.fresh + linked.own > 0;
        let Some(index) = target.list.or_else(|| self.begin_list(target, reading, shows)) else { return };
        let watch = &mut self.memory.watched[index];
        watch.fruitful |= tally.ours > 0;
        if target.aim == Aim::Watch {
            self.walks[index].deep = self.bounds.full || (!watch.complete && watch.resume.is_none());
        }
        if self.walks[index].deep {
            watch.reached = [watch.reached, tally.oldest].into_iter().flatten().min();
        }
        let past_bound = self.bounds.since.is_some_and(|since| tally.oldest.is_some_and(|oldest| oldest < since));
        let next = reading.next.clone().filter(|_| !past_bound && tally.ours > 0 && tally.fresh > 0);
        let deep = self.walks[index].deep;
        match next {
            _ if tally.ends_known && !deep => {
                self.walks[index].extent = Some(Extent::Joined);
                self.go_on_deep(index, &target.url);
            }
            Some(request) => self.go_on(index, request, target, deep),
            // A page without a list: it joins what was known if it shows an article that was, and
            // says nothing of what there is if it leads nowhere else either.
            None if reading.items.is_empty() && target.aim == Aim::Watch => {
                self.walks[index].extent = match linked {
                    Linked { known: 1.., .. } => Some(Extent::Joined),
                    Linked { new: 1.., .. } => Some(Extent::Apart),
                    Linked { .. } => None,
                };
                self.memory.watched[index].complete = true;
            }
            None if past_bound => self.end_back(index),
            None if reading.next.is_none() && target.aim == Aim::Watch => self.end_single(index, &reading.items, tally),
            None => self.end_whole(index),
        }
    }

    /// A list that does not say how it goes on: it may, and what it shows is all that is known of it.
    fn end_single(&mut self, index: usize, items: &[Item], tally: &Tally) {
        let back = newest_first(items).filter(|_| self.walks[index].deep).map(Extent::Back);
        // A single known one may be pinned to its top.
        let joins = tally.ends_known || tally.known > 0 && tally.known >= tally.new;
        self.walks[index].extent = Some(back.unwrap_or(if joins { Extent::Joined } else { Extent::Apart }));
        self.memory.watched[index].complete = true;
    }

    /// A list found by a link is watched from now on: where it goes on by requests of its own,
    /// which no link leads to, or where the file leaves the choice to us and it stands near the home
    /// page. One that goes on is read back at once; of another nothing is claimed before its next
    /// reading.
    fn begin_list<A>(&mut self, target: &Target, reading: &Reading<A>, shows: bool) -> Option<usize> {
        let near = self.site.seeds.is_empty() && target.depth <= 1;
        let goes_on = reading.next.as_ref().filter(|_| !reading.items.is_empty());
        if target.aim == Aim::Recheck || !(near || goes_on.is_some_and(ListingRequest::is_post)) {
            return None;
        }
        if goes_on.is_none() {
            if shows {
                self.watch_from_now(&target.url.to_url());
            }
            return None;
        }
        let index = self.watch(&target.url.to_url(), WatchKind::Page)?;
        self.walks[index].deep = true;
        Some(index)
    }

    fn go_on(&mut self, index: usize, request: ListingRequest, target: &Target, deep: bool) {
        if deep {
            self.memory.watched[index].resume = Some(request.clone());
            self.walks[index].extent = Some(self.back_so_far(index));
        } else {
            self.walks[index].extent = Some(Extent::Apart);
        }
        self.follow(index, request, &target.url);
    }

    /// After the news have met what is known, reading back goes on where the last night left it.
    pub(super) fn go_on_deep(&mut self, index: usize, via: &CanonicalUrl) {
        let watch = &self.memory.watched[index];
        if watch.complete || self.walks[index].deep {
            return;
        }
        if let Some(request) = watch.resume.clone() {
            self.walks[index].deep = true;
            self.walks[index].extent = Some(self.back_so_far(index));
            self.follow(index, request, via);
        }
    }

    fn back_so_far(&self, index: usize) -> Extent {
        self.memory.watched[index].reached.map_or(Extent::Apart, Extent::Back)
    }

    pub(super) fn end_back(&mut self, index: usize) {
        self.walks[index].extent = Some(self.back_so_far(index));
    }

    pub(super) fn end_whole(&mut self, index: usize) {
        let deep = self.walks[index].deep;
        self.walks[index].extent = Some(if deep && !self.walks[index].cut { Extent::Whole } else { Extent::Joined });
        self.memory.watched[index].complete |= deep;
        if deep {
            self.memory.watched[index].resume = None;
        }
    }

    pub(super) fn feed(&mut self, target: &Target, items: &[Item], leads: &mut Leads<'_>) -> Outcome {
        self.frontier.done(&target.key);
        let tally = self.take_items(items, Naming::Feed, leads);
        if let Some(index) = target.list {
            let back = || newest_first(items).map_or(Extent::Apart, Extent::Back);
            self.walks[index].extent = Some(if tally.known > 0 { Extent::Joined } else { back() });
            self.memory.watched[index].fruitful |= tally.ours > 0;
            self.memory.watched[index].complete = true;
        }
        Outcome::New
    }

    pub(super) fn sitemap(&mut self, target: &Target, sitemap: Sitemap, leads: &mut Leads<'_>) -> Outcome {
        self.frontier.done(&target.key);
        let Some(index) = target.list else { return Outcome::New };
        let tally = self.take_items(&sitemap.pages, Naming::Sitemap, leads);
        self.walks[index].cut |= sitemap.cut;
        self.memory.watched[index].fruitful |= tally.ours > 0;
        if target.aim == Aim::Watch {
            self.follow_sitemaps(index, sitemap.sitemaps, &target.url);
        }
        let whole = self.walks[index].open == 0 && !self.walks[index].cut;
        self.walks[index].extent = Some(if whole { Extent::Whole } else { Extent::Apart });
        self.memory.watched[index].complete |= whole;
        Outcome::New
    }

    /// The sitemaps of an index, the newest first; those not touched since the last reading are left out.
    fn follow_sitemaps(&mut self, index: usize, mut sitemaps: Vec<Item>, via: &CanonicalUrl) {
        sitemaps.sort_by_key(|item| std::cmp::Reverse(item.date));
        let read = self.memory.read.filter(|_| self.lastmod_trusted() && !self.bounds.full);
        sitemaps.retain(|item| read.is_none_or(|read| item.date.is_none_or(|date| date >= read)));
        self.walks[index].cut |= sitemaps.len() > MAX_SITEMAPS;
        for item in sitemaps.iter().take(MAX_SITEMAPS) {
            self.follow(index, ListingRequest::link(&item.url), via);
        }
    }
}

/// The oldest date of a feed that stands in order, each entry with a date: what it leaves out is older.
fn newest_first(items: &[Item]) -> Option<Time> {
    let dates: Option<Vec<Time>> = items.iter().map(|item| item.date).collect();
    dates.filter(|dates| dates.is_sorted_by(|a, b| a >= b)).and_then(|dates| dates.last().copied())
}
