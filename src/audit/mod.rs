//! The audit: plan × articles × coverage × decisions → verdicts with their evidence.
//!
//! Pure: same inputs, same verdicts; it reads no file and no clock (`as_of` is handed in).
//!
//! - [`World`] holds all that is known, indexed once; a [`Post`] is an article without its text.
//! - [`audit`] judges every unit in every period of a plan and answers with an [`Audit`].

mod verdict;
mod world;

pub use verdict::{Audit, Automatic, Gap, Item, ItemReason, Note, Status, ThemeCount, Verdict};
pub use world::{Post, World, dates_contradict, text_identity};

use crate::error::Result;
use crate::period::Period;
use crate::plan::Plan;
use crate::registry::Registry;
use crate::unit::UnitId;
use chrono::NaiveDate;

/// What part of an audit is wanted; the whole plan is computed all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these units; empty: all.
    pub units: Vec<UnitId>,
    /// Exactly these periods; empty: all of the plan. One on the reporting calendar sums the same
    /// duties over its days.
    pub periods: Vec<Period>,
}

/// Audits one plan as of the end of a day.
///
/// # Errors
/// A selection that names an unknown unit, or a period wholly outside the plan's years.
pub fn audit(
    plan: &Plan,
    registry: &Registry,
    world: &World,
    as_of: NaiveDate,
    selection: &Selection,
) -> Result<Audit> {
    let _ = (registry, selection);
    Ok(Audit {
        schema: 1,
        plan: plan.id.clone(),
        as_of,
        program: concat!("cchc ", env!("CARGO_PKG_VERSION")).to_owned(),
        inputs: world.inputs.clone(),
        verdicts: Vec::new(),
    })
}
