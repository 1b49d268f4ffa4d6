//! Time stamps over the seals, asked of an authority on loopback: what is kept, what is not, and
//! what other people's tools say of it.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use cchc_audit::archive::Archive;
use cchc_audit::article::ArticleId;
use cchc_audit::crawl::resolve::system_lookup;
use cchc_audit::decision::Ruling;
use cchc_audit::evidence::{self, Contents, Item, Key, Seal, stamp};
use cchc_audit::nightly::stamps::{self, Asked};
use cchc_audit::record::{Hand, Record, Via};
use cchc_audit::site::Sites;
use cchc_audit::time::{self, Time};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;

fn at(text: &str) -> Time {
    time::parse(&format!("{text}+07:00")).unwrap()
}

fn hand(moment: &str) -> Hand {
    Hand { at: at(moment), by: "lan".to_owned(), via: Via::Cli }
}

/// A state of two sealed nights, a decision in each; long past, so that no authority stamps earlier.
fn state() -> (tempfile::TempDir, Record) {
    let dir = tempfile::tempdir().unwrap();
    let record = Record::new(dir.path());
    for day in ["01", "02"] {
        let ruling = Ruling::Cchc { value: day == "02" };
        let item = ArticleId("a1".to_owned());
        record.decide(&hand(&format!("2020-05-{day}T08:00:00")), &item, &ruling, "xem lại").unwrap();
        let archive = Archive::new(dir.path().join("archive"));
        let night = hand(&format!("2020-05-{day}T23:00:00"));
        evidence::seal(&archive, &record, &Key::of(dir.path()).unwrap(), &night).unwrap().unwrap();
    }
    (dir, record)
}

/// An authority: answers each request with what a function makes of its body.
fn authority(answer: impl Fn(&[u8]) -> (u16, Vec<u8>) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let (status, body) = answer(&posted(&stream));
            let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            // A client that has heard enough may hang up.
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        }
    });
    address
}

fn posted(stream: &TcpStream) -> Vec<u8> {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line).unwrap() > 2 {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    body
}

fn sites(address: SocketAddr) -> Sites {
    let text = format!(
        "[crawler]\ncontact = \"mailto:a@b.vn\"\nallow_private = true\ntotal_timeout = \"5s\"\n\
         resolve = {{ \"tsa.test\" = \"{address}\" }}\n[timestamps]\nauthorities = [\"http://tsa.test/tsr\"]\n"
    );
    Sites::parse("sites.toml", &text).unwrap()
}

fn ask(record: &Record, sites: &Sites) -> Asked {
    stamps::ask(record, sites, &hand("2020-05-03T05:00:00"), &system_lookup()).unwrap()
}

#[test]
fn what_is_no_stamp_is_not_kept_and_asked_for_again() {
    let (_dir, record) = state();
    let others = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stamps/rsa.tsr")).unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (address, why) in [
        (authority(|_| (500, Vec::new())), "mã 500"),
        (authority(|_| (302, Vec::new())), "mã 302"),
        (authority(|_| (200, b"<html>".to_vec())), "không phải trả lời RFC 3161"),
        (authority(move |_| (200, others.clone())), "nội dung khác"),
        (authority(|_| (200, vec![0; 100_000])), "100000 byte"),
        (closed, "kết nối"),
    ] {
        let asked = ask(&record, &sites(address));
        assert_eq!(asked.kept, 0, "{why}");
        assert_eq!(asked.missing.len(), 1, "one unanswered seal ends the asking for the night");
        let told = &asked.missing[0];
        assert!(told.contains(why) && told.contains("2 niêm phong chờ"), "{told}");
    }
    assert_eq!(stamp::pending(&record, "http://tsa.test/tsr").unwrap().len(), 2);
    let private = Sites { crawler: Default::default(), ..sites(closed) };
    assert_eq!(ask(&record, &private).kept, 0, "a name that only `resolve` knows is looked up nowhere else");
}

