//! What the crawl is told of a page: extraction's reading, in the crawl's words.

use crate::coverage::Cause;
use crate::crawl::desk::{Item, Nature, Page, Reader, Reading};
use crate::extract::{self, Extracted};
use crate::platform::Platforms;
use crate::text;
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

/// Reads pages for the crawl.
pub struct PageReader<'a> {
    /// What kinds of portals look like.
    pub platforms: &'a Platforms,
}

impl PageReader<'_> {
    /// Whether the platform reads an item id from the address: then the number tells articles
    /// apart, and an equal text under another number is another article.
    fn is_numbered(&self, platform: &str, url: &Url) -> bool {
        self.platforms.get(platform).is_some_and(|platform| platform.item_id(url).is_some())
    }
}

impl Reader for PageReader<'_> {
    type Article = Box<Extracted>;

    fn read(&self, page: &Page<'_>) -> Reading<Self::Article> {
        let page = extract::Page {
            url: page.url,
            body: page.body,
            content_type: page.content_type,
            platform: page.platform,
            request: page.request,
            at: Some(page.at),
        };
        let read = extract::read(&page, self.platforms);
        let article = read.article;
        Reading {
            nature: nature(read.nature),
            text_hash: article.as_ref().filter(|_| !self.is_numbered(&read.platform, page.url)).and_then(text_hash),
            published: article.as_ref().and_then(|a| a.published),
            filled: article.as_ref().map_or((false, false), |a| (!a.title.is_empty(), !a.body.is_empty())),
            article: article.map(Box::new),
            platform: Some(read.platform),
            links: read.links.into_iter().filter(|link| !link.nofollow).map(|link| link.url).collect(),
            items: read.items.into_iter().map(|item| Item { url: item.url, date: item.date }).collect(),
            next: read.next,
            feeds: read.feeds,
            sitemaps: read.sitemaps,
        }
    }
}

fn nature(nature: extract::Nature) -> Nature {
    use extract::Nature as Of;
    match nature {
        Of::Article => Nature::Article,
        Of::Listing => Nature::Listing,
        Of::Other => Nature::Other,
        Of::NotHtml => Nature::NotHtml,
        Of::SoftNotFound => Nature::Unusable(Cause::NotFound),
        Of::Challenge | Of::Login => Nature::Unusable(Cause::Challenge),
        Of::ScriptOnly => Nature::Unusable(Cause::ScriptOnly),
        Of::TooComplex => Nature::Unusable(Cause::Unreadable),
    }
}

/// A number for title, text and date; none for an article without text, which is like any other such.
fn text_hash(article: &Extracted) -> Option<u64> {
    if article.body.is_empty() {
        return None;
    }
    let date = article.published.map(|at| at.to_rfc3339()).unwrap_or_default();
    let whole = format!("{date}\n{}\n{}\n{}", article.title, article.sapo, article.body.join("\n"));
    let words = text::normal(&whole);
    Some(xxh3_64(text::words(&words).collect::<Vec<_>>().join(" ").as_bytes()))
}
