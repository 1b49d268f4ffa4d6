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

    /// Whether a moment counts, by the day in Hanoi.
    #[must_use]
    pub fn contains(&self, moment: Time) -> bool {
        let day = moment.with_timezone(&time::hanoi()).date_naive();
        self.first <= day && day <= self.last
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
