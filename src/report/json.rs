//! The audit as JSON: the contract other programs rely on.

use super::Report;
use crate::error::{Error, Result};

pub(super) fn render(report: &Report<'_>) -> Result<Vec<u8>> {
    let mut bytes =
        serde_json::to_vec_pretty(report.audit).map_err(|e| Error::Failed(format!("không viết được JSON: {e}")))?;
    bytes.push(b'\n');
    Ok(bytes)
}
