//! When a portal's behaviour is no longer to be believed: it fell silent, or its pages suddenly
//! lack what they had.
//!
//! No verdict may be drawn from such a time. What it takes to raise an alarm stands in
//! `sites.toml` (`alarms`); that a portal moved is seen at its home page, by the round itself.

use crate::coverage::{Cause, Observation};
use crate::crawl::desk::{Night, SiteMemory};
use crate::site::Alarms;
use crate::time::Time;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// A site, or a platform, that is not to be believed for the time being.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// What it is: [`Cause::Silence`] or [`Cause::FieldsLost`].
    pub cause: Cause,
    /// What was seen from here on is in doubt.
    pub from: Time,
    /// The figures, as a Vietnamese sentence.
    pub detail: String,
}

impl Alarm {
    /// Withdraws what a reading covered, and lets the next one that is believed cover it again.
    #[must_use]
    pub fn of(self, memory: &mut SiteMemory, reading: Observation) -> Observation {
        memory.read = memory.read.map(|read| read.min(self.from));
        let Self { cause, from, detail } = self.clone();
        memory.alarm = Some(self);
        Observation { since: None, cause: Some(cause), doubt: Some(from), detail, ..reading }
    }
}

/// Whether a portal that used to post has fallen silent: enough a week over some weeks, and then
/// nothing. Where it stays silent for as long as those weeks, that is its new habit, and believed.
#[must_use]
pub fn silence(nights: &[Night], now: Time, limits: &Alarms) -> Option<Alarm> {
    let recent = now - TimeDelta::days(limits.quiet_days);
    let earlier = recent - TimeDelta::weeks(limits.weeks);
    let sum =
        |from: Time, to: Time| -> u32 { nights.iter().filter(|n| from <= n.at && n.at < to).map(|n| n.new).sum() };
    let watched_long = nights.iter().any(|n| n.at <= earlier + TimeDelta::days(2));
    let watched_since = nights.iter().any(|n| recent <= n.at && n.at < now);
    let usual = sum(earlier, recent);
    let lively = i64::from(usual) >= limits.items_a_week * limits.weeks;
    if !(watched_long && watched_since && lively && sum(recent, Time::MAX_UTC.into()) == 0) {
        return None;
    }
    let from = nights.iter().filter(|n| n.new > 0).map(|n| n.at).max()?;
    let (weeks, days) = (limits.weeks, limits.quiet_days);
    let detail = format!("{weeks} tuần trước đó có {usual} tin, {days} ngày nay không có tin nào");
    Some(Alarm { cause: Cause::Silence, from, detail })
}

/// How many of a night's articles have something.
type Filled = fn(&Night) -> u32;

/// What of its articles the extraction fills.
const FIELDS: [(&str, Filled); 3] = [("tiêu đề", |n| n.titled), ("ngày đăng", |n| n.dated), ("nội dung", |n| n.bodied)];

