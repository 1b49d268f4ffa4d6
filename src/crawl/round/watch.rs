//! Which pages are watched, and what one night's look at them proves.
//!
//! Sections are watched every night; what may become one, ever more seldom. A feed or a sitemap
//! that has named everything so far stands in for them, is held against one of them each night, and
//! loses its place when it lacks what that one shows.

use super::offer::Shown;
use super::walk::Walk;
use super::{Near, Round, seam};
use crate::crawl::cover::Extent;
use crate::crawl::desk::{Aim, Target, Visit, Watch, WatchKind};
use crate::crawl::key_of;
use crate::crawl::schedule;
use crate::time::Time;
use crate::url::CanonicalUrl;
use foldhash::HashSet;
use xxhash_rust::xxh3::xxh3_64;

/// Sections watched every night; a portal has a few dozen.
const MAX_SECTIONS: usize = 120;

/// All that is watched: sections, feeds, sitemaps, and pages that may become a section.
pub(super) const MAX_WATCHED: usize = 300;

/// Looks in one night at pages that may become a section.
const SELDOM_A_NIGHT: usize = 2;

/// Links from the home page to a page that may be a section.
const NEAR: u16 = 2;

/// New articles that a feed or a sitemap must have named before it is relied on.
const PROOF: u32 = 3;

impl Round {
    /// Which watched pages are looked at tonight: all sections, until a feed or a sitemap has proved
    /// that two requests are enough; the second goes to the page that was not looked at for longest.
    pub(super) fn tonight(&mut self) -> Vec<usize> {
        let watched = &self.memory.watched;
        let present = |i: &usize| !self.is_missing(&watched[*i]);
        let steady = |i: &usize| present(i) && !watched[*i].seldom;
        let settled = self.memory.complete && self.memory.read.is_some() && !self.bounds.full;
        let unfinished = watched.iter().any(|w| !w.complete && !is_gone(w));
        let proved = |kind, trusted: bool| {
            let is_it = |i: &usize| watched[*i].kind == kind && watched[*i].fruitful && !is_gone(&watched[*i]);
            (0..watched.len()).find(|i| trusted && is_it(i))
        };
        let standing_in = proved(WatchKind::Sitemap, self.sitemap_trusted());
        let standing_in = standing_in.or_else(|| proved(WatchKind::Feed, self.feed_trusted()));
        if let Some(index) = standing_in.filter(|_| settled && !unfinished) {
            self.short = true;
            return [Some(index), self.one_page()].into_iter().flatten().collect();
        }
        let due = |i: &usize| watched[*i].seldom && present(i) && self.is_due(&watched[*i]);
        let mut seldom: Vec<usize> = (0..watched.len()).filter(|i| settled && due(i)).collect();
        seldom.sort_by_key(|i| watched[*i].visit.at);
        (0..watched.len()).filter(steady).chain(seldom.into_iter().take(SELDOM_A_NIGHT)).collect()
    }

    /// The page that is held against what stands in for all of them: the one that was not looked at for
    /// longest, and every other night the home page where it shows articles, since news come there first.
    fn one_page(&self) -> Option<usize> {
        let watched = &self.memory.watched;
        let pages =
            || (0..watched.len()).filter(|i| watched[*i].kind == WatchKind::Page && !self.is_missing(&watched[*i]));
        let latest = pages().filter_map(|i| watched[i].visit.at).max();
        let is_lively = |i: &usize| !watched[*i].last.is_empty() && watched[*i].visit.at < latest;
        pages().next().filter(|i| *i == 0 && is_lively(i)).or_else(|| pages().min_by_key(|i| watched[*i].visit.at))
    }

    /// Since when not every section has been looked at.
    fn unseen_since(&self) -> Option<Time> {
        let sections = self.memory.watched.iter().filter(|watch| watch.kind == WatchKind::Page && !watch.seldom);
        sections.filter_map(|watch| watch.visit.at).min()
    }

    /// Whether a feed or a sitemap was not there, and is not yet due to be asked for once more.
    fn is_missing(&self, watch: &Watch) -> bool {
        watch.kind != WatchKind::Page && is_gone(watch) && !self.bounds.full && !self.is_due(watch)
    }

    fn is_due(&self, watch: &Watch) -> bool {
        schedule::next_look(&watch.visit).is_none_or(|at| at <= self.conduct.from)
    }

    pub(super) fn sitemap_trusted(&self) -> bool {
        self.memory.sitemap_has >= PROOF && self.memory.sitemap_lacks * 20 <= self.memory.sitemap_has
    }

    pub(super) fn feed_trusted(&self) -> bool {
        self.memory.feed_has >= PROOF && self.memory.feed_lacks * 20 <= self.memory.feed_has
    }

