//! From what was found to what is said: verdicts with their items, notes and sentences.
//!
//! Where people decided, the unit is judged a second time without their decisions, so that the
//! automatic answer stays visible beside every one they overruled.

use super::candidate::{Candidate, Source};
use super::explain::{self, Scene};
use super::finding::{Because, Finding};
use super::known::{Known, Reach};
use super::rhythm::Rhythm;
use super::tally::{self, Tallies, Tally};
use super::verdict::{Automatic, Item, ItemReason, Note, Status, ThemeCount, Verdict};
use crate::article::ArticleId;
use crate::decision::{Attestation, Decision, Ruling};
use crate::period::Period;
use crate::registry::Unit;
use crate::time;
use std::collections::HashMap;

/// One unit as judged.
pub(super) struct Decided<'a> {
    unit: &'a Unit,
    tallies: Tallies<'a>,
    /// The same without the decisions of people, where they decided anything.
    automatic: Option<Tallies<'a>>,
}

impl<'a> Decided<'a> {
    pub(super) fn new(known: &'a Known<'a>, rhythm: &Rhythm<'a>, unit: &'a Unit) -> Self {
        let tallies = tally::of_unit(known, rhythm, unit, true);
        let automatic = known.is_touched(&unit.id).then(|| tally::of_unit(known, rhythm, unit, false));
        Self { unit, tallies, automatic }
    }

    /// The answers of its verdicts.
    pub(super) fn statuses(&self) -> impl Iterator<Item = Status> {
        self.tallies.tallies.iter().map(|tally| tally.status)
    }

    /// Its verdicts over the periods wanted, in words.
    pub(super) fn verdicts(
        &self,
        known: &Known<'a>,
        rhythm: &Rhythm<'a>,
        wanted: impl Fn(Period) -> bool,
    ) -> Vec<Verdict> {
        let decided = &self.tallies;
        let write = |(n, tally): (usize, &Tally<'a>)| {
            let scene = Scene { known, rhythm, candidates: &decided.candidates, tally };
            let before = self.automatic.as_ref().map(|all| Before { all, tally: &all.tallies[n] });
            verdict(&scene, self.unit, before.as_ref())
        };
        let all = decided.tallies.iter().enumerate();
        all.filter(|(_, tally)| wanted(tally.slot.window.period)).map(write).collect()
    }
}

/// The same verdict without decisions.
struct Before<'s, 'a> {
    all: &'s Tallies<'a>,
    tally: &'s Tally<'a>,
}

fn verdict<'a>(scene: &Scene<'_, 'a>, unit: &Unit, before: Option<&Before<'_, 'a>>) -> Verdict {
    let tally = scene.tally;
    let obligation = scene.rhythm.duties[tally.duty].obligation;
    let mut items = items(scene, before);
    items.extend(tally.evidence.iter().map(|attestation| attested(attestation)));
    items.sort_by(|a, b| (a.published, &a.id).cmp(&(b.published, &b.id)));
    let notes = notes(scene, &items);
    let moved = before.is_some_and(|b| (b.tally.status, b.tally.counted) != (tally.status, tally.counted));
    Verdict {
        unit: unit.id.clone(),
        obligation: obligation.id.clone(),
        clause: obligation.clause.clone(),
        period: tally.slot.window.period,
        required: tally.slot.required,
        counted: tally.counted,
        status: tally.status,
        gaps: tally.view.gaps.clone(),
        detail: scene.verdict(unit),
        notes,
        themes: themes(scene),
        overruled: moved || items.iter().any(|item| item.automatic.is_some()),
        items,
    }
}

fn items<'a>(scene: &Scene<'_, 'a>, before: Option<&Before<'_, 'a>>) -> Vec<Item> {
    let Some(before) = before else {
        return scene
            .tally
            .placed
            .iter()
            .map(|(n, finding)| item(scene, &scene.candidates[*n], finding, None))
            .collect();
    };
    let mut automatic: HashMap<&str, (&Candidate, &Finding)> = HashMap::new();
    for (n, finding) in &before.tally.placed {
        let candidate = &before.all.candidates[*n];
        automatic.insert(candidate.id(), (candidate, finding));
    }
    let mut items = Vec::with_capacity(scene.tally.placed.len());
    for (n, finding) in &scene.tally.placed {
        let candidate = &scene.candidates[*n];
        let answer = match automatic.remove(candidate.id()) {
            Some((_, finding)) => Automatic { counted: finding.counted, reason: finding.reason },
            None => Automatic { counted: false, reason: uncredited(candidate, before.all) },
        };
        let changed = (answer.counted, answer.reason) != (finding.counted, finding.reason);
        items.push(item(scene, candidate, finding, Some(answer).filter(|_| changed && !candidate.rulings.is_empty())));
    }
    // What the decisions took away from the unit or out of the period.
    let taken = before.tally.placed.iter().map(|(n, finding)| (&before.all.candidates[*n], finding));
    for (candidate, finding) in taken.filter(|(candidate, _)| automatic.contains_key(candidate.id())) {
        let answer = Automatic { counted: finding.counted, reason: finding.reason };
        if let Some(decision) = scene.known.rulings(candidate.id()).last().copied() {
            items.push(item(scene, candidate, &Finding::ruled(decision, false), Some(answer)));
        }
    }
    items
}

/// Why the program alone would not have listed an item.
fn uncredited(candidate: &Candidate<'_>, automatic: &Tallies<'_>) -> ItemReason {
    let assessed = candidate.post().is_some_and(|post| post.assessment.unit.is_some());
    if automatic.candidates.iter().any(|other| other.id() == candidate.id()) {
        ItemReason::OutOfPeriod
    } else if assessed {
        ItemReason::OtherUnit
    } else {
        ItemReason::Unattributed
    }
}

