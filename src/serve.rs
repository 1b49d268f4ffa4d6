//! The web page over a state: makes its snapshots, listens, stops when told.

use crate::archive::Archive;
use crate::coverage::Observation;
use crate::data::Data;
use crate::error::{Error, Result};
use crate::owner::{Owner, View};
use crate::record::Record;
use crate::rules::Rules;
use crate::site::Sites;
use crate::time::Time;
use crate::web::{self, App, Night, Parts, Snapshot};
use crate::world;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// What the page is made from.
pub struct Serving {
    /// The state, held by this process.
    pub owner: Arc<Owner>,
    /// The rule files.
    pub data: Data,
    /// The sites of the last crawl.
    pub sites: Option<Sites>,
    /// The reverse proxies whose word about a visitor's address is believed.
    pub proxies: Vec<IpAddr>,
    /// The time.
    pub now: Arc<dyn Fn() -> Time + Send + Sync>,
    /// Whether the portals are the demo's.
    pub demo: bool,
}

impl Serving {
    /// The application, with its first snapshot.
    ///
    /// # Errors
    /// The state or the rules cannot be read.
    pub fn app(self) -> Result<App> {
        let snapshot = self.snapshot()?;
        let now = Arc::clone(&self.now);
        let state = self.owner.state.clone();
        Ok(App::new(Parts {
            store: Arc::clone(&self.owner.store),
            archive: Archive::new(state.archive()),
            record: Record::new(state.dir()),
            proxies: self.proxies.clone(),
            snapshot,
            reload: Box::new(move || self.snapshot()),
            now,
        }))
    }

    fn snapshot(&self) -> Result<Snapshot> {
        let rules = Rules::parse(self.data.clone())?;
        let view = self.owner.view();
        let world = world::assemble(&view, &rules, self.sites.as_ref(), world::people(&self.owner.state, None)?)?;
        let today = (self.now)().date_naive();
        let night = night(&view, self.sites.as_ref(), today, self.demo)?;
        Ok(Snapshot::new(rules.plans, rules.registry, world, night))
    }
}

/// How the last night went: of the sites watched then, those whose last reading left no gap.
fn night(view: &View, sites: Option<&Sites>, today: NaiveDate, demo: bool) -> Result<Night> {
    let mut last: BTreeMap<String, Observation> = BTreeMap::new();
    for observation in view.observations()? {
        last.insert(observation.site.clone(), observation);
    }
    let day = last.values().map(|o| o.at.date_naive()).max().unwrap_or(today);
    let seen = |o: &&Observation| o.since.is_some() && o.cause.is_none() && o.at.date_naive() == day;
    let watched = sites.map_or(last.len(), |sites| {
        let end = crate::time::end_of(day);
        sites.sites.iter().filter(|site| site.watched_at(end)).count()
    });
    Ok(Night { day, watched, seen: last.values().filter(seen).count(), demo })
}

/// Answers requests until `stop` resolves; requests under way are finished.
///
/// # Errors
/// The address cannot be listened on.
pub async fn listen(app: Arc<App>, address: SocketAddr, stop: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    let failed = |e| Error::io(format!("không lắng nghe được ở {address}"), e);
    let listener = tokio::net::TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    eprintln!("trang web: http://{bound}/ (Ctrl-C để dừng)");
    let service = web::router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await.map_err(failed)
}
