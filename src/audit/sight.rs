//! What of a channel was seen, and the gaps in it.
//!
//! No data is not "not posted": a verdict against a unit needs every moment of the period seen on
//! every site that serves the channel. Readings made after `as_of` are not known yet.

use super::verdict::Gap;
use crate::article::Channel;
use crate::coverage::{Cause, Coverage, Observation, Watched};
use crate::error::in_words;
use crate::plan::Window;
use crate::time::{self, Time};
use crate::unit::UnitId;
use chrono::{Days, Duration, NaiveDate};
use std::collections::{HashMap, HashSet};

/// A reading this much later than what it covers is a look back: what was posted and removed in
/// between could not be seen. Nightly readings, one night missed included, stay below it.
const LOOK_BACK: Duration = Duration::days(3);

/// From a moment to another, the latter not included.
type Stretch = (Time, Time);

/// What was seen of every channel, as known at the end of a day.
#[derive(Default)]
pub(super) struct Sight<'w> {
    complete: bool,
    sites: Vec<Seen<'w>>,
    own: HashMap<&'w UnitId, Vec<usize>>,
    shared: HashMap<Channel, Vec<usize>>,
    unconfirmed: HashSet<&'w str>,
    /// The first moment that is not known any more.
    horizon: Option<Time>,
}

/// What was seen of one site.
struct Seen<'w> {
    site: &'w Watched,
    stretches: Vec<Stretch>,
    looked_back: Vec<Stretch>,
    failures: Vec<&'w Observation>,
}

/// What one period of one unit's channels looks like.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct View {
    pub gaps: Vec<Gap>,
    pub look_back: bool,
}

impl<'w> Sight<'w> {
    pub(super) fn new(coverage: &'w Coverage, as_of: NaiveDate) -> Self {
        let Coverage::Observed { sites, observations } = coverage else {
            return Self { complete: true, ..Self::default() };
        };
        let horizon = time::start_of(as_of + Days::new(1));
        let mut readings: HashMap<&str, Vec<&Observation>> = HashMap::new();
        for reading in observations.iter().filter(|o| o.at < horizon) {
            readings.entry(reading.site.as_str()).or_default().push(reading);
        }
        let mut sight = Self { horizon: Some(horizon), ..Self::default() };
        for (n, site) in sites.iter().enumerate() {
            sight.sites.push(Seen::new(site, readings.remove(site.id.as_str()).unwrap_or_default()));
            match (site.channel, &site.unit) {
                (Channel::OwnPortal, Some(unit)) => sight.own.entry(unit).or_default().push(n),
                (Channel::OwnPortal, None) => {}
                (channel, _) => sight.shared.entry(channel).or_default().push(n),
            }
            if !site.confirmed {
                sight.unconfirmed.insert(&site.id);
            }
        }
        sight
    }

    /// Whether a site's host is a guess: what stands there bears on no verdict.
    pub(super) fn is_unconfirmed(&self, site: Option<&str>) -> bool {
        site.is_some_and(|id| self.unconfirmed.contains(id))
    }

    /// The gaps in a unit's channels over a window.
    pub(super) fn view(&self, channels: &[Channel], unit: &UnitId, window: &Window) -> View {
        let mut view = View::default();
        if self.complete {
            return view;
        }
        let end = self.horizon.map_or(window.end(), |h| h.min(window.end()));
        let span = (window.start(), end);
        if span.0 >= span.1 {
            return view;
        }
        for &channel in channels {
            let sites = match channel {
                Channel::OwnPortal => self.own.get(unit),
                shared => self.shared.get(&shared),
            };
            self.add(&mut view, sites.map_or(&[], Vec::as_slice), channel, span);
        }
        view
    }

    fn add(&self, view: &mut View, sites: &[usize], channel: Channel, span: Stretch) {
        let seen: Vec<(&Seen, Stretch)> = sites
            .iter()
            .map(|n| &self.sites[*n])
            .map(|seen| (seen, seen.served(span)))
            .filter(|(_, (from, until))| from < until)
            .collect();
        let mut served: Vec<Stretch> = seen.iter().map(|(_, stretch)| *stretch).collect();
        served.sort_unstable();
        for (from, until) in missing(span, &merged(served)) {
            let who = if channel == Channel::OwnPortal { "cổng của đơn vị" } else { channel.name() };
            let detail =
                format!("{} chưa biết {who} ở địa chỉ nào ({})", span_name(from, until), side(Cause::NoPortal));
            view.gaps.push(Gap {
                site: None,
                from,
                until,
                cause: Cause::NoPortal,
                side: Cause::NoPortal.side(),
                detail,
            });
        }
        for (seen, span) in seen {
            view.gaps.extend(missing(span, &seen.stretches).into_iter().map(|gap| seen.gap(gap)));
            view.look_back |= seen.looked_back.iter().any(|(from, until)| *from < span.1 && span.0 < *until);
        }
    }
}

