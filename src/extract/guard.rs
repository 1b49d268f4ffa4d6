//! Refuses what no parser should be given: pages too large, too deep, or with monstrous tags.
//!
//! A cheap look at the bytes before parsing: deep nesting and thousands of attributes make any
//! tree builder slow out of proportion. What a parser nests in the end only its tree tells (inside
//! `math` and `svg` almost everything nests), so that is measured as well, before anybody walks it
//! with a stack. Browsers, too, stop nesting at 512. The same look leaves out what no reader reads:
//! scripts and styles, on many pages the larger part, and the white space that lines up the tags of
//! blocks, often half of what the tree would hold.

use super::blocks;
use super::tag::Tag;
use ego_tree::iter::Edge;
use foldhash::HashMap;
use memchr::{memchr, memchr_iter, memmem};
use scraper::Html;
use std::ops::Range;

/// Elements nested deeper than this are no text anybody wrote.
pub(super) const MAX_DEPTH: usize = 512;

/// The largest page that is parsed, in bytes of text.
pub(super) const MAX_SIZE: usize = 16 * 1024 * 1024;

/// More attributes than this stand on no honest tag.
const MAX_ATTRIBUTES: usize = 1_000;

/// Open elements that the parser may have to look at, over all tags; a second's work.
const MAX_STEPS: usize = 100_000_000;

/// Roots of trees that are no HTML.
const FOREIGN: [&[u8]; 2] = [b"svg", b"math"];

/// More attributes than this stand on no honest page, all tags together.
const MAX_ALL_ATTRIBUTES: usize = 300_000;

/// Signs that are errors wherever they stand in a page; the parser keeps a note of each.
const MAX_ODD: usize = 100_000;

/// What of a page is given to the parser: all but the code in its scripts and styles, and white space
/// between blocks. `None`: the page is beyond what is parsed.
pub(super) fn parsable(text: &str) -> Option<String> {
    if text.len() > MAX_SIZE || memchr_iter(0, text.as_bytes()).count() > MAX_ODD {
        return None;
    }
    let (mut kept, mut at) = (String::with_capacity(text.len()), 0);
    for unread in unread(text)? {
        kept.push_str(&text[at..unread.start]);
        at = unread.end;
    }
    kept.push_str(&text[at..]);
    Some(kept)
}

/// Whether a tree nests deeper than those who walk it may have to; walks it without a stack.
pub(super) fn nests_too_deep(document: &Html) -> bool {
    let mut depth = 0usize;
    document.tree.root().traverse().any(|edge| match edge {
        Edge::Open(_) => {
            depth += 1;
            // The document and its root element are nobody's nesting.
            depth > MAX_DEPTH + 2
        }
        Edge::Close(_) => {
            depth = depth.saturating_sub(1);
            false
        }
    })
}

