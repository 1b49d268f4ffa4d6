//! Reports to take away: the same code and bytes as `cchc audit --format …`.

use super::address::Address;
use super::app::App;
use super::error::Refusal;
use super::view::{View, answer};
use crate::audit::Audit;
use crate::report::{Format, Report};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;

/// `GET /tai-ve/{plan}.{format}`
pub(super) async fn file(State(app): State<Arc<App>>, Path(file): Path<String>, address: Address) -> Response {
    // Without a plan the address would be that of the main one.
    let named = file.rsplit_once('.').filter(|(plan, _)| !plan.is_empty());
    let Some((plan, format)) = named else { return Refusal::NotFound.page(&app) };
    let Some(format) = format.parse().ok().filter(|format| kind(*format).is_some()) else {
        return Refusal::NotFound.page(&app);
    };
    let address = Address::read(&address.with(&[("plan", plan)]));
    answer(app, address, move |view| content(view, format)).await
}

/// The type a browser is told; none for what is not handed out.
fn kind(format: Format) -> Option<&'static str> {
    match format {
        Format::Table => None,
        Format::Json => Some("application/json"),
        Format::Csv => Some("text/csv; charset=utf-8"),
        Format::Html => Some("text/html; charset=utf-8"),
        Format::Xlsx => Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    }
}

fn content(view: &View<'_>, format: Format) -> Result<Response, Refusal> {
    // Without a period the report holds the whole plan, as on the command line.
    let unit = view.unit()?;
    let chosen;
    let audit: &Audit = match (view.period, unit) {
        (None, None) => &view.audit,
        (period, _) => {
            let all = &view.audit;
            let verdicts = if period.is_some() { view.verdicts() } else { all.verdicts.iter().collect() };
            let wanted = verdicts.into_iter().filter(|v| unit.is_none_or(|unit| v.unit.as_str() == unit));
            let verdicts = wanted.cloned().collect();
            let (schema, as_of) = (all.schema, all.as_of);
            let (plan, program, inputs) = (all.plan.clone(), all.program.clone(), all.inputs.clone());
            let alarms = all.alarms.clone();
            chosen = Audit { schema, plan, as_of, program, inputs, alarms, verdicts };
            &chosen
        }
    };
    let report = Report { audit, plan: view.plan, registry: &view.snapshot.rules.registry, changes: &[] };
    let bytes = format.render(&report)?;
    let name = format!("{}-{}.{}", view.plan.id, view.day, format.id());
    let shown = if format == Format::Html { "inline" } else { "attachment" };
    // The page to print carries its own style and nothing else; it runs no script either.
    let policy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";
    let headers = [
        (header::CONTENT_TYPE, kind(format).unwrap_or_default().to_owned()),
        (header::CONTENT_DISPOSITION, format!("{shown}; filename=\"{name}\"")),
        (header::CONTENT_SECURITY_POLICY, policy.to_owned()),
    ];
    Ok((headers, bytes).into_response())
}
