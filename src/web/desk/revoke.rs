//! Taking back a decision, an attestation or a ledger: it stays in the journal and stops to count.

use super::super::address::Address;
use super::super::app::App;
use super::super::error::Refusal;
use super::super::form::Form;
use super::super::view::{View, answer};
use super::super::visitor::{Signed, Visitor};
use super::{Fault, journal};
use axum::extract::{Path, State};
use axum::response::Response;
use minijinja::context;
use std::sync::Arc;

/// `GET /kiem-tra/thu-hoi/{seq}`
pub(super) async fn page(
    State(app): State<Arc<App>>,
    Path(seq): Path<u64>,
    address: Address,
    signed: Signed,
    visitor: Visitor,
) -> Response {
    answer(app, address, move |view| {
        signed.may_change()?;
        shown(view, &visitor, seq, "", &[])
    })
    .await
}

/// `POST /kiem-tra/thu-hoi/{seq}`
pub(super) async fn record(
    State(app): State<Arc<App>>,
    Path(seq): Path<u64>,
    address: Address,
    signed: Signed,
    form: Form,
) -> Response {
    answer(app, address, move |view| take(view, seq, &signed, &form)).await
}

fn take(view: &View<'_>, seq: u64, signed: &Signed, form: &Form) -> Result<Response, Refusal> {
    signed.may_change()?;
    let mut faults = Vec::new();
    let reason = super::reason(form, &mut faults);
    if faults.is_empty() {
        match view.app.record.revoke(&super::hand(view.app, signed), seq, reason) {
            Ok(entry) => return Ok(super::done(view, &entry, "/kiem-tra")),
            Err(error) => faults.push(super::refused(error)?),
        }
    }
    Ok(super::again(shown(view, &form.visitor, seq, reason, &faults)?))
}

fn shown(view: &View<'_>, visitor: &Visitor, seq: u64, reason: &str, faults: &[Fault]) -> Result<Response, Refusal> {
    let entries = view.app.record.journal().entries()?;
    let entry = entries.iter().find(|entry| entry.seq == seq).filter(|entry| journal::is_revocable(entry));
    let entry = journal::value(view, entry.ok_or(Refusal::NotFound)?);
    super::page(view, visitor, "revoke.html", context! { entry, reason, faults => super::told(faults) })
}
