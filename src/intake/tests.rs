//! Pages met one after the other: new, revised, moved, gone.

use super::*;
use crate::article::text_identity;
use crate::site::Sites;
use crate::time;

const SITES: &str = r#"
    [crawler]
    contact = "mailto:a@b.vn"
    [[site]]
    id = "x"
    host = "x.vn"
    channel = "other"
"#;

fn page(text: &str, at: &str) -> Extracted {
    Extracted {
        platform: "liferay62".into(),
        title: "Tin".into(),
        body: vec![text.into()],
        published: time::parse(at),
        ..Extracted::default()
    }
}

/// Meets pages one after the other and says what each was.
fn meet(pages: &[(&str, Extracted)]) -> (Store, Vec<&'static str>) {
    let store = Store::temporary().unwrap();
    let sites = Sites::parse("sites.toml", SITES).unwrap();
    let intake = Intake { store: &store, judge: None };
    let meeting = |(n, (url, extracted)): (usize, &(&str, Extracted))| {
        let at = time::parse("2026-06-01T00:00:00+07:00").unwrap() + chrono::Days::new(n as u64);
        let capture = CaptureRef { file: "f".into(), offset: 0, length: 0, digest: String::new(), at };
        let key = url.split_once("view_content/").map_or((*url).to_owned(), |(_, item)| format!("x.vn {item}"));
        let url = CanonicalUrl::parse(url).unwrap();
        let text = text_identity(&extracted.title, &extracted.sapo, &extracted.body);
        let sighting =
            Sighting { site: &sites.sites[0], key: &key, url: &url, extracted: extracted.clone(), text, capture };
        match intake.article(sighting).unwrap() {
            Met::New(_) => "new",
            Met::Revised(_) => "revised",
            Met::Known(_) => "known",
        }
    };
    let met = pages.iter().enumerate().map(meeting).collect();
    (store, met)
}

const MAY: &str = "2026-05-04T08:00:00+07:00";

#[test]
fn one_item_at_several_addresses_is_one_article() {
    let a = "https://x.vn/tin/-/view_content/123-bai.html";
    let b = "https://x.vn/vi/khac/-/view_content/123-bai.html";
    let (store, met) = meet(&[(a, page("một hai ba", MAY)), (b, page("một hai ba", MAY)), (b, page("khác đi", MAY))]);
    assert_eq!(met, ["new", "known", "known"]);
    assert_eq!(store.len(), 1);
    assert_eq!(store.find(a).unwrap(), store.find(b).unwrap());
}

#[test]
fn another_text_at_its_own_address_is_a_revision_and_another_spelling_is_not() {
    let url = "https://x.vn/a.html";
    let (store, met) =
        meet(&[(url, page("Hoà bình", MAY)), (url, page("Hòa  bình!", MAY)), (url, page("Hòa bình mới", MAY))]);
    assert_eq!(met, ["new", "known", "revised"]);
    let id = store.find(url).unwrap().unwrap();
    let article = store.article(&id).unwrap().unwrap();
    assert_eq!(article.body, ["Hoà bình"]);
    assert_eq!(article.revisions[0].body, ["Hòa bình mới"]);
}

#[test]
fn the_same_text_and_date_at_a_new_address_has_moved() {
    let (a, b, c) = ("https://x.vn/a.html", "https://x.vn/b.html", "https://x.vn/c.html");
    let later = "2026-05-20T08:00:00+07:00";
    let (store, met) = meet(&[(a, page("chữ", MAY)), (b, page("chữ", MAY)), (c, page("chữ", later))]);
    assert_eq!(met, ["new", "known", "new"]);
    assert_eq!(store.find(a).unwrap(), store.find(b).unwrap());
}

#[test]
fn two_numbers_are_two_articles_whatever_their_text() {
    let (a, b) = ("https://x.vn/tin/-/view_content/123-bai.html", "https://x.vn/tin/-/view_content/124-bai.html");
    let (store, met) = meet(&[(a, page("chữ", MAY)), (b, page("chữ", MAY))]);
    assert_eq!(met, ["new", "new"]);
    assert_ne!(store.find(a).unwrap(), store.find(b).unwrap());
}

#[test]
fn what_is_gone_is_marked_and_what_a_feed_said_is_kept() {
    let url = CanonicalUrl::parse("https://x.vn/a.html").unwrap();
    let (store, _) = meet(&[(url.as_str(), page("chữ", MAY))]);
    let intake = Intake { store: &store, judge: None };
    let at = time::parse("2026-06-09T01:00:00+07:00");
    intake.hint(&url, Hint { feed: at, sitemap: None }).unwrap();
    let told = std::cell::RefCell::new(Vec::new());
    let record = |how| {
        told.borrow_mut().push(how);
        Ok(())
    };
    let article = || store.article(&store.find(url.as_str()).unwrap().unwrap()).unwrap().unwrap();
    let (first, later) = (at.unwrap(), |hours| at.unwrap() + chrono::TimeDelta::hours(hours));
    // Hours after the first look → removed, missing.
    for (hours, removed, missing) in [(0, None, at), (1, None, at), (23, at, None), (47, at, None)] {
        intake.gone(&url, later(hours), 404, record).unwrap();
        assert_eq!((article().removed, article().missing), (removed, missing), "{hours}");
    }
    assert_eq!(*told.borrow(), [Absent::Perhaps, Absent::Surely], "each is said once");
    assert_eq!(article().times.feed, at);

    intake.stands(&url, later(60)).unwrap();
    let absence = crate::article::Absence { from: first, until: later(60) };
    assert_eq!((article().removed, article().absences), (None, vec![absence.clone()]));
    intake.absent(&url, later(47), Absent::Surely).unwrap();
    assert_eq!((article().removed, article().absences), (None, vec![absence]), "told once more, it stays restored");

    // Gone for good is said once, and needs no second look.
    intake.gone(&url, later(90), 410, record).unwrap();
    assert_eq!((article().removed, article().missing), (Some(later(90)), None));
    assert_eq!(told.borrow().last(), Some(&Absent::Surely));
}
