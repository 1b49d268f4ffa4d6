//! How a round ends: what it covered, and what is remembered of it.

use super::{Round, Walk};
use crate::coverage::{Cause, Observation};
use crate::crawl::cover::{self, Extent, Facts};
use crate::crawl::desk::{Aim, Night, Watch, WatchKind};
use crate::time::Time;
use chrono::TimeDelta;

/// Families of addresses remembered as bringing nothing.
const MAX_BARREN: usize = 1_000;

impl Round {
    /// Ends the round: what it covered, and the memory and the ledger brought up to date.
    pub fn finish(&mut self, now: Time) -> Observation {
        self.conduct.to = now;
        let trapped = self.frontier.trapped();
        if trapped > 0 {
            self.conduct.skipped.insert("trap".to_owned(), trapped);
        }
        let mut barren = self.frontier.barren();
        barren.truncate(MAX_BARREN);
        self.memory.barren = barren;
        let only_rechecks = self.waiting() == self.frontier.waiting(Aim::Recheck);
        let drained = self.blocked.is_none() && (self.waiting() == 0 || only_rechecks);
        let first_time = !self.memory.complete;
        self.memory.complete |= drained && self.bounds.since.is_none();
        let mut observation = cover::observe(&self.facts(now, drained, first_time));
        if let Some(bound) = self.bounds.since {
            observation.since = observation.since.map(|since| since.max(bound));
        }
        let observation = self.mind_silence(observation, now);
        if self.stopped.is_none() && self.blocked.is_none() {
            self.memory.settled = Some(now);
        }
        if observation.since.is_some() {
            self.memory.read = Some(self.conduct.from);
        }
        self.memory.nights.push(Night { at: self.conduct.from, new: self.found_new });
        self.memory.nights.retain(|night| now - night.at <= TimeDelta::days(56));
        observation
    }

    fn facts(&self, now: Time, drained: bool, first_time: bool) -> Facts<'_> {
        let extent = |(watch, walk): (&Watch, &Walk)| {
            let extent = walk.extent.clone()?;
            // The first time that every link was followed, each page was read to its end.
            let whole = drained && first_time && watch.kind == WatchKind::Page && !walk.cut;
            let unread = matches!(extent, Extent::Unread(..));
            Some((watch.kind, if whole && !unread { Extent::Whole } else { extent }))
        };
        let mut watched: Vec<(WatchKind, Extent)> =
            self.memory.watched.iter().zip(&self.walks).filter_map(extent).collect();
        // A page that is gone lists nothing any more; it hides nothing as long as others are there.
        let is_gone = |extent: &Extent| matches!(extent, Extent::Unread(Cause::NotFound, _));
        if !watched.iter().all(|(_, extent)| is_gone(extent)) {
            watched.retain(|(_, extent)| !is_gone(extent));
        }
        Facts {
            site: &self.site,
            began: self.conduct.from,
            ended: now,
            before: self.memory.read,
            blocked: self.blocked.clone(),
            watched,
            complete: self.memory.complete,
            sitemap_trusted: self.sitemap_trusted(),
            unread: self.frontier.unread(),
            lost: self.lost_articles(),
            stopped: self.stopped,
        }
    }

    fn lost_articles(&self) -> Option<(Option<Time>, Cause, String)> {
        let (_, cause, detail) = self.lost.first()?.clone();
        let dates: Option<Vec<Time>> = self.lost.iter().map(|(date, ..)| *date).collect();
        Some((dates.and_then(|d| d.into_iter().max()), cause, detail))
    }

    fn mind_silence(&self, observation: Observation, now: Time) -> Observation {
        if observation.since.is_none() || !cover::is_silent(&self.memory.nights, self.found_new, now) {
            return observation;
        }
        let detail = "trước đây mỗi tuần có từ ba tin, mười ngày nay không có tin nào".to_owned();
        Observation { since: None, cause: Some(Cause::Silence), detail, ..observation }
    }
}
