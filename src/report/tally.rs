//! The counts of a report, each with the list it counts.
//!
//! Formats never add up for themselves: a number is the length of one of these lists, so that the
//! table, the page and the workbook cannot disagree.

use super::Report;
use crate::audit::{Item, ItemReason, Note, Status, Verdict};
use crate::plan::Obligation;
use crate::registry::Unit;
use crate::unit::{Group, UnitId};
use std::collections::BTreeMap;

/// Verdicts of one status.
pub(super) type OfStatus<'a> = (Status, Vec<&'a Verdict>);

/// Verdicts by status, in the order reports show them; a status nobody has is left out.
pub(super) fn by_status<'a>(verdicts: impl IntoIterator<Item = &'a Verdict>) -> Vec<OfStatus<'a>> {
    let mut lists: BTreeMap<Status, Vec<&Verdict>> = BTreeMap::new();
    for verdict in verdicts {
        lists.entry(verdict.status).or_default().push(verdict);
    }
    lists.into_iter().collect()
}

impl<'a> Report<'a> {
    /// Verdicts by the group of their units.
    pub(super) fn by_group(&self) -> Vec<(Group, Vec<&'a Verdict>)> {
        let group = |v: &Verdict| self.registry.get(&v.unit).map_or(Group::Other, |unit| unit.group);
        let mut lists: BTreeMap<Group, Vec<&Verdict>> = BTreeMap::new();
        for verdict in &self.audit.verdicts {
            lists.entry(group(verdict)).or_default().push(verdict);
        }
        lists.into_iter().collect()
    }

    /// Verdicts by unit, in the order of the audit.
    pub(super) fn by_unit(&self) -> Vec<(&'a UnitId, Vec<&'a Verdict>)> {
        let mut lists: Vec<(&UnitId, Vec<&Verdict>)> = Vec::new();
        for verdict in &self.audit.verdicts {
            match lists.last_mut() {
                Some((unit, list)) if **unit == verdict.unit => list.push(verdict),
                _ => lists.push((&verdict.unit, vec![verdict])),
            }
        }
        lists
    }

    /// The duties that have a verdict here, in the order of the plan.
    pub(super) fn duties(&self) -> Vec<&'a Obligation> {
        let judged: std::collections::BTreeSet<&str> =
            self.audit.verdicts.iter().map(|v| v.obligation.as_str()).collect();
        self.plan.obligations.iter().filter(|o| judged.contains(o.id.as_str())).collect()
    }

    /// The name of a unit, or its slug where the registry does not know it.
    pub(super) fn unit_name(&self, id: &UnitId) -> String {
        self.registry.get(id).map_or_else(|| id.to_string(), Unit::full_name)
    }

    /// The title of a duty.
    pub(super) fn duty_title(&self, id: &str) -> &'a str {
        self.plan.obligation(id).map_or("", |o| o.title.as_str())
    }
}

/// The items a reader of one verdict wants to see: those that count, and those that could have.
/// What stands on another channel is shown under the duty of that channel.
pub(crate) fn shown(verdict: &Verdict) -> Vec<&Item> {
    verdict.items.iter().filter(|item| item.counted || item.reason != ItemReason::WrongChannel).collect()
}

/// The notes to be read beside a verdict's sentence, which speaks of the ledger itself.
pub(crate) fn notes(verdict: &Verdict) -> Vec<&'static str> {
    verdict.notes.iter().filter(|note| **note != Note::NoLedger).map(|note| note.name()).collect()
}

/// What one duty of a unit comes to over its periods: `đạt 2/3` for one, else counts by status.
pub(super) fn cell(verdicts: &[&Verdict]) -> String {
    match verdicts {
        [] => String::new(),
        [one] => format!("{} {}", one.status.name(), fraction(one)),
        many => {
            let counts = by_status(many.iter().copied());
            counts
                .iter()
                .map(|(status, list)| format!("{} {}", list.len(), status.name()))
                .collect::<Vec<_>>()
                .join(", ")
        }
    }
}

/// How many of how many.
pub(crate) fn fraction(verdict: &Verdict) -> String {
    if verdict.required > 0 { format!("{}/{}", verdict.counted, verdict.required) } else { verdict.counted.to_string() }
}

/// Crawled text made safe to show anywhere: no control or direction characters, and not endless; what
/// is cut ends in `…`.
pub(crate) fn clean(text: &str) -> String {
    const LONGEST: usize = 2_000;
    let direction = |c: char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let mut kept = text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !direction(*c));
    let mut shown: String = kept.by_ref().take(LONGEST).collect();
    if kept.next().is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_clean_and_tells_where_it_was_cut() {
        assert_eq!(clean("Tin\u{202e} một\r\nhai"), "Tin một  hai");
        let (fits, long) = ("đ".repeat(2_000), "đ".repeat(2_001));
        assert_eq!(clean(&fits), fits);
        assert_eq!(clean(&long), format!("{fits}…"));
    }
}
