//! Speed of `classify`: articles a second on one core, 400 words each.

use cchc_audit::article::Article;
use cchc_audit::assess::Assessor;
use cchc_audit::data::Data;
use cchc_audit::lexicon::Lexicons;
use cchc_audit::registry::Registry;
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

/// The labelled articles, each lengthened with its neighbours' paragraphs to 400 words.
fn articles() -> Vec<Article> {
    let lines = include_str!("../tests/labelled/a-dev-1.jsonl").lines();
    let short: Vec<Article> =
        lines.map(|l| serde_json::from_str(l).expect("the set is read by the tests too")).collect();
    let words = |article: &Article| article.body.iter().map(|p| p.split_whitespace().count()).sum::<usize>();
    let lengthen = |n: usize| {
        let mut article = short[n].clone();
        for other in short.iter().cycle().skip(n + 1) {
            if words(&article) >= 400 {
                break;
            }
            article.body.extend(other.body.iter().take(1).cloned());
        }
        article
    };
    (0..short.len()).map(lengthen).collect()
}

#[divan::bench]
fn assess(bencher: Bencher) {
    let data = Data::built_in();
    let registry = Registry::parse(&data).expect("the built-in units are sound");
    let lexicons = Lexicons::parse(&data).expect("the built-in word lists are sound");
    let assessor = Assessor::new(&registry, &lexicons);
    let articles = articles();
    bencher
        .counter(ItemsCount::new(articles.len()))
        .bench(|| articles.iter().map(|a| assessor.assess(divan::black_box(a), None).reasons.len()).sum::<usize>());
}
