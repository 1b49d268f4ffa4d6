//! `cchc sites check`: is a portal reachable, allowed, understood, and whose it says it is.
//!
//! A small crawl of a few pages into a store that is thrown away. What it learns for good — that a
//! guessed host shows its unit's own name — is noted in archive and store, so that verdicts may
//! rest on that site from now on.

use crate::archive::{Note, Options, Writer};
use crate::conduct::Conduct;
use crate::coverage::Observation;
use crate::crawl::desk::{Desk as _, Page, Reader, Reading};
use crate::crawl::{self, Bounds, Clock, Run, Stop};
use crate::error::{Error, Result};
use crate::intake::Intake;
use crate::nightly::{PageReader, Read, StoreDesk};
use crate::owner::Owner;
use crate::registry::Unit;
use crate::rules::Rules;
use crate::site::{Confidence, Site, Sites};
use crate::store::Store;
use crate::text;
use crate::world::CONFIRMED;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Pages asked for at most: robots.txt aside, the home page, a feed or list, and some articles.
const PAGES: u64 = 8;
/// Articles shown.
const SHOWN: usize = 3;

/// What a check found.
#[derive(Debug, Clone)]
pub struct Checkup {
    /// The site's id.
    pub site: String,
    /// How the reading ended.
    pub seen: Observation,
    /// What it asked for, and what robots.txt said.
    pub conduct: Conduct,
    /// The platform its pages were recognised as.
    pub platform: Option<String>,
    /// Whether a page shows the name of the unit whose portal it is; `None`: it is nobody's.
    pub names_unit: Option<bool>,
    /// The first articles: title and date as shown.
    pub articles: Vec<(String, String)>,
}

impl Checkup {
    /// Whether the portal answered and something on it was understood.
    #[must_use]
    pub fn is_good(&self) -> bool {
        !self.articles.is_empty() && self.names_unit != Some(false)
    }
}

/// Everything a check needs.
pub struct Desk<'a> {
    /// The rules.
    pub rules: &'a Rules,
    /// The sites, those to be checked among them.
    pub sites: Arc<Sites>,
    /// The time.
    pub clock: Clock,
    /// Ends it early.
    pub stop: Stop,
}

impl Desk<'_> {
    /// Checks one site.
    ///
    /// # Errors
    /// The site is not in the file, or there is no room for a temporary store.
    pub fn check(&self, id: &str) -> Result<Checkup> {
        let missing = || Error::Input(format!("không có cổng «{id}» trong tệp; xem `cchc sites list`"));
        let site = self.sites.get(id).ok_or_else(missing)?;
        let unit = site.unit.as_ref().and_then(|unit| self.rules.registry.get(unit));
        let store = Store::temporary()?;
        let folder = Scratch::new()?;
        let writer = Writer::open(folder.path(), Options::default())?;
        let reader = NameReader::new(PageReader { platforms: &self.rules.platforms }, unit);
        let intake = Intake { store: &store, judge: None };
        let desk = StoreDesk::new(intake, &writer, &self.sites, &self.rules.platforms, &|_| {});
        let report = crawl::run(&self.run(id), &reader, &desk, &writer)?;
        let (seen, conduct) = report.sites.into_iter().next().ok_or_else(missing)?;
        Ok(Checkup {
            site: id.to_owned(),
            seen,
            conduct,
            platform: desk.site(id).platform,
            names_unit: unit.map(|_| reader.seen.load(Ordering::Relaxed)),
            articles: first_articles(&store)?,
        })
    }

    fn run(&self, id: &str) -> Run {
        Run {
            sites: Arc::clone(&self.sites),
            only: vec![id.to_owned()],
            platforms: Arc::new(self.rules.platforms.clone()),
            bounds: Bounds::default(),
            max_pages: Some(PAGES),
            until: None,
            clock: Arc::clone(&self.clock),
            seed: 0,
            stop: self.stop.clone(),
            lookup: crawl::resolve::system_lookup(),
            workers: 1,
        }
    }

    /// Notes for good that a guessed host shows its unit's own name.
    ///
    /// # Errors
    /// Archive or store refuse.
    pub fn confirm(&self, owner: &Owner, found: &Checkup) -> Result<bool> {
        let guess = self.sites.get(&found.site).is_some_and(|site| site.confidence == Confidence::Guess);
        if !guess || found.names_unit != Some(true) {
            return Ok(false);
        }
        let at = (self.clock)();
        let data = serde_json::json!({ "at": at.to_rfc3339(), "saw": "tên đơn vị trên cổng" });
        let writer = Writer::open(&owner.state.archive(), Options::default())?;
        writer.note(&Note::new(&CONFIRMED, &found.site, at, &data)?)?;
        writer.close()?;
        owner.store.put_note(&CONFIRMED, &found.site, &data)?;
        owner.store.flush()?;
        Ok(true)
    }
}

fn first_articles(store: &Store) -> Result<Vec<(String, String)>> {
    let mut articles: Vec<_> = store.heads().collect::<Result<_>>()?;
    articles.sort_by_key(|article| std::cmp::Reverse(article.published));
    let date = |at: Option<crate::time::Time>| at.map(|at| at.format("%d/%m/%Y %H:%M").to_string()).unwrap_or_default();
    Ok(articles.into_iter().take(SHOWN).map(|a| (a.title, date(a.published))).collect())
}

/// The proposed entry for a portal nobody listed: what was recognised, and what a person must fill in.
#[must_use]
pub fn proposal(site: &Site, found: &Checkup) -> String {
    let mut entry = format!("[[site]]\nid = \"{}\"\nhost = \"{}\"\n", site.id, site.host);
    entry.push_str(&format!("channel = \"{}\"\n", site.channel.id()));
    match &site.unit {
        Some(unit) => entry.push_str(&format!("unit = \"{unit}\"\n")),
        None => {
            entry.push_str("# unit = \"…\"   # nếu là cổng của một đơn vị, đổi channel thành own-portal và điền mã\n")
        }
    }
    if found.names_unit == Some(false) {
        entry.push_str("confidence = \"guess\"   # chưa thấy tên đơn vị trên cổng\n");
    }
    if let Some(platform) = &found.platform {
        entry.push_str(&format!("platform = \"{platform}\"\n"));
    }
    entry
}

/// Reads pages as the crawl does, and watches for the unit's name.
struct NameReader<'a> {
    inner: PageReader<'a>,
    names: Vec<String>,
    seen: AtomicBool,
}

impl<'a> NameReader<'a> {
    fn new(inner: PageReader<'a>, unit: Option<&Unit>) -> Self {
        // Abbreviations such as SNV are too short to prove anything.
        let names = unit.iter().flat_map(|unit| unit.aliases.iter().cloned().chain([unit.full_name()]));
        let names = names.map(|name| text::normal(&name)).filter(|name| name.contains(' ')).collect();
        Self { inner, names, seen: AtomicBool::new(false) }
    }
}

impl Reader for NameReader<'_> {
    type Article = Box<Read>;

    fn read(&self, page: &Page<'_>) -> Reading<Self::Article> {
        if !self.seen.load(Ordering::Relaxed) {
            let shown = text::normal(&text::nfc(&String::from_utf8_lossy(page.body)));
            if self.names.iter().any(|name| shown.contains(name)) {
                self.seen.store(true, Ordering::Relaxed);
            }
        }
        self.inner.read(page)
    }
}

/// A folder for the captures of a check, gone afterwards.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let name = format!("cchc-check-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).map_err(|e| Error::io(format!("không tạo được {}", path.display()), e))?;
        Ok(Self(path))
    }

    fn path(&self) -> &std::path::Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays behind in the temporary folder harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
