//! `cchc ledger import`: what the intake desk received.

use super::{Context, Exit};
use crate::digest::sha256;
use crate::error::{Error, Result, told};
use crate::inspect::ledger;
use crate::record::ledger::Sheet;
use std::path::{Path, PathBuf};

/// The largest ledger, in bytes.
const MAX_FILE: u64 = 50 << 20;

/// Sổ gửi bài
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ví dụ:\n  cchc ledger import so-gui-bai.xlsx --by lan\n\nCột cần có: Đơn vị, Ngày nhận, Tiêu đề; nếu có: Thể loại, Chủ đề, Đường dẫn, Kết quả, Lý do.\nNạp lại sổ đã cập nhật thì dòng cũ (cùng đơn vị, ngày, tiêu đề) được thay."
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Action,
}

/// What to do with the ledger.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Action {
    /// Nạp sổ tiếp nhận bài (CSV hoặc XLSX)
    Import {
        /// Tệp sổ
        #[arg(value_name = "TỆP")]
        file: PathBuf,
        /// Người nạp (bỏ trống: ghi là cchc ledger import)
        #[arg(long, value_name = "TÊN", default_value = "cchc ledger import", hide_default_value = true)]
        by: String,
    },
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    let Action::Import { file, by } = &args.command;
    let rules = context.rules()?;
    let bytes = bytes(file)?;
    let hand = context.hand(by)?;
    let name = file.display().to_string();
    let mut sheet = ledger::read(&name, &bytes, &rules, hand.at)?;
    let record = context.record("cchc ledger")?;
    if let Some(seq) = record.ledger_in_force(&sha256(&bytes))? {
        println!("{name}: sổ này đã nạp, bút toán số {seq}; không có gì mới để ghi");
        return Ok(Exit::Done);
    }
    ledger::join(&mut sheet, &context.view("cchc ledger")?.entries()?);
    let partly = report(&name, &sheet);
    if sheet.lines.is_empty() {
        return Err(Error::Input(format!("{name}: không có dòng nào đọc được, không nạp gì")));
    }
    let short = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let entry = record.keep_ledger(&hand, &short, &bytes, sheet.lines)?;
    println!("đã nạp sổ, bút toán số {}", entry.seq);
    Ok(Exit::done(!partly))
}

fn bytes(file: &Path) -> Result<Vec<u8>> {
    let unreadable = |e| Error::Input(format!("{}: không đọc được ({})", file.display(), told(&e)));
    if std::fs::metadata(file).map_err(unreadable)?.len() > MAX_FILE {
        return Err(Error::Input(format!("{}: quá {} MiB; chia nhỏ tệp", file.display(), MAX_FILE >> 20)));
    }
    std::fs::read(file).map_err(unreadable)
}

/// Tells what was read, what was not, and what matched nothing; whether lines were left out.
fn report(name: &str, sheet: &Sheet) -> bool {
    for remark in &sheet.remarks {
        let what = if remark.skipped { "bỏ qua dòng: " } else { "" };
        eprintln!("{name}:{}: {what}{}", remark.line, remark.message);
    }
    if !sheet.unused.is_empty() {
        eprintln!("{name}: cột không dùng: {}", sheet.unused.join(", "));
    }
    for (line, number) in sheet.lines.iter().zip(&sheet.numbers).filter(|(line, _)| line.item.is_none()) {
        eprintln!("{name}:{number}: chưa thấy bài đã đăng: «{}» của {}", line.title, line.unit);
    }
    let matched = sheet.lines.iter().filter(|line| line.item.is_some()).count();
    let skipped = ledger::skipped(sheet);
    println!(
        "{} dòng đọc được, {matched} khớp bài đã đăng, {} chưa khớp, {} dòng bỏ qua",
        sheet.lines.len(),
        sheet.lines.len() - matched,
        skipped.len()
    );
    !skipped.is_empty()
}
