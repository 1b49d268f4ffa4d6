//! An audit, with where each item stands in it.

use crate::article::ArticleId;
use crate::audit::{Audit, Item, Verdict};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::OnceLock;

/// An audit that pages are made from; the places of items are looked up when first needed.
pub struct Judged {
    audit: Audit,
    /// Verdict and item, by their numbers.
    places: OnceLock<HashMap<ArticleId, Vec<(u32, u32)>>>,
}

impl Judged {
    pub(super) fn new(audit: Audit) -> Self {
        Self { audit, places: OnceLock::new() }
    }

    /// Every verdict that looked at an item, with what it made of it.
    pub(super) fn of(&self, id: &ArticleId) -> impl Iterator<Item = (&Verdict, &Item)> {
        let places = self.places().get(id).map_or(&[][..], Vec::as_slice);
        places.iter().map(|(verdict, item)| {
            let verdict = &self.audit.verdicts[*verdict as usize];
            (verdict, &verdict.items[*item as usize])
        })
    }

    /// See [`Judged::of`].
    pub(super) fn places(&self) -> &HashMap<ArticleId, Vec<(u32, u32)>> {
        self.places.get_or_init(|| {
            let mut places: HashMap<ArticleId, Vec<(u32, u32)>> = HashMap::new();
            for (verdict, n) in self.audit.verdicts.iter().zip(0..) {
                for (item, m) in verdict.items.iter().zip(0..) {
                    match places.get_mut(&item.id) {
                        Some(known) => known.push((n, m)),
                        None => drop(places.insert(item.id.clone(), vec![(n, m)])),
                    }
                }
            }
            places
        })
    }
}

impl Deref for Judged {
    type Target = Audit;

    fn deref(&self) -> &Audit {
        &self.audit
    }
}
