//! The nightly job: crawl, settle, audit every plan in force, write the reports.

mod desk;
mod reader;
pub mod reports;

pub use desk::StoreDesk;
pub use reader::PageReader;
