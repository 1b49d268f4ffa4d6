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
    /// How often [`App::refresh`] was asked for.
    wanted: AtomicU64,
    /// How many of these what is shown takes account of; held from a reload to its showing, so that
    /// an older one never takes the place of a newer.
    shown: Mutex<u64>,
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
            wanted: AtomicU64::new(0),
            shown: Mutex::new(0),
            now: parts.now,
            night: RwLock::default(),
            generation: AtomicU64::new(0),
            contests: Mutex::default(),
            looks: Box::new(|_, _, _| Ok(Look::Foreign)),
            cache: Cache::new(),
        }
    }

    /// What is shown now; a page keeps the one it began with.
    pub(super) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes a new snapshot, or waits for one that began after this call; call it after a night or a
    /// decision, off the async threads.
    ///
    /// # Errors
    /// Store or journal cannot be read; the old one stays.
    pub fn refresh(&self) -> Result<()> {
        let mine = self.wanted.fetch_add(1, Ordering::SeqCst) + 1;
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if *shown >= mine {
            return Ok(());
        }
        // Whoever asked before the reload begins is served by it; whoever asks later is not.
        let served = self.wanted.load(Ordering::SeqCst);
        let fresh = Arc::new((self.reload)()?);
        // The audit that most visitors come for is made before anybody waits for it.
        fresh.warm()?;
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        *shown = served;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::World;
    use crate::data::Data;
    use crate::rules::Rules;
    use crate::time;
    use crate::web::Night;
    use std::sync::Barrier;
    use std::sync::mpsc::{Receiver, channel};
    use std::thread;

    /// A snapshot that bears a number.
    fn numbered(n: u64) -> Snapshot {
        let night = Night { watched: usize::try_from(n).unwrap(), ..Night::default() };
        Snapshot::new(Rules::parse(Data::built_in()).unwrap(), World::new(Vec::new()), night)
    }

    /// An application whose reloads are numbered; each says that it began and waits to be let go.
    fn app(dir: &std::path::Path) -> (App, Receiver<u64>, Arc<Barrier>) {
        let ((began, begun), gate) = (channel(), Arc::new(Barrier::new(2)));
        let (held, reloads) = (Arc::clone(&gate), AtomicU64::new(0));
        let reload = move || {
            let n = reloads.fetch_add(1, Ordering::SeqCst) + 1;
            began.send(n).unwrap();
            // Only the first is slow: what begins later may be done sooner.
            if n == 1 {
                held.wait();
            }
            Ok(numbered(n))
        };
        let app = App::new(Parts {
            store: Arc::new(Store::temporary().unwrap()),
            archive: Archive::new(dir),
            record: Record::new(dir),
            proxies: Vec::new(),
            snapshot: numbered(0),
            reload: Box::new(reload),
            now: Arc::new(|| time::parse("2026-06-11T06:00:00+07:00").unwrap()),
        });
        (app, begun, gate)
    }

    #[test]
    fn a_slow_reload_never_takes_the_place_of_a_later_one_and_waiters_share_one() {
        let dir = tempfile::tempdir().unwrap();
        let (app, begun, gate) = app(dir.path());
        thread::scope(|threads| {
            let first = threads.spawn(|| app.refresh());
            assert_eq!(begun.recv().unwrap(), 1);
            let later: Vec<_> = (0..3).map(|_| threads.spawn(|| app.refresh())).collect();
            while app.wanted.load(Ordering::SeqCst) < 4 {
                thread::yield_now();
            }
            // What came after the first began is not served by it.
            gate.wait();
            first.join().unwrap().unwrap();
            later.into_iter().for_each(|refresh| refresh.join().unwrap().unwrap());
        });
        assert_eq!(app.snapshot().night.watched, 2);
        assert_eq!(begun.try_iter().collect::<Vec<_>>(), [2]);
    }
}
