//! The headline, without section, site name or breadcrumb.

use super::scan::Scan;
use super::{blocks, value};
use crate::platform::{Platform, Selectors};
use crate::text::{in_word, nfc, normal};
use scraper::ElementRef;
use unicode_normalization::UnicodeNormalization as _;

/// A headline, the element that shows it, and why it is doubtful if it is.
#[derive(Default)]
pub(super) struct Headline<'d> {
    pub(super) text: String,
    pub(super) element: Option<ElementRef<'d>>,
    pub(super) doubt: Option<&'static str>,
}

/// Finds the headline: by the platform's selectors, as the heading that the metadata repeats, in
/// the metadata, in the title element.
pub(super) fn headline<'d>(
    scan: &Scan<'d>,
    layouts: &[&Selectors],
    generic: &Platform,
    category: Option<&str>,
) -> Headline<'d> {
    let said = said(scan);
    let sure = |text: &str, element| Headline { text: without_breadcrumb(text, category, &said), element, doubt: None };
    if let Some(shown) = layouts.iter().find_map(|l| value::first(&l.title, &scan.index)) {
        return sure(&shown.text, Some(shown.element));
    }
    if let Some((element, text)) = heading(scan, &said).or_else(|| repeated_line(&scan.title, scan.index.root())) {
        return sure(&text, Some(element));
    }
    let site = scan.meta(&["og:site_name", "application-name"]).map(nfc).unwrap_or_default();
    if let Some(title) = said.iter().find(|t| **t != scan.title) {
        return sure(&without_site(title, &site), None);
    }
    let doubtful = |text: String, doubt| Headline { text, element: None, doubt: Some(doubt) };
    if scan.title.is_empty() {
        let any = scan.headings.iter().find(|h| h.value().name() == "h1").map(|h| blocks::line(*h)).unwrap_or_default();
        return doubtful(any, "không thấy tiêu đề trong siêu dữ liệu");
    }
    let title = without_site(&scan.title, &site);
    let cut = generic.title_suffixes.iter().find_map(|suffix| {
        let found = suffix.regex().find(&title)?;
        Some(title[..found.start()].to_owned()).filter(|t| t.chars().count() >= 15)
    });
    doubtful(cut.unwrap_or(title), "tiêu đề lấy từ thẻ <title> của trang")
}

/// What the metadata and the title element call the page, the surest first.
fn said(scan: &Scan<'_>) -> Vec<String> {
    let meta = scan.meta(&["og:title", "twitter:title", "dc.title", "headline"]).map(nfc);
    [meta.unwrap_or_default(), scan.described.headline.clone(), scan.title.clone()]
        .into_iter()
        .filter(|t| !t.is_empty())
        .collect()
}

/// The heading that the metadata or the title element repeats: as a whole rather than at its
/// beginning, there rather than elsewhere. A lone first-level one needs no witness.
fn heading<'d>(scan: &Scan<'d>, said: &[String]) -> Option<(ElementRef<'d>, String)> {
    let known: Vec<String> = said.iter().map(|t| letters(t)).collect();
    let headings = scan.headings.iter().map(|h| (*h, blocks::line(*h))).filter(|(_, text)| !text.is_empty());
    let headings: Vec<_> = headings.collect();
    let rank = |element: &ElementRef<'_>, own: &str| {
        let first_level = element.value().name() == "h1";
        let ranks = known.iter().map(|k| match () {
            () if k == own => 3,
            () if k.starts_with(own) => 2,
            // The end of a title is the site's name as often as the headline.
            () if first_level && (own.contains(k.as_str()) || k.contains(own) && own.len() * 2 > k.len()) => 1,
            () => 0,
        });
        ranks.max().unwrap_or(0)
    };
    let ranked = headings.iter().map(|(element, text)| {
        let own = letters(text);
        let rank = if own.chars().count() >= 8 { rank(element, &own) } else { 0 };
        (rank, own.len(), *element, text)
    });
    let best = ranked.filter(|(rank, ..)| *rank > 0).max_by_key(|(rank, length, ..)| (*rank, *length));
    let mut first = headings.iter().filter(|(element, _)| element.value().name() == "h1");
    // A title element shorter than the only heading names the site, not the page.
    let untold = |text: &str| said.iter().all(|s| *s == scan.title && s.chars().count() < text.chars().count());
    let lone = first.next().filter(|(_, text)| first.next().is_none() && untold(text));
    best.map(|(_, _, element, text)| (element, text.clone())).or_else(|| lone.cloned())
}

