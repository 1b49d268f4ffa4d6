//! Store and reports as pages.
