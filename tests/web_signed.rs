//! The inspectors' half of the web page, over the real router and a real state folder: who is let
//! in, what is refused, and that every change is in the journal.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use cchc_audit::archive::{Archive, Capture, Options, Writer};
use cchc_audit::data::Data;
use cchc_audit::owner::Owner;
use cchc_audit::record::{Password, Record, Role};
use cchc_audit::serve::Serving;
use cchc_audit::time::{self, Time};
use cchc_audit::web::router;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use tower::ServiceExt as _;

const WORDS: &str = "mưa rơi tháng sáu";

/// The page over a state folder, and its clock.
struct Site {
    router: Router,
    now: Arc<Mutex<Time>>,
    record: Record,
}

/// What came back.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
    bytes: Bytes,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn cookie(&self) -> &str {
        self.header("set-cookie").split(';').next().unwrap()
    }

    fn token(&self) -> &str {
        let (_, rest) = self.body.split_once("name=\"ma\" value=\"").expect("the page has a form");
        rest.split('"').next().unwrap()
    }
}

/// Two posts of one ward, as people who already reviewed them hand them in.
const POSTS: &str = r#"{"id":"a","channel":"own-portal","host":"cuanam.hanoi.gov.vn","url":"https://cuanam.hanoi.gov.vn/a.html","title":"<script>alert(1)</script> Cải cách hành chính","body":["Phường nhận hồ sơ trực tuyến."],"published":"2026-05-10T08:00:00+07:00","assessment":{"unit":"phuong-cua-nam","is_cchc":true}}
{"id":"b","channel":"own-portal","host":"cuanam.hanoi.gov.vn","url":"https://cuanam.hanoi.gov.vn/b.html","title":"Một cửa liên thông","body":["Phường rút ngắn thời gian trả kết quả."],"published":"2026-05-12T08:00:00+07:00","assessment":{"unit":"phuong-cua-nam","is_cchc":true}}
"#;
const ITEM: &str = "/kiem-tra/bai/a";

/// Runs the program over a state folder.
fn cchc(state: &Path, args: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_cchc")).arg("--state").arg(state).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn site(dir: &Path) -> Site {
    let record = Record::new(dir);
    for (name, role) in [("lan", Role::Inspector), ("mai", Role::ReadOnly), ("cuc", Role::Admin)] {
        record.users().add(name, role, &Password::chosen(WORDS, name).unwrap()).unwrap();
    }
    let now = Arc::new(Mutex::new(time::parse("2026-06-11T08:00:00+07:00").unwrap()));
    let clock = Arc::clone(&now);
    let serving = Serving {
        owner: Arc::new(Owner::take(dir, "cchc serve").unwrap()),
        data: Arc::new(|| Ok(Data::built_in())),
        now: Arc::new(move || *clock.lock().unwrap()),
        demo: false,
        proxies: Vec::new(),
    };
    Site { router: router(Arc::new(Arc::new(serving).app().unwrap())), now, record }
}

/// The page over a state that holds [`POSTS`].
fn site_with_posts(dir: &Path) -> Site {
    let file = dir.join("posts.jsonl");
    std::fs::write(&file, POSTS).unwrap();
    cchc(&dir.join("state"), &["import", file.to_str().unwrap()]);
    site(&dir.join("state"))
}

