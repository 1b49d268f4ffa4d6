//! The audit as one table for spreadsheets: a line for each verdict, followed by one for each of
//! its items.
//!
//! UTF-8 with a byte-order mark, which Excel needs to read Vietnamese. Cells that a spreadsheet
//! would take for a formula begin with an apostrophe: titles come from the web.

use super::Report;
use super::tally::clean;
use crate::audit::{Item, Verdict};
use crate::error::{Error, Result};
use crate::time;

/// The columns, as people read them.
const COLUMNS: [&str; 20] = [
    "Dòng",
    "Mã đơn vị",
    "Đơn vị",
    "Nhiệm vụ",
    "Tên nhiệm vụ",
    "Điều khoản",
    "Kỳ",
    "Kết luận",
    "Cần",
    "Có",
    "Giải thích",
    "Ghi chú",
    "Mã bài",
    "Tiêu đề",
    "Địa chỉ",
    "Thời gian",
    "Được tính",
    "Lý do",
    "Bài liên quan",
    "Chương trình trả lời",
];

pub(super) fn render(report: &Report<'_>) -> Result<Vec<u8>> {
    let failed = |e: csv::Error| Error::Failed(format!("không viết được CSV: {e}"));
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xEF\xBB\xBF".to_vec());
    writer.write_record(COLUMNS).map_err(failed)?;
    for verdict in &report.audit.verdicts {
        writer.write_record(safe(&of_verdict(report, verdict))).map_err(failed)?;
        for item in &verdict.items {
            writer.write_record(safe(&of_item(report, verdict, item))).map_err(failed)?;
        }
    }
    writer.into_inner().map_err(|e| Error::Failed(format!("không viết được CSV: {}", e.error())))
}

fn of_verdict(report: &Report<'_>, verdict: &Verdict) -> [String; 20] {
    let notes = verdict.notes.iter().map(|n| n.name()).collect::<Vec<_>>().join("; ");
    let mut row = key(report, verdict, "kết luận");
    row[7] = verdict.status.name().to_owned();
    row[8] = verdict.required.to_string();
    row[9] = verdict.counted.to_string();
    row[10].clone_from(&verdict.detail);
    row[11] = notes;
    row
}

fn of_item(report: &Report<'_>, verdict: &Verdict, item: &Item) -> [String; 20] {
    let mut row = key(report, verdict, "bài");
    row[10].clone_from(&item.detail);
    row[12].clone_from(&item.id.0);
    row[13].clone_from(&item.title);
    row[14].clone_from(&item.url);
    row[15] = item
        .published
        .map_or(String::new(), |at| at.with_timezone(&time::hanoi()).format("%d/%m/%Y %H:%M:%S").to_string());
    row[16] = if item.counted { "có" } else { "không" }.to_owned();
    row[17] = item.reason.name().to_owned();
    row[18] = item.of.as_ref().map_or(String::new(), ToString::to_string);
    row[19] = item.automatic.map_or(String::new(), |a| a.reason.name().to_owned());
    row
}

/// The columns that say what a line is about.
fn key(report: &Report<'_>, verdict: &Verdict, line: &str) -> [String; 20] {
    let mut row: [String; 20] = Default::default();
    row[0] = line.to_owned();
    row[1] = verdict.unit.to_string();
    row[2] = report.unit_name(&verdict.unit);
    row[3].clone_from(&verdict.obligation);
    row[4] = report.duty_title(&verdict.obligation).to_owned();
    row[5].clone_from(&verdict.clause);
    row[6] = verdict.period.to_string();
    row
}

fn safe(row: &[String; 20]) -> [String; 20] {
    std::array::from_fn(|n| {
        let cell = clean(&row[n]);
        let formula = cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
        if formula { format!("'{cell}") } else { cell }
    })
}
