//! One crawl of the real program, killed two hundred times: nothing is lost, nothing doubled.
//!
//! Each run is ended by SIGKILL at a seeded point, counted in requests that reached the portals or
//! in bytes that reached the archive. Now and then the power goes with it: the end of the archive
//! is torn off, half a line stands at the end of the journal. Then the program is started again. In
//! the end everything must be as it is after a crawl that nobody disturbed.

mod loopback;

use cchc_audit::archive::Archive;
use loopback::{Handler, Portal, article, html, raw, reply, status};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const KILLS: usize = 200;
/// Articles of each portal, each linked to the next.
const ARTICLES: usize = 190;
/// A day after everything the test can see, so that no reading lies in the future.
const AS_OF: &str = "2099-12-31";

/// Varies the points; xorshift, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

/// Where a run ends.
#[derive(Debug, Clone, Copy)]
enum Point {
    /// When this many requests have come: before the answer, or after half of it.
    Request(u64, bool),
    /// When the archive has grown by this many bytes.
    Bytes(u64),
    /// Not at all.
    Never,
}

/// What the portals and the watching loop share.
#[derive(Default)]
struct Hunt {
    child: Mutex<Option<Child>>,
    /// Requests until the kill, and whether half an answer is sent.
    countdown: Mutex<Option<(u64, bool)>>,
}

impl Hunt {
    fn kill(&self) {
        if let Some(child) = self.child.lock().unwrap().as_mut() {
            child.kill().unwrap();
        }
    }

