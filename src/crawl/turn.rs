//! The order in which the answers of one site are dealt with: that in which the archive has them.
//!
//! Which of two pages that show one article came first decides under which name it is known, and a
//! rebuild has only the archive to go by. Reading pages takes long and is done side by side; what
//! follows from them is done in turn.

use crate::error::Result;
use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The turns of one site.
#[derive(Default)]
pub(super) struct Turns {
    line: Mutex<Line>,
    moved: Condvar,
}

#[derive(Default)]
struct Line {
    /// Turns given out.
    given: u64,
    /// Those over, without a gap.
    over: u64,
    /// Those over behind a gap.
    early: BTreeSet<u64>,
}

/// One place in the line; it is given up when this is dropped, however that comes about.
pub(super) struct Turn<'t> {
    turns: &'t Turns,
    number: u64,
}

impl Turns {
    /// Takes the next turn for what `write` puts into the archive.
    pub(super) fn take<T>(&self, write: impl FnOnce() -> Result<T>) -> Result<(Turn<'_>, T)> {
        let mut line = self.line();
        let written = write()?;
        let number = line.given;
        line.given += 1;
        Ok((Turn { turns: self, number }, written))
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// Waits until all earlier turns are over. Whoever has one is at work on it, so this ends.
    pub(super) fn wait(&self) {
        let mut line = self.turns.line();
        while line.over < self.number {
            line = self.turns.moved.wait(line).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut line = self.turns.line();
        line.early.insert(self.number);
        while line.early.first() == Some(&line.over) {
            line.early.pop_first();
            line.over += 1;
        }
        self.turns.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_late_is_dealt_with_in_its_turn() {
        let turns = Turns::default();
        let (first, ()) = turns.take(|| Ok(())).unwrap();
        let (second, ()) = turns.take(|| Ok(())).unwrap();
        let (third, ()) = turns.take(|| Ok(())).unwrap();
        let dealt = Mutex::new(Vec::new());
        let deal = |turn: Turn<'_>, name| {
            turn.wait();
            dealt.lock().unwrap().push(name);
        };
        // One that was given up holds nobody back.
        drop(second);
        std::thread::scope(|scope| {
            let later = scope.spawn(|| deal(third, 3));
            deal(first, 1);
            later.join().unwrap();
        });
        assert_eq!(*dealt.lock().unwrap(), [1, 3]);
    }
}
