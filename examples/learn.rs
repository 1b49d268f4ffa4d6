//! Learns `data/lexicons/weights.csv` from `tests/labelled/`.
//!
//! `cargo run --release --example learn [FILE.jsonl…]`: without files, all of
//! `tests/labelled/*.jsonl` but those whose name says `held-back`. Word lists and units are those
//! of `data/` as it stands, so that a changed list needs no other build.

use cchc_audit::assess::labelled::Labelled;
use cchc_audit::assess::learn::{Course, learn};
use cchc_audit::data::Data;
use cchc_audit::lexicon::Lexicons;
use cchc_audit::registry::Registry;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut files: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if files.is_empty() {
        for entry in std::fs::read_dir("tests/labelled")? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.ends_with(".jsonl") && !name.contains("held-back") {
                files.push(path);
            }
        }
        files.sort();
    }
    let mut examples = Vec::new();
    for file in &files {
        for line in std::fs::read_to_string(file)?.lines() {
            examples.push(serde_json::from_str::<Labelled>(line)?.example());
        }
    }
    let data = data()?;
    let registry = Registry::parse(&data).map_err(|f| format!("{f:?}"))?;
    let lexicons = Lexicons::parse(&data).map_err(|f| format!("{f:?}"))?;
    let weights = learn(&registry, &lexicons, &examples, Course::default());
    let lines = weights.iter().map(|w| format!("{},{},{}\n", w.answer, w.feature, w.weight));
    let table = std::iter::once("answer,feature,weight\n".to_owned()).chain(lines).collect::<String>();
    std::fs::write("data/lexicons/weights.csv", table)?;
    println!("{} bài mẫu, {} trọng số", examples.len(), weights.len());
    Ok(())
}

/// The rule files that learning looks at.
fn data() -> std::io::Result<Data> {
    let mut files = BTreeMap::new();
    for folder in ["lexicons", "units"] {
        for entry in std::fs::read_dir(Path::new("data").join(folder))? {
            let entry = entry?;
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            files.insert(name, std::fs::read_to_string(entry.path())?);
        }
    }
    Ok(Data::new(files))
}
