//! What every handler has at hand.

use super::cache::Cache;
use super::desk::Drafts;
use super::gate::{Gate, Now};
use super::look::{Look, Looks};
use super::render::Pages;
use super::snapshot::Snapshot;
use crate::archive::Archive;
use crate::error::Result;
use crate::record::Record;
use crate::record::contests::Contest;
use crate::store::Store;
use crate::time::Time;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// What the driver hands in: the page itself opens nothing and reads no clock.
pub struct Parts {
    /// The index.
    pub store: Arc<Store>,
    /// The captures.
    pub archive: Archive,
    /// The journal, its files, and who may sign in.
    pub record: Record,
    /// The reverse proxies whose word about a visitor's address is believed.
    pub proxies: Vec<IpAddr>,
    /// What is shown now.
    pub snapshot: Snapshot,
    /// Makes a new snapshot from store, journal and rules.
    pub reload: Box<dyn Fn() -> Result<Snapshot> + Send + Sync>,
    /// The time.
    pub now: Arc<dyn Fn() -> Time + Send + Sync>,
}

/// The application.
pub struct App {
    /// The index.
    pub(super) store: Arc<Store>,
    /// The captures.
    pub(super) archive: Archive,
    /// The journal and its files.
    pub(super) record: Record,
    /// The trusted reverse proxies.
    pub(super) proxies: Vec<IpAddr>,
    /// Who is let in.
    pub(super) gate: Gate,
    /// Ledgers looked at and not taken yet.
    pub(super) drafts: Drafts,
    /// The templates.
    pub(super) pages: Pages,
    snapshot: RwLock<Arc<Snapshot>>,
    reload: Box<dyn Fn() -> Result<Snapshot> + Send + Sync>,
    now: Now,
    /// Since when a night has been running.
    night: RwLock<Option<Time>>,
    /// Counts what changed pages, so that kept ones are known to be old.
    generation: AtomicU64,
    /// What people asked to have reviewed, read when first needed.
    contests: Mutex<Option<Arc<Vec<Contest>>>>,
    /// See [`Looks`].
    pub(super) looks: Looks,
    /// The pages made since.
    pub(super) cache: Cache,
}

impl App {
    /// Puts it together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            store: parts.store,
            archive: parts.archive,
            gate: Gate::new(parts.record.clone(), &parts.now),
            drafts: Drafts::default(),
            record: parts.record,
            proxies: parts.proxies,
            pages: Pages::new(),
            snapshot: RwLock::new(Arc::new(parts.snapshot)),
            reload: parts.reload,
            now: parts.now,
            night: RwLock::default(),
            generation: AtomicU64::new(0),
            contests: Mutex::default(),
            looks: Box::new(|_, _| Ok(Look::Foreign)),
            cache: Cache::new(),
        }
    }

    /// What is shown now; a page keeps the one it began with.
    pub(super) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes a new snapshot; call it after a night or a decision, off the async threads.
    ///
    /// # Errors
    /// Store or journal cannot be read; the old one stays.
    pub fn refresh(&self) -> Result<()> {
        let fresh = Arc::new((self.reload)()?);
        // The audit that most visitors come for is made before anybody waits for it.
        fresh.warm()?;
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        self.changed();
        Ok(())
    }

    /// With somebody who takes the wish to have an address looked at; without, every address is foreign.
    #[must_use]
    pub fn with_looks(self, looks: Looks) -> Self {
        Self { looks, ..self }
    }

    /// What people asked to have reviewed.
    pub(super) fn contests(&self) -> Result<Arc<Vec<Contest>>> {
        let mut contests = self.contests.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(read) = &*contests {
            return Ok(Arc::clone(read));
        }
        let read = Arc::new(self.record.contests()?);
        *contests = Some(Arc::clone(&read));
        Ok(read)
    }

    /// Kept pages are old from now on.
    pub(super) fn changed(&self) {
        *self.contests.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.generation.fetch_add(1, Ordering::SeqCst);
    }

    /// Which pages are of now.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }

    /// A night has begun; pages say so and show the last one until [`App::refresh`].
    pub fn night_begins(&self, at: Time) {
        *self.night.write().unwrap_or_else(PoisonError::into_inner) = Some(at);
        self.changed();
    }

    /// The night is over.
    pub fn night_ends(&self) {
        *self.night.write().unwrap_or_else(PoisonError::into_inner) = None;
        self.changed();
    }

    /// Since when a night has been running, while one is.
    pub fn night(&self) -> Option<Time> {
        *self.night.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time.
    pub(super) fn now(&self) -> Time {
        (self.now)()
    }
}
