//! Requests for a review, as inspectors see and answer them.

use super::super::address::Address;
use super::super::app::App;
use super::super::contest;
use super::super::error::Refusal;
use super::super::form::Form;
use super::super::upload;
use super::super::verdict;
use super::super::view::{View, answer};
use super::super::visitor::{self, Signed, Visitor};
use super::{Fault, decide};
use crate::record::contests::{Contest, Stage, VISITOR};
use crate::record::kind;
use crate::report::clean;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use minijinja::{Value, context};
use std::sync::Arc;

/// `GET /kiem-tra/de-nghi`
pub(super) async fn list(State(app): State<Arc<App>>, address: Address, _signed: Signed, visitor: Visitor) -> Response {
    answer(app, address, move |view| {
        let contests = view.app.contests()?;
        let is_open = |contest: &&Contest| matches!(contest.stage(), Stage::Received | Stage::Reviewing);
        let (open, closed): (Vec<_>, Vec<_>) = contests.iter().rev().partition(is_open);
        let rows = |list: Vec<&Contest>| list.into_iter().map(|c| row(view, c)).collect::<Vec<_>>();
        // The oldest waits longest; of what is done the latest is wanted.
        let open = rows(open.into_iter().rev().collect());
        super::page(view, &visitor, "contests.html", context! { open, closed => rows(closed) })
    })
    .await
}

/// `GET /kiem-tra/de-nghi/{seq}`
pub(super) async fn page(
    State(app): State<Arc<App>>,
    Path(seq): Path<u64>,
    address: Address,
    _signed: Signed,
    visitor: Visitor,
) -> Response {
    answer(app, address, move |view| shown(view, &visitor, seq, None, &[])).await
}

/// `POST /kiem-tra/de-nghi/{seq}`
pub(super) async fn record(
    State(app): State<Arc<App>>,
    Path(seq): Path<u64>,
    address: Address,
    signed: Signed,
    form: Form,
) -> Response {
    answer(app, address, move |view| take(view, seq, &signed, &form)).await
}

/// `POST /kiem-tra/de-nghi/{seq}/xoa`: what the sender wrote about themselves goes.
pub(super) async fn erase(
    State(app): State<Arc<App>>,
    Path(seq): Path<u64>,
    address: Address,
    signed: Signed,
    form: Form,
) -> Response {
    answer(app, address, move |view| {
        signed.may_administer()?;
        let contest = contest_of(view, seq)?;
        let (wanted, reason) = (form.get("tep"), form.get("ly-do"));
        let file = contest.files().find(|hash| hash.as_str() == wanted).ok_or(Refusal::NotFound)?;
        if reason.is_empty() {
            let fault = Fault::new("ly-do-xoa", "Ghi vì sao xoá.");
            return Ok(super::again(shown(view, &form.visitor, seq, None, &[fault])?));
        }
        view.app.record.erase(&super::hand(view.app, &signed), file, reason)?;
        Ok(visitor::see(&format!("/kiem-tra/de-nghi/{seq}")))
    })
    .await
}

/// `GET /kiem-tra/de-nghi/{seq}/tep`
pub(super) async fn file(
    State(app): State<Arc<App>>,
    Path(seq): Path<u64>,
    address: Address,
    _signed: Signed,
) -> Response {
    answer(app, address, move |view| {
        let hash = contest_of(view, seq)?.file.ok_or(Refusal::NotFound)?;
        let bytes = view.app.record.said(&hash)?.ok_or(Refusal::NotFound)?;
        let (name, bytes) = named(&bytes);
        let kind = upload::kind(&name, bytes).unwrap_or("application/octet-stream");
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
            (header::CONTENT_DISPOSITION, super::attachment(&name)),
        ];
        Ok((headers, bytes.to_vec()).into_response())
    })
    .await
}

/// The name that stands before a file's content.
fn named(bytes: &[u8]) -> (String, &[u8]) {
    let end = bytes.iter().position(|b| *b == b'\n').unwrap_or(0);
    (String::from_utf8_lossy(&bytes[..end]).into_owned(), bytes.get(end + 1..).unwrap_or_default())
}

