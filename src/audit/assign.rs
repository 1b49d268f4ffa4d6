//! Which duty an item serves, where a plan asks for two items and one would fit both.
//!
//! Exact, in this order: most periods reached; in-depth items in in-depth duties; most items
//! counted; the earlier item to the period that ends first. Only items bear on it: not which
//! periods are over nor what was seen of them, lest a number once reached be taken back by the
//! mere passing of a day.
//!
//! Items are taken one by one; what must be remembered is only how many each *open* period has so
//! far, a period being open from its first disputed item to its last. In a pair that is one period
//! of either duty, so the work grows with the items and not with their combinations.

use chrono::NaiveDate;
use std::collections::HashMap;

/// One period of one duty, as far as disputed items matter to it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Demand {
    /// How many it still lacks, undisputed items counted.
    pub lacks: u32,
    /// Whether the duty asks for in-depth items.
    pub in_depth: bool,
    /// The last day that counts.
    pub ends: NaiveDate,
}

/// An item that fits several demands which exclude each other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Disputed {
    /// Each way to use it: the demands it would serve together, as positions in the list.
    pub ways: Vec<Vec<usize>>,
    /// Whether it is in-depth.
    pub in_depth: bool,
}

/// What an assignment is worth; the greater, the better.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Worth {
    met: i32,
    in_depth: i32,
    counted: i32,
}

impl std::ops::Add for Worth {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            met: self.met + other.met,
            in_depth: self.in_depth + other.in_depth,
            counted: self.counted + other.counted,
        }
    }
}

/// How many each open demand has, in the order in which they were opened.
type Held = Vec<(usize, u32)>;

/// Picks a way for each item, by its position in [`Disputed::ways`]; items come in order of time.
pub(super) fn assign(demands: &[Demand], items: &[Disputed]) -> Vec<usize> {
    let course = Course::new(demands, items);
    let layers = course.reachable();
    let values = course.values(&layers);
    course.walk(&values)
}

struct Course<'a> {
    demands: &'a [Demand],
    items: &'a [Disputed],
    /// The last item that may serve each demand.
    last: Vec<usize>,
}

impl<'a> Course<'a> {
    fn new(demands: &'a [Demand], items: &'a [Disputed]) -> Self {
        let mut last = vec![0; demands.len()];
        for (n, item) in items.iter().enumerate() {
            for demand in item.ways.iter().flatten() {
                last[*demand] = n;
            }
        }
        Self { demands, items, last }
    }

    /// What is held after an item was used in one way, and what that is worth.
    fn step(&self, n: usize, held: &Held, way: &[usize]) -> (Held, Worth) {
        let item = &self.items[n];
        let mut next = held.clone();
        // Every demand it might serve opens now, also those it is not given to.
        for &demand in item.ways.iter().flatten() {
            if self.demands[demand].lacks > 0 && !next.iter().any(|(d, _)| *d == demand) {
                next.push((demand, 0));
            }
        }
        let mut worth = Worth::default();
        for &demand in way {
            worth.counted += 1;
            worth.in_depth += i32::from(item.in_depth && self.demands[demand].in_depth);
            if let Some((_, has)) = next.iter_mut().find(|(d, _)| *d == demand) {
                *has = (*has + 1).min(self.demands[demand].lacks);
            }
        }
        next.retain(|&(demand, has)| {
            let open = self.last[demand] > n;
            if !open {
                worth.met += i32::from(has >= self.demands[demand].lacks);
            }
            open
        });
        (next, worth)
    }

    /// All that may be held before each item.
    fn reachable(&self) -> Vec<Vec<Held>> {
        let mut layers = vec![vec![Held::new()]];
        for (n, item) in self.items.iter().enumerate() {
            let held = layers.last().map_or(&[][..], Vec::as_slice);
            let mut next: Vec<Held> =
                held.iter().flat_map(|h| item.ways.iter().map(move |way| self.step(n, h, way).0)).collect();
            next.sort_unstable();
            next.dedup();
            layers.push(next);
        }
        layers
    }

