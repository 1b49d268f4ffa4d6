//! What an audit found, for people and programs: a report is bytes and nothing else.
//!
//! One file a format; a new one is a new file and a line in [`Format`]. Every number a report
//! shows is the length of a list it can open, counted once in `tally` for all formats. Nothing
//! here knows the hour or the machine, so the same audit gives the same bytes.

mod csv;
mod html;
mod json;
mod night;
mod table;
mod tally;
mod xlsx;

pub use night::NightReport;

use crate::audit::{Alarm, Audit, Change, Status};
use crate::error::Result;
use crate::plan::Plan;
use crate::registry::Registry;
use crate::time;
use std::str::FromStr;

pub(crate) use tally::{clean, fraction, notes, shown};

/// What a report is made of.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    /// The audit.
    pub audit: &'a Audit,
    /// Its plan, for clauses and names.
    pub plan: &'a Plan,
    /// The units, for their names.
    pub registry: &'a Registry,
    /// Verdicts that changed only because rules changed.
    pub changes: &'a [Change],
}

macro_rules! formats {
    ($($(#[$doc:meta])* $variant:ident = $id:literal, $module:ident;)*) => {
        /// The forms a report can take.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Format { $($(#[$doc])* $variant,)* }

        impl Format {
            /// Every format.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word used on the command line; also the ending of a file.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// The report as bytes.
            ///
            /// # Errors
            /// A workbook that exceeds the limits of its format.
            pub fn render(self, report: &Report<'_>) -> Result<Vec<u8>> {
                match self { $(Self::$variant => $module::render(report),)* }
            }
        }
    };
}

formats! {
    /// For a terminal.
    Table = "table", table;
    /// The contract for programs (DESIGN, *`audit --format json`*).
    Json = "json", json;
    /// For spreadsheets, in one table.
    Csv = "csv", csv;
    /// One page to print.
    Html = "html", html;
    /// A workbook.
    Xlsx = "xlsx", xlsx;
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let known = || Self::ALL.iter().map(|f| f.id()).collect::<Vec<_>>().join(", ");
        let found = Self::ALL.iter().copied().find(|f| f.id() == text);
        found.ok_or_else(|| format!("dạng «{text}» không có; dùng {}", known()))
    }
}

/// An alarm as a sentence.
fn alarm_sentence(alarm: &Alarm) -> String {
    let since = alarm.since.with_timezone(&time::hanoi()).format("%d/%m/%Y");
    clean(&format!("{}: {}, không kết luận từ {since}; {}", alarm.host, alarm.cause.name(), alarm.detail))
}

/// One change as a sentence.
fn change_sentence(report: &Report<'_>, change: &Change) -> String {
    let answer = |answer: Option<(Status, u32)>| {
        answer
            .map_or("không có kết luận".to_owned(), |(status, counted)| format!("{} ({counted})", status.name()))
    };
    let (unit, period) = (report.unit_name(&change.unit), change.period.name());
    format!("{unit}, {}, {period}: trước {}, nay {}", change.obligation, answer(change.before), answer(change.after))
}
