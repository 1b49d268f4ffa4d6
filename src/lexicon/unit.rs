//! The words that tell whose an article is: `data/lexicons/unit.toml`.

use super::lists::{Answer, Asked, List};
use crate::data::Data;
use crate::error::Fault;
use crate::fields::{Fields, Source};
use crate::registry::Registry;
use crate::unit::UnitId;
use std::collections::BTreeMap;

const FILE: &str = "lexicons/unit.toml";

/// Words, weights and thresholds for reading the unit out of a text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UnitWords {
    /// Stand before a ward's name.
    pub phuong: Vec<String>,
    /// Stand before a commune's name.
    pub xa: Vec<String>,
    /// Stand before a former district's name.
    pub district: Vec<String>,
    /// Stand before a province's name, and never before the city's.
    pub province: Vec<String>,
    /// Stand before a city's name.
    pub city: Vec<String>,
    /// The city's own name: behind a commune's name it is no part of that.
    pub own_city: Vec<String>,
    /// Ends of agencies' names that stand for the city.
    pub agency_end: Vec<String>,
    /// What may stand in their place.
    pub agency_end_also: Vec<String>,
    /// Join the names of a list, and the parts of an agency's name; `&` is read as these.
    pub and: Vec<String>,
    /// Join the names of a list.
    pub or: Vec<String>,
    /// May stand between a name and the word that tells its role.
    pub before_name: Vec<String>,
    /// Stand before names that are places here: streets, lakes, people.
    pub place: Vec<String>,
    /// Open a source line.
    pub source: Vec<String>,
    /// Sorts of press; with a name behind them they are a press source.
    pub press: Vec<String>,
    /// What opens a line that names who wrote, before its colon.
    pub wrote: Vec<String>,
    /// What names, in such a line, who took the pictures.
    pub pictured: Vec<String>,
    /// What the name of an office of a unit begins with, before the unit's own name.
    pub office: Vec<String>,
    /// Signatures that name nobody.
    pub nobody: Vec<String>,
    /// Before a name: this unit acts.
    pub host_before: Vec<String>,
    /// Before a name: this unit is only visited, asked or mentioned.
    pub passive_before: Vec<String>,
    /// Behind a name: this unit acts.
    pub host_after: Vec<String>,
    /// Somewhere before a name that is only a place: what stands there is looked into by others.
    pub looked_into_before: Vec<String>,
    /// Right before a name: others praise or blame this unit.
    pub judged_before: Vec<String>,
    /// Right behind a name: this unit is inspected, praised or blamed by others.
    pub judged_after: Vec<String>,
    /// Units above all others, mentioned everywhere.
    pub superior: Vec<UnitId>,
    /// How much each place and role weighs.
    pub weight: Weights,
    /// Below this score no unit is taken from the text.
    pub least_score: f64,
    /// Below this confidence the answer goes on the review list.
    pub confident: f64,
    /// Unit → the word lists its field speaks for.
    pub sender: BTreeMap<UnitId, Vec<String>>,
    /// Topic area → the unit charged with it, for in-depth articles that name no unit.
    pub field: BTreeMap<String, UnitId>,
}

/// How much a mention weighs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Weights {
    /// Anywhere in the title.
    pub title: f64,
    /// Added at the very beginning of the title.
    pub title_start: f64,
    /// In the lead.
    pub sapo: f64,
    /// In the first paragraph.
    pub first_paragraph: f64,
    /// In each later paragraph.
    pub paragraph: f64,
    /// Factor: the unit acts.
    pub host: f64,
    /// Factor: the unit is visited, asked, mentioned.
    pub passive: f64,
    /// Factor: the unit stands in a list.
    pub listed: f64,
    /// Factor: a commune's name without the word before it.
    pub bare: f64,
    /// Factor: the unit is above all others.
    pub superior: f64,
}

impl UnitWords {
    pub(super) fn parse(data: &Data, lists: &[List], answers: &[Answer]) -> Result<Self, Vec<Fault>> {
        let Some(text) = data.get(FILE) else { return Ok(Self::default()) };
        let source = Source::new(FILE, text);
        let table = source.parse();
        let root = source.root(&table);
        root.schema(1);
        let words = Self::read(&root);
        words.check(&root, lists, answers);
        drop(root);
        let faults = source.into_faults();
        if faults.is_empty() { Ok(words) } else { Err(faults) }
    }

    /// Refuses lists and topic areas that do not exist: their lines would never speak.
    fn check(&self, root: &Fields, lists: &[List], answers: &[Answer]) {
        let list = |id: &str| lists.iter().any(|list| list.id == id);
        for id in self.sender.values().flatten().filter(|id| !list(id)) {
            root.fault("sender", format!("không có danh mục từ «{id}»"));
        }
        let topic = |id: &str| answers.iter().any(|answer| answer.of == Asked::Topic && answer.id == id);
        for id in self.field.keys().filter(|id| !topic(id)) {
            root.fault("field", format!("không có lĩnh vực «{id}» trong lexicons/answers.toml"));
        }
    }

    /// Every unit that the file names, with the field that does.
    fn named(&self) -> impl Iterator<Item = (&'static str, &UnitId)> {
        let superior = self.superior.iter().map(|unit| ("superior", unit));
        let sender = self.sender.keys().map(|unit| ("sender", unit));
        superior.chain(sender).chain(self.field.values().map(|unit| ("field", unit)))
    }

