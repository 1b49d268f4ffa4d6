//! One pass over the tree: what the page says of itself, and where it leads.

use super::metadata::{self, Described};
use super::nature::PAGE_LETTERS;
use super::reading::Link;
use crate::platform::{Index, PageClutter, Platforms};
use crate::text::{self, nfc};
use foldhash::HashSet;
use scraper::ElementRef;
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

/// Links beyond this are a trap, not a page.
const MAX_LINKS: usize = 5_000;

/// Feeds by their media type.
const FEEDS: [&str; 4] =
    ["application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"];

/// Ends of paths that lead to feeds.
const FEED_PATHS: [&str; 4] = [".rss", "/rss", "/rss.xml", "/feed"];

/// Links met so far, as written and as addresses.
#[derive(Default)]
struct Seen<'d> {
    hrefs: HashSet<&'d str>,
    urls: HashSet<u64>,
}

/// What one pass over the tree found.
pub(super) struct Scan<'d> {
    /// Its elements, by what selectors ask for.
    pub(super) index: Index<'d>,
    /// What of it is clutter.
    pub(super) clutter: PageClutter<'d>,
    /// What relative addresses are relative to.
    pub(super) base: Url,
    /// Whether a `base` element said so.
    based: bool,
    /// The title element.
    pub(super) title: String,
    /// Headings of the first two levels, in order.
    pub(super) headings: Vec<ElementRef<'d>>,
    /// `meta` elements: lower-case name, property or itemprop, and content.
    pub(super) meta: Vec<(String, &'d str)>,
    /// What JSON-LD says of the article.
    pub(super) described: Described,
    pub(super) canonical: Option<Url>,
    pub(super) links: Vec<Link>,
    pub(super) feeds: Vec<Url>,
    pub(super) sitemaps: Vec<Url>,
    /// The number of password fields.
    pub(super) passwords: usize,
    /// The number of scripts.
    pub(super) scripts: usize,
    /// Letters of text outside scripts and styles, counted as far as it matters.
    pub(super) letters: usize,
}

impl<'d> Scan<'d> {
    pub(super) fn new(root: ElementRef<'d>, url: &Url, platforms: &'d Platforms) -> Self {
        let mut scan = Self {
            index: platforms.index(root),
            clutter: platforms.generic().clutter.of_page(),
            base: url.clone(),
            based: false,
            title: String::new(),
            headings: Vec::new(),
            meta: Vec::new(),
            described: Described::default(),
            canonical: None,
            links: Vec::new(),
            feeds: Vec::new(),
            sitemaps: Vec::new(),
            passwords: 0,
            scripts: 0,
            letters: 0,
        };
        let mut seen = Seen::default();
        for element in root.descendent_elements().skip(1) {
            scan.index.note(element);
            scan.element(element, &mut seen);
        }
        scan
    }

    /// The content of the first meta element of these names, in the order of the names.
    pub(super) fn meta(&self, names: &[&str]) -> Option<&'d str> {
        let content = |name: &&str| self.meta.iter().find(|(n, c)| n == name && !c.trim().is_empty()).map(|(_, c)| *c);
        names.iter().find_map(content)
    }

    fn element(&mut self, element: ElementRef<'d>, seen: &mut Seen<'d>) {
        let value = element.value();
        match value.name() {
            "a" | "area" => self.link(element, seen),
            "base" => self.base_element(element),
            "meta" => self.meta_element(element),
            "link" => self.link_element(element),
            "title" if self.title.is_empty() => self.title = nfc(&element.text().collect::<String>()),
            "h1" | "h2" => self.headings.push(element),
            "input" if value.attr("type").is_some_and(|t| t.eq_ignore_ascii_case("password")) => self.passwords += 1,
            "script" => self.script(element),
            "style" | "noscript" | "template" => return,
            _ => {}
        }
        if value.name() != "script" && self.letters <= PAGE_LETTERS {
            let own = element.children().filter_map(|child| child.value().as_text());
            self.letters += own.map(|own| text::letters(own)).sum::<usize>();
        }
    }

    /// The first one counts; HTML wants it before all relative addresses.
    fn base_element(&mut self, element: ElementRef<'d>) {
        let Some(href) = element.value().attr("href").filter(|_| !self.based) else { return };
        self.based = true;
        let named = self.base.join(href.trim()).ok();
        self.base = named.filter(|u| matches!(u.scheme(), "http" | "https")).unwrap_or_else(|| self.base.clone());
    }

    fn script(&mut self, element: ElementRef<'d>) {
        self.scripts += 1;
        if element.value().attr("type").is_some_and(|t| t.contains("ld+json")) {
            let source: String = element.text().collect();
            self.described.merge(metadata::json_ld(&source));
        }
    }

    fn meta_element(&mut self, element: ElementRef<'d>) {
        let value = element.value();
        let Some(content) = value.attr("content") else { return };
        for key in ["property", "name", "itemprop"] {
            // A property may hold several names, divided by spaces.
            for name in value.attr(key).unwrap_or_default().split_ascii_whitespace() {
                self.meta.push((name.to_ascii_lowercase(), content));
            }
        }
    }

    fn link_element(&mut self, element: ElementRef<'d>) {
        let value = element.value();
        let Some(href) = value.attr("href").and_then(|h| self.absolute(h)) else { return };
        let rel = value.attr("rel").unwrap_or_default().to_ascii_lowercase();
        let media = value.attr("type").unwrap_or_default().to_ascii_lowercase();
        let is = |name: &str| rel.split_ascii_whitespace().any(|r| r == name);
        if is("canonical") && self.canonical.is_none() {
            self.canonical = Some(href);
        } else if is("sitemap") {
            self.sitemaps.push(href);
        } else if is("alternate") && FEEDS.iter().any(|feed| media.starts_with(feed)) {
            self.feeds.push(href);
        }
    }

    fn link(&mut self, element: ElementRef<'d>, seen: &mut Seen<'d>) {
        let value = element.value();
        // Most addresses stand on a page twice, written alike.
        let Some(href) = value.attr("href").filter(|href| seen.hrefs.insert(href)) else { return };
        let Some(url) = self.absolute(href) else { return };
        let path = url.path().as_bytes();
        let ends =
            |end: &str| path.len() >= end.len() && path[path.len() - end.len()..].eq_ignore_ascii_case(end.as_bytes());
        if FEED_PATHS.iter().any(|end| ends(end)) {
            if !self.feeds.contains(&url) && self.feeds.len() < 50 {
                self.feeds.push(url.clone());
            }
        } else if ends("sitemap.xml") && !self.sitemaps.contains(&url) {
            self.sitemaps.push(url.clone());
        }
        if self.links.len() < MAX_LINKS && seen.urls.insert(xxh3_64(url.as_str().as_bytes())) {
            let nofollow = value.attr("rel").is_some_and(|r| r.to_ascii_lowercase().contains("nofollow"));
            self.links.push(Link { url, nofollow });
        }
    }

    /// An http(s) address without its fragment; `None` for anything else.
    pub(super) fn absolute(&self, href: &str) -> Option<Url> {
        absolute(&self.base, href)
    }
}

/// An http(s) address without its fragment; `None` for anything else.
pub(super) fn absolute(base: &Url, href: &str) -> Option<Url> {
    let href = href.trim();
    if href.is_empty() || href.starts_with('#') || href.len() > 4_096 {
        return None;
    }
    let mut url = base.join(href).ok()?;
    url.set_fragment(None);
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}
