//! Speed of `novelty` on one core: signatures and index from articles of 400 words, queries in a
//! memory of ten thousand, a hundred thousand and a million texts, alignment of two texts.
//!
//! The memory an article takes in the index is printed when it is made; a million texts take a
//! minute.

use cchc_audit::article::ArticleId;
use cchc_audit::assess::novelty::{Index, Prepared, Sketch, TextId, compare};
use divan::Bencher;
use divan::counter::ItemsCount;
use std::sync::OnceLock;

#[path = "../tests/novelty/zipf.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod zipf;
use zipf::Language;

const WORDS: usize = 400;
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];

fn main() {
    divan::main();
}

fn id(number: usize) -> TextId {
    TextId { article: ArticleId(format!("{number:016x}")), version: 0 }
}

fn texts(count: usize) -> Vec<Vec<String>> {
    let mut language = Language::new(1);
    (0..count).map(|_| zipf::paragraphs(&language.words(WORDS))).collect()
}

/// An index of so many texts, and the signatures of edited copies of some of them.
fn memory(size: usize) -> &'static (Index, Vec<Sketch>) {
    static MEMORIES: [OnceLock<(Index, Vec<Sketch>)>; 3] = [const { OnceLock::new() }; 3];
    let place = SIZES.iter().position(|s| *s == size).expect("a size of the table");
    MEMORIES[place].get_or_init(|| {
        let mut language = Language::new(2);
        let mut index = Index::new();
        let mut queries = Vec::new();
        let sketch = |words: &[String]| Sketch::of(&Prepared::of("", "", &zipf::paragraphs(words)));
        for number in 0..size {
            let words = language.words(WORDS);
            index.add(id(number), &sketch(&words));
            if number % (size / 1000) == 0 {
                queries.push(sketch(&language.edited(&words, 2)));
            }
        }
        println!("{size} texts: {} bytes a text in the index", index.bytes() / index.len());
        (index, queries)
    })
}

#[divan::bench]
fn build_from_text(bencher: Bencher) {
    let texts = texts(500);
    bencher.counter(ItemsCount::new(texts.len())).bench_local(|| {
        let mut index = Index::new();
        for (number, body) in texts.iter().enumerate() {
            index.add(id(number), &Sketch::of(&Prepared::of("", "", body)));
        }
        index
    });
}

#[divan::bench(args = SIZES)]
fn query_resemblance(bencher: Bencher, size: usize) {
    let (index, queries) = memory(size);
    bencher
        .counter(ItemsCount::new(queries.len()))
        .bench_local(|| queries.iter().map(|q| index.similar(q).len()).sum::<usize>());
}

#[divan::bench(args = SIZES)]
fn query_containment(bencher: Bencher, size: usize) {
    let (index, queries) = memory(size);
    bencher
        .counter(ItemsCount::new(queries.len()))
        .bench_local(|| queries.iter().map(|q| index.candidates(q).len()).sum::<usize>());
}

#[divan::bench]
fn align_edited_copy(bencher: Bencher) {
    let mut language = Language::new(3);
    let words = language.words(WORDS);
    let old = Prepared::of("", "", &zipf::paragraphs(&words));
    let new = Prepared::of("", "", &zipf::paragraphs(&language.edited(&words, 10)));
    bencher.counter(ItemsCount::new(1u32)).bench_local(|| compare(&new, &[(ArticleId::default(), &old)]));
}

#[divan::bench]
fn align_strangers(bencher: Bencher) {
    let mut language = Language::new(4);
    let mut text = || Prepared::of("", "", &zipf::paragraphs(&language.words(WORDS)));
    let (new, old) = (text(), text());
    bencher.counter(ItemsCount::new(1u32)).bench_local(|| compare(&new, &[(ArticleId::default(), &old)]));
}