    /// Where a feed or a sitemap stands in for the sections and turns out not to, they are looked at
    /// after all: it could not be read, does not reach back to what was known, or lacks an article that
    /// was found another way.
    pub(super) fn mind_stand_in(&mut self, target: &Target, page: Option<u64>) {
        if !self.short {
            return;
        }
        let failed = target.list.filter(|index| {
            let (watch, walk) = (&self.memory.watched[*index], &self.walks[*index]);
            watch.kind != WatchKind::Page && walk.open == 0 && !walk.is_read()
        });
        let lacking = page.is_some_and(|page| !self.named.has(page));
        if failed.is_none() && !lacking {
            return;
        }
        self.short = false;
        if lacking {
            // Unless the sections all meet what they showed, what was claimed without them is in doubt.
            self.hindrances.doubt(self.unseen_since());
            (self.memory.sitemap_has, self.memory.sitemap_lacks) = (0, 0);
            (self.memory.feed_has, self.memory.feed_lacks) = (0, 0);
        }
        for index in 0..self.memory.watched.len() {
            let watch = &self.memory.watched[index];
            if !self.walks[index].looked && !watch.seldom && !self.is_missing(watch) {
                self.look_at(index);
            }
        }
    }

    /// What is watched, each with how far it was read tonight.
    pub(super) fn lists(&self) -> impl Iterator<Item = (&Watch, &Walk)> {
        self.memory.watched.iter().zip(&self.walks)
    }

    /// A page near the home page may be a list, if the file leaves the choice to us.
    pub(super) fn note_near(&mut self, url: &CanonicalUrl, depth: u16, shown: Vec<Shown>) {
        if self.site.seeds.is_empty() && depth <= NEAR && self.near.len() < MAX_WATCHED {
            self.near.push(Near { url: url.clone(), depth, shown, scripted: false });
        }
    }

    /// Now that it is known which pages are articles: what did not join by itself joins by what others
    /// hold, the feeds and the sitemap are judged, and new sections are watched from now on.
    pub(super) fn judge_watched(&mut self) {
        self.join_by_others();
        self.judge_sitemap();
        self.judge_feeds();
        self.find_sections();
        self.note_oldest();
    }

    /// A page that shows nothing new has nothing to join; one whose news all stand on lists that join
    /// says nothing of its own.
    fn join_by_others(&mut self) {
        let held: HashSet<u64> =
            self.walks.iter().filter(|walk| walk.holds()).flat_map(|walk| walk.shown.iter().copied()).collect();
        for (watch, walk) in self.memory.watched.iter().zip(&mut self.walks) {
            if watch.kind != WatchKind::Page
                || walk.cut
                || walk.extent != Some(Extent::Apart)
                || walk.backwards
                || watch.backwards
            {
                continue;
            }
            let mut news = walk.shown.iter().filter(|page| self.articles.is_new(**page)).peekable();
            let shows_any = walk.shown.iter().any(|page| self.articles.has(*page));
            if walk.meets_by(&self.articles, &watch.last) || news.peek().is_none() && shows_any {
                (walk.extent, walk.met) = (Some(Extent::Joined), true);
            } else if news.peek().is_some() && news.all(|page| held.contains(page)) {
                walk.extent = None;
            }
        }
    }

    /// Whether the sitemap has the articles that were found tonight, if it was read whole; one that
    /// did not change has none of them.
    fn judge_sitemap(&mut self) {
        if self.lists().any(|(watch, walk)| watch.kind == WatchKind::Sitemap && walk.is_read()) {
            let (has, lacks) = self.named.on_sitemap(&self.articles);
            count(&mut self.memory.sitemap_has, has);
            count(&mut self.memory.sitemap_lacks, lacks);
            self.sitemap_lacks |= lacks > 0;
        }
    }

    /// Whether the feeds named the articles that were found tonight and that they reach back to.
    fn judge_feeds(&mut self) {
        let all = self.lists().any(|(w, walk)| w.kind == WatchKind::Feed && walk.extent == Some(Extent::Joined));
        let (has, lacks) = self.named.in_feeds(&self.articles, all);
        count(&mut self.memory.feed_has, has);
        count(&mut self.memory.feed_lacks, lacks);
        self.feed_lacks |= lacks > 0;
    }

