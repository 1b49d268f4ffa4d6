//! Refuses what no parser should be given: pages too large, too deep, or with monstrous tags.
//!
//! A cheap look at the bytes before parsing. Deep nesting and thousands of attributes make any
//! tree builder slow out of proportion; browsers, too, stop nesting at 512.

/// Elements nested deeper than this are no text anybody wrote.
pub(super) const MAX_DEPTH: usize = 512;

/// The largest page that is parsed, in bytes of text.
pub(super) const MAX_SIZE: usize = 16 * 1024 * 1024;

/// More attributes than this stand on no honest tag.
const MAX_ATTRIBUTES: usize = 1_000;

/// Whether a page is beyond what is parsed.
pub(super) fn too_complex(text: &str) -> bool {
    text.len() > MAX_SIZE || too_deep(text)
}

fn too_deep(text: &str) -> bool {
    let mut depth = 0usize;
    let mut rest = text;
    while let Some((_, tail)) = rest.split_once('<') {
        rest = tail;
        if rest.starts_with("!--") {
            rest = rest.split_once("-->").map_or("", |(_, tail)| tail);
        } else if let Some(closed) = rest.strip_prefix('/') {
            depth = depth.saturating_sub(usize::from(nests(tag_name(closed.as_bytes()))));
        } else {
            let name = tag_name(rest.as_bytes());
            if name.is_empty() {
                continue;
            }
            let tag = Tag::scan(rest.as_bytes());
            if tag.attributes > MAX_ATTRIBUTES {
                return true;
            }
            depth += usize::from(nests(name) && !tag.closes_itself);
            if depth > MAX_DEPTH {
                return true;
            }
            // A tag ends with an ASCII sign or with the page.
            rest = after_raw_text(name, rest.get(tag.length..).unwrap_or_default());
        }
    }
    false
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
    let closes = |at: &usize| rest.as_bytes()[at + 2..].get(..raw.len()).is_some_and(|n| n.eq_ignore_ascii_case(raw));
    let end = rest.match_indices("</").map(|(at, _)| at).find(closes);
    end.map_or("", |end| &rest[end..])
}

struct Tag {
    length: usize,
    attributes: usize,
    closes_itself: bool,
}

impl Tag {
    /// Reads a start tag to its `>` with quotes respected.
    fn scan(rest: &[u8]) -> Self {
        let mut quote = None;
        let mut attributes = 0;
        for (at, byte) in rest.iter().enumerate() {
            match (quote, byte) {
                (Some(q), b) if q == *b => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') if at > 0 && rest[at - 1] == b'=' => quote = Some(*byte),
                (None, b'=' | b' ') => attributes += 1,
                (None, b'>') => {
                    return Self { length: at + 1, attributes: attributes / 2, closes_itself: rest[at - 1] == b'/' };
                }
                _ => {}
            }
        }
        Self { length: rest.len(), attributes: attributes / 2, closes_itself: false }
    }
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
        ] {
            assert_eq!(too_complex(&text), refused, "{}", &text[..40.min(text.len())]);
        }
    }
}
