//! How far lists are read: pages of a listing, feeds, sitemaps.

use super::articles::Articles;
use super::offer::{Leads, Linked, Naming, Shown, Tally};
use super::seam::{self, Left};
use super::{Round, Sight};
use crate::coverage::Cause;
use crate::crawl::cover::Extent;
use crate::crawl::desk::{Aim, Item, Nature, Outcome, Reading, Target, WatchKind};
use crate::crawl::discover::sitemap::Sitemap;
use crate::platform::ListingRequest;
use crate::time::Time;
use crate::url::CanonicalUrl;
use chrono::TimeDelta;
use foldhash::HashSet;

/// Sitemaps of an index that are read in one night.
const MAX_SITEMAPS: usize = 200;

/// Requests that may repeat the page a list begins with before it is taken for all there is.
const MAX_ECHOES: u32 = 2;

/// Entries of a list that are kept in their order.
const IN_ORDER: usize = 5_000;

/// How far one list was read tonight.
#[derive(Debug, Clone, Default)]
pub(super) struct Walk {
    pub(super) extent: Option<Extent>,
    /// Reading back where no night has been before: known items do not end it.
    pub(super) deep: bool,
    /// Parts of it that are still waiting.
    pub(super) open: usize,
    /// It begins with the oldest, and what is new stands nowhere near.
    pub(super) backwards: bool,
    /// Something of it was missing.
    pub(super) cut: bool,
    /// It is looked at tonight.
    pub(super) looked: bool,
    /// Pages of it that showed something not shown before, and those that repeated the first.
    pages: u32,
    echoes: u32,
    /// It goes on by a script, which is not run.
    pub(super) scripted: bool,
    /// When it was looked at last, before tonight.
    pub(super) seen: Option<Time>,
    /// It was found to be a section tonight.
    pub(super) found: bool,
    /// It is a list, and no page of links of which some lead to articles.
    pub(super) listed: bool,
    /// What it shows meets what it showed at its last reading, or all before that is yet to be read.
    pub(super) met: bool,
    /// The pages it shows, by the hash of their keys; in order those that may be entries, how many of
    /// them its first page has, and those of them that a settled reading did not know.
    pub(super) shown: HashSet<u64>,
    pub(super) first: Vec<u64>,
    page: usize,
    news: HashSet<u64>,
}

impl Walk {
    /// What the list shows; how much of it is new to the list itself. Those it showed at its `last`
    /// reading are no news, though they could not be read.
    pub(super) fn show(&mut self, pages: &[Shown], last: &[u64]) -> usize {
        let mut fresh = 0;
        for (page, sight) in pages {
            if !self.shown.insert(*page) {
                continue;
            }
            fresh += 1;
            if *sight == (Sight::Known { article: false }) || self.first.len() >= IN_ORDER {
                continue;
            }
            self.first.push(*page);
            if matches!(sight, Sight::New | Sight::Recent) && !last.contains(page) {
                self.news.insert(*page);
            }
        }
        self.pages += u32::from(fresh > 0);
        if self.pages <= 1 {
            self.page = self.first.len();
        }
        fresh
    }

    /// Whether everything of it was seen back to some moment.
    pub(super) fn holds(&self) -> bool {
        matches!(self.extent, Some(Extent::Joined | Extent::Whole | Extent::Back(_)))
    }

    /// Whether it meets what it showed at its last reading, as far as is known while the night goes on.
    fn meets(&self, last: &[u64]) -> bool {
        self.first.len() < IN_ORDER && seam::meets(&self.first, |page| self.news.contains(&page), last, self.page)
    }

    /// The same when the night ends, and it is known which of its entries are no articles.
    pub(super) fn meets_by(&self, articles: &Articles, last: &[u64]) -> bool {
        let entries: Vec<u64> = self.first.iter().copied().filter(|page| articles.may_have(*page)).collect();
        let page = self.page.min(entries.len());
        entries.len() < IN_ORDER && seam::meets(&entries, |page| self.news.contains(&page), last, page)
    }

