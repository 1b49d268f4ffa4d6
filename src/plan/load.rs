//! Reads plan files, and tells all their faults at once, each with its line.
//!
//! What is refused: a duty without clause or words quoted, a number without a clause, a period
//! that does not fit the rhythm, a deadline that does not follow from the day of issue or falls on
//! a day off, two duties of one id, a pair that names a duty which is not there.

use super::duty::obligation;
use super::{Calendar, Clause, ClauseId, CrossPosted, Exclusive, Novelty, Plan, Scope};
use crate::data::Data;
use crate::error::{Error, Fault, Result};
use crate::fields::{Fields, Source};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// The form of plan files this program reads.
const SCHEMA: u64 = 1;

/// Every plan of the data folder.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plans {
    plans: BTreeMap<String, Plan>,
    /// The file that each was read from, by id.
    files: BTreeMap<String, String>,
}

impl Plans {
    /// Reads `plans/*.toml` and `holidays.toml`.
    ///
    /// # Errors
    /// Every fault of every file.
    pub fn parse(data: &Data) -> std::result::Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let calendar = match data.get("holidays.toml").map(|text| Calendar::parse("holidays.toml", text)) {
            Some(Ok(calendar)) => calendar,
            Some(Err(found)) => {
                faults.extend(found);
                Calendar::default()
            }
            None => Calendar::default(),
        };
        let (mut plans, mut files) = (BTreeMap::new(), BTreeMap::new());
        for (path, text) in data.under("plans/").filter(|(path, _)| path.ends_with(".toml")) {
            match Plan::parse(path, text, &calendar) {
                Ok(plan) => {
                    files.insert(plan.id.clone(), path.to_owned());
                    if let Some(twin) = plans.insert(plan.id.clone(), plan) {
                        let message = format!("mã «{}» đã có ở tệp khác; mỗi kế hoạch một mã", twin.id);
                        faults.push(Fault { file: path.to_owned(), line: None, field: "id".to_owned(), message });
                    }
                }
                Err(found) => faults.extend(found),
            }
        }
        if faults.is_empty() { Ok(Self { plans, files }) } else { Err(faults) }
    }

    /// One plan by its id.
    ///
    /// # Errors
    /// An unknown id, with the known ones named.
    pub fn get(&self, id: &str) -> Result<&Plan> {
        let known = || self.plans.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let unknown = || Error::Input(format!("không có kế hoạch «{id}»; các kế hoạch: {}", known()));
        self.plans.get(id).ok_or_else(unknown)
    }

    /// The file that a plan was read from: its name is the writer's choice and need not be the plan's id.
    #[must_use]
    pub fn file(&self, id: &str) -> Option<&str> {
        self.files.get(id).map(String::as_str)
    }

    /// Every plan, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Plan> {
        self.plans.values()
    }
}

impl Plan {
    /// Reads one plan file.
    ///
    /// # Errors
    /// Every fault of the file, in order of line.
    pub fn parse(file: &str, text: &str, calendar: &Calendar) -> std::result::Result<Self, Vec<Fault>> {
        let source = Source::new(file, text);
        let plan = {
            let table = source.parse();
            let root = source.root(&table);
            let plan = read(&root, calendar);
            root.finish();
            plan
        };
        match (plan, source.into_faults()) {
            (Some(plan), faults) if faults.is_empty() => Ok(plan),
            (_, faults) => Err(faults),
        }
    }
}

/// What every duty of a plan is read against.
pub(super) struct Frame<'c> {
    /// The day of issue, where it can be read.
    pub(super) issued: Option<NaiveDate>,
    /// The plan's first day.
    pub(super) from: NaiveDate,
    /// Its last.
    pub(super) until: NaiveDate,
    /// Its rule on new items.
    pub(super) novelty: Option<Novelty>,
    /// The days off.
    pub(super) calendar: &'c Calendar,
}

