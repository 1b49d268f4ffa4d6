//! RSS, Atom and JSON feeds.

use crate::crawl::desk::Item;
use crate::platform::DatePattern;
use crate::time;
use chrono::{DateTime, Utc};
use url::Url;

/// Entries beyond this are not read; no feed is longer.
const MAX_ENTRIES: usize = 5_000;

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
    fn rubbish_is_no_feed() {
        let base = Url::parse("https://a.vn/").unwrap();
        for body in ["", "<html></html>", "<rss><channel><item>", "{}"] {
            assert!(parse(body.as_bytes(), &base, &[]).is_none_or(|items| items.is_empty()), "{body}");
        }
        assert!(!is_feed(b"<!doctype html><html>"));
    }
}
