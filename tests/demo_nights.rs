//! The demo shows what its data say it shows: both nights are played, and every expected verdict
//! is held against the audit.

use cchc_audit::audit::{Audit, Item, Selection, Verdict};
use cchc_audit::crawl::Stop;
use cchc_audit::data::Data;
use cchc_audit::demo::{Demo, Played, Watching, play};
use cchc_audit::nightly::reports;
use cchc_audit::rules::Rules;
use cchc_audit::{rebuild, world};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Expected {
    plan: String,
    verdict: Vec<ExpectedVerdict>,
    nobody: Nobody,
}

#[derive(Deserialize)]
struct ExpectedVerdict {
    case: String,
    night: usize,
    unit: String,
    obligation: String,
    period: String,
    status: String,
    counted: u32,
    #[serde(default)]
    items: Vec<ExpectedItem>,
    #[serde(default)]
    notes: Vec<String>,
}

#[derive(Deserialize)]
struct ExpectedItem {
    article: String,
    counted: bool,
    reason: String,
    of: Option<String>,
}

#[derive(Deserialize)]
struct Nobody {
    articles: Vec<String>,
}

/// The JSON word of a value, such as `met`.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

/// The article of the demo's data behind an item, by any of its addresses.
struct Names(BTreeMap<String, String>);

impl Names {
    fn new(demo: &Demo, played: &Played) -> Self {
        let mut names = BTreeMap::new();
        for article in demo.portals.iter().flat_map(|portal| &portal.articles) {
            let url = demo.url(&article.id).unwrap();
            let found = [url.replace("https://", "http://"), url];
            for id in found.iter().filter_map(|url| played.owner.store.find(url).unwrap()) {
                names.insert(id.0, article.id.clone());
            }
        }
        Self(names)
    }

    fn of<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(id).map_or(id, String::as_str)
    }
}

fn faults(expected: &ExpectedVerdict, audit: &Audit, names: &Names) -> Vec<String> {
    let is = |v: &&Verdict| {
        v.unit.as_str() == expected.unit
            && v.obligation == expected.obligation
            && v.period.to_string() == expected.period
    };
    let head = format!("{} {} {} {}", expected.case, expected.unit, expected.obligation, expected.period);
    let Some(verdict) = audit.verdicts.iter().find(is) else { return vec![format!("{head}: no verdict")] };
    let mut faults = Vec::new();
    let got = (word(&verdict.status), verdict.counted);
    if got != (expected.status.clone(), expected.counted) {
        let gaps: Vec<_> = verdict.gaps.iter().map(|gap| &gap.detail).collect();
        faults.push(format!("{head}: {got:?}, expected {}/{} {gaps:?}", expected.status, expected.counted));
    }
    for item in &expected.items {
        let found = verdict.items.iter().find(|i| names.of(&i.id.0) == item.article);
        let told = |i: &Item| (i.counted, word(&i.reason), i.of.as_ref().map(|of| names.of(&of.0).to_owned()));
        let (counted, reason, of) = match found {
            Some(found) => told(found),
            None => (false, "not among the items".to_owned(), None),
        };
        if (counted, &reason) != (item.counted, &item.reason) || (item.of.is_some() && of != item.of) {
            faults.push(format!(
                "{head}: {}: {counted} {reason} {of:?}, expected {} {}",
                item.article, item.counted, item.reason
            ));
        }
    }
    let notes: Vec<String> = verdict.notes.iter().map(word).collect();
    faults.extend(expected.notes.iter().filter(|n| !notes.contains(n)).map(|n| format!("{head}: note {n} missing")));
    faults
}

/// A rebuild from archive and journal leads to the same audit, byte for byte.
fn rebuilt_equals_played(played: &Played) {
    let Played { owner, rules, sites, nights, .. } = played;
    let as_of = nights[1].as_of;
    let audit = || {
        let people = world::people(&owner.state, None).unwrap();
        let mut world = world::assemble(&owner.view(), rules, Some(sites), people).unwrap();
        let plan = rules.plans.get("ha-noi-2026").unwrap();
        let audit = reports::audit_plan(rules, plan, &mut world, as_of, &Selection::default()).unwrap();
        serde_json::to_string(&audit).unwrap()
    };
    let before = audit();
    let rebuilt = rebuild::rebuild(owner, rules, Some(sites), &|_, _, _| {}).unwrap();
    assert!(rebuilt.articles > 100, "{rebuilt:?}");
    assert!(before == audit(), "the audit after a rebuild differs");
}

#[test]
fn both_nights_show_every_expected_verdict() {
    let state = tempfile::tempdir().unwrap();
    let data = Data::built_in();
    let expected: Expected = toml::from_str(data.get("demo/expected.toml").unwrap()).unwrap();
    let demo = Demo::read(&data).unwrap();
    let watching = Watching { requests: &|_| {}, stages: &|_, _, _| {}, night: &|_, _| {}, stop: Stop::new() };
    let played = play(state.path(), Rules::parse(data).unwrap(), &watching).unwrap();
    let names = Names::new(&demo, &played);
    let audit = |night: usize| played.nights[night - 1].audits.iter().find(|a| a.plan == expected.plan).unwrap();
    let mut faults: Vec<String> = expected.verdict.iter().flat_map(|v| faults(v, audit(v.night), &names)).collect();
    let credited = |id: &String| {
        let holds = |v: &&Verdict| v.items.iter().any(|i| names.of(&i.id.0) == *id && i.counted);
        audit(2).verdicts.iter().find(holds).map(|v| format!("{id}: counted for {}", v.unit))
    };
    faults.extend(expected.nobody.articles.iter().filter_map(credited));
    // One truth: every number is the length of the list behind it.
    for verdict in played.nights.iter().flat_map(|night| &night.audits).flat_map(|audit| &audit.verdicts) {
        assert_eq!(verdict.items.iter().filter(|i| i.counted).count(), verdict.counted as usize, "{verdict:?}");
    }
    rebuilt_equals_played(&played);
    assert!(faults.is_empty(), "{} of {} faults:\n{}", faults.len(), expected.verdict.len(), faults.join("\n"));
}
