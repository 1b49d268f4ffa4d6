//! How long a full audit takes, and that its cost grows with the number of articles.
//!
//! All units of the city × the plan of 2026 × its whole year; the world is loaded before and
//! nothing is rendered. Run `cargo bench --bench audit`; one thread only.

use cchc_audit::article::{ArticleId, Assessment, Channel, Kind};
use cchc_audit::assess::novelty::{Earlier, Overlap, Piece};
use cchc_audit::audit::{self, Case, Post, Selection, World};
use cchc_audit::data::Data;
use cchc_audit::rules::Rules;
use cchc_audit::time;
use chrono::{Duration, NaiveDate};
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

fn year_end() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 12, 31).expect("a year has this day")
}

/// A year of posts, spread evenly over the city's units: one in five on the city page, half of
/// them about CCHC, one in ten in-depth, one in twenty a copy of the post before.
fn world(rules: &Rules, articles: u32) -> World {
    let units: Vec<_> = rules.registry.units().iter().filter(|u| u.of_the_city()).map(|u| u.id.clone()).collect();
    let new_year = time::start_of(NaiveDate::from_ymd_opt(2026, 1, 1).expect("a year has this day"));
    let minutes = 365 * 24 * 60;
    let post = |n: u32| {
        let copy = n % 20 == 7;
        let earlier = Earlier { id: ArticleId(format!("{:07}", n.saturating_sub(1))), share: 1.0, back: 1.0 };
        Post {
            id: ArticleId(format!("{n:07}")),
            url: format!("https://don-vi-{}.hanoi.gov.vn/tin-tuc/bai-{n}.htm", n % 200),
            title: format!("Phường tổ chức hội nghị về cải cách hành chính lần thứ {n}"),
            channel: if n.is_multiple_of(5) { Channel::CityPage } else { Channel::OwnPortal },
            published: Some(new_year + Duration::minutes(i64::from(n) * minutes / i64::from(articles))),
            text: u64::from(n),
            assessment: Assessment {
                unit: Some(units[(n as usize * 7919) % units.len()].clone()),
                is_cchc: n.is_multiple_of(2),
                topics: vec!["tthc".to_owned()],
                quota_topics: if n.is_multiple_of(3) { vec!["kiem-soat-tthc".to_owned()] } else { Vec::new() },
                kind: if n.is_multiple_of(10) { Kind::ChuyenSau } else { Kind::TinBai },
                ..Assessment::default()
            },
            overlap: if copy {
                Overlap { earlier: vec![earlier], pieces: vec![Piece { weight: 1.0, sources: vec![0] }], total: 1.0 }
            } else {
                Overlap::default()
            },
            ..Post::default()
        }
    };
    World::new((0..articles).map(post).collect())
}

#[divan::bench(args = [10_000, 100_000, 1_000_000], sample_count = 3, sample_size = 1)]
fn all_duties_of_all_units(bencher: Bencher, articles: u32) {
    let rules = Rules::parse(Data::built_in()).expect("the rules built in are sound");
    let world = world(&rules, articles);
    let plan = rules.plans.get("ha-noi-2026").expect("the plan is built in");
    bencher.counter(ItemsCount::new(articles)).bench_local(|| {
        let case = Case::new(plan, &rules.registry, &world, year_end());
        let judged = case.judge(&Selection::default()).expect("nothing was selected");
        judged.statuses()
    });
}

#[divan::bench(args = [10_000, 100_000, 1_000_000], sample_count = 3, sample_size = 1)]
fn and_put_into_words(bencher: Bencher, articles: u32) {
    let rules = Rules::parse(Data::built_in()).expect("the rules built in are sound");
    let world = world(&rules, articles);
    let plan = rules.plans.get("ha-noi-2026").expect("the plan is built in");
    let all = Selection::default();
    let audit = || audit::audit(plan, &rules.registry, &world, year_end(), &all).expect("nothing was selected");
    bencher.counter(ItemsCount::new(articles)).bench_local(audit);
}

#[divan::bench(args = [10_000, 100_000, 1_000_000], sample_count = 5, sample_size = 1)]
fn one_unit(bencher: Bencher, articles: u32) {
    let rules = Rules::parse(Data::built_in()).expect("the rules built in are sound");
    let world = world(&rules, articles);
    let plan = rules.plans.get("ha-noi-2026").expect("the plan is built in");
    let day = year_end();
    let selection = Selection { units: vec!["phuong-hai-ba-trung".parse().expect("a slug")], periods: Vec::new() };
    bencher.bench_local(|| audit::audit(plan, &rules.registry, &world, day, &selection).expect("the unit exists"));
}
