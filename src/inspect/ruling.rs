//! An override as ordered in words → the ruling that the journal holds.

use super::{obligation, unit};
use crate::article::{ArticleId, Kind};
use crate::audit::{Post, World};
use crate::decision::{LedgerLine, Ruling};
use crate::error::{Error, Result};
use crate::lexicon::{Answer, Asked};
use crate::period::Period;
use crate::plan::Duty;
use crate::registry::{Registry, Unit};
use crate::rules::Rules;
use crate::unit::UnitId;
use std::collections::BTreeSet;

/// One thing to be decided about an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order<'a> {
    /// What is decided: `unit`, `topics`, `kind`, `cchc`, `novelty`, `withdrawn` or `counted`.
    pub matter: &'a str,
    /// The answer, as its flag on the command line takes it.
    pub answer: &'a str,
    /// For which duty; for `counted` alone.
    pub plan: Option<&'a str>,
    /// The obligation, with `plan`.
    pub obligation: Option<&'a str>,
    /// One period only.
    pub period: Option<Period>,
}

/// What an order means.
///
/// # Errors
/// It names what the rules do not know; says what they know.
pub fn read(order: &Order<'_>, rules: &Rules) -> Result<Ruling> {
    let answer = order.answer;
    let yes = || one_of(order, ["yes", "no"]);
    match order.matter {
        "unit" => of_unit(answer, rules),
        "topics" => of_topics(answer, rules),
        "kind" => {
            let news = one_of(order, ["tin-bai", "chuyen-sau"])?;
            Ok(Ruling::Kind { value: if news { Kind::TinBai } else { Kind::ChuyenSau } })
        }
        "cchc" => Ok(Ruling::Cchc { value: yes()? }),
        "novelty" => Ok(Ruling::Novelty { value: one_of(order, ["new", "repost"])? }),
        "withdrawn" => Ok(Ruling::Withdrawn { value: yes()? }),
        "counted" => of_counted(order, yes()?, rules),
        other => Err(Error::Input(format!("không quyết định được về «{other}»"))),
    }
}

/// Topics and quota topics, which a decision may name.
pub fn topics(rules: &Rules) -> impl Iterator<Item = &Answer> {
    rules.lexicons.answers.iter().filter(|answer| matches!(answer.of, Asked::Topic | Asked::Quota))
}

/// Whether the answer is the first of two words.
fn one_of(order: &Order<'_>, words: [&str; 2]) -> Result<bool> {
    let (matter, answer) = (order.matter, order.answer);
    match words.iter().position(|word| *word == answer) {
        Some(at) => Ok(at == 0),
        None => Err(Error::Input(format!("--{matter} «{answer}»: dùng {} hoặc {}", words[0], words[1]))),
    }
}

fn of_unit(value: &str, rules: &Rules) -> Result<Ruling> {
    if value == "none" {
        return Ok(Ruling::Unit { value: None });
    }
    let id = value.parse().map_err(Error::Input)?;
    Ok(Ruling::Unit { value: Some(unit(rules, &id)?.id.clone()) })
}

fn of_topics(value: &str, rules: &Rules) -> Result<Ruling> {
    let wanted: Vec<String> = value.split(',').map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).collect();
    let known: Vec<&str> = topics(rules).map(|answer| answer.id.as_str()).collect();
    match wanted.iter().find(|topic| !known.contains(&topic.as_str())) {
        Some(unknown) => Err(Error::Input(format!("không có chủ đề «{unknown}»; dùng {}", known.join(", ")))),
        None => Ok(Ruling::Topics { value: wanted }),
    }
}

fn of_counted(order: &Order<'_>, value: bool, rules: &Rules) -> Result<Ruling> {
    let plan = rules.plans.get(order.plan.unwrap_or_default())?;
    let duty = obligation(plan, order.obligation.unwrap_or_default())?;
    if matches!(duty.duty, Duty::Attested) {
        return Err(Error::Input(format!("nhiệm vụ {} không đếm bài; ghi minh chứng bằng `cchc attest add`", duty.id)));
    }
    if let Some(period) = order.period.filter(|period| duty.window(*period).is_none()) {
        return Err(Error::Input(format!("nhiệm vụ {} không có kỳ {period}", duty.id)));
    }
    Ok(Ruling::Counted { value, plan: plan.id.clone(), obligation: duty.id.clone(), period: order.period })
}

/// Refuses what is not so of the item, or what no audit would ever look at.
///
/// # Errors
/// Says why, and what would do.
pub fn check(ruling: &Ruling, item: &ArticleId, world: &World, rules: &Rules) -> Result<()> {
    let Some(post) = world.post(item) else { return Ok(()) };
    match ruling {
        Ruling::Withdrawn { value: true } if post.removed.is_none() => Err(Error::Input(
            "bài vẫn đang đăng trên cổng, chưa phải bài đã gỡ; nếu không tính bài này, quyết định --counted no"
                .to_owned(),
        )),
        Ruling::Counted { plan, obligation: duty, .. } => {
            let who = &obligation(rules.plans.get(plan)?, duty)?.who;
            let theirs = concerned(post, world, &rules.registry);
            if theirs.iter().any(|unit| who.binds(unit)) {
                return Ok(());
            }
            let names: Vec<&str> = theirs.iter().map(|unit| unit.id.as_str()).collect();
            let names = if names.is_empty() { "chưa rõ".to_owned() } else { names.join(", ") };
            Err(Error::Input(format!(
                "nhiệm vụ {duty} của {plan} không giao cho đơn vị của bài ({names}); nếu bài của đơn vị khác, quyết định --unit trước"
            )))
        }
        _ => Ok(()),
    }
}

