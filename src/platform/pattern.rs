//! The two small languages of a platform file: regular expressions over addresses, and CSS
//! selectors that may end in `@attribute`.
//!
//! Both are refused when the file is read, with the reason, so that none fails at night.

use super::index::{self, Mark};
use regex::Regex;
use scraper::{ElementRef, Selector};
use std::str::FromStr;

/// A regular expression; its first group, if it has one, is what it captures.
#[derive(Debug, Clone)]
pub struct Pattern(Regex);

impl Pattern {
    /// Whether it is found in a text.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// The first group that took part, or the whole match.
    #[must_use]
    pub fn capture<'t>(&self, text: &'t str) -> Option<&'t str> {
        let found = self.0.captures(text)?;
        found.iter().skip(1).flatten().next().or_else(|| found.get(0)).map(|m| m.as_str())
    }

    /// The expression itself.
    #[must_use]
    pub fn regex(&self) -> &Regex {
        &self.0
    }
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let reason = |e: regex::Error| {
            let last = e.to_string().lines().last().unwrap_or_default().trim().to_owned();
            format!("biểu thức chính quy `{text}` không đọc được: {last}")
        };
        Regex::new(text).map(Self).map_err(reason)
    }
}

/// A CSS selector, with `@attribute` at the end where the value stands in an attribute:
/// `span.news-time@title`.
#[derive(Debug, Clone)]
pub struct Pick {
    selector: Selector,
    attribute: Option<String>,
    marks: Vec<Mark>,
}

impl Pick {
    /// The elements it selects inside another, in order of the page.
    pub fn all<'a>(&self, within: ElementRef<'a>) -> impl Iterator<Item = ElementRef<'a>> {
        within.select(&self.selector)
    }

    /// The first element it selects inside another.
    #[must_use]
    pub fn first<'a>(&self, within: ElementRef<'a>) -> Option<ElementRef<'a>> {
        within.select(&self.selector).next()
    }

    /// Whether it selects this element.
    #[must_use]
    pub fn matches(&self, element: &ElementRef<'_>) -> bool {
        self.selector.matches(element)
    }

    /// The attribute that holds the value; `None`: the element's text does.
    #[must_use]
    pub fn attribute(&self) -> Option<&str> {
        self.attribute.as_deref()
    }

    /// What the page must bear for it to select anything; see [`index::marks`].
    pub(super) fn marks(&self) -> &[Mark] {
        &self.marks
    }
}

impl FromStr for Pick {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (css, attribute) = match text.rsplit_once('@') {
            // An @ inside brackets or quotes belongs to the selector.
            Some((css, name)) if !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') => {
                (css, Some(name.to_ascii_lowercase()))
            }
            _ => (text, None),
        };
        let selector = Selector::parse(css.trim()).map_err(|e| {
            format!("bộ chọn CSS `{text}` không đọc được: {e}; dạng đúng như `h1.title` hay `time@datetime`")
        })?;
        Ok(Self { selector, attribute, marks: index::marks(css.trim()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_selector_or_pattern_is_refused_with_its_reason() {
        for bad in ["div[", "h1..x", "", "@title"] {
            assert!(bad.parse::<Pick>().unwrap_err().contains("không đọc được"), "{bad}");
        }
        assert!("a(b".parse::<Pattern>().unwrap_err().contains("unclosed group"));
    }

    #[test]
    fn an_attribute_may_follow() {
        for (text, attribute) in [("time@datetime", Some("datetime")), ("a[href=\"x@y.z\"]", None), ("h1", None)] {
            assert_eq!(text.parse::<Pick>().unwrap().attribute(), attribute, "{text}");
        }
    }
}
