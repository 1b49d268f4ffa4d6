//! RSS, Atom and JSON feeds.
//!
//! Parsers of feeds keep all that a feed says; we need addresses and dates. So a feed is cut to
//! what an honest one holds before it is parsed: without that, nine megabytes of empty entries
//! take two gigabytes.

use crate::crawl::desk::Item;
use crate::platform::DatePattern;
use crate::time;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use url::Url;

/// Entries beyond this are not read; no feed is longer.
const MAX_ENTRIES: usize = 5_000;

/// Tags that are parsed: twenty for each entry.
const MAX_TAGS: usize = 20 * MAX_ENTRIES;

/// Bytes that are parsed, unpacked.
const MAX_BYTES: usize = 10 << 20;

/// Bytes of a tag with its attributes.
const MAX_TAG: usize = 64 << 10;

/// Elements in each other.
const MAX_DEPTH: usize = 200;

/// Whether a body looks like a feed; judged by its beginning, since types and names lie.
#[must_use]
pub fn is_feed(body: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&body[..body.len().min(1024)]);
    ["<rss", "<feed", "<rdf:RDF", "jsonfeed.org/version"].iter().any(|mark| head.contains(mark))
}

/// The entries of a feed, newest first as the feed has them; `None` if it cannot be read.
///
/// Dates in the forms of RFC 822 and RFC 3339, then in those of `dates`, which without a zone are
/// Hanoi's. Ids may be invented by the parser and are not used.
#[must_use]
pub fn parse(body: &[u8], base: &Url, dates: &[DatePattern]) -> Option<Vec<Item>> {
    match body.iter().find(|byte| matches!(byte, b'<' | b'{'))? {
        b'{' => parse_json(body, base, dates),
        _ => parse_xml(&within_bounds(body)?, base, dates),
    }
}

fn parse_xml(body: &[u8], base: &Url, dates: &[DatePattern]) -> Option<Vec<Item>> {
    let dates = dates.to_vec();
    let parser = feed_rs::parser::Builder::new()
        .base_uri(Some(base.as_str()))
        .timestamp_parser(move |text| date(text, &dates))
        .build();
    let feed = parser.parse(body).ok()?;
    let item = |entry: &feed_rs::model::Entry| {
        let link = entry.links.iter().find(|l| l.rel.as_deref().is_none_or(|rel| rel == "alternate"));
        let url = base.join(link.or(entry.links.first())?.href.trim()).ok()?;
        let date = entry.published.or(entry.updated).map(time::at_hanoi);
        Some(Item { url, date })
    };
    Some(feed.entries.iter().take(MAX_ENTRIES).filter_map(item).collect())
}

/// What of an XML feed may be parsed: its beginning, up to an entry, with what is open there
/// closed. The parser builds everything before it returns, some hundred bytes for a tag of five.
fn within_bounds(body: &[u8]) -> Option<Cow<'_, [u8]>> {
    let mut open: Vec<&[u8]> = Vec::new();
    // Where the last entry begins, and what is open there.
    let mut last = None;
    let (mut entries, mut tags, mut at) = (0, 0, 0);
    let mut beyond = false;
    while let Some(tag) = Tag::next(body, at) {
        at = tag.end;
        if tag.kind != Tagged::Close && matches!(local(tag.name), b"item" | b"entry") {
            entries += 1;
            last = Some((tag.start, open.clone()));
        }
        match tag.kind {
            Tagged::Open => open.push(tag.name),
            Tagged::Close => drop(open.pop()),
            Tagged::Empty => {}
        }
        tags += usize::from(tag.kind != Tagged::Close);
        beyond = entries > MAX_ENTRIES || tags > MAX_TAGS || open.len() > MAX_DEPTH;
        beyond |= at > MAX_BYTES || tag.end - tag.start > MAX_TAG;
        if beyond {
            break;
        }
    }
    if !beyond && body.len() <= MAX_BYTES {
        return Some(Cow::Borrowed(body));
    }
    let (end, open) = last?;
    let mut kept = body[..end].to_vec();
    for name in open.iter().rev() {
        kept.extend([b"</", *name, b">"].concat());
    }
    Some(Cow::Owned(kept))
}

