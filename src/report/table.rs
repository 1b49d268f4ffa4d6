//! The audit on a terminal: a line for each verdict, and for one unit also its items.

use super::Report;
use super::tally::{self, clean};
use crate::audit::Verdict;
use crate::error::Result;
use std::fmt::Write as _;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Wider columns are cut; the sentence at the end of a line never is.
const WIDEST: usize = 36;

pub(super) fn render(report: &Report<'_>) -> Result<Vec<u8>> {
    let mut text = head(report);
    let one_unit = report.by_unit().len() == 1;
    let rows: Vec<[String; 5]> = report.audit.verdicts.iter().map(|v| row(report, v)).collect();
    let titles = ["Đơn vị", "Nhiệm vụ", "Kỳ", "Kết luận", "Có/cần"].map(str::to_owned);
    let widths = widths(rows.iter().chain([&titles]));
    if !rows.is_empty() {
        line(&mut text, &titles, &widths, "Giải thích");
    }
    for (verdict, row) in report.audit.verdicts.iter().zip(&rows) {
        line(&mut text, row, &widths, &verdict.detail);
        for note in tally::notes(verdict) {
            let _ = writeln!(text, "    ghi chú: {note}");
        }
        if one_unit {
            items(&mut text, verdict);
        }
    }
    for alarm in &report.audit.alarms {
        let _ = writeln!(text, "\ncảnh báo: {}", super::alarm_sentence(alarm));
    }
    changes(&mut text, report);
    Ok(text.into_bytes())
}

fn head(report: &Report<'_>) -> String {
    let audit = report.audit;
    let mut text = format!("{}\n", report.plan.title);
    let _ = writeln!(text, "{} · tính đến hết ngày {}", report.plan.document, audit.as_of.format("%d/%m/%Y"));
    let counts = tally::by_status(&audit.verdicts);
    let counts: Vec<String> = counts.iter().map(|(status, list)| format!("{} {}", status.name(), list.len())).collect();
    let _ = writeln!(text, "{} kết luận: {}\n", audit.verdicts.len(), counts.join(" · "));
    text
}

fn row(report: &Report<'_>, verdict: &Verdict) -> [String; 5] {
    [
        report.unit_name(&verdict.unit),
        verdict.obligation.clone(),
        verdict.period.to_string(),
        verdict.status.name().to_owned(),
        tally::fraction(verdict),
    ]
}

fn items(text: &mut String, verdict: &Verdict) {
    for item in tally::shown(verdict) {
        let mark = if item.counted { '+' } else { '-' };
        let _ = writeln!(text, "    {mark} {} [{}]", clean(&item.title), item.reason.name());
        if !item.url.is_empty() {
            let _ = writeln!(text, "      {}", clean(&item.url));
        }
        let _ = writeln!(text, "      {}", clean(&item.detail));
        if let Some(automatic) = item.automatic {
            let _ = writeln!(text, "      chương trình: {}", automatic.reason.name());
        }
    }
}

fn changes(text: &mut String, report: &Report<'_>) {
    if !report.changes.is_empty() {
        let _ = writeln!(text, "\n{} kết luận đổi chỉ vì quy tắc đổi:", report.changes.len());
    }
    for change in report.changes {
        let _ = writeln!(text, "    {}", super::change_sentence(report, change));
    }
}

/// The width of a text on a terminal: marks that combine take no room.
fn width(text: &str) -> usize {
    text.nfc().filter(|c| !is_combining_mark(*c)).count()
}

fn widths<'a>(rows: impl Iterator<Item = &'a [String; 5]>) -> [usize; 5] {
    let mut widest = [0; 5];
    for row in rows {
        for (most, cell) in widest.iter_mut().zip(row) {
            *most = (*most).max(width(cell)).min(WIDEST);
        }
    }
    widest
}

fn line(text: &mut String, cells: &[String; 5], widths: &[usize; 5], last: &str) {
    for (cell, room) in cells.iter().zip(widths) {
        let cell: String = cell.nfc().collect();
        let shown = if width(&cell) > *room { cell.chars().take(room - 1).chain(['…']).collect() } else { cell };
        let _ = write!(text, "{shown}{}  ", " ".repeat(room - width(&shown)));
    }
    let _ = writeln!(text, "{last}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_straight_whatever_the_spelling() {
        let composed = ["Phường Hà Đông", "a2", "2026-05", "đạt", "1/1"].map(str::to_owned);
        let decomposed = composed.clone().map(|cell| cell.nfd().collect::<String>());
        let widths = widths([&composed, &decomposed].into_iter());
        let (mut a, mut b) = (String::new(), String::new());
        line(&mut a, &composed, &widths, "x");
        line(&mut b, &decomposed, &widths, "x");
        assert_eq!(a, b);
        assert_eq!(a, "Phường Hà Đông  a2  2026-05  đạt  1/1  x\n");
    }

    #[test]
    fn a_long_name_is_cut_to_its_room() {
        let row = ["x".repeat(50), String::new(), String::new(), String::new(), String::new()];
        let mut text = String::new();
        line(&mut text, &row, &widths([&row].into_iter()), "");
        assert_eq!(text.trim_end().chars().count(), WIDEST);
        assert!(text.contains('…'));
    }
}
