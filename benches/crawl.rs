//! Speed and growth of a crawl: portals with articles of 30 KB on loopback, read without delays,
//! from request to archived, extracted, stored, assessed and compared.
//!
//! `cargo bench --bench crawl`. The portals run in a process of their own, so only our share of
//! the processor is in the figures; `… --bench crawl -- forty` measures the first case alone.

use cchc_audit::archive::{Options, Writer};
use cchc_audit::crawl::{self, Bounds, Run, Stop, resolve};
use cchc_audit::data::Data;
use cchc_audit::intake::Intake;
use cchc_audit::nightly::{PageReader, StoreDesk};
use cchc_audit::rules::Rules;
use cchc_audit::settle::{self, Judge};
use cchc_audit::site::Sites;
use cchc_audit::store::Store;
use cchc_audit::time;
use divan::Bencher;
use divan::counter::ItemsCount;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

/// As in the command itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Asks this program to be the portals: how many, and with how many pages each.
const PORTALS: &str = "CCHC_BENCH_PORTALS";

fn main() {
    match std::env::var(PORTALS) {
        Ok(wanted) => portals(&wanted),
        Err(_) => divan::main(),
    }
}

/// The case whose figure is known of other crawlers: 40 hosts with 100 pages each.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn forty_hosts(bencher: Bencher<'_, '_>) {
    measure(bencher, 40, 100);
}

/// The cost of a page must not grow with the hosts, nor the memory with the pages.
#[divan::bench(args = [(10, 20), (100, 20), (1000, 20), (10, 2000)], sample_count = 1, sample_size = 1)]
fn growth(bencher: Bencher<'_, '_>, (hosts, pages): (usize, usize)) {
    measure(bencher, hosts, pages);
}

fn measure(bencher: Bencher<'_, '_>, hosts: usize, pages: usize) {
    let rules = Rules::parse(Data::built_in()).expect("the built-in rules are tested");
    let (portals, text) = Portals::start(hosts, pages);
    let sites = Arc::new(Sites::parse("sites.toml", &text).expect("the portals' file is well formed"));
    bencher.counter(ItemsCount::new(hosts * pages)).bench_local(|| {
        let folder = tempfile::tempdir().expect("there is a temporary folder");
        let before = processor_seconds();
        let new = night(folder.path(), &sites, &rules);
        let per_thousand = (processor_seconds() - before) * 1000.0 / new as f64;
        let peak = peak_memory();
        eprintln!(
            "{hosts} × {pages}: {new} articles, {per_thousand:.2} processor seconds per 1,000 pages, at most {peak} MiB"
        );
    });
    drop(portals);
}

/// Crawls everything into a fresh state and decides about it; how many articles there were.
fn night(folder: &std::path::Path, sites: &Arc<Sites>, rules: &Rules) -> u64 {
    let archive = Writer::open(&folder.join("archive"), Options::default()).expect("the folder is ours");
    let (store, _) = Store::open(&folder.join("db")).expect("the folder is ours");
    let judge = Judge::new(rules, Some(sites));
    let intake = Intake { store: &store, judge: Some(&judge) };
    let desk = StoreDesk::new(intake, &archive, sites, &rules.platforms, &|_| {});
    let run = Run {
        sites: sites.clone(),
        only: Vec::new(),
        platforms: Arc::new(rules.platforms.clone()),
        bounds: Bounds::default(),
        max_pages: None,
        until: None,
        clock: Arc::new(|| time::at_hanoi(chrono::Utc::now())),
        seed: 1,
        stop: Stop::new(),
        lookup: resolve::system_lookup(),
        workers: 0,
    };
    let reader = PageReader { platforms: &rules.platforms };
    let report = crawl::run(&run, &reader, &desk, &archive).expect("the disk holds");
    settle::settle(&store, &judge, &|_, _, _| {}).expect("the disk holds");
    report.sites.iter().map(|(_, conduct)| conduct.new).sum()
}

