//! Novelty against data: labelled pairs, and recall on generated texts.

mod pairs;
mod recall;

mod zipf;
