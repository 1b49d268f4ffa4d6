//! A capture, an attempt, a note → WARC records.
//!
//! The records of one capture stand side by side, the response (or revisit) first, then its
//! request, then its metadata; together they are one *group*, the unit that is hashed and proved.

use super::warc::{self, Draft};
use super::{Attempt, Capture, Note, Profile, Truncation, Unchanged};
use crate::article::CaptureRef;
use crate::digest;
use crate::time::Time;
use std::net::SocketAddr;
use std::time::Duration;

const RESPONSE: &str = "application/http;msgtype=response";
const REQUEST: &str = "application/http;msgtype=request";
pub(super) const FIELDS: &str = "application/warc-fields";

/// Records ready to be appended.
pub(super) struct Group {
    /// One gzip member a record.
    pub(super) bytes: Vec<u8>,
    /// Length of the first member.
    pub(super) first: u64,
    /// `sha256:…` of the payload, or of the block where there is none.
    pub(super) digest: String,
    /// Whether the first record is a revisit.
    pub(super) is_revisit: bool,
}

/// A response or a revisit, its request, its metadata.
pub(super) fn capture(capture: &Capture, earlier: Option<&CaptureRef>) -> Group {
    let payload = digest::prefixed(&[&capture.body]);
    let unchanged = unchanged(capture, earlier, &payload);
    let about = [
        warc::date(capture.at).as_bytes().to_vec(),
        [&capture.method, " ", &capture.url, "\n"].map(str::as_bytes).concat(),
        capture.request_body.clone(),
        payload.clone().into_bytes(),
    ];
    let about: Vec<&[u8]> = about.iter().map(Vec::as_slice).collect();
    let id = |part| warc::id(&about, part);
    let mut bytes = Vec::with_capacity(capture.body.len() / 3 + 2048);
    let digest = unchanged.as_ref().map_or(payload, |u| u.digest.clone());
    answer(capture, unchanged.as_ref(), &digest, id(0)).write(&mut bytes, capture, unchanged.is_none());
    let first = bytes.len() as u64;
    companion(capture, "request", REQUEST, [id(1), id(0)], &[&request(capture), &capture.request_body], &mut bytes);
    companion(capture, "metadata", FIELDS, [id(2), id(0)], &[metadata(capture).as_bytes()], &mut bytes);
    Group { bytes, first, digest, is_revisit: unchanged.is_some() }
}

/// Whether the capture says nothing new about the earlier one.
fn unchanged(capture: &Capture, earlier: Option<&CaptureRef>, payload: &str) -> Option<Unchanged> {
    let earlier = earlier?;
    let profile = match capture.status {
        304 => Profile::NotModified,
        200 if capture.truncated.is_none() && earlier.digest == payload => Profile::SamePayload,
        _ => return None,
    };
    Some(Unchanged { profile, since: earlier.at, digest: earlier.digest.clone() })
}

/// The first record of a capture, but for its block.
struct Answer {
    kind: &'static str,
    id: String,
    fields: Vec<(&'static str, String)>,
}

fn answer(capture: &Capture, unchanged: Option<&Unchanged>, digest: &str, id: String) -> Answer {
    let mut fields = Vec::new();
    if let Some(remote) = capture.remote {
        fields.push(("WARC-IP-Address", remote.ip().to_string()));
    }
    if let Some(truncated) = capture.truncated {
        fields.push(("WARC-Truncated", truncated.name().to_owned()));
    }
    if let Some(unchanged) = unchanged {
        fields.push(("WARC-Profile", unchanged.profile.uri().to_owned()));
        fields.push(("WARC-Refers-To-Target-URI", capture.url.clone()));
        fields.push(("WARC-Refers-To-Date", warc::date(unchanged.since)));
    }
    fields.push(("WARC-Payload-Digest", digest.to_owned()));
    Answer { kind: if unchanged.is_some() { "revisit" } else { "response" }, id, fields }
}

impl Answer {
    fn write(self, out: &mut Vec<u8>, capture: &Capture, with_body: bool) {
        let head = response_head(capture);
        let block = [&head[..], if with_body { &capture.body } else { &[] }];
        let Self { kind, id, fields } = self;
        let (at, uri) = (capture.at, Some(capture.url.as_str()));
        Draft { kind, id, at, uri, content_type: RESPONSE, digest: true, fields, block: &block }.write(out);
    }
}

/// The request or metadata of a capture. They bear no block digest, and the metadata no address
/// (it describes the record it is concurrent to): on a page of 30 KB that would be a fiftieth of
/// the archive, and the leaf of the group covers them.
fn companion(
    capture: &Capture,
    kind: &'static str,
    content_type: &str,
    [id, of]: [String; 2],
    block: &[&[u8]],
    out: &mut Vec<u8>,
) {
    let uri = (kind == "request").then_some(capture.url.as_str());
    let fields = vec![("WARC-Concurrent-To", of)];
    Draft { kind, id, at: capture.at, uri, content_type, digest: false, fields, block }.write(out);
}

/// The status line and headers. Without `Transfer-Encoding`, which no longer describes the body:
/// a replay tool that believed it would look for chunks.
fn response_head(capture: &Capture) -> Vec<u8> {
    let reason = if capture.reason.is_empty() { standard_reason(capture.status) } else { &capture.reason };
    let mut head = Vec::with_capacity(1024);
    head.extend(clean(format!("{} {} {reason}", capture.version, capture.status).as_bytes()));
    head.extend(b"\r\n");
    for (name, value) in capture.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("transfer-encoding")) {
        line(&mut head, name, value);
    }
    head.extend(b"\r\n");
    head
}

