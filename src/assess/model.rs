//! A linear model whose every number can be shown: lists, measures and words, each with its weight.

use super::features::{EXTRAS, Features, gram, said};
use super::reading::{UNKNOWN, Vocabulary};
use crate::lexicon::{Answer, Asked, Lexicons};
use crate::text;
use foldhash::fast::FixedState;
use std::collections::HashMap;

/// What a list's amount and share weigh for an answer it speaks for, before anything is learnt.
pub(super) const PRIOR_AMOUNT: f64 = 0.8;
/// See [`PRIOR_AMOUNT`].
pub(super) const PRIOR_SHARE: f64 = 4.0;

/// The weights of one answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    pub bias: f64,
    /// Whether the sender's field bears on it.
    pub sent: bool,
    /// Per list: weight of its amount and of its share.
    pub lists: Vec<(f64, f64)>,
    pub extras: [f64; EXTRAS.len()],
}

/// All answers' weights.
#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    pub lines: Vec<Line>,
    /// Where in `weights` a word or pair stands. By keys of our own tables, so nobody can choose any that collide.
    grams: HashMap<u64, u32, FixedState>,
    /// The same for sections without diacritics, where several words are written as one.
    bare: HashMap<u64, u32, FixedState>,
    /// What each word or pair weighs for which answers.
    weights: Vec<Vec<(u16, f32)>>,
}

impl Model {
    /// The weights of the file, or, for answers it does not speak of, those of the lists alone.
    pub(super) fn new(lexicons: &Lexicons, vocabulary: &mut Vocabulary) -> Self {
        let list = |id: &str| lexicons.lists.iter().position(|l| l.id == id);
        let mut model =
            Self { lines: lexicons.answers.iter().map(|a| prior(a, lexicons)).collect(), ..Self::default() };
        for (n, answer) in lexicons.answers.iter().enumerate() {
            let mut own = lexicons.weights.iter().filter(|w| w.answer == answer.id).peekable();
            if own.peek().is_some() {
                let sent = model.lines[n].sent;
                model.lines[n] = Line { sent, lists: vec![(0.0, 0.0); lexicons.lists.len()], ..Line::default() };
            }
            for weight in own {
                let line = &mut model.lines[n];
                match weight.feature.split_once(':') {
                    Some(("amount", id)) => {
                        if let Some(at) = list(id) {
                            line.lists[at].0 = weight.weight;
                        }
                    }
                    Some(("share", id)) => {
                        if let Some(at) = list(id) {
                            line.lists[at].1 = weight.weight;
                        }
                    }
                    Some(("extra", id)) => {
                        if let Some(at) = EXTRAS.iter().position(|e| *e == id) {
                            line.extras[at] = weight.weight;
                        }
                    }
                    Some(("word", words)) => model.add_gram(n, words, weight.weight, vocabulary),
                    _ => line.bias = weight.weight,
                }
            }
        }
        model.add_bare(vocabulary);
        model
    }

    /// Takes what each word or pair weighs over to its spelling without diacritics. One that may stand
    /// for several is each of them with as much doubt as there are others.
    fn add_bare(&mut self, vocabulary: &mut Vocabulary) {
        let mut fold = |id| if id == UNKNOWN { id } else { vocabulary.without_marks(id) };
        let spellings = self.grams.iter();
        let mut spellings: Vec<(u64, u32)> =
            spellings.map(|(key, at)| (gram(fold((key >> 32) as u32), fold(*key as u32)), *at)).collect();
        spellings.sort_unstable();
        for one in spellings.chunk_by(|a, b| a.0 == b.0) {
            #[expect(clippy::cast_precision_loss, reason = "a syllable has a dozen tones and letters")]
            let doubt = (one.len() as f32).sqrt();
            let weights = one.iter().flat_map(|(_, at)| &self.weights[*at as usize]);
            let weights = weights.map(|(answer, weight)| (*answer, weight / doubt)).collect();
            self.bare.insert(one[0].0, self.next_place());
            self.weights.push(weights);
        }
    }

