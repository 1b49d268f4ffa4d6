//! What of a pack holds and what does not: offline, with nothing but the file and a public key.
//!
//! Nothing is unpacked before its hash is known to be under a signature, so a bomb has no chance.

use super::dated::{CLOCKS, Dated, NIGHT, future};
use super::index::WARC;
use super::keys::PublicKey;
use super::proof::{Path, Proofs};
use super::seal::{Seal, line_leaf};
use super::token::Signed;
use super::{stamp, zip};
use crate::archive::{self, Leaf};
use crate::digest::{prefixed, sha256};
use crate::error::{Error, Result};
use crate::record::{Entry, kind};
use crate::time::{self, Time};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// What holds, one Vietnamese sentence each.
    pub holds: Vec<String>,
    /// What does not; empty: the pack holds.
    pub fails: Vec<String>,
    /// What could not be told.
    pub open: Vec<String>,
}

impl Answer {
    /// Whether the pack holds.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.fails.is_empty()
    }

    fn check(&mut self, holds: bool, good: impl Into<String>, bad: impl Into<String>) {
        if holds { self.holds.push(good.into()) } else { self.fails.push(bad.into()) }
    }

    /// Notes a group of faults, or that there are none.
    fn all(&mut self, faults: Vec<String>, good: impl Into<String>) {
        if faults.is_empty() { self.holds.push(good.into()) } else { self.fails.extend(faults) }
    }
}

/// Checks a pack. `key`: the public key from a trusted source; without it the pack can only be
/// found consistent in itself. `now` tells future dates.
///
/// # Errors
/// The file is no pack at all.
pub fn verify(pack: &[u8], key: Option<&PublicKey>, now: Time) -> Result<Answer> {
    if !pack.starts_with(b"PK\x03\x04") {
        return Err(Error::Input("không phải gói WACZ (tệp không phải zip)".to_owned()));
    }
    let mut answer = Answer::default();
    let entries = match zip::read(pack) {
        Ok((entries, faults)) => {
            let told = |fault: zip::Fault| format!("byte {}: {}", fault.offset, fault.what);
            answer.all(faults.into_iter().map(told).collect(), "cấu trúc zip đúng từng byte, không có phần thừa");
            entries
        }
        Err(fault) => {
            answer.fails.push(format!("byte {}: {}", fault.offset, fault.what));
            return Ok(answer);
        }
    };
    let mut files = BTreeMap::new();
    for entry in &entries {
        if files.insert(entry.name.as_str(), &pack[entry.data.clone()]).is_some() {
            answer.fails.push(format!("{}: có hai tệp cùng tên", entry.name));
        }
    }
    let parts = Parts { files };
    parts.verify(key, now, &mut answer);
    Ok(answer)
}

/// The files of a pack by name.
struct Parts<'p> {
    files: BTreeMap<&'p str, &'p [u8]>,
}

/// Files that every pack has.
const NEEDED: [&str; 9] = [
    "archive/data.warc.gz",
    "indexes/index.cdx.gz",
    "indexes/index.idx",
    "pages/pages.jsonl",
    "evidence/journal.json",
    "evidence/seals.json",
    "evidence/proofs.json",
    "datapackage.json",
    "datapackage-digest.json",
];

