//! An item's page: what was decided and why, beside which earlier text, from which capture.

use super::address::Address;
use super::app::App;
use super::contest;
use super::error::Refusal;
use super::verdict;
use super::view::{self, View, answer};
use crate::article::{About, Article, ArticleId, Assessment, CaptureRef, Kind};
use crate::assess::novelty;
use crate::audit::Post;
use crate::decision::{Decision, Ruling};
use crate::registry::{Registry, Unit};
use crate::time::{self, Time};
use crate::unit::UnitId;
use axum::extract::{Path, State};
use axum::response::Response;
use minijinja::{Value, context};
use std::sync::Arc;

/// `GET /bai/{id}`
pub(super) async fn page(State(app): State<Arc<App>>, Path(id): Path<String>, address: Address) -> Response {
    answer(app, address, move |view| content(view, &ArticleId(id))).await
}

fn content(view: &View<'_>, id: &ArticleId) -> Result<Response, Refusal> {
    let world = &view.snapshot.world;
    let post = world.post(id).ok_or(Refusal::NotFound)?;
    let comparison = comparison(view, post)?;
    let article = view.app.store.article(&post.id)?;
    let decisions = world.decisions.iter().filter(|d| d.item == post.id);
    view.page(
        "item.html",
        context! {
            id => &post.id.0,
            title => verdict::title(&post.title),
            url => verdict::web_address(&post.url),
            host => &post.host,
            channel => post.channel.name(),
            published => post.published.map(view::moment),
            removed => post.removed.map(view::moment),
            duties => duties(view, post),
            answers => answers(view, &post.assessment),
            card => comparison.as_ref().filter(|c| !c.is_removed()).map(Comparison::card),
            card_inside => comparison.as_ref().is_some_and(Comparison::is_removed),
            dates => article.as_ref().map(dates),
            capture => article.as_ref().and_then(capture),
            revisions => article.as_ref().map(revisions),
            contests => contest::of_item(view, &post.id)?,
            warnings => article.as_ref().map(|a| &a.warnings),
            decisions => decisions.map(|d| decision(view, d)).collect::<Vec<_>>(),
        },
    )
}

/// Every duty of the plan that looked at it, with what it came to there.
fn duties(view: &View<'_>, post: &Post) -> Vec<Value> {
    let mut found: Vec<_> = view.judged(&post.id).collect();
    found.sort_by_key(|(v, item)| view.telling(v, item));
    let value = |(v, item)| context! { verdict => verdict::head(view, v), item => verdict::item(item) };
    found.into_iter().map(value).collect()
}

/// The answers about it, each with its reasons.
fn answers(view: &View<'_>, found: &Assessment) -> Vec<Value> {
    let name = |id: &UnitId| view.snapshot.rules.registry.get(id).map_or_else(|| id.to_string(), Unit::full_name);
    let units: Vec<String> = found.unit.iter().chain(&found.co_units).map(name).collect();
    let unit = if units.is_empty() { "không rõ đơn vị".to_owned() } else { units.join(", ") };
    let novelty = if found.repost { "đăng lại" } else { "mới" };
    let topics = match found.topics.len() + found.quota_topics.len() {
        0 => "không thuộc chủ đề nào".to_owned(),
        n => format!("thuộc {n} lĩnh vực, mảng"),
    };
    let kind = if found.kind == Kind::ChuyenSau { "bài chuyên sâu" } else { "tin, bài" };
    let cchc =
        if found.is_cchc { "là bài cải cách hành chính" } else { "không phải bài cải cách hành chính" };
    let rows = [
        (About::Unit, "Đơn vị", unit),
        (About::Cchc, "Cải cách hành chính", cchc.to_owned()),
        (About::Topic, "Chủ đề", topics),
        (About::Kind, "Thể loại", kind.to_owned()),
        (About::Novelty, "Tính mới", format!("{novelty}; {:.0}% nội dung đã đăng trước", found.similarity * 100.0)),
    ];
    let value = |(about, name, answer): (About, &str, String)| {
        let reasons = found.reasons.iter().filter(|r| r.about == about).map(|r| crate::report::clean(&r.detail));
        context! { name, answer, unsure => found.unsure.contains(&about), reasons => reasons.collect::<Vec<_>>() }
    };
    rows.into_iter().map(value).collect()
}

/// A text and the earlier one that it repeats.
pub(super) struct Comparison {
    new: Article,
    old: Article,
    finding: String,
}

