//! Vietnamese that is not Unicode: TCVN3 (`.VnTime` and its like) and VNI-Windows.
//!
//! Old pages look right only in fonts that draw `Hµ Néi` as "Hà Nội". The fonts' names or, without
//! them, the syllables tell: text is converted only where that turns words nobody could read into
//! Vietnamese syllables. TCVN3 draws its capitals with a second font, so their case is lost.

use regex::Regex;
use std::collections::HashMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization as _;

/// One of the two encodings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Legacy {
    /// TCVN 5712:1993, third set, also called ABC.
    Tcvn3,
    /// VNI for Windows: a base letter followed by a letter that stands for its marks.
    Vni,
}

/// Latin-1 letters in TCVN3's order, and the Vietnamese letters they stand for.
const TCVN3: [(&str, &str); 2] = [
    (
        "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u{AD}õö÷øùúûüýþ",
        "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ",
    ),
    ("¡¢£¤¥¦§", "ĂÂÊÔƠƯĐ"),
];

/// VNI: marks after a base letter, and the combining marks they stand for.
const VNI_MARKS: [(char, &str); 16] = [
    ('ø', "\u{300}"),
    ('ù', "\u{301}"),
    ('û', "\u{309}"),
    ('õ', "\u{303}"),
    ('ï', "\u{323}"),
    ('â', "\u{302}"),
    ('à', "\u{302}\u{300}"),
    ('á', "\u{302}\u{301}"),
    ('å', "\u{302}\u{309}"),
    ('ã', "\u{302}\u{303}"),
    ('ä', "\u{302}\u{323}"),
    ('ê', "\u{306}"),
    ('è', "\u{306}\u{300}"),
    ('é', "\u{306}\u{301}"),
    ('ú', "\u{306}\u{309}"),
    ('ü', "\u{306}\u{303}"),
];

/// VNI: letters that stand alone; the capitals follow by case.
const VNI_LETTERS: [(char, char); 8] =
    [('ô', 'ơ'), ('ö', 'ư'), ('ñ', 'đ'), ('æ', 'ỉ'), ('ó', 'ĩ'), ('ò', 'ị'), ('î', 'ỵ'), ('ë', 'ë')];

/// Font names that draw these encodings.
const FONTS: [(&str, Legacy); 2] = [(".vn", Legacy::Tcvn3), ("vni-", Legacy::Vni)];

static TCVN3_TABLE: LazyLock<HashMap<char, char>> =
    LazyLock::new(|| TCVN3.iter().flat_map(|(from, to)| from.chars().zip(to.chars())).collect());

/// A Vietnamese syllable without its tone: onset, vowels, ending.
static SYLLABLE: LazyLock<Regex> = LazyLock::new(|| {
    let onset = "(?:b|ch?|d|đ|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu?|r|s|th?|tr|v|x)?";
    let vowels = "(?:[aăâeêioôơuưy]|ai|ao|au|âu|ay|ây|eo|êu|ia|iê|iu|oa|oă|oai|oay|oe|oi|ôi|ơi|oo|ua|uâ|uây|uê|ui|uô|uôi|uơ|uy|uya|uyê|uyu|ưa|ưi|ươ|ươi|ươu|ưu|iêu|yê|yêu|oao|oeo)";
    Regex::new(&format!("^{onset}{vowels}(?:ch?|m|nh?|ng|p|t)?$")).expect("the pattern is written here and tested")
});

