//! What each address of the API answers with.

use crate::article::ArticleId;
use crate::web::error::Refusal;
use crate::web::view::{View, sort_units};
use crate::web::{list, sources};
use serde_json::{Value, json};

/// Rows in a page unless asked otherwise, and at most.
const USUAL: usize = 100;
const MOST: usize = 1000;

/// One page of rows, with how many there are in all.
fn paged<T>(view: &View<'_>, rows: &[T], row: impl Fn(&T) -> Result<Value, Refusal>) -> Result<Value, Refusal> {
    let offset = view.address.parsed::<usize>("offset")?.unwrap_or(0);
    let limit = view.address.parsed::<usize>("limit")?.unwrap_or(USUAL).min(MOST);
    let total = rows.len();
    let rows = rows.iter().skip(offset).take(limit).map(row).collect::<Result<Vec<Value>, _>>()?;
    Ok(json!({ "schema": 1, "total": total, "offset": offset, "limit": limit, "rows": rows }))
}

/// A row as the audit's own contract writes it.
fn plain(row: &impl serde::Serialize) -> Result<Value, Refusal> {
    let failed = |e| Refusal::Failed(crate::error::Error::Failed(format!("không viết được JSON: {e}")));
    serde_json::to_value(row).map_err(failed)
}

pub(super) fn plans(view: &View<'_>) -> Result<Value, Refusal> {
    let row = |plan: &&crate::plan::Plan| {
        let duties =
            plan.obligations.iter().map(|duty| json!({ "id": duty.id, "title": duty.title, "clause": duty.clause }));
        Ok(json!({
            "id": plan.id, "title": plan.title, "document": plan.document, "from": plan.from, "until": plan.until,
            "obligations": duties.collect::<Vec<_>>(),
        }))
    };
    paged(view, &view.snapshot.rules.plans.iter().collect::<Vec<_>>(), row)
}

pub(super) fn units(view: &View<'_>) -> Result<Value, Refusal> {
    let wish = view.wish()?;
    let mut units: Vec<_> = view.snapshot.rules.registry.units().iter().filter(|unit| wish.takes(unit)).collect();
    sort_units(&mut units);
    let row = |unit: &&crate::registry::Unit| {
        let name = unit.full_name();
        Ok(json!({ "id": unit.id, "name": name, "group": unit.group.id(), "from": unit.from, "until": unit.until }))
    };
    paged(view, &units, row)
}

pub(super) fn verdicts(view: &View<'_>) -> Result<Value, Refusal> {
    let chosen = list::chosen(view)?;
    let mut page = paged(view, &chosen, plain)?;
    page["plan"] = json!(view.plan.id);
    page["as_of"] = json!(view.day);
    Ok(page)
}

pub(super) fn item(view: &View<'_>, id: &str) -> Result<Value, Refusal> {
    let post = view.snapshot.world.post(&ArticleId(id.to_owned())).ok_or(Refusal::NotFound)?;
    let time = |at: Option<crate::time::Time>| at.map(|at| at.to_rfc3339());
    let mut duties = Vec::new();
    for (verdict, item) in view.audit.of(&post.id) {
        duties.push(json!({
            "unit": verdict.unit, "obligation": verdict.obligation, "period": verdict.period,
            "counted": item.counted, "reason": item.reason.code(), "detail": item.detail,
        }));
    }
    Ok(json!({
        "schema": 1, "id": post.id, "url": post.url, "title": post.title, "channel": post.channel, "host": post.host,
        "published": time(post.published), "first_seen": time(post.first_seen), "removed": time(post.removed),
        "assessment": plain(&post.assessment)?, "plan": view.plan.id, "as_of": view.day, "duties": duties,
    }))
}

pub(super) fn coverage(view: &View<'_>) -> Result<Value, Refusal> {
    let row = |source: &sources::Source<'_>| {
        Ok(json!({
            "site": source.site.id, "host": source.site.host, "channel": source.site.channel, "unit": source.site.unit,
            "seen": source.seen,
            "at": source.last.map(|o| o.at.to_rfc3339()),
            "since": source.last.and_then(|o| o.since).map(|at| at.to_rfc3339()),
            "cause": source.last.and_then(|o| o.cause).map(crate::coverage::Cause::code),
        }))
    };
    let mut page = paged(view, &sources::of(&view.snapshot.world, view.day), row)?;
    page["as_of"] = json!(view.day);
    Ok(page)
}
