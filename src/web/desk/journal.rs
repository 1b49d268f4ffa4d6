//! The journal as people read it: who did what, when, and by which way; the latest first.

use super::super::address::Address;
use super::super::app::App;
use super::super::error::Refusal;
use super::super::view::{self, View, answer};
use super::super::visitor::{Signed, Visitor};
use super::super::{item, verdict};
use crate::decision::Ruling;
use crate::record::{Entry, Via, kind};
use crate::report::clean;
use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Entries on one page.
const PAGE: usize = 50;
/// More than this of an entry of an unknown kind is not shown here.
const LONGEST: usize = 300;

/// The kinds that only those see who look after accounts.
const ACCOUNTS: [&str; 3] = [kind::LOGIN, kind::REFUSED_LOGIN, kind::USER];

/// `GET /kiem-tra/nhat-ky`
pub(super) async fn page(State(app): State<Arc<App>>, address: Address, signed: Signed, visitor: Visitor) -> Response {
    answer(app, address, move |view| content(view, &signed, &visitor)).await
}

fn content(view: &View<'_>, signed: &Signed, visitor: &Visitor) -> Result<Response, Refusal> {
    signed.may_change()?;
    let sees = |kind: &str| signed.may_administer().is_ok() || !ACCOUNTS.contains(&kind);
    let wanted = view.address.get("loai");
    let mut entries = view.app.record.journal().entries()?;
    let revoked: BTreeSet<u64> = entries.iter().filter_map(revokes).collect();
    entries.retain(|entry| sees(&entry.kind) && wanted.is_none_or(|kind| entry.kind == kind));
    let at = view.address.parsed::<usize>("trang")?.unwrap_or(1).max(1);
    let pages = entries.len().div_ceil(PAGE).max(1);
    let link = |n: usize| (1..=pages).contains(&n).then(|| view.address.with(&[("trang", &n.to_string())]));
    let shown = entries.iter().rev().skip((at - 1).saturating_mul(PAGE)).take(PAGE);
    let row = |entry: &Entry| {
        let standing = is_revocable(entry) && !revoked.contains(&entry.seq);
        context! { entry => value(view, entry), revocable => standing, revoked => revoked.contains(&entry.seq) }
    };
    let kinds = kind::NAMES.iter().filter(|(kind, _)| sees(kind));
    let values = context! {
        total => entries.len(),
        rows => shown.map(row).collect::<Vec<_>>(),
        kinds => kinds.map(|(id, name)| context! { id => *id, name => *name, chosen => wanted == Some(*id) }).collect::<Vec<_>>(),
        at,
        pages,
        before => link(at.saturating_sub(1)),
        after => link(at.saturating_add(1)),
    };
    super::page(view, visitor, "journal.html", values)
}

/// Whether an entry can be taken back.
pub(super) fn is_revocable(entry: &Entry) -> bool {
    [kind::DECISION, kind::ATTESTATION, kind::LEDGER].contains(&entry.kind.as_str())
}

fn revokes(entry: &Entry) -> Option<u64> {
    (entry.kind == kind::REVOCATION).then(|| entry.data["seq"].as_u64()).flatten()
}

/// An entry for a template.
pub(super) fn value(view: &View<'_>, entry: &Entry) -> Value {
    let via = match entry.via {
        Via::Cli => "dòng lệnh",
        Via::Web => "trang web",
        Via::System => "chương trình",
    };
    let item = entry.data["item"].as_str();
    let post = item.and_then(|id| view.snapshot.world.post(&crate::article::ArticleId(id.to_owned())));
    context! {
        seq => entry.seq,
        at => view::moment(entry.at),
        by => clean(&entry.by),
        via,
        kind => kind::name(&entry.kind),
        item,
        title => post.map(|post| verdict::title(&post.title)),
        says => clean(&says(view, entry)),
        reason => entry.data["reason"].as_str().map(clean),
        file => (entry.kind == kind::ATTESTATION && entry.data["file"].is_string()).then_some(entry.seq),
        hash => &entry.hash,
    }
}

/// What an entry says, in a clause.
fn says(view: &View<'_>, entry: &Entry) -> String {
    let text = |name: &str| entry.data[name].as_str().unwrap_or_default();
    match entry.kind.as_str() {
        kind::DECISION => {
            let ruling = serde_json::from_value::<Ruling>(entry.data["ruling"].clone());
            ruling.map_or_else(|_| short(&entry.data), |ruling| item::ruling(&view.snapshot.rules.registry, &ruling))
        }
        kind::REVOCATION => format!("thu hồi bút toán số {}", entry.data["seq"]),
        kind::ATTESTATION => format!(
            "{}, nhiệm vụ {} của {}, kỳ {} {}",
            text("unit"),
            text("obligation"),
            text("plan"),
            text("period"),
            text("note")
        ),
        kind::LEDGER => {
            format!("{}: {} dòng", text("file_name"), entry.data["lines"].as_array().map_or(0, Vec::len))
        }
        kind::EXPORT => format!("{}, kỳ {} {}, gói {}", text("unit"), text("period"), text("plan"), text("pack")),
        kind::LOGIN => String::new(),
        kind::REFUSED_LOGIN if text("name").is_empty() => "tên không có".to_owned(),
        kind::REFUSED_LOGIN => format!("tên {}", text("name")),
        kind::USER => format!("{} {} {}", text("action"), text("name"), text("role")),
        kind::SEAL | kind::INPUTS | kind::STAMP => String::new(),
        _ => short(&entry.data),
    }
}

fn short(data: &Json) -> String {
    data.to_string().chars().take(LONGEST).collect()
}
