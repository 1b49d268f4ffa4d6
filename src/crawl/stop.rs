//! The wish to end a run early: said once, heard everywhere.

use std::sync::Arc;
use tokio::sync::watch;

/// A switch that can be turned off from any thread, also from a signal handler's task.
#[derive(Debug, Clone)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Stop {
    /// A switch that is on.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the run: no request leaves any more, what is under way is dropped, all books are closed.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was said.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits for it; also hears what was said before.
    pub async fn stopped(&self) {
        let mut heard = self.0.subscribe();
        // The sender is held by `self`, so waiting cannot fail.
        let _ = heard.wait_for(|stopped| *stopped).await;
    }
}
