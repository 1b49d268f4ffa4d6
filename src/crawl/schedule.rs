//! When a known article is looked at again: ever more seldom, for changes, removals and returns.
//!
//! What was gone once is looked at on the next night, since only then it is known to be gone, and
//! then as seldom as the others: what was taken down may be put up again.

use crate::crawl::desk::Visit;
use crate::time::Time;
use chrono::TimeDelta;

/// Days from one look to the next; the last goes on for good.
const DAYS: [i64; 4] = [1, 3, 7, 30];

/// A night begins at about the same time as the last one; an hour early is not too early.
const EARLY: TimeDelta = TimeDelta::hours(1);

/// When a page should be looked at next.
#[must_use]
pub fn next_look(visit: &Visit) -> Option<Time> {
    let step = usize::try_from(visit.unchanged).unwrap_or(usize::MAX).min(DAYS.len() - 1);
    Some(visit.at? + TimeDelta::days(DAYS[step]) - EARLY)
}

/// Whether a known article should be looked at again.
#[must_use]
pub fn is_due(visit: &Visit, now: Time) -> bool {
    visit.article && next_look(visit).is_some_and(|at| at <= now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time;

    #[test]
    fn looks_thin_out() {
        let start = time::parse("2026-05-01T22:00:00+07:00").unwrap();
        // looks without change, hours since → due
        for (unchanged, hours, due) in [
            (0, 5, false),
            (0, 23, true),
            (1, 70, false),
            (1, 71, true),
            (2, 166, false),
            (2, 167, true),
            (3, 718, false),
            (3, 719, true),
            (9, 719, true),
        ] {
            let visit = Visit { at: Some(start), article: true, status: 200, unchanged, ..Visit::default() };
            assert_eq!(is_due(&visit, start + TimeDelta::hours(hours)), due, "{unchanged} {hours}");
        }
        let gone = Visit { at: Some(start), article: true, status: 404, ..Visit::default() };
        assert!(!is_due(&gone, start) && is_due(&gone, start + TimeDelta::days(1)));
        let page = Visit { at: Some(start), status: 200, ..Visit::default() };
        assert!(!is_due(&page, start + TimeDelta::days(99)));
    }
}
