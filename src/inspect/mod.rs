//! What an inspector orders, checked against the rules before anything is written down.
//!
//! The command line and the web page both come here, so that neither takes what the other refuses.
//! Each file is one kind of order: read it, check it, and hand back what the journal is to hold or
//! the bytes to hand out.

pub mod attestation;
pub mod ledger;
pub mod pack;
pub mod ruling;

use crate::error::{Error, Result};
use crate::plan::{Obligation, Plan};
use crate::registry::Unit;
use crate::rules::Rules;
use crate::unit::UnitId;

/// The unit of an id.
///
/// # Errors
/// The registry has none.
pub fn unit<'r>(rules: &'r Rules, id: &UnitId) -> Result<&'r Unit> {
    let unknown = || Error::Input(format!("không có đơn vị «{id}»; xem mã đơn vị trong data/units"));
    rules.registry.get(id).ok_or_else(unknown)
}

/// The duty of an id.
///
/// # Errors
/// The plan has none; names those it has.
pub fn obligation<'p>(plan: &'p Plan, id: &str) -> Result<&'p Obligation> {
    plan.obligation(id).ok_or_else(|| {
        let known: Vec<&str> = plan.obligations.iter().map(|o| o.id.as_str()).collect();
        Error::Input(format!("kế hoạch {} không có nhiệm vụ «{id}»; các nhiệm vụ: {}", plan.id, known.join(", ")))
    })
}
