//! Alarms about a whole platform: what one quiet portal cannot show, many of its kind can.

use super::desk::StoreDesk;
use super::notes::MEMORY;
use crate::coverage::Cause;
use crate::crawl::Report;
use crate::crawl::alarm::{self, Alarm};
use crate::crawl::desk::{Desk as _, Night, SiteMemory};
use crate::error::Result;
use crate::site::Alarms;
use crate::time::Time;
use std::collections::BTreeMap;

/// A site read tonight: its place in the report, and what is remembered of it.
type Member = (usize, SiteMemory);

/// Holds the articles of each platform's sites against those of before, and withdraws tonight's
/// readings of the sites whose articles lack what the platform's used to have.
///
/// # Errors
/// Store or archive refuse.
pub fn of_platforms(desk: &StoreDesk<'_>, report: &mut Report, limits: &Alarms, now: Time) -> Result<()> {
    let mut platforms: BTreeMap<String, Vec<Member>> = BTreeMap::new();
    for (index, (reading, _)) in report.sites.iter().enumerate() {
        let declared = desk.sites.get(&reading.site).and_then(|site| site.platform.clone());
        let memory = desk.store().note(&MEMORY, &reading.site)?.unwrap_or_default();
        if let Some(platform) = declared.or(memory.platform.clone()) {
            platforms.entry(platform).or_default().push((index, memory));
        }
    }
    for (platform, members) in platforms {
        let Some(alarm) = of_members(&platform, &members, limits, now) else { continue };
        for (index, mut memory) in members.into_iter().filter(|(_, memory)| lacks(memory, &alarm)) {
            let (reading, conduct) = &mut report.sites[index];
            if reading.since.is_some() {
                let withdrawn = alarm.clone().of(&mut memory, reading.clone());
                *reading = crate::coverage::Observation { at: now.max(reading.at), ..withdrawn };
                desk.remember(&reading.site, &memory)?;
                desk.observed(reading, conduct)?;
            }
        }
    }
    Ok(())
}

/// The alarm of a platform over the nights of all its sites.
fn of_members(platform: &str, members: &[Member], limits: &Alarms, now: Time) -> Option<Alarm> {
    let nights: Vec<Night> = members.iter().flat_map(|(_, memory)| memory.nights.iter().cloned()).collect();
    let standing = members.iter().filter_map(|(_, memory)| memory.alarm.as_ref());
    let standing = standing.filter(|alarm| alarm.cause == Cause::FieldsLost).map(|alarm| alarm.from).min();
    let alarm = alarm::fields(&nights, now, standing, limits)?;
    Some(Alarm { detail: format!("nền {platform}, {}", alarm.detail), ..alarm })
}

/// Whether a site's articles since the alarm lack something.
fn lacks(memory: &SiteMemory, alarm: &Alarm) -> bool {
    let lacks = |night: &&Night| night.read > night.titled.min(night.dated).min(night.bodied);
    memory.nights.iter().filter(|night| alarm.from <= night.at).any(|night| lacks(&night))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time;
    use chrono::TimeDelta;

    /// Wards that post once a week each: none of them is telling alone, all together are.
    #[test]
    fn many_quiet_portals_show_what_one_cannot() {
        let now = time::parse("2026-06-20T22:00:00+07:00").unwrap();
        let ward = |number: i64| {
            let night = |week: i64| {
                let dated = u32::from(week > 0);
                let at = now - TimeDelta::days(8 * week + number % 5);
                Night { at, new: 1, read: 1, titled: 1, dated, bodied: 1 }
            };
            (0, SiteMemory { nights: (0..6).rev().map(night).collect(), ..SiteMemory::default() })
        };
        let limits = Alarms::default();
        let wards: Vec<Member> = (0..8).map(ward).collect();
        assert!(wards.iter().all(|(_, ward)| alarm::fields(&ward.nights, now, None, &limits).is_none()));
        let alarm = of_members("ims", &wards, &limits, now).unwrap();
        assert_eq!(alarm.detail, "nền ims, 8 bài trong 7 ngày qua: ngày đăng còn 0 %, trước 100 %");
        assert!(wards.iter().all(|(_, ward)| lacks(ward, &alarm)));
        assert!(of_members("ims", &wards[..4], &limits, now).is_none());
    }
}
