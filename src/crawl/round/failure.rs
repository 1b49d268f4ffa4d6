//! What follows when a page cannot be had: it is tried once more, given up for tonight, or believed
//! to be gone; and whether an article may be hidden by it.

use super::digest::{Answer, Body};
use super::{MAX_NIGHTS, Round};
use crate::coverage::Cause;
use crate::crawl::cover::{Extent, behind};
use crate::crawl::desk::{Aim, Nature, Outcome, Reading, Target, Visit};
use crate::crawl::discover::traps::kin_of;
use crate::platform::Role;
use crate::time::Time;
use url::Url;

/// Nights for which a new link may lead nowhere before it is believed.
const NIGHTS_TO_APPEAR: u32 = 2;

/// Failures in a row after which a site is left for tonight.
const MAX_FAILURES: u32 = 5;

/// What stands in the way tonight, and what was not had for it.
#[derive(Default)]
pub(super) struct Hindrances {
    /// Nothing can be read.
    pub(super) blocked: Option<(Cause, String)>,
    /// The reading ended though something waited.
    pub(super) stopped: Option<Cause>,
    /// It ended, and nothing waited but looks at known articles.
    rests: bool,
    /// The home page leads to another host.
    pub(super) moved: Option<String>,
    /// Failures in a row.
    pub(super) failures: u32,
    /// Something could not be read that may be read another night.
    pub(super) missed: bool,
    /// Where tonight's reading does not cover it again, what was claimed from here on is in doubt.
    doubt: Option<Time>,
    /// Pages that could not be read and may hide new articles.
    lost: Vec<Lost>,
}

/// A page that could not be read and may hide a new article.
struct Lost {
    date: Option<Time>,
    cause: Cause,
    detail: String,
    /// It hides one only if its address is like those of articles, which a first night tells at its end.
    kin: Option<u64>,
    /// It is not waited for any longer.
    given_up: bool,
}

/// Whether a page that could not be had may be a new article.
enum Hides {
    Nothing,
    Perhaps,
    /// If its address is like those of articles.
    IfKin,
}

impl Hindrances {
    pub(super) fn block(&mut self, cause: Cause, detail: String) {
        self.blocked.get_or_insert((cause, detail));
    }

    pub(super) fn stop(&mut self, cause: Cause) {
        self.stopped.get_or_insert(cause);
    }

    /// What earlier readings claimed from here on may not have been seen.
    pub(super) fn doubt(&mut self, from: Option<Time>) {
        self.doubt = [self.doubt, from].into_iter().flatten().min();
    }

    /// From when on earlier claims are in doubt, given how far tonight's reading reaches back.
    pub(super) fn doubted(&self, since: Option<Time>) -> Option<Time> {
        self.doubt.filter(|_| since.is_none())
    }

    pub(super) fn rest(&mut self) {
        self.rests = true;
    }

    /// Whether nothing more is to be asked for.
    pub(super) fn end_it(&self) -> bool {
        self.cut_short() || self.rests
    }

    /// Whether something was to be read that was not.
    pub(super) fn cut_short(&self) -> bool {
        self.blocked.is_some() || self.stopped.is_some()
    }

    /// The new articles that could not be read, articles having addresses of this kin: the newest date,
    /// where each has one, and why.
    pub(super) fn lost(&self, kin: &[u64]) -> Option<(Option<Time>, Cause, String)> {
        let (dates, first) = (self.lost_of(kin).map(|lost| lost.date), self.lost_of(kin).next()?);
        let dates: Option<Vec<Time>> = dates.collect();
        Some((dates.and_then(|d| d.into_iter().max()), first.cause, first.detail.clone()))
    }

    /// Up to when nothing is to be claimed any more, since what was given up tonight may have stood there.
    pub(super) fn given_up(&self, kin: &[u64], tonight: Time) -> Option<Time> {
        let given_up = self.lost_of(kin).filter(|lost| lost.given_up);
        given_up.map(|lost| lost.date.unwrap_or(tonight)).max()
    }

    fn lost_of(&self, kin: &[u64]) -> impl Iterator<Item = &Lost> {
        self.lost.iter().filter(|lost| lost.kin.is_none_or(|own| kin.contains(&own)))
    }
}

