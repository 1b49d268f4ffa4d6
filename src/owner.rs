//! Who holds the state, and how others ask.
