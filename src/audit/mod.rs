//! The audit: plan × articles × coverage × decisions → verdicts with their evidence.
//!
//! Pure: same inputs, same verdicts; it reads no file and no clock (`as_of` is handed in).
//!
//! - [`World`] holds all that is known, indexed once; a [`Post`] is an article without its text.
//! - [`audit`] judges every unit in every period of a plan and answers with an [`Audit`]. It is a
//!   [`Case`] that is judged, and then put into words ([`Judged::write`]).
//! - [`sendings`] puts a unit's ledger lines together with what was posted.

mod alarm;
mod assign;
mod candidate;
mod change;
mod explain;
mod finding;
mod known;
mod newness;
mod rhythm;
mod rivalry;
mod sent;
mod sight;
mod summary;
mod tally;
mod verdict;
mod world;
mod write;

pub use change::{Change, changes};
pub use sent::{Posted, Sending, sendings};
pub use verdict::{Alarm, Audit, Automatic, Gap, Item, ItemReason, Note, Status, ThemeCount, Verdict};
pub use world::{Post, World};

use crate::coverage::Watched;
use crate::error::{Error, Result};
use crate::period::Period;
use crate::plan::Plan;
use crate::registry::Registry;
use crate::unit::UnitId;
use chrono::{Datelike as _, NaiveDate};
use known::Known;
use rhythm::Rhythm;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use write::Decided;

/// What part of an audit is wanted; the whole plan is computed all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these units; empty: all.
    pub units: Vec<UnitId>,
    /// Exactly these periods; empty: all of the plan. One on the reporting calendar sums the same
    /// duties over its days.
    pub periods: Vec<Period>,
}

impl Selection {
    /// Whether a verdict's unit is wanted.
    fn wants(&self, unit: &UnitId) -> bool {
        self.units.is_empty() || self.units.contains(unit)
    }

    fn check(&self, plan: &Plan, registry: &Registry) -> Result<()> {
        if let Some(unknown) = self.units.iter().find(|unit| registry.get(unit).is_none()) {
            return Err(Error::Input(format!("không có đơn vị «{unknown}»; xem mã đơn vị trong data/units")));
        }
        let (first, last) = (plan.from.year(), plan.until.year());
        let outside = |period: &&Period| period.last().year() < first || last < period.first().year();
        if let Some(period) = self.periods.iter().find(outside) {
            let years = if first == last { first.to_string() } else { format!("{first}–{last}") };
            return Err(Error::Input(format!("kỳ {period} nằm ngoài năm của kế hoạch {} ({years})", plan.id)));
        }
        Ok(())
    }
}

/// Audits one plan as of the end of a day.
///
/// # Errors
/// A selection that names an unknown unit, or a period wholly outside the plan's years.
pub fn audit(
    plan: &Plan,
    registry: &Registry,
    world: &World,
    as_of: NaiveDate,
    selection: &Selection,
) -> Result<Audit> {
    let case = Case::new(plan, registry, world, as_of);
    Ok(case.judge(selection)?.write())
}

/// A plan and the world as it was known at the end of a day, ready to be judged.
pub struct Case<'a>(Known<'a>);

impl<'a> Case<'a> {
    /// Gathers what was known.
    #[must_use]
    pub fn new(plan: &'a Plan, registry: &'a Registry, world: &'a World, as_of: NaiveDate) -> Self {
        Self(Known::new(plan, registry, world, as_of))
    }

    /// Decides everything; nothing is put into words yet.
    ///
    /// # Errors
    /// A selection that names an unknown unit, or a period wholly outside the plan's years.
    pub fn judge(&'a self, selection: &Selection) -> Result<Judged<'a>> {
        let known = &self.0;
        selection.check(known.plan, known.registry)?;
        let mut parts = Vec::new();
        for (rhythm, keep) in rhythms(known.plan, selection) {
            let wanted = known.registry.units().iter().filter(|unit| selection.wants(&unit.id));
            let units = wanted.map(|unit| Decided::new(known, &rhythm, unit)).collect();
            parts.push(Part { rhythm, keep, units });
        }
        Ok(Judged { known, parts })
    }
}

/// Every verdict, decided and not yet put into words.
pub struct Judged<'a> {
    known: &'a Known<'a>,
    parts: Vec<Part<'a>>,
}

/// The verdicts over one set of periods.
struct Part<'a> {
    rhythm: Rhythm<'a>,
    /// The periods wanted of them, or all.
    keep: Option<Vec<Period>>,
    units: Vec<Decided<'a>>,
}

impl Judged<'_> {
    /// How many verdicts there are of each status, before any selection of periods.
    #[must_use]
    pub fn statuses(&self) -> BTreeMap<Status, usize> {
        let mut counts = BTreeMap::new();
        for status in self.parts.iter().flat_map(|part| &part.units).flat_map(Decided::statuses) {
            *counts.entry(status).or_insert(0) += 1;
        }
        counts
    }

    /// Puts the verdicts into words, with their items.
    #[must_use]
    pub fn write(&self) -> Audit {
        let plan = self.known.plan;
        let mut verdicts = Vec::new();
        for part in &self.parts {
            let wanted = |period: Period| part.keep.as_ref().is_none_or(|keep| keep.contains(&period));
            for unit in &part.units {
                verdicts.extend(unit.verdicts(self.known, &part.rhythm, wanted));
            }
        }
        let order: HashMap<&str, usize> = plan.obligations.iter().map(|o| o.id.as_str()).zip(0..).collect();
        verdicts.sort_by(|a, b| {
            let key =
                |v: &Verdict| (order.get(v.obligation.as_str()).copied(), v.period.first(), v.period.last(), v.period);
            a.unit.cmp(&b.unit).then_with(|| key(a).cmp(&key(b)))
        });
        let units: BTreeSet<&UnitId> = verdicts.iter().map(|verdict| &verdict.unit).collect();
        let bears = |site: &Watched| site.unit.as_ref().is_none_or(|unit| units.contains(unit));
        let alarms = alarm::standing(&self.known.world.coverage, self.known.as_of, bears);
        Audit {
            schema: 1,
            plan: plan.id.clone(),
            as_of: self.known.as_of,
            program: concat!("cchc ", env!("CARGO_PKG_VERSION")).to_owned(),
            inputs: self.known.world.inputs.clone(),
            alarms,
            verdicts,
        }
    }
}

/// The plan by its own periods, and summed over each period of the reporting calendar asked for;
/// each with the periods to keep, or all.
fn rhythms<'p>(plan: &'p Plan, selection: &Selection) -> Vec<(Rhythm<'p>, Option<Vec<Period>>)> {
    let (reporting, own): (Vec<Period>, Vec<Period>) = selection.periods.iter().partition(|p| p.is_reporting());
    let mut rhythms = Vec::new();
    if selection.periods.is_empty() {
        rhythms.push((Rhythm::of_plan(plan), None));
    } else if !own.is_empty() {
        rhythms.push((Rhythm::of_plan(plan), Some(own)));
    }
    let mut seen = BTreeSet::new();
    for period in reporting.into_iter().filter(|p| seen.insert(*p)) {
        rhythms.push((Rhythm::of_report(plan, period), None));
    }
    rhythms
}
