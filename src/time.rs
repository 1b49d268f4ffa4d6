//! Time as the plans mean it: Asia/Ho_Chi_Minh, which is +07:00 all year since 1975.
//!
//! Reads no clock; who needs "now" is handed it.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc};

/// A moment, always carried with the offset +07:00.
pub type Time = DateTime<FixedOffset>;

/// The offset of Asia/Ho_Chi_Minh.
#[must_use]
pub fn hanoi() -> FixedOffset {
    FixedOffset::east_opt(7 * 3600).expect("seven hours is a valid offset")
}

/// The same moment, shown in Hanoi.
#[must_use]
pub fn at_hanoi(moment: DateTime<Utc>) -> Time {
    moment.with_timezone(&hanoi())
}

/// A wall-clock time in Hanoi.
#[must_use]
pub fn local(naive: NaiveDateTime) -> Time {
    hanoi().from_local_datetime(&naive).single().expect("a fixed offset has no gaps or overlaps")
}

/// The first moment of a day in Hanoi.
#[must_use]
pub fn start_of(day: NaiveDate) -> Time {
    local(day.and_time(NaiveTime::MIN))
}

/// The last second of a day in Hanoi; what `as_of` means.
#[must_use]
pub fn end_of(day: NaiveDate) -> Time {
    local(day.and_hms_opt(23, 59, 59).expect("23:59:59 exists every day"))
}

/// Reads RFC 3339 and moves it to Hanoi; `None` if it is not one.
#[must_use]
pub fn parse(text: &str) -> Option<Time> {
    DateTime::parse_from_rfc3339(text.trim()).ok().map(|t| t.with_timezone(&hanoi()))
}

/// Serde for `Option<Time>` that moves any offset to +07:00 on the way in.
pub mod optional {
    use super::{Time, hanoi};
    use chrono::{DateTime, Datelike as _, FixedOffset};
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};
    use std::borrow::Cow;

    /// Writes RFC 3339 with +07:00, or null.
    pub fn serialize<S: Serializer>(time: &Option<Time>, s: S) -> Result<S::Ok, S::Error> {
        time.map(|t| t.with_timezone(&hanoi()).to_rfc3339()).serialize(s)
    }

    /// Reads RFC 3339 or null.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Time>, D::Error> {
        let Some(text) = Option::<Cow<'de, str>>::deserialize(d)? else { return Ok(None) };
        let read = text.parse::<DateTime<FixedOffset>>().ok().map(|time| time.with_timezone(&hanoi()));
        // The calendar here goes further than RFC 3339: such a year could be written and never read again.
        let read = read.filter(|time| (1..=9999).contains(&time.year()));
        let refused = || format!("«{text}» không phải thời điểm RFC 3339; viết như 2026-05-04T08:00:00+07:00");
        read.map(Some).ok_or_else(|| D::Error::custom(refused()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utc_moves_to_hanoi() {
        // A post of 31 May 17:00 UTC is one of 1 June in Hanoi.
        let time = parse("2026-05-31T17:00:00Z").unwrap();
        assert_eq!(time.to_rfc3339(), "2026-06-01T00:00:00+07:00");
        assert_eq!(parse("31/05/2026"), None);
    }

    #[test]
    fn a_moment_that_is_taken_can_be_written_and_read_again() {
        #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
        struct Line(#[serde(with = "optional")] Option<Time>);
        for (json, taken) in [
            ("null", true),
            (r#""2026-05-31T17:00:00Z""#, true),
            (r#""2026\u002d05-31T17:00:00Z""#, true),
            (r#""0001-01-01T00:00:00+07:00""#, true),
            (r#""9999-12-31T23:59:59+07:00""#, true),
            // A day later in Hanoi.
            (r#""9999-12-31T23:59:59Z""#, false),
            (r#""+262142-12-31T23:00:00Z""#, false),
            (r#""-262143-01-01T00:00:00+07:00""#, false),
            (r#""2026-05-04""#, false),
            (r#""""#, false),
            ("1", false),
        ] {
            let read = serde_json::from_str::<Line>(json);
            assert_eq!(read.is_ok(), taken, "{json}: {read:?}");
            let Ok(line) = read else { continue };
            let written = serde_json::to_string(&line).unwrap();
            assert_eq!(serde_json::from_str::<Line>(&written).unwrap(), line, "{json}");
        }
    }
}
