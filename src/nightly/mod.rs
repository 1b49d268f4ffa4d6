//! The nightly job: crawl, settle, audit every plan in force, write the reports.
//!
//! Composes and decides nothing: each step is a module's one verb. What cannot be seen is part of
//! the result, never the end of the job.

pub mod alarms;
mod desk;
pub mod notes;
pub mod plan_ahead;
mod presence;
mod reader;
pub mod reports;
pub mod stamps;
pub mod summary;
pub mod watermark;

pub use desk::StoreDesk;
pub use reader::{PageReader, Read};

use crate::archive::{Archive, Options, Writer};
use crate::audit::{self, Audit, Change, Selection, World};
use crate::conduct::Conduct;
use crate::coverage::{Cause, Observation};
use crate::crawl::desk::Progress;
use crate::crawl::{self, Bounds, Clock, Report, Run, Stop};
use crate::error::{Error, Result};
use crate::evidence::{self, Key};
use crate::intake::Intake;
use crate::owner::Owner;
use crate::record::{Hand, Record, Via};
use crate::report::NightReport;
use crate::rules::Rules;
use crate::settle::{self, Judge, Settled};
use crate::site::Sites;
use crate::time::{self, Time};
use crate::world::{self, People};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

/// Who signs what the program does by itself.
const PROGRAM: &str = concat!("cchc ", env!("CARGO_PKG_VERSION"));

/// A clock that is kept right by the network goes back a little now and then.
const CLOCK_SLACK: chrono::TimeDelta = chrono::TimeDelta::minutes(5);

/// What a crawl needs beside the state.
pub struct Job<'a> {
    /// The state, held.
    pub owner: &'a Owner,
    /// The rules.
    pub rules: &'a Rules,
    /// The sites.
    pub sites: Arc<Sites>,
    /// The file they were read from, as text; kept with the state.
    pub sites_text: &'a str,
    /// The time.
    pub clock: Clock,
    /// Ends it early.
    pub stop: Stop,
    /// Said in the archive, such as that it is a demo.
    pub description: Option<&'a str>,
    /// Told of each request.
    pub requests: &'a (dyn Fn(&Progress<'_>) + Sync),
    /// Told how far the other stages are.
    pub stages: &'a (dyn Fn(&str, usize, usize) + Sync),
}

/// What to read, and how far back.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Ids of the sites; empty: all.
    pub only: Vec<String>,
    /// How far back.
    pub bounds: Bounds,
    /// Pages at most.
    pub max_pages: Option<u64>,
    /// When to end.
    pub until: Option<Time>,
}

/// What a night came to.
pub struct Night {
    /// The day it speaks of.
    pub as_of: NaiveDate,
    /// What was read.
    pub crawled: Report,
    /// What was decided.
    pub settled: Settled,
    /// Every plan in force.
    pub audits: Vec<Audit>,
}

/// When a night that begins now must end: the closing of the window, where the file has one.
///
/// # Errors
/// The window is closed; says when it opens.
pub fn end_of_night(sites: &Sites, now: Time) -> Result<Option<Time>> {
    let window = sites.crawler.night_window;
    match window.filter(|window| !window.contains(now)) {
        None => Ok(window.map(|window| window.next_close(now))),
        Some(closed) => Err(Error::Failed(format!(
            "ngoài khung giờ đêm; khung mở lúc {}. Chạy lại khi đó, sửa night_window trong sites.toml, hoặc dùng `cchc crawl`",
            closed.next_open(now).format("%H:%M %d/%m/%Y")
        ))),
    }
}

