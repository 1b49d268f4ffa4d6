//! `cchc evidence`: packs out, and packs checked.

use super::attest::unit;
use super::{Context, Exit};
use crate::archive::Archive;
use crate::article::{Article, ArticleId};
use crate::audit::{self, Audit, Selection, Verdict, World};
use crate::coverage::Coverage;
use crate::digest::sha256;
use crate::error::{Error, Result, told};
use crate::evidence::{self, Contents, Item, Judged, Key, PublicKey};
use crate::owner::View;
use crate::period::Period;
use crate::plan::Plan;
use crate::record::{Record, kind};
use crate::report::{Format, Report};
use crate::rules::Rules;
use crate::time;
use crate::unit::UnitId;
use crate::world;
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Gói chứng cứ: xuất, kiểm tra
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ví dụ:\n  cchc evidence export --unit phuong-hai-ba-trung --period 2026-05 -o goi.wacz\n  cchc evidence verify goi.wacz --key ed25519:…\n\nverify: 0 gói đúng, 1 gói không đúng, 2 không phải gói."
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Action,
}

/// What to do with packs.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Action {
    /// Xuất gói chứng cứ của một đơn vị trong một kỳ
    Export(Export),
    /// Kiểm tra một gói, không cần mạng
    Verify {
        /// Tệp gói
        #[arg(value_name = "TỆP")]
        file: PathBuf,
        /// Khoá công khai lấy từ nơi tin được, như `cchc keys show` in ra
        #[arg(long, value_name = "KHOÁ")]
        key: Option<PublicKey>,
    },
}

/// The flags of `evidence export`.
#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// Mã đơn vị
    #[arg(long, value_name = "MÃ")]
    unit: UnitId,
    /// Kỳ: lấy mọi kỳ nằm trong đó
    #[arg(long, value_name = "KỲ")]
    period: Period,
    /// Mã kế hoạch; bỏ trống: mọi kế hoạch
    #[arg(long, value_name = "MÃ")]
    plan: Option<String>,
    /// Tệp gói
    #[arg(short, long, value_name = "TỆP")]
    output: PathBuf,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    match &args.command {
        Action::Export(wanted) => export(wanted, context),
        Action::Verify { file, key } => verify(file, key.as_ref(), context),
    }
}

fn verify(file: &Path, key: Option<&PublicKey>, context: &Context) -> Result<Exit> {
    let unreadable = |e| Error::Input(format!("{}: không đọc được ({})", file.display(), told(&e)));
    // Packs stay below the 4 GiB that zip counts to; what is larger is none, and would fill memory.
    if std::fs::metadata(file).map_err(unreadable)?.len() > u64::from(u32::MAX) {
        return Err(Error::Input(format!("{}: quá 4 GiB, không phải gói của cchc", file.display())));
    }
    let pack = std::fs::read(file).map_err(unreadable)?;
    let answer = evidence::verify(&pack, key, time::at_hanoi(context.now()))?;
    for (mark, sentences) in [("đúng  ", &answer.holds), ("chưa rõ", &answer.open), ("SAI   ", &answer.fails)] {
        for sentence in sentences {
            println!("{mark} {sentence}");
        }
    }
    let verdict = if answer.is_sound() { "gói đúng" } else { "gói KHÔNG đúng" };
    println!("{}: {verdict}", file.display());
    Ok(if answer.is_sound() { Exit::Done } else { Exit::Fails })
}

fn export(wanted: &Export, context: &Context) -> Result<Exit> {
    let rules = context.rules()?;
    let owed = unit(&rules, &wanted.unit)?;
    let view = context.view("cchc evidence")?;
    let record = Record::new(view.state().dir());
    let sites = context.crawled_sites(view.state())?;
    let world = world::assemble(&view, &rules, sites.as_ref(), world::people(view.state(), None)?)?;
    let as_of = last_known(&world, &record)?;
    let audits = audits(wanted, &rules, &world, as_of)?;
    let judged = audits.iter().map(|(plan, audit)| judged(plan, audit, &rules)).collect::<Result<_>>()?;
    let contents = Contents {
        title: format!("{}, {}", owed.name, wanted.period.name()),
        unit: &wanted.unit,
        judged,
        items: items(&audits, &world, &view)?,
        ledger: world.ledger.iter().filter(|line| line.unit == wanted.unit).cloned().collect(),
        coverage: coverage(&world, wanted),
    };
    let hand = context.hand("cchc evidence export")?;
    let pack =
        evidence::pack(&contents, &Archive::new(view.state().archive()), &record, &Key::of(view.state().dir())?)?;
    std::fs::write(&wanted.output, &pack)
        .map_err(|e| Error::io(format!("không ghi được {}", wanted.output.display()), e))?;
    let said = json!({"unit": wanted.unit, "period": wanted.period, "plan": wanted.plan, "pack": sha256(&pack)});
    record.append(&hand, kind::EXPORT, said)?;
    println!("{}: {} byte, {} bài", wanted.output.display(), pack.len(), contents.items.len());
    Ok(Exit::Done)
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
fn audits<'r>(wanted: &Export, rules: &'r Rules, world: &World, as_of: NaiveDate) -> Result<Vec<(&'r Plan, Audit)>> {
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
fn items(audits: &[(&Plan, Audit)], world: &World, view: &View) -> Result<Vec<Item>> {
    let named = audits.iter().flat_map(|(_, audit)| &audit.verdicts).flat_map(|verdict| &verdict.items);
    let ids: BTreeSet<&ArticleId> = named.flat_map(|item| std::iter::once(&item.id).chain(&item.of)).collect();
    let mut items = BTreeMap::new();
    for id in ids.into_iter().filter_map(|id| world.post(id)).map(|post| &post.id) {
        if let Some(article) = view.article(id)? {
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
fn coverage(world: &World, wanted: &Export) -> Value {
    let Coverage::Observed { sites, observations } = &world.coverage else { return Value::Null };
    let bears = |site: &&crate::coverage::Watched| {
        site.channel == crate::article::Channel::CityPage || site.unit.as_ref() == Some(&wanted.unit)
    };
    let sites: Vec<_> = sites.iter().filter(bears).collect();
    let start = time::start_of(wanted.period.first());
    let seen = observations.iter().filter(|o| o.at >= start && sites.iter().any(|site| site.id == o.site));
    json!({"sites": sites, "observations": seen.collect::<Vec<_>>()})
}
