//! The articles met tonight, by the hash of their keys: those that are new, and those known before.

use crate::time::Time;
use foldhash::{HashMap, HashSet};
use std::cmp::Reverse;

/// Articles by which a list is known again.
const LAST: usize = 5;

/// The articles met tonight.
#[derive(Default)]
pub(super) struct Articles {
    /// With the dates they or their neighbours give.
    new: HashMap<u64, Option<Time>>,
    met: HashSet<u64>,
}

impl Articles {
    /// An article that nobody had seen before.
    pub(super) fn add(&mut self, page: u64, date: Option<Time>) {
        self.new.insert(page, date);
    }

    /// An article known from earlier nights.
    pub(super) fn meet(&mut self, page: u64) {
        self.met.insert(page);
    }

    /// Whether a page is a new article.
    pub(super) fn is_new(&self, page: u64) -> bool {
        self.new.contains_key(&page)
    }

    /// Whether a page is an article at all, as far as tonight shows.
    pub(super) fn has(&self, page: u64) -> bool {
        self.is_new(page) || self.met.contains(&page)
    }

    /// The new ones, with their dates.
    pub(super) fn news(&self) -> impl Iterator<Item = (u64, Option<Time>)> {
        self.new.iter().map(|(page, date)| (*page, *date))
    }

    /// By which articles a list is known again that shows these pages and was known by `last`: its
    /// news, the newest first, whatever is pinned to its top.
    pub(super) fn last_of(&self, shown: &[u64], last: &[u64]) -> Vec<u64> {
        let is_news = |page: &u64| if last.is_empty() { self.has(*page) } else { self.is_new(*page) };
        let mut news: Vec<u64> = shown.iter().copied().filter(is_news).collect();
        news.sort_by_key(|page| Reverse(self.new.get(page).copied().flatten()));
        let mut kept: Vec<u64> = Vec::new();
        for page in news.into_iter().chain(last.iter().copied()) {
            if kept.len() < LAST && !kept.contains(&page) {
                kept.push(page);
            }
        }
        kept
    }
}
