//! The sample `sites.toml` parses, shows every key, and agrees with the registry.

use cchc_audit::article::Channel;
use cchc_audit::data::Data;
use cchc_audit::registry::Registry;
use cchc_audit::site::{CRAWLER_KEYS, Confidence, SITE_KEYS, Sites, TIMESTAMP_KEYS};
use cchc_audit::unit::Group;
use chrono::NaiveDate;

const TEXT: &str = include_str!("../sites.toml");

fn sites() -> Sites {
    Sites::parse("sites.toml", TEXT).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

fn registry() -> Registry {
    Registry::parse(&Data::built_in()).unwrap()
}

#[test]
fn every_key_stands_in_the_sample() {
    let shown = |key: &str| TEXT.lines().any(|l| l.trim_start_matches("# ").starts_with(&format!("{key} = ")));
    let missing: Vec<_> =
        CRAWLER_KEYS.iter().chain(SITE_KEYS).chain(TIMESTAMP_KEYS).filter(|key| !shown(key)).collect();
    assert!(missing.is_empty(), "sites.toml must show {missing:?}, commented out where optional");
}

/// What stands commented out in the head is right as well: without its `# ` it parses.
#[test]
fn the_commented_sample_parses() {
    let fingerprint = format!("sha256:{}", "0".repeat(64));
    let head = TEXT.split("# ----").next().unwrap().replace("sha256:…", &fingerprint);
    let is_setting = |line: &str| line.starts_with("[") || line.split(" = ").next().is_some_and(is_key);
    let lines = head.lines().map(|l| l.strip_prefix("# ").unwrap_or(l)).filter(|l| is_setting(l));
    let text = lines.collect::<Vec<_>>().join("\n");
    let sample = Sites::parse("sample", &text).unwrap_or_else(|faults| panic!("{faults:#?}\n{text}"));
    assert_eq!(sample.sites.len(), 1);
    assert!(sample.sites[0].tls_exception.is_some() && sample.crawler.budget.is_some());
    assert_eq!(sample.authorities.len(), 1);
}

fn is_key(word: &str) -> bool {
    [CRAWLER_KEYS, SITE_KEYS, TIMESTAMP_KEYS].iter().any(|keys| keys.contains(&word))
}

#[test]
fn the_city_page_the_general_portal_and_every_ward_are_there() {
    let (sites, registry) = (sites(), registry());
    let of = |channel| sites.sites.iter().filter(|s| s.channel == channel).map(|s| s.host.as_str()).collect::<Vec<_>>();
    assert_eq!(of(Channel::CityPage), ["caicachhanhchinh.hanoi.gov.vn"]);
    assert_eq!(of(Channel::Other), ["hanoi.gov.vn"]);
    let day = NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();
    let wards = registry.members(Group::XaPhuong, day).filter(|u| u.of_the_city());
    let (seen, unseen): (Vec<_>, Vec<_>) =
        wards.partition(|ward| sites.sites.iter().any(|s| s.unit.as_ref() == Some(&ward.id)));
    assert_eq!((seen.len(), unseen.len()), (126, 0));
    let departments = registry.members(Group::SoNganh, day).filter(|u| u.of_the_city());
    for department in departments.filter(|d| !d.hosts.is_empty()) {
        assert!(sites.sites.iter().any(|s| s.unit.as_ref() == Some(&department.id)), "{}", department.id);
    }
}

#[test]
fn hosts_are_the_registrys_and_unseen_ones_are_guesses() {
    let registry = registry();
    for site in sites().sites.iter().filter(|s| s.channel == Channel::OwnPortal) {
        let unit = registry.get(site.unit.as_ref().unwrap()).unwrap_or_else(|| panic!("{} has no such unit", site.id));
        let host = unit.hosts.iter().find(|h| h.host == site.host);
        let host = host.unwrap_or_else(|| panic!("{}: the registry does not know {}", site.id, site.host));
        let verified = host.confidence.id() == "verified";
        assert!(verified || site.confidence == Confidence::Guess, "{}: nobody has seen it", site.id);
    }
}
