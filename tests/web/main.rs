//! The web page as a visitor meets it: every address through the router, over a small made-up world.

#[path = "../captured/mod.rs"]
mod captured;
mod look_up;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use cchc_audit::archive::Archive;
use cchc_audit::article::{Article, ArticleId, Assessment, CaptureRef, Channel};
use cchc_audit::audit::{Post, World};
use cchc_audit::coverage::{Coverage, Observation, Via, Watched};
use cchc_audit::data::Data;
use cchc_audit::record::Record;
use cchc_audit::rules::Rules;
use cchc_audit::site::Sites;
use cchc_audit::store::Store;
use cchc_audit::time::{self, Time};
use cchc_audit::web::{App, Night, Parts, Snapshot, router};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use tower::ServiceExt as _;

const UNIT: &str = "phuong-cua-nam";
const HOSTILE: &str = "<script>alert(1)</script> Cải cách \"hành chính\"";
const PAGE: &str = "<title>x</title><script>alert(2)</script><p>Trang đã lưu của phường";

const SITES: &str = r#"
crawler.contact = "mailto:a@b.vn"
[[site]]
id = "cua-nam"
host = "cuanam.hanoi.gov.vn"
channel = "own-portal"
unit = "phuong-cua-nam"
platform = "ims"
"#;

fn at(text: &str) -> Time {
    time::parse(text).unwrap()
}

fn article(id: &str, title: &str, place: Option<CaptureRef>) -> Article {
    Article {
        id: ArticleId(id.to_owned()),
        site: Some("cua-nam".to_owned()),
        channel: Channel::OwnPortal,
        host: "cuanam.hanoi.gov.vn".to_owned(),
        url: format!("https://cuanam.hanoi.gov.vn/{id}.html"),
        title: title.to_owned(),
        body: vec!["Phường nhận hồ sơ trực tuyến.".to_owned()],
        published: Some(at("2026-05-10T08:00:00+07:00")),
        first_seen: Some(at("2026-05-11T01:00:00+07:00")),
        capture: place,
        ..Article::default()
    }
}

fn world(articles: &[Article]) -> World {
    let unit = || Some(UNIT.parse().unwrap());
    let assessment = || Assessment { unit: unit(), is_cchc: true, ..Assessment::default() };
    let posts = articles.iter().map(|article| Post::new(article, assessment(), Default::default())).collect();
    let site = Watched {
        id: "cua-nam".to_owned(),
        host: "cuanam.hanoi.gov.vn".to_owned(),
        channel: Channel::OwnPortal,
        unit: unit(),
        confirmed: true,
        from: None,
        until: None,
    };
    let reading = Observation {
        site: "cua-nam".to_owned(),
        at: at("2026-06-10T03:00:00+07:00"),
        since: Some(at("2026-01-01T00:00:00+07:00")),
        via: Via::Listing,
        cause: None,
        doubt: None,
        detail: String::new(),
    };
    let mut world = World::new(posts);
    // The night began on the evening before; the city page was read first.
    let city_page = Watched { id: "trang-cchc".to_owned(), host: "cchc.vn".to_owned(), unit: None, ..site.clone() };
    let city_page = Watched { channel: Channel::CityPage, ..city_page };
    let evening = Observation { site: city_page.id.clone(), at: at("2026-06-09T22:40:00+07:00"), ..reading.clone() };
    world.coverage = Coverage::Observed { sites: vec![site, city_page], observations: vec![evening, reading] };
    world
}

/// The page over two articles of one ward, of which the second was removed.
fn site(dir: &Path) -> Router {
    let place = captured::page(dir, "https://cuanam.hanoi.gov.vn/a.html", "text/html; charset=utf-8", PAGE);
    let mut removed = article("b", "Bài đã gỡ", Some(place.clone()));
    removed.removed = Some(at("2026-06-01T00:00:00+07:00"));
    let articles = [article("a", HOSTILE, Some(place)), removed];
    shown(dir, &articles, world)
}

/// The page over some articles, and the world that is made of them.
fn shown(dir: &Path, articles: &[Article], world: impl Fn(&[Article]) -> World + Send + Sync + 'static) -> Router {
    let articles = articles.to_vec();
    let store = Store::temporary().unwrap();
    articles.iter().for_each(|article| store.put(article).unwrap());
    let snapshot = move || {
        let rules = Rules::parse(Data::built_in()).unwrap();
        let night = Night { day: "2026-06-10".parse().unwrap(), watched: 1, seen: 1, demo: true };
        let sites = Sites::parse("sites.toml", SITES).unwrap();
        Snapshot::new(rules, world(&articles), night).with_sites(Some(sites))
    };
    router(Arc::new(App::new(Parts {
        store: Arc::new(store),
        archive: Archive::new(dir),
        snapshot: snapshot(),
        reload: Box::new(move || Ok(snapshot())),
        record: Record::new(dir),
        proxies: Vec::new(),
        now: Arc::new(|| at("2026-06-11T06:00:00+07:00")),
    })))
}

