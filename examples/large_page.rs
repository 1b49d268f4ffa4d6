//! How fast the web page answers over a large city: 200 units, 100,000 articles, a year of nights.
//!
//! `cargo run --release --example large_page [ADDRESS]` makes the state in memory and measures every
//! kind of page at the server, made anew and kept; where an address is named, it listens there
//! instead, for a load tool.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use cchc_audit::archive::Archive;
use cchc_audit::article::{Article, ArticleId, Assessment, Channel, Kind};
use cchc_audit::audit::{Post, World};
use cchc_audit::coverage::{Coverage, Observation, Via, Watched};
use cchc_audit::data::Data;
use cchc_audit::record::Record;
use cchc_audit::rules::Rules;
use cchc_audit::store::Store;
use cchc_audit::time;
use cchc_audit::unit::UnitId;
use cchc_audit::web::{App, Night, Parts, Snapshot, router};
use chrono::{Duration, NaiveDate};
use std::sync::Arc;
use std::time::Instant;
use tower::ServiceExt as _;

const ARTICLES: usize = 100_000;
const DAY: &str = "2026-11-20";
/// Addresses tried of each kind of page.
const TRIES: usize = 25;

fn day() -> NaiveDate {
    DAY.parse().expect("a day")
}

fn units(rules: &Rules) -> Vec<UnitId> {
    rules.registry.units().iter().filter(|unit| unit.of_the_city()).map(|unit| unit.id.clone()).collect()
}

/// Articles spread over the units and the days of the year: one in five on the city page, half of
/// them about administrative reform, one in ten in-depth.
fn articles(units: &[UnitId]) -> impl Iterator<Item = (Article, Assessment)> {
    let new_year = time::start_of(NaiveDate::from_ymd_opt(2026, 1, 1).expect("a year has this day"));
    (0..ARTICLES).map(move |n| {
        let unit = &units[n % units.len()];
        let minutes = (n * 7919 % ARTICLES) as i64 * 323 * 24 * 60 / ARTICLES as i64;
        let at = new_year + Duration::minutes(minutes);
        let article = Article {
            id: ArticleId(format!("{n:016x}")),
            site: Some(unit.to_string()),
            channel: if n.is_multiple_of(5) { Channel::CityPage } else { Channel::OwnPortal },
            host: format!("{unit}.vn"),
            url: format!("https://{unit}.vn/tin-tuc/bai-so-{n}.html"),
            title: format!("Đẩy mạnh cải cách hành chính, nâng cao chất lượng phục vụ người dân, bài {n}"),
            body: vec!["Bộ phận một cửa tiếp nhận và trả kết quả đúng hạn.".repeat(6); 5],
            published: Some(at),
            first_seen: Some(at + Duration::hours(9)),
            ..Article::default()
        };
        let assessment = Assessment {
            unit: Some(unit.clone()),
            is_cchc: n.is_multiple_of(2),
            topics: vec!["tthc".to_owned()],
            kind: if n.is_multiple_of(10) { Kind::ChuyenSau } else { Kind::TinBai },
            ..Assessment::default()
        };
        (article, assessment)
    })
}

fn coverage(units: &[UnitId]) -> Coverage {
    let site = |unit: &UnitId| Watched {
        id: unit.to_string(),
        host: format!("{unit}.vn"),
        channel: Channel::OwnPortal,
        unit: Some(unit.clone()),
        confirmed: true,
        from: None,
        until: None,
    };
    let nights = (0..60).map(|n| time::end_of(day()) - Duration::days(n) - Duration::hours(1));
    let reading = |unit: &UnitId, at| Observation {
        site: unit.to_string(),
        at,
        since: Some(time::start_of(NaiveDate::from_ymd_opt(2026, 1, 1).expect("a year has this day"))),
        via: Via::Listing,
        cause: None,
        doubt: None,
        detail: String::new(),
    };
    let observations = nights.flat_map(|at| units.iter().map(move |unit| reading(unit, at))).collect();
    Coverage::Observed { sites: units.iter().map(site).collect(), observations }
}

fn snapshot(store: &Store) -> Snapshot {
    let rules = Rules::parse(Data::built_in()).expect("the rules built in are sound");
    let units = units(&rules);
    let mut posts = Vec::with_capacity(ARTICLES);
    for (article, assessment) in articles(&units) {
        store.put(&article).expect("an index in memory takes what it is given");
        posts.push(Post::new(&article, assessment, Default::default()));
    }
    let mut world = World::new(posts);
    world.coverage = coverage(&units);
    let night = Night { day: day(), watched: units.len(), seen: units.len(), demo: false };
    println!("{} đơn vị, {ARTICLES} bài", units.len());
    Snapshot::new(rules, world, night)
}

