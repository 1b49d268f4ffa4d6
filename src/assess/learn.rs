//! Learns the weights of the model from labelled articles, the same way every time.
//!
//! Logistic regression for each answer, by full passes over all examples in their order, starting
//! from and held near what the word lists alone say; nothing is drawn at random, so the same
//! examples give the same weights. What is learnt is a table people can read
//! ([`crate::lexicon::Weight`]).

use super::Assessor;
use super::features::{EXTRAS, Features, said};
use super::model::{self, Line, probability};
use super::reading::{Reading, UNKNOWN, Vocabulary};
use crate::article::{Article, Assessment, Kind};
use crate::lexicon::{Answer, Asked, Lexicons, Weight};
use crate::registry::Registry;
use crate::text;
use std::collections::BTreeMap;

/// An article with the right answers.
#[derive(Debug, Clone)]
pub struct Example {
    /// The article.
    pub article: Article,
    /// Its CCHC, topics, quota topics and kind are what is learnt.
    pub truth: Assessment,
    /// Answers two careful officials could dispute; nothing is learnt from these.
    pub disputed: Vec<Asked>,
}

/// Words that weigh less are left out of the table: tens of thousands of them change no answer.
const LEAST_WORD: f64 = 0.025;

/// How learning goes.
#[derive(Debug, Clone, Copy)]
pub struct Course {
    /// Passes over all examples.
    pub passes: usize,
    /// How far the lists' weights are held back.
    pub hold_lists: f64,
    /// How far the words' weights are held back: a writer's favourite words should not outweigh the lists.
    pub hold_words: f64,
    /// The same for news or in-depth, which shows in words no list has.
    pub hold_kind_words: f64,
    /// Words and pairs in fewer examples are passed over.
    pub least_examples: usize,
}

impl Default for Course {
    fn default() -> Self {
        Self { passes: 400, hold_lists: 8.0, hold_words: 7.0, hold_kind_words: 4.0, least_examples: 5 }
    }
}

impl Course {
    /// The course for one question, with its own hold in place of the general one.
    fn of(self, asked: Asked) -> Self {
        match asked {
            Asked::Kind => Self { hold_words: self.hold_kind_words, ..self },
            Asked::Cchc | Asked::Topic | Asked::Quota => self,
        }
    }
}

/// One example as numbers.
struct Row {
    features: Features,
    /// Positions in the list of words and pairs that are learnt, and what each is worth here.
    words: Vec<(usize, f64)>,
}

/// What one answer has learnt so far.
struct Pupil<'a> {
    line: Line,
    prior: Line,
    /// Which lists may bear on it.
    hears: Vec<bool>,
    grams: &'a [Gram],
    words: Vec<f64>,
}

/// Learns all answers' weights.
#[must_use]
pub fn learn(registry: &Registry, lexicons: &Lexicons, examples: &[Example], course: Course) -> Vec<Weight> {
    // Old weights bear on nothing: learning starts from the lists.
    let lexicons = Lexicons { weights: Vec::new(), ..lexicons.clone() };
    let mut assessor = Assessor::new(registry, &lexicons);
    for example in examples {
        intern(&example.article, &mut assessor.vocabulary);
    }
    let mut rows: Vec<Row> = examples.iter().map(|e| row(&assessor, &e.article)).collect();
    let grams = choose_words(&mut rows, &assessor.vocabulary, course.least_examples);
    let mut weights = Vec::new();
    for answer in &lexicons.answers {
        let targets: Vec<Option<f64>> = examples.iter().map(|e| target(answer, e)).collect();
        let hears = lexicons.lists.iter().map(|list| answer.hears(list)).collect();
        let mut pupil = Pupil::new(model::prior(answer, &lexicons), hears, &grams);
        pupil.study(&rows, &targets, course.of(answer.of));
        pupil.write(answer, &lexicons, &mut weights);
    }
    weights
}

fn intern(article: &Article, vocabulary: &mut Vocabulary) {
    for part in [&article.title, &article.sapo].into_iter().chain(&article.body) {
        let normal = text::normal(&text::mended(part));
        text::words(&normal).for_each(|w| {
            vocabulary.intern(w);
        });
    }
}