/// Where stands what nobody reads; `None`: tags nest too deep, or are monstrous.
fn unread(text: &str) -> Option<Vec<Range<usize>>> {
    let (mut depth, mut merged, mut attributes, mut odd) = (0usize, 0, 0, 0);
    let (mut open, mut unread, mut gap) = (Open::default(), Vec::new(), Gap::default());
    let mut rest = text;
    while let Some(at) = memchr(b'<', rest.as_bytes()) {
        rest = &rest[at + 1..];
        let end = text.len() - rest.len() - 1;
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = after_comment(comment);
            gap = Gap { start: text.len() - rest.len(), divides: false };
            continue;
        }
        let closes = rest.starts_with('/');
        rest = rest.strip_prefix('/').unwrap_or(rest);
        let name = tag_name(rest.as_bytes());
        if name.is_empty() {
            continue;
        }
        let tag = Tag::scan(&rest.as_bytes()[name.len()..]);
        attributes += tag.attributes;
        odd += tag.odd;
        if closes {
            depth = depth.saturating_sub(usize::from(nests(name)));
            open.close(name);
        } else {
            // All that repeat `html` or `body` are merged into one element, each slower than the last.
            let one_element = name.eq_ignore_ascii_case(b"body") || name.eq_ignore_ascii_case(b"html");
            merged += if one_element { tag.attributes } else { 0 };
            depth += usize::from(nests(name) && !tag.closes_itself);
            open.open(name, tag.closes_itself);
        }
        let divides = open.name_divides();
        unread.extend(gap.blank(text, end, divides).filter(|_| !open.keeps_space()));
        if tag.attributes.max(merged) > MAX_ATTRIBUTES
            || attributes > MAX_ALL_ATTRIBUTES
            || odd > MAX_ODD
            || depth > MAX_DEPTH
            || open.steps > MAX_STEPS
        {
            return None;
        }
        // A tag ends with an ASCII sign or with the page.
        let (tag, inner) = rest.split_at_checked(name.len() + tag.length).unwrap_or((rest, ""));
        rest = inner;
        // In `math` and `svg` the parser reads tags in these as well.
        if !closes && !open.is_foreign() {
            rest = after_raw_text(name, inner);
            let raw = &inner[..inner.len() - rest.len()];
            if is_code(name, tag, raw) {
                let start = text.len() - inner.len();
                unread.push(start..start + raw.len());
            }
        }
        gap = Gap { start: text.len() - rest.len(), divides };
    }
    Some(unread)
}

/// What stands between two tags.
#[derive(Default)]
struct Gap {
    start: usize,
    /// The tag before it ends a paragraph.
    divides: bool,
}

impl Gap {
    /// The gap as far as the next tag, if it is but white space beside a tag that ends a paragraph:
    /// no reader sees that.
    fn blank(&self, text: &str, end: usize, divides: bool) -> Option<Range<usize>> {
        let gap = text.get(self.start..end).filter(|_| self.divides || divides)?;
        (!gap.is_empty() && gap.bytes().all(|b| b.is_ascii_whitespace())).then_some(self.start..end)
    }
}

/// Whether what a tag encloses is code; JSON describes the page. Where a script that begins a
/// comment ends only the parser knows.
fn is_code(name: &[u8], tag: &str, raw: &str) -> bool {
    let is_named = name.eq_ignore_ascii_case(b"script") || name.eq_ignore_ascii_case(b"style");
    is_named && !tag.to_ascii_lowercase().contains("json") && memmem::find(raw.as_bytes(), b"<!--").is_none()
}

/// What follows a comment; `<!-->` and `<!--->` are whole ones.
fn after_comment(text: &str) -> &str {
    if let Some(tail) = text.strip_prefix('>').or_else(|| text.strip_prefix("->")) {
        return tail;
    }
    let end = |at| {
        let tail = text[at..].strip_prefix("--")?;
        tail.strip_prefix('>').or_else(|| tail.strip_prefix("!>"))
    };
    text.match_indices('-').find_map(|(at, _)| end(at)).unwrap_or_default()
}

/// What may be open at worst, by name: an end tag without its start closes nothing, and `/>` means
/// nothing to HTML. Many pages forget many end tags; only what it costs the parser is held against
/// them, which may look through all that is open at each tag.
#[derive(Default)]
struct Open {
    by_name: HashMap<Vec<u8>, usize>,
    depth: usize,
    steps: usize,
    /// The name last looked up, in lower case.
    name: Vec<u8>,
}

impl Open {
    fn open(&mut self, name: &[u8], closes_itself: bool) {
        self.lower(name);
        if nests(&self.name) && !(closes_itself && FOREIGN.contains(&&*self.name)) {
            match self.by_name.get_mut(&self.name) {
                Some(count) => *count += 1,
                None => _ = self.by_name.insert(self.name.clone(), 1),
            }
            self.depth += 1;
        }
        self.steps += self.depth;
    }

    fn lower(&mut self, name: &[u8]) {
        self.name.clear();
        self.name.extend(name.iter().map(u8::to_ascii_lowercase));
    }

    fn close(&mut self, name: &[u8]) {
        self.lower(name);
        if let Some(count) = self.by_name.get_mut(&self.name).filter(|count| **count > 0) {
            *count -= 1;
            self.depth -= 1;
        }
        self.steps += self.depth;
    }

