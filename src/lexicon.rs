//! Word lists as data: what words speak for which answer, and how strongly.
//!
//! Read from `data/lexicons/`. Knows words and weights, not articles: how they are weighed is
//! decided in [`crate::assess`].

use crate::data::Data;
use crate::error::Fault;

/// All word lists.
#[derive(Debug, Clone, Default)]
pub struct Lexicons {}

impl Lexicons {
    /// Reads `lexicons/` of the rule files.
    ///
    /// # Errors
    /// All faults of all files, each with file, line and field.
    pub fn parse(_data: &Data) -> Result<Self, Vec<Fault>> {
        Ok(Self {})
    }
}
