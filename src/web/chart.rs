//! The year of a unit by month: items that counted, and items that did not.

use super::view::View;
use crate::article::ArticleId;
use crate::audit::Verdict;
use crate::report;
use chrono::Datelike as _;
use minijinja::{Value, context};
use std::collections::BTreeMap;

/// The height of the tallest column, and the distance between two months, in drawing units.
const TALL: usize = 110;
const STEP: usize = 48;

/// The columns of the year looked at, ready to be drawn; every item once, however many duties saw it.
pub(super) fn year(view: &View<'_>, verdicts: &[&Verdict]) -> Value {
    let mut items: BTreeMap<&ArticleId, (u32, bool)> = BTreeMap::new();
    for verdict in verdicts.iter().filter(|v| view.is_counted(&v.obligation)) {
        for item in report::shown(verdict) {
            let Some(at) = item.published.filter(|at| at.year() == view.day.year()) else { continue };
            items.entry(&item.id).or_insert((at.month(), false)).1 |= item.counted;
        }
    }
    let count = |month: u32, counted: bool| items.values().filter(|i| **i == (month, counted)).count();
    let months: Vec<(u32, usize, usize)> = (1..=12).map(|m| (m, count(m, true), count(m, false))).collect();
    let most = months.iter().map(|(_, yes, no)| yes + no).max().unwrap_or(0).max(1);
    let columns = months.iter().zip(0..).map(|((month, yes, no), n)| {
        let (high, low) = (yes * TALL / most, no * TALL / most);
        context! {
            month, yes, no, total => yes + no,
            x => n * STEP + 10,
            middle => n * STEP + STEP / 2,
            yes_y => TALL + 20 - high, yes_height => high,
            no_y => TALL + 20 - high - low, no_height => low,
            label_y => TALL + 14 - high - low,
        }
    });
    context! { year => view.day.year(), total => items.len(), columns => columns.collect::<Vec<_>>() }
}
