//! Portals whose platform nobody declared: articles bear the same ids at crawl, on later nights and after
//! a rebuild, and a portal on which no article is recognised is never taken for an empty one.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod loopback;

use cchc_audit::coverage::Cause;
use cchc_audit::crawl::{Clock, Report, Stop};
use cchc_audit::data::Data;
use cchc_audit::nightly::{Job, Scope};
use cchc_audit::owner::Owner;
use cchc_audit::rules::Rules;
use cchc_audit::site::Sites;
use cchc_audit::{rebuild, time};
use loopback::{Portal, article, html, links, status};
use std::path::Path;
use std::sync::Arc;

const HOST: &str = "haibatrung.hanoi.gov.vn";

/// A portal of pages whose address names no platform before the first of them is read.
fn portal(paths: Vec<String>, page: fn(&str) -> String) -> Portal {
    let home = links(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    let answer = move |request: &loopback::Request, stream: &mut std::net::TcpStream| match &request.path {
        path if path == "/" => html(stream, &home),
        path if paths.contains(path) => html(stream, &page(path)),
        _ => status(stream, 404, ""),
    };
    Portal::serve(HOST, Arc::new(answer))
}

fn sites(portal: &Portal) -> (Sites, String) {
    let text = format!(
        "[crawler]\ncontact = \"mailto:a@b.vn\"\ndelay = \"0s\"\nallow_private = true\n\
         resolve = {{ \"{HOST}\" = \"{}\" }}\n[[site]]\nid = \"hai-ba-trung\"\nhost = \"{HOST}\"\n\
         channel = \"own-portal\"\nunit = \"phuong-hai-ba-trung\"\nseeds = [\"http://{HOST}/\"]\n",
        portal.address
    );
    (Sites::parse("sites.toml", &text).unwrap(), text)
}

fn night(dir: &Path, rules: &Rules, (sites, text): &(Sites, String), at: &'static str) -> Report {
    let owner = Owner::take(dir, "test").unwrap();
    let clock: Clock = Arc::new(move || time::parse(at).unwrap());
    let job = Job {
        owner: &owner,
        rules,
        sites: Arc::new(sites.clone()),
        sites_text: text,
        clock,
        stop: Stop::new(),
        description: None,
        requests: &|_| {},
        stages: &|_, _, _| {},
    };
    job.night(&Scope::default()).unwrap().crawled
}

fn ids(dir: &Path) -> Vec<(String, String)> {
    let owner = Owner::take(dir, "test").unwrap();
    owner.store.heads().map(|head| head.unwrap()).map(|head| (head.url, head.id.0)).collect()
}

#[test]
fn an_article_has_one_id_at_crawl_on_later_nights_and_after_a_rebuild() {
    let rules = Rules::parse(Data::built_in()).unwrap();
    let paths = (10..22).map(|n| format!("/cchc/bai-so-{n}-2658260514154{n}1.htm")).collect();
    let portal = portal(paths, |path| article(&format!("Cải cách hành chính: {path}")));
    let sites = sites(&portal);
    let dir = tempfile::tempdir().unwrap();
    let first = night(dir.path(), &rules, &sites, "2026-05-20T22:00:00+07:00");
    assert_eq!(first.sites[0].1.new, 12);
    let crawled = ids(dir.path());
    assert_eq!(crawled.len(), 12);
    let second = night(dir.path(), &rules, &sites, "2026-05-20T23:30:00+07:00");
    assert_eq!((second.sites[0].1.new, second.sites[0].1.requests), (0, 2), "robots.txt and the home page");
    assert_eq!(ids(dir.path()), crawled);
    let written = std::fs::read(dir.path().join("reports/2026-05-20/conduct.json")).unwrap();
    let written: serde_json::Value = serde_json::from_slice(&written).unwrap();
    let both = first.sites[0].1.requests + 2;
    assert_eq!(written["sites"][0]["requests"], both, "what the portal had to bear from both runs of the day");
    let owner = Owner::take(dir.path(), "test").unwrap();
    rebuild::rebuild(&owner, &rules, Some(&sites.0), &|_, _, _| {}).unwrap();
    drop(owner);
    assert_eq!(ids(dir.path()), crawled);
}

#[test]
fn a_portal_without_a_recognised_article_covers_nothing() {
    let rules = Rules::parse(Data::built_in()).unwrap();
    let paths = (0..60).map(|n| format!("/thong-bao/muc-{n}.html")).collect();
    let portal = portal(paths, |path| format!("<html><body><table><tr><td>{path}</td></tr></table></body></html>"));
    let dir = tempfile::tempdir().unwrap();
    let report = night(dir.path(), &rules, &sites(&portal), "2026-05-20T22:00:00+07:00");
    let (seen, conduct) = &report.sites[0];
    assert_eq!((seen.since, seen.cause, conduct.new), (None, Some(Cause::Unreadable), 0));
    assert!(!report.is_whole());
}

#[test]
fn a_short_notice_that_calls_itself_an_article_is_one() {
    let rules = Rules::parse(Data::built_in()).unwrap();
    let paths = (0..3).map(|n| format!("/tin/thong-bao-so-{n}.html")).collect();
    let portal = portal(paths, |path| {
        format!(
            "<html><head><title>Thông báo {path}</title><meta property=\"og:type\" content=\"article\">\
             <meta property=\"article:published_time\" content=\"2026-05-12T08:30:00+07:00\"></head><body>\
             <h1>Thông báo {path}</h1><p>Từ ngày 15/5, bộ phận một cửa của phường {path} làm việc cả sáng thứ Bảy.</p>\
             </body></html>"
        )
    });
    let dir = tempfile::tempdir().unwrap();
    let report = night(dir.path(), &rules, &sites(&portal), "2026-05-20T22:00:00+07:00");
    assert_eq!((report.sites[0].1.new, report.sites[0].0.cause), (3, None));
}
