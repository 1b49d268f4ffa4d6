//! The look-up as a visitor meets it: what is found by which words, and what is told of it.

use super::{UNIT, article, ask, shown, site, world};
use cchc_audit::article::{Assessment, Channel};
use cchc_audit::audit::{Post, World};

/// Links are pasted as they were shared, and typed as browsers show them.
#[tokio::test]
async fn the_look_up_finds_an_item_however_its_address_is_spelled() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    for spelled in [
        "https://cuanam.hanoi.gov.vn/a.html?fbclid=abc",
        "https://cuanam.hanoi.gov.vn/a.html?utm_source=zalo%26utm_medium=x",
        "cuanam.hanoi.gov.vn/a.html",
        "www.cuanam.hanoi.gov.vn/a.html/",
    ] {
        let (_, _, body) = ask(&site, &format!("/tra-cuu?q={spelled}"), &[]).await;
        assert!(body.contains("/bai/a?"), "{spelled}: {body}");
    }
    let (_, _, body) = ask(&site, "/tra-cuu?q=cuanam.hanoi.gov.vn/khac.html", &[]).await;
    assert!(body.contains("Cổng <b>cuanam.hanoi.gov.vn</b>: đọc gần nhất"), "{body}");
}

/// A theme that is covered, where nobody is in breach, hides no refusal of a duty with a number; and the
/// reason told is one that somebody can mend.
#[tokio::test]
async fn the_look_up_tells_what_the_numbered_duties_say() {
    let dir = tempfile::tempdir().unwrap();
    let mut posted = article("c", "Bài đăng lại", None);
    posted.channel = Channel::CityPage;
    let site = shown(dir.path(), &[posted], |articles| {
        let assessment = Assessment {
            unit: Some(UNIT.parse().unwrap()),
            is_cchc: true,
            repost: true,
            topics: vec!["a21-d".to_owned()],
            ..Assessment::default()
        };
        let post = |article| Post { repost_given: true, ..Post::new(article, assessment.clone(), Default::default()) };
        let mut made = World::new(articles.iter().map(post).collect());
        made.coverage = world(&[]).coverage;
        made
    });
    let (_, _, item) = ask(&site, "/bai/c", &[]).await;
    assert!(item.contains(">được tính</span>"), "no theme counts it: {item}");
    let (_, _, body) = ask(&site, "/tra-cuu?q=bai%20dang%20lai", &[]).await;
    assert!(body.contains("<b>Không tính</b> cho") && body.contains("#a2\""), "{body}");
    assert!(body.contains("<b>đăng lại.</b>") && !body.contains("không đúng kênh"), "{body}");
}
