//! The first page after signing in: what can be done, and what people decided.

use super::super::address::Address;
use super::super::app::App;
use super::super::error::Refusal;
use super::super::view::{self, View, answer};
use super::super::visitor::{Signed, Visitor};
use super::super::{item, verdict};
use crate::decision::Decision;
use crate::record::kind;
use crate::report::clean;
use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};
use std::sync::Arc;

/// Decisions shown; the journal's page holds all.
const MOST: usize = 50;

/// `GET /kiem-tra`
pub(super) async fn page(State(app): State<Arc<App>>, address: Address, _signed: Signed, visitor: Visitor) -> Response {
    answer(app, address, move |view| content(view, &visitor)).await
}

fn content(view: &View<'_>, visitor: &Visitor) -> Result<Response, Refusal> {
    let views = view.app.record.views(None)?;
    let decisions = views.decisions.iter().rev().take(MOST).map(|d| decision(view, d)).collect::<Vec<_>>();
    let total = views.decisions.len();
    let done = super::written(view, |entry| entry.kind == kind::REVOCATION)?;
    super::page(view, visitor, "desk.html", context! { decisions, total, done })
}

/// A decision for a template.
pub(super) fn decision(view: &View<'_>, decision: &Decision) -> Value {
    let post = view.snapshot.world.post(&decision.item);
    context! {
        seq => decision.seq,
        at => view::moment(decision.at),
        by => clean(&decision.by),
        item => &decision.item.0,
        title => post.map_or_else(|| decision.item.0.clone(), |post| verdict::title(&post.title)),
        ruling => item::ruling(&view.snapshot.rules.registry, &decision.ruling),
        reason => clean(&decision.reason),
    }
}