impl Parts<'_> {
    fn verify(&self, key: Option<&PublicKey>, now: Time, answer: &mut Answer) {
        let missing = NEEDED.iter().filter(|name| !self.files.contains_key(**name));
        let missing: Vec<_> = missing.map(|name| format!("thiếu {name}")).collect();
        if !missing.is_empty() {
            answer.fails.extend(missing);
            return;
        }
        let signer = self.signature(key, answer);
        self.package(now, answer);
        let (Some(signer), Some(proofs)) = (signer, self.json::<Proofs>("evidence/proofs.json", answer)) else {
            return;
        };
        let seals = self.seals(&signer, now, answer);
        self.stamps(&seals, answer);
        self.groups(&proofs, &seals, answer);
        self.lines(&proofs, &seals, now, answer);
        self.attachments(answer);
    }

    fn bytes(&self, name: &str) -> &[u8] {
        self.files.get(name).copied().unwrap_or_default()
    }

    fn json<T: DeserializeOwned>(&self, name: &str, answer: &mut Answer) -> Option<T> {
        let read = serde_json::from_slice(self.bytes(name));
        read.map_err(|e| answer.fails.push(format!("{name}: không đọc được ({e})"))).ok()
    }

    /// Who signed the description, and whether that is whom the checker trusts.
    fn signature(&self, key: Option<&PublicKey>, answer: &mut Answer) -> Option<PublicKey> {
        let digest: Value = self.json("datapackage-digest.json", answer)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let hash = prefixed(&[self.bytes("datapackage.json")]);
        let listed = text(&digest["hash"]) == hash;
        answer.check(listed, "datapackage.json đúng mã băm", "datapackage.json: không khớp mã băm của nó");
        let signer = text(&digest["cchc"]["key"]).parse::<PublicKey>();
        let signer = signer.map_err(|_| answer.fails.push("gói không mang chữ ký đọc được".to_owned())).ok()?;
        let signed = signer.verifies(&hash, &text(&digest["cchc"]["signature"]));
        answer.check(signed, format!("chữ ký của gói đúng với khoá {signer}"), "chữ ký của gói không đúng");
        match key {
            Some(key) => answer.check(
                *key == signer,
                "khoá ký đúng là khoá được đưa",
                format!("gói do khoá khác ký: {signer}, không phải {key}"),
            ),
            None => answer.open.push(format!(
                "chưa đối chiếu khoá: lấy khoá công khai từ nơi tin được rồi chạy lại với --key; gói mang khoá {signer}"
            )),
        }
        signed.then_some(signer)
    }

    /// Every file is listed with its hash, and none is there that is not listed.
    fn package(&self, now: Time, answer: &mut Answer) {
        let Some(package) = self.json::<Value>("datapackage.json", answer) else { return };
        let mut faults = Vec::new();
        let mut listed = BTreeSet::from(["datapackage.json", "datapackage-digest.json"]);
        for resource in package["resources"].as_array().into_iter().flatten() {
            let path = resource["path"].as_str().unwrap_or_default();
            listed.insert(path);
            match self.files.get(path) {
                None => faults.push(format!("{path}: có trong danh sách mà không có trong gói")),
                Some(bytes) if resource["hash"].as_str() != Some(&prefixed(&[bytes])) => {
                    faults.push(format!("{path}: nội dung không khớp mã băm"));
                }
                Some(_) => {}
            }
        }
        let foreign = self.files.keys().filter(|name| !listed.contains(*name));
        faults.extend(foreign.map(|name| format!("{name}: tệp lạ, không có trong danh sách")));
        answer.all(faults, format!("{} tệp đúng mã băm", listed.len()));
        let created = package["created"].as_str().and_then(time::parse);
        answer.all(future("datapackage.json", created, now), "ngày lập gói không ở tương lai");
    }

    /// The seals that are signed by the pack's own signer.
    fn seals(&self, signer: &PublicKey, now: Time, answer: &mut Answer) -> BTreeMap<u64, (Entry, Seal)> {
        let (mut seals, mut faults) = (BTreeMap::new(), Vec::new());
        for entry in self.entries("evidence/seals.json", &mut faults) {
            faults.extend(future(&format!("niêm phong (bút toán {})", entry.seq), Some(entry.at), now));
            match Seal::of(&entry) {
                Some(seal) if seal.signed_by(signer) => drop(seals.insert(seal.number, (entry, seal))),
                Some(seal) => faults.push(format!("niêm phong số {}: chữ ký không đúng", seal.number)),
                None => faults.push(format!("evidence/seals.json: bút toán {} không phải niêm phong", entry.seq)),
            }
        }
        let in_order: Vec<&(Entry, Seal)> = seals.values().collect();
        for pair in in_order.windows(2) {
            let ((before, earlier), (after, later)) = (pair[0], pair[1]);
            let broken = later.number == earlier.number + 1 && later.prev != earlier.hash();
            if broken || before.at > after.at {
                faults.push(format!("niêm phong số {} không nối với số {}", later.number, earlier.number));
            }
        }
        answer.all(faults, format!("{} niêm phong đúng chữ ký", seals.len()));
        seals
    }

    /// Time stamps are over the seals they stand beside, and signed; who issued the certificates
    /// that signed them is for other tools, which know whom the checker trusts.
    fn stamps(&self, seals: &BTreeMap<u64, (Entry, Seal)>, answer: &mut Answer) {
        for (name, bytes) in self.files.iter().filter(|(name, _)| name.ends_with(".tsr")) {
            let number = name.trim_start_matches("evidence/timestamp-").split('-').next();
            let number = number.and_then(|number| number.parse::<u64>().ok());
            let Some((entry, seal)) = number.and_then(|number| seals.get(&number)) else {
                answer.fails.push(format!("{name}: không có niêm phong nào như vậy"));
                continue;
            };
            match stamp::told(bytes, seal) {
                Ok(told) => stamped(name, entry, seal, &told, answer),
                Err(why) => answer.fails.push(format!("{name}: {why}")),
            }
        }
    }

    /// The journal entries of a file that are what their hashes say.
    fn entries(&self, name: &str, faults: &mut Vec<String>) -> Vec<Entry> {
        let entries: Vec<Entry> = serde_json::from_slice(self.bytes(name)).unwrap_or_else(|error| {
            faults.push(format!("{name}: không đọc được ({error})"));
            Vec::new()
        });
        let (sound, wrong): (Vec<_>, Vec<_>) = entries.into_iter().partition(|e| e.hash == e.proper_hash());
        faults.extend(wrong.iter().map(|e| format!("{name}: bút toán {} không khớp mã băm", e.seq)));
        sound
    }

    /// Every record of the WARC file stands under a seal, and there are no others.
    fn groups(&self, proofs: &Proofs, seals: &BTreeMap<u64, (Entry, Seal)>, answer: &mut Answer) {
        let warc = self.bytes("archive/data.warc.gz");
        let (mut at, mut faults, mut unsealed, mut late) = (0, Vec::new(), 0, 0);
        for group in &proofs.groups {
            let end = group.offset.saturating_add(group.length);
            let range = usize::try_from(group.offset).ok().zip(usize::try_from(end).ok());
            let bytes = range.and_then(|(begin, end)| warc.get(begin..end));
            let Some(bytes) = bytes.filter(|_| group.offset == at && group.length > 0) else {
                faults.push(format!("{WARC}: tại byte {at} có bản ghi lạ hoặc thiếu bản ghi"));
                break;
            };
            let leaf = Leaf::of(bytes).hash;
            match &group.proof {
                None => unsealed += 1,
                Some(path) if proved(path, leaf, seals) => {
                    // Only what is proved is unpacked, and of that only the head.
                    let dated = Dated::of(archive::date_of(bytes), &seals[&path.seal].0);
                    faults.extend(dated.fault(&format!("{WARC}: bản ghi tại byte {at}")));
                    late += usize::from(dated == Dated::Long);
                }
                Some(_) => faults.push(format!("{WARC}: bản ghi tại byte {at} không đúng với niêm phong của đêm đó")),
            }
            at = end;
        }
        if faults.is_empty() && at != warc.len() as u64 {
            faults.push(format!("{WARC}: từ byte {at} có bản ghi lạ, không có trong chứng minh"));
        }
        if unsealed > 0 {
            answer.open.push(format!("{unsealed} nhóm bản ghi chưa được niêm phong khi xuất gói"));
        }
        if late > 0 {
            answer.open.push(format!(
                "{late} nhóm bản ghi được niêm phong hơn {} giờ sau giờ ghi trên chúng: chỉ chắc là có trước niêm phong",
                NIGHT.num_hours()
            ));
        }
        let proven = proofs.groups.len() - unsealed;
        answer.all(faults, format!("{proven} nhóm bản ghi đúng với niêm phong, không có bản ghi lạ"));
    }

    /// Every journal line is itself, and stands under a seal.
    fn lines(&self, proofs: &Proofs, seals: &BTreeMap<u64, (Entry, Seal)>, now: Time, answer: &mut Answer) {
        let (mut faults, mut unsealed) = (Vec::new(), 0);
        let entries = self.entries("evidence/journal.json", &mut faults);
        for entry in &entries {
            let name = format!("bút toán {}", entry.seq);
            faults.extend(future(&name, Some(entry.at), now));
            match proofs.lines.iter().find(|line| line.seq == entry.seq).map(|line| &line.proof) {
                None => faults.push(format!("{name}: bút toán lạ, không có trong chứng minh")),
                Some(None) => unsealed += 1,
                Some(Some(path)) if proved(path, line_leaf(&entry.line()), seals) => {
                    faults.extend(Dated::of(Some(entry.at), &seals[&path.seal].0).fault(&name));
                }
                Some(Some(_)) => faults.push(format!("{name}: không đúng với niêm phong của đêm đó")),
            }
        }
        if entries.len() < proofs.lines.len() {
            faults.push("evidence/journal.json: thiếu bút toán".to_owned());
        }
        if unsealed > 0 {
            answer.open.push(format!("{unsealed} bút toán chưa được niêm phong khi xuất gói"));
        }
        answer.all(faults, format!("{} quyết định và minh chứng đúng với nhật ký", entries.len()));
    }

    /// Attachments are what their names say, and none is missing but what was erased on purpose.
    fn attachments(&self, answer: &mut Answer) {
        let attachments = || self.files.iter().filter_map(|(name, bytes)| Some((name.strip_prefix("files/")?, bytes)));
        let wrong = attachments().filter(|(name, bytes)| name.trim_end_matches(".bin") != sha256(bytes));
        let mut faults: Vec<_> = wrong.map(|(name, _)| format!("files/{name}: nội dung không khớp tên")).collect();
        let journal = self.entries("evidence/journal.json", &mut Vec::new());
        let of = |entry: &Entry| entry.data["file"].as_str().map(str::to_owned);
        let named = |wanted: &str| {
            let entries = journal.iter().filter(|entry| entry.kind == wanted);
            entries.filter_map(|entry| Some((of(entry)?, entry))).collect::<BTreeMap<_, _>>()
        };
        let erased = named(kind::ERASURE);
        for (file, entry) in named(kind::ATTESTATION) {
            let seq = entry.seq;
            match erased.get(&file) {
                _ if self.files.contains_key(format!("files/{file}.bin").as_str()) => {}
                Some(erasure) => {
                    let why = erasure.data["reason"].as_str().unwrap_or_default();
                    answer.open.push(format!("tệp của minh chứng số {seq} đã xoá (bút toán {}): {why}", erasure.seq));
                }
                None => faults.push(format!("thiếu tệp {file} của minh chứng số {seq}")),
            }
        }
        answer.all(faults, format!("{} tệp minh chứng đúng mã băm", attachments().count()));
    }
}

