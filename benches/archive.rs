//! Speed of `archive` and `evidence`: what a page costs, and how fast a state is checked.

#![expect(clippy::unwrap_used, reason = "a bench may stop at the first surprise")]

use cchc_audit::archive::{Archive, Capture, Options, Tls, Writer};
use cchc_audit::evidence::{self, Key};
use cchc_audit::record::{Hand, Record, Via};
use cchc_audit::time::{self, Time};
use divan::Bencher;
use divan::counter::BytesCount;
use std::path::Path;
use std::time::Duration;

/// Size of a page, in bytes.
const PAGE: usize = 30_000;
/// Nights of the chain: ten years.
const NIGHTS: i64 = 3650;

fn main() {
    divan::main();
}

fn start() -> Time {
    time::parse("2026-05-01T22:00:00+07:00").unwrap()
}

/// A page that compresses about as a portal's does (to a quarter).
fn page(seed: usize) -> Vec<u8> {
    let syllables = ["cải", "cách", "hành", "chính", "phường", "thủ", "tục", "công", "dân", "số", "đất", "tháng"];
    let mut state = seed as u64 * 2 + 1;
    let mut body = String::with_capacity(PAGE + 100);
    while body.len() < PAGE {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let word = syllables[(state >> 33) as usize % syllables.len()];
        match (state >> 45) % 16 {
            0 => body.push_str(&format!("</p>\n<p class=\"noi-dung-{:x}\">", state >> 52)),
            1 => body.push_str(&format!("{:x} ", state >> 40)),
            _ => body.extend([word, " "]),
        }
    }
    body.into_bytes()
}

fn capture(n: usize, body: Vec<u8>) -> Capture {
    let header = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
    Capture {
        url: format!("https://haibatrung.hanoi.gov.vn/tin-tuc/cai-cach-hanh-chinh-{n}.html"),
        method: "GET".to_owned(),
        request_headers: vec![
            ("user-agent".to_owned(), "cchc-audit/0.1.0 (+mailto:a@b.vn)".to_owned()),
            ("accept-encoding".to_owned(), "gzip".to_owned()),
        ],
        request_body: Vec::new(),
        version: "HTTP/1.1".to_owned(),
        status: 200,
        reason: String::new(),
        headers: vec![header("content-type", "text/html; charset=utf-8"), header("server", "nginx")],
        body,
        at: start() + chrono::Duration::milliseconds(n as i64 * 5000),
        elapsed: Duration::from_millis(84),
        remote: Some("127.0.0.2:443".parse().unwrap()),
        tls: Some(Tls::verified(b"chung thu".to_vec())),
        truncated: None,
        notes: Vec::new(),
        unchanged: None,
    }
}

/// One page of 30 KB: digests, compression, the append; CPU and the page cache, no sync.
#[divan::bench]
fn write_a_page(bencher: Bencher<'_, '_>) {
    let dir = tempfile::tempdir().unwrap();
    let writer = Writer::open(dir.path(), Options::default()).unwrap();
    let mut n = 0;
    bencher
        .with_inputs(|| {
            n += 1;
            capture(n, page(n))
        })
        .input_counter(|_| BytesCount::new(PAGE))
        .bench_local_refs(|capture| writer.write(capture, None).unwrap());
}

fn filled(dir: &Path, pages: usize) -> Archive {
    let writer = Writer::open(dir, Options::default()).unwrap();
    (0..pages).for_each(|n| drop(writer.write(&capture(n, page(n)), None).unwrap()));
    writer.close().unwrap();
    Archive::new(dir)
}

/// Reads everything back, digests checked: what a rebuild begins with.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn read_a_thousand_pages(bencher: Bencher<'_, '_>) {
    let dir = tempfile::tempdir().unwrap();
    let archive = filled(dir.path(), 1000);
    bencher.bench_local(|| archive.entries().unwrap().filter(Result::is_ok).count());
}

/// Hashes every group of a file again, as the full check of a state does.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn rehash(bencher: Bencher<'_, '_>) {
    let dir = tempfile::tempdir().unwrap();
    let archive = filled(dir.path(), 3000);
    let file = archive.files().unwrap().remove(0);
    let size = std::fs::metadata(dir.path().join(&file)).unwrap().len();
    bencher.counter(BytesCount::new(size)).bench_local(|| archive.rehash(&file).unwrap());
}

/// Walks ten years of sealed nights: signatures, links, roots, and the hash of every journal line.
/// To seal them takes some minutes beforehand, since each seal begins with the whole journal.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn check_ten_years_of_seals(bencher: Bencher<'_, '_>) {
    let dir = tempfile::tempdir().unwrap();
    let (archive, record) = (Archive::new(dir.path().join("archive")), Record::new(dir.path()));
    let key = Key::of(dir.path()).unwrap();
    for night in 0..NIGHTS {
        let hand = Hand { at: start() + chrono::Duration::days(night), by: "cchc".to_owned(), via: Via::System };
        record.append(&hand, "login", serde_json::json!({"user": "lan"})).unwrap();
        evidence::seal(&archive, &record, &key, &hand).unwrap();
    }
    bencher.bench_local(|| assert!(evidence::check(&archive, &record, &key.public(), true).unwrap().is_empty()));
}