async fn get(site: &Router, address: &str) -> (f64, usize) {
    let request = Request::get(address).header("host", "cchc.example").body(Body::empty()).expect("an address");
    let begun = Instant::now();
    let answer = site.clone().oneshot(request).await.expect("a router always answers");
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await.expect("a body in memory");
    assert_eq!(status, StatusCode::OK, "{address}");
    (begun.elapsed().as_secs_f64() * 1000.0, body.len())
}

/// Median and worst of a kind of page, made anew, and then from what is kept.
async fn measure(site: &Router, kind: &str, addresses: &[String]) {
    let (mut made, mut kept, mut size) = (Vec::new(), Vec::new(), 0);
    for address in addresses {
        let (first, bytes) = get(site, address).await;
        made.push(first);
        kept.push(get(site, address).await.0);
        size = size.max(bytes);
    }
    made.sort_by(f64::total_cmp);
    kept.sort_by(f64::total_cmp);
    let (middle, worst) = (made[made.len() / 2], made[made.len() - 1]);
    println!("{kind:28} {middle:8.1} ms  worst {worst:8.1} ms  kept {:6.2} ms  {size:8} B", kept[kept.len() / 2]);
}

fn pages(units: &[UnitId]) -> Vec<(&'static str, Vec<String>)> {
    let units = |make: fn(&UnitId) -> String| units.iter().step_by(7).take(TRIES).map(make).collect::<Vec<_>>();
    let numbers = |make: fn(usize) -> String| (0..TRIES).map(make).collect::<Vec<_>>();
    vec![
        ("front", vec!["/".to_owned(), "/?nhom=xa-phuong".to_owned(), "/?trang-thai=unmet".to_owned()]),
        ("front, a month", numbers(|n| format!("/?ky=2026-{:02}", n % 11 + 1))),
        ("unit", units(|unit| format!("/don-vi/{unit}"))),
        ("unit, a month", units(|unit| format!("/don-vi/{unit}?ky=2026-05"))),
        ("feed", units(|unit| format!("/tin/{unit}"))),
        ("item", numbers(|n| format!("/bai/{:016x}", n * 3989))),
        ("list", numbers(|n| format!("/danh-sach?trang={}", n + 1))),
        ("check, a title", numbers(|n| format!("/tra-cuu?q=phuc+vu+nguoi+dan,+bai+{}", n * 3989))),
        ("check, an address", numbers(|n| format!("/tra-cuu?q=https://www.khong-co.vn/{n}"))),
        ("sources", vec!["/nguon".to_owned()]),
        ("plan", vec!["/ke-hoach/ha-noi-2026".to_owned()]),
        ("api verdicts", numbers(|n| format!("/api/v1/verdicts?offset={}", n * 100))),
        ("api item", numbers(|n| format!("/api/v1/items/{:016x}", n * 3989))),
        ("another date", (1..6).map(|n| format!("/?ngay=2026-1{}-0{n}", n % 2)).collect()),
        ("another plan", vec!["/?plan=ha-noi-2025".to_owned()]),
        ("csv", vec!["/tai-ve/ha-noi-2026.csv".to_owned()]),
        ("xlsx", vec!["/tai-ve/ha-noi-2026.xlsx".to_owned()]),
    ]
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = Arc::new(Store::temporary()?);
    let snapshot = snapshot(&store);
    let begun = Instant::now();
    snapshot.warm()?;
    println!("the audit of the night: {:.0} ms", begun.elapsed().as_secs_f64() * 1000.0);
    let units: Vec<UnitId> = units(&Rules::parse(Data::built_in())?);
    let folder = std::env::temp_dir().join("cchc-large-page");
    let app = App::new(Parts {
        store,
        archive: Archive::new(folder.join("archive")),
        record: Record::new(&folder),
        proxies: Vec::new(),
        snapshot,
        reload: Box::new(|| Err(cchc_audit::error::Error::Failed("nothing to read anew".to_owned()))),
        now: Arc::new(|| time::end_of(day())),
    });
    let site = router(Arc::new(app));
    if let Some(address) = std::env::args().nth(1) {
        let listener = tokio::net::TcpListener::bind(&address).await?;
        println!("http://{}/", listener.local_addr()?);
        axum::serve(listener, site).await?;
        return Ok(());
    }
    for (kind, addresses) in pages(&units) {
        measure(&site, kind, &addresses).await;
    }
    Ok(())
}