impl<'w> Seen<'w> {
    fn new(site: &'w Watched, mut readings: Vec<&'w Observation>) -> Self {
        readings.sort_by_key(|o| o.at);
        let (mut stretches, mut looked_back) = (Vec::new(), Vec::new());
        for reading in readings.iter().filter(|_| site.confirmed) {
            if let Some(doubt) = reading.doubt {
                let cut = [(doubt, reading.at)];
                stretches = stretches.into_iter().flat_map(|stretch| missing(stretch, &cut)).collect();
            }
            let Some(since) = reading.since.filter(|since| *since < reading.at) else { continue };
            for new in missing((since, reading.at), &stretches) {
                if reading.at - new.0 > LOOK_BACK {
                    looked_back.push(new);
                }
                stretches.push(new);
            }
            stretches.sort_unstable();
            stretches = merged(stretches);
        }
        let failures = readings.into_iter().filter(|o| o.cause.is_some()).collect();
        Self { site, stretches, looked_back, failures }
    }

    /// The part of a stretch in which the site serves its channel.
    fn served(&self, (from, until): Stretch) -> Stretch {
        let begins = self.site.from.map_or(from, time::start_of).max(from);
        let ends = self.site.until.map_or(until, |day| time::start_of(day + Days::new(1))).min(until);
        (begins, ends)
    }

    fn gap(&self, (from, until): Stretch) -> Gap {
        // Within the gap the last failure counts; else the first reading after it that fell short of it.
        let inside = self.failures.iter().rev().find(|o| from <= o.at && o.at <= until);
        let after = || self.failures.iter().find(|o| until < o.at && o.since.is_none_or(|since| since >= until));
        let failure = inside.or_else(after);
        let cause = match failure.and_then(|o| o.cause) {
            _ if !self.site.confirmed => Cause::Unconfirmed,
            Some(cause) => cause,
            None => Cause::NotRead,
        };
        let more = failure.filter(|o| self.site.confirmed && !o.detail.is_empty());
        let more = more.map_or(String::new(), |o| format!("; {}", in_words(&o.detail)));
        let detail = format!(
            "{} không quan sát được {}: {}{more} ({})",
            span_name(from, until),
            self.site.host,
            cause.name(),
            side(cause)
        );
        Gap { site: Some(self.site.id.clone()), from, until, cause, side: cause.side(), detail }
    }
}

fn side(cause: Cause) -> &'static str {
    cause.side().name()
}

fn span_name(from: Time, until: Time) -> String {
    // Within a minute the two would read the same.
    let form = if until - from < Duration::minutes(1) { "%H:%M:%S %d/%m/%Y" } else { "%H:%M %d/%m/%Y" };
    let name = |at: Time| at.with_timezone(&time::hanoi()).format(form);
    format!("từ {} đến {}", name(from), name(until))
}

/// Sorted stretches with those that touch made one.
fn merged(sorted: Vec<Stretch>) -> Vec<Stretch> {
    let mut out: Vec<Stretch> = Vec::with_capacity(sorted.len());
    for (from, until) in sorted {
        match out.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => out.push((from, until)),
        }
    }
    out
}

