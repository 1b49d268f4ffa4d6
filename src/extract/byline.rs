//! Who wrote it: the author's element, the metadata, or the last line of the text.

use super::blocks::{Block, Kind};
use super::scan::Scan;
use super::value;
use crate::platform::{Authors, Platforms, Selectors};
use crate::text::{fold, nfc};

/// Longer than this is no name and no source.
const MAX_AUTHOR: usize = 120;

/// What the search for the author needs to know.
pub(super) struct Search<'s, 'd> {
    pub(super) scan: &'s Scan<'d>,
    pub(super) platforms: &'s Platforms,
    /// The layouts of the page's platform; empty for a page nobody has described.
    pub(super) layouts: &'s [&'s Selectors],
    /// The short lines around the headline, for pages nobody has described.
    pub(super) near_title: &'s [Block],
    pub(super) body: &'s [Block],
}

impl Search<'_, '_> {
    /// The author or source line as shown; empty if none is.
    pub(super) fn run(&self) -> String {
        let own = self.shown(self.layouts.iter().copied(), |_| true);
        let person = own.clone().filter(|name| !self.is_account(name));
        let found = if self.layouts.is_empty() {
            person
                .or_else(|| self.described())
                .or_else(|| self.usual())
                .or_else(|| self.signed())
                .or_else(|| self.named())
                .or_else(|| self.meta())
        } else {
            // A described platform shows its author where it says; else only the text is asked first.
            person.or_else(|| self.signed()).or_else(|| self.described()).or_else(|| self.meta())
        };
        found.or(own).unwrap_or_default()
    }

    fn authors(&self) -> &Authors {
        &self.platforms.generic().authors
    }

    fn is_account(&self, name: &str) -> bool {
        self.authors().accounts.iter().any(|a| a.matches(name))
    }

    fn is_author(&self, name: &str) -> bool {
        is_name(name) && !self.is_account(name) && !is_site(name, self.scan)
    }

    fn shown<'l>(
        &self,
        mut layouts: impl Iterator<Item = &'l Selectors>,
        fits: impl Fn(&str) -> bool,
    ) -> Option<String> {
        layouts.find_map(|layout| {
            let names = value::all(&layout.author, &self.scan.index).map(|v| clean(&v.text, self.authors()));
            names.filter(|a| !a.is_empty() && a.chars().count() <= MAX_AUTHOR).find(|a| fits(a))
        })
    }

    fn described(&self) -> Option<String> {
        Some(clean(&self.scan.described.author, self.authors())).filter(|a| self.is_author(a))
    }

    fn meta(&self) -> Option<String> {
        let names = ["author", "article:author", "dc.creator", "parsely-author", "sailthru.author", "byl"];
        let values = names.iter().filter_map(|name| self.scan.meta(&[name]));
        values.map(|v| clean(v, self.authors())).find(|a| self.is_author(a))
    }

    /// Where pages usually show an author.
    fn usual(&self) -> Option<String> {
        self.shown(self.platforms.generic().selectors.iter(), |name| self.is_author(name))
    }

    /// A line at the headline such as "Posted on May 12, 2026 by Helen Marsh".
    fn named(&self) -> Option<String> {
        let lines = self.near_title.iter().filter(|b| b.text.chars().count() <= MAX_AUTHOR);
        let patterns = &self.authors().lines;
        let names = lines
            .flat_map(|line| patterns.iter().filter_map(|p| Some(p.regex().captures(&line.text)?.get(1)?.as_str())));
        names.map(|name| clean(name, self.authors())).find(|a| self.is_author(a))
    }

    fn signed(&self) -> Option<String> {
        signature(self.body, self.authors())
    }
}

/// A line with more letters is text, and what stands before it closes nothing.
const MAX_LINE: usize = 100;

/// The line that signs a text: among its last paragraphs, with no text behind it, set right or bold, short,
/// no sentence.
pub(super) fn signature(body: &[Block], authors: &Authors) -> Option<String> {
    let last = body.iter().rev().take(3).take_while(|b| b.letters <= MAX_LINE).filter(|b| b.kind != Kind::Row);
    last.filter(|b| signs(b, authors)).map(|b| clean(&b.text, authors)).find(|a| !a.is_empty())
}