fn row(assessor: &Assessor, article: &Article) -> Row {
    let reading = Reading::new(article, &assessor.vocabulary);
    let mentions = assessor.mentions(&reading);
    let whose = assessor.whose(article, &reading, &mentions, None);
    let mut features = assessor.features(&reading, &mentions, whose.unit.as_ref());
    features.grams.sort_unstable();
    Row { features, words: Vec::new() }
}

/// A word or pair that is learnt.
struct Gram {
    name: String,
    /// How far its weight is held back, in the measure of the course: the more, the more examples have it.
    hold: f64,
}

/// Keeps the words and pairs that enough examples have, and says what they are.
fn choose_words(rows: &mut [Row], vocabulary: &Vocabulary, least: usize) -> Vec<Gram> {
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    for one in rows.iter().flat_map(|row| row.features.grams.chunk_by(|a, b| a.0 == b.0)) {
        *counts.entry(one[0].0).or_default() += 1;
    }
    counts.retain(|_, examples| *examples >= least);
    let kept: Vec<u64> = counts.keys().copied().collect();
    for row in rows.iter_mut() {
        let grams = row.features.grams.chunk_by(|a, b| a.0 == b.0);
        let worth = |same: &[(u64, u8)]| f64::from(said(same.iter().map(|(_, times)| *times)));
        row.words = grams.filter_map(|same| Some((kept.binary_search(&same[0].0).ok()?, worth(same)))).collect();
    }
    #[expect(clippy::cast_possible_truncation, reason = "a key holds two numbers of 32 bits")]
    let name = |key: &u64| {
        let (first, second) = ((key >> 32) as u32, *key as u32);
        let pair = if second == UNKNOWN { String::new() } else { format!(" {}", vocabulary.word(second)) };
        format!("{}{pair}", vocabulary.word(first))
    };
    #[expect(clippy::cast_precision_loss, reason = "a few thousand examples")]
    // One in twenty examples is held as the course says; no word is held six times as much.
    let hold = |examples: usize| (3.0 / (rows.len() as f64 / examples as f64).ln().max(0.1)).sqrt();
    counts.iter().map(|(key, examples)| Gram { name: name(key), hold: hold(*examples) }).collect()
}

/// What an answer should have been for an example, 0–1; `None`: nothing to learn from it.
fn target(answer: &Answer, example: &Example) -> Option<f64> {
    let truth = &example.truth;
    if example.disputed.contains(&answer.of) || (answer.of != Asked::Cchc && !truth.is_cchc) {
        return None;
    }
    let yes = match answer.of {
        Asked::Cchc => truth.is_cchc,
        // A secondary topic is half an answer: it should rank behind the primary one.
        Asked::Topic => match truth.topics.iter().position(|t| *t == answer.id) {
            Some(0) => return Some(1.0),
            Some(_) => return Some(0.5),
            None => false,
        },
        Asked::Quota => truth.quota_topics.contains(&answer.id),
        Asked::Kind => truth.kind == Kind::ChuyenSau,
    };
    Some(f64::from(u8::from(yes)))
}

impl<'a> Pupil<'a> {
    fn new(prior: Line, hears: Vec<bool>, grams: &'a [Gram]) -> Self {
        Self { line: prior.clone(), prior, hears, grams, words: vec![0.0; grams.len()] }
    }

    fn score(&self, row: &Row) -> f64 {
        let words: f64 = row.words.iter().map(|(at, worth)| self.words[*at] * worth).sum();
        self.line.score(&row.features) + words * f64::from(row.features.gram_worth)
    }

    /// Full-batch descent with momentum; small steps, many passes, no chance.
    fn study(&mut self, rows: &[Row], targets: &[Option<f64>], course: Course) {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand examples")]
        let count = targets.iter().flatten().count().max(1) as f64;
        let mut speed = Step::zero(self);
        for pass in 0..course.passes {
            let mut slope = Step::zero(self);
            for (row, target) in rows.iter().zip(targets) {
                let Some(target) = target else { continue };
                slope.add(row, probability(self.score(row)) - target);
            }
            slope.hold(self, course);
            // The first passes may step farther than the last ones.
            #[expect(clippy::cast_precision_loss, reason = "a few hundred passes")]
            let rate = 1.5 / (1.0 + pass as f64 / 100.0) / count;
            speed.follow(&slope, rate);
            speed.take(self);
        }
    }

