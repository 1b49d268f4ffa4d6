//! Whose an item is: the items of one unit, with what decisions and the ledger say of them.
//!
//! Credited is who the assessment names, both where two signed; on the city page also the unit
//! that sent the item, by the ledger. What a dissolved unit publishes later is its successor's.

use super::known::Known;
use super::sent::{Posted, Sending, sendings};
use super::world::{Post, day_of};
use crate::article::{Channel, Kind};
use crate::assess::novelty::Earlier;
use crate::decision::{Decision, LedgerLine, Ruling};
use crate::registry::Unit;
use crate::unit::UnitId;
use chrono::NaiveDate;
use std::collections::HashMap;

/// One item that may count for a unit.
pub(super) struct Candidate<'a> {
    pub source: Source<'a>,
    /// The day it was published.
    pub posted: Option<NaiveDate>,
    /// What the ledger knows of it.
    pub line: Option<&'a LedgerLine>,
    pub traits: Traits<'a>,
    /// Whether account is taken of what people decided.
    pub decided: bool,
    /// Decisions in force about it, in order; empty where they are left out.
    pub rulings: &'a [&'a Decision],
    /// The earlier candidate with the same text on the same channel.
    pub copy_of: Option<usize>,
    /// Whether the credit itself is open to doubt: two units signed, or the ledger names another.
    pub shared: bool,
}

/// What an item is in the world.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    Post(&'a Post),
    /// A line of the ledger without a posted item.
    Line(&'a LedgerLine),
}

/// What a duty asks of an item's content.
#[derive(Clone, Copy)]
pub(super) struct Traits<'a> {
    pub cchc: bool,
    pub kind: Kind,
    lists: [&'a [String]; 3],
}

impl Traits<'_> {
    /// Whether anything is said of its content.
    pub(super) fn has_theme(&self) -> bool {
        self.lists.iter().any(|list| !list.is_empty())
    }

    /// Whether it is of a topic area, quota topic or theme.
    pub(super) fn is_of(&self, id: &str) -> bool {
        self.lists.iter().any(|list| list.iter().any(|has| has == id))
    }
}

impl<'a> Candidate<'a> {
    pub(super) fn id(&self) -> &'a str {
        match self.source {
            Source::Post(post) => &post.id.0,
            Source::Line(line) => &line.id,
        }
    }

    pub(super) fn post(&self) -> Option<&'a Post> {
        match self.source {
            Source::Post(post) => Some(post),
            Source::Line(_) => None,
        }
    }

    pub(super) fn channel(&self) -> Channel {
        // The intake desk is that of the city page.
        self.post().map_or(Channel::CityPage, |post| post.channel)
    }

    /// The day the intake desk received it.
    pub(super) fn received(&self) -> Option<NaiveDate> {
        self.line.map(|line| line.received)
    }

    /// The decision that it counts nowhere any more.
    pub(super) fn withdrawn(&self) -> Option<&'a Decision> {
        withdrawn(self.rulings)
    }

    fn of_post(known: &Known<'a>, index: u32, rulings: &'a [&'a Decision]) -> Self {
        let post = known.world.at(index);
        let shared = !post.assessment.co_units.is_empty();
        let posted = post.published.map(day_of);
        Self {
            source: Source::Post(post),
            posted,
            line: None,
            traits: traits(post, rulings),
            decided: true,
            rulings,
            copy_of: None,
            shared,
        }
    }

    fn of_line(line: &'a LedgerLine, rulings: &'a [&'a Decision]) -> Self {
        let traits =
            Traits { cchc: true, kind: line.kind.unwrap_or_default(), lists: [line.topic.as_slice(), &line.also, &[]] };
        let source = Source::Line(line);
        Self { source, posted: None, line: Some(line), traits, decided: true, rulings, copy_of: None, shared: false }
    }
}

/// The decision that an item counts nowhere any more, where it is the last word on that.
pub(super) fn withdrawn<'a>(rulings: &[&'a Decision]) -> Option<&'a Decision> {
    let about = |d: &&&Decision| matches!(d.ruling, Ruling::Withdrawn { .. });
    let decision = rulings.iter().rev().find(about)?;
    matches!(decision.ruling, Ruling::Withdrawn { value: true }).then_some(*decision)
}

