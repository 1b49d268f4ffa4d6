//! Whether the units and topics that plans name exist.
//!
//! A file of its own because it needs the other rules: a plan can be read without them.

use super::{Duty, Obligation, Plans};
use crate::data::Data;
use crate::error::Fault;
use crate::lexicon::{Asked, Lexicons};
use crate::registry::Registry;
use crate::unit::UnitId;

impl Plans {
    /// Names every unit and topic of the plans that does not exist; `data` is where the plans came from.
    #[must_use]
    pub fn unresolved(&self, registry: &Registry, lexicons: &Lexicons, data: &Data) -> Vec<Fault> {
        let known = |of: Asked| lexicons.answers.iter().filter(move |a| a.of == of).map(|a| a.id.as_str()).collect();
        let (topics, quota_topics): (Vec<&str>, Vec<&str>) = (known(Asked::Topic), known(Asked::Quota));
        let mut faults = Vec::new();
        for plan in self.iter() {
            let (file, text) = source(&plan.id, data);
            for obligation in &plan.obligations {
                for (word, field, mend) in unknown(obligation, registry, &topics, &quota_topics) {
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
fn unknown<'o>(
    obligation: &'o Obligation,
    registry: &Registry,
    topics: &[&str],
    quota_topics: &[&str],
) -> Vec<(&'o str, &'static str, String)> {
    let no_unit = |unit: &&UnitId| registry.get(unit).is_none();
    let units = obligation.who.units.iter().filter(no_unit);
    let mut found: Vec<_> =
        units.map(|unit| (unit.as_str(), "units", "không có trong danh bạ data/units/".to_owned())).collect();
    if let Duty::Counted(quota) = &obligation.duty {
        for (words, known, field) in
            [(&quota.topics, topics, "topics"), (&quota.quota_topics, quota_topics, "quota_topics")]
        {
            let strange = words.iter().filter(|w| !known.contains(&w.as_str()));
            found.extend(strange.map(|w| (w.as_str(), field, format!("không có; dùng {}", known.join(", ")))));
        }
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
        let lexicons = Lexicons::parse(&built_in).unwrap();
        let text = built_in.get("plans/ha-noi-2026.toml").unwrap();
        let text = text.replace("[\"so-tai-chinh\"]", "[\"so-tai-chin\"]").replace("[\"the-che\"]", "[\"thể chế\"]");
        let data = Data::new([("plans/ha-noi-2026.toml".to_owned(), text)].into());
        let faults = Plans::parse(&data).unwrap().unresolved(&registry, &lexicons, &data);
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
        let lexicons = Lexicons::parse(&data).unwrap();
        assert_eq!(Plans::parse(&data).unwrap().unresolved(&registry, &lexicons, &data), []);
    }
}
