//! The duties of a plan as the counting sees them: which items each takes, and its periods.
//!
//! A plan is counted by its own periods; for a periodic report the same duties are summed over a
//! period of the reporting calendar (Nghị định 09/2019/NĐ-CP, Điều 12) instead.

use super::candidate::Traits;
use crate::article::{Channel, Kind};
use crate::period::Period;
use crate::plan::{Action, Duty, Exclusive, Novelty, Obligation, Plan, Theme, Window};

/// All duties of a plan over some periods.
pub(super) struct Rhythm<'p> {
    pub duties: Vec<Counting<'p>>,
    /// Duties of which some exclude each other, as positions in `duties`.
    pub rivals: Vec<Vec<usize>>,
    exclusive: &'p [Exclusive],
}

/// One duty.
pub(super) struct Counting<'p> {
    pub obligation: &'p Obligation,
    /// Which items it takes; `None` for what can only be attested.
    pub ask: Option<Ask<'p>>,
    /// Its periods, in order of their ends.
    pub slots: Vec<Slot>,
}

/// One period of a duty.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub window: Window,
    pub required: u32,
}

/// Which items a duty takes.
pub(super) struct Ask<'p> {
    pub channels: &'p [Channel],
    /// Whether sending suffices.
    pub sent: bool,
    pub quota_topics: &'p [String],
    pub topics: &'p [String],
    pub themes: &'p [Theme],
    pub kind: Option<Kind>,
    pub novelty: Option<&'p Novelty>,
    /// Whether it is a number to be reached or themes to be shown.
    pub counted: bool,
}

impl<'p> Rhythm<'p> {
    /// The plan by its own periods.
    pub(super) fn of_plan(plan: &'p Plan) -> Self {
        Self::new(plan, |obligation| {
            let slot = |window| Slot { window, required: required(obligation) };
            obligation.windows().into_iter().map(slot).collect()
        })
    }

    /// The plan summed over one period of the reporting calendar.
    pub(super) fn of_report(plan: &'p Plan, period: Period) -> Self {
        Self::new(plan, |obligation| summed(obligation, period).into_iter().collect())
    }

    fn new(plan: &'p Plan, slots: impl Fn(&'p Obligation) -> Vec<Slot>) -> Self {
        let counting = |obligation: &'p Obligation| {
            let mut slots = slots(obligation);
            slots.sort_by_key(|s| (s.window.last, s.window.first));
            Counting { obligation, ask: ask(&obligation.duty), slots }
        };
        let duties: Vec<_> = plan.obligations.iter().map(counting).collect();
        let rivals = rivals(&duties, &plan.exclusive);
        Self { duties, rivals, exclusive: &plan.exclusive }
    }

    /// The rule that forbids one item to serve both, where there is one.
    pub(super) fn exclusive(&self, a: usize, b: usize) -> Option<&'p Exclusive> {
        let (a, b) = (&self.duties[a].obligation.id, &self.duties[b].obligation.id);
        self.exclusive.iter().find(|e| e.obligations.contains(a) && e.obligations.contains(b))
    }
}

/// Groups of duties bound together by exclusions.
fn rivals(duties: &[Counting<'_>], exclusive: &[Exclusive]) -> Vec<Vec<usize>> {
    let position = |id: &String| duties.iter().position(|d| d.obligation.id == *id);
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for pair in exclusive.iter().map(|e| e.obligations.iter().filter_map(position).collect::<Vec<_>>()) {
        let (mut joined, apart): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|group| group.iter().any(|d| pair.contains(d)));
        joined.push(pair);
        let mut group = joined.concat();
        group.sort_unstable();
        group.dedup();
        groups = apart;
        groups.push(group);
    }
    groups
}

fn required(obligation: &Obligation) -> u32 {
    match &obligation.duty {
        Duty::Counted(quota) => quota.required,
        Duty::Attested | Duty::Coverage { .. } => 0,
    }
}

/// A duty summed over a reporting period: its own counterpart there, or all its shorter periods
/// that end inside.
fn summed(obligation: &Obligation, period: Period) -> Option<Slot> {
    if let Some(window) = obligation.window(period) {
        return Some(Slot { window, required: required(obligation) });
    }
    let ends_inside = |own: &&Period| {
        let shifted = own.on_reporting_calendar().unwrap_or(**own);
        period.first() <= shifted.last()
            && shifted.last() <= period.last()
            && own.last() - own.first() < period.last() - period.first()
    };
    if matches!(obligation.duty, Duty::Attested) {
        return None;
    }
    let inside = obligation.periods.iter().filter(ends_inside).count();
    let (first, last) = (period.first().max(obligation.from), period.last().min(obligation.until));
    let cut = (first, last) != (period.first(), period.last());
    let required = required(obligation) * u32::try_from(inside).ok()?;
    (inside > 0 && first <= last).then_some(Slot { window: Window { period, first, last, cut }, required })
}

fn ask(duty: &Duty) -> Option<Ask<'_>> {
    match duty {
        Duty::Counted(quota) => Some(Ask {
            channels: std::slice::from_ref(&quota.channel),
            sent: quota.action == Action::Sent,
            quota_topics: &quota.quota_topics,
            topics: &quota.topics,
            themes: &[],
            kind: quota.kind,
            novelty: quota.novelty.as_ref(),
            counted: true,
        }),
        Duty::Coverage { channels, themes, kind, novelty } => Some(Ask {
            channels,
            sent: false,
            quota_topics: &[],
            topics: &[],
            themes,
            kind: *kind,
            novelty: novelty.as_ref(),
            counted: false,
        }),
        Duty::Attested => None,
    }
}

impl Ask<'_> {
    /// Whether a theme is asked for; then the theme decides, not whether the item is CCHC.
    pub(super) fn is_themed(&self) -> bool {
        !(self.quota_topics.is_empty() && self.topics.is_empty() && self.themes.is_empty())
    }

    /// Whether an item is of the theme.
    pub(super) fn takes_theme(&self, item: &Traits<'_>) -> bool {
        !self.is_themed()
            || self.quota_topics.iter().chain(self.topics).any(|id| item.is_of(id))
            || self.themes.iter().any(|theme| item.is_of(&theme.id))
    }
}
