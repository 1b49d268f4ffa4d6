//! A text as the comparison sees it: syllables without marks, figures in one spelling, sentences.
//!
//! One pass over the letters and no allocation, because every article ever seen goes through here.
//! What is compared is [`crate::text::fold`]ed: Unicode form, tone placement, capitals, lost
//! diacritics, quotes and punctuation make no difference. This is part of the definition of a
//! stored signature: whoever changes it raises [`super::sketch::VERSION`].

use super::letters::{Folded, fold};
use std::ops::Range;
use std::sync::LazyLock;
use xxhash_rust::xxh3::xxh3_64;

/// What a token tells, which decides how much it weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A syllable every text is full of, and the title of a cited document: căn cứ inside a sentence.
    Filler,
    /// Any other syllable; also figures that say nothing new: years, telephone numbers.
    Word,
    /// A syllable written with a capital inside a sentence.
    Name,
    /// An amount, a time, the number of a document.
    Figure,
    /// A day and month.
    Date,
}

impl Kind {
    /// Figures and names count more than filler: they are what makes a text this text.
    pub(crate) fn weight(self) -> f32 {
        match self {
            Self::Filler => 0.5,
            Self::Word => 1.0,
            Self::Name => 1.5,
            Self::Figure | Self::Date => 3.0,
        }
    }
}

/// One syllable or figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    /// Of its folded letters.
    pub(crate) hash: u32,
    /// Which sentence of the text it stands in.
    pub(crate) sentence: u16,
    /// What it tells.
    pub(crate) kind: Kind,
}

/// No text is read beyond this many tokens: pages are untrusted, and no article is so long.
pub(crate) const MAX_TOKENS: usize = 60_000;
/// A longer sentence (a list, a text without full stops) is judged in parts.
const MAX_SENTENCE: u16 = 64;
/// The words of a citation after its number, unless a comma ends it before.
const CITATION: u8 = 40;
/// Letters of a syllable that are looked at.
const MAX_LETTERS: usize = 32;

/// Reads one paragraph, its sentences numbered from `sentence` on, and hands over each token with
/// its place in `text`. Returns the number the next paragraph begins with.
pub(crate) fn read(text: &str, sentence: u16, mut emit: impl FnMut(Token, Range<usize>)) -> u16 {
    let mut reader = Reader { word: Word::default(), sentence, in_sentence: 0, citing: 0 };
    let mut at = 0;
    while let Some(c) = char_at(text, at) {
        let after = at + c.len_utf8();
        match fold(c) {
            Folded::Mark => {}
            Folded::Letter { letter, capital } => reader.word.push(letter, capital, at),
            Folded::Gap => {
                let next = char_at(text, after);
                if reader.word.is_number() && matches!(c, '.' | ',' | '/' | ':') && next.is_some_and(ascii_digit) {
                    reader.word.join(c);
                } else {
                    reader.gap(c, next, at, &mut emit);
                }
            }
        }
        at = after;
    }
    reader.flush(text.len(), &mut emit);
    reader.next_sentence();
    reader.sentence
}

fn char_at(text: &str, at: usize) -> Option<char> {
    match text.as_bytes().get(at)? {
        b if b.is_ascii() => Some(char::from(*b)),
        _ => text[at..].chars().next(),
    }
}

fn ascii_digit(c: char) -> bool {
    c.is_ascii_digit()
}

fn ends_sentence(c: char, next: Option<char>) -> bool {
    match c {
        '\n' => true,
        '.' | '!' | '?' | '…' | ';' | ':' => next.is_none_or(|n| !n.is_alphanumeric()),
        _ => false,
    }
}

struct Reader {
    word: Word,
    sentence: u16,
    in_sentence: u16,
    /// How many more words may belong to the title of a cited document.
    citing: u8,
}

impl Reader {
    /// What separates words: it may also end a citation or a sentence.
    fn gap(&mut self, c: char, next: Option<char>, at: usize, emit: &mut impl FnMut(Token, Range<usize>)) {
        let dotted = c == '.' && self.word.is_initial();
        // 118/2025/NĐ-CP, 57-NQ/TW
        let cited = matches!(c, '/' | '-') && self.word.is_number() && next.is_some_and(char::is_alphabetic);
        self.flush(at, emit);
        match c {
            ' ' => return,
            _ if cited => self.citing = CITATION,
            ',' | ';' | ')' | ':' => self.citing = 0,
            _ => {}
        }
        if ends_sentence(c, next) && !dotted {
            self.next_sentence();
        }
    }

