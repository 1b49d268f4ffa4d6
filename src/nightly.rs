//! The nightly job: crawl, extract, assess, audit, report.
