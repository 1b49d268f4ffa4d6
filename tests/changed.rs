//! What a portal changes after it was read, night by night: texts, dates, addresses, absences. What
//! the crawl keeps of it is what a rebuild finds in the archive.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod loopback;
mod nights;

use cchc_audit::article::{Article, WORDLESS};
use cchc_audit::crawl::desk::Target;
use cchc_audit::owner::Owner;
use cchc_audit::time::{self, Time};
use loopback::{Portal, html, links, status};
use nights::{HOST, Nights};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Reads a portal on as many nights in a row, the first of them on the 20th of May 2026, at 22:00. `show`
/// tells what stands at a path on a night; at `/` stand links to `paths`.
fn nights(
    count: usize,
    platform: &str,
    show: impl Fn(usize, &str) -> Option<String> + Send + Sync + 'static,
) -> Nights {
    let night = Arc::new(AtomicUsize::new(0));
    let shown = Arc::clone(&night);
    let portal = Portal::serve(
        HOST,
        Arc::new(move |request: &loopback::Request, stream: &mut std::net::TcpStream| {
            match show(shown.load(Ordering::SeqCst), &request.path) {
                Some(page) => html(stream, &page),
                None => status(stream, 404, ""),
            }
        }),
    );
    let days: Vec<i64> = (0..count).map(|n| i64::from(n > 0)).collect();
    Nights::read(&portal, platform, &days, |n| night.store(n, Ordering::SeqCst))
}

impl Nights {
    /// The articles, by address, after it was made sure that a rebuild finds the same.
    fn articles(&self) -> Vec<Article> {
        let mut check = Command::new(env!("CARGO_BIN_EXE_cchc"));
        let told = check.arg("--state").arg(self.dir.path()).args(["store", "check"]).output().unwrap();
        assert!(told.status.success(), "a rebuild finds other: {}", String::from_utf8_lossy(&told.stdout));
        let owner = Owner::take(self.dir.path(), "test").unwrap();
        let ids: Vec<_> = owner.store.ids().collect::<Result<_, _>>().unwrap();
        let mut articles: Vec<Article> = ids.iter().map(|id| owner.store.article(id).unwrap().unwrap()).collect();
        articles.sort_by(|a, b| a.url.cmp(&b.url));
        articles
    }

    /// What `cchc explain` tells of an address.
    fn explain(&self, path: &str) -> String {
        let mut explain = Command::new(env!("CARGO_BIN_EXE_cchc"));
        explain.arg("--state").arg(self.dir.path()).args(["explain", &format!("http://{HOST}{path}")]);
        String::from_utf8(explain.output().unwrap().stdout).unwrap()
    }

    /// New, changed and gone articles of a night.
    fn count(&self, night: usize) -> (u64, u64, u64) {
        let (_, conduct) = &self.reports[night].sites[0];
        (conduct.new, conduct.changed, conduct.gone)
    }
}

fn at(text: &str) -> Time {
    time::parse(&format!("{text}+07:00")).unwrap()
}

const TEXT: &str = "Sáng nay, Ủy ban nhân dân phường tổ chức hội nghị triển khai công tác cải cách hành chính, rà soát thủ \
    hành chính và chuyển đổi số tại bộ phận một cửa phục vụ người dân và doanh nghiệp trên địa bàn phường trong quý II.";

/// An article of any portal, with what may follow its text; without a date where none is given.
fn page(title: &str, date: Option<&str>, body: &str) -> String {
    let dated = date.map(|date| format!("<meta property=\"article:published_time\" content=\"{date}+07:00\">"));
    format!(
        "<!doctype html><html lang=vi><head><meta charset=utf-8><title>{title}</title>\
         <meta property=\"og:type\" content=\"article\">{}</head><body><header><a href=\"/\">Trang chủ</a></header>\
         <main><article><h1>{title}</h1>{body}</article></main></body></html>",
        dated.unwrap_or_default()
    )
}

fn paragraphs(added: &str) -> String {
    format!("<p>{TEXT}{added}</p><p>{TEXT} Đại biểu các tổ dân phố cùng tham dự.</p>")
}

const MAY: &str = "2026-05-18T08:00:00";

const NUMBERED: &str = "/cai-cach-hanh-chinh/hoi-nghi-cai-cach-hanh-chinh-2702260518080000123.htm";

/// The same as IMS shows it.
fn ims(body: &str) -> String {
    format!(
        "<!doctype html><html lang=vi><head><meta charset=utf-8><title>Hội nghị cải cách hành chính</title></head><body>\
         <nav><a href=\"/\">Trang chủ</a></nav><h1 class=\"detail-title\" data-role=\"title\">Hội nghị cải cách hành \
         chính</h1><div data-role=\"publishdate\">08:10 18/05/2026</div><div class=\"detail-content afcbc-body\" \
         data-role=\"content\">{body}</div></body></html>"
    )
}

