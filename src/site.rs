//! The portals that are watched: `sites.toml`, read once and checked.
//!
//! A site says where a portal stands, whose it is and how it may be visited. Nothing here
//! contacts it. What a platform lends its sites (a shared group, a default delay) is handed in
//! as [`PlatformManners`], because rules do not read each other's files.

pub mod address;
mod alarms;
mod settings;

pub use alarms::Alarms;
pub use settings::{CRAWLER_KEYS, Overrides, Settings, Target, TlsException, Window};

use crate::article::{Article, Channel};
use crate::error::Fault;
use crate::fields::{Fields, Source};
use crate::time::{self, Time};
use crate::unit::UnitId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;
use url::{Host, Url};

/// The keys a `[[site]]` may have beside those of `[crawler]`; the sample file shows each.
pub const SITE_KEYS: &[&str] = &[
    "id",
    "host",
    "aliases",
    "channel",
    "unit",
    "confidence",
    "platform",
    "group",
    "paths",
    "seeds",
    "from",
    "until",
    "tls_exception",
];

/// The keys of `[timestamps]`; the sample file shows each.
pub const TIMESTAMP_KEYS: &[&str] = &["authorities"];

/// All of `sites.toml`.
#[derive(Debug, Clone, PartialEq)]
pub struct Sites {
    /// What `[crawler]` says for all sites.
    pub crawler: Overrides,
    /// Who is asked for a time stamp over each night's seal (RFC 3161); nobody unless written.
    pub authorities: Vec<Url>,
    /// The sites in the order of the file.
    pub sites: Vec<Site>,
}

/// One watched portal.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Its id, a slug.
    pub id: String,
    /// Its host, lower case and in ASCII, without a port.
    pub host: String,
    /// Other hosts that show the same portal.
    pub aliases: Vec<String>,
    /// The channel of its articles.
    pub channel: Channel,
    /// Whose portal it is; always there for own portals.
    pub unit: Option<UnitId>,
    /// How sure the host is.
    pub confidence: Confidence,
    /// The platform declared for it; recognised from the page where absent.
    pub platform: Option<String>,
    /// The politeness group declared for it.
    pub group: Option<String>,
    /// Path prefixes in scope; `/` where the file says nothing.
    pub paths: Vec<String>,
    /// Where crawling begins; empty: the home page, its feeds and its sitemap.
    pub seeds: Vec<Url>,
    /// First day on which the portal is watched.
    pub from: Option<NaiveDate>,
    /// Last day on which the portal is watched.
    pub until: Option<NaiveDate>,
    /// A certificate that is accepted although it does not verify.
    pub tls_exception: Option<TlsException>,
    /// The `[crawler]` values set for this site alone.
    pub own: Overrides,
}

/// How sure the host of a site is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Somebody saw the portal there.
    #[default]
    Sure,
    /// Formed from a pattern; bears on verdicts only after `sites check` saw the unit's own name.
    Guess,
}

/// What a platform lends the sites that declare it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlatformManners {
    /// All sites that declare it stand on one server, so they form one group.
    pub shared: bool,
    /// The delay for sites whose file says none.
    pub delay: Option<Duration>,
}

