//! From a captured page to everything the rest needs of it: article, links, list.
//!
//! One parse a page. The platform's selectors speak first, then the page's metadata, then a
//! reader of its own that looks for the main text; each field says where it came from, and what
//! was doubtful becomes a warning. Holds no socket, opens no file, asks no clock; never panics on
//! what a portal serves.

mod article;
mod blocks;
mod byline;
mod charset;
mod guard;
mod legacy;
mod list;
mod main_text;
mod media;
mod metadata;
mod nature;
mod published;
mod reading;
mod scan;
mod tag;
mod title;
mod value;

pub use reading::{Extracted, Link, ListItem, Nature, Page, Reading};

use crate::platform::{Platform, Platforms, Role};
use charset::{Decoded, Found};
use legacy::Legacy;
use scan::Scan;
use scraper::{Html, Node, StrTendril};

/// Fewer letters than this make no article where nothing else says that it is one.
const ARTICLE_LETTERS: usize = 200;

/// A page that calls itself an article and bears a date is one from a sentence on.
const DECLARED_LETTERS: usize = 40;

/// A paragraph as long belongs to a text; the teasers of a list are shorter.
const TEASER_CHARS: usize = 400;

/// As many make one even if the page shows no date.
const UNDATED_LETTERS: usize = 400;

/// Reads one page: what it is, its article or list, and where it leads.
#[must_use]
pub fn read(page: &Page<'_>, platforms: &Platforms) -> Reading {
    Parsed::new(page, platforms).map_or_else(|reading| *reading, |parsed| parsed.reading(page, platforms))
}

/// Reads a page as an article whatever it seems to be: for a page that somebody chose by hand.
#[must_use]
pub fn article(page: &Page<'_>, platforms: &Platforms) -> Extracted {
    match Parsed::new(page, platforms) {
        Err(reading) => Extracted {
            url: page.url.to_string(),
            platform: reading.platform,
            warnings: reading.warnings,
            ..Extracted::default()
        },
        Ok(parsed) => parsed.article(page, platforms),
    }
}

/// A page decoded and parsed.
struct Parsed<'p> {
    document: Html,
    source: String,
    platform: &'p Platform,
    warnings: Vec<String>,
}

impl<'p> Parsed<'p> {
    /// Decodes and parses; a page that cannot be is a reading already.
    fn new(page: &Page<'_>, platforms: &'p Platforms) -> Result<Self, Box<Reading>> {
        let refuse = |nature, warning: &str| {
            let mut reading = Reading::empty(platforms.generic(), nature);
            reading.warnings.push(warning.to_owned());
            Box::new(reading)
        };
        let declared = page.content_type.unwrap_or("text/html").to_ascii_lowercase();
        let markup = declared.contains("html") || declared.contains("xml") || declared.starts_with("text/");
        let decoded = charset::decode(page.body, page.content_type);
        if page.request.is_some() && decoded.text.trim().is_empty() {
            // How IMS says that its list has ended.
            return Err(Box::new(Reading::empty(platforms.generic(), Nature::Listing)));
        }
        if !markup || !decoded.text.contains('<') {
            return Err(refuse(Nature::NotHtml, "không phải trang HTML"));
        }
        let too_complex = || refuse(Nature::TooComplex, "trang quá lớn hoặc lồng quá sâu, không đọc");
        let parsable = guard::parsable(&decoded.text).ok_or_else(too_complex)?;
        let mut warnings = decoding_doubts(&decoded);
        let source = decoded.text.into_owned();
        let mut document = Html::parse_document(&parsable);
        if guard::nests_too_deep(&document) {
            return Err(too_complex());
        }
        if let Some(legacy) = restore_legacy(&mut document, &source) {
            let name = if legacy == Legacy::Tcvn3 { "TCVN3" } else { "VNI" };
            warnings.push(format!("chữ {name} đã chuyển sang Unicode"));
        }
        let declared = page.platform.and_then(|id| platforms.get(id));
        let platform = declared.unwrap_or_else(|| platforms.recognise(&source, page.url));
        Ok(Self { document, source, platform, warnings })
    }

    fn article(mut self, page: &Page<'_>, platforms: &Platforms) -> Extracted {
        let scan = Scan::new(self.document.root_element(), page.url, platforms);
        let obstacle = nature::obstacle(&scan, &self.source, &platforms.generic().obstacles);
        let mut article = article::article(page, &scan, self.platform, platforms).article;
        article.warnings.append(&mut self.warnings);
        article.warnings.extend(obstacle.map(warn_of));
        article
    }

    fn reading(self, page: &Page<'_>, platforms: &Platforms) -> Reading {
        let Self { document, source, platform, warnings } = self;
        let mut scan = Scan::new(document.root_element(), page.url, platforms);
        let mut reading = Reading::empty(platform, Nature::Other);
        reading.warnings = warnings;
        match nature::obstacle(&scan, &source, &platforms.generic().obstacles) {
            Some(nature) => {
                reading.nature = nature;
                reading.warnings.push(warn_of(nature));
            }
            None => fill(&mut reading, page, &document, &source, &scan, platform, platforms),
        }
        reading.canonical = scan.canonical.take();
        reading.links = std::mem::take(&mut scan.links);
        reading.feeds = std::mem::take(&mut scan.feeds);
        reading.sitemaps = std::mem::take(&mut scan.sitemaps);
        reading
    }
}

