//! A pack: everything behind a unit's verdicts, in one WACZ file that a stranger can check and
//! replay.
//!
//! The records of the archive are copied byte for byte, so that each still has its place in the
//! Merkle tree of the night it was captured. Nothing in a pack depends on the moment of export:
//! two exports of one state are the same file.

use super::index::{self, Page, WARC};
use super::keys::Key;
use super::proof::{Group, Line, Proofs, Prover};
use super::seal::Seal;
use super::{stamp, zip};
use crate::archive::{Archive, Bytes, Capture, cdxj};
use crate::article::{ArticleId, CaptureRef};
use crate::audit::Audit;
use crate::decision::{Attestation, LedgerLine};
use crate::digest::prefixed;
use crate::error::{Error, Result};
use crate::record::{Entry, Record, kind};
use crate::time::Time;
use crate::unit::UnitId;
use serde_json::{Value, json};
use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};

/// What a pack is to hold.
pub struct Contents<'a> {
    /// Its title, such as `Phường Hai Bà Trưng, tháng 5/2026`.
    pub title: String,
    /// The unit.
    pub unit: &'a UnitId,
    /// The verdicts, plan by plan, only those of the unit and period.
    pub judged: Vec<Judged<'a>>,
    /// Every item that appears in them, counted or not, and what was captured of it.
    pub items: Vec<Item>,
    /// The ledger's lines of the unit.
    pub ledger: Vec<LedgerLine>,
    /// What was seen of the channels concerned: observations and gaps, as JSON.
    pub coverage: Value,
}

/// The verdicts of one plan.
pub struct Judged<'a> {
    /// The audit; its plan's id becomes part of file names.
    pub audit: &'a Audit,
    /// The same as JSON and as a page to print.
    pub json: Vec<u8>,
    /// See above.
    pub html: Vec<u8>,
    /// The plan file, as it was read.
    pub plan: &'a str,
}

/// One item and its captures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub id: ArticleId,
    /// Its addresses, the first one first; every capture of any of them goes into the pack.
    pub urls: Vec<String>,
    /// Its title.
    pub title: String,
    /// Captures known beside those, such as of its revisions.
    pub captures: Vec<CaptureRef>,
}

/// Makes the pack.
///
/// # Errors
/// A capture is gone or changed, the archive is being written, an attachment vanished, or the pack
/// would be too large.
pub fn pack(contents: &Contents<'_>, archive: &Archive, record: &Record, key: &Key) -> Result<Vec<u8>> {
    let entries = record.journal().entries()?;
    let mut prover = Prover::new(archive, &entries);
    let captured = captured(contents, archive)?;
    let concerned = concerned(contents, &entries);
    let warc = warc(&captured, archive, &mut prover)?;
    let lines = concerned.iter().map(|entry| Ok(Line { seq: entry.seq, proof: prover.line(entry.seq)? }));
    let proofs = Proofs { groups: warc.groups, lines: lines.collect::<Result<_>>()? };
    let seals = prover.needed();

    let (blocks, summary) = index::index(warc.index);
    let mut files: Vec<(String, Vec<u8>)> = vec![
        (format!("archive/{WARC}"), warc.bytes),
        ("indexes/index.cdx.gz".to_owned(), blocks),
        ("indexes/index.idx".to_owned(), summary),
        ("pages/pages.jsonl".to_owned(), pages(contents, &captured)),
    ];
    for judged in &contents.judged {
        let plan = &judged.audit.plan;
        files.push((format!("evidence/verdicts-{plan}.json"), judged.json.clone()));
        files.push((format!("evidence/verdicts-{plan}.html"), judged.html.clone()));
        files.push((format!("evidence/plan-{plan}.toml"), judged.plan.as_bytes().to_vec()));
    }
    files.push(("evidence/README.txt".to_owned(), README.as_bytes().to_vec()));
    files.push(("evidence/journal.json".to_owned(), json_of(&concerned)));
    files.push(("evidence/seals.json".to_owned(), json_of(&seals)));
    files.push(("evidence/ledger.json".to_owned(), json_of(&contents.ledger)));
    files.push(("evidence/coverage.json".to_owned(), index::pretty(&contents.coverage)));
    files.push(("evidence/proofs.json".to_owned(), json_of(&proofs)));
    files.extend(attachments(&concerned, record)?);
    files.extend(stamps(&seals, &entries, record)?);

    let created = created(contents, &captured, concerned.iter().chain(&seals));
    close(&contents.title, created, files, key)
}

