//! Evidence for what cannot be crawled: which duty takes it, and what it must bring.

use super::{obligation, unit};
use crate::decision::Attestation;
use crate::error::{Error, Result};
use crate::period::Period;
use crate::plan::{Duty, Obligation};
use crate::record::{Entry, Hand, Record, attached};
use crate::rules::Rules;
use crate::unit::UnitId;

/// What is attested.
#[derive(Debug, Clone, PartialEq)]
pub struct Order<'a> {
    /// The plan.
    pub plan: &'a str,
    /// The obligation.
    pub obligation: &'a str,
    /// The unit.
    pub unit: &'a UnitId,
    /// The period it is for.
    pub period: Period,
    /// The file, with its name as people know it.
    pub file: Option<(&'a str, &'a [u8])>,
    /// A note.
    pub note: &'a str,
}

/// Checks an order, keeps its file and writes it down.
///
/// # Errors
/// No audit would ever look at it, it brings neither note nor a file of a kind that is taken, or the disk refuses.
pub fn record(order: &Order<'_>, rules: &Rules, record: &Record, hand: &Hand) -> Result<Entry> {
    check(order, rules)?;
    let attestation = Attestation {
        seq: 0,
        at: hand.at,
        by: hand.by.clone(),
        plan: order.plan.to_owned(),
        obligation: order.obligation.to_owned(),
        unit: order.unit.clone(),
        period: order.period,
        file: order.file.map(|(_, bytes)| record.files().keep(bytes)).transpose()?,
        file_name: order.file.map(|(name, _)| name.to_owned()),
        note: order.note.trim().to_owned(),
    };
    record.attest(hand, &attestation)
}

/// Refuses what no audit would ever look at, and what says nothing.
///
/// # Errors
/// Says what is wrong and what would do.
pub fn check(order: &Order<'_>, rules: &Rules) -> Result<()> {
    let plan = rules.plans.get(order.plan)?;
    let (duty, unit, period) = (obligation(plan, order.obligation)?, unit(rules, order.unit)?, order.period);
    if !takes(duty) {
        return Err(Error::Input(format!(
            "nhiệm vụ {} đếm bài đã đăng, không nhận minh chứng; sửa từng bài bằng `cchc decide … --counted`",
            duty.id
        )));
    }
    if !duty.who.binds(unit) {
        return Err(Error::Input(format!("nhiệm vụ {} của {} không giao cho {}", duty.id, plan.id, unit.id)));
    }
    if duty.window(period).is_none() {
        let periods: Vec<String> = duty.windows().iter().map(|w| w.period.to_string()).collect();
        return Err(Error::Input(format!("nhiệm vụ {} không có kỳ {period}; các kỳ: {}", duty.id, periods.join(", "))));
    }
    match order.file {
        Some((name, bytes)) => attached::check(name, bytes),
        None if order.note.trim().is_empty() => {
            Err(Error::Input("minh chứng cần một tệp (--file) hoặc một ghi chú (--note)".to_owned()))
        }
        None => Ok(()),
    }
}

/// Whether evidence bears on a duty: one that counts posts takes none.
#[must_use]
pub fn takes(duty: &Obligation) -> bool {
    !matches!(duty.duty, Duty::Counted(_))
}
