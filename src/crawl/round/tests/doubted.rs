//! Answers that look as if all were well: lists that repeat themselves, pages that no longer are what
//! they were, new links that lead nowhere.

use super::*;

fn list(days: std::ops::RangeInclusive<u32>, next: &str) -> Shown {
    Shown::List(articles(days), Some(next.to_owned()))
}

/// A portal whose list goes on by POST, the first of which shows what the page itself shows.
fn with_posts() -> Portal {
    let mut portal = with_list();
    portal.home = list(10..=12, "#0");
    portal.show("#0", list(10..=12, "#1"));
    portal.show("#1", list(7..=9, "#2"));
    portal.show("#2", list(4..=6, "#3"));
    portal.show("#3", Shown::List(Vec::new(), None));
    for day in 13..=18 {
        let text: &'static str = Box::leak(format!("bài {day}").into_boxed_str());
        portal.show(&format!("/tin/bai-{day}.html"), Shown::Article(text));
    }
    portal
}

/// Six articles more, three of them pushed off the page itself.
fn with_news(mut portal: Portal) -> Portal {
    portal.home = list(16..=18, "#0");
    portal.show("#0", list(16..=18, "#1"));
    portal.show("#1", list(13..=15, "#2"));
    portal.show("#2", list(10..=12, "#3"));
    portal
}

#[test]
fn a_request_that_repeats_the_page_itself_does_not_end_the_list() {
    let mut portal = with_posts();
    let (asked, seen) = portal.night();
    assert_eq!(asked.iter().filter(|path| path.starts_with("/tin/")).count(), 9, "{asked:?}");
    assert_eq!(covers(&seen), "2000-01-01 Links -");
    let mut portal = with_news(portal);
    let (asked, seen) = portal.night();
    assert_eq!(asked.iter().filter(|path| path.starts_with('#')).count(), 3, "{asked:?}");
    assert_eq!(asked.iter().filter(|path| path.starts_with("/tin/")).count(), 6, "{asked:?}");
    assert_eq!(covers(&seen), "2026-05-20 Listing -");
}

#[test]
fn pages_may_be_counted_from_one() {
    let mut portal = with_posts();
    for (page, days) in [(1, 10..=12), (2, 7..=9), (3, 4..=6)] {
        portal.show(&format!("#{page}"), list(days, &format!("#{}", page + 1)));
    }
    portal.show("#4", Shown::List(Vec::new(), None));
    let (asked, seen) = portal.night();
    assert_eq!(asked.iter().filter(|path| path.starts_with("/tin/")).count(), 9, "{asked:?}");
    assert_eq!(covers(&seen), "2000-01-01 Links -");
}

#[test]
fn a_list_that_shows_its_first_page_for_ever_was_read_no_further() {
    let mut portal = with_posts();
    portal.show("#1", list(10..=12, "#2"));
    portal.show("#2", list(10..=12, "#3"));
    let (asked, seen) = portal.night();
    assert_eq!(asked.iter().filter(|path| path.starts_with('#')).count(), 3, "{asked:?}");
    assert_eq!(covers(&seen), "2026-05-10 Listing -");
}

#[test]
fn a_further_page_that_is_none_is_a_gap_and_read_on_the_next_night() {
    let empty = || Shown::List(Vec::new(), None);
    let elsewhere = || Shown::Links(vec!["/lien-he".to_owned()]);
    for broken in [empty, elsewhere, || Shown::Fails(Cause::Unreadable)] {
        let mut portal = with_posts();
        portal.night();
        let mut portal = with_news(portal);
        portal.show("#1", broken());
        assert_eq!(covers(&portal.night().1), "- Nothing gap", "{:?}", broken());
        let mut portal = with_news(portal);
        let (asked, seen) = portal.night();
        assert!(asked.contains(&"/tin/bai-13.html".to_owned()), "{:?}: {asked:?}", broken());
        assert_eq!(covers(&seen), "2026-05-20 Listing -", "{:?}", broken());
    }
}