    /// Names the units of the file that do not exist.
    #[must_use]
    pub fn unresolved(&self, registry: &Registry) -> Vec<Fault> {
        let fault = |(field, unit): (&str, &UnitId)| Fault {
            file: FILE.to_owned(),
            line: None,
            field: field.to_owned(),
            message: format!("«{unit}» không có trong danh bạ data/units/"),
        };
        self.named().filter(|(_, unit)| registry.get(unit).is_none()).map(fault).collect()
    }

    fn read(root: &Fields) -> Self {
        let list = |key| root.need_texts(key).into_iter().map(str::to_owned).collect();
        let threshold = root.table("threshold");
        let limit = |key, usual| {
            let value = threshold.as_ref().and_then(|t| t.decimal(key));
            value.unwrap_or(usual)
        };
        let words = Self {
            phuong: list("phuong"),
            xa: list("xa"),
            district: list("district"),
            province: list("province"),
            city: list("city"),
            own_city: list("own_city"),
            agency_end: list("agency_end"),
            agency_end_also: list("agency_end_also"),
            and: list("and"),
            or: list("or"),
            before_name: list("before_name"),
            place: list("place"),
            source: list("source"),
            press: list("press"),
            wrote: list("wrote"),
            pictured: list("pictured"),
            office: list("office"),
            nobody: list("nobody"),
            host_before: list("host_before"),
            passive_before: list("passive_before"),
            host_after: list("host_after"),
            looked_into_before: list("looked_into_before"),
            judged_before: list("judged_before"),
            judged_after: list("judged_after"),
            superior: root.all("superior"),
            weight: root.table("weight").as_ref().map(Weights::read).unwrap_or_default(),
            least_score: limit("score", 1.5),
            confident: limit("confident", 0.75),
            sender: sender(root),
            field: field(root),
        };
        threshold.iter().for_each(Fields::finish);
        root.finish();
        words
    }
}

fn sender(root: &Fields) -> BTreeMap<UnitId, Vec<String>> {
    let read = |(unit, lists): (&str, &str)| match unit.parse() {
        Ok(unit) => Some((unit, lists.split_whitespace().map(str::to_owned).collect())),
        Err(e) => {
            root.fault("sender", e);
            None
        }
    };
    root.pairs("sender").into_iter().filter_map(read).collect()
}

fn field(root: &Fields) -> BTreeMap<String, UnitId> {
    let read = |(topic, unit): (&str, &str)| match unit.parse() {
        Ok(unit) => Some((topic.to_owned(), unit)),
        Err(e) => {
            root.fault("field", e);
            None
        }
    };
    root.pairs("field").into_iter().filter_map(read).collect()
}

impl Weights {
    fn read(fields: &Fields) -> Self {
        let value = |key| {
            let read = fields.decimal(key);
            if read.is_none() && !fields.has(key) {
                fields.fault(key, format!("thiếu; thêm dòng `{key} = 1.0`"));
            }
            read.unwrap_or_default()
        };
        let weights = Self {
            title: value("title"),
            title_start: value("title_start"),
            sapo: value("sapo"),
            first_paragraph: value("first_paragraph"),
            paragraph: value("paragraph"),
            host: value("host"),
            passive: value("passive"),
            listed: value("listed"),
            bare: value("bare"),
            superior: value("superior"),
        };
        fields.finish();
        weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicons;

    /// The built-in files with another text of this one.
    fn with(text: String) -> Data {
        let built_in = Data::built_in();
        let mut files: BTreeMap<_, _> = built_in.under("").map(|(p, t)| (p.to_owned(), t.to_owned())).collect();
        files.insert(FILE.to_owned(), text);
        Data::new(files)
    }

    #[test]
    fn what_does_not_exist_is_named() {
        let built_in = Data::built_in();
        let text = built_in.get(FILE).unwrap();
        let odd = text.replace("so-noi-vu = \"bo-may", "so-noi-vu = \"bo-mai").replace("\nchi-so = ", "\nchi-xo = ");
        let told: Vec<String> = Lexicons::parse(&with(odd)).unwrap_err().iter().map(ToString::to_string).collect();
        assert!(told.len() == 2 && told[0].contains("«bo-mai»") && told[1].contains("«chi-xo»"), "{told:?}");
        let registry = Registry::parse(&built_in).unwrap();
        let odd = text.replace("\"thanh-uy\"", "\"thanh-ui\"").replace("\nso-noi-vu = ", "\nso-noi-vuu = ");
        let faults = Lexicons::parse(&with(odd)).unwrap().unit.unresolved(&registry);
        let told: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(told, ["superior", "sender"], "{faults:?}");
        assert_eq!(Lexicons::parse(&built_in).unwrap().unit.unresolved(&registry), []);
    }

    #[test]
    fn a_list_that_is_missing_or_no_list_is_a_fault_with_its_place() {
        let text = Data::built_in().get(FILE).unwrap().replace("\nor = [\"hay\", \"hoặc\"]", "\nor = \"hay\"");
        let text = text.replace("\nbefore_name", "\nbefore");
        let faults = Lexicons::parse(&with(text)).unwrap_err();
        let told: Vec<String> = faults.iter().map(|f| f.to_string().split(';').next().unwrap().to_owned()).collect();
        insta::assert_snapshot!(told.join("\n"), @r#"
        lexicons/unit.toml:1: before_name: thiếu
        lexicons/unit.toml:44: or: phải là danh sách chuỗi như ["a", "b"]
        lexicons/unit.toml:46: before: không có trường này
        "#);
    }
}
