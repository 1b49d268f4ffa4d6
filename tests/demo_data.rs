//! The demo's data is complete: every situation it must show is there, and shows what it says.

use cchc_audit::data::Data;
use cchc_audit::demo::{Demo, DemoArticle, Platform, Portal};
use cchc_audit::registry::Registry;
use cchc_audit::text;
use cchc_audit::unit::Group;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// `expected.toml`.
#[derive(Deserialize)]
struct Expected {
    verdict: Vec<Verdict>,
    nobody: Nobody,
}

#[derive(Deserialize)]
struct Verdict {
    case: String,
    unit: String,
    obligation: String,
    period: String,
    #[serde(default)]
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    article: String,
    reason: String,
    of: Option<String>,
}

#[derive(Deserialize)]
struct Nobody {
    articles: Vec<String>,
}

fn demo() -> Demo {
    Demo::read(&Data::built_in()).unwrap()
}

fn expected() -> Expected {
    toml::from_str(Data::built_in().get("demo/expected.toml").unwrap()).unwrap()
}

fn find<'a>(demo: &'a Demo, id: &str) -> (&'a Portal, &'a DemoArticle) {
    let mut all = demo.portals.iter().flat_map(|p| p.articles.iter().map(move |a| (p, a)));
    all.find(|(_, a)| a.id == id).unwrap_or_else(|| panic!("no article {id}"))
}

#[test]
fn the_demo_is_as_large_and_as_varied_as_promised() {
    let (demo, registry) = (demo(), Registry::parse(&Data::built_in()).unwrap());
    let units: Vec<_> = demo.portals.iter().filter_map(|p| p.unit.as_ref()).collect();
    assert!(units.len() >= 12, "{} units", units.len());
    let groups: BTreeSet<Group> = units.iter().map(|u| registry.get(u).unwrap().group).collect();
    assert_eq!(groups, [Group::SoNganh, Group::XaPhuong, Group::NganhDoc, Group::SuNghiep].into());
    let platforms: BTreeSet<Platform> = demo.portals.iter().map(|p| p.platform).collect();
    assert_eq!(platforms.len(), 3);
    let articles: usize = demo.portals.iter().map(|p| p.articles.len()).sum();
    assert!((90..150).contains(&articles), "{articles} articles");
    let addresses: BTreeSet<_> = demo.portals.iter().map(|p| p.address).collect();
    assert!(addresses.len() > 3 && addresses.iter().all(std::net::Ipv4Addr::is_loopback));
}

#[test]
fn portals_stand_under_the_names_the_registry_knows() {
    let registry = Registry::parse(&Data::built_in()).unwrap();
    for portal in &demo().portals {
        if let Some(unit) = &portal.unit {
            assert_eq!(registry.by_host(&portal.host).map(|u| &u.id), Some(unit), "{}", portal.host);
        }
    }
}

#[test]
fn every_situation_is_expected_somewhere_and_every_expectation_names_what_exists() {
    const CASES: [&str; 20] = [
        "back-dated",
        "before-the-rule",
        "broken-date",
        "copy-on-own-portal",
        "cross-posted",
        "edited-repost",
        "in-depth",
        "met",
        "no-portal",
        "nothing-published",
        "other-things",
        "own-first-repost",
        "own-first-tolerated",
        "portal-down",
        "removed",
        "repost-between-portals",
        "running",
        "second-night",
        "several-addresses",
        "themed",
    ];
    let (demo, expected) = (demo(), expected());
    let cases: BTreeSet<&str> = expected.verdict.iter().map(|v| v.case.as_str()).collect();
    let missing: Vec<_> = CASES.iter().filter(|case| !cases.contains(*case)).collect();
    assert_eq!(missing, Vec::<&&str>::new());
    let readme = include_str!("../data/demo/README.md");
    for verdict in &expected.verdict {
        let (unit, place) = (&verdict.unit, format!("{} {} {}", verdict.unit, verdict.obligation, verdict.period));
        assert!(readme.contains(&verdict.case) || ["met", "unmet", "running"].contains(&verdict.case.as_str()));
        for item in &verdict.items {
            find(&demo, &item.article);
            item.of.iter().for_each(|of| {
                find(&demo, of);
            });
        }
        let known = demo.portals.iter().any(|p| p.unit.as_ref().is_some_and(|u| u.as_str() == unit));
        assert!(known || unit == "so-noi-vu", "{place}");
    }
    expected.nobody.articles.iter().for_each(|id| {
        find(&demo, id);
    });
}

#[test]
fn what_is_called_a_repost_repeats_an_earlier_text() {
    let demo = demo();
    for item in expected().verdict.iter().flat_map(|v| &v.items) {
        let (_, article) = find(&demo, &item.article);
        match item.reason.as_str() {
            "repost" | "cross_posted" => {
                let (portal, original) = find(&demo, item.of.as_ref().unwrap());
                assert!(original.published < article.published, "{}", item.article);
                assert!(share(article, original) > 0.5, "{}", item.article);
                assert_eq!(item.reason == "cross_posted", portal.host == "hanoi.gov.vn", "{}", item.article);
            }
            _ => assert_eq!(item.of, None, "{}", item.article),
        }
    }
}

#[test]
fn an_edited_repost_is_edited() {
    let demo = demo();
    let (copy, original) = (find(&demo, "da-city-mot-cua").1, find(&demo, "da-mot-cua-luu-dong").1);
    assert_ne!((&copy.body, &copy.title), (&original.body, &original.title));
    assert!(share(copy, original) < 1.0);
}

#[test]
fn no_two_originals_share_text() {
    let demo = demo();
    let originals: Vec<&DemoArticle> =
        demo.portals.iter().flat_map(|p| &p.articles).filter(|a| a.copy_of.is_none()).collect();
    let runs: Vec<HashSet<String>> = originals.iter().map(|a| shingles(a)).collect();
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    for (n, article) in originals.iter().enumerate() {
        let length = text::words(&format!("{} {}", article.sapo, article.body.join(" "))).count();
        assert!((110..310).contains(&length), "{}: {length} words", article.id);
        assert_eq!(first.insert(&article.title, &article.id), None, "two titles alike");
        for earlier in 0..n {
            let share = common(&runs[n], &runs[earlier]);
            assert!(share < 0.06, "{} and {} share {share}", article.id, originals[earlier].id);
        }
    }
}

/// The runs of five words in a body.
fn shingles(article: &DemoArticle) -> HashSet<String> {
    let body = text::normal(&article.body.join(" "));
    let words: Vec<&str> = text::words(&body).collect();
    words.windows(5).map(|run| run.join(" ")).collect()
}

fn common(mine: &HashSet<String>, theirs: &HashSet<String>) -> f64 {
    mine.intersection(theirs).count() as f64 / mine.len() as f64
}

/// The share of one body found in another.
fn share(of: &DemoArticle, within: &DemoArticle) -> f64 {
    common(&shingles(of), &shingles(within))
}

#[test]
fn the_two_nights_differ() {
    let demo = demo();
    let [first, second] = demo.nights[..] else { panic!("two nights") };
    assert_eq!(second - first, chrono::TimeDelta::days(1));
    let articles = || demo.portals.iter().flat_map(|p| &p.articles);
    assert!(articles().any(|a| !a.online(first) && a.online(second)), "something appears");
    assert!(articles().any(|a| a.online(first) && a.gone(second)), "something goes");
    assert!(articles().all(|a| a.published <= second), "nothing lies beyond the demo");
}
