//! The front page: who meets the plan, who does not, and what could not be seen.

use super::address::Address;
use super::app::App;
use super::error::Refusal;
use super::grid;
use super::sources::{self, Source};
use super::view::{self, View, answer};
use crate::audit::{Status, Verdict};
use crate::period::Period;
use crate::unit::{Group, UnitId};
use axum::extract::State;
use axum::response::Response;
use chrono::{Datelike as _, Days, NaiveDate};
use minijinja::{Value, context};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Sources out of sight that the front page names; the rest stand on their own page.
const NAMED: usize = 8;

/// `GET /`
pub(super) async fn page(State(app): State<Arc<App>>, address: Address) -> Response {
    answer(app, address, content).await
}

fn content(view: &View<'_>) -> Result<Response, Refusal> {
    let wish = view.wish()?;
    let all = view.verdicts();
    let (counted, others): (Vec<&Verdict>, Vec<&Verdict>) =
        all.into_iter().partition(|v| view.is_counted(&v.obligation));
    let ended: Vec<&Verdict> = view.ended().into_iter().filter(|v| view.is_counted(&v.obligation)).collect();
    let sources = sources::of(&view.snapshot.world, view.day);
    let unseen: Vec<&Source<'_>> = sources.iter().filter(|source| !source.seen).collect();
    let table = grid::table(view, &wish, &counted);
    view.page(
        "front.html",
        context! {
            choices => choices(view),
            latest => view.day == view.snapshot.night.day,
        watched => sources.len(),
            seen => sources.len() - unseen.len(),
            unseen => unseen.iter().take(NAMED).map(|source| source.value(view)).collect::<Vec<_>>(),
            unseen_more => unseen.len().saturating_sub(NAMED),
            counts => counts(view, &counted, &[("loai", "dem")]),
        ended => if view.period.is_none() { counts(view, &ended, &[("loai", "dem"), ("xong", "1")]) } else { Vec::new() },
            others => counts(view, &others, &[("loai", "khac")]),
            groups => groups(view, &counted),
            table,
        },
    )
}

/// The choices of the form at the head, each with whether it is the present one.
pub(super) fn choices(view: &View<'_>) -> Value {
    let plans = view.snapshot.rules.plans.iter().map(|plan| {
        context! { id => &plan.id, title => &plan.title, document => &plan.document, chosen => plan.id == view.plan.id }
    });
    let chosen = view.period.map(|p| p.to_string()).unwrap_or_default();
    let periods = periods(view.plan.from, view.plan.until.min(view.day)).into_iter();
    let periods = periods.map(|(title, list)| {
        let options = list.into_iter().map(|period| {
            let id = period.to_string();
            context! { chosen => id == chosen, id, name => period.name() }
        });
        context! { title, options => options.collect::<Vec<_>>() }
    });
    let groups = Group::ALL.map(|group| {
        context! { id => group.id(), name => group.name(), chosen => view.address.get("nhom") == Some(group.id()) }
    });
    let statuses = Status::ALL.iter().map(|status| {
        let code = status.code();
        context! { chosen => view.address.get("trang-thai") == Some(code), id => code, name => status.name() }
    });
    context! {
        plans => plans.collect::<Vec<_>>(),
        periods => periods.collect::<Vec<_>>(),
        groups => groups.to_vec(),
        statuses => statuses.collect::<Vec<_>>(),
        name => view.address.get("ten").unwrap_or_default(),
        plan => view.address.get("plan").unwrap_or_default(),
        day => view.address.get("ngay").map(|_| view::date(view.day)).unwrap_or_default(),
        period => view.address.get("ky").unwrap_or_default(),
    }
}

/// A kind of period, and what it is made of from the day it holds.
type Kind = (&'static str, fn(NaiveDate) -> Period);

/// The periods a visitor may choose, by kind, the latest first.
fn periods(from: NaiveDate, until: NaiveDate) -> Vec<(String, Vec<Period>)> {
    const KINDS: [Kind; 6] = [
        ("Tuần", Period::week_of),
        ("Tháng", Period::month_of),
        ("Quý", Period::quarter_of),
        ("6 tháng", Period::half_of),
        ("9 tháng", Period::nine_months_of),
        ("Năm", Period::year_of),
    ];
    // Plans run over some years at most; the last two are what a page is opened for.
    let from = from.max(NaiveDate::from_ymd_opt(until.year() - 1, 1, 1).unwrap_or(from));
    let days = || from.iter_days().take_while(|day| *day <= until + Days::new(0));
    let of =
        |make: fn(NaiveDate) -> Period| days().map(make).collect::<BTreeSet<_>>().into_iter().rev().collect::<Vec<_>>();
    let mut found: Vec<(String, Vec<Period>)> =
        KINDS.iter().map(|(title, make)| ((*title).to_owned(), of(*make))).collect();
    let reports = found.iter().skip(1).flat_map(|(_, list)| list.iter().filter_map(|p| p.on_reporting_calendar()));
    found.push(("Kỳ báo cáo (ngày 15 đến ngày 14)".to_owned(), reports.collect()));
    found.retain(|(_, list)| !list.is_empty());
    found
}

/// How many verdicts have one answer, each with the list it is the length of.
pub(super) fn counts(view: &View<'_>, verdicts: &[&Verdict], changes: &[(&str, &str)]) -> Vec<Value> {
    let mut counts: BTreeMap<Status, usize> = BTreeMap::new();
    for verdict in verdicts {
        *counts.entry(verdict.status).or_default() += 1;
    }
    let value = |(status, count): (Status, usize)| {
        let code = status.code();
        let cleared = [("nhom", ""), ("ten", ""), ("trang", ""), ("trang-thai", code)];
        let link = view.address.with(&[&cleared[..], changes].concat());
        context! { code, name => status.name(), count, link }
    };
    counts.into_iter().map(value).collect()
}

/// Totals by group.
fn groups(view: &View<'_>, verdicts: &[&Verdict]) -> Vec<Value> {
    let group = |v: &Verdict| view.snapshot.rules.registry.get(&v.unit).map_or(Group::Other, |unit| unit.group);
    let value = |wanted: Group| {
        let list: Vec<&Verdict> = verdicts.iter().copied().filter(|v| group(v) == wanted).collect();
        let units: BTreeSet<&UnitId> = list.iter().map(|v| &v.unit).collect();
        let counts = counts(view, &list, &[("loai", "dem"), ("nhom", wanted.id())]);
        (!list.is_empty()).then(|| context! { id => wanted.id(), name => wanted.name(), units => units.len(), counts })
    };
    Group::ALL.into_iter().filter_map(value).collect()
}

/// One value of a template's object, as text.
pub(super) fn attr(value: &Value, name: &str) -> String {
    value.get_attr(name).map(|v| v.to_string()).unwrap_or_default()
}
