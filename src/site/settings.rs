//! How sites may be visited: the values of `[crawler]`, which any site may set for itself.
//!
//! [`Overrides`] holds what one table wrote, [`Settings`] what applies in the end.

use super::Alarms;
use crate::fields::Fields;
use crate::time::{self, Time};
use chrono::{Days, NaiveDate, NaiveTime};
use core::net::{IpAddr, SocketAddr};
use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

/// The keys of `[crawler]`; each can stand in a `[[site]]` too. The sample file shows each.
pub const CRAWLER_KEYS: &[&str] = &[
    "contact",
    "from_header",
    "delay",
    "max_crawl_delay",
    "night_window",
    "budget",
    "recheck_budget",
    "connect_timeout",
    "read_timeout",
    "total_timeout",
    "max_page_size",
    "allow_private",
    "resolve",
    "intermediates",
    "alarms",
];

/// What one table of the file wrote; `None` where it wrote nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overrides {
    /// Where the portal's owner can reach us; an https or mailto address.
    pub contact: Option<String>,
    /// E-mail for the From header.
    pub from_header: Option<String>,
    /// Gap between two requests to one group.
    pub delay: Option<Duration>,
    /// Ceiling for Crawl-delay of robots.txt.
    pub max_crawl_delay: Option<Duration>,
    /// When scheduled crawls may run.
    pub night_window: Option<Window>,
    /// Requests a night and group.
    pub budget: Option<u64>,
    /// Requests a night and site for looking again at known articles.
    pub recheck_budget: Option<u64>,
    /// Time to connect.
    pub connect_timeout: Option<Duration>,
    /// Time without a byte.
    pub read_timeout: Option<Duration>,
    /// Time for one answer.
    pub total_timeout: Option<Duration>,
    /// Largest page, unpacked, in bytes.
    pub max_page_size: Option<u64>,
    /// Private addresses are admitted for the hosts of this file.
    pub allow_private: Option<bool>,
    /// Host → where to connect instead.
    pub resolve: BTreeMap<String, Target>,
    /// PEM files with intermediate certificates that servers forget to send.
    pub intermediates: Vec<String>,
    /// What it takes to be alarmed.
    pub alarms: Option<Alarms>,
}

/// What applies to one site.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The politeness group, where one was declared; else sites on one address form one.
    pub group: Option<String>,
    /// Where the portal's owner can reach us.
    pub contact: String,
    /// E-mail for the From header.
    pub from_header: Option<String>,
    /// Gap between two requests to one group.
    pub delay: Duration,
    /// Ceiling for Crawl-delay of robots.txt.
    pub max_crawl_delay: Duration,
    /// When scheduled crawls may run; `None`: at any time.
    pub night_window: Option<Window>,
    /// Requests a night and group; `None`: as many as the window holds.
    pub budget: Option<u64>,
    /// Requests a night and site for looking again at known articles.
    pub recheck_budget: u64,
    /// Time to connect.
    pub connect_timeout: Duration,
    /// Time without a byte.
    pub read_timeout: Duration,
    /// Time for one answer.
    pub total_timeout: Duration,
    /// Largest page, unpacked, in bytes.
    pub max_page_size: u64,
    /// Private addresses are admitted.
    pub allow_private: bool,
    /// Host → where to connect instead.
    pub resolve: BTreeMap<String, Target>,
    /// PEM files with intermediate certificates.
    pub intermediates: Vec<String>,
    /// What it takes to be alarmed.
    pub alarms: Alarms,
}

impl Overrides {
    /// Reads the values of one table; faults go to the table's source.
    pub(super) fn read(fields: &Fields<'_, '_>) -> Self {
        let span = |key| fields.parsed::<Span>(key).map(|s| s.0);
        // Nobody answers in no time, and the portal would be blamed for it.
        let limit = |key| {
            let written = span(key);
            if written == Some(Duration::ZERO) {
                fields.fault(key, "phải lớn hơn 0; viết như 20s");
            }
            written
        };
        Self {
            contact: fields.parsed::<Contact>("contact").map(|c| c.0),
            from_header: fields.parsed::<Email>("from_header").map(|e| e.0),
            delay: span("delay"),
            max_crawl_delay: span("max_crawl_delay"),
            night_window: fields.parsed("night_window"),
            budget: fields.number("budget"),
            recheck_budget: fields.number("recheck_budget"),
            connect_timeout: limit("connect_timeout"),
            read_timeout: limit("read_timeout"),
            total_timeout: limit("total_timeout"),
            max_page_size: fields.parsed::<Bytes>("max_page_size").map(|b| b.0),
            allow_private: fields.flag("allow_private"),
            resolve: read_resolve(fields),
            intermediates: fields.texts("intermediates").into_iter().map(str::to_owned).collect(),
            alarms: fields.table("alarms").map(|table| Alarms::read(&table)),
        }
    }
}