    fn flush(&mut self, end: usize, emit: &mut impl FnMut(Token, Range<usize>)) {
        if self.word.len == 0 {
            return;
        }
        if self.in_sentence == MAX_SENTENCE {
            self.next_sentence();
        }
        let hash = xxh3_64(&self.word.letters[..self.word.len]) as u32;
        let kind = if self.citing > 0 { Kind::Filler } else { self.word.kind(hash, self.in_sentence == 0) };
        self.citing = self.citing.saturating_sub(1);
        emit(Token { hash, sentence: self.sentence, kind }, self.word.start..end);
        self.in_sentence += 1;
        self.word.clear();
    }

    fn next_sentence(&mut self) {
        if self.in_sentence > 0 {
            self.sentence = self.sentence.saturating_add(1);
            self.in_sentence = 0;
            self.citing = 0;
        }
    }
}

/// The token being read.
#[derive(Default)]
struct Word {
    letters: [u8; MAX_LETTERS],
    len: usize,
    start: usize,
    digits: u8,
    capitals: u8,
    others: u8,
    first_capital: bool,
}

impl Word {
    fn clear(&mut self) {
        (self.len, self.digits, self.capitals, self.others) = (0, 0, 0, 0);
    }

    fn push(&mut self, folded: char, capital: bool, at: usize) {
        if self.len == 0 {
            self.start = at;
            self.first_capital = capital;
        }
        if folded.is_ascii_digit() {
            // 05/03 is 5/3: a zero that begins a part of a number says nothing.
            let opens = self.len > 0 && self.letters[self.len - 1] == b'0' && self.part_is_zero();
            if opens {
                self.len -= 1;
            }
            self.digits = self.digits.saturating_add(1);
        } else if capital {
            self.capitals = self.capitals.saturating_add(1);
        } else {
            self.others = self.others.saturating_add(1);
        }
        if !folded.is_ascii() {
            self.append(folded.encode_utf8(&mut [0; 4]).as_bytes());
        } else if let Some(room) = self.letters.get_mut(self.len) {
            *room = folded as u8;
            self.len += 1;
        }
    }

    fn append(&mut self, bytes: &[u8]) {
        if let Some(room) = self.letters.get_mut(self.len..self.len + bytes.len()) {
            room.copy_from_slice(bytes);
            self.len += bytes.len();
        }
    }

    /// The part of a number being read is a single `0`.
    fn part_is_zero(&self) -> bool {
        self.is_number() && (self.len == 1 || matches!(self.letters[self.len - 2], b'/' | b':'))
    }

    /// `2.345` and `2345` are one amount, but `11/5` is a date of two parts.
    fn join(&mut self, c: char) {
        if matches!(c, '/' | ':') {
            self.append(&[c as u8]);
        }
    }

    fn is_number(&self) -> bool {
        self.digits > 0 && self.capitals == 0 && self.others == 0
    }

    /// `TP.`, `Q.`, `TS.`: the full stop of an abbreviation ends no sentence.
    fn is_initial(&self) -> bool {
        self.capitals > 0 && self.digits == 0 && self.capitals + self.others <= 3 && self.first_capital
    }

    fn kind(&self, hash: u32, opens_sentence: bool) -> Kind {
        let letters = self.capitals + self.others;
        if self.digits > 0 {
            let written = &self.letters[..self.len];
            let year = self.digits == 4 && written.len() == 4 && matches!(&written[..2], b"19" | b"20");
            let telephone = letters == 0 && self.digits >= 9;
            let date = letters == 0 && written.contains(&b'/');
            return match () {
                () if year || telephone => Kind::Word,
                () if date => Kind::Date,
                () => Kind::Figure,
            };
        }
        if is_filler(hash) {
            Kind::Filler
        } else if self.first_capital && self.others > 0 && !opens_sentence {
            Kind::Name
        } else {
            Kind::Word
        }
    }
}

