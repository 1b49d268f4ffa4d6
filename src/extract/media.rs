//! What may stand in the place of a text: a picture, an embedded document, files to download.
//!
//! Portals publish scans, infographics and lists of annexes that way. Only what stands beside the
//! headline counts, and only where there is little else: a menu, a gallery of links or a list of
//! documents holds more links than an article does.

use super::blocks::is_hidden;
use super::scan::Scan;
use crate::platform::{Pick, Selectors};
use scraper::ElementRef;

/// An article holds no more pictures and files in the place of its text.
const MOST: usize = 30;

/// Beside these it holds no more links.
const MAX_LINKS: usize = 6;

/// A picture drawn smaller, in pixels, is a sign.
const SMALL: u32 = 100;

/// Whether pictures, documents or files stand where the text of the article should.
pub(super) fn carries<'d>(headline: Option<ElementRef<'d>>, scan: &Scan<'d>, layouts: &[&Selectors]) -> bool {
    let described = layouts.iter().flat_map(|layout| &layout.body).find_map(|pick: &Pick| scan.index.all(pick).next());
    let around = headline.into_iter().flat_map(|element| element.ancestors()).filter_map(ElementRef::wrap);
    let around = around.take_while(|element| !matches!(element.value().name(), "body" | "html"));
    let found =
        described.into_iter().chain(around).map(|element| Held::of(element, scan)).find(|held| held.carriers > 0);
    found.is_some_and(|held| held.carriers <= MOST && held.links <= MAX_LINKS)
}

/// What an element holds.
#[derive(Default)]
struct Held {
    /// Pictures, embedded documents, files.
    carriers: usize,
    /// Links to anything else.
    links: usize,
}

impl Held {
    fn of<'d>(container: ElementRef<'d>, scan: &Scan<'d>) -> Self {
        let mut held = Self::default();
        held.children(container, scan);
        held
    }

    fn children<'d>(&mut self, element: ElementRef<'d>, scan: &Scan<'d>) {
        for child in element.children().filter_map(ElementRef::wrap) {
            if matches!(child.value().name(), "header" | "form") || is_hidden(child) || scan.clutter.names(child) {
                continue;
            }
            match child.value().name() {
                "img" => self.carriers += usize::from(is_picture(child, scan)),
                "iframe" | "embed" | "object" | "video" => self.carriers += usize::from(!is_sign(child, scan)),
                "a" => self.link(child, scan),
                _ => self.children(child, scan),
            }
        }
    }

    /// A file, a picture that opens when it is clicked, or a link.
    fn link<'d>(&mut self, link: ElementRef<'d>, scan: &Scan<'d>) {
        let href = link.value().attr("href").unwrap_or_default();
        let carriers = self.carriers;
        if scan.clutter.clutter.files.iter().any(|pattern| pattern.matches(href)) {
            self.carriers += 1;
        } else {
            self.children(link, scan);
            let leads = scan.absolute(href).is_some();
            self.links += usize::from(leads && self.carriers == carriers);
        }
    }
}

fn is_picture(element: ElementRef<'_>, scan: &Scan<'_>) -> bool {
    let value = element.value();
    let drawn = |name: &str| value.attr(name).and_then(|size| size.trim_end_matches("px").parse::<u32>().ok());
    let is_small = ["width", "height"].iter().any(|name| drawn(name).is_some_and(|size| size < SMALL));
    !is_small && !is_sign(element, scan)
}

/// Whether an address or a name says that an element is a logo, a button, a counter.
fn is_sign(element: ElementRef<'_>, scan: &Scan<'_>) -> bool {
    let names = ["src", "data", "alt", "class"];
    let said = || names.iter().filter_map(|name| element.value().attr(name));
    scan.clutter.clutter.signs.iter().any(|pattern| said().any(|text| pattern.matches(text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;
    use crate::platform::Platforms;
    use scraper::{Html, Selector};

    #[test]
    fn pictures_and_files_beside_the_headline_carry_an_article() {
        let platforms = Platforms::parse(&Data::built_in()).unwrap();
        let url = url::Url::parse("https://x.vn/a.html").unwrap();
        let menu = "<a href=/b>b</a>".repeat(12);
        for (inner, carries) in [
            ("<p><img src=/a/1.jpg></p>", true),
            ("<p><img src=/a/logo.png></p>", false),
            ("<p><img src=/a/1.jpg width=16></p>", false),
            ("<iframe src=/upload/1.pdf></iframe>", true),
            ("<iframe src=https://www.facebook.com/plugins/like.php></iframe>", false),
            ("<p>Tệp đính kèm: <a href=/upload/1.pdf>1.pdf</a></p>", true),
            ("<a href=/b>Xem</a>", false),
            ("<a href=/b><img src=/a/1.jpg></a>", true),
            (&format!("<img src=/a/1.jpg>{menu}"), false),
            (&format!("<img src=/a/1.jpg><nav>{menu}</nav>"), true),
            (&"<a href=/u/1.pdf>1</a>".repeat(40), false),
        ] {
            let page = format!("<body><div><header><img src=/top.jpg></header><main><h1>T</h1>{inner}</main></div>");
            let document = Html::parse_document(&page);
            let scan = Scan::new(document.root_element(), &url, &platforms);
            let headline = document.select(&Selector::parse("h1").unwrap()).next();
            assert_eq!(super::carries(headline, &scan, &[]), carries, "{inner}");
        }
    }
}
