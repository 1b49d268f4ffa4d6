//! The audit as one page to print on A4: no scripts, nothing loaded from elsewhere, all crawled
//! text escaped by the template.

use super::Report;
use super::tally::{self, clean};
use crate::audit::{Item, Verdict};
use crate::error::{Error, Result};
use crate::time;
use minijinja::{Environment, Value, context};

pub(super) fn render(report: &Report<'_>) -> Result<Vec<u8>> {
    page(include_str!("page.html"), values(report))
}

/// A template filled with values, all of them escaped.
pub(super) fn page(template: &str, values: Value) -> Result<Vec<u8>> {
    let failed = |e: minijinja::Error| Error::Failed(format!("không viết được trang HTML: {e:#}"));
    let mut templates = Environment::new();
    // The ending of the name turns escaping on.
    templates.add_template("page.html", template).map_err(failed)?;
    let page = templates.get_template("page.html").map_err(failed)?;
    Ok(page.render(values).map_err(failed)?.into_bytes())
}

fn values(report: &Report<'_>) -> Value {
    let audit = report.audit;
    context! {
        title => &report.plan.title,
        document => &report.plan.document,
        issuer => &report.plan.issuer,
        as_of => audit.as_of.format("%d/%m/%Y").to_string(),
        program => &audit.program,
        total => audit.verdicts.len(),
        statuses => counts(&audit.verdicts.iter().collect::<Vec<_>>()),
        groups => report.by_group().iter().map(|(group, list)| {
            context! { name => group.name(), total => list.len(), statuses => counts(list) }
        }).collect::<Vec<_>>(),
        duties => report.duties().iter().map(|duty| {
            context! { id => &duty.id, title => &duty.title, clause => &duty.clause, quote => &duty.quote, reading => &duty.reading }
        }).collect::<Vec<_>>(),
        units => report.by_unit().iter().map(|(unit, list)| {
            context! {
                id => unit.as_str(),
                name => report.unit_name(unit),
                cells => report.duties().iter().map(|duty| {
                    tally::cell(&list.iter().copied().filter(|v| v.obligation == duty.id).collect::<Vec<_>>())
                }).collect::<Vec<_>>(),
                verdicts => list.iter().map(|v| verdict(report, v)).collect::<Vec<_>>(),
            }
        }).collect::<Vec<_>>(),
        alarms => audit.alarms.iter().map(super::alarm_sentence).collect::<Vec<_>>(),
        changes => report.changes.iter().map(|c| super::change_sentence(report, c)).collect::<Vec<_>>(),
        inputs => audit.inputs.iter().map(|(name, hash)| context! { name => name, hash => hash }).collect::<Vec<_>>(),
    }
}

fn counts(verdicts: &[&Verdict]) -> Vec<Value> {
    let lists = tally::by_status(verdicts.iter().copied());
    lists.iter().map(|(status, list)| context! { name => status.name(), count => list.len() }).collect()
}

fn verdict(report: &Report<'_>, verdict: &Verdict) -> Value {
    let shown = tally::shown(verdict);
    let (counted, refused): (Vec<&Item>, Vec<&Item>) = shown.into_iter().partition(|item| item.counted);
    context! {
        duty => &verdict.obligation,
        duty_title => report.duty_title(&verdict.obligation),
        clause => &verdict.clause,
        period => verdict.period.name(),
        status => verdict.status.name(),
        code => verdict.status.code(),
        fraction => tally::fraction(verdict),
        detail => clean(&verdict.detail),
        notes => tally::notes(verdict),
        gaps => verdict.gaps.iter().map(|g| clean(&g.detail)).collect::<Vec<_>>(),
        counted => counted.into_iter().map(item).collect::<Vec<_>>(),
        refused => refused.into_iter().map(item).collect::<Vec<_>>(),
    }
}

fn item(item: &Item) -> Value {
    context! {
        title => clean(&item.title),
        url => clean(&item.url),
        at => item.published.map(|at| at.with_timezone(&time::hanoi()).format("%d/%m/%Y").to_string()),
        reason => item.reason.name(),
        detail => clean(&item.detail),
        automatic => item.automatic.map(|a| a.reason.name()),
    }
}
