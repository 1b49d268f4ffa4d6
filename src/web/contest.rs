//! Asking for a review of an item: `/bai/{id}/de-nghi`, open to everybody; its state stands on the
//! item's page. What was written is for inspectors alone.

use super::address::Address;
use super::app::App;
use super::error::Refusal;
use super::form::{Form, Upload};
use super::item;
use super::upload;
use super::verdict;
use super::view::{self, View, answer};
use super::visitor::{self, Visitor};
use crate::article::ArticleId;
use crate::record::contests::{Contest, Request, VISITOR};
use crate::record::{Hand, Via};
use crate::report::clean;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use chrono::SubsecRound as _;
use minijinja::{Value, context};
use std::sync::Arc;

/// The longest contact, in characters.
const LONGEST_CONTACT: usize = 200;
/// What comes beside the file.
const FIELDS: usize = 64 << 10;

/// The addresses of this file.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/bai/{id}/de-nghi", get(page).post(send))
        .layer(DefaultBodyLimit::max(upload::LARGEST + FIELDS))
        .layer(axum::middleware::map_response(super::render::unkept))
}

/// `GET /bai/{id}/de-nghi`
async fn page(State(app): State<Arc<App>>, Path(id): Path<String>, address: Address, visitor: Visitor) -> Response {
    let token = visitor.token.clone();
    let page = answer(app, address, move |view| shown(view, &ArticleId(id), &token, &Filled::default())).await;
    visitor.keep(page)
}

/// What was typed, and what is wrong with it.
#[derive(Default)]
struct Filled {
    text: String,
    contact: String,
    /// Field and sentence.
    faults: Vec<(&'static str, String)>,
}

fn shown(view: &View<'_>, id: &ArticleId, token: &str, filled: &Filled) -> Result<Response, Refusal> {
    let post = view.snapshot.world.post(id).ok_or(Refusal::NotFound)?;
    let faults = filled.faults.iter().map(|(field, message)| context! { field => *field, message });
    view.page(
        "contest.html",
        context! {
            id => &post.id.0,
            title => verdict::title(&post.title),
            text => &filled.text,
            contact => &filled.contact,
            faults => faults.collect::<Vec<_>>(),
            taken => upload::taken(),
            token,
        },
    )
}

/// `POST /bai/{id}/de-nghi`
async fn send(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    let id = ArticleId(id);
    let back = format!("{}#de-nghi", path(&id));
    // People do not see this field; what fills it in is told that all went well.
    if !form.get("website").is_empty() {
        return visitor::see(&back);
    }
    if !app.gate.admits_request(form.visitor.client.address) {
        return Refusal::TooMany.page(&app);
    }
    let filled = check(&form);
    if !filled.faults.is_empty() {
        let token = form.visitor.token.clone();
        let page = answer(app, Address::default(), move |view| shown(view, &id, &token, &filled)).await;
        return if page.status() == StatusCode::OK {
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        } else {
            page
        };
    }
    let shared = Arc::clone(&app);
    let kept = tokio::task::spawn_blocking(move || keep(&shared, &id, &form, &filled)).await;
    match kept.unwrap_or_else(|error| Err(Refusal::broken(&error))) {
        Ok(()) => visitor::see(&back),
        Err(refusal) => refusal.page(&app),
    }
}

fn check(form: &Form) -> Filled {
    let (text, contact) = (form.get("noi-dung").to_owned(), form.get("lien-he").to_owned());
    let mut faults = Vec::new();
    if text.chars().count() < 10 {
        faults.push(("noi-dung", "Viết vì sao kết luận chưa đúng, ít nhất một câu.".to_owned()));
    }
    if contact.chars().count() > LONGEST_CONTACT {
        faults.push(("lien-he", format!("Liên hệ dài nhất {LONGEST_CONTACT} ký tự.")));
    }
    faults.extend(form.file("tep").and_then(upload::fault).map(|fault| ("tep", fault)));
    Filled { text, contact, faults }
}

fn keep(app: &App, id: &ArticleId, form: &Form, filled: &Filled) -> Result<(), Refusal> {
    let snapshot = app.snapshot();
    let post = snapshot.world.post(id).ok_or(Refusal::NotFound)?;
    let by = form.visitor.signed.as_ref().map_or(VISITOR, |signed| &signed.user);
    let hand = Hand { at: app.now().trunc_subsecs(0), by: by.to_owned(), via: Via::Web };
    let file = form.file("tep").map(|Upload { name, bytes }| (name.as_str(), &bytes[..]));
    app.record.contest(&hand, &post.id, &Request { text: &filled.text, contact: &filled.contact, file })?;
    app.changed();
    Ok(())
}

/// The address of an item's page.
pub(super) fn path(id: &ArticleId) -> String {
    let mut url = url::Url::parse("http://x/bai").expect("a fixed address");
    if let Ok(mut parts) = url.path_segments_mut() {
        parts.push(&id.0);
    }
    url.path().to_owned()
}

/// The requests about an item, as everybody may see them.
pub(super) fn of_item(view: &View<'_>, id: &ArticleId) -> Result<Vec<Value>, Refusal> {
    let contests = view.app.contests()?;
    Ok(contests.iter().filter(|contest| contest.item == *id).map(|c| dated(view, c)).collect())
}

/// A request with the day from which its answer counts, where that is after the day shown.
fn dated(view: &View<'_>, contest: &Contest) -> Value {
    let decided = contest.steps.last().filter(|step| step.decision.is_some());
    let from = decided.and_then(|step| item::counts_from(view, step.at));
    context! { counts_from => from, ..value(contest) }
}

/// A request without what its sender wrote.
pub(super) fn value(contest: &Contest) -> Value {
    let step = contest.steps.last();
    context! {
        seq => contest.seq,
        at => view::moment(contest.at),
        code => contest.stage().id(),
        stage => contest.stage().name(),
        answered => step.map(|step| view::moment(step.at)),
        reason => step.map(|step| clean(&step.reason)),
        decision => step.and_then(|step| step.decision),
    }
}
