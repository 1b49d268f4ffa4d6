//! The kinds of notes that a night leaves in archive and store; a rebuild reads them back.

use crate::conduct::Conduct;
use crate::coverage::Observation;
use crate::crawl::desk::SiteMemory;
use crate::error::Result;
use crate::intake::Absent;
use crate::note::Kind;
use crate::owner::View;
use crate::site::Sites;
use std::collections::BTreeMap;

/// What a site's crawl remembers, by site.
pub const MEMORY: Kind<SiteMemory> = Kind::new("memory");
/// What was seen of a site, by site; in the archive only, since the store has a table for it.
pub const OBSERVATION: Kind<Observation> = Kind::new("observation");
/// How we behaved on a site: in the archive by site, in the store by [`run_of`].
pub const CONDUCT: Kind<Conduct> = Kind::new("conduct");
/// An article was found gone, by its address: what the server answered; in the archive only.
pub const GONE: Kind<u16> = Kind::new("gone");
/// The same of a first look, which no other has confirmed yet.
pub const MISSING: Kind<u16> = Kind::new("missing");

/// The kind of note that says so.
#[must_use]
pub fn of_absence(how: Absent) -> Kind<u16> {
    match how {
        Absent::Perhaps => MISSING,
        Absent::Surely => GONE,
    }
}

/// The name of a site's run: the site and when it began.
#[must_use]
pub fn run_of(site: &str, conduct: &Conduct) -> String {
    format!("{site} {}", conduct.from.to_rfc3339())
}

/// The sites with the platforms that the crawl recognised, where none is declared: these read addresses.
/// Recognition alone groups nothing, so settings are never taken from what this gives.
///
/// # Errors
/// The state cannot be read.
pub fn with_platforms(mut sites: Sites, view: &View) -> Result<Sites> {
    let mut memories: BTreeMap<String, SiteMemory> = view.notes(&MEMORY)?.into_iter().collect();
    for site in sites.sites.iter_mut().filter(|site| site.platform.is_none()) {
        site.platform = memories.remove(&site.id).and_then(|memory| memory.platform);
    }
    Ok(sites)
}
