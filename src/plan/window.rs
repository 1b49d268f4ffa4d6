//! On which days an item counts for a period of a duty.
//!
//! A period named by the plan may stick out of the time in which the duty holds: the week of the
//! year's end, or a reporting period that began before the duty did. Only the days inside count,
//! and such a period is `cut`: it can be met, never unmet.

use super::{Duty, Obligation, Per};
use crate::period::{Period, Span};
use crate::time::{self, Time};
use chrono::{Days, NaiveDate};

/// One period in which a duty is judged, with the days that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The period, as verdicts name it.
    pub period: Period,
    /// The first day that counts.
    pub first: NaiveDate,
    /// The last day that counts.
    pub last: NaiveDate,
    /// Whether the period has days outside the duty's time: then it is never "chưa đạt".
    pub cut: bool,
}

impl Window {
    /// Its first moment.
    #[must_use]
    pub fn start(&self) -> Time {
        time::start_of(self.first)
    }

    /// The first moment after it.
    #[must_use]
    pub fn end(&self) -> Time {
        time::start_of(self.last + Days::new(1))
    }
}

impl Obligation {
    /// Every period in which the duty is judged, in order of time.
    #[must_use]
    pub fn windows(&self) -> Vec<Window> {
        self.periods.iter().filter_map(|period| self.clip(*period)).collect()
    }

    /// The window of a period somebody asks for: one of the duty's own, or its counterpart on the
    /// reporting calendar. `None` for a period the duty lacks.
    #[must_use]
    pub fn window(&self, period: Period) -> Option<Window> {
        if self.periods.contains(&period) || (period.is_reporting() && self.per.spans(period.span())) {
            self.clip(period)
        } else {
            None
        }
    }

    /// The part of a period inside the duty's time.
    fn clip(&self, period: Period) -> Option<Window> {
        // Evidence is given for a period as named; only items are counted by their day.
        if matches!(self.duty, Duty::Attested) {
            return Some(Window { period, first: period.first(), last: period.last(), cut: false });
        }
        let (first, last) = (period.first().max(self.from), period.last().min(self.until));
        let cut = first != period.first() || last != period.last();
        (first <= last).then_some(Window { period, first, last, cut })
    }
}

impl Per {
    /// Whether a period of this span belongs to the rhythm.
    fn spans(self, span: Span) -> bool {
        match self {
            Self::Week => span == Span::Week,
            Self::Month => span == Span::Month,
            Self::Quarter => span == Span::Quarter,
            Self::Year => span == Span::Year,
            Self::Range | Self::Standing => span == Span::Months,
            Self::Report => matches!(span, Span::Quarter | Span::Half | Span::NineMonths | Span::Year),
            Self::Deadline => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::data::Data;
    use crate::plan::Plans;

    #[test]
    fn a_window_holds_the_days_that_count() {
        let plans = Plans::parse(&Data::built_in()).unwrap();
        // plan, duty, period asked → first day, last day, cut; "" where the duty lacks the period
        for (plan, duty, period, days) in [
            ("ha-noi-2026", "a9", "2026-W10", "2026-03-02 2026-03-08"),
            ("ha-noi-2026", "a9", "2026-W09", ""),
            ("ha-noi-2026", "a9", "2026-W53", "2026-12-28 2026-12-31 cut"),
            ("ha-noi-2026", "a2", "2026-02", ""),
            ("ha-noi-2026", "a2", "2026-03", "2026-03-01 2026-03-31"),
            ("ha-noi-2026", "a2", "2026-Q1", ""),
            ("ha-noi-2026", "a5", "2026-Q1", "2026-01-01 2026-03-31"),
            ("ha-noi-2026", "a3", "2026", "2026-01-01 2026-12-31"),
            ("ha-noi-2026", "a1", "2026-03-09", "2026-03-09 2026-03-09"),
            ("ha-noi-2026", "a2", "2026-05@baocao", "2026-04-15 2026-05-14"),
            ("ha-noi-2026", "a2", "2026-03@baocao", "2026-03-01 2026-03-14 cut"),
            ("ha-noi-2026", "a5", "2026-Q1@baocao", "2026-01-01 2026-03-14 cut"),
            ("ha-noi-2026", "a2", "2027-01@baocao", "2026-12-15 2026-12-31 cut"),
            ("ha-noi-2026", "a2", "2027-03@baocao", ""),
            ("ha-noi-2025", "b2", "2025-07", ""),
            ("ha-noi-2025", "b2", "2025-08", "2025-08-01 2025-08-31"),
            ("ha-noi-2025", "b6", "2025-07..2025-12", "2025-07-01 2025-12-31"),
            ("ha-noi-2025", "b8", "2025-Q3", "2025-07-01 2025-09-30"),
            ("ha-noi-2025", "b8", "2025-Q2", ""),
            ("viet-hung-2025-2030", "e1", "2025-10-27..2025-12-31", "2025-10-27 2025-12-31"),
            ("viet-hung-2025-2030", "e1", "2028", "2028-01-01 2028-12-31"),
            ("viet-hung-2025-2030", "e-iii1", "2025-Q4", "2025-10-01 2025-12-31"),
        ] {
            let duty = plans.get(plan).unwrap().obligation(duty).unwrap();
            let window = duty.window(period.parse().unwrap());
            let shown = window.map(|w| format!("{} {}{}", w.first, w.last, if w.cut { " cut" } else { "" }));
            assert_eq!(shown.unwrap_or_default(), days, "{} {period}", duty.id);
        }
    }
}
