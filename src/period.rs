//! Periods of duties, as DESIGN writes them: `2026-W21`, `2026-05`, `2026-Q2`, `2026-H1`,
//! `2026-9M`, `2026`, `2025-07..2025-12`, `2025-08-08..2025-12-31`, `2026-03-09`, and any of
//! these but the week and the deadline on the reporting calendar, with `@baocao` behind.
//!
//! The reporting calendar is that of Nghị định 09/2019/NĐ-CP, Điều 12: a period runs from the
//! 15th of the month before it begins to the 14th of its last month. So the first quarter and the
//! year begin on 15 December of the year before, and the year's last days belong to the next.

use chrono::{Datelike as _, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A span of whole days in Hanoi, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    first: NaiveDate,
    last: NaiveDate,
    span: Span,
    reporting: bool,
}

/// How a period is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Span {
    /// A deadline: one day.
    Deadline,
    /// An ISO week, Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
    /// A quarter.
    Quarter,
    /// A half-year.
    Half,
    /// The first nine months.
    NineMonths,
    /// A calendar year.
    Year,
    /// From one month to another, both included.
    Months,
    /// From one day to another, both included.
    Days,
}

impl Period {
    /// The ISO week that holds a day.
    #[must_use]
    pub fn week_of(day: NaiveDate) -> Self {
        let week = day.week(Weekday::Mon);
        Self::new(week.first_day(), week.last_day(), Span::Week)
    }

    /// The month that holds a day.
    #[must_use]
    pub fn month_of(day: NaiveDate) -> Self {
        Self::months(day.year(), day.month(), 1, Span::Month)
    }

    /// The quarter that holds a day.
    #[must_use]
    pub fn quarter_of(day: NaiveDate) -> Self {
        Self::months(day.year(), day.month0() / 3 * 3 + 1, 3, Span::Quarter)
    }

    /// The half-year that holds a day.
    #[must_use]
    pub fn half_of(day: NaiveDate) -> Self {
        Self::months(day.year(), day.month0() / 6 * 6 + 1, 6, Span::Half)
    }

    /// The first nine months of a day's year.
    #[must_use]
    pub fn nine_months_of(day: NaiveDate) -> Self {
        Self::months(day.year(), 1, 9, Span::NineMonths)
    }

    /// The year that holds a day.
    #[must_use]
    pub fn year_of(day: NaiveDate) -> Self {
        Self::months(day.year(), 1, 12, Span::Year)
    }

    /// A deadline.
    #[must_use]
    pub fn deadline(day: NaiveDate) -> Self {
        Self::new(day, day, Span::Deadline)
    }

    /// From a day to a day, both included; named by months where it holds whole ones.
    #[must_use]
    pub fn days(first: NaiveDate, last: NaiveDate) -> Self {
        let whole = first.day() == 1 && last.succ_opt().is_some_and(|d| d.day() == 1);
        Self::new(first, last, if whole { Span::Months } else { Span::Days })
    }

    /// The next period of the same rhythm; ranges, deadlines, nine months and reporting periods have none.
    #[must_use]
    pub fn next(&self) -> Option<Self> {
        let day = self.last.succ_opt().filter(|_| !self.reporting)?;
        match self.span {
            Span::Week => Some(Self::week_of(day)),
            Span::Month => Some(Self::month_of(day)),
            Span::Quarter => Some(Self::quarter_of(day)),
            Span::Half => Some(Self::half_of(day)),
            Span::Year => Some(Self::year_of(day)),
            Span::NineMonths | Span::Months | Span::Days | Span::Deadline => None,
        }
    }

    /// The same period on the reporting calendar; weeks, day ranges and deadlines have none.
    #[must_use]
    pub fn on_reporting_calendar(self) -> Option<Self> {
        if matches!(self.span, Span::Week | Span::Days | Span::Deadline) || self.reporting {
            return None;
        }
        let first = (self.first - Months::new(1)).with_day(15)?;
        let last = self.last.with_day(14)?;
        Some(Self { first, last, reporting: true, ..self })
    }

    /// Its first day.
    #[must_use]
    pub fn first(&self) -> NaiveDate {
        self.first
    }

    /// Its last day.
    #[must_use]
    pub fn last(&self) -> NaiveDate {
        self.last
    }

    /// How it is named.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Whether it stands on the reporting calendar.
    #[must_use]
    pub fn is_reporting(&self) -> bool {
        self.reporting
    }

