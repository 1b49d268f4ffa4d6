//! Speed of `extract`: pages per second on one core, links, dates and article included.
//!
//! `cargo bench --bench extract`; the item counter is pages.

use cchc_audit::data::Data;
use cchc_audit::extract::{self, Page, Reading};
use cchc_audit::platform::Platforms;
use divan::Bencher;
use divan::counter::ItemsCount;
use url::Url;

/// A page of an IMS portal as large as real ones, 27 KB.
const PAGE: &str = include_str!("../tests/pages/ims/bai.html");

fn main() {
    divan::main();
}

fn read(bencher: Bencher<'_, '_>, platform: Option<&str>) {
    let platforms = Platforms::parse(&Data::built_in()).expect("the platform files load");
    let url = Url::parse("https://bensong.hanoi.gov.vn/tin/bai-2709260512080512345.htm").expect("an address");
    let read = || -> Reading {
        let page = Page {
            url: &url,
            body: PAGE.as_bytes(),
            content_type: Some("text/html"),
            platform,
            request: None,
            at: None,
        };
        extract::read(&page, &platforms)
    };
    bencher.counter(ItemsCount::new(1usize)).bench_local(read);
}

/// A page of a described platform.
#[divan::bench]
fn described(bencher: Bencher<'_, '_>) {
    read(bencher, None);
}

/// The same page as if nobody had described it.
#[divan::bench]
fn undescribed(bencher: Bencher<'_, '_>) {
    read(bencher, Some("generic"));
}
