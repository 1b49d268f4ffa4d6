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
use std::iter::Peekable;

/// Rows of a sheet below its header; more go on in a further sheet.
const ROWS: usize = 1_000_000;

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

type Row = Vec<Cell>;

/// A sheet before it is written: name, columns with their widths, rows. These are made one at a time, as
/// the sheet of items alone may have hundreds of thousands.
struct Sheet<'a> {
    name: &'static str,
    columns: Vec<(String, f64)>,
    rows: Peekable<Box<dyn Iterator<Item = Row> + 'a>>,
}

impl<'a> Sheet<'a> {
    fn new(name: &'static str, columns: &[(&str, f64)], rows: impl IntoIterator<Item = Row> + 'a) -> Self {
        let columns = columns.iter().map(|(title, width)| ((*title).to_owned(), *width)).collect();
        let rows: Box<dyn Iterator<Item = Row>> = Box::new(rows.into_iter());
        Self { name, columns, rows: rows.peekable() }
    }
}

fn build(report: &Report<'_>) -> std::result::Result<Vec<u8>, XlsxError> {
    let sheets =
        [summary(report), matrix(report), verdicts(report), items(report), unseen(report), inputs(report)].into_iter();
    let rare = [changes(report), alarms(report)].into_iter();
    let rare = rare.filter_map(|mut sheet| sheet.rows.peek().is_some().then_some(sheet));
    book(&report.plan.title, &report.audit.program, report.audit.as_of, sheets.chain(rare))
}

/// A sheet of plain texts: its name, its columns with their widths, its rows.
pub(super) type Plain<'a> = (&'static str, &'a [(&'a str, f64)], Vec<Vec<String>>);

/// A workbook of plain texts.
pub(super) fn plain<const N: usize>(title: &str, day: NaiveDate, sheets: [Plain<'_>; N]) -> Result<Vec<u8>> {
    let sheets = sheets.map(|(name, columns, rows)| {
        Sheet::new(name, columns, rows.into_iter().map(|row| row.into_iter().map(Cell::from).collect()))
    });
    let program = concat!("cchc ", env!("CARGO_PKG_VERSION"));
    book(title, program, day, sheets.into_iter()).map_err(|e| Error::Failed(format!("không viết được tệp XLSX: {e}")))
}

fn book<'a>(
    title: &str,
    author: &str,
    day: NaiveDate,
    sheets: impl Iterator<Item = Sheet<'a>>,
) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let created = ExcelDateTime::parse_from_str(&day.format("%Y-%m-%d").to_string())?;
    let properties = DocProperties::new().set_title(clean(title)).set_author(author).set_creation_datetime(&created);
    book.set_properties(&properties);
    for mut sheet in sheets {
        // An empty list is a sheet as well: it says that there is nothing.
        write(book.add_worksheet().set_name(sheet.name)?, &mut sheet)?;
        for n in 2.. {
            if sheet.rows.peek().is_none() {
                break;
            }
            write(book.add_worksheet().set_name(format!("{} ({n})", sheet.name))?, &mut sheet)?;
        }
    }
    book.save_to_buffer()
}

/// Writes as many rows as a sheet may have.
fn write(page: &mut Worksheet, sheet: &mut Sheet<'_>) -> std::result::Result<(), XlsxError> {
    let (bold, wrap) = (Format::new().set_bold().set_text_wrap(), Format::new().set_text_wrap());
    for (column, (title, width)) in (0..).zip(&sheet.columns) {
        page.set_column_width(column, *width)?;
        page.write_string_with_format(0, column, title, &bold)?;
    }
    for (row, cells) in (1..).zip(sheet.rows.by_ref().take(ROWS)) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Text(text) => page.write_string_with_format(row, column, text, &wrap)?,
                Cell::Number(number) => page.write_number(row, column, number)?,
            };
        }
    }
    page.set_freeze_panes(1, 0)?;
    Ok(())
}

fn alarms<'a>(report: &'a Report<'_>) -> Sheet<'a> {
    let rows = report.audit.alarms.iter().map(|alarm| vec![super::alarm_sentence(alarm).into()]);
    Sheet::new("Cảnh báo", &[("Cổng cần người kiểm tra", 120.0)], rows)
}

fn length<T>(list: &[T]) -> Cell {
    Cell::Number(u32::try_from(list.len()).unwrap_or(u32::MAX))
}

fn summary<'a>(report: &Report<'_>) -> Sheet<'a> {
    let mut rows = Vec::new();
    for (group, verdicts) in report.by_group() {
        for (status, list) in tally::by_status(verdicts) {
            rows.push(vec![group.name().into(), status.name().into(), length(&list)]);
        }
    }
    for (status, list) in tally::by_status(&report.audit.verdicts) {
        rows.push(vec!["Tất cả".into(), status.name().into(), length(&list)]);
    }
    rows.push(vec!["Tất cả".into(), "tổng số".into(), length(&report.audit.verdicts)]);
    Sheet::new("Tóm tắt", &[("Nhóm", 28.0), ("Kết luận", 24.0), ("Số kết luận", 14.0)], rows)
}

