//! Which posted item a ledger line speaks of: by its address, else by title and unit.

use crate::article::ArticleId;
use crate::decision::LedgerLine;
use crate::text;
use crate::unit::UnitId;
use crate::url::CanonicalUrl;
use std::collections::HashMap;

/// What is needed of a posted item.
#[derive(Debug, Clone, Copy)]
pub struct Posted<'a> {
    /// Its id.
    pub id: &'a ArticleId,
    /// Its address.
    pub url: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Who is credited.
    pub unit: Option<&'a UnitId>,
}

/// Fills in [`LedgerLine::item`] of every line that a post matches; posts come in order of
/// preference, and the first match stands.
pub fn join<'a>(lines: &mut [LedgerLine], posts: impl Iterator<Item = Posted<'a>>) {
    let (mut by_url, mut by_title) = (HashMap::new(), HashMap::new());
    for post in posts {
        by_url.entry(address(post.url)).or_insert(post.id);
        if let Some(unit) = post.unit {
            by_title.entry((unit, title(post.title))).or_insert(post.id);
        }
    }
    for line in lines {
        let by_url = line.url.as_deref().and_then(|url| by_url.get(&address(url)));
        let item = by_url.or_else(|| by_title.get(&(&line.unit, title(&line.title))));
        line.item = item.map(|id| (*id).clone());
    }
}

/// An address as people copy it: with or without scheme, `www.` and a slash at the end.
fn address(url: &str) -> String {
    let whole = if url.contains("://") { url.trim().to_owned() } else { format!("https://{}", url.trim()) };
    let canonical = CanonicalUrl::parse(&whole).map_or(whole, |url| url.as_str().to_owned());
    let plain = canonical.split_once("://").map_or(canonical.as_str(), |(_, rest)| rest);
    plain.trim_start_matches("www.").trim_end_matches('/').to_owned()
}

/// A title's words: case, spelling of tones and punctuation do not tell titles apart.
fn title(title: &str) -> String {
    text::words(&text::normal(title)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::Outcome;

    #[test]
    fn a_line_finds_its_post_by_address_or_by_title_and_unit() {
        let (id, other) = (ArticleId("a".to_owned()), ArticleId("b".to_owned()));
        let unit: UnitId = "phuong-cua-nam".parse().unwrap();
        let posts = [
            Posted {
                id: &id,
                url: "https://cchc.hanoi.gov.vn/tin-1.html",
                title: "Hoà giải ở cơ sở",
                unit: Some(&unit),
            },
            Posted {
                id: &other, url: "https://cuanam.hanoi.gov.vn/x", title: "Hòa giải ở cơ sở", unit: Some(&unit)
            },
        ];
        for (unit, title, url, expected) in [
            ("phuong-cua-nam", "khác", Some("cchc.hanoi.gov.vn/tin-1.html#x"), Some("a")),
            ("phuong-cua-nam", "khác", Some("https://www.cuanam.hanoi.gov.vn/x/"), Some("b")),
            ("phuong-cua-nam", "HÒA GIẢI Ở CƠ SỞ.", None, Some("a")),
            ("phuong-cua-nam", "HÒA GIẢI Ở CƠ SỞ", Some("chưa có"), Some("a")),
            ("so-tu-phap", "Hòa giải ở cơ sở", None, None),
        ] {
            let mut lines = [LedgerLine {
                id: String::new(),
                unit: unit.parse().unwrap(),
                received: "2026-05-01".parse().unwrap(),
                title: title.to_owned(),
                kind: None,
                topic: None,
                url: url.map(str::to_owned),
                outcome: Outcome::Posted,
                reason: String::new(),
                item: None,
                loaded: crate::time::parse("2026-05-01T00:00:00+07:00").unwrap(),
            }];
            join(&mut lines, posts.iter().copied());
            assert_eq!(lines[0].item.as_ref().map(|id| id.0.as_str()), expected, "{title} {url:?}");
        }
    }
}
