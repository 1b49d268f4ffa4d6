//! An override: one thing about one item, with a reason.

use super::super::address::Address;
use super::super::app::App;
use super::super::error::Refusal;
use super::super::form::Form;
use super::super::item;
use super::super::verdict;
use super::super::view::{View, answer};
use super::super::visitor::{Signed, Visitor};
use super::Fault;
use crate::article::ArticleId;
use crate::audit::Post;
use crate::decision::Ruling;
use crate::inspect::ruling::{self, Order};
use crate::record::kind;
use axum::extract::{Path, State};
use axum::response::Response;
use minijinja::{Value, context};
use std::collections::BTreeSet;
use std::sync::Arc;

/// `GET /kiem-tra/bai/{id}`
pub(super) async fn page(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    address: Address,
    signed: Signed,
    visitor: Visitor,
) -> Response {
    answer(app, address, move |view| {
        signed.may_change()?;
        shown(view, &visitor, &ArticleId(id), None, &[])
    })
    .await
}

/// `POST /kiem-tra/bai/{id}`
pub(super) async fn record(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    address: Address,
    signed: Signed,
    form: Form,
) -> Response {
    answer(app, address, move |view| take(view, &ArticleId(id), &signed, &form)).await
}

fn take(view: &View<'_>, id: &ArticleId, signed: &Signed, form: &Form) -> Result<Response, Refusal> {
    signed.may_change()?;
    let subject = subject(view, id).ok_or(Refusal::NotFound)?;
    let mut faults = Vec::new();
    let ruling = ruling(view, &subject.id, form, &mut faults)?;
    let reason = super::reason(form, &mut faults);
    match ruling.filter(|_| faults.is_empty()) {
        None => Ok(super::again(shown(view, &form.visitor, id, Some(form), &faults)?)),
        Some(ruling) => {
            let hand = super::hand(view.app, signed);
            let entry = view.app.record.decide(&hand, &subject.id, &ruling, reason)?;
            Ok(super::done(view, &entry, &format!("/kiem-tra/bai/{}", subject.id.0)))
        }
    }
}

/// What the form asks for of an item, or what is wrong with it.
pub(super) fn ruling(
    view: &View<'_>,
    item: &ArticleId,
    form: &Form,
    faults: &mut Vec<Fault>,
) -> Result<Option<Ruling>, Refusal> {
    let matter = form.get("dieu");
    if matter.is_empty() {
        faults.push(Fault::new("dieu", "Chọn một điều để quyết định."));
        return Ok(None);
    }
    let topics = form.all("topics").join(",");
    let answer = if matter == "topics" { topics.as_str() } else { form.get(matter) };
    // A choice of duty says all at once: yes|plan|duty|period.
    let mut parts = answer.split('|');
    let answer = parts.next().unwrap_or_default();
    let (plan, obligation) = (parts.next(), parts.next());
    // A period that cannot be read must not become a decision for all of them.
    let Ok(period) = parts.next().map(str::parse).transpose() else {
        faults.push(Fault::new("dieu", "Kỳ đã chọn không đọc được; chọn lại nhiệm vụ và kỳ."));
        return Ok(None);
    };
    if answer.is_empty() && matter != "topics" {
        faults.push(Fault::new("dieu", "Chọn câu trả lời cho điều đã chọn."));
        return Ok(None);
    }
    let (world, rules) = (&view.snapshot.world, &view.snapshot.rules);
    let read = ruling::read(&Order { matter, answer, plan, obligation, period }, rules);
    match read.and_then(|ruling| ruling::check(&ruling, item, world, rules).map(|()| ruling)) {
        Ok(ruling) => Ok(Some(ruling)),
        Err(error) => {
            faults.push(Fault { field: "dieu", ..super::refused(error)? });
            Ok(None)
        }
    }
}

/// What is decided about: a post, or a line of the ledger.
struct Subject<'v> {
    id: ArticleId,
    title: String,
    post: Option<&'v Post>,
}

fn subject<'v>(view: &'v View<'_>, id: &ArticleId) -> Option<Subject<'v>> {
    let world = &view.snapshot.world;
    if let Some(post) = world.post(id) {
        return Some(Subject { id: post.id.clone(), title: verdict::title(&post.title), post: Some(post) });
    }
    let line = world.ledger.iter().find(|line| line.id == id.0)?;
    Some(Subject { id: id.clone(), title: verdict::title(&line.title), post: None })
}

fn shown(
    view: &View<'_>,
    visitor: &Visitor,
    id: &ArticleId,
    sent: Option<&Form>,
    faults: &[Fault],
) -> Result<Response, Refusal> {
    let subject = subject(view, id).ok_or(Refusal::NotFound)?;
    let decisions = view.snapshot.world.decisions.iter().filter(|d| d.item == subject.id);
    let comparison = subject.post.map_or(Ok(None), |post| item::comparison(view, post))?;
    let values = context! {
        id => &subject.id.0,
        title => &subject.title,
        is_post => subject.post.is_some(),
        matters => matters(view, &subject, sent),
        card => comparison.as_ref().map(item::Comparison::card),
        reason => sent.map_or("", |form| form.get("ly-do")),
        done => super::written(view, |entry| {
            entry.kind == kind::DECISION && entry.data["item"].as_str() == Some(&subject.id.0)
        })?,
        decisions => decisions.map(|d| super::home::decision(view, d)).collect::<Vec<_>>(),
        faults => super::told(faults),
    };
    super::page(view, visitor, "decide.html", values)
}

