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

/// Elements that never nest: void ones, and those that the next of their kind closes.
const FLAT: [&[u8]; 27] = [
    b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"param", b"source",
    b"track", b"wbr", b"p", b"li", b"dd", b"dt", b"option", b"tr", b"td", b"th", b"path", b"use", b"rect", b"circle",
    b"body",
];

/// Whether a page is beyond what is parsed.
pub(super) fn too_complex(text: &str) -> bool {
    text.len() > MAX_SIZE || too_deep(text.as_bytes())
}

fn too_deep(bytes: &[u8]) -> bool {
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|b| *b == b'<') {
        at += found + 1;
        let rest = &bytes[at..];
        if rest.starts_with(b"!--") {
            at += rest.windows(3).position(|w| w == b"-->").map_or(rest.len(), |end| end + 3);
        } else if let Some(name) = rest.strip_prefix(b"/").map(tag_name) {
            depth = depth.saturating_sub(usize::from(nests(name)));
        } else {
            let name = tag_name(rest);
            if name.is_empty() {
                continue;
            }
            let tag = Tag::scan(rest);
            if tag.attributes > MAX_ATTRIBUTES {
                return true;
            }
            at += tag.length;
            depth += usize::from(nests(name) && !tag.closes_itself);
            if depth > MAX_DEPTH {
                return true;
            }
            if let Some(end) = raw_text_end(name, &bytes[at..]) {
                at += end;
            }
        }
    }
    false
}

fn tag_name(rest: &[u8]) -> &[u8] {
    let end = rest.iter().position(|b| !b.is_ascii_alphanumeric() && *b != b':').unwrap_or(rest.len());
    if rest.first().is_some_and(u8::is_ascii_alphabetic) { &rest[..end] } else { &[] }
}

fn nests(name: &[u8]) -> bool {
    !name.is_empty() && !FLAT.iter().any(|flat| name.eq_ignore_ascii_case(flat))
}

/// Where the text of a script or style ends: no tag inside it counts.
fn raw_text_end(name: &[u8], rest: &[u8]) -> Option<usize> {
    let raw: [&[u8]; 4] = [b"script", b"style", b"textarea", b"title"];
    let end = raw.into_iter().find(|raw| name.eq_ignore_ascii_case(raw))?;
    let closes = |at: &usize| rest[at + 2..].get(..end.len()).is_some_and(|n| n.eq_ignore_ascii_case(end));
    let mut from = 0;
    while let Some(found) = rest[from..].windows(2).position(|w| w == b"</") {
        if closes(&(from + found)) {
            return Some(from + found);
        }
        from += found + 2;
    }
    Some(rest.len())
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
