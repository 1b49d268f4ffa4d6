//! The intake desk's ledger: a table that people keep, read with care and nothing refused silently.
