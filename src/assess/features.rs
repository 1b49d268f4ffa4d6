//! What the classifier sees of an article: how much each word list is spoken, its measures, its words.

use super::phrases::Phrases;
use super::reading::{Gap, Place, Reading, Section, UNKNOWN, Vocabulary};
use crate::lexicon::List;

/// Measures beside the word lists, by name.
pub(super) const EXTRAS: [&str; 5] = ["length", "paragraphs", "numbers", "person", "questions"];

/// No article that anything was learnt from is longer than these. Whatever lies beyond says no more of
/// what it is, or a table of a hundred rows would make a study of any piece of news.
const LONGEST_WORDS: f32 = 500.0;
const MOST_PARAGRAPHS: f32 = 8.0;

/// How many times a hit counts by where it stands.
fn place_factor(place: Place) -> u8 {
    match place {
        Place::Author => 0,
        Place::Title => 3,
        Place::Sapo | Place::Category => 2,
        Place::Body(_) => 1,
    }
}

/// What a word or pair is worth that counts so many times in each of its places: saying it again adds
/// less and less.
pub(super) fn said(times: impl Iterator<Item = u8>) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "no text says a word so often")]
    let times = times.map(u32::from).sum::<u32>().max(1) as f32;
    1.0 + times.ln()
}

/// One phrase of a list found in the article, for the reasons.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spoken {
    pub list: usize,
    pub weight: f32,
    pub section: usize,
    pub start: usize,
    pub len: usize,
}

/// What the classifier sees.
#[derive(Debug, Clone, Default)]
pub(super) struct Features {
    /// For each list: how much it is spoken (logarithm), and its share of all that is spoken.
    pub lists: Vec<(f32, f32)>,
    /// The same with what the sender's field speaks for added: for topics, not for CCHC or not.
    pub sent: Vec<(f32, f32)>,
    /// The measures of [`EXTRAS`].
    pub extras: [f32; EXTRAS.len()],
    /// Single words and pairs of neighbours, as keys of [`gram`], in order of the text, and how many
    /// times each place counts.
    pub grams: Vec<(u64, u8)>,
    /// The same of sections written without diacritics.
    pub bare: Vec<(u64, u8)>,
    /// What each of `grams` is worth: less in a longer text, which has more of them.
    pub gram_worth: f32,
    /// The phrases behind `lists`.
    pub spoken: Vec<Spoken>,
}

/// The word lists, ready to be found.
#[derive(Debug, Clone, Default)]
pub(super) struct Lists {
    phrases: Phrases,
    /// Value → list and weight.
    values: Vec<(usize, f32)>,
    ids: Vec<String>,
}

/// What the sender's field is worth: as much as a plain word in the title.
const SENDER: f32 = 5.0;

/// The key of a single word or a pair of neighbours.
pub(super) fn gram(first: u32, second: u32) -> u64 {
    (u64::from(first) << 32) | u64::from(second)
}

impl Lists {
    pub(super) fn new(lists: &[List], vocabulary: &mut Vocabulary) -> Self {
        let mut found = Self { ids: lists.iter().map(|l| l.id.clone()).collect(), ..Self::default() };
        for (n, list) in lists.iter().enumerate() {
            for (phrase, weight) in &list.phrases {
                let value = u32::try_from(found.values.len()).expect("a few thousand phrases");
                #[expect(clippy::cast_possible_truncation, reason = "weights have three digits")]
                found.values.push((n, *weight as f32));
                found.phrases.insert(vocabulary, phrase, value);
            }
        }
        found
    }

