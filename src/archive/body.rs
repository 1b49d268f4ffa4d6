//! Undoes Content-Encoding, within limits: a few bytes on the wire may stand for gigabytes.
//!
//! The archive keeps bodies as they were sent; whoever wants to read one, the crawl or a page that
//! shows it, asks here.

use super::Capture;
use crate::coverage::Cause;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use std::borrow::Cow;
use std::io::Read;

/// Text of public offices packs to a tenth; a hundred times is a bomb.
const MAX_RATIO: usize = 100;

/// Below this size the ratio says nothing.
const SMALL: usize = 1 << 20;

/// Why a body cannot be had: a cause and its particulars.
type Fault = (Cause, String);

impl Capture {
    /// The body as it was meant, where it is not larger than `limit`.
    ///
    /// # Errors
    /// Why it cannot be had: a cause and its particulars.
    pub fn unpacked(&self, limit: usize) -> Result<Cow<'_, [u8]>, Fault> {
        unpack(self.header("content-encoding"), &self.body, limit)
    }

    /// What can be had of the first `most` bytes of the body, torn or a bomb though it be; `None`
    /// where it is packed and nothing can be had.
    #[must_use]
    pub fn beginning(&self, most: usize) -> Option<Cow<'_, [u8]>> {
        beginning(self.header("content-encoding"), &self.body, most)
    }
}

/// `encoding` is the Content-Encoding header.
fn unpack<'a>(encoding: Option<&str>, body: &'a [u8], limit: usize) -> Result<Cow<'a, [u8]>, Fault> {
    match encoding.map(|e| e.trim().to_ascii_lowercase()).as_deref() {
        None | Some("" | "identity") if body.len() <= limit => Ok(Cow::Borrowed(body)),
        None | Some("" | "identity") => Err((Cause::TooLarge, format!("{} byte", body.len()))),
        Some("gzip" | "x-gzip") => inflate(MultiGzDecoder::new(body), body.len(), limit).map(Cow::Owned),
        // RFC 9110 means zlib's form; some servers send the bare one.
        Some("deflate") => inflate(ZlibDecoder::new(body), body.len(), limit)
            .or_else(|_| inflate(DeflateDecoder::new(body), body.len(), limit))
            .map(Cow::Owned),
        Some(other) => Err((Cause::Unreadable, format!("Content-Encoding {other} chưa hề được yêu cầu"))),
    }
}

fn beginning<'a>(encoding: Option<&str>, body: &'a [u8], most: usize) -> Option<Cow<'a, [u8]>> {
    let undo = |decoder: &mut dyn Read| {
        let mut out = Vec::new();
        // What came before a tear is kept; the length tells whether there was anything.
        let _ = decoder.take(most as u64).read_to_end(&mut out);
        (!out.is_empty() || body.is_empty()).then_some(Cow::Owned(out))
    };
    match encoding.map(|e| e.trim().to_ascii_lowercase()).as_deref() {
        None | Some("" | "identity") => Some(Cow::Borrowed(&body[..body.len().min(most)])),
        Some("gzip" | "x-gzip") => undo(&mut MultiGzDecoder::new(body)),
        Some("deflate") => undo(&mut ZlibDecoder::new(body)).or_else(|| undo(&mut DeflateDecoder::new(body))),
        Some(_) => None,
    }
}

/// Unpacks gzip by its first bytes, whatever its name says; anything else stays as it is.
///
/// # Errors
/// As [`Capture::unpacked`].
pub fn unpack_file(body: &[u8], limit: usize) -> Result<Cow<'_, [u8]>, Fault> {
    unpack(is_packed(body).then_some("gzip"), body, limit)
}

/// Whether a body is gzip by its first bytes (RFC 1952 §2.3.1).
#[must_use]
pub fn is_packed(body: &[u8]) -> bool {
    body.starts_with(&[0x1f, 0x8b])
}

fn inflate(decoder: impl Read, packed: usize, limit: usize) -> Result<Vec<u8>, Fault> {
    let most = limit.min(packed.saturating_mul(MAX_RATIO).max(SMALL));
    let mut out = Vec::with_capacity((packed * 4).min(most));
    let read = decoder.take(most as u64 + 1).read_to_end(&mut out);
    if out.len() > most {
        return Err((Cause::TooLarge, format!("giải nén {packed} byte thành hơn {most} byte")));
    }
    match read {
        Ok(_) => Ok(out),
        Err(error) => Err((Cause::Broken, format!("không giải nén được: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use std::io::Write as _;

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_beginning_is_had_of_what_is_torn_or_a_bomb() {
        let rules = "User-agent: *\nDisallow: /kín\n".repeat(1000);
        let (packed, plain) = (gzip(rules.as_bytes()), rules.as_bytes());
        let had = |encoding, body: &[u8]| beginning(encoding, body, 100).map(Cow::into_owned);
        assert_eq!(had(None, plain).as_deref(), Some(&plain[..100]));
        assert_eq!(had(Some("gzip"), &packed[..packed.len() / 2]).as_deref(), Some(&plain[..100]));
        assert_eq!(had(Some("gzip"), &gzip(&[b'a'; 9 << 20])).as_deref(), Some(&[b'a'; 100][..]));
        assert_eq!(had(Some("gzip"), plain), None);
        assert_eq!(had(Some("br"), plain), None);
        assert_eq!(had(Some("gzip"), &[]), Some(Vec::new()));
    }

    #[test]
    fn unpacks_what_it_asked_for() {
        let text = "cải cách hành chính".as_bytes();
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(text).unwrap();
        let mut bare = DeflateEncoder::new(Vec::new(), Compression::fast());
        bare.write_all(text).unwrap();
        for (encoding, body) in [
            (None, text.to_vec()),
            (Some("identity"), text.to_vec()),
            (Some(" GZIP "), gzip(text)),
            (Some("deflate"), zlib.finish().unwrap()),
            (Some("deflate"), bare.finish().unwrap()),
        ] {
            assert_eq!(unpack(encoding, &body, 1000).unwrap(), text, "{encoding:?}");
        }
        assert_eq!(unpack_file(&gzip(text), 1000).unwrap(), text);
    }

    #[test]
    fn refuses_bombs_and_rubbish() {
        let cause = |encoding, body: &[u8], limit| unpack(encoding, body, limit).unwrap_err().0;
        let bomb = gzip(&vec![0; 8 << 20]);
        assert_eq!(cause(Some("gzip"), &bomb, 100 << 20), Cause::TooLarge);
        assert_eq!(cause(Some("gzip"), &gzip(&[b'a'; 3000]), 2000), Cause::TooLarge);
        assert_eq!(cause(None, &[0; 11], 10), Cause::TooLarge);
        assert_eq!(cause(Some("gzip"), b"<html>", 1000), Cause::Broken);
        assert_eq!(cause(Some("gzip"), &gzip(b"cut short")[..20], 1000), Cause::Broken);
        assert_eq!(cause(Some("br"), b"x", 1000), Cause::Unreadable);
    }
}
