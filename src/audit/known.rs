//! What was known at the end of a day: the records of people, indexed for one plan.
//!
//! An audit of a past day must not know what came later, so everything dated after `as_of` is
//! left out here, once, and the rest of the engine need not think of it.

use super::sight::Sight;
use super::world::{World, day_of};
use crate::article::{ArticleId, Channel};
use crate::decision::{Attestation, Decision, LedgerLine, Ruling};
use crate::period::Period;
use crate::plan::{Per, Plan, Window};
use crate::registry::{Registry, Unit};
use crate::time::{self, Time};
use crate::unit::UnitId;
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap, HashSet};

/// So many days without a line are a lull, of a holiday as of a quiet week; a month without one is a
/// ledger that was not loaded.
const LULL: i64 = 14;

/// How far into a period a ledger goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// None of it is loaded.
    Nowhere,
    /// Its last line is of this day.
    Day(NaiveDate),
    End,
}

/// Plan, registry and world as they were known at the end of a day.
pub(super) struct Known<'a> {
    pub plan: &'a Plan,
    pub registry: &'a Registry,
    pub world: &'a World,
    pub as_of: NaiveDate,
    /// The last second of that day.
    pub moment: Time,
    pub sight: Sight<'a>,
    /// By the id of an article or of a ledger line.
    rulings: HashMap<&'a str, Vec<&'a Decision>>,
    touched: HashSet<&'a UnitId>,
    given_to: HashMap<&'a UnitId, Vec<&'a ArticleId>>,
    lines: HashMap<&'a UnitId, Vec<&'a LedgerLine>>,
    /// By day of receipt, the last day on which a line of that day was loaded.
    received: BTreeMap<NaiveDate, NaiveDate>,
    evidence: HashMap<(&'a str, &'a UnitId), Vec<&'a Attestation>>,
    heirs: HashMap<&'a UnitId, Vec<&'a Unit>>,
}

impl<'a> Known<'a> {
    pub(super) fn new(plan: &'a Plan, registry: &'a Registry, world: &'a World, as_of: NaiveDate) -> Self {
        let moment = time::end_of(as_of);
        let mut known = Self {
            plan,
            registry,
            world,
            as_of,
            moment,
            sight: Sight::new(&world.coverage, as_of),
            rulings: HashMap::new(),
            touched: HashSet::new(),
            given_to: HashMap::new(),
            lines: HashMap::new(),
            received: BTreeMap::new(),
            evidence: HashMap::new(),
            heirs: HashMap::new(),
        };
        for decision in world.decisions.iter().filter(|d| d.at <= moment) {
            known.rulings.entry(&decision.item.0).or_default().push(decision);
            if let Ruling::Unit { value: Some(unit) } = &decision.ruling {
                known.given_to.entry(unit).or_default().push(&decision.item);
            }
        }
        for line in world.ledger.iter().filter(|l| l.loaded <= moment && l.received <= as_of) {
            known.lines.entry(&line.unit).or_default().push(line);
            let loaded = known.received.entry(line.received).or_default();
            *loaded = day_of(line.loaded).max(*loaded);
        }
        for attestation in world.attestations.iter().filter(|a| a.plan == plan.id && a.at <= moment) {
            known.evidence.entry((&attestation.obligation, &attestation.unit)).or_default().push(attestation);
        }
        for unit in registry.units().iter().filter(|u| u.successor.is_some()) {
            let heir = registry.heir(unit, NaiveDate::MAX);
            known.heirs.entry(&heir.id).or_default().push(unit);
        }
        known.touched = known.touched_units();
        known
    }

