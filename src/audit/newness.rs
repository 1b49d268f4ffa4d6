//! Whether an item is new to a duty, or only copied from the city's general portal.
//!
//! What stood before is measured by [`Overlap`](crate::assess::novelty::Overlap); here stands
//! what the plan makes of it: from which share an item is old, whose earlier posting is tolerated,
//! and since when the rule exists. Where the order of two texts is not certain, it is read in the
//! unit's favour.

use super::candidate::{Candidate, heir_of, last, withdrawn};
use super::known::Known;
use super::world::{Post, day_of};
use crate::article::{ArticleId, Channel};
use crate::assess::novelty::Earlier;
use crate::decision::Ruling;
use crate::plan::Novelty;
use crate::registry::Unit;
use crate::time::{self, Time};
use chrono::Duration;

/// A city-page item is a copy of the general portal's if this much of its text stood there: the
/// measure by which an item is old (OBLIGATIONS, *How an item is judged*, 5).
const SAME_ITEM: f64 = 0.5;

/// Where most of the old text stood.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Before<'a> {
    /// The earlier text, where it is known.
    pub of: Option<&'a ArticleId>,
    /// How much of the item stood before, 0–1.
    pub share: f64,
    /// Whether only the unit's own earlier postings are to blame.
    pub own: bool,
}

/// What a duty's rule on new items makes of one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Newness<'a> {
    New,
    /// It counts, and goes before the inspector.
    Partly(Before<'a>),
    Old(Before<'a>),
}

/// What an inspector said of it: new or not.
pub(super) fn said(item: &Candidate<'_>) -> Option<bool> {
    last(item.rulings, |ruling| match ruling {
        Ruling::Novelty { value } => Some(*value),
        _ => None,
    })
}

/// Judges an item under a duty's rule. `sent`: by the day it was received, where the ledger knows it.
pub(super) fn judge<'a>(
    known: &Known<'a>,
    unit: &Unit,
    item: &Candidate<'a>,
    rule: &Novelty,
    sent: bool,
) -> Newness<'a> {
    let said = said(item);
    let Some(post) = item.post() else { return Newness::New };
    match said {
        Some(true) => return Newness::New,
        Some(false) => return Newness::Old(Before { of: post.assessment.repost_of.as_ref(), share: 1.0, own: false }),
        None => {}
    }
    let Some(at) = moment(item, post, sent) else { return Newness::New };
    if day_of(at) < rule.since {
        return Newness::New;
    }
    let tolerance = Tolerance { known, unit, at, hours: rule.own_portal_hours, decided: item.decided };
    if post.repost_given
        && let Some(answer) = given(post, &tolerance)
    {
        return answer;
    }
    let share = post.overlap.share(|earlier| tolerance.spoils(earlier));
    if share < rule.partial_share {
        return Newness::New;
    }
    let of = post.overlap.earlier.iter().find(|earlier| tolerance.spoils(earlier)).map(|earlier| &earlier.id);
    if share < rule.repost_share {
        return Newness::Partly(Before { of, share, own: false });
    }
    let by_others = post.overlap.share(|earlier| tolerance.spoils(earlier) && !tolerance.is_own(earlier));
    Newness::Old(Before { of, share, own: by_others < rule.repost_share })
}

/// An answer people gave beforehand; `None` where the text it names is tolerated.
fn given<'a>(post: &'a Post, tolerance: &Tolerance<'_, '_>) -> Option<Newness<'a>> {
    if !post.assessment.repost {
        return Some(Newness::New);
    }
    let of = post.assessment.repost_of.as_ref();
    let named = of.map(|id| Earlier { id: id.clone(), share: 1.0, back: 1.0 });
    if named.as_ref().is_some_and(|earlier| !tolerance.spoils(earlier)) {
        return None;
    }
    Some(Newness::Old(Before { of, share: 1.0, own: named.is_some_and(|earlier| tolerance.is_own(&earlier)) }))
}

/// The first moment at which the item may have been handed in or published.
fn moment(item: &Candidate<'_>, post: &Post, sent: bool) -> Option<Time> {
    match item.received().filter(|_| sent) {
        Some(day) => Some(time::start_of(day)),
        None => post.moments().map(|(earliest, _)| earliest),
    }
}

struct Tolerance<'k, 'a> {
    known: &'k Known<'a>,
    unit: &'k Unit,
    at: Time,
    hours: u32,
    decided: bool,
}

impl Tolerance<'_, '_> {
    /// Whether an earlier text makes this one old.
    fn spoils(&self, earlier: &Earlier) -> bool {
        // A text that is not in this world was before all the same: its overlap was measured.
        let Some(post) = self.known.world.post(&earlier.id) else { return true };
        let Some((_, latest)) = post.moments() else { return true };
        let tolerated = post.channel == Channel::OwnPortal
            && self.owns(post)
            && self.at - latest <= Duration::hours(i64::from(self.hours));
        post.known_at(self.known.moment) && latest < self.at && !tolerated && !self.gave_way(post)
    }

    /// Whether it is the unit's own posting, withdrawn by a decision: a text counts once, so a later
    /// copy stands in its place.
    fn gave_way(&self, post: &Post) -> bool {
        self.decided && self.owns(post) && withdrawn(self.known.rulings(&post.id.0)).is_some()
    }

    fn is_own(&self, earlier: &Earlier) -> bool {
        self.known.world.post(&earlier.id).is_some_and(|post| self.owns(post))
    }

    fn owns(&self, post: &Post) -> bool {
        let credited = post.assessment.unit.as_ref();
        credited.is_some_and(|credited| {
            *credited == self.unit.id || heir_of(self.known, credited, post) == Some(&self.unit.id)
        })
    }
}

/// Whether a city-page item's text stood on the general portal before, by however little, and the
/// ledger does not show that the unit sent it first, nor an inspector said that it is new.
pub(super) fn cross_posted<'a>(known: &Known<'a>, item: &Candidate<'a>) -> Option<Before<'a>> {
    let rule = known.plan.cross_posted.as_ref().filter(|_| said(item) != Some(true))?;
    let post = item.post().filter(|post| post.channel == Channel::CityPage && !post.overlap.earlier.is_empty())?;
    let (published, _) = post.moments()?;
    let stood = |earlier: &Earlier| {
        let Some(source) = known.world.post(&earlier.id) else { return false };
        let host = source.host.strip_prefix("www.").unwrap_or(&source.host);
        let before = source.moments().is_some_and(|(_, latest)| latest < published);
        // A day is all the ledger tells; on the same day the unit is believed.
        let sent_first = item.received().zip(source.moments()).is_some_and(|(day, (at, _))| day <= day_of(at));
        rule.from.iter().any(|from| from == host) && before && source.known_at(known.moment) && !sent_first
    };
    let share = post.overlap.share(stood);
    let of = post.overlap.earlier.iter().find(|earlier| stood(earlier)).map(|earlier| &earlier.id);
    (share >= SAME_ITEM).then_some(Before { of, share, own: false })
}
