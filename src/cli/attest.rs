//! `cchc attest`: evidence for what cannot be crawled.

use super::{Context, Exit};
use crate::decision::Attestation;
use crate::error::{Error, Result, told};
use crate::period::Period;
use crate::plan::{Duty, Obligation, Plan};
use crate::record::Record;
use crate::registry::Unit;
use crate::rules::Rules;
use crate::unit::UnitId;
use std::path::{Path, PathBuf};

/// The largest file of evidence, in bytes.
const MAX_FILE: u64 = 100 << 20;

/// Minh chứng cho nhiệm vụ không đọc được trên mạng
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ví dụ:\n  cchc attest add --plan ha-noi-2026 --obligation a1 --unit so-tu-phap --period 2026-03-09 --file ke-hoach.pdf --by lan\n  cchc attest list\n\nThu hồi một minh chứng: cchc decide --revoke SỐ --reason \"…\" --by lan"
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Action,
}

/// What to do with attestations.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Action {
    /// Ghi một minh chứng
    Add(Add),
    /// Liệt kê minh chứng đang có hiệu lực
    List,
    /// Xem một minh chứng
    Show {
        /// Số thứ tự trong nhật ký
        #[arg(value_name = "SỐ")]
        seq: u64,
    },
}

/// The flags of `attest add`.
#[derive(Debug, clap::Args)]
pub(super) struct Add {
    /// Mã kế hoạch
    #[arg(long, value_name = "MÃ")]
    plan: String,
    /// Mã nhiệm vụ
    #[arg(long, value_name = "MÃ")]
    obligation: String,
    /// Mã đơn vị
    #[arg(long, value_name = "MÃ")]
    unit: UnitId,
    /// Kỳ
    #[arg(long, value_name = "KỲ")]
    period: Period,
    /// Tệp minh chứng; được giữ lại theo mã băm
    #[arg(long, value_name = "TỆP")]
    file: Option<PathBuf>,
    /// Ghi chú
    #[arg(long, default_value = "", hide_default_value = true)]
    note: String,
    /// Người ghi
    #[arg(long, value_name = "TÊN")]
    by: String,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    match &args.command {
        Action::Add(add) => record(add, context)?,
        Action::List => {
            let attestations = attestations(context)?;
            for attestation in &attestations {
                println!("{}", line(attestation));
            }
            if attestations.is_empty() {
                eprintln!("chưa có minh chứng nào đang có hiệu lực");
            }
        }
        Action::Show { seq } => show(*seq, context)?,
    }
    Ok(Exit::Done)
}

fn record(add: &Add, context: &Context) -> Result<()> {
    let rules = context.rules()?;
    let plan = rules.plans.get(&add.plan)?;
    let unit = unit(&rules, &add.unit)?;
    check(plan, obligation(plan, &add.obligation)?, unit, add.period)?;
    if add.file.is_none() && add.note.trim().is_empty() {
        return Err(Error::Input("minh chứng cần --file TỆP hoặc --note GHI_CHÚ".to_owned()));
    }
    let bytes = add.file.as_deref().map(evidence).transpose()?;
    let hand = context.hand(&add.by)?;
    let record = context.record("cchc attest")?;
    let name = add.file.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let attestation = Attestation {
        seq: 0,
        at: hand.at,
        by: hand.by.clone(),
        plan: plan.id.clone(),
        obligation: add.obligation.clone(),
        unit: add.unit.clone(),
        period: add.period,
        file: bytes.map(|bytes| record.files().keep(&bytes)).transpose()?,
        file_name: name,
        note: add.note.trim().to_owned(),
    };
    let entry = record.attest(&hand, &attestation)?;
    println!("đã ghi minh chứng số {}", entry.seq);
    Ok(())
}

pub(super) fn unit<'r>(rules: &'r Rules, id: &UnitId) -> Result<&'r Unit> {
    let unknown = || Error::Input(format!("không có đơn vị «{id}»; xem mã đơn vị trong data/units"));
    rules.registry.get(id).ok_or_else(unknown)
}

