//! `cchc attest`: evidence for what cannot be crawled.

use super::{Context, Exit};
use crate::decision::Attestation;
use crate::error::{Error, Result, told};
use crate::inspect::attestation::{self, Order};
use crate::period::Period;
use crate::record::Record;
use crate::report::clean;
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
    /// Tệp minh chứng: PDF, docx, xlsx, PNG hoặc JPEG; được giữ lại theo mã băm
    #[arg(long, value_name = "TỆP")]
    file: Option<PathBuf>,
    /// Ghi chú
    #[arg(long, value_name = "GHI_CHÚ", default_value = "", hide_default_value = true)]
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
    let bytes = add.file.as_deref().map(evidence).transpose()?;
    let name = add.file.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy()).unwrap_or_default();
    let order = Order {
        plan: &add.plan,
        obligation: &add.obligation,
        unit: &add.unit,
        period: add.period,
        file: bytes.as_deref().map(|bytes| (&*name, bytes)),
        note: &add.note,
    };
    attestation::check(&order, &rules)?;
    let entry = attestation::record(&order, &rules, &context.record("cchc attest")?, &context.hand(&add.by)?)?;
    println!("đã ghi minh chứng số {}", entry.seq);
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
        clean(&a.note)
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
        println!("  ghi chú    {}", clean(&a.note));
    }
    if let Some(hash) = &a.file {
        // Reading checks the content against its name, so a vanished or changed file is told here.
        let record = Record::new(&context.globals.state);
        if let Some(entry) = record.erasure(hash)? {
            let (at, why) =
                (entry.at.format("%d/%m/%Y %H:%M"), clean(entry.data["reason"].as_str().unwrap_or_default()));
            println!("  tệp        {hash}, đã xoá lúc {at} bởi {}: {why}", entry.by);
            return Ok(());
        }
        let size = record.files().read(hash)?.len();
        println!("  tệp        {} ({size} byte)", clean(a.file_name.as_deref().unwrap_or_default()));
        println!("  nằm tại    {}", record.files().dir().join(hash).display());
    }
    Ok(())
}
