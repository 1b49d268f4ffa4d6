//! The same data for programs: read-only JSON under `/api/v1`, described by its `openapi.json`.
//!
//! Every answer carries an ETag over its bytes; lists come in pages of `offset` and `limit`.

mod answers;

use super::address::Address;
use super::app::App;
use super::error::Refusal;
use super::view::{View, make};
use crate::digest;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
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

async fn plans(State(app): State<Arc<App>>, address: Address, headers: HeaderMap) -> Response {
    json_of(app, address, headers, answers::plans).await
}

async fn units(State(app): State<Arc<App>>, address: Address, headers: HeaderMap) -> Response {
    json_of(app, address, headers, answers::units).await
}

async fn verdicts(State(app): State<Arc<App>>, address: Address, headers: HeaderMap) -> Response {
    json_of(app, address, headers, answers::verdicts).await
}

async fn item(State(app): State<Arc<App>>, Path(id): Path<String>, address: Address, headers: HeaderMap) -> Response {
    json_of(app, address, headers, move |view| answers::item(view, &id)).await
}

async fn coverage(State(app): State<Arc<App>>, address: Address, headers: HeaderMap) -> Response {
    json_of(app, address, headers, answers::coverage).await
}

async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}

async fn unknown() -> Response {
    refused(Refusal::NotFound)
}

/// An answer as JSON, or 304 where the caller already holds it.
async fn json_of<F>(app: Arc<App>, address: Address, headers: HeaderMap, content: F) -> Response
where
    F: FnOnce(&View<'_>) -> Result<Value, Refusal> + Send + 'static,
{
    let made = make(&app, address, |view| content(view).map(|value| value.to_string())).await;
    let body = match made {
        Ok(body) => body,
        Err(refusal) => return refused(refusal),
    };
    let tag = format!("\"{}\"", &digest::sha256(body.as_bytes())[..32]);
    let held = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let held = held.split(',').any(|one| one.trim().trim_start_matches("W/") == tag);
    let caching = [(header::ETAG, tag), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if held {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn refused(refusal: Refusal) -> Response {
    let (status, title, detail) = refusal.words();
    (status, Json(json!({ "error": title, "detail": detail }))).into_response()
}
