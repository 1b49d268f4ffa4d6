//! Audits whether public offices published what administrative-reform plans oblige them to publish.
//!
//! One way through, nothing flows back:
//!
//! ```text
//! seeds → crawl → archive → extract → assess → audit → report
//! ```
//!
//! I/O stands at both ends. Everything between a capture and a report is pure functions over
//! plain data, so any verdict can be computed again from what was archived. Who may import whom
//! is checked by `tests/layers.rs`.

#![warn(clippy::unwrap_used)]

// Words: plain data, no I/O.
pub mod article;
pub mod conduct;
pub mod coverage;
pub mod data;
pub mod decision;
mod deflate;
pub mod digest;
pub mod error;
pub mod fields;
pub mod note;
pub mod parallel;
pub mod period;
pub mod text;
pub mod time;
pub mod unit;
pub mod url;
// Rules: read from data, checked once.
pub mod lexicon;
pub mod plan;
pub mod platform;
pub mod registry;
pub mod site;
// Edge in.
pub mod archive;
pub mod crawl;
// The middle: pure functions.
pub mod assess;
pub mod audit;
pub mod extract;
// Memory.
pub mod record;
pub mod store;
// Everything the rule files say, at once.
pub mod rules;
// Edge out.
pub mod evidence;
pub mod inspect;
pub mod report;
pub mod web;
// Drivers: compose, decide nothing.
pub mod checkup;
pub mod demo;
pub mod intake;
pub mod nightly;
pub mod owner;
pub mod rebuild;
pub mod serve;
pub mod settle;
pub mod world;

pub mod cli;