    /// The articles it shows, in order.
    pub(super) fn articles(&self, articles: &Articles) -> Vec<u64> {
        self.first.iter().copied().filter(|page| articles.has(*page)).collect()
    }

    /// Whether it joins what was known, or was read to its end.
    pub(super) fn is_read(&self) -> bool {
        matches!(self.extent, Some(Extent::Joined | Extent::Whole))
    }
}

impl Round {
    /// How far a list has been read now, and whether it is followed further.
    pub(super) fn walk<A>(
        &mut self,
        target: &Target,
        from: &CanonicalUrl,
        reading: &Reading<A>,
        tally: &Tally,
        linked: &Linked,
    ) {
        let shown = if reading.items.is_empty() { &linked.pages } else { &tally.pages };
        let Some(index) = target.list.or_else(|| self.begin_list(target, reading)) else {
            if target.aim == Aim::Link && reading.nature != Nature::NotHtml {
                self.note_near(from, target.depth, shown.clone());
            }
            return;
        };
        let watch = &mut self.memory.watched[index];
        self.walks[index].listed |= !reading.items.is_empty();
        let fresh = self.walks[index].show(shown, &watch.last);
        watch.fruitful |= tally.ours > 0;
        if target.aim == Aim::Watch {
            self.walks[index].deep = self.bounds.full || (!watch.complete && watch.resume.is_none());
            self.walks[index].met = self.walks[index].deep;
        }
        if self.walks[index].deep {
            watch.reached = tally.last.or(watch.reached);
        }
        let past_bound = self.bounds.since.is_some_and(|since| tally.last.is_some_and(|last| last < since));
        let goes_on = tally.ours > 0 && (fresh > 0 || self.is_echo(index, reading));
        let next = reading.next.clone().filter(|_| !past_bound && goes_on);
        let deep = self.walks[index].deep;
        match next {
            // What is new stands at its end, or nowhere near: the newest known prove nothing.
            _ if !deep && (self.memory.watched[index].backwards || is_oldest_first(&reading.items)) => {
                (self.walks[index].extent, self.walks[index].backwards) = (Some(Extent::Apart), true);
            }
            _ if !deep && reading.next.is_some() && self.meets_last(index) => {
                self.walks[index].extent = Some(Extent::Joined);
                self.go_on_deep(index, &target.url);
            }
            Some(request) => self.go_on(index, request, target, deep),
            None if reading.items.is_empty() && target.aim == Aim::Watch => self.end_links(index, target, linked),
            None if past_bound => self.end_back(index),
            None if reading.next.is_none() && target.aim == Aim::Watch => self.end_single(index, &reading.items),
            // It goes round in a circle.
            None if reading.next.is_some() && !deep => self.break_off(index),
            None if reading.items.is_empty() && target.request.as_ref().is_some_and(ListingRequest::is_post) => {
                self.end_empty(index, reading);
            }
            None if reading.next.is_some() && self.walks[index].pages == 1 => self.end_first(index),
            None => self.end_whole(index),
        }
    }

    /// Notes that a list goes on by a script, which is not run.
    pub(super) fn note_script(&mut self, target: &Target, from: &CanonicalUrl, scripted: bool) {
        if let Some(index) = target.list {
            self.walks[index].scripted |= scripted;
        } else if let Some(near) = self.near.last_mut().filter(|near| near.url == *from) {
            near.scripted = scripted;
        }
    }

    /// Whether a page only repeats the one it was asked from. The page that is shown may bear the
    /// number 0 or 1, and where it is 1, servers take 0 for it too.
    fn is_echo<A>(&mut self, index: usize, reading: &Reading<A>) -> bool {
        let walk = &mut self.walks[index];
        let is_first = walk.echoes < MAX_ECHOES && walk.pages == 1;
        let is_echo = is_first && reading.next.as_ref().is_some_and(ListingRequest::is_post);
        walk.echoes += u32::from(is_echo);
        is_echo
    }