pub(super) fn obligation<'p>(plan: &'p Plan, id: &str) -> Result<&'p Obligation> {
    plan.obligation(id).ok_or_else(|| {
        let known: Vec<&str> = plan.obligations.iter().map(|o| o.id.as_str()).collect();
        Error::Input(format!("kế hoạch {} không có nhiệm vụ «{id}»; các nhiệm vụ: {}", plan.id, known.join(", ")))
    })
}

/// Refuses what no audit would ever look at.
fn check(plan: &Plan, duty: &Obligation, unit: &Unit, period: Period) -> Result<()> {
    if matches!(duty.duty, Duty::Counted(_)) {
        return Err(Error::Input(format!(
            "nhiệm vụ {} đếm bài đã đăng, không nhận minh chứng; sửa từng bài bằng `cchc decide … --counted`",
            duty.id
        )));
    }
    if !duty.who.binds(unit) {
        return Err(Error::Input(format!("nhiệm vụ {} của {} không giao cho {}", duty.id, plan.id, unit.id)));
    }
    if duty.window(period).is_none() {
        let periods: Vec<String> = duty.windows().iter().map(|w| w.period.to_string()).collect();
        return Err(Error::Input(format!("nhiệm vụ {} không có kỳ {period}; các kỳ: {}", duty.id, periods.join(", "))));
    }
    Ok(())
}

fn evidence(path: &Path) -> Result<Vec<u8>> {
    let unreadable = |e| Error::Input(format!("--file {}: không đọc được ({})", path.display(), told(&e)));
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > MAX_FILE {
        return Err(Error::Input(format!("--file {}: quá {} MiB", path.display(), MAX_FILE >> 20)));
    }
    std::fs::read(path).map_err(unreadable)
}

fn attestations(context: &Context) -> Result<Vec<Attestation>> {
    Ok(context.kept_record()?.views(None)?.attestations)
}

fn line(a: &Attestation) -> String {
    let file = a.file_name.as_deref().unwrap_or("không có tệp");
    format!(
        "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
        a.seq,
        a.at.format("%d/%m/%Y %H:%M"),
        a.plan,
        a.obligation,
        a.unit,
        a.period,
        a.by,
        file,
        a.note
    )
}

fn show(seq: u64, context: &Context) -> Result<()> {
    let attestations = attestations(context)?;
    let found = attestations.iter().find(|a| a.seq == seq);
    let a = found.ok_or_else(|| {
        Error::Input(format!("không có minh chứng số {seq} đang có hiệu lực; xem `cchc attest list`"))
    })?;
    println!("Minh chứng số {}", a.seq);
    println!("  ghi lúc    {} bởi {}", a.at.format("%d/%m/%Y %H:%M:%S"), a.by);
    println!("  kế hoạch   {}, nhiệm vụ {}", a.plan, a.obligation);
    println!("  đơn vị     {}", a.unit);
    println!("  kỳ         {}", a.period);
    if !a.note.is_empty() {
        println!("  ghi chú    {}", a.note);
    }
    if let Some(hash) = &a.file {
        // Reading checks the content against its name, so a vanished or changed file is told here.
        let record = Record::new(&context.globals.state);
        if let Some(entry) = record.erasure(hash)? {
            let (at, why) = (entry.at.format("%d/%m/%Y %H:%M"), entry.data["reason"].as_str().unwrap_or_default());
            println!("  tệp        {hash}, đã xoá lúc {at} bởi {}: {why}", entry.by);
            return Ok(());
        }
        let size = record.files().read(hash)?.len();
        println!("  tệp        {} ({size} byte)", a.file_name.as_deref().unwrap_or_default());
        println!("  nằm tại    {}", record.files().dir().join(hash).display());
    }
    Ok(())
}