impl Comparison {
    /// Whether a portal took one of the two away: such texts are for those who signed in.
    fn is_removed(&self) -> bool {
        self.new.removed.is_some() || self.old.removed.is_some()
    }

    /// The two side by side; the card escapes what it shows.
    pub(super) fn card(&self) -> Value {
        Value::from_safe_string(novelty::card(&self.new, &self.old, &self.finding).html())
    }
}

pub(super) fn comparison(view: &View<'_>, post: &Post) -> Result<Option<Comparison>, Refusal> {
    let Some(earlier) = &post.assessment.repost_of else { return Ok(None) };
    let texts = view.app.store.article(&post.id)?.zip(view.app.store.article(earlier)?);
    let reason = post.assessment.reasons.iter().find(|r| r.about == About::Novelty);
    let finding = reason.map_or(String::new(), |r| r.detail.clone());
    Ok(texts.map(|(new, old)| Comparison { new, old, finding }))
}

fn dates(article: &Article) -> Vec<Value> {
    let times = &article.times;
    let known = [
        ("trên trang", times.page),
        ("trong siêu dữ liệu của trang", times.metadata),
        ("trong địa chỉ", times.url),
        ("trong nguồn cấp tin", times.feed),
        ("trong sơ đồ trang", times.sitemap),
        ("máy chủ ghi lần sửa cuối", times.last_modified),
        ("hệ thống thấy lần đầu", article.first_seen),
        ("thấy đã gỡ", article.removed),
        ("không thấy ở lần đọc gần nhất, chờ xác nhận", article.missing),
    ];
    let value = |(name, at): (&str, Option<Time>)| at.map(|at| context! { name, at => view::moment(at) });
    known.into_iter().filter_map(value).chain(later(article)).collect()
}

/// The dates that its page has shown since, and when it was not there.
fn later(article: &Article) -> impl Iterator<Item = Value> + '_ {
    let redated = article.redated.iter().map(|redating| {
        let from = redating.from.map_or_else(|| "không ghi".to_owned(), |at| view::moment(at).to_string());
        let name = format!("trang đổi ngày đăng (trước đó: {from}), thấy lúc {}", view::moment(redating.at));
        context! { name, at => view::moment(redating.to) }
    });
    let absent = article.absences.iter().map(|absence| {
        let name = format!("từng không thấy trên cổng, từ {} đến", view::moment(absence.from));
        context! { name, at => view::moment(absence.until) }
    });
    redated.chain(absent)
}

fn capture(article: &Article) -> Option<Value> {
    article
        .capture
        .as_ref()
        .map(|place| context! { at => view::moment(place.at), digest => &place.digest, file => &place.file })
}

/// Every text of the article that was seen, the first among them, where there is more than one.
fn revisions(article: &Article) -> Vec<Value> {
    if article.revisions.is_empty() {
        return Vec::new();
    }
    let row = |at: Option<Time>, title: &str, place: Option<&CaptureRef>, version: Option<usize>| {
        let digest = place.map(|place| &place.digest);
        context! { at => at.map(view::moment), title => verdict::title(title), digest, version }
    };
    let first = row(article.first_seen, &article.title, article.capture.as_ref(), None);
    let later = article.revisions.iter().zip(1..).map(|(r, n)| row(Some(r.at), &r.title, r.capture.as_ref(), Some(n)));
    std::iter::once(first).chain(later).collect()
}

/// A decision for a template.
fn decision(view: &View<'_>, decision: &Decision) -> Value {
    let ruling = ruling(&view.snapshot.rules.registry, &decision.ruling);
    context! {
        seq => decision.seq,
        at => view::moment(decision.at),
        ruling,
        reason => crate::report::clean(&decision.reason),
        counts_from => counts_from(view, decision.at),
    }
}

/// The day from which something decided bears on what is concluded, where that is after the day
/// shown: a verdict holds what was decided until the evening of its day.
pub(super) fn counts_from(view: &View<'_>, decided: Time) -> Option<String> {
    (decided > time::end_of(view.day)).then(|| view::date(decided.with_timezone(&time::hanoi()).date_naive()))
}

/// A ruling in a clause.
pub(super) fn ruling(registry: &Registry, ruling: &Ruling) -> String {
    ruling.words(|id| registry.get(id).map_or_else(|| id.to_string(), Unit::full_name))
}
