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

/// A copy inside what is copied would fill the disk.
#[test]
fn a_backup_goes_nowhere_into_the_state() {
    let folder = tempfile::tempdir().unwrap();
    imported(folder.path());
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("state/reports")).unwrap();
    std::os::unix::fs::symlink(folder.path().join("state/reports"), folder.path().join("loi-tat")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("state/seals")).unwrap();
    let by_link = elsewhere.path().join("sao-luu");
    let inside =
        ["state/reports/sao-luu", "state/archive/a/b", "state/files", "state", "x/../state/bk", "./state/../state/bk"];
    std::fs::create_dir(folder.path().join("x")).unwrap();
    for target in inside.into_iter().chain(["loi-tat/sao-luu", by_link.to_str().unwrap()]) {
        let output = cchc(folder.path(), &["store", "backup", target]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{target}: {told}");
        assert!(told.contains("nơi được sao lưu; chọn thư mục ngoài thư mục trạng thái"), "{target}: {told}");
    }
    assert_eq!(std::fs::read_dir(folder.path().join("state/reports")).unwrap().count(), 0);
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    for target in ["sao-luu", "state/../ngoai/sao-luu"] {
        assert_eq!(cchc(folder.path(), &["store", "backup", target]).status.code(), Some(0), "{target}");
        assert!(folder.path().join(target).join("journal.jsonl").exists(), "{target}");
    }
}
