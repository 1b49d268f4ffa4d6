//! A ledger file, read with the names that the rules know, and joined to what is posted.

use super::ruling::topics;
use crate::error::Result;
use crate::record::ledger::{self, Names, Posted, Sheet};
use crate::rules::Rules;
use crate::store::Entry;
use crate::text;
use crate::time::Time;
use crate::unit::UnitId;

/// Reads a ledger, CSV or XLSX by its content; `name` is how people know the file.
///
/// # Errors
/// As [`ledger::read`].
pub fn read(name: &str, bytes: &[u8], rules: &Rules, at: Time) -> Result<Sheet> {
    let unit = |name: &str| -> Option<UnitId> { rules.registry.find(name).map(|unit| unit.id.clone()) };
    let topic = |name: &str| {
        let slug = text::words(&text::fold(name)).collect::<Vec<_>>().join("-");
        topics(rules).map(|answer| &answer.id).find(|id| **id == name || **id == slug).cloned()
    };
    let words = &rules.lexicons.ledger;
    ledger::read(name, bytes, &Names { unit: &unit, topic: &topic, words }, at)
}

/// Joins the lines to what is posted now, as assessed; the audit joins them again when more has been
/// seen.
pub fn join(sheet: &mut Sheet, entries: &[Entry]) {
    let posts = entries.iter().map(|Entry { article, judged, .. }| Posted {
        id: &article.id,
        url: &article.url,
        title: &article.title,
        unit: judged.as_ref().and_then(|judged| judged.assessment.unit.as_ref()),
    });
    ledger::join(&mut sheet.lines, posts);
}

/// The numbers of the lines left out, each once.
#[must_use]
pub fn skipped(sheet: &Sheet) -> Vec<usize> {
    let mut skipped: Vec<usize> = sheet.remarks.iter().filter(|r| r.skipped).map(|r| r.line).collect();
    skipped.dedup();
    skipped
}
