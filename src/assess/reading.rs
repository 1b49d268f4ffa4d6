//! An article as the classifier reads it: sections of words, each word a number.
//!
//! Words are compared in one form — lower case, NFC, one tone placement, Latin letters — but
//! keep their place in the text, whether they are capitalised and what stands before them, since
//! names need all three. Rules and articles share one [`Vocabulary`]; a word no rule speaks of is
//! [`UNKNOWN`].

use crate::article::Article;
use crate::text;
use foldhash::fast::FixedState;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// The number of a word that no rule speaks of.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// The one word whose capitals tell it from another: artificial intelligence, not `ai` (who).
const AI: &str = "AI";

/// Every word the rules speak of.
#[derive(Debug, Clone, Default)]
pub(super) struct Vocabulary {
    /// Articles are looked up here and never added, so nobody can choose words that collide.
    ids: HashMap<Box<str>, u32, FixedState>,
    words: Vec<Box<str>>,
}

impl Vocabulary {
    /// The number of a word in normal form, given one if it had none.
    pub(super) fn intern(&mut self, word: &str) -> u32 {
        if let Some(id) = self.ids.get(word) {
            return *id;
        }
        let id = u32::try_from(self.words.len()).expect("word lists hold far fewer than four billion words");
        self.ids.insert(word.into(), id);
        self.words.push(word.into());
        id
    }

    /// The numbers of a phrase, and of the same phrase without any marks.
    pub(super) fn phrase(&mut self, phrase: &str) -> (Vec<u32>, Vec<u32>) {
        let (mut marked, mut bare) = (Vec::new(), Vec::new());
        for word in text::words(phrase) {
            if word == AI {
                marked.push(self.intern(AI));
                bare.push(self.intern(AI));
                continue;
            }
            let normal = text::normal(word);
            marked.push(self.intern(&normal));
            bare.push(self.intern(&text::fold(&normal)));
        }
        (marked, bare)
    }

    /// The number of a word without its marks, given one if it had none.
    pub(super) fn without_marks(&mut self, id: u32) -> u32 {
        match self.word(id) {
            AI => id,
            word => {
                let bare = text::fold(word);
                self.intern(&bare)
            }
        }
    }

    /// A word by its number.
    pub(super) fn word(&self, id: u32) -> &str {
        self.words.get(id as usize).map_or("", |w| w)
    }

    fn id(&self, word: &str) -> u32 {
        self.ids.get(word).copied().unwrap_or(UNKNOWN)
    }
}

/// Where in an article a section stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// The author or source line.
    Author,
    /// The title.
    Title,
    /// The lead.
    Sapo,
    /// The portal's section.
    Category,
    /// A paragraph, from 0.
    Body(usize),
}

impl Place {
    /// How reasons call it.
    pub(super) fn name(self) -> String {
        match self {
            Self::Author => "dòng tác giả".to_owned(),
            Self::Title => "tiêu đề".to_owned(),
            Self::Sapo => "sapo".to_owned(),
            Self::Category => "chuyên mục".to_owned(),
            Self::Body(n) => format!("đoạn {}", n + 1),
        }
    }
}

/// What stands between a word and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// White space, `&`, or the point of an abbreviation.
    Space,
    /// A comma, dash, bracket or quotation mark: names may go on behind it.
    Soft,
    /// The end of a sentence, a colon, or nothing before: phrases end here.
    Hard,
}

/// One word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    /// Its number in the vocabulary.
    pub id: u32,
    /// Where it begins in the section's text, in bytes.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// Whether its first letter is a capital.
    pub capital: bool,
    /// What stands before it.
    pub gap: Gap,
}

/// One section.
#[derive(Debug)]
pub(super) struct Section<'a> {
    /// Where it stands.
    pub place: Place,
    /// Its text.
    pub text: Cow<'a, str>,
    /// Its words.
    pub words: Vec<Word>,
    /// Written without any marks: only forms without marks can match.
    pub bare: bool,
    /// Written in capitals throughout: capitals tell no name.
    pub shouted: bool,
}

impl Section<'_> {
    /// The words from `start` on, `len` of them, as they were written.
    pub(super) fn quote(&self, start: usize, len: usize) -> &str {
        let last = (start + len).min(self.words.len()).saturating_sub(1);
        match (self.words.get(start), self.words.get(last)) {
            (Some(first), Some(last)) => &self.text[first.start as usize..last.end as usize],
            _ => "",
        }
    }

    /// Some neighbouring words as a section of their own, the last of all with what stands behind it.
    pub(super) fn part(&self, range: Range<usize>) -> Section<'_> {
        let words = &self.words[range.clone()];
        let last = words.last().filter(|_| range.end < self.words.len());
        let end = last.map_or(self.text.len(), |word| word.end as usize);
        let shift = words.first().map_or(end, |word| word.start as usize);
        let words =
            words.iter().map(|w| Word { start: w.start - shift as u32, end: w.end - shift as u32, ..*w }).collect();
        Section { place: self.place, text: self.text[shift..end].into(), words, bare: self.bare, shouted: self.shouted }
    }
}

/// The first paragraph's position among the sections.
pub(super) const BODY: usize = 4;

/// The whole article.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    /// Author line, title, lead, category and paragraphs, in this order; empty ones too.
    pub sections: Vec<Section<'a>>,
}