impl Site {
    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.unwrap();
        let body = String::from_utf8_lossy(&bytes).replace("&#x2f;", "/");
        Answer { status: parts.status, headers: parts.headers, body, bytes }
    }

    async fn get(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path).header("host", "cchc.example").header("cookie", cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_from(path, cookie, fields, "http://cchc.example").await
    }

    async fn post_from(&self, path: &str, cookie: &str, fields: &[(&str, &str)], origin: &str) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header("host", "cchc.example")
            .header("origin", origin)
            .header("cookie", cookie)
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Posts to a page of somebody signed in, with the token of that page.
    async fn submit(&self, page: &str, to: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let form = self.get(page, cookie).await;
        self.post(to, cookie, &[&[("ma", form.token())], fields].concat()).await
    }

    /// Sends a form with a file; every field comes as a part.
    async fn upload(&self, page: &str, cookie: &str, fields: &[(&str, &str)], name: &str, file: &[u8]) -> Answer {
        let form = self.get(page, cookie).await;
        let mut body = Vec::new();
        for (field, value) in [&[("ma", form.token())], fields].concat() {
            let part = format!("--X\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "--X\r\nContent-Disposition: form-data; name=\"tep\"; filename=\"{name}\"\r\nContent-Type: application/pdf\r\n\r\n"
        );
        body.extend_from_slice(&[head.as_bytes(), file, b"\r\n--X--\r\n"].concat());
        let request = Request::post(page)
            .header("host", "cchc.example")
            .header("origin", "http://cchc.example")
            .header("cookie", cookie)
            .header("content-type", "multipart/form-data; boundary=X");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Tries to sign in with a browser that has not been here before.
    async fn try_sign_in(&self, name: &str, password: &str) -> Answer {
        let door = self.get("/dang-nhap", "").await;
        let fields = [("ma", door.token()), ("ten", name), ("mat-khau", password)];
        self.post("/dang-nhap", door.cookie(), &fields).await
    }

    async fn sign_in(&self, name: &str) -> String {
        let answer = self.try_sign_in(name, WORDS).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        answer.cookie().to_owned()
    }

    /// The journal in brief: kind and who.
    fn journal(&self) -> Vec<(String, String)> {
        assert_eq!(self.record.journal().verify().unwrap(), []);
        self.record.journal().entries().unwrap().into_iter().map(|e| (e.kind, e.by)).collect()
    }

    fn wait(&self, minutes: i64) {
        *self.now.lock().unwrap() += chrono::TimeDelta::minutes(minutes);
    }
}

fn entry(kind: &str, by: &str) -> (String, String) {
    (kind.to_owned(), by.to_owned())
}

#[tokio::test]
async fn the_right_password_opens_and_every_other_answer_is_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    site.record.users().set_disabled("cuc", true).unwrap();
    let mut pages = Vec::new();
    for (name, password) in [("lan", "sai mật khẩu rồi"), ("khong-ai", WORDS), ("cuc", WORDS)] {
        let answer = site.try_sign_in(name, password).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.header("set-cookie"), "");
        pages.push(answer.body.replace(answer.token(), "").replace(&format!("value=\"{name}\""), ""));
    }
    assert!(pages[0].contains("không đúng") && pages.iter().all(|page| *page == pages[0]));

    let answer = site.try_sign_in("lan", WORDS).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/kiem-tra"));
    let cookie = answer.header("set-cookie");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    let home = site.get("/kiem-tra", answer.cookie()).await;
    assert_eq!((home.status, home.header("cache-control")), (StatusCode::OK, "no-store"));
    assert!(home.body.contains("<b>lan</b> (người kiểm tra)"));
    let refused = entry("login-refused", "cchc serve");
    assert_eq!(site.journal(), [refused.clone(), refused.clone(), refused, entry("login", "lan")]);
    let journal = std::fs::read_to_string(site.record.journal().path()).unwrap();
    assert!(!journal.contains("0.0.0.0") && !journal.contains("khong-ai") && !journal.contains("mật khẩu"));
}

#[tokio::test]
async fn a_session_ends_with_time_with_its_account_and_on_request() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    let open = async |cookie: &str| site.get("/kiem-tra", cookie).await.status == StatusCode::OK;
    let cookie = site.sign_in("lan").await;
    site.wait(119);
    assert!(open(&cookie).await);
    site.wait(121);
    assert!(!open(&cookie).await, "idle for two hours");

    let cookie = site.sign_in("lan").await;
    let home = site.get("/kiem-tra", &cookie).await;
    let away = site.get("/kiem-tra?x=1", "").await;
    assert_eq!((away.status, away.header("location")), (StatusCode::SEE_OTHER, "/dang-nhap?toi=%2Fkiem-tra%3Fx%3D1"));
    site.post("/dang-xuat", &cookie, &[("ma", home.token())]).await;
    assert!(!open(&cookie).await, "signed out");

    let cookie = site.sign_in("lan").await;
    site.record.users().set_password("lan", &Password::chosen("một câu khác hẳn", "lan").unwrap()).unwrap();
    assert!(!open(&cookie).await, "the password was changed");
    let cookie = site.sign_in("mai").await;
    site.record.users().set_disabled("mai", true).unwrap();
    assert!(!open(&cookie).await, "the account was locked");
}

