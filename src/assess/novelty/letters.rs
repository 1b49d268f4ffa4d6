//! A character as the comparison sees it: [`crate::text::fold`] and [`crate::text::latin`], from a table.

use std::sync::LazyLock;

/// What a character is once its marks are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folded {
    Letter {
        letter: char,
        /// Written as one.
        capital: bool,
    },
    /// A combining mark or an invisible character: part of a word, and nothing by itself.
    Mark,
    Gap,
}

/// The first `most` characters as the comparison sees them, signs and spaces kept.
pub(crate) fn beginning(text: &str, most: usize) -> String {
    let folded = |c: char| match fold(c) {
        Folded::Letter { letter, .. } => Some(letter),
        Folded::Mark => None,
        Folded::Gap => Some(c),
    };
    text.chars().take(most).filter_map(folded).collect()
}

/// What a character is to the comparison: a table, because every letter ever seen comes through.
pub(crate) fn fold(c: char) -> Folded {
    if c.is_ascii() {
        let letter = Folded::Letter { letter: c.to_ascii_lowercase(), capital: c.is_ascii_uppercase() };
        return if c.is_ascii_alphanumeric() { letter } else { Folded::Gap };
    }
    match (c as usize).checked_sub(TABLE_FROM).and_then(|i| TABLE.get(i)) {
        Some(folded) => *folded,
        None => fold_slowly(c),
    }
}

const TABLE_FROM: usize = 0x80;
const TABLE_TO: usize = 0x2070;
/// All precomposed Vietnamese letters, combining marks, quotes and dashes.
static TABLE: LazyLock<Vec<Folded>> = LazyLock::new(|| {
    (TABLE_FROM..TABLE_TO).map(|c| char::from_u32(c as u32).map_or(Folded::Gap, fold_slowly)).collect()
});

fn fold_slowly(c: char) -> Folded {
    let invisible = matches!(c, '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}');
    if invisible || unicode_normalization::char::is_combining_mark(c) {
        return Folded::Mark;
    }
    match crate::text::fold(c.encode_utf8(&mut [0; 4])).chars().next() {
        // A Cyrillic letter put for the Latin one it looks like makes no new text.
        Some(letter) if letter.is_alphanumeric() => {
            Folded::Letter { letter: crate::text::latin(letter).unwrap_or(letter), capital: c.is_uppercase() }
        }
        _ => Folded::Gap,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_what_folding_the_text_says() {
        for c in "aZ9àÀặẶđĐơƯỹêÔ".chars() {
            let by_text = crate::text::fold(&c.to_string());
            let by_table = beginning(&c.to_string(), 1);
            assert_eq!(by_table, by_text, "{c}");
        }
        assert_eq!(fold('\u{300}'), Folded::Mark);
        assert_eq!(fold('–'), Folded::Gap);
        assert_eq!(beginning("“Ảnh”: Hà", 7), "“anh”: ");
    }
}