/// What one time stamp adds to the answer.
fn stamped(name: &str, entry: &Entry, seal: &Seal, told: &stamp::Told, answer: &mut Answer) {
    let (number, at) = (seal.number, told.at.format("%H:%M:%S %d/%m/%Y"));
    if told.at + CLOCKS < entry.at {
        answer.fails.push(format!("{name}: nơi cấp đóng dấu lúc {at}, trước giờ ghi trên niêm phong số {number}"));
        return;
    }
    match &told.signed {
        Signed::By { name: authority, fingerprint } => {
            answer.holds.push(format!(
                "niêm phong số {number} có trước {at} theo «{authority}»; chữ ký đúng với chứng thư đi kèm"
            ));
            answer.open.push(format!(
                "{name}: chưa kiểm tra ai cấp chứng thư {fingerprint}; dùng `openssl ts -verify -digest {} -in TỆP -CAfile GỐC`",
                seal.hash()
            ));
        }
        Signed::Unknown(why) => answer.open.push(format!("{name}: dấu lúc {at}, chưa kiểm được chữ ký: {why}")),
        Signed::Wrong(why) => answer.fails.push(format!("{name}: {why}")),
    }
}

fn proved(path: &Path, leaf: [u8; 32], seals: &BTreeMap<u64, (Entry, Seal)>) -> bool {
    seals.get(&path.seal).is_some_and(|(_, seal)| path.leads(leaf, seal))
}
