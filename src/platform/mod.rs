//! What a kind of portal looks like, read from `data/platforms/*.toml`.
//!
//! A platform says how to tell an article's address from a listing's, which part of the address
//! names the item, where title, date and text stand on the page, and how the next page of a
//! listing is asked for. All of it is data: a new platform is a new file and no code.

mod clutter;
mod date;
mod index;
mod listing;
mod load;
mod pattern;

pub use clutter::{Authors, Clutter, Obstacles, PageClutter};
pub use date::{DatePattern, Stamp};
pub use index::{Index, Wanted};
pub use listing::{Listing, ListingForm, ListingRequest};
pub use pattern::{Pattern, Pick};

use crate::data::Data;
use crate::error::Fault;
use crate::time::Time;
use aho_corasick::{AhoCorasick, MatchKind};
use chrono::NaiveDate;
use scraper::ElementRef;
use std::time::Duration;
use url::Url;

/// The id of the platform that takes every page nobody else recognises.
pub const GENERIC: &str = "generic";

/// What an address leads to, as far as the address tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// One item.
    Article,
    /// A list of items.
    Listing,
    /// A print or mail copy of an item: need not be fetched.
    Copy,
    /// Never an item or a list: log-in, search, calendar, share links.
    Skip,
    /// The address does not tell.
    Unknown,
}

/// Where the parts of an article stand on a page, while one layout was in use.
#[derive(Debug, Clone, Default)]
pub struct Selectors {
    /// First day of this layout.
    pub from: Option<NaiveDate>,
    /// Last day of this layout.
    pub until: Option<NaiveDate>,
    /// The headline.
    pub title: Vec<Pick>,
    /// The lead.
    pub sapo: Vec<Pick>,
    /// The publication time.
    pub published: Vec<Pick>,
    /// Author or source line.
    pub author: Vec<Pick>,
    /// The section.
    pub category: Vec<Pick>,
    /// The element around the text; the first that holds text wins.
    pub body: Vec<Pick>,
    /// What stands inside the body and is not text: related lists, share bars.
    pub remove: Vec<Pick>,
}

impl Selectors {
    /// Whether the layout was in use on a day; without a day every layout may be.
    #[must_use]
    pub fn in_force(&self, day: Option<NaiveDate>) -> bool {
        day.is_none_or(|d| self.from.is_none_or(|from| from <= d) && self.until.is_none_or(|until| d <= until))
    }
}

/// One platform.
#[derive(Debug, Clone)]
pub struct Platform {
    /// Such as `ims`.
    pub id: String,
    /// The name people read.
    pub name: String,
    /// Sites that declare this platform share one server, and so one delay and connection.
    pub shared: bool,
    /// The gap between two requests where neither site nor `[crawler]` sets one.
    pub delay: Option<Duration>,
    /// Layouts, in the order of the file.
    pub selectors: Vec<Selectors>,
    /// Date forms of its own, tried before those of `generic`.
    pub dates: Vec<DatePattern>,
    /// How lists are read and continued.
    pub listing: Option<Listing>,
    /// What may follow the headline in the page's title, such as ` - Cổng thông tin điện tử`.
    pub title_suffixes: Vec<Pattern>,
    /// What is on its pages and is not text.
    pub clutter: Clutter,
    /// What may stand in the place of its pages.
    pub obstacles: Obstacles,
    /// How author lines are written.
    pub authors: Authors,
    marks: Marks,
    addresses: Addresses,
}

/// What tells a platform.
#[derive(Debug, Clone, Default)]
struct Marks {
    source: Vec<String>,
    url: Vec<Pattern>,
}

/// Patterns over path and query.
#[derive(Debug, Clone, Default)]
struct Addresses {
    item: Vec<Pattern>,
    time: Vec<DatePattern>,
    article: Vec<Pattern>,
    listing: Vec<Pattern>,
    copy: Vec<Pattern>,
    skip: Vec<Pattern>,
    further: Vec<Pattern>,
}

impl Platform {
    /// The item id coded in an address: with the host, the identity of an article.
    #[must_use]
    pub fn item_id(&self, url: &Url) -> Option<String> {
        let address = path_and_query(url);
        self.addresses.item.iter().find_map(|p| p.capture(&address)).map(str::to_owned)
    }

