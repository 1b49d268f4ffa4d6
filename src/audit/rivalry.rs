//! Duties of a plan that exclude each other: their disputed items become an assignment problem.

use super::assign::{Demand, Disputed, assign};
use super::candidate::Candidate;
use super::finding::Finding;
use super::rhythm::Rhythm;
use super::tally::Tally;
use super::verdict::ItemReason;
use crate::article::Kind;
use std::collections::BTreeMap;

/// Where an item stands that several rival duties would count: in which tally, and at what place.
type Place = (usize, usize);

/// Assigns the items that several rival duties would count; `rivals` are the tallies of these duties.
pub(super) fn settle(rhythm: &Rhythm<'_>, rivals: Vec<usize>, candidates: &[Candidate<'_>], all: &mut [Tally<'_>]) {
    let mut wanted: BTreeMap<usize, Vec<Place>> = BTreeMap::new();
    for tally in rivals {
        for (at, (item, finding)) in all[tally].placed.iter().enumerate() {
            if finding.counted && finding.reason != ItemReason::Overruled {
                wanted.entry(*item).or_default().push((tally, at));
            }
        }
    }
    let excludes = |a: &Place, b: &Place| rhythm.exclusive(all[a.0].duty, all[b.0].duty).is_some();
    wanted.retain(|_, places| (1..places.len()).any(|n| places[..n].iter().any(|other| excludes(other, &places[n]))));
    let day = |item: &usize| candidates[*item].posted.or(candidates[*item].received());
    let mut order: Vec<usize> = wanted.keys().copied().collect();
    order.sort_by_key(|item| (day(item), *item));
    let mut tallies: Vec<usize> = wanted.values().flatten().map(|(tally, _)| *tally).collect();
    tallies.sort_unstable();
    tallies.dedup();
    let demands: Vec<Demand> = tallies.iter().map(|tally| demand(rhythm, &all[*tally], *tally, &wanted)).collect();
    let ways: Vec<Vec<Vec<Place>>> = order.iter().map(|item| ways(&wanted[item], excludes)).collect();
    let position = |tally: usize| tallies.binary_search(&tally).expect("every wanted tally is in the list");
    let items: Vec<Disputed> = order
        .iter()
        .zip(&ways)
        .map(|(item, ways)| Disputed {
            ways: ways.iter().map(|way| way.iter().map(|(tally, _)| position(*tally)).collect()).collect(),
            in_depth: candidates[*item].traits.kind == Kind::ChuyenSau,
        })
        .collect();
    let chosen = assign(&demands, &items);
    for ((item, ways), way) in order.iter().zip(&ways).zip(chosen) {
        let kept = &ways[way];
        for lost in wanted[item].iter().filter(|place| !kept.contains(place)) {
            let duty = all[lost.0].duty;
            let taker = kept.iter().map(|(t, _)| all[*t].duty).find(|other| rhythm.exclusive(duty, *other).is_some());
            all[lost.0].placed[lost.1].1 = Finding::serves(taker.unwrap_or(duty));
        }
    }
}

/// What a period still lacks beside the disputed items.
fn demand(rhythm: &Rhythm<'_>, tally: &Tally<'_>, n: usize, wanted: &BTreeMap<usize, Vec<Place>>) -> Demand {
    let undisputed = tally
        .placed
        .iter()
        .filter(|(item, finding)| {
            finding.counted && !wanted.get(item).is_some_and(|places| places.iter().any(|p| p.0 == n))
        })
        .count();
    let ask = rhythm.duties[tally.duty].ask.as_ref();
    Demand {
        lacks: tally.slot.required.saturating_sub(u32::try_from(undisputed).unwrap_or(u32::MAX)),
        in_depth: ask.is_some_and(|ask| ask.kind == Some(Kind::ChuyenSau)),
        ends: tally.slot.window.last,
    }
}

/// Every way to use an item for as many duties as do not exclude each other.
fn ways(places: &[Place], excludes: impl Fn(&Place, &Place) -> bool) -> Vec<Vec<Place>> {
    let mut ways: Vec<Vec<Place>> = vec![Vec::new()];
    for place in places {
        let mut longer = Vec::new();
        for way in &mut ways {
            if way.iter().any(|other| excludes(other, place)) {
                let mut other: Vec<Place> = way.iter().copied().filter(|p| !excludes(p, place)).collect();
                other.push(*place);
                longer.push(other);
            } else {
                way.push(*place);
            }
        }
        ways.append(&mut longer);
    }
    ways.sort_unstable();
    ways.dedup();
    ways
}
