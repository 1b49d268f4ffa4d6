//! The page over a state folder, and a browser to look at it with.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
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

pub(crate) const WORDS: &str = "mưa rơi tháng sáu";

/// The page over a state folder, and its clock.
pub(crate) struct Site {
    pub(crate) router: Router,
    pub(crate) now: Arc<Mutex<Time>>,
    pub(crate) record: Record,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) bytes: Bytes,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn cookie(&self) -> &str {
        self.header("set-cookie").split(';').next().unwrap()
    }

    pub(crate) fn token(&self) -> &str {
        let (_, rest) = self.body.split_once("name=\"ma\" value=\"").expect("the page has a form");
        rest.split('"').next().unwrap()
    }
}

/// Two posts of one ward, as people who already reviewed them hand them in.
pub(crate) const POSTS: &str = r#"{"id":"a","channel":"own-portal","host":"cuanam.hanoi.gov.vn","url":"https://cuanam.hanoi.gov.vn/a.html","title":"<script>alert(1)</script> Cải cách hành chính","body":["Phường nhận hồ sơ trực tuyến."],"published":"2026-05-10T08:00:00+07:00","assessment":{"unit":"phuong-cua-nam","is_cchc":true}}
{"id":"b","channel":"own-portal","host":"cuanam.hanoi.gov.vn","url":"https://cuanam.hanoi.gov.vn/b.html","title":"Một cửa liên thông","body":["Phường rút ngắn thời gian trả kết quả."],"published":"2026-05-12T08:00:00+07:00","assessment":{"unit":"phuong-cua-nam","is_cchc":true}}
"#;
pub(crate) const ITEM: &str = "/kiem-tra/bai/a";

/// Runs the program over a state folder.
pub(crate) fn cchc(state: &Path, args: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_cchc")).arg("--state").arg(state).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

pub(crate) fn site(dir: &Path) -> Site {
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
pub(crate) fn site_with_posts(dir: &Path) -> Site {
    let file = dir.join("posts.jsonl");
    std::fs::write(&file, POSTS).unwrap();
    cchc(&dir.join("state"), &["import", file.to_str().unwrap()]);
    site(&dir.join("state"))
}

impl Site {
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.unwrap();
        let body = String::from_utf8_lossy(&bytes).replace("&#x2f;", "/");
        Answer { status: parts.status, headers: parts.headers, body, bytes }
    }

    pub(crate) async fn get(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path).header("host", "cchc.example").header("cookie", cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_from(path, cookie, fields, "http://cchc.example").await
    }

    pub(crate) async fn post_from(&self, path: &str, cookie: &str, fields: &[(&str, &str)], origin: &str) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header("host", "cchc.example")
            .header("origin", origin)
            .header("cookie", cookie)
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Posts to a page of somebody signed in, with the token of that page.
    pub(crate) async fn submit(&self, page: &str, to: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let form = self.get(page, cookie).await;
        self.post(to, cookie, &[&[("ma", form.token())], fields].concat()).await
    }

    /// Sends a form with a file; every field comes as a part.
    pub(crate) async fn upload(
        &self,
        page: &str,
        cookie: &str,
        fields: &[(&str, &str)],
        name: &str,
        file: &[u8],
    ) -> Answer {
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
    pub(crate) async fn try_sign_in(&self, name: &str, password: &str) -> Answer {
        let door = self.get("/dang-nhap", "").await;
        let fields = [("ma", door.token()), ("ten", name), ("mat-khau", password)];
        self.post("/dang-nhap", door.cookie(), &fields).await
    }

    pub(crate) async fn sign_in(&self, name: &str) -> String {
        let answer = self.try_sign_in(name, WORDS).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        answer.cookie().to_owned()
    }

    /// The journal in brief: kind and who.
    pub(crate) fn journal(&self) -> Vec<(String, String)> {
        assert_eq!(self.record.journal().verify().unwrap(), []);
        self.record.journal().entries().unwrap().into_iter().map(|e| (e.kind, e.by)).collect()
    }

    pub(crate) fn wait(&self, minutes: i64) {
        *self.now.lock().unwrap() += chrono::TimeDelta::minutes(minutes);
    }
}

pub(crate) fn entry(kind: &str, by: &str) -> (String, String) {
    (kind.to_owned(), by.to_owned())
}
