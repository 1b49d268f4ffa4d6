//! The list behind a number: verdicts by status, group, duty and name.

use super::address::Address;
use super::app::App;
use super::error::Refusal;
use super::front;
use super::verdict;
use super::view::{View, answer};
use crate::audit::Verdict;
use crate::unit::UnitId;
use axum::extract::State;
use axum::response::Response;
use minijinja::context;
use std::collections::HashSet;
use std::sync::Arc;

/// Verdicts on one page.
const PAGE: usize = 100;

/// `GET /danh-sach`
pub(super) async fn page(State(app): State<Arc<App>>, address: Address) -> Response {
    answer(app, address, content).await
}

fn content(view: &View<'_>) -> Result<Response, Refusal> {
    let found = chosen(view)?;
    let at = view.address.parsed::<usize>("trang")?.unwrap_or(1).max(1);
    let pages = found.len().div_ceil(PAGE).max(1);
    let link = |n: usize| (1..=pages).contains(&n).then(|| view.address.with(&[("trang", &n.to_string())]));
    let shown = found.iter().skip((at - 1).saturating_mul(PAGE)).take(PAGE);
    view.page(
        "list.html",
        context! {
            choices => front::choices(view),
            over => view.address.get("xong").is_some(),
            kind => view.address.get("loai").unwrap_or_default(),
            duty => view.address.get("nhiem-vu").and_then(|id| view.plan.obligation(id)).map(|o| &o.title),
            total => found.len(),
            at,
            pages,
            before => link(at.saturating_sub(1)),
            after => link(at.saturating_add(1)),
            verdicts => shown.map(|v| verdict::head(view, v)).collect::<Vec<_>>(),
        },
    )
}

/// The verdicts the address asks for, by group and name of their units.
pub(super) fn chosen<'v>(view: &'v View<'_>) -> Result<Vec<&'v Verdict>, Refusal> {
    let (wish, unit) = (view.wish()?, view.unit()?);
    view.known("nhiem-vu", |duty| view.plan.obligation(duty).is_some())?;
    view.known("loai", |kind| ["dem", "khac"].contains(&kind))?;
    let kind = |v: &Verdict| match view.address.get("loai") {
        Some("dem") => view.is_counted(&v.obligation),
        Some("khac") => !view.is_counted(&v.obligation),
        _ => true,
    };
    let over = view.address.get("xong").is_some();
    let mut found = if over { view.ended() } else { view.verdicts() };
    found.retain(|v| unit.is_none_or(|unit| v.unit.as_str() == unit));
    found.retain(|v| wish.status.is_none_or(|status| v.status == status));
    found.retain(|v| wish.duty.as_ref().is_none_or(|duty| v.obligation == *duty));
    let units: HashSet<&UnitId> =
        view.snapshot.rules.registry.units().iter().filter(|unit| wish.takes(unit)).map(|unit| &unit.id).collect();
    found.retain(|v| kind(v) && units.contains(&v.unit));
    found.sort_by_key(|v| view.snapshot.rank(&v.unit));
    Ok(found)
}
