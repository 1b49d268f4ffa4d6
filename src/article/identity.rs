//! A number for a text: the same for every spelling, spacing and punctuation of the same words.

use super::Article;
use crate::text;
use xxhash_rust::xxh3::Xxh3;

/// Fewer words than these do not make a text recognisable by themselves ("xem tệp đính kèm").
const FEW_WORDS: usize = 30;

impl Article {
    /// A number for the words of its first text; see [`text_identity`].
    #[must_use]
    pub fn text_identity(&self) -> u64 {
        text_identity(&self.title, &self.sapo, &self.body)
    }
}

/// A number for the words of lead and body, and of the title where those are few.
#[must_use]
pub fn text_identity(title: &str, sapo: &str, body: &[String]) -> u64 {
    let mut words = 0;
    let mut hash = Xxh3::new();
    let mut feed = |part: &str| {
        let bare = text::bare(part);
        words += bare.bytes().filter(|b| *b == b' ').count();
        hash.update(bare.as_bytes());
        words
    };
    feed(sapo);
    if body.iter().map(|paragraph| feed(paragraph)).last().unwrap_or(0) < FEW_WORDS {
        feed(title);
    }
    hash.digest()
}