/// The last ruling of one sort, as later ones replace earlier ones.
pub(super) fn last<'a, T>(rulings: &[&'a Decision], pick: impl Fn(&'a Ruling) -> Option<T>) -> Option<T> {
    rulings.iter().rev().find_map(|d| pick(&d.ruling))
}

fn traits<'a>(post: &'a Post, rulings: &[&'a Decision]) -> Traits<'a> {
    let answer = &post.assessment;
    let mut traits = Traits {
        cchc: answer.is_cchc,
        kind: answer.kind,
        lists: [&answer.topics, &answer.quota_topics, &answer.themes],
    };
    for decision in rulings {
        match &decision.ruling {
            Ruling::Cchc { value } => traits.cchc = *value,
            Ruling::Kind { value } => traits.kind = *value,
            // Themes of plans are asked for beside the topic areas, and were not decided about.
            Ruling::Topics { value } => traits.lists = [value, &[], &answer.themes],
            Ruling::Unit { .. } | Ruling::Novelty { .. } | Ruling::Counted { .. } | Ruling::Withdrawn { .. } => {}
        }
    }
    traits
}

/// Every item of a unit known by now, in order of publication, ledger lines last.
///
/// `decided`: with the decisions of people; without, as the program alone would have it.
pub(super) fn of_unit<'a>(known: &'a Known<'a>, unit: &'a Unit, decided: bool) -> Vec<Candidate<'a>> {
    let rulings = |id: &str| if decided { known.rulings(id) } else { &[] };
    let mut lines = known.lines(&unit.id).to_vec();
    let mut posts = assessed(known, unit);
    posts.extend(lines.iter().filter_map(|line| known.addressed(line)));
    if decided {
        let given = with_predecessors(known, unit).flat_map(|named| known.given_to(&named.id));
        posts.extend(given.filter_map(|id| known.world.index(id)));
        let theirs = |post: &Post, value: &UnitId| heir_of(known, value, post) == Some(&unit.id);
        posts.retain(|n| {
            let post = known.world.at(*n);
            owner(rulings(&post.id.0)).is_none_or(|value| value.is_some_and(|value| theirs(post, value)))
        });
    }
    posts.retain(|n| known.world.at(*n).known_at(known.moment));
    // Posts stand in the world in order of publication, so their positions sort them.
    posts.sort_unstable();
    posts.dedup();
    let mut candidates: Vec<_> =
        posts.iter().map(|n| Candidate::of_post(known, *n, rulings(&known.world.at(*n).id.0))).collect();
    mark_copies(known, &mut candidates, &posts);
    // An item that a decision took away takes its line along.
    lines.retain(|line| known.addressed(line).is_none_or(|n| posts.binary_search(&n).is_ok()));
    let addressed = |line: &LedgerLine| posts.binary_search(&known.addressed(line)?).ok();
    let city_page = candidates.iter().enumerate().filter(|(_, item)| item.channel() == Channel::CityPage);
    let posted: Vec<Posted> = city_page.filter_map(|(at, item)| as_posted(at, item.post()?)).collect();
    for sending in sendings(lines, &posted, addressed) {
        add_sending(&mut candidates, unit, &sending, rulings);
    }
    candidates.iter_mut().for_each(|candidate| candidate.decided = decided);
    candidates
}

fn as_posted(at: usize, post: &Post) -> Option<Posted<'_>> {
    let day = day_of(post.published.or(post.first_seen)?);
    Some(Posted { at, title: &post.title, day })
}

/// Writes what was sent beside its posted item, or adds it as an item of its own; lines that only
/// send it again are copies of it.
fn add_sending<'a>(
    candidates: &mut Vec<Candidate<'a>>,
    unit: &Unit,
    sending: &Sending<'a>,
    rulings: impl Fn(&str) -> &'a [&'a Decision],
) {
    let mut standing = sending.post;
    if let Some(candidate) = sending.post.map(|at| &mut candidates[at]) {
        candidate.line = sending.lines.first().copied();
        let credited = candidate.post().and_then(|post| post.assessment.unit.as_ref());
        candidate.shared |= credited.is_some_and(|credited| *credited != unit.id);
    }
    for line in &sending.lines[usize::from(sending.post.is_some())..] {
        let candidate = Candidate { copy_of: standing, ..Candidate::of_line(line, rulings(&line.id)) };
        standing = standing.or(Some(candidates.len()).filter(|_| candidate.withdrawn().is_none()));
        candidates.push(candidate);
    }
}

