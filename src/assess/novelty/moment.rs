//! Which text was first.
//!
//! A page may show any date. It is believed for the order of texts, as it is for the periods, but
//! everything else that is known of the same article is held against it, and what does not agree
//! is said ("ngày đăng không khớp"), never settled in silence.

use crate::article::{About, Article, Precision, Reason};
use crate::time::{self, Time};
use chrono::{TimeDelta, Timelike as _};

/// A time of publication, as exactly as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The time; a day's is any in it.
    pub at: Time,
    /// How exactly.
    pub precision: Precision,
}

impl Moment {
    /// Certainly before the other; within one day, where only the day is known, nobody was first.
    #[must_use]
    pub fn is_before(&self, other: &Self) -> bool {
        let precision = self.precision.max(other.precision);
        cut(self.at, precision) < cut(other.at, precision)
    }
}

fn cut(at: Time, precision: Precision) -> Time {
    match precision {
        Precision::Second => at.with_nanosecond(0).unwrap_or(at),
        Precision::Minute => at.with_second(0).and_then(|t| t.with_nanosecond(0)).unwrap_or(at),
        Precision::Day => time::start_of(at.date_naive()),
    }
}

/// When an article was published, from the best of what is known; `None` if nothing is.
#[must_use]
pub fn best_time(article: &Article) -> Option<Moment> {
    let times = &article.times;
    if let Some(at) = article.published {
        return Some(Moment { at, precision: article.published_precision });
    }
    let said = [times.page, times.metadata, times.feed, times.url].into_iter().flatten().next();
    // Of the signs that it was there already, the earliest.
    let seen = || [times.sitemap, times.last_modified, article.first_seen].into_iter().flatten().min();
    said.or_else(seen).map(|at| Moment { at, precision: Precision::Second })
}

/// Two times of one article that cannot both be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contradiction {
    /// Shown as published before its address was made, which codes the time of creation.
    BeforeCreation {
        /// As shown.
        shown: Time,
        /// As coded.
        created: Time,
    },
    /// Shown as published before a look that saw the whole listing without it.
    BeforeUnseen {
        /// As shown.
        shown: Time,
        /// When it was not there.
        looked: Time,
    },
    /// Seen before the time it shows.
    AfterSeen {
        /// As shown.
        shown: Time,
        /// When it was there already.
        seen: Time,
    },
    /// The page shows another day than its metadata or its feed.
    OtherDay {
        /// As shown.
        shown: Time,
        /// As said elsewhere.
        said: Time,
    },
    /// The page showed another possible day later.
    Redated {
        /// As first shown.
        shown: Time,
        /// As shown later.
        later: Time,
    },
}

impl Contradiction {
    /// As a reason beside the answer about novelty.
    #[must_use]
    pub fn reason(&self) -> Reason {
        Reason { about: About::Novelty, code: "date_mismatch".to_owned(), detail: self.detail() }
    }

    /// What people read on the review list.
    #[must_use]
    pub fn detail(&self) -> String {
        let day = |t: &Time| t.format("%H:%M %d/%m/%Y").to_string();
        let (shown, rest) = match self {
            Self::BeforeCreation { shown, created } => (shown, format!("địa chỉ bài được tạo lúc {}", day(created))),
            Self::BeforeUnseen { shown, looked } => (shown, format!("lần xem lúc {} chưa có bài", day(looked))),
            Self::AfterSeen { shown, seen } => (shown, format!("đã thấy bài từ lúc {}", day(seen))),
            Self::Redated { shown, later } => (shown, format!("về sau đổi thành {}", day(later))),
            Self::OtherDay { shown, said } => (shown, format!("siêu dữ liệu hoặc nguồn tin ghi {}", day(said))),
        };
        format!("ngày đăng không khớp: trang ghi {}, nhưng {rest}", day(shown))
    }
}

/// Portals show an item in their lists with some delay.
const GRACE: TimeDelta = TimeDelta::hours(6);

/// A reading of the whole channel, back to a date, that should have shown an article of the time it
/// bears and did not; it came later than it says. Each reading is (since when, when it was made).
#[must_use]
pub fn unseen(published: Moment, first_seen: Time, readings: &[(Time, Time)]) -> Option<Contradiction> {
    let shown = match published.precision {
        // A date without an hour may mean any moment of its day.
        Precision::Day => time::end_of(published.at.date_naive()),
        Precision::Minute | Precision::Second => published.at,
    };
    let missed = |(since, at): &&(Time, Time)| *since <= shown && shown + GRACE < *at && *at < first_seen;
    readings.iter().find(missed).map(|(_, looked)| Contradiction::BeforeUnseen { shown: published.at, looked: *looked })
}