fn item<'a>(
    scene: &Scene<'_, 'a>,
    candidate: &Candidate<'a>,
    finding: &Finding<'a>,
    automatic: Option<Automatic>,
) -> Item {
    let (url, title, published) = match candidate.source {
        Source::Post(post) => (post.url.clone(), post.title.clone(), post.published),
        Source::Line(line) => {
            (line.url.clone().unwrap_or_default(), line.title.clone(), Some(time::start_of(line.received)))
        }
    };
    let own = scene.item(candidate, finding);
    let overruled = automatic.is_some() && finding.reason != ItemReason::Withdrawn;
    // A ruling on counting that bears on this duty is the finding itself; one on another duty's is
    // no reason here.
    let bears = |decision: &&&Decision| !matches!(decision.ruling, Ruling::Counted { .. });
    let ruling = candidate.rulings.iter().rev().find(bears).filter(|_| overruled);
    let detail = match (ruling, finding.because) {
        (_, Because::Ruled(_)) => automatic.filter(|a| !a.counted).map_or(own.clone(), |a| credit(&own, a)),
        (Some(decision), _) => format!("{} {own}", explain::ruled(decision)),
        (None, _) => own,
    };
    let reason = if overruled { ItemReason::Overruled } else { finding.reason };
    Item {
        id: ArticleId(candidate.id().to_owned()),
        url,
        title,
        published,
        counted: finding.counted,
        reason,
        detail,
        of: of(scene, finding),
        automatic,
    }
}

/// A decision's sentence, with what the program made of the credit.
fn credit(sentence: &str, automatic: Automatic) -> String {
    match automatic.reason {
        ItemReason::Unattributed | ItemReason::OtherUnit | ItemReason::OutOfPeriod => {
            format!("{sentence} {}", explain::not_credited(automatic.reason))
        }
        reason => format!("{sentence} Chương trình: {}.", reason.name()),
    }
}

/// The other item concerned.
fn of(scene: &Scene<'_, '_>, finding: &Finding<'_>) -> Option<ArticleId> {
    match finding.because {
        Because::Before(before) => before.of.cloned(),
        Because::Copy(first) => scene.candidates.get(first).map(|c| ArticleId(c.id().to_owned())),
        _ => None,
    }
}

fn attested(attestation: &Attestation) -> Item {
    let mut title = attestation.file_name.clone().unwrap_or_default();
    if title.is_empty() {
        title.clone_from(&attestation.note);
    }
    let note = Some(attestation.note.as_str())
        .filter(|note| !note.is_empty())
        .map_or(String::new(), |note| format!(": {note}"));
    let at = attestation.at.format("%d/%m/%Y");
    Item {
        id: ArticleId(format!("minh-chung-{}", attestation.seq)),
        url: String::new(),
        title,
        published: Some(attestation.at),
        counted: true,
        reason: ItemReason::Attested,
        detail: format!("{} ghi nhận ngày {at}{note}.", attestation.by),
        of: None,
        automatic: None,
    }
}

fn notes(scene: &Scene<'_, '_>, items: &[Item]) -> Vec<Note> {
    let tally = scene.tally;
    let counted = || tally.placed.iter().filter(|(_, f)| f.counted).map(|(n, f)| (&scene.candidates[*n], f));
    let posts = || counted().filter_map(|(candidate, _)| candidate.post());
    let unsure =
        |candidate: &Candidate| candidate.shared || candidate.post().is_some_and(|p| !p.assessment.unsure.is_empty());
    let reached = matches!(tally.status, Status::Met | Status::Covered);
    let found = [
        (Note::NoLedger, scene.lacking_ledger() == Some(Reach::Nowhere)),
        (Note::LookBack, !reached && tally.view.look_back),
        (Note::Removed, posts().any(|p| p.removed.is_some_and(|at| at <= scene.known.moment))),
        (Note::DateMismatch, posts().any(|p| p.date_mismatch)),
        (Note::PartialRepost, counted().any(|(_, f)| matches!(f.because, Because::Before(_)))),
        (Note::Unsure, counted().any(|(candidate, _)| candidate.rulings.is_empty() && unsure(candidate))),
        (Note::Cut, tally.slot.window.cut),
        (Note::CrossPosted, items.iter().any(|item| item.reason == ItemReason::CrossPosted)),
        (Note::Undated, tally.placed.iter().any(|(_, f)| f.because == Because::Undated)),
    ];
    found.into_iter().filter(|(_, holds)| *holds).map(|(note, _)| note).collect()
}

fn themes(scene: &Scene<'_, '_>) -> Vec<ThemeCount> {
    let themes = scene.rhythm.duties[scene.tally.duty].ask.as_ref().map_or(&[][..], |ask| ask.themes);
    let carries = |id: &str| {
        let items = scene.tally.placed.iter().filter(|(_, finding)| finding.counted);
        items.filter(|(n, _)| scene.candidates[*n].traits.is_of(id)).count()
    };
    // Evidence is for the duty as a whole; with one theme it carries that one.
    let evidence = if themes.len() == 1 { scene.tally.evidence.len() } else { 0 };
    let count = |id: &str| u32::try_from(carries(id) + evidence).unwrap_or(u32::MAX);
    themes.iter().map(|theme| ThemeCount { theme: theme.id.clone(), counted: count(&theme.id) }).collect()
}
