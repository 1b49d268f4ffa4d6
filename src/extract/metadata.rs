//! What JSON-LD (schema.org) says of an article.

use crate::text::nfc;
use regex::Regex;
use serde_json::Value;
use std::sync::LazyLock;

/// Longer than this is data, not a description.
const MAX_JSON: usize = 1024 * 1024;

/// The fields of a schema.org article that matter here; empty where it says nothing.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Described {
    /// It calls itself an article of some kind.
    pub(super) is_article: bool,
    pub(super) headline: String,
    pub(super) description: String,
    pub(super) published: String,
    pub(super) author: String,
    pub(super) section: String,
    pub(super) body: String,
}

impl Described {
    /// Fills what is still empty from another description.
    pub(super) fn merge(&mut self, other: Self) {
        let fill = |own: &mut String, new: String| {
            if own.is_empty() {
                *own = new;
            }
        };
        self.is_article |= other.is_article;
        fill(&mut self.headline, other.headline);
        fill(&mut self.description, other.description);
        fill(&mut self.published, other.published);
        fill(&mut self.author, other.author);
        fill(&mut self.section, other.section);
        fill(&mut self.body, other.body);
    }
}

/// Reads one JSON-LD script; a broken one still gives its date and headline.
pub(super) fn json_ld(source: &str) -> Described {
    if source.len() > MAX_JSON {
        return Described::default();
    }
    // Raw line breaks inside strings are the commonest fault.
    let clean: String = source.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let clean = clean.trim().trim_start_matches("<!--").trim_end_matches("-->").trim().trim_end_matches(';');
    match serde_json::from_str(clean) {
        Ok(value) => article(&value).map(describe).unwrap_or_default(),
        Err(_) => salvage(clean),
    }
}

/// The first object whose type is an article's.
fn article(value: &Value) -> Option<&Value> {
    match value {
        Value::Array(items) => items.iter().find_map(article),
        Value::Object(fields) => {
            if fields.get("@type").is_some_and(is_article) {
                return Some(value);
            }
            fields.get("@graph").or_else(|| fields.get("mainEntity")).and_then(article)
        }
        _ => None,
    }
}

fn is_article(kind: &Value) -> bool {
    match kind {
        Value::String(name) => {
            name.ends_with("Article")
                || matches!(name.as_str(), "BlogPosting" | "Report" | "LiveBlogPosting" | "ReportageNewsArticle")
        }
        Value::Array(kinds) => kinds.iter().any(is_article),
        _ => false,
    }
}

fn describe(value: &Value) -> Described {
    let text = |key: &str| value.get(key).map(names).unwrap_or_default();
    Described {
        is_article: true,
        headline: text("headline"),
        description: text("description"),
        published: text("datePublished"),
        author: text("author"),
        section: text("articleSection"),
        body: value.get("articleBody").and_then(Value::as_str).unwrap_or_default().to_owned(),
    }
}

/// A text, the name of a thing, or those of several, divided by commas.
fn names(value: &Value) -> String {
    match value {
        Value::String(text) => nfc(&unescape(text)),
        Value::Object(fields) => fields.get("name").map(names).unwrap_or_default(),
        Value::Array(items) => {
            let all: Vec<String> = items.iter().map(names).filter(|n| !n.is_empty()).collect();
            all.join(", ")
        }
        _ => String::new(),
    }
}

/// Headlines in JSON-LD often carry HTML entities.
fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    scraper::Html::parse_fragment(&text.replace('<', "&lt;")).root_element().text().collect()
}

/// The fields of a script that is not valid JSON.
fn salvage(source: &str) -> Described {
    static FIELD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#""(datePublished|headline|@type)"\s*:\s*"((?:[^"\\]|\\.){1,300})""#)
            .expect("the pattern is written here and tested")
    });
    let mut described = Described::default();
    for found in FIELD.captures_iter(source) {
        let text = found[2].to_owned();
        match &found[1] {
            "datePublished" if described.published.is_empty() => described.published = text,
            "headline" if described.headline.is_empty() => described.headline = nfc(&text.replace("\\\"", "\"")),
            "@type" => described.is_article |= text.ends_with("Article"),
            _ => {}
        }
    }
    described
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_of_all_sorts() {
        let graph = r#"{"@context":"x","@graph":[{"@type":"WebPage"},{"@type":["NewsArticle"],"headline":"A &amp; B",
            "author":[{"name":"An"},{"@type":"Person","name":"Bình"}],"datePublished":"2026-03-07T09:40:00+07:00"}]}"#;
        let plain = r#"[{"@type":"BreadcrumbList"},{"@type":"BlogPosting","headline":"C","author":"D","articleSection":["E"]}]"#;
        let broken = "{\"@type\":\"NewsArticle\",\"headline\":\"F \\\"G\\\"\",\"datePublished\":\"2026-03-07\",}";
        for (source, headline, author, published) in [
            (graph, "A & B", "An, Bình", "2026-03-07T09:40:00+07:00"),
            (plain, "C", "D", ""),
            (broken, "F \"G\"", "", "2026-03-07"),
            ("{\"@type\":\"NewsArticle\",\"headline\":\"hai\ndòng\"}", "hai dòng", "", ""),
            ("không phải JSON", "", "", ""),
        ] {
            let described = json_ld(source);
            assert_eq!(
                (described.headline.as_str(), described.author.as_str(), described.published.as_str()),
                (headline, author, published)
            );
        }
    }
}
