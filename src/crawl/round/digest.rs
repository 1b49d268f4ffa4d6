//! What follows from one answer.

use super::failure::failed_visit;
use super::offer::{Leads, Naming};
use super::{MAX_NIGHTS, Round};
use crate::article::CaptureRef;
use crate::coverage::Cause;
use crate::crawl::cover::Extent;
use crate::crawl::desk::{Aim, Fetched, Item, Nature, Outcome, Reading, Target, Visit, WatchKind};
use crate::crawl::discover::sitemap::Sitemap;
use crate::crawl::discover::traps::kin_of;
use crate::crawl::key_of;
use crate::time::Time;
use crate::url::CanonicalUrl;
use xxhash_rust::xxh3::xxh3_64;

/// Looks after which a page that may become a section is not looked at more seldom: once a week.
const MOST_SELDOM: u32 = 2;

/// An answer, read as far as it can be read without knowing the site.
#[derive(Debug)]
pub struct Answer<A> {
    /// When it came.
    pub at: Time,
    /// Where the request ended up after redirects, if elsewhere.
    pub landed: Option<CanonicalUrl>,
    /// The status; 0 if there was no answer.
    pub status: u16,
    /// Its capture, where one was made.
    pub capture: Option<CaptureRef>,
    /// Its ETag.
    pub etag: Option<String>,
    /// Its Last-Modified.
    pub last_modified: Option<String>,
    /// A request left; else robots.txt of its origin stood in the way, or could not be had.
    pub sent: bool,
    /// What it holds.
    pub content: Content<A>,
}

/// What the body of a page tells beside what is read of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Body {
    /// A hash of it.
    pub hash: u64,
    /// A list on it goes on by a script, which is not run.
    pub scripted: bool,
}

/// What an answer holds.
#[derive(Debug)]
pub enum Content<A> {
    /// The same as at the last visit.
    Unchanged,
    /// A page, and its body.
    Page(Box<Reading<A>>, Body),
    /// The entries of a feed.
    Feed(Vec<Item>),
    /// A sitemap.
    Sitemap(Sitemap),
    /// Nothing, for this reason.
    Failed(Cause, String),
}

impl<A> Content<A> {
    /// The entries of the list that it is or shows.
    fn items(&mut self) -> impl Iterator<Item = &mut Item> {
        let (list, more): (&mut [Item], &mut [Item]) = match self {
            Self::Page(reading, _) => (&mut reading.items, &mut []),
            Self::Feed(items) => (items, &mut []),
            Self::Sitemap(sitemap) => (&mut sitemap.pages, &mut sitemap.sitemaps),
            Self::Unchanged | Self::Failed(..) => (&mut [], &mut []),
        };
        list.iter_mut().chain(more)
    }
}

impl Round {
    /// Deals with an answer: new targets are queued, and everything the desk must know is told.
    /// `visit` looks up what is known of other pages.
    pub fn digest<A>(
        &mut self,
        target: Target,
        mut answer: Answer<A>,
        visit: &dyn Fn(&str) -> Option<Visit>,
    ) -> Fetched<A> {
        self.untold += 1;
        let before = self.before(&target).unwrap_or_default();
        let mut content = std::mem::replace(&mut answer.content, Content::Unchanged);
        content.items().for_each(Item::plausible);
        if self.fell_back(&target, answer.landed.as_ref()) {
            content = Content::Failed(Cause::Unreadable, "chuyển hướng về trang chủ".to_owned());
        }
        let from = answer.landed.clone().unwrap_or_else(|| target.url.clone());
        let mut leads = Leads { from: &from, depth: target.depth, visit, found: Vec::new(), aliases: Vec::new() };
        let mut event = blank_event(&self.site.id, &target, &before, &answer);
        if let Some(index) = target.list {
            self.walks[index].open = self.walks[index].open.saturating_sub(1);
        }
        event.outcome = match content {
            Content::Failed(cause, detail) if answer.sent => self.fail(&target, &before, answer.status, cause, detail),
            Content::Failed(cause, detail) => self.not_asked(&target, &before, cause, detail),
            Content::Unchanged => self.unchanged(&target, &mut event),
            Content::Page(reading, body) => self.page(&target, &before, reading, body, &mut event, &mut leads),
            Content::Feed(items) => self.feed(&target, &items, &mut leads),
            Content::Sitemap(sitemap) => self.sitemap(&target, sitemap, &mut leads),
        };
        match event.outcome {
            Outcome::Failed(_) => {
                event.visit = failed_visit(&before, &answer);
                event.stays_pending = before.unchanged < MAX_NIGHTS;
            }
            Outcome::Gone => {
                event.visit.status = if answer.status == 410 { 410 } else { 404 };
                event.visit.unchanged = if before.stands() { 0 } else { before.unchanged + 1 };
            }
            _ => self.hindrances.failures = 0,
        }
        if !event.visit.article && !matches!(event.outcome, Outcome::Failed(_)) {
            self.articles.set_aside(xxh3_64(target.key.as_bytes()));
        }
        self.note_landing(&target, &mut event);
        let found = event.visit.article && event.outcome == Outcome::New;
        self.mind_stand_in(&target, found.then(|| xxh3_64(target.key.as_bytes())));
        self.keep_watch(&target, &event);
        event.found = leads.found;
        event.aliases = leads.aliases;
        event
    }

