//! Packs and seals as a stranger would try them: with a changed byte, a foreign record, another
//! key, another clock, and with other people's tools.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use cchc_audit::archive::{Archive, Capture, Options, Tls, Writer};
use cchc_audit::article::{ArticleId, CaptureRef};
use cchc_audit::audit::Audit;
use cchc_audit::decision::{Attestation, Ruling};
use cchc_audit::evidence::{self, Answer, Contents, Item, Judged, Key};
use cchc_audit::record::{Hand, Record, Via};
use cchc_audit::time::{self, Time};
use std::path::Path;
use std::time::Duration;

fn at(text: &str) -> Time {
    time::parse(&format!("{text}+07:00")).unwrap()
}

fn hand(moment: &str) -> Hand {
    Hand { at: at(moment), by: "lan".to_owned(), via: Via::Cli }
}

fn capture(path: &str, status: u16, body: &str, moment: &str) -> Capture {
    Capture {
        url: format!("https://haibatrung.hanoi.gov.vn/{path}"),
        method: "GET".to_owned(),
        request_headers: vec![("user-agent".to_owned(), "cchc-audit/0.1.0 (+mailto:a@b.vn)".to_owned())],
        request_body: Vec::new(),
        version: "HTTP/1.1".to_owned(),
        status,
        reason: String::new(),
        headers: vec![("content-type".to_owned(), b"text/html; charset=utf-8".to_vec())],
        body: body.as_bytes().to_vec(),
        at: at(moment),
        elapsed: Duration::from_millis(84),
        remote: Some("127.0.0.2:443".parse().unwrap()),
        tls: Some(Tls::verified(b"chung thu".to_vec())),
        truncated: None,
        notes: Vec::new(),
        unchanged: None,
    }
}

/// A state of two sealed nights: three pages, one seen again unchanged, one gone, a decision, an
/// attestation.
struct State {
    dir: tempfile::TempDir,
    places: Vec<CaptureRef>,
}

impl State {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut state = Self { dir, places: Vec::new() };
        let page = |n: u32| format!("<!DOCTYPE html><title>Tin {n}</title><p>Nội dung tin số {n}.</p>");
        let writer = state.writer();
        for n in 1..4 {
            let moment = format!("2026-05-01T22:0{n}:00");
            let place = writer.write(&capture(&format!("tin/{n}.html"), 200, &page(n), &moment), None).unwrap();
            state.places.push(place);
        }
        drop(writer);
        state.seal("2026-05-02T05:00:00");
        let record = state.record();
        let ruling = Ruling::Cchc { value: true };
        let item = ArticleId("a1".to_owned());
        let decision = record.decide(&hand("2026-05-02T08:00:00"), &item, &ruling, "đúng là CCHC").unwrap();
        record.revoke(&hand("2026-05-02T08:05:00"), decision.seq, "nhầm").unwrap();
        let file = record.files().keep(b"%PDF-1.7").unwrap();
        record.attest(&hand("2026-05-02T09:00:00"), &state.attestation(file)).unwrap();
        record.append(&hand("2026-05-02T10:00:00"), "login", serde_json::json!({"user": "lan"})).unwrap();
        let writer = state.writer();
        let again = capture("tin/1.html", 200, &page(1), "2026-05-02T22:01:00");
        writer.write(&again, Some(&state.places[0])).unwrap();
        writer.write(&capture("tin/2.html", 404, "không có", "2026-05-02T22:02:00"), None).unwrap();
        drop(writer);
        state.seal("2026-05-03T05:00:00");
        state
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn writer(&self) -> Writer {
        Writer::open(&self.path().join("archive"), Options::default()).unwrap()
    }

    fn archive(&self) -> Archive {
        Archive::new(self.path().join("archive"))
    }

    fn record(&self) -> Record {
        Record::new(self.path())
    }

    fn key(&self) -> Key {
        Key::of(self.path()).unwrap()
    }

