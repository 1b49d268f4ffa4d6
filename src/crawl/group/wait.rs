//! The pauses of a group: all its waiting is here, and ends early when the run is stopped.

use super::Group;
use crate::crawl::politeness::Moment;
use std::time::Duration;

/// Woken at least as often, to notice that the window has closed.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

impl Group {
    /// Waits for a moment, or for a worker to be done with a page.
    pub(super) async fn wait(&mut self, until: Option<Moment>) {
        let stop = self.night.stop.clone();
        let far = Duration::from_secs(3600);
        let pause = until.map_or(far, |until| until.saturating_sub(self.now()));
        tokio::select! {
            lane = self.done.1.recv() => {
                if let Some(lane) = lane {
                    self.lanes[lane].in_flight -= 1;
                }
            }
            () = tokio::time::sleep(pause) => {}
            () = stop.stopped() => {}
        }
    }

    /// Waits until the next request may leave; `false`: it may not leave at all any more.
    pub(super) async fn turn(&mut self, lane: usize) -> bool {
        loop {
            if self.must_end().is_some() {
                return false;
            }
            let now = self.now();
            let turn = self.manners.next_turn(now).max(self.lanes[lane].next_at);
            if turn <= now {
                return true;
            }
            let stop = self.night.stop.clone();
            let pause = (turn - now).min(LONGEST_SLEEP);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.stopped() => {}
            }
        }
    }
}
