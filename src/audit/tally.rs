//! One unit through all its duties: items placed into periods, disputed ones assigned, counted.

use super::candidate::{self, Candidate};
use super::finding::{self, Because, Finding};
use super::known::Known;
use super::rhythm::{Ask, Counting, Rhythm, Slot};
use super::rivalry;
use super::sight::View;
use super::verdict::{ItemReason, Status};
use super::world::{Post, day_of};
use crate::coverage::Cause;
use crate::decision::Attestation;
use crate::period::{Period, Span};
use crate::plan::Window;
use crate::registry::Unit;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What a unit's audit found.
pub(super) struct Tallies<'a> {
    pub candidates: Vec<Candidate<'a>>,
    /// One for each duty and period that binds the unit and has begun, in that order.
    pub tallies: Vec<Tally<'a>>,
}

/// One period of one duty.
pub(super) struct Tally<'a> {
    /// Position of the duty.
    pub duty: usize,
    pub slot: Slot,
    /// Items of the period with what was found, as positions among the candidates.
    pub placed: Vec<(usize, Finding<'a>)>,
    pub evidence: Vec<&'a Attestation>,
    pub counted: u32,
    /// Items that may count once somebody has read them.
    pub unread: u32,
    /// The answer; while items are still being placed, the one if none is found.
    pub status: Status,
    pub view: View,
}

/// Judges one unit. `decided`: with the decisions of people.
pub(super) fn of_unit<'a>(known: &'a Known<'a>, rhythm: &Rhythm<'a>, unit: &'a Unit, decided: bool) -> Tallies<'a> {
    let mut tallies = Vec::new();
    for (n, duty) in rhythm.duties.iter().enumerate().filter(|(_, duty)| duty.obligation.who.binds(unit)) {
        let slots = duty.slots.iter().filter_map(|slot| for_unit(known, unit, slot));
        tallies.extend(slots.map(|slot| Tally::new(known, unit, duty, n, slot)));
    }
    if tallies.is_empty() {
        return Tallies { candidates: Vec::new(), tallies };
    }
    let candidates = candidate::of_unit(known, unit, decided);
    let index = Index::new(&tallies);
    for (n, duty) in rhythm.duties.iter().enumerate() {
        let (Some(ask), periods) = (&duty.ask, index.of(n)) else { continue };
        let placing = Placing { known, unit, duty, ask, periods };
        for (item, candidate) in
            candidates.iter().enumerate().filter(|_| !periods.is_empty() && !ask.channels.is_empty())
        {
            placing.place(item, candidate, &mut tallies);
        }
    }
    for rivals in &rhythm.rivals {
        let of_rivals = rivals.iter().flat_map(|duty| index.of(*duty)).map(|(_, tally)| *tally).collect();
        rivalry::settle(rhythm, of_rivals, &candidates, &mut tallies);
    }
    for tally in &mut tallies {
        let items = tally.placed.iter().filter(|(_, finding)| finding.counted).count() + tally.evidence.len();
        tally.counted = u32::try_from(items).unwrap_or(u32::MAX);
        tally.unread = u32::try_from(tally.unread(&candidates).count()).unwrap_or(u32::MAX);
        tally.status = tally.status_with(known, &rhythm.duties[tally.duty], tally.counted);
    }
    Tallies { candidates, tallies }
}

/// A period as it binds a unit: not before it begins, not if the unit was gone before its end.
fn for_unit(known: &Known<'_>, unit: &Unit, slot: &Slot) -> Option<Slot> {
    let mut slot = *slot;
    let window = &mut slot.window;
    let begins = if window.period.span() == Span::Deadline { known.plan.issued } else { window.first };
    let begins = unit.from.map_or(begins, |from| from.max(begins));
    let exists =
        unit.until.is_none_or(|until| window.last <= until) && unit.from.is_none_or(|from| from <= window.last);
    window.cut |= founded_within(known, unit, window).is_some();
    (begins <= known.as_of && exists).then_some(slot)
}

/// The day a unit was founded, in mid-period and after the plan was issued: it did not have the whole
/// of the period.
pub(super) fn founded_within(known: &Known<'_>, unit: &Unit, window: &Window) -> Option<NaiveDate> {
    unit.from.filter(|from| *from > window.first && *from > known.plan.issued)
}

impl<'a> Tally<'a> {
    fn new(known: &Known<'a>, unit: &'a Unit, duty: &Counting<'_>, n: usize, slot: Slot) -> Self {
        let view = duty.ask.as_ref().map(|ask| known.sight.view(ask.channels, &unit.id, &slot.window));
        // A number can only be reached by items; what cannot be counted is shown by evidence.
        let counted = duty.ask.as_ref().is_some_and(|ask| ask.counted);
        let evidence =
            if counted { Vec::new() } else { known.evidence(&duty.obligation.id, &unit.id, slot.window.period) };
        let view = view.unwrap_or_default();
        let (placed, status) = (Vec::new(), Status::Unmet);
        let mut tally = Self { duty: n, slot, placed, evidence, counted: 0, unread: 0, status, view };
        tally.status = tally.status_with(known, duty, 0);
        tally
    }

