//! Portals that suddenly behave otherwise, over many nights on loopback: the alarm names what
//! happened, and no verdict is drawn from the time since.

mod loopback;

use cchc_audit::article::Channel;
use cchc_audit::audit::{self, Selection, Status, World as Known};
use cchc_audit::coverage::{Cause, Coverage, Observation, Watched};
use cchc_audit::data::Data;
use cchc_audit::report::{Format, NightReport, Report as Paper};
use cchc_audit::rules::Rules;
use cchc_audit::time;
use chrono::{Days, NaiveDate};
use loopback::{Portal, World, article, html, links, status};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const HOST: &str = "phuong.vn";
const UNIT: &str = "phuong-hai-ba-trung";

fn day(number: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 1).unwrap() + Days::new(number)
}

/// What a portal shows on a day of its life, counted from 0.
#[derive(Clone, Copy)]
struct Life {
    /// Posts an article a day until this day, and again from that day on.
    silent: (u64, u64),
    /// Its pages show no date from this day until that day.
    undated: (u64, u64),
    /// Its home page leads elsewhere from this day on.
    moved: u64,
}

const QUIET_LIFE: Life = Life { silent: (999, 999), undated: (999, 999), moved: 999 };

/// A portal and the day it is on.
fn world(life: Life) -> (World, Arc<AtomicU64>) {
    let today = Arc::new(AtomicU64::new(0));
    let clock = today.clone();
    let posts = move |n: u64| n < life.silent.0 || life.silent.1 <= n;
    let portal = Portal::serve(
        HOST,
        Arc::new(move |request, stream| {
            let now = clock.load(Ordering::SeqCst);
            if request.path == "/" && now >= life.moved {
                return status(stream, 301, "Location: https://phuong-moi.vn/\r\n");
            }
            if request.path == "/" {
                let paths: Vec<String> =
                    (0..=now).filter(|n| posts(*n)).map(|n| format!("/tin/bai-viet-{n}.html")).collect();
                return html(stream, &links(&paths.iter().map(String::as_str).collect::<Vec<_>>()));
            }
            let number = request.path.trim_start_matches("/tin/bai-viet-").trim_end_matches(".html").parse::<u64>();
            let Ok(n) = number.map_err(drop) else { return status(stream, 404, "") };
            let (iso, shown) = (day(n).to_string(), day(n).format("%d/%m/%Y").to_string());
            let page = article(&format!("Tin ngày {n}")).replace("2026-05-12", &iso).replace("12/05/2026", &shown);
            let undated = (life.undated.0..life.undated.1).contains(&n);
            html(stream, &if undated { without_dates(&page, &iso, &shown) } else { page })
        }),
    );
    let world = World::new(vec![portal]);
    *world.now.lock().unwrap() = time::start_of(day(0)) + chrono::TimeDelta::hours(22);
    (world, today)
}

fn without_dates(page: &str, iso: &str, shown: &str) -> String {
    page.replace(&format!("{iso}T08:30:00+07:00"), "").replace(&format!("{shown} 08:30"), "")
}

/// Lives through the nights until a day; what each reading was.
fn nights(world: &World, today: &AtomicU64, until: u64) -> Vec<Observation> {
    let mut readings = Vec::new();
    while today.load(Ordering::SeqCst) < until {
        readings.push(world.crawl().sites[0].0.clone());
        world.later(24);
        today.fetch_add(1, Ordering::SeqCst);
    }
    readings
}

/// The ward's verdict on a month of its own portal, as known after these readings.
fn verdict(readings: &[Observation], month: &str) -> (Status, Vec<String>, String) {
    let rules = Rules::parse(Data::built_in()).unwrap();
    let unit = UNIT.parse().unwrap();
    let site = Watched {
        id: "phuong-vn".to_owned(),
        host: HOST.to_owned(),
        channel: Channel::OwnPortal,
        unit: Some(UNIT.parse().unwrap()),
        confirmed: true,
        from: None,
        until: None,
    };
    let mut known = Known::new(Vec::new());
    known.coverage = Coverage::Observed { sites: vec![site], observations: readings.to_vec() };
    let as_of = readings.last().unwrap().at.date_naive();
    let plan = rules.plans.get("ha-noi-2026").unwrap();
    let selection = Selection { units: vec![unit], periods: vec![month.parse().unwrap()] };
    let audit = audit::audit(plan, &rules.registry, &known, as_of, &selection).unwrap();
    let verdict = audit.verdicts.iter().find(|v| v.obligation == "a4").unwrap();
    let paper = Paper { audit: &audit, plan, registry: &rules.registry, changes: &[] };
    let html = String::from_utf8(Format::Html.render(&paper).unwrap()).unwrap();
    let json = String::from_utf8(Format::Json.render(&paper).unwrap()).unwrap();
    for alarm in &audit.alarms {
        assert!(html.contains("Cảnh báo") && html.contains(alarm.cause.name()) && json.contains(alarm.cause.code()));
    }
    (verdict.status, audit.alarms.iter().map(|a| a.cause.code().to_owned()).collect(), html)
}

