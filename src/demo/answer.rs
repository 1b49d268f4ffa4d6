//! What a portal answers: a pure function of the request and the moment.

use super::address;
use super::article::DemoArticle;
use super::pages;
use super::portal::{Demo, Platform, Portal};
use crate::time::Time;
use std::collections::BTreeMap;

/// A request, as far as the portals look at it.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// `GET`, `HEAD`, `POST`, …
    pub method: &'a str,
    /// Path without query.
    pub path: &'a str,
    /// Query without its question mark.
    pub query: &'a str,
    /// Body of a form.
    pub form: &'a str,
}

/// An answer, before conditions such as `If-None-Match` are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Content-Type.
    pub content_type: &'static str,
    /// Content.
    pub body: String,
    /// Last-Modified, where the platform knows it.
    pub modified: Option<Time>,
}

/// Which page of a portal a request means.
pub(super) enum Page<'a> {
    Robots,
    Sitemap,
    Feed,
    Home,
    Section {
        slug: &'a str,
        name: &'a str,
        page: usize,
    },
    /// IMS's listing request: a fragment of one page of a section.
    Fragment {
        slug: &'a str,
        page: usize,
    },
    Article {
        article: &'a DemoArticle,
        path: &'a str,
    },
    Gone,
    Missing,
}

impl Demo {
    /// What the portal shows at this moment.
    #[must_use]
    pub fn answer(&self, portal: &Portal, ask: Ask<'_>, at: Time) -> Answer {
        let page = find(portal, ask, at);
        pages::render(self, portal, &page, at).unwrap_or_else(|error| Answer {
            status: 500,
            content_type: "text/plain; charset=utf-8",
            body: format!("mẫu trang của cổng minh hoạ sai: {error:#}"),
            modified: None,
        })
    }
}

fn find<'a>(portal: &'a Portal, ask: Ask<'a>, at: Time) -> Page<'a> {
    match (ask.method, ask.path) {
        ("POST", "/api/NewsZone/NewsZone") if portal.platform == Platform::Ims => fragment(portal, ask.form),
        ("GET" | "HEAD", path) => find_page(portal, path, ask.query, at),
        _ => Page::Missing,
    }
}

fn find_page<'a>(portal: &'a Portal, path: &'a str, query: &str, at: Time) -> Page<'a> {
    let bare = match portal.platform {
        Platform::Liferay => path.strip_prefix("/vi").or_else(|| path.strip_prefix("/en")).unwrap_or(path),
        _ => path,
    };
    match bare {
        "/robots.txt" => return Page::Robots,
        "/sitemap.xml" if portal.sitemap => return Page::Sitemap,
        "" | "/" => return Page::Home,
        _ if portal.feed && bare == address::of_feed(portal) => return Page::Feed,
        _ => {}
    }
    if let Some((slug, name)) = portal.sections.iter().find(|(slug, _)| bare == address::of_section(slug)) {
        return Page::Section { slug, name, page: page_number(portal.platform, query) };
    }
    match address::article(portal, bare) {
        Some(article) if article.online(at) => Page::Article { article, path },
        Some(article) if article.gone(at) => Page::Gone,
        _ => Page::Missing,
    }
}

/// Pages count from 1, as the platforms' addresses do; IMS asks for further pages by form.
fn page_number(platform: Platform, query: &str) -> usize {
    let key = match platform {
        Platform::Liferay => "_101_cur",
        Platform::Plain => "trang",
        Platform::Ims => return 1,
    };
    let pairs = pairs(query);
    pairs.get(key).and_then(|n| n.parse().ok()).filter(|n| *n > 0).unwrap_or(1)
}

/// IMS's own values must come back as they were given; anything else gets an empty fragment.
fn fragment<'a>(portal: &'a Portal, form: &str) -> Page<'a> {
    let form = pairs(form);
    let is = |key: &str, value: &str| form.get(key).is_some_and(|v| *v == address::opaque(portal, value));
    let section = portal.sections.iter().find(|(slug, _)| is("Catname", slug));
    let page = form.get("PageIndex").and_then(|n| n.parse::<usize>().ok());
    match (section, page) {
        (Some((slug, _)), Some(page)) if is("Site", "site") && is("LanguageId", "vi") && is("PageSize", "size") => {
            Page::Fragment { slug, page: page + 1 }
        }
        _ => Page::Fragment { slug: "", page: 1 },
    }
}

fn pairs(text: &str) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}
