//! Puts the parts of what is held of an article together, the same way wherever it is asked.
//!
//! Three have a say, each in place of the one before: the article's own words, the texts that stood
//! before it, and what people had decided beforehand.

use super::{About, Article, ArticleId, Assessment, Reason, WORDLESS};

/// What other texts say of an article. It rests on texts alone and not on the rules, so an article
/// assessed anew keeps it.
#[derive(Debug, Clone, Default, PartialEq)]
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

impl From<Assessment> for Novelty {
    fn from(whole: Assessment) -> Self {
        let Assessment { repost, repost_of, similarity, mut reasons, .. } = whole;
        reasons.retain(|reason| reason.about == About::Novelty);
        Self { repost, repost_of, similarity, reasons }
    }
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
    pub fn whole(&self, mut found: Assessment, novelty: Novelty) -> Assessment {
        let Novelty { repost, repost_of, similarity, reasons } = novelty;
        found.reasons.retain(|reason| reason.about != About::Novelty);
        found.reasons.extend(reasons);
        let mut whole = Assessment { repost, repost_of, similarity, ..found };
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
    fn an_article_assessed_anew_keeps_what_other_texts_say_of_it() {
        let copy = Novelty {
            repost: true,
            repost_of: Some(ArticleId("a".into())),
            similarity: 0.9,
            reasons: vec![reason(About::Novelty, "repost")],
        };
        let article = Article::default();
        let whole = article.whole(found(), copy);
        assert_eq!((whole.is_cchc, whole.repost, whole.similarity), (true, true, 0.9));
        assert_eq!(article.whole(found(), whole.clone().into()), whole, "by other rules");
        assert_eq!(article.whole(whole.clone(), Novelty::default()), found(), "compared anew, and alone");
    }

    #[test]
    fn what_an_article_brought_with_it_stands_above_both() {
        let given = serde_json::from_str(r#"{"id":"x","assessment":{"is_cchc":false,"repost":false}}"#);
        let article: Article = given.unwrap();
        let copy = Novelty { repost: true, similarity: 0.9, ..Novelty::default() };
        let whole = article.whole(found(), copy.clone());
        assert_eq!((whole.is_cchc, whole.repost, whole.similarity), (false, false, 0.9));
        let codes: Vec<(About, &str)> = whole.reasons.iter().map(|r| (r.about, r.code.as_str())).collect();
        assert_eq!(codes, [(About::Cchc, "given"), (About::Novelty, "given")]);
        assert_eq!(article.whole(whole.clone(), copy), whole, "it is said once");
    }
}
