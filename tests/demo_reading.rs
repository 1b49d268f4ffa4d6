//! What the demo portals show is read as what it is.
//!
//! No crawl: the pages come straight from the portals' answers, so a fault of reading shows here
//! alone, in a second. The whole job against the portals is tested in `demo_nights.rs`.

use cchc_audit::data::Data;
use cchc_audit::demo::{Ask, Demo, DemoArticle, Platform, Portal};
use cchc_audit::extract::{self, Extracted, Nature, Page, Reading};
use cchc_audit::platform::{ListingRequest, Platforms};
use cchc_audit::time::Time;
use std::collections::BTreeSet;
use url::Url;

fn demo() -> Demo {
    Demo::read(&Data::built_in()).unwrap()
}

fn platforms() -> Platforms {
    Platforms::parse(&Data::built_in()).unwrap()
}

fn read(demo: &Demo, portal: &Portal, request: &ListingRequest, at: Time, platforms: &Platforms) -> Reading {
    let url = &Url::parse(&request.url).unwrap();
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&request.form).finish();
    let ask = Ask {
        method: if form.is_empty() { "GET" } else { "POST" },
        path: url.path(),
        query: url.query().unwrap_or_default(),
        form: &form,
    };
    let answer = demo.answer(portal, ask, at);
    assert_eq!(answer.status, 200, "{url}: {}", answer.body);
    let page = Page {
        url,
        body: answer.body.as_bytes(),
        content_type: Some(answer.content_type),
        platform: None,
        request: (!form.is_empty()).then_some(request),
        at: Some(at),
    };
    extract::read(&page, platforms)
}

fn read_article(demo: &Demo, portal: &Portal, article: &DemoArticle, at: Time, platforms: &Platforms) -> Extracted {
    let url = Url::parse(&demo.url(&article.id).unwrap()).unwrap();
    let reading = read(demo, portal, &ListingRequest::link(&url), at, platforms);
    assert_eq!(reading.nature, Nature::Article, "{}", article.id);
    reading.article.unwrap()
}

#[test]
fn articles_of_every_platform_are_read_as_written() {
    let (demo, platforms) = (demo(), platforms());
    let at = demo.nights[0];
    for portal in &demo.portals {
        for article in portal.articles.iter().filter(|a| a.online(at)) {
            let read = read_article(&demo, portal, article, at, &platforms);
            let expected = match portal.platform {
                Platform::Plain => "generic",
                known => known.id(),
            };
            assert_eq!(read.platform, expected, "{}", article.id);
            assert_eq!(read.title, article.title, "{}", article.id);
            if portal.platform == Platform::Plain {
                // Nobody said where date, lead and author stand there: they may be taken for paragraphs.
                let missing: Vec<_> = article.body.iter().filter(|p| !read.body.contains(p)).collect();
                assert_eq!((missing.len(), read.body.len() <= article.body.len() + 3), (0, true), "{read:#?}");
            } else {
                assert_eq!((&read.sapo, &read.body), (&article.sapo, &article.body), "{}", article.id);
                assert_eq!(read.author, article.author, "{}", article.id);
            }
            if article.shown.is_none() {
                assert_eq!(read.published, Some(article.published), "{}", article.id);
            }
        }
    }
}

#[test]
fn the_two_odd_dates_are_read_with_their_contradictions() {
    let (demo, platforms) = (demo(), platforms());
    let at = demo.nights[0];
    let read = |host: &str, id: &str| {
        let portal = demo.portal(host).unwrap();
        let article = portal.articles.iter().find(|a| a.id == id).unwrap();
        (article.created, read_article(&demo, portal, article, at, &platforms))
    };
    let (created, broken) = read("cuanam.hanoi.gov.vn", "cn-ngay-hong");
    assert_eq!((broken.published, broken.times.page), (Some(created), None), "the address tells in its place");
    let (created, moved_back) = read("hadong.hanoi.gov.vn", "hd-lui-ngay");
    assert_eq!(moved_back.published.unwrap().to_rfc3339(), "2026-04-28T08:10:00+07:00");
    assert_eq!(moved_back.times.url, Some(created));
}

#[test]
fn lists_lead_through_all_articles_of_a_section() {
    let (demo, platforms) = (demo(), platforms());
    let at = demo.nights[1];
    for portal in demo.portals.iter().filter(|p| !p.down) {
        for (slug, _) in &portal.sections {
            let mut next = Some(ListingRequest::link(&Url::parse(&format!("http://{}/{slug}", portal.host)).unwrap()));
            let mut listed = BTreeSet::new();
            for _ in 0..20 {
                let Some(request) = next else { break };
                let reading = read(&demo, portal, &request, at, &platforms);
                assert_eq!(reading.nature, Nature::Listing, "{} {slug}: {:?}", portal.host, reading.article);
                listed.extend(reading.items.iter().map(|i| i.url.path().rsplit('/').next().unwrap().to_owned()));
                next = reading.next.filter(|_| !reading.items.is_empty());
            }
            let online = portal.articles.iter().filter(|a| a.online(at) && a.sections.contains(slug)).count();
            assert_eq!(listed.len(), online, "{} {slug}: {listed:?}", portal.host);
        }
    }
}
