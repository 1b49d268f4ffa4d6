//! What stands in the place of a page, and pages made to hurt.

use super::{page, platforms};
use cchc_audit::extract::{self, Nature};
use std::fmt::Write as _;
use url::Url;

fn nature(html: &str) -> Nature {
    let url = Url::parse("https://caugiay.hanoi.gov.vn/tin-tuc/bai-2805260123202449546.htm").unwrap();
    extract::read(&page(&url, html.as_bytes()), &platforms()).nature
}

#[test]
fn what_stands_in_a_pages_place_is_named() {
    let menu = "<ul><li><a href='/a'>Giới thiệu</a></li><li><a href='/b'>Tin tức - Sự kiện</a></li></ul>";
    for (html, expected) in [
        ("<title>404 - Không tìm thấy trang</title><h1>Lỗi 404</h1>", Nature::SoftNotFound),
        ("<title>Cổng TTĐT</title><h1>Trang bạn tìm không tồn tại</h1>", Nature::SoftNotFound),
        ("<title>Page not found | Portal</title><h1>Sorry</h1><p>The page was moved.</p>", Nature::SoftNotFound),
        ("<title>Just a moment...</title><div id='cf'>Checking your browser before accessing</div>", Nature::Challenge),
        (
            "<html><body><script>document.cookie=\"D1N=0a1b2c\"+\"; path=/\";window.location.reload(true);</script></body></html>",
            Nature::Challenge,
        ),
        (
            "<title>Request Rejected</title>The requested URL was rejected. Please consult with your administrator.",
            Nature::Challenge,
        ),
        ("<title>Đăng nhập hệ thống</title><form><input name=u><input type=password></form>", Nature::Login),
        ("<title>Cổng</title><div id=\"root\"></div><script src=app.js></script>", Nature::ScriptOnly),
        (
            "<title>Cổng</title><noscript>Trang cần bật JavaScript để xem.</noscript><script>x()</script>",
            Nature::ScriptOnly,
        ),
        ("<title>Lỗi hệ thống</title><h1>Lỗi hệ thống</h1><p>Không kết nối được (mã 500).</p>", Nature::Failure),
        ("<title>Error - Cổng TTĐT</title><p>Runtime</p>", Nature::Failure),
        ("<title>Cổng</title><h1>Hệ thống đang bảo trì, mong quý vị thông cảm</h1>", Nature::Failure),
        ("<title>Thông báo</title><h1>Thông báo</h1><p>Đã xảy ra lỗi. Vui lòng thử lại sau.</p>", Nature::Failure),
    ] {
        assert_eq!(
            nature(&format!("<html><body>{html}{}", if expected == Nature::SoftNotFound { menu } else { "" })),
            expected,
            "{html}"
        );
    }
}

#[test]
fn an_article_about_trouble_is_an_article() {
    for title in ["Lỗi hệ thống thuế điện tử khiến hồ sơ chậm", "Hệ thống dịch vụ công đang bảo trì đến ngày 5/12"]
    {
        let prose =
            "Phường thông báo để người dân biết; bộ phận một cửa vẫn nhận hồ sơ giấy trong thời gian này. ".repeat(3);
        let html = format!(
            "<title>{title}</title><h1 class=detail-title>{title}</h1><div class='detail-content afcbc-body'><p>{prose}</p></div>"
        );
        assert_eq!(nature(&html), Nature::Article, "{title}");
    }
}

#[test]
fn an_article_about_obstacles_is_an_article() {
    let prose =
        "Sở Nội vụ yêu cầu các đơn vị kiểm tra, khắc phục tình trạng trang lỗi 404, đăng nhập không được. ".repeat(20);
    let html = format!(
        "<title>Khắc phục lỗi 404 trên cổng dịch vụ công</title><h1 class=detail-title>Khắc phục lỗi trên cổng</h1><div class='detail-content afcbc-body'><p>{prose}</p></div>"
    );
    assert_eq!(nature(&html), Nature::Article);
}

#[test]
fn other_media_are_not_read() {
    let url = Url::parse("https://a.vn/x.pdf").unwrap();
    for (kind, body, expected) in [
        (Some("application/pdf"), b"%PDF-1.7 <a>".as_slice(), Nature::NotHtml),
        (Some("application/json"), b"{\"a\":1}", Nature::NotHtml),
        (None, b"plain words", Nature::NotHtml),
        (None, b"", Nature::NotHtml),
    ] {
        let mut page = page(&url, body);
        page.content_type = kind;
        assert_eq!(extract::read(&page, &platforms()).nature, expected, "{kind:?}");
    }
}

#[test]
fn pages_made_to_hurt_are_survived() {
    let mut links = String::new();
    for n in 0..6_000 {
        write!(links, "<a href='/bai-{n}'>bài {n}</a>").unwrap();
    }
    let truncated = "<html><body><h1>Tiêu đề</h1><div class='afcbc-body'><p>Câu chưa h";
    for (name, html) in [
        ("deep", "<div>".repeat(100_000)),
        ("deep inline", "<b><i>".repeat(50_000)),
        ("links", links),
        ("attributes", format!("<p {}>x</p>", "a=1 ".repeat(50_000))),
        ("truncated", truncated.to_owned()),
        ("broken JSON-LD", "<script type='application/ld+json'>{{{[</script><h1>x</h1>".to_owned()),
        ("deep JSON-LD", format!("<script type='application/ld+json'>{}</script><h1>x</h1>", "[".repeat(100_000))),
        ("nulls", "\0\0<p>\0x\0</p>".repeat(1_000)),
        ("tables", "<table><tr><td>".repeat(200)),
        ("huge date", format!("<h1>Tiêu đề bài</h1><time>{}</time>", "12/".repeat(100_000))),
        ("bad base", "<base href='javascript:x'><a href='//'>x</a><a href='http://[::1'>y</a>".to_owned()),
    ] {
        let url = Url::parse("https://xa.example.vn/tin/mot-bai").unwrap();
        let reading = extract::read(&page(&url, html.as_bytes()), &platforms());
        assert!(reading.links.len() <= 5_000, "{name}");
        assert_eq!(extract::article(&page(&url, html.as_bytes()), &platforms()).url, url.as_str(), "{name}");
    }
}
