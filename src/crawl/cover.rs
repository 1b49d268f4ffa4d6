//! What a reading of a site covers: from when on a post would have been seen.
//!
//! Honest rather than generous: where something may have been missed, the reading covers only
//! what came after it, or nothing, and says why.

use crate::coverage::{Cause, Observation, Via};
use crate::crawl::desk::WatchKind;
use crate::site::Site;
use crate::time::{self, Time};
use chrono::{NaiveDate, TimeDelta, Timelike as _};

/// Everything that bears on it.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// The site.
    pub site: &'a Site,
    /// When the reading began.
    pub began: Time,
    /// When it ended.
    pub ended: Time,
    /// When the last reading began that left no gap.
    pub before: Option<Time>,
    /// Why nothing could be read at all.
    pub blocked: Option<(Cause, String)>,
    /// What was watched, and how far each was read.
    pub watched: Vec<(WatchKind, Extent)>,
    /// Every page that links lead to has been fetched, tonight or before, and no other way named one
    /// that they do not lead to.
    pub complete: bool,
    /// The sitemap has nearly every article that other ways found.
    pub sitemap_trusted: bool,
    /// The feeds have nearly every article that other ways found, as far as they reach.
    pub feed_trusted: bool,
    /// New articles that were not fetched: how many, how many undated, the newest date.
    pub unread: (usize, usize, Option<Time>),
    /// New articles that could not be read: the newest date, where all have one; a cause.
    pub lost: Option<(Option<Time>, Cause, String)>,
    /// Why the reading ended before its end.
    pub stopped: Option<Cause>,
}

/// How far a watched page was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Extent {
    /// To its end: it holds nothing older.
    Whole,
    /// Back to this date, without a gap.
    Back(Time),
    /// Back to items that were known.
    Joined,
    /// Not far enough to meet known items.
    Apart,
    /// Not at all.
    Unread(Cause, String),
}

/// The first moment that surely lies behind a date: pages tell the day, the minute or the second.
#[must_use]
pub fn behind(date: Time) -> Time {
    let unit = match (date.hour(), date.minute(), date.second()) {
        (0, 0, 0) => TimeDelta::days(1),
        (_, _, 0) => TimeDelta::minutes(1),
        _ => TimeDelta::seconds(1),
    };
    date + unit
}

/// The observation of a reading.
#[must_use]
pub fn observe(facts: &Facts<'_>) -> Observation {
    let blank = Observation {
        site: facts.site.id.clone(),
        at: facts.ended,
        since: None,
        via: Via::Nothing,
        cause: None,
        doubt: None,
        detail: String::new(),
    };
    if let Some((cause, detail)) = &facts.blocked {
        return Observation { cause: Some(*cause), detail: detail.clone(), ..blank };
    }
    let mut seen = match best_way(facts) {
        Ok((since, via)) => Observation { since: Some(since), via, ..blank },
        Err((cause, detail)) => Observation { cause: Some(cause), detail, ..blank },
    };
    leave_out_unread(facts, &mut seen);
    leave_out_lost(facts, &mut seen);
    seen
}

/// The beginning of everything: what a list read to its end reaches.
fn beginning(site: &Site) -> Time {
    let first = NaiveDate::from_ymd_opt(2000, 1, 1).expect("the year 2000 had a first day");
    time::start_of(site.from.unwrap_or(first))
}

fn best_way(facts: &Facts<'_>) -> Result<(Time, Via), (Cause, String)> {
    let pages = way(facts, WatchKind::Page);
    let trusted = |kind, is_trusted: bool| way(facts, kind).filter(|since| is_trusted || since.is_err());
    let sitemap = trusted(WatchKind::Sitemap, facts.sitemap_trusted);
    let feed = trusted(WatchKind::Feed, facts.feed_trusted);
    let first = facts.complete && facts.before.is_none() && facts.stopped.is_none();
    let pages = match pages {
        None if first => (Some(Ok(beginning(facts.site))), Via::Links),
        Some(Ok(since)) if first => (Some(Ok(since)), Via::Links),
        pages => (pages, Via::Listing),
    };
    let ways = [pages, (sitemap, Via::Sitemap), (feed, Via::Feed)];
    let found = ways.iter().filter_map(|(way, via)| Some((way.as_ref()?.as_ref().ok().copied()?, *via)));
    if let Some(best) = found.min_by_key(|(since, _)| *since) {
        return Ok(best);
    }
    let failure = ways.into_iter().find_map(|(way, _)| way?.err());
    let stopped = facts.stopped.map(|cause| (cause, String::new()));
    // A gap because the reading was cut short is called by what cut it short, and no sitemap that never
    // was there has a part in it.
    let failure = failure.filter(|(cause, _)| !matches!(cause, Cause::Gap | Cause::NotFound) || stopped.is_none());
    let silent = "trang xem hằng đêm không nêu bài nào; khai trang danh sách vào seeds trong sites.toml";
    Err(failure.or(stopped).unwrap_or((Cause::NotRead, silent.to_owned())))
}

