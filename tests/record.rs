//! The journal and its views as their users see them: nothing is lost, nothing is changed unseen,
//! and every evening can be had again.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use cchc_audit::article::{ArticleId, Kind};
use cchc_audit::data::Data;
use cchc_audit::decision::{Attestation, LedgerLine, Outcome, Ruling};
use cchc_audit::record::{Hand, Record, Via, kind};
use cchc_audit::time::{self, Time};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn at(text: &str) -> Time {
    time::parse(&format!("{text}+07:00")).unwrap()
}

fn hand(moment: &str) -> Hand {
    Hand { at: at(moment), by: "lan".to_owned(), via: Via::Cli }
}

fn three_entries(state: &Path) -> Record {
    let record = Record::new(state);
    for day in 1..4 {
        record.append(&hand(&format!("2026-05-0{day}T08:00:00")), "login", json!({"user": "lan", "lần": day})).unwrap();
    }
    record
}

#[test]
fn a_journal_line_has_the_agreed_form() {
    let dir = tempfile::tempdir().unwrap();
    let record = three_entries(dir.path());
    let text = fs::read_to_string(record.journal().path()).unwrap();
    insta::assert_snapshot!(text.lines().next().unwrap(), @r#"{"schema":1,"seq":1,"at":"2026-05-01T08:00:00+07:00","by":"lan","via":"cli","kind":"login","data":{"lần":1,"user":"lan"},"prev":"0000000000000000000000000000000000000000000000000000000000000000","hash":"6da7ad3390864d8c2d0aceef393f70b9e958708bc562b9276f51af5732e78dd1"}"#);
    assert_eq!(record.journal().verify().unwrap(), []);
}

#[test]
fn every_changed_byte_is_found_and_located() {
    let dir = tempfile::tempdir().unwrap();
    let record = three_entries(dir.path());
    let path = record.journal().path().to_owned();
    let sound = fs::read(&path).unwrap();
    for at in 0..sound.len() {
        let mut changed = sound.clone();
        changed[at] ^= 1;
        fs::write(&path, &changed).unwrap();
        let line = sound[..at].iter().filter(|b| **b == b'\n').count() + 1;
        let faults = record.journal().verify().unwrap();
        assert!(faults.iter().any(|f| f.line.abs_diff(line) <= 1), "byte {at}: {faults:?}");
    }
}

#[test]
fn lines_removed_swapped_or_put_in_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let record = three_entries(dir.path());
    let path = record.journal().path().to_owned();
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = text.lines().collect();
    for order in [vec![0, 2], vec![1, 2], vec![1, 0, 2], vec![0, 1, 1, 2]] {
        let changed: String = order.iter().map(|n| format!("{}\n", lines[*n])).collect();
        fs::write(&path, changed).unwrap();
        assert!(!record.journal().verify().unwrap().is_empty(), "{order:?}");
    }
}

#[test]
fn a_torn_line_is_cut_off_by_the_next_append_and_a_lie_stops_it() {
    let dir = tempfile::tempdir().unwrap();
    let record = three_entries(dir.path());
    let path = record.journal().path().to_owned();
    let whole = fs::read(&path).unwrap();
    let second = whole.iter().position(|b| *b == b'\n').unwrap() + 1;
    for cut in second..whole.len() {
        fs::write(&path, &whole[..cut]).unwrap();
        let left = record.journal().entries().unwrap().len();
        let entry = record.append(&hand("2026-06-01T08:00:00"), "login", json!({})).unwrap();
        assert_eq!(entry.seq, left as u64 + 1);
        assert_eq!(record.journal().verify().unwrap(), [], "cut at {cut}");
    }
    let lie = String::from_utf8(whole).unwrap().replace("\"lần\":3", "\"lần\":4");
    fs::write(&path, &lie).unwrap();
    let error = record.append(&hand("2026-06-01T08:00:00"), "login", json!({})).unwrap_err();
    assert!(error.to_string().contains("không ghi tiếp"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), lie);
}

#[test]
fn many_may_append_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let record = Record::new(dir.path());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10 {
                    record.append(&hand("2026-05-01T08:00:00"), "login", json!({"note": "x".repeat(50_000)})).unwrap();
                }
            });
        }
    });
    assert_eq!(record.journal().entries().unwrap().len(), 40);
    assert_eq!(record.journal().verify().unwrap(), []);
}

fn attestation(file: Option<String>) -> Attestation {
    Attestation {
        seq: 0,
        at: at("2026-05-01T00:00:00"),
        by: String::new(),
        plan: "ha-noi-2026".to_owned(),
        obligation: "a9".to_owned(),
        unit: "so-tu-phap".parse().unwrap(),
        period: "2026-05".parse().unwrap(),
        file,
        file_name: None,
        note: "báo cáo".to_owned(),
    }
}