impl Job<'_> {
    /// The whole night.
    ///
    /// # Errors
    /// The state refuses; what portals refuse is part of the answer.
    pub fn night(&self, scope: &Scope) -> Result<Night> {
        let crawled = self.crawl(scope)?;
        let settled = self.settle()?;
        let as_of = (self.clock)().date_naive();
        let audits = self.audit(as_of)?;
        self.conduct(as_of, &crawled)?;
        Ok(Night { as_of, crawled, settled, audits })
    }

    /// Reads the portals; every answer is archived, then kept.
    ///
    /// # Errors
    /// The disk refuses, or a site is named that the file does not have.
    pub fn crawl(&self, scope: &Scope) -> Result<Report> {
        let state = &self.owner.state;
        let record = Record::new(state.dir());
        self.check_clock()?;
        let hand = Hand { at: (self.clock)(), by: PROGRAM.to_owned(), via: Via::System };
        record.keep_inputs(&hand, &self.rules.data, PROGRAM)?;
        reports::put(state.dir(), "sites.toml", self.sites_text.as_bytes())?;
        let writer = Writer::open(&state.archive(), self.archive_options())?;
        writer.repairs().iter().for_each(|repair| tracing::warn!("{repair}"));
        let judge = Judge::new(self.rules, Some(&self.sites));
        let intake = Intake { store: &self.owner.store, judge: Some(&judge) };
        watermark::begin(&self.owner.store, &record)?;
        let desk = StoreDesk::new(intake, &writer, &self.sites, &self.rules.platforms, self.requests);
        let reader = PageReader { platforms: &self.rules.platforms };
        let run = Run {
            sites: Arc::clone(&self.sites),
            only: scope.only.clone(),
            platforms: Arc::new(self.rules.platforms.clone()),
            bounds: scope.bounds,
            max_pages: scope.max_pages,
            until: scope.until,
            clock: Arc::clone(&self.clock),
            seed: (self.clock)().timestamp().unsigned_abs(),
            stop: self.stop.clone(),
            lookup: crawl::resolve::system_lookup(),
            workers: 0,
        };
        let report = crawl::run(&run, &reader, &desk, &writer).and_then(|mut report| {
            let limits = self.sites.crawler.alarms.unwrap_or_default();
            alarms::of_platforms(&desk, &mut report, &limits, (self.clock)())?;
            Ok(report)
        });
        writer.sync()?;
        self.owner.store.flush()?;
        writer.close()?;
        let report = report?;
        let archive = Archive::new(state.archive());
        watermark::set(&self.owner.store, &archive)?;
        // The night's captures and everything people did since the last one, under one signature.
        let hand = Hand { at: (self.clock)(), by: PROGRAM.to_owned(), via: Via::System };
        evidence::seal(&archive, &record, &Key::of(state.dir())?, &hand)?;
        if !self.stop.is_stopped() {
            let asked = stamps::ask(&record, &self.sites, &hand, &crawl::resolve::system_lookup())?;
            if asked.kept > 0 {
                tracing::info!(kept = asked.kept, "đã nhận {} dấu thời gian trên niêm phong", asked.kept);
            }
            asked.missing.iter().for_each(|missing| tracing::warn!("{missing}"));
        }
        Ok(report)
    }

    /// Refuses a clock that was set back: readings, seals and journal go by time, and one that
    /// seems older than those before it would be taken for them.
    fn check_clock(&self) -> Result<()> {
        let mut last = None;
        for reading in self.owner.store.observations() {
            last = last.max(Some(reading?.at));
        }
        let now = (self.clock)();
        match last.filter(|last| now + CLOCK_SLACK < *last) {
            None => Ok(()),
            Some(last) => Err(Error::Failed(format!(
                "đồng hồ máy chỉ {}, sớm hơn lượt đọc trước ({}); chỉnh lại giờ của máy rồi chạy lại, chưa có gì bị ghi",
                now.format("%H:%M %d/%m/%Y"),
                last.format("%H:%M %d/%m/%Y")
            ))),
        }
    }

    /// Decides about everything that is not decided yet.
    ///
    /// # Errors
    /// The store refuses.
    pub fn settle(&self) -> Result<Settled> {
        let settled = settle::settle(&self.owner.store, &Judge::new(self.rules, Some(&self.sites)), &self.stages)?;
        watermark::end(&self.owner.store)?;
        Ok(settled)
    }

    /// Audits every plan in force on a day and writes the reports.
    ///
    /// # Errors
    /// The state cannot be read or written.
    pub fn audit(&self, as_of: NaiveDate) -> Result<Vec<Audit>> {
        let state = &self.owner.state;
        let people = world::people(state, Some(time::end_of(as_of)))?;
        let view = self.owner.view();
        let mut world = world::assemble(&view, self.rules, Some(&self.sites), people.clone())?;
        let folder = state.reports().join(as_of.to_string());
        let (mut audits, mut old) = (Vec::new(), BTreeMap::new());
        for plan in reports::in_force(self.rules, as_of) {
            let audit = reports::audit_plan(self.rules, plan, &mut world, as_of, &Selection::default())?;
            let changes = self.changed_by_rules(&audit, &people, &mut old)?;
            reports::write(&folder, self.rules, plan, &audit, &changes)?;
            audits.push(audit);
        }
        Ok(audits)
    }

    /// What differs from an audit of the same day by the rules of the night before: the rules'
    /// doing and nothing else. `old` keeps the rules and the world of each earlier night from plan to
    /// plan: every article is assessed anew by them, which takes as long as the night's own audit.
    fn changed_by_rules(
        &self,
        audit: &Audit,
        people: &People,
        old: &mut BTreeMap<NaiveDate, Option<(Rules, World)>>,
    ) -> Result<Vec<Change>> {
        let state = &self.owner.state;
        let Some(before) = reports::previous(&state.reports(), &audit.plan, audit.as_of) else { return Ok(Vec::new()) };
        let same =
            ["plan", "registry", "lexicons", "program"].iter().all(|n| before.inputs.get(*n) == audit.inputs.get(*n));
        if same {
            return Ok(Vec::new());
        }
        let known = match old.entry(before.as_of) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(self.by_rules_of(before.as_of, people)?),
        };
        let Some((rules, world)) = known else { return Ok(Vec::new()) };
        let Ok(plan) = rules.plans.get(&audit.plan) else { return Ok(Vec::new()) };
        let by_old = reports::audit_plan(rules, plan, world, audit.as_of, &Selection::default())?;
        Ok(audit::changes(&by_old, audit))
    }

    /// The rules of an earlier night and today's world as they see it; `None` where they are not known
    /// or cannot be read any more.
    fn by_rules_of(&self, night: NaiveDate, people: &People) -> Result<Option<(Rules, World)>> {
        let record = Record::new(self.owner.state.dir());
        let Some(data) = record.inputs_at(time::end_of(night))? else { return Ok(None) };
        let rules = match Rules::parse(data) {
            Ok(rules) => rules,
            Err(error) => {
                tracing::warn!(%night, %error, "không so được với quy tắc đêm {night}");
                return Ok(None);
            }
        };
        let world = world::assemble(&self.owner.view(), &rules, Some(&self.sites), people.clone())?;
        Ok(Some((rules, world)))
    }

    /// Writes how we behaved, for everyone.
    fn conduct(&self, as_of: NaiveDate, crawled: &Report) -> Result<()> {
        let sites = self.with_earlier_runs(as_of, crawled)?;
        let conduct: Vec<_> = sites.iter().map(|(_, conduct)| conduct).collect();
        let readings = crawled.sites.iter().map(|(seen, _)| seen);
        let alarms: Vec<_> = readings.filter(|seen| seen.cause.is_some_and(Cause::is_alarm)).collect();
        let json = serde_json::json!({ "schema": 1, "as_of": as_of, "alarms": alarms, "sites": conduct });
        let bytes = serde_json::to_vec_pretty(&json).map_err(|e| Error::Failed(e.to_string()))?;
        let folder = self.owner.state.reports().join(as_of.to_string());
        let report = NightReport { as_of, sites: &sites };
        reports::put(&folder, "conduct.json", &bytes)?;
        reports::put(&folder, "conduct.txt", &report.table())?;
        reports::put(&folder, "conduct.html", &report.html()?)?;
        reports::put(&folder, "conduct.xlsx", &report.xlsx()?)
    }

    /// The last reading of each site, with what all runs that ended on this day asked of it.
    fn with_earlier_runs(&self, as_of: NaiveDate, crawled: &Report) -> Result<Vec<(Observation, Conduct)>> {
        let mut sites = crawled.sites.clone();
        for (seen, conduct) in &mut sites {
            let own = conduct.from;
            for day in [as_of.pred_opt(), Some(as_of)].into_iter().flatten() {
                for row in self.owner.store.notes(&notes::CONDUCT, &format!("{} {day}", seen.site)) {
                    let (_, run) = row?;
                    if run.from != own && run.to.date_naive() == as_of {
                        conduct.add(&run);
                    }
                }
            }
        }
        Ok(sites)
    }

    fn archive_options(&self) -> Options {
        Options {
            operator: self.sites.crawler.contact.clone().unwrap_or_default(),
            info: self.description.map(|text| ("description".to_owned(), text.to_owned())).into_iter().collect(),
            ..Options::default()
        }
    }
}
