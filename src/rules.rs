//! All rules at once, as read from one version of the data files, with their hashes.

use crate::article::Article;
use crate::assess::Assessor;
use crate::data::Data;
use crate::digest::sha256;
use crate::error::{Error, Fault, Result};
use crate::lexicon::Lexicons;
use crate::plan::Plans;
use crate::platform::Platforms;
use crate::registry::Registry;
use crate::site::{Site, Sites};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

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
    /// Made when it is first asked for.
    assessor: OnceLock<Arc<Assessor>>,
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
            faults.extend(lexicons.unit.unresolved(registry));
        }
        match (plans, registry, lexicons, platforms) {
            (Some(plans), Some(registry), Some(lexicons), Some(platforms)) if faults.is_empty() => {
                Ok(Self { data, plans, registry, lexicons, platforms, assessor: OnceLock::new() })
            }
            _ => Err(Error::Faults(faults)),
        }
    }

    /// The assessor these rules make.
    #[must_use]
    pub fn assessor(&self) -> Arc<Assessor> {
        Arc::clone(self.assessor.get_or_init(|| Arc::new(Assessor::new(&self.registry, &self.lexicons))))
    }

    /// What an article was given beforehand that these rules do not know, in sentences: nothing will
    /// ever be counted by it.
    #[must_use]
    pub fn strangers(&self, article: &Article) -> Vec<String> {
        let Some(given) = &article.assessment else { return Vec::new() };
        let units = given.unit.iter().flatten().chain(given.co_units.iter().flatten());
        let units = units.filter(|id| self.registry.get(id).is_none()).map(|id| format!("đơn vị «{id}»"));
        let answers = &self.lexicons.answers;
        let known = |topic: &String| answers.iter().any(|answer| answer.id == *topic);
        let topics = [&given.topics, &given.quota_topics].into_iter().flatten().flatten();
        let topics = topics.filter(|topic| !known(topic)).map(|topic| format!("chủ đề «{topic}»"));
        let told = |what: String| {
            format!("bài {}: {what} trong assessment không có trong danh mục, không tính được", article.id)
        };
        units.chain(topics).map(told).collect()
    }

    /// What entries of sites name that these rules do not know, in sentences: the portal is read all
    /// the same, but nobody is credited with what stands there, or it is recognised from its pages.
    #[must_use]
    pub fn strange_sites(&self, sites: &Sites) -> Vec<String> {
        let of_site = |site: &Site| {
            let unit = site.unit.as_ref().filter(|unit| self.registry.get(unit).is_none());
            let platform = site.platform.as_ref().filter(|platform| self.platforms.get(platform).is_none());
            let told = |what: String| format!("site \"{}\": {what}", site.id);
            let unit = unit
                .map(|id| told(format!("unit «{id}» không có trong danh mục đơn vị; bài ở cổng này chưa tính cho ai")));
            let platform = platform
                .map(|id| told(format!("platform «{id}» không có trong data/platforms; nền tảng được tự nhận dạng")));
            unit.into_iter().chain(platform)
        };
        sites.sites.iter().flat_map(of_site).collect()
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
        let file = self.plans.file(plan).and_then(|file| self.data.get(file)).unwrap_or_default();
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
    fn what_nothing_can_be_counted_by_is_told() {
        let rules = Rules::parse(Data::built_in()).unwrap();
        let line = r#"{"id":"a","assessment":{"unit":"khong-co","co_units":["so-tu-phap"],"topics":["tthc","x"]}}"#;
        let told = rules.strangers(&serde_json::from_str(line).unwrap());
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].contains("đơn vị «khong-co»") && told[1].contains("chủ đề «x»"), "{told:?}");
    }

    #[test]
    fn a_site_of_nobody_known_is_told() {
        let rules = Rules::parse(Data::built_in()).unwrap();
        let site = |unit: &str, platform: &str| {
            format!(
                "[crawler]\ncontact = \"mailto:a@b.vn\"\n[[site]]\nid = \"a\"\nhost = \"a.vn\"\nchannel = \"own-portal\"\nunit = \"{unit}\"\nplatform = \"{platform}\"\n"
            )
        };
        for (unit, platform, told) in [("so-tu-phap", "ims", 0), ("nope", "ims", 1), ("nope", "nope", 2)] {
            let sites = Sites::parse("s", &site(unit, platform)).unwrap();
            assert_eq!(rules.strange_sites(&sites).len(), told, "{unit} {platform}");
        }
    }

    #[test]
    fn the_rules_built_in_are_sound_and_their_hashes_stand_still() {
        let rules = Rules::parse(Data::built_in()).unwrap_or_else(|e| panic!("{e}"));
        assert!(rules.plans.get("ha-noi-2026").is_ok());
        assert_eq!(rules.hashes("ha-noi-2026"), rules.hashes("ha-noi-2026"));
        assert_ne!(rules.hashes("ha-noi-2026")["plan"], rules.hashes("ha-noi-2025")["plan"]);
    }

    #[test]
    fn every_file_of_rules_tells_its_form_and_another_is_refused() {
        let built_in = Data::built_in();
        let files: BTreeMap<String, String> =
            built_in.under("").map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
        let rules = ["holidays.toml", "lexicons/", "plans/", "platforms/", "units/"];
        let is_rules = |path: &&String| path.ends_with(".toml") && rules.iter().any(|part| path.starts_with(part));
        for path in files.keys().filter(is_rules) {
            let other = files[path].replacen("schema = 1\n", "schema = 2\n", 1);
            assert_ne!(other, files[path], "{path}");
            let told = Rules::parse(Data::new(
                [files.clone(), [(path.clone(), other)].into()].into_iter().flatten().collect(),
            ));
            let told = told.err().map(|error| error.to_string()).unwrap_or_default();
            assert!(
                told.lines().any(|line| line.starts_with(path.as_str()) && line.contains(": schema: ")),
                "{path}: {told}"
            );
        }
    }

    #[test]
    fn a_plan_is_named_by_its_text_whatever_its_file_is_called() {
        let built_in = Data::built_in();
        let moved =
            built_in.under("").map(|(path, text)| (path.replace("plans/ha-noi-2026", "plans/kh-75"), text.into()));
        let moved = Rules::parse(Data::new(moved.collect())).unwrap();
        let rules = Rules::parse(built_in).unwrap();
        assert_eq!(moved.hashes("ha-noi-2026"), rules.hashes("ha-noi-2026"));
    }
}
