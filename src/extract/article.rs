//! Puts an article together: the platform's selectors first, then metadata, then the search for
//! the main text.

use super::blocks::{self, Block, Kind};
use super::reading::{Extracted, Page};
use super::scan::Scan;
use super::{DECLARED_LETTERS, byline, main_text, media, published, title, value};
use crate::article::WORDLESS;
use crate::platform::{Platform, Platforms, Selectors};
use crate::text::{self, nfc, normal};
use chrono::NaiveDate;
use scraper::ElementRef;

/// A text shorter than this (in letters) is said to be short.
const SHORT: usize = 100;

/// An article and how much of it was really found.
pub(super) struct Found {
    pub(super) article: Extracted,
    /// The platform's own selector held the text.
    pub(super) by_platform: bool,
    /// Letters of text.
    pub(super) letters: usize,
    /// Pictures or files stand in the place of the text.
    pub(super) carries: bool,
}

/// Reads the article of a page, whatever the page may be.
pub(super) fn article(page: &Page<'_>, scan: &Scan<'_>, platform: &Platform, platforms: &Platforms) -> Found {
    let root = scan.index.root();
    let generic = platforms.generic();
    let layouts = layouts(platform, page.at.map(|t| t.date_naive()));
    let layouts = layouts.as_slice();
    let is_generic = platform.id == generic.id;
    let category = category(scan, layouts);
    let own: &[&Selectors] = if is_generic { &[] } else { layouts };
    let headline = title::headline(scan, own, generic, category.as_deref());
    let mut sapo = layouts.iter().find_map(|l| value::first(&l.sapo, &scan.index)).map(|v| v.text).unwrap_or_default();
    let described = platform_body(own, scan);
    let by_platform = described.is_some();
    let mut blocks = described.unwrap_or_else(|| generic_body(scan, headline.element, platforms));
    let (near_title, above) = if by_platform { (Vec::new(), 0) } else { near_title(headline.element) };
    let published = published::Search {
        scan,
        platforms,
        platform,
        picks: own.iter().map(|l| l.published.as_slice()).collect(),
        near_title: &near_title,
        above,
        headline: headline.element,
        at: page.at,
        url: platform.url_time(page.url),
    };
    let published = published.run();
    let author = byline::Search { scan, platforms, layouts: own, near_title: &near_title, body: &blocks }.run();
    without_echoes(&mut blocks, &headline.text, &sapo, &author, by_platform);
    if sapo.is_empty() && !by_platform {
        sapo = lead_of(scan, &blocks, root);
    }
    let (body, letters) = paragraphs(blocks, scan);
    let mut warnings = published.warnings;
    warnings.extend(headline.doubt.map(str::to_owned));
    let carries = letters < DECLARED_LETTERS && media::carries(headline.element, scan, own);
    warnings.extend(if carries { Some(WORDLESS.to_owned()) } else { shortness(letters) });
    let article = Extracted {
        url: page.url.to_string(),
        canonical: scan.canonical.as_ref().map(ToString::to_string),
        title: headline.text,
        sapo,
        body,
        author,
        published: published.stamp.map(|(s, _)| s.time),
        published_precision: published.stamp.map(|(s, _)| s.precision),
        published_from: published.stamp.map(|(_, from)| from),
        category,
        platform: platform.id.clone(),
        warnings,
        times: published.times,
    };
    Found { article, by_platform, letters, carries }
}

/// The paragraphs as text, and how many letters they have; those of the metadata where the page
/// itself shows little of them.
fn paragraphs(blocks: Vec<Block>, scan: &Scan<'_>) -> (Vec<String>, usize) {
    let letters = blocks.iter().map(|b| b.letters).sum();
    let body: Vec<String> = blocks.into_iter().map(|b| b.text).collect();
    if body.iter().map(String::len).sum::<usize>() >= scan.described.body.len() / 3 {
        return (body, letters);
    }
    let body: Vec<String> = scan.described.body.lines().map(nfc).filter(|line| !line.is_empty()).collect();
    let letters = body.iter().map(|paragraph| text::letters(paragraph)).sum();
    (body, letters)
}

/// What is said of a text that is hardly one.
fn shortness(letters: usize) -> Option<String> {
    match letters {
        0 => Some("thân bài trống".to_owned()),
        1..SHORT => Some(format!("thân bài rất ngắn ({letters} chữ cái)")),
        _ => None,
    }
}

/// The layouts in use on the day of the capture; all of them if none was.
fn layouts(platform: &Platform, day: Option<NaiveDate>) -> Vec<&Selectors> {
    let in_force: Vec<&Selectors> = platform.selectors.iter().filter(|s| s.in_force(day)).collect();
    if in_force.is_empty() { platform.selectors.iter().collect() } else { in_force }
}

