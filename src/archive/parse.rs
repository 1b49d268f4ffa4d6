//! WARC records → a capture, an attempt, a note. The inverse of `compose`.

use super::warc::{self, Record};
use super::{Attempt, Capture, Note, Profile, Tls, Truncation, Unchanged};
use crate::coverage::Cause;
use crate::digest;
use crate::time::Time;
use std::time::Duration;

/// What a record turned out to be, before its companions are joined to it.
pub(super) enum Part {
    /// A response or revisit, with its record id and payload digest.
    Capture { capture: Box<Capture>, id: String, digest: String },
    /// The request or metadata of the capture before it.
    Companion(Companion),
    /// An attempt, with the digest of its block.
    Attempt(Attempt, String),
    /// A note, with the digest of its block.
    Note(Note, String),
    /// A server's certificate, with the fingerprint it goes by.
    Certificate { fingerprint: String, at: Option<Time> },
    /// `warcinfo`, and what other programs wrote.
    Other,
}

/// A record that belongs to the capture before it.
pub(super) struct Companion {
    of: String,
    content: Content,
}

enum Content {
    Request { method: String, headers: Vec<(String, String)>, body: Vec<u8> },
    Metadata(Vec<(String, String)>),
}

type Faulty<T> = Result<T, &'static str>;

/// Reads the text of one member.
pub(super) fn part(text: &[u8]) -> Faulty<Part> {
    let record = Record::parse(text)?;
    let of = record.field("WARC-Concurrent-To").map(str::to_owned);
    let content_type = record.field("Content-Type").unwrap_or_default();
    match (record.kind(), of) {
        ("response" | "revisit", _) => response(&record),
        ("request", Some(of)) => Ok(Part::Companion(Companion { of, content: request(record.block)? })),
        ("metadata", Some(of)) => {
            Ok(Part::Companion(Companion { of, content: Content::Metadata(fields(record.block)) }))
        }
        ("metadata", None) if content_type == "application/json" => note(&record),
        ("metadata", None) => Ok(attempt(&record).unwrap_or(Part::Other)),
        ("resource", _) if content_type == "application/pkix-cert" => Ok(certificate(&record)),
        _ => Ok(Part::Other),
    }
}

fn response(record: &Record<'_>) -> Faulty<Part> {
    let at = record.at().ok_or("thiếu WARC-Date")?;
    let (start, headers, body) = message(record.block)?;
    let mut start = start.splitn(3, ' ');
    let version = start.next().unwrap_or_default().to_owned();
    let status = start.next().and_then(|s| s.parse().ok()).ok_or("dòng trạng thái HTTP không đọc được")?;
    let digest = record.field("WARC-Payload-Digest").ok_or("thiếu WARC-Payload-Digest")?.to_owned();
    let unchanged = unchanged(record, &digest)?;
    if unchanged.is_none() && digest.starts_with("sha256:") && digest != digest::prefixed(&[body]) {
        return Err("mã băm nội dung không khớp");
    }
    let capture = Capture {
        url: record.field("WARC-Target-URI").unwrap_or_default().to_owned(),
        method: String::new(),
        request_headers: Vec::new(),
        request_body: Vec::new(),
        version,
        status,
        reason: start.next().unwrap_or_default().to_owned(),
        headers,
        body: body.to_vec(),
        at,
        elapsed: Duration::ZERO,
        remote: None,
        tls: None,
        truncated: record.field("WARC-Truncated").and_then(Truncation::named),
        notes: Vec::new(),
        unchanged,
    };
    let id = record.field("WARC-Record-ID").unwrap_or_default().to_owned();
    Ok(Part::Capture { capture: Box::new(capture), id, digest })
}

fn unchanged(record: &Record<'_>, digest: &str) -> Faulty<Option<Unchanged>> {
    if record.kind() != "revisit" {
        return Ok(None);
    }
    let profile = record.field("WARC-Profile").and_then(Profile::named).ok_or("WARC-Profile lạ")?;
    let since = record.field("WARC-Refers-To-Date").and_then(crate::time::parse).ok_or("thiếu WARC-Refers-To-Date")?;
    Ok(Some(Unchanged { profile, since, digest: digest.to_owned() }))
}

type Message<'a> = (String, Vec<(String, Vec<u8>)>, &'a [u8]);

