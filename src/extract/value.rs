//! What a platform's selectors pick from a page.

use super::blocks;
use crate::platform::{Index, Pick};
use crate::text::nfc;
use scraper::ElementRef;

/// A value and the element that held it.
pub(super) struct Picked<'d> {
    pub(super) element: ElementRef<'d>,
    pub(super) text: String,
}

/// All values the selectors find on a page, in the order of the selectors, then of the page; empty
/// ones are left out.
pub(super) fn all<'d, 's>(picks: &'s [Pick], index: &'s Index<'d>) -> impl Iterator<Item = Picked<'d>> + use<'d, 's> {
    picks.iter().flat_map(|pick| index.all(pick).filter_map(|element| picked(pick, element)))
}

/// The first value the selectors find on a page.
pub(super) fn first<'d>(picks: &[Pick], index: &Index<'d>) -> Option<Picked<'d>> {
    all(picks, index).next()
}

/// All values the selectors find inside an element.
pub(super) fn inside<'d>(picks: &[Pick], within: ElementRef<'d>) -> impl Iterator<Item = Picked<'d>> {
    picks.iter().flat_map(move |pick| pick.all(within).filter_map(|element| picked(pick, element)))
}

/// The value of one element: the attribute the selector names, else its text.
fn picked<'d>(pick: &Pick, element: ElementRef<'d>) -> Option<Picked<'d>> {
    let text = match pick.attribute() {
        Some(name) => element.value().attr(name).map(nfc).unwrap_or_default(),
        None => blocks::line(element),
    };
    (!text.is_empty()).then_some(Picked { element, text })
}