/// From when on all watched pages of one kind together cover; `None` if there is none of it.
fn way(facts: &Facts<'_>, kind: WatchKind) -> Option<Result<Time, (Cause, String)>> {
    let extents: Vec<&Extent> = facts.watched.iter().filter(|(k, _)| *k == kind).map(|(_, e)| e).collect();
    let since = |extent: &&Extent| match extent {
        // A feed holds the newest few, and of what it likes: it says nothing of what it does not join.
        Extent::Whole | Extent::Back(_) if kind == WatchKind::Feed => Err((Cause::Gap, String::new())),
        Extent::Whole => Ok(beginning(facts.site)),
        // What shares the date of the oldest may stand where it was not read any more.
        Extent::Back(date) => Ok(behind(*date)),
        Extent::Joined => facts.before.ok_or((Cause::Gap, String::new())),
        Extent::Apart => Err((Cause::Gap, String::new())),
        Extent::Unread(cause, detail) => Err((*cause, detail.clone())),
    };
    let all: Result<Vec<Time>, _> = extents.iter().map(since).collect();
    // A list covers as far as it goes; several lists cover as far as the one that goes least far.
    (!extents.is_empty()).then(|| all.map(|dates| dates.into_iter().max().unwrap_or(facts.ended)))
}

/// Articles that wait for another night were not seen, nor was anything as old as they are.
fn leave_out_unread(facts: &Facts<'_>, seen: &mut Observation) {
    let (count, undated, newest) = facts.unread;
    if count == 0 {
        return;
    }
    let cause = facts.stopped.unwrap_or(Cause::Budget);
    let detail = format!("còn {count} tin chưa đọc");
    let since = newest.filter(|_| undated == 0).map(behind);
    narrow(seen, since, cause, detail);
}

fn leave_out_lost(facts: &Facts<'_>, seen: &mut Observation) {
    if let Some((newest, cause, detail)) = &facts.lost {
        narrow(seen, newest.map(behind), *cause, detail.clone());
    }
}

