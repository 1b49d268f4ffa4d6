//! `cchc users` as an administrator runs it: passwords by standard input, nothing secret anywhere else.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

const WORDS: &str = "mưa rơi tháng sáu";

/// Runs the command; its exit code, output and errors.
fn users(state: &Path, args: &[&str], typed: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cchc"))
        .arg("--state")
        .arg(state)
        .arg("users")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses its arguments reads nothing.
    let _ = command.stdin.take().unwrap().write_all(typed.as_bytes());
    let output = command.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn accounts_are_made_changed_and_locked_and_the_journal_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path();
    for (args, typed, says) in [
        (&["add", "lan"][..], format!("{WORDS}\n"), "đã thêm lan (người kiểm tra)"),
        (&["add", "mai", "--role", "read-only", "--by", "hùng"], WORDS.to_owned(), "đã thêm mai (chỉ xem)"),
        (&["role", "mai", "admin"], String::new(), "mai nay là quản trị"),
        (&["password", "mai"], "nắng vàng tháng bảy\n".to_owned(), "đã đặt lại mật khẩu của mai"),
        (&["disable", "lan"], String::new(), "đã khoá lan"),
        (&["list"], String::new(), "lan\tinspector\tđã khoá\nmai\tadmin\t\n"),
        (&["enable", "lan"], String::new(), "đã mở khoá lan"),
        (&["remove", "lan"], String::new(), "đã khoá lan"),
    ] {
        let (code, out, err) = users(state, args, &typed);
        assert_eq!(code, 0, "{args:?}: {err}");
        assert!(out.contains(says), "{args:?}: {out}");
    }
    let journal = std::fs::read_to_string(state.join("journal.jsonl")).unwrap();
    assert_eq!(journal.lines().filter(|line| line.contains("\"kind\":\"user\"")).count(), 7);
    assert!(journal.contains("\"by\":\"hùng\""));
    let mode = std::fs::metadata(state.join("users.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let accounts = std::fs::read_to_string(state.join("users.json")).unwrap();
    for secret in [WORDS, "nắng vàng", "$argon2id$"] {
        assert!(!journal.contains(secret), "the journal holds {secret}");
        assert_eq!(accounts.contains(secret), secret == "$argon2id$");
    }
}

#[test]
fn what_cannot_be_is_refused_with_the_way_to_mend_it() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path();
    assert_eq!(users(state, &["add", "lan"], WORDS).0, 0);
    for (args, typed, says) in [
        (&["add", "lan"][..], WORDS, "đã có người dùng"),
        (&["add", "Mai Anh"], WORDS, "chữ thường không dấu"),
        (&["add", "mai", "--role", "boss"], WORDS, "inspector, admin hoặc read-only"),
        (&["add", "mai"], "ngắn", "ít nhất 12 ký tự"),
        (&["add", "mai"], "", "ít nhất 12 ký tự"),
        (&["password", "mai"], WORDS, "không có người dùng"),
        (&["disable", "mai"], "", "không có người dùng"),
        (&["role", "lan", "boss"], "", "inspector, admin hoặc read-only"),
    ] {
        let (code, _, err) = users(state, args, typed);
        assert_eq!(code, 2, "{args:?}: {err}");
        assert!(err.contains(says), "{args:?}: {err}");
    }
    let journal = std::fs::read_to_string(state.join("journal.jsonl")).unwrap();
    assert_eq!(journal.lines().count(), 1, "a refusal changes nothing");
}
