//! From bytes to text: which charset, and how we know.
//!
//! Order: byte-order mark, valid UTF-8, the Content-Type header, `<meta>` in the first bytes, then
//! a guess with Vietnam as the hint. Valid UTF-8 stands before the declarations because portals
//! declare wrongly far more often than other charsets pass for UTF-8 by chance.

use super::legacy::Legacy;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// How the charset became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// By a byte-order mark, a declaration, or because the bytes are UTF-8.
    Sure,
    /// By declaration, against a different charset declared elsewhere or bytes it cannot hold.
    Doubtful,
    /// By statistics.
    Guessed,
}

/// A decoded page.
#[derive(Debug)]
pub(super) struct Decoded<'a> {
    /// The text.
    pub(super) text: Cow<'a, str>,
    /// Its charset, WHATWG name.
    pub(super) charset: &'static str,
    /// How that is known.
    pub(super) found: Found,
    /// Bytes the charset does not know became U+FFFD.
    pub(super) damaged: bool,
}

/// How far into a page its `<meta>` is looked for.
const META_WINDOW: usize = 4_096;

/// Decodes a page.
pub(super) fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Decoded<'a> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decoded(&bytes[mark..], encoding, Found::Sure);
    }
    if let Some(encoding) = bare_utf16(bytes) {
        return decoded(bytes, encoding, Found::Guessed);
    }
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        return Decoded { text: Cow::Borrowed(text), charset: "UTF-8", found: Found::Sure, damaged: false };
    }
    let header = content_type.and_then(|h| label(h.as_bytes()));
    let meta = label(&bytes[..bytes.len().min(META_WINDOW)]);
    for encoding in [header, meta].into_iter().flatten() {
        // A few broken bytes inside UTF-8 (a cut character) are damage, not another charset.
        if encoding != UTF_8 || mostly_utf8(bytes) {
            let found = if header.xor(meta).is_some() || header == meta { Found::Sure } else { Found::Doubtful };
            return decoded(bytes, plausible(encoding, bytes), found);
        }
    }
    decoded(bytes, if mostly_utf8(bytes) { UTF_8 } else { guess(bytes) }, Found::Guessed)
}

/// The charset by statistics. Text drawn by old fonts is Latin-1 to the eye of the machine.
fn guess(bytes: &[u8]) -> &'static Encoding {
    if Legacy::named(&String::from_utf8_lossy(bytes)).is_some() {
        return WINDOWS_1252;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(Some(b"vn"), chardetng::Utf8Detection::Allow);
    let latin = WINDOWS_1252.decode_without_bom_handling(bytes).0;
    let legacy = Legacy::detect(latin.split('<').filter_map(|tag| Some(tag.split_once('>')?.1)));
    if legacy.is_some() && guess != UTF_8 { WINDOWS_1252 } else { guess }
}

fn decoded<'a>(bytes: &'a [u8], encoding: &'static Encoding, found: Found) -> Decoded<'a> {
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    Decoded { text, charset: encoding.name(), found, damaged }
}

/// UTF-16 says itself to be UTF-8 or Latin in its own meta element, which an ASCII reader can see
/// only because every other byte is NUL.
fn bare_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let window = &bytes[..bytes.len().min(512)];
    let zeros = |start: usize| window.iter().skip(start).step_by(2).filter(|b| **b == 0).count();
    let enough = window.len() / 4;
    match (zeros(0), zeros(1)) {
        _ if window.len() < 8 => None,
        (even, odd) if odd > enough && odd > 4 * even => Some(UTF_16LE),
        (even, odd) if even > enough && even > 4 * odd => Some(UTF_16BE),
        _ => None,
    }
}

/// The charset after `charset=` in a header or in the first bytes of a page.
fn label(text: &[u8]) -> Option<&'static Encoding> {
    let lower = text.to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = lower[from..].windows(7).position(|w| w == b"charset") {
        from += found + 7;
        let rest = lower[from..].trim_ascii_start();
        let Some(value) = rest.strip_prefix(b"=") else { continue };
        let value = value.trim_ascii_start();
        let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'")).unwrap_or(value);
        let end = value.iter().position(|b| !(b.is_ascii_alphanumeric() || b"-_:.".contains(b))).unwrap_or(value.len());
        if let Some(encoding) = Encoding::for_label(&value[..end]) {
            // A page that could be read so far is not UTF-16, whatever it says.
            return Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding });
        }
    }
    None
}

