//! CSV or XLSX bytes → rows of cells. Knows nothing of ledgers.

use crate::error::{Error, Result};
use crate::text;
use calamine::{Data, Reader as _};
use chrono::NaiveDate;
use std::io::Cursor;

/// More rows than any office sends in ten years.
const MAX_ROWS: usize = 200_000;
/// More columns than any ledger has.
const MAX_COLUMNS: usize = 200;

/// What claims to be larger when unpacked, in bytes, is a bomb.
const MAX_UNPACKED: u64 = 200 << 20;

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Text, NFC, one space between words.
    Text(String),
    /// A number, which in a column of dates is Excel's count of days.
    Number(f64),
    /// A date.
    Date(NaiveDate),
}

/// One row that may be empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Row {
    /// Its line in the file, from 1.
    pub(super) line: usize,
    /// Its cells; an empty one is an empty text.
    pub(super) cells: Vec<Cell>,
    /// Whether a quote opens in it that nothing closes; the lines behind it then stand as rows of their own.
    pub(super) open: bool,
    /// Where a cell holds line breaks: each line by itself, for whoever can tell that they are rows.
    pub(super) within: Vec<Row>,
}

impl Row {
    pub(super) fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| *cell == Cell::Text(String::new()))
    }
}

impl Cell {
    fn text(text: &str) -> Self {
        Self::Text(text::nfc(text))
    }
}

/// The rows of a file; XLSX is told by its content, not its name.
pub(super) fn rows(name: &str, bytes: &[u8]) -> Result<Vec<Row>> {
    let rows = if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        workbook(bytes).map_err(|why| Error::Input(format!("{name}: không đọc được bảng tính ({why})")))?
    } else {
        csv(name, &decode(name, bytes)?)?
    };
    if rows.iter().map(|row| 1 + row.within.len()).sum::<usize>() > MAX_ROWS {
        return Err(Error::Input(format!("{name}: quá {MAX_ROWS} dòng; chia nhỏ tệp")));
    }
    Ok(rows)
}

fn workbook(bytes: &[u8]) -> std::result::Result<Vec<Row>, String> {
    if bytes.starts_with(b"PK") {
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
        let unpacked = (0..zip.len()).filter_map(|n| zip.by_index_raw(n).ok().map(|file| file.size()));
        if unpacked.fold(0, u64::saturating_add) > MAX_UNPACKED {
            return Err("giải nén quá lớn".to_owned());
        }
    }
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| e.to_string())?;
    let sheet = book.worksheet_range_at(0).ok_or("không có trang tính nào")?.map_err(|e| e.to_string())?;
    let (first, _) = sheet.start().unwrap_or_default();
    let rows = sheet.rows().take(MAX_ROWS + 1).enumerate();
    let row = |(n, cells): (usize, &[Data])| Row {
        line: first as usize + n + 1,
        cells: cells.iter().take(MAX_COLUMNS).map(cell).collect(),
        ..Row::default()
    };
    Ok(rows.map(row).collect())
}

fn cell(data: &Data) -> Cell {
    match data {
        Data::Int(n) => Cell::Number(*n as f64),
        Data::Float(n) => Cell::Number(*n),
        Data::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            let day = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into());
            day.map_or(Cell::Number(at.as_f64()), Cell::Date)
        }
        Data::DateTimeIso(text) => {
            text.get(..10).and_then(|day| day.parse().ok()).map_or_else(|| Cell::text(text), Cell::Date)
        }
        Data::Empty => Cell::Text(String::new()),
        other => Cell::text(&other.to_string()),
    }
}

/// UTF-8, with or without a byte-order mark, or the UTF-16 that Excel calls Unicode text.
fn decode(name: &str, bytes: &[u8]) -> Result<String> {
    let (text, _, broken) = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => encoding_rs::UTF_16LE.decode(bytes),
        _ => encoding_rs::UTF_8.decode(bytes),
    };
    if broken || text.contains('\0') {
        return Err(Error::Input(format!(
            "{name}: không phải UTF-8, UTF-16 hay XLSX; trong Excel chọn «Lưu thành» CSV UTF-8 hoặc XLSX"
        )));
    }
    Ok(text.into_owned())
}

