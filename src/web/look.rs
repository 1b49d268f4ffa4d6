//! The wish to have an address looked at in the next round: `POST /tra-cuu`.

use super::app::App;
use super::error::Refusal;
use super::form::Form;
use super::snapshot::Snapshot;
use super::visitor;
use crate::error::Result;
use crate::time::Time;
use axum::extract::State;
use axum::response::Response;
use std::sync::Arc;
use url::form_urlencoded;

/// What the next round can do for an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// It belongs to no site that is watched.
    Foreign,
    /// It is no page of its kind: a file, a print view.
    NoPage,
    /// The site's robots.txt keeps us out.
    Forbidden,
    /// It was read before, and is no item.
    Known {
        /// When it was last looked at.
        at: Option<Time>,
        /// What the server answered.
        status: u16,
    },
    /// An item was read there that no page shows yet.
    Taken {
        /// When it was last looked at.
        at: Option<Time>,
    },
    /// It waits for the next round.
    Waiting {
        /// Since when.
        since: Time,
    },
    /// Too many wait already.
    Full,
    /// It can be asked for.
    Open,
}

/// Tells what can be done for an address by the rules and sites of what is shown; does it, where the
/// last value says so.
pub type Looks = Box<dyn Fn(&Snapshot, &str, bool) -> Result<Look> + Send + Sync>;

/// `POST /tra-cuu`: asks, and leads back to the answer.
pub(super) async fn ask(State(app): State<Arc<App>>, form: Form) -> Response {
    if !app.gate.admits_request(form.visitor.client.address) {
        return Refusal::TooMany.page(&app);
    }
    let address = form.get("q").to_owned();
    let (shared, asked) = (Arc::clone(&app), address.clone());
    let answer = tokio::task::spawn_blocking(move || (shared.looks)(&shared.snapshot(), &asked, true)).await;
    match answer.map_err(|error| Refusal::broken(&error)).and_then(|answer| answer.map_err(Refusal::from)) {
        Ok(_) => {
            let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", &address).finish();
            visitor::see(&format!("/tra-cuu?{query}"))
        }
        Err(refusal) => refusal.page(&app),
    }
}