fn contest_of(view: &View<'_>, seq: u64) -> Result<Contest, Refusal> {
    let contests = view.app.contests()?;
    contests.iter().find(|contest| contest.seq == seq).cloned().ok_or(Refusal::NotFound)
}

fn take(view: &View<'_>, seq: u64, signed: &Signed, form: &Form) -> Result<Response, Refusal> {
    signed.may_change()?;
    let contest = contest_of(view, seq)?;
    let stage = Stage::ALL.into_iter().find(|stage| stage.id() == form.get("tra-loi"));
    let mut faults = Vec::new();
    let Some(stage) = stage else {
        faults.push(Fault::new("tra-loi", "Chọn câu trả lời."));
        return Ok(super::again(shown(view, &form.visitor, seq, Some(form), &faults)?));
    };
    let ruling = if stage == Stage::Accepted { decide::ruling(view, &contest.item, form, &mut faults)? } else { None };
    let reason = if stage == Stage::Reviewing { form.get("ly-do") } else { super::reason(form, &mut faults) };
    if faults.is_empty() {
        let hand = super::hand(view.app, signed);
        match view.app.record.answer(&hand, contest.seq, stage, ruling.as_ref(), reason) {
            Ok(entry) => return Ok(super::done(view, &entry, &format!("/kiem-tra/de-nghi/{seq}"))),
            Err(error) => faults.push(super::refused(error)?),
        }
    }
    Ok(super::again(shown(view, &form.visitor, seq, Some(form), &faults)?))
}

fn shown(
    view: &View<'_>,
    visitor: &Visitor,
    seq: u64,
    sent: Option<&Form>,
    faults: &[Fault],
) -> Result<Response, Refusal> {
    let contest = contest_of(view, seq)?;
    let own = visitor.signed.as_ref().is_some_and(|signed| signed.user == contest.by);
    let chosen = sent.map_or("", |form| form.get("tra-loi"));
    let stages = Stage::ALL.into_iter().filter(|stage| *stage != Stage::Received && *stage != contest.stage());
    let stages = stages.map(|s| context! { id => s.id(), name => s.name(), chosen => s.id() == chosen });
    let steps = contest.steps.iter().map(|step| {
        let at = super::super::view::moment(step.at);
        context! { at, by => clean(&step.by), stage => step.stage.name(), reason => clean(&step.reason), decision => step.decision }
    });
    let values = context! {
        contest => row(view, &contest),
        said => said(view, &contest)?,
        steps => steps.collect::<Vec<_>>(),
        stages => stages.collect::<Vec<_>>(),
        own,
        done => super::written(view, |entry| {
            entry.kind == kind::CONTEST_STEP && entry.data["contest"].as_u64() == Some(seq)
        })?,
        matters => decide::matters_of(view, &contest.item, sent),
        reason => sent.map_or("", |form| form.get("ly-do")),
        faults => super::told(faults),
    };
    super::page(view, visitor, "contest-answer.html", values)
}

fn row(view: &View<'_>, contest: &Contest) -> Value {
    let post = view.snapshot.world.post(&contest.item);
    let more = context! {
        item => &contest.item.0,
        title => post.map_or_else(|| contest.item.0.clone(), |post| verdict::title(&post.title)),
        by => (contest.by != VISITOR).then(|| clean(&contest.by)),
    };
    context! { ..contest::value(contest), ..more }
}

/// What the sender wrote: text, contact, file's name, each as far as it was not erased.
fn said(view: &View<'_>, contest: &Contest) -> Result<Vec<Value>, Refusal> {
    let record = &view.app.record;
    let mut parts = Vec::new();
    for (what, hash) in
        [("Nội dung", Some(&contest.text)), ("Liên hệ", contest.contact.as_ref()), ("Tệp", contest.file.as_ref())]
    {
        let Some(hash) = hash else { continue };
        let bytes = record.said(hash)?;
        let text = bytes.as_deref().map(|bytes| match what {
            "Tệp" => named(bytes).0,
            _ => String::from_utf8_lossy(bytes).into_owned(),
        });
        parts.push(context! { what, hash, is_file => what == "Tệp", text => text.map(|text| clean(&text)) });
    }
    Ok(parts)
}
