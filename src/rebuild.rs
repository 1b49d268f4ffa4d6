//! The store anew, from what is durable: archive, journal, files.
//!
//! Replays every capture through the same steps as the crawl, in the order in which they were
//! written, with the imports of the journal in their place between them. Losing the store loses
//! nothing; the audit afterwards equals the one before.

use crate::archive::{Archive, Capture, Note, Record as Archived};
use crate::article::CaptureRef;
use crate::crawl::desk::{Nature, Page, Reader as _, Visit};
use crate::crawl::{self, body, discover};
use crate::error::{Error, Result};
use crate::intake::{self, Hint, Intake, Sighting};
use crate::nightly::{PageReader, notes};
use crate::owner::Owner;
use crate::platform::Platform;
use crate::record::{Entry as Journalled, Record, kind};
use crate::rules::Rules;
use crate::settle::{self, Settled};
use crate::site::{Site, Sites};
use crate::store::Store;
use crate::time::{self, Time};
use crate::url::CanonicalUrl;
use crate::world::CONFIRMED;
use std::collections::BTreeMap;

/// What a rebuild came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Captures replayed.
    pub captures: usize,
    /// Articles in the store afterwards.
    pub articles: usize,
    /// What was decided about them.
    pub settled: Settled,
    /// Stretches of the archive that could not be read, a Vietnamese sentence each; what stood
    /// there is missing from the store.
    pub damaged: Vec<String>,
}

/// Makes the store of a held state anew.
///
/// # Errors
/// Archive or journal cannot be read, or the store refuses.
pub fn rebuild(
    owner: &Owner,
    rules: &Rules,
    sites: Option<&Sites>,
    progress: &dyn Fn(&str, usize, usize),
) -> Result<Rebuilt> {
    into(&owner.store, owner, rules, sites, progress)
}

/// Replays everything into a store, which is emptied first; `store check` compares such a copy.
///
/// # Errors
/// As [`rebuild`].
pub fn into(
    store: &Store,
    owner: &Owner,
    rules: &Rules,
    sites: Option<&Sites>,
    progress: &dyn Fn(&str, usize, usize),
) -> Result<Rebuilt> {
    store.clear()?;
    let record = Record::new(owner.state.dir());
    let mut imports: Vec<Journalled> = record.journal().entries()?;
    imports.retain(|entry| entry.kind == kind::IMPORT);
    let mut imports = imports.into_iter().peekable();
    let mut replay = Replay { store, rules, sites, links: BTreeMap::new() };
    let (mut captures, mut damaged) = (0, Vec::new());
    for entry in Archive::new(owner.state.archive()).entries()? {
        let entry = match entry {
            Ok(entry) => entry,
            Err(Error::Failed(why)) => {
                damaged.push(why);
                continue;
            }
            Err(error) => return Err(error),
        };
        while let Some(import) = imports.next_if(|import| import.at <= entry.place.at) {
            intake::import_again(store, &record, &import.data)?;
        }
        match &entry.record {
            Archived::Capture(capture) => {
                captures += 1;
                progress("đọc lại kho lưu trữ", captures, 0);
                replay.capture(capture, &entry.place)?;
            }
            Archived::Attempt(_) => {}
            Archived::Note(note) => replay.note(note)?,
        }
    }
    for import in imports {
        intake::import_again(store, &record, &import.data)?;
    }
    replay.aliases()?;
    let settled = settle::settle(store, rules, sites, progress)?;
    Ok(Rebuilt { captures, articles: store.len(), settled, damaged })
}

struct Replay<'a> {
    store: &'a Store,
    rules: &'a Rules,
    sites: Option<&'a Sites>,
    /// Addresses that pages named, by the key of the page they lead to.
    links: BTreeMap<String, Vec<CanonicalUrl>>,
}