    /// The best that can come of each, from the last item backwards.
    fn values(&self, layers: &[Vec<Held>]) -> Vec<HashMap<Held, Worth>> {
        let mut values = vec![HashMap::new(); self.items.len() + 1];
        values[self.items.len()].insert(Held::new(), Worth::default());
        for n in (0..self.items.len()).rev() {
            let best =
                |held: &Held| self.items[n].ways.iter().map(|way| self.value(n, held, way, &values[n + 1])).max();
            let layer = layers[n].iter().map(|held| (held.clone(), best(held).unwrap_or_default())).collect();
            values[n] = layer;
        }
        values
    }

    fn value(&self, n: usize, held: &Held, way: &[usize], later: &HashMap<Held, Worth>) -> Worth {
        let (next, worth) = self.step(n, held, way);
        worth + later.get(&next).copied().unwrap_or_default()
    }

    /// Goes the best way; among equals the earlier item goes to the period that ends first.
    fn walk(&self, values: &[HashMap<Held, Worth>]) -> Vec<usize> {
        let mut held = Held::new();
        let mut chosen = Vec::with_capacity(self.items.len());
        for (n, item) in self.items.iter().enumerate() {
            let ends = |way: &usize| item.ways[*way].iter().map(|d| (self.demands[*d].ends, *d)).min();
            let mut order: Vec<usize> = (0..item.ways.len()).collect();
            order.sort_by_key(ends);
            let mut best: Option<(Worth, usize)> = None;
            for way in order {
                let worth = self.value(n, &held, &item.ways[way], &values[n + 1]);
                if best.is_none_or(|(most, _)| worth > most) {
                    best = Some((worth, way));
                }
            }
            let way = best.map_or(0, |(_, way)| way);
            if let Some(used) = item.ways.get(way) {
                held = self.step(n, &held, used).0;
            }
            chosen.push(way);
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demand(lacks: u32, in_depth: bool, ends: &str) -> Demand {
        Demand { lacks, in_depth, ends: ends.parse().unwrap() }
    }

    fn disputed(a: usize, b: usize) -> Disputed {
        Disputed { ways: vec![vec![a], vec![b]], in_depth: false }
    }

    /// What a whole assignment is worth, counted plainly.
    fn worth(demands: &[Demand], items: &[Disputed], chosen: &[usize]) -> Worth {
        let mut has = vec![0; demands.len()];
        let mut worth = Worth::default();
        for (item, way) in items.iter().zip(chosen) {
            for &d in &item.ways[*way] {
                has[d] += 1;
                worth.counted += 1;
                worth.in_depth += i32::from(item.in_depth && demands[d].in_depth);
            }
        }
        let touched = |d: usize| items.iter().any(|i| i.ways.iter().flatten().any(|w| *w == d));
        for (d, demand) in demands.iter().enumerate().filter(|(d, demand)| demand.lacks > 0 && touched(*d)) {
            worth.met += i32::from(has[d] >= demand.lacks);
        }
        worth
    }

    /// Every assignment, the best first found in the order of preference.
    fn brute_force(demands: &[Demand], items: &[Disputed]) -> Vec<usize> {
        let preferred = |item: &Disputed| {
            let mut ways: Vec<usize> = (0..item.ways.len()).collect();
            ways.sort_by_key(|w| item.ways[*w].iter().map(|d| (demands[*d].ends, *d)).min());
            ways
        };
        let mut all = vec![Vec::new()];
        for item in items {
            let ways = preferred(item);
            all = all
                .iter()
                .flat_map(|head: &Vec<usize>| ways.iter().map(move |w| [&head[..], &[*w]].concat()))
                .collect();
        }
        let mut best = all[0].clone();
        for chosen in all {
            if worth(demands, items, &chosen) > worth(demands, items, &best) {
                best = chosen;
            }
        }
        best
    }

    #[test]
    fn agrees_with_trying_everything() {
        // A small generator of our own keeps the worlds the same on every machine.
        let mut seed = 7_u64;
        let mut pick = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap() % below
        };
        for world in 0..400 {
            let (short, long) = (1 + pick(4), 1 + pick(2));
            let mut demands = Vec::new();
            for n in 0..short + long {
                let day = NaiveDate::from_ymd_opt(2026, 5, 1 + u32::try_from(n * 3).unwrap()).unwrap();
                let lacks = u32::try_from(pick(3)).unwrap();
                demands.push(Demand { lacks, in_depth: n >= short, ends: day });
            }
            let items: Vec<_> = (0..pick(8))
                .map(|_| Disputed { ways: vec![vec![pick(short)], vec![short + pick(long)]], in_depth: pick(2) == 1 })
                .collect();
            assert_eq!(assign(&demands, &items), brute_force(&demands, &items), "world {world}: {demands:?} {items:?}");
        }
    }

    #[test]
    fn one_item_goes_where_it_reaches_a_number_then_by_its_kind() {
        // first demand, second demand, whether the item is in-depth → the demand it serves
        for (first, second, in_depth, chosen) in [
            (demand(2, false, "2026-05-03"), demand(1, true, "2026-05-31"), false, 1),
            (demand(1, false, "2026-05-03"), demand(2, true, "2026-05-31"), true, 0),
            (demand(1, false, "2026-05-03"), demand(1, true, "2026-05-31"), true, 1),
            (demand(1, false, "2026-05-31"), demand(1, false, "2026-05-03"), false, 1),
        ] {
            let item = Disputed { in_depth, ..disputed(0, 1) };
            assert_eq!(assign(&[first.clone(), second.clone()], &[item]), [chosen], "{first:?} {second:?}");
        }
    }

    /// Weeks end one after another and items come in one by one: what was reached stays reached.
    #[test]
    fn an_item_more_takes_no_reached_number_back() {
        let mut seed = 11_u64;
        let mut pick = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap() % below
        };
        for world in 0..300 {
            let month = |n: usize| NaiveDate::from_ymd_opt(2026, 5 + u32::try_from(n).unwrap(), 28).unwrap();
            let mut demands: Vec<Demand> = (0..8)
                .map(|week| Demand {
                    lacks: 1,
                    in_depth: false,
                    ends: month(week / 4) - chrono::Days::new(21 - 7 * (week as u64 % 4)),
                })
                .collect();
            demands.extend((0..2).map(|n| Demand { lacks: 1, in_depth: true, ends: month(n) }));
            let mut weeks: Vec<usize> = (0..7).map(|_| pick(8)).collect();
            weeks.sort_unstable();
            // The week between two months has items of both.
            let item = |(n, week): (usize, &usize)| Disputed {
                ways: vec![vec![*week], vec![8 + (week + n % 2) / 4 % 2]],
                in_depth: true,
            };
            let items: Vec<Disputed> = weeks.iter().enumerate().map(item).collect();
            let mut reached: Vec<usize> = Vec::new();
            for known in 1..=items.len() {
                let chosen = assign(&demands, &items[..known]);
                let used: Vec<usize> =
                    items.iter().zip(chosen).flat_map(|(item, way)| item.ways[way].clone()).collect();
                assert!(reached.iter().all(|demand| used.contains(demand)), "world {world}: {items:?} {known}");
                reached = used;
            }
        }
    }

    #[test]
    fn a_chain_of_weeks_and_months_is_resolved_as_a_whole() {
        // Weeks 0–2, months 3–4; the item of the middle week may serve either month's duty.
        let week = |ends| demand(1, false, ends);
        let month = |ends| demand(1, true, ends);
        let demands =
            [week("2026-04-26"), week("2026-05-03"), week("2026-05-10"), month("2026-04-30"), month("2026-05-31")];
        let items = [disputed(0, 3), disputed(1, 3), disputed(1, 4), disputed(2, 4), disputed(2, 4)];
        let chosen = assign(&demands, &items);
        assert_eq!(worth(&demands, &items, &chosen).met, 5, "{chosen:?}");
    }
}