    fn is_foreign(&self) -> bool {
        FOREIGN.iter().any(|name| self.is_open(name))
    }

    /// Whether white space may mean something here.
    fn keeps_space(&self) -> bool {
        self.is_open(b"pre")
    }

    fn is_open(&self, name: &[u8]) -> bool {
        self.by_name.get(name).is_some_and(|count| *count > 0)
    }

    /// Whether the element last opened or closed ends a paragraph.
    fn name_divides(&self) -> bool {
        let name = std::str::from_utf8(&self.name).unwrap_or_default();
        blocks::is_block(name) || matches!(name, "br" | "html" | "head" | "title" | "option" | "optgroup")
    }
}

fn tag_name(rest: &[u8]) -> &[u8] {
    let end = rest.iter().position(|b| !b.is_ascii_alphanumeric() && *b != b':').unwrap_or(rest.len());
    if rest.first().is_some_and(u8::is_ascii_alphabetic) { &rest[..end] } else { &[] }
}

/// Whether elements of a name can stand in each other: not void ones, nor those that the next of
/// their kind closes.
fn nests(name: &[u8]) -> bool {
    let mut lower = [0; 6];
    let Some(lower) = lower.get_mut(..name.len()) else { return true };
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    !matches!(
        &*lower,
        b"" | b"area"
            | b"base"
            | b"body"
            | b"br"
            | b"circle"
            | b"col"
            | b"dd"
            | b"dt"
            | b"embed"
            | b"hr"
            | b"img"
            | b"input"
            | b"li"
            | b"link"
            | b"meta"
            | b"option"
            | b"p"
            | b"param"
            | b"path"
            | b"rect"
            | b"source"
            | b"td"
            | b"th"
            | b"tr"
            | b"track"
            | b"use"
            | b"wbr"
    )
}