async fn ask(site: &Router, address: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::get(address).header("host", "cchc.example");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = site.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 64 << 20).await.unwrap();
    // Templates write a slash in text as a reference; to a reader they are the same.
    (parts.status, parts.headers, String::from_utf8_lossy(&bytes).replace("&#x2f;", "/"))
}

#[tokio::test]
async fn every_page_shows_and_says_what_it_is_for() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    for (address, says) in [
        ("/", "2/2 nguồn được quan sát đủ"),
        ("/", "Phường Cửa Nam"),
        ("/?ten=cua%20nam&nhom=xa-phuong", "1 đơn vị"),
        ("/?ten=khong-ai", "Không đơn vị nào khớp"),
        ("/?plan=ha-noi-2025&ngay=2025-10-01", "10/2025"),
        ("/?ky=2026-05", "tháng 5/2026"),
        ("/?ky=2026-Q2@baocao", "quý 2/2026 (kỳ báo cáo)"),
        ("/don-vi/phuong-cua-nam", "Được tính (2)"),
        ("/don-vi/phuong-cua-nam", "<svg"),
        ("/don-vi/phuong-cua-nam", "http://cchc.example/don-vi/phuong-cua-nam"),
        ("/don-vi/hai-phong/phuong-thien-huong", "Phường Thiên Hương"),
        ("/tin/phuong-cua-nam", "<title>tháng 5/2026: đạt 2/2"),
        ("/bai/a", ">được tính</span>"),
        ("/ban-luu/a", "<iframe class=\"captured\" sandbox"),
        ("/tra-cuu", "Địa chỉ hoặc tiêu đề bài"),
        ("/tra-cuu?q=cai%20cach", "/bai/a"),
        ("/tra-cuu?q=http://www.cuanam.hanoi.gov.vn/a.html%23x", "/bai/a"),
        ("/tra-cuu?q=https://cuanam.hanoi.gov.vn/khac.html", "đọc gần nhất lúc 03:00 10/06/2026"),
        ("/tra-cuu?q=https://nodau.vn/x", "không nằm trong các"),
        ("/nguon", "cuanam.hanoi.gov.vn"),
        ("/ke-hoach/ha-noi-2026", "IV.1.d"),
        ("/danh-sach?trang-thai=in_progress", "kết luận"),
        ("/tai-ve/ha-noi-2026.csv", "phuong-cua-nam"),
        ("/tai-ve/ha-noi-2026.html", "<table"),
        ("/health", "\"status\":\"ok\""),
        ("/metrics", "cchc_sources_seen 2"),
    ] {
        let (status, headers, body) = ask(&site, address, &[]).await;
        assert_eq!(status, StatusCode::OK, "{address}: {body}");
        assert!(body.contains(says), "{address} does not say «{says}»:\n{body}");
        for name in ["content-security-policy", "x-content-type-options", "referrer-policy", "x-frame-options"] {
            assert!(headers.contains_key(name), "{address} lacks {name}");
        }
    }
}

