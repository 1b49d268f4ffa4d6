//! What the pages show: the world as of the last night, and the audits made of it.

use super::judged::Judged;
use super::lookup::Lookup;
use super::sorting;
use crate::audit::{self, Selection, World};
use crate::error::Result;
use crate::period::Period;
use crate::plan::Plan;
use crate::rules::Rules;
use crate::site::Sites;
use crate::unit::UnitId;
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Audits kept; another date takes the place of the one that was asked for longest ago.
const MOST: usize = 32;

/// The state of affairs that pages are made from.
pub struct Snapshot {
    /// The rules in force.
    pub rules: Rules,
    /// Everything an audit is told.
    pub world: World,
    /// The last night.
    pub night: Night,
    /// The sites as they were last crawled, with the platforms that were recognised there.
    pub sites: Option<Sites>,
    audits: Mutex<BTreeMap<Wanted, Kept>>,
    asked: AtomicU64,
    /// Held while an audit is made, so that nobody makes the same one beside it.
    making: Mutex<()>,
    lookup: OnceLock<Lookup>,
    order: OnceLock<HashMap<UnitId, usize>>,
}

/// How the last night went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Night {
    /// The day it speaks of: the default date of every page.
    pub day: NaiveDate,
    /// Sites that are watched.
    pub watched: usize,
    /// Sites that were seen without a gap.
    pub seen: usize,
    /// Whether the portals are the demo's.
    pub demo: bool,
}

/// Plan, day, and the period of the reporting calendar summed over.
type Wanted = (String, NaiveDate, Option<Period>);

/// An audit, and when it was last asked for.
type Kept = (u64, Arc<Judged>);

impl Snapshot {
    /// Wraps what the driver put together.
    #[must_use]
    pub fn new(rules: Rules, world: World, night: Night) -> Self {
        Self {
            rules,
            world,
            night,
            sites: None,
            audits: Mutex::default(),
            asked: 0.into(),
            making: Mutex::default(),
            lookup: OnceLock::new(),
            order: OnceLock::new(),
        }
    }

    /// With the sites that were crawled, for whoever asks about an address that was not seen.
    #[must_use]
    pub fn with_sites(self, sites: Option<Sites>) -> Self {
        Self { sites, ..self }
    }

    /// The audit of a plan as of a day, computed once; summed over a period of the reporting calendar
    /// where one is named.
    ///
    /// # Errors
    /// As [`audit::audit`].
    pub fn audit(&self, plan: &Plan, as_of: NaiveDate, summed: Option<Period>) -> Result<Arc<Judged>> {
        let key = (plan.id.clone(), as_of, summed);
        if let Some(audit) = self.made(&key) {
            return Ok(audit);
        }
        let _alone = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(audit) = self.made(&key) {
            return Ok(audit);
        }
        let selection = Selection { periods: summed.into_iter().collect(), ..Selection::default() };
        let mut audit = audit::audit(plan, &self.rules.registry, &self.world, as_of, &selection)?;
        audit.inputs.extend(self.rules.hashes(&plan.id));
        let audit = Arc::new(Judged::new(audit));
        let turn = self.asked.fetch_add(1, Ordering::Relaxed);
        let mut audits = self.audits.lock().unwrap_or_else(PoisonError::into_inner);
        if audits.len() >= MOST {
            let oldest = audits.iter().min_by_key(|(_, (asked, _))| *asked).map(|(key, _)| key.clone());
            oldest.map(|key| audits.remove(&key));
        }
        audits.insert(key, (turn, Arc::clone(&audit)));
        Ok(audit)
    }

    /// An audit that was made before.
    fn made(&self, key: &Wanted) -> Option<Arc<Judged>> {
        let turn = self.asked.fetch_add(1, Ordering::Relaxed);
        let mut audits = self.audits.lock().unwrap_or_else(PoisonError::into_inner);
        let (asked, audit) = audits.get_mut(key)?;
        *asked = turn;
        Some(Arc::clone(audit))
    }

    /// Makes what the first visitors would wait for.
    ///
    /// # Errors
    /// As [`audit::audit`].
    pub fn warm(&self) -> Result<()> {
        self.lookup();
        let day = self.night.day;
        if let Some(plan) = self.main_plan(day) {
            self.audit(plan, day, None)?.places();
        }
        Ok(())
    }

    /// Posts by what people type.
    pub(super) fn lookup(&self) -> &Lookup {
        self.lookup.get_or_init(|| Lookup::new(&self.world))
    }

    /// Where a unit stands among all: by group, then by name as Vietnamese dictionaries sort.
    pub(super) fn rank(&self, unit: &UnitId) -> Option<usize> {
        let order = self.order.get_or_init(|| {
            let mut units: Vec<_> = self.rules.registry.units().iter().collect();
            units.sort_by_cached_key(|unit| (unit.group, sorting::key(&unit.name)));
            units.into_iter().zip(0..).map(|(unit, n)| (unit.id.clone(), n)).collect()
        });
        order.get(unit).copied()
    }

    /// The plan in force on a day that binds most units; else the last one that was.
    #[must_use]
    pub fn main_plan(&self, day: NaiveDate) -> Option<&Plan> {
        let binds = |plan: &&Plan| {
            let bound = |unit: &&crate::registry::Unit| {
                let names = |who: &crate::plan::Who| who.groups.contains(&unit.group) || who.units.contains(&unit.id);
                plan.obligations.iter().any(|duty| names(&duty.who))
            };
            self.rules.registry.units().iter().filter(bound).count()
        };
        let in_force = self.rules.plans.iter().filter(|plan| plan.from <= day && day <= plan.until);
        in_force.max_by_key(binds).or_else(|| self.rules.plans.iter().max_by_key(|plan| plan.until))
    }
}