    /// The address a redirect led to is dealt with as well.
    fn note_landing<A>(&mut self, target: &Target, event: &mut Fetched<A>) {
        let Some(landed) = &event.landed else { return };
        let key = key_of(&self.site, self.platform(), landed);
        if key != target.key && !matches!(event.outcome, Outcome::Failed(_)) {
            self.frontier.done(&key);
            event.landed_key = Some(key);
        }
    }

    /// Remembers the visit of a watched page, once what it led to is on its way to the desk. One that
    /// did not meet what was known, or that no longer is the page it was, is asked for whole again:
    /// "unchanged" would say that all is well.
    fn keep_watch<A>(&mut self, target: &Target, event: &Fetched<A>) {
        let (Aim::Watch, Some(index)) = (target.aim, target.list) else { return };
        let joined = match self.walks[index].extent {
            None | Some(Extent::Apart) => false,
            Some(Extent::Unread(..)) => matches!(event.outcome, Outcome::Failed(_) | Outcome::Gone),
            Some(Extent::Joined | Extent::Whole | Extent::Back(_)) => true,
        };
        let watch = &mut self.memory.watched[index];
        watch.visit = if watch.seldom {
            Visit { unchanged: (watch.visit.unchanged + 1).min(MOST_SELDOM), ..event.visit.clone() }
        } else if joined {
            event.visit.clone()
        } else {
            Visit { at: event.visit.at, first: event.visit.first, ..Visit::default() }
        };
    }

    /// 304, or the same bytes: for a watched page, everything on it is known.
    fn unchanged<A>(&mut self, target: &Target, event: &mut Fetched<A>) -> Outcome {
        event.visit.unchanged += 1;
        self.frontier.done(&target.key);
        if let (Aim::Watch, Some(index)) = (target.aim, target.list) {
            let is_seen = !self.memory.watched[index].backwards;
            self.walks[index].extent = Some(if is_seen { Extent::Joined } else { Extent::Apart });
            self.go_on_deep(index, &target.url);
        }
        if target.aim == Aim::Recheck && target.hints.sitemap.is_some() {
            self.memory.lastmod_wrong += 1;
        }
        Outcome::Unchanged
    }