fn read(root: &Fields<'_, '_>, calendar: &Calendar) -> Option<Plan> {
    if root.number("schema") != Some(SCHEMA) {
        root.fault("schema", format!("phải là schema = {SCHEMA}"));
    }
    let head = (root.need_text("id"), root.need_text("title"), root.need_text("document"), root.need_text("issuer"));
    if let Some(id) = head.0 {
        // It names files too.
        check_id(root, id);
    }
    let (issued, from, until) = (root.need_date("issued"), root.need_date("from"), root.need_date("until"));
    if from.zip(until).is_some_and(|(from, until)| from > until) {
        root.fault("until", "phải không trước `from`");
    }
    let scope = root.table("scope").and_then(|t| scope(&t));
    let cross_posted = root.table("cross_posted").and_then(|t| cross_posted(&t));
    let novelty = root.table("novelty").and_then(|t| novelty(&t));
    // Wrong days of the head are told once; the duties are still read, against wide-open days.
    let frame = Frame {
        issued,
        from: from.unwrap_or(NaiveDate::MIN),
        until: until.unwrap_or(NaiveDate::MAX),
        novelty,
        calendar,
    };
    let obligations: Vec<_> = root.tables("obligation").iter().filter_map(|t| obligation(t, &frame)).collect();
    let exclusive = root.tables("exclusive").iter().filter_map(exclusive).collect();
    let clauses = root.tables("clause").iter().filter_map(clause).collect();
    if !root.has("scope") {
        root.fault("scope", "thiếu bảng [scope]: điều khoản nào nói bài nào là bài CCHC");
    }
    let plan = Plan {
        id: head.0?.to_owned(),
        title: head.1?.to_owned(),
        document: head.2?.to_owned(),
        issuer: head.3?.to_owned(),
        issued: issued?,
        from: from?,
        until: until?,
        scope: scope?,
        novelty: frame.novelty,
        cross_posted,
        obligations,
        exclusive,
        clauses,
    };
    check(root, &plan);
    Some(plan)
}

/// What only shows when all of the file is known.
fn check(root: &Fields<'_, '_>, plan: &Plan) {
    let mut seen = BTreeSet::new();
    for (table, id) in root.tables("obligation").iter().filter_map(|t| Some((t, t.text("id")?))) {
        if !seen.insert(id) {
            table.fault("id", format!("mã «{id}» bị trùng"));
        }
    }
    for table in root.tables("exclusive") {
        for id in table.texts("obligations") {
            if !seen.contains(id) {
                table.fault("obligations", format!("không có nhiệm vụ «{id}»"));
            }
        }
    }
    if plan.obligations.is_empty() {
        root.fault("obligation", "kế hoạch chưa có nhiệm vụ nào; thêm bảng [[obligation]]");
    }
}

/// The ids of plans and duties.
pub(super) fn check_id(table: &Fields<'_, '_>, id: &str) {
    if !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        table.fault("id", "mã chỉ gồm chữ thường không dấu, chữ số và gạch nối");
    }
}

/// A citation: required, and every number in it readable.
pub(super) fn citation(table: &Fields<'_, '_>) -> Option<String> {
    let text = table.need_text("clause")?;
    if ClauseId::all(text).is_none() {
        table.fault("clause", format!("không đọc được điều khoản «{text}»; viết như \"IV.1.d; PL 4\""));
    }
    Some(text.to_owned())
}

pub(super) fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

fn scope(table: &Fields<'_, '_>) -> Option<Scope> {
    let (clause, reading) = (citation(table), owned(table.text("reading")));
    table.finish();
    Some(Scope { clause: clause?, reading })
}

fn cross_posted(table: &Fields<'_, '_>) -> Option<CrossPosted> {
    // The rule may stand in another document, which the clause then names in words.
    let (clause, quote) = (owned(table.need_text("clause")), owned(table.need_text("quote")));
    let from: Vec<String> = table.texts("from").into_iter().map(str::to_owned).collect();
    if from.is_empty() {
        table.fault("from", "thiếu; ghi các tên miền nguồn như [\"hanoi.gov.vn\"]");
    }
    let reading = owned(table.text("reading"));
    table.finish();
    Some(CrossPosted { from, clause: clause?, quote: quote?, reading })
}

fn novelty(table: &Fields<'_, '_>) -> Option<Novelty> {
    let clause = citation(table);
    let (repost, partial) = (share(table, "repost_share"), share(table, "partial_share"));
    if repost.zip(partial).is_some_and(|(repost, partial)| partial > repost) {
        table.fault("partial_share", "phải không lớn hơn `repost_share`");
    }
    let hours = table.number("own_portal_hours").and_then(|n| u32::try_from(n).ok());
    let (since, reading) = (table.need_date("since"), owned(table.text("reading")));
    let quote = owned(table.need_text("quote"));
    table.finish();
    Some(Novelty {
        repost_share: repost?,
        partial_share: partial?,
        own_portal_hours: hours.unwrap_or(0),
        since: since?,
        clause: clause?,
        quote: quote?,
        reading,
    })
}