/// The name of a tag without its namespace.
fn local(name: &[u8]) -> &[u8] {
    name.rsplit(|byte| *byte == b':').next().unwrap_or(name)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tagged {
    Open,
    Close,
    Empty,
}

/// A tag as far as its place and its name go; every charset that a feed may be in writes these in
/// the signs of ASCII.
struct Tag<'b> {
    start: usize,
    end: usize,
    name: &'b [u8],
    kind: Tagged,
}

impl<'b> Tag<'b> {
    /// The next tag from a place on; comments, CDATA and declarations are none.
    fn next(body: &'b [u8], mut at: usize) -> Option<Self> {
        loop {
            let start = at + body.get(at..)?.iter().position(|byte| *byte == b'<')?;
            let rest = &body[start..];
            let other: [(&[u8], &[u8]); 4] = [(b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>"), (b"<!", b">")];
            if let Some((begins, ends)) = other.into_iter().find(|(begins, _)| rest.starts_with(begins)) {
                let inside = &rest[begins.len()..];
                let length = inside.windows(ends.len()).position(|bytes| bytes == ends)?;
                at = start + begins.len() + length + ends.len();
                continue;
            }
            let mut quote = None;
            let length = rest.iter().position(|byte| {
                match (quote, byte) {
                    (Some(q), b) if q == *b => quote = None,
                    (None, b'"' | b'\'') => quote = Some(*byte),
                    _ => {}
                }
                quote.is_none() && *byte == b'>'
            })?;
            let inside = &rest[1..length];
            let (kind, inside) = match (inside.strip_prefix(b"/"), inside.strip_suffix(b"/")) {
                (Some(inside), _) => (Tagged::Close, inside),
                (None, Some(inside)) => (Tagged::Empty, inside),
                (None, None) => (Tagged::Open, inside),
            };
            let name = inside.split(|byte| byte.is_ascii_whitespace()).next().unwrap_or_default();
            return Some(Self { start, end: start + length + 1, name, kind });
        }
    }
}

/// A feed in the form of jsonfeed.org, versions 1 and 1.1; nothing of it is kept that is not used.
#[derive(Deserialize)]
struct JsonFeed {
    version: String,
    items: JsonItems,
}

struct JsonItems(Vec<JsonItem>);

#[derive(Deserialize)]
struct JsonItem {
    url: Option<String>,
    external_url: Option<String>,
    date_published: Option<String>,
    date_modified: Option<String>,
}

impl<'de> Deserialize<'de> for JsonItems {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct First;

        impl<'de> Visitor<'de> for First {
            type Value = JsonItems;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of items")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<JsonItems, A::Error> {
                let mut items = Vec::new();
                while items.len() < MAX_ENTRIES
                    && let Some(item) = list.next_element()?
                {
                    items.push(item);
                }
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(JsonItems(items))
            }
        }

        deserializer.deserialize_seq(First)
    }
}

fn parse_json(body: &[u8], base: &Url, dates: &[DatePattern]) -> Option<Vec<Item>> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let feed: JsonFeed = serde_json::from_slice(body).ok()?;
    if !feed.version.starts_with("https://jsonfeed.org/version/1") {
        return None;
    }
    let date = |text: Option<String>| date(&text?, dates);
    let item = |item: JsonItem| {
        let url = base.join(item.url.or(item.external_url)?.trim()).ok()?;
        Some(Item { url, date: date(item.date_published).or(date(item.date_modified)).map(time::at_hanoi) })
    };
    Some(feed.items.0.into_iter().filter_map(item).collect())
}

