//! Portals on loopback that answer as a test wants, and a desk that remembers in memory.
//!
//! Each portal has a port of its own, so portals are groups of their own.

#![allow(dead_code, unreachable_pub, reason = "a module of several test files, each of which uses its own part")]

use cchc_audit::archive::{Archive, Options, Record, Writer};
use cchc_audit::conduct::Conduct;
use cchc_audit::coverage::{Cause, Observation};
use cchc_audit::crawl::desk::{Desk, Fetched, Outcome, SiteMemory, Target, Visit};
use cchc_audit::crawl::{self, Bounds, Clock, Report, Run, Stop, resolve};
use cchc_audit::data::Data;
use cchc_audit::error::Result;
use cchc_audit::extract::Extracted;
use cchc_audit::nightly::{PageReader, Read};
use cchc_audit::platform::Platforms;
use cchc_audit::site::Sites;
use cchc_audit::time::{self, Time};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// One request as a portal sees it.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// Answers on the open connection; `false` closes it.
pub type Handler = Arc<dyn Fn(&Request, &mut TcpStream) -> bool + Send + Sync>;

/// A portal and what it was asked.
pub struct Portal {
    pub host: String,
    pub address: std::net::SocketAddr,
    pub asked: Arc<Mutex<Vec<(std::time::Instant, Request)>>>,
}

impl Portal {
    /// Serves a host on a port of its own.
    pub fn serve(host: &str, handler: Handler) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked: Arc<Mutex<Vec<_>>> = Arc::default();
        let log = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(std::result::Result::ok) {
                let (handler, log) = (handler.clone(), log.clone());
                std::thread::spawn(move || converse(stream, &handler, &log));
            }
        });
        Self { host: host.to_owned(), address, asked }
    }

    /// Serves fixed pages: path → (status, headers, body).
    pub fn pages(host: &str, pages: &[(&str, &str)]) -> Self {
        let pages: BTreeMap<String, String> = pages.iter().map(|(p, b)| ((*p).to_owned(), (*b).to_owned())).collect();
        Self::serve(
            host,
            Arc::new(move |request, stream| match pages.get(&request.path) {
                Some(page) => html(stream, page),
                None => status(stream, 404, ""),
            }),
        )
    }

    /// The paths asked for, robots.txt left out.
    pub fn paths(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().map(|(_, r)| r.path.clone()).filter(|p| p != "/robots.txt").collect()
    }
}

fn converse(stream: TcpStream, handler: &Handler, log: &Mutex<Vec<(std::time::Instant, Request)>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    while let Some(request) = read_request(&mut reader) {
        log.lock().unwrap().push((std::time::Instant::now(), request.clone()));
        if !handler(&request, &mut stream) {
            return;
        }
    }
}

fn read_request(reader: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|n| *n > 0)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { method, path, headers, body: String::from_utf8_lossy(&body).into_owned() })
}

/// Sends raw bytes; `true`: the connection stays.
pub fn raw(stream: &mut TcpStream, bytes: &[u8]) -> bool {
    stream.write_all(bytes).is_ok() && stream.flush().is_ok()
}

