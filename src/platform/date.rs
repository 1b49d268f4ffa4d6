//! Date forms as data: regular expressions with named groups.
//!
//! Groups: `year` (four digits, or two for 20yy), `month` (number or English name), `day`; and
//! `hour`, `minute`, `second`, `half` (AM, PM, SA, CH, sáng, chiều…), `offset` (`Z`, `+07:00`,
//! `GMT+7`). Without an offset the time is Hanoi's.

use crate::article::Precision;
use crate::time::{self, Time};
use chrono::{FixedOffset, NaiveDate, TimeZone as _};
use regex::{Captures, Regex};
use std::str::FromStr;

/// A time as read, and how exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The moment.
    pub time: Time,
    /// How exactly it is known.
    pub precision: Precision,
}

/// One form of dates.
#[derive(Debug, Clone)]
pub struct DatePattern(Regex);

impl DatePattern {
    /// The first date of this form in a text that exists in the calendar.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<Stamp> {
        self.0.captures_iter(text).find_map(|found| stamp(&found))
    }
}

impl FromStr for DatePattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let regex = Regex::new(text).map_err(|e| {
            let last = e.to_string().lines().last().unwrap_or_default().trim().to_owned();
            format!("mẫu ngày `{text}` không đọc được: {last}")
        })?;
        let named: Vec<&str> = regex.capture_names().flatten().collect();
        match ["year", "month", "day"].into_iter().find(|name| !named.contains(name)) {
            Some(missing) => Err(format!("mẫu ngày `{text}` thiếu nhóm (?P<{missing}>…)")),
            None => Ok(Self(regex)),
        }
    }
}

fn stamp(found: &Captures<'_>) -> Option<Stamp> {
    let group = |name| found.name(name).map(|m| m.as_str()).filter(|t| !t.is_empty());
    let number = |name| group(name).map(str::parse::<u32>);
    let year = group("year")?;
    let year = if year.len() == 2 { 2000 + year.parse::<i32>().ok()? } else { year.parse().ok()? };
    let day = NaiveDate::from_ymd_opt(year, month(group("month")?)?, number("day")?.ok()?)?;
    let (hour, minute, second) = (number("hour"), number("minute"), number("second"));
    let precision = match (&hour, &second) {
        (None, _) => Precision::Day,
        (Some(_), None) => Precision::Minute,
        (Some(_), Some(_)) => Precision::Second,
    };
    let or_zero = |value: Option<Result<u32, _>>| value.unwrap_or(Ok(0)).ok();
    let hour = of_day(or_zero(hour)?, group("half"))?;
    let naive = day.and_hms_opt(hour, or_zero(minute)?, or_zero(second)?)?;
    let offset = group("offset").map_or_else(|| Some(time::hanoi()), offset)?;
    let time = offset.from_local_datetime(&naive).single()?.with_timezone(&time::hanoi());
    Some(Stamp { time, precision })
}

/// The hour of the day from the hour of its half; `13:40 PM` is read as 13:40.
fn of_day(hour: u32, half: Option<&str>) -> Option<u32> {
    let half = half.map(str::to_lowercase);
    let hour = match half.as_deref() {
        Some("am" | "a.m." | "sa" | "sáng") if hour == 12 => 0,
        Some("pm" | "p.m." | "ch" | "chiều" | "tối") if hour < 12 => hour + 12,
        _ => hour,
    };
    (hour < 24).then_some(hour)
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn month(text: &str) -> Option<u32> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let short = text.get(..3)?.to_ascii_lowercase();
    MONTHS.iter().position(|m| *m == short).and_then(|at| u32::try_from(at + 1).ok())
}

/// `Z`, `+07:00`, `+0700`, `+7`, `GMT+7`, `UTC`.
fn offset(text: &str) -> Option<FixedOffset> {
    let text = text.trim_start_matches(|c: char| c.is_ascii_alphabetic()).trim();
    let Some(sign) = text.chars().next() else { return FixedOffset::east_opt(0) };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = if digits.len() > 2 { digits.split_at(digits.len() - 2) } else { (digits.as_str(), "0") };
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    FixedOffset::east_opt(if sign == '-' { -seconds } else { seconds })
}