/// What follows the text of a script or style, in which no tag counts; of others, all of it.
fn after_raw_text<'t>(name: &[u8], rest: &'t str) -> &'t str {
    let raw: [&[u8]; 4] = [b"script", b"style", b"textarea", b"title"];
    let Some(raw) = raw.into_iter().find(|raw| name.eq_ignore_ascii_case(raw)) else { return rest };
    let closes = |at: &usize| {
        let tag = rest.as_bytes()[at + 2..].split_at_checked(raw.len());
        let ends = |after: &[u8]| after.first().is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>'));
        tag.is_some_and(|(name, after)| name.eq_ignore_ascii_case(raw) && ends(after))
    };
    let end = memmem::find_iter(rest.as_bytes(), b"</").find(closes);
    end.map_or("", |end| &rest[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_pages_and_monstrous_tags_are_refused() {
        for (text, refused) in [
            ("<div>".repeat(600), true),
            ("<div>".repeat(500), false),
            ("<div></div>".repeat(5_000), false),
            ("<p>một đoạn".repeat(5_000), false),
            ("<br><img src='x'>".repeat(5_000), false),
            (format!("<script>{}</script>", "'<div>'+".repeat(2_000)), false),
            (format!("<!-- {} -->", "<div>".repeat(2_000)), false),
            (format!("<a {}>", "x=1 ".repeat(5_000)), true),
            (format!("<img src=\"data:{}\">", "a=b ".repeat(5_000)), false),
            ("<".repeat(10_000), false),
            ("<b>".repeat(600), true),
            ("<i/>".repeat(2_000), false),
            ("<div/>".repeat(100_000), true),
            ("<div></x>".repeat(100_000), true),
            (format!("<!-->{}", "<div>".repeat(600)), true),
            (format!("<!-- > {} --!>", "<div>".repeat(600)), false),
            (format!("<svg><title>{}", "<g>".repeat(600)), true),
            (format!("<title>{}</title>", "<g>".repeat(600)), false),
            (format!("<a{}>", "\nx".repeat(5_000)), true),
            (format!("<a{}>", "/x".repeat(5_000)), true),
            (format!("<a x = \"{}\">", "a ".repeat(5_000)), false),
            ((0..280_000).map(|n| format!("<body b{n}=1>")).collect(), true),
            ((0..280_000).map(|n| format!("<HTML b{n}=1>")).collect(), true),
            (format!("</a{}>", "\nx".repeat(5_000)), true),
            (format!("<p>{}", "\0".repeat(200_000)), true),
            (format!("<a {}>", "\"".repeat(200_000)), true),
            (format!("</a {}>", "/".repeat(200_000)), true),
            ((0..2_000).map(|n| format!("<p{}>", format!(" a{n}").repeat(200))).collect(), true),
            ("<p a=1 b=\"/'/\" c>".repeat(30_000), false),
            ("<body class=x><html lang=vi>".repeat(20), false),
        ] {
            assert_eq!(parsable(&text).is_none(), refused, "{}", &text[..40.min(text.len())]);
        }
    }

    #[test]
    fn code_is_left_out_where_it_surely_ends() {
        for (page, kept) in [
            ("<p>a<script>x</script>b", "<p>a<script></script>b"),
            ("<STYLE media=all>x</sTyle >b", "<STYLE media=all></sTyle >b"),
            ("<script>if (a </scripts> b)</script>c", "<script></script>c"),
            ("<script>không đóng", "<script>"),
            ("<script type=application/LD+JSON>{}</script>", "<script type=application/LD+JSON>{}</script>"),
            ("<script><!-- <script> </script> --></script>", "<script><!-- <script> </script> --></script>"),
            ("<!-- <script> -->a<script>x</script>", "<!-- <script> -->a<script></script>"),
            ("<textarea><script></textarea>a</script>", "<textarea><script></textarea>a</script>"),
            ("<svg><script>a<b></script></svg>", "<svg><script>a<b></script></svg>"),
            ("<p title='<script>'>a</p></script>", "<p title='<script>'>a</p></script>"),
            ("<script", "<script"),
        ] {
            assert_eq!(parsable(page).unwrap(), kept);
        }
    }

    #[test]
    fn white_space_is_left_out_where_no_reader_sees_it() {
        for (page, kept) in [
            ("<ul>\n  <li> <a>a</a> <b>b</b> </li>\n\t</ul> ", "<ul><li><a>a</a> <b>b</b></li></ul> "),
            ("<p>a</p> b <P >c", "<p>a</p> b <P >c"),
            ("<i>a</i> <br> <i>b</i>", "<i>a</i><br><i>b</i>"),
            ("<i>a</i> <script>x</script> <i>b</i>", "<i>a</i> <script></script> <i>b</i>"),
            ("<i>a</i> <meta itemprop=x> <i>b</i>", "<i>a</i> <meta itemprop=x> <i>b</i>"),
            ("<i>a</i> <!-- <p> --> <i>b</i> <!-- --> <p>", "<i>a</i> <!-- <p> --> <i>b</i> <!-- --><p>"),
            ("<pre><p>a</p>\n\n<p>b</p></pre> <p>", "<pre><p>a</p>\n\n<p>b</p></pre><p>"),
            ("<p title='a'> <p", "<p title='a'><p"),
            ("<p>\u{a0}<p>&nbsp;<p>< <p>", "<p>\u{a0}<p>&nbsp;<p>< <p>"),
        ] {
            assert_eq!(parsable(page).unwrap(), kept);
        }
    }

    #[test]
    fn what_the_parser_nests_is_measured_in_its_tree() {
        for (text, deep) in [
            ("<div>".repeat(500), false),
            (format!("<math>{}", "<td>".repeat(400)), false),
            (format!("<math>{}", "<td>".repeat(100_000)), true),
            (format!("<svg>{}", "<tr>".repeat(100_000)), true),
            ("<ul><li>".repeat(400), true),
        ] {
            assert_eq!(nests_too_deep(&Html::parse_document(&text)), deep, "{}", &text[..20]);
        }
    }
}
