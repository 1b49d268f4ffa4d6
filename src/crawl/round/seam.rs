//! Whether a list meets what it showed when it was last read.
//!
//! One article that is still there proves nothing: it may be pinned, have been edited in a list
//! that goes by edits, or stand in a box of what is read most. Several of those that stood first,
//! in the same order and behind everything new, leave no room for one that was missed. Nor does a
//! page that still shows all it showed.

/// Entries by which a list is known again.
const KEPT: usize = 20;

/// Entries of which enough must still stand there.
const FIRST: usize = 6;

/// Entries that are enough, on a page that shows twice as many or more; fewer do on a shorter one.
const ENOUGH: usize = 3;

/// Whether a list that shows these entries, in order, meets what it showed first at its last reading.
/// `page` is how many its first page shows. A list never read before meets what others had known.
pub(super) fn meets(shown: &[u64], is_new: impl Fn(u64) -> bool, last: &[u64], page: usize) -> bool {
    if !last.is_empty() && last.iter().all(|entry| shown.contains(entry)) {
        // It only grows, wherever news are put.
        return true;
    }
    let news = shown.iter().rposition(|entry| is_new(*entry));
    let (ahead, behind) = shown.split_at(news.map_or(0, |at| at + 1));
    // Those ahead of something new are pinned, or were edited.
    let stood = |entry: &&u64| !ahead.contains(entry);
    let first: Vec<u64> = match (last, news) {
        ([], _) => behind.iter().take(FIRST).copied().collect(),
        (_, Some(_)) => last.iter().filter(stood).take(FIRST).copied().collect(),
        // Where nothing is new there is nothing to miss between.
        (_, None) => last.to_vec(),
    };
    let places: Vec<usize> = behind.iter().filter_map(|entry| first.iter().position(|own| own == entry)).collect();
    let found = if news.is_some() { longest_rising(&places) } else { places.len() };
    found >= (page / 2).clamp(1, ENOUGH).min(first.len().max(1))
}

/// By which entries a list is known again that shows these and was known by `last`, which stand
/// behind them if they are left.
pub(super) fn kept(shown: &[u64], last: &[u64]) -> Vec<u64> {
    let older = last.iter().filter(|entry| !shown.contains(entry));
    shown.iter().chain(older).take(KEPT).copied().collect()
}

/// A sample of what a sitemap holds, whatever its order, by which it is known again.
pub(super) fn sample(shown: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut least: Vec<u64> = shown.collect();
    least.sort_unstable();
    least.truncate(KEPT);
    least
}

/// What a sitemap that was read whole holds of its sample.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// Nearly all, but for what was removed.
    All,
    /// Some: it rolls on, and joins what was known.
    Some,
    /// Nothing that proves anything.
    Nothing,
}

/// How much is left of a sample.
pub(super) fn left(sample: &[u64], holds: impl Fn(u64) -> bool) -> Left {
    let kept = sample.iter().filter(|page| holds(**page)).count();
    match kept {
        _ if kept * 5 >= sample.len() * 4 => Left::All,
        ENOUGH.. => Left::Some,
        _ => Left::Nothing,
    }
}

/// How many of these can be picked in rising order.
fn longest_rising(places: &[usize]) -> usize {
    let mut longest: Vec<usize> = Vec::with_capacity(places.len());
    for (at, place) in places.iter().enumerate() {
        let before = places[..at].iter().zip(&longest).filter(|(other, _)| *other < place).map(|(_, length)| *length);
        longest.push(before.max().unwrap_or(0) + 1);
    }
    longest.into_iter().max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_joined_by_several_of_what_stood_first_behind_its_news() {
        // Entries below 100 are known; a list of ten that showed 30 first, then one of three.
        let ten: Vec<u64> = (21..=30).rev().collect();
        for (what, last, shown, page, expected) in [
            ("two are new", ten.clone(), vec![102, 101, 30, 29, 28, 27, 26, 25, 24, 23], 10, true),
            ("all but one are new", ten.clone(), (101..=109).rev().chain([30]).collect(), 10, false),
            ("one is pinned to the top", ten.clone(), [30].into_iter().chain(101..=109).collect(), 10, false),
            ("an old one is kept at the end", ten.clone(), (101..=109).rev().chain([22]).collect(), 10, false),
            ("the first is edited, the rest follows", ten.clone(), vec![30, 101, 102, 29, 28, 27, 26], 10, true),
            ("the first half is gone", ten.clone(), vec![105, 104, 103, 102, 101, 24, 23, 22, 21], 10, false),
            ("another order", ten.clone(), vec![102, 101, 28, 29, 30], 10, false),
            ("one was removed", ten.clone(), vec![101, 30, 28, 27, 26], 10, true),
            ("nothing is new", ten.clone(), ten.clone(), 10, true),
            ("the most read", ten.clone(), vec![23, 30, 25], 6, true),
            ("a page of three", vec![3, 2, 1], vec![102, 101, 3], 3, true),
            ("all of a page of three", vec![3, 2, 1], vec![103, 102, 101], 3, false),
            ("it had two, and has ten", vec![2, 1], (101..=108).rev().chain([2, 1]).collect(), 10, true),
            ("never read, all new", vec![], vec![103, 102, 101], 3, false),
            ("never read, most known", vec![], vec![101, 30, 29, 28, 27, 26], 6, true),
            ("it grows at its end", ten.clone(), ten.iter().copied().chain(101..=105).collect(), 15, true),
            ("nothing there", ten.clone(), vec![], 0, false),
        ] {
            assert_eq!(meets(&shown, |entry| entry > 100, &last, page), expected, "{what}");
        }
    }

    #[test]
    fn a_sitemap_that_rolls_on_is_recognised() {
        let twenty = sample(1..=60);
        assert_eq!(twenty, (1..=20).collect::<Vec<u64>>());
        for (first, expected) in
            [(1, Left::All), (5, Left::All), (6, Left::Some), (18, Left::Some), (19, Left::Nothing)]
        {
            assert_eq!(left(&twenty, |page| page >= first), expected, "{first}");
        }
        assert_eq!(left(&[], |_| false), Left::All);
    }

    #[test]
    fn a_list_is_known_again_by_what_it_shows_and_what_stood_behind() {
        assert_eq!(kept(&[12, 11, 10], &[10, 9, 8]), [12, 11, 10, 9, 8]);
        assert_eq!(kept(&(0..30).collect::<Vec<u64>>(), &[99]).len(), KEPT);
    }
}
