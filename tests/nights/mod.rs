//! A ward's portal that is read night after night, as tests of what changes on it want.

#![allow(dead_code, unreachable_pub, reason = "a module of several test files, each of which uses its own part")]

use super::loopback::Portal;
use cchc_audit::crawl::{Clock, Report, Stop};
use cchc_audit::data::Data;
use cchc_audit::nightly::{Job, Scope};
use cchc_audit::owner::Owner;
use cchc_audit::rules::Rules;
use cchc_audit::site::Sites;
use cchc_audit::time::{self, Time};
use std::sync::{Arc, Mutex};

pub const HOST: &str = "haibatrung.hanoi.gov.vn";

/// What the nights leave behind.
pub struct Nights {
    pub dir: tempfile::TempDir,
    pub rules: Rules,
    pub sites: Arc<Sites>,
    pub reports: Vec<Report>,
}

impl Nights {
    /// Reads a portal at 22:00, first so many days after the 20th of May 2026 as `days` begins with, then
    /// so many after the night before. `begins` is told each night's number before it is read.
    pub fn read(portal: &Portal, platform: &str, days: &[i64], begins: impl Fn(usize)) -> Self {
        let text = format!(
            "[crawler]\ncontact = \"mailto:a@b.vn\"\ndelay = \"0s\"\nallow_private = true\n\
             resolve = {{ \"{HOST}\" = \"{}\" }}\n[[site]]\nid = \"hai-ba-trung\"\nhost = \"{HOST}\"\n\
             channel = \"own-portal\"\nunit = \"phuong-hai-ba-trung\"\nplatform = \"{platform}\"\n\
             seeds = [\"http://{HOST}/\"]\n",
            portal.address
        );
        let sites = Arc::new(Sites::parse("sites.toml", &text).unwrap());
        let dir = tempfile::tempdir().unwrap();
        let rules = Rules::parse(Data::built_in()).unwrap();
        let now: Arc<Mutex<Time>> = Arc::new(Mutex::new(time::parse("2026-05-20T22:00:00+07:00").unwrap()));
        let clock: Clock = {
            let now = Arc::clone(&now);
            Arc::new(move || *now.lock().unwrap())
        };
        let owner = Owner::take(dir.path(), "test").unwrap();
        let mut reports = Vec::new();
        for (night, days) in days.iter().enumerate() {
            begins(night);
            *now.lock().unwrap() += chrono::TimeDelta::days(*days);
            let job = Job {
                owner: &owner,
                rules: &rules,
                sites: Arc::clone(&sites),
                sites_text: &text,
                clock: Arc::clone(&clock),
                stop: Stop::new(),
                description: None,
                requests: &|_| {},
                stages: &|_, _, _| {},
            };
            reports.push(job.crawl(&Scope::default()).unwrap());
            job.settle().unwrap();
        }
        drop(owner);
        Self { dir, rules, sites, reports }
    }
}