    /// The time coded in an address (on IMS of creation, not of publication), if exactly one
    /// reading of its digits is a time.
    #[must_use]
    pub fn url_time(&self, url: &Url) -> Option<Time> {
        let address = path_and_query(url);
        let mut readings = self.addresses.time.iter().filter_map(|p| p.read(&address)).map(|s| s.time);
        let first = readings.next()?;
        readings.all(|other| other == first).then_some(first)
    }

    /// What an address leads to.
    #[must_use]
    pub fn role(&self, url: &Url) -> Role {
        let address = path_and_query(url);
        let is = |patterns: &[Pattern]| patterns.iter().any(|p| p.matches(&address));
        let roles = [
            (&self.addresses.copy, Role::Copy),
            (&self.addresses.skip, Role::Skip),
            (&self.addresses.article, Role::Article),
            (&self.addresses.listing, Role::Listing),
        ];
        roles.into_iter().find(|(patterns, _)| is(patterns)).map_or(Role::Unknown, |(_, role)| role)
    }

    /// Whether an address is that of a further page of some list, such as `?page=2`.
    #[must_use]
    pub fn is_further(&self, url: &Url) -> bool {
        let address = path_and_query(url);
        self.addresses.further.iter().any(|p| p.matches(&address))
    }

    /// Its selectors that are tried on whole pages.
    fn picks(&self) -> impl Iterator<Item = &Pick> {
        let shown =
            self.selectors.iter().flat_map(|s| [&s.title, &s.sapo, &s.published, &s.author, &s.category, &s.body]);
        let listed = self.listing.iter().flat_map(|listing| [&listing.item, &listing.next]);
        shown.chain(listed).flatten()
    }

    /// Whether a page's source or address bears a mark of this platform; `marked`: the source bears
    /// that of some platform.
    fn recognises(&self, source: &str, address: &str, marked: bool) -> bool {
        let by_source = || marked && self.marks.source.iter().any(|m| source.contains(m));
        self.marks.url.iter().any(|p| p.matches(address)) || by_source()
    }
}

/// All platforms, `generic` last.
#[derive(Debug, Clone)]
pub struct Platforms {
    list: Vec<Platform>,
    wanted: Wanted,
    /// All marks that a page's source may bear: most pages bear none, and one look tells.
    marks: AhoCorasick,
}

impl Platforms {
    /// Reads `platforms/*.toml`; all faults of all files at once.
    ///
    /// # Errors
    /// Every fault with file, line and field: unknown fields, selectors and patterns that do not
    /// parse, a missing `platforms/generic.toml`.
    pub fn parse(data: &Data) -> Result<Self, Vec<Fault>> {
        let list = load::platforms(data)?;
        let wanted = Wanted::by(list.iter().flat_map(Platform::picks));
        let sources = list.iter().flat_map(|p| &p.marks.source);
        // Any mark will do; looking for the leftmost goes many bytes at a time.
        let marks = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(sources);
        Ok(Self { wanted, marks: marks.expect("a few dozen short marks make no automaton too large"), list })
    }

    /// An index of a page by what the platforms' selectors ask for, to be filled.
    #[must_use]
    pub fn index<'d>(&self, root: ElementRef<'d>) -> Index<'d> {
        Index::new(root, &self.wanted)
    }

    /// The platform of an id, such as a site's `platform = "ims"`.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Platform> {
        self.list.iter().find(|p| p.id == id)
    }

    /// The platform that takes what nobody recognises.
    #[must_use]
    pub fn generic(&self) -> &Platform {
        self.list.last().expect("parse refuses data without generic.toml")
    }

    /// All of them, `generic` last.
    pub fn iter(&self) -> impl Iterator<Item = &Platform> {
        self.list.iter()
    }

    /// The first platform whose marks a page bears, else `generic`.
    #[must_use]
    pub fn recognise(&self, source: &str, url: &Url) -> &Platform {
        let (address, marked) = (path_and_query(url), self.marks.is_match(source));
        self.list.iter().find(|p| p.recognises(source, &address, marked)).unwrap_or_else(|| self.generic())
    }
}

fn path_and_query(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

#[cfg(test)]
mod tests;