/// An HTTP message: its first line, its headers, its body.
fn message(block: &[u8]) -> Faulty<Message<'_>> {
    let end = warc::find(block, b"\r\n\r\n").ok_or("thông điệp HTTP không có dòng trống")?;
    let mut lines = block[..end].split(|b| *b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let start = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let header = |line: &[u8]| {
        let colon = line.iter().position(|b| *b == b':')?;
        let value = line[colon + 1..].trim_ascii().to_vec();
        Some((String::from_utf8_lossy(&line[..colon]).into_owned(), value))
    };
    Ok((start, lines.filter_map(header).collect(), &block[end + 4..]))
}

fn request(block: &[u8]) -> Faulty<Content> {
    let (start, headers, body) = message(block)?;
    let text = |(name, value): (String, Vec<u8>)| (name, String::from_utf8_lossy(&value).into_owned());
    let method = start.split(' ').next().unwrap_or_default().to_owned();
    Ok(Content::Request { method, headers: headers.into_iter().map(text).collect(), body: body.to_vec() })
}

fn fields(block: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(block);
    let pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
}

/// Takes the first field of that name out of the list.
fn take(fields: &mut Vec<(String, String)>, name: &str) -> Option<String> {
    let at = fields.iter().position(|(n, _)| n == name)?;
    Some(fields.remove(at).1)
}

fn elapsed(fields: &mut Vec<(String, String)>) -> Duration {
    Duration::from_millis(take(fields, "fetchTimeMs").and_then(|ms| ms.parse().ok()).unwrap_or_default())
}

fn attempt(record: &Record<'_>) -> Option<Part> {
    let mut fields = fields(record.block);
    take(&mut fields, "outcome").filter(|outcome| outcome == "no-response")?;
    let code = take(&mut fields, "cause")?;
    let attempt = Attempt {
        url: record.field("WARC-Target-URI")?.to_owned(),
        method: take(&mut fields, "method")?,
        at: record.at()?,
        elapsed: elapsed(&mut fields),
        remote: take(&mut fields, "remote").and_then(|r| r.parse().ok()),
        cause: Cause::ALL.iter().copied().find(|cause| cause.code() == code)?,
        detail: take(&mut fields, "detail").unwrap_or_default(),
        notes: fields,
    };
    Some(Part::Attempt(attempt, digest::prefixed(&[record.block])))
}

fn note(record: &Record<'_>) -> Faulty<Part> {
    let uri = record.field("WARC-Target-URI").unwrap_or_default();
    let Some((kind, about)) = uri.strip_prefix("urn:cchc:").and_then(|rest| rest.split_once(':')) else {
        return Ok(Part::Other);
    };
    let note = Note {
        kind: kind.to_owned(),
        about: about.to_owned(),
        at: record.at().ok_or("thiếu WARC-Date")?,
        data: serde_json::from_slice(record.block).map_err(|_| "ghi chú không phải JSON")?,
    };
    Ok(Part::Note(note, digest::prefixed(&[record.block])))
}

fn certificate(record: &Record<'_>) -> Part {
    let uri = record.field("WARC-Target-URI").unwrap_or_default();
    let fingerprint = uri.trim_start_matches("urn:").to_owned();
    Part::Certificate { fingerprint, at: record.at() }
}

impl Companion {
    /// Whether it belongs to the record of that id.
    pub(super) fn of(&self, id: &str) -> bool {
        self.of == id
    }

    /// Whether it is the last of its capture.
    pub(super) fn is_last(&self) -> bool {
        matches!(self.content, Content::Metadata(_))
    }

    /// Puts what it says into its capture.
    pub(super) fn join(self, capture: &mut Capture) {
        match self.content {
            Content::Request { method, headers, body } => {
                capture.method = method;
                capture.request_headers = headers;
                capture.request_body = body;
            }
            Content::Metadata(mut fields) => {
                capture.elapsed = elapsed(&mut fields);
                capture.remote = take(&mut fields, "remote").and_then(|r| r.parse().ok());
                if let Some(encoding) = take(&mut fields, "transfer-encoding") {
                    capture.headers.push(("transfer-encoding".to_owned(), encoding.into_bytes()));
                }
                let unverified = take(&mut fields, "tls-unverified");
                capture.tls = take(&mut fields, "tls-certificate").map(|fingerprint| Tls {
                    fingerprint,
                    certificate: Vec::new(),
                    unverified,
                });
                capture.notes = fields;
            }
        }
    }
}
