//! Addresses in one form, so that one page has one name.
//!
//! What makes two addresses one *article* is the platform's item id ([`crate::platform`]); this
//! module only removes what never distinguishes pages: fragments, default ports, session ids,
//! tracking parameters, needless percent-encoding (RFC 3986 §6.2.2). The order of a query is
//! kept: some portals put their item ids there, and none was seen to permute it.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use url::Url;

/// Query parameters that name a visit, not a page; compared in lower case.
const VISIT_PARAMETERS: &[&str] = &[
    "_ga",
    "_gl",
    "aspsessionid",
    "cfid",
    "cftoken",
    "dclid",
    "fb_action_ids",
    "fb_action_types",
    "fb_source",
    "fbclid",
    "gbraid",
    "gclid",
    "gclsrc",
    "igshid",
    "jsessionid",
    "mc_cid",
    "mc_eid",
    "msclkid",
    "oscsid",
    "p_auth",
    "phpsessid",
    "session_id",
    "sessionid",
    "sid",
    "srsltid",
    "wbraid",
    "yclid",
    "zarsrc",
    "zenid",
];

/// Beginnings of such parameters.
const VISIT_PREFIXES: &[&str] = &["__cf_chl", "aspsessionid", "utm_"];

/// An absolute http(s) address in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CanonicalUrl(String);

impl CanonicalUrl {
    /// Canonicalises a parsed address; `None` unless it is http or https with a host.
    #[must_use]
    pub fn new(url: &Url) -> Option<Self> {
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return None;
        }
        let mut url = url.clone();
        url.set_fragment(None);
        // Credentials in an address are somebody's mistake; they never choose the page.
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
        if let Some(host) = url.host_str().and_then(|h| h.strip_suffix('.')).map(str::to_owned) {
            url.set_host(Some(&host)).ok()?;
        }
        let path = normal_escapes(url.path());
        if let Cow::Owned(path) = without_session(&path) {
            url.set_path(&path);
        } else if let Cow::Owned(path) = path {
            url.set_path(&path);
        }
        if let Some(query) = url.query() {
            let query = without_visit(query);
            url.set_query(Some(query.as_str()).filter(|q| !q.is_empty()));
        }
        Some(Self(url.into()))
    }

    /// Parses and canonicalises.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::new(&Url::parse(text.trim()).ok()?)
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as a parsed URL.
    #[must_use]
    pub fn to_url(&self) -> Url {
        Url::parse(&self.0).expect("a canonical address was parsed before")
    }

    /// The address without its scheme: a portal that answers on http and https shows one page.
    #[must_use]
    pub fn key(&self) -> &str {
        self.0.split_once("://").map_or(&self.0, |(_, rest)| rest)
    }
}

impl fmt::Display for CanonicalUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Escapes of unreserved characters undone, all others in capitals.
fn normal_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let byte = rest.get(..2).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(byte) = byte.and_then(|digits| u8::from_str_radix(digits, 16).ok()) else {
            out.push('%');
            continue;
        };
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        rest = &rest[2..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Whether a part of a path is a session of ASP.NET without cookies: `(S(…))`, `(A(…)F(…))`.
fn is_session_part(part: &str) -> bool {
    let inner = part.strip_prefix('(').and_then(|rest| rest.strip_suffix("))"));
    inner.is_some_and(|inner| matches!(inner.get(..2), Some("S(" | "A(" | "F(" | "X(")))
}

/// The path without `;jsessionid=…` and its like.
fn without_session(path: &str) -> Cow<'_, str> {
    let is_session = |parameter: &str| {
        let name = parameter.split('=').next().unwrap_or_default().to_ascii_lowercase();
        matches!(name.as_str(), "jsessionid" | "phpsessid" | "sessionid" | "sid")
    };
    let has_session = path.split('/').flat_map(|segment| segment.split(';').skip(1)).any(is_session);
    if !has_session && !path.split('/').any(is_session_part) {
        return Cow::Borrowed(path);
    }
    let keep = |segment: &str| {
        let mut parts = segment.split(';');
        let name = parts.next().unwrap_or_default().to_owned();
        parts.filter(|p| !is_session(p)).fold(name, |all, part| all + ";" + part)
    };
    Cow::Owned(path.split('/').filter(|part| !is_session_part(part)).map(keep).collect::<Vec<_>>().join("/"))
}

/// The query without empty parts and without those that name a visit.
fn without_visit(query: &str) -> String {
    let kept = query.split('&').filter(|part| !part.is_empty() && !names_visit(part));
    normal_escapes(&kept.collect::<Vec<_>>().join("&")).into_owned()
}

