//! Undoes Content-Encoding, within limits: a few bytes on the wire may stand for gigabytes.

use crate::coverage::Cause;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use std::borrow::Cow;
use std::io::Read;

/// Text of public offices packs to a tenth; a hundred times is a bomb.
const MAX_RATIO: usize = 100;

/// Below this size the ratio says nothing.
const SMALL: usize = 1 << 20;

/// The body as it was meant; `encoding` is the Content-Encoding header.
///
/// # Errors
/// Why it cannot be had: a cause and its particulars.
pub fn unpack<'a>(
    encoding: Option<&str>,
    body: &'a [u8],
    limit: usize,
) -> std::result::Result<Cow<'a, [u8]>, (Cause, String)> {
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

/// Unpacks gzip by its first bytes, whatever its name says; anything else stays as it is.
///
/// # Errors
/// As [`unpack`].
pub fn unpack_file(body: &[u8], limit: usize) -> std::result::Result<Cow<'_, [u8]>, (Cause, String)> {
    unpack(body.starts_with(&[0x1f, 0x8b]).then_some("gzip"), body, limit)
}

fn inflate(decoder: impl Read, packed: usize, limit: usize) -> std::result::Result<Vec<u8>, (Cause, String)> {
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
