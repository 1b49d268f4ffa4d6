//! Whole rounds of one site, without a network: pages are handed in as they would be read.

mod doubted;
mod filling;
mod relied;
mod unread;
mod watched;

use super::*;
use crate::coverage::Observation;
use crate::crawl::desk::{Item, Nature, Outcome, Reading};
use crate::crawl::discover::sitemap::Sitemap;
use crate::data::Data;
use crate::platform::ListingRequest;
use crate::site::{PlatformManners, Sites};
use crate::time;
use chrono::TimeDelta;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use url::Url;

static PLATFORMS: LazyLock<Arc<Platforms>> =
    LazyLock::new(|| Arc::new(Platforms::parse(&Data::built_in()).expect("the built-in platforms are tested")));

/// What a portal shows at one address.
#[derive(Clone, Debug)]
enum Shown {
    Article(&'static str),
    /// Items with their day of May 2026, and where the list goes on: a path, or `#` and the number of a
    /// page that is asked for by POST.
    List(Vec<(String, u32)>, Option<String>),
    Links(Vec<String>),
    Feed(Vec<(String, u32)>),
    Sitemap(Vec<String>, Vec<String>),
    Fails(Cause),
    /// The same page at every address: there was an error.
    Error,
}

/// One portal over several nights.
struct Portal {
    shown: BTreeMap<String, Shown>,
    home: Shown,
    /// Addresses that lead to others.
    landed: BTreeMap<String, String>,
    /// Addresses at which a list goes on by a script.
    scripted: Vec<String>,
    feeds: Vec<Url>,
    sitemaps: Vec<Url>,
    /// What sitemaps say of every page.
    lastmod: Option<Time>,
    site: Arc<Site>,
    settings: Settings,
    memory: SiteMemory,
    visits: HashMap<String, Visit>,
    pending: BTreeMap<String, Target>,
    now: Time,
    bounds: Bounds,
    /// Requests after which a night is cut short.
    patience: usize,
    /// Known articles that are due to be looked at again.
    due: Vec<String>,
}

/// The path a request goes to; of a POST the number of the page it asks for.
fn path_of(target: &Target) -> String {
    match target.request.as_ref().and_then(ListingRequest::page) {
        Some(page) => format!("#{page}"),
        None => target.url.to_url().path().to_owned(),
    }
}

/// Where a list goes on.
fn request(next: &str) -> ListingRequest {
    match next.strip_prefix('#') {
        Some(page) => ListingRequest {
            form: vec![("PageIndex".to_owned(), page.to_owned())],
            page_field: "PageIndex".to_owned(),
            ..ListingRequest::link(&url("/danh-sach"))
        },
        None => ListingRequest::link(&url(next)),
    }
}

/// A look at a known article.
fn recheck(path: &str) -> Target {
    let url = CanonicalUrl::new(&url(path)).unwrap();
    Target {
        key: url.key().to_owned(),
        url,
        aim: Aim::Recheck,
        depth: 0,
        via: None,
        hints: crate::crawl::desk::Hints::default(),
        request: None,
        list: None,
        tries: 0,
        before: None,
    }
}

fn url(path: &str) -> Url {
    Url::parse("https://a.vn/").unwrap().join(path).unwrap()
}

fn may(day: u32) -> Time {
    time::parse(&format!("2026-05-{day:02}T08:00:00+07:00")).unwrap()
}

/// Articles of these days, the newest first.
fn articles(days: impl DoubleEndedIterator<Item = u32>) -> Vec<(String, u32)> {
    days.rev().map(|day| (format!("/tin/bai-{day}.html"), day)).collect()
}

fn paths(days: std::ops::RangeInclusive<u32>) -> Vec<String> {
    articles(days).into_iter().map(|(path, _)| path).collect()
}

impl Portal {
    fn new(home: Shown) -> Self {
        let text =
            "[crawler]\ncontact = \"mailto:a@b.vn\"\n[[site]]\nid = \"a\"\nhost = \"a.vn\"\nchannel = \"other\"\n";
        let sites = Sites::parse("s", text).unwrap();
        Self {
            shown: BTreeMap::new(),
            home,
            landed: BTreeMap::new(),
            scripted: Vec::new(),
            feeds: Vec::new(),
            sitemaps: Vec::new(),
            lastmod: None,
            settings: sites.settings(&sites.sites[0], PlatformManners::default()),
            site: Arc::new(sites.sites[0].clone()),
            memory: SiteMemory::default(),
            visits: HashMap::default(),
            pending: BTreeMap::new(),
            now: may(20),
            bounds: Bounds::default(),
            patience: usize::MAX,
            due: Vec::new(),
        }
    }

