//! A unit's page: each duty, what was counted and what was not, the year by month.

use super::address::Address;
use super::app::App;
use super::chart;
use super::error::Refusal;
use super::sources;
use super::verdict;
use super::view::{self, View, answer};
use crate::audit::Verdict;
use crate::plan::Obligation;
use crate::registry::Unit;
use crate::unit::UnitId;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use minijinja::{Value, context};
use std::sync::Arc;

/// `GET /don-vi/{*id}`
pub(super) async fn page(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    address: Address,
    headers: HeaderMap,
) -> Response {
    let here = own_address(&headers, &id);
    answer(app, address, move |view| content(view, &id, here.as_deref())).await
}

fn content(view: &View<'_>, id: &str, here: Option<&str>) -> Result<Response, Refusal> {
    let id: UnitId = id.parse().map_err(|_| Refusal::NotFound)?;
    let unit = view.snapshot.rules.registry.get(&id).ok_or(Refusal::NotFound)?;
    let shown = view.verdicts().into_iter().filter(|v| v.unit == id).collect::<Vec<_>>();
    let all: Vec<&Verdict> =
        view.audit.verdicts.iter().filter(|v| v.unit == id && v.period.first() <= view.day).collect();
    let duties = view.plan.obligations.iter().filter(|duty| duty.who.binds(unit));
    let (counted, others): (Vec<&Obligation>, Vec<&Obligation>) = duties.partition(|duty| view.is_counted(&duty.id));
    let section = |duty: &&Obligation| section(view, duty, &shown, &all);
    let sources = sources::of(&view.snapshot.world, view.day);
    let sources = sources.iter().filter(|source| source.site.unit.as_ref() == Some(&id));
    view.page(
        "unit.html",
        context! {
            choices => super::front::choices(view),
            unit => about(unit),
            counted => counted.iter().map(section).collect::<Vec<_>>(),
            others => others.iter().map(section).collect::<Vec<_>>(),
            chart => chart::year(view, &all),
            sources => sources.map(|source| source.value(view)).collect::<Vec<_>>(),
            qr => here.and_then(qr),
            address => here,
        },
    )
}

fn about(unit: &Unit) -> Value {
    context! {
        id => unit.id.as_str(),
        name => unit.full_name(),
        group => unit.group.name(),
        group_id => unit.group.id(),
        aliases => &unit.aliases,
        from => unit.from.map(view::date),
        until => unit.until.map(view::date),
    }
}

/// One duty: the verdicts looked at in full, the earlier ones folded away.
fn section(view: &View<'_>, duty: &Obligation, shown: &[&Verdict], all: &[&Verdict]) -> Value {
    let mut shown = shown.to_vec();
    shown.retain(|v| v.obligation == duty.id);
    let mut earlier = if view.period.is_some() { Vec::new() } else { all.to_vec() };
    earlier.retain(|v| v.obligation == duty.id);
    earlier.retain(|v| shown.iter().all(|s| s.period != v.period));
    earlier.reverse();
    context! {
        id => &duty.id,
        title => &duty.title,
        clause => &duty.clause,
        quote => &duty.quote,
        reading => &duty.reading,
        office => &duty.office,
        shown => shown.iter().map(|v| verdict::value(view, v)).collect::<Vec<_>>(),
        earlier => earlier.iter().map(|v| verdict::value(view, v)).collect::<Vec<_>>(),
    }
}

/// The address of this page as the visitor's browser named us; a host that is not a plain host name
/// with a port is not repeated.
pub(super) fn own_address(headers: &HeaderMap, id: &str) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    let secure = headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https");
    let scheme = if secure { "https" } else { "http" };
    (host.len() <= 100 && host.chars().all(plain)).then(|| format!("{scheme}://{host}/don-vi/{id}"))
}

/// A QR code as SVG without any script or style.
fn qr(address: &str) -> Option<String> {
    let code = qrcode::QrCode::new(address).ok()?;
    let drawn = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(132, 132).build();
    // An XML declaration has no place inside HTML.
    drawn.find("<svg").map(|start| drawn[start..].to_owned())
}
