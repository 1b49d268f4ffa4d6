//! Answers that come with an article: decided by people or known beforehand, they stand in place
//! of the classifier's own.

use super::{About, ArticleId, Assessment, Kind, Reason};
use crate::unit::UnitId;
use serde::{Deserialize, Serialize};

/// The code of the program's reasons for quota topics; its others about topics are for the topics.
pub const QUOTA_TOPIC: &str = "quota_topic";

/// Answers given beforehand, taken in place of the classifier's own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Given {
    /// `Some(None)`: decided that it is nobody's.
    #[serde(with = "presence", skip_serializing_if = "Option::is_none")]
    pub unit: Option<Option<UnitId>>,
    /// Credited beside `unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub co_units: Option<Vec<UnitId>>,
    /// See [`Assessment::taken_from`].
    #[serde(with = "presence", skip_serializing_if = "Option::is_none")]
    pub taken_from: Option<Option<String>>,
    /// See [`Assessment::is_cchc`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_cchc: Option<bool>,
    /// See [`Assessment::topics`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<String>>,
    /// See [`Assessment::quota_topics`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota_topics: Option<Vec<String>>,
    /// See [`Assessment::themes`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub themes: Option<Vec<String>>,
    /// See [`Assessment::kind`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// See [`Assessment::repost`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repost: Option<bool>,
    /// See [`Assessment::repost_of`].
    #[serde(with = "presence", skip_serializing_if = "Option::is_none")]
    pub repost_of: Option<Option<ArticleId>>,
    /// See [`Assessment::unit_confidence`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_confidence: Option<f64>,
    /// See [`Assessment::similarity`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub similarity: Option<f64>,
    /// See [`Assessment::reasons`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Vec<Reason>>,
}

impl From<Assessment> for Given {
    /// All answers, as given.
    fn from(found: Assessment) -> Self {
        Self {
            unit: Some(found.unit),
            co_units: Some(found.co_units).filter(|units| !units.is_empty()),
            taken_from: Some(found.taken_from),
            is_cchc: Some(found.is_cchc),
            topics: Some(found.topics),
            quota_topics: Some(found.quota_topics),
            themes: Some(found.themes).filter(|themes| !themes.is_empty()),
            kind: Some(found.kind),
            repost: Some(found.repost),
            repost_of: Some(found.repost_of),
            unit_confidence: Some(found.unit_confidence),
            similarity: Some(found.similarity),
            reasons: Some(found.reasons),
        }
    }
}

impl Given {
    /// Puts what was given in place of the answers found.
    pub(super) fn apply(&self, found: &mut Assessment) {
        fn put<T: Clone>(given: Option<&T>, found: &mut T) {
            if let Some(given) = given {
                found.clone_from(given);
            }
        }
        put(self.unit.as_ref(), &mut found.unit);
        put(self.co_units.as_ref(), &mut found.co_units);
        put(self.taken_from.as_ref(), &mut found.taken_from);
        put(self.is_cchc.as_ref(), &mut found.is_cchc);
        put(self.topics.as_ref(), &mut found.topics);
        put(self.quota_topics.as_ref(), &mut found.quota_topics);
        put(self.themes.as_ref(), &mut found.themes);
        put(self.kind.as_ref(), &mut found.kind);
        put(self.repost.as_ref(), &mut found.repost);
        put(self.repost_of.as_ref(), &mut found.repost_of);
        put(self.unit_confidence.as_ref(), &mut found.unit_confidence);
        put(self.similarity.as_ref(), &mut found.similarity);
        put(self.reasons.as_ref(), &mut found.reasons);
        // What people decided is not in doubt.
        let decided = [
            (About::Unit, self.unit.is_some()),
            (About::Cchc, self.is_cchc.is_some()),
            (About::Topic, self.topics.is_some()),
            (About::Kind, self.kind.is_some()),
            (About::Novelty, self.repost.is_some()),
        ];
        found.unsure.retain(|about| !decided.contains(&(*about, true)));
        if self.reasons.is_none() {
            // The program's reasons are for its own answers.
            found.reasons.retain(|reason| match reason.code.as_str() {
                QUOTA_TOPIC => self.quota_topics.is_none(),
                _ => !decided.contains(&(reason.about, true)),
            });
            let given = decided.into_iter().filter(|(_, is_given)| *is_given).map(|(about, _)| about);
            let quota_alone = self.quota_topics.is_some() && self.topics.is_none();
            found.reasons.extend(given.chain(quota_alone.then_some(About::Topic)).map(|about| self.reason(about)));
        }
    }

