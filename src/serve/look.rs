//! Addresses that visitors ask the next round to look at: known sites only, a bounded queue.
//!
//! A wish joins what was found on its site and not yet fetched, as an article, so that it comes
//! right after the lists. It stands in the index alone: a rebuild forgets it, and who still wants
//! it asks again.

use super::Serving;
use crate::crawl::desk::{Aim, Hints, SiteMemory, Target, Visit};
use crate::crawl::discover::traps::is_file;
use crate::crawl::robots::{Robots, path_of};
use crate::crawl::{self, AGENT};
use crate::error::Result;
use crate::nightly::notes::MEMORY;
use crate::note::Kind;
use crate::platform::Role;
use crate::site::{Site, address};
use crate::store::Store;
use crate::time::Time;
use crate::url::CanonicalUrl;
use crate::web::{Look, Snapshot};
use serde::{Deserialize, Serialize};
use url::Url;

/// Wishes that may wait at once.
const MOST: usize = 200;

/// What visitors asked for, by the key of the page; in the index only.
const ASKED: Kind<Wish> = Kind::new("asked");

/// A wish that waits.
#[derive(Serialize, Deserialize)]
struct Wish {
    site: String,
    at: Time,
}

/// What can be done for an address, and, where `ask` says so, does it. Anybody may ask, so nothing is
/// read or compiled for it that the pages do not have at hand.
pub(super) fn look(serving: &Serving, shown: &Snapshot, address: &str, ask: bool) -> Result<Look> {
    let Some(canonical) = address::typed(address) else { return Ok(Look::Foreign) };
    let url = canonical.to_url();
    let Some(site) = shown.sites.as_ref().and_then(|sites| sites.covering(&url)) else { return Ok(Look::Foreign) };
    let (store, now) = (&*serving.owner.store, (serving.now)());
    let platforms = &shown.rules.platforms;
    let memory = store.note(&MEMORY, &site.id)?.unwrap_or_default();
    let platform = site.platform.as_deref().or(memory.platform.as_deref()).and_then(|id| platforms.get(id));
    let platform = platform.unwrap_or_else(|| platforms.generic());
    let canonical = as_seeded(canonical, address, site);
    if is_file(url.path()) || matches!(platform.role(&url), Role::Copy | Role::Skip) {
        return Ok(Look::NoPage);
    }
    if is_forbidden(&memory, &url) {
        return Ok(Look::Forbidden);
    }
    let key = crawl::key_of(site, platform, &canonical);
    if let Some(visit) = store.visit::<Visit>(&key)?.filter(Visit::succeeded) {
        // The visit says whether it was an item: one read since what is shown was made is there all the same.
        let (at, status) = (visit.at, visit.status);
        return Ok(if visit.article { Look::Taken { at } } else { Look::Known { at, status } });
    }
    if let Some(wish) = waiting(store, &key)? {
        return Ok(Look::Waiting { since: wish.at });
    }
    if !has_room(store)? {
        return Ok(Look::Full);
    }
    if ask {
        put(store, site, key, canonical, now)?;
        return Ok(Look::Waiting { since: now });
    }
    Ok(Look::Open)
}

/// An address typed without a scheme, with that of the site's seeds.
fn as_seeded(url: CanonicalUrl, address: &str, site: &Site) -> CanonicalUrl {
    let is_plain = site.start().first().is_some_and(|seed| seed.scheme() == "http");
    let plain = format!("http://{}", url.key());
    CanonicalUrl::parse(&plain).filter(|_| is_plain && !address.contains("://")).unwrap_or(url)
}

/// As the site's last robots.txt says; one that was never had forbids nothing yet.
fn is_forbidden(memory: &SiteMemory, url: &Url) -> bool {
    let known = memory.robots.get(&url.origin().ascii_serialization()).filter(|robots| robots.status < 300);
    known.is_some_and(|robots| !Robots::parse(robots.text.as_bytes()).allows(AGENT, &path_of(url.as_str())))
}

/// The wish for a page, while the crawl has not come to it.
fn waiting(store: &Store, key: &str) -> Result<Option<Wish>> {
    let Some(wish) = store.note(&ASKED, key)? else { return Ok(None) };
    Ok(store.is_pending(&wish.site, key)?.then_some(wish))
}

/// Whether fewer wait than may; those that were dealt with are forgotten on the way.
fn has_room(store: &Store) -> Result<bool> {
    let mut waiting = 0;
    for note in store.notes(&ASKED, "").collect::<Vec<_>>() {
        let (key, _) = note?;
        if self::waiting(store, &key)?.is_some() {
            waiting += 1;
        } else {
            store.drop_note(&ASKED, &key)?;
        }
    }
    Ok(waiting < MOST)
}

fn put(store: &Store, site: &Site, key: String, url: CanonicalUrl, now: Time) -> Result<()> {
    let target = Target {
        key: key.clone(),
        url,
        aim: Aim::Article,
        depth: 0,
        via: None,
        hints: Hints::default(),
        request: None,
        list: None,
        tries: 0,
        before: None,
    };
    store.put_pending(&site.id, &key, &target)?;
    store.put_note(&ASKED, &key, &Wish { site: site.id.clone(), at: now })?;
    store.flush()
}