#[test]
fn an_edited_text_is_noticed_where_items_have_numbers() {
    let played = nights(3, "ims", |night, path| match path {
        "/" => Some(links(&[NUMBERED])),
        NUMBERED if night == 0 => Some(ims(&paragraphs(""))),
        NUMBERED => Some(ims(&paragraphs(" Nội dung đã được bổ sung nhiều chữ mới."))),
        _ => None,
    });
    assert_eq!((played.count(0), played.count(1)), ((1, 0, 0), (0, 1, 0)));
    let articles = played.articles();
    assert_eq!((articles.len(), articles[0].revisions.len()), (1, 1));
    assert!(!articles[0].body[0].contains("bổ sung") && articles[0].revisions[0].body[0].contains("bổ sung"));
}

#[test]
fn an_error_page_is_not_kept_as_the_article() {
    let trouble = "<title>Thông báo</title><h1>Thông báo</h1><nav><a href=/>Trang chủ</a></nav>\
                   <p>Có lỗi xảy ra trong quá trình xử lý. Vui lòng thử lại sau.</p>";
    for platform in ["ims", "generic"] {
        let played = nights(2, platform, move |night, path| match path {
            "/" => Some(links(&[NUMBERED])),
            NUMBERED if night == 0 => Some(trouble.to_owned()),
            NUMBERED => Some(ims(&paragraphs(""))),
            _ => None,
        });
        let articles = played.articles();
        assert_eq!((articles.len(), articles[0].title.as_str()), (1, "Hội nghị cải cách hành chính"), "{platform}");
    }
}

#[test]
fn what_never_was_the_article_gives_way_to_it_and_a_first_text_does_not() {
    let stand_in = "<title>Tin</title><h1>Dịch vụ</h1><p>Trang này sắp có, xin mời quý vị ghé lại.</p>";
    let played = nights(2, "ims", move |night, path| match path {
        "/" => Some(links(&[NUMBERED])),
        NUMBERED if night == 0 => Some(stand_in.to_owned()),
        NUMBERED => Some(ims(&paragraphs(""))),
        _ => None,
    });
    let articles = played.articles();
    let article = &articles[0];
    assert_eq!((article.title.as_str(), article.revisions.len()), ("Hội nghị cải cách hành chính", 0));
    assert_eq!(article.published, Some(at("2026-05-18T08:10:00")));
    assert!(article.warnings.iter().any(|warning| warning.contains("Dịch vụ")), "{:?}", article.warnings);
}

#[test]
fn a_corrected_date_is_taken_where_the_first_could_not_be_and_flagged_where_it_could() {
    let path = "/tin/bai-ngay-18.html";
    // First date, later one → the date kept, whether both are flagged.
    for (first, later, kept, flagged) in [
        (Some("2062-05-18T08:00:00"), MAY, MAY, false),
        (None, MAY, MAY, false),
        (Some(MAY), "2026-04-02T08:00:00", MAY, true),
        (Some(MAY), "2062-05-18T08:00:00", MAY, false),
    ] {
        let played = nights(3, "generic", move |night, asked| match asked {
            "/" => Some(links(&[path])),
            _ if asked == path && night == 0 => Some(page("Tin cải cách", first, &paragraphs(""))),
            _ if asked == path => Some(page("Tin cải cách", Some(later), &paragraphs(""))),
            _ => None,
        });
        let articles = played.articles();
        let article = &articles[0];
        assert_eq!(article.published, Some(at(kept)), "{first:?}");
        let told: Vec<_> = article.redated.iter().map(|redating| (redating.from, redating.to)).collect();
        assert_eq!(told, [(first.map(at), at(later))]);
        let doubts = cchc_audit::assess::novelty::contradictions(article);
        assert_eq!(!doubts.is_empty(), flagged, "{first:?}: {doubts:?}");
        assert!(article.revisions.is_empty());
        assert!(played.explain(path).contains("đổi ngày đăng"));
    }
}

#[test]
fn what_is_gone_for_a_night_is_not_removed_and_what_returns_is_restored() {
    // Nights on which it is gone → removed in the end, absences.
    for (gone, removed, absences) in [(1..2, false, 1), (1..4, false, 1), (1..99, true, 0)] {
        let path = "/tin/bai-vang-18.html";
        let played = nights(8, "generic", move |night, asked| match asked {
            "/" => Some(links(&[path])),
            _ if asked == path && !gone.contains(&night) => Some(page("Tin cải cách", Some(MAY), &paragraphs(""))),
            _ => None,
        });
        assert_eq!(played.count(1).2, 0, "one look is not enough");
        let articles = played.articles();
        let article = &articles[0];
        assert_eq!((article.removed.is_some(), article.missing, article.absences.len()), (removed, None, absences));
        let first = article.removed.or(article.absences.first().map(|absence| absence.from));
        assert_eq!(first, Some(at("2026-05-21T22:00:00")));
    }
}