    /// Pages near the home page that show an article which no section shows are sections; of the
    /// others it is not known, and they are looked at now and then.
    fn find_sections(&mut self) {
        let steady = |(watch, walk): (&Watch, &Walk)| {
            let shown = watch.kind == WatchKind::Page && !watch.seldom;
            shown.then(|| walk.shown.iter().copied().collect::<Vec<_>>())
        };
        let mut held: HashSet<u64> = self.lists().filter_map(steady).flatten().collect();
        let mut sections = self.sections();
        for index in 0..self.memory.watched.len() {
            let own = |page: &u64| self.articles.is_new(*page) && !held.contains(page);
            if self.memory.watched[index].seldom && self.walks[index].shown.iter().any(own) {
                self.memory.watched[index].seldom = false;
                self.judge_new_section(index);
                held.extend(&self.walks[index].shown);
                sections += 1;
            }
        }
        for near in std::mem::take(&mut self.near) {
            let url = near.url.to_url();
            let further = self.platforms.generic().is_further(&url);
            let own = near.shown.iter().any(|(page, _)| self.articles.has(*page) && !held.contains(page));
            let is_section = own && !further && sections < MAX_SECTIONS;
            if !is_section && (near.depth > 1 || further) {
                continue;
            }
            let Some(index) = self.watch(&url, WatchKind::Page) else { continue };
            self.memory.watched[index].complete = true;
            self.memory.watched[index].seldom = !is_section;
            let read = Some(self.conduct.from);
            self.memory.watched[index].visit = Visit { at: read, first: read, ..Visit::default() };
            self.walks[index].looked = true;
            if is_section {
                sections += 1;
                self.walks[index].show(&near.shown, &[]);
                (self.walks[index].found, self.walks[index].scripted) = (true, near.scripted);
                self.keep_last(index);
                held.extend(near.shown.iter().map(|(page, _)| *page));
            }
        }
    }

    /// A page that was looked at now and then shows news of its own. If it showed no article before, and
    /// shows few, it shows all that came; else more may have come and gone since it was looked at.
    fn judge_new_section(&mut self, index: usize) {
        let (watch, walk) = (&self.memory.watched[index], &self.walks[index]);
        if walk.extent == Some(Extent::Joined) {
            return;
        }
        let shows_all = watch.last.is_empty() && !walk.scripted && !walk.cut && walk.is_short(&self.articles);
        let seen = walk.seen;
        self.walks[index].extent = Some(if shows_all { Extent::Joined } else { Extent::Apart });
        if !shows_all {
            self.hindrances.doubt(seen);
        }
    }

    /// What the lists show first is what they are known again by, also behind a gap. Where the night
    /// was cut short, only of those that meet what they showed before: the others are to do so yet.
    pub(super) fn keep_lasts(&mut self, cut_short: bool) {
        for index in 0..self.memory.watched.len() {
            let walk = &self.walks[index];
            if !matches!(walk.extent, Some(Extent::Unread(..))) && (walk.met || !cut_short) {
                self.keep_last(index);
            }
        }
    }

    /// Of a page without a list, articles alone count; of a list its entries are what it is known by.
    fn keep_last(&mut self, index: usize) {
        let (watch, walk) = (&mut self.memory.watched[index], &self.walks[index]);
        if watch.kind == WatchKind::Sitemap {
            return;
        }
        let entries = if walk.listed { walk.first.clone() } else { walk.articles(&self.articles) };
        watch.last = seam::kept(&entries, &watch.last);
    }

    /// Whether a watched page was led to where the site is entered: its own page is not there.
    pub(super) fn fell_back(&mut self, target: &Target, landed: Option<&CanonicalUrl>) -> bool {
        let Some(index) = target.list.filter(|_| target.aim == Aim::Watch) else { return false };
        let key = |url: &CanonicalUrl| xxh3_64(key_of(&self.site, self.platform(), url).as_bytes());
        let at = key(landed.unwrap_or(&target.url));
        if index == 0 {
            self.entrance = Some(at);
            return false;
        }
        landed.is_some() && self.entrance == Some(at)
    }

    /// Pages watched every night.
    fn sections(&self) -> usize {
        self.memory.watched.iter().filter(|w| w.kind == WatchKind::Page && !w.seldom).count()
    }

    /// Whether one more section may be watched every night.
    pub(super) fn has_room(&self) -> bool {
        self.sections() < MAX_SECTIONS
    }

    /// Whether a page is looked at ever more seldom.
    #[must_use]
    pub fn is_again(&self, target: &Target) -> bool {
        let seldom = || target.list.is_some_and(|index| self.memory.watched[index].seldom);
        target.aim == Aim::Recheck || target.aim == Aim::Watch && seldom()
    }
}

fn count(counter: &mut u32, more: usize) {
    *counter = counter.saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
}

/// Whether a watched page was not there when it was last asked for.
fn is_gone(watch: &Watch) -> bool {
    matches!(watch.visit.status, 404 | 410)
}