    /// A request has come; `false`: the run ends here.
    fn asked(&self, stream: &mut TcpStream) -> bool {
        let mut countdown = self.countdown.lock().unwrap();
        let Some((left, half)) = countdown.take() else { return true };
        if left > 0 {
            *countdown = Some((left - 1, half));
            return true;
        }
        if half {
            raw(stream, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9000\r\n\r\n<html>");
        }
        self.kill();
        false
    }
}

/// A portal whose requests the hunt counts.
fn portal(
    host: &str,
    hunt: &Arc<Hunt>,
    answer: impl Fn(&str, &mut TcpStream) -> bool + Send + Sync + 'static,
) -> Portal {
    let hunt = hunt.clone();
    let handler: Handler = Arc::new(move |request, stream| hunt.asked(stream) && answer(&request.path, stream));
    Portal::serve(host, handler)
}

/// Each article is named by the one before it only: whoever loses one link loses all that follow.
fn chain(hunt: &Arc<Hunt>) -> Portal {
    portal("chuoi.vn", hunt, |path, stream| {
        let number = if path == "/" { Some(0) } else { number(path) };
        let Some(n) = number.filter(|n| *n <= ARTICLES) else { return status(stream, 404, "") };
        let next = format!("<a href=\"/tin/bai-viet-so-{}.html\">Bài tiếp</a></body>", n + 1);
        let page = if n == 0 { loopback::links(&[]) } else { article(&format!("Chuỗi bài {n}")) };
        html(stream, &page.replace("</body>", &next))
    })
}

/// Sections that nothing else links to, with the articles below them.
fn sections(hunt: &Arc<Hunt>) -> Portal {
    portal("muc.vn", hunt, |path, stream| match path {
        "/" => html(stream, &loopback::links(&["/chuyen-muc-1"])),
        _ if path.starts_with("/chuyen-muc-") => {
            let section: usize = path.trim_start_matches("/chuyen-muc-").parse().unwrap_or(0);
            let first = (section - 1) * 10 + 1;
            let mut paths: Vec<String> =
                (first..first + 10).filter(|n| *n <= ARTICLES).map(|n| format!("/tin/bai-viet-so-{n}.html")).collect();
            if first + 10 <= ARTICLES {
                paths.push(format!("/chuyen-muc-{}", section + 1));
            }
            html(stream, &loopback::links(&paths.iter().map(String::as_str).collect::<Vec<_>>()))
        }
        _ => numbered(path, "Mục", stream),
    })
}

/// A sitemap of everything, and a feed of the newest.
fn mapped(hunt: &Arc<Hunt>) -> Portal {
    let url = |n: usize| format!("http://ban-do.vn/tin/bai-viet-so-{n}.html");
    portal("ban-do.vn", hunt, move |path, stream| match path {
        "/" => html(
            stream,
            "<html><head><title>Cổng</title><link rel=\"alternate\" type=\"application/rss+xml\" href=\"/rss\"></head><body><p>Chào</p></body></html>",
        ),
        "/robots.txt" => reply(stream, 200, "", b"Sitemap: http://ban-do.vn/sitemap.xml"),
        "/sitemap.xml" => {
            let all: String = (1..=ARTICLES).map(|n| format!("<url><loc>{}</loc></url>", url(n))).collect();
            reply(
                stream,
                200,
                "Content-Type: text/xml\r\n",
                format!("<?xml version=\"1.0\"?><urlset>{all}</urlset>").as_bytes(),
            )
        }
        "/rss" => {
            let new: String =
                (1..=5).map(|n| format!("<item><title>{n}</title><link>{}</link></item>", url(n))).collect();
            reply(
                stream,
                200,
                "Content-Type: text/xml\r\n",
                format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>x</title>{new}</channel></rss>")
                    .as_bytes(),
            )
        }
        _ => numbered(path, "Bản đồ", stream),
    })
}

fn numbered(path: &str, name: &str, stream: &mut TcpStream) -> bool {
    match number(path).filter(|n| *n <= ARTICLES) {
        Some(n) => html(stream, &article(&format!("{name} bài {n}"))),
        None => status(stream, 404, ""),
    }
}

fn number(path: &str) -> Option<usize> {
    path.strip_prefix("/tin/bai-viet-so-")?.strip_suffix(".html")?.parse().ok()
}

/// One state folder and the program that fills it.
struct Scene {
    folder: PathBuf,
    config: PathBuf,
}

impl Scene {
    fn new(root: &Path, name: &str, portals: &[Portal]) -> Self {
        let config = root.join("sites.toml");
        let resolve: Vec<String> = portals.iter().map(|p| format!("\"{}\" = \"{}\"", p.host, p.address)).collect();
        let mut text = format!(
            "[crawler]\ncontact = \"mailto:thu@example.org\"\ndelay = \"0s\"\nallow_private = true\nresolve = {{ {} }}\n",
            resolve.join(", ")
        );
        for (portal, unit) in portals.iter().zip(["phuong-hai-ba-trung", "phuong-ba-dinh", "phuong-ngoc-ha"]) {
            let (host, id) = (&portal.host, portal.host.replace('.', "-"));
            text.push_str(&format!(
                "[[site]]\nid = \"{id}\"\nhost = \"{host}\"\nchannel = \"own-portal\"\nunit = \"{unit}\"\nseeds = [\"http://{host}/\"]\n"
            ));
        }
        fs::write(&config, text).unwrap();
        Self { folder: root.join(name), config }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cchc"));
        command.arg("--state").arg(&self.folder).arg("--config").arg(&self.config).args(args);
        command.current_dir(self.folder.parent().unwrap());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        let output = self.command(args).output().unwrap();
        let told = [&output.stdout[..], &output.stderr].concat();
        assert!(output.status.success(), "{args:?}: {} {}", output.status, String::from_utf8_lossy(&told));
        output
    }

    fn archive(&self) -> PathBuf {
        self.folder.join("archive")
    }

    /// Bytes in the archive.
    fn length(&self) -> u64 {
        let files = fs::read_dir(self.archive()).into_iter().flatten().flatten();
        let is_warc = |entry: &fs::DirEntry| entry.path().extension().is_some_and(|e| e == "gz");
        files.filter(is_warc).filter_map(|entry| Some(entry.metadata().ok()?.len())).sum()
    }