    /// Items whose content alone speaks against them, where a picture or a file holds it and nobody has
    /// read it for the program.
    pub(super) fn unread<'s>(&'s self, candidates: &'s [Candidate<'a>]) -> impl Iterator<Item = &'a Post> + 's {
        use ItemReason::{NotCchc, WrongKind, WrongTopic};
        let open = |(item, finding): &(usize, Finding<'a>)| {
            let candidate = &candidates[*item];
            let by_content = matches!(finding.reason, NotCchc | WrongTopic | WrongKind);
            candidate.post().filter(|post| by_content && post.unread && candidate.rulings.is_empty())
        };
        self.placed.iter().filter_map(open)
    }

    /// The answer if so many count.
    fn status_with(&self, known: &Known<'_>, duty: &Counting<'_>, counted: u32) -> Status {
        let window = &self.slot.window;
        let Some(ask) = &duty.ask else {
            return if counted > 0 { Status::Met } else { Status::NeedsEvidence };
        };
        // No data is not "not posted": what stands in a picture was not seen either.
        let may_reach = self.unread > 0 && counted.saturating_add(self.unread) >= self.slot.required;
        let unseen = !self.view.gaps.is_empty() || may_reach;
        let no_portal = self.view.gaps.iter().any(|gap| gap.cause == Cause::NoPortal);
        match (ask.counted, unseen) {
            (false, _) if counted > 0 => Status::Covered,
            (false, true) if !no_portal && known.as_of < window.last => Status::InProgress,
            (false, true) => Status::InsufficientData,
            (false, false) => Status::NotCovered,
            (true, _) if counted >= self.slot.required => Status::Met,
            (true, _) if no_portal => Status::InsufficientData,
            (true, _) if known.as_of < window.last => Status::InProgress,
            (true, _) if window.cut => Status::NotApplicable,
            (true, true) => Status::InsufficientData,
            (true, false) => Status::Unmet,
        }
    }
}

/// The tallies of each duty by the days they hold.
struct Index(BTreeMap<usize, Vec<(Window, usize)>>);

impl Index {
    fn new(tallies: &[Tally<'_>]) -> Self {
        let mut index: BTreeMap<usize, Vec<(Window, usize)>> = BTreeMap::new();
        for (n, tally) in tallies.iter().enumerate() {
            index.entry(tally.duty).or_default().push((tally.slot.window, n));
        }
        Self(index)
    }

    fn of(&self, duty: usize) -> &[(Window, usize)] {
        self.0.get(&duty).map_or(&[], Vec::as_slice)
    }
}

/// The tallies that hold a day; more than one only where periods of one duty overlap.
fn holding(periods: &[(Window, usize)], day: Option<NaiveDate>) -> impl Iterator<Item = usize> {
    let day = day.unwrap_or(NaiveDate::MAX);
    let first = periods.partition_point(|(window, _)| window.last < day);
    periods[first..].iter().filter(move |(window, _)| window.first <= day).map(|(_, tally)| *tally)
}

/// One duty with the items to be placed.
struct Placing<'k, 'a> {
    known: &'k Known<'a>,
    unit: &'k Unit,
    duty: &'k Counting<'a>,
    ask: &'k Ask<'a>,
    periods: &'k [(Window, usize)],
}

impl<'a> Placing<'_, 'a> {
    /// Puts one item into the periods in which a reader looks for it.
    fn place(&self, item: usize, candidate: &Candidate<'a>, tallies: &mut [Tally<'a>]) {
        let received = candidate.received().filter(|_| self.ask.sent || candidate.post().is_none());
        let day = received.or(candidate.posted);
        for tally in holding(self.periods, day) {
            let finding = self.find(candidate, tallies[tally].slot.window.period);
            tallies[tally].placed.push((item, finding));
        }
        let own = |tally: usize| holding(self.periods, day).any(|t| t == tally);
        let mut elsewhere = |day: Option<NaiveDate>, because| {
            for tally in holding(self.periods, day).filter(|tally| !own(*tally)) {
                tallies[tally].placed.push((item, Finding::out_of_period(because)));
            }
        };
        if let Some(received) = received {
            elsewhere(candidate.posted, Because::Received(received));
        }
        if day.is_none() {
            elsewhere(candidate.post().and_then(|post| post.first_seen).map(day_of), Because::Undated);
        }
        if !candidate.rulings.is_empty() {
            self.place_by_ruling(item, candidate, tallies);
        }
    }

    fn find(&self, candidate: &Candidate<'a>, period: Period) -> Finding<'a> {
        match finding::counted_by(self.known, self.duty, candidate, Some(period)) {
            Some((decision, counted, _)) => Finding::ruled(decision, counted),
            None => finding::judge(self.known, self.unit, self.ask, candidate),
        }
    }

    /// A decision may count an item for a period outside of which it was published.
    fn place_by_ruling(&self, item: usize, candidate: &Candidate<'a>, tallies: &mut [Tally<'a>]) {
        for (window, tally) in self.periods {
            let ruled = finding::counted_by(self.known, self.duty, candidate, Some(window.period));
            let Some((decision, true, Some(_))) = ruled else { continue };
            let placed = &mut tallies[*tally].placed;
            placed.retain(|(placed, _)| *placed != item);
            placed.push((item, Finding::ruled(decision, true)));
        }
    }
}
