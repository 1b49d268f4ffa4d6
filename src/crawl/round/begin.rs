//! What a round begins with: the pages watched every night, what was left over, what is due.

use super::Round;
use super::walk::Walk;
use super::watch::MAX_WATCHED;
use crate::crawl::desk::{Aim, Hints, Target, Visit, Watch, WatchKind};
use crate::crawl::key_of;
use crate::platform::ListingRequest;
use crate::url::CanonicalUrl;
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

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
        self.named.note_unlinked(self.memory.unlinked.iter().copied());
        for index in self.tonight() {
            self.look_at(index);
        }
        // A first filling that was killed left no other word of these.
        let is_unlinked = |target: &&Target| !self.was_complete && target.hints.unlinked;
        self.named.note_unlinked(pending.iter().filter(is_unlinked).map(|target| xxh3_64(target.key.as_bytes())));
        for target in pending {
            let before = visit(&target.key);
            let waits = target.aim != Aim::Follow && !self.is_too_old(&target);
            if waits && before.as_ref().is_none_or(|v| !v.succeeded()) {
                self.frontier.offer_again(Target { tries: 0, before: before.map(Box::new), ..target });
            }
        }
        for target in due {
            let before = visit(&target.key).map(Box::new);
            self.frontier.offer(Target { aim: Aim::Recheck, before, ..target });
        }
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
            oldest: None,
            backwards: false,
            fruitful: false,
            seldom: false,
            last: Vec::new(),
        });
        self.walks.resize(self.memory.watched.len(), Walk::default());
        Some(self.memory.watched.len() - 1)
    }

    /// Queues the first request for a watched page.
    pub(super) fn look_at(&mut self, index: usize) {
        let url = self.memory.watched[index].url.clone();
        let key = key_of(&self.site, self.platform(), &url);
        self.walks[index].open += 1;
        self.walks[index].looked = true;
        self.walks[index].seen = self.memory.watched[index].visit.at;
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