/// Whether articles of the last days lack a field that those before had. `standing` is the alarm
/// of this kind that has not ended yet: what came since is no measure of what is usual.
#[must_use]
pub fn fields(nights: &[Night], now: Time, standing: Option<Time>, limits: &Alarms) -> Option<Alarm> {
    let recent = now - TimeDelta::days(limits.recent_days);
    let usual = standing.map_or(recent, |since| since.min(recent));
    let late: Vec<&Night> = nights.iter().filter(|n| recent <= n.at).collect();
    let early: Vec<&Night> = nights.iter().filter(|n| n.at < usual).collect();
    let count = |nights: &[&Night], field: Filled| nights.iter().map(|n| i64::from(field(n))).sum::<i64>();
    let (now_read, then_read) = (count(&late, |n| n.read), count(&early, |n| n.read));
    // A standing alarm ends when articles are whole again, not because none came.
    let enough = if standing.is_some() { 1 } else { limits.recent_sample };
    if now_read < enough || then_read < limits.sample {
        return None;
    }
    let share = |filled: i64, read: i64| 100 * filled / read;
    let fallen = FIELDS.iter().filter_map(|(name, field)| {
        let (now, then) = (share(count(&late, *field), now_read), share(count(&early, *field), then_read));
        (then - now >= limits.fall).then(|| (format!("{name} còn {now} %, trước {then} %"), *field))
    });
    let (figures, fields): (Vec<String>, Vec<Filled>) = fallen.unzip();
    let lacking = |night: &&&Night| fields.iter().any(|field| field(night) < night.read);
    let begun = late.iter().filter(lacking).map(|n| n.at).min()?;
    let from = standing.map_or(begun, |since| since.min(begun));
    let detail = format!("{now_read} bài trong {} ngày qua: {}", limits.recent_days, figures.join("; "));
    Some(Alarm { cause: Cause::FieldsLost, from, detail })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time;

    const LIMITS: Alarms =
        Alarms { items_a_week: 3, weeks: 4, quiet_days: 10, recent_days: 7, recent_sample: 5, sample: 20, fall: 40 };

    fn now() -> Time {
        time::parse("2026-06-20T22:00:00+07:00").unwrap()
    }

    fn night(ago: i64, new: u32) -> Night {
        let at = now() - TimeDelta::days(ago);
        Night { at, new, read: new, titled: new, dated: new, bodied: new }
    }

    /// Nights from so many days ago until tonight, with what each brought.
    fn nights(first: i64, new: impl Fn(i64) -> u32) -> Vec<Night> {
        (0..=first).rev().map(|ago| night(ago, new(ago))).collect()
    }

    #[test]
    fn silence_is_noticed() {
        let daily_until = |last: i64| move |ago: i64| u32::from(ago > last);
        // what happened → days since the last item, where that is alarming
        for (what, nights, expected) in [
            ("an item a day, then ten days nothing", nights(49, daily_until(10)), Some(11)),
            ("tonight there is one", nights(49, |ago| u32::from(ago > 10 || ago == 0)), None),
            ("nine days nothing", nights(49, daily_until(8)), None),
            ("an item a week, never more", nights(49, |ago| u32::from(ago > 10 && ago % 7 == 0)), None),
            ("three a week exactly", nights(49, |ago| u32::from(ago > 10 && ago % 7 < 3)), Some(14)),
            ("not watched long enough", nights(19, daily_until(10)), None),
            ("silent for a month by now", nights(60, daily_until(30)), None),
            (
                "nobody looked lately",
                nights(49, daily_until(10)).into_iter().filter(|n| n.at < now() - TimeDelta::days(9)).collect(),
                Some(11),
            ),
            ("nothing was ever there", nights(49, |_| 0), None),
            ("never watched", Vec::new(), None),
        ] {
            let found = silence(&nights, now(), &LIMITS).map(|alarm| (now() - alarm.from).num_days());
            assert_eq!(found, expected, "{what}");
        }
    }

    #[test]
    fn lost_fields_are_noticed() {
        let whole = |ago: i64| night(ago, 1);
        let undated = |ago: i64| Night { dated: 0, ..night(ago, 1) };
        let empty = |ago: i64| Night { bodied: 0, titled: 0, ..night(ago, 1) };
        let from = |first: i64, broken: i64, bad: &dyn Fn(i64) -> Night| -> Vec<Night> {
            (0..=first).rev().map(|ago| if ago <= broken { bad(ago) } else { whole(ago) }).collect()
        };
        // what happened → days since it began, the field named
        for (what, nights, standing, expected) in [
            ("all is well", from(40, -1, &undated), None, None),
            ("no dates since five days", from(40, 4, &undated), None, Some((4, "ngày đăng còn"))),
            ("no dates since three days: still more than half", from(40, 1, &undated), None, None),
            ("no texts since six days", from(40, 5, &empty), None, Some((5, "tiêu đề còn"))),
            ("too little is known", from(15, 4, &undated), None, None),
            ("it never had dates", (0..40).rev().map(undated).collect(), None, None),
            (
                "broken for a month, known since then",
                from(60, 30, &undated),
                Some(30),
                Some((30, "ngày đăng còn 0 %, trước 100 %")),
            ),
            (
                "broken for a month, mended since eight days",
                from(60, 30, &|ago| if ago < 8 { whole(ago) } else { undated(ago) }),
                Some(30),
                None,
            ),
        ] {
            let standing = standing.map(|ago: i64| now() - TimeDelta::days(ago));
            let found = fields(&nights, now(), standing, &LIMITS);
            let days = found.as_ref().map(|alarm| (now() - alarm.from).num_days());
            assert_eq!(days, expected.map(|(days, _)| days), "{what}: {found:?}");
            if let (Some(found), Some((_, words))) = (&found, expected) {
                assert!(found.detail.contains(words), "{what}: {}", found.detail);
            }
        }
    }
}
