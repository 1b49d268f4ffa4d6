//! From an address, as a crawl meets it or as a person types it, to the page and the item it names.
//!
//! The web page and the command line both come here with what somebody typed or pasted, so that
//! neither denies what the other finds.

use super::{Site, Sites};
use crate::article::ArticleId;
use crate::platform::{Platform, Platforms};
use crate::url::CanonicalUrl;
use url::{Host, Url};

/// The key of a page: the site's host and the item id that the platform reads from the address,
/// else the address without its scheme. All hosts of a site count as its main one.
#[must_use]
pub fn key_of(site: &Site, platform: &Platform, url: &CanonicalUrl) -> String {
    let parsed = url.to_url();
    if let Some(item) = platform.item_id(&parsed) {
        return format!("{} {item}", site.host);
    }
    match parsed.host_str() {
        Some(host) if host != site.host => format!("{}{}", site.host, &url.key()[host.len()..]),
        _ => url.key().to_owned(),
    }
}

/// The address that somebody typed, with or without its scheme, as browsers show it; `None` where
/// they typed something else, such as a title.
#[must_use]
pub fn typed(text: &str) -> Option<CanonicalUrl> {
    let text = bare(text);
    if text.contains("://") {
        return CanonicalUrl::parse(text);
    }
    let url = CanonicalUrl::parse(&format!("https://{}", text.trim_start_matches('/')))?;
    // Without a scheme any word would be a host: one has a dot, and no address typed by hand has a space.
    let is_host = url.to_url().host_str().is_some_and(|host| host.contains('.'));
    (is_host && !text.contains(char::is_whitespace)).then_some(url)
}

/// All names under which the item may be held that an id or an address names, the surest first: as
/// typed; the address in its other spellings; the id of its key as the site's platform reads it, and
/// as it was read before the platform was known.
#[must_use]
pub fn names(text: &str, sites: Option<&Sites>, platforms: &Platforms) -> Vec<String> {
    let Some(url) = typed(text) else { return vec![bare(text).to_owned()] };
    let spellings = spellings(&url);
    let mut names = vec![bare(text).to_owned()];
    names.extend(spellings.iter().flat_map(|url| ["https", "http"].map(|scheme| format!("{scheme}://{}", url.key()))));
    if let Some(site) = sites.and_then(|sites| sites.covering(&url.to_url())) {
        let own = site.platform.as_deref().and_then(|id| platforms.get(id));
        for platform in own.into_iter().chain([platforms.generic()]) {
            names.extend(spellings.iter().map(|url| ArticleId::of_key(&key_of(site, platform, url)).0));
        }
    }
    names
}

/// Without the space around it that is pasted along, even where nobody sees it.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}'))
}

/// One page with and without `www.`, with and without a slash at the end.
fn spellings(url: &CanonicalUrl) -> Vec<CanonicalUrl> {
    let given = url.to_url();
    let hosts = [Some(given.clone()), twin(&given)];
    let slashed = |url: &Url| {
        let mut other = url.clone();
        match url.path().strip_suffix('/') {
            Some(path) => other.set_path(path),
            None => other.set_path(&format!("{}/", url.path())),
        }
        other
    };
    let all = hosts.into_iter().flatten().flat_map(|url| [slashed(&url), url].into_iter().rev());
    all.filter_map(|url| CanonicalUrl::new(&url)).collect()
}

/// The same address at the host with `www.`, or without it.
fn twin(url: &Url) -> Option<Url> {
    let Some(Host::Domain(host)) = url.host() else { return None };
    let other = host.strip_prefix("www.").map_or_else(|| format!("www.{host}"), str::to_owned);
    let mut url = url.clone();
    url.set_host(Some(&other)).ok()?;
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;
    use crate::rules::Rules;

    #[test]
    fn an_address_is_told_from_a_title() {
        for (text, address) in [
            ("https://a.vn/x?fbclid=abc", Some("https://a.vn/x")),
            (" a.vn/x?utm_source=zalo#y\u{200b}", Some("https://a.vn/x")),
            ("//www.a.vn/x", Some("https://www.a.vn/x")),
            ("a.vn:8080/x", Some("https://a.vn:8080/x")),
            ("Hội nghị", None),
            ("hội.nghị tổng kết", None),
            ("hoinghi", None),
            ("0123456789abcdef", None),
            ("ftp://a.vn/x", None),
            ("", None),
        ] {
            assert_eq!(typed(text).as_ref().map(CanonicalUrl::as_str), address, "{text}");
        }
    }

    #[test]
    fn one_item_has_many_spellings() {
        let platforms = Rules::parse(Data::built_in()).unwrap().platforms;
        let site = "crawler.contact = \"mailto:a@b.vn\"\n[[site]]\nid = \"a\"\nhost = \"a.vn\"\n\
                    aliases = [\"b.vn\"]\nchannel = \"other\"\nplatform = \"ims\"\n";
        let sites = Sites::parse("sites.toml", site).unwrap();
        let names = |text: &str| names(text, Some(&sites), &platforms);
        let item = ArticleId::of_key("a.vn 1234250510080000123").0;
        for text in [
            "https://a.vn/bai-mot-1234250510080000123.htm",
            "http://www.a.vn/ten-khac-1234250510080000123.htm?fbclid=abc",
            "b.vn/bai-mot-1234250510080000123.htm",
        ] {
            assert!(names(text).contains(&item), "{text}: {:?}", names(text));
        }
        for text in ["www.a.vn/x/?utm_source=zalo", "http://a.vn/x", "a.vn/x/"] {
            for held in ["http://a.vn/x", "https://www.a.vn/x/", &ArticleId::of_key("a.vn/x").0] {
                assert!(names(text).iter().any(|name| name == held), "{text} {held}: {:?}", names(text));
            }
        }
        assert_eq!(names(&item), [item.as_str()]);
        assert!(!names("https://c.vn/bai-mot-1234250510080000123.htm").contains(&item), "another host");
    }
}
