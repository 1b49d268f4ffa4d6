//! Articles as JSON lines, as the commands that read them take them.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::Path;
use std::process::{Command, Output};

const LINES: &str = concat!(
    r#"{"id":"a","url":"https://haibatrung.hanoi.gov.vn/a.htm"}"#,
    "\n",
    r#"{"id":"b","channel":"other","host":"haibatrung.hanoi.gov.vn"}"#,
    "\n",
    r#"{"id":"c","host":"vnexpress.net","assessment":{"kind":"thơ"}}"#,
    "\n",
    r#"{"id":"a","host":"vnexpress.net"}"#,
    "\n",
);

const TOLD: [&str; 2] = [
    "bai.jsonl:3: assessment.kind: giá trị không dùng được, ở cột 60 (unknown variant `thơ`, expected `tin-bai` or `chuyen-sau`)",
    "bai.jsonl:4: id: mã «a» đã có ở dòng 1",
];

fn cchc(folder: &Path, args: &[&str]) -> Output {
    std::fs::write(folder.join("bai.jsonl"), LINES).unwrap();
    Command::new(env!("CARGO_BIN_EXE_cchc")).current_dir(folder).args(args).output().unwrap()
}

#[test]
fn every_command_names_the_same_lines_in_the_same_words() {
    let folder = tempfile::tempdir().unwrap();
    for command in [
        &["classify", "bai.jsonl"][..],
        &["import", "bai.jsonl"],
        &["audit", "--plan", "ha-noi-2026", "--unit", "so-tu-phap", "--articles", "bai.jsonl", "--as-of", "2026-02-01"],
    ] {
        let output = cchc(folder.path(), command);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(TOLD.iter().all(|line| told.contains(line)), "{command:?}: {told}");
        assert_eq!(output.status.code(), Some(3), "{command:?}");
    }
}

#[test]
fn classify_takes_the_channel_from_the_host_where_a_line_names_none() {
    let folder = tempfile::tempdir().unwrap();
    let output = cchc(folder.path(), &["classify", "bai.jsonl"]);
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers = answers.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let units: Vec<_> = answers.map(|answer| answer["unit"].clone()).collect();
    assert_eq!(units, ["phuong-hai-ba-trung".into(), serde_json::Value::Null, serde_json::Value::Null]);
}

#[test]
fn import_tells_of_lines_without_a_channel() {
    let folder = tempfile::tempdir().unwrap();
    let told = String::from_utf8(cchc(folder.path(), &["import", "bai.jsonl"]).stderr).unwrap();
    assert!(told.contains("2 dòng không ghi channel"), "{told}");
}

#[test]
fn a_date_without_its_hour_is_told_how_to_be_written() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ngay.jsonl"), r#"{"id":"a","published":"2026-05-31"}"#).unwrap();
    let output = cchc(folder.path(), &["import", "ngay.jsonl"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("ngay.jsonl:1: published:") && told.contains("2026-05-04T08:00:00+07:00"), "{told}");
}

/// Captures stand in the archive of the state that made them: here nothing could show or pack them, and
/// the item would pass for one that this state read itself.
#[test]
fn an_import_takes_no_captures_of_another_archive() {
    let folder = tempfile::tempdir().unwrap();
    let import = |title: &str| {
        let capture = r#"{"file":"cchc-000001-20260609.warc.gz","offset":7,"length":9,"digest":"sha256:0","at":"2026-06-09T22:30:02+07:00"}"#;
        let revision = format!(r#"{{"at":"2026-06-09T22:30:02+07:00","title":"Tin","body":[],"capture":{capture}}}"#);
        let line =
            format!(r#"{{"id":"a","channel":"other","title":"{title}","capture":{capture},"revisions":[{revision}]}}"#);
        std::fs::write(folder.path().join("kho-khac.jsonl"), line).unwrap();
        String::from_utf8(cchc(folder.path(), &["import", "kho-khac.jsonl"]).stdout).unwrap()
    };
    assert!(import("Tin").contains("1 bài mới"));
    assert!(!String::from_utf8(cchc(folder.path(), &["articles"]).stdout).unwrap().contains("cchc-000001"));
    let told = import("Tin sửa");
    assert!(told.contains("1 bài đã đưa vào trước đây nay đổi theo tệp này"), "{told}");
}

/// The store keeps one of them alone, which must not look as if all had gone well.
#[test]
fn an_import_with_an_id_twice_is_not_done() {
    let folder = tempfile::tempdir().unwrap();
    let twice = ["a", "b", "a"].map(|id| format!(r#"{{"id":"{id}","channel":"other"}}"#)).join("\n");
    std::fs::write(folder.path().join("trung.jsonl"), twice).unwrap();
    assert_eq!(cchc(folder.path(), &["import", "trung.jsonl"]).status.code(), Some(3));
}

/// Killed in the midst of an import, of which the journal speaks already: the next command finds every
/// article there, and knows which are copies.
#[test]
fn an_import_that_was_killed_is_brought_to_its_end_by_the_next_command() {
    let folder = tempfile::tempdir().unwrap();
    let words =
        |seed: usize| (0..60).map(|n| format!("chữ{}", (seed / 2 * 61 + n) % 9973)).collect::<Vec<_>>().join(" ");
    let line = |n: usize| {
        let (day, body) = (1 + n % 2, words(n));
        format!(
            r#"{{"id":"b{n:04}","channel":"city-page","title":"Tin {n}","body":["{body}"],"published":"2026-05-0{day}T08:00:00+07:00"}}"#
        )
    };
    let lines: Vec<String> = (0..600).map(line).collect();
    std::fs::write(folder.path().join("nhieu.jsonl"), lines.join("\n")).unwrap();
    cchc(folder.path(), &["import", "bai.jsonl"]);
    let journal = || std::fs::read_to_string(folder.path().join("state/journal.jsonl")).unwrap_or_default();
    let mut import = Command::new(env!("CARGO_BIN_EXE_cchc"));
    let import = import.current_dir(folder.path()).args(["import", "nhieu.jsonl"]).stderr(std::process::Stdio::null());
    let mut import = import.spawn().unwrap();
    while journal().lines().count() < 2 && import.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    import.kill().unwrap();
    import.wait().unwrap();
    let articles = String::from_utf8(cchc(folder.path(), &["articles"]).stdout).unwrap();
    let articles = articles.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let articles: Vec<_> = articles.filter(|article| article["id"].as_str().unwrap().len() == 5).collect();
    let copies = articles.iter().filter(|article| article["assessment"]["repost"] == true).count();
    assert_eq!((articles.len(), copies), (600, 300));
}