/// Whom the last decision about the unit names.
fn owner<'a>(rulings: &[&'a Decision]) -> Option<Option<&'a UnitId>> {
    last(rulings, |ruling| match ruling {
        Ruling::Unit { value } => Some(value.as_ref()),
        _ => None,
    })
}

/// A unit, and those it stands for.
fn with_predecessors<'k>(known: &'k Known<'_>, unit: &'k Unit) -> impl Iterator<Item = &'k Unit> {
    std::iter::once(unit).chain(known.predecessors(&unit.id).iter().copied())
}

/// Who stands for a unit on the day an item was published.
pub(super) fn heir_of<'k>(known: &'k Known<'_>, unit: &UnitId, post: &Post) -> Option<&'k UnitId> {
    let unit = known.registry.get(unit)?;
    Some(&known.registry.heir(unit, post.day().unwrap_or(known.as_of)).id)
}

/// The posts the assessment credits to a unit, or to one it stands for.
fn assessed(known: &Known<'_>, unit: &Unit) -> Vec<u32> {
    let mut posts = Vec::new();
    for named in with_predecessors(known, unit) {
        let heir = |n: &u32| heir_of(known, &named.id, known.world.at(*n)) == Some(&unit.id);
        // Only a dissolved unit can have an heir; all others keep what they posted.
        let all = known.world.of_unit(&named.id);
        if named.successor.is_none() {
            posts.extend_from_slice(all);
        } else {
            posts.extend(all.iter().filter(|n| heir(n)));
        }
    }
    posts
}

/// Shares from which two texts are one: light edits stay below the fifth left over.
const SAME_TEXT: f32 = 0.8;

/// Whether two posts are one text.
pub(super) fn is_same_text(a: &Post, b: &Post) -> bool {
    let near = |one: &Post, other: &Post| {
        let named = one.overlap.earlier.iter().find(|earlier| earlier.id == other.id);
        named.is_some_and(is_near)
    };
    a.text == b.text || near(a, b) || near(b, a)
}

fn is_near(earlier: &Earlier) -> bool {
    earlier.share >= SAME_TEXT && earlier.back >= SAME_TEXT
}

/// One text on one channel from one unit is one item, however often it is posted again: the first
/// that may count, which one withdrawn may not. Refused by a decision for one duty, it stands all the
/// same: the text was refused, and posting it again would get round the decision.
fn mark_copies(known: &Known<'_>, candidates: &mut [Candidate<'_>], posts: &[u32]) {
    let mut first = HashMap::new();
    for n in 0..candidates.len() {
        let Source::Post(post) = candidates[n].source else { continue };
        if post.published.is_none() || candidates[n].withdrawn().is_some() {
            continue;
        }
        let same_words = *first.entry((post.channel, post.text)).or_insert(n);
        let near = post.overlap.earlier.iter().filter(|earlier| is_near(earlier));
        let near = near.filter_map(|e| posts.binary_search(&known.world.index(&e.id)?).ok());
        let counts = |item: &Candidate| item.channel() == post.channel && item.withdrawn().is_none();
        let near: Vec<usize> = near.filter(|other| counts(&candidates[*other])).collect();
        let earliest = near.iter().copied().chain([same_words, n]).chain(candidates[n].copy_of).min().unwrap_or(n);
        let original = candidates[earliest].copy_of.unwrap_or(earliest);
        // Posted at the same moment, which of two is the earlier is anybody's guess.
        for later in near.into_iter().filter(|other| *other > n) {
            candidates[later].copy_of = Some(original);
        }
        candidates[n].copy_of = Some(original).filter(|original| *original != n);
    }
}