impl Replay<'_> {
    fn intake(&self) -> Intake<'_> {
        Intake { store: self.store }
    }

    fn capture(&mut self, capture: &Capture, place: &CaptureRef) -> Result<()> {
        let site = capture.note("site").and_then(|id| self.sites?.get(id));
        let (Some(site), Some(url)) = (site, CanonicalUrl::parse(&capture.url)) else { return Ok(()) };
        let platform = platform_of(self.rules, site, None);
        let key = crawl::key_of(site, platform, &url);
        if capture.unchanged.is_some() {
            return self.seen_again(&key, place.at);
        }
        let told = |name| capture.note(name).and_then(time::parse);
        self.intake().hint(&url, Hint { feed: told("feed"), sitemap: told("sitemap") })?;
        let readable = body::unpack(capture.header("content-encoding"), &capture.body, usize::MAX);
        match (capture.status, readable) {
            (200, Ok(text)) => self.page(capture, place, site, &url, &text),
            _ => Ok(()),
        }
    }

    /// A page that answered "unchanged" was still there.
    fn seen_again(&self, key: &str, at: Time) -> Result<()> {
        let Some(mut visit) = self.store.visit::<Visit>(key)? else { return Ok(()) };
        visit.at = Some(at);
        visit.unchanged += 1;
        self.store.put_visit(key, &visit)
    }

    fn page(
        &mut self,
        capture: &Capture,
        place: &CaptureRef,
        site: &Site,
        url: &CanonicalUrl,
        text: &[u8],
    ) -> Result<()> {
        let parsed = url.to_url();
        if discover::feed::is_feed(text) || discover::sitemap::is_sitemap(text) {
            return Ok(());
        }
        let page = Page {
            site,
            url: &parsed,
            body: text,
            content_type: capture.header("content-type"),
            platform: site.platform.as_deref(),
            request: None,
            at: place.at,
        };
        let reading = PageReader { platforms: &self.rules.platforms }.read(&page);
        let rules = self.rules;
        let platform = platform_of(rules, site, reading.platform.as_deref());
        let key = crawl::key_of(site, platform, url);
        let linked = reading.links.iter().chain(reading.items.iter().map(|item| &item.url));
        for address in linked.filter_map(CanonicalUrl::new) {
            let to = crawl::key_of(site, platform, &address);
            let known = self.links.entry(to).or_default();
            if !known.contains(&address) {
                known.push(address);
            }
        }
        let article = reading.article.filter(|_| reading.nature == Nature::Article && capture.method == "GET");
        let visit = Visit {
            at: Some(place.at),
            status: capture.status,
            article: article.is_some(),
            etag: capture.header("etag").map(str::to_owned),
            last_modified: capture.header("last-modified").map(str::to_owned),
            capture: Some(place.clone()),
            unchanged: 0,
            first: Some(self.store.visit::<Visit>(&key)?.and_then(|before| before.first).unwrap_or(place.at)),
            text_hash: reading.text_hash,
        };
        self.store.put_visit(&key, &visit)?;
        let Some(extracted) = article else { return Ok(()) };
        let sighting = Sighting { site, key: &key, url, extracted: *extracted, capture: place.clone() };
        self.intake().article(sighting)?;
        self.store.put_look(&site.id, &key, url.as_str())
    }

    fn note(&self, note: &Note) -> Result<()> {
        match note.kind.as_str() {
            notes::OBSERVATION => match serde_json::from_value(note.data.clone()) {
                Ok(observation) => self.store.observe(&observation),
                Err(error) => {
                    tracing::warn!(%error, about = note.about, "an observation in the archive cannot be read");
                    Ok(())
                }
            },
            notes::CONDUCT => {
                let from = note.data.get("from").and_then(serde_json::Value::as_str).unwrap_or_default();
                self.store.put_note(notes::CONDUCT, &format!("{} {from}", note.about), &note.data)
            }
            notes::GONE => match CanonicalUrl::parse(&note.about) {
                Some(url) => self.intake().gone(&url, note.at).map(drop),
                None => Ok(()),
            },
            notes::MEMORY | CONFIRMED => self.store.put_note(&note.kind, &note.about, &note.data),
            _ => Ok(()),
        }
    }

    /// The other addresses under which pages named the articles.
    fn aliases(&self) -> Result<()> {
        for (key, addresses) in &self.links {
            for address in addresses {
                self.intake().alias(key, address)?;
            }
        }
        Ok(())
    }
}

/// The platform of a site's pages, declared or as recognised.
fn platform_of<'r>(rules: &'r Rules, site: &Site, recognised: Option<&str>) -> &'r Platform {
    let named = site.platform.as_deref().or(recognised);
    named.and_then(|id| rules.platforms.get(id)).unwrap_or_else(|| rules.platforms.generic())
}
