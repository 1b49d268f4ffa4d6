//! Text of the years before Unicode: TCVN3 (ABC) and VNI, read as if it were Latin-1.
//!
//! Old pages and migrated articles hold `Céng hoµ x· héi` (TCVN 5712:1993, the .VnTime fonts) or
//! `Coäng hoøa xaõ hoäi` (VNI). Decoding is done only where the text is clearly of that kind:
//! letters no Vietnamese text has, none that only Unicode has, and more readable afterwards.

/// TCVN3 code points as Latin-1 shows them → the letter meant (TCVN 5712:1993, table VN3).
const TCVN3: &[(char, char)] = &[
    ('¡', 'Ă'),
    ('¢', 'Â'),
    ('£', 'Ê'),
    ('¤', 'Ô'),
    ('¥', 'Ơ'),
    ('¦', 'Ư'),
    ('§', 'Đ'),
    ('¨', 'ă'),
    ('©', 'â'),
    ('ª', 'ê'),
    ('«', 'ô'),
    ('¬', 'ơ'),
    ('\u{ad}', 'ư'),
    ('®', 'đ'),
    ('µ', 'à'),
    ('¶', 'ả'),
    ('·', 'ã'),
    ('¸', 'á'),
    ('¹', 'ạ'),
    ('»', 'ằ'),
    ('¼', 'ẳ'),
    ('½', 'ẵ'),
    ('¾', 'ắ'),
    ('Æ', 'ặ'),
    ('Ç', 'ầ'),
    ('È', 'ẩ'),
    ('É', 'ẫ'),
    ('Ê', 'ấ'),
    ('Ë', 'ậ'),
    ('Ì', 'è'),
    ('Î', 'ẻ'),
    ('Ï', 'ẽ'),
    ('Ð', 'é'),
    ('Ñ', 'ẹ'),
    ('Ò', 'ề'),
    ('Ó', 'ể'),
    ('Ô', 'ễ'),
    ('Õ', 'ế'),
    ('Ö', 'ệ'),
    ('×', 'ì'),
    ('Ø', 'ỉ'),
    ('Ü', 'ĩ'),
    ('Ý', 'í'),
    ('Þ', 'ị'),
    ('ß', 'ò'),
    ('á', 'ỏ'),
    ('â', 'õ'),
    ('ã', 'ó'),
    ('ä', 'ọ'),
    ('å', 'ồ'),
    ('æ', 'ổ'),
    ('ç', 'ỗ'),
    ('è', 'ố'),
    ('é', 'ộ'),
    ('ê', 'ờ'),
    ('ë', 'ở'),
    ('ì', 'ỡ'),
    ('í', 'ớ'),
    ('î', 'ợ'),
    ('ï', 'ù'),
    ('ñ', 'ủ'),
    ('ò', 'ũ'),
    ('ó', 'ú'),
    ('ô', 'ụ'),
    ('õ', 'ừ'),
    ('ö', 'ử'),
    ('÷', 'ữ'),
    ('ø', 'ứ'),
    ('ù', 'ự'),
    ('ú', 'ỳ'),
    ('û', 'ỷ'),
    ('ü', 'ỹ'),
    ('ý', 'ý'),
    ('þ', 'ỵ'),
];

/// VNI: a plain vowel and the sign behind it → the letter meant, lower case.
const VNI: &[(char, &[(char, char)])] = &[
    (
        'a',
        &[
            ('ø', 'à'),
            ('ù', 'á'),
            ('û', 'ả'),
            ('õ', 'ã'),
            ('ï', 'ạ'),
            ('ê', 'ă'),
            ('è', 'ằ'),
            ('é', 'ắ'),
            ('ú', 'ẳ'),
            ('ü', 'ẵ'),
            ('ë', 'ặ'),
            ('â', 'â'),
            ('à', 'ầ'),
            ('á', 'ấ'),
            ('å', 'ẩ'),
            ('ã', 'ẫ'),
            ('ä', 'ậ'),
        ],
    ),
    (
        'e',
        &[
            ('ø', 'è'),
            ('ù', 'é'),
            ('û', 'ẻ'),
            ('õ', 'ẽ'),
            ('ï', 'ẹ'),
            ('â', 'ê'),
            ('à', 'ề'),
            ('á', 'ế'),
            ('å', 'ể'),
            ('ã', 'ễ'),
            ('ä', 'ệ'),
        ],
    ),
    (
        'o',
        &[
            ('ø', 'ò'),
            ('ù', 'ó'),
            ('û', 'ỏ'),
            ('õ', 'õ'),
            ('ï', 'ọ'),
            ('â', 'ô'),
            ('à', 'ồ'),
            ('á', 'ố'),
            ('å', 'ổ'),
            ('ã', 'ỗ'),
            ('ä', 'ộ'),
        ],
    ),
    ('u', &[('ø', 'ù'), ('ù', 'ú'), ('û', 'ủ'), ('õ', 'ũ'), ('ï', 'ụ')]),
    ('y', &[('ø', 'ỳ'), ('ù', 'ý'), ('û', 'ỷ'), ('õ', 'ỹ')]),
    ('ô', &[('ø', 'ờ'), ('ù', 'ớ'), ('û', 'ở'), ('õ', 'ỡ'), ('ï', 'ợ')]),
    ('ö', &[('ø', 'ừ'), ('ù', 'ứ'), ('û', 'ử'), ('õ', 'ữ'), ('ï', 'ự')]),
];
/// VNI letters that stand alone.
const VNI_ALONE: &[(char, char)] =
    &[('ñ', 'đ'), ('ô', 'ơ'), ('ö', 'ư'), ('ì', 'ì'), ('í', 'í'), ('æ', 'ỉ'), ('ó', 'ĩ'), ('ò', 'ị'), ('î', 'ỵ')];

