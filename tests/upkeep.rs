//! `cchc store` as whoever keeps the machine uses it: written anew, copied, whatever a killed run left.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::Path;
use std::process::{Command, Output};

fn cchc(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cchc")).current_dir(folder).args(args).output().unwrap()
}

fn imported(folder: &Path) {
    std::fs::write(folder.join("bai.jsonl"), "{\"id\":\"a\",\"channel\":\"other\",\"title\":\"Tin\"}\n").unwrap();
    assert_eq!(cchc(folder, &["import", "bai.jsonl"]).status.code(), Some(0));
}

#[test]
fn an_index_is_written_anew_though_a_killed_run_left_the_old_one_aside() {
    let folder = tempfile::tempdir().unwrap();
    imported(folder.path());
    let aside = folder.path().join("state/db.cu");
    std::fs::create_dir(&aside).unwrap();
    std::fs::write(aside.join("db"), "x").unwrap();
    let output = cchc(folder.path(), &["store", "compact"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!aside.exists());
    assert_eq!(cchc(folder.path(), &["articles"]).stdout.iter().filter(|byte| **byte == b'\n').count(), 1);
}
