//! When nights begin: a cron line, read in Hanoi's time. Reads no clock.

use crate::error::Error;
use crate::time::{Time, hanoi};
use croner::Cron;
use std::str::FromStr;

/// A cron line of five fields, such as `0 22 * * *`.
#[derive(Debug, Clone)]
pub struct Schedule(Cron);

impl FromStr for Schedule {
    type Err = Error;

    fn from_str(line: &str) -> Result<Self, Error> {
        let wrong = |why: String| {
            Error::Input(format!(
                "--schedule «{line}»: {why}; viết năm trường phút, giờ, ngày, tháng, thứ theo giờ Hà Nội, như \"0 22 * * *\""
            ))
        };
        if line.split_whitespace().count() != 5 && !line.trim_start().starts_with('@') {
            return Err(wrong("không phải năm trường".to_owned()));
        }
        line.parse().map(Self).map_err(|e| wrong(format!("không đọc được ({e})")))
    }
}

impl Schedule {
    /// The next moment after `now`; `None` for a day that never comes, such as 30 February.
    #[must_use]
    pub fn next(&self, now: Time) -> Option<Time> {
        self.0.find_next_occurrence(&now.with_timezone(&hanoi()), false).ok()
    }

    /// The last moment not after `now`.
    #[must_use]
    pub fn last(&self, now: Time) -> Option<Time> {
        self.0.find_previous_occurrence(&now.with_timezone(&hanoi()), true).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time;

    #[test]
    fn a_line_names_moments_in_hanoi() {
        // line, now → last, next
        for (line, now, last, next) in [
            ("0 22 * * *", "2026-05-11T14:59:59Z", "2026-05-10T22:00:00+07:00", "2026-05-11T22:00:00+07:00"),
            ("0 22 * * *", "2026-05-11T15:00:00Z", "2026-05-11T22:00:00+07:00", "2026-05-12T22:00:00+07:00"),
            ("30 1 * * 1", "2026-05-12T00:00:00+07:00", "2026-05-11T01:30:00+07:00", "2026-05-18T01:30:00+07:00"),
        ] {
            let schedule: Schedule = line.parse().unwrap();
            let now = time::parse(now).unwrap();
            assert_eq!(schedule.last(now).map(|at| at.to_rfc3339()).as_deref(), Some(last), "{line}");
            assert_eq!(schedule.next(now).map(|at| at.to_rfc3339()).as_deref(), Some(next), "{line}");
        }
    }

    #[test]
    fn what_is_no_line_is_refused_with_an_example() {
        for line in ["", "22:00", "0 22 * *", "0 25 * * *", "* * * * * *"] {
            let error = line.parse::<Schedule>().unwrap_err();
            assert_eq!(error.exit_code(), 2);
            assert!(error.to_string().contains("\"0 22 * * *\""), "{error}");
        }
    }

    #[test]
    fn a_day_that_never_comes_has_no_next() {
        assert_eq!("0 22 30 2 *".parse::<Schedule>().unwrap().next(time::parse("2026-05-11T00:00:00Z").unwrap()), None);
    }
}
