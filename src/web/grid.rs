//! The table of units × duties: duties that bind many are columns, those of one or two units share one.

use super::front;
use super::view::{self, View, Wish};
use crate::audit::{Status, Verdict};
use crate::plan::{Duty, Obligation};
use crate::registry::Unit;
use crate::report;
use crate::unit::UnitId;
use minijinja::{Value, context};
use std::collections::BTreeMap;

/// A duty that binds at least one unit in so many has a column of its own.
const COMMON: usize = 4;

/// Verdicts by unit.
type Of<'v> = BTreeMap<&'v UnitId, Vec<&'v Verdict>>;

/// For each unit and duty, how many of its periods ended unmet so far.
type Missed<'v> = BTreeMap<(&'v str, &'v str), usize>;

/// The table of the units wished for.
pub(super) fn table(view: &View<'_>, wish: &Wish, counted: &[&Verdict]) -> Value {
    let mut of = Of::new();
    for verdict in counted {
        of.entry(&verdict.unit).or_default().push(verdict);
    }
    let units = units(view, wish, &of);
    let (common, single) = duties(view, &units, &of);
    let missed = missed(view);
    let heads = common.iter().map(|duty| context! { id => &duty.id, title => &duty.title, clause => &duty.clause });
    let row = |unit: &&Unit| {
        let cells = |duties: &[&Obligation]| {
            let one = |duty: &&Obligation| cell(view, duty, unit, &of[&unit.id], &missed);
            duties.iter().map(one).collect::<Vec<_>>()
        };
        let mut own = cells(&single);
        own.retain(|cell| !front::attr(cell, "words").is_empty());
        context! { id => unit.id.as_str(), name => unit.full_name(), cells => cells(&common), own }
    };
    context! {
        duties => heads.collect::<Vec<_>>(),
        has_own => !single.is_empty(),
        rows => units.iter().map(row).collect::<Vec<_>>(),
    }
}

fn units<'v>(view: &'v View<'_>, wish: &Wish, of: &Of<'_>) -> Vec<&'v Unit> {
    let mut units: Vec<&Unit> =
        view.snapshot.rules.registry.units().iter().filter(|u| of.contains_key(&u.id)).collect();
    units.retain(|unit| wish.takes(unit));
    units.retain(|unit| wish.status.is_none_or(|status| of[&unit.id].iter().any(|v| v.status == status)));
    view::sort_units(&mut units);
    units
}

/// The duties with a number that bind any of these units: those of many, and those of few.
fn duties<'v>(view: &'v View<'_>, units: &[&Unit], of: &Of<'_>) -> (Vec<&'v Obligation>, Vec<&'v Obligation>) {
    let bound = |duty: &Obligation| units.iter().filter(|u| of[&u.id].iter().any(|v| v.obligation == duty.id)).count();
    let numbered = view.plan.obligations.iter().filter(|duty| matches!(duty.duty, Duty::Counted(_)));
    let all = numbered.map(|duty| (bound(duty), duty)).filter(|(n, _)| *n > 0);
    let (common, single): (Vec<_>, Vec<_>) = all.partition(|(n, _)| n * COMMON >= units.len());
    let plain = |list: Vec<(usize, &'v Obligation)>| list.into_iter().map(|(_, duty)| duty).collect();
    (plain(common), plain(single))
}

fn missed<'v>(view: &'v View<'_>) -> Missed<'v> {
    let mut missed = Missed::new();
    for v in view.audit.verdicts.iter().filter(|v| v.status == Status::Unmet) {
        *missed.entry((v.unit.as_str(), v.obligation.as_str())).or_default() += 1;
    }
    missed
}

/// What one duty of a unit comes to: its colour is that of the answer most in need of a reader.
fn cell(view: &View<'_>, duty: &Obligation, unit: &Unit, verdicts: &[&Verdict], missed: &Missed<'_>) -> Value {
    const GRAVE: [Status; 5] =
        [Status::Unmet, Status::InsufficientData, Status::NeedsEvidence, Status::InProgress, Status::Met];
    let list: Vec<&Verdict> = verdicts.iter().copied().filter(|v| v.obligation == duty.id).collect();
    let status = GRAVE.into_iter().find(|s| list.iter().any(|v| v.status == *s)).or(list.first().map(|v| v.status));
    let missed = missed.get(&(unit.id.as_str(), duty.id.as_str())).copied().unwrap_or_default();
    let shown = list.iter().filter(|v| v.status == Status::Unmet).count();
    let one = if let [one] = list[..] { Some(one) } else { None };
    context! {
        duty => &duty.id,
        title => &duty.title,
        code => status.map_or("none", Status::code),
        words => words(view, &list),
        fraction => one.map(report::fraction),
        period => one.map(|v| v.period.name()),
        missed => if view.period.is_none() { missed.saturating_sub(shown) } else { 0 },
    }
}

/// The answer, or how many periods have which.
fn words(view: &View<'_>, list: &[&Verdict]) -> String {
    match list {
        [] => String::new(),
        [one] => one.status.name().to_owned(),
        many => {
            let each = |count: &Value| format!("{} kỳ {}", front::attr(count, "count"), front::attr(count, "name"));
            front::counts(view, many, &[]).iter().map(each).collect::<Vec<_>>().join(", ")
        }
    }
}
