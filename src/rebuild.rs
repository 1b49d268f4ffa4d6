//! The store anew from archive and journal.
