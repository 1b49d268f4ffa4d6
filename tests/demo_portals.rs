//! The demo portals over real HTTP: they answer as the platforms they stand for.

use cchc_audit::data::Data;
use cchc_audit::demo::{Demo, Portals};
use cchc_audit::site::{Confidence, PlatformManners, Sites};
use reqwest::header::{ETAG, HOST, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, SERVER};
use reqwest::{Client, Response, StatusCode};
use std::sync::Arc;
use std::time::Duration;

/// The portals, and a visitor who finds them under their registered names.
struct Visit {
    portals: Portals,
    client: Client,
}

impl Visit {
    async fn on_night(night: usize) -> Self {
        let demo = Arc::new(Demo::read(&Data::built_in()).unwrap());
        let at = demo.nights[night];
        let portals = Portals::start(demo, at).await.unwrap();
        rustls::crypto::ring::default_provider().install_default().ok();
        let mut client = Client::builder().redirect(reqwest::redirect::Policy::none());
        for (host, address) in &portals.addresses {
            client = client.resolve(host, *address);
        }
        Self { portals, client: client.build().unwrap() }
    }

    async fn get(&self, url: &str) -> Response {
        self.client.get(url).send().await.unwrap()
    }

    async fn text(&self, url: &str) -> String {
        let response = self.get(url).await;
        assert_eq!(response.status(), StatusCode::OK, "{url}");
        response.text().await.unwrap()
    }

    fn url(&self, article: &str) -> String {
        self.portals.demo().url(article).unwrap()
    }
}

/// What stands between `before` and the next double quote.
fn quoted_after<'a>(page: &'a str, before: &str) -> &'a str {
    page.split_once(before).unwrap().1.split('"').next().unwrap()
}

fn count(page: &str, part: &str) -> usize {
    page.matches(part).count()
}

#[tokio::test]
async fn an_ims_section_is_listed_page_by_page_until_a_page_is_empty() {
    let visit = Visit::on_night(1).await;
    let section = visit.text("http://caicachhanhchinh.hanoi.gov.vn/so-nganh").await;
    let field = |name: &str| quoted_after(&section, &format!("name=\"{name}\" value=\"")).to_owned();
    let fields = ["PageSize", "Catname", "LanguageId", "Site"].map(|name| (name, field(name)));
    let mut listed = Vec::new();
    for page in 0.. {
        let mut form = url::form_urlencoded::Serializer::new(format!("PageIndex={page}"));
        form.extend_pairs(&fields);
        let request = visit.client.post("http://caicachhanhchinh.hanoi.gov.vn/api/NewsZone/NewsZone");
        let response = request.body(form.finish()).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let fragment = response.text().await.unwrap();
        assert!(!fragment.contains("<html"), "a fragment, not a page");
        let items: Vec<String> =
            fragment.split("class=\"news-item\" data-id=\"").skip(1).map(|s| s[..20].to_owned()).collect();
        if items.is_empty() {
            break;
        }
        listed.extend(items);
    }
    let demo = visit.portals.demo();
    let city = demo.portal("caicachhanhchinh.hanoi.gov.vn").unwrap();
    let online = city.articles.iter().filter(|a| a.sections.contains(&"so-nganh".to_owned())).count();
    assert!(listed.len() > 2 * city.page_size, "several pages");
    assert_eq!(listed.len(), online);
    listed.sort_unstable();
    listed.dedup();
    assert_eq!(listed.len(), online, "no item twice");
}

#[tokio::test]
async fn an_ims_listing_request_with_foreign_values_lists_nothing() {
    let visit = Visit::on_night(0).await;
    let request = visit.client.post("http://hadong.hanoi.gov.vn/api/NewsZone/NewsZone");
    let response = request.body("PageIndex=0&PageSize=x&Catname=x&LanguageId=x&Site=x").send().await.unwrap();
    assert_eq!(count(&response.text().await.unwrap(), "news-item"), 0);
}

#[tokio::test]
async fn liferay_shows_one_article_under_every_language_and_section() {
    let visit = Visit::on_night(0).await;
    let main = visit.url("tp-ba-dia-chi");
    let path = main.strip_prefix("http://sotuphap.hanoi.gov.vn").unwrap();
    let (_, name) = path.split_once("/-/").unwrap();
    for copy in ["", "/vi", "/en"] {
        for section in ["cai-cach-hanh-chinh", "tin-tuc-su-kien"] {
            let page = visit.text(&format!("http://sotuphap.hanoi.gov.vn{copy}/{section}/-/{name}")).await;
            assert_eq!(count(&page, "<div class=\"asset-full-content-title\">Phiếu lý lịch tư pháp điện tử"), 1);
            assert_eq!(count(&page, "07/04/2026 | 04:10 PM"), 1, "AM and PM in Vietnamese too");
            let canonical = format!("https://sotuphap.hanoi.gov.vn{copy}/{section}/-/{name}");
            assert!(page.contains(&canonical), "the canonical link differs by section and language");
        }
    }
    let list = visit.text("http://sotuphap.hanoi.gov.vn/tin-tuc-su-kien").await;
    assert!(list.contains("_101_cur=2") || !list.contains("lfr-pagination"));
}

