//! When an article was published, and how that is known.
//!
//! On a described platform the time shown to readers comes first; on an unknown page the metadata
//! does, since any date may stand anywhere there. The time in an IMS address is that of creation
//! and the last resort. All are kept; contradictions are said.

use super::blocks::Block;
use super::scan::Scan;
use super::value;
use crate::article::{DateSource, Precision, Times};
use crate::platform::{DatePattern, Pick, Platform, Platforms, Stamp};
use crate::time::Time;
use chrono::{Duration, Timelike as _};
use scraper::ElementRef;

/// A publication time with its source, and every other time the page tells.
#[derive(Debug, Default)]
pub(super) struct Published {
    pub(super) stamp: Option<(Stamp, DateSource)>,
    pub(super) times: Times,
    pub(super) warnings: Vec<String>,
}

/// Meta elements that hold a publication time, the surest first.
const META: [&str; 20] = [
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "article.published",
    "og:published_time",
    "publish_date",
    "publish-date",
    "publishdate",
    "pubdate",
    "published_date",
    "published-date",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "displaydate",
    "date",
];

/// As long a page may wait in a cache with the clock it was made with.
const CACHED: Duration = Duration::hours(3);

/// So many elements around the headline are still the article's own.
const NEAR: usize = 3;

/// Texts longer than this hold a date by chance.
const MAX_DATE_TEXT: usize = 300;

/// What the search for dates needs to know.
pub(super) struct Search<'s, 'd> {
    pub(super) scan: &'s Scan<'d>,
    pub(super) platforms: &'s Platforms,
    pub(super) platform: &'s Platform,
    /// The platform's selectors for the time shown.
    pub(super) picks: Vec<&'s [Pick]>,
    /// The paragraphs around the headline, for pages nobody has described.
    pub(super) near_title: &'s [Block],
    /// How many of them stand above it.
    pub(super) above: usize,
    /// The headline, where an element shows it.
    pub(super) headline: Option<ElementRef<'d>>,
    /// When the page was captured.
    pub(super) at: Option<Time>,
    /// The time coded in the address.
    pub(super) url: Option<Time>,
}

