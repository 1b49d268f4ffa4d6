//! Prints a plan so that an official can check it against the paper: clause after clause in the
//! order of the document, each with its words and with what the audit makes of them.

use super::{ClauseId, Duty, Novelty, Obligation, Per, Plan, Quota, Who};
use crate::article::{Channel, Kind};
use crate::lexicon::Lexicons;
use crate::period::Period;
use crate::plan::Action;
use crate::registry::Registry;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What stands at one clause.
#[derive(Default)]
struct Entry<'p> {
    /// Duties that this clause is the first to name: printed here in full.
    duties: Vec<&'p Obligation>,
    /// Duties printed at another clause, and themes of theirs.
    elsewhere: Vec<String>,
    /// Read, with nothing to count.
    notes: Vec<&'p super::Clause>,
}

impl Plan {
    /// The plan as text, clause by clause.
    #[must_use]
    pub fn show(&self, registry: &Registry, lexicons: &Lexicons) -> String {
        let mut out = self.heading();
        for (clause, entry) in self.entries() {
            out.push_str(&format!("\n{clause}\n"));
            for note in entry.notes {
                out.push_str(&format!("    «{}»\n    Không đếm: {}\n", note.quote, note.note));
            }
            for duty in entry.duties {
                out.push_str(&full(duty, registry, lexicons));
            }
            for line in entry.elsewhere {
                out.push_str(&format!("    {line}\n"));
            }
        }
        for pair in &self.exclusive {
            let [a, b] = &pair.obligations;
            out.push_str(&format!("\nMột bài không tính cho cả {a} và {b} ({}): «{}»\n", pair.clause, pair.quote));
            out.push_str(&reading(pair.reading.as_deref()));
        }
        out
    }

    /// Number, dates and the rules that hold for every duty.
    fn heading(&self) -> String {
        let mut out = format!("{}\n{} – {}\nMã: {}", self.title, self.document, self.issuer, self.id);
        out.push_str(&format!("; tính các bài từ {} đến {}\n", day(self.from), day(self.until)));
        let rule = |out: &mut String, name: &str, clause: &str, quote: &str, read: Option<&str>| {
            let quote = if quote.is_empty() { String::new() } else { format!(" «{quote}»") };
            out.push_str(&format!("\n{name} ({clause}){quote}\n{}", reading(read)));
        };
        rule(&mut out, "Thế nào là bài CCHC", &self.scope.clause, "", self.scope.reading.as_deref());
        if let Some(novelty) = &self.novelty {
            rule(&mut out, "Thế nào là tin mới", &novelty.clause, &novelty.quote, novelty.reading.as_deref());
            out.push_str(&figures(novelty));
        }
        if let Some(rules) = &self.cross_posted {
            rule(&mut out, "Bài đăng chéo", &rules.clause, &rules.quote, rules.reading.as_deref());
            out.push_str(&format!("    Nguồn: {}\n", rules.from.join(", ")));
        }
        let count = |wanted: fn(&Duty) -> bool| self.obligations.iter().filter(|o| wanted(&o.duty)).count();
        out.push_str(&format!(
            "\n{} nhiệm vụ: {} đếm được, {} cần minh chứng, {} cho thấy số bài. Dưới đây theo thứ tự của văn bản.\n",
            self.obligations.len(),
            count(|d| matches!(d, Duty::Counted(_))),
            count(|d| matches!(d, Duty::Attested)),
            count(|d| matches!(d, Duty::Coverage { .. })),
        ));
        out
    }

    fn entries(&self) -> BTreeMap<ClauseId, Entry<'_>> {
        let mut entries: BTreeMap<ClauseId, Entry<'_>> = BTreeMap::new();
        for obligation in &self.obligations {
            let clauses = ClauseId::all(&obligation.clause).unwrap_or_default();
            for (n, clause) in clauses.into_iter().enumerate() {
                let entry = entries.entry(clause).or_default();
                match n {
                    0 => entry.duties.push(obligation),
                    _ => entry
                        .elsewhere
                        .push(format!("[{}] {}: xem {}", obligation.id, obligation.title, obligation.clause)),
                }
            }
            if let Duty::Coverage { themes, .. } = &obligation.duty {
                for theme in themes.iter().filter(|t| t.clause != obligation.clause) {
                    for clause in ClauseId::all(&theme.clause).unwrap_or_default() {
                        let line =
                            format!("«{}»\n    Nội dung {} của nhiệm vụ [{}]", theme.quote, theme.id, obligation.id);
                        entries.entry(clause).or_default().elsewhere.push(line);
                    }
                }
            }
        }
        for note in &self.clauses {
            for clause in ClauseId::all(&note.id).unwrap_or_default() {
                entries.entry(clause).or_default().notes.push(note);
            }
        }
        entries
    }
}