    /// Whether another period lies wholly inside.
    #[must_use]
    pub fn encloses(&self, other: &Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    /// The name people read, such as `tháng 5/2026`.
    #[must_use]
    pub fn name(&self) -> String {
        // On the reporting calendar the last day is the 14th of the named period's last month.
        let (year, month) = (self.last.year(), self.last.month());
        let day = |d: NaiveDate| d.format("%d/%m/%Y").to_string();
        let name = match self.span {
            Span::Deadline => format!("hạn {}", day(self.first)),
            Span::Week => {
                let week = self.first.iso_week();
                format!("tuần {}/{}", week.week(), week.year())
            }
            Span::Month => format!("tháng {month}/{year}"),
            Span::Quarter => format!("quý {}/{year}", (month - 1) / 3 + 1),
            Span::Half => format!("6 tháng {} năm {year}", if month <= 6 { "đầu" } else { "cuối" }),
            Span::NineMonths => format!("9 tháng năm {year}"),
            Span::Year => format!("năm {year}"),
            Span::Months if !self.reporting => {
                format!("tháng {}/{} – {month}/{year}", self.first.month(), self.first.year())
            }
            Span::Months | Span::Days => format!("{} – {}", day(self.first), day(self.last)),
        };
        if self.reporting { format!("{name} (kỳ báo cáo)") } else { name }
    }

    fn new(first: NaiveDate, last: NaiveDate, span: Span) -> Self {
        Self { first, last, span, reporting: false }
    }

    fn months(year: i32, month: u32, count: u32, span: Span) -> Self {
        let first = NaiveDate::from_ymd_opt(year, month, 1).expect("months are 1 to 12");
        Self::new(first, first + Months::new(count) - Days::new(1), span)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.last.year(), self.last.month());
        match self.span {
            Span::Deadline => write!(f, "{}", self.first)?,
            Span::Week => write!(f, "{}", self.first.format("%G-W%V"))?,
            Span::Month => write!(f, "{year:04}-{month:02}")?,
            Span::Quarter => write!(f, "{year:04}-Q{}", (month - 1) / 3 + 1)?,
            Span::Half => write!(f, "{year:04}-H{}", if month <= 6 { 1 } else { 2 })?,
            Span::NineMonths => write!(f, "{year:04}-9M")?,
            Span::Year => write!(f, "{year:04}")?,
            Span::Months => {
                // A reporting range starts in the month before the one that names it.
                let from = if self.reporting { self.first + Months::new(1) } else { self.first };
                write!(f, "{}..{year:04}-{month:02}", from.format("%Y-%m"))?;
            }
            Span::Days => write!(f, "{}..{}", self.first, self.last)?,
        }
        if self.reporting { f.write_str("@baocao") } else { Ok(()) }
    }
}

impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unreadable = || {
            format!(
                "không đọc được kỳ «{text}»; viết như 2026-W21, 2026-05, 2026-Q2, 2026-H1, 2026-9M, 2026, \
                 2025-07..2025-12, 2025-08-08..2025-12-31, 2026-03-09, thêm @baocao cho kỳ báo cáo"
            )
        };
        if let Some(name) = text.strip_suffix("@baocao") {
            return name.parse::<Self>()?.on_reporting_calendar().ok_or_else(unreadable);
        }
        let period = match text.split_once("..") {
            Some((from, to)) => range(from, to),
            None => single(text),
        };
        period.ok_or_else(unreadable)
    }
}

fn range(from: &str, to: &str) -> Option<Period> {
    let (from, to) = (single(from)?, single(to)?);
    let span = match (from.span, to.span) {
        (Span::Month, Span::Month) => Span::Months,
        (Span::Deadline, Span::Deadline) => Span::Days,
        _ => return None,
    };
    (from.first <= to.last).then(|| Period::new(from.first, to.last, span))
}

fn single(text: &str) -> Option<Period> {
    if !text.is_ascii() || text.len() < 4 {
        return None;
    }
    let (year, rest) = text.split_at(4);
    if !year.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let year: i32 = year.parse().ok()?;
    let january = NaiveDate::from_ymd_opt(year, 1, 1)?;
    let digits = |s: &str, len: usize| -> Option<u32> {
        (s.len() == len && s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse().ok()).flatten()
    };
    match rest {
        "" => return Some(Period::year_of(january)),
        "-9M" => return Some(Period::nine_months_of(january)),
        _ => {}
    }
    let rest = rest.strip_prefix('-')?;
    if let Some(week) = rest.strip_prefix('W') {
        return NaiveDate::from_isoywd_opt(year, digits(week, 2)?, Weekday::Mon).map(Period::week_of);
    }
    if let Some(quarter) = rest.strip_prefix('Q') {
        let quarter = digits(quarter, 1).filter(|q| (1..=4).contains(q))?;
        return Some(Period::months(year, quarter * 3 - 2, 3, Span::Quarter));
    }
    if let Some(half) = rest.strip_prefix('H') {
        let half = digits(half, 1).filter(|h| (1..=2).contains(h))?;
        return Some(Period::months(year, half * 6 - 5, 6, Span::Half));
    }
    match rest.split_once('-') {
        None => NaiveDate::from_ymd_opt(year, digits(rest, 2)?, 1).map(Period::month_of),
        Some((month, day)) => NaiveDate::from_ymd_opt(year, digits(month, 2)?, digits(day, 2)?).map(Period::deadline),
    }
}

impl TryFrom<String> for Period {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

#[cfg(test)]
mod tests;