impl Round {
    /// What follows from a page that could not be had.
    pub(super) fn fail(
        &mut self,
        target: &Target,
        before: &Visit,
        status: u16,
        cause: Cause,
        detail: String,
    ) -> Outcome {
        let transient = is_transient(cause);
        self.hindrances.failures = if transient { self.hindrances.failures + 1 } else { 0 };
        if self.hindrances.failures >= MAX_FAILURES {
            self.block(cause, format!("{MAX_FAILURES} lần liền, lần cuối tại {}: {detail}", target.url));
        }
        if cause == Cause::Moved {
            self.hindrances.moved = Some(detail.clone());
        }
        if transient && target.tries == 0 {
            self.retry(target);
            return Outcome::Failed(cause);
        }
        self.conduct.skip(cause);
        let is_gone = matches!(status, 404 | 410) || cause == Cause::NotFound;
        if is_gone && self.may_appear(target, before) {
            self.frontier.failed(target);
            return Outcome::Failed(Cause::NotFound);
        }
        if is_gone {
            self.give_up(target, before, Cause::NotFound, detail);
            // Only a second look tells that it was no accident, unless the server says so itself; and
            // nothing is gone that stands elsewhere.
            let is_second = before.status == 404 && before.unchanged == 0;
            let is_confirmed = is_second || status == 410 && before.stands();
            self.conduct.gone += u64::from(before.article && is_confirmed && target.via.is_none());
            return Outcome::Gone;
        }
        self.give_up(target, before, cause, detail);
        Outcome::Failed(cause)
    }

    /// An address that was not asked for: robots.txt forbids it, or its origin is not served at
    /// all, which says nothing about the site as long as that is read from another.
    pub(super) fn not_asked(&mut self, target: &Target, before: &Visit, cause: Cause, detail: String) -> Outcome {
        self.conduct.skip(cause);
        if cause == Cause::Robots || target.list.is_some() {
            self.give_up(target, before, cause, detail);
        } else {
            self.frontier.failed(target);
        }
        Outcome::Failed(cause)
    }

    fn retry(&mut self, target: &Target) {
        if let Some(index) = target.list {
            self.walks[index].open += 1;
        }
        self.later.push(Target { tries: 1, ..target.clone() });
    }

    /// A page will not be had tonight under any address.
    fn give_up(&mut self, target: &Target, before: &Visit, cause: Cause, detail: String) {
        if let Some(index) = target.list {
            self.walks[index].cut = true;
            self.hindrances.missed |= is_transient(cause);
            let is_first = target.aim == Aim::Watch;
            if is_first || self.walks[index].extent.is_none() {
                self.walks[index].extent = Some(Extent::Unread(cause, format!("{}: {detail}", target.url)));
            } else if self.walks[index].deep {
                self.end_back(index);
            } else {
                self.walks[index].extent = Some(Extent::Apart);
            }
            return;
        }
        if self.frontier.failed(target).is_none() {
            let hides = self.may_hide_article(target, cause);
            self.note_lost(target, before, hides, cause, detail);
        }
    }

    /// A page that is no article where one was promised is unread, and asked for again; where it is not
    /// yet known what the addresses of articles are like, the end of the night tells.
    pub(super) fn mind_missing<A>(
        &mut self,
        target: &Target,
        before: &Visit,
        reading: &Reading<A>,
        body: Body,
    ) -> Option<Outcome> {
        let detail = self.is_missing_article(target, before, reading, body)?.to_owned();
        if self.is_like_article(&target.url.to_url()) {
            return Some(self.fail(target, before, 0, Cause::Unreadable, detail));
        }
        self.note_lost(target, before, Hides::IfKin, Cause::Unreadable, detail);
        None
    }