#[tokio::test]
async fn plain_listings_link_to_their_next_page_until_the_last() {
    let visit = Visit::on_night(1).await;
    let mut address = Some("http://hanoi.gdt.gov.vn/tin-tuc".to_owned());
    let (mut pages, mut items) = (0, 0);
    while let Some(url) = address {
        let page = visit.text(&url).await;
        pages += 1;
        items += count(&page, "<article");
        let next = page.split_once("rel=\"next\" href=\"").map(|(_, rest)| rest.split('"').next().unwrap());
        address = next.map(|path| format!("http://hanoi.gdt.gov.vn{path}"));
    }
    let articles = visit.portals.demo().portal("hanoi.gdt.gov.vn").unwrap().articles.len();
    assert_eq!((pages, items), (2, articles));
}

#[tokio::test]
async fn what_a_visitor_has_already_is_not_sent_again() {
    let visit = Visit::on_night(0).await;
    for url in [visit.url("hbt-truc-trua"), "http://haibatrung.hanoi.gov.vn/".to_owned()] {
        let first = visit.get(&url).await;
        let (etag, modified) = (first.headers()[ETAG].clone(), first.headers()[LAST_MODIFIED].clone());
        for (name, value) in [(IF_NONE_MATCH, etag), (IF_MODIFIED_SINCE, modified)] {
            let again = visit.client.get(&url).header(name, value).send().await.unwrap();
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
            assert_eq!(again.text().await.unwrap(), "");
        }
        let other = visit.client.get(&url).header(IF_NONE_MATCH, "\"0\"").send().await.unwrap();
        assert_eq!(other.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn the_second_night_shows_what_appeared_and_what_is_gone() {
    let visit = Visit::on_night(0).await;
    let (appears, goes) = (visit.url("kc-du-lieu-mo"), visit.url("da-da-go"));
    assert_eq!(visit.get(&appears).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(visit.get(&goes).await.status(), StatusCode::OK);
    let home = "http://donganh.hanoi.gov.vn/";
    let etag = visit.get(home).await.headers()[ETAG].clone();
    visit.portals.show(visit.portals.demo().nights[1]);
    assert_eq!(visit.get(&appears).await.status(), StatusCode::OK);
    assert_eq!(visit.get(&goes).await.status(), StatusCode::NOT_FOUND);
    let changed = visit.client.get(home).header(IF_NONE_MATCH, etag).send().await.unwrap();
    assert_eq!(changed.status(), StatusCode::OK, "the home page lost an item");
}

#[tokio::test]
async fn robots_feeds_and_sitemaps_are_where_the_portals_say() {
    let visit = Visit::on_night(1).await;
    for portal in visit.portals.demo().portals.iter().filter(|p| !p.down) {
        let root = format!("http://{}", portal.host);
        let robots = visit.text(&format!("{root}/robots.txt")).await;
        assert!(robots.contains(&format!("Crawl-delay: {}", portal.crawl_delay)));
        let sitemap = robots.lines().find_map(|line| line.strip_prefix("Sitemap: "));
        assert_eq!(sitemap.is_some(), portal.sitemap, "{root}");
        if let Some(sitemap) = sitemap {
            assert_eq!(count(&visit.text(sitemap).await, "<loc>"), portal.articles.len() - gone(portal), "{root}");
        }
        let home = visit.text(&format!("{root}/")).await;
        assert_eq!(home.contains("application/rss+xml"), portal.feed, "{root}");
        if portal.feed {
            let path = quoted_after(&home[home.find("rss+xml").unwrap()..], "href=\"");
            let feed = visit.text(&format!("{root}{path}")).await;
            assert!(count(&feed, "<item>") > 0);
        }
    }
}

fn gone(portal: &cchc_audit::demo::Portal) -> usize {
    portal.articles.iter().filter(|a| a.removed.is_some()).count()
}

#[tokio::test]
async fn every_page_that_a_portal_links_to_is_there() {
    let visit = Visit::on_night(0).await;
    for portal in visit.portals.demo().portals.iter().filter(|p| !p.down) {
        let home = visit.get(&format!("http://{}/", portal.host)).await;
        assert!(home.headers()[SERVER].to_str().unwrap().contains("demo"), "the archive is to say what it holds");
        let home = home.text().await.unwrap();
        assert!(home.contains("hư cấu"), "and so is the page");
        for path in home.split("href=\"/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            visit.text(&format!("http://{}/{path}", portal.host)).await;
        }
    }
}

#[tokio::test]
async fn a_portal_that_is_down_refuses_and_an_unknown_name_is_misdirected() {
    let visit = Visit::on_night(0).await;
    let refused = visit.client.get("http://hanoi.baohiemxahoi.gov.vn/").send().await;
    assert!(refused.unwrap_err().is_connect());
    let stranger = visit.client.get("http://hadong.hanoi.gov.vn/").header(HOST, "example.vn").send().await.unwrap();
    assert_eq!(stranger.status(), StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn the_demos_sites_file_leads_every_portal_to_its_loopback_address() {
    let visit = Visit::on_night(0).await;
    let sites = Sites::parse("demo", &visit.portals.sites_toml()).unwrap_or_else(|faults| panic!("{faults:#?}"));
    assert_eq!(sites.sites.len(), visit.portals.demo().portals.len());
    assert_eq!(sites.crawler.allow_private, Some(true));
    for site in &sites.sites {
        let target = sites.crawler.resolve[&site.host];
        assert_eq!(Some(target.port), visit.portals.addresses.get(&site.host).map(|a| Some(a.port())), "{}", site.id);
        assert!(target.ip.is_loopback() && site.confidence == Confidence::Sure);
        let settings = sites.settings(site, PlatformManners { shared: true, delay: Some(Duration::from_secs(5)) });
        assert!(settings.delay < Duration::from_secs(1), "the demo is to end within a minute");
    }
}
