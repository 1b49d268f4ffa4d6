//! `cchc import`: articles from a file into the store, for the time before the first crawl.

use super::{Context, Exit};
use crate::error::Result;
use crate::nightly::watermark;
use crate::record::Record;
use crate::settle;
use crate::settle::Judge;
use std::path::PathBuf;

/// Đưa các bài trong tệp JSONL vào kho (bổ sung quá khứ)
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc import bai.jsonl")]
pub(super) struct Args {
    /// Tệp JSONL
    #[arg(value_name = "TỆP")]
    file: PathBuf,
    /// Người đưa vào, ghi trong nhật ký (bỏ trống: ghi là cchc import)
    #[arg(long, value_name = "TÊN", default_value = "cchc import", hide_default_value = true)]
    by: String,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    let hand = context.hand(&args.by)?;
    let rules = context.rules()?;
    let (lines, bytes) = context.articles(Some(&args.file), &rules)?;
    let owner = context.owner("cchc import")?;
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let sites = context.crawled_sites(&owner.state)?;
    let record = Record::new(owner.state.dir());
    watermark::begin(&owner.store, &record)?;
    let imported = crate::intake::import(&owner.store, &record, &hand, &name, &bytes)?;
    settle::settle(&owner.store, &Judge::new(&rules, sites.as_ref()), &super::progress::stage())?;
    watermark::end(&owner.store)?;
    if !lines.unplaced.is_empty() {
        eprintln!(
            "{} dòng không ghi channel: coi là other, không tính cho cổng của đơn vị nào; thêm channel rồi đưa lại",
            lines.unplaced.len()
        );
    }
    println!("đã đưa vào kho {} bài mới, bỏ qua {} dòng", imported.new, lines.skipped.len());
    for (count, what) in [
        (imported.changed, "bài đã đưa vào trước đây nay đổi theo tệp này"),
        (imported.same, "bài đã có, giống hệt"),
        (
            imported.crawled,
            "bài hệ thống đã tự đọc trên cổng: giữ bản đã đọc, không lấy theo tệp; sửa bằng `cchc decide`",
        ),
    ] {
        if count > 0 {
            println!("{count} {what}");
        }
    }
    // Of two lines with one id the store keeps the last alone; the other is as good as skipped.
    Ok(Exit::done(lines.skipped.is_empty() && lines.repeated.is_empty()))
}
