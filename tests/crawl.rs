//! Whole crawls against portals on loopback that behave.

mod loopback;

use cchc_audit::coverage::Via;
use loopback::{Portal, World, article, html, links, reply, status};
use std::sync::Arc;

const HOST: &str = "phuong.vn";

#[test]
fn every_article_that_a_link_leads_to_is_found_once() {
    let portal = Portal::pages(
        HOST,
        &[
            ("/", &links(&["/tin/bai-mot-1.html", "/muc", "/tin/bai-mot-1.html#binh-luan"])),
            ("/muc", &links(&["/tin/bai-hai-2.html", "/tin/bai-mot-1.html?utm_source=zalo", "/tin/khong-co.html"])),
            ("/tin/bai-mot-1.html", &article("Bài một")),
            ("/tin/bai-hai-2.html", &article("Bài hai")),
        ],
    );
    let world = World::new(vec![portal]);
    let report = world.crawl();
    assert_eq!(world.titles(), ["Bài hai", "Bài một"]);
    let mut paths = world.portals[0].paths();
    paths.sort();
    assert_eq!(paths, ["/", "/muc", "/tin/bai-hai-2.html", "/tin/bai-mot-1.html", "/tin/khong-co.html"]);
    let (observation, conduct) = &report.sites[0];
    assert_eq!((observation.via, observation.cause), (Via::Links, None), "{}", observation.detail);
    assert_eq!((conduct.requests, conduct.new), (6, 2));
    assert!(report.is_whole());
}

#[test]
fn a_second_run_asks_for_almost_nothing() {
    let portal = Portal::serve(
        HOST,
        Arc::new(|request, stream| {
            let page = match request.path.as_str() {
                "/" => links(&["/tin/bai-mot-1.html", "/tin/bai-hai-2.html"]),
                "/tin/bai-mot-1.html" => article("Bài một"),
                "/tin/bai-hai-2.html" => article("Bài hai"),
                _ => return status(stream, 404, ""),
            };
            if request.headers.contains_key("if-none-match") {
                return status(stream, 304, "ETag: \"a\"\r\n");
            }
            reply(stream, 200, "Content-Type: text/html\r\nETag: \"a\"\r\n", page.as_bytes())
        }),
    );
    let world = World::new(vec![portal]);
    world.crawl();
    let before = world.portals[0].paths().len();
    world.later(1);
    let report = world.crawl();
    assert_eq!(world.portals[0].paths()[before..], ["/"]);
    assert!(report.is_whole(), "{:?}", report.sites);
    // A day later the articles are looked at again, and only asked whether they changed.
    world.later(24);
    let report = world.crawl();
    assert_eq!(world.portals[0].paths().len(), before + 1 + 3);
    assert_eq!(report.sites[0].1.rechecks, 2);
    assert_eq!(report.sites[0].1.bytes, 0);
}

#[test]
fn the_crawl_says_who_it_is() {
    let mut world = World::new(vec![Portal::pages(HOST, &[("/", &article("Bài một"))])]);
    world.crawler.push_str("\nfrom_header = \"cchc@example.org\"");
    world.crawl();
    let asked = world.portals[0].asked.lock().unwrap();
    let (_, request) = asked.last().unwrap();
    let agent = format!("cchc-audit/{} (+mailto:thu@example.org)", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.headers["user-agent"], agent);
    assert_eq!(request.headers["from"], "cchc@example.org");
    assert_eq!(request.headers["accept-encoding"], "gzip");
    assert_eq!(request.headers["host"], HOST);
}

#[test]
fn an_article_that_goes_is_noticed() {
    let gone = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let switch = gone.clone();
    let portal = Portal::serve(
        HOST,
        Arc::new(move |request, stream| match request.path.as_str() {
            "/" => html(stream, &links(&["/tin/bai-mot-1.html"])),
            "/tin/bai-mot-1.html" if !switch.load(std::sync::atomic::Ordering::SeqCst) => {
                html(stream, &article("Bài một"))
            }
            _ => status(stream, 404, ""),
        }),
    );
    let world = World::new(vec![portal]);
    world.crawl();
    gone.store(true, std::sync::atomic::Ordering::SeqCst);
    world.later(24);
    let report = world.crawl();
    assert_eq!(report.sites[0].1.gone, 1);
}
