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
    use chrono::{DateTime, FixedOffset};
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    /// Writes RFC 3339 with +07:00, or null.
    pub fn serialize<S: Serializer>(time: &Option<Time>, s: S) -> Result<S::Ok, S::Error> {
        time.map(|t| t.with_timezone(&hanoi()).to_rfc3339()).serialize(s)
    }

    /// Reads RFC 3339 or null.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Time>, D::Error> {
        Ok(Option::<DateTime<FixedOffset>>::deserialize(d)?.map(|t| t.with_timezone(&hanoi())))
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
}