/// Adds the package's description, signs it, and puts all into one file.
fn close(title: &str, created: Time, mut files: Vec<(String, Vec<u8>)>, key: &Key) -> Result<Vec<u8>> {
    let package = index::package(title, DESCRIPTION, created, &files);
    let hash = prefixed(&[&package]);
    // WACZ's own `signedData` knows other kinds of keys; ours stands beside the hash.
    let signature = json!({"key": key.public().to_string(), "signature": key.sign(&hash)});
    let digest = json!({"path": "datapackage.json", "hash": hash, "cchc": signature});
    files.push(("datapackage.json".to_owned(), package));
    files.push(("datapackage-digest.json".to_owned(), index::pretty(&digest)));
    let size: usize = files.iter().map(|(name, data)| data.len() + 2 * name.len() + 100).sum();
    if size > zip::MAX_SIZE {
        return Err(Error::Failed("gói vượt 4 GiB; xuất từng kỳ ngắn hơn".to_owned()));
    }
    Ok(zip::write(&files))
}

/// Every capture to go in, by file and place, with the item it is of.
struct Captured<'c> {
    place: CaptureRef,
    item: &'c Item,
    capture: Capture,
}

fn captured<'c>(contents: &'c Contents<'_>, archive: &Archive) -> Result<Vec<Captured<'c>>> {
    let mut found: BTreeMap<(String, u64), Captured<'c>> = BTreeMap::new();
    for item in &contents.items {
        let mut places = item.captures.clone();
        for url in &item.urls {
            places.extend(archive.captures_of(url)?);
        }
        for place in places {
            if let Slot::Vacant(free) = found.entry((place.file.clone(), place.offset)) {
                // The bytes go into the pack as they stand in the archive; the bodies of a year would fill the memory.
                let capture = Capture { body: Vec::new(), ..archive.read(&place)? };
                let place = CaptureRef { at: capture.at, ..place };
                free.insert(Captured { place, item, capture });
            }
        }
    }
    Ok(found.into_values().collect())
}

/// The pack's WARC file.
#[derive(Default)]
struct Warc {
    bytes: Vec<u8>,
    index: Vec<String>,
    groups: Vec<Group>,
}

/// Copies the groups, each file's `warcinfo` and the certificates concerned before its captures.
fn warc(captured: &[Captured<'_>], archive: &Archive, prover: &mut Prover<'_>) -> Result<Warc> {
    let mut warc = Warc::default();
    let files: BTreeSet<&String> = captured.iter().map(|c| &c.place.file).collect();
    for file in files {
        let own: Vec<_> = captured.iter().filter(|c| c.place.file == *file).collect();
        let prints: BTreeSet<_> = own.iter().filter_map(|c| Some(&c.capture.tls.as_ref()?.fingerprint)).collect();
        let mut certificates = BTreeMap::new();
        for print in prints {
            if let Some(place) = archive.certificate(file, print)? {
                certificates.insert(place.offset, place);
            }
        }
        let mut offsets: BTreeSet<u64> = own.iter().map(|c| c.place.offset).collect();
        offsets.extend(certificates.keys().chain(&[0]));
        for Bytes { number, offset, bytes } in archive.bytes(file, &offsets)? {
            let begin = warc.bytes.len() as u64;
            let moved = |place: &CaptureRef| CaptureRef { offset: begin, file: WARC.to_owned(), ..place.clone() };
            if let Ok(c) = own.binary_search_by_key(&offset, |c| c.place.offset).map(|at| own[at]) {
                warc.index.push(cdxj::line(&c.capture, c.capture.unchanged.is_some(), &moved(&c.place), WARC));
            } else if let Some(place) = certificates.get(&offset) {
                warc.index.push(cdxj::certificate(&place.digest, &moved(place), WARC));
            }
            let (length, proof) = (bytes.len() as u64, prover.group(file, number)?);
            warc.groups.push(Group { offset: begin, length, file: file.clone(), from: offset, proof });
            warc.bytes.extend(bytes);
        }
    }
    Ok(warc)
}

/// One page an item, at its first whole capture.
fn pages<'c>(contents: &'c Contents<'_>, captured: &'c [Captured<'_>]) -> Vec<u8> {
    let mut firsts: BTreeMap<&ArticleId, &Captured<'_>> = BTreeMap::new();
    for whole in captured.iter().filter(|c| c.capture.status == 200 && c.capture.unchanged.is_none()) {
        let first = firsts.entry(&whole.item.id).or_insert(whole);
        if whole.place.at < first.place.at {
            *first = whole;
        }
    }
    let page = |item: &'c Item| {
        let first = firsts.get(&item.id)?;
        Some(Page { id: &item.id.0, url: &first.capture.url, title: &item.title, at: first.place.at })
    };
    index::pages(&contents.title, &contents.items.iter().filter_map(page).collect::<Vec<_>>())
}

