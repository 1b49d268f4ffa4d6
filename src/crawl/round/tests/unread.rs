//! Pages that should be articles and could not be read as such.

use super::*;

#[test]
fn what_a_first_filling_could_not_read_may_hide_articles() {
    for cause in [Cause::Challenge, Cause::Refused, Cause::Redirect, Cause::TooLarge, Cause::ScriptOnly, Cause::Robots]
    {
        let mut portal = with_home(1..=4);
        portal.home = Shown::Links([paths(1..=4), vec!["/quan-tri".to_owned()]].concat());
        portal.show("/quan-tri", Shown::Fails(cause));
        portal.show("/tin/bai-2.html", Shown::Fails(cause));
        for _ in 0..5 {
            let seen = portal.night().1;
            assert_eq!((seen.since, seen.cause), (None, Some(cause)));
        }
        // It is no longer waited for, and what came before stays unclaimed for good.
        assert_eq!(portal.night().1.since.map(|since| since.date_naive()), Some(may(25).date_naive()), "{cause:?}");
        portal.memory.read = None;
        assert!(portal.night().1.since.is_none_or(|since| since > may(25)), "{cause:?}");
    }
    // What is not there hides nothing.
    let mut portal = with_home(1..=4);
    portal.shown.remove("/tin/bai-2.html");
    assert_eq!(covers(&portal.night().1), "2000-01-01 Links -");
}

#[test]
fn an_unread_article_hides_all_of_its_day() {
    let mut portal = with_list();
    let day = |day: u32| time::parse(&format!("2026-05-{day:02}T00:00:00+07:00")).unwrap();
    portal.show("/tin/bai-5.html", Shown::Fails(Cause::Refused));
    assert_eq!(portal.night().1.since, Some(may(5) + TimeDelta::minutes(1)));
    assert_eq!(crate::crawl::cover::behind(day(5)), day(6));
}

/// A portal with a list, and an article of tonight that is none yet.
fn with_error(listed: bool) -> Portal {
    let mut portal = with_list();
    let home = |portal: &mut Portal, days: Vec<u32>| {
        let items: Vec<(String, u32)> = days.iter().map(|day| (format!("/tin/bai-{day}.html"), *day)).collect();
        portal.home = match listed {
            true => Shown::List(items, None),
            false => Shown::Links(items.into_iter().map(|(path, _)| path).collect()),
        };
    };
    home(&mut portal, vec![3, 2, 1]);
    portal.night();
    home(&mut portal, vec![22, 21, 3, 2]);
    portal.show("/tin/bai-21.html", Shown::Error);
    portal.show("/tin/bai-22.html", Shown::Error);
    portal
}

#[test]
fn an_entry_of_a_dated_list_that_shows_no_article_is_unread_and_asked_for_again() {
    let mut portal = with_error(true);
    let (_, seen) = portal.night();
    assert_eq!(seen.cause, Some(Cause::Unreadable), "{seen:?}");
    assert!(seen.since.is_none_or(|since| since > may(22)), "{seen:?}");
    portal.show("/tin/bai-21.html", Shown::Article("bài 21"));
    portal.show("/tin/bai-22.html", Shown::Article("bài 22"));
    let (asked, seen) = portal.night();
    assert!(asked.contains(&"/tin/bai-21.html".to_owned()), "{asked:?}");
    assert_eq!(seen.cause, None, "{seen:?}");
}

#[test]
fn one_page_at_several_addresses_of_articles_is_none_of_them() {
    let (_, seen) = with_error(false).night();
    assert_eq!((seen.since, seen.cause), (None, Some(Cause::Unreadable)));
}

#[test]
fn links_like_those_to_articles_that_show_none_count_for_the_alarm() {
    let mut portal = with_home(1..=3);
    portal.night();
    portal.home = Shown::Links([paths(2..=3), vec!["/tin/bai-21.html".to_owned(), "/lien-he".to_owned()]].concat());
    portal.show("/tin/bai-21.html", Shown::Links(vec!["/lien-he".to_owned()]));
    portal.show("/lien-he", Shown::Links(vec!["/".to_owned()]));
    portal.night();
    let nights: Vec<(u32, u32)> = portal.memory.nights.iter().map(|night| (night.read, night.new)).collect();
    assert_eq!(nights, [(3, 3), (1, 0)]);
}

