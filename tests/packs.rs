//! Packs as somebody who means harm would make them: each gets a clear answer and an exit code.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod sealed;

use cchc_audit::digest::sha256;
use cchc_audit::evidence::{self, Answer, Key};
use cchc_audit::time::Time;
use flate2::Crc;
use flate2::write::GzEncoder;
use sealed::{State, at, capture, hand};
use std::io::{Cursor, Read as _, Write as _};

type Files = Vec<(String, Vec<u8>)>;

const WARC: &str = "archive/data.warc.gz";

fn now() -> Time {
    at("2026-06-01T00:00:00")
}

fn verify(pack: &[u8]) -> Answer {
    evidence::verify(pack, None, now()).unwrap()
}

/// The files of a pack, read by another program.
fn unpacked(pack: &[u8]) -> Files {
    let mut zip = zip::ZipArchive::new(Cursor::new(pack)).unwrap();
    let count = zip.len();
    let read = |n| {
        let mut file = zip.by_index(n).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        (file.name().unwrap().into_owned(), bytes)
    };
    (0..count).map(read).collect()
}

/// A zip file of the one form that packs have, made by hand.
fn packed(files: &Files) -> Vec<u8> {
    let number = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
    let (mut pack, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in files {
        let mut crc = Crc::new();
        crc.update(data);
        let (size, length) = (number(data.len()), u16::try_from(name.len()).unwrap().to_le_bytes());
        let common =
            [&[20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0][..], &crc.sum().to_le_bytes(), &size, &size, &length, &[0, 0]]
                .concat();
        let rest = [&[0, 0, 0, 0, 0, 0, 0, 0, 0xa4, 0x81][..], &number(pack.len()), name.as_bytes()].concat();
        directory.extend([b"PK\x01\x02\x14\x03", &common[..], &rest].concat());
        pack.extend([b"PK\x03\x04", &common[..], name.as_bytes(), data].concat());
    }
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    let end = [&count[..], &count, &number(directory.len()), &number(pack.len()), &[0, 0]].concat();
    [&pack[..], &directory, b"PK\x05\x06\0\0\0\0", &end].concat()
}

/// A pack with its files changed and nothing else.
fn changed(pack: &[u8], change: impl FnOnce(&mut Files)) -> Vec<u8> {
    let mut files = unpacked(pack);
    change(&mut files);
    packed(&files)
}

/// A pack with its files changed, listed anew and signed by somebody's own key.
fn signed_anew(pack: &[u8], key: &Key, change: impl FnOnce(&mut Files)) -> Vec<u8> {
    changed(pack, |files| {
        change(files);
        let mut package: serde_json::Value = serde_json::from_slice(&file(files, "datapackage.json")).unwrap();
        for resource in package["resources"].as_array_mut().unwrap() {
            let bytes = file(files, resource["path"].as_str().unwrap());
            resource["hash"] = format!("sha256:{}", sha256(&bytes)).into();
        }
        let package = serde_json::to_vec(&package).unwrap();
        let hash = format!("sha256:{}", sha256(&package));
        let signature = serde_json::json!({"key": key.public().to_string(), "signature": key.sign(&hash)});
        let digest = serde_json::json!({"path": "datapackage.json", "hash": hash, "cchc": signature});
        put(files, "datapackage.json", package);
        put(files, "datapackage-digest.json", serde_json::to_vec(&digest).unwrap());
    })
}

fn file(files: &Files, name: &str) -> Vec<u8> {
    files.iter().find(|(n, _)| n == name).map(|(_, bytes)| bytes.clone()).unwrap()
}

fn put(files: &mut Files, name: &str, bytes: Vec<u8>) {
    files.iter_mut().find(|(n, _)| n == name).unwrap().1 = bytes;
}

/// One answer must say `why`; the pack must not pass.
fn fails(name: &str, pack: &[u8], why: &str) {
    let answer = verify(pack);
    assert!(!answer.is_sound() && answer.fails.iter().any(|f| f.contains(why)), "{name}: {:#?}", answer.fails);
}

#[test]
fn the_zip_made_by_hand_is_the_packs_own() {
    let pack = State::new().pack();
    assert_eq!(changed(&pack, |_| ()), pack);
}

#[test]
fn what_is_no_zip_is_bad_input() {
    for text in [&b"khong phai zip"[..], b"", b"PK", b"\x1f\x8b\x08", b"PK\x05\x06"] {
        let error = evidence::verify(text, None, now()).unwrap_err();
        assert!(error.to_string().contains("không phải gói WACZ"), "{error}");
        assert_eq!(error.exit_code(), 2);
    }
}

#[test]
fn a_pack_cut_anywhere_says_where() {
    let pack = State::new().pack();
    for length in (4..pack.len()).step_by(101) {
        fails("cut", &pack[..length], "byte ");
    }
    fails("something behind", &[&pack[..], b"x"].concat(), "byte ");
    fails("the same twice", &[&pack[..], &pack].concat(), "byte ");
}

#[test]
fn a_pack_without_one_of_its_parts_names_it() {
    let pack = State::new().pack();
    for name in [
        WARC,
        "indexes/index.cdx.gz",
        "indexes/index.idx",
        "pages/pages.jsonl",
        "evidence/journal.json",
        "evidence/seals.json",
        "evidence/proofs.json",
        "datapackage.json",
        "datapackage-digest.json",
    ] {
        fails(name, &changed(&pack, |files| files.retain(|(n, _)| n != name)), &format!("thiếu {name}"));
    }
    let listed = changed(&pack, |files| files.retain(|(n, _)| !n.starts_with("files/")));
    fails("attachment", &listed, "có trong danh sách mà không có trong gói");
}

#[test]
fn names_that_lead_out_and_packed_entries_are_refused() {
    let pack = State::new().pack();
    for name in ["../etc/passwd", "/etc/passwd", "a/../b", "a/b/c", "..\\x", "a/", "tệp", ".x", "a b", "a\0b"] {
        let with = changed(&pack, |files| files.insert(0, (name.to_owned(), b"x".to_vec())));
        fails(name, &with, "không hợp lệ");
    }
    let double = changed(&pack, |files| files.push((WARC.to_owned(), b"x".to_vec())));
    fails("double", &double, "hai tệp cùng tên");
    fails("foreign", &changed(&pack, |files| files.push(("la/la.txt".to_owned(), b"x".to_vec()))), "tệp lạ");

    // Refused for being packed at all, before anything is unpacked.
    let mut bomb = pack.clone();
    bomb[8] = 8;
    fails("bomb", &bomb, "mục zip bị nén");
}

#[test]
fn a_forger_with_a_key_of_his_own_is_found() {
    let state = State::new();
    let (pack, key) = (state.pack(), Key::of(tempfile::tempdir().unwrap().path()).unwrap());
    let theirs = signed_anew(&pack, &key, |_| ());
    let answer = evidence::verify(&theirs, Some(&state.key().public()), now()).unwrap();
    assert!(answer.fails.iter().any(|f| f.starts_with("gói do khoá khác ký")), "{answer:#?}");
    fails("seals are not his", &theirs, "niêm phong số 1: chữ ký không đúng");
    assert_eq!(verify(&pack).open.len(), 1, "without a key it is said to be unsure");
    let unsigned = changed(&pack, |files| put(files, "datapackage-digest.json", b"{}".to_vec()));
    fails("no signature", &unsigned, "chữ ký");
}

#[test]
fn whoever_holds_the_key_cannot_bring_in_what_was_not_sealed() {
    let state = State::new();
    let (pack, key) = (state.pack(), state.key());
    let forged = |change: &dyn Fn(&mut Files)| signed_anew(&pack, &key, change);
    assert!(verify(&forged(&|_| ())).is_sound(), "signing anew alone changes nothing");

    let mut member = GzEncoder::new(Vec::new(), flate2::Compression::best());
    member.write_all(&vec![0; 32 << 20]).unwrap();
    let bomb = member.finish().unwrap();
    let append = |files: &mut Files| put(files, WARC, [file(files, WARC), bomb.clone()].concat());
    fails("a foreign record, a bomb too", &forged(&append), "có bản ghi lạ, không có trong chứng minh");
    let swap = |files: &mut Files| {
        let mut warc = file(files, WARC);
        let middle = warc.len() / 2;
        warc[middle] ^= 1;
        put(files, WARC, warc);
    };
    fails("a changed record", &forged(&swap), "không đúng với niêm phong của đêm đó");
    let line = |files: &mut Files| {
        let journal = String::from_utf8(file(files, "evidence/journal.json")).unwrap();
        put(files, "evidence/journal.json", journal.replace("đúng là CCHC", "không phải CCHC").into_bytes());
    };
    fails("a changed decision", &forged(&line), "không khớp mã băm");
    for (name, bytes) in [("not JSON", b"{".to_vec()), ("deep", vec![b'['; 1 << 20]), ("empty", Vec::new())] {
        let broken = |files: &mut Files| put(files, "evidence/proofs.json", bytes.clone());
        fails(name, &forged(&broken), "evidence/proofs.json: không đọc được");
    }
    let none = |files: &mut Files| put(files, "evidence/journal.json", b"[]".to_vec());
    fails("decisions left out", &forged(&none), "thiếu bút toán");
}

#[test]
fn dates_are_held_against_the_seals_and_the_clock() {
    let state = State::new();
    let before = evidence::verify(&state.pack(), None, at("2026-05-02T12:00:00")).unwrap();
    for part in ["datapackage.json: ngày giờ ở tương lai", "niêm phong (bút toán", "bút toán"] {
        assert!(before.fails.iter().any(|f| f.contains(part) && f.contains("tương lai")), "{part}: {before:#?}");
    }

    // A capture that says it was made after the seal that covers it, and one from long before.
    for (moment, sound, told) in [
        ("2026-05-04T12:00:00", false, "sau niêm phong bao nó (05:00:00 04/05/2026)"),
        ("2026-05-03T22:00:00", true, ""),
        ("2026-04-01T22:00:00", true, "hơn 36 giờ sau giờ ghi trên chúng"),
    ] {
        let mut state = State::new();
        let page = capture("tin/3.html", 200, "<p>khác</p>", moment);
        let place = state.writer().write(&page, None).unwrap();
        state.places[0] = place;
        state.seal("2026-05-04T05:00:00");
        let answer = state.verify(&state.pack());
        assert_eq!(answer.is_sound(), sound, "{moment}: {answer:#?}");
        assert!(answer.fails.iter().chain(&answer.open).any(|s| s.contains(told)) || told.is_empty(), "{answer:#?}");
    }
}

#[test]
fn an_erased_file_is_told_and_breaks_nothing() {
    let state = State::new();
    let record = state.record();
    let entries = record.journal().entries().unwrap();
    let file = entries.iter().find_map(|e| e.data["file"].as_str()).unwrap().to_owned();
    record.erase(&hand("2026-05-05T08:00:00"), &file, "công dân yêu cầu").unwrap();
    state.seal("2026-05-06T05:00:00");
    assert_eq!(
        evidence::check(&state.archive(), &record, &state.key().public(), true).unwrap(),
        [] as [String; 0],
        "the chain does not need what was erased"
    );
    let pack = state.pack();
    let answer = state.verify(&pack);
    assert!(answer.is_sound(), "{answer:#?}");
    assert_eq!(answer.open.len(), 1);
    assert!(answer.open[0].ends_with(": công dân yêu cầu"), "{:?}", answer.open);
    assert!(!unpacked(&pack).iter().any(|(name, _)| name.starts_with("files/")));

    // Erased in secret it would be missed.
    let state = State::new();
    std::fs::remove_file(state.record().files().dir().join(&file)).unwrap();
    fails("removed by hand", &state.pack(), "của minh chứng số");
}
