//! Whole crawls against portals on loopback that behave.

mod loopback;

use cchc_audit::coverage::{Cause, Via};
use loopback::{Portal, World, article, html, links, reply, status};
use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

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
    // Once may be an accident; the second look tells, and it is told once.
    for gone in [0, 1, 0] {
        world.later(24);
        let report = world.crawl();
        assert_eq!(report.sites[0].1.gone, gone);
    }
}

/// Sites of one group wait for each other; what is absorbed is a server's clock reading.
#[test]
fn a_group_keeps_its_delay_over_all_its_sites() {
    const DELAY: Duration = Duration::from_millis(150);
    const ABSORBED: Duration = Duration::from_millis(5);
    let portal = |host: &str| {
        Portal::pages(host, &[("/", &links(&["/tin/bai-mot-1.html"])), ("/tin/bai-mot-1.html", &article("Bài một"))])
    };
    let mut world = World::new(vec![portal("mot.vn"), portal("hai.vn")]);
    world.crawler = world.crawler.replace("delay = \"0s\"", "delay = \"100ms\"");
    for host in ["mot.vn", "hai.vn"] {
        let delay = if host == "hai.vn" { "delay = \"150ms\"" } else { "" };
        world.site.insert(host.to_owned(), format!("seeds = [\"http://{host}/\"]\ngroup = \"chung\"\n{delay}"));
    }
    let report = world.crawl();
    assert!(report.is_whole(), "{:?}", report.sites);
    let mut times: Vec<Instant> = Vec::new();
    for portal in &world.portals {
        times.extend(portal.asked.lock().unwrap().iter().map(|(at, _)| *at));
    }
    times.sort();
    assert_eq!(times.len(), 6);
    for pair in times.windows(2) {
        assert!(pair[1] - pair[0] >= DELAY - ABSORBED, "{:?}", pair[1] - pair[0]);
    }
}

#[test]
fn crawl_delay_holds_up_to_its_ceiling() {
    let mut world = World::new(vec![Portal::serve(
        HOST,
        Arc::new(|request, stream| match request.path.as_str() {
            "/robots.txt" => reply(stream, 200, "", b"User-agent: *\nCrawl-delay: 3600\nDisallow:"),
            "/" => html(stream, &links(&["/tin/bai-mot-1.html"])),
            _ => html(stream, &article("Bài một")),
        }),
    )]);
    world.crawler.push_str("\nmax_crawl_delay = \"200ms\"");
    let report = world.crawl();
    assert!(report.is_whole());
    assert_eq!(report.sites[0].1.robots[0].crawl_delay, Some(3600.0));
    let asked = world.portals[0].asked.lock().unwrap();
    for pair in asked.windows(2) {
        assert!(pair[1].0 - pair[0].0 >= Duration::from_millis(195), "{:?}", pair[1].0 - pair[0].0);
    }
}