    fn page<A>(
        &mut self,
        target: &Target,
        before: &Visit,
        mut reading: Box<Reading<A>>,
        body: Body,
        event: &mut Fetched<A>,
        leads: &mut Leads<'_>,
    ) -> Outcome {
        self.measure(target, before, &reading);
        if let Nature::Unusable(cause) = reading.nature {
            return self.fail(target, before, 0, cause, "nội dung trang".to_owned());
        }
        if self.memory.platform.is_none() && self.site.platform.is_none() {
            self.memory.platform = reading.platform.take().filter(|id| id != crate::platform::GENERIC);
        }
        if let Some(detail) = self.is_another(target, &reading) {
            return self.fail(target, before, 0, Cause::Unreadable, detail.to_owned());
        }
        self.name_watches(target, &reading);
        if reading.nature == Nature::Article {
            let article = reading.article.take();
            return self.article(target, before, article, &reading, event, leads);
        }
        if let Some(elsewhere) = self.led_away(target, before, &reading, event) {
            return self.fail(target, before, 0, Cause::NotFound, format!("chuyển hướng tới {elsewhere}"));
        }
        let unread = self.mind_missing(target, before, &reading, body);
        self.note_other(target, before, &reading, unread.is_some());
        if let Some(unread) = unread {
            // It may be no article after all.
            self.take_links(&reading.links, leads);
            return unread;
        }
        // A page that should be an article and is none, such as a stub, leaves its key to its other addresses.
        let expected = target.aim == Aim::Article && self.frontier.failed(target).is_some();
        if !expected {
            self.frontier.done(&target.key);
        }
        if reading.nature == Nature::NotHtml && target.list.is_some() {
            return self.fail(target, before, 0, Cause::Unreadable, "trang danh sách không phải HTML".to_owned());
        }
        if reading.nature == Nature::NotHtml {
            if target.aim == Aim::Article {
                self.note_file(&target.url.to_url(), target.hints.date());
            }
            return Outcome::New;
        }
        let is_repeated = !self.bodies.insert(body.hash);
        if is_repeated && target.list.is_none() {
            // The same page under another address leads nowhere new, and may lead round in circles.
            return Outcome::Unchanged;
        }
        let tally = self.take_items(&reading.items, Naming::List, leads);
        let linked = self.take_links(&reading.links, leads);
        self.walk(target, leads.from, &reading, &tally, &linked);
        self.note_script(target, leads.from, body.scripted);
        Outcome::New
    }

    /// Where an article was taken down and its address now leads, such as to the home page or a list.
    fn led_away<A>(
        &self,
        target: &Target,
        before: &Visit,
        reading: &Reading<A>,
        event: &mut Fetched<A>,
    ) -> Option<CanonicalUrl> {
        let was_article = before.article && reading.nature != Nature::NotHtml;
        let moved =
            |landed: &mut CanonicalUrl| was_article && key_of(&self.site, self.platform(), landed) != target.key;
        let elsewhere = event.landed.take_if(moved)?;
        event.visit.capture.clone_from(&before.capture);
        Some(elsewhere)
    }

