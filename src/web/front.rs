//! The front page: who meets the plan, who does not, and what could not be seen.

use super::app::App;
use super::error::Refusal;
use super::render;
use super::snapshot::Snapshot;
use crate::audit::{Audit, Status, Verdict};
use crate::plan::Plan;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, http::StatusCode};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the address chooses.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Choice {
    plan: Option<String>,
    #[serde(rename = "ngay")]
    day: Option<NaiveDate>,
}

/// What the template is given.
#[derive(Debug, Serialize)]
struct Page<'a> {
    title: &'a str,
    plan: &'a str,
    plans: Vec<Named>,
    day: NaiveDate,
    shown: String,
    demo: bool,
    watched: usize,
    seen: usize,
    counts: Vec<Count>,
    duties: Vec<Named>,
    rows: Vec<Row>,
}

/// Something with an id and a title.
#[derive(Debug, Serialize)]
struct Named {
    id: String,
    title: String,
}

/// How many verdicts have one answer.
#[derive(Debug, Serialize)]
struct Count {
    status: Status,
    name: &'static str,
    count: usize,
}

/// One unit in the table.
#[derive(Debug, Serialize)]
struct Row {
    unit: String,
    name: String,
    cells: Vec<Cell>,
}

/// The latest verdict of one duty.
#[derive(Debug, Serialize)]
struct Cell {
    status: Status,
    name: &'static str,
    period: String,
    counted: u32,
    required: u32,
}

/// `GET /`
pub(super) async fn page(State(app): State<Arc<App>>, Query(choice): Query<Choice>) -> Response {
    let snapshot = app.snapshot();
    match content(&app, &snapshot, &choice) {
        Ok(body) => render::html(body).into_response(),
        Err(refusal) => refusal.page(&app),
    }
}

fn content(app: &App, snapshot: &Snapshot, choice: &Choice) -> Result<String, Refusal> {
    let day = choice.day.unwrap_or(snapshot.night.day);
    let plan = match &choice.plan {
        Some(id) => snapshot.plans.get(id)?,
        None => snapshot.main_plan(day).ok_or(Refusal::NotFound)?,
    };
    let audit = snapshot.audit(plan, day)?;
    let named = |id: &str, title: &str| Named { id: id.to_owned(), title: title.to_owned() };
    let page = Page {
        title: &plan.title,
        plan: &plan.id,
        plans: snapshot.plans.iter().map(|plan| named(&plan.id, &plan.title)).collect(),
        day,
        shown: day.format("%d/%m/%Y").to_string(),
        demo: snapshot.night.demo,
        watched: snapshot.night.watched,
        seen: snapshot.night.seen,
        counts: counts(&audit),
        duties: columns(plan).map(|duty| named(&duty.id, &duty.title)).collect(),
        rows: rows(snapshot, plan, &audit),
    };
    Ok(app.pages.render("front.html", &page))
}

/// The duties with a number: what the table has columns for.
fn columns(plan: &Plan) -> impl Iterator<Item = &crate::plan::Obligation> {
    plan.obligations.iter().filter(|duty| matches!(duty.duty, crate::plan::Duty::Counted(_)))
}

fn counts(audit: &Audit) -> Vec<Count> {
    let mut counts: BTreeMap<Status, usize> = BTreeMap::new();
    for verdict in &audit.verdicts {
        *counts.entry(verdict.status).or_default() += 1;
    }
    counts.into_iter().map(|(status, count)| Count { status, name: status.name(), count }).collect()
}

fn rows(snapshot: &Snapshot, plan: &Plan, audit: &Audit) -> Vec<Row> {
    let mut latest: BTreeMap<(&str, &str), &Verdict> = BTreeMap::new();
    for verdict in &audit.verdicts {
        latest.insert((verdict.unit.as_str(), &verdict.obligation), verdict);
    }
    let cell = |verdict: &&Verdict| Cell {
        status: verdict.status,
        name: verdict.status.name(),
        period: verdict.period.name(),
        counted: verdict.counted,
        required: verdict.required,
    };
    let row = |unit: &crate::registry::Unit| {
        let cells = columns(plan).filter_map(|duty| latest.get(&(unit.id.as_str(), duty.id.as_str())).map(cell));
        Row { unit: unit.id.to_string(), name: unit.full_name(), cells: cells.collect() }
    };
    snapshot.registry.units().iter().map(row).filter(|row| !row.cells.is_empty()).collect()
}

/// `GET /health`: 200 while serving, the state of the night in the body.
pub(super) async fn health(State(app): State<Arc<App>>) -> Response {
    let night = app.snapshot().night.clone();
    let body = serde_json::json!({
        "schema": 1,
        "status": "ok",
        "at": app.now().to_rfc3339(),
        "night": { "day": night.day, "watched": night.watched, "seen": night.seen },
    });
    (StatusCode::OK, Json(body)).into_response()
}