/// The processor time of this process, in seconds (Linux; else 0).
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    ticks.filter_map(|t| t.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The most memory this process has held since it was last asked, in MiB (Linux; else 0).
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    // Begins counting anew; where that is refused, later figures hold the earlier ones.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    peak.and_then(|text| text.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// The process that serves the portals; it ends when its input closes.
struct Portals(Child);

impl Portals {
    /// The portals, and the `sites.toml` that names them.
    fn start(hosts: usize, pages: usize) -> (Self, String) {
        let program = std::env::current_exe().expect("a running program has a file");
        let command = Command::new(program)
            .env(PORTALS, format!("{hosts} {pages}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = command.expect("this program can be started again");
        let output = BufReader::new(child.stdout.take().expect("its output is piped"));
        let lines = output.lines().map_while(Result::ok).take_while(|line| line != "# ready");
        let text = lines.fold(String::new(), |text, line| text + &line + "\n");
        (Self(child), text)
    }
}

impl Drop for Portals {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // Whether it ended well is of no interest.
        let _ = self.0.wait();
    }
}

/// Serves portals until the input closes; prints the `sites.toml` that names them.
fn portals(wanted: &str) {
    let (hosts, pages) = wanted.split_once(' ').expect("two numbers");
    let (hosts, pages): (usize, usize) = (hosts.parse().expect("a number"), pages.parse().expect("a number"));
    let addresses: Vec<SocketAddr> = (0..hosts).map(|host| serve(host, pages)).collect();
    let resolve: Vec<String> = addresses.iter().enumerate().map(|(n, a)| format!("\"cong{n}.vn\" = \"{a}\"")).collect();
    println!("[crawler]\ncontact = \"mailto:a@b.vn\"\ndelay = \"0s\"\nallow_private = true");
    println!("resolve = {{ {} }}", resolve.join(", "));
    for n in 0..hosts {
        println!("[[site]]\nid = \"cong{n}\"\nhost = \"cong{n}.vn\"\nchannel = \"other\"");
        println!("seeds = [\"http://cong{n}.vn/\"]");
    }
    println!("# ready");
    std::io::stdin().read_to_end(&mut Vec::new()).ok();
}

/// Serves one host on a port of its own, so that each is a group of its own.
fn serve(host: usize, pages: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let address = listener.local_addr().expect("a bound listener has an address");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || converse(&stream, host, pages));
        }
    });
    address
}

fn converse(mut stream: &TcpStream, host: usize, pages: usize) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut lines = BufReader::new(stream).lines();
    loop {
        let request = lines.next()?.ok()?;
        while !lines.next()?.ok()?.is_empty() {}
        let path = request.split(' ').nth(1)?;
        let number = path.trim_matches(|c: char| !c.is_ascii_digit()).parse::<usize>().ok();
        let found = if path == "/" { Some(0) } else { number.filter(|n| path.starts_with("/tin-tuc/") && *n < pages) };
        let answer = match found.map(|number| page(host, number, pages)) {
            None => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
            Some(page) => {
                let length = page.len();
                format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\n\r\n{page}"
                )
            }
        };
        stream.write_all(answer.as_bytes()).ok()?;
    }
}

/// An article of 1,400 words that links to the next 75, in the frame that portals have: of the tags, links and
/// words of a page with 30 KB, about as many of each as on theirs.
fn page(host: usize, number: usize, pages: usize) -> String {
    let mut seed = (host * 100_003 + number) as u64;
    let paragraphs = (0..22).fold(String::new(), |all, n| {
        let (first, second) = (sentence(&mut seed), sentence(&mut seed));
        all + &format!("<p>Bài {number}, cổng {host}, đoạn {n}. {first} {second}</p>\n")
    });
    let mut menu = String::new();
    for n in 0..90 {
        let link = format!("<a href=\"/muc-{n}.pdf\" title=\"Mục {n}\"><span>Mục số {n}</span></a>");
        writeln!(menu, "<li class=\"menu-item level-1\">\n    {link}\n  </li>").expect("memory takes all writes");
    }
    let mut next = String::new();
    for other in (1..=75).map(|n| (number + n) % pages) {
        let link = format!("<a href=\"/tin-tuc/bai-viet-{other}.html\">Bài {other} của cổng {host}</a>");
        writeln!(next, "<li class=\"item\">\n  <h3>{link}</h3>\n  <span class=\"date\">12/05/2026</span></li>")
            .expect("memory takes all writes");
    }
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><title>Bài {number} của cổng {host}</title>\
         <meta property=\"article:published_time\" content=\"2026-05-12T08:30:00+07:00\"></head><body><ul>{menu}</ul>\
         <article><h1>Bài {number} của cổng {host}</h1><div class=\"date\">12/05/2026 08:30</div>\
         <div itemprop=\"articleBody\">{paragraphs}</div></article><ul>{next}</ul></body></html>"
    )
}

/// A sentence of some thirty words that no other page is likely to have.
fn sentence(seed: &mut u64) -> String {
    const WORDS: [&str; 48] = [
        "Ủy",
        "ban",
        "nhân",
        "dân",
        "phường",
        "tổ",
        "chức",
        "hội",
        "nghị",
        "đánh",
        "giá",
        "kết",
        "quả",
        "cải",
        "cách",
        "hành",
        "chính",
        "quý",
        "này",
        "rà",
        "soát",
        "từng",
        "thủ",
        "tục",
        "và",
        "giao",
        "việc",
        "cho",
        "các",
        "bộ",
        "phận",
        "một",
        "cửa",
        "tiếp",
        "nhận",
        "hồ",
        "sơ",
        "trực",
        "tuyến",
        "của",
        "người",
        "doanh",
        "nghiệp",
        "trên",
        "địa",
        "bàn",
        "thành",
        "phố",
    ];
    let mut word = || {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        WORDS[(*seed >> 33) as usize % WORDS.len()]
    };
    (0..30).map(|_| word()).collect::<Vec<_>>().join(" ") + "."
}