/// The parts of a stretch outside sorted, merged ones.
fn missing((from, until): Stretch, covered: &[Stretch]) -> Vec<Stretch> {
    let mut out = Vec::new();
    let mut open = from;
    for &(begins, ends) in covered.iter().filter(|(begins, ends)| *ends > from && *begins < until) {
        if open < begins {
            out.push((open, begins));
        }
        open = open.max(ends);
    }
    if open < until {
        out.push((open, until));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::Via;

    fn at(text: &str) -> Time {
        time::parse(&format!("2026-{text}:00+07:00")).unwrap()
    }

    fn watched(confirmed: bool) -> Watched {
        let unit = Some("phuong-hai-ba-trung".parse().unwrap());
        let (id, host) = ("hai-ba-trung".to_owned(), "haibatrung.hanoi.gov.vn".to_owned());
        Watched { id, host, channel: Channel::OwnPortal, unit, confirmed, from: None, until: None }
    }

    fn reading(at_: &str, since: Option<&str>, cause: Option<Cause>) -> Observation {
        let site = "hai-ba-trung".to_owned();
        Observation {
            site,
            at: at(at_),
            since: since.map(at),
            via: Via::Listing,
            cause,
            doubt: None,
            detail: String::new(),
        }
    }

    fn may(sites: Vec<Watched>, observations: Vec<Observation>, as_of: &str) -> (Vec<String>, bool) {
        let coverage = Coverage::Observed { sites, observations };
        let sight = Sight::new(&coverage, as_of.parse().unwrap());
        let period: crate::period::Period = "2026-05".parse().unwrap();
        let window = Window { period, first: period.first(), last: period.last(), cut: false };
        let view = sight.view(&[Channel::OwnPortal], &"phuong-hai-ba-trung".parse().unwrap(), &window);
        (view.gaps.into_iter().map(|g| g.detail).collect(), view.look_back)
    }

    #[test]
    fn a_period_is_seen_when_readings_leave_no_gap() {
        let nights = |from: u32, to: u32| {
            (from..to).map(|d| reading(&format!("05-{:02}T02:00", d + 1), Some(&format!("05-{d:02}T02:00")), None))
        };
        let mut all: Vec<_> = nights(1, 31).collect();
        all.push(reading("05-01T02:00", Some("04-30T02:00"), None));
        all.push(reading("06-01T02:00", Some("05-31T02:00"), None));
        assert_eq!(may(vec![watched(true)], all.clone(), "2026-06-05"), (vec![], false));
        let gap = "từ 02:00 31/05/2026 đến 00:00 01/06/2026 không quan sát được haibatrung.hanoi.gov.vn: \
                   chưa đọc lần nào trong khoảng này (phía hệ thống)";
        assert_eq!(may(vec![watched(true)], all.clone(), "2026-05-31").0, [gap], "the night after is not known yet");
        let unconfirmed = may(vec![watched(false)], all, "2026-06-05").0;
        assert!(unconfirmed[0].contains("phỏng đoán"), "{unconfirmed:?}");
    }

    #[test]
    fn one_reading_later_looks_back() {
        let look_back = vec![reading("06-10T02:00", Some("04-01T00:00"), None)];
        assert_eq!(may(vec![watched(true)], look_back, "2026-06-10"), (vec![], true));
        let short = vec![reading("06-10T02:00", Some("05-20T00:00"), Some(Cause::Budget))];
        let (gaps, _) = may(vec![watched(true)], short, "2026-06-10");
        assert_eq!(gaps.len(), 1);
        assert!(gaps[0].contains("đến 00:00 20/05/2026") && gaps[0].contains("hết ngân sách"), "{gaps:?}");
    }

    #[test]
    fn a_gap_names_the_last_failure_inside_it_and_its_side() {
        let readings = vec![
            reading("05-10T02:00", Some("04-01T00:00"), None),
            reading("05-12T02:00", None, Some(Cause::Dns)),
            reading("05-13T02:00", None, Some(Cause::Timeout)),
            reading("06-02T02:00", Some("05-14T00:00"), None),
        ];
        let (gaps, look_back) = may(vec![watched(true)], readings, "2026-06-10");
        assert_eq!(gaps.len(), 1, "{gaps:?}");
        assert!(gaps[0].ends_with("quá thời gian chờ (phía cổng)"), "{gaps:?}");
        assert!(look_back);
    }

    #[test]
    fn what_is_in_doubt_was_not_seen_until_a_later_reading() {
        let mut readings =
            vec![reading("05-20T02:00", Some("04-01T00:00"), None), reading("06-02T02:00", Some("05-20T02:00"), None)];
        assert_eq!(may(vec![watched(true)], readings.clone(), "2026-06-20").0.len(), 0);
        let alarm = reading("06-10T02:00", None, Some(Cause::Silence));
        readings.push(Observation { doubt: Some(at("05-25T02:00")), ..alarm });
        let (gaps, _) = may(vec![watched(true)], readings.clone(), "2026-06-20");
        assert_eq!(gaps.len(), 1, "{gaps:?}");
        assert!(gaps[0].starts_with("từ 02:00 25/05/2026 đến") && gaps[0].contains("im lặng"), "{gaps:?}");
        assert_eq!(may(vec![watched(true)], readings.clone(), "2026-06-09").0.len(), 0, "as it was known then");
        readings.push(reading("06-15T02:00", Some("05-25T02:00"), None));
        assert_eq!(may(vec![watched(true)], readings, "2026-06-20").0.len(), 0);
    }

    #[test]
    fn without_a_portal_nothing_was_seen() {
        let (gaps, _) = may(vec![], vec![], "2026-06-10");
        let gap = "từ 00:00 01/05/2026 đến 00:00 01/06/2026 chưa biết cổng của đơn vị ở địa chỉ nào (phía hệ thống)";
        assert_eq!(gaps, [gap]);
    }
}
