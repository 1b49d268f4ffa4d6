//! Saved pages, `tests/pages/<platform>/<name>.html`, each with the reading expected of it beside
//! it as `.json`. The first line of a page is a comment with its address.
//!
//! After a change that is meant: `CCHC_ACCEPT=1 cargo test --test extract`, then read the diff.

use super::{folder, page, platforms};
use cchc_audit::extract::{self, Reading};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use url::Url;

#[test]
fn saved_pages_read_as_expected() {
    let accept = std::env::var_os("CCHC_ACCEPT").is_some();
    let mut wrong = Vec::new();
    for path in saved() {
        let got = serde_json::to_string_pretty(&read(&path)).unwrap() + "\n";
        let expected = path.with_extension("json");
        if accept {
            fs::write(&expected, got).unwrap();
            continue;
        }
        match fs::read_to_string(&expected) {
            Ok(text) if text == got => {}
            Ok(text) => wrong.push(format!("{}: {}", path.display(), first_difference(&text, &got))),
            Err(_) => wrong.push(format!("{}: missing", expected.display())),
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\nIf this is meant: CCHC_ACCEPT=1 cargo test --test extract, and read the diff",
        wrong.join("\n")
    );
}

#[test]
fn every_platform_has_a_page() {
    let named = saved();
    for platform in platforms().iter() {
        let has = named.iter().any(|p| p.parent().is_some_and(|f| f.ends_with(&platform.id)));
        assert!(
            has,
            "tests/pages/{}/ holds no page; save one, then CCHC_ACCEPT=1 cargo test --test extract",
            platform.id
        );
    }
}

#[test]
fn any_charset_reads_the_same() {
    let path = folder("pages/ims/bai.html");
    let text = fs::read_to_string(&path).unwrap();
    let url = address(&text);
    let expected = extract::article(&page(&url, text.as_bytes()), &platforms());
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let decomposed: String = unicode_normalization::UnicodeNormalization::nfd(text.as_str()).collect();
    for (name, body) in [("UTF-16", utf16), ("NFD", decomposed.into_bytes())] {
        let mut got = extract::article(&page(&url, &body), &platforms());
        got.warnings.retain(|w| !w.contains("bảng mã"));
        assert_eq!(got, expected, "{name}");
    }
}

/// All saved pages, in order.
fn saved() -> Vec<PathBuf> {
    let folders = fs::read_dir(folder("pages")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> = folders
        .flat_map(|folder| fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "html"))
        .collect();
    pages.sort();
    pages
}

/// The address in a page's first line.
fn address(text: &str) -> Url {
    let line = text.lines().next().unwrap_or_default();
    let address = line.trim_start_matches("<!--").trim_end_matches("-->").trim();
    Url::parse(address).unwrap_or_else(|_| panic!("the first line must be <!-- address -->, not {line}"))
}

fn read(path: &PathBuf) -> Value {
    let bytes = fs::read(path).unwrap();
    let url = address(&String::from_utf8_lossy(&bytes));
    as_json(&extract::read(&page(&url, &bytes), &platforms()))
}

/// What of a reading is held against the file: all but the plain links.
fn as_json(reading: &Reading) -> Value {
    let items = reading.items.iter().map(|i| json!({"url": i.url.as_str(), "title": i.title, "date": i.date}));
    let texts = |urls: &[Url]| urls.iter().map(Url::to_string).collect::<Vec<_>>();
    json!({
        "nature": reading.nature,
        "platform": reading.platform,
        "article": reading.article,
        "items": items.collect::<Vec<_>>(),
        "next": reading.next,
        "feeds": texts(&reading.feeds),
        "sitemaps": texts(&reading.sitemaps),
        "warnings": reading.warnings,
    })
}

fn first_difference(expected: &str, got: &str) -> String {
    let lines = expected.lines().zip(got.lines()).enumerate();
    lines
        .filter(|(_, (a, b))| a != b)
        .map(|(n, (a, b))| format!("line {}\n  expected {a}\n  got      {b}", n + 1))
        .next()
        .unwrap_or_else(|| "one is longer".to_owned())
}
