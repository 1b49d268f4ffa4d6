//! Addresses as each platform makes them, and which article an address means.

use super::article::DemoArticle;
use super::portal::{Platform, Portal, slug};
use crate::text;

/// The path of an article in one of its sections.
pub(super) fn of_article(portal: &Portal, article: &DemoArticle, section: &str) -> String {
    match portal.platform {
        Platform::Ims => format!("/{section}/{}-{}.htm", slug(&article.title), stamp(portal, article)),
        Platform::Liferay => format!("/{section}/-/view_content/{}", liferay_name(article)),
        Platform::Plain => format!("/{section}/{}-{}.html", slug(&article.title), article.number),
    }
}

/// The path of a section's first page.
pub(super) fn of_section(section: &str) -> String {
    format!("/{section}")
}

/// The path of the feed, where the portal has one.
pub(super) fn of_feed(portal: &Portal) -> &'static str {
    match portal.platform {
        Platform::Ims => "/rss/home.rss",
        Platform::Liferay => "/rss",
        Platform::Plain => "/feed.xml",
    }
}

/// The article an address means; language prefixes and print copies lead to the same one.
pub(super) fn article<'a>(portal: &'a Portal, path: &str) -> Option<&'a DemoArticle> {
    if portal.platform == Platform::Liferay {
        let (_, name) = path.split_once("/-/view_content/")?;
        let number = name.trim_start_matches("pop_up/").split('-').next()?;
        return portal.articles.iter().find(|a| a.number.to_string() == number);
    }
    let stands_at = |a: &DemoArticle| a.sections.iter().any(|s| of_article(portal, a, s) == path);
    portal.articles.iter().find(|a| stands_at(a))
}

/// What IMS calls an item: the site's prefix, the time of creation, and none to three digits more.
pub(super) fn stamp(portal: &Portal, article: &DemoArticle) -> String {
    let fraction = (article.number % 1000).to_string();
    let digits = usize::try_from(article.number % 4).expect("less than four").min(fraction.len());
    format!("{}{}{}", portal.prefix, article.created.format("%y%m%d%H%M%S"), &fraction[..digits])
}

/// `{number}-{slug}.html`; Liferay's slugs lose the letter đ.
pub(super) fn liferay_name(article: &DemoArticle) -> String {
    let title: String = article.title.chars().filter(|c| !matches!(c, 'đ' | 'Đ')).collect();
    format!("{}-{}.html", article.number, slug(text::nfc(&title).as_str()))
}

/// A value that means something to the portal only: IMS's forms carry base64 of a cipher.
pub(super) fn opaque(portal: &Portal, value: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let hash = xxhash_rust::xxh3::xxh3_64(format!("{} {value}", portal.host).as_bytes());
    // Eight bytes are eleven digits of six bits (the last one of four) and one sign of padding.
    let digit = |n: u32| char::from(DIGITS[usize::try_from(hash.rotate_left(6 * n) & 63).expect("six bits")]);
    let mut text: String = (0..10).map(digit).collect();
    text.push(char::from(DIGITS[usize::try_from((hash & 15) << 2).expect("six bits")]));
    text.push('=');
    text
}