    /// Crawls until the end or the point; whether it came to the end.
    fn crawl(&self, hunt: &Hunt, point: Point) -> bool {
        let begun = self.length();
        *hunt.countdown.lock().unwrap() = match point {
            Point::Request(n, half) => Some((n, half)),
            Point::Bytes(_) | Point::Never => None,
        };
        let mut command = self.command(&["crawl"]);
        let log = File::create(self.folder.with_extension("log")).unwrap();
        command.stdout(Stdio::null()).stderr(log);
        *hunt.child.lock().unwrap() = Some(command.spawn().unwrap());
        loop {
            if let Some(status) = hunt.child.lock().unwrap().as_mut().unwrap().try_wait().unwrap() {
                let log = fs::read_to_string(self.folder.with_extension("log")).unwrap();
                assert!(status.code().is_none_or(|code| code == 0), "{status}: {log}");
                assert!(!log.contains("panicked"), "{log}");
                return status.success();
            }
            if matches!(point, Point::Bytes(bytes) if self.length() >= begun + bytes) {
                hunt.kill();
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// Every record that was written whole can be read.
    fn check_archive(&self) {
        for entry in Archive::new(self.archive()).entries().unwrap() {
            entry.unwrap();
        }
    }

    /// The power went: the last file of the archive lost its end, the journal holds half a line.
    fn tear(&self, dice: &mut Dice) {
        let mut files = Archive::new(self.archive()).files().unwrap();
        let closed = |file: &String| self.archive().join(file.replace(".warc.gz", ".leaves.gz")).exists();
        files.retain(|file| !closed(file));
        if let Some(last) = files.pop() {
            let file = File::options().write(true).open(self.archive().join(last)).unwrap();
            let length = file.metadata().unwrap().len();
            file.set_len(length.saturating_sub(1 + dice.below(4000))).unwrap();
        }
        let mut journal = File::options().append(true).create(true).open(self.folder.join("journal.jsonl")).unwrap();
        journal.write_all(b"{\"schema\":1,\"seq\":").unwrap();
    }

    /// The articles without what the moment of the crawl makes of them, by id.
    fn articles(&self) -> BTreeMap<String, Value> {
        let output = self.run(&["articles"]);
        let text = String::from_utf8(output.stdout).unwrap();
        let mut articles = BTreeMap::new();
        for line in text.lines() {
            let mut article: Value = serde_json::from_str(line).unwrap();
            article
                .as_object_mut()
                .unwrap()
                .retain(|key, _| !matches!(key.as_str(), "first_seen" | "capture" | "times"));
            let id = article["id"].as_str().unwrap().to_owned();
            assert!(articles.insert(id, article).is_none(), "an id twice");
        }
        articles
    }

    /// Every verdict with its items.
    fn verdicts(&self) -> Vec<Value> {
        let output = self.run(&["audit", "--plan", "ha-noi-2026", "--as-of", AS_OF, "--format", "json"]);
        let audit: Value = serde_json::from_slice(&output.stdout).unwrap();
        let mut verdicts = audit["verdicts"].as_array().unwrap().clone();
        for verdict in &mut verdicts {
            // A gap names the hour of a reading.
            verdict.as_object_mut().unwrap().retain(|key, _| !matches!(key.as_str(), "gaps" | "detail"));
        }
        verdicts
    }
}

#[test]
fn a_crawl_killed_two_hundred_times_ends_like_one_undisturbed() {
    let root = tempfile::tempdir().unwrap();
    let hunt = Arc::new(Hunt::default());
    let portals = [chain(&hunt), sections(&hunt), mapped(&hunt)];
    let calm = Scene::new(root.path(), "yen", &portals);
    assert!(calm.crawl(&hunt, Point::Never));
    let expected = calm.articles();
    assert_eq!(expected.len(), 3 * ARTICLES);

    let scene = Scene::new(root.path(), "bi-giet", &portals);
    let mut dice = Dice(20_260_501);
    let mut killed = 0;
    while killed < KILLS {
        let point = match killed % 2 {
            0 => Point::Request(dice.below(18), dice.below(2) == 0),
            _ => Point::Bytes(dice.below(18_000)),
        };
        assert!(!scene.crawl(&hunt, point), "all was read after {killed} kills; the portals are too small");
        killed += 1;
        scene.check_archive();
        if killed % 10 == 0 {
            scene.tear(&mut dice);
        }
        if killed == KILLS / 2 {
            fs::remove_dir_all(scene.folder.join("db")).unwrap();
        }
    }
    assert!(scene.crawl(&hunt, Point::Never));
    scene.check_archive();
    let compare = |scene: &Scene, when: &str| {
        let found = scene.articles();
        let missing: Vec<_> =
            expected.iter().filter(|(id, _)| !found.contains_key(*id)).map(|(_, a)| &a["url"]).collect();
        assert!(missing.is_empty(), "{when}: lost {missing:?}");
        assert!(found == expected, "{when}: other articles");
        let (verdicts, undisturbed) = (scene.verdicts(), calm.verdicts());
        let other = verdicts.iter().zip(&undisturbed).find(|(found, expected)| found != expected);
        assert!(other.is_none() && verdicts.len() == undisturbed.len(), "{when}: another verdict {other:#?}");
    };
    compare(&scene, "after the kills");
    scene.run(&["store", "check"]);
    scene.run(&["rebuild"]);
    compare(&scene, "after a rebuild");
}
