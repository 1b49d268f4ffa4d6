//! Packs and seals as a stranger would try them: with a changed byte, a foreign record, another
//! key, another clock, and with other people's tools.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod sealed;

use cchc_audit::evidence;
use cchc_audit::time;
use sealed::{State, hand};
use std::path::Path;

#[test]
fn a_pack_holds_and_is_the_same_twice() {
    let state = State::new();
    let pack = state.pack();
    let told = state.verify(&pack);
    let key = state.key().public().to_string();
    insta::assert_snapshot!(format!("{told:#?}").replace(&key, "ed25519:…"), @r#"
    Answer {
        holds: [
            "cấu trúc zip đúng từng byte, không có phần thừa",
            "datapackage.json đúng mã băm",
            "chữ ký của gói đúng với khoá ed25519:…",
            "khoá ký đúng là khoá được đưa",
            "16 tệp đúng mã băm",
            "ngày lập gói không ở tương lai",
            "2 niêm phong đúng chữ ký",
            "8 nhóm bản ghi đúng với niêm phong, không có bản ghi lạ",
            "3 quyết định và minh chứng đúng với nhật ký",
            "1 tệp minh chứng đúng mã băm",
        ],
        fails: [],
        open: [],
    }
    "#);
    state.record().append(&hand("2026-05-04T08:00:00"), "export", serde_json::json!({})).unwrap();
    assert_eq!(state.pack(), pack, "an export changes no pack");
}

#[test]
fn a_flipped_byte_anywhere_is_found() {
    let state = State::new();
    let pack = state.pack();
    // A byte in 13 meets every header and every file; `zip` itself is tried bit by bit in its own test.
    for at in (0..pack.len()).step_by(13) {
        let mut changed = pack.clone();
        changed[at] ^= 0x20;
        let answer = evidence::verify(&changed, None, time::parse("2026-06-01T00:00:00+07:00").unwrap());
        assert!(answer.is_err() || !answer.unwrap().is_sound(), "byte {at} of {}", pack.len());
    }
}

#[test]
fn the_chain_of_nights_holds_until_something_is_changed() {
    let state = State::new();
    let key = state.key().public();
    let check = || evidence::check(&state.archive(), &state.record(), &key, true).unwrap();
    assert_eq!(check(), [] as [String; 0]);
    assert_eq!(
        evidence::seal(&state.archive(), &state.record(), &state.key(), &hand("2026-05-03T06:00:00")).unwrap(),
        None
    );

    let file = state.path().join("archive").join(&state.places[0].file);
    let sound = std::fs::read(&file).unwrap();
    let mut changed = sound.clone();
    changed[state.places[1].offset as usize + 30] ^= 1;
    std::fs::write(&file, &changed).unwrap();
    let place = format!("{}: bản ghi tại byte {} đã bị thay đổi", state.places[1].file, state.places[1].offset);
    assert_eq!(check(), [place]);

    // With a list of leaves that fits the changed file, the seal tells.
    for listed in ["leaves.gz", "cdxj"] {
        std::fs::remove_file(file.to_string_lossy().replace("warc.gz", listed)).unwrap();
    }
    drop(state.writer());
    assert!(check().iter().any(|fault| fault.starts_with("niêm phong số 1")), "{:?}", check());
    let other = State::new().key().public();
    assert!(evidence::check(&state.archive(), &state.record(), &other, false).unwrap().len() >= 2);
}

#[test]
#[ignore = "needs warcio, wacz and pywb"]
fn other_peoples_tools_read_archive_and_pack() {
    let state = State::new();
    let pack = state.path().join("pack.wacz");
    std::fs::write(&pack, state.pack()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/validate_archive.py");
    let output = std::process::Command::new("python3")
        .arg(script)
        .arg(state.path().join("archive"))
        .arg(&pack)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
}