/// The text in Unicode, if it is clearly in a legacy encoding; else `None`.
#[must_use]
pub fn decode(text: &str) -> Option<String> {
    if text.is_ascii() || !suspicious(text) {
        return None;
    }
    let candidates = [tcvn3(text), vni(text)];
    let best = candidates.into_iter().max_by_key(|t| readable(t))?;
    // Clearly: most words can be Vietnamese afterwards, and far more than before.
    let (before, after) = (readable(text), readable(&best));
    (after >= 80 && after >= before + 20).then_some(best)
}

/// No letter that only Unicode Vietnamese has, and at least three signs of a legacy font.
fn suspicious(text: &str) -> bool {
    let mut signs = 0;
    for c in text.chars() {
        match c {
            'ă' | 'đ' | 'ơ' | 'ư' | 'Ă' | 'Đ' | 'Ơ' | 'Ư' | '\u{1ea0}'..='\u{1ef9}' | '\u{300}'..='\u{323}' => {
                return false;
            }
            '\u{a1}'..='\u{ff}' => signs += 1,
            _ => {}
        }
    }
    signs >= 3
}

fn tcvn3(text: &str) -> String {
    text.chars().map(|c| TCVN3.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to)).collect()
}

fn vni(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let upper = c.is_uppercase();
        let low = c.to_lowercase().next().unwrap_or(c);
        let signs = VNI.iter().find(|(base, _)| *base == low).map(|(_, signs)| *signs);
        let sign = rest.peek().and_then(|n| n.to_lowercase().next());
        let pair = signs.zip(sign).and_then(|(signs, sign)| signs.iter().find(|(s, _)| *s == sign));
        let letter = match pair {
            Some((_, letter)) => {
                rest.next();
                Some(*letter)
            }
            None => VNI_ALONE.iter().find(|(from, _)| *from == low).map(|(_, to)| *to),
        };
        match letter {
            Some(letter) if upper => out.extend(letter.to_uppercase()),
            Some(letter) => out.push(letter),
            None => out.push(c),
        }
    }
    out
}

/// How many in a hundred words could be Vietnamese syllables.
fn readable(text: &str) -> usize {
    let (mut all, mut good) = (0, 0);
    for word in text.split_whitespace() {
        let word = word.trim_matches(|c: char| c.is_ascii_punctuation() || c.is_ascii_digit());
        if word.is_empty() {
            continue;
        }
        all += 1;
        good += usize::from(is_syllable(word));
    }
    (good * 100_usize).checked_div(all).unwrap_or_default()
}

/// The consonants a syllable may begin with, longest first.
const ONSETS: [&str; 27] = [
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "g", "h", "k", "l", "m", "n",
    "p", "r", "s", "t", "v", "x", "",
];
/// What may follow the vowels.
const CODAS: [&str; 9] = ["ng", "nh", "ch", "c", "m", "n", "p", "t", ""];

/// Whether a word could be a Vietnamese syllable: onset, one to three vowels with at most one
/// marked tone, coda, nothing else.
fn is_syllable(word: &str) -> bool {
    use unicode_normalization::UnicodeNormalization as _;
    let mut tones = 0;
    let mut base = String::new();
    for c in word.nfd().flat_map(char::to_lowercase) {
        match c {
            '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}' => tones += 1,
            '\u{302}' | '\u{306}' | '\u{31b}' => {}
            'đ' => base.push('d'),
            c if c.is_ascii_alphabetic() => base.push(c),
            _ => return false,
        }
    }
    let vowels = |s: &str| (1..=3).contains(&s.len()) && s.bytes().all(|b| b"aeiouy".contains(&b));
    tones <= 1
        && ONSETS
            .iter()
            .filter_map(|o| base.strip_prefix(o))
            .any(|rest| CODAS.iter().filter_map(|coda| rest.strip_suffix(coda)).any(vowels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legacy_fonts_are_read() {
        for (old, new) in [
            ("Céng hoµ x· héi chñ nghÜa ViÖt Nam", "Cộng hoà xã hội chủ nghĩa Việt Nam"),
            ("C¶i c¸ch hµnh chÝnh ë ph\u{ad}êng Hai Bµ Tr\u{ad}ng", "Cải cách hành chính ở phường Hai Bà Trưng"),
            ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
            ("Caûi caùch haønh chính ôû phöôøng", "Cải cách hành chính ở phường"),
        ] {
            assert_eq!(decode(old).as_deref(), Some(new), "{old}");
        }
    }

    #[test]
    fn other_texts_are_left_alone() {
        for text in [
            "Cải cách hành chính",
            "Các cô chú bác sĩ nói là có",
            "Café crème à la carte, déjà vu, naïve",
            "Sở Tư pháp",
            "Bà Hà và ông Tú",
            "hồ sơ",
            "",
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
