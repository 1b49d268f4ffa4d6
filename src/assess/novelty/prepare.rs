//! From an article to the text that is compared.

use super::boilerplate;
use super::tokens::{self, MAX_TOKENS, Token};
use crate::article::Article;
use xxhash_rust::xxh3::xxh3_64;

/// Below this many tokens a text says too little by itself ("kèm theo thông báo này"), and is
/// compared together with its title.
const SHORT: usize = 40;

/// A text ready to be compared: boilerplate gone, syllables folded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prepared {
    tokens: Vec<Token>,
    total: f32,
}

impl Prepared {
    /// Prepares the first text of an article.
    #[must_use]
    pub fn new(article: &Article) -> Self {
        Self::of(&article.title, &article.sapo, &article.body)
    }

    /// Prepares a text given in parts. The title counts only beside a text of a few sentences; a
    /// title without any text is nothing to compare.
    #[must_use]
    pub fn of(title: &str, sapo: &str, body: &[String]) -> Self {
        let mut reading = Vec::with_capacity(512);
        for paragraph in paragraphs(title, sapo, body) {
            let sentence = reading.last().map_or(0, |t: &Token| t.sentence.saturating_add(1));
            tokens::read(paragraph, sentence, |token, _| {
                if reading.len() < MAX_TOKENS {
                    reading.push(token);
                }
            });
        }
        let total = reading.iter().map(|t| t.kind.weight()).sum();
        Self { tokens: reading, total }
    }

    /// Nothing to compare: no text, or nothing but boilerplate.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// How many syllables and figures it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The weight of the whole text, in the measure of [`super::Overlap::total`].
    #[must_use]
    pub fn total(&self) -> f32 {
        self.total
    }

    /// Equal for texts that differ only in spelling and punctuation.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let bytes: Vec<u8> = self.tokens.iter().flat_map(|t| t.hash.to_le_bytes()).collect();
        xxh3_64(&bytes)
    }

    pub(crate) fn tokens(&self) -> &[Token] {
        &self.tokens
    }
}

/// The paragraphs that are compared, in order: what [`Prepared`] is made of and the card shows.
pub(crate) fn paragraphs<'a>(title: &'a str, sapo: &'a str, body: &'a [String]) -> Vec<&'a str> {
    let mut kept = boilerplate::strip(title, sapo, body);
    let syllables = || kept.iter().flat_map(|p| p.split_whitespace()).take(SHORT).count();
    if !kept.is_empty() && !title.trim().is_empty() && syllables() < SHORT {
        kept.insert(0, title);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_alone_is_nothing_and_a_short_text_takes_its_title_along() {
        assert!(Prepared::of("Thông báo", "", &[]).is_empty());
        assert_eq!(Prepared::of("Thông báo", "", &["Có kèm theo.".into()]).len(), 5);
        let long = ["một ".repeat(60)];
        assert_eq!(Prepared::of("Thông báo", "", &long).len(), 60);
    }

    #[test]
    fn digests_ignore_spelling() {
        let digest = |t: &str| Prepared::of("", t, &[]).digest();
        assert_eq!(digest("Hoà bình, thuỷ lợi."), digest("hòa bình thủy lợi"));
        assert_ne!(digest("Hoà bình"), digest("bình hoà"));
    }
}