fn date(text: &str, dates: &[DatePattern]) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let standard = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text));
    let parsed = standard.ok().or_else(|| dates.iter().find_map(|form| form.read(text)).map(|stamp| stamp.time));
    parsed.map(|t| t.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns() -> Vec<DatePattern> {
        let form = r"(?P<day>\d\d)/(?P<month>\d\d)/(?P<year>\d{4}) (?P<hour>\d\d):(?P<minute>\d\d)";
        vec![form.parse().unwrap()]
    }

    fn read(body: &str) -> Vec<String> {
        let base = Url::parse("https://a.vn/rss/").unwrap();
        let items = parse(body.as_bytes(), &base, &patterns()).unwrap_or_default();
        let line = |item: Item| format!("{} {}", item.url, item.date.map(|d| d.to_rfc3339()).unwrap_or_default());
        items.into_iter().map(line).collect()
    }

    #[test]
    fn reads_rss_with_dates_of_all_kinds() {
        let item = |link: &str, date: &str| format!("<item><link>{link}</link><pubDate>{date}</pubDate></item>");
        let body = format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>t</title>{}{}{}{}</channel></rss>",
            item("https://a.vn/1", "Sat, 23 May 2026 15:07:00 GMT"),
            item("/2", "2026-05-23T22:07:00+07:00"),
            item("https://a.vn/3?a=1&amp;b=2", "23/05/2026 22:07"),
            item("https://a.vn/4", "hôm nay"),
        );
        assert!(is_feed(body.as_bytes()));
        assert_eq!(
            read(&body),
            [
                "https://a.vn/1 2026-05-23T22:07:00+07:00",
                "https://a.vn/2 2026-05-23T22:07:00+07:00",
                "https://a.vn/3?a=1&b=2 2026-05-23T22:07:00+07:00",
                "https://a.vn/4 ",
            ]
        );
    }

    #[test]
    fn reads_atom() {
        let body = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><link rel=\"self\" href=\"/x\"/>\
                    <link rel=\"alternate\" href=\"/1\"/><updated>2026-05-23T00:00:00Z</updated></entry></feed>";
        assert!(is_feed(body.as_bytes()));
        assert_eq!(read(body), ["https://a.vn/1 2026-05-23T07:00:00+07:00"]);
    }

    #[test]
    fn reads_json() {
        let body = r#"{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[
            {"id":"1","url":"/1","date_published":"2026-05-23T00:00:00Z","authors":[{"name":"a"}]},
            {"id":"2","external_url":"https://a.vn/2","date_modified":"23/05/2026 22:07"},{"id":"3"}]}"#;
        assert!(is_feed(body.as_bytes()));
        assert_eq!(
            read(body),
            ["https://a.vn/1 2026-05-23T07:00:00+07:00", "https://a.vn/2 2026-05-23T22:07:00+07:00"]
        );
        assert!(read(&body.replace("version/1.1", "version/9")).is_empty());
        let many = format!("{}{}]}}", &body[..body.len() - 2], ",{\"url\":\"/n\"}".repeat(2 * MAX_ENTRIES));
        assert_eq!(read(&many).len(), MAX_ENTRIES - 1);
    }

    #[test]
    fn only_what_an_honest_feed_holds_is_parsed() {
        let start = "<?xml version=\"1.0\"?><!DOCTYPE rss><rss version=\"2.0\"><!-- <item> --><channel>";
        let one = "<item><title><![CDATA[<item>]]></title><link>/1</link></item>";
        // What follows the first entry → how much of the feed is left, and how many entries.
        for (rest, entries) in [
            (one.repeat(MAX_ENTRIES + 9), MAX_ENTRIES),
            (one.repeat(MAX_ENTRIES) + "<item><", MAX_ENTRIES),
            (format!("{one}<item>{}</item>", "<category/>".repeat(MAX_TAGS)), 2),
            (format!("{one}<item>{}", "<b>".repeat(MAX_DEPTH)), 2),
            (format!("{one}<item><link {}/></item>", "a='1' ".repeat(MAX_TAG)), 2),
            (format!("{one}<item><title>{}</title></item>", "a".repeat(MAX_BYTES)), 2),
        ] {
            assert_eq!(read(&format!("{start}{one}{rest}</channel></rss>")).len(), entries, "{}", &rest[..99]);
        }
        let empty = format!("{start}{}</channel></rss>", "<item/>".repeat(9 << 17));
        assert!(within_bounds(empty.as_bytes()).unwrap().len() < 8 * MAX_ENTRIES);
        let whole = format!("{start}{one}</channel></rss>");
        assert!(matches!(within_bounds(whole.as_bytes()), Some(Cow::Borrowed(_))));
        assert!(within_bounds("<a>".repeat(MAX_TAGS + 1).as_bytes()).is_none(), "no entry to keep");
    }

    #[test]
    fn rubbish_is_no_feed() {
        let base = Url::parse("https://a.vn/").unwrap();
        for body in ["", "<html></html>", "<rss><channel><item>", "{}"] {
            assert!(parse(body.as_bytes(), &base, &[]).is_none_or(|items| items.is_empty()), "{body}");
        }
        assert!(!is_feed(b"<!doctype html><html>"));
    }
}
