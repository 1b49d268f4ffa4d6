//! A pack of evidence to take away: the same bytes as `cchc evidence export`, noted in the journal.

use super::super::address::Address;
use super::super::app::App;
use super::super::error::Refusal;
use super::super::form::Form;
use super::super::front;
use super::super::view::{View, answer};
use super::super::visitor::{Signed, Visitor};
use super::Fault;
use crate::evidence::Key;
use crate::inspect::pack::{self, Sources, Wanted};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use minijinja::context;
use std::sync::Arc;

/// `GET /kiem-tra/xuat`
pub(super) async fn page(State(app): State<Arc<App>>, address: Address, signed: Signed, visitor: Visitor) -> Response {
    answer(app, address, move |view| {
        signed.may_change()?;
        shown(view, &visitor, None, &[])
    })
    .await
}

/// `POST /kiem-tra/xuat`
pub(super) async fn pack(State(app): State<Arc<App>>, address: Address, signed: Signed, form: Form) -> Response {
    answer(app, address, move |view| {
        signed.may_change()?;
        match wanted(&form) {
            Ok(wanted) => match make(view, &signed, &wanted) {
                Ok(response) => Ok(response),
                Err(error) => {
                    let fault = super::refused(error)?;
                    Ok(super::again(shown(view, &form.visitor, Some(&form), &[fault])?))
                }
            },
            Err(faults) => Ok(super::again(shown(view, &form.visitor, Some(&form), &faults)?)),
        }
    })
    .await
}

fn wanted(form: &Form) -> Result<Wanted, Vec<Fault>> {
    let unit = form.get("don-vi").parse().map_err(|_| Fault::new("don-vi", "Chọn đơn vị."));
    let period = form.get("ky").parse().map_err(|_| Fault::new("ky", "Chọn kỳ."));
    let plan = Some(form.get("ke-hoach")).filter(|plan| !plan.is_empty()).map(str::to_owned);
    match (unit, period) {
        (Ok(unit), Ok(period)) => Ok(Wanted { unit, period, plan }),
        (unit, period) => Err(unit.err().into_iter().chain(period.err()).collect()),
    }
}

fn make(view: &View<'_>, signed: &Signed, wanted: &Wanted) -> crate::error::Result<Response> {
    let app = view.app;
    // Whatever was decided on the command line since belongs into it.
    app.refresh()?;
    let snapshot = app.snapshot();
    let sources = Sources {
        rules: &snapshot.rules,
        world: &snapshot.world,
        article: &|id| app.store.article(id),
        archive: &app.archive,
        record: &app.record,
        key: &Key::of(app.record.state())?,
    };
    let made = pack::make(wanted, &sources)?;
    pack::note(wanted, &made, &app.record, &super::hand(app, signed))?;
    let name = format!("{}-{}.wacz", wanted.unit.as_str().replace('/', "-"), wanted.period);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/wacz")),
        (header::CONTENT_DISPOSITION, super::attachment(&name)),
    ];
    Ok((headers, made.bytes).into_response())
}

fn shown(view: &View<'_>, visitor: &Visitor, sent: Option<&Form>, faults: &[Fault]) -> Result<Response, Refusal> {
    let sent = |name: &str| sent.map_or_else(|| view.address.get(name).unwrap_or_default(), |form| form.get(name));
    let values = context! {
        units => super::units(view, sent("don-vi")),
        plans => super::plans(view, sent("ke-hoach")),
        choices => front::choices(view),
        period_asked => sent("ky"),
        faults => super::told(faults),
    };
    super::page(view, visitor, "export.html", values)
}