    /// Why an article may be missing where a page stands that is none: a list dates it, or its address
    /// is one of articles, or like theirs, or the same page stands at several addresses and leads to none.
    fn is_missing_article<A>(
        &self,
        target: &Target,
        before: &Visit,
        reading: &Reading<A>,
        body: Body,
    ) -> Option<&'static str> {
        let is_found = matches!(target.aim, Aim::Article | Aim::Link);
        if before.article || !is_found {
            return None;
        }
        if self.awaits(target, before, reading) {
            return Some("địa chỉ như của bài, trang chưa có bài");
        }
        if reading.nature != Nature::Other || !reading.items.is_empty() {
            return None;
        }
        let is_promised = target.hints.date().is_some() || self.platform().role(&target.url.to_url()) == Role::Article;
        match target.aim {
            Aim::Article if is_promised => Some("danh sách nêu là bài, trang không bóc được bài"),
            _ if self.bodies.contains(&body.hash) && !reading.links.iter().any(|link| self.is_like_article(link)) => {
                Some("cùng một trang đứng ở nhiều địa chỉ của bài")
            }
            _ => None,
        }
    }

    /// A page that was not had may hide a new article: for some nights it is waited for, and then what
    /// came before stays unseen.
    fn note_lost(&mut self, target: &Target, before: &Visit, hides: Hides, cause: Cause, detail: String) {
        let detail = format!("{}: {detail}", target.url);
        let kin = match hides {
            Hides::Nothing => return,
            Hides::Perhaps => None,
            Hides::IfKin => Some(kin_of(&target.url.to_url())),
        };
        self.hindrances.missed |= is_transient(cause);
        if before.unchanged > MAX_NIGHTS && !self.bounds.full {
            return;
        }
        let given_up = before.unchanged == MAX_NIGHTS;
        let date = self.date_of(target).or(given_up.then_some(self.conduct.from));
        self.hindrances.lost.push(Lost { date, cause, detail, kin, given_up });
    }

    /// A file that stands among the articles of a list may be one, and nobody reads it: up to its date
    /// nothing is claimed. What has no date, or a date to come, hides nothing that could be named.
    pub(super) fn note_file(&mut self, url: &Url, date: Option<Time>) {
        let Some(date) = date.filter(|date| *date <= self.conduct.from) else { return };
        let is_known = self.memory.floor.is_some_and(|floor| behind(date) <= floor);
        if !is_known || self.bounds.full {
            let detail = format!("{url}: danh sách nêu một tệp, không đọc nội dung");
            let cause = Cause::Unreadable;
            self.hindrances.lost.push(Lost { date: Some(date), cause, detail, kin: None, given_up: true });
        }
    }

    /// The moment up to which an unread page may have been published, as far as its neighbours and its
    /// address tell.
    pub(super) fn date_of(&self, target: &Target) -> Option<Time> {
        let told = [target.hints.date(), self.platform().url_time(&target.url.to_url())];
        told.into_iter().flatten().max_by_key(|date| behind(*date))
    }

    /// A link that has just come up and leads nowhere yet may lead somewhere on the next nights.
    fn may_appear(&self, target: &Target, before: &Visit) -> bool {
        let is_found = matches!(target.aim, Aim::Article | Aim::Link);
        is_found && self.was_complete && !before.article && before.unchanged < NIGHTS_TO_APPEAR
    }

    /// Whether a page that could not be had may be a new article: what is listed as one, and on a
    /// site that had been read whole any new link, but for what its answer shows to be something else.
    /// What robots.txt forbids, leads away or is too large may be, if its address looks like theirs; and
    /// so may every link of a first filling, where menus and log-ins are new as well.
    fn may_hide_article(&self, target: &Target, cause: Cause) -> Hides {
        match (target.aim, cause) {
            (Aim::Watch | Aim::Follow | Aim::Recheck, _) | (_, Cause::NotFound) => Hides::Nothing,
            (Aim::Article, _) => Hides::Perhaps,
            (Aim::Link, Cause::Robots | Cause::Redirect | Cause::TooLarge) => Hides::IfKin,
            (Aim::Link, _) if self.was_complete || is_transient(cause) => Hides::Perhaps,
            (Aim::Link, _) => Hides::IfKin,
        }
    }
}

/// Whether the same request may well succeed at another time.
fn is_transient(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::Offline
            | Cause::Dns
            | Cause::Connect
            | Cause::Timeout
            | Cause::Broken
            | Cause::ServerError
            | Cause::Throttled
    )
}

/// The visit of a page that could not be had: of an article, what was known of it stays.
pub(super) fn failed_visit<A>(before: &Visit, answer: &Answer<A>) -> Visit {
    if before.article {
        return before.clone();
    }
    // A 404 that is asked for again is no answer yet.
    let status = if answer.status >= 400 && !matches!(answer.status, 404 | 410) { answer.status } else { 0 };
    Visit { at: Some(answer.at), status, unchanged: before.unchanged + 1, ..Visit::default() }
}
