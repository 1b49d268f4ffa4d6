//! One night for everyone: which portals raise an alarm, and what each had to bear from us.

use super::tally::clean;
use super::{html, xlsx};
use crate::conduct::{Conduct, RobotsVerdict};
use crate::coverage::{Cause, Observation};
use crate::error::{Result, in_words};
use crate::time;
use chrono::NaiveDate;
use minijinja::context;
use std::collections::BTreeMap;

/// What the report of a night is made of.
#[derive(Debug, Clone, Copy)]
pub struct NightReport<'a> {
    /// The day it speaks of.
    pub as_of: NaiveDate,
    /// Each site's reading and the ledger of our conduct there.
    pub sites: &'a [(Observation, Conduct)],
}

/// The columns, with their widths in a workbook.
const COLUMNS: [(&str, f64); 13] = [
    ("Cổng", 26.0),
    ("Đọc được", 44.0),
    ("Yêu cầu", 9.0),
    ("Xem lại bài cũ", 9.0),
    ("Byte", 12.0),
    ("Trả lời chậm nhất (ms)", 12.0),
    ("Khoảng nghỉ dài nhất (ms)", 12.0),
    ("Lần lùi lại", 9.0),
    ("Bỏ qua", 34.0),
    ("Bài mới", 9.0),
    ("Bài đổi", 9.0),
    ("Bài gỡ", 9.0),
    ("robots.txt", 60.0),
];

impl NightReport<'_> {
    /// The portals that somebody should look at, a sentence each.
    #[must_use]
    pub fn alarms(&self) -> Vec<String> {
        let alarming = self.sites.iter().map(|(reading, _)| reading);
        alarming.filter(|reading| reading.cause.is_some_and(Cause::is_alarm)).map(sentence).collect()
    }

    /// As plain text, a block for each site.
    #[must_use]
    pub fn table(&self) -> Vec<u8> {
        let mut text = format!("Đêm {}\n", self.day());
        text.extend(self.alarms().iter().map(|alarm| format!("cảnh báo: {alarm}\n")));
        for row in self.rows() {
            text.push_str(&format!("\n{}\n", row[0]));
            let lines = COLUMNS.iter().zip(&row).skip(1).filter(|(_, cell)| !cell.is_empty());
            text.extend(lines.map(|((title, _), cell)| format!("    {title}: {cell}\n")));
        }
        text.into_bytes()
    }

    /// As one page to print.
    ///
    /// # Errors
    /// The template fails.
    pub fn html(&self) -> Result<Vec<u8>> {
        html::page(
            include_str!("night.html"),
            context! { as_of => self.day(), alarms => self.alarms(), titles => COLUMNS.map(|(title, _)| title), rows => self.rows() },
        )
    }

    /// As a workbook.
    ///
    /// # Errors
    /// The limits of the format.
    pub fn xlsx(&self) -> Result<Vec<u8>> {
        let alarms = self.alarms().into_iter().map(|alarm| vec![alarm]).collect();
        let rows = self.rows().into_iter().map(Vec::from).collect();
        let sheets =
            [("Sổ ứng xử", &COLUMNS[..], rows), ("Cảnh báo", &[("Cổng cần người kiểm tra", 120.0)][..], alarms)];
        xlsx::plain(&format!("Đêm {}", self.day()), self.as_of, sheets)
    }

    fn day(&self) -> String {
        self.as_of.format("%d/%m/%Y").to_string()
    }

    fn rows(&self) -> Vec<[String; 13]> {
        self.sites.iter().map(|(reading, conduct)| row(reading, conduct)).collect()
    }
}

/// An alarm in words.
fn sentence(reading: &Observation) -> String {
    let cause = reading.cause.map_or("", Cause::name);
    let since = reading.doubt.unwrap_or(reading.at).with_timezone(&time::hanoi()).format("%d/%m/%Y");
    clean(&format!("{}: {cause}, không kết luận từ {since}; {}", reading.site, in_words(&reading.detail)))
}

fn row(reading: &Observation, conduct: &Conduct) -> [String; 13] {
    let read = match reading.cause {
        None => "đủ".to_owned(),
        Some(cause) => format!("chưa đủ: {} ({}) {}", cause.name(), cause.side().name(), in_words(&reading.detail)),
    };
    [
        reading.site.clone(),
        clean(read.trim_end()),
        conduct.requests.to_string(),
        conduct.rechecks.to_string(),
        conduct.bytes.to_string(),
        conduct.slowest_ms.to_string(),
        conduct.longest_delay_ms.to_string(),
        conduct.back_offs.to_string(),
        skips(&conduct.skipped),
        conduct.new.to_string(),
        conduct.changed.to_string(),
        conduct.gone.to_string(),
        conduct.robots.iter().map(robots).collect::<Vec<_>>().join("\n"),
    ]
}

fn skips(skipped: &BTreeMap<String, u64>) -> String {
    let name = |code: &str| match Cause::ALL.iter().find(|cause| cause.code() == code) {
        Some(cause) => cause.name().to_owned(),
        None if code == "trap" => "địa chỉ vô tận, không lần theo".to_owned(),
        None => code.to_owned(),
    };
    skipped.iter().map(|(code, count)| format!("{}: {count}", name(code))).collect::<Vec<_>>().join("; ")
}

fn robots(said: &RobotsVerdict) -> String {
    let at = said.at.with_timezone(&time::hanoi()).format("%H:%M %d/%m/%Y");
    let hash = said.hash.as_ref().map(|hash| format!(", sha256 {}", &hash[..hash.len().min(16)])).unwrap_or_default();
    let delay = said.crawl_delay.map(|seconds| format!(", Crawl-delay {seconds}")).unwrap_or_default();
    clean(&format!("{}: {} (lúc {at}{hash}{delay})", said.origin, said.verdict))
}
