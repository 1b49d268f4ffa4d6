//! Looks at text by its bytes, many at once.
//!
//! Every word of every page passes through here several times, and nearly all of it is ASCII and the
//! Latin letters of Vietnamese. Those are told by a byte and its neighbours, without a branch for each
//! letter, so the compiler can compare a whole register of them; what is rarer goes by Unicode's
//! tables elsewhere.

/// Bytes looked at between two decisions; their count fits a byte.
const STRIDE: usize = 128;

/// A byte with the two behind it; zeros behind the end.
#[inline]
fn with_next(bytes: &[u8], at: usize) -> (u8, u8, u8) {
    let byte = |at: usize| bytes.get(at).copied().unwrap_or_default();
    (byte(at), byte(at + 1), byte(at + 2))
}

/// Whether all bytes, each with the two behind it, are as they should be.
#[inline]
pub(super) fn all(bytes: &[u8], is: impl Fn(u8, u8, u8) -> bool) -> bool {
    let sure = bytes.len().saturating_sub(2);
    let stride = |start: usize| {
        let end = (start + STRIDE).min(sure);
        let (first, second, third) = (&bytes[start..end], &bytes[start + 1..end + 1], &bytes[start + 2..end + 2]);
        let triples = first.iter().zip(second).zip(third);
        triples.fold(true, |good, ((a, b), c)| good & is(*a, *b, *c))
    };
    let rest = |at: usize| {
        let (a, b, c) = with_next(bytes, at);
        is(a, b, c)
    };
    (0..sure).step_by(STRIDE).all(stride) && (sure..bytes.len()).all(rest)
}

/// Counts the letters and digits of a text; `None` if it holds signs whose bytes do not tell.
pub(super) fn letters(bytes: &[u8]) -> Option<usize> {
    // (begins a letter, may begin one)
    let look = |a: u8, b: u8| {
        let ascii = a.is_ascii_alphanumeric();
        // U+00C0–U+00FF but × and ÷, U+0100–U+023F, U+1E00–U+1EFF.
        let latin = (a == 0xC3) & (b != 0x97) & (b != 0xB7) | (0xC4..=0xC8).contains(&a);
        let vietnamese = (a == 0xE1) & (0xB8..=0xBB).contains(&b);
        // Signs without letters among them: U+2000–U+207F hold one, the small n.
        let sign = (a < 0xC2) | (a == 0xC3) | (a == 0xE2) & (b == 0x80);
        let letter = ascii | latin | vietnamese;
        (letter, !(letter | sign))
    };
    let mut count = 0;
    let mut at = 0;
    while at < bytes.len() {
        let end = (at + STRIDE).min(bytes.len());
        let last = end == bytes.len();
        let first = &bytes[at..if last { end - 1 } else { end }];
        let second = &bytes[at + 1..at + 1 + first.len()];
        let (mut found, mut doubt) = (0_u8, false);
        for (a, b) in first.iter().zip(second) {
            let (letter, odd) = look(*a, *b);
            found += u8::from(letter);
            doubt |= odd;
        }
        if last {
            let (letter, odd) = look(bytes[end - 1], 0);
            found += u8::from(letter);
            doubt |= odd;
        }
        if doubt {
            return None;
        }
        count += usize::from(found);
        at = end;
    }
    Some(count)
}

/// How many characters of a text are neither ASCII white space nor controls.
pub(super) fn visible(bytes: &[u8]) -> usize {
    count(bytes, |b| (b > b' ') & (b & 0xC0 != 0x80))
}

/// How many bytes are of a kind.
#[inline]
pub(super) fn count(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    let stride = |some: &[u8]| usize::from(some.iter().fold(0_u8, |sum, b| sum + u8::from(is(*b))));
    bytes.chunks(STRIDE).map(stride).sum()
}

/// Whether a word is surely in the form that [`normal`](super::normal) gives it: small letters of
/// Vietnamese, and not ending in two vowels whose tone might stand elsewhere.
pub(super) fn is_normal(word: &[u8]) -> bool {
    let mut at = 0;
    let mut before = 0;
    while let Some(byte) = word.get(at) {
        let next = |n: usize| word.get(at + n).copied().unwrap_or_default();
        let length = match (byte, next(1)) {
            (b'a'..=b'z' | b'0'..=b'9', _) => 1,
            // à–ÿ, but for ð, which stands for đ.
            (0xC3, 0xA0..=0xAF | 0xB1..=0xBF) => 2,
            // ă đ ĩ ũ ơ ư.
            (0xC4, 0x83 | 0x91 | 0xA9) | (0xC5, 0xA9) | (0xC6, 0xA1 | 0xB0) => 2,
            // ạ–ỹ: the odd ones of U+1EA0–U+1EF9.
            (0xE1, 0xBA) if next(2) >= 0xA0 && next(2) % 2 == 1 => 3,
            (0xE1, 0xBB) if next(2) <= 0xB9 && next(2) % 2 == 1 => 3,
            _ => return false,
        };
        at += length;
        let ends_toned = at == word.len() && length > 1;
        if ends_toned && matches!(before, b'o' | b'u') {
            return false;
        }
        before = *byte;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;

    #[test]
    fn all_looks_at_every_byte_and_its_neighbours() {
        for length in [0, 1, 2, 3, STRIDE, STRIDE + 1, STRIDE + 2, 3 * STRIDE + 5] {
            let mut bytes = vec![1_u8; length];
            assert!(all(&bytes, |a, b, c| a == 1 && b <= 1 && c <= 1), "{length}");
            for at in 0..length {
                bytes[at] = 2;
                assert!(!all(&bytes, |a, _, _| a == 1), "{length} {at}");
                assert_eq!(all(&bytes, |_, b, _| b <= 1), at == 0, "{length} {at}");
                assert_eq!(all(&bytes, |_, _, c| c <= 1), at < 2, "{length} {at}");
                bytes[at] = 1;
            }
        }
    }

    #[test]
    fn letters_are_those_of_unicode_or_left_to_it() {
        for c in '\0'..=char::MAX {
            let text = format!("{c}");
            let known = letters(text.as_bytes());
            assert!(known.is_none_or(|n| n == usize::from(c.is_alphanumeric())), "{c:?}");
        }
        let long = "Ủy ban 12 × ".repeat(100);
        assert_eq!(letters(long.as_bytes()), Some(700));
        assert_eq!(visible(long.as_bytes()), 800);
        assert_eq!(letters("n\u{207F}".as_bytes()), None);
    }

    #[test]
    fn what_is_called_normal_is() {
        let syllables =
            ["ủy", "hoà", "hòa", "thuỷ", "quý", "đường", "Đường", "nghĩa", "xã", "aɡ", "ẛ", "12a", "ß", "ẞ"];
        for word in syllables.into_iter().map(str::to_owned).chain(('\0'..='\u{3000}').map(|c| format!("a{c}b"))) {
            if is_normal(word.as_bytes()) {
                assert_eq!(text::normal(&word), word, "{word:?}");
            }
        }
        assert!(["ủy", "đường", "nghĩa", "xã", "12a"].iter().all(|word| is_normal(word.as_bytes())));
    }
}
