//! Who may import whom: reads `src/` as text and holds it against the table below.
//!
//! The pipeline is one way through; this test keeps it so. A change of the table needs a reason
//! in its commit.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const WORDS: &[&str] = &[
    "article", "conduct", "coverage", "data", "decision", "deflate", "digest", "error", "fields", "note", "parallel",
    "period", "text", "time", "unit", "url",
];
const RULES: &[&str] = &["lexicon", "plan", "platform", "registry", "site"];

/// Module → modules it may import beside itself; `words` and `rule files` stand for the lists above
/// (`rules` reads them all).
const TABLE: &[(&str, &[&str])] = &[
    ("words", &["words"]),
    ("rule files", &["words", "rule files"]),
    ("archive", &["words", "rule files"]),
    ("crawl", &["words", "rule files", "archive"]),
    ("extract", &["words", "rule files"]),
    ("assess", &["words", "rule files"]),
    ("audit", &["words", "rule files", "assess"]),
    ("rules", &["words", "rule files", "assess"]),
    ("record", &["words", "rule files", "assess", "audit"]),
    ("store", &["words", "assess", "audit"]),
    ("report", &["words", "rule files", "assess", "audit"]),
    ("evidence", &["words", "archive", "record", "audit", "report"]),
    (
        "inspect",
        &["words", "rule files", "rules", "assess", "audit", "archive", "store", "record", "report", "evidence"],
    ),
    (
        "web",
        &[
            "words",
            "rule files",
            "rules",
            "assess",
            "audit",
            "archive",
            "store",
            "record",
            "report",
            "evidence",
            "inspect",
        ],
    ),
];

/// Modules that compose the others; they may import everything above them, but not the command line.
const DRIVERS: &[&str] = &["checkup", "demo", "intake", "nightly", "owner", "rebuild", "serve", "settle", "world"];

/// Modules that do no I/O and read no clock.
const PURE: &[&str] = &["words", "rule files", "extract", "assess", "audit", "report"];

/// The files of `crawl` that touch the world; all others there are pure.
const CRAWL_EDGE: &[&str] = &[
    "crawl/mod.rs",
    "crawl/errand.rs",
    "crawl/fetch.rs",
    "crawl/resolve.rs",
    "crawl/group.rs",
    "crawl/group/visit.rs",
    "crawl/group/wait.rs",
    "crawl/stop.rs",
    "crawl/work.rs",
];

/// What a pure file must not name.
const WORLD: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "tokio",
    "reqwest",
    "sled",
    "Utc::now",
    "Local::now",
    "SystemTime",
    "Instant::now",
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    let name = |path: &Path| path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
    found.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

/// Every source file: path below `src/` → its program text, without comments and tests.
fn program() -> BTreeMap<String, String> {
    let code = |text: &str| {
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    };
    sources().into_iter().map(|(name, text)| (name, code(&text))).collect()
}

fn module(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

fn layer(module: &str) -> &str {
    match module {
        m if WORDS.contains(&m) => "words",
        m if RULES.contains(&m) => "rule files",
        m => m,
    }
}

/// The modules a text names as `crate::x` or `crate::{x, y::…}`.
fn imports(code: &str) -> Vec<String> {
    let word = |s: &str| s.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => names.push(word(rest)),
            Some(group) => names.extend(top_level(group).into_iter().map(|name| word(name.trim()))),
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// The entries of a `{…}` group, without those nested deeper.
fn top_level(group: &str) -> Vec<&str> {
    let (mut entries, mut depth, mut start) = (Vec::new(), 0, 0);
    for (i, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                entries.push(&group[start..i]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                entries.push(&group[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    entries
}

#[test]
fn imports_go_one_way() {
    let mut broken = Vec::new();
    for (file, code) in program() {
        let own = module(&file);
        if matches!(own, "lib" | "main" | "cli") {
            continue;
        }
        let row = TABLE.iter().find(|(name, _)| *name == layer(own));
        for imported in imports(&code) {
            let allowed = imported == own
                || match row {
                    Some((_, may)) => may.contains(&layer(&imported)),
                    None => DRIVERS.contains(&own) && imported != "cli",
                };
            if !allowed {
                broken.push(format!("{file} imports {imported}"));
            }
        }
    }
    assert!(broken.is_empty(), "the layers are broken:\n{}", broken.join("\n"));
}

#[test]
fn the_middle_touches_no_world() {
    let mut broken = Vec::new();
    for (file, code) in program() {
        let own = module(&file);
        let pure = PURE.contains(&layer(own)) || (own == "crawl" && !CRAWL_EDGE.contains(&file.as_str()));
        if pure {
            broken.extend(WORLD.iter().filter(|name| code.contains(**name)).map(|name| format!("{file} names {name}")));
        }
    }
    assert!(broken.is_empty(), "pure modules touch the world:\n{}", broken.join("\n"));
}

#[test]
fn every_file_says_why_it_exists() {
    let silent: Vec<_> =
        sources().into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|(name, _)| name).collect();
    assert!(silent.is_empty(), "files without //! at their head: {silent:?}");
}

#[test]
fn the_reader_of_imports_sees_groups() {
    assert_eq!(imports("use crate::{article::{A, B}, unit::C};\ncrate::store::x()"), ["article", "unit", "store"]);
}
