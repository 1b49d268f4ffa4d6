//! One pass over the tree: what the page says of itself, and where it leads.

use super::metadata::{self, Described};
use super::reading::Link;
use crate::text::nfc;
use scraper::{ElementRef, Html};
use std::collections::HashSet;
use url::Url;

/// Links beyond this are a trap, not a page.
const MAX_LINKS: usize = 5_000;

/// Feeds by their media type.
const FEEDS: [&str; 4] =
    ["application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"];

/// What one pass over the tree found.
pub(super) struct Scan<'d> {
    /// What relative addresses are relative to.
    pub(super) base: Url,
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
    /// Letters of text outside scripts and styles.
    pub(super) letters: usize,
}

impl<'d> Scan<'d> {
    pub(super) fn new(document: &'d Html, url: &Url) -> Self {
        let mut scan = Self {
            base: base(document, url),
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
        let mut seen = HashSet::new();
        for element in document.tree.nodes().filter_map(ElementRef::wrap) {
            scan.element(element, &mut seen);
        }
        scan
    }

    /// The content of the first meta element of these names, in the order of the names.
    pub(super) fn meta(&self, names: &[&str]) -> Option<&'d str> {
        let content = |name: &&str| self.meta.iter().find(|(n, c)| n == name && !c.trim().is_empty()).map(|(_, c)| *c);
        names.iter().find_map(content)
    }

    fn element(&mut self, element: ElementRef<'d>, seen: &mut HashSet<String>) {
        let value = element.value();
        match value.name() {
            "a" | "area" => self.link(element, seen),
            "meta" => self.meta_element(element),
            "link" => self.link_element(element),
            "title" if self.title.is_empty() => self.title = nfc(&element.text().collect::<String>()),
            "h1" | "h2" => self.headings.push(element),
            "input" if value.attr("type").is_some_and(|t| t.eq_ignore_ascii_case("password")) => self.passwords += 1,
            "script" => self.script(element),
            "style" | "noscript" | "template" => return,
            _ => {}
        }
        if value.name() != "script" {
            let own = element.children().filter_map(|c| c.value().as_text());
            self.letters += own.map(|t| t.chars().filter(|c| c.is_alphanumeric()).count()).sum::<usize>();
        }
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

    fn link(&mut self, element: ElementRef<'d>, seen: &mut HashSet<String>) {
        let value = element.value();
        let Some(url) = value.attr("href").and_then(|h| self.absolute(h)) else { return };
        let path = url.path().to_ascii_lowercase();
        if path.ends_with(".rss") || path.ends_with("/rss") || path.ends_with("/rss.xml") || path.ends_with("/feed") {
            if !self.feeds.contains(&url) && self.feeds.len() < 50 {
                self.feeds.push(url.clone());
            }
        } else if path.ends_with("sitemap.xml") && !self.sitemaps.contains(&url) {
            self.sitemaps.push(url.clone());
        }
        if self.links.len() < MAX_LINKS && seen.insert(url.as_str().to_owned()) {
            let nofollow = value.attr("rel").is_some_and(|r| r.to_ascii_lowercase().contains("nofollow"));
            self.links.push(Link { url, text: anchor(element), nofollow });
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

fn base(document: &Html, url: &Url) -> Url {
    let element = document.tree.nodes().filter_map(ElementRef::wrap).find(|e| e.value().name() == "base");
    let href = element.and_then(|e| e.value().attr("href"));
    href.and_then(|h| url.join(h.trim()).ok())
        .filter(|u| matches!(u.scheme(), "http" | "https"))
        .unwrap_or_else(|| url.clone())
}

/// What people see of a link: its text, else its title, else its picture's.
fn anchor(element: ElementRef<'_>) -> String {
    let text = nfc(&element.text().collect::<String>());
    if !text.is_empty() {
        return text;
    }
    let picture = || element.descendants().filter_map(ElementRef::wrap).find_map(|e| e.value().attr("alt"));
    element.value().attr("title").or_else(picture).map(nfc).unwrap_or_default()
}
