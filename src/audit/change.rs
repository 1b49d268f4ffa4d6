//! What changed between two audits of the same day: with other rules, and nothing else, other
//! verdicts are the rules' doing and are listed as such.

use super::verdict::{Audit, Status, Verdict};
use crate::period::Period;
use crate::unit::UnitId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One verdict that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Who.
    pub unit: UnitId,
    /// Which duty.
    pub obligation: String,
    /// When.
    pub period: Period,
    /// Status and count before; `None` where there was no verdict.
    pub before: Option<(Status, u32)>,
    /// Status and count now; `None` where there is none any more.
    pub after: Option<(Status, u32)>,
}

/// Every verdict whose status or count differs, in the order of the later audit; those that are
/// gone stand at the end.
#[must_use]
pub fn changes(before: &Audit, after: &Audit) -> Vec<Change> {
    type Key<'a> = (&'a UnitId, &'a str, Period);
    fn key(verdict: &Verdict) -> Key<'_> {
        (&verdict.unit, &verdict.obligation, verdict.period)
    }
    let answer = |v: &Verdict| (v.status, v.counted);
    let change = |(unit, obligation, period): Key<'_>, before, after| Change {
        unit: unit.clone(),
        obligation: obligation.to_owned(),
        period,
        before,
        after,
    };
    let mut old: BTreeMap<Key<'_>, (Status, u32)> = before.verdicts.iter().map(|v| (key(v), answer(v))).collect();
    let mut found = Vec::new();
    for verdict in &after.verdicts {
        let was = old.remove(&key(verdict));
        if was != Some(answer(verdict)) {
            found.push(change(key(verdict), was, Some(answer(verdict))));
        }
    }
    found.extend(old.into_iter().map(|(key, was)| change(key, Some(was), None)));
    found
}
