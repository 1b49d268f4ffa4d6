//! From a piece of the tree to paragraphs.
//!
//! A block element ends a paragraph, a table row is one paragraph with its cells divided by tabs,
//! and scripts, forms and hidden elements are no text.

use crate::text::{self, nfc};
use memchr::memchr2;
use scraper::{ElementRef, Node};

/// What a paragraph is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Running text.
    Text,
    /// A heading, `h1`–`h6`.
    Heading,
    /// An item of a list.
    Item,
    /// A row of a table.
    Row,
}

/// One paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Its text, NFC, one line.
    pub(super) text: String,
    /// How many letters and digits that has.
    pub(super) letters: usize,
    /// What it is.
    pub(super) kind: Kind,
    /// The share of its letters inside links, 0–100.
    pub(super) linked: usize,
    /// All of it is bold or slanted.
    pub(super) stressed: bool,
    /// It is set to the right.
    pub(super) right: bool,
}

/// The paragraphs below an element; `skip` names elements to be left out.
pub(super) fn blocks<'d>(root: ElementRef<'d>, skip: &dyn Fn(ElementRef<'d>) -> bool) -> Vec<Block> {
    let mut walk = Walk { skip, blocks: Vec::new(), line: Line::default(), place: Place::default() };
    walk.children(root);
    walk.flush();
    walk.blocks
}

/// The text of an element as one line.
pub(super) fn line(element: ElementRef<'_>) -> String {
    let blocks = blocks(element, &|_| false);
    blocks.into_iter().map(|b| b.text).collect::<Vec<_>>().join(" ")
}

/// Elements whose content is no text of the page.
pub(super) fn is_mute(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "iframe"
            | "svg"
            | "object"
            | "embed"
            | "audio"
            | "video"
            | "canvas"
            | "select"
            | "button"
            | "input"
            | "textarea"
            | "head"
            | "map"
            | "datalist"
            | "dialog"
    )
}

/// Elements that end a paragraph.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "li"
            | "ul"
            | "ol"
            | "table"
            | "tbody"
            | "thead"
            | "tfoot"
            | "tr"
            | "td"
            | "th"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "section"
            | "article"
            | "aside"
            | "header"
            | "footer"
            | "main"
            | "nav"
            | "figure"
            | "figcaption"
            | "blockquote"
            | "pre"
            | "form"
            | "fieldset"
            | "dl"
            | "dt"
            | "dd"
            | "hr"
            | "address"
            | "center"
            | "details"
            | "summary"
            | "caption"
            | "body"
            | "hgroup"
            | "menu"
    )
}

/// Whether an element is not shown.
pub(super) fn is_hidden(element: ElementRef<'_>) -> bool {
    element.value().attrs().any(|(name, value)| match name {
        "hidden" => true,
        "style" => {
            let mut style = value.to_ascii_lowercase();
            style.retain(|c| c != ' ');
            style.contains("display:none") || style.contains("visibility:hidden")
        }
        _ => false,
    })
}

#[derive(Default, Clone, Copy)]
struct Place {
    kind: Option<Kind>,
    link: bool,
    stress: bool,
    right: bool,
    verbatim: bool,
}

/// The paragraph being gathered; `\n` stands for a line break element.
#[derive(Default)]
struct Line {
    text: String,
    letters: usize,
    linked: usize,
    stressed: usize,
}

struct Walk<'s, 'd> {
    skip: &'s dyn Fn(ElementRef<'d>) -> bool,
    blocks: Vec<Block>,
    line: Line,
    place: Place,
}