/// Decides between article and list, and reads it.
fn fill(
    reading: &mut Reading,
    page: &Page<'_>,
    document: &Html,
    source: &str,
    scan: &Scan<'_>,
    platform: &Platform,
    platforms: &Platforms,
) {
    let role = if page.request.is_some() { Role::Listing } else { platform.role(page.url) };
    if role != Role::Article {
        reading.items = list::items(scan, platform, platforms);
        reading.next = list::next(page, &reading.items, scan, platform, platforms, document, source);
    }
    if role == Role::Listing {
        reading.nature = Nature::Listing;
        return;
    }
    let found = article::article(page, scan, platform, platforms);
    if reading.items.len() <= 1 && nature::is_failure(&found, &platforms.generic().obstacles) {
        reading.nature = Nature::Failure;
        reading.items.clear();
        reading.warnings.push(warn_of(Nature::Failure));
        return;
    }
    if !is_list(role, scan, platform, platforms, &found, reading.items.len()) && is_article(role, page, scan, &found) {
        reading.nature = Nature::Article;
        reading.items.clear();
        reading.next = None;
        let mut article = found.article;
        article.warnings.extend(reading.warnings.iter().cloned());
        reading.article = Some(article);
    } else if !reading.items.is_empty() {
        reading.nature = Nature::Listing;
    }
}

/// Whether what was found are the teasers of a list: several entries stand there, and no text that
/// its platform describes, that the page declares, or that is longer than a teaser.
fn is_list(
    role: Role,
    scan: &Scan<'_>,
    platform: &Platform,
    platforms: &Platforms,
    found: &article::Found,
    entries: usize,
) -> bool {
    let short = || found.article.body.iter().all(|p| p.chars().count() < TEASER_CHARS);
    let described = platform.id != platforms.generic().id;
    role == Role::Unknown && entries > 1 && !found.by_platform && !says_article(scan) && (described || short())
}

/// Whether the page declares itself an article.
fn says_article(scan: &Scan<'_>) -> bool {
    scan.described.is_article || scan.meta(&["og:type"]).is_some_and(|t| t.eq_ignore_ascii_case("article"))
}

/// Whether a page whose address does not tell is an article: it says so and holds text, or it
/// shows a date and holds text, or it holds a good deal of text.
fn is_article(role: Role, page: &Page<'_>, scan: &Scan<'_>, found: &article::Found) -> bool {
    if found.article.title.is_empty() {
        return false;
    }
    if role == Role::Article {
        return found.by_platform || found.letters > 0 || found.carries;
    }
    let home = matches!(page.url.path(), "" | "/" | "/index.html" | "/index.php" | "/default.aspx");
    let says_so = says_article(scan);
    let dated = found.article.published.is_some();
    let enough = match () {
        // A scan or an infographic, published as an article.
        () if says_so && dated && found.carries => 0,
        () if says_so && dated => DECLARED_LETTERS,
        () if says_so || dated || found.by_platform => ARTICLE_LETTERS,
        () => UNDATED_LETTERS,
    };
    role == Role::Unknown && !home && found.letters >= enough
}

fn warn_of(nature: Nature) -> String {
    let text = match nature {
        Nature::SoftNotFound => "trang báo không tìm thấy",
        Nature::Challenge => "trang kiểm tra trình duyệt, không phải bài",
        Nature::Login => "trang đăng nhập, không phải bài",
        Nature::Failure => "cổng báo lỗi hay bảo trì, không phải bài",
        Nature::ScriptOnly => "trang chỉ hiện nội dung khi chạy JavaScript, không đọc được",
        _ => "không phải bài",
    };
    text.to_owned()
}

fn decoding_doubts(decoded: &Decoded<'_>) -> Vec<String> {
    let mut warnings = Vec::new();
    match decoded.found {
        Found::Sure => {}
        Found::Doubtful => warnings.push(format!("bảng mã khai báo mâu thuẫn; đọc theo {}", decoded.charset)),
        Found::Guessed => warnings.push(format!("bảng mã không khai báo; đoán là {}", decoded.charset)),
    }
    if decoded.damaged {
        warnings.push("có byte không đọc được, thay bằng dấu �".to_owned());
    }
    warnings
}

/// Turns TCVN3 or VNI text nodes into Unicode, where the page is written so.
fn restore_legacy(document: &mut Html, source: &str) -> Option<Legacy> {
    // A Unicode page in Vietnamese has these letters in almost every line.
    let unicode = source.chars().filter(|c| ('\u{1EA0}'..='\u{1EF9}').contains(c)).take(200).count();
    let named =
        if unicode < 200 || source.contains(".Vn") || source.contains("VNI-") { Legacy::named(source) } else { None };
    if named.is_none() && unicode >= 50 {
        return None;
    }
    let texts = document.tree.values().filter_map(Node::as_text).map(|t| &**t);
    let legacy = named.or_else(|| Legacy::detect(texts))?;
    let mut restored = 0;
    for node in document.tree.values_mut() {
        if let Node::Text(text) = node
            && let Some(unicode) = legacy.restore(text)
        {
            text.text = StrTendril::from(unicode);
            restored += 1;
        }
    }
    (restored > 0).then_some(legacy)
}