fn request(capture: &Capture) -> Vec<u8> {
    let url = url::Url::parse(&capture.url).ok();
    let target =
        url.as_ref().map_or(capture.url.as_str(), |url| &url[url::Position::BeforePath..url::Position::AfterQuery]);
    let mut head = clean(format!("{} {target} HTTP/1.1", capture.method).as_bytes());
    head.extend(b"\r\n");
    let has_host = capture.request_headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host"));
    if let Some(url) = url.filter(|_| !has_host) {
        let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
        line(&mut head, "host", host.as_bytes());
    }
    for (name, value) in &capture.request_headers {
        line(&mut head, name, value.as_bytes());
    }
    head.extend(b"\r\n");
    head
}

fn line(head: &mut Vec<u8>, name: &str, value: &[u8]) {
    head.extend(clean(name.as_bytes()));
    head.extend(b": ");
    head.extend(clean(value));
    head.extend(b"\r\n");
}

/// Bytes without line ends, so that no value can begin a line of its own.
fn clean(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|b| if matches!(b, b'\r' | b'\n' | 0) { b' ' } else { *b }).collect()
}

fn metadata(capture: &Capture) -> String {
    let mut fields = timing(capture.elapsed, capture.remote);
    if let Some(tls) = &capture.tls {
        fields.push(("tls-certificate", tls.fingerprint.clone()));
        fields.extend(tls.unverified.clone().map(|why| ("tls-unverified", why)));
    }
    fields.extend(capture.header("transfer-encoding").map(|value| ("transfer-encoding", value.to_owned())));
    text(fields, &capture.notes)
}

fn timing(elapsed: Duration, remote: Option<SocketAddr>) -> Vec<(&'static str, String)> {
    let mut fields = vec![("fetchTimeMs", elapsed.as_millis().to_string())];
    fields.extend(remote.map(|remote| ("remote", remote.to_string())));
    fields
}

/// `application/warc-fields`: one `name: value` a line.
fn text(fields: Vec<(&'static str, String)>, notes: &[(String, String)]) -> String {
    let fields = fields.iter().map(|(name, value)| (*name, value.as_str()));
    let notes = notes.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut text = String::new();
    for (name, value) in fields.chain(notes) {
        text.extend([name, ": "]);
        text.extend(value.chars().map(|c| if c.is_control() { ' ' } else { c }));
        text.push_str("\r\n");
    }
    text
}

/// An attempt: one metadata record.
pub(super) fn attempt(attempt: &Attempt) -> Group {
    let mut fields = vec![("outcome", "no-response".to_owned()), ("method", attempt.method.clone())];
    fields.push(("cause", attempt.cause.code().to_owned()));
    fields.push(("detail", attempt.detail.clone()));
    fields.extend(timing(attempt.elapsed, attempt.remote));
    single("metadata", attempt.at, Some(&attempt.url), FIELDS, text(fields, &attempt.notes).as_bytes())
}

/// A note: one metadata record that holds JSON.
pub(super) fn note(note: &Note) -> Group {
    let uri = format!("urn:cchc:{}:{}", note.kind, note.about);
    single("metadata", note.at, Some(&uri), "application/json", note.data.to_string().as_bytes())
}

/// A certificate, kept once a file.
pub(super) fn certificate(der: &[u8], fingerprint: &str, at: Time) -> Group {
    single("resource", at, Some(&format!("urn:{fingerprint}")), "application/pkix-cert", der)
}

/// What begins a file.
pub(super) fn warcinfo(at: Time, file: &str, fields: &[(String, String)]) -> Group {
    let block = text(Vec::new(), fields);
    let named = vec![("WARC-Filename", file.to_owned())];
    group("warcinfo", at, None, FIELDS, named, block.as_bytes())
}

fn single(kind: &'static str, at: Time, uri: Option<&str>, content_type: &str, block: &[u8]) -> Group {
    group(kind, at, uri, content_type, Vec::new(), block)
}

fn group(
    kind: &'static str,
    at: Time,
    uri: Option<&str>,
    content_type: &str,
    fields: Vec<(&'static str, String)>,
    block: &[u8],
) -> Group {
    let about =
        [kind.as_bytes(), warc::date(at).as_bytes(), uri.unwrap_or_default().as_bytes(), block].map(<[u8]>::to_vec);
    let id = warc::id(&about.each_ref().map(Vec::as_slice), 0);
    let mut bytes = Vec::new();
    Draft { kind, id, at, uri, content_type, digest: true, fields, block: &[block] }.write(&mut bytes);
    Group { first: bytes.len() as u64, bytes, digest: digest::prefixed(&[block]), is_revisit: false }
}

impl Truncation {
    const ALL: [Self; 3] = [Self::Length, Self::Time, Self::Disconnect];

    fn name(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Time => "time",
            Self::Disconnect => "disconnect",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name() == name)
    }
}

impl Profile {
    const ALL: [Self; 2] = [Self::NotModified, Self::SamePayload];

    fn uri(self) -> &'static str {
        match self {
            Self::NotModified => "http://netpreserve.org/warc/1.1/revisit/server-not-modified",
            Self::SamePayload => "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
        }
    }

    pub(super) fn named(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.uri() == uri)
    }
}

/// The reason phrases a portal is likely to need (RFC 9110 §15).
fn standard_reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        410 => "Gone",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}