#[test]
fn a_page_under_maintenance_stays_unread_however_long_it_stands() {
    let mut portal = with_home(1..=3);
    portal.night();
    portal.home = Shown::Links(Vec::new());
    for _ in 0..3 {
        assert_eq!(covers(&portal.night().1), "- Nothing unreadable");
    }
}

#[test]
fn a_sitemap_that_names_nothing_any_more_no_longer_stands_in() {
    let mut portal = with_list();
    portal.home = Shown::Links(["/muc-a", "/muc-b"].map(str::to_owned).to_vec());
    portal.show("/muc-a", Shown::Links(paths(1..=6)));
    portal.show("/muc-b", Shown::Links(paths(7..=12)));
    portal.sitemaps = vec![url("/sitemap.xml")];
    portal.show("/sitemap.xml", Shown::Sitemap(paths(1..=12), Vec::new()));
    portal.night();
    assert_eq!(portal.night().0.len(), 2);
    portal.show("/sitemap.xml", Shown::Sitemap(Vec::new(), Vec::new()));
    for _ in 0..2 {
        let (asked, seen) = portal.night();
        assert_eq!(asked.len(), 4, "{asked:?}");
        assert!(covers(&seen).ends_with("Listing -"), "{seen:?}");
    }
}

#[test]
fn a_new_link_like_those_to_articles_may_hide_one() {
    for (shown, path, expected) in [
        (Shown::Fails(Cause::Robots), "/tin/bai-moi.html", "- Listing robots"),
        (Shown::Fails(Cause::Redirect), "/tin/bai-moi.html", "- Listing redirect"),
        (Shown::Fails(Cause::TooLarge), "/tin/bai-moi.html", "- Listing too_large"),
        (Shown::Fails(Cause::Broken), "/tin/bai-moi.html", "- Listing broken"),
        // Menus are full of such.
        (Shown::Fails(Cause::Robots), "/quan-tri/dang-nhap", "2026-05-20 Listing -"),
        (Shown::Fails(Cause::Redirect), "/ra-ngoai", "2026-05-20 Listing -"),
    ] {
        let mut portal = with_home(1..=3);
        portal.night();
        portal.home = Shown::Links([paths(1..=3), vec![path.to_owned()]].concat());
        portal.show(path, shown);
        assert_eq!(covers(&portal.night().1), expected, "{path}");
    }
}

#[test]
fn a_list_that_begins_with_the_oldest_joins_nothing() {
    let mut portal = with_list();
    let oldest_first = |days| Shown::List(articles(days).into_iter().rev().collect(), None);
    portal.home = oldest_first(1..=4);
    portal.night();
    portal.home = oldest_first(1..=5);
    assert_eq!(covers(&portal.night().1), "- Nothing gap");
}

#[test]
fn one_article_that_is_still_shown_joins_nothing() {
    for (what, shown) in [
        ("pinned to the top", [articles(20..=20), articles(24..=31)].concat()),
        ("kept at the end", [articles(24..=31), articles(20..=20)].concat()),
        ("all of it new", articles(24..=31)),
    ] {
        for feed in [false, true] {
            let mut portal = with_home(9..=12);
            let first = [articles(20..=20), articles(5..=12)].concat();
            for day in 13..=31 {
                let text: &'static str = Box::leak(format!("bài {day}").into_boxed_str());
                portal.show(&format!("/tin/bai-{day}.html"), Shown::Article(text));
            }
            let show = |portal: &mut Portal, items: Vec<(String, u32)>| match feed {
                true => portal.show("/rss", Shown::Feed(items)),
                false => portal.home = Shown::List(items, None),
            };
            if feed {
                portal.feeds = vec![url("/rss")];
                portal.home = Shown::Links(paths(20..=20));
            }
            show(&mut portal, first);
            portal.night();
            show(&mut portal, shown.clone());
            assert_eq!(covers(&portal.night().1), "- Nothing gap", "{what}, {feed}");
        }
    }
}