impl<'a> Reading<'a> {
    /// Reads an article; texts in a legacy encoding are mended first.
    pub(super) fn new(article: &'a Article, vocabulary: &Vocabulary) -> Self {
        let category = article.category.as_deref().unwrap_or_default();
        let fields = [
            (Place::Author, article.author.as_str()),
            (Place::Title, &article.title),
            (Place::Sapo, &article.sapo),
            (Place::Category, category),
        ];
        let body = article.body.iter().enumerate().map(|(n, p)| (Place::Body(n), p.as_str()));
        let mut buffer = String::new();
        let read = |(place, text): (Place, &'a str)| section(place, text, vocabulary, &mut buffer);
        Self { sections: fields.into_iter().chain(body).map(read).collect() }
    }

    /// The author line.
    pub(super) fn author(&self) -> &Section<'a> {
        &self.sections[0]
    }

    /// The title.
    pub(super) fn title(&self) -> &Section<'a> {
        &self.sections[1]
    }

    /// The paragraphs.
    pub(super) fn body(&self) -> &[Section<'a>] {
        &self.sections[BODY..]
    }

    /// How many words the paragraphs have.
    pub(super) fn length(&self) -> usize {
        self.body().iter().map(|s| s.words.len()).sum()
    }
}

/// Abbreviations whose point ends no sentence.
fn abbreviation(word: &str) -> bool {
    matches!(word, "tp" | "p" | "q" | "h" | "x" | "tx" | "tt" | "ths" | "ts" | "pgs" | "gs" | "bs" | "ks")
}

fn section<'a>(place: Place, raw: &'a str, vocabulary: &Vocabulary, buffer: &mut String) -> Section<'a> {
    let text = text::mended(raw);
    let mut words = Vec::with_capacity(text.len() / 5);
    let (mut plain, mut upper, mut gap, mut at) = (true, 0_usize, Gap::Hard, 0);
    while let Some((start, end)) = text::next_word(&text, at) {
        gap = match &text[at..start] {
            " " => gap.max(Gap::Space),
            between => between.chars().map(gap_of).fold(gap, Gap::max),
        };
        let word = &text[start..end];
        let form = Form::of(word, vocabulary, buffer);
        plain &= word.is_ascii();
        upper += form.upper;
        let span = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        words.push(Word { id: form.id, start: span(start), end: span(end), capital: form.capital, gap });
        at = end;
        gap = Gap::Space;
        // The point behind an abbreviation is no end of a sentence.
        if form.capital && abbreviation(buffer) && text[end..].starts_with('.') {
            at += 1;
        }
    }
    // A category is a slug or a name; two words without marks already are a slug.
    let least = if place == Place::Category { 1 } else { 3 };
    let bare = plain && words.len() >= least;
    let shouted = is_shouted(upper, &words, &text);
    Section { place, text, words, bare, shouted }
}

/// Whether more than seven in ten letters are capitals. A word has a letter at least, so that most
/// texts need not be counted.
fn is_shouted(upper: usize, words: &[Word], text: &str) -> bool {
    let letters =
        || words.iter().map(|word| text::visible(&text[word.start as usize..word.end as usize])).sum::<usize>();
    upper * 10 > words.len() * 7 && upper * 10 > letters() * 7
}

/// A word as the vocabulary knows it.
struct Form {
    id: u32,
    capital: bool,
    /// How many of its letters are capitals.
    upper: usize,
}

impl Form {
    /// Looks a word up as it is written, then in normal form, which is left in `buffer`. Whatever the
    /// vocabulary holds as written is in that form already, but for [`AI`].
    fn of(word: &str, vocabulary: &Vocabulary, buffer: &mut String) -> Self {
        if word != AI
            && let id = vocabulary.id(word)
            && id != UNKNOWN
        {
            return Self { id, capital: false, upper: 0 };
        }
        buffer.clear();
        text::push_normal(word, buffer);
        let upper = if buffer.as_str() == word { 0 } else { word.chars().filter(|c| c.is_uppercase()).count() };
        let capital = upper > 0 && word.starts_with(char::is_uppercase);
        let id = vocabulary.id(if word == AI { AI } else { buffer });
        Self { id, capital, upper }
    }
}

fn gap_of(c: char) -> Gap {
    match c {
        '.' | '!' | '?' | ';' | ':' | '\n' | '…' => Gap::Hard,
        ' ' | '&' | '\u{a0}' | '\t' => Gap::Space,
        _ => Gap::Soft,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_case_gaps_and_places() {
        let mut vocabulary = Vocabulary::default();
        let (normal, bare) = vocabulary.phrase("phường Hòa Bình");
        assert_eq!((normal.len(), bare.len()), (3, 3));
        let article =
            Article { title: "TP. Huế, P.Hoà Bình: ho\u{61}\u{300} giải".to_owned(), ..Article::default() };
        let reading = Reading::new(&article, &vocabulary);
        let title = reading.title();
        let gaps: Vec<Gap> = title.words.iter().map(|w| w.gap).collect();
        assert_eq!(gaps, [Gap::Hard, Gap::Space, Gap::Soft, Gap::Space, Gap::Space, Gap::Hard, Gap::Space]);
        assert_eq!(title.words[3].id, normal[1], "old tone placement is the same word");
        assert_eq!(title.words[5].id, normal[1], "decomposed letters are the same word");
        assert_eq!(title.quote(2, 3), "P.Hoà Bình");
    }
}