fn matrix<'a>(report: &'a Report<'_>) -> Sheet<'a> {
    let duties = report.duties();
    let titles: Vec<_> = duties.iter().map(|duty| (format!("{}: {}", duty.id, duty.title), 22.0)).collect();
    let rows = report.by_unit().into_iter().map(move |(unit, verdicts)| {
        let of = |id: &str| verdicts.iter().copied().filter(|v| v.obligation == id).collect::<Vec<_>>();
        let cells = duties.iter().map(|duty| Cell::from(tally::cell(&of(&duty.id))));
        std::iter::once(Cell::from(report.unit_name(unit))).chain(cells).collect()
    });
    let mut sheet = Sheet::new("Đơn vị × nhiệm vụ", &[("Đơn vị", 34.0)], rows);
    sheet.columns.extend(titles);
    sheet
}

const KEY: [(&str, f64); 5] =
    [("Mã đơn vị", 24.0), ("Đơn vị", 30.0), ("Nhiệm vụ", 10.0), ("Điều khoản", 16.0), ("Kỳ", 14.0)];

fn key(report: &Report<'_>, verdict: &Verdict) -> Row {
    vec![
        verdict.unit.as_str().into(),
        report.unit_name(&verdict.unit).into(),
        verdict.obligation.as_str().into(),
        verdict.clause.as_str().into(),
        verdict.period.to_string().into(),
    ]
}

fn verdicts<'a>(report: &'a Report<'_>) -> Sheet<'a> {
    let more = [("Kết luận", 18.0), ("Cần", 7.0), ("Có", 7.0), ("Giải thích", 60.0), ("Ghi chú", 40.0)];
    let rows = report.audit.verdicts.iter().map(|verdict| {
        let mut row = key(report, verdict);
        row.extend([verdict.status.name().into(), Cell::Number(verdict.required), Cell::Number(verdict.counted)]);
        row.extend([
            verdict.detail.as_str().into(),
            verdict.notes.iter().map(|n| n.name()).collect::<Vec<_>>().join("; ").into(),
        ]);
        row
    });
    Sheet::new("Kết luận", &[&KEY[..], &more].concat(), rows)
}

fn items<'a>(report: &'a Report<'_>) -> Sheet<'a> {
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
    let rows = report.audit.verdicts.iter().flat_map(move |verdict| {
        verdict.items.iter().map(move |item| {
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
            row
        })
    });
    Sheet::new("Bài", &[&KEY[..], &more].concat(), rows)
}

fn unseen<'a>(report: &'a Report<'_>) -> Sheet<'a> {
    let more = [("Từ", 18.0), ("Đến", 18.0), ("Nguyên nhân", 36.0), ("Phía", 16.0), ("Giải thích", 70.0)];
    let moment = |at: time::Time| at.with_timezone(&time::hanoi()).format("%d/%m/%Y %H:%M").to_string();
    let rows = report.audit.verdicts.iter().flat_map(move |verdict| {
        verdict.gaps.iter().map(move |gap| {
            let mut row = key(report, verdict);
            row.extend([
                Cell::from(moment(gap.from)),
                moment(gap.until).into(),
                gap.cause.name().into(),
                gap.side.name().into(),
                gap.detail.as_str().into(),
            ]);
            row
        })
    });
    Sheet::new("Quan sát", &[&KEY[..], &more].concat(), rows)
}

fn inputs<'a>(report: &'a Report<'_>) -> Sheet<'a> {
    let audit = report.audit;
    let facts = [
        ("Kế hoạch", format!("{} ({})", report.plan.title, report.plan.document)),
        ("Tính đến hết ngày", audit.as_of.format("%d/%m/%Y").to_string()),
        ("Chương trình", audit.program.clone()),
    ];
    let facts = facts.into_iter().map(|(name, value)| vec![name.into(), value.into()]);
    let inputs = audit.inputs.iter().map(|(name, hash)| vec![name.as_str().into(), hash.as_str().into()]);
    Sheet::new("Đầu vào", &[("Đầu vào", 30.0), ("Giá trị", 70.0)], facts.chain(inputs))
}

fn changes<'a>(report: &'a Report<'_>) -> Sheet<'a> {
    let rows = report.changes.iter().map(|change| vec![super::change_sentence(report, change).into()]);
    Sheet::new("Đổi do quy tắc", &[("Kết luận đổi chỉ vì quy tắc đổi", 110.0)], rows)
}
