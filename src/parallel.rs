//! One function over many items on all processors, with the answers in the order of the items.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Items that a thread takes at a time: few enough that none is left waiting for another at the end.
const PART: usize = 32;

/// What `f` says of each item, in their order. `f` is handed the item's position as well.
///
/// # Panics
/// Where `f` does.
pub fn map<T: Sync, R: Send>(items: &[T], f: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let part = next.fetch_add(1, Ordering::Relaxed);
            let Some(taken) = items.chunks(PART).nth(part) else { return done };
            let answers: Vec<R> = (part * PART..).zip(taken).map(|(at, item)| f(at, item)).collect();
            done.push((part, answers));
        }
    };
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let helpers = processors.min(items.len().div_ceil(PART)).saturating_sub(1);
    let mut parts = thread::scope(|scope| {
        let helpers: Vec<_> = (0..helpers).map(|_| scope.spawn(work)).collect();
        let mut parts = work();
        for helper in helpers {
            parts.extend(helper.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        parts
    });
    parts.sort_unstable_by_key(|(part, _)| *part);
    parts.into_iter().flat_map(|(_, answers)| answers).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_stand_in_the_order_of_the_items() {
        for count in [0, 1, PART, PART + 1, 10 * PART + 7] {
            let items: Vec<usize> = (0..count).collect();
            let answers = map(&items, |at, item| (at, item * 2));
            assert_eq!(answers, items.iter().map(|n| (*n, n * 2)).collect::<Vec<_>>(), "{count}");
        }
    }

    #[test]
    fn a_panic_is_handed_on() {
        let items: Vec<usize> = (0..5 * PART).collect();
        let caught = std::panic::catch_unwind(|| map(&items, |_, item| assert_ne!(*item, 4 * PART)));
        assert!(caught.is_err());
    }
}
