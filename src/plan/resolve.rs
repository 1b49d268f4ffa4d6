//! Whether the units and topics that plans name exist.
//!
//! A file of its own because it needs the other rules: a plan can be read without them.

use super::{Duty, Obligation, Plans};
use crate::data::Data;
use crate::error::Fault;
use crate::registry::Registry;
use crate::unit::UnitId;

/// The ids of the nine areas and of the quota topics, as plans, lexicons and JSON use them.
const TOPICS: [&str; 9] = [
    "the-che",
    "tthc",
    "bo-may",
    "cong-vu",
    "tai-chinh-cong",
    "chinh-quyen-so",
    "chi-dao-dieu-hanh",
    "chi-so",
    "mo-hinh-sang-kien",
];
const QUOTA_TOPICS: [&str; 7] = [
    "khcn-doi-moi-sang-tao",
    "kiem-soat-tthc",
    "xay-dung-thi-hanh-phap-luat",
    "kinh-te-dau-tu-ngan-sach",
    "ho-tro-nha-dau-tu",
    "dat-dai-moi-truong",
    "thu-tuc-dat-dai",
];

impl Plans {
    /// Names every unit and topic of the plans that does not exist; `data` is where the plans came from.
    #[must_use]
    pub fn unresolved(&self, registry: &Registry, data: &Data) -> Vec<Fault> {
        let mut faults = Vec::new();
        for plan in self.iter() {
            let (file, text) = source(&plan.id, data);
            for obligation in &plan.obligations {
                for (word, field, mend) in unknown(obligation, registry) {
                    // The line of the word itself, below the line of its obligation.
                    let start = text.find(&format!("id = \"{}\"", obligation.id)).unwrap_or(0);
                    let line = text[start..].find(&format!("\"{word}\"")).map(|at| text[..start + at].lines().count());
                    let field = format!("obligation \"{}\": {field}", obligation.id);
                    faults.push(Fault { file: file.to_owned(), line, field, message: format!("«{word}» {mend}") });
                }
            }
        }
        faults
    }
}

/// The file a plan was read from.
fn source<'d>(id: &str, data: &'d Data) -> (&'d str, &'d str) {
    let line = format!("id = \"{id}\"");
    data.under("plans/").find(|(_, text)| text.lines().any(|l| l.trim() == line)).unwrap_or(("plans/", ""))
}

/// What a duty names that does not exist: the word, the field, how to mend it.
fn unknown<'o>(obligation: &'o Obligation, registry: &Registry) -> Vec<(&'o str, &'static str, String)> {
    let no_unit = |unit: &&UnitId| registry.get(unit).is_none();
    let units = obligation.who.units.iter().filter(no_unit);
    let mut found: Vec<_> =
        units.map(|unit| (unit.as_str(), "units", "không có trong danh bạ data/units/".to_owned())).collect();
    if let Duty::Counted(quota) = &obligation.duty {
        let mend = |known: &[&str]| format!("không có; dùng {}", known.join(", "));
        let strange = |words: &'o [String], known: &'static [&str], field| {
            let odd = words.iter().filter(|w| !known.contains(&w.as_str()));
            odd.map(move |w| (w.as_str(), field, mend(known))).collect::<Vec<_>>()
        };
        found.extend(strange(&quota.topics, &TOPICS, "topics"));
        found.extend(strange(&quota.quota_topics, &QUOTA_TOPICS, "quota_topics"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_exist_is_named_with_its_line() {
        let built_in = Data::built_in();
        let registry = Registry::parse(&built_in).unwrap();
        let text = built_in.get("plans/ha-noi-2026.toml").unwrap();
        let text = text.replace("[\"so-tai-chinh\"]", "[\"so-tai-chin\"]").replace("[\"the-che\"]", "[\"thể chế\"]");
        let data = Data::new([("plans/ha-noi-2026.toml".to_owned(), text)].into());
        let faults = Plans::parse(&data).unwrap().unresolved(&registry, &data);
        let lines = |word: &str| {
            data.get("plans/ha-noi-2026.toml").unwrap().lines().position(|l| l.contains(word)).map(|n| n + 1)
        };
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert_eq!(faults[0].line, lines("[\"thể chế\"]"));
        assert_eq!(faults[1].line, lines("so-tai-chin\""));
        assert_eq!(faults[1].to_string().split(": ").nth(1), Some("obligation \"a15\""));
    }

    #[test]
    fn the_built_in_plans_name_nothing_that_does_not_exist() {
        let data = Data::built_in();
        let registry = Registry::parse(&data).unwrap();
        assert_eq!(Plans::parse(&data).unwrap().unresolved(&registry, &data), []);
    }
}
