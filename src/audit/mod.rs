//! The audit: plan × articles × coverage × decisions → verdicts with their evidence.
//!
//! Pure: same inputs, same verdicts; it reads no file and no clock (`as_of` is handed in).

mod verdict;

pub use verdict::{Audit, Automatic, Gap, Item, ItemReason, Note, Status, ThemeCount, Verdict};
