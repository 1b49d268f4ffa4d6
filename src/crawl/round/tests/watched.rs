//! What is watched from night to night: lists, feeds, sitemaps that come, break off and vanish.

use super::*;

/// A portal of two sections: one is a list that does not say how it goes on, one a page of links.
fn with_sections() -> Portal {
    let mut portal = with_list();
    portal.home = Shown::Links(["/muc-a", "/muc-b", "/trang/2"].map(str::to_owned).to_vec());
    portal.show("/muc-a", Shown::List(articles(4..=6), None));
    portal.show("/muc-b", Shown::Links(paths(10..=11)));
    portal.show("/trang/2", Shown::List(articles(1..=3), None));
    portal
}

#[test]
fn a_section_is_watched_though_it_does_not_say_how_it_goes_on() {
    let mut portal = with_sections();
    let (asked, seen) = portal.night();
    assert_eq!((asked.len(), covers(&seen).as_str()), (12, "2000-01-01 Links -"), "{asked:?}");
    // The second page of a list shows nothing that the first did not show before.
    let (asked, seen) = portal.night();
    assert_eq!((asked, covers(&seen).as_str()), (words("/ /muc-a /muc-b"), "2026-05-20 Listing -"));
    portal.show("/muc-a", Shown::List(articles(5..=7), None));
    portal.show("/muc-b", Shown::Links(paths(11..=12)));
    let (asked, seen) = portal.night();
    let expected = words("/ /muc-a /muc-b /tin/bai-7.html /tin/bai-12.html");
    assert_eq!((asked, covers(&seen).as_str()), (expected, "2026-05-21 Listing -"));
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

#[test]
fn a_list_without_a_next_page_joins_by_what_it_shows() {
    let mut portal = with_list();
    portal.home = Shown::List(articles(1..=4), None);
    // (what the list shows, what that night covers)
    for (shown, expected) in [
        (articles(1..=4), "2000-01-01 Links -"),
        (articles(3..=5), "2026-05-20 Listing -"),
        // All are new: whether there were more between is not known.
        (articles(8..=10), "- Nothing gap"),
        (articles(8..=10), "2026-05-22 Listing -"),
        // The one that is known may be pinned to the top.
        ([articles(1..=1), articles(11..=12)].concat(), "- Nothing gap"),
    ] {
        portal.home = Shown::List(shown, None);
        assert_eq!(covers(&portal.night().1), expected);
    }
}

#[test]
fn a_list_without_a_next_page_reaches_back_to_what_it_shows() {
    let mut portal = with_list();
    let rest = ["/lien-he", "/gioi-thieu"].map(str::to_owned).to_vec();
    portal.home = Shown::List([articles(4..=4), vec![("/anh/3".to_owned(), 3)]].concat(), None);
    portal.show("/anh/3", Shown::Links(rest));
    // Cut before every link was followed.
    portal.patience = 3;
    assert_eq!(covers(&portal.night().1), "2026-05-03 Listing -");
}

#[test]
fn a_new_link_that_cannot_be_read_may_be_an_article() {
    let home =
        |days, more: &[&str]| Shown::Links([paths(days), more.iter().map(|p| (*p).to_owned()).collect()].concat());
    let mut portal = with_list();
    // Of a first reading, log-ins and the like are left out.
    portal.home = home(1..=3, &["/quan-tri"]);
    portal.show("/quan-tri", Shown::Fails(Cause::Refused));
    assert_eq!(covers(&portal.night().1), "2000-01-01 Links -");
    portal.home = home(2..=3, &["/quan-tri", "/tin/bai-moi.html"]);
    portal.show("/tin/bai-moi.html", Shown::Fails(Cause::Refused));
    for _ in 0..5 {
        assert_eq!(covers(&portal.night().1), "- Listing refused");
    }
    // After that it is no longer waited for, and what came before stays unseen.
    assert_eq!(covers(&portal.night().1), "2026-05-26 Listing refused");
    assert_eq!(covers(&portal.night().1), "2026-05-26 Listing -");
}

#[test]
fn a_list_that_broke_off_is_read_on_the_next_night() {
    let mut portal = with_list();
    portal.night();
    portal.home = Shown::List(articles(16..=18), Some("/trang/2".to_owned()));
    portal.show("/trang/2", Shown::Fails(Cause::ServerError));
    for day in 13..=18 {
        let text: &'static str = Box::leak(format!("bài {day}").into_boxed_str());
        portal.show(&format!("/tin/bai-{day}.html"), Shown::Article(text));
    }
    assert_eq!(covers(&portal.night().1), "- Nothing gap");
    portal.show("/trang/2", Shown::List(articles(12..=15), Some("/trang/3".to_owned())));
    let (asked, seen) = portal.night();
    assert!(asked.contains(&"/tin/bai-13.html".to_owned()), "{asked:?}");
    assert_eq!(covers(&seen), "2026-05-20 Listing -");
}

#[test]
fn a_feed_that_went_is_asked_for_ever_more_seldom_and_the_lists_take_its_place() {
    let mut portal = with_sections();
    portal.feeds = vec![url("/rss")];
    portal.show("/rss", Shown::Feed(articles(9..=11)));
    portal.night();
    assert_eq!(portal.night().0, words("/rss /"));
    portal.shown.remove("/rss");
    let asked: Vec<String> = (0..9).map(|_| portal.night().0.join(" ")).collect();
    let lists = "/ /muc-a /muc-b";
    let with_feed = "/ /rss /muc-a /muc-b";
    assert_eq!(asked, ["/rss /muc-a / /muc-b", with_feed, lists, lists, with_feed, lists, lists, lists, lists]);
}

#[test]
fn what_only_a_feed_named_is_remembered_until_the_site_was_read() {
    let mut portal = with_home(8..=9);
    portal.feeds = vec![url("/rss")];
    // Not in order, so that it proves nothing of what is older.
    portal.show("/rss", Shown::Feed([articles(5..=6), articles(7..=9)].concat()));
    portal.patience = 3;
    assert_eq!(covers(&portal.night().1), "- Nothing stopped");
    portal.patience = usize::MAX;
    // The feed has rolled on; that it named what no link leads to is known from the first night.
    portal.show("/rss", Shown::Feed(articles(8..=9)));
    assert_eq!(covers(&portal.night().1), "- Nothing gap");
}

#[test]
fn an_index_of_sitemaps_is_read_and_judged_when_all_of_it_is_known() {
    let mut portal = with_list();
    portal.home = Shown::Links(paths(9..=12));
    portal.sitemaps = vec![url("/sitemap.xml")];
    portal.show("/sitemap.xml", Shown::Sitemap(Vec::new(), vec!["/s1.xml".to_owned(), "/s2.xml".to_owned()]));
    portal.show("/s1.xml", Shown::Sitemap(paths(1..=6), Vec::new()));
    portal.show("/s2.xml", Shown::Sitemap(paths(7..=12), Vec::new()));
    let (asked, seen) = portal.night();
    assert_eq!(asked.iter().filter(|path| path.starts_with("/tin/")).count(), 12);
    // Those that the home page named first are no less in the sitemap.
    assert_eq!((portal.memory.sitemap_has, portal.memory.sitemap_lacks), (12, 0));
    assert_eq!(covers(&seen), "2026-05-01 Sitemap -");
}

#[test]
fn a_night_cut_short_claims_nothing_while_new_links_wait() {
    let mut portal = with_home(1..=3);
    portal.night();
    portal.home = Shown::Links(paths(2..=6));
    portal.patience = 2;
    assert_eq!(covers(&portal.night().1), "- Listing stopped");
    portal.patience = usize::MAX;
    assert_eq!(covers(&portal.night().1), "2026-05-20 Listing -");
}

#[test]
fn a_feed_of_one_section_does_not_stand_in_for_the_others() {
    let mut portal = with_sections();
    portal.feeds = vec![url("/rss")];
    portal.show("/rss", Shown::Feed(articles(4..=6)));
    portal.night();
    assert_eq!(portal.night().0, words("/ /rss /muc-a /muc-b"));
}

#[test]
fn a_feed_that_stands_still_is_found_out_by_a_section() {
    let mut portal = with_sections();
    portal.feeds = vec![url("/rss")];
    portal.show("/rss", Shown::Feed(articles(9..=11)));
    portal.night();
    portal.show("/muc-b", Shown::Links(paths(11..=12)));
    let asked: Vec<String> = (0..4).map(|_| portal.night().0.join(" ")).collect();
    let found = "/rss /muc-b /tin/bai-12.html / /muc-a";
    assert_eq!(asked, ["/rss /", "/rss /muc-a", found, "/ /rss /muc-a /muc-b"]);
}

#[test]
fn a_feed_that_is_none_any_more_gives_way_the_same_night() {
    for shown in [
        Shown::Feed(Vec::new()),
        Shown::Links(paths(10..=11)),
        Shown::Fails(Cause::Refused),
        Shown::Fails(Cause::ServerError),
    ] {
        let mut portal = with_sections();
        portal.feeds = vec![url("/rss")];
        portal.show("/rss", Shown::Feed(articles(9..=11)));
        portal.night();
        portal.show("/rss", shown);
        portal.show("/muc-a", Shown::List(articles(5..=7), None));
        let (asked, seen) = portal.night();
        assert!(asked.contains(&"/tin/bai-7.html".to_owned()), "{asked:?}");
        assert_eq!(covers(&seen), "2026-05-20 Listing -");
    }
}

#[test]
fn a_first_filling_that_could_not_read_a_section_does_not_claim_to_have_read_all() {
    let mut portal = with_sections();
    portal.show("/muc-b", Shown::Fails(Cause::ServerError));
    assert_eq!(portal.night().1.since, None);
    portal.show("/muc-b", Shown::Links(paths(10..=11)));
    assert_eq!(covers(&portal.night().1), "2000-01-01 Links -");
    // The second page of a list counts as much.
    let mut portal = with_list();
    portal.show("/trang/3", Shown::Fails(Cause::ServerError));
    assert_eq!(covers(&portal.night().1), "2026-05-07 Listing -");
}

#[test]
fn a_list_goes_on_though_another_page_showed_its_beginning() {
    let mut portal = with_list();
    portal.home = Shown::Links([paths(10..=12), vec!["/muc".to_owned()]].concat());
    portal.show("/muc", Shown::List(articles(10..=12), Some("/trang/2".to_owned())));
    portal.night();
    for day in 13..=18 {
        let text: &'static str = Box::leak(format!("bài {day}").into_boxed_str());
        portal.show(&format!("/tin/bai-{day}.html"), Shown::Article(text));
    }
    // The home page keeps one that is known, and leaves out what stands on the second page.
    portal.home = Shown::Links([paths(16..=18), paths(12..=12), vec!["/muc".to_owned()]].concat());
    portal.show("/muc", Shown::List(articles(16..=18), Some("/trang/2".to_owned())));
    portal.show("/trang/2", Shown::List(articles(12..=15), Some("/trang/3".to_owned())));
    let (asked, seen) = portal.night();
    assert!(asked.contains(&"/tin/bai-13.html".to_owned()), "{asked:?}");
    assert_eq!(covers(&seen), "2026-05-20 Listing -");
}

#[test]
fn what_stands_beside_the_news_does_not_join_them() {
    let mut portal = with_list();
    portal.home = Shown::Links(paths(1..=6));
    portal.night();
    // One from long ago is kept in a corner; the newest of last time are gone.
    portal.home = Shown::Links([paths(9..=12), paths(1..=1)].concat());
    assert_eq!(covers(&portal.night().1), "- Nothing gap");
}

#[test]
fn a_home_page_of_the_newest_few_leaves_it_to_the_list() {
    let mut portal = with_list();
    portal.home = Shown::Links(["/muc"].map(str::to_owned).into_iter().chain(paths(4..=5)).collect());
    portal.show("/muc", Shown::List(articles(1..=5), None));
    portal.night();
    portal.home = Shown::Links(["/muc"].map(str::to_owned).into_iter().chain(paths(8..=9)).collect());
    portal.show("/muc", Shown::List(articles(3..=9), None));
    assert_eq!(covers(&portal.night().1), "2026-05-20 Listing -");
}

#[test]
fn a_page_that_may_become_a_section_is_looked_at_ever_more_seldom() {
    let mut portal = with_list();
    portal.home = Shown::Links([paths(1..=2), vec!["/lien-he".to_owned(), "/muc".to_owned()]].concat());
    portal.show("/lien-he", Shown::Links(paths(2..=2)));
    portal.show("/muc", Shown::Links(Vec::new()));
    portal.night();
    assert_eq!(portal.night().0, words("/ /lien-he /muc"));
    portal.show("/muc", Shown::Links(paths(3..=3)));
    let asked: Vec<String> = (0..5).map(|_| portal.night().0.join(" ")).collect();
    // It has become a section.
    assert_eq!(asked, ["/", "/", "/ /lien-he /muc /tin/bai-3.html", "/ /muc", "/ /muc"]);
}

#[test]
fn a_section_that_says_nothing_hides_what_it_holds() {
    let mut portal = with_sections();
    portal.night();
    portal.show("/muc-b", Shown::Links(Vec::new()));
    assert_eq!(covers(&portal.night().1), "- Nothing unreadable");
    portal.show("/muc-b", Shown::Links(paths(11..=12)));
    let (asked, seen) = portal.night();
    assert!(asked.contains(&"/tin/bai-12.html".to_owned()), "{asked:?}");
    assert_eq!(covers(&seen), "2026-05-20 Listing -");
}

#[test]
fn a_new_link_that_leads_nowhere_yet_is_tried_again() {
    let mut portal = with_home(1..=3);
    portal.night();
    portal.home = Shown::Links([paths(2..=3), vec!["/tin/bai-20.html".to_owned()]].concat());
    assert_eq!(portal.night().0, words("/ /tin/bai-20.html"));
    portal.show("/tin/bai-20.html", Shown::Article("bài 20"));
    assert_eq!(portal.night().0, words("/ /tin/bai-20.html"));
    assert_eq!(portal.night().0, words("/"));
}

#[test]
fn a_sitemap_that_was_never_there_says_nothing() {
    let mut portal = with_sections();
    portal.sitemaps = vec![url("/sitemap.xml")];
    assert_eq!(covers(&portal.night().1), "2000-01-01 Links -");
}

#[test]
fn a_feed_with_an_old_entry_pinned_to_its_top_joins_by_its_news() {
    let mut portal = with_home(6..=7);
    portal.feeds = vec![url("/rss")];
    portal.show("/rss", Shown::Feed([articles(1..=1), articles(3..=7)].concat()));
    portal.night();
    portal.show("/rss", Shown::Feed([articles(1..=1), articles(9..=12)].concat()));
    // The home page shows what it showed before, and not what the feed names.
    assert_eq!(covers(&portal.night().1), "- Nothing gap");
}

#[test]
fn a_section_that_leads_to_the_home_page_is_not_there() {
    let mut portal = with_sections();
    portal.home = Shown::Links([paths(12..=12), vec!["/muc-b".to_owned()]].concat());
    portal.night();
    portal.landed.insert("/muc-b".to_owned(), "/".to_owned());
    for _ in 0..2 {
        assert_eq!(covers(&portal.night().1), "- Nothing unreadable");
    }
}

#[test]
fn a_feed_that_rolled_on_too_far_gives_way_to_the_sections() {
    let mut portal = with_sections();
    portal.feeds = vec![url("/rss")];
    portal.show("/rss", Shown::Feed(articles(9..=11)));
    portal.night();
    for day in 13..=16 {
        let text: &'static str = Box::leak(format!("bài {day}").into_boxed_str());
        portal.show(&format!("/tin/bai-{day}.html"), Shown::Article(text));
    }
    portal.show("/rss", Shown::Feed(articles(14..=16)));
    portal.show("/muc-b", Shown::Links(paths(10..=16)));
    let (asked, seen) = portal.night();
    assert!(asked.contains(&"/tin/bai-13.html".to_owned()), "{asked:?}");
    assert_eq!(covers(&seen), "2026-05-20 Listing -");
}

#[test]
fn a_night_cut_short_does_not_move_the_mark_of_a_page() {
    let mut portal = with_home(1..=6);
    portal.night();
    // Four are new, two of them are read; one from long ago stands in a corner.
    portal.home = Shown::Links([paths(9..=12), paths(1..=1)].concat());
    portal.patience = 3;
    assert_eq!(covers(&portal.night().1), "- Nothing stopped");
    portal.patience = usize::MAX;
    assert_eq!(covers(&portal.night().1), "- Nothing gap");
}

#[test]
fn news_that_the_feed_named_first_do_not_end_a_list() {
    let mut portal = with_list();
    portal.home = Shown::List(articles(2..=3), Some("/trang/2".to_owned()));
    portal.show("/trang/2", Shown::List(articles(1..=1), None));
    portal.feeds = vec![url("/rss")];
    portal.show("/rss", Shown::Feed(articles(2..=3)));
    portal.night();
    portal.home = Shown::List(articles(8..=9), Some("/trang/2".to_owned()));
    portal.show("/trang/2", Shown::List(articles(6..=7), Some("/trang/3".to_owned())));
    portal.show("/trang/3", Shown::List(articles(3..=5), Some("/trang/4".to_owned())));
    portal.show("/rss", Shown::Feed(articles(8..=9)));
    let (asked, seen) = portal.night();
    assert!(asked.contains(&"/tin/bai-4.html".to_owned()), "{asked:?}");
    assert_eq!(seen.cause, None, "{seen:?}");
}
