//! One spelling for one word: where the tone stands, and letters that only look Latin.

/// New-style toned second vowels: plain vowel → its toned forms in a fixed order of tones.
const TONES: [(char, [char; 5]); 5] = [
    ('a', ['à', 'á', 'ả', 'ã', 'ạ']),
    ('e', ['è', 'é', 'ẻ', 'ẽ', 'ẹ']),
    ('o', ['ò', 'ó', 'ỏ', 'õ', 'ọ']),
    ('u', ['ù', 'ú', 'ủ', 'ũ', 'ụ']),
    ('y', ['ỳ', 'ý', 'ỷ', 'ỹ', 'ỵ']),
];

/// Settles the lower-case word at the end of a text, from the byte `start` on, into its one
/// spelling: look-alike letters become Latin, and the tone of `oa oe uy` stands on the first vowel
/// (`hoà` → `hòa`).
pub fn settle(text: &mut String, start: usize) {
    let word = &text[start..];
    if word.is_ascii() {
        return;
    }
    // The look-alikes stand at U+0256, U+0261 and U+0370–U+051B, told by their first bytes, and two beside them.
    let foreign = word.bytes().any(|b| matches!(b, 0xC9 | 0xCD..=0xD4)) || word.contains(['ð', 'ƣ']);
    if foreign && word.chars().any(|c| latin(c).is_some()) && word.chars().any(is_latin) {
        let own: String = word.chars().map(|c| latin(c).unwrap_or(c)).collect();
        text.replace_range(start.., &own);
    }
    if let Some((at, first, second)) = misplaced(&text[start..]) {
        text.truncate(start + at);
        text.push(first);
        text.push(second);
    }
}

/// Where a word ends in two vowels with the tone on the second: the place, and the two vowels
/// with the tone moved.
fn misplaced(word: &str) -> Option<(usize, char, char)> {
    let mut letters = word.char_indices().rev();
    let (_, last) = letters.next()?;
    let (at, before) = letters.next()?;
    // After q the u belongs to the consonant: `quý` and `quỳ` have only one spelling.
    if !matches!(before, 'o' | 'u') || letters.next().is_some_and(|(_, c)| c == 'q') {
        return None;
    }
    let (plain, tone) =
        TONES.iter().find_map(|(plain, toned)| Some((*plain, toned.iter().position(|c| *c == last)?)))?;
    let fits = matches!((before, plain), ('o', 'a' | 'e') | ('u', 'y'));
    let toned = TONES.iter().find(|(plain, _)| *plain == before).map(|(_, toned)| toned[tone])?;
    fits.then_some((at, toned, plain))
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c) || ('\u{1e00}'..='\u{1eff}').contains(&c)
}

/// The letter of Vietnamese that another one looks like (Unicode TR39 confusables, lower case): Greek and
/// Cyrillic ones, and those that old keyboards and conversions from PDF put for `đ` and `ư`.
#[must_use]
pub fn latin(c: char) -> Option<char> {
    Some(match c {
        'ð' | 'ɖ' => 'đ',
        'ƣ' => 'ư',
        'а' | 'α' => 'a',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' => 'e',
        'һ' => 'h',
        'і' | 'ι' => 'i',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'п' => 'n',
        'о' | 'ο' | 'σ' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' => 'u',
        'ν' => 'v',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        'в' | 'β' => 'b',
        'н' | 'η' => 'n',
        'ԛ' => 'q',
        'ɡ' => 'g',
        _ => return None,
    })
}
