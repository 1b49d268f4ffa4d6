//! For those who watch the watcher: `/health`.

use super::app::App;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;

/// `GET /health`: 200 while serving, the state of the night in the body.
pub(super) async fn state(State(app): State<Arc<App>>) -> Response {
    let night = app.snapshot().night.clone();
    let body = serde_json::json!({
        "schema": 1,
        "status": "ok",
        "at": app.now().to_rfc3339(),
        "night": { "day": night.day, "watched": night.watched, "seen": night.seen },
    });
    (StatusCode::OK, Json(body)).into_response()
}
