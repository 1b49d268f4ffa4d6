//! Runs the sentence cases of `tests/cases/*.toml`: situation, duty, expected verdict, in words an
//! official can read (the form is described in `tests/cases/README.md`).
//!
//! Texts are made up from the items' names and compared by the real novelty; assessments are
//! given, so that a case speaks of the plan's rules alone.

mod case;

use case::{Case, File};
use cchc_audit::audit::{self, Audit, Item, ItemReason, Selection, Verdict};
use cchc_audit::data::Data;
use cchc_audit::plan::Duty;
use cchc_audit::rules::Rules;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The folder of rule files, and the cases beside this file.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn files() -> Vec<(String, File)> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder("tests/cases")).unwrap().map(|e| e.unwrap().path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "toml"));
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let file = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap_or_else(|e| panic!("{name}: {e}"));
        (name, file)
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn every_case_comes_out_as_said() {
    let (mut failed, mut cases) = (String::new(), 0);
    let rules = Rules::parse(Data::built_in()).unwrap();
    for (name, file) in files() {
        for case in &file.truong_hop {
            cases += 1;
            let told = judge(&rules, &file, case);
            if !told.is_empty() {
                let _ = writeln!(failed, "{name}: {}\n    {}", case.ten, told.join("\n    "));
            }
        }
    }
    assert!(failed.is_empty(), "\n{failed}");
    assert!(cases > 0, "no case was found");
}

#[test]
fn each_counted_duty_has_three_cases_and_each_reading_one() {
    let rules = Rules::parse(Data::built_in()).unwrap();
    let mut told = BTreeMap::<(String, String), usize>::new();
    for (_, file) in files() {
        for case in &file.truong_hop {
            let duties: BTreeSet<String> = case.expected(&file).into_iter().map(|(duty, ..)| duty).collect();
            duties.into_iter().for_each(|duty| *told.entry((file.ke_hoach.clone(), duty)).or_default() += 1);
        }
    }
    let mut missing = Vec::new();
    for plan in rules.plans.iter() {
        for duty in &plan.obligations {
            let wanted = match (&duty.duty, &duty.reading) {
                (Duty::Counted(_), _) => 3,
                (_, Some(_)) => 1,
                (_, None) => 0,
            };
            let found = told.get(&(plan.id.clone(), duty.id.clone())).copied().unwrap_or_default();
            if found < wanted {
                missing.push(format!("{}: {} có {found} trường hợp, cần {wanted}", plan.id, duty.id));
            }
        }
    }
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

/// What came out otherwise than said.
fn judge(rules: &Rules, file: &File, case: &Case) -> Vec<String> {
    let merged;
    let rules = if let Some(data) = case.units_changed() {
        merged = Rules::parse(data).unwrap_or_else(|e| panic!("{}: {e}", case.ten));
        &merged
    } else {
        rules
    };
    let plan = rules.plans.get(&file.ke_hoach).unwrap();
    let unit = case.unit(file);
    let world = case.world(file, &rules.registry);
    let selection = Selection { units: vec![unit.clone()], periods: case.periods() };
    let audit = match audit::audit(plan, &rules.registry, &world, case.as_of(file), &selection) {
        Ok(audit) => audit,
        Err(error) => return vec![format!("bị từ chối: {error}")],
    };
    let mut told = inconsistencies(&audit);
    for (duty, period, expected) in case.expected(file) {
        let found = audit.verdicts.iter().find(|v| v.obligation == duty && v.period.to_string() == period);
        let answer = found.map_or("không có".to_owned(), |v| format!("{} {}", v.status.name(), v.counted));
        let status_only = found.is_some_and(|v| v.status.name() == expected);
        if answer != expected && !status_only {
            told.push(format!("{duty} {period}: muốn «{expected}», được «{answer}»"));
        }
    }
    for (duty, item, expected) in case.reasons(file) {
        let of_duty: Vec<&Verdict> = audit.verdicts.iter().filter(|v| v.obligation == duty).collect();
        let found: Vec<ItemReason> = items(&of_duty, &item).map(|i| i.reason).collect();
        if !found.iter().any(|reason| reason.name() == expected || reason.code() == expected) {
            let names: Vec<&str> = found.iter().map(|r| r.name()).collect();
            told.push(format!("{duty}, {item}: muốn lý do «{expected}», được {names:?}"));
        }
    }
    let duty = case.duty(file);
    let own: Vec<&Verdict> = audit.verdicts.iter().filter(|v| v.obligation == duty).collect();
    let notes: Vec<String> = own
        .iter()
        .flat_map(|v| &v.notes)
        .map(|n| serde_json::to_value(n).unwrap().as_str().unwrap().to_owned())
        .collect();
    told.extend(case.ghi_chu.iter().filter(|n| !notes.contains(n)).map(|n| format!("thiếu ghi chú {n}; có {notes:?}")));
    let sentences: Vec<&str> =
        own.iter().flat_map(|v| v.items.iter().map(|i| i.detail.as_str()).chain([v.detail.as_str()])).collect();
    let said = |words: &&String| !sentences.iter().any(|s| s.contains(words.as_str()));
    told.extend(case.noi_ro.iter().filter(said).map(|words| format!("không nói «{words}»; nói {sentences:#?}")));
    told
}

fn items<'a>(verdicts: &'a [&'a Verdict], name: &'a str) -> impl Iterator<Item = &'a Item> {
    verdicts.iter().flat_map(|v| &v.items).filter(move |i| i.id.0 == name)
}

/// One truth: every number is the length of the list behind it.
fn inconsistencies(audit: &Audit) -> Vec<String> {
    let mut told = Vec::new();
    for verdict in &audit.verdicts {
        let counted = verdict.items.iter().filter(|i| i.counted).count();
        if counted != verdict.counted as usize {
            told.push(format!(
                "{} {}: counted là {} mà có {counted} bài được tính",
                verdict.obligation, verdict.period, verdict.counted
            ));
        }
        let speechless = verdict.items.iter().filter(|i| i.detail.is_empty()).count();
        if speechless > 0 || verdict.detail.is_empty() {
            told.push(format!("{} {}: {speechless} bài không có lời giải thích", verdict.obligation, verdict.period));
        }
    }
    told
}
