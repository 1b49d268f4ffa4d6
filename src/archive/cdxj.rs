//! The index that replay tools look addresses up in: one sorted line a capture.
//!
//! A line is `SURT timestamp {JSON}`. The SURT (sort-friendly form of an address) must be the one
//! that pywb computes for the address a reader asks for, so this follows the rules of the Python
//! package `surt`: unescape and escape once, lower case, `www.` and default ports dropped, the
//! query sorted, the trailing slash dropped.

use super::Capture;
use crate::article::CaptureRef;
use chrono::Utc;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::{BufRead, Seek, SeekFrom};
use url::Url;

#[derive(Serialize, Deserialize)]
struct Fields<'a> {
    #[serde(borrow)]
    url: Cow<'a, str>,
    mime: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    digest: Cow<'a, str>,
    length: String,
    offset: String,
    filename: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    method: Option<Cow<'a, str>>,
}

/// One line of the index, without its line end; `file` is the name tools will find the WARC under.
pub(crate) fn line(capture: &Capture, is_revisit: bool, place: &CaptureRef, file: &str) -> String {
    let mime = if is_revisit { "warc/revisit" } else { mime(capture) };
    let method = Some(capture.method.as_str()).filter(|method| *method != "GET");
    whole(&key(capture), &capture.url, mime, Some(capture.status.to_string()), method, place, file)
}

/// The line of a certificate, which is looked up by its fingerprint.
pub(crate) fn certificate(fingerprint: &str, place: &CaptureRef, file: &str) -> String {
    let uri = format!("urn:{fingerprint}");
    whole(&uri, &uri, "application/pkix-cert", None, None, place, file)
}

fn whole(
    key: &str,
    url: &str,
    mime: &str,
    status: Option<String>,
    method: Option<&str>,
    place: &CaptureRef,
    file: &str,
) -> String {
    let fields = Fields {
        url: url.into(),
        mime: mime.into(),
        status,
        digest: place.digest.as_str().into(),
        length: place.length.to_string(),
        offset: place.offset.to_string(),
        filename: file.into(),
        method: method.map(Cow::from),
    };
    let json = serde_json::to_string(&fields).expect("text fields always serialise");
    format!("{key} {} {json}", timestamp(place))
}

/// What a line of ours points to.
fn place(line: &str) -> Option<CaptureRef> {
    let mut parts = line.splitn(3, ' ');
    let (_, stamp, json) = (parts.next()?, parts.next()?, parts.next()?);
    let fields: Fields<'_> = serde_json::from_str(json).ok()?;
    let at = chrono::NaiveDateTime::parse_from_str(stamp, "%Y%m%d%H%M%S").ok()?;
    Some(CaptureRef {
        file: fields.filename.into_owned(),
        offset: fields.offset.parse().ok()?,
        length: fields.length.parse().ok()?,
        digest: fields.digest.into_owned(),
        at: crate::time::at_hanoi(at.and_utc()),
    })
}

/// The captures a sorted index holds of a key, found by halving, so that ten years of indexes can
/// be asked for one page.
pub(super) fn lookup(index: &mut (impl BufRead + Seek), key: &str) -> std::io::Result<Vec<CaptureRef>> {
    let wanted = format!("{key} ");
    let (mut low, mut high) = (0, index.seek(SeekFrom::End(0))?);
    // The lines that begin before `low` are smaller than the key; one that begins at `high` is not.
    while low < high {
        let middle = low + (high - low) / 2;
        let (start, line) = line_from(index, middle)?;
        if line.is_empty() || line.as_slice() >= wanted.as_bytes() {
            high = middle;
        } else {
            low = start + line.len() as u64;
        }
    }
    let mut places = Vec::new();
    let (_, mut line) = line_from(index, low)?;
    while line.starts_with(wanted.as_bytes()) {
        places.extend(std::str::from_utf8(&line).ok().and_then(|line| place(line.trim_end())));
        line.clear();
        index.read_until(b'\n', &mut line)?;
    }
    Ok(places)
}

/// The first line that begins at or behind a place, with its beginning.
fn line_from(index: &mut (impl BufRead + Seek), at: u64) -> std::io::Result<(u64, Vec<u8>)> {
    let (mut start, mut line) = (at, Vec::new());
    if at > 0 {
        // From the byte before: if that ends a line, a line begins right here.
        index.seek(SeekFrom::Start(at - 1))?;
        start = at - 1 + index.read_until(b'\n', &mut line)? as u64;
        line.clear();
    } else {
        index.seek(SeekFrom::Start(0))?;
    }
    index.read_until(b'\n', &mut line)?;
    Ok((start, line))
}

/// The name of a WARC file's index.
pub(super) fn name(warc: &str) -> String {
    format!("{}.cdxj", warc.trim_end_matches(".warc.gz"))
}

/// The 14 digits of UTC time.
pub(crate) fn timestamp(place: &CaptureRef) -> String {
    place.at.with_timezone(&Utc).format("%Y%m%d%H%M%S").to_string()
}

fn mime(capture: &Capture) -> &str {
    let kind = capture.header("content-type").unwrap_or_default();
    let kind = kind.split([';', ' ']).next().unwrap_or_default().trim();
    if kind.is_empty() { "unk" } else { kind }
}

/// The SURT; a POST bears its form in the query, as pywb asks for it.
fn key(capture: &Capture) -> String {
    if capture.method.eq_ignore_ascii_case("POST") {
        let join = if capture.url.contains('?') { '&' } else { '?' };
        let form = String::from_utf8_lossy(&capture.request_body);
        return surt(&format!("{}{join}__wb_method=POST&{form}", capture.url));
    }
    surt(&capture.url)
}