    fn write(&self, answer: &Answer, lexicons: &Lexicons, weights: &mut Vec<Weight>) {
        let mut put = |feature: String, weight: f64| {
            let weight = (weight * 1000.0).round() / 1000.0;
            if weight != 0.0 {
                weights.push(Weight { answer: answer.id.clone(), feature, weight });
            }
        };
        put("bias".to_owned(), self.line.bias);
        for (list, (amount, share)) in lexicons.lists.iter().zip(&self.line.lists) {
            put(format!("amount:{}", list.id), *amount);
            put(format!("share:{}", list.id), *share);
        }
        for (name, weight) in EXTRAS.iter().zip(self.line.extras) {
            put(format!("extra:{name}"), weight);
        }
        for (gram, weight) in self.grams.iter().zip(&self.words) {
            put(format!("word:{}", gram.name), if weight.abs() < LEAST_WORD { 0.0 } else { *weight });
        }
    }
}

/// A direction in the space of all weights of one answer.
struct Step {
    line: Line,
    words: Vec<f64>,
}

/// How much of the last step the next one keeps.
const MOMENTUM: f64 = 0.9;

impl Step {
    fn zero(pupil: &Pupil<'_>) -> Self {
        let lists = vec![(0.0, 0.0); pupil.line.lists.len()];
        Self { line: Line { lists, sent: pupil.line.sent, ..Line::default() }, words: vec![0.0; pupil.words.len()] }
    }

    fn add(&mut self, row: &Row, error: f64) {
        self.line.bias += error;
        let heard = self.line.heard(&row.features);
        for (slope, feature) in self.line.lists.iter_mut().zip(heard) {
            slope.0 += error * f64::from(feature.0);
            slope.1 += error * f64::from(feature.1);
        }
        for (slope, feature) in self.line.extras.iter_mut().zip(&row.features.extras) {
            *slope += error * f64::from(*feature);
        }
        for (at, worth) in &row.words {
            self.words[*at] += error * worth * f64::from(row.features.gram_worth);
        }
    }

    fn hold(&mut self, pupil: &Pupil<'_>, course: Course) {
        let hold = course.hold_lists;
        for ((slope, now), prior) in self.line.lists.iter_mut().zip(&pupil.line.lists).zip(&pupil.prior.lists) {
            slope.0 += hold * (now.0 - prior.0);
            // Shares are small numbers with large weights: held less.
            slope.1 += hold * 0.05 * (now.1 - prior.1);
        }
        for ((slope, now), prior) in self.line.extras.iter_mut().zip(pupil.line.extras).zip(pupil.prior.extras) {
            *slope += hold * (now - prior);
        }
        for (slope, _) in self.line.lists.iter_mut().zip(&pupil.hears).filter(|(_, hears)| !**hears) {
            *slope = (0.0, 0.0);
        }
        for ((slope, now), gram) in self.words.iter_mut().zip(&pupil.words).zip(pupil.grams) {
            *slope += course.hold_words * gram.hold * now;
        }
    }

    fn follow(&mut self, slope: &Self, rate: f64) {
        let next = |speed: f64, slope: f64| speed * MOMENTUM - rate * (1.0 - MOMENTUM) * slope * 4.0;
        self.line.bias = next(self.line.bias, slope.line.bias);
        for (speed, slope) in self.line.lists.iter_mut().zip(&slope.line.lists) {
            *speed = (next(speed.0, slope.0), next(speed.1, slope.1));
        }
        for (speed, slope) in self.line.extras.iter_mut().zip(slope.line.extras) {
            *speed = next(*speed, slope);
        }
        for (speed, slope) in self.words.iter_mut().zip(&slope.words) {
            *speed = next(*speed, *slope);
        }
    }

    fn take(&self, pupil: &mut Pupil<'_>) {
        pupil.line.bias += self.line.bias;
        for (now, step) in pupil.line.lists.iter_mut().zip(&self.line.lists) {
            *now = (now.0 + step.0, now.1 + step.1);
        }
        for (now, step) in pupil.line.extras.iter_mut().zip(self.line.extras) {
            *now += step;
        }
        for (now, step) in pupil.words.iter_mut().zip(&self.words) {
            *now += step;
        }
    }
}
