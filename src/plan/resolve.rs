//! Whether the units, topics and themes that plans name exist.
//!
//! A file of its own because it needs the other rules: a plan can be read without them.

use super::{Duty, Obligation, Plans};
use crate::data::Data;
use crate::error::Fault;
use crate::lexicon::{Asked, Lexicons};
use crate::registry::Registry;
use crate::unit::UnitId;

impl Plans {
    /// Names every unit, topic and theme of the plans that does not exist; `data` is where the plans came from.
    #[must_use]
    pub fn unresolved(&self, registry: &Registry, lexicons: &Lexicons, data: &Data) -> Vec<Fault> {
        let known = |of: Asked| lexicons.answers.iter().filter(move |a| a.of == of).map(|a| a.id.as_str()).collect();
        let known = Known {
            registry,
            topics: known(Asked::Topic),
            quota_topics: known(Asked::Quota),
            themes: lexicons.themes.iter().map(|t| t.id.as_str()).collect(),
        };
        let mut faults = Vec::new();
        for plan in self.iter() {
            let file = self.file(&plan.id).unwrap_or_default();
            let text = data.get(file).unwrap_or_default();
            for obligation in &plan.obligations {
                for (word, field, mend) in unknown(obligation, &known) {
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

/// The ids that exist.
struct Known<'l> {
    registry: &'l Registry,
    topics: Vec<&'l str>,
    quota_topics: Vec<&'l str>,
    themes: Vec<&'l str>,
}

/// What a duty names that does not exist: the word, the field, how to mend it.
fn unknown<'o>(obligation: &'o Obligation, known: &Known<'_>) -> Vec<(&'o str, &'static str, String)> {
    let strange = |words: &'o [String], ids: &[&str], field| {
        let odd = words.iter().filter(|word| !ids.contains(&word.as_str()));
        odd.map(|word| (word.as_str(), field, format!("không có; dùng {}", ids.join(", ")))).collect::<Vec<_>>()
    };
    let no_unit = |unit: &&UnitId| known.registry.get(unit).is_none();
    let units = obligation.who.units.iter().filter(no_unit);
    let mut found: Vec<_> =
        units.map(|unit| (unit.as_str(), "units", "không có trong danh bạ data/units/".to_owned())).collect();
    match &obligation.duty {
        Duty::Counted(quota) => {
            found.extend(strange(&quota.topics, &known.topics, "topics"));
            found.extend(strange(&quota.quota_topics, &known.quota_topics, "quota_topics"));
        }
        Duty::Coverage { themes, .. } => {
            let mute = themes.iter().filter(|theme| !known.themes.contains(&theme.id.as_str()));
            let mend = "chưa có từ ngữ trong data/lexicons/themes.toml nên sẽ không bao giờ thấy bài";
            found.extend(mute.map(|theme| (theme.id.as_str(), "theme", mend.to_owned())));
        }
        Duty::Attested => {}
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
        let text = text
            .replace("[\"so-tai-chinh\"]", "[\"so-tai-chin\"]")
            .replace("[\"the-che\"]", "[\"thể chế\"]")
            .replace("id = \"a21-dd\"", "id = \"a21-đ\"");
        let data = Data::new([("plans/ha-noi-2026.toml".to_owned(), text)].into());
        let faults = Plans::parse(&data).unwrap().unresolved(&registry, &lexicons, &data);
        let lines = |word: &str| {
            data.get("plans/ha-noi-2026.toml").unwrap().lines().position(|l| l.contains(word)).map(|n| n + 1)
        };
        assert_eq!(faults.len(), 4, "{faults:?}");
        assert_eq!(faults[0].line, lines("a21-đ"));
        assert_eq!(faults[1].line, lines("[\"thể chế\"]"));
        assert_eq!(faults[2].line, lines("so-tai-chin\""));
        assert_eq!(faults[2].to_string().split(": ").nth(1), Some("obligation \"a15\""));
    }

    #[test]
    fn the_built_in_plans_name_nothing_that_does_not_exist() {
        let data = Data::built_in();
        let registry = Registry::parse(&data).unwrap();
        let lexicons = Lexicons::parse(&data).unwrap();
        assert_eq!(Plans::parse(&data).unwrap().unresolved(&registry, &lexicons, &data), []);
    }
}