#[test]
fn a_portal_that_falls_silent_is_not_called_idle() {
    // An article a day until 9 April, then nothing until 26 April.
    let (world, today) = world(Life { silent: (40, 56), ..QUIET_LIFE });
    let mut readings = nights(&world, &today, 49);
    assert!(readings[2..].iter().all(|r| r.cause.is_none()), "{readings:?}");
    assert_eq!(verdict(&readings, "2026-03").0, Status::Unmet, "no article is credited here, and all was seen");
    readings.extend(nights(&world, &today, 55));
    let last = readings.last().unwrap();
    assert_eq!((last.cause, last.since), (Some(Cause::Silence), None), "{last:?}");
    assert_eq!(last.doubt.unwrap().date_naive(), day(39), "the last item");
    let (status, alarms, _) = verdict(&readings, "2026-03");
    assert_eq!((status, alarms), (Status::Unmet, vec!["silence".to_owned()]), "before it fell silent all was seen");
    // It comes back: the reading covers the time of doubt too.
    readings.extend(nights(&world, &today, 58));
    let last = readings.last().unwrap();
    assert_eq!(last.cause, None, "{last:?}");
    assert!(verdict(&readings, "2026-03").1.is_empty());
    let covering = readings.iter().rev().find(|r| r.since.is_some_and(|since| since.date_naive() <= day(39)));
    assert!(covering.is_some_and(|r| r.at.date_naive() >= day(56)), "{covering:?}");
}

#[test]
fn a_month_of_silence_is_insufficient_data() {
    // Silent since 14 April: that month cannot be judged while the alarm stands.
    let (world, today) = world(Life { silent: (45, 999), ..QUIET_LIFE });
    let readings = nights(&world, &today, 62);
    let (status, alarms, _) = verdict(&readings, "2026-04");
    assert_eq!((status, alarms), (Status::InsufficientData, vec!["silence".to_owned()]));
    // Four weeks on, this is how the portal is.
    let readings = [readings, nights(&world, &today, 86)].concat();
    let (status, alarms, _) = verdict(&readings, "2026-04");
    assert_eq!((status, alarms), (Status::Unmet, Vec::new()), "{:?}", readings.last());
}

#[test]
fn articles_that_lose_their_dates_are_noticed_until_they_have_them_again() {
    let (world, today) = world(Life { undated: (50, 64), ..QUIET_LIFE });
    let mut readings = nights(&world, &today, 62);
    let last = readings.last().unwrap();
    assert_eq!((last.cause, last.since), (Some(Cause::FieldsLost), None), "{last:?}");
    assert!(last.detail.contains("ngày đăng còn"), "{}", last.detail);
    assert_eq!(last.doubt.unwrap().date_naive(), day(50));
    assert_eq!(verdict(&readings, "2026-04").0, Status::InsufficientData);
    readings.extend(nights(&world, &today, 74));
    let last = readings.last().unwrap();
    assert_eq!(last.cause, None, "{last:?}");
    assert_eq!(verdict(&readings, "2026-04").0, Status::Unmet);
}

#[test]
fn a_portal_that_moved_is_named_with_its_new_address() {
    let (world, today) = world(Life { moved: 10, ..QUIET_LIFE });
    let mut readings = nights(&world, &today, 10);
    let report = world.crawl();
    let (reading, _) = &report.sites[0];
    assert_eq!((reading.cause, reading.since), (Some(Cause::Moved), None), "{reading:?}");
    assert!(reading.detail.contains("https://phuong-moi.vn/"), "{}", reading.detail);
    readings.push(reading.clone());
    let (status, alarms, html) = verdict(&readings, "2026-03");
    assert_eq!(alarms, ["moved"]);
    assert_ne!(status, Status::Unmet);
    assert!(html.contains("phuong-moi.vn"));
    // The night's own report says it to everyone, beside how we behaved.
    let night = NightReport { as_of: day(10), sites: &report.sites };
    let shown = [night.table(), night.html().unwrap()].map(|bytes| String::from_utf8(bytes).unwrap());
    for text in &shown {
        assert!(text.contains("trang chủ chuyển sang tên miền khác"), "{text}");
        for title in ["Yêu cầu", "Byte", "Trả lời chậm nhất (ms)", "Lần lùi lại", "Bỏ qua", "robots.txt"]
        {
            assert!(text.contains(title), "{title}");
        }
    }
    assert!(night.xlsx().unwrap().starts_with(b"PK"));
}