#[test]
fn what_could_not_be_had_for_long_is_asked_for_ever_more_seldom() {
    let mut portal = with_home(1..=3);
    portal.night();
    portal.home = Shown::Links([paths(2..=3), vec!["/tin/bai-21.html".to_owned()]].concat());
    portal.show("/tin/bai-21.html", Shown::Fails(Cause::Refused));
    let asked = (0..20).filter(|_| portal.night().0.contains(&"/tin/bai-21.html".to_owned())).count();
    assert_eq!(asked, 6);
}

/// A portal read whole, and one link more on its home page.
fn with_link(path: &str, shown: Shown) -> Portal {
    let mut portal = with_home(1..=3);
    portal.show("/gioi-thieu", Shown::Links(vec!["/".to_owned()]));
    portal.home = Shown::Links([paths(1..=3), vec!["/gioi-thieu".to_owned()]].concat());
    portal.night();
    portal.home = Shown::Links([vec![path.to_owned(), "/gioi-thieu".to_owned()], paths(1..=3)].concat());
    portal.show(path, shown);
    portal
}

#[test]
fn a_link_like_those_to_articles_whose_text_comes_later_is_asked_for_again() {
    let stub = || Shown::Links(vec!["/gioi-thieu".to_owned(), "/trang-moi".to_owned()]);
    for shown in [stub(), Shown::List(articles(1..=3), None)] {
        let mut portal = with_link("/tin/bai-21.html", shown);
        for _ in 0..3 {
            let (asked, seen) = portal.night();
            assert!(asked.contains(&"/tin/bai-21.html".to_owned()), "{asked:?}");
            assert_eq!((seen.since, seen.cause), (None, Some(Cause::Unreadable)));
        }
        portal.show("/tin/bai-21.html", Shown::Article("bài 21"));
        let (asked, seen) = portal.night();
        assert!(asked.contains(&"/tin/bai-21.html".to_owned()), "{asked:?}");
        // And all of the time is covered that was waited.
        assert_eq!(covers(&seen), "2026-05-20 Listing -");
    }
    // What the stub links to is not lost.
    assert!(with_link("/tin/bai-21.html", stub()).night().0.contains(&"/trang-moi".to_owned()));
}

#[test]
fn pages_that_never_become_articles_neither_cost_a_request_each_night_nor_keep_a_portal_unread() {
    let page = || Shown::Links(vec!["/".to_owned()]);
    let mut portal = with_link("/tin/bai-21.html", page());
    let nights: Vec<(Vec<String>, Observation)> = (0..40).map(|_| portal.night()).collect();
    let asked = nights.iter().filter(|(asked, _)| asked.contains(&"/tin/bai-21.html".to_owned())).count();
    assert!(asked <= 7, "{asked}");
    assert!(nights[6..].iter().all(|(_, seen)| seen.since.is_some()));
    // An address that is not like those of articles promises none.
    let mut portal = with_link("/lien-he/phong-ban", page());
    assert_eq!(covers(&portal.night().1), "2026-05-20 Listing -");
    // A menu that comes all at once is none of late articles.
    let mut portal = with_link("/tin/bai-4.html", Shown::Article("bài 4"));
    let menu: Vec<String> = (1..=40).map(|n| format!("/tin/muc-{n}.html")).collect();
    menu.iter().for_each(|path| portal.show(path, Shown::Links(vec![path.replace("tin", "tep")])));
    portal.home = Shown::Links([&menu[..], &paths(1..=4)].concat());
    let nights: Vec<(Vec<String>, Observation)> = (0..3).map(|_| portal.night()).collect();
    let asked = |night: usize| nights[night].0.iter().filter(|path| menu.contains(path)).count();
    // Two of them as pages that may become a section.
    assert_eq!((asked(1), asked(2)), (10 + 2, 2));
    assert_eq!(nights.iter().map(|(_, seen)| seen.since.is_some()).collect::<Vec<_>>(), [false, true, true]);
    // Nor do addresses promise an article that other pages have as well.
    let mut portal = with_home(1..=3);
    let documents = |days| articles(days).into_iter().map(|(path, _)| path.replace("bai", "van-ban"));
    portal.home = Shown::Links(paths(1..=3).into_iter().chain(documents(1..=3)).collect());
    for path in documents(1..=9) {
        portal.show(&path, Shown::Links(vec![path.replace("van-ban", "tep")]));
    }
    portal.night();
    portal.home = Shown::Links(paths(1..=3).into_iter().chain(documents(1..=9)).collect());
    assert_eq!(covers(&portal.night().1), "2026-05-20 Listing -");
}