impl Sites {
    /// Reads a file; `file` is how the user names it. All faults are told at once.
    ///
    /// # Errors
    /// Every fault found, in order of line.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Fault>> {
        let source = Source::new(file, text);
        let root = source.parse();
        let fields = source.root(&root);
        let mut unreachable_by_anyone = true;
        let crawler = fields.table("crawler").map(|table| {
            let values = Overrides::read(&table);
            unreachable_by_anyone = !table.has("contact");
            table.finish();
            values
        });
        let authorities = fields.table("timestamps").map(|table| {
            let authorities = table.all::<Web>("authorities").into_iter().map(|address| address.0).collect();
            table.finish();
            authorities
        });
        let tables = fields.tables("site");
        let sites: Vec<Site> = tables.iter().filter_map(read_site).collect();
        if unreachable_by_anyone && sites.iter().any(|s| s.own.contact.is_none()) {
            fields.fault(
                "crawler",
                "thiếu contact; thêm [crawler] với `contact = \"mailto:…\"` để chủ cổng liên hệ được",
            );
        }
        fault_repeats(&tables, &sites);
        fields.finish();
        drop((tables, fields));
        let faults = source.into_faults();
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self { crawler: crawler.unwrap_or_default(), authorities: authorities.unwrap_or_default(), sites })
    }

    /// The site with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Site> {
        self.sites.iter().find(|s| s.id == id)
    }

    /// Whom an article's site names as its owner.
    #[must_use]
    pub fn owner(&self, article: &Article) -> Option<&UnitId> {
        self.get(article.site.as_deref()?)?.unit.as_ref()
    }

    /// The site whose scope holds an address.
    #[must_use]
    pub fn covering(&self, url: &Url) -> Option<&Site> {
        self.sites.iter().find(|s| s.covers(url))
    }

    /// What applies to one site, with what its declared platform lends it.
    ///
    /// The delay is the site's, else that of `[crawler]` as written, else the platform's, else a
    /// second. A group of several sites uses its largest (see the frontier).
    #[must_use]
    pub fn settings(&self, site: &Site, platform: PlatformManners) -> Settings {
        let group = site
            .group
            .clone()
            .or_else(|| site.platform.clone().filter(|_| platform.shared).map(|p| format!("nền {p}")));
        Settings::of(&self.crawler, &site.own, platform.delay, group)
    }

    /// What applies to a server that is no site, such as an authority for time stamps.
    #[must_use]
    pub fn service_settings(&self) -> Settings {
        Settings::of(&self.crawler, &Overrides::default(), None, None)
    }
}

/// A host without the `www.` that portals answer to as well.
fn bare(host: &str) -> &str {
    host.strip_prefix("www.").filter(|rest| rest.contains('.')).unwrap_or(host)
}

impl Site {
    /// Whether an address belongs to this site: host or alias, a port that is usual or stands in
    /// a seed, and a path below one of `paths`.
    #[must_use]
    pub fn covers(&self, url: &Url) -> bool {
        self.has_address(url) && self.paths.iter().any(|prefix| below(url.path(), prefix))
    }

    /// Whether host and port of an address are this site's, whatever the path. A host with `www.` and
    /// without is one portal.
    #[must_use]
    pub fn has_address(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let known_host = std::iter::once(&self.host).chain(&self.aliases).any(|known| bare(known) == bare(host));
        known_host && matches!(url.scheme(), "http" | "https") && self.has_port(url)
    }

    /// Its hosts as they are with `www.` where they are written without, and the other way round.
    pub fn twins(&self) -> impl Iterator<Item = String> {
        std::iter::once(&self.host).chain(&self.aliases).map(|host| match bare(host) {
            rest if rest == host => format!("www.{host}"),
            rest => rest.to_owned(),
        })
    }

    fn has_port(&self, url: &Url) -> bool {
        url.port().is_none_or(|port| self.seeds.iter().any(|seed| seed.port() == Some(port)))
    }

