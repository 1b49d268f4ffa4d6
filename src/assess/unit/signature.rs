//! Who signed an article at its end.

use super::{Claim, Question};
use crate::assess::names::Mention;
use crate::assess::reading::{BODY, Gap, Section};
use std::ops::Range;

/// A last line or sentence with more words is text.
const MAX_SIGNATURE: usize = 12;

/// The mentions that stand within some words of a section, as they stand in these alone.
fn within(mentions: &[Mention], words: Range<usize>) -> Vec<Mention> {
    let inside = mentions.iter().filter(|m| m.start >= words.start && m.end <= words.end);
    inside.map(|m| Mention { start: m.start - words.start, end: m.end - words.start, ..*m }).collect()
}

impl Question<'_> {
    /// A short last paragraph, or what stands behind the last full stop.
    pub(super) fn signature(&self) -> Option<Claim> {
        let last = self.reading.sections.len().checked_sub(1).filter(|n| *n > BODY)?;
        let section = &self.reading.sections[last];
        if let Some(claim) = self.writer(section, &self.mentions[last]) {
            return Some(claim);
        }
        let cut = section.words.iter().rposition(|w| w.gap == Gap::Hard)?;
        let (text, tail) = (section.text.trim_end_matches([' ', '\u{a0}']), section.tail(cut));
        let mentions = within(&self.mentions[last], cut..section.words.len());
        // A last sentence that ends in a full stop is a sentence, not a signature, unless it is but a name.
        let is_sentence = text.ends_with('.')
            && self.gazetteer.source_line(&tail).is_none()
            && !mentions.iter().any(|mention| self.gazetteer.closes(&tail, mention));
        if tail.words.len() > MAX_SIGNATURE || is_sentence || (cut == 0 && text.ends_with(['!', '?'])) {
            return None;
        }
        self.line(&tail, &mentions, "signature", 0.92)
    }

    /// "Tin: Phường Láng. Ảnh: Thu Hà": a last line that names first who wrote, then who took the pictures.
    fn writer(&self, section: &Section, mentions: &[Mention]) -> Option<Claim> {
        let wrote = self.gazetteer.wrote(section).filter(|_| section.words.len() <= MAX_SIGNATURE)?;
        let end = section.words.get(wrote.end - 1)?.end as usize;
        self.line(&section.part(wrote.start, end), &within(mentions, wrote), "signature", 0.92)
    }
}
