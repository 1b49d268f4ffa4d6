//! Pages of the demo portals, rendered from the templates in `demo/templates/<platform>/`.

use super::address;
use super::answer::{Answer, Page};
use super::article::DemoArticle;
use super::portal::{Demo, Platform, Portal};
use crate::time::Time;
use minijinja::{Error, Value, context};

const HTML: &str = "text/html; charset=utf-8";

pub(super) fn render(demo: &Demo, portal: &Portal, page: &Page<'_>, at: Time) -> Result<Answer, Error> {
    let shelf = Shelf { demo, portal, at };
    match page {
        Page::Robots => shelf.fill("robots.txt", "text/plain; charset=utf-8", None, context! {}),
        Page::Sitemap => shelf.list("sitemap.xml", "application/xml; charset=utf-8", shelf.listing("")),
        Page::Feed => shelf.list("feed.xml", "application/rss+xml; charset=utf-8", shelf.newest()),
        Page::Home => shelf.list(&shelf.template("home.html"), HTML, shelf.newest()),
        Page::Section { slug, name, page } => shelf.section(slug, name, *page),
        Page::Fragment { slug, page } => shelf.list(&shelf.template("fragment.html"), HTML, shelf.page_of(slug, *page)),
        Page::Article { article, path } => shelf.article(article, path),
        Page::Gone => shelf.refusal(if portal.platform == Platform::Ims { 404 } else { 410 }),
        Page::Missing => shelf.refusal(404),
    }
}

/// What one portal shows at one moment.
struct Shelf<'a> {
    demo: &'a Demo,
    portal: &'a Portal,
    at: Time,
}

impl<'a> Shelf<'a> {
    /// Every article of a section (`""`: of all) that is online, newest first.
    fn listing(&self, section: &str) -> Vec<&'a DemoArticle> {
        let stands = |a: &&DemoArticle| section.is_empty() || a.sections.iter().any(|s| s == section);
        self.portal.articles.iter().filter(stands).filter(|a| a.online(self.at)).collect()
    }

    fn newest(&self) -> Vec<&'a DemoArticle> {
        self.listing("").into_iter().take(self.portal.page_size).collect()
    }

    /// One page of a section, counted from 1; an unknown section has none.
    fn page_of(&self, section: &str, page: usize) -> Vec<&'a DemoArticle> {
        if section.is_empty() {
            return Vec::new();
        }
        let skipped = page.saturating_sub(1).saturating_mul(self.portal.page_size);
        self.listing(section).into_iter().skip(skipped).take(self.portal.page_size).collect()
    }

    /// When a list last changed: something appeared on the portal, or was taken off.
    fn changed(&self) -> Option<Time> {
        let moments = self.portal.articles.iter().flat_map(|a| [Some(a.published), a.removed]);
        moments.flatten().filter(|moment| *moment <= self.at).max()
    }

    /// A page that is a list and nothing else.
    fn list(&self, template: &str, kind: &'static str, articles: Vec<&'a DemoArticle>) -> Result<Answer, Error> {
        self.fill(template, kind, self.changed(), context! { items => self.views(articles) })
    }

    fn section(&self, slug: &str, name: &str, page: usize) -> Result<Answer, Error> {
        let pages = self.listing(slug).len().div_ceil(self.portal.page_size).max(1);
        let form = context! {
            page_size => address::opaque(self.portal, "size"), catname => address::opaque(self.portal, slug),
            language => address::opaque(self.portal, "vi"), site => address::opaque(self.portal, "site"),
        };
        let items = self.views(self.page_of(slug, page));
        let context = context! { section => slug, heading => name, page, pages, form, items };
        self.fill(&self.template("section.html"), HTML, self.changed(), context)
    }

    fn article(&self, article: &'a DemoArticle, path: &str) -> Result<Answer, Error> {
        let in_path = |section: &&String| path.contains(&format!("/{section}/"));
        let section = article.sections.iter().find(in_path).unwrap_or(&article.sections[0]);
        let heading = self.portal.sections.iter().find(|(slug, _)| slug == section).map(|(_, name)| name);
        // Older neighbours that stay, so that a page does not change when others come and go.
        let stays = |a: &&DemoArticle| a.published < article.published && a.removed.is_none();
        let older = self.listing(section).into_iter().filter(stays).take(4).collect();
        let print = format!("/{section}/-/view_content/pop_up/{}", address::liferay_name(article));
        let context = context! {
            article => self.view(article, section), section, heading, print,
            english => path.starts_with("/en/"), print_copy => path.contains("/pop_up/"),
            canonical => format!("https://{}{path}", self.portal.host), related => self.views(older),
        };
        self.fill(&self.template("article.html"), HTML, Some(article.published), context)
    }

    fn refusal(&self, status: u16) -> Result<Answer, Error> {
        Ok(Answer { status, ..self.fill(&self.template("missing.html"), HTML, None, context! {})? })
    }

    /// The name of a template of the portal's platform.
    fn template(&self, name: &str) -> String {
        format!("{}/{name}", self.portal.platform.id())
    }

    fn fill(&self, template: &str, kind: &'static str, modified: Option<Time>, more: Value) -> Result<Answer, Error> {
        let sections = self.portal.sections.iter();
        let common = context! {
            host => self.portal.host.as_str(), name => self.portal.name.as_str(),
            crawl_delay => self.portal.crawl_delay.as_str(), sitemap => self.portal.sitemap,
            feed => self.portal.feed.then(|| address::of_feed(self.portal)),
            sections => sections.map(|(slug, name)| context! { path => address::of_section(slug), name }).collect::<Vec<_>>(),
        };
        let body = self.demo.templates.get_template(template)?.render(context! { ..more, ..common })?;
        Ok(Answer { status: 200, content_type: kind, body, modified })
    }

    fn views(&self, articles: Vec<&DemoArticle>) -> Vec<Value> {
        articles.into_iter().map(|a| self.view(a, &a.sections[0])).collect()
    }

    /// One article as templates see it.
    fn view(&self, article: &DemoArticle, section: &str) -> Value {
        let (time, platform) = (article.published, self.portal.platform);
        let (date, listed) = match platform {
            Platform::Ims => ("%H:%M %d/%m/%Y", "%H:%M, %d/%m/%Y"),
            Platform::Liferay => ("%d/%m/%Y | %I:%M %p", "%d/%m/%Y | %I:%M %p"),
            Platform::Plain => ("%H:%M, ngày %d/%m/%Y", "%d/%m/%Y"),
        };
        let shown = |form: &str| article.shown.clone().unwrap_or_else(|| time.format(form).to_string());
        let path = address::of_article(self.portal, article, section);
        let id = match platform {
            Platform::Ims => address::stamp(self.portal, article),
            _ => article.number.to_string(),
        };
        context! {
            id, title => article.title.as_str(), sapo => article.sapo.as_str(), author => article.author.as_str(),
            body => article.body.clone(),
            url => format!("http://{}{path}", self.portal.host), path,
            date => shown(date), listed => shown(listed),
            iso => time.to_rfc3339(), rfc2822 => time.to_rfc2822(),
        }
    }
}
