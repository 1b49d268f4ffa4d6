//! Puts the parts of what is held of an article together, the same way wherever it is asked.
//!
//! Three have a say, each in place of the one before: the article's own words, the texts that stood
//! before it, and what people had decided beforehand.

use super::{About, Article, ArticleId, Assessment, Reason, WORDLESS};
use serde::{Deserialize, Serialize};

/// What other texts say of an article. It rests on texts alone and not on the rules, so an article
/// assessed anew keeps it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Novelty {
    /// See [`Assessment::repost`].
    pub repost: bool,
    /// See [`Assessment::repost_of`].
    pub repost_of: Option<ArticleId>,
    /// See [`Assessment::similarity`].
    pub similarity: f64,
    /// Why, for the reader.
    pub reasons: Vec<Reason>,
}

impl Article {
    /// Whether a picture or a file stands in the place of its text.
    #[must_use]
    pub fn is_wordless(&self) -> bool {
        self.warnings.iter().any(|warning| warning == WORDLESS)
    }

    /// What is held of this article: what it is by itself (`found`), beside other texts (`novelty`),
    /// and in place of either what it brought with it.
    #[must_use]
    pub fn whole(&self, found: Assessment, novelty: Novelty) -> Assessment {
        let Novelty { repost, repost_of, similarity, reasons } = novelty;
        let mut whole = Assessment { repost, repost_of, similarity, ..found };
        whole.reasons.extend(reasons);
        // What a picture or a file says, only people can read.
        if self.is_wordless() && !whole.unsure.contains(&About::Cchc) {
            whole.unsure.push(About::Cchc);
        }
        if let Some(given) = &self.assessment {
            given.apply(&mut whole);
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(about: About, code: &str) -> Reason {
        Reason { about, code: code.to_owned(), detail: String::new() }
    }

    /// What an article is by itself, however often it is asked.
    fn found() -> Assessment {
        Assessment { is_cchc: true, reasons: vec![reason(About::Cchc, "words")], ..Assessment::default() }
    }

    #[test]
    fn what_an_article_brought_with_it_stands_above_both() {
        let given = serde_json::from_str(r#"{"id":"x","assessment":{"is_cchc":false,"repost":false}}"#);
        let article: Article = given.unwrap();
        let copy = Novelty { repost: true, similarity: 0.9, ..Novelty::default() };
        let whole = article.whole(found(), copy);
        assert_eq!((whole.is_cchc, whole.repost, whole.similarity), (false, false, 0.9));
        let codes: Vec<(About, &str)> = whole.reasons.iter().map(|r| (r.about, r.code.as_str())).collect();
        assert_eq!(codes, [(About::Cchc, "given"), (About::Novelty, "given")]);
    }
}
