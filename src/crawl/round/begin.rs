//! What a round begins with: the pages watched every night, what was left over, what is due.

use super::{Round, Walk};
use crate::crawl::desk::{Aim, Hints, Target, Visit, Watch, WatchKind};
use crate::crawl::key_of;
use crate::crawl::schedule;
use crate::platform::ListingRequest;
use crate::url::CanonicalUrl;
use url::Url;

/// Pages watched every night; a portal has a dozen sections.
const MAX_WATCHED: usize = 60;

/// Links from a seed to what a list near the home page names.
const LISTED_AT: u16 = 2;

impl Round {
    /// Fills the queue: what is watched, what was left over, what is due. `home` is where a site
    /// begins that is read for the first time, `sitemaps` are those that robots.txt names. Pending
    /// targets that were fetched after all are left out.
    pub fn start(
        &mut self,
        home: &[Url],
        sitemaps: &[Url],
        pending: Vec<Target>,
        due: Vec<Target>,
        visit: &dyn Fn(&str) -> Option<Visit>,
    ) {
        if self.memory.watched.is_empty() {
            for url in home {
                self.watch(url, WatchKind::Page);
            }
        }
        for url in sitemaps.iter().take(5) {
            self.watch(url, WatchKind::Sitemap);
        }
        self.walks.resize(self.memory.watched.len(), Walk::default());
        self.frontier.distrust(&self.memory.barren);
        self.unlinked.extend(&self.memory.unlinked);
        for index in self.tonight() {
            self.look_at(index);
        }
        for target in pending {
            let before = visit(&target.key);
            let waits = target.aim != Aim::Follow && !self.is_too_old(&target);
            if waits && before.as_ref().is_none_or(|v| !v.succeeded()) {
                self.frontier.offer(Target { tries: 0, before: before.map(Box::new), ..target });
            }
        }
        for target in due {
            let before = visit(&target.key).map(Box::new);
            self.frontier.offer(Target { aim: Aim::Recheck, before, ..target });
        }
    }

    /// Which watched pages are looked at tonight: all, until a feed or a sitemap has proved that
    /// two requests are enough.
    fn tonight(&self) -> Vec<usize> {
        let watched = &self.memory.watched;
        let all: Vec<usize> = (0..watched.len()).filter(|i| !self.is_missing(&watched[*i])).collect();
        let settled = self.memory.complete && self.memory.read.is_some() && !self.bounds.full;
        let proved = |kind| {
            let trusted = kind != WatchKind::Sitemap || self.sitemap_trusted();
            move |i: &usize| watched[*i].kind == kind && watched[*i].fruitful && !is_gone(&watched[*i]) && trusted
        };
        let sitemap = all.iter().copied().find(proved(WatchKind::Sitemap));
        let feed = all.iter().copied().find(proved(WatchKind::Feed));
        let unfinished = watched.iter().any(|w| !w.complete && !is_gone(w));
        if !settled || unfinished || (sitemap.is_none() && feed.is_none()) {
            return all;
        }
        let page = all.iter().copied().find(|i| watched[*i].kind == WatchKind::Page);
        sitemap.into_iter().chain(feed).chain(page).take(2).collect()
    }

    /// Whether a feed or a sitemap was not there, and is not yet due to be asked for once more.
    fn is_missing(&self, watch: &Watch) -> bool {
        let is_due = || schedule::next_look(&watch.visit).is_none_or(|at| at <= self.conduct.from);
        watch.kind != WatchKind::Page && is_gone(watch) && !self.bounds.full && !is_due()
    }

    pub(super) fn sitemap_trusted(&self) -> bool {
        self.memory.sitemap_has >= 3 && self.memory.sitemap_lacks * 20 <= self.memory.sitemap_has
    }

    /// Adds a page to those watched; `None` if it was there already or there are too many.
    pub(super) fn watch(&mut self, url: &Url, kind: WatchKind) -> Option<usize> {
        let url = CanonicalUrl::new(url)?;
        let known = self.memory.watched.iter().any(|w| w.url.key() == url.key());
        if known || self.memory.watched.len() >= MAX_WATCHED {
            return None;
        }
        let visit = Visit::default();
        self.memory.watched.push(Watch {
            url,
            kind,
            visit,
            complete: false,
            reached: None,
            resume: None,
            fruitful: false,
        });
        self.walks.resize(self.memory.watched.len(), Walk::default());
        Some(self.memory.watched.len() - 1)
    }

    /// A page near the home page where a new article was found is watched from now on, if the file
    /// leaves the choice to us: the next one may stand nowhere else.
    pub(super) fn watch_source(&mut self, article: &Target, visit: &dyn Fn(&str) -> Option<Visit>) {
        let via = article.via.as_deref().and_then(CanonicalUrl::parse).filter(|_| article.depth == LISTED_AT);
        let Some(url) = via.map(|url| url.to_url()).filter(|_| self.site.seeds.is_empty()) else { return };
        let key = CanonicalUrl::new(&url).map(|url| key_of(&self.site, self.platform(), &url));
        let is_list = key.and_then(|key| visit(&key)).is_some_and(|seen| seen.succeeded() && !seen.article);
        if is_list {
            self.watch_from_now(&url);
        }
    }

    /// Watches a page that shows articles, unless it is but a further page of a list: news come first.
    pub(super) fn watch_from_now(&mut self, url: &Url) {
        if !self.platforms.generic().is_further(url)
            && let Some(index) = self.watch(url, WatchKind::Page)
        {
            self.memory.watched[index].complete = true;
            self.memory.watched[index].fruitful = true;
        }
    }

    /// Queues the first request for a watched page.
    pub(super) fn look_at(&mut self, index: usize) {
        let url = self.memory.watched[index].url.clone();
        let key = key_of(&self.site, self.platform(), &url);
        self.walks[index].open += 1;
        self.frontier.push(Target {
            key,
            url,
            aim: Aim::Watch,
            depth: 0,
            via: None,
            hints: Hints::default(),
            request: None,
            list: Some(index),
            tries: 0,
            before: None,
        });
    }

    /// Queues the next part of a list.
    pub(super) fn follow(&mut self, index: usize, request: ListingRequest, via: &CanonicalUrl) {
        let Some(url) = CanonicalUrl::parse(&request.url) else { return };
        if !self.site.has_address(&url.to_url()) {
            return;
        }
        let key = match request.is_post() {
            true => format!("POST {} {}", url.key(), request.body()),
            false => key_of(&self.site, self.platform(), &url),
        };
        self.walks[index].open += 1;
        self.frontier.push(Target {
            key,
            url,
            aim: Aim::Follow,
            depth: 0,
            via: Some(via.to_string()),
            hints: Hints::default(),
            request: Some(request),
            list: Some(index),
            tries: 0,
            before: None,
        });
    }
}

/// Whether a watched page was not there when it was last asked for.
fn is_gone(watch: &Watch) -> bool {
    matches!(watch.visit.status, 404 | 410)
}
