//! Pages and addresses without end: each costs its own site something and nobody else anything.

mod loopback;

use loopback::{HOST, Portal, World, article, check, html, links, portal_with, reply, status};
use std::sync::Arc;

#[test]
fn ten_thousand_links_that_lead_nowhere() {
    let paths: Vec<String> = (0..10_000).map(|n| format!("/san-pham/{n}/xem")).collect();
    let page = links(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    let world = World::new(vec![Portal::pages(HOST, &[("/", &page)])]);
    let report = world.crawl();
    assert!(world.portals[0].paths().len() < 100, "{}", world.portals[0].paths().len());
    assert!(report.sites[0].1.skipped["trap"] > 1000);
}

#[test]
fn calendars_and_ever_deeper_paths() {
    let world = World::new(vec![Portal::serve(
        HOST,
        Arc::new(|request, stream| {
            let path = &request.path;
            let deeper = [format!("{path}sau/"), format!("{path}?thang={}", path.len()), format!("{path}a/b/")];
            let list: Vec<&str> = deeper.iter().map(String::as_str).collect();
            html(stream, &links(&list))
        }),
    )]);
    world.crawl();
    let asked = world.portals[0].paths().len();
    assert!(asked < 1500, "{asked}");
}

#[test]
fn one_page_under_session_ids() {
    let count = std::sync::atomic::AtomicU32::new(0);
    let world = World::new(vec![Portal::serve(
        HOST,
        Arc::new(move |request, stream| {
            let n = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let session = format!("phien={n:08x}a&PHPSESSID={n:032x}");
            if request.path.starts_with("/robots") {
                return status(stream, 404, "");
            }
            if request.path.starts_with("/tin/bai-1") {
                let page = article("Bài một");
                let more = format!("<a href=\"/tin/bai-1.html?{session}\">xem lại</a></body>");
                return html(stream, &page.replace("</body>", &more));
            }
            html(stream, &links(&[&format!("/tin/bai-1.html?{session}")]))
        }),
    )]);
    world.crawl();
    assert_eq!(world.titles(), ["Bài một"]);
    let asked = world.portals[0].paths().len();
    assert!(asked < 120, "{asked}");
}

#[test]
fn deep_nesting_costs_one_page() {
    let page = format!("<html><body>{}x{}</body></html>", "<div>".repeat(100_000), "</div>".repeat(100_000));
    let world = World::new(vec![portal_with(move |_, stream| html(stream, &page))]);
    check(&world, "unreadable");
}

#[test]
fn what_nests_only_in_mathematics_costs_one_page() {
    let prose = "<p>Ủy ban nhân dân phường tổ chức hội nghị triển khai kế hoạch cải cách hành chính.</p>".repeat(9);
    for root in ["math", "svg"] {
        let page = format!("<html><body>{prose}<{root}>{}", "<td>".repeat(100_000));
        let world = World::new(vec![portal_with(move |_, stream| html(stream, &page))]);
        check(&world, "unreadable");
    }
}

#[test]
fn a_body_begun_again_and_again_costs_one_page() {
    let page: String = (0..280_000).map(|n| format!("<body b{n}=1>")).collect();
    let world = World::new(vec![portal_with(move |_, stream| html(stream, &page))]);
    check(&world, "unreadable");
}

#[test]
fn links_five_hundred_deep_hold_nobody_up() {
    let prose = "Ủy ban nhân dân phường tổ chức hội nghị triển khai kế hoạch cải cách hành chính. ".repeat(20);
    let page = format!("<h1>Tin</h1><p>{prose}</p>{}{}", "<div>".repeat(490), "<a>xem</a> ".repeat(100_000));
    let world = World::new(vec![portal_with(move |_, stream| html(stream, &page))]);
    world.crawl();
    assert!(world.titles().contains(&"Bài hai".to_owned()), "{:?}", world.titles());
}

#[test]
fn a_million_tags_cost_one_page() {
    let page = "<b>x".repeat(1_000_000);
    let world = World::new(vec![portal_with(move |_, stream| html(stream, &page))]);
    check(&world, "unreadable");
}

#[test]
fn a_feed_of_nothing_but_entries_costs_one_feed() {
    let feed =
        format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel>{}</channel></rss>", "<item/>".repeat(9 << 17));
    let world = World::new(vec![Portal::serve(
        HOST,
        Arc::new(move |request, stream| match request.path.as_str() {
            "/" => html(stream, &links(&["/rss.xml", "/tin/bai-2.html"])),
            "/rss.xml" => reply(stream, 200, "Content-Type: application/rss+xml\r\n", feed.as_bytes()),
            "/tin/bai-2.html" => html(stream, &article("Bài hai")),
            _ => status(stream, 404, ""),
        }),
    )]);
    world.crawl();
    assert_eq!(world.titles(), ["Bài hai"]);
}
