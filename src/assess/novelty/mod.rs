//! Whether a text was published before, exactly and explainably.
//!
//! Two stages. [`Index`] finds, among everything ever seen, the few earlier texts that may share
//! something with a new one, by resemblance and by containment; [`compare`] aligns them word by
//! word, decides how much of the new text is old, and can show where. [`judge()`] does both for one
//! article, [`over_file`] for a file against itself. Nothing here knows duties: which earlier texts
//! a plan tolerates is decided by leaving them out of the [`Overlap`].

mod align;
mod boilerplate;
mod card;
mod compare;
mod index;
mod judge;
mod letters;
mod moment;
mod outcome;
mod passage;
mod prepare;
mod sketch;
mod tokens;

pub use card::{Card, Part, Side, card};
pub use compare::compare;
pub use index::{Candidate, Index, TextId};
pub use judge::{Chain, Finding, PARTIAL, REPOST, Version, judge, over_file};
pub use moment::{Contradiction, Moment, best_time, contradictions, unseen};
pub use outcome::{Origin, Outcome, Shares, percent};
pub use prepare::Prepared;
pub use sketch::{GUARANTEE, Sketch, Stale, VERSION};

use crate::article::ArticleId;
use serde::{Deserialize, Serialize};

/// How much of one text stood in earlier ones, piece by piece, so that a duty can leave out the
/// earlier texts it tolerates and still get the exact share of the rest.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Overlap {
    /// The earlier texts that share something, the largest share first.
    pub earlier: Vec<Earlier>,
    /// Stretches of the new text found in the same set of earlier ones.
    pub pieces: Vec<Piece>,
    /// The weight of the whole new text.
    pub total: f32,
}

/// One earlier text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Earlier {
    /// Which.
    pub id: ArticleId,
    /// Share of the new text found in it, 0–1.
    pub share: f32,
    /// Share of it found in the new text, 0–1.
    pub back: f32,
}

/// A stretch of the new text that stood before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Piece {
    /// Its weight, in the measure of [`Overlap::total`].
    pub weight: f32,
    /// Where: positions in [`Overlap::earlier`].
    pub sources: Vec<u16>,
}

impl Overlap {
    /// Share of the text that stood before in any of the earlier texts accepted, 0–1.
    pub fn share(&self, accept: impl Fn(&Earlier) -> bool) -> f64 {
        if self.total <= 0.0 {
            return 0.0;
        }
        let accepted: Vec<bool> = self.earlier.iter().map(accept).collect();
        let stood = |p: &&Piece| p.sources.iter().any(|s| accepted.get(usize::from(*s)).copied().unwrap_or(false));
        let old = self.pieces.iter().filter(stood).fold(0.0, |sum, p| sum + p.weight);
        f64::from((old / self.total).min(1.0))
    }
}