/// The longest line of the page with which its title element begins: what some portals set in
/// place of a heading.
fn repeated_line<'d>(title: &str, root: ElementRef<'d>) -> Option<(ElementRef<'d>, String)> {
    let begins = |text: &str| {
        let rest = title.strip_prefix(text)?;
        let divided = rest.is_empty() || rest.starts_with([' ', '|', '-', '–']);
        (text.chars().count() >= 15 && divided).then_some(text.len())
    };
    // A look at the first letter spares most lines of the page the rest; decomposed, it stands without its marks.
    let first = title.chars().next();
    let base = first.and_then(|c| c.nfd().next());
    let may_begin = |text: &str| text.trim_start().chars().next().is_some_and(|c| Some(c) == first || Some(c) == base);
    let lines = root.descendants().filter_map(|node| {
        let text = nfc(node.value().as_text().filter(|text| may_begin(text))?);
        let element = node.parent().and_then(ElementRef::wrap).filter(|e| e.value().name() != "title")?;
        begins(&text).map(|length| (length, element, text))
    });
    lines.max_by_key(|(length, ..)| *length).map(|(_, element, text)| (element, text))
}

/// Letters and digits in lower case: equal for headlines that differ in dashes and quotes.
fn letters(text: &str) -> String {
    normal(text).chars().filter(|c| in_word(*c)).collect()
}

/// Drops ` | Name of the site` where the site's name is known.
fn without_site(title: &str, site: &str) -> String {
    let bare = title.strip_suffix(site).filter(|_| !site.is_empty());
    let bare = bare.map(|t| t.trim_end_matches([' ', '|', '-', '–', '—', '»', '·', ':']));
    bare.filter(|t| !t.is_empty()).unwrap_or(title).to_owned()
}

/// Drops a section's name glued before the headline: `TIN TỨCXã họp…`.
fn without_breadcrumb(title: &str, category: Option<&str>, said: &[String]) -> String {
    // Glued on, or divided by a sign: a plain space may be part of a sentence ("Thanh tra Sở …").
    let cut = |rest: &str| {
        let bare = rest.trim_start_matches([' ', '|', '-', '–', '—', '»', '·', ':', '>', '/']);
        let glued = rest.starts_with(char::is_uppercase);
        let divided = rest.trim_start().len() > bare.len();
        ((glued || divided) && bare.chars().count() >= 10).then(|| bare.to_owned())
    };
    if let Some(rest) = category.and_then(|c| title.strip_prefix(c)).and_then(cut) {
        return rest;
    }
    // What the metadata calls the page, when the heading is that with something before it.
    let shorter = said.iter().find(|s| s.chars().count() >= 10 && title.len() > s.len() && title.ends_with(s.as_str()));
    let glued = |s: &&String| {
        let before = &title[..title.len() - s.len()];
        before.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase)
    };
    shorter.filter(glued).cloned().unwrap_or_else(|| title.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_glued_to_a_headline_goes() {
        let said = vec!["Công khai thủ tục hành chính Quyết định số 715".to_owned()];
        for (title, category, expected) in [
            (
                "CẢI CÁCH HÀNH CHÍNHCông khai thủ tục hành chính Quyết định số 715",
                Some("CẢI CÁCH HÀNH CHÍNH"),
                said[0].as_str(),
            ),
            ("CẢI CÁCH HÀNH CHÍNHCông khai thủ tục hành chính Quyết định số 715", None, said[0].as_str()),
            ("Tin tức: Xã họp về chuyển đổi số", Some("Tin tức"), "Xã họp về chuyển đổi số"),
            ("Tin tức mới", Some("Tin tức"), "Tin tức mới"),
            ("Thanh tra Sở Nội vụ họp giao ban", Some("Thanh tra"), "Thanh tra Sở Nội vụ họp giao ban"),
            ("Một tiêu đề bình thường", None, "Một tiêu đề bình thường"),
        ] {
            assert_eq!(without_breadcrumb(title, category, &said), expected);
        }
        assert_eq!(without_site("Xã họp - Cổng thông tin", "Cổng thông tin"), "Xã họp");
        assert_eq!(without_site("Xã họp", ""), "Xã họp");
    }
}
