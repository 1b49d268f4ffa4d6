//! How a round ends: what it covered, and what is remembered of it.

use super::walk::Walk;
use super::{MAX_NIGHTS, Round};
use crate::coverage::{Cause, Observation, Via};
use crate::crawl::alarm;
use crate::crawl::cover::{self, Extent, Facts};
use crate::crawl::desk::{Aim, Night, Target, Watch, WatchKind};
use crate::crawl::discover::traps::kin_of;
use crate::time::Time;
use chrono::TimeDelta;

/// Families of addresses remembered as bringing nothing.
const MAX_BARREN: usize = 1_000;

/// Pages remembered as named by a feed or a sitemap alone: one is enough to show that links do not
/// lead to everything, and these many will not all be linked to by chance.
const MAX_UNLINKED: usize = 1_000;

/// A gap because a list broke off is held open for so long.
const CLOSED_WITHIN: TimeDelta = TimeDelta::days(5);

/// Nights are remembered for so long.
const KEPT_NIGHTS: TimeDelta = TimeDelta::days(56);

impl Round {
    /// Ends the round: what it covered, and the memory and the ledger brought up to date.
    pub fn finish(&mut self, now: Time) -> Observation {
        self.conduct.to = now;
        self.walks.resize(self.memory.watched.len(), Walk::default());
        let trapped = self.mind_traps();
        let only_rechecks = self.waiting() == self.frontier.waiting(Aim::Recheck);
        let drained = self.hindrances.blocked.is_none() && (self.waiting() == 0 || only_rechecks);
        let first_time = !self.was_complete;
        self.memory.articles |= self.conduct.new + self.conduct.changed > 0;
        self.judge_watched();
        self.memory.complete |= drained && self.bounds.since.is_none() && !self.missed();
        let mut observation = cover::observe(&self.facts(now, drained, first_time));
        let to_be_closed = observation.cause == Some(Cause::Gap) && self.was_cut();
        if observation.cause == Some(Cause::Gap) && self.memory.complete && !to_be_closed {
            // What lies in the gap is not covered; what comes after this reading is, if the next joins it.
            self.memory.read = Some(self.conduct.from);
        }
        if self.memory.complete && self.memory.articles && observation.via != Via::Nothing {
            // However little a first filling covers for what it could not read, the next joins it.
            self.memory.read.get_or_insert(self.conduct.from);
        }
        if trapped > 0 && observation.cause.is_none() {
            observation.detail = format!("bỏ qua {trapped} địa chỉ thuộc những họ không dẫn tới bài nào");
        }
        let given_up = self.hindrances.given_up(&self.memory.kin, self.conduct.from);
        if self.bounds.full && self.hindrances.lost(&self.memory.kin).is_none() {
            // Everything was asked for once more, and had.
            self.memory.floor = None;
        }
        self.memory.floor = self.memory.floor.max(given_up.map(cover::behind));
        for bound in [self.bounds.since, self.memory.floor].into_iter().flatten() {
            observation.since = observation.since.map(|since| since.max(bound)).filter(|since| *since < observation.at);
        }
        let cut_short = self.hindrances.cut_short() || to_be_closed;
        self.keep_lasts(cut_short);
        if !cut_short {
            self.memory.settled = Some(now);
        }
        let suspects = self.suspects.iter().filter(|kin| self.memory.kin.contains(kin)).count();
        self.yielded.read = self.yielded.read.saturating_add(u32::try_from(suspects).unwrap_or(u32::MAX));
        if observation.since.is_some() || self.yielded.read > 0 {
            self.memory.nights.push(self.yielded.clone());
        }
        observation.doubt = self.hindrances.doubted(observation.since);
        let observation = self.mind_alarms(self.mind_emptiness(observation));
        if observation.since.is_some() {
            self.memory.read = Some(self.conduct.from);
        }
        self.keep_unlinked();
        self.forget_nights();
        observation
    }

    /// Notes and counts the addresses that were left as traps.
    fn mind_traps(&mut self) -> u64 {
        let trapped = self.frontier.trapped();
        if trapped > 0 {
            self.conduct.skipped.insert("trap".to_owned(), trapped);
        }
        self.memory.barren = self.frontier.barren();
        self.memory.barren.truncate(MAX_BARREN);
        trapped
    }

    /// Whether a list broke off in the middle, and lately: the next reading may read on to where it
    /// was known, and so close the gap.
    fn was_cut(&self) -> bool {
        let cut = self.walks.iter().any(|walk| walk.cut && walk.extent == Some(Extent::Apart));
        cut && self.memory.read.is_some_and(|read| self.conduct.from - read <= CLOSED_WITHIN)
    }

    /// What links have not led to is remembered until the first reading that covers something.
    pub(super) fn keep_unlinked(&mut self) {
        self.memory.unlinked.clear();
        if !self.memory.complete || self.memory.read.is_none() {
            self.memory.unlinked.extend(self.named.unlinked().iter().take(MAX_UNLINKED));
            self.memory.unlinked.sort_unstable();
        }
    }