fn signs(block: &Block, authors: &Authors) -> bool {
    let text = block.text.as_str();
    let length = text.chars().count();
    let spoken = authors.signs.iter().any(|p| p.matches(text)) && length <= 100 && !text.ends_with(['.', ';', ':']);
    let set_apart = block.right || block.stressed && names_somebody(&clean(text, authors), authors);
    spoken || set_apart && (3..=80).contains(&length) && is_name(text)
}

/// Whether a line is the name of a person or begins with an office's.
fn names_somebody(line: &str, authors: &Authors) -> bool {
    let capital = |word: &str| word.chars().find(|c| c.is_alphabetic()).is_none_or(char::is_uppercase);
    line.split_whitespace().all(capital) || authors.offices.iter().any(|office| office.matches(line))
}

/// A name has no sentence marks, few words, and begins with a capital.
fn is_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let capital =
        text.trim_start_matches(['(', '"', '“', '-', '–', ' ']).chars().next().is_some_and(char::is_uppercase);
    (1..=14).contains(&words.len())
        && capital
        && !text.ends_with([';', ':', '?', '!'])
        && !text.contains(". ")
        && !text.contains("http")
}

/// A site that signs with its own name has said nothing.
fn is_site(name: &str, scan: &Scan<'_>) -> bool {
    let plain = |text: &str| fold(text).replace([' ', '.', '-'], "");
    let own = plain(name);
    let site = scan.meta(&["og:site_name"]).map(plain).unwrap_or_default();
    let host = scan.base.host_str().unwrap_or_default();
    let called = |label: &str| own == label || own == format!("bao{label}") || own == format!("{label}online");
    own == site
        || own == host.replace('.', "")
        || host.split('.').any(called)
        || name.contains(".vn")
        || name.contains(".com")
}

/// The name inside a line, by the labels the data knows.
fn clean(text: &str, authors: &Authors) -> String {
    let mut name = nfc(text);
    for pattern in &authors.names {
        if let Some(inner) = pattern.regex().captures(&name).and_then(|c| Some(c.get(1)?.as_str().to_owned())) {
            name = inner;
        }
    }
    name.trim_matches([' ', '|', '-', '–', ',', ';', '•', '·']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str, stressed: bool, right: bool) -> Block {
        Block {
            text: text.to_owned(),
            letters: crate::text::letters(text),
            kind: Kind::Text,
            linked: 0,
            stressed,
            right,
        }
    }

    #[test]
    fn a_text_is_signed_by_its_last_lines() {
        let data = crate::data::Data::built_in();
        let platforms = Platforms::parse(&data).unwrap();
        let authors = &platforms.generic().authors;
        let prose = block("Hội nghị kết thúc lúc 17 giờ cùng ngày.", false, false);
        for (last, expected) in [
            (block("Nguyễn Văn An", true, false), Some("Nguyễn Văn An")),
            (
                block("Phòng Văn hóa – Xã hội phường Cửa Nam", false, true),
                Some("Phòng Văn hóa – Xã hội phường Cửa Nam"),
            ),
            (block("Nguồn: Sở Nội vụ Hà Nội", false, false), Some("Nguồn: Sở Nội vụ Hà Nội")),
            (block("(Theo TTXVN)", false, false), Some("(Theo TTXVN)")),
            (block("Nguyễn Văn An", false, false), None),
            (block("Theo đó, các đơn vị phải hoàn thành trước ngày 30/6.", false, false), None),
            (block("Theo Hồ Hương", false, true), Some("Hồ Hương")),
            (block("Hà Thu (tổng hợp)", true, false), Some("Hà Thu")),
            (block("Kết quả đạt được:", true, false), None),
            (block("UBND phường Cửa Nam", true, false), Some("UBND phường Cửa Nam")),
            (block("Bài học từ phường Hà Đông", true, false), None),
            (block("Người dân làm thủ tục tại UBND phường Hà Đông", true, false), None),
            (block("Tác giả: Lê Thị Bình", true, false), Some("Lê Thị Bình")),
        ] {
            assert_eq!(signature(&[prose.clone(), last.clone()], authors).as_deref(), expected, "{}", last.text);
        }
    }
}