impl Legacy {
    /// The encoding of a text, if conversion makes Vietnamese of it and its letters as they stand
    /// do not.
    pub(super) fn detect<'t>(texts: impl Iterator<Item = &'t str>) -> Option<Self> {
        let (mut words, mut plain, mut tcvn3, mut vni) = (0usize, 0usize, 0usize, 0usize);
        for word in texts.flat_map(marked_words).take(2_000) {
            words += 1;
            plain += usize::from(is_syllable(word));
            tcvn3 += usize::from(is_syllable(&Self::Tcvn3.convert(word)));
            vni += usize::from(is_syllable(&Self::Vni.convert(word)));
        }
        let (best, right) = if tcvn3 >= vni { (Self::Tcvn3, tcvn3) } else { (Self::Vni, vni) };
        (words >= 8 && right * 10 >= words * 6 && plain * 2 < right).then_some(best)
    }

    /// The encoding whose fonts a page names.
    pub(super) fn named(source: &str) -> Option<Self> {
        let names = |legacy: Self| FONTS.iter().any(|(name, l)| *l == legacy && mentions_font(source, name));
        [Self::Tcvn3, Self::Vni].into_iter().find(|legacy| names(*legacy))
    }

    /// The text in Unicode, if it is in this encoding and not Unicode already.
    pub(super) fn restore(self, text: &str) -> Option<String> {
        let foreign = marked_words(text).filter(|word| !is_syllable(word));
        let (mut words, mut right) = (0usize, 0usize);
        for word in foreign {
            words += 1;
            right += usize::from(is_syllable(&self.convert(word)));
        }
        (right * 2 > words).then(|| self.convert(text))
    }

    /// Every letter as if it were in this encoding, NFC.
    fn convert(self, text: &str) -> String {
        match self {
            Self::Tcvn3 => text.chars().map(|c| *TCVN3_TABLE.get(&c).unwrap_or(&c)).collect(),
            Self::Vni => vni(text),
        }
    }
}

fn mentions_font(source: &str, name: &str) -> bool {
    let font = |at: usize| source[..at].ends_with(['"', '\'', ':', ',', ' ', ';', '=']);
    let lower = source.to_ascii_lowercase();
    lower
        .match_indices(name)
        .any(|(at, _)| font(at) && source[at + name.len()..].starts_with(|c: char| c.is_ascii_alphabetic()))
}

fn vni(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut after_vowel = false;
    for c in text.chars() {
        let lower = c.to_lowercase().next().unwrap_or(c);
        if after_vowel
            && let Some((_, marks)) = VNI_MARKS.iter().chain([&('ë', "\u{306}\u{323}")]).find(|m| m.0 == lower)
        {
            out.push_str(marks);
            after_vowel = false;
            continue;
        }
        let letter = VNI_LETTERS.iter().find(|l| l.0 == lower).map_or(lower, |l| l.1);
        after_vowel = matches!(letter, 'a' | 'e' | 'o' | 'u' | 'y' | 'ơ' | 'ư');
        if c == lower { out.push(letter) } else { out.extend(letter.to_uppercase()) }
    }
    out.nfc().collect()
}

/// Words with a letter outside ASCII, the soft hyphen (TCVN3's ư) and signs used as letters included.
fn marked_words(text: &str) -> impl Iterator<Item = &str> {
    let letter = |c: char| c.is_alphabetic() || TCVN3_TABLE.contains_key(&c);
    text.split(move |c| !letter(c)).filter(|word| !word.is_ascii() && word.chars().count() > 1)
}