/// One duty in full.
fn full(duty: &Obligation, registry: &Registry, lexicons: &Lexicons) -> String {
    let mut out = format!("  [{}] {} ({})\n", duty.id, duty.title, duty.clause);
    out.push_str(&format!("    «{}»\n", duty.quote));
    out.push_str(&format!("    Ai: {}", who(&duty.who, registry)));
    if let Some(office) = &duty.office {
        out.push_str(&format!(" (đầu mối: {office})"));
    }
    out.push_str(&format!("\n    Việc: {}\n    Kỳ: {}\n", what(&duty.duty, lexicons), when(duty)));
    out.push_str(&reading(duty.reading.as_deref()));
    out
}

/// The numbers of the rule on new items, beside the words that explain them.
fn figures(novelty: &Novelty) -> String {
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    format!(
        "    Con số: đăng lại từ {} nội dung cũ; chuyển người kiểm tra từ {}; trang của đơn vị trước không quá {} giờ; \
         áp dụng từ {}\n",
        percent(novelty.repost_share),
        percent(novelty.partial_share),
        novelty.own_portal_hours,
        day(novelty.since)
    )
}

fn reading(text: Option<&str>) -> String {
    text.map_or_else(String::new, |text| format!("    Cách hiểu: {text}\n"))
}

fn who(who: &Who, registry: &Registry) -> String {
    let groups = who.groups.iter().map(|group| group.name().to_owned());
    let units = who.units.iter().map(|id| registry.get(id).map_or_else(|| id.to_string(), |unit| unit.full_name()));
    groups.chain(units).collect::<Vec<_>>().join("; ")
}

fn what(duty: &Duty, lexicons: &Lexicons) -> String {
    match duty {
        Duty::Counted(quota) => counted(quota, lexicons),
        Duty::Attested => "cần minh chứng".to_owned(),
        Duty::Coverage { channels, themes, kind, novelty } => {
            let mut out = "cho thấy có bao nhiêu ".to_owned();
            out.push_str(item(*kind));
            out.push_str(new(novelty.as_ref()));
            if !themes.is_empty() {
                out.push_str(&format!(" cho mỗi nội dung ({})", ids(themes.iter().map(|t| t.id.as_str()))));
            }
            match channels.as_slice() {
                [] => out.push_str("; hệ thống không đọc kênh này, ghi nhận qua minh chứng"),
                channels => out.push_str(&format!(", trên {}", ids(channels.iter().map(|c| Channel::name(*c))))),
            }
            out
        }
    }
}

fn counted(quota: &Quota, lexicons: &Lexicons) -> String {
    let verb = match quota.action {
        Action::Sent => "gửi đăng",
        Action::Posted => "được đăng",
    };
    let (item, new, place) = (item(quota.kind), new(quota.novelty.as_ref()), quota.channel.name());
    let mut out = format!("{verb} ít nhất {} {item}{new} trên {place}", quota.required);
    let named = |id: &String| match lexicons.lists.iter().find(|list| list.id == *id) {
        Some(list) => format!("{id} ({})", list.label),
        None => id.clone(),
    };
    let topics: Vec<String> = quota.quota_topics.iter().chain(&quota.topics).map(named).collect();
    match topics.join(" hoặc ") {
        topics if topics.is_empty() => out.push_str("; phải là bài CCHC"),
        topics => out.push_str(&format!("; chủ đề: {topics}")),
    }
    out
}

fn item(kind: Option<Kind>) -> &'static str {
    if kind == Some(Kind::ChuyenSau) { "bài chuyên sâu" } else { "tin/bài" }
}

fn new(novelty: Option<&Novelty>) -> &'static str {
    if novelty.is_some() { " mới" } else { "" }
}

fn ids<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

fn when(duty: &Obligation) -> String {
    let names = |periods: &[Period]| periods.iter().map(Period::name).collect::<Vec<_>>().join("; ");
    let rhythm = duty.per.name();
    match (duty.per, duty.periods.as_slice()) {
        (Per::Deadline, periods) => {
            let within = duty.within_days.map(|days| format!(" (trong {days} ngày, không tính ngày ban hành)"));
            format!("{}{}", names(periods), within.unwrap_or_default())
        }
        (Per::Week | Per::Month | Per::Quarter, [first, .., last]) => {
            format!("{rhythm}, từ {} đến {} ({} kỳ)", first.name(), last.name(), duty.periods.len())
        }
        (Per::Year, [year]) => format!("trong {}", year.name()),
        (_, periods) => format!("{rhythm}: {}", names(periods)),
    }
}

fn day(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}
