//! The intake desk's ledger: a table that people keep, read with care.
//!
//! Columns are recognised by their headings (`data/lexicons/ledger.toml`). Nothing is refused silently:
//! every line left out, every cell not understood and every column not used is told with its line.

mod columns;
mod join;
mod line;
mod table;

pub use join::join;

use crate::decision::LedgerLine;
use crate::error::{Error, Result};
use crate::lexicon::LedgerWords;
use crate::time::Time;
use crate::unit::UnitId;
use columns::Columns;
use table::Row;

/// What names and words in the ledger mean; the registry and the lexicons know.
pub struct Names<'a> {
    /// A unit by any of its names.
    pub unit: &'a dyn Fn(&str) -> Option<UnitId>,
    /// Topics and quota topics by an id, a name, or words of the clauses.
    pub topics: &'a dyn Fn(&str) -> Vec<String>,
    /// What headings, outcomes and kinds are called.
    pub words: &'a LedgerWords,
}

/// A ledger as read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// The lines understood.
    pub lines: Vec<LedgerLine>,
    /// Their numbers in the file, from 1, in the same order.
    pub numbers: Vec<usize>,
    /// What was not understood, in order of line.
    pub remarks: Vec<Remark>,
    /// Headings of columns that were not used.
    pub unused: Vec<String>,
}

/// Something in the file that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The line in the file, from 1.
    pub line: usize,
    /// Whether the line was left out for it.
    pub skipped: bool,
    /// What, and how to mend it.
    pub message: String,
}

/// Reads a ledger, CSV or XLSX by its content.
///
/// # Errors
/// The file is neither, or has no row of headings that names at least unit, title and day of receipt.
pub fn read(name: &str, bytes: &[u8], names: &Names<'_>, loaded: Time) -> Result<Sheet> {
    let rows = table::rows(name, bytes)?;
    let (columns, first) = Columns::find(&rows, names.words).map_err(|why| Error::Input(format!("{name}: {why}")))?;
    let mut sheet = Sheet { unused: columns.unused.clone(), ..Sheet::default() };
    let swallowed = |row: &Row| has_swallowed(row, &columns, names);
    // What a cell has swallowed stands behind it as rows of their own.
    let behind = |row| if swallowed(row) { &row.within[1..] } else { &[] };
    let rows = rows[first..].iter().flat_map(|row| std::iter::once(row).chain(behind(row)));
    for row in rows.filter(|row| !row.is_empty()) {
        if row.open || swallowed(row) {
            sheet.remarks.push(Remark { line: row.line, skipped: true, message: UNCLOSED.to_owned() });
            continue;
        }
        let mut remarks = Vec::new();
        let read = line::read(row, &columns, names, loaded, &mut remarks);
        let skipped = read.is_none();
        sheet.remarks.extend(remarks.into_iter().map(|message| Remark { line: row.line, skipped, message }));
        if let Some(line) = read {
            sheet.lines.push(line);
            sheet.numbers.push(row.line);
        }
    }
    Ok(sheet)
}

/// What is told of a row whose cell took in those behind it.
const UNCLOSED: &str = "dấu nháy kép (\") mở một ô của dòng này mà không đóng ở cuối ô, nên các dòng sau lẫn vào ô ấy; thêm dấu nháy kép ở cuối ô, hoặc xoá dấu ở đầu ô";

/// Whether a cell with line breaks took further rows in: two of its lines read as rows.
fn has_swallowed(row: &Row, columns: &Columns, names: &Names<'_>) -> bool {
    row.within.iter().filter(|line| line::is_row(line, columns, names)).count() > 1
}
