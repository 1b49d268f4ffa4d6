//! Vietnamese text in one form: what two spellings of the same words have in common.
//!
//! Portals mix NFC and NFD, old and new tone placement (`hoà`/`hòa`, `thuỷ`/`thủy`), capitals and
//! odd spaces. [`nfc`] is done at the door and keeps the text as people wrote it; [`normal`] and
//! [`fold`] are for comparing and matching only.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// NFC with every run of white space (no-break and zero-width ones too) as one space, trimmed.
#[must_use]
pub fn nfc(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.nfc() {
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

/// Lower case, NFC, the tone of `oa oe uy` on the first vowel (`hoà` → `hòa`): equal for all
/// spellings of the same words, still with tones, since `bản` and `bán` differ.
#[must_use]
pub fn normal(text: &str) -> String {
    let lower: String = text.nfc().flat_map(char::to_lowercase).collect();
    move_tones(&lower)
}

/// Lower case without any diacritics, `đ` as `d`: for text typed without them.
#[must_use]
pub fn fold(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect()
}

/// The syllables of a text: runs of letters and digits.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty())
}

/// New-style toned second vowels and what the old style writes: (plain first, toned second) → (toned first, plain second).
const TONES: [(char, [char; 5]); 4] = [
    ('a', ['à', 'á', 'ả', 'ã', 'ạ']),
    ('e', ['è', 'é', 'ẻ', 'ẽ', 'ẹ']),
    ('o', ['ò', 'ó', 'ỏ', 'õ', 'ọ']),
    ('u', ['ù', 'ú', 'ủ', 'ũ', 'ụ']),
];
const Y_TONES: [char; 5] = ['ỳ', 'ý', 'ỷ', 'ỹ', 'ỵ'];

fn toned(base: char, tone: usize) -> Option<char> {
    TONES.iter().find(|(b, _)| *b == base).map(|(_, t)| t[tone])
}

fn move_tones(lower: &str) -> String {
    let chars: Vec<char> = lower.chars().collect();
    let mut out = chars.clone();
    for i in 1..chars.len() {
        let ends_syllable = chars.get(i + 1).is_none_or(|c| !c.is_alphabetic());
        // After q the u belongs to the consonant: `quý` and `quỳ` have only one spelling.
        let after_q = i >= 2 && chars[i - 2] == 'q';
        if !ends_syllable || after_q {
            continue;
        }
        let tone_of = |base: char| {
            TONES.iter().find(|(b, _)| *b == base).and_then(|(_, t)| t.iter().position(|c| *c == chars[i]))
        };
        let moved = match chars[i - 1] {
            'o' => ['a', 'e'].into_iter().find_map(|b| Some((b, tone_of(b)?))),
            'u' => Y_TONES.iter().position(|c| *c == chars[i]).map(|t| ('y', t)),
            _ => None,
        };
        if let Some((base, tone)) = moved
            && let Some(first) = toned(chars[i - 1], tone)
        {
            out[i - 1] = first;
            out[i] = base;
        }
    }
    out.into_iter().collect()
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
        ] {
            assert_eq!(normal(a), normal(b), "{a} / {b}");
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
        assert_eq!(nfc("  a\u{a0}\u{200b} \n b\t"), "a b");
    }
}
