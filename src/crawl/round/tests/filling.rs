//! A portal read for the first time, over as many nights as it takes.

use super::*;

#[test]
fn a_list_longer_than_a_night_is_read_on_where_the_last_night_left_it() {
    let mut portal = with_list();
    portal.patience = 6;
    let mut lists = Vec::new();
    let mut read = 0;
    for _ in 0..4 {
        let (asked, _) = portal.night();
        lists.push(asked.iter().filter(|path| path.starts_with("/trang/")).cloned().collect::<Vec<_>>().join(" "));
        read += asked.iter().filter(|path| path.starts_with("/tin/")).count();
    }
    assert_eq!((lists.join(" | ").as_str(), read), ("/trang/2 | /trang/3 | /trang/4 | ", 12));
    portal.patience = usize::MAX;
    assert_eq!(portal.night().0, ["/"]);
}

#[test]
fn a_night_that_left_nothing_but_looks_at_known_articles_was_whole() {
    let mut portal = with_list();
    portal.night();
    portal.due = paths(1..=12);
    portal.patience = 4;
    for day in 21..=23 {
        let (asked, seen) = portal.night();
        assert_eq!(asked.len(), 4);
        assert_eq!(covers(&seen), format!("2026-05-{:02} Listing -", day - 1));
    }
}

#[test]
fn what_the_home_page_shows_comes_in_the_order_of_its_list() {
    let mut portal = with_list();
    let shown = Shown::Links([vec!["/muc".to_owned()], paths(11..=12)].concat());
    portal.show("/muc", Shown::List(articles(7..=12), Some("/trang/3".to_owned())));
    portal.home = shown;
    let (asked, _) = portal.night();
    let place = |path: &str| asked.iter().position(|p| p == path).unwrap();
    assert!(place("/tin/bai-12.html") < place("/tin/bai-10.html"), "{asked:?}");
    assert!(place("/tin/bai-11.html") < place("/trang/3"), "{asked:?}");
    assert_eq!(asked.iter().filter(|path| *path == "/tin/bai-12.html").count(), 1);
}

#[test]
fn sitemaps_of_an_index_that_are_too_many_are_read_in_turns() {
    let mut portal = Portal::new(Shown::Links(paths(1..=3)));
    for day in 1..=3 {
        portal.show(&format!("/tin/bai-{day}.html"), Shown::Article("bài"));
    }
    portal.sitemaps = vec![url("/sitemap.xml")];
    let parts: Vec<String> = (0..300).map(|part| format!("/sm-{part}.xml")).collect();
    for part in &parts {
        portal.show(part, Shown::Sitemap(paths(1..=3), Vec::new()));
    }
    portal.show("/sitemap.xml", Shown::Sitemap(Vec::new(), parts.clone()));
    let nights: Vec<Vec<String>> = (0..3).map(|_| portal.night().0).collect();
    assert!(nights.iter().all(|asked| asked.contains(&"/sm-299.xml".to_owned())));
    assert!(parts.iter().all(|part| nights.iter().any(|asked| asked.contains(part))));
}

#[test]
fn what_only_a_feed_names_shows_that_links_do_not_lead_to_everything() {
    let mut portal = with_home(8..=9);
    portal.feeds = vec![url("/rss")];
    portal.show("/rss", Shown::Feed(articles(5..=9)));
    assert_eq!(covers(&portal.night().1), "- Nothing gap");
    // Where links lead to all that the feed names, they may lead to all there is.
    let mut portal = with_home(5..=9);
    portal.feeds = vec![url("/rss")];
    portal.show("/rss", Shown::Feed(articles(5..=9)));
    assert_eq!(covers(&portal.night().1), "2000-01-01 Links -");
}

#[test]
fn a_home_page_joins_by_articles_and_not_by_its_menu() {
    let home = |days: std::ops::RangeInclusive<u32>| {
        let paths = articles(days).into_iter().map(|(path, _)| path);
        Shown::Links(paths.chain(["/lien-he".to_owned()]).collect())
    };
    let mut portal = with_list();
    portal.show("/lien-he", Shown::Links(Vec::new()));
    // (what the home page shows, what that night covers)
    for (shown, expected) in [
        (home(1..=2), "2000-01-01 Links -"),
        (home(2..=4), "2026-05-20 Listing -"),
        // Nothing of what was there last time: what came between is not known.
        (home(8..=9), "- Nothing gap"),
        // The gap stays; from the reading behind it on everything is seen.
        (home(8..=9), "2026-05-22 Listing -"),
        (home(9..=10), "2026-05-23 Listing -"),
        // Under maintenance it says nothing of what there is.
        (Shown::Links(vec!["/lien-he".to_owned()]), "- Nothing unreadable"),
        (Shown::Links(vec!["/lien-he".to_owned()]), "- Nothing unreadable"),
        (home(9..=11), "2026-05-24 Listing -"),
    ] {
        portal.home = shown;
        assert_eq!(covers(&portal.night().1), expected);
    }
}

#[test]
fn a_first_filling_that_was_killed_claims_no_more_than_a_calm_one() {
    let portal = || {
        let mut portal = Portal::new(Shown::Links(Vec::new()));
        portal.sitemaps = vec![url("/sitemap.xml")];
        portal.show("/sitemap.xml", Shown::Sitemap(paths(1..=6), Vec::new()));
        for path in paths(1..=6) {
            portal.show(&path, Shown::Article("bài"));
        }
        portal
    };
    let calm = portal().night().1.since;
    for patience in 1..=8 {
        let mut killed = portal();
        killed.patience = patience;
        killed.night();
        // The memory is put down at the end of a round; what waits and what was read, at once.
        killed.memory = SiteMemory { articles: true, ..SiteMemory::default() };
        killed.patience = usize::MAX;
        assert_eq!(killed.night().1.since, calm, "killed after {patience} requests");
    }
}
