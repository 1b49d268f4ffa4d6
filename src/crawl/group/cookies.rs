//! The cookies of one page's redirects.

use crate::crawl::fetch::Fetch;
use url::Url;

/// Cookies set on the way to one page are given back on the same way, and nowhere else.
#[derive(Debug, Default)]
pub(super) struct Cookies(Vec<(String, String)>);

impl Cookies {
    /// Most of them, and the longest; a trap sets more.
    const MAX: (usize, usize) = (10, 1000);

    pub(super) fn take(&mut self, fetch: &Fetch, from: &Url, to: &Url) {
        if from.host_str() != to.host_str() {
            self.0.clear();
            return;
        }
        let headers = fetch.capture.as_deref().into_iter().flat_map(|c| &c.headers);
        let set = headers.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
        for (_, value) in set {
            let pair = std::str::from_utf8(value).ok().and_then(|v| v.split(';').next()?.split_once('='));
            let Some((name, value)) = pair.filter(|(n, v)| n.len() + v.len() <= Self::MAX.1) else { continue };
            self.0.retain(|(known, _)| known != name.trim());
            if self.0.len() < Self::MAX.0 {
                self.0.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
    }

    pub(super) fn header(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }
}