    fn show(&mut self, path: &str, shown: Shown) {
        self.shown.insert(path.to_owned(), shown);
    }

    /// One night: the paths asked for, and what it covered.
    fn night(&mut self) -> (Vec<String>, Observation) {
        let site = self.site.clone();
        let memory = self.memory.clone();
        let mut round =
            Round::new(site.clone(), self.settings.clone(), PLATFORMS.clone(), memory, self.bounds, self.now);
        let visits = self.visits.clone();
        let due = self.due.iter().map(|path| recheck(path)).collect();
        round.start(&site.start(), &self.sitemaps, self.pending.values().cloned().collect(), due, &|key| {
            visits.get(key).cloned()
        });
        let mut asked = Vec::new();
        while let Some(target) = round.next_target() {
            if asked.len() >= self.patience {
                round.put_back(target);
                round.stop(Cause::Stopped);
                break;
            }
            asked.push(path_of(&target));
            let answer = self.answer(&target, round.before(&target));
            let visits = self.visits.clone();
            let event = round.digest(target, answer, &|key| visits.get(key).cloned());
            if !event.stays_pending {
                self.pending.remove(&event.key);
            }
            self.pending.extend(event.found.into_iter().map(|t| (t.key.clone(), t)));
            if event.aim != Aim::Watch || event.outcome != Outcome::Gone {
                self.visits.insert(event.key, event.visit);
            }
        }
        self.now += TimeDelta::hours(1);
        let seen = round.finish(self.now);
        self.memory = round.memory;
        self.now += TimeDelta::hours(23);
        (asked, seen)
    }

    fn answer(&self, target: &Target, before: Option<Visit>) -> Answer<()> {
        let asked = path_of(target);
        let landed = self.landed.get(&asked);
        let path = landed.cloned().unwrap_or(asked);
        let shown = if path == "/" { Some(&self.home) } else { self.shown.get(&path) };
        let etag = Some(format!("{shown:?}"));
        let content = match shown {
            None => Content::Failed(Cause::NotFound, String::new()),
            Some(Shown::Fails(cause)) => Content::Failed(*cause, String::new()),
            Some(_) if before.is_some_and(|visit| visit.etag == etag) => Content::Unchanged,
            Some(Shown::Feed(items)) => Content::Feed(listed(items)),
            Some(Shown::Sitemap(pages, sitemaps)) => Content::Sitemap(Sitemap {
                pages: pages.iter().map(|p| Item { url: url(p), date: self.lastmod }).collect(),
                sitemaps: sitemaps.iter().map(|p| Item { url: url(p), date: None }).collect(),
                cut: false,
            }),
            Some(page) => {
                let hash = xxhash_rust::xxh3::xxh3_64(match page {
                    Shown::Error => b"error",
                    _ => path.as_bytes(),
                });
                let scripted = self.scripted.contains(&path);
                Content::Page(Box::new(self.reading(page, &path)), Body { hash, scripted })
            }
        };
        let status = match content {
            Content::Failed(Cause::NotFound, _) => 404,
            Content::Failed(..) => 500,
            Content::Unchanged => 304,
            _ => 200,
        };
        Answer {
            at: self.now,
            landed: landed.and_then(|path| CanonicalUrl::new(&url(path))),
            status,
            capture: None,
            etag,
            last_modified: None,
            sent: !matches!(shown, Some(Shown::Fails(Cause::Robots))),
            content,
        }
    }

