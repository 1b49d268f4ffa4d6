//! Servers that are broken or mean: each costs its own site something and nobody else anything,
//! and each outcome has its cause.

mod loopback;

use cchc_audit::coverage::Cause;
use loopback::{HOST, Portal, World, article, cause, check, html, links, portal_with, raw, reply, status};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[test]
fn a_server_that_never_answers() {
    let world = World::new(vec![portal_with(|_, _| {
        std::thread::sleep(Duration::from_secs(5));
        false
    })]);
    check(&world, "timeout");
}

#[test]
fn a_byte_at_a_time() {
    let world = World::new(vec![portal_with(|_, stream| {
        let _ = raw(stream, b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        (0..50).all(|_| {
            std::thread::sleep(Duration::from_millis(100));
            raw(stream, b"x")
        })
    })]);
    check(&world, "timeout");
    assert!(world.archived().iter().any(|line| line == "200 http://phuong.vn/tin/bai-1.html"));
}

#[test]
fn a_connection_that_closes_in_mid_body() {
    let world = World::new(vec![portal_with(|_, stream| {
        let _ = raw(stream, b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n<html>");
        false
    })]);
    check(&world, "broken");
}

#[test]
fn a_content_length_that_is_too_small() {
    // What comes after the announced length is no answer to the next request.
    let page = article("Bài một");
    let world = World::new(vec![portal_with(move |_, stream| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n", page.len());
        raw(stream, head.as_bytes()) && raw(stream, page.as_bytes()) && raw(stream, b"HTTP/1.1 200 OK\r\n\r\nextra")
    })]);
    world.crawl();
    assert_eq!(world.titles(), ["Bài hai", "Bài một"]);
}

#[test]
fn an_endless_body() {
    let mut world = World::new(vec![portal_with(|_, stream| {
        let _ = raw(stream, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>");
        while raw(stream, &[b'x'; 65536]) {}
        false
    })]);
    world.crawler.push_str("\nmax_page_size = \"1 MiB\"");
    check(&world, "too_large");
}

#[test]
fn a_page_of_two_hundred_megabytes() {
    let world = World::new(vec![portal_with(|_, stream| {
        let _ = raw(stream, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 209715200\r\n\r\n");
        while raw(stream, &[b'x'; 65536]) {}
        false
    })]);
    check(&world, "too_large");
}

#[test]
fn a_gzip_bomb() {
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write as _;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![b'a'; 50 << 20]).unwrap();
    let bomb = encoder.finish().unwrap();
    let world = World::new(vec![portal_with(move |_, stream| {
        reply(stream, 200, "Content-Type: text/html\r\nContent-Encoding: gzip\r\n", &bomb)
    })]);
    check(&world, "too_large");
}

#[test]
fn redirects_that_lead_astray() {
    for (target, expected) in [
        ("/tin/bai-1.html", "redirect"),
        ("https://khac.vn/", "redirect"),
        ("http://127.0.0.1:9/", "redirect"),
        ("http://2130706433/", "redirect"),
        ("http://0177.0.0.1/", "redirect"),
        ("http://[::1]/", "redirect"),
        ("file:///etc/passwd", "redirect"),
        ("http://phuong.vn:22/", "redirect"),
        ("//", "redirect"),
    ] {
        let world =
            World::new(vec![portal_with(move |_, stream| status(stream, 302, &format!("Location: {target}\r\n")))]);
        check(&world, expected);
    }
}

#[test]
fn a_redirect_that_never_ends() {
    let world = World::new(vec![portal_with(|request, stream| {
        let next = format!("Location: {}x\r\n", request.path);
        status(stream, 301, &next)
    })]);
    check(&world, "redirect");
    assert!(world.portals[0].paths().len() < 12);
}

#[test]
fn a_redirect_within_the_site_is_followed() {
    let world = World::new(vec![portal_with(|request, stream| match request.path.as_str() {
        "/tin/bai-1.html" => status(stream, 301, "Location: /tin/bai-moi.html\r\n"),
        _ => html(stream, &article("Bài một")),
    })]);
    world.crawl();
    assert_eq!(world.titles(), ["Bài hai", "Bài một"]);
}

#[test]
fn a_cookie_wall_is_passed_by_giving_the_cookie_back() {
    let world = World::new(vec![portal_with(|request, stream| match request.headers.get("cookie") {
        Some(cookie) if cookie == "da=xem" => html(stream, &article("Bài một")),
        _ => status(stream, 302, "Location: /tin/bai-1.html\r\nSet-Cookie: da=xem; Path=/\r\n"),
    })]);
    world.crawl();
    assert_eq!(world.titles(), ["Bài hai", "Bài một"]);
    let asked = world.portals[0].asked.lock().unwrap();
    let others = asked.iter().filter(|(_, r)| r.path != "/tin/bai-1.html");
    assert!(others.into_iter().all(|(_, r)| !r.headers.contains_key("cookie")), "cookies stay on their way");
}

#[test]
fn cookies_set_to_trap_end_as_a_circle() {
    let count = std::sync::atomic::AtomicU32::new(0);
    let world = World::new(vec![portal_with(move |_, stream| {
        let n = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        status(stream, 302, &format!("Location: /tin/bai-1.html\r\nSet-Cookie: c{n}={n}\r\n"))
    })]);
    check(&world, "redirect");
}

#[test]
fn private_addresses_are_not_contacted_unless_the_file_says_so() {
    let mut world = World::new(vec![Portal::pages(HOST, &[("/", &article("Bài một"))])]);
    world.crawler = "delay = \"0s\"".to_owned();
    let report = world.crawl();
    assert_eq!(cause(&report), Some(Cause::Forbidden), "{:?}", report.sites[0].0);
    assert!(world.portals[0].asked.lock().unwrap().is_empty());
}

#[test]
fn a_name_that_changes_its_address_after_the_look_up() {
    // Public when the groups are formed, private when the connection is made: the connection uses
    // what was checked, which is kept, so the private address is never contacted.
    let looked = Arc::new(std::sync::atomic::AtomicU32::new(0));
    let count = looked.clone();
    let private = Portal::pages("noi-bo.vn", &[("/", &article("Bí mật"))]);
    let port = private.address.port();
    let mut world = World::new(vec![Portal::pages(HOST, &[])]);
    world.crawler = "delay = \"0s\"\nconnect_timeout = \"200ms\"".to_owned();
    let mut sites = world.sites();
    sites.crawler.resolve.clear();
    let site = &mut sites.sites[0];
    site.seeds = vec![format!("http://{HOST}:{port}/").parse().unwrap()];
    world.lookup = Arc::new(move |_| {
        let n = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let ip = if n == 0 { [203, 0, 114, 1] } else { [127, 0, 0, 1] };
        Box::pin(async move { Ok(vec![ip.into()]) })
    });
    let report = world.crawl_with(sites);
    assert!(private.asked.lock().unwrap().is_empty());
    assert!(matches!(cause(&report), Some(Cause::Connect | Cause::Forbidden)), "{:?}", report.sites[0].0);
}

#[test]
fn soft_404s_challenges_and_script_pages_are_no_articles() {
    let padding = "<p>nội dung</p>".repeat(3);
    for (page, expected) in [
        (format!("<html><head><title>Không tìm thấy trang</title></head><body><h1>404</h1><p>Trang bạn tìm không tồn tại</p>{padding}</body></html>"), "not_found"),
        ("<html><head><title>Just a moment...</title></head><body><form id=\"challenge-form\"><p>Checking your browser before accessing</p></form><script src=\"/cdn-cgi/challenge-platform/x.js\"></script></body></html>".to_owned(), "challenge"),
        ("<html><head><title>Phường</title><script src=\"/main.js\"></script></head><body><noscript>You need to enable JavaScript to run this app.</noscript><div id=\"root\"></div></body></html>".to_owned(), "script_only"),
    ] {
        let world = World::new(vec![portal_with(move |_, stream| html(stream, &page))]);
        check(&world, expected);
    }
}

#[test]
fn a_challenge_with_status_403_is_called_so() {
    let page = "<html><head><title>Just a moment...</title></head><body><form id=\"challenge-form\"></form><script src=\"/cdn-cgi/challenge-platform/x.js\"></script></body></html>";
    let world = World::new(vec![portal_with(move |_, stream| {
        reply(stream, 403, "Content-Type: text/html\r\n", page.as_bytes())
    })]);
    check(&world, "challenge");
}

#[test]
fn odd_charsets_are_read() {
    let page = article("Tin tức cải cách");
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(page.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for (content_type, body) in [
        ("text/html; charset=utf-16", utf16.clone()),
        ("text/html; charset=iso-8859-1", page.clone().into_bytes()),
        ("text/html", page.clone().into_bytes()),
        ("", page.into_bytes()),
    ] {
        let world = World::new(vec![portal_with(move |_, stream| {
            let header =
                if content_type.is_empty() { String::new() } else { format!("Content-Type: {content_type}\r\n") };
            reply(stream, 200, &header, &body)
        })]);
        world.crawl();
        assert_eq!(world.titles().len(), 2, "{content_type}");
    }
}

#[test]
fn http_1_0_is_spoken() {
    let page = article("Bài một");
    let world = World::new(vec![portal_with(move |_, stream| {
        let _ = raw(stream, b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n");
        let _ = raw(stream, page.as_bytes());
        false
    })]);
    world.crawl();
    assert_eq!(world.titles(), ["Bài hai", "Bài một"]);
}

#[test]
fn a_flood_of_headers() {
    let world = World::new(vec![portal_with(|_, stream| {
        let _ = raw(stream, b"HTTP/1.1 200 OK\r\n");
        (0..100_000).all(|n| raw(stream, format!("X-{n}: {}\r\n", "x".repeat(100)).as_bytes()))
    })]);
    check(&world, "broken");
}

#[test]
fn rubbish_instead_of_http() {
    let world = World::new(vec![portal_with(|_, stream| {
        let _ = raw(stream, b"\x00\xff\x13rubbish\r\n\r\n");
        false
    })]);
    check(&world, "broken");
}

#[test]
fn errors_of_the_server() {
    for (code, headers, expected) in
        [(500, "", "server_error"), (403, "", "refused"), (401, "", "refused"), (410, "", "not_found")]
    {
        let world = World::new(vec![portal_with(move |_, stream| status(stream, code, headers))]);
        check(&world, expected);
    }
}

#[test]
fn retry_after_is_kept_by_the_whole_group() {
    let asked = Arc::new(std::sync::Mutex::new(None::<Instant>));
    let times = asked.clone();
    let world = World::new(vec![portal_with(move |_, stream| {
        let mut first = times.lock().unwrap();
        if first.is_none() {
            *first = Some(Instant::now());
            return status(stream, 429, "Retry-After: 1\r\n");
        }
        html(stream, &article("Bài một"))
    })]);
    let report = world.crawl();
    assert_eq!(world.titles(), ["Bài hai", "Bài một"]);
    assert_eq!(report.sites[0].1.back_offs, 1);
    let refused = asked.lock().unwrap().unwrap();
    let log = world.portals[0].asked.lock().unwrap();
    let next = log.iter().map(|(at, _)| *at).find(|at| *at > refused).unwrap();
    assert!(next - refused >= Duration::from_secs(1), "{:?}", next - refused);
}

#[test]
fn a_pause_beyond_the_night_ends_the_reading() {
    let world = World::new(vec![portal_with(|_, stream| status(stream, 503, "Retry-After: 86400\r\n"))]);
    let report = world.crawl();
    assert_eq!(cause(&report), Some(Cause::Throttled), "{:?}", report.sites[0].0);
    assert_eq!(report.sites[0].0.since, None);
}

#[test]
fn robots_txt_decides() {
    let home = links(&["/tin/bai-2.html"]);
    let page = article("Bài hai");
    let with_robots = |code: u16, body: &'static str| {
        let (home, page) = (home.clone(), page.clone());
        Portal::serve(
            HOST,
            Arc::new(move |request, stream| match request.path.as_str() {
                "/robots.txt" if code == 0 => false,
                "/robots.txt" => reply(stream, code, "", body.as_bytes()),
                "/" => html(stream, &home),
                _ => html(stream, &page),
            }),
        )
    };
    // status, file → articles, cause
    for (code, body, articles, expected) in [
        (200, "User-agent: *\nDisallow:", 1, None),
        (200, "User-agent: cchc-audit\nDisallow: /", 0, Some(Cause::Robots)),
        (200, "User-agent: *\nDisallow: /\nUser-agent: cchc-audit\nAllow: /", 1, None),
        (404, "", 1, None),
        (403, "User-agent: *\nDisallow: /", 1, None),
        (500, "", 0, Some(Cause::RobotsUnreachable)),
        (503, "", 0, Some(Cause::RobotsUnreachable)),
        (0, "", 0, Some(Cause::Broken)),
    ] {
        let world = World::new(vec![with_robots(code, body)]);
        let report = world.crawl();
        assert_eq!((world.titles().len(), cause(&report)), (articles, expected), "{code} {body}");
        assert_eq!(report.sites[0].1.robots.len(), 1, "the verdict is in the ledger");
    }
}

#[test]
fn a_robots_txt_that_leads_to_a_private_address_is_the_portals_fault() {
    let lead = |request: &loopback::Request, stream: &mut std::net::TcpStream| match request.path.as_str() {
        "/robots.txt" => status(stream, 301, "Location: http://10.0.0.1/robots.txt\r\n"),
        _ => html(stream, &links(&["/tin/bai-2.html"])),
    };
    let world = World::new(vec![Portal::serve(HOST, Arc::new(lead))]);
    let report = world.crawl();
    let seen = &report.sites[0].0;
    assert_eq!((seen.since, seen.cause), (None, Some(Cause::RobotsUnreachable)));
    assert!(seen.detail.contains("http://10.0.0.1/robots.txt"), "{}", seen.detail);
}

#[test]
fn the_last_good_robots_txt_holds_for_a_day() {
    let broken = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let switch = broken.clone();
    let world = World::new(vec![Portal::serve(
        HOST,
        Arc::new(move |request, stream| match request.path.as_str() {
            "/robots.txt" if switch.load(std::sync::atomic::Ordering::SeqCst) => status(stream, 500, ""),
            "/robots.txt" => reply(stream, 200, "", b"User-agent: *\nDisallow: /cam"),
            "/" => html(stream, &links(&["/tin/bai-2.html", "/cam/bai-3.html"])),
            _ => html(stream, &article("Bài hai")),
        }),
    )]);
    world.crawl();
    broken.store(true, std::sync::atomic::Ordering::SeqCst);
    world.later(23);
    let report = world.crawl();
    assert!(report.sites[0].1.robots[0].verdict.contains("24 giờ"), "{:?}", report.sites[0].1.robots);
    world.later(2);
    let report = world.crawl();
    assert_eq!(cause(&report), Some(Cause::RobotsUnreachable));
    assert!(!world.portals[0].paths().iter().any(|p| p.starts_with("/cam")));
}

#[test]
fn no_site_delays_another() {
    let slow = Portal::serve(
        "cham.vn",
        Arc::new(|_, _| {
            std::thread::sleep(Duration::from_secs(30));
            false
        }),
    );
    let good =
        Portal::pages("tot.vn", &[("/", &links(&["/tin/bai-1.html"])), ("/tin/bai-1.html", &article("Bài một"))]);
    let world = World::new(vec![slow, good]);
    let started = Instant::now();
    let report = world.crawl();
    assert_eq!(world.titles(), ["Bài một"]);
    let good = &report.sites.iter().find(|(o, _)| o.site == "tot-vn").unwrap().0;
    assert_eq!(good.cause, None);
    assert!(started.elapsed() < Duration::from_secs(20));
}
