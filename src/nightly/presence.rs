//! Whether a known article is still there, and at which of its addresses to look.
//!
//! An article may stand at several addresses; as long as one of them answers, it is not gone.

use super::desk::{StoreDesk, readable};
use super::notes::{MEMORY, of_absence};
use super::reader::Read;
use crate::article::Article;
use crate::crawl;
use crate::crawl::desk::{Fetched, Outcome, Target, Visit};
use crate::error::Result;
use crate::url::CanonicalUrl;

impl StoreDesk<'_> {
    /// Takes note of what an answer says of a known article: that it is not there, or that it stands.
    pub(super) fn presence(&self, event: &Fetched<Box<Read>>) -> Result<()> {
        let Some(at) = event.visit.at else { return Ok(()) };
        match event.outcome {
            Outcome::Gone if self.other_address(&event.site, &event.key, &event.url)?.is_none() => {
                let status = event.visit.status;
                let record = |how| self.note(&of_absence(how), event.url.as_str(), at, &status);
                self.intake.gone(&event.url, at, status, record)
            }
            Outcome::Unchanged if event.visit.article => {
                let at = event.capture.as_ref().map_or(at, |capture| capture.at);
                self.intake.stands(event.landed.as_ref().unwrap_or(&event.url), at)
            }
            _ => Ok(()),
        }
    }

    /// A recheck of an article: at another address with the same item id where its own led nowhere,
    /// and told where the article stands besides.
    pub(super) fn where_to_look(&self, site: &str, mut target: Target) -> Target {
        let Some(article) = readable(self.known_at(&target.url)).flatten() else { return target };
        if article.is_away() {
            let others = article.aliases.iter().rev().filter_map(|address| CanonicalUrl::parse(address));
            let other = others.filter(|other| *other != target.url);
            if let Some(other) = other.into_iter().find(|other| self.key(site, other).as_ref() == Some(&target.key)) {
                target.url = other;
            }
        }
        target.via = readable(self.other_address(site, &target.key, &target.url)).flatten();
        target
    }

    /// Another page at which the article of an address stood when that was last asked for.
    fn other_address(&self, site: &str, key: &str, url: &CanonicalUrl) -> Result<Option<String>> {
        let Some(article) = self.known_at(url)? else { return Ok(None) };
        for address in std::iter::once(&article.url).chain(&article.aliases) {
            let other = CanonicalUrl::parse(address).and_then(|other| self.key(site, &other));
            let Some(other) = other.filter(|other| other != key) else { continue };
            if self.store().visit::<Visit>(&other)?.is_some_and(|visit| visit.article && visit.stands()) {
                return Ok(Some(address.clone()));
            }
        }
        Ok(None)
    }

    fn known_at(&self, url: &CanonicalUrl) -> Result<Option<Article>> {
        self.store().find(url.as_str())?.map_or(Ok(None), |id| self.store().head(&id))
    }

    /// The key of a page of a site, as far as the site's platform is known.
    fn key(&self, site: &str, url: &CanonicalUrl) -> Option<String> {
        let site = self.sites.get(site)?;
        let recognised = || readable(self.store().note(&MEMORY, &site.id)).flatten()?.platform;
        let platform = site.platform.clone().or_else(recognised).and_then(|id| self.platforms.get(&id));
        Some(crawl::key_of(site, platform.unwrap_or_else(|| self.platforms.generic()), url))
    }
}