    /// Whether the portal is watched at a moment.
    #[must_use]
    pub fn watched_at(&self, at: Time) -> bool {
        let day = at.with_timezone(&time::hanoi()).date_naive();
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// Where crawling begins: the seeds, else the home page.
    #[must_use]
    pub fn start(&self) -> Vec<Url> {
        if self.seeds.is_empty() {
            let path = self.paths.first().map_or("/", String::as_str);
            return Url::parse(&format!("https://{}{path}", self.host)).into_iter().collect();
        }
        self.seeds.clone()
    }
}

/// Whether a path is `prefix` itself or lies below it; `/tin` does not hold `/tinh`.
fn below(path: &str, prefix: &str) -> bool {
    let prefix = prefix.trim_end_matches('/');
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

fn read_site(fields: &Fields<'_, '_>) -> Option<Site> {
    let id = fields.need::<Slug>("id");
    if let Some(Slug(id)) = &id {
        fields.named(format!("site \"{id}\""));
    }
    let host = fields.need::<HostName>("host");
    let channel = fields.need::<ChannelName>("channel");
    let unit = fields.parsed::<UnitId>("unit");
    if matches!(channel, Some(ChannelName(Channel::OwnPortal))) && unit.is_none() && !fields.has("unit") {
        fields.fault("unit", "thiếu; own-portal phải nói là cổng của đơn vị nào, như `unit = \"phuong-hai-ba-trung\"`");
    }
    let mut site = Site {
        id: id?.0,
        host: host.map(|h| h.0).unwrap_or_default(),
        aliases: fields.all::<HostName>("aliases").into_iter().map(|h| h.0).collect(),
        channel: channel.map(|c| c.0).unwrap_or_default(),
        unit,
        confidence: fields.parsed("confidence").unwrap_or_default(),
        platform: fields.text("platform").map(str::to_owned),
        group: fields.text("group").map(str::to_owned),
        paths: fields.all::<PathPrefix>("paths").into_iter().map(|p| p.0).collect(),
        seeds: fields.all::<Web>("seeds").into_iter().map(|s| s.0).collect(),
        from: fields.date("from"),
        until: fields.date("until"),
        tls_exception: fields.table("tls_exception").and_then(|table| TlsException::read(&table)),
        own: Overrides::read(fields),
    };
    if site.paths.is_empty() {
        site.paths.push("/".to_owned());
    }
    check_seeds(fields, &site);
    if let (Some(from), Some(until)) = (site.from, site.until)
        && until < from
    {
        fields.fault("until", "đứng trước from; sửa một trong hai ngày");
    }
    fields.finish();
    Some(site)
}

/// A seed on a foreign host would send the crawler where the file does not say it may go.
fn check_seeds(fields: &Fields<'_, '_>, site: &Site) {
    for seed in site.seeds.iter().filter(|seed| !site.covers(seed)) {
        let message = format!(
            "{seed} nằm ngoài cổng này; dùng địa chỉ trên {} dưới paths, hoặc thêm tên miền vào aliases",
            site.host
        );
        fields.fault("seeds", message);
    }
}

/// Ids must differ, and so must (host, path) scopes: an address belongs to one site only.
fn fault_repeats(tables: &[Fields<'_, '_>], sites: &[Site]) {
    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    let mut scopes: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    let table_of = |id: &str, nth: usize| tables.iter().filter(|t| t.text("id") == Some(id)).nth(nth);
    for site in sites {
        let nth = ids.entry(&site.id).and_modify(|n| *n += 1).or_default();
        let Some(table) = table_of(&site.id, *nth) else { continue };
        if *nth > 0 {
            table.fault("id", format!("\"{}\" đã có ở trên; mỗi cổng một mã riêng", site.id));
        }
        for host in std::iter::once(&site.host).chain(&site.aliases) {
            for path in &site.paths {
                if let Some(other) = scopes.insert((host, path), &site.id).filter(|_| !host.is_empty()) {
                    let message = format!("{host}{path} đã thuộc site \"{other}\"; bỏ một mục hoặc chia bằng paths");
                    table.fault("host", message);
                }
            }
        }
    }
}

struct Slug(String);

impl FromStr for Slug {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ok = !text.is_empty()
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'_'));
        let slug = || Self(text.to_owned());
        ok.then(slug).ok_or_else(|| format!("«{text}» không hợp lệ; dùng chữ thường không dấu, số và gạch nối"))
    }
}

struct HostName(String);

impl FromStr for HostName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad =
            || format!("«{text}» không phải tên miền; viết như haibatrung.hanoi.gov.vn (cổng mạng đặt trong seeds)");
        Host::parse(text).map(|host| Self(host.to_string())).map_err(|_| bad())
    }
}

struct ChannelName(Channel);

impl FromStr for ChannelName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Channel::CityPage, Channel::OwnPortal, Channel::Other]
            .into_iter()
            .find(|c| c.id() == text)
            .map(Self)
            .ok_or_else(|| format!("«{text}» không có; dùng city-page, own-portal hoặc other"))
    }
}

impl FromStr for Confidence {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "sure" => Ok(Self::Sure),
            "guess" => Ok(Self::Guess),
            _ => Err(format!("«{text}» không có; dùng guess (phỏng đoán), hoặc sure khi đã thấy cổng ở đó")),
        }
    }
}

struct PathPrefix(String);

impl FromStr for PathPrefix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse("http://x/").ok().and_then(|base| base.join(text).ok());
        match url {
            Some(url) if text.starts_with('/') && url.host_str() == Some("x") => Ok(Self(url.path().to_owned())),
            _ => Err(format!("«{text}» không phải đường dẫn; bắt đầu bằng /, như /cai-cach-hanh-chinh")),
        }
    }
}

struct Web(Url);

impl FromStr for Web {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).ok().filter(|u| matches!(u.scheme(), "http" | "https") && u.has_host());
        url.map(Self).ok_or_else(|| format!("«{text}» không phải địa chỉ http(s) đầy đủ"))
    }
}

#[cfg(test)]
mod tests;