#[test]
fn a_list_that_goes_by_edits_is_read_on_to_what_stood_first() {
    let list = |days: Vec<u32>, next: Option<&str>| {
        let items = days.into_iter().map(|day| (format!("/tin/bai-{day}.html"), day)).collect();
        Shown::List(items, next.map(str::to_owned))
    };
    let mut portal = with_list();
    for day in 13..=31 {
        let text: &'static str = Box::leak(format!("bài {day}").into_boxed_str());
        portal.show(&format!("/tin/bai-{day}.html"), Shown::Article(text));
    }
    portal.home = list((7..=12).rev().collect(), Some("/trang/2"));
    portal.show("/trang/2", list((1..=6).rev().collect(), None));
    portal.night();
    // The newest of last time was edited tonight, between what is new.
    portal.home = list(vec![24, 23, 22, 21, 20, 12], Some("/trang/2"));
    portal.show("/trang/2", list(vec![19, 18, 11, 10, 9, 8], Some("/trang/3")));
    let (asked, seen) = portal.night();
    assert!(asked.contains(&"/tin/bai-18.html".to_owned()), "{asked:?}");
    assert!(!asked.contains(&"/trang/3".to_owned()), "{asked:?}");
    assert_eq!(covers(&seen), "2026-05-20 Listing -");
}

#[test]
fn a_box_is_no_list() {
    let boxes = |days: &[std::ops::RangeInclusive<u32>]| {
        Shown::Links(days.iter().flat_map(|days| paths(days.clone())).collect())
    };
    let mut portal = with_list();
    for day in 13..=31 {
        let text: &'static str = Box::leak(format!("bài {day}").into_boxed_str());
        portal.show(&format!("/tin/bai-{day}.html"), Shown::Article(text));
    }
    portal.home = boxes(&[8..=12, 1..=5]);
    portal.night();
    portal.home = boxes(&[13..=14, 10..=12, 1..=5]);
    assert_eq!(covers(&portal.night().1), "2026-05-20 Listing -");
    // The first box has only what is new; the second says nothing of it.
    portal.home = boxes(&[20..=24, 1..=5]);
    assert_eq!(covers(&portal.night().1), "- Nothing gap");
}

#[test]
fn a_feed_tells_no_date_that_no_page_can_have() {
    let mut item = Item { url: url("/tin/bai-1.html"), date: time::parse("1970-01-01T00:00:00+00:00") };
    item.plausible();
    assert_eq!(item.date, None);
}

#[test]
fn a_first_filling_claims_no_further_back_than_its_pages_bear() {
    // (what the home page shows, whether it goes on by a script, what the first night covers)
    for (shown, scripted, expected) in [
        (Shown::Links(paths(8..=12)), false, "2000-01-01 Links -"),
        // It may show the newest alone.
        (Shown::Links(paths(7..=12)), false, "2026-05-07 Links -"),
        (Shown::List(articles(7..=12), None), false, "2026-05-07 Links -"),
        (Shown::Links(paths(10..=12)), true, "2026-05-10 Links -"),
        (Shown::List(articles(10..=12), None), true, "2026-05-10 Links -"),
        // A list that is read to its end leaves nothing out.
        (Shown::List(articles(7..=12), Some("/trang/3".to_owned())), false, "2000-01-01 Links -"),
    ] {
        let mut portal = with_list();
        portal.home = shown.clone();
        portal.scripted.extend(scripted.then(|| "/".to_owned()));
        assert_eq!(covers(&portal.night().1), expected, "{shown:?}");
    }
    // So do its sections.
    let mut portal = with_list();
    portal.home = Shown::Links([paths(12..=12), vec!["/muc".to_owned()]].concat());
    portal.show("/muc", Shown::List(articles(10..=12), None));
    portal.scripted.push("/muc".to_owned());
    assert_eq!(covers(&portal.night().1), "2026-05-10 Links -");
}
