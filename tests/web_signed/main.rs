//! The inspectors' half of the web page, over the real router and a real state folder: who is let
//! in, what is refused, and that every change is in the journal.

#[path = "../captured/mod.rs"]
mod captured;
mod desk;
mod door;
mod site;
