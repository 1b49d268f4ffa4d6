//! What inspectors decide becomes labelled articles, in the form that learning and measuring read.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use cchc_audit::assess::labelled::Labelled;
use std::path::Path;
use std::process::Command;

fn cchc(state: &Path, args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_cchc")).arg("--state").arg(state).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn decided_articles_are_handed_out_as_labelled_ones() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bai.jsonl");
    std::fs::write(
        &file,
        "{\"id\":\"x1\",\"channel\":\"city-page\",\"url\":\"https://a.vn/1.htm\",\"title\":\"Phường Láng trả giấy khai sinh tại nhà\",\"author\":\"UBND phường Láng\",\"body\":[\"Bộ phận một cửa trả 120 hồ sơ.\"]}\n\
         {\"id\":\"x2\",\"channel\":\"city-page\",\"url\":\"https://a.vn/2.htm\",\"title\":\"Giải cầu lông\",\"body\":[\"Vòng bảng.\"]}\n",
    )
    .unwrap();
    let state = dir.path().join("state");
    cchc(&state, &["import", file.to_str().unwrap()]);
    assert_eq!(cchc(&state, &["articles", "--labelled"]), "", "nobody has decided anything yet");
    let decide = |what: [&str; 2]| {
        cchc(&state, &[&["decide", "https://a.vn/1.htm"], &what[..], &["--reason", "đọc bài", "--by", "lan"]].concat())
    };
    decide(["--topics", "mo-hinh-sang-kien,tthc,kiem-soat-tthc"]);
    decide(["--kind", "chuyen-sau"]);
    let lines = cchc(&state, &["articles", "--labelled"]);
    let labelled: Vec<Labelled> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [one] = labelled.as_slice() else { panic!("one article was decided on: {lines}") };
    assert_eq!(one.topics, ["mo-hinh-sang-kien", "tthc"]);
    assert_eq!(one.quota_topics, ["kiem-soat-tthc"]);
    assert_eq!(one.unit.as_ref().map(ToString::to_string).as_deref(), Some("phuong-lang"));
    assert_eq!(one.borderline, ["unit", "is_cchc"], "what nobody looked at is nothing to learn from");
    assert_eq!(one.note, "lan: đọc bài");
}
