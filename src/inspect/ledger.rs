//! A ledger file, read with the names that the rules know, and joined to what is posted.

use super::ruling::topics;
use crate::article::{Article, ArticleId, Channel};
use crate::audit::{self, Posted};
use crate::decision::LedgerLine;
use crate::error::Result;
use crate::record::ledger::{self, Names, Sheet};
use crate::rules::Rules;
use crate::store::Entry;
use crate::text;
use crate::time::{self, Time};
use crate::unit::UnitId;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Reads a ledger, CSV or XLSX by its content; `name` is how people know the file.
///
/// # Errors
/// As [`ledger::read`].
pub fn read(name: &str, bytes: &[u8], rules: &Rules, at: Time) -> Result<Sheet> {
    let unit = |name: &str| -> Option<UnitId> { rules.registry.find(name).map(|unit| unit.id.clone()) };
    let words = &rules.lexicons.ledger;
    let topics = |name: &str| {
        let slug = text::words(&text::fold(name)).collect::<Vec<_>>().join("-");
        let exact = topics(rules).map(|answer| &answer.id).filter(|id| **id == name || **id == slug);
        let mut found: Vec<String> = Vec::new();
        for id in exact.chain(words.topics_in(name)) {
            if !found.contains(id) {
                found.push(id.clone());
            }
        }
        found
    };
    ledger::read(name, bytes, &Names { unit: &unit, topics: &topics, words }, at)
}

/// Joins the lines to what is posted now, as assessed; the audit joins them again when more has been
/// seen.
pub fn join(sheet: &mut Sheet, entries: &[Entry]) {
    let posted: Vec<&Entry> = entries.iter().filter(|entry| entry.article.channel == Channel::CityPage).collect();
    ledger::join(&mut sheet.lines, posted.iter().map(|entry| (&entry.article.id, entry.article.url.as_str())));
    let places: HashMap<&ArticleId, usize> = posted.iter().map(|entry| &entry.article.id).zip(0..).collect();
    let credited: Vec<Vec<UnitId>> = posted.iter().map(|entry| entry.credited()).collect();
    let mut found: BTreeMap<String, ArticleId> = BTreeMap::new();
    let units: BTreeSet<&UnitId> = sheet.lines.iter().map(|line| &line.unit).collect();
    for unit in units {
        let lines = sheet.lines.iter().filter(|line| line.unit == *unit).collect();
        let own = posted.iter().enumerate().filter(|(at, _)| credited[*at].contains(unit));
        let own: Vec<Posted> = own.filter_map(|(at, entry)| as_posted(at, &entry.article)).collect();
        let addressed = |line: &LedgerLine| places.get(line.item.as_ref()?).copied();
        for sending in audit::sendings(lines, &own, addressed) {
            let Some(at) = sending.post else { continue };
            found.extend(sending.lines.iter().map(|line| (line.id.clone(), posted[at].article.id.clone())));
        }
    }
    for line in &mut sheet.lines {
        line.item = found.remove(&line.id);
    }
}

fn as_posted(at: usize, article: &Article) -> Option<Posted<'_>> {
    let moment = article.published.or(article.first_seen)?;
    Some(Posted { at, title: &article.title, day: moment.with_timezone(&time::hanoi()).date_naive() })
}

/// The numbers of the lines left out, each once.
#[must_use]
pub fn skipped(sheet: &Sheet) -> Vec<usize> {
    let mut skipped: Vec<usize> = sheet.remarks.iter().filter(|r| r.skipped).map(|r| r.line).collect();
    skipped.dedup();
    skipped
}
