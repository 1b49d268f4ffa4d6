//! The order of Vietnamese dictionaries: a ă â … d đ e ê … o ô ơ … u ư, and tones only between
//! words that are otherwise equal.

use unicode_normalization::UnicodeNormalization as _;

/// What two names are compared by: letters first, then tones.
pub(super) fn key(name: &str) -> (Vec<(char, u8)>, Vec<u8>) {
    let (mut letters, mut tones): (Vec<(char, u8)>, Vec<u8>) = Default::default();
    for c in name.chars().flat_map(char::to_lowercase).nfd() {
        match (letter_mark(c), tone(c)) {
            (Some(mark), _) => {
                if let Some(last) = letters.last_mut() {
                    last.1 = mark;
                }
            }
            (None, Some(n)) => {
                if let Some(last) = tones.last_mut() {
                    *last = n;
                }
            }
            (None, None) => {
                letters.push(if c == 'đ' { ('d', 1) } else { (c, 0) });
                tones.push(0);
            }
        }
    }
    (letters, tones)
}

/// The marks that make another letter: breve, circumflex, horn.
fn letter_mark(c: char) -> Option<u8> {
    match c {
        '\u{306}' => Some(1),
        '\u{302}' => Some(2),
        '\u{31b}' => Some(3),
        _ => None,
    }
}

/// Huyền, hỏi, ngã, sắc, nặng.
fn tone(c: char) -> Option<u8> {
    ['\u{300}', '\u{309}', '\u{303}', '\u{301}', '\u{323}']
        .iter()
        .zip(1..)
        .find(|(mark, _)| **mark == c)
        .map(|(_, n)| n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_as_in_a_dictionary() {
        let mut names =
            ["Đống Đa", "Dương Nội", "Ba Vì", "Bà Vì", "Ăn", "An", "Ân", "Ô Chợ Dừa", "Oa", "Ơn", "Ứng Hòa", "Ung"];
        names.sort_by_key(|name| key(name));
        assert_eq!(
            names,
            ["An", "Ăn", "Ân", "Ba Vì", "Bà Vì", "Dương Nội", "Đống Đa", "Oa", "Ô Chợ Dừa", "Ơn", "Ung", "Ứng Hòa"]
        );
    }
}
