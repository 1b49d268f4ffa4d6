//! Who signed an article at its end.

use super::{Claim, Question};
use crate::assess::names::Mention;
use crate::assess::reading::{BODY, Gap};
use std::ops::Range;

/// A last line or sentence with more words is text.
const MAX_SIGNATURE: usize = 12;

/// The mentions that stand within some words of a section, as they stand in these alone.
pub(super) fn within(mentions: &[Mention], words: Range<usize>) -> Vec<Mention> {
    let inside = mentions.iter().filter(|m| m.start >= words.start && m.end <= words.end);
    inside.map(|m| Mention { start: m.start - words.start, end: m.end - words.start, ..*m }).collect()
}

impl Question<'_> {
    /// A short last paragraph, or what stands behind the last stop, but for who took the pictures.
    pub(super) fn signature(&self) -> Option<Claim> {
        let paragraphs = (BODY + 1..self.reading.sections.len()).rev().take(2);
        let signed = |n: usize| (n, self.gazetteer.before_pictures(&self.reading.sections[n]));
        let (n, end) = paragraphs.map(signed).find(|(_, end)| *end > 0)?;
        let section = &self.reading.sections[n];
        let cut = section.words[..end].iter().rposition(|w| w.gap == Gap::Hard)?;
        let gap = cut.checked_sub(1).map_or(0, |n| section.words[n].end as usize)..section.words[cut].start as usize;
        if cut > 0 && section.text[gap].contains(':') && !self.gazetteer.is_label(section, cut) {
            return None;
        }
        let tail = section.part(cut..end);
        let text = tail.text.trim_end_matches([' ', '\u{a0}']);
        let mentions = within(&self.mentions[n], cut..end);
        // A last sentence that ends in a full stop is a sentence, not a signature, unless it is but a name; and
        // so is a caption, which ends in none.
        let is_source = self.gazetteer.source_line(&tail).is_some();
        let is_sentence = text.ends_with('.') || !mentions.is_empty();
        let is_sentence =
            is_sentence && !is_source && !mentions.iter().any(|mention| self.gazetteer.closes(&tail, mention));
        if tail.words.len() > MAX_SIGNATURE || is_sentence || (cut == 0 && text.ends_with(['!', '?'])) {
            return None;
        }
        self.line(&tail, &mentions, "signature", 0.92)
    }
}
