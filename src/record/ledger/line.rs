//! One row → one ledger line, cell by cell.

use super::Names;
use super::columns::Columns;
use super::table::{Cell, Row};
use crate::article::Kind;
use crate::decision::{LedgerLine, Outcome};
use crate::digest::sha256;
use crate::lexicon::{Column, LedgerWords, OutcomeWords, cell_says};
use crate::text;
use crate::time::{self, Time};
use chrono::{Datelike as _, Days, NaiveDate};

/// No plan that is audited here looks further back.
const FIRST_YEAR: i32 = 2020;

/// Reads a row; `None` if it must be left out. Everything not understood goes into `remarks`.
pub(super) fn read(
    row: &Row,
    columns: &Columns,
    names: &Names<'_>,
    loaded: Time,
    remarks: &mut Vec<String>,
) -> Option<LedgerLine> {
    let unit = unit(columns.text(row, Column::Unit), names, remarks);
    let received = match columns.cell(row, Column::Received) {
        Some(cell) => day(cell).and_then(|day| sensible(day, loaded)).map_err(|why| remarks.push(why)).ok(),
        None => none(remarks, "thiếu ngày nhận"),
    };
    let title = columns.text(row, Column::Title).map(str::to_owned);
    let title = title.or_else(|| none(remarks, "thiếu tiêu đề"));
    let url = columns.text(row, Column::Url).map(str::to_owned);
    let reason = columns.text(row, Column::Reason).unwrap_or_default().to_owned();
    let outcome = outcome(columns.text(row, Column::Outcome), &reason, url.is_some(), &names.words.outcome, remarks);
    let kind = kind(columns.text(row, Column::Kind), names.words, remarks);
    let (topic, also) = topics(columns.text(row, Column::Topic), names, remarks);
    let (unit, received, title, outcome) = (unit?, received?, title?, outcome?);
    // The same line sent again, with a new outcome, is the same line.
    let key = format!("{unit}\n{received}\n{}", text::normal(&title));
    let id = sha256(key.as_bytes())[..16].to_owned();
    Some(LedgerLine { id, unit, received, title, kind, topic, also, url, outcome, reason, item: None, loaded })
}

fn none<T>(remarks: &mut Vec<String>, message: &str) -> Option<T> {
    remarks.push(message.to_owned());
    None
}

fn unit(name: Option<&str>, names: &Names<'_>, remarks: &mut Vec<String>) -> Option<crate::unit::UnitId> {
    let Some(name) = name else { return none(remarks, "thiếu đơn vị") };
    let unit = (names.unit)(name);
    if unit.is_none() {
        remarks.push(format!("không biết đơn vị «{name}»; viết đủ tên như trong danh mục, hoặc dùng mã đơn vị"));
    }
    unit
}

/// Whether a unit and a day of receipt stand where a row of the ledger has them.
pub(super) fn is_row(row: &Row, columns: &Columns, names: &Names<'_>) -> bool {
    let has_day = columns.cell(row, Column::Received).is_some_and(|cell| day(cell).is_ok());
    has_day && columns.text(row, Column::Unit).and_then(names.unit).is_some()
}

/// A day as `31/05/2026`, `2026-05-31` or Excel's number of it, with or without a time behind.
fn day(cell: &Cell) -> Result<NaiveDate, String> {
    let found = match cell {
        Cell::Date(day) => Some(*day),
        Cell::Number(n) => serial(*n),
        Cell::Text(text) => written(text).or_else(|| serial(text.parse().ok()?)),
    };
    found.ok_or_else(|| {
        let shown = match cell {
            Cell::Text(text) => text.clone(),
            Cell::Number(n) => n.to_string(),
            Cell::Date(day) => day.to_string(),
        };
        format!("ngày nhận «{shown}» không đọc được; viết ngày/tháng/năm như 31/05/2026")
    })
}

/// Refuses a day that no ledger can be of: a slip of the pen would count in no period, unseen.
fn sensible(day: NaiveDate, loaded: Time) -> Result<NaiveDate, String> {
    let today = loaded.with_timezone(&time::hanoi()).date_naive();
    let shown = |day: NaiveDate| day.format("%d/%m/%Y");
    match () {
        () if day > today => {
            Err(format!("ngày nhận {} ở sau hôm nay ({}); sửa lại ngày trong sổ", shown(day), shown(today)))
        }
        () if day.year() < FIRST_YEAR => {
            Err(format!("ngày nhận {} trước năm {FIRST_YEAR}; sửa lại năm trong sổ", shown(day)))
        }
        () => Ok(day),
    }
}

/// Excel counts days from 30/12/1899; only years that a ledger can be of are taken for dates.
fn serial(n: f64) -> Option<NaiveDate> {
    let sensible = (36_526.0..73_051.0).contains(&n);
    let days = sensible.then_some(n as u64)?;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))
}

