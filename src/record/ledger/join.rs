//! Which posted item a ledger line speaks of by its address.
//!
//! A line without one is matched by title and day, within its unit's items: see `audit`.

use crate::article::ArticleId;
use crate::decision::LedgerLine;
use crate::url::CanonicalUrl;
use std::collections::HashMap;

/// Fills in [`LedgerLine::item`] of every line whose address is that of a post, given as id and
/// address; posts come in order of preference, and the first at an address stands.
pub fn join<'a>(lines: &mut [LedgerLine], posts: impl Iterator<Item = (&'a ArticleId, &'a str)>) {
    let mut by_url = HashMap::new();
    for (id, url) in posts {
        by_url.entry(address(url)).or_insert(id);
    }
    for line in lines {
        let item = line.url.as_deref().and_then(|url| by_url.get(&address(url)));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::Outcome;

    #[test]
    fn a_line_finds_its_post_by_address() {
        let (id, other) = (ArticleId("a".to_owned()), ArticleId("b".to_owned()));
        let posts = [(&id, "https://cchc.hanoi.gov.vn/tin-1.html"), (&other, "https://cuanam.hanoi.gov.vn/x")];
        for (url, expected) in [
            (Some("cchc.hanoi.gov.vn/tin-1.html#x"), Some("a")),
            (Some("https://www.cuanam.hanoi.gov.vn/x/"), Some("b")),
            (Some("chưa có"), None),
            (None, None),
        ] {
            let mut lines = [LedgerLine {
                id: String::new(),
                unit: "phuong-cua-nam".parse().unwrap(),
                received: "2026-05-01".parse().unwrap(),
                title: "Hòa giải ở cơ sở".to_owned(),
                kind: None,
                topic: None,
                also: Vec::new(),
                url: url.map(str::to_owned),
                outcome: Outcome::Posted,
                reason: String::new(),
                item: None,
                loaded: crate::time::parse("2026-05-01T00:00:00+07:00").unwrap(),
            }];
            join(&mut lines, posts.iter().copied());
            assert_eq!(lines[0].item.as_ref().map(|id| id.0.as_str()), expected, "{url:?}");
        }
    }
}
