//! The audit as a workbook: summary, units × duties, verdicts, items, what was not seen, inputs.
//!
//! Every text is written as text: no formula and no live link comes from the web. The date of
//! creation is the day audited, so that the same audit gives the same bytes.

use super::Report;
use super::tally::{self, clean};
use crate::audit::Verdict;
use crate::error::{Error, Result};
use crate::time;
use chrono::NaiveDate;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

/// Rows of a sheet below its header; more go on in a further sheet.
const ROWS: usize = 1_000_000;

/// A sheet that is left out where it is empty.
const ALARMS: &str = "Cảnh báo";

pub(super) fn render(report: &Report<'_>) -> Result<Vec<u8>> {
    build(report).map_err(|e| Error::Failed(format!("không viết được tệp XLSX: {e}")))
}

/// One cell.
enum Cell {
    Text(String),
    Number(u32),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(clean(text))
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

/// A sheet before it is written: name, columns with their widths, rows.
struct Sheet {
    name: &'static str,
    columns: Vec<(String, f64)>,
    rows: Vec<Vec<Cell>>,
}

impl Sheet {
    fn new(name: &'static str, columns: &[(&str, f64)]) -> Self {
        Self {
            name,
            columns: columns.iter().map(|(title, width)| ((*title).to_owned(), *width)).collect(),
            rows: Vec::new(),
        }
    }
}

fn build(report: &Report<'_>) -> std::result::Result<Vec<u8>, XlsxError> {
    // One at a time: the sheet of items alone may have hundreds of thousands of rows.
    let sheets: [fn(&Report<'_>) -> Sheet; 8] = [summary, matrix, verdicts, items, unseen, inputs, changes, alarms];
    let made = sheets.iter().map(|make| make(report));
    let shown = made.filter(|sheet| ![CHANGES, ALARMS].contains(&sheet.name) || !sheet.rows.is_empty());
    book(&report.plan.title, &report.audit.program, report.audit.as_of, shown)
}

/// A sheet of plain texts: its name, its columns with their widths, its rows.
pub(super) type Plain<'a> = (&'static str, &'a [(&'a str, f64)], Vec<Vec<String>>);

/// A workbook of plain texts.
pub(super) fn plain<const N: usize>(title: &str, day: NaiveDate, sheets: [Plain<'_>; N]) -> Result<Vec<u8>> {
    let sheets = sheets.map(|(name, columns, rows)| {
        let rows = rows.into_iter().map(|row| row.into_iter().map(Cell::from).collect()).collect();
        Sheet { rows, ..Sheet::new(name, columns) }
    });
    let program = concat!("cchc ", env!("CARGO_PKG_VERSION"));
    book(title, program, day, sheets.into_iter()).map_err(|e| Error::Failed(format!("không viết được tệp XLSX: {e}")))
}

fn book(
    title: &str,
    author: &str,
    day: NaiveDate,
    sheets: impl Iterator<Item = Sheet>,
) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let created = ExcelDateTime::parse_from_str(&day.format("%Y-%m-%d").to_string())?;
    let properties = DocProperties::new().set_title(clean(title)).set_author(author).set_creation_datetime(&created);
    book.set_properties(&properties);
    for sheet in sheets {
        // An empty list is a sheet as well: it says that there is nothing.
        for (n, rows) in sheet.rows.chunks(ROWS).chain(sheet.rows.is_empty().then_some(&[][..])).enumerate() {
            let name = if n == 0 { sheet.name.to_owned() } else { format!("{} ({})", sheet.name, n + 1) };
            write(book.add_worksheet().set_name(name)?, &sheet, rows)?;
        }
    }
    book.save_to_buffer()
}

fn write(page: &mut Worksheet, sheet: &Sheet, rows: &[Vec<Cell>]) -> std::result::Result<(), XlsxError> {
    let (bold, wrap) = (Format::new().set_bold().set_text_wrap(), Format::new().set_text_wrap());
    for (column, (title, width)) in (0..).zip(&sheet.columns) {
        page.set_column_width(column, *width)?;
        page.write_string_with_format(0, column, title, &bold)?;
    }
    for (row, cells) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Text(text) => page.write_string_with_format(row, column, text, &wrap)?,
                Cell::Number(number) => page.write_number(row, column, *number)?,
            };
        }
    }
    page.set_freeze_panes(1, 0)?;
    Ok(())
}

fn alarms(report: &Report<'_>) -> Sheet {
    let mut sheet = Sheet::new(ALARMS, &[("Cổng cần người kiểm tra", 120.0)]);
    sheet.rows.extend(report.audit.alarms.iter().map(|alarm| vec![super::alarm_sentence(alarm).into()]));
    sheet
}

fn length<T>(list: &[T]) -> Cell {
    Cell::Number(u32::try_from(list.len()).unwrap_or(u32::MAX))
}

fn summary(report: &Report<'_>) -> Sheet {
    let mut sheet = Sheet::new("Tóm tắt", &[("Nhóm", 28.0), ("Kết luận", 24.0), ("Số kết luận", 14.0)]);
    for (group, verdicts) in report.by_group() {
        for (status, list) in tally::by_status(verdicts) {
            sheet.rows.push(vec![group.name().into(), status.name().into(), length(&list)]);
        }
    }
    for (status, list) in tally::by_status(&report.audit.verdicts) {
        sheet.rows.push(vec!["Tất cả".into(), status.name().into(), length(&list)]);
    }
    sheet.rows.push(vec!["Tất cả".into(), "tổng số".into(), length(&report.audit.verdicts)]);
    sheet
}

