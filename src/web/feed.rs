//! An Atom feed of a unit's verdicts, one entry for each period that is over.

use super::address::Address;
use super::app::App;
use super::error::Refusal;
use super::unit;
use super::view::{View, answer};
use crate::audit::Verdict;
use crate::report;
use crate::unit::UnitId;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse as _, Response};
use minijinja::{Value, context};
use std::sync::Arc;

/// Entries in a feed.
const MOST: usize = 50;

/// `GET /tin/{*id}`
pub(super) async fn feed(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    address: Address,
    headers: HeaderMap,
) -> Response {
    let here = unit::own_address(&headers, &id);
    answer(app, address, move |view| content(view, &id, here.as_deref())).await
}

fn content(view: &View<'_>, id: &str, here: Option<&str>) -> Result<Response, Refusal> {
    let id: UnitId = id.parse().map_err(|_| Refusal::NotFound)?;
    let unit = view.snapshot.rules.registry.get(&id).ok_or(Refusal::NotFound)?;
    let mut over: Vec<&Verdict> =
        view.ended().into_iter().filter(|v| v.unit == id && view.is_counted(&v.obligation)).collect();
    over.sort_by_key(|v| std::cmp::Reverse(v.period.last()));
    let Html(body) = view.app.pages.show(
        "feed.xml",
        context! {
            unit => id.as_str(),
            name => unit.full_name(),
            plan => context! { id => &view.plan.id, document => &view.plan.document },
            link => here,
            updated => crate::time::end_of(view.day).to_rfc3339(),
            entries => over.iter().take(MOST).map(|v| entry(view, v)).collect::<Vec<_>>(),
        },
    )?;
    Ok(([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], body).into_response())
}

/// Its id names the answer too, so that a changed answer is a new entry to a reader.
fn entry(view: &View<'_>, verdict: &Verdict) -> Value {
    context! {
        duty => &verdict.obligation,
        title => view.plan.obligation(&verdict.obligation).map(|o| &o.title),
        period => verdict.period.name(),
        period_id => verdict.period.to_string(),
        status => verdict.status.name(),
        code => verdict.status.code(),
        fraction => report::fraction(verdict),
        detail => report::clean(&verdict.detail),
        updated => crate::time::end_of(verdict.period.last()).to_rfc3339(),
    }
}
