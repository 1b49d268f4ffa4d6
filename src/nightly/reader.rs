//! What the crawl is told of a page: extraction's reading, in the crawl's words.

use crate::article::text_identity;
use crate::coverage::Cause;
use crate::crawl::desk::{Item, Nature, Page, Reader, Reading};
use crate::extract::{self, Extracted};
use crate::platform::Platforms;
use crate::text;
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

/// An article as read.
#[derive(Debug)]
pub struct Read {
    /// What the page says.
    pub extracted: Extracted,
    /// The number for its words; see [`text_identity`].
    pub text: u64,
}

impl Read {
    fn new(extracted: Extracted) -> Self {
        let text = text_identity(&extracted.title, &extracted.sapo, &extracted.body);
        Self { extracted, text }
    }

    /// Whether it has a title, and a text.
    fn filled(&self) -> (bool, bool) {
        (!self.extracted.title.is_empty(), !self.extracted.body.is_empty())
    }

    /// A number for text and day; titles and hours differ between the addresses of one article.
    fn twin(&self) -> u64 {
        let day = self.extracted.published.map(|at| at.date_naive().to_string()).unwrap_or_default();
        xxh3_64(format!("{day}\n{:016x}", self.text).as_bytes())
    }

    /// A number for title, text and date.
    fn hash(&self) -> u64 {
        let date = self.extracted.published.map(|at| at.to_rfc3339()).unwrap_or_default();
        let title = text::bare(&self.extracted.title);
        xxh3_64(format!("{date}\n{title}\n{:016x}", self.text).as_bytes())
    }
}

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
    type Article = Box<Read>;

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
        let article = read.article.map(|extracted| Box::new(Read::new(extracted)));
        let text_hash = article.as_ref().map(|article| article.hash());
        // Without text it is like any other such.
        let is_numbered = self.is_numbered(&read.platform, page.url);
        let telling = article.as_deref().filter(|article| article.filled().1 && !is_numbered);
        Reading {
            nature: nature(read.nature),
            text_hash,
            twin_hash: telling.map(Read::twin),
            published: article.as_ref().and_then(|a| a.extracted.published),
            filled: article.as_ref().map_or((false, false), |article| article.filled()),
            article,
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
        Of::Failure => Nature::Unusable(Cause::ServerError),
        Of::ScriptOnly => Nature::Unusable(Cause::ScriptOnly),
        Of::TooComplex => Nature::Unusable(Cause::Unreadable),
    }
}
