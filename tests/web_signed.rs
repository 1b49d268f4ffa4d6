//! The inspectors' half of the web page, over the real router and a real state folder: who is let
//! in, what is refused, and that every change is in the journal.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use cchc_audit::archive::Archive;
use cchc_audit::audit::World;
use cchc_audit::data::Data;
use cchc_audit::record::{Password, Record, Role};
use cchc_audit::rules::Rules;
use cchc_audit::store::Store;
use cchc_audit::time::{self, Time};
use cchc_audit::web::{App, Night, Parts, Snapshot, router};
use std::path::Path;
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

fn site(dir: &Path) -> Site {
    let record = Record::new(dir);
    for (name, role) in [("lan", Role::Inspector), ("mai", Role::ReadOnly), ("cuc", Role::Admin)] {
        record.users().add(name, role, &Password::chosen(WORDS, name).unwrap()).unwrap();
    }
    let now = Arc::new(Mutex::new(time::parse("2026-06-11T08:00:00+07:00").unwrap()));
    let snapshot = || {
        let rules = Rules::parse(Data::built_in()).unwrap();
        let night = Night { day: "2026-06-10".parse().unwrap(), ..Night::default() };
        let world = World::new(Vec::new());
        Snapshot::new(rules, world, night)
    };
    let clock = Arc::clone(&now);
    let app = App::new(Parts {
        store: Arc::new(Store::temporary().unwrap()),
        archive: Archive::new(dir),
        record: record.clone(),
        proxies: Vec::new(),
        snapshot: snapshot(),
        reload: Box::new(move || Ok(snapshot())),
        now: Arc::new(move || *clock.lock().unwrap()),
    });
    Site { router: router(Arc::new(app)), now, record }
}

impl Site {
    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.unwrap();
        let body = String::from_utf8_lossy(&bytes).replace("&#x2f;", "/");
        Answer { status: parts.status, headers: parts.headers, body }
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
