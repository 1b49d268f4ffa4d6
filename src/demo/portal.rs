//! The demo portals as data: who they are, where they listen, what they can do.
//!
//! Read from `demo/portals.toml`; the articles of portal `x` stand in `demo/articles/x.toml`.

use super::address;
use super::article::{self, DemoArticle};
use crate::article::Channel;
use crate::data::Data;
use crate::error::{Error, Result};
use crate::fields::{Fields, Source};
use crate::text;
use crate::time::{self, Time};
use crate::unit::UnitId;
use chrono::NaiveDateTime;
use minijinja::{Environment, UndefinedBehavior};
use std::net::Ipv4Addr;
use std::str::FromStr;

const FILE: &str = "demo/portals.toml";

/// Everything the demo shows: portals, articles and the templates of their pages.
#[derive(Debug)]
pub struct Demo {
    /// The moments of the demo's nights, in order.
    pub nights: Vec<Time>,
    /// The portals, in the order of the file.
    pub portals: Vec<Portal>,
    pub(super) templates: Environment<'static>,
}

/// One portal.
#[derive(Debug, Clone)]
pub struct Portal {
    /// The site's id in the demo's `sites.toml`, and the name of its file of articles.
    pub id: String,
    /// Its host name, as in the registry.
    pub host: String,
    /// What it calls itself at the head of each page.
    pub name: String,
    /// The channel it is.
    pub channel: Channel,
    /// Whose portal it is; none for the city page and the general portal.
    pub unit: Option<UnitId>,
    /// What it runs on.
    pub platform: Platform,
    /// The loopback address it listens on; portals on one address share a server.
    pub address: Ipv4Addr,
    /// `Crawl-delay` in its robots.txt, in seconds as written.
    pub crawl_delay: String,
    /// Whether it has an RSS feed.
    pub feed: bool,
    /// Whether it has a sitemap.
    pub sitemap: bool,
    /// Whether nothing answers there.
    pub down: bool,
    /// Items on a listing page.
    pub page_size: usize,
    /// Digits before the time in IMS addresses; empty elsewhere.
    pub prefix: String,
    /// Sections: slug and name.
    pub sections: Vec<(String, String)>,
    /// Its articles, newest first.
    pub articles: Vec<DemoArticle>,
}

/// What a portal runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Platform {
    /// The city's shared platform.
    Ims,
    /// Liferay 6.2, as the older departments.
    Liferay,
    /// Plain pages of a platform nobody has described.
    Plain,
}

impl Platform {
    /// The id in `portals.toml`, which is also the folder of its templates.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Ims => "ims",
            Self::Liferay => "liferay62",
            Self::Plain => "plain",
        }
    }
}

impl FromStr for Platform {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        [Self::Ims, Self::Liferay, Self::Plain]
            .into_iter()
            .find(|p| p.id() == text)
            .ok_or_else(|| format!("nền tảng «{text}» không có; dùng ims, liferay62 hoặc plain"))
    }
}

/// A wall-clock time in Hanoi as the demo's files write it: `2026-04-14 08:35`, seconds optional.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment(pub(super) Time);

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
            .or_else(|| NaiveDateTime::parse_from_str(&format!("{text}:00"), "%Y-%m-%d %H:%M:%S").ok())
            .map(|naive| Self(time::local(naive)))
            .ok_or_else(|| format!("thời điểm «{text}» không đọc được; viết như 2026-04-14 08:35"))
    }
}

impl Demo {
    /// Reads `demo/` of the data folder; all faults at once.
    pub fn read(data: &Data) -> Result<Self> {
        let text = data.get(FILE).ok_or_else(|| Error::Input(format!("thiếu tệp {FILE} trong thư mục dữ liệu")))?;
        let source = Source::new(FILE, text);
        let root = source.parse();
        let fields = source.root(&root);
        fields.number("schema");
        let nights = fields.all::<Moment>("nights").into_iter().map(|m| m.0).collect();
        let portals: Vec<Option<Portal>> = fields.tables("portal").iter().map(read_portal).collect();
        fields.finish();
        drop(fields);
        let mut faults = source.into_faults();
        let mut portals: Vec<Portal> = portals.into_iter().flatten().collect();
        faults.extend(article::read_all(data, &mut portals));
        if !faults.is_empty() {
            return Err(Error::Faults(faults));
        }
        Ok(Self { nights, portals, templates: templates(data)? })
    }