/// `openssl ts` as an authority, with a key of its own.
fn openssl(dir: &Path) -> SocketAddr {
    const CONFIG: &str = "[tsa]\ndefault_tsa = own\n[own]\nserial = ./serial\nsigner_digest = sha256\n\
        default_policy = 1.2.3.4.1\ndigests = sha256\n[req]\ndistinguished_name = dn\nx509_extensions = ext\n\
        prompt = no\n[dn]\nCN = Loopback Time Authority\n[ext]\nextendedKeyUsage = critical,timeStamping\n";
    std::fs::write(dir.join("tsa.cnf"), CONFIG).unwrap();
    let make = "req -x509 -newkey rsa:2048 -nodes -config tsa.cnf -days 3650 -keyout key.pem -out cert.pem";
    run(dir, make);
    let dir = dir.to_owned();
    authority(move |query| {
        std::fs::write(dir.join("query.tsq"), query).unwrap();
        run(&dir, "ts -reply -config tsa.cnf -queryfile query.tsq -signer cert.pem -inkey key.pem -out reply.tsr");
        (200, std::fs::read(dir.join("reply.tsr")).unwrap())
    })
}

fn run(dir: &Path, arguments: &str) {
    let output = Command::new("openssl").args(arguments.split(' ')).current_dir(dir).output().unwrap();
    assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
#[ignore = "needs openssl"]
fn a_real_stamp_is_kept_once_and_stands_in_the_pack() {
    let (dir, record) = state();
    let tsa = tempfile::tempdir().unwrap();
    let sites = sites(openssl(tsa.path()));
    assert_eq!(ask(&record, &sites), Asked { kept: 2, missing: Vec::new() });
    assert_eq!(ask(&record, &sites), Asked::default(), "what is stamped is not asked for again");

    let key = Key::of(dir.path()).unwrap();
    let archive = Archive::new(dir.path().join("archive"));
    let faults = evidence::check(&archive, &record, &key.public(), true).unwrap();
    assert_eq!(faults, [] as [String; 0]);
    // The decisions bring their nights' seals into the pack, and with them the stamps.
    let pack = pack(&archive, &record, &key);
    let answer = evidence::verify(&pack, Some(&key.public()), at("2100-01-01T00:00:00")).unwrap();
    let told = |sentences: &[String], part: &str| sentences.iter().filter(|s| s.contains(part)).count();
    assert_eq!(answer.fails, [] as [String; 0]);
    assert_eq!(told(&answer.holds, "theo «Loopback Time Authority»; chữ ký đúng với chứng thư đi kèm"), 2);
    assert_eq!(told(&answer.open, "chưa kiểm tra ai cấp chứng thư sha256:"), 2);

    // What verify leaves open, openssl answers, with the command that verify prints.
    let seal = record.journal().entries().unwrap().iter().rev().find_map(Seal::of).unwrap();
    let mut files = zip::ZipArchive::new(std::io::Cursor::new(pack)).unwrap();
    let mut token = Vec::new();
    files.by_name("evidence/timestamp-2-1.tsr").unwrap().read_to_end(&mut token).unwrap();
    std::fs::write(tsa.path().join("kept.tsr"), &token).unwrap();
    run(tsa.path(), &format!("ts -verify -digest {} -in kept.tsr -CAfile cert.pem", seal.hash()));
}

fn pack(archive: &Archive, record: &Record, key: &Key) -> Vec<u8> {
    let item = Item { id: ArticleId("a1".to_owned()), urls: Vec::new(), title: "Tin".to_owned(), captures: Vec::new() };
    let contents = Contents {
        title: "Phường Hai Bà Trưng, tháng 5/2020".to_owned(),
        unit: &"phuong-hai-ba-trung".parse().unwrap(),
        judged: Vec::new(),
        items: vec![item],
        ledger: Vec::new(),
        coverage: serde_json::Value::Null,
    };
    evidence::pack(&contents, archive, record, key).unwrap()
}