fn matrix(report: &Report<'_>) -> Sheet {
    let mut sheet = Sheet::new("Đơn vị × nhiệm vụ", &[("Đơn vị", 34.0)]);
    let duties = report.duties();
    sheet.columns.extend(duties.iter().map(|duty| (format!("{}: {}", duty.id, duty.title), 22.0)));
    for (unit, verdicts) in report.by_unit() {
        let of = |id: &str| verdicts.iter().copied().filter(|v| v.obligation == id).collect::<Vec<_>>();
        let cells = duties.iter().map(|duty| Cell::from(tally::cell(&of(&duty.id))));
        sheet.rows.push(std::iter::once(Cell::from(report.unit_name(unit))).chain(cells).collect());
    }
    sheet
}

const KEY: [(&str, f64); 5] =
    [("Mã đơn vị", 24.0), ("Đơn vị", 30.0), ("Nhiệm vụ", 10.0), ("Điều khoản", 16.0), ("Kỳ", 14.0)];

fn key(report: &Report<'_>, verdict: &Verdict) -> Vec<Cell> {
    vec![
        verdict.unit.as_str().into(),
        report.unit_name(&verdict.unit).into(),
        verdict.obligation.as_str().into(),
        verdict.clause.as_str().into(),
        verdict.period.to_string().into(),
    ]
}

fn verdicts(report: &Report<'_>) -> Sheet {
    let more = [("Kết luận", 18.0), ("Cần", 7.0), ("Có", 7.0), ("Giải thích", 60.0), ("Ghi chú", 40.0)];
    let mut sheet = Sheet::new("Kết luận", &[&KEY[..], &more].concat());
    for verdict in &report.audit.verdicts {
        let mut row = key(report, verdict);
        row.extend([verdict.status.name().into(), Cell::Number(verdict.required), Cell::Number(verdict.counted)]);
        row.extend([
            verdict.detail.as_str().into(),
            verdict.notes.iter().map(|n| n.name()).collect::<Vec<_>>().join("; ").into(),
        ]);
        sheet.rows.push(row);
    }
    sheet
}

fn items(report: &Report<'_>) -> Sheet {
    let more = [
        ("Mã bài", 18.0),
        ("Tiêu đề", 50.0),
        ("Địa chỉ", 50.0),
        ("Thời gian", 18.0),
        ("Được tính", 10.0),
        ("Lý do", 26.0),
        ("Giải thích", 60.0),
        ("Bài liên quan", 18.0),
        ("Chương trình trả lời", 26.0),
    ];
    let mut sheet = Sheet::new("Bài", &[&KEY[..], &more].concat());
    for verdict in &report.audit.verdicts {
        for item in &verdict.items {
            let at = item.published.map(|at| at.with_timezone(&time::hanoi()).format("%d/%m/%Y %H:%M").to_string());
            let mut row = key(report, verdict);
            row.extend([
                item.id.0.as_str().into(),
                item.title.as_str().into(),
                item.url.as_str().into(),
                at.unwrap_or_default().into(),
            ]);
            row.extend([
                Cell::from(if item.counted { "có" } else { "không" }),
                item.reason.name().into(),
                item.detail.as_str().into(),
            ]);
            row.push(item.of.as_ref().map_or("", |of| of.0.as_str()).into());
            row.push(item.automatic.map_or("", |automatic| automatic.reason.name()).into());
            sheet.rows.push(row);
        }
    }
    sheet
}

fn unseen(report: &Report<'_>) -> Sheet {
    let more = [("Từ", 18.0), ("Đến", 18.0), ("Nguyên nhân", 36.0), ("Phía", 16.0), ("Giải thích", 70.0)];
    let mut sheet = Sheet::new("Quan sát", &[&KEY[..], &more].concat());
    let moment = |at: time::Time| at.with_timezone(&time::hanoi()).format("%d/%m/%Y %H:%M").to_string();
    for verdict in &report.audit.verdicts {
        for gap in &verdict.gaps {
            let mut row = key(report, verdict);
            row.extend([
                Cell::from(moment(gap.from)),
                moment(gap.until).into(),
                gap.cause.name().into(),
                gap.side.name().into(),
                gap.detail.as_str().into(),
            ]);
            sheet.rows.push(row);
        }
    }
    sheet
}

fn inputs(report: &Report<'_>) -> Sheet {
    let mut sheet = Sheet::new("Đầu vào", &[("Đầu vào", 30.0), ("Giá trị", 70.0)]);
    let audit = report.audit;
    let facts = [
        ("Kế hoạch", format!("{} ({})", report.plan.title, report.plan.document)),
        ("Tính đến hết ngày", audit.as_of.format("%d/%m/%Y").to_string()),
        ("Chương trình", audit.program.clone()),
    ];
    sheet.rows.extend(facts.map(|(name, value)| vec![name.into(), value.into()]));
    sheet.rows.extend(audit.inputs.iter().map(|(name, hash)| vec![name.as_str().into(), hash.as_str().into()]));
    sheet
}

const CHANGES: &str = "Đổi do quy tắc";

fn changes(report: &Report<'_>) -> Sheet {
    let mut sheet = Sheet::new(CHANGES, &[("Kết luận đổi chỉ vì quy tắc đổi", 110.0)]);
    sheet.rows.extend(report.changes.iter().map(|change| vec![super::change_sentence(report, change).into()]));
    sheet
}
