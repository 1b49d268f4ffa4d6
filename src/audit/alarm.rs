//! Which portals are not to be believed on the day audited.

use super::verdict::Alarm;
use crate::coverage::{Coverage, Observation, Watched};
use crate::error::in_words;
use crate::time;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The alarms that stand at the end of a day, by site.
pub(super) fn standing(coverage: &Coverage, as_of: NaiveDate, wanted: impl Fn(&Watched) -> bool) -> Vec<Alarm> {
    let Coverage::Observed { sites, observations } = coverage else { return Vec::new() };
    let horizon = time::end_of(as_of);
    let mut last: BTreeMap<&str, &Observation> = BTreeMap::new();
    for reading in observations.iter().filter(|o| o.at <= horizon) {
        let known = last.entry(&reading.site).or_insert(reading);
        if known.at <= reading.at {
            *known = reading;
        }
    }
    let alarm = |site: &Watched| {
        let reading = last.get(site.id.as_str())?;
        let cause = reading.cause.filter(|cause| cause.is_alarm())?;
        let since = reading.doubt.unwrap_or(reading.at);
        Some(Alarm { site: site.id.clone(), host: site.host.clone(), cause, since, detail: in_words(&reading.detail) })
    };
    sites.iter().filter(|site| site.confirmed && wanted(site)).filter_map(alarm).collect()
}