#[test]
fn a_stopped_run_goes_on_the_next_time() {
    let paths: Vec<String> = (0..30).map(|n| format!("/tin/bai-{n}-x.html")).collect();
    let home = links(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    let stop = cchc_audit::crawl::Stop::new();
    let switch = stop.clone();
    let count = std::sync::atomic::AtomicU32::new(0);
    let portal = Portal::serve(
        HOST,
        Arc::new(move |request, stream| {
            if count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 10 {
                switch.stop();
            }
            match request.path.as_str() {
                "/" => html(stream, &home),
                path if path.starts_with("/tin/") => html(stream, &article(&format!("Bài {path}"))),
                _ => status(stream, 404, ""),
            }
        }),
    );
    let mut world = World::new(vec![portal]);
    world.stop = stop;
    let report = world.crawl();
    assert_eq!(report.sites[0].0.cause, Some(Cause::Stopped));
    let before = world.titles().len();
    assert!(before < 12, "{before}");
    world.stop = cchc_audit::crawl::Stop::new();
    let report = world.crawl();
    assert_eq!(world.titles().len(), 30);
    assert!(report.is_whole(), "{:?}", report.sites);
}

#[test]
fn a_page_limit_is_kept() {
    let paths: Vec<String> = (0..30).map(|n| format!("/tin/bai-{n}-x.html")).collect();
    let home = links(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    let mut world = World::new(vec![Portal::pages(HOST, &[("/", &home)])]);
    world.max_pages = Some(7);
    let report = world.crawl();
    assert_eq!(world.portals[0].paths().len(), 7);
    assert_eq!(report.sites[0].0.cause, Some(Cause::Budget));
}

#[test]
fn plain_http_is_tried_where_https_is_not_served() {
    let mut world = World::new(vec![Portal::pages(
        HOST,
        &[("/", &links(&["/tin/bai-mot-1.html"])), ("/tin/bai-mot-1.html", &article("Bài một"))],
    )]);
    world.site.insert(HOST.to_owned(), String::new());
    world.crawl();
    assert_eq!(world.titles(), ["Bài một"]);
}

/// A portal with so many articles, a feed of the newest and a sitemap of all.
fn with_feed_and_sitemap(shown: &Arc<std::sync::atomic::AtomicUsize>) -> Portal {
    let shown = shown.clone();
    let url = |n: usize| format!("http://{HOST}/tin/bai-viet-{n}.html");
    Portal::serve(
        HOST,
        Arc::new(move |request, stream| {
            let count = shown.load(std::sync::atomic::Ordering::SeqCst);
            let xml = |stream: &mut _, text: String| reply(stream, 200, "Content-Type: text/xml\r\n", text.as_bytes());
            match request.path.as_str() {
                "/robots.txt" => reply(stream, 200, "", format!("Sitemap: http://{HOST}/sitemap.xml").as_bytes()),
                "/" => html(
                    stream,
                    "<html><head><title>Cổng</title><link rel=\"alternate\" type=\"application/rss+xml\" href=\"/rss\"></head></html>",
                ),
                "/rss" => {
                    let items: String = (count.saturating_sub(5)..count)
                        .rev()
                        .map(|n| format!("<item><title>Bài {n}</title><link>{}</link></item>", url(n)))
                        .collect();
                    xml(
                        stream,
                        format!(
                            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>x</title>{items}</channel></rss>"
                        ),
                    )
                }
                "/sitemap.xml" => {
                    let pages: String = (0..count).map(|n| format!("<url><loc>{}</loc></url>", url(n))).collect();
                    xml(stream, format!("<?xml version=\"1.0\"?><urlset>{pages}</urlset>"))
                }
                path => match path.trim_start_matches("/tin/bai-viet-").trim_end_matches(".html").parse::<usize>() {
                    Ok(n) if n < count => html(stream, &article(&format!("Bài {n}"))),
                    _ => status(stream, 404, ""),
                },
            }
        }),
    )
}

#[test]
fn a_night_without_news_costs_two_requests_beside_robots_txt() {
    let shown = Arc::new(std::sync::atomic::AtomicUsize::new(12));
    let world = World::new(vec![with_feed_and_sitemap(&shown)]);
    // Until the feed and the sitemap have proved themselves, all that is watched is looked at.
    for _ in 0..2 {
        world.crawl();
        world.later(24);
    }
    for night in 0..20 {
        let news = [0, 0, 1, 0, 3][night % 5];
        shown.fetch_add(news, std::sync::atomic::Ordering::SeqCst);
        let before = world.portals[0].paths().len();
        let conduct = world.crawl().sites[0].1.clone();
        // Looking again at known articles has its own budget, and is told apart.
        let own = conduct.requests - conduct.rechecks;
        assert!(own <= 1 + 2 + news as u64, "night {night}: {own}: {:?}", &world.portals[0].paths()[before..]);
        assert_eq!(conduct.new, news as u64, "night {night}");
        world.later(24);
    }
}

#[test]
fn a_portal_with_lists_only_costs_one_request_a_list() {
    let count = Arc::new(std::sync::atomic::AtomicUsize::new(8));
    let shown = count.clone();
    let world = World::new(vec![Portal::serve(
        HOST,
        Arc::new(move |request, stream| {
            let count = shown.load(std::sync::atomic::Ordering::SeqCst);
            match request.path.trim_start_matches("/tin/bai-viet-").trim_end_matches(".html").parse::<usize>() {
                _ if request.path == "/" => {
                    let paths: Vec<String> = (0..count).rev().map(|n| format!("/tin/bai-viet-{n}.html")).collect();
                    html(stream, &links(&paths.iter().map(String::as_str).collect::<Vec<_>>()))
                }
                Ok(n) if n < count => html(stream, &article(&format!("Bài {n}"))),
                _ => status(stream, 404, ""),
            }
        }),
    )]);
    world.crawl();
    for night in 0..10 {
        world.later(24);
        let news = [0, 2, 0][night % 3];
        count.fetch_add(news, std::sync::atomic::Ordering::SeqCst);
        let conduct = world.crawl().sites[0].1.clone();
        let own = conduct.requests - conduct.rechecks;
        assert_eq!((own, conduct.new), (1 + 1 + news as u64, news as u64), "night {night}");
    }
}

/// Rules that are many, or packed and torn, hold as far as they come; packed so that nothing can be
/// read of them, they are as good as not there, which forbids (RFC 9309 §2.3.1.4, §2.5).
#[test]
fn robots_txt_holds_as_far_as_it_can_be_read() {
    let rules = b"User-agent: *\nDisallow: /cam\n";
    let long = [&rules[..], &vec![b'#'; 11 << 20]].concat();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&rules.repeat(500)).unwrap();
    let packed = packed.finish().unwrap();
    let torn = packed[..packed.len() - 20].to_vec();
    for (headers, body, articles, expected) in [
        ("", long, 1, None),
        ("Content-Encoding: gzip\r\n", packed, 1, None),
        ("Content-Encoding: gzip\r\n", torn, 1, None),
        ("Content-Encoding: gzip\r\n", rules.to_vec(), 0, Some(Cause::RobotsUnreachable)),
    ] {
        let size = body.len();
        let portal = Portal::serve(
            HOST,
            Arc::new(move |request, stream| match request.path.as_str() {
                "/robots.txt" => reply(stream, 200, headers, &body),
                "/" => html(stream, &links(&["/tin/bai-mot-1.html", "/cam/bai-hai-2.html"])),
                path => html(stream, &article(if path.starts_with("/cam") { "Bài cấm" } else { "Bài một" })),
            }),
        );
        let world = World::new(vec![portal]);
        let report = world.crawl();
        assert_eq!((world.titles().len(), report.sites[0].0.cause), (articles, expected), "{size} {headers}");
        assert!(!world.portals[0].paths().iter().any(|path| path.starts_with("/cam")), "{size} {headers}");
    }
}