fn written(text: &str) -> Option<NaiveDate> {
    let date = text.split([' ', 'T', ',']).find(|part| part.contains(['/', '-', '.']))?;
    let parts: Vec<&str> = date.split(['/', '-', '.']).collect();
    let [a, b, c] = parts[..] else { return None };
    let (year, month, day) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

fn outcome(
    said: Option<&str>,
    reason: &str,
    has_url: bool,
    words: &OutcomeWords,
    remarks: &mut Vec<String>,
) -> Option<Outcome> {
    let Some(said) = said else {
        return Some(if has_url { Outcome::Posted } else { Outcome::Received });
    };
    let is = |phrases: &[String]| cell_says(said, phrases);
    let refused = is(&words.refused);
    let because = |phrases: &[String]| refused && (is(phrases) || cell_says(reason, phrases));
    Some(match () {
        () if is(&words.not_new) || because(&words.not_new) || because(&words.not_new_if_refused) => Outcome::NotNew,
        () if is(&words.off_theme) || because(&words.off_theme) => Outcome::OffTheme,
        () if refused => Outcome::Refused,
        () if is(&words.waiting) => Outcome::Received,
        () if is(&words.posted) => Outcome::Posted,
        () => {
            let words = "đã đăng, đã nhận, không đăng (hoặc từ chối), không mới, sai chủ đề";
            return none(remarks, &format!("kết quả «{said}» không hiểu được; dùng một trong: {words}"));
        }
    })
}

fn kind(said: Option<&str>, words: &LedgerWords, remarks: &mut Vec<String>) -> Option<Kind> {
    let folded = text::fold(said?).replace(['-', '/', ','], " ");
    if words.in_depth.iter().any(|word| folded.contains(word)) {
        return Some(Kind::ChuyenSau);
    }
    if text::words(&folded).any(|word| words.news.iter().any(|news| news == word)) {
        return Some(Kind::TinBai);
    }
    none(remarks, &format!("thể loại «{}» không hiểu được, để trống; dùng tin bài hoặc chuyên sâu", said?))
}

/// The theme, and what else its words name.
fn topics(said: Option<&str>, names: &Names<'_>, remarks: &mut Vec<String>) -> (Option<String>, Vec<String>) {
    let Some(said) = said else { return (None, Vec::new()) };
    let mut topics = (names.topics)(said).into_iter();
    let topic = topics.next();
    if topic.is_none() {
        remarks.push(format!(
            "chủ đề «{said}» không hiểu được, để trống; dùng lời của kế hoạch như «chuyển đổi số», «cải cách TTHC», hoặc mã chủ đề"
        ));
    }
    (topic, topics.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_and_excel_write_them() {
        let text = |t: &str| Cell::Text(t.to_owned());
        for (cell, expected) in [
            (text("31/05/2026"), Some("2026-05-31")),
            (text("1/6/2026 08:30"), Some("2026-06-01")),
            (text("08:30 01-06-2026"), Some("2026-06-01")),
            (text("2026-06-01"), Some("2026-06-01")),
            (text("29.02.2028"), Some("2028-02-29")),
            (Cell::Number(46173.35), Some("2026-05-31")),
            (text("46173"), Some("2026-05-31")),
            (text("29/02/2026"), None),
            (text("13/13/2026"), None),
            (text("31/5/26"), None),
            (text("hôm qua"), None),
            (Cell::Number(12.0), None),
        ] {
            assert_eq!(day(&cell).ok().map(|d| d.to_string()).as_deref(), expected, "{cell:?}");
        }
    }

    #[test]
    fn a_day_must_be_one_that_a_ledger_can_be_of() {
        let loaded = crate::time::parse("2026-06-01T00:30:00+07:00").unwrap();
        for (day, says) in [
            ("2026-06-01", ""),
            ("2020-01-01", ""),
            ("2026-06-02", "sau hôm nay (01/06/2026)"),
            ("2027-05-05", "sau hôm nay"),
            ("2019-12-31", "trước năm 2020"),
            ("1926-05-05", "trước năm 2020"),
        ] {
            let told = sensible(day.parse().unwrap(), loaded).err().unwrap_or_default();
            assert!(told.contains(says) && told.is_empty() == says.is_empty(), "{day}: {told}");
        }
    }

    #[test]
    fn outcomes_are_read_with_their_reasons() {
        let words = crate::lexicon::Lexicons::parse(&crate::data::Data::built_in()).unwrap().ledger.outcome;
        use Outcome::{NotNew, OffTheme, Posted, Received, Refused};
        for (said, reason, url, expected) in [
            (Some("Đã đăng"), "", false, Some(Posted)),
            (Some("posted"), "", false, Some(Posted)),
            (Some("Không đăng"), "Tin đã đăng trên cổng của phường", false, Some(NotNew)),
            (Some("không mới"), "", false, Some(NotNew)),
            (Some("not-new"), "", false, Some(NotNew)),
            (Some("Trả lại"), "Nội dung sai chủ đề tháng 5", false, Some(OffTheme)),
            (Some("off-theme"), "", false, Some(OffTheme)),
            (Some("Từ chối"), "Ảnh mờ", false, Some(Refused)),
            (Some("Chưa đăng"), "", false, Some(Received)),
            (Some("Đã tiếp nhận"), "", false, Some(Received)),
            (Some("Đang biên tập"), "", false, Some(Received)),
            (None, "", true, Some(Posted)),
            (None, "", false, Some(Received)),
            (Some("Trả lại"), "Nội dung chưa tập trung", false, Some(Refused)),
            (Some("Trả lại"), "Trùng bài tháng 3", false, Some(NotNew)),
            (Some("tra lai"), "trung bai thang 3", false, Some(NotNew)),
            (Some("Loại A, đã đăng"), "", true, Some(Posted)),
            (Some("Bị loại"), "", false, Some(Refused)),
            (Some("Không nhận"), "", false, Some(Refused)),
            (Some("Đã chuyển Trung tâm biên tập, chờ đăng"), "", false, Some(Received)),
            (Some("???"), "", false, None),
        ] {
            assert_eq!(outcome(said, reason, url, &words, &mut Vec::new()), expected, "{said:?} {reason}");
        }
    }
}
