//! The first page after signing in: what can be done, and what people decided.

use super::super::app::App;
use super::super::visitor::{Signed, Visitor};
use super::super::{item, verdict, view};
use crate::decision::Decision;
use crate::report::clean;
use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};
use std::sync::Arc;

/// Decisions shown; the journal's page holds all.
const MOST: usize = 50;

/// `GET /kiem-tra`
pub(super) async fn page(State(app): State<Arc<App>>, _signed: Signed, visitor: Visitor) -> Response {
    super::answer(app, move |app| {
        let views = app.record.views(None)?;
        let decisions = views.decisions.iter().rev().take(MOST).map(|d| decision(app, d));
        let values = context! { decisions => decisions.collect::<Vec<_>>(), total => views.decisions.len() };
        Ok(super::page(app, &visitor, "desk.html", values))
    })
    .await
}

fn decision(app: &App, decision: &Decision) -> Value {
    let snapshot = app.snapshot();
    let post = snapshot.world.post(&decision.item);
    context! {
        seq => decision.seq,
        at => view::moment(decision.at),
        by => clean(&decision.by),
        item => &decision.item.0,
        title => post.map_or_else(|| decision.item.0.clone(), |post| verdict::title(&post.title)),
        ruling => item::ruling(&snapshot.rules.registry, &decision.ruling),
        reason => clean(&decision.reason),
    }
}
