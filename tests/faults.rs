//! Faults of our own: whatever part of a crawl breaks, the run ends with an error that names it,
//! and a rebuild refuses what the crawl refused.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod loopback;

use cchc_audit::archive::{Options, Writer};
use cchc_audit::conduct::Conduct;
use cchc_audit::coverage::Observation;
use cchc_audit::crawl::desk::{Desk, Fetched, SiteMemory, Target, Visit};
use cchc_audit::crawl::{self, Bounds, Clock, Report, Run, Stop};
use cchc_audit::data::Data;
use cchc_audit::error::Result;
use cchc_audit::nightly::{Job, PageReader, Read, Scope};
use cchc_audit::owner::Owner;
use cchc_audit::rebuild;
use cchc_audit::rules::Rules;
use cchc_audit::site::Sites;
use cchc_audit::time::{self, Time};
use flate2::{Compression, write::GzEncoder};
use loopback::{Portal, World, article, html, links, reply, status};
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const HOST: &str = "phuong.vn";

/// A desk that breaks at one of its duties.
struct Broken(&'static str);

impl Broken {
    fn at(&self, duty: &str) {
        assert_ne!(self.0, duty, "bàn {duty} gãy");
    }
}

impl Desk<Box<Read>> for Broken {
    fn visit(&self, _key: &str) -> Option<Visit> {
        self.at("visit");
        None
    }

    fn site(&self, _site: &str) -> SiteMemory {
        self.at("site");
        SiteMemory::default()
    }

    fn pending(&self, _site: &str) -> Vec<Target> {
        Vec::new()
    }

    fn due(&self, _site: &str, _now: Time, _limit: usize) -> Vec<Target> {
        Vec::new()
    }

    fn fetched(&self, _event: Fetched<Box<Read>>) -> Result<()> {
        self.at("fetched");
        Ok(())
    }

    fn remember(&self, _site: &str, _memory: &SiteMemory) -> Result<()> {
        self.at("remember");
        Ok(())
    }

    fn observed(&self, _observation: &Observation, _conduct: &Conduct) -> Result<()> {
        self.at("observed");
        Ok(())
    }
}

fn portal() -> Portal {
    Portal::pages(HOST, &[("/", &links(&["/tin/bai-1.html"])), ("/tin/bai-1.html", &article("Bài một"))])
}

/// One night with a broken desk and one worker, the clock and the look-up as given.
fn crawl(world: &World, desk: &Broken, clock: Clock) -> Result<Report> {
    let archive = Writer::open(&world.folder.path().join("archive"), Options::default()).unwrap();
    let run = Run {
        sites: Arc::new(world.sites()),
        only: Vec::new(),
        platforms: world.platforms.clone(),
        bounds: Bounds::default(),
        max_pages: None,
        until: Some(time::parse("2026-05-21T05:00:00+07:00").unwrap()),
        clock,
        seed: 7,
        stop: Stop::new(),
        lookup: world.lookup.clone(),
        workers: 1,
    };
    crawl::run(&run, &PageReader { platforms: &world.platforms }, desk, &archive)
}

fn evening(world: &World) -> Clock {
    let now = *world.now.lock().unwrap();
    Arc::new(move || now)
}

#[test]
fn a_worker_that_breaks_ends_the_run_and_is_named() {
    for duty in ["visit", "site", "fetched", "remember", "observed"] {
        let world = World::new(vec![portal()]);
        let error = crawl(&world, &Broken(duty), evening(&world)).unwrap_err().to_string();
        assert!(error.contains(&format!("bàn {duty} gãy")) && error.contains("phuong"), "{duty}: {error}");
    }
}

#[test]
fn a_group_that_breaks_does_not_vanish_from_the_report() {
    let world = World::new(vec![portal()]);
    // Choosing the sites, the certificates, the lane: what asks for the time next is the group.
    let (asked, evening) = (AtomicUsize::new(0), evening(&world));
    let clock: Clock = Arc::new(move || {
        assert!(asked.fetch_add(1, Ordering::SeqCst) < 4, "đồng hồ gãy");
        evening()
    });
    let error = crawl(&world, &Broken("nothing"), clock).unwrap_err().to_string();
    assert!(error.contains("đồng hồ gãy") && error.contains("phuong-vn"), "{error}");
}

#[test]
fn a_look_up_that_breaks_ends_the_run() {
    let mut world = World::new(vec![portal()]);
    world.crawler = "delay = \"0s\"".to_owned();
    let mut sites = world.sites();
    sites.crawler.resolve.clear();
    world.lookup = Arc::new(|_| Box::pin(async { panic!("danh bạ gãy") }));
    let archive = Writer::open(&world.folder.path().join("archive"), Options::default()).unwrap();
    let run = Run {
        sites: Arc::new(sites),
        only: Vec::new(),
        platforms: world.platforms.clone(),
        bounds: Bounds::default(),
        max_pages: None,
        until: None,
        clock: evening(&world),
        seed: 7,
        stop: Stop::new(),
        lookup: world.lookup.clone(),
        workers: 1,
    };
    let reader = PageReader { platforms: &world.platforms };
    let error = crawl::run(&run, &reader, &Broken("nothing"), &archive).unwrap_err().to_string();
    assert!(error.contains("danh bạ gãy"), "{error}");
}

#[test]
fn a_rebuild_refuses_what_the_crawl_refused() {
    let prose = "<p>Ủy ban nhân dân phường triển khai kế hoạch cải cách hành chính năm 2026.</p>".repeat(9);
    let deep = format!("<html><body>{prose}<math>{}", "<td>".repeat(100_000));
    let tags = article("Bài nhiều thẻ").replace("</body>", &"<p>".repeat(310_000));
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    // Signs that pack badly, so that their size alone speaks against them.
    let large: String = (0..200_000u32).map(|n| format!("{:x} ", n.wrapping_mul(2_654_435_761))).collect();
    packer.write_all(article("Bài quá lớn").replace("</body>", &large).as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    let portal = Portal::serve(
        HOST,
        Arc::new(move |request, stream| match request.path.as_str() {
            "/" => html(stream, &links(&["/tin/bai-1.html", "/tin/sau.html", "/tin/the.html", "/tin/lon.html"])),
            "/tin/bai-1.html" => html(stream, &article("Bài một")),
            "/tin/sau.html" => html(stream, &deep),
            "/tin/the.html" => reply(stream, 200, "Content-Type: text/xml\r\n", tags.as_bytes()),
            "/tin/lon.html" => reply(stream, 200, "Content-Type: text/html\r\nContent-Encoding: gzip\r\n", &packed),
            _ => status(stream, 404, ""),
        }),
    );
    let text = format!(
        "[crawler]\ncontact = \"mailto:a@b.vn\"\ndelay = \"0s\"\nallow_private = true\nmax_page_size = \"1500 kB\"\n\
         resolve = {{ \"{HOST}\" = \"{}\" }}\n[[site]]\nid = \"phuong\"\nhost = \"{HOST}\"\nchannel = \"other\"\n\
         seeds = [\"http://{HOST}/\"]\n",
        portal.address
    );
    let (rules, sites) = (Rules::parse(Data::built_in()).unwrap(), Sites::parse("sites.toml", &text).unwrap());
    let dir = tempfile::tempdir().unwrap();
    let owner = Owner::take(dir.path(), "test").unwrap();
    let job = Job {
        owner: &owner,
        rules: &rules,
        sites: Arc::new(sites.clone()),
        sites_text: &text,
        clock: Arc::new(|| time::parse("2026-05-20T22:00:00+07:00").unwrap()),
        stop: Stop::new(),
        description: None,
        requests: &|_| {},
        stages: &|_, _, _| {},
    };
    let report = job.night(&Scope::default()).unwrap().crawled;
    let skipped = &report.sites[0].1.skipped;
    assert_eq!((skipped["unreadable"], skipped["too_large"]), (2, 1), "{skipped:?}");
    let urls = || owner.store.heads().map(|head| head.unwrap().url).collect::<Vec<_>>();
    let crawled = urls();
    assert_eq!(crawled.len(), 1, "{crawled:?}");
    rebuild::rebuild(&owner, &rules, Some(&sites), &|_, _, _| {}).unwrap();
    assert_eq!(urls(), crawled);
}