/// What does not agree among the times that an article itself bears; see also [`unseen`].
#[must_use]
pub fn contradictions(article: &Article) -> Vec<Contradiction> {
    let Some(shown) = article.times.page.or(article.published) else { return Vec::new() };
    let precision = article.published_precision;
    let before = |a: Time, b: Time| Moment { at: a, precision }.is_before(&Moment { at: b, precision });
    let mut found = Vec::new();
    if let Some(created) = article.times.url.filter(|t| before(shown, *t)) {
        found.push(Contradiction::BeforeCreation { shown, created });
    }
    if let Some(seen) = article.first_seen.filter(|t| before(*t, shown)) {
        found.push(Contradiction::AfterSeen { shown, seen });
    }
    let other_day = |t: &Time| t.date_naive() != shown.date_naive();
    if let Some(said) = [article.times.metadata, article.times.feed].into_iter().flatten().find(other_day) {
        found.push(Contradiction::OtherDay { shown, said });
    }
    let later = article.redated.iter().filter(|redating| redating.could_be()).map(|redating| redating.to);
    if let Some(later) = later.rev().find(other_day) {
        found.push(Contradiction::Redated { shown, later });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        time::parse(&format!("2026-05-{text}+07:00")).unwrap()
    }

    #[test]
    fn ties_are_nobodys_gain() {
        use Precision::{Day, Minute, Second};
        // first, its precision, second, its precision, first is before
        for (a, pa, b, pb, before) in [
            ("12T08:00:00", Second, "12T08:00:01", Second, true),
            ("12T08:00:00", Second, "12T08:00:00", Second, false),
            ("12T08:00:00", Minute, "12T08:00:59", Second, false),
            ("12T00:00:00", Day, "12T23:00:00", Second, false),
            ("12T23:00:00", Second, "13T00:00:00", Day, true),
            ("13T08:00:00", Second, "12T08:00:00", Day, false),
        ] {
            let (a, b) = (Moment { at: at(a), precision: pa }, Moment { at: at(b), precision: pb });
            assert_eq!(a.is_before(&b), before, "{a:?} {b:?}");
        }
    }

    #[test]
    fn the_shown_date_is_best_and_first_sight_the_last_resort() {
        let mut article = Article { first_seen: Some(at("20T00:00:00")), ..Article::default() };
        assert_eq!(best_time(&article).unwrap().at, at("20T00:00:00"));
        article.times.last_modified = Some(at("19T00:00:00"));
        assert_eq!(best_time(&article).unwrap().at, at("19T00:00:00"));
        article.times.url = Some(at("18T00:00:00"));
        assert_eq!(best_time(&article).unwrap().at, at("18T00:00:00"));
        article.published = Some(at("17T00:00:00"));
        assert_eq!(best_time(&article).unwrap().at, at("17T00:00:00"));
        assert_eq!(best_time(&Article::default()), None);
    }

    #[test]
    fn a_back_dated_item_is_told() {
        let mut article = Article { published: Some(at("12T08:00:00")), ..Article::default() };
        article.times.url = Some(at("14T09:30:00"));
        let readings = [(at("01T00:00:00"), at("13T22:00:00"))];
        let published = Moment { at: at("12T08:00:00"), precision: Precision::Second };
        let missed = unseen(published, at("14T22:00:00"), &readings);
        let found = contradictions(&article);
        let told: Vec<String> = found.iter().chain(&missed).map(Contradiction::detail).collect();
        assert_eq!(
            told,
            [
                "ngày đăng không khớp: trang ghi 08:00 12/05/2026, nhưng địa chỉ bài được tạo lúc 09:30 14/05/2026",
                "ngày đăng không khớp: trang ghi 08:00 12/05/2026, nhưng lần xem lúc 22:00 13/05/2026 chưa có bài",
            ]
        );
        article.published_precision = Precision::Day;
        article.times.url = Some(at("12T09:30:00"));
        assert_eq!(contradictions(&article), []);
    }
}
