//! Sitemaps and indexes of sitemaps (sitemaps.org protocol 0.9), also plain text ones.
//!
//! A reader of our own, because broken files are common and half a sitemap is better than none:
//! it stops at the first thing it cannot understand and keeps what it has.

use crate::crawl::desk::Item;
use crate::time;
use chrono::NaiveDate;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use std::borrow::Cow;
use url::Url;

/// The protocol's own limits.
pub const MAX_BYTES: usize = 50 << 20;
const MAX_ITEMS: usize = 50_000;

/// What a sitemap names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sitemap {
    /// Pages, each with its lastmod.
    pub pages: Vec<Item>,
    /// Further sitemaps, each with its lastmod.
    pub sitemaps: Vec<Item>,
    /// The file broke off or was longer than the limit: something is missing.
    pub cut: bool,
}

/// Whether a body (unpacked) looks like a sitemap.
#[must_use]
pub fn is_sitemap(body: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&body[..body.len().min(2048)]);
    head.contains("<urlset") || head.contains("<sitemapindex")
}

/// Reads an unpacked sitemap.
#[must_use]
pub fn parse(body: &[u8], base: &Url) -> Sitemap {
    let text = text_of(body);
    if text.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        parse_xml(&text, base)
    } else {
        let pages = text.lines().take(MAX_ITEMS).filter_map(|line| Url::parse(line.trim()).ok());
        Sitemap { pages: pages.map(|url| Item { url, date: None }).collect(), ..Sitemap::default() }
    }
}

/// The body as text, never longer than it came: a mark for each byte that is no UTF-8 would make
/// three times the protocol's fifty megabytes of it.
fn text_of(body: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(body) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(body.len());
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(if chunk.invalid().is_empty() { "" } else { "?" });
    }
    Cow::Owned(text)
}

/// The entry being read.
#[derive(Default)]
struct Entry {
    loc: String,
    lastmod: String,
}

fn parse_xml(text: &str, base: &Url) -> Sitemap {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut sitemap = Sitemap::default();
    let mut entry = Entry::default();
    let mut field = String::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => field = local(tag.name().as_ref()).to_owned(),
            Ok(Event::Text(text)) => entry.add(&field, &text.xml10_content()),
            Ok(Event::CData(text)) => entry.add(&field, &text.xml10_content()),
            Ok(Event::GeneralRef(name)) => entry.add(&field, &entity(&name)),
            Ok(Event::End(tag)) => {
                match local(tag.name().as_ref()) {
                    "url" => sitemap.pages.extend(std::mem::take(&mut entry).item(base)),
                    "sitemap" => sitemap.sitemaps.extend(std::mem::take(&mut entry).item(base)),
                    _ => {}
                }
                field.clear();
                if sitemap.pages.len() + sitemap.sitemaps.len() >= MAX_ITEMS {
                    sitemap.cut = true;
                    return sitemap;
                }
            }
            Ok(Event::Eof) => return sitemap,
            Err(_) => {
                sitemap.cut = true;
                return sitemap;
            }
            Ok(_) => {}
        }
    }
}

impl Entry {
    fn add(&mut self, field: &str, text: &str) {
        match field {
            "loc" => self.loc.push_str(text),
            "lastmod" => self.lastmod.push_str(text),
            _ => {}
        }
    }

    fn item(self, base: &Url) -> Option<Item> {
        let url = base.join(self.loc.trim()).ok().filter(|_| !self.loc.trim().is_empty())?;
        let text = self.lastmod.trim();
        let day = || text.parse::<NaiveDate>().ok().map(time::start_of);
        Some(Item { url, date: time::parse(text).or_else(day) })
    }
}

/// The name of a tag without its namespace.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// The character a reference stands for; an unknown one is dropped rather than the file.
fn entity(name: &str) -> String {
    let number = name.strip_prefix('#').and_then(|n| match n.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => n.parse().ok(),
    });
    let character = number.and_then(char::from_u32).map(String::from);
    character.or_else(|| resolve_predefined_entity(name).map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(items: &[Item]) -> Vec<String> {
        items.iter().map(|i| format!("{} {}", i.url, i.date.map(|d| d.to_rfc3339()).unwrap_or_default())).collect()
    }

    fn read(body: &str) -> Sitemap {
        parse(body.as_bytes(), &Url::parse("https://a.vn/sitemap.xml").unwrap())
    }

    #[test]
    fn reads_pages_with_their_dates() {
        let sitemap = read(
            "\u{feff}<?xml version=\"1.0\"?><urlset xmlns=\"x\" xmlns:n=\"y\">\
             <url><loc> https://a.vn/1?a=1&amp;b=&#50; </loc><lastmod>2026-05-23</lastmod></url>\
             <url><loc><![CDATA[https://a.vn/2]]></loc><lastmod>2026-05-23T01:02:03Z</lastmod>\
             <n:news><n:title>loc</n:title></n:news></url>\
             <url><loc>/3</loc><lastmod>hôm qua</lastmod></url><url><loc></loc></url></urlset>",
        );
        assert_eq!(
            lines(&sitemap.pages),
            [
                "https://a.vn/1?a=1&b=2 2026-05-23T00:00:00+07:00",
                "https://a.vn/2 2026-05-23T08:02:03+07:00",
                "https://a.vn/3 "
            ]
        );
        assert!(!sitemap.cut && sitemap.sitemaps.is_empty());
    }

    #[test]
    fn reads_indexes() {
        let body = "<sitemapindex><sitemap><loc>https://a.vn/s1.xml.gz</loc></sitemap></sitemapindex>";
        assert!(is_sitemap(body.as_bytes()));
        assert_eq!(lines(&read(body).sitemaps), ["https://a.vn/s1.xml.gz "]);
    }

    #[test]
    fn keeps_what_came_before_the_damage() {
        let sitemap = read("<urlset><url><loc>https://a.vn/1</loc></url><url><loc>https://a.vn/2</lo");
        assert_eq!(lines(&sitemap.pages), ["https://a.vn/1 "]);
        assert!(sitemap.cut);
    }

    #[test]
    fn damaged_letters_take_no_more_room_than_they_came_in() {
        let body = [&b"<urlset><url><loc>https://a.vn/"[..], &[0xff; 99], b"</loc></url></urlset>"].concat();
        assert!(text_of(&body).len() <= body.len());
        assert_eq!(parse(&body, &Url::parse("https://a.vn/").unwrap()).pages.len(), 1);
    }

    #[test]
    fn entities_are_never_expanded() {
        let bomb = "<!DOCTYPE u [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><urlset><url><loc>https://a.vn/&b;</loc></url></urlset>";
        assert_eq!(lines(&read(bomb).pages), ["https://a.vn/ "]);
    }

    #[test]
    fn reads_plain_lists() {
        assert_eq!(
            lines(&read("https://a.vn/1\r\n\nnothing\nhttps://a.vn/2").pages),
            ["https://a.vn/1 ", "https://a.vn/2 "]
        );
    }
}
