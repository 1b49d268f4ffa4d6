//! Labelled articles: one form for the examples we learn from, the set we measure on, and the
//! decisions of inspectors.

use super::learn::Example;
use crate::article::{Article, ArticleId, Assessment, Kind};
use crate::decision::{Decision, Ruling};
use crate::lexicon::Asked;
use crate::unit::UnitId;
use serde::{Deserialize, Serialize};

/// One line of a labelled set: the article's own fields, and the right answers beside them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Labelled {
    /// The article.
    #[serde(flatten)]
    pub article: Article,
    /// Who is credited.
    pub unit: Option<UnitId>,
    /// CCHC or not.
    pub is_cchc: bool,
    /// Topic areas, primary first.
    #[serde(default)]
    pub topics: Vec<String>,
    /// Quota topics.
    #[serde(default)]
    pub quota_topics: Vec<String>,
    /// News or in-depth.
    pub kind: Kind,
    /// Names of the labels two careful officials could dispute; not measured, not learnt.
    #[serde(default)]
    pub borderline: Vec<String>,
    /// Why it is hard, or who decided.
    #[serde(default)]
    pub note: String,
}

impl Labelled {
    /// What inspectors decided about an article, on top of what the program had found; `None` if
    /// nothing they decided is a label. Later decisions replace earlier ones.
    #[must_use]
    pub fn of_decisions(article: &Article, found: &Assessment, decisions: &[Decision]) -> Option<Self> {
        let mut labelled = Self {
            article: Article { assessment: None, ..article.clone() },
            unit: found.unit.clone(),
            is_cchc: found.is_cchc,
            topics: found.topics.clone(),
            quota_topics: found.quota_topics.clone(),
            kind: found.kind,
            // What nobody looked at is the program's own answer, and nothing to learn from.
            borderline: ["unit", "is_cchc", "topics", "quota_topics", "kind"].map(str::to_owned).to_vec(),
            note: String::new(),
        };
        let mut own: Vec<&Decision> = decisions.iter().filter(|d| d.item == article.id).collect();
        own.sort_by_key(|d| d.seq);
        let decided = own.into_iter().filter(|d| labelled.take(d)).count();
        (decided > 0).then_some(labelled)
    }

    /// Takes one decision over; false if it is none about a label.
    fn take(&mut self, decision: &Decision) -> bool {
        let labels: &[&str] = match &decision.ruling {
            Ruling::Unit { value } => {
                self.unit.clone_from(value);
                &["unit"]
            }
            Ruling::Cchc { value } => {
                self.is_cchc = *value;
                &["is_cchc"]
            }
            Ruling::Kind { value } => {
                self.kind = *value;
                &["kind"]
            }
            Ruling::Topics { value } => {
                let area = |id: &&String| TOPICS.contains(&id.as_str());
                self.topics = value.iter().filter(area).cloned().collect();
                self.quota_topics = value.iter().filter(|id| !area(id)).cloned().collect();
                &["topics", "quota_topics"]
            }
            _ => return false,
        };
        self.borderline.retain(|b| !labels.contains(&b.as_str()));
        self.note = format!("{}: {}", decision.by, decision.reason);
        true
    }

    /// The example to learn from.
    #[must_use]
    pub fn example(&self) -> Example {
        let asked = |name: &String| match name.as_str() {
            "is_cchc" => Some(Asked::Cchc),
            "topics" => Some(Asked::Topic),
            "quota_topics" => Some(Asked::Quota),
            "kind" => Some(Asked::Kind),
            _ => None,
        };
        let truth = Assessment {
            unit: self.unit.clone(),
            is_cchc: self.is_cchc,
            topics: self.topics.clone(),
            quota_topics: self.quota_topics.clone(),
            kind: self.kind,
            ..Assessment::default()
        };
        Example { article: self.article.clone(), truth, disputed: self.borderline.iter().filter_map(asked).collect() }
    }

    /// The article's id.
    #[must_use]
    pub fn id(&self) -> &ArticleId {
        &self.article.id
    }

    /// Whether a label is beyond dispute.
    #[must_use]
    pub fn sure(&self, label: &str) -> bool {
        !self.borderline.iter().any(|b| b == label)
    }
}

/// The nine topic areas (OBLIGATIONS, *Topic areas*); every other topic id is a quota topic.
pub const TOPICS: [&str; 9] = [
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time;

    #[test]
    fn decisions_become_labels_and_the_rest_stays_open() {
        let article = Article { id: ArticleId("a".to_owned()), ..Article::default() };
        let decide = |seq, item: &str, ruling| Decision {
            seq,
            at: time::parse("2026-05-01T08:00:00+07:00").unwrap(),
            by: "thanh-tra-1".to_owned(),
            item: ArticleId(item.to_owned()),
            ruling,
            reason: "đọc bài".to_owned(),
        };
        let topics = ["tthc", "kiem-soat-tthc"].map(str::to_owned).to_vec();
        let decisions = [
            decide(2, "a", Ruling::Kind { value: Kind::TinBai }),
            decide(1, "a", Ruling::Kind { value: Kind::ChuyenSau }),
            decide(3, "a", Ruling::Topics { value: topics }),
            decide(4, "b", Ruling::Cchc { value: true }),
        ];
        let labelled = Labelled::of_decisions(&article, &Assessment::default(), &decisions).unwrap();
        assert_eq!((labelled.kind, labelled.is_cchc), (Kind::TinBai, false));
        assert_eq!(
            (labelled.topics.as_slice(), labelled.quota_topics.as_slice()),
            (&["tthc".to_owned()][..], &["kiem-soat-tthc".to_owned()][..])
        );
        assert_eq!(labelled.borderline, ["unit", "is_cchc"]);
        assert!(Labelled::of_decisions(&article, &Assessment::default(), &decisions[3..]).is_none());
        let line = serde_json::to_string(&labelled).unwrap();
        assert_eq!(serde_json::from_str::<Labelled>(&line).unwrap().note, "thanh-tra-1: đọc bài");
    }
}
