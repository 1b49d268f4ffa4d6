//! The same data for programs: read-only JSON under `/api/v1`, described by its `openapi.json`.
//!
//! Every answer carries an ETag over its bytes; lists come in pages of `offset` and `limit`.

mod answers;

use super::address::Address;
use super::app::App;
use super::error::Refusal;
use super::view::{View, make};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::Arc;

/// The document that describes the API, OpenAPI 3.1.
const OPENAPI: &str = include_str!("openapi.json");

/// The routes of the API.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/v1/plans", get(plans))
        .route("/api/v1/units", get(units))
        .route("/api/v1/verdicts", get(verdicts))
        .route("/api/v1/items/{id}", get(item))
        .route("/api/v1/coverage", get(coverage))
        .route("/api/v1/openapi.json", get(openapi))
        .route("/api/{*rest}", get(unknown))
}

async fn plans(State(app): State<Arc<App>>, address: Address) -> Response {
    json_of(app, address, answers::plans).await
}

async fn units(State(app): State<Arc<App>>, address: Address) -> Response {
    json_of(app, address, answers::units).await
}

async fn verdicts(State(app): State<Arc<App>>, address: Address) -> Response {
    json_of(app, address, answers::verdicts).await
}

async fn item(State(app): State<Arc<App>>, Path(id): Path<String>, address: Address) -> Response {
    json_of(app, address, move |view| answers::item(view, &id)).await
}

async fn coverage(State(app): State<Arc<App>>, address: Address) -> Response {
    json_of(app, address, answers::coverage).await
}

async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}

async fn unknown() -> Response {
    refused(Refusal::NotFound)
}

/// An answer as JSON; its ETag and 304 are the cache's.
async fn json_of<F>(app: Arc<App>, address: Address, content: F) -> Response
where
    F: FnOnce(&View<'_>) -> Result<Value, Refusal> + Send + 'static,
{
    match make(&app, address, |view| content(view).map(|value| value.to_string())).await {
        Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(refusal) => refused(refusal),
    }
}

fn refused(refusal: Refusal) -> Response {
    let (status, title, detail) = refusal.words();
    (status, Json(json!({ "error": title, "detail": detail }))).into_response()
}