    fn next_place(&self) -> u32 {
        u32::try_from(self.weights.len()).expect("a few ten thousand words and pairs")
    }

    fn add_gram(&mut self, answer: usize, words: &str, weight: f64, vocabulary: &mut Vocabulary) {
        let mut ids = text::words(words).map(|w| vocabulary.intern(w)).collect::<Vec<_>>().into_iter();
        if let Some(first) = ids.next() {
            let key = gram(first, ids.next().unwrap_or(UNKNOWN));
            let answer = u16::try_from(answer).expect("a few dozen answers");
            #[expect(clippy::cast_possible_truncation, reason = "weights have four digits")]
            let weight = weight as f32;
            let next = self.next_place();
            let at = *self.grams.entry(key).or_insert(next);
            if at == next {
                self.weights.push(Vec::new());
            }
            self.weights[at as usize].push((answer, weight));
        }
    }

    /// The score of each answer; above zero means more likely than not.
    pub(super) fn scores(&self, features: &Features) -> Vec<f64> {
        let mut scores: Vec<f64> = self.lines.iter().map(|line| line.score(features)).collect();
        // Together where it is the same, and in one order, whatever the order of the text.
        let mut weighed: Vec<u64> = Vec::with_capacity(features.grams.len() + features.bare.len());
        for (places, grams) in [(&self.grams, &features.grams), (&self.bare, &features.bare)] {
            // The place above, how many times it counts below: one number is sorted faster than two.
            let found = grams.iter().filter_map(|(key, times)| Some((places.get(key)?, times)));
            weighed.extend(found.map(|(place, times)| (u64::from(*place) << 8) | u64::from(*times)));
        }
        weighed.sort_unstable();
        let mut grams = vec![0.0; scores.len()];
        for same in weighed.chunk_by(|a, b| a >> 8 == b >> 8) {
            let worth = said(same.iter().map(|both| *both as u8));
            for (answer, weight) in &self.weights[(same[0] >> 8) as usize] {
                grams[usize::from(*answer)] += *weight * worth;
            }
        }
        for (score, sum) in scores.iter_mut().zip(grams) {
            *score += f64::from(sum * features.gram_worth);
        }
        scores
    }
}

impl Line {
    /// The lists as this answer hears them.
    pub(super) fn heard<'f>(&self, features: &'f Features) -> &'f [(f32, f32)] {
        if self.sent { &features.sent } else { &features.lists }
    }

    pub(super) fn score(&self, features: &Features) -> f64 {
        let lists = self.lists.iter().zip(self.heard(features));
        let lists: f64 = lists.map(|(w, f)| w.0 * f64::from(f.0) + w.1 * f64::from(f.1)).sum();
        let extras: f64 = self.extras.iter().zip(&features.extras).map(|(w, f)| w * f64::from(*f)).sum();
        self.bias + lists + extras
    }
}

/// What the lists alone say: the weights learning starts from and stays near.
pub(super) fn prior(answer: &Answer, lexicons: &Lexicons) -> Line {
    let sent = matches!(answer.of, Asked::Topic | Asked::Quota);
    // A quota topic may be a minor matter of a long text: its share says less than for topic areas.
    let share = if answer.of == Asked::Quota { PRIOR_SHARE / 4.0 } else { PRIOR_SHARE };
    let mut line = Line { sent, bias: -2.0, lists: vec![(0.0, 0.0); lexicons.lists.len()], ..Line::default() };
    for (names, sign) in [(&answer.pro, 1.0), (&answer.con, -1.0)] {
        // Many lists on one side share the weight of one.
        #[expect(clippy::cast_precision_loss, reason = "a dozen lists")]
        let each = sign / (names.len() as f64).sqrt();
        for name in names {
            if let Some(at) = lexicons.lists.iter().position(|l| l.id == *name) {
                line.lists[at] = (each * PRIOR_AMOUNT, each * share);
            } else if let Some(at) = EXTRAS.iter().position(|e| name.strip_prefix("extra:") == Some(e)) {
                line.extras[at] = sign * 2.0;
            }
        }
    }
    line
}

/// The probability a score stands for.
pub(super) fn probability(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}