#[test]
fn what_moved_is_not_gone() {
    let (old, new) = ("/tin/bai-cu-18.html", "/tin-moi/18/bai-cu.htm");
    let played = nights(4, "generic", move |night, asked| match asked {
        "/" => Some(links(&[if night == 0 { old } else { new }])),
        _ if asked == if night == 0 { old } else { new } => Some(page("Tin cải cách", Some(MAY), &paragraphs(""))),
        _ => None,
    });
    let articles = played.articles();
    assert_eq!((articles.len(), articles[0].removed, articles[0].aliases.len()), (1, None, 1));
    assert!((0..4).all(|night| played.count(night).2 == 0));
}

#[test]
fn a_picture_or_a_file_in_the_place_of_the_text_is_kept_and_waits_for_people() {
    let path = "/tin/bai-anh-18.html";
    for body in [
        "<p><img src=/anh/1.jpg></p>",
        "<iframe src=/tep/1.pdf></iframe>",
        "<p>Tệp đính kèm: <a href=/tep/1.pdf>1.pdf</a></p>",
    ] {
        let played = nights(1, "generic", move |_, asked| match asked {
            "/" => Some(links(&[path])),
            _ if asked == path => Some(page("Infographic cải cách hành chính", Some(MAY), body)),
            _ => None,
        });
        let articles = played.articles();
        assert_eq!(articles.len(), 1, "{body}");
        assert!(articles[0].warnings.iter().any(|warning| warning == WORDLESS), "{body}");
        let told = played.explain(path);
        assert!(told.contains("Cải cách hành chính: ") && told.contains(" (chưa chắc)"), "{told}");
    }
}

#[test]
fn a_text_that_comes_after_its_link_is_read_on_the_night_it_stands() {
    let (old, new) = ("/tin/bai-cu.html", "/tin/bai-moi.html");
    let show = move |night, asked: &str| match asked {
        "/" if night == 0 => Some(links(&[old])),
        "/" => Some(links(&[new, old])),
        _ if asked == old => Some(page("Tin cải cách cũ", Some(MAY), &paragraphs(" Cũ."))),
        _ if asked == new && night == 1 => Some(page("Tin cải cách mới", None, "<p>Đang cập nhật.</p>")),
        _ if asked == new && night > 1 => Some(page("Tin cải cách mới", Some(MAY), &paragraphs(" Mới."))),
        _ => None,
    };
    let played = nights(3, "generic", show);
    let covered = |night: usize| played.reports[night].sites[0].0.since;
    assert_eq!((played.count(1), played.count(2)), ((0, 0, 0), (1, 0, 0)));
    assert_eq!((covered(1), covered(2)), (None, Some(at("2026-05-20T22:00:00"))));
    assert_eq!(played.articles().len(), 2);

    // A rebuild in between waits for it as well.
    let played = nights(2, "generic", show);
    let waiting = || {
        let owner = Owner::take(played.dir.path(), "test").unwrap();
        owner.store.pending::<Target>("hai-ba-trung").map(|target| target.unwrap().url.to_string()).collect::<Vec<_>>()
    };
    let before = waiting();
    assert!(before[0].ends_with(new), "{before:?}");
    let mut rebuild = Command::new(env!("CARGO_BIN_EXE_cchc"));
    assert!(rebuild.arg("--state").arg(played.dir.path()).arg("rebuild").output().unwrap().status.success());
    assert_eq!(waiting(), before);
}

#[test]
fn the_clock_of_the_page_is_no_date_and_no_change() {
    let path = "/tin/bai-gio-18.html";
    let played = nights(3, "generic", move |night, asked| match asked {
        "/" => Some(links(&[path])),
        _ if asked == path => {
            let clock = format!("<div class=date>Thứ Tư, {}/05/2026, 21:5{night}</div>", 20 + night);
            Some(page("Tin cải cách", None, &paragraphs("")).replace("<header>", &format!("<header>{clock}")))
        }
        _ => None,
    });
    let articles = played.articles();
    assert_eq!(articles[0].published, None);
    assert!(articles[0].warnings.iter().any(|warning| warning.contains("20/05/2026")), "{:?}", articles[0].warnings);
    assert!((1..3).all(|night| played.count(night) == (0, 0, 0)));
}
