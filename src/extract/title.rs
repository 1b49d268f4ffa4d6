//! The headline, without section, site name or breadcrumb.

use super::scan::Scan;
use super::{blocks, value};
use crate::platform::{Platform, Selectors};
use crate::text::{nfc, normal};
use scraper::ElementRef;

/// The headline and, where it is doubtful, why.
pub(super) fn title(
    scan: &Scan<'_>,
    platform: &Platform,
    generic: &Platform,
    layouts: &[&Selectors],
    root: ElementRef<'_>,
    category: Option<&str>,
) -> (String, Option<&'static str>) {
    let described = layouts.iter().find_map(|l| value::first(&l.title, root)).map(|v| v.text);
    if let Some(title) = described.filter(|_| platform.id != generic.id) {
        return (without_breadcrumb(&title, category, &said(scan)), None);
    }
    let said = said(scan);
    if let Some(heading) = heading(scan, &said) {
        return (without_breadcrumb(&heading, category, &said), None);
    }
    let site = scan.meta(&["og:site_name", "application-name"]).map(nfc).unwrap_or_default();
    let mut named = said.iter().take(said.len() - usize::from(!scan.title.is_empty()));
    if let Some(title) = named.next() {
        return (without_site(title, &site), None);
    }
    if !scan.title.is_empty() {
        let title = without_site(&scan.title, &site);
        let cut = generic.title_suffixes.iter().find_map(|suffix| {
            let found = suffix.regex().find(&title)?;
            Some(title[..found.start()].to_owned()).filter(|t| t.chars().count() >= 15)
        });
        return (cut.unwrap_or(title), Some("tiêu đề lấy từ thẻ <title> của trang"));
    }
    let any = scan.headings.first().map(|h| blocks::line(*h)).filter(|t| !t.is_empty());
    let warning =
        if any.is_some() { "tiêu đề lấy từ thẻ <h1> đầu tiên" } else { "không thấy tiêu đề" };
    (any.unwrap_or_default(), Some(warning))
}

/// What the metadata and the title element call the page, the surest first.
fn said(scan: &Scan<'_>) -> Vec<String> {
    let meta = scan.meta(&["og:title", "twitter:title", "dc.title", "headline"]).map(nfc);
    [meta.unwrap_or_default(), scan.described.headline.clone(), scan.title.clone()]
        .into_iter()
        .filter(|t| !t.is_empty())
        .collect()
}

/// The heading that the metadata or the title element repeats; a lone long heading needs no witness.
fn heading(scan: &Scan<'_>, said: &[String]) -> Option<String> {
    let texts: Vec<String> = scan.headings.iter().map(|h| blocks::line(*h)).filter(|t| !t.is_empty()).collect();
    let known: Vec<String> = said.iter().map(|t| letters(t)).collect();
    let repeated = |text: &&String| {
        let own = letters(text);
        own.chars().count() >= 8 && known.iter().any(|k| k.contains(&own) || own.contains(k.as_str()))
    };
    texts.iter().filter(repeated).max_by_key(|t| t.chars().count()).cloned().or_else(|| {
        let lone = texts.len() == 1 && said.is_empty();
        texts.into_iter().next().filter(|_| lone)
    })
}

/// Letters and digits in lower case: equal for headlines that differ in dashes and quotes.
fn letters(text: &str) -> String {
    normal(text).chars().filter(|c| c.is_alphanumeric()).collect()
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
