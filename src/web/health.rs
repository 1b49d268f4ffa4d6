//! For those who watch the watcher: `/health` and `/metrics`.

use super::app::App;
use super::sources;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;

/// `GET /health`: 200 while serving, the state of the night in the body.
pub(super) async fn state(State(app): State<Arc<App>>) -> Response {
    let night = app.snapshot().night.clone();
    let body = serde_json::json!({
        "schema": 1,
        "status": "ok",
        "at": app.now().to_rfc3339(),
        "night": { "day": night.day, "watched": night.watched, "seen": night.seen, "running_since": app.night().map(|at| at.to_rfc3339()) },
    });
    (StatusCode::OK, Json(body)).into_response()
}

/// `GET /metrics`: Prometheus text.
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Response {
    let snapshot = app.snapshot();
    let sources = sources::of(&snapshot.world, snapshot.night.day);
    let seen = sources.iter().filter(|source| source.seen).count();
    let night = crate::time::end_of(snapshot.night.day).timestamp();
    let rows = [
        ("cchc_sources_watched", "Sources watched on the day of the last night.", sources.len().to_string()),
        ("cchc_sources_seen", "Sources seen without a gap that day.", seen.to_string()),
        ("cchc_articles", "Articles known.", app.store.len().to_string()),
        ("cchc_night_running", "Whether a night is running.", u8::from(app.night().is_some()).to_string()),
        ("cchc_last_night_seconds", "End of the day of the last night, Unix time.", night.to_string()),
    ];
    let text: String = rows
        .iter()
        .map(|(name, help, value)| format!("# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n"))
        .collect();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
