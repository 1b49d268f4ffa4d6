//! Which themes of coverage duties an article carries.

use super::phrases::Phrases;
use super::reading::{Place, Reading, Vocabulary};
use crate::lexicon::Theme;

/// The themes, ready to be found.
#[derive(Debug, Clone, Default)]
pub(super) struct Themes {
    phrases: Phrases,
    /// Value → theme, and whether the phrase is one of its `needs`.
    values: Vec<(usize, bool)>,
}

/// A phrase in the title or lead is as good as two in the text.
const ENOUGH: u32 = 2;

impl Themes {
    pub(super) fn new(themes: &[Theme], vocabulary: &mut Vocabulary) -> Self {
        let mut found = Self::default();
        for (n, theme) in themes.iter().enumerate() {
            for (words, needed) in [(&theme.words, false), (&theme.needs, true)] {
                for word in words {
                    let value = u32::try_from(found.values.len()).expect("a few hundred phrases");
                    found.values.push((n, needed));
                    found.phrases.insert(vocabulary, word, value);
                }
            }
        }
        found
    }

    /// The ids of the themes an article with these topic areas carries.
    pub(super) fn carried(&self, themes: &[Theme], reading: &Reading, topics: &[String]) -> Vec<String> {
        let mut spoken = vec![(0_u32, 0_u32); themes.len()];
        for section in &reading.sections {
            let worth = match section.place {
                Place::Title | Place::Sapo => ENOUGH,
                Place::Body(_) => 1,
                Place::Author | Place::Category => continue,
            };
            self.phrases.each(section, |hit| {
                let (theme, needed) = self.values[hit.value as usize];
                let sum = if needed { &mut spoken[theme].1 } else { &mut spoken[theme].0 };
                *sum += worth;
            });
        }
        let carried = |(theme, (words, needs)): &(&Theme, (u32, u32))| {
            let about = *words >= ENOUGH || theme.topics.iter().any(|t| topics.contains(t));
            about && (theme.needs.is_empty() || *needs >= ENOUGH)
        };
        themes.iter().zip(spoken).filter(carried).map(|(theme, _)| theme.id.clone()).collect()
    }
}