/// A share of a text, written as people say it: `1/2`, `1/3`.
fn share(table: &Fields<'_, '_>, key: &'static str) -> Option<f64> {
    let text = table.need_text(key)?;
    let parts = text.split_once('/').and_then(|(a, b)| Some((a.parse::<f64>().ok()?, b.parse::<f64>().ok()?)));
    let share = parts.map(|(a, b)| a / b).filter(|s| (0.0..=1.0).contains(s));
    if share.is_none() {
        table.fault(key, "phải là phân số từ 0 đến 1, như \"1/2\"");
    }
    share
}

fn exclusive(table: &Fields<'_, '_>) -> Option<Exclusive> {
    let (clause, quote) = (citation(table), owned(table.need_text("quote")));
    let pair: Option<[&str; 2]> = table.texts("obligations").try_into().ok();
    if pair.is_none() {
        table.fault("obligations", "phải là hai mã nhiệm vụ, như [\"a9\", \"a10\"]");
    }
    let reading = owned(table.text("reading"));
    table.finish();
    Some(Exclusive { obligations: pair?.map(str::to_owned), clause: clause?, quote: quote?, reading })
}

fn clause(table: &Fields<'_, '_>) -> Option<Clause> {
    let id = table.need_text("id")?;
    table.named(format!("clause \"{id}\""));
    if ClauseId::all(id).is_none() {
        table.fault("id", format!("không đọc được điều khoản «{id}»; viết như \"II.2.a\""));
    }
    let (quote, note) = (owned(table.need_text("quote")), owned(table.need_text("note")));
    table.finish();
    Some(Clause { id: id.to_owned(), quote: quote?, note: note? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_slip_is_told_once() {
        let plan = Data::built_in().get("plans/ha-noi-2026.toml").unwrap_or_default().to_owned();
        let groups = plan.lines().find(|line| line.starts_with("groups = ")).unwrap();
        for (from, to, told) in [
            (groups, "groups = []", "thiếu người thực hiện"),
            (groups, "groups = 1", "groups: phải là"),
            ("id = \"ha-noi-2026\"", "id = \"../ha-noi 2026\"", "id: mã chỉ gồm"),
            ("issued = 2026-02-27", "issued = \"27/02/2026\"", "issued: phải là ngày"),
            ("required = 1", "required = \"một\"", "required: phải là"),
            ("required = 1", "required = 0", "required: phải là số lượng"),
            ("title = \"", "title = \" \" #", "title: trống"),
        ] {
            let faults = Plan::parse("p.toml", &plan.replacen(from, to, 1), &Calendar::default()).unwrap_err();
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            assert!(faults.len() == 1 && faults[0].contains(told), "{to}: {faults:#?}");
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic() {
        let plan = Data::built_in().get("plans/ha-noi-2026.toml").unwrap_or_default().to_owned();
        let calendar = Calendar::default();
        // Numbers and dates at their limits, cuts in mid-word, and values of the wrong sort.
        for (from, to) in [
            ("within_days = 10", "within_days = 4294967295"),
            ("within_days = 10", "within_days = 99999999999999999999"),
            ("issued = 2026-02-27", "issued = 9999-12-31"),
            ("until = \"2026-W53\"", "until = \"9999-W52\""),
            ("periods = [\"2026\"]", "periods = [\"0000\", \"9999@baocao\"]"),
            ("required = 1", "required = 4294967295"),
            ("repost_share = \"1/2\"", "repost_share = \"1/0\""),
            ("groups = [", "groups = [[], "),
            ("[[obligation]]", "[obligation]"),
        ] {
            assert!(plan.contains(from), "{from}");
            assert!(Plan::parse("p.toml", &plan.replace(from, to), &calendar).is_err(), "{to}");
        }
        for cut in (0..plan.len()).step_by(997).filter(|n| plan.is_char_boundary(*n)) {
            let _ = Plan::parse("p.toml", &plan[..cut], &calendar);
        }
    }
}