/// What can be decided about an item; nothing where it is not there any more.
pub(super) fn matters_of(view: &View<'_>, id: &ArticleId, sent: Option<&Form>) -> Vec<Value> {
    subject(view, id).map(|subject| matters(view, &subject, sent)).unwrap_or_default()
}

/// Everything that can be decided, each with what holds now and the answers there are.
fn matters(view: &View<'_>, subject: &Subject<'_>, sent: Option<&Form>) -> Vec<Value> {
    let of = |id: &str, name: &str, now: String, options: Vec<Value>| {
        let chosen = sent.is_some_and(|form| form.get("dieu") == id);
        context! { id, name, now, options, chosen, many => id == "topics" }
    };
    let choice = |matter: &str, pairs: [(&str, &str); 2]| {
        let value = |(id, name): (&str, &str)| option(id, name, sent.is_some_and(|form| form.get(matter) == id));
        pairs.map(value).to_vec()
    };
    let mut matters = vec![of("counted", "Tính cho một nhiệm vụ", String::new(), duties(view, &subject.id, sent))];
    let Some(post) = subject.post else { return matters };
    let found = &post.assessment;
    let now = |ruling: Ruling| item::ruling(&view.snapshot.rules.registry, &ruling);
    let unit = found.unit.as_ref().map_or("none", |id| id.as_str());
    matters.extend([
        of("unit", "Đơn vị", now(Ruling::Unit { value: found.unit.clone() }), units(view, unit, sent)),
        of(
            "cchc",
            "Cải cách hành chính",
            now(Ruling::Cchc { value: found.is_cchc }),
            choice("cchc", [("yes", "là bài CCHC"), ("no", "không phải bài CCHC")]),
        ),
        of("topics", "Chủ đề", String::new(), topics(view, post, sent)),
        of(
            "kind",
            "Thể loại",
            now(Ruling::Kind { value: found.kind }),
            choice("kind", [("tin-bai", "tin, bài"), ("chuyen-sau", "bài chuyên sâu")]),
        ),
        of(
            "novelty",
            "Tính mới",
            now(Ruling::Novelty { value: !found.repost }),
            choice("novelty", [("new", "bài mới"), ("repost", "đăng lại")]),
        ),
    ]);
    if post.removed.is_some() {
        let pairs = [("yes", "thôi tính"), ("no", "vẫn tính")];
        matters.push(of("withdrawn", "Bài đã gỡ", "bài đã gỡ khỏi cổng".to_owned(), choice("withdrawn", pairs)));
    }
    matters
}

fn option(id: &str, name: &str, chosen: bool) -> Value {
    context! { id, name, chosen }
}

fn units(view: &View<'_>, now: &str, sent: Option<&Form>) -> Vec<Value> {
    let chosen = sent.map_or(now, |form| form.get("unit"));
    let mut units = vec![option("none", "không phải của đơn vị nào", chosen == "none")];
    units.extend(super::units(view, chosen));
    units
}

fn topics(view: &View<'_>, post: &Post, sent: Option<&Form>) -> Vec<Value> {
    let found = &post.assessment;
    let now = |id: &String| found.topics.iter().chain(&found.quota_topics).any(|topic| topic == id);
    let mut seen = BTreeSet::new();
    let topics = ruling::topics(&view.snapshot.rules).filter(|answer| seen.insert(&answer.id));
    topics
        .map(|a| option(&a.id, &a.id, sent.map_or_else(|| now(&a.id), |form| form.all("topics").contains(&a.id))))
        .collect()
}

/// The duties of the plan looked at that looked at the item, each to be counted for or not.
fn duties(view: &View<'_>, id: &ArticleId, sent: Option<&Form>) -> Vec<Value> {
    let begun = view.audit.verdicts.iter().filter(|v| v.period.first() <= view.day && view.is_counted(&v.obligation));
    let looked = begun.filter(|v| v.items.iter().any(|item| item.id == *id));
    let each = looked.flat_map(|v| {
        let title = view.plan.obligation(&v.obligation).map_or("", |o| o.title.as_str());
        [("yes", "tính cho"), ("no", "không tính cho")].map(|(answer, words)| {
            let id = format!("{answer}|{}|{}|{}", view.plan.id, v.obligation, v.period);
            let chosen = sent.is_some_and(|form| form.get("counted") == id);
            option(&id, &format!("{words} {title}, {}", v.period.name()), chosen)
        })
    });
    each.collect()
}
