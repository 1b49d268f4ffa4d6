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
    for row in rows[first..].iter().filter(|row| !row.is_empty()) {
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
