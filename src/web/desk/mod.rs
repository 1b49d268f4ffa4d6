//! What only people who signed in see: `/kiem-tra`.
//!
//! The public pages know nothing of who looks at them, so that they can be the same for all; what an
//! inspector does to an item, a unit or the ledger has its own pages here.

mod home;

use super::app::App;
use super::error::Refusal;
use super::render;
use super::visitor::Visitor;
use axum::Router;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use minijinja::{Value, context};
use std::sync::Arc;

/// The addresses of this folder.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/kiem-tra", get(home::page)).layer(axum::middleware::map_response(render::unkept))
}

/// A page for somebody signed in, with what the frame around it needs.
fn page(app: &App, visitor: &Visitor, template: &str, values: Value) -> Response {
    let signed = visitor.signed.as_ref();
    let frame = context! {
        demo => app.snapshot().night.demo,
        token => &visitor.token,
        signed => signed.map(|signed| context! {
            user => &signed.user,
            role => signed.role.name(),
            may_change => signed.may_change().is_ok(),
            may_administer => signed.may_administer().is_ok(),
        }),
    };
    render::html(app.pages.show(template, context! { ..values, ..frame })).into_response()
}

/// Makes an answer off the async threads: the journal is read and written here.
async fn answer<F>(app: Arc<App>, make: F) -> Response
where
    F: FnOnce(&App) -> Result<Response, Refusal> + Send + 'static,
{
    let shared = Arc::clone(&app);
    let made = tokio::task::spawn_blocking(move || make(&shared)).await;
    made.unwrap_or_else(|error| Err(Refusal::broken(&error))).unwrap_or_else(|refusal| refusal.page(&app))
}
