//! What a platform's selectors pick from a page.

use super::blocks;
use crate::platform::Pick;
use crate::text::nfc;
use scraper::ElementRef;

/// A value and the element that held it.
pub(super) struct Picked<'d> {
    pub(super) element: ElementRef<'d>,
    pub(super) text: String,
}

/// All values the selectors find, in the order of the selectors, then of the page; empty ones are
/// left out.
pub(super) fn all<'d>(picks: &[Pick], within: ElementRef<'d>) -> impl Iterator<Item = Picked<'d>> {
    picks.iter().flat_map(move |pick| {
        pick.all(within).filter_map(move |element| {
            let text = read(pick, element);
            (!text.is_empty()).then_some(Picked { element, text })
        })
    })
}

/// The first value the selectors find.
pub(super) fn first<'d>(picks: &[Pick], within: ElementRef<'d>) -> Option<Picked<'d>> {
    all(picks, within).next()
}

/// The value of one element: the attribute the selector names, else its text.
pub(super) fn read(pick: &Pick, element: ElementRef<'_>) -> String {
    match pick.attribute() {
        Some(name) => element.value().attr(name).map(nfc).unwrap_or_default(),
        None => blocks::line(element),
    }
}
