//! The web page: store and verdicts as pages, for units without login and inspectors with one.
//!
//! One process, pages rendered here, nothing loaded from elsewhere. What is shown comes from a
//! [`Snapshot`] that the driver makes after each night and each decision; a page is a pure
//! function of it, the address and who asks. Handlers are a few lines: check, look up, answer.

mod address;
mod api;
mod app;
mod cache;
mod capture;
mod chart;
mod check;
mod contest;
mod desk;
mod download;
mod error;
mod feed;
mod form;
mod front;
mod gate;
mod grid;
mod health;
mod item;
mod judged;
mod list;
mod look;
mod lookup;
mod plan;
mod render;
mod sign;
mod snapshot;
mod sorting;
mod sources;
mod unit;
mod upload;
mod verdict;
mod view;
mod visitor;

pub use app::{App, Parts};
pub use judged::Judged;
pub use look::{Look, Looks};
pub use snapshot::{Night, Snapshot};

use axum::Router;
use axum::routing::get;
use std::sync::Arc;

/// All routes over one application.
pub fn router(app: Arc<App>) -> Router {
    // The same for all who look, so they are made once.
    let kept = Router::new()
        .route("/", get(front::page))
        .route("/bai/{id}", get(item::page))
        .route("/ke-hoach/{id}", get(plan::page))
        .route("/danh-sach", get(list::page))
        .route("/don-vi/{*id}", get(unit::page))
        .route("/tin/{*id}", get(feed::feed))
        .route("/nguon", get(sources::page))
        .route("/tai-ve/{file}", get(download::file))
        .merge(api::routes())
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&app), cache::keep));
    let paced = Router::new()
        .route("/ban-luu/{id}", get(capture::page))
        .route("/ban-luu/{id}/trang", get(capture::body))
        .route("/tra-cuu", get(check::page).post(look::ask))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&app), cache::pace));
    Router::new()
        .merge(kept)
        .merge(paced)
        .route("/health", get(health::state))
        .route("/metrics", get(health::metrics))
        .merge(contest::routes())
        .merge(sign::routes())
        .merge(desk::routes())
        .route("/static/{file}", get(render::file))
        .fallback(error::not_found)
        .layer(axum::middleware::from_fn(render::secure))
        .with_state(app)
}