    /// A page of a list without a single entry: of one that was to lead back to what is known, it is no
    /// end but a break; read for the first time it is the end, unless it is another page altogether.
    fn end_empty<A>(&mut self, index: usize, reading: &Reading<A>) {
        if !self.walks[index].deep {
            return self.break_off(index);
        }
        if reading.links.is_empty() {
            return self.end_whole(index);
        }
        self.walks[index].cut = true;
        self.end_back(index);
    }

    /// Asked for further pages, a list shows its first for ever: that one was read, no more.
    fn end_first(&mut self, index: usize) {
        self.walks[index].cut = true;
        self.end_back(index);
        self.memory.watched[index].complete = true;
        self.memory.watched[index].resume = None;
    }

    /// A list ends before it meets what was known; the next night tries to close the gap.
    fn break_off(&mut self, index: usize) {
        self.walks[index].cut = true;
        self.walks[index].extent = Some(Extent::Apart);
    }

    /// A page without a list: it joins what was known if it shows an article that was. One that showed
    /// articles and shows none is not the page that it was; else it says nothing of what there is.
    fn end_links(&mut self, index: usize, target: &Target, linked: &Linked) {
        self.walks[index].extent = match linked {
            _ if self.meets_last(index) => Some(Extent::Joined),
            Linked { new: 0, known: 0, .. } if self.memory.watched[index].last.is_empty() => None,
            Linked { new: 0, known: 0, .. } => {
                Some(Extent::Unread(Cause::Unreadable, format!("{}: không còn nêu bài nào", target.url)))
            }
            Linked { .. } => Some(Extent::Apart),
        };
        self.memory.watched[index].complete = true;
    }

    /// A list that does not say how it goes on: it may, and what it shows is all that is known of it.
    fn end_single(&mut self, index: usize, items: &[Item]) {
        let back = newest_first(items).filter(|_| self.walks[index].deep).map(Extent::Back);
        let joins = self.meets_last(index);
        self.walks[index].extent = Some(back.unwrap_or(if joins { Extent::Joined } else { Extent::Apart }));
        self.memory.watched[index].complete = true;
    }

    /// A list found by a link that says how it goes on is watched from now on, and read back at once:
    /// where it goes on by requests of its own, which no link leads to, or where the file leaves the
    /// choice to us and it stands near the home page.
    fn begin_list<A>(&mut self, target: &Target, reading: &Reading<A>) -> Option<usize> {
        let next = reading.next.as_ref()?;
        let is_further = || self.platforms.generic().is_further(&target.url.to_url());
        let near = self.site.seeds.is_empty() && target.depth <= 1 && self.has_room() && !is_further();
        if target.aim == Aim::Recheck || reading.items.is_empty() || !(next.is_post() || near) {
            return None;
        }
        let index = self.watch(&target.url.to_url(), WatchKind::Page)?;
        (self.walks[index].deep, self.walks[index].met) = (true, true);
        Some(index)
    }

    /// Whether a list meets what it showed when it was last read.
    fn meets_last(&mut self, index: usize) -> bool {
        let met = self.walks[index].meets(&self.memory.watched[index].last);
        self.walks[index].met |= met;
        met
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
        self.named.note_feed(items);
        if let Some(index) = target.list {
            self.walks[index].listed = true;
            self.walks[index].show(&tally.pages, &self.memory.watched[index].last);
            let back = || newest_first(items).map_or(Extent::Apart, Extent::Back);
            let joins = self.meets_last(index);
            self.walks[index].extent = Some(if joins { Extent::Joined } else { back() });
            self.memory.watched[index].fruitful |= tally.ours > 0;
            self.memory.watched[index].complete = true;
        }
        Outcome::New
    }

