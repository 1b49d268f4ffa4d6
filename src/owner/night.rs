//! A night that another command asks of the holder, and what that command is told of it.

use serde::{Deserialize, Serialize};
use std::sync::mpsc::Sender;

/// Hands a wish to whoever runs the nights.
pub(super) type Bell = Box<dyn Fn(Ask) + Send + Sync>;

/// Somebody wants a night; whoever drops it unanswered refuses it.
#[derive(Debug)]
pub struct Ask(Sender<Told>);

/// What is told of a night.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Told {
    /// How it goes.
    Line(String),
    /// It is over; whether every site was seen.
    Over(bool),
    /// It did not run, or not to its end, for this reason.
    Failed(String),
}

impl Ask {
    pub(super) fn new(reply: Sender<Told>) -> Self {
        Self(reply)
    }

    /// Tells whoever asked; one who went away is told nothing.
    pub fn tell(&self, told: Told) {
        let _ = self.0.send(told);
    }
}
