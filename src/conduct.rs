//! The ledger of our own conduct: what each site had to bear from us in one night.

use crate::coverage::Cause;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// One site, one night.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conduct {
    /// The site's id.
    pub site: String,
    /// When the reading began.
    pub from: Time,
    /// When it ended.
    pub to: Time,
    /// Requests sent, robots.txt included.
    pub requests: u64,
    /// Those of them that looked again at known articles.
    pub rechecks: u64,
    /// Bytes received in bodies.
    pub bytes: u64,
    /// The slowest answer, in milliseconds.
    pub slowest_ms: u64,
    /// The longest gap kept between two requests, in milliseconds.
    pub longest_delay_ms: u64,
    /// How often we stood back because the server asked for it or failed.
    pub back_offs: u64,
    /// What was not asked for, or in vain, by cause.
    pub skipped: BTreeMap<String, u64>,
    /// New articles.
    pub new: u64,
    /// Known articles that had changed.
    pub changed: u64,
    /// Known articles that were gone.
    pub gone: u64,
    /// What robots.txt said.
    pub robots: Vec<RobotsVerdict>,
}

/// What the robots.txt of one origin said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RobotsVerdict {
    /// Scheme, host and port.
    pub origin: String,
    /// In words.
    pub verdict: String,
    /// SHA-256 of the file, where there was one.
    pub hash: Option<String>,
    /// When the file was had.
    pub at: Time,
    /// The delay it asks for, in seconds.
    pub crawl_delay: Option<f64>,
}

impl Conduct {
    /// The blank page of a night.
    #[must_use]
    pub fn new(site: &str, from: Time) -> Self {
        Self {
            site: site.to_owned(),
            from,
            to: from,
            requests: 0,
            rechecks: 0,
            bytes: 0,
            slowest_ms: 0,
            longest_delay_ms: 0,
            back_offs: 0,
            skipped: BTreeMap::new(),
            new: 0,
            changed: 0,
            gone: 0,
            robots: Vec::new(),
        }
    }

    /// Takes in what the same site had to bear in another run.
    pub fn add(&mut self, other: &Self) {
        self.from = self.from.min(other.from);
        self.requests += other.requests;
        self.rechecks += other.rechecks;
        self.bytes += other.bytes;
        self.slowest_ms = self.slowest_ms.max(other.slowest_ms);
        self.longest_delay_ms = self.longest_delay_ms.max(other.longest_delay_ms);
        self.back_offs += other.back_offs;
        for (cause, count) in &other.skipped {
            *self.skipped.entry(cause.clone()).or_default() += count;
        }
        self.new += other.new;
        self.changed += other.changed;
        self.gone += other.gone;
        if self.robots.is_empty() {
            self.robots.clone_from(&other.robots);
        }
    }

    /// Enters one request.
    pub fn request(&mut self, bytes: u64, elapsed: Duration) {
        self.requests += 1;
        self.bytes += bytes;
        self.slowest_ms = self.slowest_ms.max(millis(elapsed));
    }

    /// Enters the gap kept before a request.
    pub fn delay(&mut self, gap: Duration) {
        self.longest_delay_ms = self.longest_delay_ms.max(millis(gap));
    }

    /// Enters something not asked for, or in vain.
    pub fn skip(&mut self, cause: Cause) {
        *self.skipped.entry(cause.code().to_owned()).or_default() += 1;
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
