//! Nights that run inside the server: on schedule and when asked, by a clock of the test's own.

mod loopback;

use cchc_audit::coverage::Cause;
use cchc_audit::crawl::Stop;
use cchc_audit::data::Data;
use cchc_audit::owner::{Owner, View};
use cchc_audit::record::{Password, Record, Role};
use cchc_audit::serve::{self, Nights, Schedule, Serving};
use cchc_audit::site::Sites;
use cchc_audit::time::{self, Time};
use loopback::{Portal, World, article, html, links, reply, status};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

const HOST: &str = "phuong.vn";

/// A portal whose article waits until the test lets it go, and says when it is asked for.
struct Gate {
    asked: Receiver<()>,
    open: Sender<()>,
}

fn gated() -> (Portal, Gate) {
    let (told, asked) = channel();
    let (open, opened) = channel::<()>();
    let (told, opened) = (Mutex::new(told), Mutex::new(opened));
    let portal = Portal::serve(
        HOST,
        Arc::new(move |request, stream| match request.path.as_str() {
            "/" => html(stream, &links(&["/tin/bai-mot-1.html"])),
            "/tin/bai-mot-1.html" => {
                told.lock().unwrap().send(()).ok();
                opened.lock().unwrap().recv().ok();
                html(stream, &article("Bài một"))
            }
            _ => status(stream, 404, ""),
        }),
    );
    (portal, Gate { asked, open })
}

/// A server over an empty state, with its clock.
struct Served {
    address: SocketAddr,
    clock: Arc<Mutex<Time>>,
    stop: Stop,
    task: tokio::task::JoinHandle<cchc_audit::error::Result<()>>,
    state: tempfile::TempDir,
    /// How often the rule files were read.
    reads: Arc<AtomicUsize>,
}

async fn served(portal: Portal, schedule: Option<&str>) -> Served {
    let state = tempfile::tempdir().unwrap();
    let clock = Arc::new(Mutex::new(time::parse("2026-05-20T21:59:00+07:00").unwrap()));
    let mut world = World::new(vec![portal]);
    world.crawler = "delay = \"0s\"\nallow_private = true\nnight_window = \"22:00..05:00\"".to_owned();
    let (now, reads) = (Arc::clone(&clock), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&reads);
    let serving = Arc::new(Serving {
        owner: Arc::new(Owner::take(state.path(), "cchc serve").unwrap()),
        data: Arc::new(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(Data::built_in())
        }),
        now: Arc::new(move || *now.lock().unwrap()),
        demo: false,
        proxies: Vec::new(),
    });
    let text = world.sites_toml();
    let sites = Arc::new(move || Ok((Sites::parse("sites.toml", &text).unwrap(), text.clone())));
    let schedule = schedule.map(|line| line.parse::<Schedule>().unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = Stop::new();
    let app = Arc::new(serving.app().unwrap());
    let task = tokio::spawn(serve::run(serving, app, Some(Nights { sites, schedule }), listener, stop.clone()));
    let served = Served { address, clock, stop, task, state, reads };
    served.get("/health");
    served
}

impl Served {
    fn get(&self, path: &str) -> String {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
    }

    fn get_as(&self, cookie: &str, path: &str) -> String {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"))
    }

    /// Sends a form as a browser would that was just shown the page at `path`.
    fn post(&self, path: &str, to: &str, fields: &[(&str, &str)]) -> String {
        self.post_as("", path, to, fields)
    }

    /// The cookie of somebody who signs in, whose account is made first.
    fn sign_in(&self, name: &str, role: Role) -> String {
        let words = "mưa rơi tháng sáu";
        let record = Record::new(self.state.path());
        record.users().add(name, role, &Password::chosen(words, name).unwrap()).unwrap();
        let answer = self.post("/dang-nhap", "/dang-nhap", &[("ten", name), ("mat-khau", words)]);
        answer.split_once("set-cookie: ").expect("nobody was let in").1.split(';').next().unwrap().to_owned()
    }