fn csv(name: &str, text: &str) -> Result<Vec<Row>> {
    // A title may stand above the headings, so the line with the most of them decides.
    let most = |d: u8| text.lines().take(30).map(|line| line.bytes().filter(|b| *b == d).count()).max();
    let delimiter = [b'\t', b';', b','].into_iter().max_by_key(|d| most(*d)).unwrap_or(b',');
    let mut reader = reader(text, delimiter);
    let (mut rows, mut line, mut at, mut lines) = (Vec::new(), 1, 0, 0);
    let mut record = csv::StringRecord::new();
    while lines <= MAX_ROWS && reader.read_record(&mut record).map_err(|e| Error::Input(format!("{name}: {e}")))? {
        // The reader counts from behind the last record, before its `\n` and the empty lines that follow.
        let behind = record.position().and_then(|p| text.get(usize::try_from(p.byte()).ok()?..)).unwrap_or_default();
        let begin = text.len() - behind.trim_start_matches(['\r', '\n']).len();
        line += line_ends(&text[at..begin]);
        at = begin;
        let end = usize::try_from(reader.position().byte()).unwrap_or(text.len());
        let record_text = text.get(begin..end).unwrap_or_default().trim_end_matches(['\r', '\n']);
        let open = is_open(record_text, delimiter);
        let within = if open || record_text.contains(['\r', '\n']) {
            each_line(record_text, line, delimiter, MAX_ROWS + 1 - lines)
        } else {
            Vec::new()
        };
        lines += usize::from(!open) + within.len();
        if open {
            let begin = rows.len();
            rows.extend(within);
            rows[begin..].iter_mut().take(1).for_each(|first| first.open = true);
        } else {
            rows.push(Row { line, cells: cells(&record), open, within });
        }
    }
    Ok(rows)
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    let mut form = csv::ReaderBuilder::new();
    form.delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes())
}

fn cells(record: &csv::StringRecord) -> Vec<Cell> {
    record.iter().take(MAX_COLUMNS).map(Cell::text).collect()
}

/// Each line of a record by itself, but for empty ones; `first` is the number of the first.
fn each_line(record: &str, first: usize, delimiter: u8, most: usize) -> Vec<Row> {
    let record = record.replace("\r\n", "\n");
    let lines = record.split(['\r', '\n']).zip(first..).filter(|(text, _)| !text.is_empty());
    let row = |(text, line)| {
        let read = reader(text, delimiter).records().next().and_then(std::result::Result::ok);
        let (cells, open) = (read.as_ref().map(cells).unwrap_or_default(), is_open(text, delimiter));
        Row { line, cells, open, within: Vec::new() }
    };
    lines.take(most).map(row).collect()
}

/// Whether a quoted cell of a record was never closed: it goes on to the end of the text, or over line
/// breaks to a quote with text behind it, which was to open another cell. No program writes either.
fn is_open(record: &str, delimiter: u8) -> bool {
    enum At {
        Start,
        Plain,
        Quoted { lines: bool },
        Behind { lines: bool },
    }
    let mut at = At::Start;
    for byte in record.bytes() {
        at = match (at, byte) {
            (At::Start, b'"') => At::Quoted { lines: false },
            (At::Quoted { lines }, b'"') => At::Behind { lines },
            (At::Quoted { lines }, _) => At::Quoted { lines: lines || matches!(byte, b'\r' | b'\n') },
            (At::Behind { lines }, b'"') => At::Quoted { lines },
            (At::Start | At::Plain | At::Behind { .. }, _) if byte == delimiter => At::Start,
            (At::Behind { lines: true }, _) => return true,
            _ => At::Plain,
        };
    }
    matches!(at, At::Quoted { .. })
}

/// How many lines end in a text: by `\n`, by `\r\n`, or by `\r` alone.
fn line_ends(text: &str) -> usize {
    let all = text.bytes().filter(|byte| matches!(byte, b'\r' | b'\n')).count();
    all - text.matches("\r\n").count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_bears_its_line_in_the_file() {
        let lines = ["Sổ tháng 5", "", "Đơn vị;Tiêu đề", "A;\"hai", "dòng\"", "", "", "B;x", "C;y"];
        for end in ["\n", "\r\n", "\r"] {
            let rows = rows("so.csv", lines.join(end).as_bytes()).unwrap();
            assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 3, 4, 8, 9], "{end:?}");
        }
    }

    #[test]
    fn a_quote_that_nothing_closes_costs_its_own_line_only() {
        for (text, expected) in [
            ("A;\"hai\nB;x\nC;y\n", &[(1, true), (2, false), (3, false)][..]),
            ("A;\"hai\r\n\r\nB;\"x\"\r\nC;y", &[(1, true), (3, false), (4, false)]),
            ("A;\"hai\rB;\"\"\"x\"\" y\"\rC;y", &[(1, true), (2, false), (3, false)]),
            ("A;\"hai\nB;\"ba\nC;\"bốn", &[(1, true), (2, true), (3, true)]),
            ("A;x\nB;\"hai", &[(1, false), (2, true)]),
            ("A;\"hai \"\"dòng\"\"\nba\";x\nB;y", &[(1, false), (3, false)]),
            ("A;\"hai\" chữ;\"ba\ndòng\"\nB;5\" màn", &[(1, false), (3, false)]),
        ] {
            let rows = rows("so.csv", text.as_bytes()).unwrap();
            assert_eq!(rows.iter().map(|row| (row.line, row.open)).collect::<Vec<_>>(), expected, "{text:?}");
        }
    }
}