impl Settings {
    pub(super) fn of(
        crawler: &Overrides,
        site: &Overrides,
        platform_delay: Option<Duration>,
        group: Option<String>,
    ) -> Self {
        let second = Duration::from_secs;
        let time = |get: fn(&Overrides) -> Option<Duration>, default| get(site).or(get(crawler)).unwrap_or(default);
        let text = |get: fn(&Overrides) -> &Option<String>| get(site).clone().or_else(|| get(crawler).clone());
        let mut resolve = crawler.resolve.clone();
        resolve.extend(site.resolve.clone());
        Self {
            group,
            contact: text(|o| &o.contact).unwrap_or_default(),
            from_header: text(|o| &o.from_header),
            delay: site.delay.or(crawler.delay).or(platform_delay).unwrap_or(second(1)),
            max_crawl_delay: time(|o| o.max_crawl_delay, second(60)),
            night_window: site.night_window.or(crawler.night_window),
            budget: site.budget.or(crawler.budget),
            recheck_budget: site.recheck_budget.or(crawler.recheck_budget).unwrap_or(50),
            connect_timeout: time(|o| o.connect_timeout, second(10)),
            read_timeout: time(|o| o.read_timeout, second(20)),
            total_timeout: time(|o| o.total_timeout, second(60)),
            max_page_size: site.max_page_size.or(crawler.max_page_size).unwrap_or(10 << 20),
            allow_private: site.allow_private.or(crawler.allow_private).unwrap_or(false),
            resolve,
            intermediates: crawler.intermediates.iter().chain(&site.intermediates).cloned().collect(),
            alarms: site.alarms.or(crawler.alarms).unwrap_or_default(),
        }
    }
}

fn read_resolve(fields: &Fields<'_, '_>) -> BTreeMap<String, Target> {
    let read = |(host, target): (&str, &str)| match target.parse() {
        Ok(target) => Some((host.to_ascii_lowercase(), target)),
        Err(message) => {
            let message: String = message;
            fields.fault("resolve", message);
            None
        }
    };
    fields.pairs("resolve").into_iter().filter_map(read).collect()
}

/// Where to connect instead of what DNS says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The address.
    pub ip: IpAddr,
    /// The port; `None`: the one of the address asked for.
    pub port: Option<u16>,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let both = text.parse::<SocketAddr>().map(|a| Self { ip: a.ip(), port: Some(a.port()) });
        let target = both.or_else(|_| text.parse().map(|ip| Self { ip, port: None }));
        target.map_err(|_| format!("«{text}» không phải địa chỉ IP, có hoặc không có cổng, như 127.0.0.2:8081"))
    }
}

/// A time of day in Hanoi during which scheduled crawls may run; may pass midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// When it opens.
    pub opens: NaiveTime,
    /// When it closes.
    pub closes: NaiveTime,
}

impl Window {
    /// Whether a moment lies inside; a window that closes when it opens is open all day.
    #[must_use]
    pub fn contains(&self, at: Time) -> bool {
        let clock = at.with_timezone(&time::hanoi()).time();
        if self.opens < self.closes {
            self.opens <= clock && clock < self.closes
        } else {
            self.opens <= clock || clock < self.closes
        }
    }

    /// How long it stays open; a window that closes when it opens lasts all day.
    #[must_use]
    pub fn length(&self) -> Duration {
        let seconds = (self.closes - self.opens).num_seconds().rem_euclid(86_400);
        Duration::from_secs(if seconds == 0 { 86_400 } else { seconds.unsigned_abs() })
    }

    /// The next moment at which it closes, after `at`.
    #[must_use]
    pub fn next_close(&self, at: Time) -> Time {
        next(self.closes, at)
    }