/// Whether at least nine in ten non-ASCII bytes belong to well-formed UTF-8 characters.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|b| !b.is_ascii()).count();
        bad += chunk.invalid().len();
    }
    good > 9 * bad
}

/// Latin-1 and windows-1252 are what servers declare by default; Vietnamese text in
/// windows-1258 under that label shows by its combining tones.
fn plausible(encoding: &'static Encoding, bytes: &[u8]) -> &'static Encoding {
    if encoding != WINDOWS_1252 {
        return encoding;
    }
    let guess = guess(bytes);
    if guess == encoding_rs::WINDOWS_1258 || guess == UTF_8 { guess } else { encoding }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::nfc;

    const TEXT: &str = "<html><body><p>Ủy ban nhân dân phường công khai kết quả giải quyết thủ tục hành chính \
        trong tháng, người dân hài lòng với tinh thần phục vụ của cán bộ, công chức bộ phận một cửa.</p></body></html>";

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    }

    fn windows_1258(text: &str) -> Vec<u8> {
        use unicode_normalization::UnicodeNormalization as _;
        // windows-1258 has letters with circumflex, breve and horn of its own and tones as combining marks.
        let tones = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
        let split = text.nfc().flat_map(|c| {
            let parts: Vec<char> = std::iter::once(c).nfd().collect();
            let (marks, letters): (Vec<char>, Vec<char>) = parts.into_iter().partition(|m| tones.contains(m));
            letters.into_iter().collect::<String>().nfc().chain(marks).collect::<Vec<char>>()
        });
        encoding_rs::WINDOWS_1258.encode(&split.collect::<String>()).0.into_owned()
    }

    #[test]
    fn every_charset_gives_the_same_text() {
        let with = |meta: &str| TEXT.replace("<html>", &format!("<html><meta charset=\"{meta}\">"));
        let mut marked = vec![0xFF, 0xFE];
        marked.extend(utf16(TEXT, false));
        let mut utf8_marked = vec![0xEF, 0xBB, 0xBF];
        utf8_marked.extend(TEXT.as_bytes());
        for (name, bytes, header) in [
            ("utf-8, nothing said", TEXT.as_bytes().to_vec(), None),
            ("utf-8, mark", utf8_marked, None),
            ("utf-8 declared latin-1", with("iso-8859-1").into_bytes(), Some("text/html; charset=ISO-8859-1")),
            ("utf-16, mark", marked, Some("text/html; charset=utf-8")),
            ("utf-16 le, nothing said", utf16(TEXT, false), None),
            ("utf-16 be, nothing said", utf16(TEXT, true), Some("text/html")),
            ("windows-1258, header", windows_1258(TEXT), Some("text/html; charset=windows-1258")),
            ("windows-1258, meta", windows_1258(&with("windows-1258")), None),
            ("windows-1258, nothing said", windows_1258(TEXT), None),
            ("windows-1258 declared utf-8", windows_1258(&with("utf-8")), Some("text/html; charset=utf-8")),
            ("windows-1258 declared latin-1", windows_1258(TEXT), Some("text/html; charset=iso-8859-1")),
        ] {
            let text = nfc(&decode(&bytes, header).text);
            assert!(text.contains("kết quả giải quyết thủ tục hành chính"), "{name}: {text}");
        }
    }

    #[test]
    fn a_cut_character_does_not_change_the_charset() {
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes.extend([0xE1, 0xBB]);
        let decoded = decode(&bytes, Some("text/html; charset=utf-8"));
        assert_eq!((decoded.charset, decoded.damaged), ("UTF-8", true));
        assert_eq!(decode(&bytes, None).charset, "UTF-8");
    }
}