#[test]
fn what_a_full_reading_has_at_last_is_claimed_again_and_what_it_has_not_is_not() {
    for stands in [true, false] {
        let mut portal = with_home(1..=4);
        portal.show("/tin/bai-2.html", Shown::Fails(Cause::Refused));
        (0..6).for_each(|_| drop(portal.night()));
        assert!(portal.memory.floor.is_some());
        if stands {
            portal.show("/tin/bai-2.html", Shown::Article("bài 2"));
        }
        portal.bounds.full = true;
        let (asked, seen) = portal.night();
        assert!(asked.contains(&"/tin/bai-2.html".to_owned()), "{asked:?}");
        assert_eq!((portal.memory.floor.is_none(), seen.since.is_some()), (stands, stands), "{seen:?}");
    }
}

#[test]
fn up_to_the_date_of_a_file_among_the_articles_of_a_list_nothing_is_claimed() {
    let with_file = |path: &str, day| {
        let mut portal = with_list();
        let file = [(path.to_owned(), day)];
        portal.home = Shown::List([&file[..], &articles(10..=12)].concat(), Some("/trang/2".to_owned()));
        portal
    };
    for path in ["/tep/thong-bao.pdf", "/tep/thong-bao.docx"] {
        let mut portal = with_file(path, 11);
        let (asked, seen) = portal.night();
        assert!(!asked.contains(&path.to_owned()), "{asked:?}");
        assert_eq!(covers(&seen), "2026-05-11 Links unreadable");
        assert!(seen.since.is_some_and(|since| since > may(11)) && seen.detail.contains(path), "{seen:?}");
        // It is told once, and what comes after is covered as ever.
        assert_eq!(covers(&portal.night().1), "2026-05-20 Listing -");
        portal.bounds.full = true;
        assert!(portal.night().1.since.is_some_and(|since| since > may(11)));
    }
    // News of a later night.
    let mut portal = with_list();
    portal.night();
    portal.home = with_file("/tep/thong-bao.pdf", 21).home;
    portal.now = may(22);
    assert!(portal.night().1.since.is_some_and(|since| since > may(21)));
    portal.now = may(23);
    assert!(portal.night().1.since.is_some_and(|since| since > may(21)));
    // A date to come, none, or a library of files.
    for (home, expected) in [
        (with_file("/tep/thong-bao.pdf", 30).home, "2000-01-01 Links -"),
        (with_file("/tep/thong-bao.pdf", 0).home, "2000-01-01 Links -"),
        (with_file("/anh/bieu-trung.svg", 11).home, "2000-01-01 Links -"),
    ] {
        let mut portal = with_list();
        portal.home = home;
        assert_eq!(covers(&portal.night().1), expected);
    }
    let mut portal = with_list();
    portal.home = Shown::Links(vec!["/van-ban".to_owned(), "/trang/2".to_owned()]);
    portal.show("/van-ban", Shown::List(vec![("/tep/1.pdf".to_owned(), 11), ("/tep/2.pdf".to_owned(), 10)], None));
    assert_eq!(portal.night().1.cause, None);
}
