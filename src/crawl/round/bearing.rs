//! How far back a first filling bears a claim: not beyond what was found.
//!
//! That every link was followed says that nothing more is linked to, not that nothing more was
//! published: a page of the newest few leaves out all that is older, and a list that goes on by a
//! script cannot be read on. Lists that were read to their end leave nothing out.

use super::Round;
use super::articles::Articles;
use super::walk::Walk;
use crate::crawl::cover::Extent;
use crate::crawl::desk::{Watch, WatchKind};
use crate::time::Time;
use foldhash::HashSet;

/// Articles on a page that may well be all there are; of more it may show the newest alone.
const FEW: usize = 5;

/// Entries in a row, the newest first, that make a list: fewer are pinned, or a coincidence.
const ROW: usize = 3;

impl Round {
    /// Notes how far back the articles go that each page shows.
    pub(super) fn note_oldest(&mut self) {
        for (watch, walk) in self.memory.watched.iter_mut().zip(&self.walks) {
            let dates = || walk.first.iter().filter_map(|page| self.articles.date(*page));
            let oldest = match watch.kind {
                WatchKind::Page => ends(&dates().collect::<Vec<Time>>()),
                WatchKind::Sitemap => walk.shown.iter().filter_map(|page| self.articles.date(*page)).min(),
                WatchKind::Feed => None,
            };
            if watch.kind == WatchKind::Page && walk.listed {
                let first: Vec<Option<Time>> =
                    walk.first.iter().take(FEW).map(|page| self.articles.date(*page)).collect();
                watch.backwards |= first.len() == FEW && first.is_sorted_by(|a, b| a.is_some() && a < b);
            }
            watch.oldest = [watch.oldest, oldest].into_iter().flatten().min();
        }
    }

    /// How far back a page bears the claim that all there is was found, `ended` being what the lists
    /// show that were read to their end.
    pub(super) fn bears(&self, watch: &Watch, walk: &Walk, ended: &HashSet<u64>) -> Extent {
        let own = || walk.articles(&self.articles).into_iter().filter(|page| !ended.contains(page));
        let is_short = |count: usize| count <= FEW && !walk.scripted;
        let shown = if walk.first.is_empty() { watch.last.len() } else { own().count() };
        if walk.extent == Some(Extent::Whole) || shown == 0 || is_short(shown) {
            return Extent::Whole;
        }
        watch.oldest.map_or(Extent::Apart, Extent::Back)
    }

    /// What the lists show that were read to their end tonight.
    pub(super) fn ended(&self) -> HashSet<u64> {
        let whole = self.walks.iter().filter(|walk| walk.extent == Some(Extent::Whole));
        whole.flat_map(|walk| walk.shown.iter().copied()).collect()
    }
}

impl Walk {
    /// Whether it shows so few articles that they may well be all there are.
    pub(super) fn is_short(&self, articles: &Articles) -> bool {
        self.articles(articles).len() <= FEW
    }
}

/// Where the list ends that goes back least far, of those that stand one after another on a page.
fn ends(dates: &[Time]) -> Option<Time> {
    let lists = dates.chunk_by(|date, next| date >= next).filter(|list| list.len() >= ROW);
    lists.filter_map(|list| list.last().copied()).max().or_else(|| dates.iter().min().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time;

    #[test]
    fn a_page_goes_back_as_far_as_its_list_that_ends_first() {
        for (days, expected) in [
            (vec![], None),
            (vec![9, 8, 7, 6], Some(6)),
            // One is pinned to the top, or to the end.
            (vec![1, 9, 8, 7, 6], Some(6)),
            (vec![9, 8, 7, 6, 3, 8, 7, 1], Some(3)),
            (vec![9, 8, 7, 12, 3, 2], Some(7)),
            (vec![3, 4], Some(3)),
        ] {
            let at = |day: &u32| time::parse(&format!("2026-05-{day:02}T08:00:00+07:00")).unwrap();
            assert_eq!(ends(&days.iter().map(at).collect::<Vec<_>>()), expected.as_ref().map(at), "{days:?}");
        }
    }
}