    fn post_as(&self, cookie: &str, path: &str, to: &str, fields: &[(&str, &str)]) -> String {
        let page = self.get_as(cookie, path);
        let between = |a: &str, b: &str| Some(page.split_once(a)?.1.split(b).next()?.to_owned());
        let token = between("name=\"ma\" value=\"", "\"").unwrap_or_else(|| panic!("no form: {page}"));
        let cookie = between("set-cookie: ", ";").unwrap_or_else(|| cookie.to_owned());
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        let body = form.append_pair("ma", &token).extend_pairs(fields).finish();
        self.send(&format!(
            "POST {to} HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nCookie: {cookie}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    fn send(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        // Templates write a slash in text as a reference; to a reader they are the same.
        answer.replace("&#x2f;", "/")
    }

    /// Stops it, as a signal does; what is left is the state folder.
    async fn end(self) -> tempfile::TempDir {
        self.stop.stop();
        self.task.await.unwrap().unwrap();
        self.state
    }

    fn turn(&self, to: &str) {
        *self.clock.lock().unwrap() = time::parse(to).unwrap();
    }

    /// As `cchc nightly` asks: what it was told, and how it ended.
    fn ask(&self) -> (Vec<String>, Result<Option<bool>, String>) {
        let lines = Mutex::new(Vec::new());
        let view = View::open(self.state.path(), "cchc nightly").unwrap();
        let end = view.night(&|line| lines.lock().unwrap().push(line.to_owned())).map_err(|e| e.to_string());
        (lines.into_inner().unwrap(), end)
    }

    fn wait_for_idle(&self) {
        while !self.get("/health").contains("\"running_since\":null") {
            std::thread::yield_now();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_served_while_a_scheduled_night_writes_and_replaced_after_it() {
    let (portal, gate) = gated();
    let served = served(portal, Some("0 22 * * *")).await;
    assert!(served.get("/health").contains("\"running_since\":null"));
    served.turn("2026-05-20T22:00:00+07:00");
    gate.asked.recv().unwrap();

    assert!(served.get("/health").contains("\"running_since\":\"2026-05-20T22:00:00+07:00\""));
    let front = served.get("/");
    assert!(front.starts_with("HTTP/1.1 200") && front.contains("Đang đọc các cổng từ 22:00 20/05/2026"), "{front}");
    assert!(served.get("/tra-cuu?q=bai+mot").contains("Chưa thấy"));
    assert!(served.get("/metrics").contains("cchc_night_running 1"));
    let (_, refused) = served.ask();
    assert!(refused.unwrap_err().contains("một đêm đang chạy"));

    gate.open.send(()).unwrap();
    served.wait_for_idle();
    assert!(served.get("/tra-cuu?q=bai+mot").contains("Bài một"));
    assert!(served.get("/nguon").contains("1/1 nguồn"));
    assert!(served.state.path().join("reports/2026-05-20/ha-noi-2026.json").exists());
    served.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_runs_when_asked_and_only_in_its_window() {
    let (portal, gate) = gated();
    let served = served(portal, None).await;
    let (_, refused) = served.ask();
    assert!(refused.unwrap_err().contains("khung mở lúc 22:00 20/05/2026"));
    served.turn("2026-05-20T22:30:00+07:00");
    gate.open.send(()).unwrap();
    let (lines, end) = served.ask();
    assert_eq!(end, Ok(Some(true)));
    assert!(lines[0].starts_with("bắt đầu lúc 22:30 20/05/2026"), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("phuong-vn: đủ; 3 yêu cầu, 1 bài mới")), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("ha-noi-2026: ")), "{lines:?}");
    served.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_in_the_middle_of_a_night_closes_its_books() {
    let (portal, gate) = gated();
    let served = served(portal, Some("0 22 * * *")).await;
    served.turn("2026-05-20T22:00:00+07:00");
    gate.asked.recv().unwrap();
    let state = served.end().await;
    let owner = Owner::take(state.path(), "cchc serve").unwrap();
    let observations: Vec<_> = owner.store.observations().map(Result::unwrap).collect();
    assert_eq!(observations[0].cause, Some(Cause::Stopped));
    drop(gate.open);
}

/// A server whose portal was read once.
async fn read_once() -> Served {
    let portal = Portal::serve(
        HOST,
        Arc::new(|request, stream| match request.path.as_str() {
            "/robots.txt" => reply(stream, 200, "", b"User-agent: *\nDisallow: /cam/"),
            "/" => html(stream, &links(&["/tin/bai-mot-1.html", "/lien-he"])),
            "/lien-he" => html(stream, "<title>Liên hệ</title><p>Số điện thoại."),
            path if path.starts_with("/tin/") => html(stream, &article(&format!("Bài ở {path}"))),
            _ => status(stream, 404, ""),
        }),
    );
    let served = served(portal, None).await;
    served.turn("2026-05-20T22:30:00+07:00");
    assert_eq!(served.ask().1, Ok(Some(true)));
    served
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_a_visitor_asks_for_is_read_in_the_next_round() {
    let served = read_once().await;
    let check = |path: &str| format!("/tra-cuu?q=http://{HOST}{path}");
    let reads = served.reads.load(Ordering::SeqCst);
    for (path, says) in [
        ("/tin/bai-an-9.html", "Nhờ đọc địa chỉ này ở lượt tới"),
        ("/tin/bai-mot-1.html", "Bài ở /tin/bai-mot-1.html"),
        ("/tin/bai-mot-1.html/?fbclid=abc", "Bài ở /tin/bai-mot-1.html"),
        ("/lien-he", "máy chủ trả lời 200, trang không phải một bài"),
        ("/cam/bai.html", "robots.txt của cổng không cho đọc"),
        ("/anh.jpg", "tệp hoặc bản in"),
    ] {
        let page = served.get(&check(path));
        assert!(page.contains(says), "{path}: {page}");
        assert_eq!(page.contains("<form method=\"post\""), says.starts_with("Nhờ"), "{path}");
    }
    assert_eq!(served.reads.load(Ordering::SeqCst), reads, "a visitor's question reads the rule files");
    let asked = check("/tin/bai-an-9.html");
    let address = asked.split_once("q=").unwrap().1;
    let answer = served.post(&asked, "/tra-cuu", &[("q", address)]);
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert!(served.get(&asked).contains("Đã nhờ đọc địa chỉ này lúc 22:30 20/05/2026"));
    served.turn("2026-05-20T23:30:00+07:00");
    assert_eq!(served.ask().1, Ok(Some(true)));
    assert!(served.get(&asked).contains("/bai/"), "the page was not read");
    served.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contest_is_taken_in_without_showing_what_was_written() {
    let served = read_once().await;
    let found = served.get("/tra-cuu?q=bai-mot");
    let item = found.split_once("href=\"/bai/").unwrap().1.split('?').next().unwrap().to_owned();
    let (page, form) = (format!("/bai/{item}"), format!("/bai/{item}/de-nghi"));
    assert!(served.get(&page).contains("Đề nghị xem lại bài này"));

    let refused = served.post(&form, &form, &[("noi-dung", "sai")]);
    assert!(refused.starts_with("HTTP/1.1 422") && refused.contains("ít nhất một câu"), "{refused}");
    let robot = [("noi-dung", "Mua hàng giá rẻ ở đây."), ("website", "http://spam.vn")];
    assert!(served.post(&form, &form, &robot).starts_with("HTTP/1.1 303"));
    assert!(!served.get(&page).contains("Đề nghị số"));

    let fields = [("noi-dung", "Bài có số liệu mới của quý 2."), ("lien-he", "lan@example.org")];
    let answer = served.post(&form, &form, &fields);
    assert!(answer.starts_with("HTTP/1.1 303") && answer.contains(&format!("location: {page}#de-nghi")), "{answer}");
    let shown = served.get(&page);
    assert!(shown.contains(">tiếp nhận</span> Đề nghị số"), "{shown}");
    assert!(!shown.contains("example.org") && !shown.contains("quý 2"));
    let journal = std::fs::read_to_string(served.state.path().join("journal.jsonl")).unwrap();
    assert!(journal.contains("\"kind\":\"contest\"") && !journal.contains("example.org"));
    assert!(served.get("/bai/khong-co/de-nghi").starts_with("HTTP/1.1 404"));
    let stranger =
        served.send(&format!("POST {form} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
    assert!(stranger.starts_with("HTTP/1.1 403"), "{stranger}");
    served.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inspector_answers_a_contest_but_nobody_their_own() {
    let served = read_once().await;
    let found = served.get("/tra-cuu?q=bai-mot");
    let item = found.split_once("href=\"/bai/").unwrap().1.split('?').next().unwrap().to_owned();
    let (page, form) = (format!("/bai/{item}"), format!("/bai/{item}/de-nghi"));
    let fields = [("noi-dung", "Đây là bài chuyên sâu."), ("lien-he", "lan@example.org")];
    served.post(&form, &form, &fields);
    let (lan, mai) = (served.sign_in("lan", Role::Inspector), served.sign_in("mai", Role::Admin));
    let list = served.get_as(&lan, "/kiem-tra/de-nghi");
    let seq = list.split_once("Đề nghị số ").unwrap().1.split('<').next().unwrap().to_owned();
    let desk = format!("/kiem-tra/de-nghi/{seq}");
    let shown = served.get_as(&lan, &desk);
    assert!(shown.contains("lan@example.org") && shown.contains("Đây là bài chuyên sâu."), "{shown}");
    assert!(served.get(&desk).starts_with("HTTP/1.1 303"), "strangers are led to the door");

    let bare = [("tra-loi", "accepted"), ("ly-do", "đúng là bài tổng kết")];
    assert!(served.post_as(&lan, &desk, &desk, &bare).contains("Chọn một điều"));
    let silent = [("tra-loi", "refused")];
    assert!(served.post_as(&lan, &desk, &desk, &silent).contains("Ghi lý do"));
    assert!(served.post_as(&lan, &desk, &desk, &[("tra-loi", "reviewing")]).starts_with("HTTP/1.1 303"));
    assert!(served.get(&page).contains(">đang xem</span>"));
    let whole = [bare[0], bare[1], ("dieu", "kind"), ("kind", "chuyen-sau")];
    let answer = served.post_as(&lan, &desk, &desk, &whole);
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let shown = served.get(&page);
    for says in [">chấp nhận</span>", "đúng là bài tổng kết", "bài chuyên sâu"] {
        assert!(shown.contains(says), "«{says}» is not said: {shown}");
    }
    let record = Record::new(served.state.path());
    assert_eq!(record.views(None).unwrap().decisions.len(), 1);

    let contact = record.contests().unwrap()[0].contact.clone().unwrap();
    let erase = [("tep", contact.as_str()), ("ly-do", "người gửi yêu cầu")];
    let away = format!("{desk}/xoa");
    assert!(served.post_as(&lan, &desk, &away, &erase).starts_with("HTTP/1.1 403"));
    assert!(served.post_as(&mai, &desk, &away, &erase).starts_with("HTTP/1.1 303"));
    assert!(!served.get_as(&mai, &desk).contains("lan@example.org"));

    served.post_as(&lan, &form, &form, &[("noi-dung", "Tôi thấy bài này chưa đúng.")]);
    let own = record.contests().unwrap()[1].seq;
    let desk = format!("/kiem-tra/de-nghi/{own}");
    assert!(served.get_as(&lan, &desk).contains("do chính bạn gửi"));
    let refusal = [("tra-loi", "refused"), ("ly-do", "không đủ căn cứ")];
    let page = "/kiem-tra/minh-chung";
    assert!(served.post_as(&lan, page, &desk, &refusal).contains("để người kiểm tra khác trả lời"));
    assert!(served.post_as(&mai, &desk, &desk, &refusal).starts_with("HTTP/1.1 303"));
    assert_eq!(record.journal().verify().unwrap(), []);
    served.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_that_runs_no_nights_says_so_by_silence() {
    let state = tempfile::tempdir().unwrap();
    let _owner = Owner::take(state.path(), "cchc crawl").unwrap();
    let view = View::open(state.path(), "cchc nightly").unwrap();
    assert_eq!(view.night(&|_| ()).unwrap(), None);
}
