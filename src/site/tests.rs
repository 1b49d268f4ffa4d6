//! Cases for `sites.toml`: what is read, what applies, and every fault with its line.

use super::*;
use url::Url;

const SAMPLE: &str = r#"
[crawler]
contact = "mailto:cchc@example.org"
delay = "1.5s"
night_window = "22:00..05:00"
max_page_size = "10 MiB"
allow_private = false
resolve = { "Host.vn" = "127.0.0.2:8081", "b.vn" = "127.0.0.3" }

[[site]]
id = "hai-ba-trung"
host = "HaiBaTrung.hanoi.gov.vn"
aliases = ["www.haibatrung.hanoi.gov.vn"]
channel = "own-portal"
unit = "phuong-hai-ba-trung"
confidence = "guess"
platform = "ims"
paths = ["/tin-tuc/", "/cchc"]
seeds = ["http://haibatrung.hanoi.gov.vn:8080/tin-tuc/"]
from = 2025-07-01
delay = "2s"
tls_exception = { fingerprint = "AA:00000000000000000000000000000000000000000000000000000000000000", reason = "chứng thư hết hạn", until = 2026-12-31 }

[[site]]
id = "city"
host = "caicachhanhchinh.hanoi.gov.vn"
channel = "city-page"
"#;

fn sample() -> Sites {
    Sites::parse("sites.toml", SAMPLE).unwrap_or_else(|faults| panic!("{faults:?}"))
}

#[test]
fn reads_every_value() {
    let sites = sample();
    let site = sites.get("hai-ba-trung").unwrap();
    assert_eq!(site.host, "haibatrung.hanoi.gov.vn");
    assert_eq!(site.confidence, Confidence::Guess);
    assert_eq!(site.tls_exception.as_ref().unwrap().fingerprint.len(), 64);
    let settings = sites.settings(site, PlatformManners { shared: true, delay: Some(Duration::from_secs(5)) });
    assert_eq!(settings.delay, Duration::from_secs(2));
    assert_eq!(settings.group.as_deref(), Some("nền ims"));
    assert_eq!(settings.max_page_size, 10 << 20);
    assert_eq!(settings.resolve["host.vn"], "127.0.0.2:8081".parse().unwrap());
    assert_eq!(settings.resolve["b.vn"].port, None);
    assert_eq!(settings.total_timeout, Duration::from_secs(60));
    let city = sites.get("city").unwrap();
    assert_eq!(city.start()[0].as_str(), "https://caicachhanhchinh.hanoi.gov.vn/");
}

#[test]
fn the_delay_is_the_sites_else_the_files_else_the_platforms_else_a_second() {
    for (site, file, platform, millis) in [
        ("delay = \"0s\"", "delay = \"3s\"", Some(5), 0),
        ("", "delay = \"3s\"", Some(5), 3000),
        ("", "", Some(5), 5000),
        ("", "", None, 1000),
        ("delay = \"250ms\"", "", None, 250),
    ] {
        let text = format!(
            "[crawler]\ncontact = \"mailto:a@b.vn\"\n{file}\n[[site]]\nid = \"a\"\nhost = \"a.vn\"\nchannel = \"other\"\n{site}\n"
        );
        let sites = Sites::parse("sites.toml", &text).unwrap();
        let manners = PlatformManners { shared: false, delay: platform.map(Duration::from_secs) };
        let settings = sites.settings(&sites.sites[0], manners);
        assert_eq!(settings.delay, Duration::from_millis(millis), "{site} {file} {platform:?}");
        assert_eq!(settings.group, None);
    }
}

#[test]
fn scope_is_host_port_and_path() {
    let sites = sample();
    for (url, inside) in [
        ("http://haibatrung.hanoi.gov.vn/tin-tuc/a.htm", true),
        ("https://www.haibatrung.hanoi.gov.vn/cchc", true),
        ("http://haibatrung.hanoi.gov.vn:8080/cchc/b", true),
        ("http://haibatrung.hanoi.gov.vn:8081/cchc/b", false),
        ("http://haibatrung.hanoi.gov.vn/cchc-khac", false),
        ("http://haibatrung.hanoi.gov.vn/", false),
        ("http://hanoi.gov.vn/tin-tuc/", false),
        ("ftp://haibatrung.hanoi.gov.vn/tin-tuc/", false),
    ] {
        assert_eq!(sites.sites[0].covers(&Url::parse(url).unwrap()), inside, "{url}");
    }
}

#[test]
fn a_window_may_pass_midnight() {
    let at = |clock: &str| time::parse(&format!("2026-05-31T{clock}:00+07:00")).unwrap();
    for (window, clock, inside, hours) in [
        ("22:00..05:00", "21:59", false, 7),
        ("22:00..05:00", "22:00", true, 7),
        ("22:00..05:00", "04:59", true, 7),
        ("22:00..05:00", "05:00", false, 7),
        ("01:00..05:00", "03:00", true, 4),
        ("01:00..05:00", "23:00", false, 4),
        ("00:00..00:00", "12:00", true, 24),
        ("05:00..05:00", "05:00", true, 24),
    ] {
        let parsed: Window = window.parse().unwrap();
        assert_eq!(parsed.contains(at(clock)), inside, "{window} {clock}");
        assert_eq!(parsed.length().as_secs(), hours * 3600, "{window}");
    }
    let window: Window = "22:00..05:00".parse().unwrap();
    assert_eq!(window.next_close(at("23:00")).to_rfc3339(), "2026-06-01T05:00:00+07:00");
    assert_eq!(window.next_open(at("06:00")).to_rfc3339(), "2026-05-31T22:00:00+07:00");
}

