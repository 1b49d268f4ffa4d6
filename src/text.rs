//! Vietnamese text in one form: what two spellings of the same words have in common.
//!
//! Portals mix NFC and NFD, old and new tone placement (`hoà`/`hòa`, `thuỷ`/`thủy`), capitals and
//! odd spaces. [`nfc`] is done at the door and keeps the text as people wrote it; [`normal`] and
//! [`fold`] are for comparing and matching only.

mod bytes;
pub mod legacy;
mod letters;

pub use letters::{latin, settle};

use std::borrow::Cow;
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

/// NFC with every run of white space (no-break and zero-width ones too) as one space, trimmed.
#[must_use]
pub fn nfc(text: &str) -> String {
    let text = text.trim_ascii();
    match () {
        () if is_line(text.as_bytes()) => text.to_owned(),
        () if is_composed(text) => one_line(text.chars(), text.len()),
        () => one_line(text.nfc(), text.len()),
    }
}

/// Whether a trimmed text is surely what [`nfc`] would make of it: single spaces, no other white
/// space, and only Latin letters and signs that are NFC. Nearly all text is.
fn is_line(text: &[u8]) -> bool {
    bytes::all(text, |byte, next, after| {
        // Controls, the no-break space and the soft hyphen stand among U+0080–U+00BF.
        let supplement = (byte == 0xC2) & (next > 0xA0) & (next != 0xAD);
        let latin = (0xC3..=0xCB).contains(&byte) | (byte == 0xE1) & (0xB8..=0xBB).contains(&next);
        // U+2010–U+2027: dashes and quotes.
        let sign = (byte == 0xE2) & (next == 0x80) & (0x90..=0xA7).contains(&after);
        let plain = (byte > b' ') & (byte < 0x7F) | (0x80..=0xBF).contains(&byte) | (byte == b' ') & (next != b' ');
        plain | supplement | latin | sign
    })
}

/// Whether a text is in NFC for sure: only characters that no composition touches. Nearly all text
/// is, and saying so costs less than composing it.
fn is_composed(text: &str) -> bool {
    bytes::all(text.as_bytes(), |byte, next, after| {
        // U+0000–U+02FF, U+1E00–U+1EFF and U+2010–U+203F.
        let latin = (byte < 0xCC) | (byte == 0xE1) & (0xB8..=0xBB).contains(&next);
        latin | (byte == 0xE2) & (next == 0x80) & (after >= 0x90)
    })
}

fn one_line(chars: impl Iterator<Item = char>, size: usize) -> String {
    let mut out = String::with_capacity(size);
    let mut gap = false;
    for c in chars {
        match c {
            '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}' => {}
            c if c.is_whitespace() || c.is_control() => gap = !out.is_empty(),
            c => {
                if std::mem::take(&mut gap) {
                    out.push(' ');
                }
                out.push(c);
            }
        }
    }
    out
}

/// Lower case, NFC, the tone of `oa oe uy` on the first vowel (`hoà` → `hòa`), letters of other
/// alphabets inside Latin words as the Latin ones they look like: equal for all spellings of the
/// same words, still with tones, since `bản` and `bán` differ.
#[must_use]
pub fn normal(text: &str) -> String {
    let text = composed(text);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some((start, end)) = next_word(&text, at) {
        out.push_str(&text[at..start]);
        push_normal(&text[start..end], &mut out);
        at = end;
    }
    out.push_str(&text[at..]);
    out
}

/// The words of a text in the form of [`normal`], one space after each: equal for texts that
/// differ in spelling, spaces and punctuation only.
#[must_use]
pub fn bare(text: &str) -> String {
    let text = composed(text);
    let mut out = String::with_capacity(text.len() + 1);
    let mut at = 0;
    while let Some((start, end)) = next_word(&text, at) {
        push_normal(&text[start..end], &mut out);
        out.push(' ');
        at = end;
    }
    out
}

/// The text in NFC, without a copy where it already is, and out of a legacy encoding where it is
/// clearly in one ([`legacy`]).
#[must_use]
pub fn mended(text: &str) -> Cow<'_, str> {
    match legacy::decode(text) {
        Some(decoded) => Cow::Owned(decoded),
        None => composed(text),
    }
}

fn composed(text: &str) -> Cow<'_, str> {
    match is_composed(text) || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.nfc().collect()),
    }
}

/// Whether a character belongs to a word: a letter or a digit.
#[must_use]
pub fn in_word(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric(),
        // What Vietnamese is written with, told without Unicode's tables.
        '\u{c0}'..='\u{24f}' => c != '×' && c != '÷',
        '\u{1e00}'..='\u{1eff}' => true,
        '\u{2000}'..='\u{206f}' => false,
        c => c.is_alphanumeric(),
    }
}

/// How many letters and digits a text has.
#[must_use]
pub fn letters(text: &str) -> usize {
    bytes::letters(text.as_bytes()).unwrap_or_else(|| text.chars().filter(|c| in_word(*c)).count())
}

/// How many characters of a text are seen; rare white space counts as well.
#[must_use]
pub fn visible(text: &str) -> usize {
    bytes::visible(text.as_bytes())
}