    fn seal(&self, moment: &str) {
        evidence::seal(&self.archive(), &self.record(), &self.key(), &hand(moment)).unwrap().unwrap();
    }

    fn attestation(&self, file: String) -> Attestation {
        Attestation {
            seq: 0,
            at: at("2026-05-02T09:00:00"),
            by: String::new(),
            plan: "ha-noi-2026".to_owned(),
            obligation: "a1".to_owned(),
            unit: "phuong-hai-ba-trung".parse().unwrap(),
            period: "2026-03-09".parse().unwrap(),
            file: Some(file),
            file_name: Some("kế hoạch.pdf".to_owned()),
            note: String::new(),
        }
    }

    fn pack(&self) -> Vec<u8> {
        let audit = Audit {
            schema: 1,
            plan: "ha-noi-2026".to_owned(),
            as_of: "2026-05-03".parse().unwrap(),
            program: "cchc".to_owned(),
            inputs: Default::default(),
            verdicts: Vec::new(),
        };
        let item = |n: usize| Item {
            id: ArticleId(format!("a{n}")),
            urls: vec![format!("https://haibatrung.hanoi.gov.vn/tin/{n}.html")],
            title: format!("Tin số {n}"),
            captures: vec![self.places[n - 1].clone()],
        };
        let judged = Judged {
            audit: &audit,
            json: serde_json::to_vec(&audit).unwrap(),
            html: b"<!DOCTYPE html><p>\xc4\x91\xe1\xba\xa1t</p>".to_vec(),
            plan: "id = \"ha-noi-2026\"\n",
        };
        let contents = Contents {
            title: "Phường Hai Bà Trưng, tháng 5/2026".to_owned(),
            unit: &"phuong-hai-ba-trung".parse().unwrap(),
            judged: vec![judged],
            items: vec![item(1), item(2)],
            ledger: Vec::new(),
            coverage: serde_json::json!({"sites": [], "observations": []}),
        };
        evidence::pack(&contents, &self.archive(), &self.record(), &self.key()).unwrap()
    }

    fn verify(&self, pack: &[u8]) -> Answer {
        evidence::verify(pack, Some(&self.key().public()), at("2026-06-01T00:00:00")).unwrap()
    }
}

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

/// A pack put together anew by somebody with a zip program and another key.
fn forged(pack: &[u8], forge: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>) -> Vec<u8> {
    use std::io::{Cursor, Read as _, Write as _};
    let mut old = zip::ZipArchive::new(Cursor::new(pack)).unwrap();
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for n in 0..old.len() {
        let mut file = old.by_index(n).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        if let Some(bytes) = forge(name.as_str(), bytes) {
            new.start_file(name, options).unwrap();
            new.write_all(&bytes).unwrap();
        }
    }
    new.finish().unwrap().into_inner()
}

#[test]
fn what_is_no_pack_or_not_ours_gets_a_clear_answer() {
    let state = State::new();
    let pack = state.pack();
    let now = at("2026-06-01T00:00:00");
    for text in [&b"khong phai zip"[..], b""] {
        assert!(evidence::verify(text, None, now).unwrap_err().to_string().contains("không phải gói WACZ"));
    }
    let fails = |pack: &[u8], now: Time| evidence::verify(pack, None, now).unwrap().fails.join("\n");
    assert!(fails(&pack[..pack.len() / 2], now).contains("byte "));
    assert!(fails(&forged(&pack, |_, bytes| Some(bytes)), now).contains("byte "), "another zip program");
    assert!(fails(&pack, at("2026-05-01T00:00:00")).contains("tương lai"));

    let other = State::new().key().public();
    let answer = evidence::verify(&pack, Some(&other), now).unwrap();
    assert!(answer.fails.iter().any(|f| f.starts_with("gói do khoá khác ký")), "{answer:?}");
    assert_eq!(evidence::verify(&pack, None, now).unwrap().open.len(), 1, "without a key it is said to be unsure");
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
