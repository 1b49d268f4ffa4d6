//! What an archived answer says: one step, the same for the crawl and for a replay of its archive.
//!
//! Pure but for a lock that lets large pages and lists pass one at a time, for the memory that
//! their trees take. What is refused here (too large, too many tags, a reader that panics) is
//! refused at every reading, or a rebuild would find other articles than the crawl did.

use crate::archive::{Capture, body};
use crate::coverage::Cause;
use crate::crawl::desk::{Nature, Page, Reader, Reading};
use crate::crawl::discover::{feed, sitemap};
use crate::crawl::round::{Body, Content};
use crate::error::{Error, Result};
use crate::platform::{ListingRequest, Platform};
use crate::site::Site;
use memchr::memchr_iter;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

/// Stack of whoever reads: parsers recurse into what portals nest.
pub(super) const STACK: usize = 16 << 20;

/// Bytes above which a page or a list is read while no other large one is.
const LARGE: usize = 512 << 10;

/// Tags above which a page is; each costs half a kilobyte while it is read.
const LARGE_TAGS: usize = 20_000;

/// Tags beyond this make no page that anybody wrote.
const MAX_TAGS: usize = 300_000;

/// Where answers are read.
pub struct Lectern<'a, R> {
    reader: &'a R,
    /// Forms of dates in feeds, and the marks of lists that go on by a script.
    generic: &'a Platform,
    large: Mutex<()>,
}

/// The page that an answer is of.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// The site it belongs to.
    pub site: &'a Site,
    /// Its address, after redirects.
    pub url: &'a Url,
    /// The platform declared for the site or recognised before.
    pub platform: Option<&'a str>,
    /// The listing request this answers, if it is one.
    pub request: Option<&'a ListingRequest>,
    /// Whether a feed or a sitemap may stand there.
    pub may_be_list: bool,
    /// The largest body, unpacked.
    pub limit: usize,
}

