//! What could be seen of every watched source, and why not: `/nguon`.

use super::address::Address;
use super::app::App;
use super::error::Refusal;
use super::sorting;
use super::view::{self, View, answer};
use crate::audit::World;
use crate::coverage::{Coverage, Observation, Watched};
use crate::error::in_words;
use crate::registry::Unit;
use crate::time;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use minijinja::{Value, context};
use std::collections::HashMap;
use std::sync::Arc;

/// A source on a day: its last reading, and whether that night left no gap.
pub(super) struct Source<'a> {
    pub site: &'a Watched,
    pub last: Option<&'a Observation>,
    pub seen: bool,
}

/// Every source watched on a day, by host.
pub(super) fn of(world: &World, day: NaiveDate) -> Vec<Source<'_>> {
    let Coverage::Observed { sites, observations } = &world.coverage else { return Vec::new() };
    let mut last: HashMap<&str, &Observation> = HashMap::new();
    for observation in observations.iter().filter(|o| o.at <= time::end_of(day)) {
        let kept = last.entry(&observation.site).or_insert(observation);
        if kept.at <= observation.at {
            *kept = observation;
        }
    }
    let stands =
        |site: &&Watched| site.from.is_none_or(|from| from <= day) && site.until.is_none_or(|until| day <= until);
    let mut sources: Vec<Source<'_>> = Vec::new();
    for site in sites.iter().filter(stands) {
        let last = last.get(site.id.as_str()).copied();
        sources.push(Source { site, last, seen: last.is_some_and(|reading| reading.is_whole_on(day)) });
    }
    sources.sort_by(|a, b| (a.seen, &a.site.host).cmp(&(b.seen, &b.site.host)));
    sources
}

impl Source<'_> {
    /// For a template.
    pub(super) fn value(&self, view: &View<'_>) -> Value {
        let unit = self.site.unit.as_ref();
        let name = unit.and_then(|id| view.snapshot.rules.registry.get(id)).map(Unit::full_name);
        let cause = self.last.and_then(|o| o.cause);
        context! {
            id => &self.site.id,
            host => &self.site.host,
            channel => self.site.channel.name(),
            unit => unit.map(|id| id.as_str()),
            unit_name => name,
            confirmed => self.site.confirmed,
            seen => self.seen,
            at => self.last.map(|o| view::moment(o.at)),
            since => self.last.and_then(|o| o.since).map(view::moment),
            cause => cause.map(|c| c.name()),
            side => cause.map(|c| c.side().name()),
            detail => self.last.map(|o| crate::report::clean(&in_words(&o.detail))),
            why => self.why(),
        }
    }

    /// Why it was not seen, in a clause.
    pub(super) fn why(&self) -> String {
        match self.last {
            None => "chưa đọc lần nào".to_owned(),
            Some(last) => match last.cause {
                Some(cause) => format!("{} ({})", cause.name(), cause.side().name()),
                None if last.since.is_none() => "lần đọc này không bao phủ được khoảng nào".to_owned(),
                None => format!("lần đọc gần nhất: {}", view::moment(last.at)),
            },
        }
    }
}

/// `GET /nguon`
pub(super) async fn page(State(app): State<Arc<App>>, address: Address) -> Response {
    answer(app, address, content).await
}

fn content(view: &View<'_>) -> Result<Response, Refusal> {
    let mut sources = of(&view.snapshot.world, view.day);
    let name = |source: &Source<'_>| {
        let unit = source.site.unit.as_ref().and_then(|id| view.snapshot.rules.registry.get(id));
        (source.seen, sorting::key(unit.map_or("", |unit| &unit.name)))
    };
    sources.sort_by_cached_key(name);
    view.page(
        "sources.html",
        context! {
            watched => sources.len(),
            seen => sources.iter().filter(|source| source.seen).count(),
            sources => sources.iter().map(|source| source.value(view)).collect::<Vec<_>>(),
        },
    )
}