#[tokio::test]
async fn a_report_and_a_list_hold_the_unit_that_is_asked_for_alone() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    for address in
        ["/tai-ve/ha-noi-2026.csv?don-vi=", "/tai-ve/ha-noi-2026.csv?ky=2026-05&don-vi=", "/danh-sach?don-vi="]
    {
        let (_, _, whole) = ask(&site, address, &[]).await;
        let (_, _, part) = ask(&site, &format!("{address}phuong-cua-nam"), &[]).await;
        for (unit, stays) in [("phuong-cua-nam", true), ("phuong-ba-dinh", false)] {
            assert!(whole.contains(unit) || address.starts_with("/danh-sach"), "{address}: no {unit}");
            assert_eq!(part.contains(unit), stays, "{address} {unit}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_nonsense_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    for (address, status) in [
        ("/khong-co", 404),
        ("/don-vi/khong-co", 404),
        ("/don-vi/..%2F..%2Fetc", 404),
        ("/bai/khong-co", 404),
        ("/ban-luu/khong-co", 404),
        ("/ban-luu/a?ban=7", 404),
        ("/ban-luu/b", 403),
        ("/ban-luu/b/trang", 403),
        ("/ke-hoach/khong-co", 404),
        ("/?plan=khong-co", 404),
        ("/tai-ve/ha-noi-2026.exe", 404),
        ("/tai-ve/.csv", 404),
        ("/static/..%2fstyle.css", 404),
        ("/?ngay=hom-qua", 400),
        ("/?ngay=9999-01-01", 400),
        ("/?ky=2026-13", 400),
        ("/?nhom=ai-do", 400),
        ("/danh-sach?trang-thai=tot", 400),
        ("/danh-sach?don-vi=zzz", 400),
        ("/danh-sach?nhiem-vu=zzz", 400),
        ("/danh-sach?loai=zzz", 400),
        ("/tai-ve/ha-noi-2026.csv?don-vi=zzz", 400),
        ("/api/v1/items/khong-co", 404),
        ("/api/v1/khong-co", 404),
        ("/api/v1/verdicts?limit=x", 400),
    ] {
        let (found, _, body) = ask(&site, address, &[]).await;
        assert_eq!(found.as_u16(), status, "{address}: {body}");
    }
}

#[tokio::test]
async fn a_hostile_title_stays_text_and_a_captured_page_runs_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    for address in ["/don-vi/phuong-cua-nam", "/bai/a", "/ban-luu/a", "/tra-cuu?q=cai", "/tai-ve/ha-noi-2026.html"] {
        let (_, _, body) = ask(&site, address, &[]).await;
        assert!(body.contains("&lt;script&gt;"), "{address} does not show the title");
        assert!(!body.contains("<script"), "{address} lets a script through");
    }
    let (_, _, body) = ask(&site, "/tra-cuu?q=%3Cscript%3Ealert(3)%3C/script%3E", &[]).await;
    assert!(!body.contains("<script"), "{body}");
    let (status, headers, body) = ask(&site, "/ban-luu/a/trang", &[]).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, PAGE));
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("sandbox; default-src 'none'"), "{policy}");
    let (_, headers, _) = ask(&site, "/", &[]).await;
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
}

#[tokio::test]
async fn a_host_that_is_no_host_is_not_repeated() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    let request = Request::get("/don-vi/phuong-cua-nam").header("host", "x\"><script>").body(Body::empty()).unwrap();
    let response = site.oneshot(request).await.unwrap();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let body = String::from_utf8_lossy(&body);
    assert!(body.contains("Phường Cửa Nam") && !body.contains("<script") && !body.contains("class=\"qr\""));
}

#[tokio::test]
async fn every_count_is_the_length_of_its_list() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    let (_, _, front) = ask(&site, "/", &[]).await;
    let mut checked = 0;
    for part in front.split("<a href=\"/danh-sach?").skip(1) {
        let (link, rest) = part.split_once('"').unwrap();
        let Some((count, _)) = rest.strip_prefix("><b>").and_then(|rest| rest.split_once("</b>")) else { continue };
        let link = link.replace("&amp;", "&");
        let (status, _, list) = ask(&site, &format!("/danh-sach?{link}"), &[]).await;
        assert_eq!(status, StatusCode::OK);
        assert!(list.contains(&format!("<b>{count}</b> kết luận")), "{link} does not hold {count}");
        checked += 1;
    }
    assert!(checked > 5, "only {checked} counts were found");
}

/// Whether a value has the form a schema describes, as far as the document uses the language.
fn fits(schema: &Value, value: &Value, path: &str) {
    let kinds = match &schema["type"] {
        Value::String(kind) => vec![kind.as_str()],
        kinds => kinds.as_array().map(|k| k.iter().filter_map(Value::as_str).collect()).unwrap_or_default(),
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_i64() || n.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    assert!(kinds.contains(&kind), "{path} is {kind}, not {kinds:?}");
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        assert!(value.get(name).is_some(), "{path} lacks {name}");
    }
    if let (Some(properties), Some(object)) = (schema["properties"].as_object(), value.as_object()) {
        for (name, value) in object {
            let schema = properties.get(name).unwrap_or_else(|| panic!("{path}.{name} is not described"));
            fits(schema, value, &format!("{path}.{name}"));
        }
    }
    if let (false, Some(rows)) = (schema["items"].is_null(), value.as_array()) {
        rows.iter().for_each(|row| fits(&schema["items"], row, &format!("{path}[]")));
    }
}

