//! One item under one duty: whether it counts, and the first reason that applies.

use super::candidate::{Candidate, Source};
use super::known::Known;
use super::newness::{self, Before, Newness};
use super::rhythm::{Ask, Counting};
use super::verdict::ItemReason;
use crate::article::{Channel, Kind};
use crate::decision::{Decision, LedgerLine, Outcome, Ruling};
use crate::period::Period;
use crate::registry::Unit;
use chrono::NaiveDate;

/// What was found about an item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Finding<'a> {
    pub reason: ItemReason,
    pub counted: bool,
    pub because: Because<'a>,
}

/// What the reason rests on, for the sentence that opens it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Because<'a> {
    /// Nothing beside the reason itself.
    Plain,
    /// A person decided.
    Ruled(&'a Decision),
    /// It stands on a host that may not be the unit's.
    Unconfirmed,
    /// Without a date it has no period.
    Undated,
    /// The ledger puts it into the period of this day.
    Received(NaiveDate),
    /// The same text, posted or sent before: position among the unit's items.
    Copy(usize),
    /// Part of it stood before.
    Before(Before<'a>),
    /// The intake desk refused it.
    Refused(&'a LedgerLine),
    /// It serves the duty at this position.
    Serves(usize),
}

impl<'a> Finding<'a> {
    fn not(reason: ItemReason, because: Because<'a>) -> Self {
        Self { reason, counted: false, because }
    }

    /// Out of the period it was posted in, because of what [`Because`] says.
    pub(super) fn out_of_period(because: Because<'a>) -> Self {
        Self::not(ItemReason::OutOfPeriod, because)
    }

    /// Spent on another duty.
    pub(super) fn serves(other: usize) -> Self {
        Self::not(ItemReason::UsedForOtherDuty, Because::Serves(other))
    }

    /// Counted or not because a person said so.
    pub(super) fn ruled(decision: &'a Decision, counted: bool) -> Self {
        Self { reason: ItemReason::Overruled, counted, because: Because::Ruled(decision) }
    }
}

/// The last decision whether an item counts for a duty, with the one period it is for.
pub(super) fn counted_by<'a>(
    known: &Known<'a>,
    duty: &Counting<'_>,
    item: &Candidate<'a>,
    slot: Option<Period>,
) -> Option<(&'a Decision, bool, Option<Period>)> {
    item.rulings.iter().rev().find_map(|decision| match &decision.ruling {
        Ruling::Counted { value, plan, obligation, period }
            if *plan == known.plan.id
                && *obligation == duty.obligation.id
                && (slot.is_none() || period.is_none() || *period == slot) =>
        {
            Some((*decision, *value, *period))
        }
        _ => None,
    })
}

/// Judges an item under a duty, its period and other duties aside.
pub(super) fn judge<'a>(known: &Known<'a>, unit: &Unit, ask: &Ask<'_>, item: &Candidate<'a>) -> Finding<'a> {
    if let Some(decision) = item.withdrawn() {
        return Finding::not(ItemReason::Withdrawn, Because::Ruled(decision));
    }
    match item.source {
        Source::Line(line) => of_line(ask, item, line),
        Source::Post(_) => of_post(known, unit, ask, item),
    }
}

fn of_post<'a>(known: &Known<'a>, unit: &Unit, ask: &Ask<'_>, item: &Candidate<'a>) -> Finding<'a> {
    use ItemReason as R;
    let site = item.post().and_then(|post| post.site.as_deref());
    if known.sight.is_unconfirmed(site) {
        return Finding::not(R::Unattributed, Because::Unconfirmed);
    }
    if !ask.channels.contains(&item.channel()) {
        return Finding::not(R::WrongChannel, Because::Plain);
    }
    if !ask.is_themed() && !item.traits.cchc {
        return Finding::not(R::NotCchc, Because::Plain);
    }
    if let Some(before) = newness::cross_posted(known, item) {
        return Finding::not(R::CrossPosted, Because::Before(before));
    }
    if let Some(original) = copy(item) {
        return Finding::not(R::Repost, Because::Copy(original));
    }
    let newness = ask.novelty.map_or(Newness::New, |rule| newness::judge(known, unit, item, rule, ask.sent));
    if let Newness::Old(before) = newness {
        return Finding::not(R::Repost, Because::Before(before));
    }
    if let Some(refusal) = off_theme(ask, item) {
        return refusal;
    }
    let because = if let Newness::Partly(before) = newness { Because::Before(before) } else { Because::Plain };
    Finding { reason: R::Counted, counted: true, because }
}

/// A line of the ledger counts as sent, unless its outcome says not new or off theme.
fn of_line<'a>(ask: &Ask<'_>, item: &Candidate<'a>, line: &'a LedgerLine) -> Finding<'a> {
    use ItemReason as R;
    if !ask.channels.contains(&Channel::CityPage) {
        return Finding::not(R::WrongChannel, Because::Plain);
    }
    if let Some(original) = copy(item) {
        return Finding::not(R::Repost, Because::Copy(original));
    }
    match line.outcome {
        Outcome::NotNew => return Finding::not(R::Repost, Because::Refused(line)),
        Outcome::OffTheme => return Finding::not(R::WrongTopic, Because::Refused(line)),
        Outcome::Posted | Outcome::Received | Outcome::Refused => {}
    }
    off_theme(ask, item).unwrap_or(Finding { reason: R::SentNotPosted, counted: ask.sent, because: Because::Plain })
}

fn off_theme<'a>(ask: &Ask<'_>, item: &Candidate<'a>) -> Option<Finding<'a>> {
    if !ask.takes_theme(&item.traits) {
        return Some(Finding::not(ItemReason::WrongTopic, Because::Plain));
    }
    // An in-depth item is a tin/bài too, so only a duty that asks for in-depth ones refuses by kind.
    let shallow = ask.kind == Some(Kind::ChuyenSau) && item.traits.kind != Kind::ChuyenSau;
    shallow.then(|| Finding::not(ItemReason::WrongKind, Because::Plain))
}

/// The earlier item with the same text, unless an inspector said this one is new.
fn copy(item: &Candidate<'_>) -> Option<usize> {
    item.copy_of.filter(|_| newness::said(item) != Some(true))
}