fn names_visit(part: &str) -> bool {
    let (name, value) = part.split_once('=').unwrap_or((part, ""));
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        // A short `sid` is an item or section id; a session's is long.
        "sid" => value.len() >= 16,
        // A cache buster is a time, in seconds or milliseconds.
        "_" | "t" | "ts" | "rand" | "nocache" => value.len() >= 10 && value.bytes().all(|b| b.is_ascii_digit()),
        "token" => value.len() >= 16,
        _ => VISIT_PARAMETERS.contains(&name.as_str()) || VISIT_PREFIXES.iter().any(|p| name.starts_with(p)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_has_one_address() {
        for (given, canonical) in [
            ("http://A.VN", "http://a.vn/"),
            ("http://a.vn:80/", "http://a.vn/"),
            ("https://a.vn:443/x", "https://a.vn/x"),
            ("https://a.vn:8443/x", "https://a.vn:8443/x"),
            ("https://a.vn./x", "https://a.vn/x"),
            (" https://a.vn/x#top ", "https://a.vn/x"),
            ("https://u:p@a.vn/x", "https://a.vn/x"),
            ("https://a.vn/a/../b/./c", "https://a.vn/b/c"),
            ("https://a.vn/x?", "https://a.vn/x"),
            ("https://a.vn/x?&&a=1&", "https://a.vn/x?a=1"),
            ("https://a.vn/x?b=2&a=1", "https://a.vn/x?b=2&a=1"),
            ("https://a.vn/x?CateID=0&ItemID=35024", "https://a.vn/x?CateID=0&ItemID=35024"),
            ("https://a.vn/x?utm_source=zalo&id=7&fbclid=abc", "https://a.vn/x?id=7"),
            ("https://a.vn/x?UTM_Medium=a", "https://a.vn/x"),
            ("https://a.vn/x?PHPSESSID=0123456789abcdef", "https://a.vn/x"),
            ("https://a.vn/x?sid=12", "https://a.vn/x?sid=12"),
            ("https://a.vn/x?sid=0123456789abcdef0123", "https://a.vn/x"),
            ("https://a.vn/x?ASPSESSIONIDQQ=AB", "https://a.vn/x"),
            ("https://a.vn/x?_=1700000000000&p=2", "https://a.vn/x?p=2"),
            ("https://a.vn/x?p_auth=aB3&p_p_id=101", "https://a.vn/x?p_p_id=101"),
            ("https://a.vn/x;jsessionid=A1B2.node1?id=2", "https://a.vn/x?id=2"),
            ("https://a.vn/x;JSESSIONID=A1/y", "https://a.vn/x/y"),
            ("https://a.vn/x;v=1;jsessionid=A1", "https://a.vn/x;v=1"),
            ("https://a.vn/x;v=1", "https://a.vn/x;v=1"),
            ("https://a.vn/(S(lit3py55t21z5v55vlm25s55))/tin.aspx", "https://a.vn/tin.aspx"),
            ("https://a.vn/(X(1)S(lit3py55t21z5v55vlm25s55))/tin.aspx", "https://a.vn/tin.aspx"),
            ("https://a.vn/(a)/b", "https://a.vn/(a)/b"),
            ("https://a.vn/x?t=1700000000&id=7", "https://a.vn/x?id=7"),
            ("https://a.vn/x?t=12", "https://a.vn/x?t=12"),
            ("https://a.vn/x?token=0123456789abcdef0123", "https://a.vn/x"),
            ("https://a.vn/%7euser/%e1%bb%9b", "https://a.vn/~user/%E1%BB%9B"),
            ("https://a.vn/tin-tức", "https://a.vn/tin-t%E1%BB%A9c"),
            ("https://a.vn/a%2fb%", "https://a.vn/a%2Fb%"),
            ("https://a.vn/x?q=%41%2f", "https://a.vn/x?q=A%2F"),
            ("https://hànội.vn/", "https://xn--hni-9ka0849a.vn/"),
            ("http://2130706433/", "http://127.0.0.1/"),
        ] {
            let url = CanonicalUrl::parse(given).unwrap_or_else(|| panic!("{given}"));
            assert_eq!(url.as_str(), canonical, "{given}");
            assert_eq!(CanonicalUrl::parse(url.as_str()), Some(url), "canonicalising twice changes {given}");
        }
    }

    #[test]
    fn only_the_web_has_addresses() {
        for text in ["mailto:a@b.vn", "javascript:void(0)", "ftp://a.vn/", "data:,x", "/x", "", "http://"] {
            assert_eq!(CanonicalUrl::parse(text), None, "{text}");
        }
    }

    #[test]
    fn http_and_https_show_one_page() {
        let key = |text: &str| CanonicalUrl::parse(text).map(|u| u.key().to_owned());
        assert_eq!(key("http://a.vn/x?y"), key("https://a.vn/x?y"));
        assert_ne!(key("http://a.vn:8080/"), key("http://a.vn/"));
    }
}