    /// Whether a first filling could not read something that may be read another night. What never
    /// can be read must not keep it from ending.
    fn missed(&self) -> bool {
        self.hindrances.missed && self.memory.nights.len() < MAX_NIGHTS as usize
    }

    /// The new articles that wait, on a site that was read whole new links too, and of a first filling
    /// those links that look like articles: how many, how many of them without a date, and the newest date.
    fn unread(&self) -> (usize, usize, Option<Time>) {
        let is_kin = |target: &Target| self.memory.kin.contains(&kin_of(&target.url.to_url()));
        let may_be = |target: &&Target| match target.aim {
            Aim::Article => true,
            Aim::Link => self.was_complete || is_kin(target),
            Aim::Watch | Aim::Follow | Aim::Recheck => false,
        };
        let waiting = self.frontier.targets().chain(&self.later).filter(may_be);
        let dates: Vec<Option<Time>> = waiting.map(|target| self.date_of(target)).collect();
        let newest = dates.iter().flatten().copied().max_by_key(|date| cover::behind(*date));
        (dates.len(), dates.iter().filter(|d| d.is_none()).count(), newest)
    }

    /// A portal on which no article was ever recognised proves nothing by showing none: rather than
    /// empty, it is one that we cannot read.
    fn mind_emptiness(&self, observation: Observation) -> Observation {
        if self.memory.articles || observation.since.is_none() {
            return observation;
        }
        let detail =
            "chưa nhận ra bài nào trên cổng; xem `cchc sites check`, khai platform hoặc seeds trong sites.toml";
        Observation {
            since: None,
            via: Via::Nothing,
            cause: Some(Cause::Unreadable),
            detail: detail.into(),
            ..observation
        }
    }

    /// No reading of a portal that does not behave as it used to covers anything, and those before
    /// it are in doubt as well; when it is itself again, one reading covers all of that time.
    fn mind_alarms(&mut self, observation: Observation) -> Observation {
        if let Some(detail) = self.hindrances.moved.take() {
            return Observation { since: None, cause: Some(Cause::Moved), detail, ..observation };
        }
        if observation.since.is_none() {
            return observation;
        }
        let (nights, now, limits) = (&self.memory.nights, self.conduct.from, &self.settings.alarms);
        let standing = self.memory.alarm.as_ref().filter(|a| a.cause == Cause::FieldsLost).map(|a| a.from);
        let alarm = alarm::silence(nights, now, limits).or_else(|| alarm::fields(nights, now, standing, limits));
        self.memory.alarm = alarm.clone();
        alarm.map_or(observation.clone(), |alarm| alarm.of(&mut self.memory, observation))
    }

    /// Nights of long ago; those before an alarm stay as long as it stands, to measure by.
    fn forget_nights(&mut self) {
        let (now, alarm) = (self.conduct.from, self.memory.alarm.as_ref().map(|alarm| alarm.from));
        let measure = |night: &Night| alarm.is_some_and(|from| night.at < from && from - night.at <= KEPT_NIGHTS);
        self.memory.nights.retain(|night| now - night.at <= KEPT_NIGHTS || measure(night));
    }

    fn facts(&self, now: Time, drained: bool, first_time: bool) -> Facts<'_> {
        // What only a feed named shows that links do not lead to everything.
        let linked = self.named.unlinked().is_empty();
        let missed = self.missed();
        let is_section = |watch: &Watch| watch.kind == WatchKind::Page && !watch.seldom;
        let cut = self.lists().any(|(w, walk)| w.kind == WatchKind::Page && walk.cut);
        // Some sections say nothing of the others.
        let looked = self.lists().all(|(w, walk)| !is_section(w) || walk.looked);
        // Nor do they say everything where a feed or a sitemap named an article that none of them shows.
        let every = looked && !self.articles.newcomers().any(|(page, _)| self.named.unlinked().contains(&page));
        let ended = self.ended();
        let extent = |(watch, walk): (&Watch, &Walk)| {
            let kind = watch.kind;
            if kind == WatchKind::Page && (!every || watch.seldom) {
                return None;
            }
            // The first time that every link was followed, each page bears what it shows.
            let whole = drained && first_time && kind == WatchKind::Page && !walk.cut && linked && !missed;
            let unread = matches!(walk.extent, Some(Extent::Unread(..)));
            match &walk.extent {
                _ if whole && !unread => Some((kind, self.bears(watch, walk, &ended))),
                Some(Extent::Whole) if kind == WatchKind::Sitemap => {
                    Some((kind, watch.oldest.map_or(Extent::Joined, Extent::Back)))
                }
                extent => Some((kind, extent.clone()?)),
            }
        };
        let mut watched: Vec<(WatchKind, Extent)> = self.lists().filter_map(extent).collect();
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
            blocked: self.hindrances.blocked.clone(),
            watched,
            complete: self.memory.complete && linked && !cut,
            sitemap_trusted: self.sitemap_trusted() && !self.sitemap_lacks,
            feed_trusted: self.feed_trusted() && !self.feed_lacks,
            unread: self.unread(),
            lost: self.hindrances.lost(&self.memory.kin),
            stopped: self.hindrances.stopped,
        }
    }
}