/// Syllables that stand in every text, folded.
const FILLER_SYLLABLES: [&str; 58] = [
    "va", "cua", "cac", "la", "trong", "cho", "voi", "duoc", "da", "den", "tai", "ve", "nay", "theo", "tu", "cung",
    "nhung", "mot", "nhu", "khi", "do", "co", "de", "vao", "ra", "len", "boi", "ma", "thi", "con", "dang", "se", "rat",
    "hon", "khong", "bang", "qua", "tren", "duoi", "sau", "truoc", "giua", "nham", "doi", "viec", "neu", "vi", "nen",
    "ca", "moi", "nhieu", "phai", "them", "lai", "gom", "ngay", "thang", "nam",
];

/// Their hashes in an open-addressing table, for every syllable of every text is looked up.
static FILLERS: LazyLock<[u32; 256]> = LazyLock::new(|| {
    let mut table = [0; 256];
    for syllable in FILLER_SYLLABLES {
        let hash = xxh3_64(syllable.as_bytes()) as u32;
        let mut at = hash as usize % 256;
        while table[at] != 0 {
            at = (at + 1) % 256;
        }
        table[at] = hash;
    }
    table
});

fn is_filler(hash: u32) -> bool {
    let mut places = (0..256).map(|step| FILLERS[(hash as usize + step) % 256]);
    places.find(|entry| *entry == 0 || *entry == hash).is_some_and(|entry| entry != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str) -> Vec<u32> {
        let mut all = Vec::new();
        read(text, 0, |t, _| all.push(t.hash));
        all
    }

    #[test]
    fn spellings_of_one_text_are_one_text() {
        for (a, b) in [
            ("Hòa Bình thuỷ lợi", "HOÀ BÌNH THỦY LỢI"),
            ("Đổi mới – “sáng tạo”", "đô\u{309}i mơ\u{301}i \"sáng tạo\""),
            ("đạt 2.345 hồ sơ", "đạt 2345 hồ sơ"),
            ("ngày 05/03/2026", "ngày 5/3/2026"),
            ("94,4%", "94.4 %"),
            ("thủ\u{200b} tục\u{a0}số", "thủ tục số"),
            ("cải cách", "c\u{1ea3}i \u{441}\u{e1}\u{441}h"),
            ("", "…!"),
        ] {
            assert_eq!(hashes(a), hashes(b), "{a} / {b}");
        }
        for (a, b) in [("11/5", "1/15"), ("105", "15"), ("100", "1"), ("10:05", "1:5")] {
            assert_ne!(hashes(a), hashes(b), "{a} / {b}");
        }
    }

    #[test]
    fn kinds_tell_facts_from_filler() {
        fn kinds(text: &str) -> Vec<(&str, Kind)> {
            let mut all = Vec::new();
            read(text, 0, |t, r| all.push((&text[r], t.kind)));
            all
        }
        use Kind::{Date, Figure, Filler, Name, Word};
        assert_eq!(
            kinds("Phường Láng của 62 UBND, năm 2026, 75/KH-UBND ngày 27/2, 20/5, 0243.7654321, 8h30"),
            [
                ("Phường", Word),
                ("Láng", Name),
                ("của", Filler),
                ("62", Figure),
                ("UBND", Word),
                ("năm", Filler),
                ("2026", Word),
                ("75", Figure),
                ("KH", Filler),
                ("UBND", Filler),
                ("ngày", Filler),
                ("27/2", Filler),
                ("20/5", Date),
                ("0243.7654321", Word),
                ("8h30", Figure),
            ]
        );
    }

    #[test]
    fn sentences_end_where_they_do() {
        let ends = |text: &str| {
            let mut all = Vec::new();
            read(text, 0, |t, _| all.push(t.sentence));
            all
        };
        assert_eq!(ends("Một hai. Ba bốn"), [0, 0, 1, 1]);
        assert_eq!(ends("Tại TP. Hà Nội"), [0, 0, 0, 0]);
        assert_eq!(ends("đạt 1.234. Còn"), [0, 0, 1]);
        assert_eq!(ends(&"a ".repeat(130)).last(), Some(&2));
    }

    #[test]
    fn a_syllable_of_a_million_letters_is_one_token() {
        assert_eq!(hashes(&"a".repeat(1_000_000)).len(), 1);
    }
}