/// Sends an answer with its headers.
pub fn reply(stream: &mut TcpStream, code: u16, headers: &str, body: &[u8]) -> bool {
    let head = format!("HTTP/1.1 {code} X\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    raw(stream, head.as_bytes()) && raw(stream, body)
}

/// Sends a page.
pub fn html(stream: &mut TcpStream, body: &str) -> bool {
    reply(stream, 200, "Content-Type: text/html; charset=utf-8\r\n", body.as_bytes())
}

/// Sends a status with headers and nothing else.
pub fn status(stream: &mut TcpStream, code: u16, headers: &str) -> bool {
    reply(stream, code, headers, b"")
}

/// An article as any portal would show it, of a few hundred words.
pub fn article(title: &str) -> String {
    let paragraph = "Ủy ban nhân dân phường tổ chức hội nghị đánh giá công tác cải cách hành chính, \
                     rà soát thủ tục hành chính và nâng cao chất lượng phục vụ người dân tại bộ phận một cửa.";
    let body: String = (1..=8).map(|n| format!("<p>{title}, đoạn {n}. {paragraph}</p>")).collect();
    format!(
        "<!doctype html><html><head><title>{title}</title><meta property=\"og:type\" content=\"article\">\
         <meta property=\"article:published_time\" content=\"2026-05-12T08:30:00+07:00\"></head>\
         <body><a href=\"/\">Trang chủ</a><article><h1>{title}</h1><time datetime=\"2026-05-12T08:30:00+07:00\">\
         12/05/2026 08:30</time><div itemprop=\"articleBody\">{body}</div></article></body></html>"
    )
}

/// A page that links to others.
pub fn links(paths: &[&str]) -> String {
    let links: String = paths.iter().map(|p| format!("<li><a href=\"{p}\">Xem {p}</a></li>")).collect();
    format!("<!doctype html><html><head><title>Trang chủ</title></head><body><ul>{links}</ul></body></html>")
}

/// Remembers in memory.
#[derive(Default)]
pub struct Memory {
    pub state: Mutex<State>,
}

/// What was told.
#[derive(Default)]
pub struct State {
    pub visits: BTreeMap<String, Visit>,
    pub looks: BTreeMap<String, (String, Target)>,
    pub pending: BTreeMap<(String, String), Target>,
    pub sites: BTreeMap<String, SiteMemory>,
    pub articles: BTreeMap<String, (String, Extracted)>,
    pub outcomes: Vec<(String, Outcome)>,
    pub aliases: BTreeMap<String, String>,
}

impl Desk<Box<Read>> for Memory {
    fn visit(&self, key: &str) -> Option<Visit> {
        self.state.lock().unwrap().visits.get(key).cloned()
    }

    fn site(&self, site: &str) -> SiteMemory {
        self.state.lock().unwrap().sites.get(site).cloned().unwrap_or_default()
    }

    fn pending(&self, site: &str) -> Vec<Target> {
        let state = self.state.lock().unwrap();
        state.pending.iter().filter(|((s, _), _)| s == site).map(|(_, target)| target.clone()).collect()
    }

    fn due(&self, site: &str, now: Time, limit: usize) -> Vec<Target> {
        let state = self.state.lock().unwrap();
        let due = |key: &str| state.visits.get(key).is_some_and(|v| crawl::schedule::is_due(v, now));
        let looks = state.looks.iter().filter(|(key, (s, _))| s == site && due(key));
        looks.map(|(_, (_, target))| target.clone()).take(limit).collect()
    }

    fn fetched(&self, event: Fetched<Box<Read>>) -> Result<()> {
        let mut state = self.state.lock().unwrap();
        state.outcomes.push((event.url.to_string(), event.outcome));
        if let (Some(article), None) = (event.article, &event.same_as) {
            state.articles.insert(event.key.clone(), (event.url.to_string(), article.extracted));
            let target = Target {
                key: event.key.clone(),
                url: event.url.clone(),
                aim: cchc_audit::crawl::desk::Aim::Recheck,
                depth: 0,
                via: None,
                hints: Default::default(),
                request: None,
                list: None,
                tries: 0,
                before: None,
            };
            state.looks.insert(event.key.clone(), (event.site.clone(), target));
        }
        for target in event.found {
            state.pending.insert((event.site.clone(), target.key.clone()), target);
        }
        for (key, url) in event.aliases {
            state.aliases.insert(url.to_string(), key);
        }
        if let Some(key) = event.landed_key {
            state.visits.insert(key, event.visit.clone());
        }
        state.visits.insert(event.key.clone(), event.visit);
        if !event.stays_pending {
            state.pending.remove(&(event.site, event.key));
        }
        Ok(())
    }

    fn remember(&self, site: &str, memory: &SiteMemory) -> Result<()> {
        // Through JSON, as a store would.
        let json = serde_json::to_string(memory).unwrap();
        self.state.lock().unwrap().sites.insert(site.to_owned(), serde_json::from_str(&json).unwrap());
        Ok(())
    }

    fn observed(&self, _observation: &Observation, _conduct: &Conduct) -> Result<()> {
        Ok(())
    }
}

/// A world for one test: portals, desk, archive, and a clock that a test sets.
pub struct World {
    pub portals: Vec<Portal>,
    pub desk: Memory,
    pub folder: tempfile::TempDir,
    pub platforms: Arc<Platforms>,
    pub now: Arc<Mutex<Time>>,
    /// Lines for `[crawler]`.
    pub crawler: String,
    /// Lines for each `[[site]]`, by host.
    pub site: BTreeMap<String, String>,
    pub bounds: Bounds,
    pub max_pages: Option<u64>,
    pub stop: Stop,
    pub lookup: resolve::Lookup,
}

impl World {
    pub fn new(portals: Vec<Portal>) -> Self {
        Self {
            portals,
            desk: Memory::default(),
            folder: tempfile::tempdir().unwrap(),
            platforms: Arc::new(Platforms::parse(&Data::built_in()).unwrap()),
            now: Arc::new(Mutex::new(time::parse("2026-05-20T22:00:00+07:00").unwrap())),
            crawler: "delay = \"0s\"\nallow_private = true\nread_timeout = \"500ms\"\ntotal_timeout = \"1s\""
                .to_owned(),
            site: BTreeMap::new(),
            bounds: Bounds::default(),
            max_pages: None,
            stop: Stop::new(),
            lookup: resolve::system_lookup(),
        }
    }

    /// The file of this world.
    pub fn sites(&self) -> Sites {
        Sites::parse("sites.toml", &self.sites_toml()).unwrap_or_else(|faults| panic!("{faults:?}"))
    }

    /// Its text.
    pub fn sites_toml(&self) -> String {
        let resolve: Vec<String> = self.portals.iter().map(|p| format!("\"{}\" = \"{}\"", p.host, p.address)).collect();
        let mut text = format!(
            "[crawler]\ncontact = \"mailto:thu@example.org\"\n{}\nresolve = {{ {} }}\n",
            self.crawler,
            resolve.join(", ")
        );
        for portal in &self.portals {
            let host = &portal.host;
            let own = self.site.get(host).cloned().unwrap_or(format!("seeds = [\"http://{host}/\"]"));
            let id = host.replace('.', "-");
            text.push_str(&format!("[[site]]\nid = \"{id}\"\nhost = \"{host}\"\nchannel = \"other\"\n{own}\n"));
        }
        text
    }

    /// One night.
    pub fn crawl(&self) -> Report {
        self.crawl_with(self.sites())
    }

    /// One night with another file.
    pub fn crawl_with(&self, sites: Sites) -> Report {
        let archive = Writer::open(&self.folder.path().join("archive"), Options::default()).unwrap();
        let now = self.now.clone();
        let clock: Clock = Arc::new(move || *now.lock().unwrap());
        let run = Run {
            sites: Arc::new(sites),
            only: Vec::new(),
            platforms: self.platforms.clone(),
            bounds: self.bounds,
            max_pages: self.max_pages,
            until: None,
            clock,
            seed: 7,
            stop: self.stop.clone(),
            lookup: self.lookup.clone(),
            workers: 2,
        };
        let reader = PageReader { platforms: &self.platforms };
        crawl::run(&run, &reader, &self.desk, &archive).unwrap()
    }

    /// Some time later.
    pub fn later(&self, hours: i64) {
        *self.now.lock().unwrap() += chrono::TimeDelta::hours(hours);
    }

    /// The titles of all articles, sorted.
    pub fn titles(&self) -> Vec<String> {
        let state = self.desk.state.lock().unwrap();
        let mut titles: Vec<String> = state.articles.values().map(|(_, a)| a.title.clone()).collect();
        titles.sort();
        titles
    }

    /// Statuses and causes in the archive, one line a record.
    pub fn archived(&self) -> Vec<String> {
        let archive = Archive::new(self.folder.path().join("archive"));
        let line = |record: Record| match record {
            Record::Capture(c) => Some(format!("{} {}", c.status, c.url)),
            Record::Attempt(a) => Some(format!("{} {}", a.cause.code(), a.url)),
            Record::Note(_) => None,
        };
        archive.entries().unwrap().filter_map(|e| line(e.unwrap().record)).collect()
    }
}

/// The cause of the first site's observation.
pub fn cause(report: &Report) -> Option<Cause> {
    report.sites[0].0.cause
}

/// The host of the only portal.
pub const HOST: &str = "phuong.vn";

/// A portal whose home page links to `/tin/bai-1.html`, and that answers for that page as told.
pub fn portal_with(answer: impl Fn(&Request, &mut TcpStream) -> bool + Send + Sync + 'static) -> Portal {
    Portal::serve(
        HOST,
        Arc::new(move |request, stream| match request.path.as_str() {
            "/robots.txt" => status(stream, 404, ""),
            "/" => html(stream, &links(&["/tin/bai-1.html", "/tin/bai-2.html"])),
            "/tin/bai-2.html" => html(stream, &article("Bài hai")),
            _ => answer(request, stream),
        }),
    )
}

/// Whether the outcome stands in the ledger of the only site, and the good article was found.
pub fn check(world: &World, expected: &str) {
    let report = world.crawl();
    let (observation, conduct) = &report.sites[0];
    assert!(conduct.skipped.contains_key(expected), "{:?} / {observation:?}", conduct.skipped);
    assert_eq!(world.titles(), ["Bài hai"], "the other page of the site");
}
