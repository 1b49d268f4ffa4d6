//! What the pages show: the world as of the last night, and the audits made of it.

use crate::audit::{self, Audit, Selection, World};
use crate::error::Result;
use crate::period::Period;
use crate::plan::Plan;
use crate::rules::Rules;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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
    audits: Mutex<BTreeMap<Wanted, Kept>>,
    asked: AtomicU64,
    /// Held while an audit is made, so that nobody makes the same one beside it.
    making: Mutex<()>,
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
type Kept = (u64, Arc<Audit>);

impl Snapshot {
    /// Wraps what the driver put together.
    #[must_use]
    pub fn new(rules: Rules, world: World, night: Night) -> Self {
        Self { rules, world, night, audits: Mutex::default(), asked: 0.into(), making: Mutex::default() }
    }

    /// The audit of a plan as of a day, computed once; summed over a period of the reporting calendar
    /// where one is named.
    ///
    /// # Errors
    /// As [`audit::audit`].
    pub fn audit(&self, plan: &Plan, as_of: NaiveDate, summed: Option<Period>) -> Result<Arc<Audit>> {
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
        let audit = Arc::new(audit);
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
    fn made(&self, key: &Wanted) -> Option<Arc<Audit>> {
        let turn = self.asked.fetch_add(1, Ordering::Relaxed);
        let mut audits = self.audits.lock().unwrap_or_else(PoisonError::into_inner);
        let (asked, audit) = audits.get_mut(key)?;
        *asked = turn;
        Some(Arc::clone(audit))
    }

    /// Makes the audit of the page that opens first.
    ///
    /// # Errors
    /// As [`audit::audit`].
    pub fn warm(&self) -> Result<()> {
        let day = self.night.day;
        self.main_plan(day).map_or(Ok(()), |plan| self.audit(plan, day, None).map(drop))
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