#[tokio::test]
async fn the_api_answers_as_its_document_says() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    let (_, _, document) = ask(&site, "/api/v1/openapi.json", &[]).await;
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 6);
    for (path, entry) in paths {
        let (status, _, body) = ask(&site, &path.replace("{id}", "a"), &[]).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        let schema = &entry["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        fits(schema, &serde_json::from_str(&body).unwrap(), path);
    }
    let (_, _, refusal) = ask(&site, "/api/v1/items/khong-co", &[]).await;
    fits(&document["components"]["schemas"]["Error"], &serde_json::from_str(&refusal).unwrap(), "error");
}

#[tokio::test]
async fn the_api_refuses_what_it_does_not_know() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    for (address, says) in [
        ("/api/v1/verdicts?unit=nope", "`don-vi`"),
        ("/api/v1/verdicts?as_of=2026-02-30", "`ngay`"),
        ("/api/v1/verdicts?khong=1", "Không có tham số `khong`; các tham số: `plan`, `ngay`"),
        ("/api/v1/plans?ten=a", "các tham số: `offset`, `limit`."),
        ("/api/v1/verdicts?don-vi=nope", "«nope» không dùng được cho `don-vi`"),
        ("/api/v1/verdicts?don-vi=a%20b", "`don-vi`"),
        ("/api/v1/verdicts?nhiem-vu=a99", "`nhiem-vu`"),
        ("/api/v1/verdicts?loai=x", "`loai`"),
        ("/api/v1/verdicts?trang-thai=x", "«x»"),
        ("/api/v1/verdicts?ngay=2026-02-30", "`ngay`"),
        ("/api/v1/verdicts?ky=2026-13", "`ky`"),
        ("/api/v1/verdicts?limit=-1", "`limit`"),
        ("/api/v1/units?nhom=x", "`nhom`"),
        ("/api/v1/coverage?plan=ha-noi-2026", "Không có tham số `plan`"),
        ("/api/v1/items/a?limit=1", "Không có tham số `limit`"),
    ] {
        let (status, _, body) = ask(&site, address, &[]).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{address}: {body}");
        assert!(body.contains(says), "{address}: {body}");
    }
    let whole = "/api/v1/verdicts?plan=ha-noi-2026&ngay=2026-06-10&ky=2026-05&nhom=xa-phuong&ten=c%E1%BB%ADa\
                 &don-vi=phuong-cua-nam&nhiem-vu=a2&trang-thai=unmet&loai=dem&offset=0&limit=1";
    assert_eq!(ask(&site, whole, &[]).await.0, StatusCode::OK);
}

#[tokio::test]
async fn the_api_pages_and_spares_what_is_held() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    let read = async |address: &str| {
        let (status, headers, body) = ask(&site, address, &[]).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        (headers, serde_json::from_str::<Value>(&body).unwrap())
    };
    let (headers, whole) = read("/api/v1/verdicts?don-vi=phuong-cua-nam&limit=1000").await;
    let total = whole["total"].as_u64().unwrap();
    assert!(total > 2 && whole["rows"].as_array().unwrap().len() as u64 == total);
    let (_, part) = read("/api/v1/verdicts?don-vi=phuong-cua-nam&limit=1&offset=1").await;
    assert_eq!(part["rows"][0], whole["rows"][1]);
    assert_eq!(part["total"].as_u64(), Some(total));
    let tag = headers["etag"].to_str().unwrap();
    let address = "/api/v1/verdicts?don-vi=phuong-cua-nam&limit=1000";
    let (status, _, body) = ask(&site, address, &[("if-none-match", tag)]).await;
    assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    let (status, ..) = ask(&site, address, &[("if-none-match", "\"khac\"")]).await;
    assert_eq!(status, StatusCode::OK);
}

/// A real browser finds the page whole: its style applied, the table there, no script needed.
#[tokio::test]
#[ignore = "needs chromium"]
async fn a_browser_shows_the_front_page() {
    let dir = tempfile::tempdir().unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, site(dir.path())).await });
    let profile = tempfile::tempdir().unwrap();
    let shown = tokio::task::spawn_blocking(move || {
        std::process::Command::new("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync", "--dump-dom"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(format!("http://{address}/don-vi/{UNIT}"))
            .output()
    });
    let shown = shown.await.unwrap().unwrap();
    server.abort();
    let dom = String::from_utf8_lossy(&shown.stdout);
    assert!(dom.contains("Phường Cửa Nam") && dom.contains("Được tính (2)") && dom.contains("<svg"), "{dom}");
}
