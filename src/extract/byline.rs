//! Who wrote it: the author's element, the metadata, or the last line of the text.

use super::blocks::{Block, Kind};
use super::scan::Scan;
use super::value;
use crate::platform::{Platforms, Selectors};
use crate::text::nfc;
use scraper::ElementRef;

/// Longer than this is no name and no source.
const MAX_AUTHOR: usize = 120;

/// The author or source line as shown; empty if none is.
pub(super) fn author(
    scan: &Scan<'_>,
    platforms: &Platforms,
    layouts: &[&Selectors],
    root: ElementRef<'_>,
    body: &[Block],
    is_generic: bool,
) -> String {
    let accounts = &platforms.generic().obstacles.accounts;
    let is_account = |name: &String| accounts.iter().any(|a| a.matches(name));
    let shown = |layouts: &mut dyn Iterator<Item = &Selectors>| {
        let values: Vec<String> = layouts.flat_map(|l| value::all(&l.author, root)).map(|v| clean(&v.text)).collect();
        values.into_iter().find(|a| !a.is_empty() && a.chars().count() <= MAX_AUTHOR)
    };
    let own = if is_generic { None } else { shown(&mut layouts.iter().copied()) };
    if let Some(name) = own.as_ref().filter(|name| !is_account(name)) {
        return name.clone();
    }
    let described = || Some(clean(&scan.described.author)).filter(|a| !a.is_empty() && !is_account(a));
    let meta = || {
        let name = scan.meta(&["author", "article:author", "dc.creator", "parsely-author", "sailthru.author", "byl"]);
        name.map(clean).filter(|a| is_name(a) && !is_account(a) && !is_site(a, scan))
    };
    let usual = || shown(&mut platforms.generic().selectors.iter()).filter(|a| is_name(a) && !is_account(a));
    let signed = signature(body);
    let found = if own.is_some() || !is_generic {
        // A described platform shows its author where it says; elsewhere only the text is asked.
        signed.or_else(described).or_else(meta)
    } else {
        described().filter(|a| !is_site(a, scan)).or_else(usual).or_else(|| signed.clone()).or_else(meta)
    };
    found.or(own).unwrap_or_default()
}

/// The line that signs a text: among its last paragraphs, set right or bold, short, no sentence.
pub(super) fn signature(body: &[Block]) -> Option<String> {
    let last = body.iter().rev().take(3).filter(|b| b.kind != Kind::Row);
    last.filter(|b| signs(b)).map(|b| clean(&b.text)).find(|a| !a.is_empty())
}

fn signs(block: &Block) -> bool {
    let text = block.text.as_str();
    let length = text.chars().count();
    let source = [
        "Theo ",
        "Nguồn:",
        "Nguồn ",
        "(Theo",
        "Tin, ảnh",
        "Tin và ảnh",
        "Bài, ảnh",
        "Bài và ảnh",
        "Tác giả",
        "Tin bài",
        "Tin:",
    ];
    let spoken = source.iter().any(|s| text.starts_with(s)) && length <= 100 && !text.ends_with(['.', ';', ':']);
    let set_apart = (block.right || block.stressed) && (3..=80).contains(&length) && is_name(text);
    spoken || set_apart
}

/// A name has no sentence marks, few words, and begins with a capital.
fn is_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let capital =
        text.trim_start_matches(['(', '"', '“', '-', '–', ' ']).chars().next().is_some_and(char::is_uppercase);
    (1..=14).contains(&words.len())
        && capital
        && !text.ends_with([';', ':', '?', '!'])
        && !text.contains(". ")
        && !text.contains("http")
}

/// A site that signs with its own name has said nothing.
fn is_site(name: &str, scan: &Scan<'_>) -> bool {
    let site = scan.meta(&["og:site_name"]).unwrap_or_default();
    let host = scan.base.host_str().unwrap_or_default();
    let plain = name.to_lowercase().replace([' ', '.'], "");
    name.eq_ignore_ascii_case(site)
        || host.replace('.', "").contains(&plain) && plain.len() > 3
        || name.contains(".vn")
        || name.contains(".com")
}

/// Drops labels such as "Tác giả:" and "By".
fn clean(text: &str) -> String {
    let text = nfc(text);
    let labels = [
        "Tác giả bài viết:",
        "Tác giả:",
        "Tác giả :",
        "Người đăng:",
        "Nguồn tin:",
        "By ",
        "by ",
        "BY ",
        "Written by ",
        "Author:",
    ];
    let bare = labels.iter().find_map(|label| text.strip_prefix(label)).unwrap_or(&text);
    bare.trim_matches([' ', '|', '-', '–', ',', ';', '•', '·']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str, stressed: bool, right: bool) -> Block {
        Block { text: text.to_owned(), kind: Kind::Text, linked: 0, stressed, right }
    }

    #[test]
    fn a_text_is_signed_by_its_last_lines() {
        let prose = block("Hội nghị kết thúc lúc 17 giờ cùng ngày.", false, false);
        for (last, expected) in [
            (block("Nguyễn Văn An", true, false), Some("Nguyễn Văn An")),
            (
                block("Phòng Văn hóa – Xã hội phường Cửa Nam", false, true),
                Some("Phòng Văn hóa – Xã hội phường Cửa Nam"),
            ),
            (block("Nguồn: Sở Nội vụ Hà Nội", false, false), Some("Nguồn: Sở Nội vụ Hà Nội")),
            (block("(Theo TTXVN)", false, false), Some("(Theo TTXVN)")),
            (block("Nguyễn Văn An", false, false), None),
            (block("Theo đó, các đơn vị phải hoàn thành trước ngày 30/6.", false, false), None),
            (block("Kết quả đạt được:", true, false), None),
            (block("Tác giả: Lê Thị Bình", true, false), Some("Lê Thị Bình")),
        ] {
            assert_eq!(signature(&[prose.clone(), last.clone()]).as_deref(), expected, "{}", last.text);
        }
    }
}