    pub(super) fn sitemap(&mut self, target: &Target, sitemap: Sitemap, leads: &mut Leads<'_>) -> Outcome {
        self.frontier.done(&target.key);
        let Some(index) = target.list else { return Outcome::New };
        let tally = self.take_items(&sitemap.pages, Naming::Sitemap, leads);
        if target.aim == Aim::Watch && self.memory.watched[index].fruitful && is_emptied(&tally, &sitemap) {
            let detail = format!("{}: không còn nêu trang nào", target.url);
            self.walks[index].extent = Some(Extent::Unread(Cause::Unreadable, detail));
            return Outcome::New;
        }
        self.walks[index].show(&tally.pages, &[]);
        self.walks[index].cut |= sitemap.cut;
        self.memory.watched[index].fruitful |= tally.ours > 0;
        if target.aim == Aim::Watch {
            self.walks[index].deep = !self.follow_sitemaps(index, sitemap.sitemaps, &target.url);
        }
        let read = self.walks[index].open == 0 && !self.walks[index].cut;
        self.walks[index].extent = Some(if read { self.end_sitemap(index) } else { Extent::Apart });
        self.memory.watched[index].complete |= read;
        Outcome::New
    }

    /// A sitemap that was read, or so much of it as was touched. One that no longer holds what it held is
    /// one of the newest pages alone, and says nothing of what it left out.
    fn end_sitemap(&mut self, index: usize) -> Extent {
        let (watch, walk) = (&mut self.memory.watched[index], &mut self.walks[index]);
        if !walk.deep {
            return Extent::Joined;
        }
        let left = seam::left(&watch.last, |page| walk.shown.contains(&page));
        watch.last = seam::sample(walk.shown.iter().copied());
        if left != Left::All {
            watch.oldest = None;
        }
        match left {
            Left::All => Extent::Whole,
            Left::Some => Extent::Joined,
            Left::Nothing => Extent::Apart,
        }
    }

    /// The sitemaps of an index, the newest first; those not touched since the last reading are left
    /// out, and it says whether there were such. A date may stand for all of its day.
    fn follow_sitemaps(&mut self, index: usize, mut sitemaps: Vec<Item>, via: &CanonicalUrl) -> bool {
        // Of those without a date the last is the newest, as most programs number them.
        sitemaps.reverse();
        sitemaps.sort_by_key(|item| std::cmp::Reverse(item.date));
        let all = sitemaps.len();
        let read = self.memory.read.filter(|_| self.lastmod_trusted() && !self.bounds.full);
        let touched = |date: Time| read.is_none_or(|read| date + TimeDelta::days(1) >= read);
        sitemaps.retain(|item| item.date.is_none_or(touched));
        let left_out = sitemaps.len() < all;
        self.walks[index].cut |= sitemaps.len() > MAX_SITEMAPS;
        if sitemaps.len() > MAX_SITEMAPS {
            // The newer half each night, the others in turns.
            let older = &mut sitemaps[MAX_SITEMAPS / 2..];
            let nights = usize::try_from(self.conduct.from.timestamp() / 86_400).unwrap_or(0);
            older.rotate_left(nights * (MAX_SITEMAPS / 2) % older.len());
        }
        for item in sitemaps.iter().take(MAX_SITEMAPS) {
            self.follow(index, ListingRequest::link(&item.url), via);
        }
        left_out
    }
}

/// A sitemap that says nothing of a portal on which pages stand.
fn is_emptied(tally: &Tally, sitemap: &Sitemap) -> bool {
    tally.ours == 0 && sitemap.sitemaps.is_empty()
}

/// Whether a list of dated entries begins with the oldest.
fn is_oldest_first(items: &[Item]) -> bool {
    let dates: Option<Vec<Time>> = items.iter().map(|item| item.date).collect();
    let sorted = dates.filter(|dates| dates.len() > 2 && dates.is_sorted());
    sorted.is_some_and(|dates| dates.first() < dates.last())
}

/// The oldest date of a feed that stands in order, each entry with a date: what it leaves out is older.
fn newest_first(items: &[Item]) -> Option<Time> {
    let dates: Option<Vec<Time>> = items.iter().map(|item| item.date).collect();
    dates.filter(|dates| dates.is_sorted_by(|a, b| a >= b)).and_then(|dates| dates.last().copied())
}
