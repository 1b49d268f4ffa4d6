//! How long a night will be, before it begins.
//!
//! Requests within a group follow one another at its delay, groups run side by side; so a night is
//! as long as its longest group, and a backlog fills what the window leaves.

use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// What one site will ask for.
#[derive(Debug, Clone, PartialEq)]
pub struct Load {
    /// The politeness group, by any name.
    pub group: String,
    /// The gap between two requests.
    pub delay: Duration,
    /// Requests of a usual night: robots.txt, what is watched, the usual number of new articles.
    pub usual: u64,
    /// Looks at known articles that are due.
    pub rechecks: u64,
    /// Pages known and not yet fetched, from the first filling.
    pub backlog: u64,
    /// Requests a night and group.
    pub budget: Option<u64>,
}

/// One group's night.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupEstimate {
    /// Its name.
    pub group: String,
    /// Its sites.
    pub sites: usize,
    /// Requests tonight.
    pub requests: u64,
    /// How long they take, in seconds.
    pub seconds: u64,
    /// Nights until its backlog is fetched; `None`: never, at this pace.
    pub nights: Option<u64>,
}

/// The whole night.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// Each group, the longest first.
    pub groups: Vec<GroupEstimate>,
    /// All requests tonight.
    pub requests: u64,
    /// How long the night is, in seconds.
    pub seconds: u64,
    /// Whether all that waits fits into one window; true without a window.
    pub fits: bool,
    /// Nights until everything is fetched; `None`: never, at this pace.
    pub nights: Option<u64>,
}

/// Estimates a night of the given window; `None`: no window.
#[must_use]
pub fn night(loads: &[Load], window: Option<Duration>) -> Estimate {
    let mut by_group: BTreeMap<&str, Vec<&Load>> = BTreeMap::new();
    for load in loads {
        by_group.entry(&load.group).or_default().push(load);
    }
    let mut groups: Vec<GroupEstimate> =
        by_group.into_iter().map(|(name, loads)| group(name, &loads, window)).collect();
    groups.sort_by_key(|g| std::cmp::Reverse(g.seconds));
    Estimate {
        requests: groups.iter().map(|g| g.requests).sum(),
        seconds: groups.first().map_or(0, |g| g.seconds),
        fits: groups.iter().all(|g| g.nights == Some(1)),
        nights: groups.iter().map(|g| g.nights).try_fold(1, |most, nights| Some(nights?.max(most))),
        groups,
    }
}

fn group(name: &str, loads: &[&Load], window: Option<Duration>) -> GroupEstimate {
    let sum = |part: fn(&Load) -> u64| loads.iter().map(|l| part(l)).sum::<u64>();
    let delay = loads.iter().map(|l| l.delay).max().unwrap_or_default();
    let nightly = sum(|l| l.usual) + sum(|l| l.rechecks);
    let backlog = sum(|l| l.backlog);
    let slots = window.map_or(u64::MAX, |w| slots(w, delay));
    let slots = loads.iter().filter_map(|l| l.budget).min().unwrap_or(u64::MAX).min(slots);
    let requests = (nightly + backlog).min(slots);
    let spare = slots.saturating_sub(nightly);
    let nights = match backlog {
        _ if nightly > slots => None,
        0 => Some(1),
        _ if spare == 0 => None,
        _ => Some(backlog.div_ceil(spare)),
    };
    let seconds = u64::try_from((u128::from(requests) * delay.as_millis()).div_ceil(1000)).unwrap_or(u64::MAX);
    GroupEstimate { group: name.to_owned(), sites: loads.len(), requests, seconds, nights }
}

/// Requests that a window holds at a delay.
fn slots(window: Duration, delay: Duration) -> u64 {
    match delay.as_millis() {
        0 => u64::MAX,
        millis => u64::try_from(window.as_millis() / millis).unwrap_or(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(group: &str, seconds: u64, usual: u64, backlog: u64) -> Load {
        Load { group: group.to_owned(), delay: Duration::from_secs(seconds), usual, rechecks: 0, backlog, budget: None }
    }

    #[test]
    fn a_night_is_as_long_as_its_longest_group() {
        let loads = [load("a", 5, 10, 0), load("a", 2, 10, 0), load("b", 1, 30, 0)];
        let night = night(&loads, Some(Duration::from_secs(3600)));
        assert_eq!((night.requests, night.seconds, night.fits, night.nights), (50, 100, true, Some(1)));
        assert_eq!(night.groups[0].group, "a");
    }

    #[test]
    fn the_first_filling_takes_the_nights_it_takes() {
        // 140 hosts of 1,000 pages at 5 s are eight days of requests, so 28 nights of seven hours.
        let loads: Vec<Load> = (0..140).map(|_| load("nền ims", 5, 3, 1000)).collect();
        let whole = night(&loads, None);
        assert_eq!(whole.seconds / 86_400, 8);
        assert!(whole.fits);
        let seven_hours = night(&loads, Some(Duration::from_secs(7 * 3600)));
        assert_eq!((seven_hours.requests, seven_hours.fits, seven_hours.nights), (5040, false, Some(31)));
    }

    #[test]
    fn some_nights_are_never_long_enough() {
        let hour = Some(Duration::from_secs(3600));
        assert_eq!(night(&[load("a", 60, 61, 0)], hour).nights, None);
        assert_eq!(night(&[load("a", 60, 60, 1)], hour).nights, None);
        assert_eq!(night(&[Load { budget: Some(10), ..load("a", 0, 5, 10) }], hour).nights, Some(2));
    }
}
