//! What an article is: unit, CCHC or not, topics, kind, novelty — each answer with its reasons.

pub mod novelty;
