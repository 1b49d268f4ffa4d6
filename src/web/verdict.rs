//! A verdict and its items in the words of a page.

use super::view::{self, View};
use crate::audit::{Item, Status, Verdict};
use crate::report::{self, clean};
use minijinja::{Value, context};

/// Items of one answer shown beside other verdicts, and on the page of one period.
const AMONG_OTHERS: usize = 50;
const ALONE: usize = 2000;

/// A verdict with its items; where they are too many to stand among others, the first of them, and
/// how many more there are.
pub(super) fn value(view: &View<'_>, verdict: &Verdict) -> Value {
    let most = if view.period == Some(verdict.period) { ALONE } else { AMONG_OTHERS };
    let (counted, refused): (Vec<&Item>, Vec<&Item>) =
        report::shown(verdict).into_iter().partition(|item| item.counted);
    let shown = |items: &[&Item]| items.iter().take(most).map(|i| item(i)).collect::<Vec<_>>();
    let items = context! {
        counted => shown(&counted),
        counted_more => counted.len().saturating_sub(most),
        refused => shown(&refused),
        refused_more => refused.len().saturating_sub(most),
        alone => view.address.with(&[("ky", &verdict.period.to_string())]),
    };
    context! { ..head(view, verdict), ..items }
}

/// A verdict without its items.
pub(super) fn head(view: &View<'_>, verdict: &Verdict) -> Value {
    let duty = view.plan.obligation(&verdict.obligation);
    context! {
        unit => verdict.unit.as_str(),
        unit_name => view.unit_name(verdict),
        duty => &verdict.obligation,
        title => duty.map(|o| &o.title),
        clause => &verdict.clause,
        period => verdict.period.name(),
        period_id => verdict.period.to_string(),
        first => view::date(verdict.period.first()),
        last => view::date(verdict.period.last()),
        code => verdict.status.code(),
        status => verdict.status.name(),
        required => verdict.required,
        counted_number => verdict.counted,
        missing => verdict.required.saturating_sub(verdict.counted),
        days_left => days_left(view, verdict),
        fraction => report::fraction(verdict),
        detail => clean(&verdict.detail),
        overruled => verdict.overruled,
        notes => report::notes(verdict),
        gaps => verdict.gaps.iter().map(|gap| clean(&gap.detail)).collect::<Vec<_>>(),
    }
}

/// Whole days that remain after the day looked at, while the period runs.
fn days_left(view: &View<'_>, verdict: &Verdict) -> Option<i64> {
    let left = (verdict.period.last() - view.day).num_days();
    (verdict.status == Status::InProgress && left >= 0).then_some(left)
}

/// An item for a template.
pub(super) fn item(item: &Item) -> Value {
    context! {
        id => &item.id.0,
        title => title(&item.title),
        url => web_address(&item.url),
        at => item.published.map(view::moment),
        counted => item.counted,
        reason => item.reason.name(),
        detail => clean(&item.detail),
        of => item.of.as_ref().map(|id| &id.0),
        automatic => item.automatic.map(|a| a.reason.name()),
    }
}

/// A crawled title, made safe to show and never empty: it is what a link is read by.
pub(super) fn title(title: &str) -> String {
    let shown = clean(title);
    if shown.trim().is_empty() { "(không có tiêu đề)".to_owned() } else { shown }
}

/// An address that may be a link: nothing but http and https.
pub(super) fn web_address(address: &str) -> Option<&str> {
    (address.starts_with("http://") || address.starts_with("https://")).then_some(address)
}