/// Whom an item may count for, in order of their ids: by its assessment, by decisions, or as a line of
/// the ledger says; with whoever stands for a dissolved unit on the day of publication.
#[must_use]
pub fn concerned<'r>(post: &Post, world: &World, registry: &'r Registry) -> Vec<&'r Unit> {
    let named: BTreeSet<&UnitId> = named(post, world).collect();
    let mut units: Vec<&Unit> = named.into_iter().filter_map(|id| registry.get(id)).collect();
    let heirs: Vec<&Unit> = units.iter().filter_map(|unit| Some(registry.heir(unit, post.day()?))).collect();
    units.extend(heirs);
    units.sort_by(|a, b| a.id.cmp(&b.id));
    units.dedup_by(|a, b| a.id == b.id);
    units
}

fn named<'w>(post: &'w Post, world: &'w World) -> impl Iterator<Item = &'w UnitId> {
    let decided = world.decisions.iter().filter(|d| d.item == post.id).filter_map(|d| match &d.ruling {
        Ruling::Unit { value } => value.as_ref(),
        _ => None,
    });
    let is_of = |line: &&LedgerLine| line.item.as_ref() == Some(&post.id) || line.url.as_deref() == Some(&*post.url);
    let sent = world.ledger.iter().filter(is_of).map(|line| &line.unit);
    post.assessment.unit.iter().chain(&post.assessment.co_units).chain(decided).chain(sent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Assessment;
    use crate::data::Data;
    use crate::time;

    #[test]
    fn an_item_concerns_whoever_stands_for_its_unit_that_day() {
        let built_in = Data::built_in();
        let mut files: std::collections::BTreeMap<String, String> =
            built_in.under("").map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
        let units = files.get_mut("units/xa-phuong-ha-noi.csv").unwrap();
        let line = units.lines().find(|line| line.starts_with("phuong-cua-nam,")).unwrap().to_owned();
        *units = units.replace(&line, &line.replace(",2025-07-01,,", ",2025-07-01,2026-07-15,phuong-hai-ba-trung"));
        let rules = Rules::parse(Data::new(files)).unwrap();
        for (day, concerned) in [("2026-07-10", "phuong-cua-nam"), ("2026-08-12", "phuong-cua-nam phuong-hai-ba-trung")]
        {
            let unit = Some("phuong-cua-nam".parse().unwrap());
            let post = Post {
                published: time::parse(&format!("{day}T08:00:00+07:00")),
                assessment: Assessment { unit, ..Assessment::default() },
                ..Post::default()
            };
            let found = super::concerned(&post, &World::default(), &rules.registry);
            assert_eq!(found.iter().map(|unit| unit.id.as_str()).collect::<Vec<_>>().join(" "), concerned, "{day}");
        }
    }

    #[test]
    fn orders_are_read_or_refused_with_what_would_do() {
        let rules = Rules::parse(Data::built_in()).unwrap();
        let told = |matter, answer, duty: Option<(&str, &str, &str)>| {
            let (plan, obligation) = (duty.map(|d| d.0), duty.map(|d| d.1));
            let period = duty.and_then(|d| d.2.parse().ok());
            match read(&Order { matter, answer, plan, obligation, period }, &rules) {
                Ok(ruling) => serde_json::to_string(&ruling).unwrap(),
                Err(error) => error.to_string(),
            }
        };
        for (matter, answer, duty, says) in [
            ("unit", "phuong-cua-nam", None, r#"{"about":"unit","value":"phuong-cua-nam"}"#),
            ("unit", "none", None, r#"{"about":"unit","value":null}"#),
            ("unit", "phuong-khong-co", None, "không có đơn vị"),
            ("kind", "chuyen-sau", None, r#"{"about":"kind","value":"chuyen-sau"}"#),
            ("kind", "dai", None, "--kind «dai»: dùng tin-bai hoặc chuyen-sau"),
            ("cchc", "no", None, r#"{"about":"cchc","value":false}"#),
            ("novelty", "new", None, r#"{"about":"novelty","value":true}"#),
            ("withdrawn", "maybe", None, "dùng yes hoặc no"),
            ("topics", "", None, r#"{"about":"topics","value":[]}"#),
            ("topics", "x", None, "không có chủ đề «x»; dùng "),
            ("counted", "no", Some(("ha-noi-2026", "a2", "2026-05")), r#""obligation":"a2","period":"2026-05""#),
            ("counted", "no", Some(("ha-noi-2026", "a2", "2026-W21")), "không có kỳ 2026-W21"),
            ("counted", "no", Some(("ha-noi-2026", "a99", "2026-05")), "các nhiệm vụ: "),
            ("counted", "yes", Some(("ha-noi-2026", "a1", "2026")), "không đếm bài; ghi minh chứng"),
            ("colour", "red", None, "không quyết định được"),
        ] {
            let told = told(matter, answer, duty);
            assert!(told.contains(says), "{matter} {answer} {duty:?}: {told}");
        }
    }
}