#[test]
fn views_know_the_evening_and_what_was_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let record = Record::new(dir.path());
    let item = ArticleId("a1".to_owned());
    let ruling = Ruling::Kind { value: Kind::ChuyenSau };
    let decided = record.decide(&hand("2026-05-01T08:00:00"), &item, &ruling, "bài tổng kết").unwrap();
    let attested = record.attest(&hand("2026-05-02T08:00:00"), &attestation(None)).unwrap();
    record.revoke(&hand("2026-05-03T08:00:00"), decided.seq, "nhầm").unwrap();

    let counts = |day: &str| {
        let views = record.views(Some(at(&format!("{day}T23:59:59")))).unwrap();
        (views.decisions.len(), views.attestations.len())
    };
    assert_eq!((counts("2026-04-30"), counts("2026-05-01")), ((0, 0), (1, 0)));
    assert_eq!((counts("2026-05-02"), counts("2026-05-03")), ((1, 1), (0, 1)));
    let views = record.views(None).unwrap();
    assert_eq!((views.attestations[0].seq, views.attestations[0].by.as_str()), (attested.seq, "lan"));

    for (seq, message) in [(99, "không có bút toán"), (decided.seq, "đã được thu hồi"), (3, "chỉ thu hồi được")]
    {
        let error = record.revoke(&hand("2026-05-04T08:00:00"), seq, "vì").unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    assert!(record.decide(&hand("2026-05-04T08:00:00"), &item, &ruling, "  ").is_err());
    assert_eq!(record.journal().entries().unwrap().len(), 3);
}

#[test]
fn a_ledger_sent_again_replaces_its_lines() {
    let dir = tempfile::tempdir().unwrap();
    let record = Record::new(dir.path());
    let line = |id: &str, outcome| LedgerLine {
        id: id.to_owned(),
        unit: "so-tu-phap".parse().unwrap(),
        received: "2026-05-01".parse().unwrap(),
        title: "Tin".to_owned(),
        kind: None,
        topic: None,
        also: Vec::new(),
        url: None,
        outcome,
        reason: String::new(),
        item: None,
        loaded: at("2026-05-01T08:00:00"),
    };
    record.keep_ledger(&hand("2026-05-01T08:00:00"), "so.csv", b"1", vec![line("x", Outcome::Received)]).unwrap();
    let both = vec![line("x", Outcome::Posted), line("y", Outcome::Received)];
    let second = record.keep_ledger(&hand("2026-05-02T08:00:00"), "so.csv", b"2", both).unwrap();
    let ledger = record.views(None).unwrap().ledger;
    assert_eq!(ledger.iter().map(|l| l.outcome).collect::<Vec<_>>(), [Outcome::Posted, Outcome::Received]);
    record.revoke(&hand("2026-05-03T08:00:00"), second.seq, "tệp sai").unwrap();
    assert_eq!(record.views(None).unwrap().ledger.len(), 1);
}

#[test]
fn a_vanished_or_changed_file_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let record = Record::new(dir.path());
    let hash = record.files().keep(b"quyet dinh").unwrap();
    assert_eq!(record.files().read(&hash).unwrap(), b"quyet dinh");
    let path = dir.path().join("files").join(&hash);
    fs::write(&path, "khac").unwrap();
    assert!(record.files().read(&hash).unwrap_err().to_string().contains("đã bị thay đổi"));
    fs::remove_file(&path).unwrap();
    let refused = record.attest(&hand("2026-05-01T08:00:00"), &attestation(Some(hash)));
    assert!(refused.unwrap_err().to_string().contains("tệp không còn"));
    assert!(record.files().read("../../etc/passwd").is_err());
    assert_eq!(record.journal().entries().unwrap(), []);
}

#[test]
fn personal_data_can_be_erased_and_the_chain_stays_whole() {
    let dir = tempfile::tempdir().unwrap();
    let record = Record::new(dir.path());
    let contact = b"0912 345 678";
    let hash = record.files().keep_private(contact).unwrap();
    assert_ne!(hash, record.files().keep_private(contact).unwrap(), "the salt differs each time");
    record.append(&hand("2026-05-01T08:00:00"), "contest", json!({"contact": hash})).unwrap();
    assert_eq!(record.files().read_private(&hash).unwrap(), contact);
    let kept = record.files().read(&hash).unwrap();
    record.erase(&hand("2026-05-02T08:00:00"), &hash, "theo yêu cầu").unwrap();
    assert!(!record.files().has(&hash));
    assert_eq!(record.journal().verify().unwrap(), []);
    assert!(!fs::read_to_string(record.journal().path()).unwrap().contains("0912"));
    assert!(record.erase(&hand("2026-05-03T08:00:00"), &hash, "lần nữa").is_err());
    // As after a power cut between the journal's line and the removal.
    std::fs::write(record.files().dir().join(&hash), &kept).unwrap();
    record.erase(&hand("2026-05-03T09:00:00"), &hash, "lần nữa").unwrap();
    assert!(!record.files().has(&hash));
}

#[test]
fn the_rules_of_an_evening_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let record = Record::new(dir.path());
    let data = |text: &str| Data::new(BTreeMap::from([("plans/a.toml".to_owned(), text.to_owned())]));
    assert_eq!(record.inputs_at(at("2026-05-01T00:00:00")).unwrap(), None);
    for (moment, text) in [("2026-05-01T22:00:00", "cũ"), ("2026-05-02T22:00:00", "cũ"), ("2026-05-03T22:00:00", "mới")]
    {
        record.keep_inputs(&hand(moment), &data(text), "cchc 0.1.0").unwrap();
    }
    let noted = record.journal().entries().unwrap();
    assert_eq!(noted.iter().filter(|e| e.kind == kind::INPUTS).count(), 2, "the same rules are noted once");
    for (moment, text) in [("2026-04-01T00:00:00", "cũ"), ("2026-05-03T21:00:00", "cũ"), ("2026-05-03T22:00:00", "mới")]
    {
        assert_eq!(record.inputs_at(at(moment)).unwrap(), Some(data(text)), "{moment}");
    }
}
