//! `cchc evidence`: packs out, and packs checked.

use super::{Context, Exit};
use crate::archive::Archive;
use crate::error::{Error, Result, told};
use crate::evidence::{self, Key, PublicKey};
use crate::inspect::pack::{self, Sources, Wanted};
use crate::period::Period;
use crate::record::Record;
use crate::time;
use crate::unit::UnitId;
use crate::world;
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
    /// Người xuất, ghi trong nhật ký (bỏ trống: ghi là cchc evidence export)
    #[arg(long, value_name = "TÊN", default_value = "cchc evidence export", hide_default_value = true)]
    by: String,
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

fn export(asked: &Export, context: &Context) -> Result<Exit> {
    let hand = context.hand(&asked.by)?;
    let rules = context.rules()?;
    let view = context.view("cchc evidence")?;
    let record = Record::new(view.state().dir());
    let sites = context.crawled_sites(view.state())?;
    let sources = Sources {
        world: &world::assemble(&view, &rules, sites.as_ref(), world::people(view.state(), None)?)?,
        rules: &rules,
        article: &|id| view.article(id),
        archive: &Archive::new(view.state().archive()),
        record: &record,
        key: &Key::of(view.state().dir())?,
    };
    let wanted = Wanted { unit: asked.unit.clone(), period: asked.period, plan: asked.plan.clone() };
    let pack = pack::make(&wanted, &sources)?;
    context.deliver(&asked.output, &pack.bytes, &[])?;
    pack::note(&wanted, &pack, &record, &hand)?;
    println!("{}: {} byte, {} bài", asked.output.display(), pack.bytes.len(), pack.items);
    Ok(Exit::Done)
}
