//! Weighted word lists and the answers they speak for.

use crate::data::Data;
use crate::error::Fault;
use crate::fields::{Fields, Source};

/// The files that hold lists, in the order in which lists are numbered.
const LISTS: [(&str, Asked); 4] = [
    ("lexicons/topics.toml", Asked::Topic),
    ("lexicons/quota.toml", Asked::Quota),
    ("lexicons/other.toml", Asked::Cchc),
    ("lexicons/kind.toml", Asked::Kind),
];
const ANSWERS: &str = "lexicons/answers.toml";

/// One list of words and phrases that speak for the same thing.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// Its id, such as `tthc`.
    pub id: String,
    /// Which question it was made for.
    pub about: Asked,
    /// What people read.
    pub label: String,
    /// Its phrases with their weights.
    pub phrases: Vec<(String, f64)>,
}

/// Which question an answer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asked {
    /// CCHC or not.
    Cchc,
    /// Topic areas.
    Topic,
    /// Quota topics.
    Quota,
    /// News or in-depth.
    Kind,
}

/// One possible answer of the classifier.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Its id, such as `tthc` or `cchc`.
    pub id: String,
    /// Which question it answers.
    pub of: Asked,
    /// The quota topic it lies inside.
    pub inside: Option<String>,
    /// The quota topic that this topic area brings where it comes first.
    pub brings: Option<String>,
    /// Whether this topic area and what it brings are one question: the surer of the two decides both.
    pub same: bool,
    /// Lists (or `extra:` features) that speak for it before anything is learnt.
    pub pro: Vec<String>,
    /// Lists that speak against it.
    pub con: Vec<String>,
    /// From this probability on it is given.
    pub threshold: f64,
    /// Between these probabilities it goes on the review list.
    pub unsure: Option<[f64; 2]>,
}

impl Answer {
    /// Whether a list may bear on this answer: what an article is about says nothing of what kind
    /// it is, and what speaks against CCHC says nothing of its topics.
    #[must_use]
    pub fn hears(&self, list: &List) -> bool {
        match self.of {
            Asked::Cchc => list.about != Asked::Kind,
            Asked::Topic | Asked::Quota => matches!(list.about, Asked::Topic | Asked::Quota),
            Asked::Kind => list.about == Asked::Kind,
        }
    }
}

/// Reads all lists.
pub(super) fn lists(data: &Data) -> (Vec<List>, Vec<Fault>) {
    let (mut lists, mut faults) = (Vec::new(), Vec::new());
    for (file, about) in LISTS {
        let Some(text) = data.get(file) else { continue };
        let source = Source::new(file, text);
        let table = source.parse();
        let root = source.root(&table);
        root.schema(1);
        lists.extend(root.tables("list").iter().filter_map(|fields| list(fields, about)));
        root.finish();
        drop(root);
        faults.extend(source.into_faults());
    }
    (lists, faults)
}

fn list(fields: &Fields, about: Asked) -> Option<List> {
    let id = fields.need_text("id");
    if let Some(id) = id {
        fields.named(format!("list \"{id}\""));
    }
    let label = fields.need_text("label");
    let mut phrases = Vec::new();
    for (key, weight) in [("strong", 3.0), ("plain", 1.5), ("weak", 0.5)] {
        phrases.extend(fields.texts(key).into_iter().map(|p| (p.to_owned(), weight)));
    }
    fields.finish();
    Some(List { id: id?.to_owned(), about, label: label?.to_owned(), phrases })
}

/// Reads the answers and checks that they speak of lists that exist.
pub(super) fn answers(data: &Data, lists: &[List]) -> (Vec<Answer>, Vec<Fault>) {
    let Some(text) = data.get(ANSWERS) else { return (Vec::new(), Vec::new()) };
    let source = Source::new(ANSWERS, text);
    let table = source.parse();
    let root = source.root(&table);
    root.schema(1);
    let answers: Vec<Answer> = root.tables("answer").iter().filter_map(|fields| answer(fields, lists)).collect();
    root.finish();
    drop(root);
    let brought = answers.iter().filter_map(|a| Some(("brings", a.brings.as_ref()?)));
    let outer = answers.iter().filter_map(|a| Some(("inside", a.inside.as_ref()?)));
    for (field, quota) in brought.chain(outer) {
        if !answers.iter().any(|a| a.of == Asked::Quota && a.id == *quota) {
            source.fault(None, field, format!("không có câu trả lời quota «{quota}»"));
        }
    }
    (answers, source.into_faults())
}

fn answer(fields: &Fields, lists: &[List]) -> Option<Answer> {
    let id = fields.need_text("id");
    if let Some(id) = id {
        fields.named(format!("answer \"{id}\""));
    }
    let of = match fields.need_text("of")? {
        "cchc" => Asked::Cchc,
        "topic" => Asked::Topic,
        "quota" => Asked::Quota,
        "kind" => Asked::Kind,
        _ => {
            fields.fault("of", "phải là cchc, topic, quota hoặc kind");
            return None;
        }
    };
    let named = |key| -> Vec<String> {
        let known = |name: &&str| {
            let known = name.starts_with("extra:") || lists.iter().any(|l| l.id == **name);
            if !known {
                fields.fault(key, format!("không có danh mục từ «{name}»"));
            }
            known
        };
        fields.texts(key).into_iter().filter(known).map(str::to_owned).collect()
    };
    let answer = Answer {
        id: id?.to_owned(),
        of,
        inside: fields.text("inside").map(str::to_owned),
        brings: fields.text("brings").map(str::to_owned),
        same: fields.flag("same").unwrap_or_default(),
        pro: named("for"),
        con: named("against"),
        threshold: fields.decimal("threshold").unwrap_or(0.5),
        unsure: between(fields),
    };
    fields.finish();
    Some(answer)
}

fn between(fields: &Fields) -> Option<[f64; 2]> {
    let read = fields.decimals("unsure");
    match read.as_slice() {
        [] => None,
        [low, high] if low <= high => Some([*low, *high]),
        _ => {
            fields.fault("unsure", "phải là hai số, số nhỏ trước, như [0.3, 0.7]");
            None
        }
    }
}
