//! Word lists as data: what words speak for which answer, and how strongly.
//!
//! Read from `data/lexicons/`. Knows words and weights, not articles: how they are weighed is
//! decided in [`crate::assess`]; those of the ledger are read for [`crate::record::ledger`].

mod ledger;
mod lists;
mod themes;
mod unit;
mod weights;

pub use ledger::{Column, LedgerWords, OutcomeWords, cell_says};
pub use lists::{Answer, Asked, List};
pub use themes::Theme;
pub use unit::{UnitWords, Weights};
pub use weights::Weight;

use crate::data::Data;
use crate::error::Fault;

/// All word lists.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lexicons {
    /// What tells whose an article is.
    pub unit: UnitWords,
    /// The weighted lists.
    pub lists: Vec<List>,
    /// The possible answers.
    pub answers: Vec<Answer>,
    /// The themes of coverage duties.
    pub themes: Vec<Theme>,
    /// The words of the intake desk's ledger.
    pub ledger: LedgerWords,
    /// What was learnt from labelled articles.
    pub weights: Vec<Weight>,
}

impl Lexicons {
    /// Reads `lexicons/` of the rule files.
    ///
    /// # Errors
    /// All faults of all files, each with file, line and field.
    pub fn parse(data: &Data) -> Result<Self, Vec<Fault>> {
        let (lists, mut faults) = lists::lists(data);
        let (answers, found) = lists::answers(data, &lists);
        faults.extend(found);
        let unit = UnitWords::parse(data, &lists, &answers).unwrap_or_else(|found| {
            faults.extend(found);
            UnitWords::default()
        });
        let (themes, found) = themes::themes(data, &answers);
        faults.extend(found);
        let (ledger, found) = LedgerWords::parse(data, &answers);
        faults.extend(found);
        let (weights, found) = weights::weights(data);
        faults.extend(found);
        if faults.is_empty() { Ok(Self { unit, lists, answers, themes, ledger, weights }) } else { Err(faults) }
    }
}
