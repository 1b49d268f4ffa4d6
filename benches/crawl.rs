//! Speed of `crawl`: 40 hosts × 100 pages of 30 KB on loopback, without delays, from request to
//! archived, extracted and stored.
//!
//! `cargo bench --bench crawl`. The portals run inside the same process, so their share of the
//! processor is in the figures.

use cchc_audit::archive::{Options, Writer};
use cchc_audit::crawl::{self, Bounds, Run, Stop, resolve};
use cchc_audit::data::Data;
use cchc_audit::nightly::{PageReader, StoreDesk};
use cchc_audit::platform::Platforms;
use cchc_audit::site::Sites;
use cchc_audit::store::Store;
use cchc_audit::time;
use divan::Bencher;
use divan::counter::ItemsCount;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

const HOSTS: usize = 40;
const PAGES: usize = 100;

fn main() {
    divan::main();
}

/// A page of about 30 KB: an article that links to the next ten, in the frame that portals have.
fn page(host: usize, number: usize) -> String {
    let sentence = "Ủy ban nhân dân phường tổ chức hội nghị đánh giá kết quả cải cách hành chính quý này, \
                    rà soát từng thủ tục và giao việc cho các bộ phận.";
    let paragraphs: String =
        (0..24).map(|n| format!("<p>Bài {number}, cổng {host}, đoạn {n}. {sentence} {sentence}</p>\n")).collect();
    let menu: String = (0..120).map(|n| format!("<li class=\"menu-item level-1\"><a href=\"/muc-{n}.pdf\" title=\"Mục {n}\"><span>Mục số {n}</span></a></li>\n")).collect();
    let next: String = (1..=10)
        .map(|n| format!("<li><a href=\"/tin-tuc/bai-viet-{}.html\">Bài tiếp theo</a></li>", (number + n) % PAGES))
        .collect();
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><title>Bài {number} của cổng {host}</title>\
         <meta property=\"article:published_time\" content=\"2026-05-12T08:30:00+07:00\"></head><body><ul>{menu}</ul>\
         <article><h1>Bài {number} của cổng {host}</h1><div class=\"date\">12/05/2026 08:30</div>\
         <div itemprop=\"articleBody\">{paragraphs}</div></article><ul>{next}</ul></body></html>"
    )
}

/// Serves one host on a port of its own, so that each is a group of its own.
fn serve(host: usize) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let address = listener.local_addr().expect("a bound listener has an address");
    let answers: Arc<Vec<Vec<u8>>> = Arc::new((0..PAGES).map(|n| answer(&page(host, n))).collect());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answers = answers.clone();
            std::thread::spawn(move || converse(&stream, &answers));
        }
    });
    address
}

fn answer(body: &str) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body.as_bytes()].concat()
}

fn converse(mut stream: &TcpStream, answers: &[Vec<u8>]) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut lines = BufReader::new(stream).lines();
    loop {
        let request = lines.next()?.ok()?;
        while !lines.next()?.ok()?.is_empty() {}
        let path = request.split(' ').nth(1)?;
        let number = path.trim_matches(|c: char| !c.is_ascii_digit()).parse::<usize>().ok();
        let found = if path == "/" { Some(0) } else { number.filter(|_| path.starts_with("/tin-tuc/")) };
        let missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec();
        stream.write_all(found.and_then(|n| answers.get(n)).unwrap_or(&missing)).ok()?;
    }
}

/// The processor time of this process, in seconds (Linux; else 0).
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    ticks.filter_map(|t| t.parse::<f64>().ok()).sum::<f64>() / 100.0
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn forty_hosts(bencher: Bencher<'_, '_>) {
    let platforms = Arc::new(Platforms::parse(&Data::built_in()).expect("the built-in platforms are tested"));
    let addresses: Vec<_> = (0..HOSTS).map(serve).collect();
    let resolve: Vec<String> = addresses.iter().enumerate().map(|(n, a)| format!("\"cong{n}.vn\" = \"{a}\"")).collect();
    let mut text = format!(
        "[crawler]\ncontact = \"mailto:a@b.vn\"\ndelay = \"0s\"\nallow_private = true\nresolve = {{ {} }}\n",
        resolve.join(", ")
    );
    for n in 0..HOSTS {
        text.push_str(&format!(
            "[[site]]\nid = \"cong{n}\"\nhost = \"cong{n}.vn\"\nchannel = \"other\"\nseeds = [\"http://cong{n}.vn/\"]\n"
        ));
    }
    let sites = Arc::new(Sites::parse("sites.toml", &text).expect("the file above is well formed"));
    bencher.counter(ItemsCount::new(HOSTS * PAGES)).bench_local(|| {
        let folder = tempfile::tempdir().expect("there is a temporary folder");
        let archive = Writer::open(&folder.path().join("archive"), Options::default()).expect("the folder is ours");
        let store = Store::temporary().expect("there is room");
        let desk = StoreDesk::new(&store, &archive, &sites, &platforms, &|_| {});
        let run = Run {
            sites: sites.clone(),
            only: Vec::new(),
            platforms: platforms.clone(),
            bounds: Bounds::default(),
            max_pages: None,
            until: None,
            clock: Arc::new(|| time::at_hanoi(chrono::Utc::now())),
            seed: 1,
            stop: Stop::new(),
            lookup: resolve::system_lookup(),
            workers: 0,
        };
        let before = processor_seconds();
        let report = crawl::run(&run, &PageReader { platforms: &platforms }, &desk, &archive).expect("the disk holds");
        let new: u64 = report.sites.iter().map(|(_, conduct)| conduct.new).sum();
        let per_thousand = (processor_seconds() - before) * 1000.0 / new as f64;
        eprintln!("{new} articles, {per_thousand:.2} processor seconds per 1,000 pages");
    });
}