/// Takes away what lies before `since`, or everything.
fn narrow(seen: &mut Observation, since: Option<Time>, cause: Cause, detail: String) {
    seen.since = seen.since.and_then(|known| Some(known.max(since?))).filter(|since| *since < seen.at);
    if seen.cause.is_none() {
        (seen.cause, seen.detail) = (Some(cause), detail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::Sites;

    fn at(day: &str) -> Time {
        time::parse(&format!("{day}T22:00:00+07:00")).unwrap()
    }

    fn site() -> Site {
        let text = "[crawler]\ncontact = \"mailto:a@b.vn\"\n[[site]]\nid = \"a\"\nhost = \"a.vn\"\nchannel = \"other\"\nfrom = 2025-07-01\n";
        Sites::parse("s", text).unwrap().sites.remove(0)
    }

    fn facts(site: &Site) -> Facts<'_> {
        Facts {
            site,
            began: at("2026-05-10"),
            ended: at("2026-05-11"),
            before: Some(at("2026-05-09")),
            blocked: None,
            watched: Vec::new(),
            complete: false,
            sitemap_trusted: false,
            feed_trusted: true,
            unread: (0, 0, None),
            lost: None,
            stopped: None,
        }
    }

    fn line(facts: &Facts<'_>) -> String {
        let seen = observe(facts);
        let since = seen.since.map_or("never".to_owned(), |t| t.format("%Y-%m-%d").to_string());
        format!("{since} {:?} {}", seen.via, seen.cause.map_or("-", Cause::code))
    }

    #[test]
    fn a_date_hides_what_is_finer() {
        for (date, expected) in [
            ("2026-05-10T00:00:00", "2026-05-11T00:00:00"),
            ("2026-05-10T14:11:00", "2026-05-10T14:12:00"),
            ("2026-05-10T14:11:37", "2026-05-10T14:11:38"),
        ] {
            let time = |text: &str| time::parse(&format!("{text}+07:00")).unwrap();
            assert_eq!(behind(time(date)), time(expected));
        }
    }

    #[test]
    fn how_far_a_reading_reaches() {
        use Extent::{Apart, Back, Joined, Whole};
        use WatchKind::{Feed, Page, Sitemap};
        let site = site();
        let unread = || Extent::Unread(Cause::Timeout, String::new());
        for (watched, before, complete, trusted, expected) in [
            (vec![(Page, Joined)], true, true, false, "2026-05-09 Listing -"),
            (vec![(Page, Joined)], false, false, false, "never Nothing gap"),
            (vec![(Page, Whole)], false, false, false, "2025-07-01 Listing -"),
            (vec![(Page, Back(at("2026-03-01")))], false, false, false, "2026-03-01 Listing -"),
            (
                vec![(Page, Back(at("2026-03-01"))), (Page, Back(at("2026-04-01")))],
                false,
                false,
                false,
                "2026-04-01 Listing -",
            ),
            (vec![(Page, Whole), (Page, Joined)], true, true, false, "2026-05-09 Listing -"),
            (vec![(Page, Joined), (Page, unread())], true, true, false, "never Nothing timeout"),
            (vec![(Page, unread()), (Feed, Joined)], true, true, false, "2026-05-09 Feed -"),
            (vec![(Page, Apart)], true, true, false, "never Nothing gap"),
            (vec![(Page, Apart)], false, true, false, "never Nothing gap"),
            (vec![(Page, Joined)], false, true, false, "never Nothing gap"),
            (vec![(Feed, Joined)], true, true, false, "2026-05-09 Feed -"),
            (vec![(Feed, Apart)], true, true, false, "never Nothing gap"),
            (vec![(Feed, Whole)], false, false, false, "never Nothing gap"),
            (vec![(Feed, Back(at("2026-05-02")))], false, false, false, "never Nothing gap"),
            (vec![(Page, Apart), (Feed, Back(at("2026-05-10")))], true, true, false, "never Nothing gap"),
            (vec![(Sitemap, Whole)], true, true, true, "2025-07-01 Sitemap -"),
            (vec![(Sitemap, Whole)], false, false, false, "never Nothing not_read"),
            (vec![(Sitemap, Whole), (Feed, Joined)], true, true, true, "2025-07-01 Sitemap -"),
            (vec![], false, true, false, "2025-07-01 Links -"),
            (vec![], false, false, false, "never Nothing not_read"),
        ] {
            let before = before.then(|| at("2026-05-09"));
            let facts = Facts { watched, before, complete, sitemap_trusted: trusted, ..facts(&site) };
            assert_eq!(line(&facts), expected, "{facts:?}");
        }
    }

    #[test]
    fn what_was_not_read_is_not_covered() {
        let site = site();
        let base = || Facts { watched: vec![(WatchKind::Page, Extent::Whole)], ..facts(&site) };
        let date = Some(at("2026-02-01"));
        for (changed, expected) in [
            (Facts { unread: (3, 0, date), stopped: Some(Cause::Budget), ..base() }, "2026-02-01 Listing budget"),
            (Facts { unread: (3, 1, date), stopped: Some(Cause::Window), ..base() }, "never Listing window"),
            (Facts { lost: Some((date, Cause::Timeout, String::new())), ..base() }, "2026-02-01 Listing timeout"),
            (Facts { lost: Some((None, Cause::Broken, String::new())), ..base() }, "never Listing broken"),
            (
                Facts { watched: vec![(WatchKind::Page, Extent::Apart)], stopped: Some(Cause::Stopped), ..base() },
                "never Nothing stopped",
            ),
            (Facts { blocked: Some((Cause::Robots, String::new())), ..base() }, "never Nothing robots"),
        ] {
            assert_eq!(line(&changed), expected, "{changed:?}");
        }
    }
}