    fn reading(&self, page: &Shown, path: &str) -> Reading<()> {
        let day = path.trim_start_matches("/tin/bai-").trim_end_matches(".html").parse();
        match page {
            Shown::Article(text) => Reading {
                article: Some(()),
                published: day.ok().map(may),
                text_hash: Some(xxhash_rust::xxh3::xxh3_64(text.as_bytes())),
                twin_hash: Some(xxhash_rust::xxh3::xxh3_64(text.as_bytes())),
                ..Reading::empty(Nature::Article)
            },
            Shown::List(items, next) => Reading {
                items: listed(items),
                links: items.iter().map(|(p, _)| url(p)).collect(),
                next: next.as_deref().map(request),
                feeds: self.feeds.clone(),
                ..Reading::empty(Nature::Listing)
            },
            Shown::Links(paths) => Reading {
                links: paths.iter().map(|p| url(p)).collect(),
                feeds: self.feeds.clone(),
                ..Reading::empty(Nature::Other)
            },
            _ => Reading { links: vec![url("/lien-he")], ..Reading::empty(Nature::Other) },
        }
    }
}

fn listed(items: &[(String, u32)]) -> Vec<Item> {
    items.iter().map(|(path, day)| Item { url: url(path), date: (*day > 0).then(|| may(*day)) }).collect()
}

/// A portal with twelve articles on four list pages, the first of them its home page.
fn with_list() -> Portal {
    let mut portal = Portal::new(Shown::List(articles(10..=12), Some("/trang/2".to_owned())));
    portal.show("/trang/2", Shown::List(articles(7..=9), Some("/trang/3".to_owned())));
    portal.show("/trang/3", Shown::List(articles(4..=6), Some("/trang/4".to_owned())));
    portal.show("/trang/4", Shown::List(articles(1..=3), None));
    for day in 1..=12 {
        let text: &'static str = Box::leak(format!("bài {day}").into_boxed_str());
        portal.show(&format!("/tin/bai-{day}.html"), Shown::Article(text));
    }
    portal
}

fn covers(seen: &Observation) -> String {
    let since = seen.since.map_or("-".to_owned(), |t| t.format("%Y-%m-%d").to_string());
    format!("{since} {:?} {}", seen.via, seen.cause.map_or("-", Cause::code))
}

#[test]
fn the_first_night_reads_a_list_to_its_end() {
    let mut portal = with_list();
    let (asked, seen) = portal.night();
    assert_eq!(asked.len(), 16);
    assert_eq!(asked[..4], ["/", "/tin/bai-12.html", "/tin/bai-11.html", "/tin/bai-10.html"]);
    assert_eq!(seen.since.map(|t| t.date_naive().to_string()).as_deref(), Some("2000-01-01"));
    assert_eq!(seen.cause, None);
}

#[test]
fn a_quiet_night_asks_once_and_news_cost_one_request_more() {
    let mut portal = with_list();
    portal.night();
    let (asked, seen) = portal.night();
    assert_eq!(asked, ["/"]);
    assert_eq!(covers(&seen), "2026-05-20 Listing -");
    portal.home = Shown::List(articles(11..=13), Some("/trang/2".to_owned()));
    portal.show("/tin/bai-13.html", Shown::Article("bài 13"));
    let (asked, _) = portal.night();
    assert_eq!(asked, ["/", "/tin/bai-13.html"]);
}

#[test]
fn news_beyond_the_first_page_are_followed_until_known_ones() {
    let mut portal = with_list();
    portal.night();
    portal.home = Shown::List(articles(16..=18), Some("/trang/2".to_owned()));
    portal.show("/trang/2", Shown::List(articles(12..=15), Some("/trang/3".to_owned())));
    for day in 13..=18 {
        let text: &'static str = Box::leak(format!("bài {day}").into_boxed_str());
        portal.show(&format!("/tin/bai-{day}.html"), Shown::Article(text));
    }
    let (asked, seen) = portal.night();
    assert_eq!(asked.len(), 8, "{asked:?}");
    assert!(!asked.contains(&"/trang/3".to_owned()));
    assert_eq!(covers(&seen), "2026-05-20 Listing -");
}

#[test]
fn a_list_that_no_longer_meets_known_items_is_a_gap() {
    let mut portal = with_list();
    portal.night();
    portal.home = Shown::List(articles(16..=18), Some("/trang/2".to_owned()));
    portal.show("/trang/2", Shown::Fails(Cause::ServerError));
    let (_, seen) = portal.night();
    assert_eq!(seen.since, None, "{seen:?}");
}

#[test]
fn a_night_cut_short_goes_on_where_it_ended() {
    let mut portal = with_list();
    portal.patience = 6;
    let (first, seen) = portal.night();
    assert_eq!(first.len(), 6);
    assert_eq!(seen.cause, Some(Cause::Stopped));
    portal.patience = usize::MAX;
    let (second, seen) = portal.night();
    let fetched: std::collections::BTreeSet<&String> =
        first.iter().chain(&second).filter(|p| p.starts_with("/tin/")).collect();
    assert_eq!(fetched.len(), 12);
    assert_eq!(seen.cause, None, "{seen:?}");
    let twice = second.iter().filter(|p| p.starts_with("/tin/") && first.contains(p)).count();
    assert_eq!(twice, 0, "nothing is fetched twice");
}

#[test]
fn a_bound_ends_the_list() {
    let mut portal = with_list();
    portal.bounds.since = Some(may(8));
    let (asked, seen) = portal.night();
    assert!(asked.contains(&"/tin/bai-8.html".to_owned()));
    assert!(!asked.contains(&"/tin/bai-7.html".to_owned()) && !asked.contains(&"/trang/3".to_owned()));
    assert!(seen.since.is_some_and(|since| since >= may(7)), "{seen:?}");
}

#[test]
fn with_a_feed_two_requests_are_enough() {
    let mut portal = with_list();
    portal.home = Shown::Links(vec!["/muc-a".to_owned(), "/muc-b".to_owned(), "/trang/2".to_owned()]);
    portal.show("/muc-a", Shown::List(articles(10..=11), Some("/muc-a/2".to_owned())));
    portal.show("/muc-a/2", Shown::List(articles(9..=9), None));
    portal.show("/muc-b", Shown::List(articles(12..=12), Some("/muc-b/2".to_owned())));
    portal.show("/muc-b/2", Shown::List(articles(8..=8), None));
    portal.feeds = vec![url("/rss")];
    portal.show("/rss", Shown::Feed(articles(9..=12)));
    portal.night();
    let (asked, seen) = portal.night();
    assert!(asked.len() <= 2 && asked.contains(&"/rss".to_owned()), "{asked:?}");
    assert!(seen.since.is_some(), "{seen:?}");
}

#[test]
fn a_failing_article_is_tried_twice_and_leaves_no_false_coverage() {
    let mut portal = with_list();
    portal.show("/tin/bai-5.html", Shown::Fails(Cause::ServerError));
    let (asked, seen) = portal.night();
    assert_eq!(asked.iter().filter(|p| *p == "/tin/bai-5.html").count(), 2);
    assert_eq!(seen.cause, Some(Cause::ServerError));
    assert!(seen.since.is_some_and(|since| since > may(5) && since < may(6)), "{seen:?}");
    // The next night tries again.
    portal.show("/tin/bai-5.html", Shown::Article("bài năm"));
    let (asked, _) = portal.night();
    assert!(asked.contains(&"/tin/bai-5.html".to_owned()), "{asked:?}");
}

/// A portal whose home page shows its newest articles and nothing else.
fn with_home(days: std::ops::RangeInclusive<u32>) -> Portal {
    let mut portal = with_list();
    portal.home = Shown::Links(articles(days).into_iter().map(|(path, _)| path).collect());
    portal
}
