//! The entries of a list, and how its following page is asked for.

use super::reading::{ListItem, Page};
use super::scan::Scan;
use super::{published, value};
use crate::platform::{Listing, ListingRequest, Pick, Platform, Platforms, Role};
use crate::time::Time;
use scraper::{ElementRef, Html};
use std::collections::HashSet;

/// The entries of a list in order of the page, each address once.
pub(super) fn items(scan: &Scan<'_>, platform: &Platform, platforms: &Platforms) -> Vec<ListItem> {
    let listings = [platform.listing.as_ref(), platforms.generic().listing.as_ref()];
    for listing in listings.into_iter().flatten() {
        let mut seen = HashSet::new();
        let elements = listing.item.iter().flat_map(|pick| scan.index.all(pick));
        let items = elements.filter_map(|e| item(e, listing, scan, platform, platforms));
        let items: Vec<ListItem> = items.filter(|i| seen.insert(i.url.clone())).collect();
        if !items.is_empty() {
            return items;
        }
    }
    Vec::new()
}

fn item(
    element: ElementRef<'_>,
    listing: &Listing,
    scan: &Scan<'_>,
    platform: &Platform,
    platforms: &Platforms,
) -> Option<ListItem> {
    let href =
        listing.link.iter().find_map(|pick| pick.first(element)?.value().attr(pick.attribute().unwrap_or("href")))?;
    let url = scan.absolute(href)?;
    if matches!(platform.role(&url), Role::Skip | Role::Copy | Role::Listing) {
        return None;
    }
    let title = value::inside(&listing.title, element).next().map(|v| v.text).unwrap_or_default();
    Some(ListItem { url, title, date: date(&listing.date, element, platform, platforms) })
}

/// The first of the selected texts that is a date; a relative one ("8 giờ trước") is none.
fn date(picks: &[Pick], element: ElementRef<'_>, platform: &Platform, platforms: &Platforms) -> Option<Time> {
    let read = |text: &str| {
        published::read(text, &platform.dates).or_else(|| published::read(text, &platforms.generic().dates))
    };
    value::inside(picks, element).find_map(|v| read(&v.text)).map(|stamp| stamp.time)
}

/// The request for the page after this one. An answer without entries is the end of the list.
pub(super) fn next(
    page: &Page<'_>,
    items: &[ListItem],
    scan: &Scan<'_>,
    platform: &Platform,
    platforms: &Platforms,
    document: &Html,
    source: &str,
) -> Option<ListingRequest> {
    if let Some(request) = page.request {
        return request.following().filter(|_| !items.is_empty());
    }
    let own = platform.listing.as_ref();
    if let Some(form) = own.and_then(|l| l.form.as_ref()?.compose(document, source, page.url)) {
        return Some(form);
    }
    let listings = [own, platforms.generic().listing.as_ref()];
    let picks = listings.into_iter().flatten().flat_map(|l| &l.next);
    let hrefs = picks.filter_map(|pick| scan.index.first(pick)?.value().attr(pick.attribute().unwrap_or("href")));
    let same_host = |url: &url::Url| url.host_str() == page.url.host_str();
    hrefs.filter_map(|h| scan.absolute(h)).find(|u| u != page.url && same_host(u)).map(|u| ListingRequest::link(&u))
}
