//! The guest: fetches what is new on the watched portals, and nothing else.

pub mod robots;