impl<'d> Walk<'_, 'd> {
    fn children(&mut self, element: ElementRef<'d>) {
        for child in element.children() {
            match child.value() {
                Node::Text(text) => self.text(text),
                Node::Element(_) => {
                    if let Some(element) = ElementRef::wrap(child) {
                        self.element(element);
                    }
                }
                _ => {}
            }
        }
    }

    fn text(&mut self, text: &str) {
        let letters = text::visible(text);
        self.line.letters += letters;
        self.line.linked += if self.place.link { letters } else { 0 };
        self.line.stressed += if self.place.stress { letters } else { 0 };
        if self.place.verbatim {
            self.line.text.push_str(text);
        } else {
            let mut rest = text;
            while let Some(end) = memchr2(b'\n', b'\r', rest.as_bytes()) {
                self.line.text.push_str(&rest[..end]);
                self.line.text.push(' ');
                rest = &rest[end + 1..];
            }
            self.line.text.push_str(rest);
        }
    }

    fn element(&mut self, element: ElementRef<'d>) {
        let name = element.value().name();
        if name == "br" {
            self.line.text.push('\n');
            return;
        }
        if is_mute(name) || is_hidden(element) || (self.skip)(element) {
            return;
        }
        let outer = self.place;
        match name {
            "a" => self.place.link = true,
            "b" | "strong" | "i" | "em" => self.place.stress = true,
            "pre" => self.place.verbatim = true,
            "li" | "dd" | "dt" => self.place.kind = Some(Kind::Item),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.place.kind = Some(Kind::Heading),
            _ => {}
        }
        if name == "tr" && self.row(element) {
        } else if is_block(name) {
            self.flush();
            self.place.right |= is_right(element);
            self.children(element);
            self.flush();
        } else {
            self.children(element);
        }
        self.place = outer;
    }

    /// Takes a table row as one paragraph; false if it is layout rather than data.
    fn row(&mut self, row: ElementRef<'d>) -> bool {
        let cells = row.children().filter_map(ElementRef::wrap).filter(|c| matches!(c.value().name(), "td" | "th"));
        let cells: Vec<ElementRef<'_>> = cells.collect();
        let holds_table = |cell: &ElementRef<'_>| {
            cell.descendants().filter_map(ElementRef::wrap).any(|e| e.value().name() == "table")
        };
        // Tables nested for layout are walked, never read twice: that would double with each level.
        if cells.len() < 2 || cells.iter().any(holds_table) {
            return false;
        }
        let cells: Vec<Vec<Block>> = cells.into_iter().map(|cell| blocks(cell, self.skip)).collect();
        let long = |cell: &Vec<Block>| cell.len() > 3 && cell.iter().map(|b| b.text.len()).sum::<usize>() > 600;
        if cells.iter().any(long) {
            return false;
        }
        self.flush();
        let join = |cell: &Vec<Block>| cell.iter().map(|b| b.text.as_str()).collect::<Vec<_>>().join(" ");
        let texts: Vec<String> = cells.iter().map(join).collect();
        let letters: usize = texts.iter().map(String::len).sum();
        let linked = cells.iter().flatten().map(|b| b.linked * b.text.len()).sum::<usize>();
        if let Some(linked) = linked.checked_div(letters) {
            let text = texts.join("\t").trim_matches('\t').to_owned();
            let letters = text::letters(&text);
            self.blocks.push(Block { text, letters, kind: Kind::Row, linked, stressed: false, right: false });
        }
        true
    }

    /// Ends the paragraph.
    fn flush(&mut self) {
        let line = std::mem::take(&mut self.line);
        if line.letters == 0 {
            return;
        }
        let linked = line.linked * 100 / line.letters;
        let stressed = line.stressed * 10 >= line.letters * 9;
        for text in paragraphs(&line.text) {
            let kind = self.place.kind.unwrap_or(Kind::Text);
            let letters = text::letters(&text);
            self.blocks.push(Block { text, letters, kind, linked, stressed, right: self.place.right });
        }
    }
}

fn is_right(element: ElementRef<'_>) -> bool {
    let value = element.value();
    value.attr("align").is_some_and(|a| a.eq_ignore_ascii_case("right"))
        || value.attr("style").is_some_and(|s| s.to_ascii_lowercase().replace(' ', "").contains("text-align:right"))
}

/// Divides text at line breaks: an empty line always ends a paragraph, a single break only where
/// a sentence ends before it, since many pages break lines for their width.
fn paragraphs(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.split('\n') {
        let line = nfc(line);
        if line.is_empty() {
            open = false;
            continue;
        }
        match out.last_mut().filter(|_| open) {
            Some(last) => {
                last.push(' ');
                last.push_str(&line);
            }
            None => out.push(line),
        }
        open = !out.last().is_some_and(|l| l.ends_with(['.', ';', ':', '!', '?', '”', '"', '…', '/']));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::Html;

    fn texts(html: &str) -> Vec<String> {
        let document = Html::parse_fragment(html);
        blocks(document.root_element(), &|_| false).into_iter().map(|b| b.text).collect()
    }

    #[test]
    fn paragraphs_of_all_sorts() {
        for (html, expected) in [
            ("<p>một</p>hai<p>ba</p>", vec!["một", "hai", "ba"]),
            ("<div>một <b>hai</b>\n ba</div>", vec!["một hai ba"]),
            ("<p>Câu một.<br>Câu hai</p>", vec!["Câu một.", "Câu hai"]),
            ("<p>dòng bị<br>ngắt</p>", vec!["dòng bị ngắt"]),
            ("<p>một<br><br>hai</p>", vec!["một", "hai"]),
            (
                "<table><tr><td>TT</td><td><p>Tên</p></td></tr><tr><td>1</td><td></td></tr></table>",
                vec!["TT\tTên", "1"],
            ),
            ("<table><tr><td>cả bài nằm trong<p>một ô</p></td></tr></table>", vec!["cả bài nằm trong", "một ô"]),
            ("<p>x</p><script>y</script><p style='display: none'>z</p><noscript>w</noscript>", vec!["x"]),
            ("<ul><li>một</li><li>hai</li></ul>", vec!["một", "hai"]),
            ("<pre>a\n\nb</pre>", vec!["a", "b"]),
        ] {
            assert_eq!(texts(html), expected, "{html}");
        }
    }

    #[test]
    fn a_byline_shows_by_its_place_and_weight() {
        let document = Html::parse_fragment("<p align=right><strong>Theo Sở Nội vụ</strong></p>");
        let block = &blocks(document.root_element(), &|_| false)[0];
        assert!(block.right && block.stressed && block.linked == 0);
    }
}