/// How many signs of ASCII punctuation that divide or end sentences a text has.
#[must_use]
pub fn stops(text: &str) -> usize {
    bytes::count(text.as_bytes(), |b| (b == b',') | (b == b'.') | (b == b';') | (b == b':') | (b == b'?') | (b == b'!'))
}

/// The next word of a text from a byte on: where it begins and ends.
#[must_use]
pub fn next_word(text: &str, from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    let start = loop {
        match letter_at(text, at)? {
            (length, false) => at += length,
            (_, true) => break at,
        }
    };
    while let Some((length, true)) = letter_at(text, at) {
        at += length;
    }
    Some((start, at))
}

/// The character at a byte: how long it is, and whether it belongs to a word.
#[inline]
fn letter_at(text: &str, at: usize) -> Option<(usize, bool)> {
    let bytes = text.as_bytes();
    let next = || bytes.get(at + 1).copied().unwrap_or_default();
    Some(match *bytes.get(at)? {
        byte @ ..0x80 => (1, byte.is_ascii_alphanumeric()),
        0xC4..=0xC8 => (2, true),
        0xE1 if (0xB8..=0xBB).contains(&next()) => (3, true),
        _ => {
            let c = text[at..].chars().next()?;
            (c.len_utf8(), in_word(c))
        }
    })
}

/// Appends a word in the form of [`normal`].
pub fn push_normal(word: &str, out: &mut String) {
    if bytes::is_normal(word.as_bytes()) {
        return out.push_str(word);
    }
    let start = out.len();
    word.chars().for_each(|c| push_lower(c, out));
    settle(out, start);
}

/// Appends a letter in lower case.
pub fn push_lower(c: char, out: &mut String) {
    match c {
        c if c.is_ascii() => out.push(c.to_ascii_lowercase()),
        // Small letters that need no table: à–ÿ, and the odd half of the Vietnamese block.
        'à'..='ö' | 'ø'..='ÿ' | 'ă' | 'đ' | 'ĩ' | 'ũ' | 'ơ' | 'ư' => out.push(c),
        '\u{1ea0}'..='\u{1ef9}' if u32::from(c) % 2 == 1 => out.push(c),
        c => out.extend(c.to_lowercase()),
    }
}

/// Lower case without any diacritics, `đ` as `d`: for text typed without them.
#[must_use]
pub fn fold(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'đ' | 'ð' | 'ɖ' => 'd',
            'ƣ' => 'u',
            c => c,
        })
        .collect()
}

/// The syllables of a text: runs of letters and digits.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_the_same_words_become_equal() {
        for (a, b) in [
            ("hoà bình", "hòa bình"),
            ("THUỶ LỢI", "thủy lợi"),
            ("khoẻ", "khỏe"),
            ("Uỷ ban", "ủy ban"),
            ("quý", "QUÝ"),
            ("hoàn", "hoàn"),
            ("Hòa", "Hoà"),
            ("ho\u{61}\u{300}", "hòa"),
            ("phường Ðại Mỗ", "phường Đại Mỗ"),
            ("Ɖống Đa, QÐ-UBND", "Đống Đa, QĐ-UBND"),
            ("Sở Tƣ pháp, phƣơng án", "Sở Tư pháp, phương án"),
            ("TƢ PHÁP", "tư pháp"),
        ] {
            assert_eq!(normal(a), normal(b), "{a} / {b}");
            assert_eq!(fold(a), fold(b), "{a} / {b}");
        }
        assert_ne!(normal("bản"), normal("bán"));
        assert_eq!(normal("quỳ"), "quỳ");
    }

    #[test]
    fn folding_drops_all_marks() {
        assert_eq!(fold("Đống Đa – Thủ tục Hành chính"), "dong da – thu tuc hanh chinh");
    }

    #[test]
    fn white_space_is_one_space() {
        for (text, line) in [
            ("  a\u{a0}\u{200b} \n b\t", "a b"),
            ("Ủy ban – “xã”", "Ủy ban – “xã”"),
            ("a  b", "a b"),
            ("a\u{ad}b\u{85}", "ab"),
            ("a\u{2028}b\u{3000}", "a b"),
            ("\u{1680}e\u{301}", "é"),
            ("", ""),
        ] {
            assert_eq!(nfc(text), line, "{text:?}");
        }
    }

    #[test]
    fn short_cuts_tell_what_unicode_tells() {
        for c in '\0'..=char::MAX {
            assert_eq!(in_word(c), c.is_alphanumeric(), "{c:?}");
            assert_eq!(letters(c.encode_utf8(&mut [0; 4])), usize::from(in_word(c)), "{c:?}");
        }
        for text in ('\0'..'\u{3100}').map(|c| format!("a{c}b")) {
            assert_eq!(nfc(&text), one_line(text.nfc(), 0), "{text:?}");
        }
    }

    #[test]
    fn bare_words_are_those_of_the_normal_form() {
        for text in
            ["", "…", " Hoà bình, THUỶ lợi! ", "1.234 m² (hοa)", "một hai,ba  bốn Năm. sáu hoà bảy tám", "÷ a ÷b"]
        {
            let normal = normal(text);
            assert_eq!(bare(text), words(&normal).flat_map(|word| [word, " "]).collect::<String>(), "{text:?}");
        }
    }
}
