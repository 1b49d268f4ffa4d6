//! `cchc audit`.

use super::{Context, Exit};
use crate::audit::{self, Post, Selection, World};
use crate::digest::sha256;
use crate::error::Result;
use crate::period::Period;
use crate::record::{Entry, Record, kind};
use crate::report::{Format, Report};
use crate::rules::Rules;
use crate::time;
use crate::unit::UnitId;
use crate::world;
use chrono::NaiveDate;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Kiểm tra một kế hoạch: đơn vị nào đạt, chưa đạt, vì sao
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc audit --plan ha-noi-2026 --unit phuong-hai-ba-trung --period 2026-05\n  \
                        cchc audit --plan ha-noi-2026 --articles bai.jsonl --as-of 2026-06-10 --format xlsx -o quy-2.xlsx")]
pub(super) struct Args {
    /// Mã kế hoạch (xem: cchc plans list)
    #[arg(long, value_name = "MÃ")]
    plan: String,
    /// Chỉ kỳ này, như 2026-05, 2026-W21, 2026-Q2, 2026-05@baocao; lặp lại được
    #[arg(long, value_name = "KỲ")]
    period: Vec<Period>,
    /// Chỉ đơn vị này; lặp lại được
    #[arg(long, value_name = "MÃ")]
    unit: Vec<UnitId>,
    /// Tính đến hết ngày này (mặc định: hôm nay)
    #[arg(long, value_name = "NGÀY", value_parser = super::usage::day)]
    as_of: Option<NaiveDate>,
    /// Dùng quy tắc hôm nay thay cho quy tắc của ngày --as-of
    #[arg(long, value_name = "current", value_parser = ["current"])]
    rules: Option<String>,
    /// Lấy bài từ tệp JSONL này thay cho kho; coi như tệp là toàn bộ bài đã đăng
    #[arg(long, value_name = "TỆP")]
    articles: Option<PathBuf>,
    /// Dạng kết quả: table (mặc định), json, csv, html, xlsx
    #[arg(long, value_name = "DẠNG", default_value = "table")]
    format: Format,
    /// Ghi vào tệp thay vì in ra
    #[arg(short, long, value_name = "TỆP")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    let today = time::at_hanoi(context.now()).date_naive();
    let as_of = args.as_of.unwrap_or(today);
    let past = as_of < today && args.articles.is_none() && args.rules.is_none();
    let rules = if past { context.rules_at(time::end_of(as_of))? } else { context.rules()? };
    let plan = rules.plans.get(&args.plan)?;
    let (mut world, exit) = match &args.articles {
        Some(file) => from_file(file, &rules, context)?,
        None => (from_store(&rules, as_of, context)?, Exit::Done),
    };
    world.inputs.extend(rules.hashes(&plan.id));
    let selection = Selection { units: args.unit.clone(), periods: args.period.clone() };
    let audit = audit::audit(plan, &rules.registry, &world, as_of, &selection)?;
    if audit.verdicts.is_empty() {
        eprintln!(
            "không có kết luận nào: kế hoạch {} không giao nhiệm vụ cho đơn vị hoặc kỳ đã chọn, hoặc kỳ chưa bắt đầu",
            plan.id
        );
    }
    if past {
        tell_later(as_of, context)?;
    }
    let report = Report { audit: &audit, plan, registry: &rules.registry, changes: &[] };
    let bytes = args.format.render(&report)?;
    match &args.output {
        Some(path) => context.deliver(path, &bytes, args.articles.as_deref().as_slice())?,
        None => super::written(std::io::stdout().write_all(&bytes))?,
    }
    Ok(exit)
}

/// A file of articles as the whole world: everything was seen, and no store is opened.
fn from_file(file: &Path, rules: &Rules, context: &Context) -> Result<(World, Exit)> {
    let (lines, bytes) = context.articles(Some(file), rules)?;
    let assessed = rules.assessor().over_file(&lines.articles);
    let posts = lines.articles.iter().zip(assessed);
    let posts = posts.map(|(article, (assessment, overlap))| Post::new(article, assessment, overlap));
    let mut world = World::new(posts.collect());
    world.inputs.insert("articles".to_owned(), sha256(&bytes));
    Ok((world, Exit::done(lines.skipped.is_empty())))
}

/// The world as the store and the journal know it.
fn from_store(rules: &Rules, as_of: NaiveDate, context: &Context) -> Result<World> {
    let view = context.view("cchc audit")?;
    let sites = context.crawled_sites(view.state())?;
    world::assemble(&view, rules, sites.as_ref(), world::people(view.state(), Some(time::end_of(as_of)))?)
}

/// Says what people wrote down after the day asked for, since none of it bears on the answer.
fn tell_later(as_of: NaiveDate, context: &Context) -> Result<()> {
    let bears = [kind::DECISION, kind::ATTESTATION, kind::LEDGER, kind::REVOCATION];
    let entries = Record::new(&context.globals.state).journal().entries()?;
    let later = |entry: &&Entry| entry.at > time::end_of(as_of) && bears.contains(&entry.kind.as_str());
    match entries.iter().filter(later).count() {
        0 => {}
        n => eprintln!(
            "lưu ý: {n} quyết định, minh chứng, sổ gửi bài ghi sau ngày {} không tính vào; bỏ --as-of để tính đến hôm nay",
            as_of.format("%d/%m/%Y")
        ),
    }
    Ok(())
}