impl<'d> Search<'_, 'd> {
    /// Reads every time and chooses one.
    pub(super) fn run(&self) -> Published {
        let described = self.shown(&self.picks);
        let metadata = self.metadata();
        let (elsewhere, clock) = if described.is_some() { (None, None) } else { self.anywhere() };
        let page = described.or(elsewhere);
        let stamp = match (described, metadata, page) {
            (Some(day), Some(meta), _) if finer(meta, day) => Some((meta, DateSource::Metadata)),
            (Some(shown), _, _) => Some((shown, DateSource::Page)),
            (None, Some(meta), Some(page)) if better(page, meta) => Some((page, DateSource::Page)),
            (None, Some(meta), _) => Some((meta, DateSource::Metadata)),
            (None, None, Some(page)) => Some((page, DateSource::Page)),
            (None, None, None) => {
                let stamp = |time| Stamp { time, precision: Precision::Second };
                self.url.map(|time| (stamp(time), DateSource::Url))
            }
        };
        let times =
            Times { page: page.map(|s| s.time), metadata: metadata.map(|s| s.time), url: self.url, ..Times::default() };
        let mut warnings = self.doubts(stamp, &times);
        if let Some(clock) = clock.filter(|_| stamp.is_none()) {
            let clock = clock.time.format("%d/%m/%Y");
            warnings.push(format!("đầu trang ghi ngày {clock}, là ngày đọc trang, không lấy làm ngày đăng"));
        }
        Published { stamp, times, warnings }
    }

    /// The first date the selectors find.
    fn shown(&self, picks: &[&[Pick]]) -> Option<Stamp> {
        let values = picks.iter().flat_map(|picks| value::all(picks, &self.scan.index));
        values
            .filter(|v| v.text.len() <= MAX_DATE_TEXT)
            .find_map(|v| self.read(&v.text).or_else(|| self.attribute(v.element)))
    }

    /// A relative text ("8 giờ trước") often has its date in an attribute.
    fn attribute(&self, element: ElementRef<'_>) -> Option<Stamp> {
        let names = ["datetime", "title", "content", "data-date", "data-time"];
        names.iter().find_map(|name| self.read(element.value().attr(name)?))
    }

    fn read(&self, text: &str) -> Option<Stamp> {
        read(text, &self.platform.dates).or_else(|| read(text, &self.platforms.generic().dates))
    }

    fn metadata(&self) -> Option<Stamp> {
        let described = Some(self.scan.described.published.as_str()).filter(|p| !p.is_empty());
        let meta = META.iter().filter_map(|name| self.scan.meta(&[name]));
        described.into_iter().chain(meta).find_map(|text| self.read(text)).map(whole_day)
    }

    /// A date in the usual places of pages nobody has described, or in a short line at the headline;
    /// and beside it the clock that many portals show above everything, which is no such date.
    fn anywhere(&self) -> (Option<Stamp>, Option<Stamp>) {
        let generic = self.platforms.generic();
        let usual: Vec<&[Pick]> = generic.selectors.iter().map(|s| s.published.as_slice()).collect();
        let values = usual.iter().flat_map(|picks| value::all(picks, &self.scan.index));
        let proper = values.filter(|v| v.text.len() <= MAX_DATE_TEXT && !self.is_aside(v.element));
        let near = self.near_title.iter().enumerate().filter(|(_, b)| b.text.chars().count() <= 120);
        let possible = |stamp: &Stamp| self.at.is_none_or(|at| stamp.time <= at + Duration::days(1));
        let told = |(n, block): (usize, &Block)| {
            let may_be_clock = n < self.above && generic.clutter.is_clock(&block.text);
            self.read(&block.text).map(|stamp| (stamp, may_be_clock && self.is_of_reading(stamp)))
        };
        let shown = |v: value::Picked<'d>| {
            let stamp = self.read(&v.text).or_else(|| self.attribute(v.element))?;
            let is_above = || self.is_above(v.element, generic.clutter.is_clock(&v.text));
            Some((stamp, self.is_of_reading(stamp) && is_above()))
        };
        let mut clock = None;
        for (stamp, is_clock) in near.filter_map(told).chain(proper.filter_map(shown)) {
            match is_clock {
                true => clock = clock.or(Some(stamp)),
                false if possible(&stamp) => return (Some(stamp), clock),
                false => {}
            }
        }
        (None, clock)
    }

    /// Whether a date is that of the capture; a page may have waited some hours in a cache.
    fn is_of_reading(&self, stamp: Stamp) -> bool {
        let day = stamp.time.date_naive();
        self.at.is_some_and(|at| day == at.date_naive() || day == (at - CACHED).date_naive())
    }

    /// Whether an element stands above the article and outside of it, or in the page's header. What
    /// `may_be_clock` by its words is not the article's because it stands near the headline.
    fn is_above(&self, element: ElementRef<'d>, may_be_clock: bool) -> bool {
        let Some(headline) = self.headline else {
            return element.ancestors().filter_map(ElementRef::wrap).any(is_header);
        };
        let around: Vec<_> = headline.ancestors().map(|node| node.id()).collect();
        let outside = element.ancestors().filter_map(ElementRef::wrap).take_while(|e| !around.contains(&e.id()));
        let common = element.ancestors().filter_map(ElementRef::wrap).find(|e| around.contains(&e.id()));
        // What shares less than the whole page with the headline belongs to the article.
        let near = around.iter().take(NEAR).any(|id| common.is_some_and(|e| e.id() == *id && !is_whole(e)));
        let of_article = common.is_some_and(|e| matches!(e.value().name(), "article" | "main"));
        (!near || may_be_clock) && !of_article && (element.id() < headline.id() || outside.into_iter().any(is_header))
    }

    /// Whether an element stands in what surrounds the article on every page.
    fn is_aside(&self, element: ElementRef<'d>) -> bool {
        element.ancestors().filter_map(ElementRef::wrap).any(|e| {
            let name = e.value().name();
            matches!(name, "nav" | "footer" | "aside")
                || !matches!(name, "body" | "html" | "article" | "main") && self.scan.clutter.names(e)
        })
    }

    fn doubts(&self, chosen: Option<(Stamp, DateSource)>, times: &Times) -> Vec<String> {
        let Some((stamp, source)) = chosen else { return vec!["không thấy ngày đăng".to_owned()] };
        let show = |time: Time| time.format("%H:%M %d/%m/%Y").to_string();
        let mut warnings = Vec::new();
        if source == DateSource::Url {
            warnings.push("trang không ghi ngày đăng; lấy lúc tạo bài trong địa chỉ".to_owned());
        }
        for (name, other) in [("siêu dữ liệu", times.metadata), ("địa chỉ", times.url), ("trang", times.page)]
        {
            if let Some(other) = other
                && (other - stamp.time).abs() >= Duration::days(1)
            {
                warnings.push(format!("ngày đăng {} khác thời gian trong {name} {}", show(stamp.time), show(other)));
            }
        }
        if self.at.is_some_and(|at| stamp.time > at + Duration::hours(1)) {
            warnings.push(format!("ngày đăng {} sau lúc thu thập", show(stamp.time)));
        }
        warnings
    }
}

fn is_header(element: ElementRef<'_>) -> bool {
    element.value().name() == "header"
}

/// Whether an element is the page itself.
fn is_whole(element: ElementRef<'_>) -> bool {
    matches!(element.value().name(), "body" | "html")
}

/// The first date any of the forms finds.
pub(super) fn read(text: &str, forms: &[DatePattern]) -> Option<Stamp> {
    if text.len() > MAX_DATE_TEXT || !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    forms.iter().find_map(|form| form.read(text))
}

/// Midnight in metadata is how many systems write a day without a time.
fn whole_day(stamp: Stamp) -> Stamp {
    let midnight = stamp.time.num_seconds_from_midnight() == 0;
    if midnight { Stamp { precision: Precision::Day, ..stamp } } else { stamp }
}

/// Whether the metadata tell the hour of the day that is shown.
fn finer(metadata: Stamp, page: Stamp) -> bool {
    let same_day = page.time.date_naive() == metadata.time.date_naive();
    same_day && page.precision == Precision::Day && metadata.precision != Precision::Day
}

/// Whether the time shown is to be believed rather than the metadata: they agree and it says more,
/// or the metadata is local time written as UTC.
fn better(page: Stamp, metadata: Stamp) -> bool {
    let apart = (page.time - metadata.time).num_minutes();
    let same_day = page.time.date_naive() == metadata.time.date_naive();
    match (page.precision, metadata.precision) {
        (Precision::Day, _) => false,
        (_, Precision::Day) => same_day,
        _ => apart == 0 || apart.abs() == 7 * 60,
    }
}