/// The journal's entries that bear on the verdicts: decisions about the items, attestations of the
/// unit, what took either back, and why a file of theirs is gone.
fn concerned<'e>(contents: &Contents<'_>, entries: &'e [Entry]) -> Vec<&'e Entry> {
    let items: BTreeSet<&str> = contents.items.iter().map(|item| item.id.0.as_str()).collect();
    let lines: BTreeSet<&str> = contents.ledger.iter().map(|line| line.id.as_str()).collect();
    let text = |entry: &'e Entry, field: &str| entry.data[field].as_str().unwrap_or_default();
    let (mut numbers, mut files) = (BTreeSet::new(), BTreeSet::new());
    let mut bears = |entry: &&'e Entry| {
        let bears = match entry.kind.as_str() {
            kind::DECISION => items.contains(text(entry, "item")) || lines.contains(text(entry, "item")),
            kind::ATTESTATION => text(entry, "unit") == contents.unit.as_str(),
            kind::REVOCATION => entry.data["seq"].as_u64().is_some_and(|seq| numbers.contains(&seq)),
            kind::ERASURE => files.contains(text(entry, "file")),
            _ => false,
        };
        if bears {
            numbers.insert(entry.seq);
            files.insert(text(entry, "file"));
        }
        bears
    };
    entries.iter().filter(|entry| bears(entry)).collect()
}

/// The files of the attestations; one that was erased on purpose is left out.
fn attachments(concerned: &[&Entry], record: &Record) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = BTreeMap::new();
    for entry in concerned.iter().filter(|entry| entry.kind == kind::ATTESTATION) {
        let attestation: Option<Attestation> = record.attestation(entry)?;
        if let Some(hash) = attestation.and_then(|a| a.file).filter(|hash| record.files().has(hash)) {
            files.insert(format!("files/{hash}.bin"), record.files().read(&hash)?);
        }
    }
    Ok(files.into_iter().collect())
}

/// The time stamps over the seals, of each authority one.
fn stamps(seals: &[&Entry], entries: &[Entry], record: &Record) -> Result<Vec<(String, Vec<u8>)>> {
    let numbers: BTreeSet<u64> = seals.iter().filter_map(|entry| Seal::of(entry)).map(|seal| seal.number).collect();
    let kept = stamp::kept(entries).into_iter().filter(|((number, _), _)| numbers.contains(number));
    kept.enumerate().map(|(n, ((number, _), file))| Ok((stamp_name(number, n), record.files().read(&file)?))).collect()
}

/// The name of a time stamp in the pack: the seal's number, and one of its own.
fn stamp_name(seal: u64, own: usize) -> String {
    format!("evidence/timestamp-{seal}-{own}.tsr")
}

/// The latest moment anything in the pack speaks of.
fn created<'e>(
    contents: &Contents<'_>,
    captured: &[Captured<'_>],
    entries: impl Iterator<Item = &'e &'e Entry>,
) -> Time {
    let beginning = contents.judged.iter().map(|judged| crate::time::start_of(judged.audit.as_of));
    let moments = captured.iter().map(|c| c.place.at).chain(entries.map(|entry| entry.at)).chain(beginning);
    moments.max().unwrap_or_default()
}

fn json_of(value: &impl serde::Serialize) -> Vec<u8> {
    index::pretty(&serde_json::to_value(value).expect("plain data is plain JSON"))
}

const DESCRIPTION: &str = "Gói chứng cứ của cchc-audit: văn bản và cấu trúc trang; ảnh và định dạng không được lưu";

const README: &str = "\
GÓI CHỨNG CỨ

Gói này chứa mọi thứ đứng sau kết luận về một đơn vị trong một kỳ:

  evidence/verdicts-*.html   kết luận, để đọc và in
  evidence/verdicts-*.json   kết luận, cho chương trình
  evidence/plan-*.toml       kế hoạch như đã áp dụng
  evidence/journal.json      quyết định và minh chứng liên quan
  evidence/ledger.json       sổ gửi bài của đơn vị
  evidence/coverage.json     kênh nào đã được đọc, đủ đến đâu
  evidence/proofs.json       đường Merkle của từng bản lưu và bút toán
  evidence/seals.json        niêm phong của các đêm liên quan
  evidence/timestamp-*.tsr   dấu thời gian của nơi cấp bên ngoài trên niêm phong, nếu có
  archive/data.warc.gz       bản lưu các trang, đúng từng byte máy chủ đã trả
  files/                     tệp minh chứng, tên là mã băm

Xem lại trang: mở gói bằng replayweb.page hoặc pywb. Chỉ có văn bản và cấu trúc:
ảnh, định dạng và mã kịch bản không được lưu.

Kiểm tra: cchc evidence verify TỆP --key KHOÁ, với khoá công khai lấy từ nơi tin được
(không lấy từ gói này). Không cần mạng.

Gói chứng minh: hệ thống đã lưu những nội dung này, vào những lúc này, và từ khi đêm
đó được niêm phong đến nay chúng không bị sửa.
Gói không chứng minh: máy chủ đã trả cùng nội dung ấy cho mọi người khác; chứng thư
TLS cho biết đã nối tới máy chủ nào, nhưng không tự nó làm chứng được với bên thứ ba.
";