fn is_syllable(word: &str) -> bool {
    let tones = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
    let lower = word.to_lowercase();
    let count = lower.nfd().filter(|c| tones.contains(c)).count();
    let toneless: String = lower.nfd().filter(|c| !tones.contains(c)).nfc().collect();
    count <= 1 && SYLLABLE.is_match(&toneless)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes Unicode as VNI, for the test only.
    fn to_vni(text: &str) -> String {
        let back = |c: char| {
            let parts: String = std::iter::once(c).nfd().collect();
            let base = parts.chars().next().unwrap();
            let single = VNI_LETTERS.iter().find(|l| l.1 == c).map(|l| l.0.to_string());
            let single = single.or_else(|| "ìí".contains(c).then(|| c.to_string()));
            let horned = parts.strip_prefix(base).unwrap().strip_prefix('\u{31B}');
            let (head, marks) = match (base, horned) {
                ('o', Some(rest)) => ('ô', rest.to_owned()),
                ('u', Some(rest)) => ('ö', rest.to_owned()),
                _ => (base, parts[base.len_utf8()..].to_owned()),
            };
            let order = |m: &str| m.nfd().collect::<String>();
            let mark = VNI_MARKS.iter().chain([&('ë', "\u{306}\u{323}")]);
            let mark = mark.filter(|m| order(&format!("a{}", m.1)) == order(&format!("a{marks}"))).map(|m| m.0).next();
            single.unwrap_or_else(|| match (marks.is_empty(), mark) {
                (true, _) if c == 'đ' => "ñ".to_owned(),
                (true, _) => head.to_string(),
                (false, Some(mark)) => format!("{head}{mark}"),
                (false, None) => c.to_string(),
            })
        };
        text.chars().map(back).collect()
    }

    fn to_tcvn3(text: &str) -> String {
        let back: HashMap<char, char> = TCVN3_TABLE.iter().map(|(a, b)| (*b, *a)).collect();
        text.chars().map(|c| *back.get(&c).unwrap_or(&c)).collect()
    }

    const TEXT: &str = "ủy ban nhân dân phường tổ chức hội nghị triển khai kế hoạch cải cách hành chính, \
        nâng cao chất lượng giải quyết thủ tục; rút ngắn thời gian, người dân được hướng dẫn kỹ lưỡng";

    #[test]
    fn known_words() {
        for (legacy, written, read) in [
            (Legacy::Tcvn3, "Céng hoµ x· héi chñ nghÜa ViÖt Nam", "Cộng hoà xã hội chủ nghĩa Việt Nam"),
            (Legacy::Tcvn3, "§éc lËp - Tù do - H¹nh phóc", "Độc lập - Tự do - Hạnh phúc"),
            (Legacy::Tcvn3, "®\u{AD}îc ph\u{AD}êng", "được phường"),
            (Legacy::Vni, "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
            (Legacy::Vni, "Ñoäc laäp - Töï do - Haïnh phuùc", "Độc lập - Tự do - Hạnh phúc"),
            (Legacy::Vni, "ÑÖÔØNG TRÖÔØNG SÔN", "ĐƯỜNG TRƯỜNG SƠN"),
        ] {
            assert_eq!(legacy.convert(written), read, "{written}");
        }
    }

    #[test]
    fn the_encoding_is_told_by_syllables() {
        for (legacy, written) in [(Legacy::Tcvn3, to_tcvn3(TEXT)), (Legacy::Vni, to_vni(TEXT))] {
            assert_eq!(Legacy::detect(std::iter::once(written.as_str())), Some(legacy), "{written}");
            assert_eq!(legacy.restore(&written).unwrap(), TEXT);
        }
        let french = "Les élèves ont été très occupés à préparer la fête de l'école où ils étaient invités; déjà la \
            journée s'achève, la forêt s'éveille à côté";
        for unicode in
            [TEXT, french, "Öffentliche Bekanntmachung über Straßen für die Bürger der Städte größer schöner früher"]
        {
            assert_eq!(Legacy::detect(std::iter::once(unicode)), None, "{unicode}");
        }
        assert_eq!(Legacy::Tcvn3.restore(TEXT), None);
    }

    #[test]
    fn fonts_are_named_in_styles_only() {
        for (source, legacy) in [
            ("<font face=\".VnTime\">", Some(Legacy::Tcvn3)),
            ("font-family: '.VnArialH', Arial", Some(Legacy::Tcvn3)),
            ("style='font-family:VNI-Times'", Some(Legacy::Vni)),
            ("https://hanoi.gov.vn/tin", None),
            ("x.vnp", None),
        ] {
            assert_eq!(Legacy::named(source), legacy, "{source}");
        }
    }
}
