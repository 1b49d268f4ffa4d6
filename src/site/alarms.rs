//! What it takes to be alarmed about a portal: figures that whoever runs the audit may change.

use crate::fields::Fields;

/// The figures of the `alarms` table; what it leaves out keeps its default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alarms {
    /// A portal is lively that posts so many items a week or more …
    pub items_a_week: i64,
    /// … over so many weeks …
    pub weeks: i64,
    /// … and silent when it then has none for so many days.
    pub quiet_days: i64,
    /// The articles of so many days are held against those before.
    pub recent_days: i64,
    /// Fewer articles in these days tell nothing.
    pub recent_sample: i64,
    /// Fewer articles before them tell nothing.
    pub sample: i64,
    /// By so many points of a hundred the share of a filled field must fall.
    pub fall: i64,
}

impl Default for Alarms {
    fn default() -> Self {
        Self { items_a_week: 3, weeks: 4, quiet_days: 10, recent_days: 7, recent_sample: 5, sample: 20, fall: 40 }
    }
}

impl Alarms {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Self {
        let usual = Self::default();
        let value = |key: &'static str, usual: i64, range: std::ops::RangeInclusive<i64>| {
            let value = fields.number(key).and_then(|n| i64::try_from(n).ok()).unwrap_or(usual);
            if !range.contains(&value) {
                fields.fault(key, format!("{value} nằm ngoài {}–{}", range.start(), range.end()));
            }
            value
        };
        let alarms = Self {
            items_a_week: value("items_a_week", usual.items_a_week, 1..=1000),
            weeks: value("weeks", usual.weeks, 1..=7),
            quiet_days: value("quiet_days", usual.quiet_days, 1..=90),
            recent_days: value("recent_days", usual.recent_days, 1..=28),
            recent_sample: value("recent_sample", usual.recent_sample, 1..=1000),
            sample: value("sample", usual.sample, 1..=1000),
            fall: value("fall", usual.fall, 1..=100),
        };
        fields.finish();
        alarms
    }
}
