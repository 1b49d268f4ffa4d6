//! The same data for programs: read-only JSON under `/api/v1`, described by its `openapi.json`.
//!
//! Every answer carries an ETag over its bytes; lists come in pages of `offset` and `limit`. A parameter
//! or a value that is not known is refused, never passed over.

mod answers;

use super::address::Address;
use super::app::App;
use super::error::Refusal;
use super::view::{View, make};
use crate::report::clean;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};

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
    json_of(app, "/api/v1/plans", address, answers::plans).await
}

async fn units(State(app): State<Arc<App>>, address: Address) -> Response {
    json_of(app, "/api/v1/units", address, answers::units).await
}

async fn verdicts(State(app): State<Arc<App>>, address: Address) -> Response {
    json_of(app, "/api/v1/verdicts", address, answers::verdicts).await
}

async fn item(State(app): State<Arc<App>>, Path(id): Path<String>, address: Address) -> Response {
    json_of(app, "/api/v1/items/{id}", address, move |view| answers::item(view, &id)).await
}

async fn coverage(State(app): State<Arc<App>>, address: Address) -> Response {
    json_of(app, "/api/v1/coverage", address, answers::coverage).await
}

async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}

async fn unknown() -> Response {
    refused(Refusal::NotFound)
}

/// An answer as JSON; its ETag and 304 are the cache's. `path` is how the document names the address.
async fn json_of<F>(app: Arc<App>, path: &str, address: Address, content: F) -> Response
where
    F: FnOnce(&View<'_>) -> Result<Value, Refusal> + Send + 'static,
{
    if let Err(refusal) = check(path, &address) {
        return refused(refusal);
    }
    match make(&app, address, |view| content(view).map(|value| value.to_string())).await {
        Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(refusal) => refused(refusal),
    }
}

/// Refuses a parameter that the document does not name: who misspells one would take the whole list
/// for the answer to their question.
fn check(path: &str, address: &Address) -> Result<(), Refusal> {
    static DOCUMENT: LazyLock<Value> =
        LazyLock::new(|| serde_json::from_str(OPENAPI).expect("a test reads the document"));
    let parameters = DOCUMENT["paths"][path]["get"]["parameters"].as_array().into_iter().flatten();
    let known: Vec<&str> =
        parameters.filter(|p| p["in"] == "query").filter_map(|parameter| parameter["name"].as_str()).collect();
    match address.names().find(|name| !known.contains(name)) {
        None => Ok(()),
        Some(name) => {
            let known = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            Err(Refusal::Bad(format!("Không có tham số `{}`; các tham số: {known}.", clean(name))))
        }
    }
}

fn refused(refusal: Refusal) -> Response {
    let (status, title, detail) = refusal.words();
    (status, Json(json!({ "error": title, "detail": detail }))).into_response()
}
