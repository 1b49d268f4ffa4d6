//! How well pages nobody has described are read: every layout of `tests/quality/layouts` filled
//! with every text of its language, measured, and held against the figures pinned in
//! `tests/quality/extract.toml`. A figure may only rise; when it does, pin the new one.

use super::{folder, page, platforms};
use cchc_audit::extract;
use cchc_audit::text::nfc;
use serde::Deserialize;
use std::collections::HashMap;
use std::fs;
use url::Url;

/// How far a figure may lie above the pinned one before it must be pinned anew.
const SLACK: f64 = 0.002;

#[derive(Deserialize)]
struct Texts {
    text: Vec<Text>,
}

#[derive(Deserialize)]
struct Text {
    title: String,
    sapo: String,
    author: String,
    body: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Figures {
    title: f64,
    published: f64,
    author: f64,
    sapo: f64,
    /// Mean F1 of the bags of 4-token shingles.
    body: f64,
}

#[test]
fn quality_does_not_fall() {
    let read = |name: &str| fs::read_to_string(folder("quality").join(name)).unwrap();
    let texts: Texts = toml::from_str(&read("texts.toml")).unwrap();
    let pinned: Figures = toml::from_str(&read("extract.toml")).unwrap();
    let (mut sums, mut pages, mut misses) = (Figures::default(), 0.0, String::new());
    for entry in fs::read_dir(folder("quality/layouts")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let layout = fs::read_to_string(&path).unwrap();
        for text in texts.text.iter().filter(|t| name.starts_with(language(t))) {
            pages += 1.0;
            misses.push_str(&measure(&name, &layout, text, &mut sums));
        }
    }
    let figures = [
        ("title", sums.title, pinned.title),
        ("published", sums.published, pinned.published),
        ("author", sums.author, pinned.author),
        ("sapo", sums.sapo, pinned.sapo),
        ("body", sums.body, pinned.body),
    ];
    for (name, sum, pinned) in figures {
        let reached = sum / pages;
        assert!(reached + 1e-9 >= pinned, "{name} fell from {pinned} to {reached:.4}\n{misses}");
        assert!(
            reached <= pinned + SLACK,
            "{name} rose from {pinned} to {reached:.4}: pin it in tests/quality/extract.toml"
        );
    }
}

fn language(text: &Text) -> &'static str {
    if text.title.is_ascii() { "en-" } else { "vi-" }
}

/// Adds one page's marks and says what it missed.
fn measure(name: &str, layout: &str, text: &Text, sums: &mut Figures) -> String {
    let url = Url::parse("https://bao.example/tin/mot-bai-viet").unwrap();
    let html = fill(layout, text);
    let got = extract::article(&page(&url, html.as_bytes()), &platforms());
    let whole = layout.contains("{{iso}}") || layout.contains("{{date}}");
    let time = got.published.map(|t| t.format("%Y-%m-%dT%H:%M").to_string()).unwrap_or_default();
    let expected = if whole { "2026-05-12T08:30" } else { "2026-05-12" };
    let author = if layout.contains("{{author}}") { text.author.as_str() } else { "" };
    let sapo = if layout.contains("{{sapo}}") { text.sapo.as_str() } else { "" };
    let body = shingle_f1(&got.body.join(" "), &text.body.join(" "));
    let marks = [
        ("title", got.title == text.title),
        ("published", time.starts_with(expected)),
        ("author", got.author == author),
        ("sapo", got.sapo == sapo),
    ];
    for (sum, (_, right)) in
        [&mut sums.title, &mut sums.published, &mut sums.author, &mut sums.sapo].into_iter().zip(marks)
    {
        *sum += f64::from(u8::from(right));
    }
    sums.body += body;
    let missed: Vec<&str> = marks.iter().filter(|(_, right)| !right).map(|(what, _)| *what).collect();
    if missed.is_empty() && body > 0.999 {
        return String::new();
    }
    let extra: Vec<&String> = got.body.iter().filter(|p| !text.body.contains(p)).collect();
    format!(
        "{name}: {}: missed {missed:?}, body {body:.3}, extra {extra:?}, {:?} {:?} {:?} {time}\n",
        text.title, got.title, got.author, got.sapo
    )
}

/// Fills a layout: `{{name}}`, `{{#p}}…{{/p}}` for each paragraph, `{{#sapo}}…{{/sapo}}` if there is one.
fn fill(layout: &str, text: &Text) -> String {
    let block = |html: &str, name: &str, each: &dyn Fn(&str) -> String| {
        let (open, close) = (format!("{{{{#{name}}}}}"), format!("{{{{/{name}}}}}"));
        match (html.find(&open), html.find(&close)) {
            (Some(from), Some(to)) => {
                format!("{}{}{}", &html[..from], each(&html[from + open.len()..to]), &html[to + close.len()..])
            }
            _ => html.to_owned(),
        }
    };
    let html = block(layout, "p", &|inner| text.body.iter().map(|p| inner.replace("{{p}}", p)).collect());
    let html = block(&html, "sapo", &|inner| if text.sapo.is_empty() { String::new() } else { inner.to_owned() });
    [
        ("{{title}}", text.title.as_str()),
        ("{{sapo}}", &text.sapo),
        ("{{author}}", &text.author),
        ("{{iso}}", "2026-05-12T08:30:00+07:00"),
        ("{{date}}", "Thứ Ba, 12/05/2026 | 08:30"),
        ("{{english}}", "May 12, 2026"),
        ("{{day}}", "2026-05-12"),
        ("{{slug}}", "mot-bai-viet"),
    ]
    .into_iter()
    .fold(html, |html, (name, value)| html.replace(name, value))
}

/// F1 of the bags of shingles of four words.
fn shingle_f1(got: &str, expected: &str) -> f64 {
    let bag = |text: &str| {
        let text = nfc(text).to_lowercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut bag: HashMap<String, usize> = HashMap::new();
        words.windows(4).for_each(|w| *bag.entry(w.join(" ")).or_default() += 1);
        bag
    };
    let (got, expected) = (bag(got), bag(expected));
    let both: usize = got.iter().map(|(shingle, n)| n.min(expected.get(shingle).unwrap_or(&0))).sum();
    let all: usize = got.values().chain(expected.values()).sum();
    if all == 0 { 1.0 } else { 2.0 * both as f64 / all as f64 }
}