/// The text by the platform's selectors: of the first layout and selector that hold any. `None`
/// if the page has no such element; one that is empty is an empty text.
fn platform_body(layouts: &[&Selectors], scan: &Scan<'_>) -> Option<Vec<Block>> {
    let mut text = None;
    for layout in layouts {
        let skip = |element: ElementRef<'_>| layout.remove.iter().any(|pick| pick.matches(&element));
        for element in layout.body.iter().flat_map(|pick| scan.index.all(pick)) {
            let blocks = blocks::blocks(element, &skip);
            if !blocks.is_empty() {
                return Some(blocks);
            }
            text = Some(blocks);
        }
    }
    text
}

/// The text of a page nobody has described.
fn generic_body<'d>(scan: &Scan<'d>, headline: Option<ElementRef<'d>>, platforms: &Platforms) -> Vec<Block> {
    let root = scan.index.root();
    let body = root.children().filter_map(ElementRef::wrap).find(|e| e.value().name() == "body").unwrap_or(root);
    let known = platforms.generic().selectors.first().map(|s| s.body.as_slice()).unwrap_or_default();
    main_text::find(body, headline, &scan.clutter, known)
}

fn category(scan: &Scan<'_>, layouts: &[&Selectors]) -> Option<String> {
    let shown = layouts.iter().find_map(|l| value::first(&l.category, &scan.index)).map(|v| v.text);
    let said = || scan.meta(&["article:section", "og:article:section"]).map(nfc);
    let described = || Some(scan.described.section.clone());
    shown.or_else(said).or_else(described).filter(|c| !c.is_empty() && c.chars().count() <= 120)
}

/// The short lines around the headline, where an unknown page shows its date, and how many of them
/// stand above it.
fn near_title(heading: Option<ElementRef<'_>>) -> (Vec<Block>, usize) {
    let Some(heading) = heading else { return Default::default() };
    let crowd = |e: &ElementRef<'_>| e.children().filter_map(ElementRef::wrap).count() > 1;
    let around = heading.ancestors().filter_map(ElementRef::wrap).take(3).find(crowd);
    let Some(around) = around else { return Default::default() };
    let blocks = blocks::blocks(around, &|_| false);
    let own = blocks::line(heading);
    let after = blocks.iter().position(|b| b.text == own).map_or(0, |at| at + 1);
    let from = after.saturating_sub(3);
    let is_line = |b: &&Block| b.kind != Kind::Heading;
    let above = blocks[from..after.max(from)].iter().filter(is_line).count();
    (blocks.into_iter().skip(from).take(9).filter(|b| is_line(&b)).collect(), above)
}

/// Drops what repeats the headline or the lead among the first paragraphs and, where nobody has
/// described the page, what repeats the author in the last.
fn without_echoes(blocks: &mut Vec<Block>, title: &str, sapo: &str, author: &str, by_platform: bool) {
    let letters = |text: &str| normal(text).chars().filter(|c| text::in_word(*c)).collect::<String>();
    let (title, sapo, author) = (letters(title), letters(sapo), letters(author));
    // As many letters, or it cannot be the same.
    let alike = |block: &Block, other: &str| block.letters == text::letters(other) && letters(&block.text) == other;
    let echoes = |block: &Block| block.letters == 0 || alike(block, &title) || !sapo.is_empty() && alike(block, &sapo);
    for at in (0..blocks.len().min(4)).rev() {
        if echoes(&blocks[at]) {
            blocks.remove(at);
        }
    }
    let signs = |block: &Block| block.text.chars().count() < 80 && letters(&block.text).contains(&author);
    if !by_platform && !author.is_empty() {
        while blocks.last().is_some_and(signs) {
            blocks.pop();
        }
    }
}

/// The description in the metadata, if the page shows it to readers outside the text.
fn lead_of(scan: &Scan<'_>, body: &[Block], root: ElementRef<'_>) -> String {
    let said = scan.meta(&["og:description", "description", "twitter:description"]).map(nfc);
    let Some(said) = said.filter(|s| s.chars().count() >= 40) else { return String::new() };
    let start: String = said.chars().take(60).collect();
    if body.iter().any(|b| b.text.contains(&start)) {
        return String::new();
    }
    let shown = blocks::blocks(root, &|_| false)
        .into_iter()
        .find(|b| b.text.starts_with(&start) && b.text.chars().count() < 800);
    shown.map(|b| b.text).unwrap_or_default()
}