#[tokio::test]
async fn a_form_from_elsewhere_or_without_its_token_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    let door = site.get("/dang-nhap", "").await;
    let (token, cookie) = (door.token(), door.cookie());
    let other = site.get("/dang-nhap", "").await;
    let right = |token| [("ma", token), ("ten", "lan"), ("mat-khau", WORDS)];
    for (cookie, token, origin) in [
        (cookie, "", "http://cchc.example"),
        (cookie, other.token(), "http://cchc.example"),
        (other.cookie(), token, "http://cchc.example"),
        ("", token, "http://cchc.example"),
        (cookie, token, "http://evil.example"),
        (cookie, token, "null"),
    ] {
        let answer = site.post_from("/dang-nhap", cookie, &right(token), origin).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{cookie} {token} {origin}");
    }
    assert_eq!(site.journal(), []);
    let answer = site.post("/dang-nhap", cookie, &right(token)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_ne!(answer.cookie(), cookie, "the cookie from before signing in must not become the session's");
}

#[tokio::test]
async fn guessing_is_slowed_and_waiting_helps() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    for _ in 0..10 {
        assert_eq!(site.try_sign_in("lan", "đoán mò thôi mà").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(site.try_sign_in("lan", WORDS).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(site.try_sign_in("mai", WORDS).await.status, StatusCode::SEE_OTHER, "another account");
    site.wait(2);
    assert_eq!(site.try_sign_in("lan", WORDS).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_flood_of_forms_is_held_back() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    for _ in 0..60 {
        assert_eq!(site.post("/dang-nhap", "", &[]).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(site.post("/dang-nhap", "", &[]).await.status, StatusCode::TOO_MANY_REQUESTS);
    site.wait(1);
    assert_eq!(site.post("/dang-nhap", "", &[]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn nothing_is_shown_or_done_without_signing_in() {
    let dir = tempfile::tempdir().unwrap();
    let site = site_with_posts(dir.path());
    let door = site.get("/dang-nhap", "").await;
    let before = site.journal();
    for path in [
        "/kiem-tra",
        ITEM,
        "/kiem-tra/thu-hoi/1",
        "/kiem-tra/minh-chung",
        "/kiem-tra/tep/1",
        "/kiem-tra/so-gui-bai",
        "/kiem-tra/xuat",
        "/kiem-tra/nhat-ky",
    ] {
        let answer = site.get(path, door.cookie()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(answer.header("location").starts_with("/dang-nhap?toi="), "{path}");
    }
    for path in [ITEM, "/kiem-tra/thu-hoi/1", "/kiem-tra/minh-chung", "/kiem-tra/so-gui-bai/nap", "/kiem-tra/xuat"] {
        let fields = [("ma", door.token()), ("dieu", "cchc"), ("cchc", "no"), ("ly-do", "thử")];
        let answer = site.post(path, door.cookie(), &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
    }
    assert_eq!(site.journal(), before);
}

#[tokio::test]
async fn a_role_that_may_only_look_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let site = site_with_posts(dir.path());
    let cookie = site.sign_in("mai").await;
    let before = site.journal();
    for path in [ITEM, "/kiem-tra/so-gui-bai", "/kiem-tra/xuat", "/kiem-tra/nhat-ky"] {
        assert_eq!(site.get(path, &cookie).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let home = site.get("/kiem-tra", &cookie).await;
    for path in [ITEM, "/kiem-tra/thu-hoi/1", "/kiem-tra/minh-chung", "/kiem-tra/so-gui-bai/nap", "/kiem-tra/xuat"] {
        let fields = [("ma", home.token()), ("dieu", "cchc"), ("cchc", "no"), ("ly-do", "thử")];
        let answer = site.post(path, &cookie, &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(answer.body.contains("«mai» (chỉ xem)"));
    }
    assert_eq!(site.journal(), before);
}

#[tokio::test]
async fn an_override_changes_the_audit_and_can_be_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let site = site_with_posts(dir.path());
    let counted = async || site.get("/don-vi/phuong-cua-nam?ky=2026-05", "").await.body.contains("Được tính (2)");
    assert!(counted().await);
    let cookie = site.sign_in("lan").await;

    let order = [("dieu", "cchc"), ("cchc", "no"), ("ly-do", "<script>alert(2)</script> tin thể thao")];
    let answer = site.submit(ITEM, ITEM, &cookie, &order).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let seq = answer.header("location").strip_prefix("/kiem-tra/bai/a?xong=").unwrap().to_owned();
    assert!(!counted().await, "the public page still counts it");
    for (path, cookie) in [("/bai/a", ""), (ITEM, &cookie), ("/kiem-tra", &cookie), ("/kiem-tra/nhat-ky", &cookie)] {
        let page = site.get(path, cookie).await;
        assert!(page.body.contains("không phải bài CCHC") && page.body.contains("&lt;script&gt;alert(2)"), "{path}");
        assert!(!page.body.contains("<script"), "{path} lets a script through");
    }

    let earlier = site.get("/kiem-tra/bai/a?xong=3&ngay=2026-06-01", &cookie).await;
    assert!(earlier.body.contains("<a href=\"/bai/a?ngay=2026-06-11\">xem kết luận tính đến hôm nay</a>"));

    // What an older day's page lists and does not count, it says so; what was never written, nobody claims.
    let older = site.get("/bai/a?ngay=2026-06-10", "").await;
    assert!(older.body.contains("chưa tính vào kết luận ngày 10/06/2026, tính từ 11/06/2026"), "{}", older.body);
    assert!(!site.get("/bai/a?ngay=2026-06-11", "").await.body.contains("chưa tính vào kết luận"));
    for (path, says) in [
        ("/kiem-tra/bai/a?xong=3", true),
        ("/kiem-tra/bai/a?xong=99", false),
        ("/kiem-tra/bai/b?xong=3", false),
        ("/kiem-tra?xong=3", false),
        ("/kiem-tra/so-gui-bai?xong=3", false),
        ("/kiem-tra/minh-chung?xong=3", false),
    ] {
        assert_eq!(site.get(path, &cookie).await.body.contains("Đã ghi, bút toán số"), says, "{path}");
    }

    let page = format!("/kiem-tra/thu-hoi/{seq}");
    let answer = site.submit(&page, &page, &cookie, &[("ly-do", "ghi nhầm bài")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert!(counted().await, "the decision still bears on the audit");
    let answer = site.submit(&page, &page, &cookie, &[("ly-do", "lần nữa")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("đã được thu hồi"));
    let journal = site.journal();
    assert_eq!(
        journal[journal.len() - 3..],
        [entry("login", "lan"), entry("decision", "lan"), entry("revocation", "lan")]
    );
}

#[tokio::test]
async fn every_matter_can_be_decided_and_nonsense_is_told_beside_its_field() {
    let dir = tempfile::tempdir().unwrap();
    let site = site_with_posts(dir.path());
    let cookie = site.sign_in("cuc").await;
    let page = site.get(ITEM, &cookie).await;
    assert!(page.body.contains("không tính cho") && !page.body.contains("value=\"withdrawn\""));
    for (matter, answer) in [
        ("unit", "phuong-hai-ba-trung"),
        ("unit", "none"),
        ("cchc", "yes"),
        ("topics", "tthc"),
        ("kind", "chuyen-sau"),
        ("novelty", "repost"),
        ("counted", "no|ha-noi-2026|a2|2026-05"),
    ] {
        let order = [("dieu", matter), (matter, answer), ("ly-do", "đã xem lại")];
        let answer = site.submit(ITEM, ITEM, &cookie, &order).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{matter}: {}", answer.body);
    }
    let before = site.journal();
    for (order, field) in [
        (&[("ly-do", "quên chọn")][..], "dieu"),
        (&[("dieu", "kind"), ("ly-do", "quên chọn")], "dieu"),
        (&[("dieu", "kind"), ("kind", "dai"), ("ly-do", "lạ")], "dieu"),
        (&[("dieu", "unit"), ("unit", "phuong-khong-co"), ("ly-do", "lạ")], "dieu"),
        (&[("dieu", "counted"), ("counted", "no|ha-noi-2026|a2|2030-01"), ("ly-do", "lạ")], "dieu"),
        (&[("dieu", "cchc"), ("cchc", "no"), ("ly-do", "  ")], "ly-do"),
    ] {
        let answer = site.submit(ITEM, ITEM, &cookie, order).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{order:?}");
        for part in [format!("<a href=\"#{field}\">"), format!("id=\"{field}-loi\""), "aria-invalid=\"true\"".into()] {
            assert!(answer.body.contains(&part), "{order:?} lacks {part}: {}", answer.body);
        }
    }
    assert_eq!(site.get("/kiem-tra/bai/khong-co", &cookie).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.journal(), before);
}

#[tokio::test]
async fn evidence_is_taken_by_its_content_and_handed_out_as_it_came() {
    let dir = tempfile::tempdir().unwrap();
    let site = site_with_posts(dir.path());
    let cookie = site.sign_in("lan").await;
    let page = "/kiem-tra/minh-chung?plan=ha-noi-2026&don-vi=so-tu-phap";
    let order = [("viec", "a1|2026-03-09"), ("ghi-chu", "Kế hoạch số 12")];
    let before = site.journal();
    let big = [&b"%PDF-"[..], &vec![b' '; 12 << 20]].concat();
    for (name, file, status) in [
        ("ke-hoach.pdf", &b"<html><script>alert(1)</script>"[..], StatusCode::UNPROCESSABLE_ENTITY),
        ("ke-hoach.pdf", b"MZ not a document", StatusCode::UNPROCESSABLE_ENTITY),
        ("ke-hoach.pdf", &big, StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let answer = site.upload(page, &cookie, &order, name, file).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    let answer = site.upload(page, &cookie, &[("viec", "a2|2026-05")], "x.pdf", b"%PDF-1.7").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "a duty that counts posts takes no evidence");
    assert_eq!(site.journal(), before);

    let answer = site.upload(page, &cookie, &order, "../../<i>ke hoach.pdf", b"%PDF-1.7 x").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let seq = answer.header("location").split('=').nth(1).unwrap().split('&').next().unwrap().to_owned();
    let list = site.get(page, &cookie).await;
    assert!(list.body.contains("Kế hoạch số 12") && list.body.contains("&lt;i&gt;ke hoach.pdf</a>"), "{}", list.body);
    let file = site.get(&format!("/kiem-tra/tep/{seq}"), &cookie).await;
    assert_eq!(&file.bytes[..], b"%PDF-1.7 x");
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert_eq!(
        file.header("content-disposition"),
        format!("attachment; filename=\"minh-chung-{seq}--i-ke-hoach.pdf\"")
    );
    assert_eq!(site.get(&format!("/kiem-tra/tep/{seq}"), "").await.status, StatusCode::SEE_OTHER);
    let unit = site.get("/don-vi/so-tu-phap?plan=ha-noi-2026", "").await;
    assert!(unit.body.contains("Được tính (1)"), "the public page does not show the evidence");
}

#[tokio::test]
async fn a_ledger_is_looked_at_before_it_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    let site = site_with_posts(dir.path());
    let cookie = site.sign_in("lan").await;
    let page = "/kiem-tra/so-gui-bai";
    let sheet =
        "Đơn vị,Ngày nhận,Tiêu đề\nPhường Cửa Nam,12/05/2026,Một cửa liên thông\nPhường Ở Đâu,12/05/2026,Bài lạ\n";
    let before = site.journal();
    let preview = site.upload(page, &cookie, &[], "so.csv", sheet.as_bytes()).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
    let shown = &preview.body;
    assert!(shown.contains("Dòng 3: <b>bỏ qua.</b>") && shown.contains("Nạp 1 dòng đọc được"), "{shown}");
    assert_eq!(site.journal(), before, "looking at it writes nothing");
    let hash = preview.body.split("name=\"tep\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();

    let take = "/kiem-tra/so-gui-bai/nap";
    let answer = site.submit(page, take, &cookie, &[("tep", &hash)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let answer = site.submit(page, take, &cookie, &[("tep", &hash)]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "taken once only");
    for nonsense in [&b"\x00\x01\x02"[..], b"mot,hai,ba\n1,2,3\n"] {
        let answer = site.upload(page, &cookie, &[], "so.csv", nonsense).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let journal = site.journal();
    assert_eq!(journal.last(), Some(&entry("ledger", "lan")));
    assert_eq!(site.record.views(None).unwrap().ledger.len(), 1);
}

#[tokio::test]
async fn a_pack_is_the_one_of_the_command_line_and_taking_it_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let site = site_with_posts(dir.path());
    let audit = async || site.get("/tai-ve/ha-noi-2026.json", "").await.body;
    let cookie = site.sign_in("lan").await;
    let order = [("dieu", "novelty"), ("novelty", "new"), ("ly-do", "đã đối chiếu")];
    assert_eq!(site.submit(ITEM, ITEM, &cookie, &order).await.status, StatusCode::SEE_OTHER);
    let before = audit().await;
    let wanted = [("don-vi", "phuong-cua-nam"), ("ky", "2026-05"), ("ke-hoach", "ha-noi-2026")];
    let pack = site.submit("/kiem-tra/xuat", "/kiem-tra/xuat", &cookie, &wanted).await;
    assert_eq!(pack.status, StatusCode::OK, "{}", pack.body);
    assert_eq!(pack.header("content-disposition"), "attachment; filename=\"phuong-cua-nam-2026-05.wacz\"");
    site.sign_in("cuc").await;
    let again = site.submit("/kiem-tra/xuat", "/kiem-tra/xuat", &cookie, &wanted).await;
    assert!(again.bytes == pack.bytes, "an export and a sign-in changed the pack");
    assert_eq!(audit().await, before, "an export or a sign-in changed the audit");

    let empty = [("don-vi", "phuong-cua-nam"), ("ky", "2026-W01"), ("ke-hoach", "ha-noi-2026")];
    let answer = site.submit("/kiem-tra/xuat", "/kiem-tra/xuat", &cookie, &empty).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("không có kết luận nào"));
    let journal = site.journal();
    let last = [entry("export", "lan"), entry("login", "cuc"), entry("export", "lan")];
    assert_eq!(journal[journal.len() - 3..], last);

    drop(site);
    let file = dir.path().join("goi.wacz");
    let state = dir.path().join("state");
    let args = ["evidence", "export", "--unit", "phuong-cua-nam", "--period", "2026-05", "--plan", "ha-noi-2026", "-o"];
    cchc(&state, &[&args[..], &[file.to_str().unwrap()]].concat());
    assert!(std::fs::read(&file).unwrap() == pack.bytes, "the command line makes another pack");
}

#[tokio::test]
async fn the_journal_shows_sign_ins_to_those_who_look_after_accounts() {
    let dir = tempfile::tempdir().unwrap();
    let site = site_with_posts(dir.path());
    let (lan, cuc) = (site.sign_in("lan").await, site.sign_in("cuc").await);
    let said = async |path: &str, cookie: &str| site.get(path, cookie).await.body;
    assert!(!said("/kiem-tra/nhat-ky", &lan).await.contains("<td data-duty=\"Việc\">đăng nhập"));
    assert!(said("/kiem-tra/nhat-ky", &cuc).await.contains("<td data-duty=\"Việc\">đăng nhập"));
    assert!(said("/kiem-tra/nhat-ky?loai=login", &cuc).await.contains("<b>2</b> bút toán"));
    assert!(said("/kiem-tra/nhat-ky?loai=login", &lan).await.contains("<b>0</b> bút toán"));
}

#[tokio::test]
async fn what_a_portal_removed_is_shown_to_those_inside() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let writer = Writer::open(&state.join("archive"), Options::default()).unwrap();
    let at = time::parse("2026-05-11T01:00:00+07:00").unwrap();
    let capture = Capture {
        url: "https://cuanam.hanoi.gov.vn/a.html".to_owned(),
        method: "GET".to_owned(),
        request_headers: Vec::new(),
        request_body: Vec::new(),
        version: "HTTP/1.1".to_owned(),
        status: 200,
        reason: "OK".to_owned(),
        headers: vec![("Content-Type".to_owned(), b"text/html; charset=utf-8".to_vec())],
        body: b"<p>Trang nay da go".to_vec(),
        at,
        elapsed: std::time::Duration::from_millis(5),
        remote: None,
        tls: None,
        truncated: None,
        notes: Vec::new(),
        unchanged: None,
    };
    let place = writer.write(&capture, None).unwrap();
    writer.close().unwrap();
    assert_eq!(Archive::new(state.join("archive")).read(&place).unwrap().body, capture.body);
    let owner = Owner::take(&state, "test").unwrap();
    let article = cchc_audit::article::Article {
        id: cchc_audit::article::ArticleId("a".to_owned()),
        url: capture.url.clone(),
        host: "cuanam.hanoi.gov.vn".to_owned(),
        title: "Bài đã gỡ".to_owned(),
        capture: Some(place),
        removed: Some(at),
        ..Default::default()
    };
    owner.store.put(&article).unwrap();
    drop(owner);
    let site = site(&state);
    let cookie = site.sign_in("mai").await;
    for path in ["/ban-luu/a", "/ban-luu/a/trang"] {
        assert_eq!(site.get(path, "").await.status, StatusCode::FORBIDDEN);
        let inside = site.get(path, &cookie).await;
        assert_eq!((inside.status, inside.header("cache-control")), (StatusCode::OK, "no-store"), "{}", inside.body);
    }
}
