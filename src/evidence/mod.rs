//! Packs that prove a number to a stranger.