    /// Reads the features of an article. `person`: it is signed by a person alone; `sender`: the
    /// lists its sender's field speaks for.
    pub(super) fn features(&self, reading: &Reading, person: bool, sender: &[String]) -> Features {
        let mut features = Features { lists: vec![(0.0, 0.0); self.ids.len()], ..Features::default() };
        let mut times: Vec<u8> = vec![0; self.values.len()];
        // A longer text says more of everything: what its paragraphs say is scaled to 200 words.
        #[expect(clippy::cast_precision_loss, reason = "articles have thousands of words, not millions")]
        let length = reading.length() as f32;
        let scale = (200.0 / length.max(80.0)).powf(0.7);
        for (n, section) in reading.sections.iter().enumerate() {
            let factor = f32::from(place_factor(section.place));
            if factor == 0.0 {
                continue;
            }
            let factor = if matches!(section.place, Place::Body(_)) { factor * scale } else { factor };
            for hit in self.phrases.longest(section) {
                let (list, weight) = self.values[hit.value as usize];
                let seen = &mut times[hit.value as usize];
                // Saying it again adds less and less.
                let again = [1.0, 0.5, 0.25, 0.12, 0.0][usize::from((*seen).min(4))];
                *seen = seen.saturating_add(1);
                let weight = weight * factor * again;
                features.lists[list].0 += weight;
                features.spoken.push(Spoken { list, weight, section: n, start: hit.start, len: hit.len });
            }
        }
        features.sent.clone_from(&features.lists);
        for (list, _) in features.sent.iter_mut().zip(&self.ids).filter(|(_, id)| sender.contains(id)) {
            list.0 += SENDER;
        }
        weigh(&mut features.lists);
        weigh(&mut features.sent);
        features.extras = extras(reading, length, person);
        features.grams = grams(reading, false);
        features.bare = grams(reading, true);
        features.gram_worth = gram_worth(reading);
        features
    }
}

/// Sums become logarithms, with their shares of the whole beside them.
fn weigh(lists: &mut [(f32, f32)]) {
    let all: f32 = lists.iter().map(|(sum, _)| sum).sum();
    for (sum, share) in lists {
        *share = *sum / (all + 5.0);
        *sum = sum.ln_1p();
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are small")]
fn extras(reading: &Reading, length: f32, person: bool) -> [f32; EXTRAS.len()] {
    let text = || reading.body().iter().map(|s| s.text.as_ref());
    let count = |is: fn(&str) -> bool| {
        reading
            .body()
            .iter()
            .map(|s| s.words.iter().filter(|w| is(&s.text[w.start as usize..w.end as usize])).count())
            .sum::<usize>() as f32
    };
    let numbers = count(|w| w.as_bytes()[0].is_ascii_digit());
    let questions = text().map(|t| t.matches('?').count()).sum::<usize>() as f32;
    [
        (length.clamp(20.0, LONGEST_WORDS) / 200.0).ln(),
        ((reading.body().len() as f32).min(MOST_PARAGRAPHS) - 4.0) / 4.0,
        (numbers / length.max(20.0)) * 10.0,
        f32::from(u8::from(person)),
        questions.min(4.0) / 2.0,
    ]
}

fn grams(reading: &Reading, bare: bool) -> Vec<(u64, u8)> {
    let mut grams = Vec::new();
    let said = reading.sections.iter().filter(|s| !matches!(s.place, Place::Author | Place::Category));
    said.filter(|section| section.bare == bare).for_each(|section| add_grams(section, &mut grams));
    grams
}

/// Sixteen over the root of the length: one in a text of 256 words.
#[expect(clippy::cast_precision_loss, reason = "articles have thousands of words, not millions")]
fn gram_worth(reading: &Reading) -> f32 {
    let words: usize = reading.sections[1..].iter().map(|s| s.words.len()).sum();
    16.0 / (words.max(50) as f32).sqrt()
}

fn add_grams(section: &Section, grams: &mut Vec<(u64, u8)>) {
    let times = place_factor(section.place);
    let mut before = UNKNOWN;
    for word in &section.words {
        if word.id != UNKNOWN {
            grams.push((gram(word.id, UNKNOWN), times));
            if before != UNKNOWN && word.gap == Gap::Space {
                grams.push((gram(before, word.id), times));
            }
        }
        before = word.id;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Article;

    #[test]
    fn a_long_table_makes_no_study_of_a_piece_of_news() {
        let measures = |rows: usize| {
            let mut body = vec!["Giải bóng đá thiếu nhi của phường khai mạc chiều nay tại sân vận động.".to_owned()];
            body.extend((0..rows).map(|n| format!("Nguyễn Văn An {n} | Đội {n} | ghi bàn")));
            extras(&Reading::new(&Article { body, ..Article::default() }, &Vocabulary::default()), 0.0, false)
        };
        let of_length = |words: f32| {
            let reading = Article::default();
            extras(&Reading::new(&reading, &Vocabulary::default()), words, false)[0]
        };
        assert_eq!(measures(7)[1], measures(300)[1]);
        assert!(measures(6)[1] < measures(7)[1]);
        assert_eq!(of_length(500.0), of_length(5000.0));
        assert!(of_length(400.0) < of_length(500.0));
    }
}
