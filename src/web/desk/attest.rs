//! Evidence for what cannot be crawled: recorded with a file, listed, read again.

use super::super::address::Address;
use super::super::app::App;
use super::super::error::Refusal;
use super::super::form::Form;
use super::super::upload;
use super::super::view::{self, View, answer};
use super::super::visitor::{Signed, Visitor};
use super::Fault;
use crate::decision::Attestation;
use crate::inspect::attestation::{self, Order};
use crate::plan::Obligation;
use crate::record::kind;
use crate::registry::Unit;
use crate::report::clean;
use crate::text;
use crate::unit::UnitId;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use minijinja::{Value, context};
use std::sync::Arc;

/// Attestations shown.
const MOST: usize = 100;

/// `GET /kiem-tra/minh-chung`
pub(super) async fn page(State(app): State<Arc<App>>, address: Address, _signed: Signed, visitor: Visitor) -> Response {
    answer(app, address, move |view| shown(view, &visitor, None, &[])).await
}

/// `POST /kiem-tra/minh-chung`
pub(super) async fn record(State(app): State<Arc<App>>, address: Address, signed: Signed, form: Form) -> Response {
    answer(app, address, move |view| take(view, &signed, &form)).await
}

/// `GET /kiem-tra/tep/{seq}`: the file as it was brought, to be kept and never opened in the page.
pub(super) async fn file(
    State(app): State<Arc<App>>,
    Path(seq): Path<u64>,
    address: Address,
    _signed: Signed,
) -> Response {
    answer(app, address, move |view| {
        let record = &view.app.record;
        let entries = record.journal().entries()?;
        let entry = entries.iter().find(|entry| entry.seq == seq).ok_or(Refusal::NotFound)?;
        let attestation = record.attestation(entry)?.ok_or(Refusal::NotFound)?;
        let bytes = record.files().read(&attestation.file.ok_or(Refusal::NotFound)?)?;
        let name = text::fold(&attestation.file_name.unwrap_or_default());
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
            (header::CONTENT_DISPOSITION, super::attachment(&format!("minh-chung-{seq}-{name}"))),
        ];
        Ok((headers, bytes).into_response())
    })
    .await
}

fn take(view: &View<'_>, signed: &Signed, form: &Form) -> Result<Response, Refusal> {
    signed.may_change()?;
    let mut faults = Vec::new();
    let unit = chosen_unit(view);
    let (obligation, period) = form.get("viec").split_once('|').unwrap_or_default();
    let (note, file) = (form.get("ghi-chu"), form.file("tep"));
    if let Some(fault) = file.and_then(upload::fault) {
        faults.push(Fault::new("tep", fault));
    } else if file.is_none() && note.is_empty() {
        faults.push(Fault::new("tep", "Chọn một tệp, hoặc ghi một ghi chú nói rõ minh chứng ở đâu."));
    }
    match (unit, period.parse()) {
        (Some(unit), Ok(period)) if faults.is_empty() => {
            let file = file.map(|file| (file.name.as_str(), file.bytes.as_ref()));
            let order = Order { plan: &view.plan.id, obligation, unit: &unit.id, period, file, note };
            let hand = super::hand(view.app, signed);
            match attestation::record(&order, &view.snapshot.rules, &view.app.record, &hand) {
                Ok(entry) => return Ok(super::done(view, &entry, "/kiem-tra/minh-chung")),
                Err(error) => faults.push(super::refused(error)?),
            }
        }
        (None, _) => faults.push(Fault::new("", "Chọn đơn vị mà minh chứng nói tới.")),
        (_, Ok(_)) => {}
        (_, Err(_)) => faults.push(Fault::new("viec", "Chọn nhiệm vụ và kỳ mà minh chứng nói tới.")),
    }
    Ok(super::again(shown(view, &form.visitor, Some(form), &faults)?))
}

fn chosen_unit<'v>(view: &'v View<'_>) -> Option<&'v Unit> {
    let id: UnitId = view.address.get("don-vi")?.parse().ok()?;
    view.snapshot.rules.registry.get(&id)
}

fn shown(view: &View<'_>, visitor: &Visitor, sent: Option<&Form>, faults: &[Fault]) -> Result<Response, Refusal> {
    let unit = chosen_unit(view);
    let attestations = view.app.record.views(None)?.attestations;
    let standing = attestations.iter().rev().filter(|a| unit.is_none_or(|unit| a.unit == unit.id));
    let values = context! {
        unit => unit.map(|unit| context! { id => unit.id.as_str(), name => unit.full_name() }),
        units => super::units(view, unit.map_or("", |unit| unit.id.as_str())),
        plans => super::plans(view, &view.plan.id),
        duties => unit.map(|unit| duties(view, unit, sent)),
        note => sent.map_or("", |form| form.get("ghi-chu")),
        taken => upload::taken(),
        done => super::written(view, |entry| entry.kind == kind::ATTESTATION)?,
        attestations => standing.take(MOST).map(|a| value(view, a)).collect::<Vec<_>>(),
        faults => super::told(faults),
    };
    super::page(view, visitor, "attest.html", values)
}

/// The duties of a unit that take evidence, each with its periods.
fn duties(view: &View<'_>, unit: &Unit, sent: Option<&Form>) -> Vec<Value> {
    let asked = |duty: &Obligation| view.address.get("nhiem-vu") == Some(duty.id.as_str());
    let taken = view.plan.obligations.iter().filter(|duty| attestation::takes(duty) && duty.who.binds(unit));
    let value = |duty: &Obligation| {
        let windows = duty.windows();
        let only = asked(duty) && windows.len() == 1;
        let periods = windows.iter().map(|window| {
            let id = format!("{}|{}", duty.id, window.period);
            let chosen = sent.map_or(only, |form| form.get("viec") == id);
            context! { id, name => window.period.name(), chosen }
        });
        context! { title => &duty.title, clause => &duty.clause, periods => periods.collect::<Vec<_>>() }
    };
    taken.map(value).collect()
}

fn value(view: &View<'_>, attestation: &Attestation) -> Value {
    let rules = &view.snapshot.rules;
    let duty = rules.plans.get(&attestation.plan).ok().and_then(|plan| plan.obligation(&attestation.obligation));
    let unit = rules.registry.get(&attestation.unit);
    context! {
        seq => attestation.seq,
        at => view::moment(attestation.at),
        by => clean(&attestation.by),
        unit => unit.map_or_else(|| attestation.unit.to_string(), Unit::full_name),
        duty => duty.map_or(attestation.obligation.as_str(), |duty| &duty.title),
        period => attestation.period.name(),
        file => attestation.file.is_some().then(|| clean(attestation.file_name.as_deref().unwrap_or("tệp"))),
        note => clean(&attestation.note),
    }
}