/// Does a piece of work, in which answers are read, on a thread with the stack that this wants.
///
/// # Errors
/// Those of the work, or the system starts no thread.
pub fn on_deep_stack<T: Send>(work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("đọc lại".to_owned()).stack_size(STACK).spawn_scoped(scope, work);
        let thread = thread.map_err(|e| Error::io("không mở được luồng làm việc", e))?;
        thread.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

impl<'a, R: Reader> Lectern<'a, R> {
    /// With the reader of pages, and what is common to all platforms.
    pub fn new(reader: &'a R, generic: &'a Platform) -> Self {
        Self { reader, generic, large: Mutex::default() }
    }

    /// What a whole answer says. Wants a deep stack; a panic over an answer costs that answer.
    pub fn content(&self, sheet: &Sheet<'_>, capture: &Capture) -> Content<R::Article> {
        let read = || match capture.status {
            200 | 203 => match capture.unpacked(sheet.limit) {
                Ok(body) => self.read(sheet, capture, &body),
                Err((cause, detail)) => Content::Failed(cause, detail),
            },
            status => Content::Failed(self.refusal(sheet, capture), format!("HTTP {status}")),
        };
        catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| broken())
    }

    /// Why a status is no page; a test whether we are a browser often comes as 403 or 503.
    fn refusal(&self, sheet: &Sheet<'_>, capture: &Capture) -> Cause {
        let shows_challenge = || {
            let body = capture.unpacked(sheet.limit).ok()?;
            match self.read(sheet, capture, &body) {
                Content::Page(reading, _) if reading.nature == Nature::Unusable(Cause::Challenge) => {
                    Some(Cause::Challenge)
                }
                _ => None,
            }
        };
        let usual = match capture.status {
            404 | 410 => return Cause::NotFound,
            429 => Cause::Throttled,
            400..=499 => Cause::Refused,
            300..=399 => return Cause::Redirect,
            500..=599 => Cause::ServerError,
            _ => return Cause::Broken,
        };
        if matches!(capture.status, 401 | 403 | 503) { shows_challenge().unwrap_or(usual) } else { usual }
    }

    fn read(&self, sheet: &Sheet<'_>, capture: &Capture, body: &[u8]) -> Content<R::Article> {
        let content_type = capture.header("content-type");
        if let Some(list) = self.list(sheet, content_type, body) {
            return list;
        }
        if body.trim_ascii().is_empty() && sheet.request.is_some_and(ListingRequest::is_post) {
            // The part of a list that lies behind its end.
            return Content::Page(Box::new(Reading::empty(Nature::Other)), Body::default());
        }
        if body.trim_ascii().is_empty() {
            return Content::Failed(Cause::Unreadable, "trang trống".to_owned());
        }
        let hash = xxh3_64(body);
        if content_type.is_some_and(is_other_type) {
            return Content::Page(Box::new(Reading::empty(Nature::NotHtml)), Body { hash, scripted: false });
        }
        let tags = count(body, b'<');
        if tags > MAX_TAGS {
            let detail = format!("trang có {tags} thẻ, không phải trang viết cho người đọc");
            return Content::Failed(Cause::Unreadable, detail);
        }
        let _alone = is_large(body, tags).then(|| self.alone());
        let Sheet { site, url, platform, request, .. } = *sheet;
        let page = Page { site, url, body, content_type, platform, request, at: capture.at };
        let reading = self.reader.read(&page);
        let may_go_on = reading.nature != Nature::Article && reading.next.is_none() && !reading.links.is_empty();
        let scripted = may_go_on && self.is_scripted(body);
        Content::Page(Box::new(reading), Body { hash, scripted })
    }

    /// Whether a list on the page goes on by a script.
    fn is_scripted(&self, body: &[u8]) -> bool {
        let marks = self.generic.listing.as_ref().map_or(&[][..], |listing| &listing.scripted);
        let source = String::from_utf8_lossy(body);
        marks.iter().any(|mark| mark.matches(&source))
    }

    /// A feed or a sitemap, judged by what it is, not by what it is called.
    fn list(&self, sheet: &Sheet<'_>, content_type: Option<&str>, body: &[u8]) -> Option<Content<R::Article>> {
        let is_list =
            |t: &str| ["xml", "json", "gzip", "octet-stream", "text/plain"].iter().any(|name| t.contains(name));
        if !sheet.may_be_list || !(content_type.is_none_or(is_list) || body.starts_with(b"<?xml")) {
            return None;
        }
        // Nobody knows how large a packed one is.
        let _alone = (body.len() > LARGE || body::is_packed(body)).then(|| self.alone());
        let unpacked = body::unpack_file(body, sitemap::MAX_BYTES.min(sheet.limit.saturating_mul(5))).ok()?;
        if sitemap::is_sitemap(&unpacked) {
            return Some(Content::Sitemap(sitemap::parse(&unpacked, sheet.url)));
        }
        if feed::is_feed(&unpacked) {
            return Some(match feed::parse(&unpacked, sheet.url, &self.generic.dates) {
                Some(items) => Content::Feed(items),
                None => Content::Failed(Cause::Unreadable, "không đọc được nguồn tin RSS/Atom".to_owned()),
            });
        }
        None
    }

    /// While it is held, no other large page or list is read.
    fn alone(&self) -> MutexGuard<'_, ()> {
        self.large.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn broken<A>() -> Content<A> {
    Content::Failed(Cause::Unreadable, "bộ bóc tách hỏng khi đọc trang này".to_owned())
}

fn count(body: &[u8], sign: u8) -> usize {
    memchr_iter(sign, body).count()
}

/// Whether a page takes much memory while it is read: by its bytes, its tags or their attributes,
/// of which eight weigh as much as a tag.
fn is_large(body: &[u8], tags: usize) -> bool {
    body.len() > LARGE || tags > LARGE_TAGS || tags + count(body, b'=') / 8 > LARGE_TAGS
}

/// Types that are certainly no page.
fn is_other_type(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let page = ["html", "xml", "text/plain", "octet-stream", "unknown"].iter().any(|name| kind.contains(name));
    !kind.is_empty() && !page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_goes_on_by_a_script_is_recognised() {
        let platforms = crate::platform::Platforms::parse(&crate::data::Data::built_in()).unwrap();
        let marks = &platforms.generic().listing.as_ref().unwrap().scripted;
        for (source, expected) in [
            (r#"<a href="javascript:__doPostBack('g','Page$2')">2</a>"#, true),
            (r#"<a href="javascript:__doPostBack(&#39;ctl00$pager&#39;,&#39;2&#39;)">2</a>"#, true),
            (r#"<button onclick="more()"><span>Xem thêm</span></button>"#, true),
            (r##"<a href="#" onclick="loadMore()">Xem thêm</a>"##, true),
            (r#"<a class="page" href="javascript:p(2)">2</a>"#, true),
            (r##"<a href="#trang">Về đầu trang</a>"##, false),
            (r#"<a href="/tin?page=2">2</a> <a href="/tin">Xem thêm</a>"#, false),
            (r#"<a href="javascript:__doPostBack('login','')">Đăng nhập</a>"#, false),
        ] {
            assert_eq!(marks.iter().any(|mark| mark.matches(source)), expected, "{source}");
        }
    }

    #[test]
    fn a_page_is_large_by_bytes_tags_or_attributes() {
        for (page, large) in [
            ("a".repeat(LARGE), false),
            ("a".repeat(LARGE + 1), true),
            ("<p>".repeat(LARGE_TAGS), false),
            ("<p>".repeat(LARGE_TAGS + 1), true),
            ("<p a=1 b=2>".repeat(LARGE_TAGS * 9 / 10), true),
            ("<p a=1>một đoạn</p>".repeat(5_000), false),
        ] {
            assert_eq!(is_large(page.as_bytes(), count(page.as_bytes(), b'<')), large, "{}", &page[..10]);
        }
    }
}