    /// Why a page cannot be the one that was asked for.
    fn is_another<A>(&self, target: &Target, reading: &Reading<A>) -> Option<&'static str> {
        let is_list = target.list.is_none_or(|index| self.memory.watched[index].kind == WatchKind::Page);
        if !is_list {
            return Some("một trang đứng chỗ nguồn tin hay sơ đồ trang");
        }
        let is_empty = reading.nature == Nature::Other && reading.links.is_empty() && reading.items.is_empty();
        let is_found = matches!(target.aim, Aim::Article | Aim::Link);
        (is_empty && is_found && self.was_complete).then_some("trang không có bài và không dẫn đi đâu")
    }

    /// What an article, or what should be one, was found to have.
    fn measure<A>(&mut self, target: &Target, before: &Visit, reading: &Reading<A>) {
        let expected = target.aim == Aim::Article && reading.nature == Nature::Other;
        let is_new = target.aim != Aim::Recheck && (reading.nature == Nature::Article || expected);
        let is_first = before.unchanged == 0;
        if target.aim == Aim::Link && is_first && reading.nature == Nature::Other && reading.items.is_empty() {
            // It should have been one if its address is like those of articles; that is known later.
            self.suspects.push(kin_of(&target.url.to_url()));
        }
        let (titled, bodied) = reading.filled;
        self.yielded.read += u32::from(is_new);
        self.yielded.titled += u32::from(is_new && titled);
        self.yielded.dated += u32::from(is_new && reading.published.is_some());
        self.yielded.bodied += u32::from(is_new && bodied);
    }

    /// Whether an article is of these weeks: what a first reading digs up is no sign of life.
    fn is_news<A>(&self, target: &Target, reading: &Reading<A>) -> bool {
        let weeks = chrono::TimeDelta::weeks(self.settings.alarms.weeks);
        let date = reading.published.or(target.hints.date());
        date.map_or(self.memory.complete, |date| self.conduct.from - date <= weeks)
    }

    /// Feeds and sitemaps that a home page or a seed names are watched from now on.
    fn name_watches<A>(&mut self, target: &Target, reading: &Reading<A>) {
        if target.aim != Aim::Watch {
            return;
        }
        let named = reading.feeds.iter().map(|u| (u, WatchKind::Feed)).take(3);
        let named = named.chain(reading.sitemaps.iter().map(|u| (u, WatchKind::Sitemap)).take(2));
        for (url, kind) in named {
            if self.site.has_address(url)
                && let Some(index) = self.watch(url, kind)
            {
                self.look_at(index);
            }
        }
    }

    fn article<A>(
        &mut self,
        target: &Target,
        before: &Visit,
        article: Option<A>,
        reading: &Reading<A>,
        event: &mut Fetched<A>,
        leads: &mut Leads<'_>,
    ) -> Outcome {
        self.frontier.done(&target.key);
        self.note_kin(&target.url);
        event.visit.article = true;
        event.visit.text_hash = reading.text_hash;
        // Of an article whose text nobody measured, nobody can say that it changed.
        let is_measured = before.text_hash.is_some();
        let outcome = match (before.article, !is_measured || before.text_hash == reading.text_hash) {
            (false, _) => Outcome::New,
            (true, true) => Outcome::Unchanged,
            (true, false) => Outcome::Changed,
        };
        if target.hints.sitemap.is_some() && target.aim == Aim::Recheck {
            self.memory.lastmod_right += u32::from(outcome == Outcome::Changed);
            self.memory.lastmod_wrong += u32::from(outcome == Outcome::Unchanged);
        }
        event.visit.unchanged = if outcome == Outcome::Unchanged { before.unchanged + 1 } else { 0 };
        event.same_as = self.same_text(target, reading.twin_hash);
        if outcome == Outcome::New && event.same_as.is_none() {
            // A list earns trust by the articles it leads to, not by its links: those a trap has too.
            let via = target.via.as_deref().and_then(CanonicalUrl::parse);
            via.iter().chain([&target.url]).for_each(|url| self.frontier.fruitful(url));
            self.yielded.new += u32::from(self.is_news(target, reading));
            self.conduct.new += 1;
            let date = reading.published.or(target.hints.date());
            self.articles.add(xxh3_64(target.key.as_bytes()), date);
        }
        self.conduct.changed += u64::from(outcome == Outcome::Changed);
        if outcome != Outcome::Unchanged || !is_measured {
            event.article = article;
        }
        self.take_links(&reading.links, leads);
        outcome
    }

    /// The key under which the same article has been seen tonight. Where addresses bear item ids,
    /// two ids are two articles, whatever they say.
    fn same_text(&mut self, target: &Target, text: Option<u64>) -> Option<String> {
        if self.platform().item_id(&target.url.to_url()).is_some() {
            return None;
        }
        let first = self.texts.entry(text?).or_insert_with(|| target.key.clone());
        (*first != target.key).then(|| first.clone())
    }
}

fn blank_event<A>(site: &str, target: &Target, before: &Visit, answer: &Answer<A>) -> Fetched<A> {
    let kept = answer.status == 304 || answer.capture.is_none() || answer.status >= 400;
    let capture = if kept { before.capture.clone() } else { answer.capture.clone() };
    let visit = Visit {
        at: Some(answer.at),
        status: if answer.status == 304 { 200 } else { answer.status },
        article: before.article,
        etag: answer.etag.clone().or_else(|| before.etag.clone().filter(|_| kept)),
        last_modified: answer.last_modified.clone().or_else(|| before.last_modified.clone().filter(|_| kept)),
        capture,
        unchanged: before.unchanged,
        first: before.first.or(Some(answer.at)),
        text_hash: before.text_hash,
    };
    Fetched {
        site: site.to_owned(),
        key: target.key.clone(),
        url: target.url.clone(),
        landed: answer.landed.clone(),
        landed_key: None,
        aim: target.aim,
        visit,
        capture: answer.capture.clone(),
        article: None,
        same_as: None,
        outcome: Outcome::New,
        stays_pending: false,
        hints: target.hints,
        found: Vec::new(),
        aliases: Vec::new(),
    }
}
