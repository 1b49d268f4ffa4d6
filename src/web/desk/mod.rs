//! What only people who signed in see: `/kiem-tra`.
//!
//! The public pages know nothing of who looks at them, so that they can be the same for all; what an
//! inspector does to an item, a unit or the ledger has its own pages here. Every change goes through
//! [`crate::inspect`] and the journal, as on the command line, and can be revoked.

mod attest;
mod contests;
mod decide;
mod export;
mod home;
mod journal;
mod ledger;
mod revoke;

pub(super) use ledger::Drafts;

use super::app::App;
use super::error::Refusal;
use super::form::Form;
use super::render;
use super::view::View;
use super::visitor::{self, Signed, Visitor};
use crate::record::{Entry, Hand, Via};
use crate::time::Time;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use chrono::SubsecRound as _;
use minijinja::{Value, context};
use std::sync::Arc;

/// The largest file taken, and what the rest of its form may add.
const MAX_FILE: usize = super::upload::LARGEST;
const MAX_FORM: usize = MAX_FILE + (1 << 20);

/// The addresses of this folder.
pub(super) fn routes() -> Router<Arc<App>> {
    let uploads = Router::new()
        .route("/kiem-tra/minh-chung", get(attest::page).post(attest::record))
        .route("/kiem-tra/so-gui-bai", get(ledger::page).post(ledger::preview))
        .layer(DefaultBodyLimit::max(MAX_FORM));
    Router::new()
        .route("/kiem-tra", get(home::page))
        .route("/kiem-tra/bai/{id}", get(decide::page).post(decide::record))
        .route("/kiem-tra/thu-hoi/{seq}", get(revoke::page).post(revoke::record))
        .route("/kiem-tra/tep/{seq}", get(attest::file))
        .route("/kiem-tra/so-gui-bai/nap", post(ledger::record))
        .route("/kiem-tra/de-nghi", get(contests::list))
        .route("/kiem-tra/de-nghi/{seq}", get(contests::page).post(contests::record))
        .route("/kiem-tra/de-nghi/{seq}/tep", get(contests::file))
        .route("/kiem-tra/de-nghi/{seq}/xoa", post(contests::erase))
        .route("/kiem-tra/xuat", get(export::page).post(export::pack))
        .route("/kiem-tra/nhat-ky", get(journal::page))
        .merge(uploads)
        .layer(axum::middleware::map_response(render::unkept))
}

/// Something wrong with what a form sent: which field, and how to mend it.
#[derive(Debug, Clone)]
struct Fault {
    /// The id of the field; empty where no single one is to blame.
    field: &'static str,
    message: String,
}

impl Fault {
    fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self { field, message: message.into() }
    }
}

/// Faults for a template.
fn told(faults: &[Fault]) -> Vec<Value> {
    faults.iter().map(|fault| context! { field => fault.field, message => &fault.message }).collect()
}

/// A page for somebody signed in, with what the frame around it needs.
fn page(view: &View<'_>, visitor: &Visitor, template: &str, values: Value) -> Result<Response, Refusal> {
    let signed = visitor.signed.as_ref().map(|signed| {
        context! {
            user => &signed.user,
            role => signed.role.name(),
            may_change => signed.may_change().is_ok(),
            may_administer => signed.may_administer().is_ok(),
        }
    });
    // An audit holds what was decided until the evening of its day; what came later changes a later one.
    let today = moment(view.app).date_naive();
    let later = (view.day < today).then(|| view.address.with(&[("xong", ""), ("ngay", &today.to_string())]));
    view.page(template, context! { ..values, ..context! { signed, token => &visitor.token, later } })
}

/// The number of the entry that was just written, where the address names one and it is of this page.
fn written(view: &View<'_>, is_ours: impl Fn(&Entry) -> bool) -> Result<Option<u64>, Refusal> {
    let Some(seq) = view.address.parsed::<u64>("xong")? else { return Ok(None) };
    let entries = view.app.record.journal().entries()?;
    Ok(entries.iter().find(|entry| entry.seq == seq).filter(|entry| is_ours(entry)).map(|entry| entry.seq))
}

/// A page that shows a form again, with what is wrong in it.
fn again(page: Response) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

/// The pages show what was just written, and the browser is led on, so that a reload posts nothing.
fn done(view: &View<'_>, entry: &Entry, path: &str) -> Response {
    if let Err(error) = view.app.refresh() {
        // It stands in the journal; the next refresh shows it.
        tracing::error!(%error, "chưa dựng lại được các trang sau bút toán {}", entry.seq);
    }
    let query = view.address.view();
    let and = if query.is_empty() { "" } else { "&" };
    visitor::see(&format!("{path}?xong={}{and}{query}", entry.seq))
}

/// Whoever signed in, writing now.
fn hand(app: &App, signed: &Signed) -> Hand {
    Hand { at: moment(app), by: signed.user.clone(), via: Via::Web }
}

/// Now, as the journal writes it.
fn moment(app: &App) -> Time {
    app.now().trunc_subsecs(0)
}

/// The header of an answer that is to be kept as a file.
fn attachment(name: &str) -> HeaderValue {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@') { c } else { '-' };
    let name: String = name.chars().map(plain).collect();
    HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).expect("letters and digits make a header")
}

/// The reason given; every change needs one.
fn reason<'f>(form: &'f Form, faults: &mut Vec<Fault>) -> &'f str {
    let reason = form.get("ly-do");
    if reason.is_empty() {
        faults.push(Fault::new("ly-do", "Ghi lý do: căn cứ vào đâu, một câu."));
    }
    reason
}

/// The units for a choice, by name as Vietnamese dictionaries sort.
fn units(view: &View<'_>, chosen: &str) -> Vec<Value> {
    let mut units: Vec<_> = view.snapshot.rules.registry.units().iter().collect();
    super::view::sort_units(&mut units);
    let value = |unit: &crate::registry::Unit| {
        context! { id => unit.id.as_str(), name => unit.full_name(), chosen => unit.id.as_str() == chosen }
    };
    units.into_iter().map(value).collect()
}

/// The plans for a choice.
fn plans(view: &View<'_>, chosen: &str) -> Vec<Value> {
    let plans = view.snapshot.rules.plans.iter();
    plans.map(|plan| context! { id => &plan.id, name => &plan.document, chosen => plan.id == chosen }).collect()
}

/// What was wrong, of an order that the rules refuse; our own failures go on.
fn refused(error: crate::error::Error) -> Result<Fault, Refusal> {
    if error.exit_code() == 2 { Ok(Fault::new("", error.to_string())) } else { Err(error.into()) }
}
