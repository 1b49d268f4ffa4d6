//! The articles met tonight, by the hash of their keys: those that are new, and those known before.

use crate::time::Time;
use foldhash::{HashMap, HashSet};

/// The articles met tonight.
#[derive(Default)]
pub(super) struct Articles {
    /// With the dates they or their neighbours give.
    new: HashMap<u64, Option<Time>>,
    met: HashSet<u64>,
    others: HashSet<u64>,
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

    /// A page that is no article.
    pub(super) fn set_aside(&mut self, page: u64) {
        self.others.insert(page);
    }

    /// Whether a page is one, or may be: it was not read yet.
    pub(super) fn may_have(&self, page: u64) -> bool {
        !self.others.contains(&page)
    }

    /// Whether a page is a new article.
    pub(super) fn is_new(&self, page: u64) -> bool {
        self.new.contains_key(&page)
    }

    /// Whether a page is an article at all, as far as tonight shows.
    pub(super) fn has(&self, page: u64) -> bool {
        self.is_new(page) || self.met.contains(&page)
    }

    /// The date of a new article.
    pub(super) fn date(&self, page: u64) -> Option<Time> {
        self.new.get(&page).copied().flatten()
    }

    /// The new ones, with their dates.
    pub(super) fn newcomers(&self) -> impl Iterator<Item = (u64, Option<Time>)> {
        self.new.iter().map(|(page, date)| (*page, *date))
    }
}