#[test]
fn all_faults_at_once() {
    let text = r#"
[crawler]
contact = "cchc@example.org"
delay = "soon"
max_page_size = "10 apples"
night_window = "22h"
resolve = { "a.vn" = "nowhere" }
speed = 3

[[site]]
id = "a"
host = "a.vn:80"
channel = "own_portal"

[[site]]
id = "b"
host = "b.vn"
channel = "own-portal"
seeds = ["https://c.vn/", "b.vn"]
paths = ["tin"]
from = 2026-01-01
until = 2025-01-01
tls_exception = { reason = "hết hạn" }

[[site]]
id = "b"
host = "b.vn"
channel = "other"
aliases = ["x y"]
read_timeout = "0s"
"#;
    let faults: Vec<String> = Sites::parse("sites.toml", text).unwrap_err().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(faults.join("\n"), @r#"
    sites.toml:3: crawler: contact: «cchc@example.org» không dùng được; viết địa chỉ https://… hoặc mailto:…, chỉ gồm ký tự ASCII
    sites.toml:4: crawler: delay: «soon» không phải khoảng thời gian; viết như 500ms, 1s, 2m, tối đa 24h
    sites.toml:5: crawler: max_page_size: «10 apples» không phải kích thước; viết như 10 MiB hoặc 500 kB
    sites.toml:6: crawler: night_window: «22h» không phải khung giờ; viết như 22:00..05:00, giờ Hà Nội
    sites.toml:7: crawler: resolve: «nowhere» không phải địa chỉ IP, có hoặc không có cổng, như 127.0.0.2:8081
    sites.toml:8: crawler: speed: không có trường này; các trường dùng được: alarms, allow_private, budget, connect_timeout, contact, delay, from_header, intermediates, max_crawl_delay, max_page_size, night_window, read_timeout, recheck_budget, resolve, total_timeout
    sites.toml:12: site "a": host: «a.vn:80» không phải tên miền; viết như haibatrung.hanoi.gov.vn (cổng mạng đặt trong seeds)
    sites.toml:13: site "a": channel: «own_portal» không có; dùng city-page, own-portal hoặc other
    sites.toml:15: site "b": unit: thiếu; own-portal phải nói là cổng của đơn vị nào, như `unit = "phuong-hai-ba-trung"`
    sites.toml:19: site "b": seeds: «b.vn» không phải địa chỉ http(s) đầy đủ
    sites.toml:19: site "b": seeds: https://c.vn/ nằm ngoài cổng này; dùng địa chỉ trên b.vn dưới paths, hoặc thêm tên miền vào aliases
    sites.toml:20: site "b": paths: «tin» không phải đường dẫn; bắt đầu bằng /, như /cai-cach-hanh-chinh
    sites.toml:22: site "b": until: đứng trước from; sửa một trong hai ngày
    sites.toml:23: tls_exception: fingerprint: thiếu; thêm dòng `fingerprint = …`
    sites.toml:23: tls_exception: until: thiếu; thêm dòng `until = …`
    sites.toml:26: site "b": id: "b" đã có ở trên; mỗi cổng một mã riêng
    sites.toml:27: site "b": host: b.vn/ đã thuộc site "b"; bỏ một mục hoặc chia bằng paths
    sites.toml:29: site "b": aliases: «x y» không phải tên miền; viết như haibatrung.hanoi.gov.vn (cổng mạng đặt trong seeds)
    sites.toml:30: site "b": read_timeout: phải lớn hơn 0; viết như 20s
    "#);
}

/// The lists of keys above are those the reader asks for, no more and no fewer.
#[test]
fn the_key_lists_are_complete() {
    let text = "[crawler]\nbogus = 1\n[[site]]\nid = \"a\"\nbogus = 1\n";
    let faults = Sites::parse("f", text).unwrap_err();
    let known = |field: &str| {
        let fault = faults.iter().find(|f| f.field == field).unwrap();
        let mut keys: Vec<String> =
            fault.message.split("dùng được: ").nth(1).unwrap().split(", ").map(str::to_owned).collect();
        keys.sort();
        keys
    };
    let sorted = |lists: &[&[&str]]| {
        let mut keys: Vec<String> = lists.concat().iter().map(|k| (*k).to_owned()).collect();
        keys.sort();
        keys
    };
    assert_eq!(known("crawler: bogus"), sorted(&[CRAWLER_KEYS]));
    assert_eq!(known("site \"a\": bogus"), sorted(&[CRAWLER_KEYS, SITE_KEYS]));
}

#[test]
fn a_host_with_www_and_without_is_one_portal() {
    let text = "[crawler]\ncontact = \"mailto:a@b.vn\"\n[[site]]\nid = \"a\"\nhost = \"a.gov.vn\"\nchannel = \"other\"\naliases = [\"www.b.vn\"]\n";
    let site = Sites::parse("s", text).unwrap().sites.remove(0);
    for (url, expected) in [
        ("https://a.gov.vn/", true),
        ("http://www.a.gov.vn/x", true),
        ("https://b.vn/", true),
        ("https://m.a.gov.vn/", false),
        ("https://www.gov.vn/", false),
    ] {
        assert_eq!(site.has_address(&Url::parse(url).unwrap()), expected, "{url}");
    }
    assert_eq!(site.twins().collect::<Vec<_>>(), ["www.a.gov.vn", "b.vn"]);
}
