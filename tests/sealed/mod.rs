//! A state of two sealed nights, as tests of packs and seals want it.

#![allow(dead_code, unreachable_pub, reason = "a module of several test files, each of which uses its own part")]

use cchc_audit::archive::{Archive, Capture, Options, Tls, Writer};
use cchc_audit::article::{ArticleId, CaptureRef};
use cchc_audit::audit::Audit;
use cchc_audit::decision::{Attestation, Ruling};
use cchc_audit::evidence::{self, Answer, Contents, Item, Judged, Key};
use cchc_audit::record::{Hand, Record, Via};
use cchc_audit::time::{self, Time};
use std::path::Path;
use std::time::Duration;

pub fn at(text: &str) -> Time {
    time::parse(&format!("{text}+07:00")).unwrap()
}

pub fn hand(moment: &str) -> Hand {
    Hand { at: at(moment), by: "lan".to_owned(), via: Via::Cli }
}

pub fn capture(path: &str, status: u16, body: &str, moment: &str) -> Capture {
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
pub struct State {
    pub dir: tempfile::TempDir,
    pub places: Vec<CaptureRef>,
}

impl State {
    pub fn new() -> Self {
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

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn writer(&self) -> Writer {
        Writer::open(&self.path().join("archive"), Options::default()).unwrap()
    }

    pub fn archive(&self) -> Archive {
        Archive::new(self.path().join("archive"))
    }

    pub fn record(&self) -> Record {
        Record::new(self.path())
    }

    pub fn key(&self) -> Key {
        Key::of(self.path()).unwrap()
    }

    pub fn seal(&self, moment: &str) {
        evidence::seal(&self.archive(), &self.record(), &self.key(), &hand(moment)).unwrap().unwrap();
    }

    pub fn attestation(&self, file: String) -> Attestation {
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

    pub fn pack(&self) -> Vec<u8> {
        let audit = Audit {
            schema: 1,
            plan: "ha-noi-2026".to_owned(),
            as_of: "2026-05-03".parse().unwrap(),
            program: "cchc".to_owned(),
            inputs: Default::default(),
            alarms: Vec::new(),
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

    pub fn verify(&self, pack: &[u8]) -> Answer {
        evidence::verify(pack, Some(&self.key().public()), at("2026-06-01T00:00:00")).unwrap()
    }
}
