//! One WARC 1.1 record (ISO 28500), to bytes and back. Knows the envelope, not what is inside.

use super::gzip;
use crate::digest;
use crate::time::{self, Time};
use chrono::{DateTime, SubsecRound as _, Utc};
use flate2::read::GzDecoder;
use std::io::Read as _;

/// A record to be written. The block comes in parts so that a body is never copied.
pub(super) struct Draft<'a> {
    pub(super) kind: &'static str,
    pub(super) id: String,
    pub(super) at: Time,
    pub(super) uri: Option<&'a str>,
    pub(super) content_type: &'a str,
    /// Whether the block's digest is written.
    pub(super) digest: bool,
    /// Fields beside those above, in order.
    pub(super) fields: Vec<(&'static str, String)>,
    pub(super) block: &'a [&'a [u8]],
}

impl Draft<'_> {
    /// Appends the record as one gzip member.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let head = self.head();
        let mut parts = vec![head.as_bytes()];
        parts.extend(self.block);
        parts.push(b"\r\n\r\n");
        gzip::member(&parts, out);
    }

    fn head(&self) -> String {
        let mut head = String::with_capacity(512);
        let mut field = |name: &str, value: &str| {
            head.push_str(name);
            head.push_str(": ");
            head.extend(value.chars().map(|c| if c.is_control() { ' ' } else { c }));
            head.push_str("\r\n");
        };
        field("WARC-Type", self.kind);
        field("WARC-Record-ID", &self.id);
        field("WARC-Date", &date(self.at));
        if let Some(uri) = self.uri {
            field("WARC-Target-URI", uri);
        }
        for (name, value) in &self.fields {
            field(name, value);
        }
        if self.digest {
            field("WARC-Block-Digest", &digest::prefixed(self.block));
        }
        field("Content-Type", self.content_type);
        field("Content-Length", &self.block.iter().map(|part| part.len()).sum::<usize>().to_string());
        format!("WARC/1.1\r\n{head}\r\n")
    }
}

/// A record as read.
pub(super) struct Record<'a> {
    fields: Vec<(&'a str, &'a str)>,
    pub(super) block: &'a [u8],
}

impl<'a> Record<'a> {
    /// Reads the text of one member and checks its block digest, where it bears one of ours.
    pub(super) fn parse(text: &'a [u8]) -> Result<Self, &'static str> {
        let end = find(text, b"\r\n\r\n").ok_or("phần đầu bản ghi không kết thúc")?;
        let head = std::str::from_utf8(&text[..end]).map_err(|_| "phần đầu bản ghi không phải UTF-8")?;
        let mut lines = head.split("\r\n");
        if !lines.next().is_some_and(|version| version.starts_with("WARC/1.")) {
            return Err("không phải bản ghi WARC 1");
        }
        let fields: Option<Vec<_>> = lines.map(|line| line.split_once(':').map(|(n, v)| (n, v.trim()))).collect();
        let fields = fields.ok_or("phần đầu bản ghi có dòng không đọc được")?;
        let mut record = Self { fields, block: &[] };
        let length: usize =
            record.field("Content-Length").and_then(|l| l.parse().ok()).ok_or("thiếu Content-Length")?;
        let rest = &text[end + 4..];
        if rest.len() != length.saturating_add(4) || !rest.ends_with(b"\r\n\r\n") {
            return Err("độ dài bản ghi không khớp");
        }
        record.block = &rest[..length];
        match record.field("WARC-Block-Digest") {
            Some(expected) if expected.starts_with("sha256:") && expected != digest::prefixed(&[record.block]) => {
                Err("mã băm khối không khớp")
            }
            _ => Ok(record),
        }
    }

    /// A field by name, without case.
    pub(super) fn field(&self, name: &str) -> Option<&'a str> {
        self.fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// The `WARC-Type`.
    pub(super) fn kind(&self) -> &'a str {
        self.field("WARC-Type").unwrap_or_default()
    }

    /// The `WARC-Date`.
    pub(super) fn at(&self) -> Option<Time> {
        time::parse(self.field("WARC-Date")?)
    }
}

/// Longest head of a record that is looked at alone, in bytes.
const MAX_HEAD: u64 = 64 << 10;

/// The `WARC-Date` of a group's first record. Nothing behind its head is unpacked.
pub(crate) fn date_of(group: &[u8]) -> Option<Time> {
    let mut head = Vec::new();
    // A member that ends early has its head all the same.
    let _ = GzDecoder::new(group).take(MAX_HEAD).read_to_end(&mut head);
    let end = find(&head, b"\r\n\r\n")?;
    let mut lines = std::str::from_utf8(&head[..end]).ok()?.split("\r\n").filter_map(|line| line.split_once(':'));
    let (_, date) = lines.find(|(name, _)| name.eq_ignore_ascii_case("WARC-Date"))?;
    time::parse(date)
}

/// Where `needle` begins.
pub(super) fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len()).position(|window| window == needle)
}

/// The moment as kept: to the millisecond.
pub(super) fn kept(at: Time) -> Time {
    at.trunc_subsecs(3)
}

/// A `WARC-Date`: UTC, with milliseconds where there are any.
pub(super) fn date(at: Time) -> String {
    let utc: DateTime<Utc> = kept(at).to_utc();
    let form = if utc.timestamp_subsec_millis() == 0 { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%S%.3fZ" };
    utc.format(form).to_string()
}

/// A record id made from what the record is about, so that the same input gives the same file.
/// Records of one capture differ in the last digit only, which `part` fills (0–15).
pub(super) fn id(about: &[&[u8]], part: u8) -> String {
    let hash = digest::sha256_of(about);
    // A UUID of version 8 (RFC 9562 §5.8): the bits are ours.
    format!(
        "<urn:uuid:{}-{}-8{}-8{}-{}{part:x}>",
        &hash[..8],
        &hash[8..12],
        &hash[12..15],
        &hash[15..18],
        &hash[18..29]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_a_lie_is_not() {
        let draft = Draft {
            kind: "metadata",
            id: id(&[b"x"], 2),
            at: time::parse("2026-05-01T22:00:00.0456+07:00").unwrap(),
            uri: Some("https://a.vn/\r\nWARC-Type: response"),
            content_type: "application/warc-fields",
            digest: true,
            fields: vec![],
            block: &[b"a: b", b"\r\n"],
        };
        let mut bytes = Vec::new();
        draft.write(&mut bytes);
        let text = gzip::next(&mut &bytes[..]).unwrap().unwrap().text;
        let record = Record::parse(&text).unwrap();
        assert_eq!((record.kind(), record.block), ("metadata", &b"a: b\r\n"[..]));
        assert_eq!(record.field("warc-date"), Some("2026-05-01T15:00:00.045Z"));
        assert_eq!(record.field("WARC-Record-ID").map(str::len), Some("<urn:uuid:>".len() + 36));
        assert_eq!(date_of(&bytes), time::parse("2026-05-01T15:00:00.045Z"));
        assert_eq!(date_of(b"x"), None);
        let lie = String::from_utf8(text).unwrap().replace("a: b", "a: c");
        assert_eq!(Record::parse(lie.as_bytes()).err(), Some("mã băm khối không khớp"));
    }
}