    /// The next moment at which it opens, after `at`.
    #[must_use]
    pub fn next_open(&self, at: Time) -> Time {
        next(self.opens, at)
    }
}

/// The next moment after `at` at which the clock in Hanoi shows `clock`.
fn next(clock: NaiveTime, at: Time) -> Time {
    let today = at.with_timezone(&time::hanoi()).date_naive();
    let candidate = time::local(today.and_time(clock));
    if candidate > at { candidate } else { candidate + Days::new(1) }
}

impl FromStr for Window {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let clock = |part: &str| NaiveTime::parse_from_str(part.trim(), "%H:%M").ok();
        let window = text.split_once("..").and_then(|(a, b)| Some(Self { opens: clock(a)?, closes: clock(b)? }));
        window.ok_or_else(|| format!("«{text}» không phải khung giờ; viết như 22:00..05:00, giờ Hà Nội"))
    }
}

/// A certificate that is accepted although it does not verify: this one, with a reason, for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsException {
    /// SHA-256 of the server's certificate (DER), lower-case hex.
    pub fingerprint: String,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it is.
    pub until: NaiveDate,
}

impl TlsException {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let fingerprint = fields.need::<Fingerprint>("fingerprint");
        let reason = fields.need_text("reason").map(str::trim);
        let until = fields.need_date("until");
        fields.finish();
        Some(Self { fingerprint: fingerprint?.0, reason: reason?.to_owned(), until: until? })
    }
}

struct Fingerprint(String);

impl FromStr for Fingerprint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits: String =
            text.trim_start_matches("sha256:").chars().filter(|c| *c != ':').collect::<String>().to_ascii_lowercase();
        let valid = digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        let bad = || "phải là SHA-256 của chứng thư, 64 chữ số hex; lỗi TLS của `cchc sites check` in sẵn giá trị này";
        valid.then_some(Self(digits)).ok_or_else(|| bad().to_owned())
    }
}

/// A length of time as people write it: `500ms`, `1.5s`, `2m`, `1h`.
struct Span(Duration);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let factor = match unit.trim() {
            "ms" => 0.001,
            "s" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            _ => f64::NAN,
        };
        let seconds = number.parse::<f64>().unwrap_or(f64::NAN) * factor;
        let span = Duration::try_from_secs_f64(seconds).ok().filter(|d| *d <= Duration::from_secs(86_400));
        span.map(Self)
            .ok_or_else(|| format!("«{text}» không phải khoảng thời gian; viết như 500ms, 1s, 2m, tối đa 24h"))
    }
}

/// A size as people write it: `10 MiB`, `500 kB`.
struct Bytes(u64);

impl FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let factor = match unit.trim() {
            "" | "B" => Some(1),
            "kB" | "KB" => Some(1000),
            "KiB" => Some(1 << 10),
            "MB" => Some(1_000_000),
            "MiB" => Some(1 << 20),
            "GB" => Some(1_000_000_000),
            "GiB" => Some(1 << 30),
            _ => None,
        };
        let size = factor.and_then(|f: u64| number.parse::<u64>().ok()?.checked_mul(f)).filter(|size| *size > 0);
        size.map(Self).ok_or_else(|| format!("«{text}» không phải kích thước; viết như 10 MiB hoặc 500 kB"))
    }
}

struct Contact(String);

impl FromStr for Contact {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = ["https://", "http://", "mailto:"].iter().any(|p| text.starts_with(p) && text.len() > p.len());
        let clean = text.is_ascii() && !text.contains(|c: char| c.is_control() || c == '(' || c == ')');
        let bad = || format!("«{text}» không dùng được; viết địa chỉ https://… hoặc mailto:…, chỉ gồm ký tự ASCII");
        (known && clean).then(|| Self(text.to_owned())).ok_or_else(bad)
    }
}

struct Email(String);

impl FromStr for Email {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let clean = text.is_ascii() && !text.contains(|c: char| c.is_control() || c == ' ');
        let valid = clean && text.split_once('@').is_some_and(|(a, b)| !a.is_empty() && b.contains('.'));
        valid.then(|| Self(text.to_owned())).ok_or_else(|| format!("«{text}» không phải địa chỉ thư điện tử"))
    }
}
