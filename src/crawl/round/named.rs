//! Where pages were named tonight, by the hash of their keys: by links, or by a feed or a sitemap.
//!
//! A feed or a sitemap may stand in for the sections while it names the articles that are found.
//! One that names what no link leads to shows that links do not lead to everything.

use super::articles::Articles;
use super::offer::Naming;
use crate::crawl::desk::Item;
use crate::time::Time;
use foldhash::HashSet;

/// What named the pages of tonight.
#[derive(Default)]
pub(super) struct Named {
    mapped: HashSet<u64>,
    fed: HashSet<u64>,
    /// How far all feeds reach back.
    fed_back: Option<Time>,
    /// New pages that a feed or a sitemap named and no link has led to.
    unlinked: HashSet<u64>,
}

impl Named {
    /// A page was named.
    pub(super) fn note(&mut self, naming: Naming, page: u64) {
        match naming {
            Naming::Sitemap => self.mapped.insert(page),
            Naming::Feed => self.fed.insert(page),
            Naming::Link | Naming::List => self.unlinked.remove(&page),
        };
    }

    /// Nothing has led to these pages yet but a feed or a sitemap.
    pub(super) fn note_unlinked(&mut self, pages: impl IntoIterator<Item = u64>) {
        self.unlinked.extend(pages);
    }

    /// A feed was read.
    pub(super) fn note_feed(&mut self, items: &[Item]) {
        self.fed_back = self.fed_back.max(items.iter().filter_map(|item| item.date).min());
    }

    /// Whether a feed or a sitemap named a page.
    pub(super) fn has(&self, page: u64) -> bool {
        self.mapped.contains(&page) || self.fed.contains(&page)
    }

    /// New pages that no link has led to.
    pub(super) fn unlinked(&self) -> &HashSet<u64> {
        &self.unlinked
    }

    /// How many of the new articles the sitemap names, and how many it lacks.
    pub(super) fn on_sitemap(&self, articles: &Articles) -> (usize, usize) {
        let has = articles.newcomers().filter(|(page, _)| self.mapped.contains(page)).count();
        (has, articles.newcomers().count() - has)
    }

    /// How many of the new articles that the feeds reach back to they name, and how many they lack;
    /// `all`: they join what was known, and so reach back to every one.
    pub(super) fn in_feeds(&self, articles: &Articles, all: bool) -> (usize, usize) {
        let (mut has, mut lacks) = (0, 0);
        for (page, date) in articles.newcomers() {
            let (named, reach) = (self.fed.contains(&page), date.zip(self.fed_back));
            has += usize::from(named && (all || reach.is_some_and(|(date, back)| date >= back)));
            lacks += usize::from(!named && (all || reach.is_some_and(|(date, back)| date > back)));
        }
        (has, lacks)
    }
}
