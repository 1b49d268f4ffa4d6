//! How many of the texts it must find the index finds, on generated texts of 400 words.

use crate::zipf::{self, Language};
use cchc_audit::article::ArticleId;
use cchc_audit::assess::novelty::{Index, Prepared, Sketch, TextId};
use std::collections::HashSet;

const TEXTS: usize = 1_000;
const WORDS: usize = 400;

fn sketch(words: &[String]) -> Sketch {
    Sketch::of(&Prepared::of("", "", &zipf::paragraphs(words)))
}

/// A memory of texts, and the texts.
fn memory(language: &mut Language) -> (Index, Vec<Vec<String>>) {
    let texts: Vec<Vec<String>> = (0..TEXTS).map(|_| language.words(WORDS)).collect();
    let mut index = Index::new();
    for (number, words) in texts.iter().enumerate() {
        index.add(TextId { article: ArticleId(number.to_string()), version: 0 }, &sketch(words));
    }
    (index, texts)
}

/// The resemblance of two texts by their own words, not by what the index makes of them.
fn jaccard(a: &[String], b: &[String]) -> f64 {
    let shingles = |words: &[String]| words.windows(5).map(|w| w.join(" ").to_lowercase()).collect::<HashSet<_>>();
    let (a, b) = (shingles(a), shingles(b));
    a.intersection(&b).count() as f64 / a.union(&b).count() as f64
}

fn found(ids: impl IntoIterator<Item = ArticleId>, number: usize) -> bool {
    ids.into_iter().any(|id| id.0 == number.to_string())
}

#[test]
fn resemblance_of_four_fifths_is_found() {
    let mut language = Language::new(11);
    let (index, texts) = memory(&mut language);
    let (mut pairs, mut hits, mut both) = (0, 0, 0);
    // Edits so light that about half of the copies keep four fifths of their shingles.
    for (number, words) in texts.iter().enumerate().flat_map(|t| [t; 4]) {
        let copy = language.edited(words, 2);
        if jaccard(words, &copy) >= 0.8 {
            let sketch = sketch(&copy);
            pairs += 1;
            let similar = found(index.similar(&sketch).into_iter().map(|t| t.article.clone()), number);
            hits += usize::from(similar);
            both +=
                usize::from(similar || found(index.candidates(&sketch).iter().map(|c| c.text.article.clone()), number));
        }
    }
    println!("Jaccard ≥ 0.8: {hits} of {pairs} by resemblance, {both} with containment");
    assert!(pairs >= 1_500, "{pairs} pairs");
    assert!(hits as f64 >= 0.999 * pairs as f64, "{hits} of {pairs}");
}

#[test]
fn a_half_and_a_third_are_found_inside_another_text() {
    let mut language = Language::new(12);
    let (index, texts) = memory(&mut language);
    // share of the old text taken over, percent of its words edited, what must be found
    for (share, edits, least) in [(2, 0, 0.99), (2, 10, 0.99), (3, 0, 0.95), (3, 10, 0.95)] {
        let mut hits = 0;
        for (number, words) in texts.iter().enumerate() {
            let part = WORDS / share;
            let start = language.dice().below(WORDS - part);
            let taken = language.edited(&words[start..start + part], edits);
            let copy = [language.words(WORDS - part), taken].concat();
            hits += usize::from(found(index.candidates(&sketch(&copy)).iter().map(|c| c.text.article.clone()), number));
        }
        println!("1/{share} taken over, {edits}% edited: {hits} of {TEXTS}");
        assert!(hits as f64 >= least * TEXTS as f64, "1/{share}, {edits}%: {hits} of {TEXTS}");
    }
}

#[test]
fn few_strangers_are_candidates() {
    // Stock phrases, ten to a text here, make some; the alignment sends them away.
    let mut language = Language::new(13);
    let (index, _) = memory(&mut language);
    let candidates: usize = (0..TEXTS).map(|_| index.candidates(&sketch(&language.words(WORDS))).len()).sum();
    println!("{candidates} candidates for {TEXTS} strangers");
    assert!(candidates <= 5 * TEXTS, "{candidates} for {TEXTS}");
}

#[test]
fn any_number_of_copies_leaves_the_first_one_in_sight() {
    let mut language = Language::new(14);
    let (mut index, texts) = memory(&mut language);
    let words = &texts[0];
    for copy in 0..300 {
        let id = ArticleId(format!("copy {copy}"));
        index.add(TextId { article: id, version: 0 }, &sketch(words));
    }
    let again = sketch(&language.edited(words, 1));
    assert!(found(index.similar(&again).into_iter().map(|t| t.article.clone()), 0));
    assert!(index.candidates(&sketch(words)).len() >= 301);
}