    /// Lays an answer to the file; of the two answers about topics it names the one that was given alone.
    fn reason(&self, about: About) -> Reason {
        let what = match (about, &self.topics, &self.quota_topics) {
            (About::Topic, Some(_), None) => "Lĩnh vực có sẵn",
            (About::Topic, None, Some(_)) => "Mảng có sẵn",
            _ => "Có sẵn",
        };
        let detail = format!("{what} trong tệp đưa vào, không phải chương trình thẩm định.");
        Reason { about, code: "given".to_owned(), detail }
    }
}

/// Serde that tells "absent" from "null".
mod presence {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer, T: Serialize>(v: &Option<Option<T>>, s: S) -> Result<S::Ok, S::Error> {
        v.as_ref().and_then(Option::as_ref).serialize(s)
    }

    pub(super) fn deserialize<'de, D, T>(d: D) -> Result<Option<Option<T>>, D::Error>
    where
        D: Deserializer<'de>,
        T: Deserialize<'de>,
    {
        Option::<T>::deserialize(d).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_unit_is_an_answer_and_an_absent_one_is_not() {
        let given = |json: &str| serde_json::from_str::<Given>(json).unwrap().unit;
        assert_eq!(given("{}"), None);
        assert_eq!(given(r#"{"unit":null}"#), Some(None));
        assert_eq!(given(r#"{"unit":"so-tu-phap"}"#), Some(Some("so-tu-phap".parse().unwrap())));
    }

    #[test]
    fn what_was_given_takes_the_place_of_what_was_found() {
        let given: Given = serde_json::from_str(r#"{"unit":null,"kind":"chuyen-sau"}"#).unwrap();
        let reason = |about| Reason { about, code: "guess".to_owned(), detail: String::new() };
        let mut found = Assessment {
            unit: Some("so-tu-phap".parse().unwrap()),
            is_cchc: true,
            reasons: vec![reason(About::Unit), reason(About::Cchc)],
            unsure: vec![About::Unit, About::Cchc],
            ..Assessment::default()
        };
        given.apply(&mut found);
        assert_eq!(
            (found.unit, found.is_cchc, found.kind, found.unsure),
            (None, true, Kind::ChuyenSau, vec![About::Cchc])
        );
        let reasons: Vec<(About, &str)> = found.reasons.iter().map(|r| (r.about, r.code.as_str())).collect();
        assert_eq!(reasons, [(About::Cchc, "guess"), (About::Unit, "given"), (About::Kind, "given")]);
    }

    #[test]
    fn topics_and_quota_topics_are_each_laid_to_whoever_gave_them() {
        let said = |code: &str| Reason { about: About::Topic, code: code.to_owned(), detail: code.to_owned() };
        let (topics, quota) = (r#""topics":["the-che"]"#, r#""quota_topics":["kiem-soat-tthc"]"#);
        for (given, expected) in [
            (String::new(), &["primary_topic", "quota_topic"][..]),
            (topics.to_owned(), &["quota_topic", "Lĩnh vực có sẵn trong tệp"]),
            (quota.to_owned(), &["primary_topic", "Mảng có sẵn trong tệp"]),
            (format!("{topics},{quota}"), &["Có sẵn trong tệp"]),
        ] {
            let mut found =
                Assessment { reasons: vec![said("primary_topic"), said(QUOTA_TOPIC)], ..Assessment::default() };
            serde_json::from_str::<Given>(&format!("{{{given}}}")).unwrap().apply(&mut found);
            let told: Vec<&str> = found.reasons.iter().map(|reason| reason.detail.as_str()).collect();
            let alike = told.iter().zip(expected).all(|(told, begin)| told.starts_with(begin));
            assert!(alike && told.len() == expected.len(), "{given}: {told:?}");
        }
    }
}
