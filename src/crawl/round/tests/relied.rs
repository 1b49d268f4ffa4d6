//! What is relied on for the time being: sitemaps that stand in for sections, pages looked at seldom.

use super::*;

/// A portal of eight sections of one article each, whose home page shows the newest, with a sitemap.
fn with_sitemap(days: std::ops::RangeInclusive<u32>) -> Portal {
    let mut portal = with_list();
    for day in 13..=31 {
        let text: &'static str = Box::leak(format!("bài {day}").into_boxed_str());
        portal.show(&format!("/tin/bai-{day}.html"), Shown::Article(text));
    }
    for section in 1..=8 {
        portal.show(&format!("/muc-{section}"), Shown::Links(paths(section..=section)));
    }
    portal.sitemaps = vec![url("/sitemap.xml")];
    portal.show("/sitemap.xml", Shown::Sitemap(paths(days), Vec::new()));
    show_newest(&mut portal, 8);
    portal
}

fn show_newest(portal: &mut Portal, day: u32) {
    let sections = (1..=8).map(|section| format!("/muc-{section}"));
    portal.home = Shown::Links(sections.chain(paths(day - 2..=day)).collect());
}

#[test]
fn a_sitemap_that_stands_still_is_found_out_where_news_come_first() {
    let mut portal = with_sitemap(1..=8);
    portal.night();
    assert_eq!(portal.night().0.len(), 2);
    show_newest(&mut portal, 9);
    let nights: Vec<_> = (0..2).map(|_| portal.night()).collect();
    let asked: Vec<&String> = nights.iter().flat_map(|(asked, _)| asked).collect();
    assert!(asked.contains(&&"/tin/bai-9.html".to_owned()), "{asked:?}");
    // All sections were looked at, and all meet what they showed.
    assert!(covers(&nights[1].1).ends_with("Listing -"), "{nights:?}");
    // While they are looked at each night, the sitemap is not what is relied on.
    show_newest(&mut portal, 10);
    let (asked, seen) = portal.night();
    assert!(asked.contains(&"/tin/bai-10.html".to_owned()), "{asked:?}");
    assert!(covers(&seen).ends_with("Listing -"), "{seen:?}");
}

#[test]
fn claims_that_a_sitemap_stood_in_for_are_in_doubt_where_the_sections_do_not_meet_what_they_showed() {
    let mut portal = with_sitemap(1..=8);
    portal.night();
    portal.night();
    show_newest(&mut portal, 12);
    portal.night();
    let seen = portal.night().1;
    assert_eq!((seen.since, seen.cause), (None, Some(Cause::Gap)));
    assert_eq!(seen.doubt.map(|doubt| doubt.date_naive()), Some(may(20).date_naive()));
}

#[test]
fn a_sitemap_of_the_newest_alone_claims_no_more_than_it_shows() {
    let mut portal = with_sitemap(4..=8);
    for section in 1..=8 {
        portal.show(&format!("/muc-{section}"), Shown::Links(Vec::new()));
    }
    assert_eq!(covers(&portal.night().1), "2026-05-04 Sitemap -");
    portal.show("/sitemap.xml", Shown::Sitemap(paths(6..=10), Vec::new()));
    show_newest(&mut portal, 10);
    assert!(portal.night().1.since.is_some());
    // Nothing is left of what it held: what came between is not known.
    portal.show("/sitemap.xml", Shown::Sitemap(paths(20..=24), Vec::new()));
    show_newest(&mut portal, 24);
    assert_eq!(covers(&portal.night().1), "- Nothing gap");
}

#[test]
fn a_page_looked_at_seldom_puts_what_was_claimed_meanwhile_in_doubt() {
    // (what it shows when it is looked at again, what that covers, whether earlier claims are in doubt)
    for (shown, expected, doubted) in [
        (Shown::Links(paths(3..=4)), "2026-05-23 Listing -", false),
        (Shown::Links(paths(3..=9)), "- Nothing gap", true),
    ] {
        let mut portal = with_list();
        portal.home = Shown::Links([paths(1..=2), vec!["/muc".to_owned()]].concat());
        portal.show("/muc", Shown::Links(Vec::new()));
        portal.night();
        assert!(portal.night().0.contains(&"/muc".to_owned()));
        portal.show("/muc", shown);
        let nights: Vec<_> = (0..3).map(|_| portal.night()).collect();
        let seen = &nights[2].1;
        assert_eq!((covers(seen).as_str(), seen.doubt.is_some()), (expected, doubted), "{nights:?}");
    }
}

#[test]
fn a_list_that_begins_with_the_oldest_is_known_by_its_articles() {
    let undated = |days: std::ops::RangeInclusive<u32>| -> Vec<(String, u32)> {
        days.map(|day| (format!("/tin/bai-{day}.html"), 0)).collect()
    };
    let mut portal = with_list();
    portal.home = Shown::List(undated(1..=6), Some("/trang/2".to_owned()));
    portal.show("/trang/2", Shown::List(undated(7..=8), None));
    assert_eq!(covers(&portal.night().1), "2000-01-01 Links -");
    // What is new stands on its last page.
    for _ in 0..2 {
        assert_eq!(covers(&portal.night().1), "- Nothing gap");
    }
}

#[test]
fn a_lastmod_of_today_on_every_page_is_tried_on_a_few_and_believed_by_what_they_show() {
    // What the pages show on the second night → articles asked for because of it, on that night and the next.
    for (text, expected) in [(None, [5, 0]), (Some("sửa"), [5, 12])] {
        let mut portal = with_list();
        portal.sitemaps = vec![url("/sitemap.xml")];
        portal.show("/sitemap.xml", Shown::Sitemap(paths(1..=12), Vec::new()));
        portal.night();
        for (night, expected) in expected.into_iter().enumerate() {
            portal.lastmod = Some(portal.now);
            for path in paths(1..=12).into_iter().filter(|_| text.is_some()) {
                let text: &'static str = Box::leak(format!("{path}, lần sửa {night}").into_boxed_str());
                portal.show(&path, Shown::Article(text));
            }
            // One more page, or the sitemap is the same as before.
            portal.show("/sitemap.xml", Shown::Sitemap(paths(1..=12), vec![format!("/sitemap-{night}.xml")]));
            let asked = portal.night().0.into_iter().filter(|path| path.starts_with("/tin/")).count();
            assert_eq!(asked, expected, "night {night}, {text:?}");
        }
    }
}