    /// The main address of an article, by its name in the demo's files.
    #[must_use]
    pub fn url(&self, article: &str) -> Option<String> {
        self.portals.iter().find_map(|portal| {
            let article = portal.articles.iter().find(|a| a.id == article)?;
            Some(format!("http://{}{}", portal.host, address::of_article(portal, article, &article.sections[0])))
        })
    }

    /// The portal of a host name, whatever port stands behind it.
    #[must_use]
    pub fn portal(&self, host: &str) -> Option<&Portal> {
        let name = host.split(':').next().unwrap_or(host);
        self.portals.iter().find(|p| p.host.eq_ignore_ascii_case(name))
    }
}

fn read_portal(fields: &Fields<'_, '_>) -> Option<Portal> {
    let id = fields.need_text("id")?;
    fields.named(format!("portal \"{id}\""));
    let channel = match fields.text("channel") {
        Some("city-page") => Channel::CityPage,
        Some("own-portal") => Channel::OwnPortal,
        _ => Channel::Other,
    };
    let sections = fields.texts("sections").into_iter().map(section).collect();
    let portal = Some(Portal {
        id: id.to_owned(),
        host: fields.need_text("host")?.to_owned(),
        name: fields.need_text("name")?.to_owned(),
        channel,
        unit: fields.parsed("unit"),
        platform: fields.need("platform")?,
        address: fields.need("address")?,
        crawl_delay: fields.text("crawl_delay").unwrap_or("0.05").to_owned(),
        feed: fields.flag("feed").unwrap_or(false),
        sitemap: fields.flag("sitemap").unwrap_or(false),
        down: fields.flag("down").unwrap_or(false),
        page_size: fields.number("page_size").and_then(|n| usize::try_from(n).ok()).unwrap_or(10),
        prefix: fields.text("prefix").unwrap_or_default().to_owned(),
        sections,
        articles: Vec::new(),
    });
    fields.finish();
    portal
}

/// `Tin hoạt động` or `Văn hóa – Xã hội = van-hoa-xa-hoi-68156`: a name, and the slug it gives or is given.
fn section(text: &str) -> (String, String) {
    match text.split_once(" = ") {
        Some((name, slug)) => (slug.to_owned(), name.to_owned()),
        None => (slug(text), text.to_owned()),
    }
}

/// The words of a title without diacritics, joined by hyphens.
pub(super) fn slug(title: &str) -> String {
    let folded = text::fold(title);
    text::words(&folded).collect::<Vec<_>>().join("-")
}

fn templates(data: &Data) -> Result<Environment<'static>> {
    const FOLDER: &str = "demo/templates/";
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(|out, state, value| match value.as_str() {
        // The usual formatter writes `/` as a character reference too; no real portal does.
        Some(text) if !value.is_safe() => escape(text).try_for_each(|part| out.write_str(part)).map_err(Into::into),
        _ => minijinja::escape_formatter(out, state, value),
    });
    for (path, text) in data.under(FOLDER) {
        let name = path.trim_start_matches(FOLDER).to_owned();
        environment
            .add_template_owned(name, text.to_owned())
            .map_err(|e| Error::Input(format!("{path}: mẫu trang sai: {e}")))?;
    }
    Ok(environment)
}

/// Text with what markup would take for its own written as references.
fn escape(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['&', '<', '>', '"']).flat_map(|part| {
        let (plain, reference) = match part.chars().last() {
            Some('&') => (&part[..part.len() - 1], "&amp;"),
            Some('<') => (&part[..part.len() - 1], "&lt;"),
            Some('>') => (&part[..part.len() - 1], "&gt;"),
            Some('"') => (&part[..part.len() - 1], "&quot;"),
            _ => (part, ""),
        };
        [plain, reference]
    })
}
