//! The pack of a unit and a period: which verdicts, items, captures and records belong to it.
//!
//! Depends on the state alone and not on when it is made, so that two exports are the same bytes.

use super::unit;
use crate::archive::Archive;
use crate::article::{Article, ArticleId};
use crate::audit::{self, Audit, Selection, Verdict, World};
use crate::coverage::Coverage;
use crate::digest::sha256;
use crate::error::{Error, Result};
use crate::evidence::{self, Contents, Item, Judged, Key};
use crate::period::Period;
use crate::plan::Plan;
use crate::record::{Entry, Hand, Record, kind};
use crate::report::{Format, Report};
use crate::rules::Rules;
use crate::time;
use crate::unit::UnitId;
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Whose pack, and of when.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The unit.
    pub unit: UnitId,
    /// Every period inside this one.
    pub period: Period,
    /// One plan only.
    pub plan: Option<String>,
}

/// What a pack is made from.
pub struct Sources<'a> {
    /// The rules in force.
    pub rules: &'a Rules,
    /// Everything an audit is told.
    pub world: &'a World,
    /// An article with its texts.
    pub article: &'a dyn Fn(&ArticleId) -> Result<Option<Article>>,
    /// The captures.
    pub archive: &'a Archive,
    /// The journal.
    pub record: &'a Record,
    /// What signs it.
    pub key: &'a Key,
}

/// A pack, ready to be handed out.
pub struct Pack {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many items it holds.
    pub items: usize,
}

/// Makes a pack.
///
/// # Errors
/// Unit or plan are unknown, no verdict falls into the period, or something cannot be read.
pub fn make(wanted: &Wanted, from: &Sources<'_>) -> Result<Pack> {
    let owed = unit(from.rules, &wanted.unit)?;
    let as_of = last_known(from.world, from.record)?;
    let audits = audits(wanted, from.rules, from.world, as_of)?;
    let judged = audits.iter().map(|(plan, audit)| judged(plan, audit, from.rules)).collect::<Result<_>>()?;
    let contents = Contents {
        title: format!("{}, {}", owed.name, wanted.period.name()),
        unit: &wanted.unit,
        judged,
        items: items(&audits, from)?,
        ledger: from.world.ledger.iter().filter(|line| line.unit == wanted.unit).cloned().collect(),
        coverage: coverage(from.world, wanted),
    };
    let bytes = evidence::pack(&contents, from.archive, from.record, from.key)?;
    Ok(Pack { bytes, items: contents.items.len() })
}

/// Notes that a pack was handed out.
///
/// # Errors
/// The disk refuses.
pub fn note(wanted: &Wanted, pack: &Pack, record: &Record, hand: &Hand) -> Result<Entry> {
    let hash = sha256(&pack.bytes);
    let said = json!({"unit": wanted.unit, "period": wanted.period, "plan": wanted.plan, "pack": hash});
    record.append(hand, kind::EXPORT, said)
}

/// The day of the last thing that is known, so that a pack made later of the same state is the same.
fn last_known(world: &World, record: &Record) -> Result<NaiveDate> {
    let observed = match &world.coverage {
        Coverage::Observed { observations, .. } => observations.iter().map(|o| o.at).max(),
        Coverage::Complete => None,
    };
    let bears = [kind::DECISION, kind::REVOCATION, kind::ATTESTATION, kind::LEDGER, kind::SEAL];
    let entries = record.journal().entries()?;
    let written = entries.iter().filter(|e| bears.contains(&e.kind.as_str())).map(|e| e.at).max();
    let seen = world.posts().iter().filter_map(|post| post.first_seen).max();
    let last = observed.max(written).max(seen);
    last.map(|at| at.with_timezone(&time::hanoi()).date_naive())
        .ok_or_else(|| Error::Input("chưa có gì để làm chứng cứ; chạy `cchc crawl` trước".to_owned()))
}

/// The verdicts of the unit in every period inside the one asked for, plan by plan.
fn audits<'r>(wanted: &Wanted, rules: &'r Rules, world: &World, as_of: NaiveDate) -> Result<Vec<(&'r Plan, Audit)>> {
    let plans: Vec<&Plan> = match &wanted.plan {
        Some(id) => vec![rules.plans.get(id)?],
        None => rules.plans.iter().collect(),
    };
    let asked = wanted.period;
    let periods = if asked.is_reporting() { vec![asked] } else { Vec::new() };
    let selection = Selection { units: vec![wanted.unit.clone()], periods };
    let inside = |v: &Verdict| asked.first() <= v.period.first() && v.period.last() <= asked.last();
    let mut audits = Vec::new();
    for plan in plans {
        let in_years = plan.from <= asked.last() && asked.first() <= plan.until;
        if !in_years && wanted.plan.is_none() {
            continue;
        }
        let mut audit = audit::audit(plan, &rules.registry, world, as_of, &selection)?;
        audit.verdicts.retain(inside);
        audit.inputs.extend(rules.hashes(&plan.id));
        if !audit.verdicts.is_empty() {
            audits.push((plan, audit));
        }
    }
    if audits.is_empty() {
        let (unit, period) = (&wanted.unit, wanted.period);
        return Err(Error::Input(format!(
            "không có kết luận nào về {unit} trong kỳ {period}; thử kỳ rộng hơn, như tháng hoặc quý"
        )));
    }
    Ok(audits)
}

fn judged<'a>(plan: &'a Plan, audit: &'a Audit, rules: &'a Rules) -> Result<Judged<'a>> {
    let report = Report { audit, plan, registry: &rules.registry, changes: &[] };
    let file = rules.data.get(&format!("plans/{}.toml", plan.id)).unwrap_or_default();
    Ok(Judged { audit, json: Format::Json.render(&report)?, html: Format::Html.render(&report)?, plan: file })
}

/// Every item of the verdicts, and the other items that their reasons name.
fn items(audits: &[(&Plan, Audit)], from: &Sources<'_>) -> Result<Vec<Item>> {
    let named = audits.iter().flat_map(|(_, audit)| &audit.verdicts).flat_map(|verdict| &verdict.items);
    let ids: BTreeSet<&ArticleId> = named.flat_map(|item| std::iter::once(&item.id).chain(&item.of)).collect();
    let mut items = BTreeMap::new();
    for id in ids.into_iter().filter_map(|id| from.world.post(id)).map(|post| &post.id) {
        if let Some(article) = (from.article)(id)? {
            items.insert(id.clone(), item(article));
        }
    }
    Ok(items.into_values().collect())
}

fn item(article: Article) -> Item {
    let captures = article.capture.into_iter().chain(article.revisions.into_iter().filter_map(|r| r.capture));
    let urls = std::iter::once(article.url).chain(article.aliases).filter(|url| !url.is_empty());
    Item { id: article.id, urls: urls.collect(), title: article.title, captures: captures.collect() }
}

/// The sites that bear on the unit, and what was seen of them in the period and after.
fn coverage(world: &World, wanted: &Wanted) -> Value {
    let Coverage::Observed { sites, observations } = &world.coverage else { return Value::Null };
    let bears = |site: &&crate::coverage::Watched| {
        site.channel == crate::article::Channel::CityPage || site.unit.as_ref() == Some(&wanted.unit)
    };
    let sites: Vec<_> = sites.iter().filter(bears).collect();
    let start = time::start_of(wanted.period.first());
    let seen = observations.iter().filter(|o| o.at >= start && sites.iter().any(|site| site.id == o.site));
    json!({"sites": sites, "observations": seen.collect::<Vec<_>>()})
}
