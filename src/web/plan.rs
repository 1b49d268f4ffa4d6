//! A plan as the audit reads it: every duty with its clause, every clause with nothing to count.

use super::address::Address;
use super::app::App;
use super::error::Refusal;
use super::view::{self, View, answer};
use crate::plan::{Duty, Obligation};
use crate::registry::Unit;
use axum::extract::{Path, State};
use axum::response::Response;
use minijinja::{Value, context};
use std::sync::Arc;

/// `GET /ke-hoach/{id}`
pub(super) async fn page(State(app): State<Arc<App>>, Path(id): Path<String>, address: Address) -> Response {
    let address = Address::read(&address.with(&[("plan", &id)]));
    answer(app, address, content).await
}

fn content(view: &View<'_>) -> Result<Response, Refusal> {
    let plan = view.plan;
    let others = view.snapshot.rules.plans.iter().filter(|other| other.id != plan.id);
    let clauses = plan.clauses.iter();
    view.page("plan.html", context! {
        issuer => &plan.issuer,
        from => view::date(plan.from),
        until => view::date(plan.until),
        scope => context! { clause => &plan.scope.clause, reading => &plan.scope.reading },
        novelty => plan.novelty.as_ref().map(|n| context! { clause => &n.clause, quote => &n.quote, reading => &n.reading }),
        duties => plan.obligations.iter().map(|duty| value(view, duty)).collect::<Vec<_>>(),
        clauses => clauses.map(|c| context! { id => &c.id, quote => &c.quote, note => &c.note }).collect::<Vec<_>>(),
        others => others.map(|p| context! { id => &p.id, title => &p.title, document => &p.document }).collect::<Vec<_>>(),
    })
}

fn value(view: &View<'_>, duty: &Obligation) -> Value {
    let name = |id| view.snapshot.rules.registry.get(id).map(Unit::full_name);
    let groups = duty.who.groups.iter().map(|group| group.name().to_owned());
    let who: Vec<String> = groups.chain(duty.who.units.iter().filter_map(name)).collect();
    let asks = match &duty.duty {
        Duty::Counted(quota) => format!("{} bài mỗi kỳ, {}", quota.required, quota.channel.name()),
        Duty::Attested => "cần minh chứng; không đếm được bằng cách đọc cổng".to_owned(),
        Duty::Coverage { .. } => "chủ đề khuyến khích, không có chỉ tiêu".to_owned(),
    };
    context! {
        id => &duty.id,
        title => &duty.title,
        clause => &duty.clause,
        quote => &duty.quote,
        reading => &duty.reading,
        who => who.join(", "),
        asks,
        periods => duty.periods.len(),
    }
}