    /// Every unit that a decision may bear on: to whom its item was or is credited, or who sent it.
    fn touched_units(&self) -> HashSet<&'a UnitId> {
        let posts = self.rulings.keys().filter_map(|id| self.world.post(&ArticleId((*id).to_owned())));
        let assessed = posts.flat_map(|post| post.assessment.unit.iter().chain(&post.assessment.co_units));
        let ruled = |line: &&LedgerLine| {
            self.rulings.contains_key(line.id.as_str())
                || line.item.as_ref().is_some_and(|id| self.rulings.contains_key(id.0.as_str()))
        };
        let senders = self.lines.values().flatten().copied().filter(ruled).map(|line| &line.unit);
        let mut units: HashSet<&UnitId> = assessed.chain(senders).chain(self.given_to.keys().copied()).collect();
        let heirs: Vec<&UnitId> = units
            .iter()
            .filter_map(|id| self.registry.get(id))
            .map(|unit| &self.registry.heir(unit, NaiveDate::MAX).id)
            .collect();
        units.extend(heirs);
        units
    }

    /// Whether a decision may bear on a unit's verdicts.
    pub(super) fn is_touched(&self, unit: &UnitId) -> bool {
        self.touched.contains(unit)
    }

    /// The decisions in force about an article or a ledger line.
    pub(super) fn rulings(&self, item: &str) -> &[&'a Decision] {
        self.rulings.get(item).map_or(&[], Vec::as_slice)
    }

    /// Items that some decision gave to a unit; a later one may have taken them away.
    pub(super) fn given_to(&self, unit: &UnitId) -> &[&'a ArticleId] {
        self.given_to.get(unit).map_or(&[], Vec::as_slice)
    }

    /// What the intake desk received from a unit.
    pub(super) fn lines(&self, unit: &UnitId) -> &[&'a LedgerLine] {
        self.lines.get(unit).map_or(&[], Vec::as_slice)
    }

    /// The posted item at a line's address, where it is known by now. What the desk receives is posted
    /// on the city page; at another address stands another item.
    pub(super) fn addressed(&self, line: &LedgerLine) -> Option<u32> {
        let index = self.world.index(line.item.as_ref()?)?;
        let post = self.world.at(index);
        (post.channel == Channel::CityPage && post.known_at(self.moment)).then_some(index)
    }

    /// How far into a period the ledger goes that is loaded. To its end, if lines of anybody stand in it
    /// or shortly before, and more came later, or the ledger was loaded later.
    pub(super) fn ledger(&self, window: &Window) -> Reach {
        let end = window.last.min(self.as_of);
        let Some((last, loaded)) = self.received.range(..=end).next_back() else { return Reach::Nowhere };
        let inside = *last >= window.first;
        let reaches = *loaded >= end || self.received.range(end..).next().is_some();
        match reaches && (inside || (end - *last).num_days() <= LULL) {
            true => Reach::End,
            false if inside => Reach::Day(*last),
            false => Reach::Nowhere,
        }
    }

    /// The evidence for one duty of a unit in a period.
    pub(super) fn evidence(&self, obligation: &str, unit: &UnitId, period: Period) -> Vec<&'a Attestation> {
        let Some(all) = self.evidence.get(&(obligation, unit)) else { return Vec::new() };
        // The report of the first quarter is not that of the half-year; a photograph of May does
        // show what was done in the year.
        let exact = self.plan.obligation(obligation).is_some_and(|o| o.per == Per::Report);
        let fits = |a: &Attestation| a.period == period || (!exact && period.encloses(&a.period));
        all.iter().copied().filter(|a| fits(a)).collect()
    }

    /// Dissolved units in whose place this one stands.
    pub(super) fn predecessors(&self, unit: &UnitId) -> &[&'a Unit] {
        self.heirs.get(unit).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;
    use crate::decision::Outcome;
    use crate::rules::Rules;

    #[test]
    fn a_ledger_reaches_to_a_period_or_does_not() {
        let rules = Rules::parse(Data::built_in()).unwrap();
        let plan = rules.plans.get("ha-noi-2026").unwrap();
        let day = |text: &str| format!("2026-{text}").parse::<NaiveDate>().unwrap();
        let until = |text: &str| Reach::Day(day(text));
        // Days of receipt, the day the ledger was loaded, the day of the audit; period → its reach.
        for (received, loaded, as_of, period, reached) in [
            ("05-14 05-25", "06-02", "06-10", "2026-W21", Reach::End),
            ("05-14", "06-02", "06-10", "2026-W21", Reach::End),
            ("05-14", "05-20", "06-10", "2026-W21", Reach::Nowhere),
            ("04-29", "06-02", "06-10", "2026-05", Reach::Nowhere),
            ("04-29 06-02", "06-02", "06-10", "2026-05", Reach::Nowhere),
            ("05-02", "05-03", "06-10", "2026-05", until("05-02")),
            ("05-02", "06-02", "06-10", "2026-05", Reach::End),
            ("05-31", "05-31", "06-10", "2026-05", Reach::End),
            ("05-20", "05-20", "05-20", "2026-05", Reach::End),
            ("05-20", "05-20", "05-25", "2026-05", until("05-20")),
            ("06-02", "06-02", "06-10", "2026-05", Reach::Nowhere),
            ("05-14 05-25", "06-02", "05-25", "2026-W21", Reach::Nowhere),
        ] {
            let mut world = World::default();
            world.ledger.extend(received.split(' ').map(|at| LedgerLine {
                id: at.to_owned(),
                unit: "phuong-cua-nam".parse().unwrap(),
                received: day(at),
                title: String::new(),
                kind: None,
                topic: None,
                also: Vec::new(),
                url: None,
                outcome: Outcome::Received,
                reason: String::new(),
                item: None,
                loaded: time::start_of(day(loaded)),
            }));
            let known = Known::new(plan, &rules.registry, &world, day(as_of));
            let period: Period = period.parse().unwrap();
            let window = Window { period, first: period.first(), last: period.last(), cut: false };
            assert_eq!(known.ledger(&window), reached, "{received} {loaded} {as_of} {period}");
        }
    }
}
