//! All rules at once, as read from one version of the data files, with their hashes.

use crate::assess::Assessor;
use crate::data::Data;
use crate::digest::sha256;
use crate::error::{Error, Fault, Result};
use crate::lexicon::Lexicons;
use crate::plan::Plans;
use crate::platform::Platforms;
use crate::registry::Registry;
use std::collections::BTreeMap;

/// Everything that `data/` says.
pub struct Rules {
    /// The files it was read from.
    pub data: Data,
    /// The plans.
    pub plans: Plans,
    /// The units.
    pub registry: Registry,
    /// The word lists.
    pub lexicons: Lexicons,
    /// The kinds of portals.
    pub platforms: Platforms,
}

impl Rules {
    /// Reads all rules.
    ///
    /// # Errors
    /// Every fault of every file, at once.
    pub fn parse(data: Data) -> Result<Self> {
        let mut faults = Vec::new();
        let plans = keep(Plans::parse(&data), &mut faults);
        let registry = keep(Registry::parse(&data), &mut faults);
        let lexicons = keep(Lexicons::parse(&data), &mut faults);
        let platforms = keep(Platforms::parse(&data), &mut faults);
        if let (Some(plans), Some(registry), Some(lexicons)) = (&plans, &registry, &lexicons) {
            faults.extend(plans.unresolved(registry, lexicons, &data));
        }
        match (plans, registry, lexicons, platforms) {
            (Some(plans), Some(registry), Some(lexicons), Some(platforms)) if faults.is_empty() => {
                Ok(Self { data, plans, registry, lexicons, platforms })
            }
            _ => Err(Error::Faults(faults)),
        }
    }

    /// The assessor these rules make.
    #[must_use]
    pub fn assessor(&self) -> Assessor {
        Assessor::new(&self.registry, &self.lexicons)
    }

    /// Names the rules an assessment rests on: units, word lists and the program.
    #[must_use]
    pub fn assessing(&self) -> String {
        let files = self.data.under("units/").chain(self.data.under("lexicons/"));
        let mut all = concat!(env!("CARGO_PKG_VERSION"), "\n").to_owned();
        for (path, text) in files {
            all.push_str(&format!("{path} {}\n", sha256(text.as_bytes())));
        }
        sha256(all.as_bytes())
    }

    /// The hashes a report of one plan names: its file, and each folder of rules as one.
    #[must_use]
    pub fn hashes(&self, plan: &str) -> BTreeMap<String, String> {
        let folder = |folder: &str| {
            let lines = self.data.under(folder).map(|(path, text)| format!("{path} {}\n", sha256(text.as_bytes())));
            sha256(lines.collect::<String>().as_bytes())
        };
        let file = self.data.get(&format!("plans/{plan}.toml")).unwrap_or_default();
        BTreeMap::from([
            ("plan".to_owned(), sha256(file.as_bytes())),
            ("registry".to_owned(), folder("units/")),
            ("lexicons".to_owned(), folder("lexicons/")),
            ("platforms".to_owned(), folder("platforms/")),
        ])
    }
}

fn keep<T>(read: std::result::Result<T, Vec<Fault>>, faults: &mut Vec<Fault>) -> Option<T> {
    read.map_err(|mut found| faults.append(&mut found)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_built_in_are_sound_and_their_hashes_stand_still() {
        let rules = Rules::parse(Data::built_in()).unwrap_or_else(|e| panic!("{e}"));
        assert!(rules.plans.get("ha-noi-2026").is_ok());
        assert_eq!(rules.hashes("ha-noi-2026"), rules.hashes("ha-noi-2026"));
        assert_ne!(rules.hashes("ha-noi-2026")["plan"], rules.hashes("ha-noi-2025")["plan"]);
    }
}
