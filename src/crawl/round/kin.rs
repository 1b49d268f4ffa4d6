//! What the addresses of a portal's articles have in common, and how much that promises.
//!
//! A new page at such an address that shows no article may be one whose text comes later: a stub,
//! the home page in its place. It is believed to be one only where nothing else is known to stand at
//! addresses of this kin; else documents and menus would keep a portal unread.

use super::{MAX_NIGHTS, Round};
use crate::crawl::desk::{Aim, Nature, Reading, SiteMemory, Target, Visit};
use crate::crawl::discover::traps::kin_of;
use crate::url::CanonicalUrl;
use url::Url;

/// Sorts of addresses that articles are remembered to have; a portal has a few dozen sections.
const MAX_KIN: usize = 200;

/// Sorts of addresses at which something else was found.
const MAX_OTHERS: usize = 1_000;

/// Other pages at addresses of a kin, after which it promises no articles any more.
const MIXED: u32 = 3;

/// Pages of a kin that are waited for at once: so many that show no article at the same time are a menu.
const MOST_AWAITED: u32 = 10;

impl SiteMemory {
    /// Whether a page may be an article whose text is still to come: it is new at an address of a kin
    /// that articles alone have, and was not waited for in vain.
    pub(crate) fn waits_for<A>(&self, url: &CanonicalUrl, before: &Visit, reading: &Reading<A>) -> bool {
        let kin = kin_of(&url.to_url());
        let is_mixed = self.others.get(&kin).is_some_and(|others| *others >= MIXED);
        let promises = self.complete && self.kin.contains(&kin) && !is_mixed;
        promises && !before.succeeded() && before.unchanged <= MAX_NIGHTS && is_page(reading)
    }
}

impl Round {
    /// Remembers what the addresses of articles look like here.
    pub(super) fn note_kin(&mut self, url: &CanonicalUrl) {
        let kin = kin_of(&url.to_url());
        if self.memory.kin.len() < MAX_KIN && !self.memory.kin.contains(&kin) {
            self.memory.kin.push(kin);
        }
    }

    /// Whether an address is like those of articles, as far as they are known.
    pub(super) fn is_like_article(&self, url: &Url) -> bool {
        self.memory.kin.contains(&kin_of(url))
    }

    /// Whether a page tonight is waited for; see [`SiteMemory::waits_for`].
    pub(super) fn awaits<A>(&self, target: &Target, before: &Visit, reading: &Reading<A>) -> bool {
        let awaited = self.awaited.get(&kin_of(&target.url.to_url())).copied().unwrap_or_default();
        self.memory.waits_for(&target.url, before, reading) && awaited < MOST_AWAITED
    }

    /// Counts a page that shows no article: as one that is waited for, or, where it is not or was in vain,
    /// as another page of its kin.
    pub(super) fn note_other<A>(&mut self, target: &Target, before: &Visit, reading: &Reading<A>, waits: bool) {
        if !matches!(target.aim, Aim::Article | Aim::Link) || !is_page(reading) {
            return;
        }
        let kin = kin_of(&target.url.to_url());
        if waits {
            *self.awaited.entry(kin).or_default() += 1;
        }
        let is_other = if waits { before.unchanged == MAX_NIGHTS } else { before.at.is_none() };
        let has_room = self.memory.others.len() < MAX_OTHERS || self.memory.others.contains_key(&kin);
        if is_other && has_room {
            *self.memory.others.entry(kin).or_default() += 1;
        }
    }
}

/// Whether something is a page of its own, neither an article nor part of a list that goes on.
fn is_page<A>(reading: &Reading<A>) -> bool {
    matches!(reading.nature, Nature::Listing | Nature::Other) && reading.next.is_none()
}
