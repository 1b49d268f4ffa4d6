//! The web page over a state, and the nights that run while it serves.
//!
//! - [`Serving`]: what the pages are made from; makes their snapshots.
//! - [`Nights`]: the nightly job inside the server, on a [`Schedule`] or when asked.
//! - [`run`]: listens until told to stop.

mod look;
mod nights;
mod schedule;

pub use nights::{Nights, check};
pub use schedule::Schedule;

use crate::archive::Archive;
use crate::coverage::Observation;
use crate::crawl::Stop;
use crate::data::Data;
use crate::error::{Error, Result};
use crate::nightly::notes;
use crate::owner::{Owner, View};
use crate::record::Record;
use crate::rules::Rules;
use crate::site::Sites;
use crate::time::Time;
use crate::web::{self, App, Night, Parts, Snapshot};
use crate::world;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long requests under way may take to end when the server stops.
const FAREWELL: Duration = Duration::from_secs(10);

/// Reads something anew whenever it is needed, such as the rule files.
pub type Source<T> = Arc<dyn Fn() -> Result<T> + Send + Sync>;

/// What the page is made from.
pub struct Serving {
    /// The state, held by this process.
    pub owner: Arc<Owner>,
    /// The rule files.
    pub data: Source<Data>,
    /// The time.
    pub now: Arc<dyn Fn() -> Time + Send + Sync>,
    /// Whether the portals are the demo's.
    pub demo: bool,
    /// The reverse proxies whose word about a visitor's address is believed.
    pub proxies: Vec<IpAddr>,
}

impl Serving {
    /// The application, with its first snapshot.
    ///
    /// # Errors
    /// The state or the rules cannot be read.
    pub fn app(self: &Arc<Self>) -> Result<App> {
        let (serving, looking, now) = (Arc::clone(self), Arc::clone(self), Arc::clone(&self.now));
        let snapshot = self.snapshot()?;
        snapshot.warm()?;
        let app = App::new(Parts {
            store: Arc::clone(&self.owner.store),
            archive: Archive::new(self.owner.state.archive()),
            record: Record::new(self.owner.state.dir()),
            proxies: self.proxies.clone(),
            snapshot,
            reload: Box::new(move || serving.snapshot()),
            now,
        });
        Ok(app.with_looks(Box::new(move |shown, address, ask| look::look(&looking, shown, address, ask))))
    }

    fn snapshot(&self) -> Result<Snapshot> {
        let rules = Rules::parse((self.data)()?)?;
        let view = self.owner.view();
        let sites = self.owner.state.crawled_sites()?;
        let world = world::assemble(&view, &rules, sites.as_ref(), world::people(&self.owner.state, None)?)?;
        let today = (self.now)().date_naive();
        let night = night(&view, sites.as_ref(), today, self.demo)?;
        let sites = sites.map(|sites| notes::with_platforms(sites, &view)).transpose()?;
        Ok(Snapshot::new(rules, world, night).with_sites(sites))
    }
}

/// How the last night went: of the sites watched then, those whose last reading left no gap.
fn night(view: &View, sites: Option<&Sites>, today: NaiveDate, demo: bool) -> Result<Night> {
    let mut last: BTreeMap<String, Observation> = BTreeMap::new();
    for observation in view.observations()? {
        last.insert(observation.site.clone(), observation);
    }
    let day = last.values().map(|o| o.at.date_naive()).max().unwrap_or(today);
    let seen = last.values().filter(|reading| reading.is_whole_on(day)).count();
    let watched = sites.map_or(last.len(), |sites| {
        let end = crate::time::end_of(day);
        sites.sites.iter().filter(|site| site.watched_at(end)).count()
    });
    Ok(Night { day, watched, seen, demo })
}

/// Answers requests, and runs the nights, until `stop` is said. Requests under way are finished
/// if they end in time; a night under way stops reading and closes its books.
///
/// # Errors
/// The listener fails.
pub async fn run(
    serving: Arc<Serving>,
    app: Arc<App>,
    nights: Option<Nights>,
    listener: TcpListener,
    stop: Stop,
) -> Result<()> {
    // Before the first page is served, so that who sees one can ask for a night.
    let nights = nights.map(|nights| {
        let asked = nights::asks(&serving);
        tokio::spawn(nights::keep(serving, nights, asked, Arc::clone(&app), stop.clone()))
    });
    let ending = stop.clone();
    let service = web::router(app).into_make_service_with_connect_info::<SocketAddr>();
    let answers = axum::serve(listener, service).with_graceful_shutdown(async move { ending.stopped().await });
    let too_slow = async {
        stop.stopped().await;
        tokio::time::sleep(FAREWELL).await;
    };
    let answered = tokio::select! {
        answered = answers.into_future() => answered,
        () = too_slow => Ok(()),
    };
    stop.stop();
    if let Some(nights) = nights {
        nights.await.map_err(|e| Error::Failed(format!("việc hằng đêm dừng giữa chừng: {e}")))?;
    }
    answered.map_err(|e| Error::io("trang web dừng", e))
}
