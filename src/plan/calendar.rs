//! Days off, for deadlines: the day of issue is not counted, and a deadline on a day off moves to
//! the next working day (Bộ luật Dân sự 2015, Điều 147 and 148).
//!
//! Weekends are days off but for those worked in exchange. Public holidays are a data file,
//! `data/holidays.toml`, because the exchange days are announced anew each year.

use crate::error::Fault;
use crate::fields::Source;
use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use std::collections::BTreeSet;

/// The days off of public offices, as far as the file goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    off: BTreeSet<NaiveDate>,
    worked: BTreeSet<NaiveDate>,
}

impl Calendar {
    /// Reads `holidays.toml`: `[[year]]` tables with lists `off` and `worked`.
    ///
    /// # Errors
    /// Every fault of the file, each with its line.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Fault>> {
        let source = Source::new(file, text);
        let mut calendar = Self::default();
        {
            let table = source.parse();
            let root = source.root(&table);
            if root.number("schema") != Some(1) {
                root.fault("schema", "phải là schema = 1");
            }
            for year in root.tables("year") {
                year.need_text("source");
                calendar.off.extend(year.all::<NaiveDate>("off"));
                calendar.worked.extend(year.all::<NaiveDate>("worked"));
                year.finish();
            }
            root.finish();
        }
        let faults = source.into_faults();
        if faults.is_empty() { Ok(calendar) } else { Err(faults) }
    }

    /// Whether offices are closed.
    #[must_use]
    pub fn is_off(&self, day: NaiveDate) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        self.off.contains(&day) || (weekend && !self.worked.contains(&day))
    }

    /// The day itself if it is worked, else the next one that is.
    #[must_use]
    pub fn working_day(&self, day: NaiveDate) -> NaiveDate {
        day.iter_days().find(|d| !self.is_off(*d)).unwrap_or(day)
    }

    /// The last day of a term of so many days that starts with an issue.
    #[must_use]
    pub fn deadline(&self, issued: NaiveDate, days: u32) -> NaiveDate {
        let last = issued.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX);
        self.working_day(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_leaves_out_the_day_of_issue_and_moves_off_days_off() {
        let text = "schema = 1\n[[year]]\nsource = \"x\"\noff = [\"2026-04-27\", \"2026-04-30\", \"2026-05-01\"]\nworked = [\"2026-08-22\"]";
        let calendar = Calendar::parse("holidays.toml", text).unwrap();
        for (issued, days, last) in [
            ("2026-02-27", 10, "2026-03-09"), // the plan of 2026: a Monday
            ("2025-08-22", 20, "2025-09-11"), // the plan of 2025: a Thursday
            ("2026-03-02", 5, "2026-03-09"),  // a Saturday
            ("2026-04-20", 10, "2026-05-04"), // a holiday, then another, then a weekend
            ("2026-08-12", 10, "2026-08-22"), // a Saturday worked in exchange
        ] {
            let day = |text: &str| text.parse::<NaiveDate>().unwrap();
            assert_eq!(calendar.deadline(day(issued), days), day(last), "{issued} + {days}");
        }
    }
}