/// The sort-friendly form of an address.
pub(crate) fn surt(address: &str) -> String {
    let Ok(url) = Url::parse(address) else { return address.to_lowercase() };
    let Some(host) = url.host_str() else { return address.to_lowercase() };
    let mut labels: Vec<&str> = without_www(host).split('.').collect();
    labels.reverse();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let mut path = squeeze(&escape(&unescape(url.path().as_bytes()))).to_lowercase();
    if path.len() > 1 && path.ends_with('/') {
        path.pop();
    }
    let query = url.query().map(|query| escape(&unescape(query.as_bytes())).to_lowercase());
    let query = query.map(|query| sorted(&without_session(query))).filter(|query| !query.is_empty());
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{port}){path}{query}", labels.join(","))
}

/// Drops `www.`, `www2.` and the like.
fn without_www(host: &str) -> &str {
    let rest = host.strip_prefix("www").map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    rest.and_then(|rest| rest.strip_prefix('.')).unwrap_or(host)
}

/// Repeated slashes become one.
fn squeeze(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        if !(c == '/' && out.ends_with('/')) {
            out.push(c);
        }
    }
    out
}

/// Percent-decodes until nothing changes.
fn unescape(text: &[u8]) -> Vec<u8> {
    let mut text = text.to_vec();
    loop {
        let (mut out, mut i) = (Vec::with_capacity(text.len()), 0);
        while i < text.len() {
            let digits = text.get(i + 1..i + 3).filter(|d| text[i] == b'%' && d.iter().all(u8::is_ascii_hexdigit));
            let byte = digits.and_then(|d| u8::from_str_radix(std::str::from_utf8(d).ok()?, 16).ok());
            out.push(byte.unwrap_or(text[i]));
            i += if byte.is_some() { 3 } else { 1 };
        }
        if out == text {
            return out;
        }
        text = out;
    }
}

/// Percent-encodes what is not printable ASCII, `#` and `%`.
fn escape(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text {
        match byte {
            0..=b' ' | b'#' | b'%' | 0x7f.. => out.push_str(&format!("%{byte:02X}")),
            _ => out.push(char::from(*byte)),
        }
    }
    out
}

/// Drops the session ids that `surt` knows, with a value of the usual length.
fn without_session(query: String) -> String {
    let is_session = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let plain = value.bytes().all(|b| b.is_ascii_alphanumeric());
        plain && matches!((name, value.len()), ("jsessionid" | "phpsessid" | "sid", 32))
    };
    query.split('&').filter(|part| !is_session(part)).collect::<Vec<_>>().join("&")
}

fn sorted(query: &str) -> String {
    let mut parts: Vec<(&str, Option<&str>)> =
        query.split('&').map(|part| part.split_once('=').map_or((part, None), |(n, v)| (n, Some(v)))).collect();
    parts.sort_unstable();
    let part = |(name, value): &(&str, Option<&str>)| value.map_or((*name).to_owned(), |v| format!("{name}={v}"));
    parts.iter().map(part).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_wherever_it_stands() {
        let place = |offset| CaptureRef {
            file: "f".to_owned(),
            offset,
            length: 1,
            digest: "sha256:0".to_owned(),
            at: crate::time::parse("2026-05-01T22:00:00+07:00").unwrap(),
        };
        let keys = ["a", "ab", "b", "b", "b", "bc", "c)/x?y=1"];
        let lines: Vec<String> = keys
            .iter()
            .enumerate()
            .map(|(n, key)| whole(key, key, "m", None, None, &place(n as u64), "f") + "\n")
            .collect();
        let mut index = std::io::Cursor::new(lines.concat());
        for key in ["", "0", "a", "ab", "b", "bb", "bc", "c)/x?y=1", "d"] {
            let found: Vec<u64> = lookup(&mut index, key).unwrap().iter().map(|place| place.offset).collect();
            let expected: Vec<u64> = (0..).zip(keys).filter(|(_, k)| *k == key).map(|(n, _)| n).collect();
            assert_eq!(found, expected, "{key}");
        }
        assert_eq!(lookup(&mut std::io::Cursor::new(""), "a").unwrap(), []);
    }

    /// Expected values come from the Python package `surt`; `tests/validate_archive.py` compares more.
    #[test]
    fn addresses_sort_as_replay_tools_sort_them() {
        for (address, expected) in [
            ("https://haibatrung.hanoi.gov.vn/", "vn,gov,hanoi,haibatrung)/"),
            ("http://www.a.gov.vn:80/Tin-Tuc/?b=2&a=1", "vn,gov,a)/tin-tuc?a=1&b=2"),
            ("http://www2.a.vn:8080/x//y/", "vn,a:8080)/x/y"),
            ("https://a.vn/b%C3%A0i vi%E1%BA%BFt.html?", "vn,a)/b%c3%a0i%20vi%e1%ba%bft.html"),
            ("https://a.vn/x?q=%2541&flag", "vn,a)/x?flag&q=a"),
            ("https://a.vn/x?id=3&jsessionid=0123456789abcdef0123456789abcdef", "vn,a)/x?id=3"),
            ("http://127.0.0.1:8080/tin", "1,0,0,127:8080)/tin"),
            ("urn:cchc:observation:x", "urn:cchc:observation:x"),
        ] {
            assert_eq!(surt(address), expected, "{address}");
        }
    }
}
