//! Public pages made once: they are the same for all, so their bytes are kept until what they show
//! changes.
//!
//! The key is the whole address, with the host that a page may repeat. Pages are made a few at a
//! time, those that take long one at a time, so that whoever walks through the calendar makes nobody
//! wait for a page that is at hand.

use super::app::App;
use super::error::Refusal;
use crate::digest;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Bytes kept; a full cache is emptied, since the pages that matter are soon made again.
const MOST_BYTES: usize = 128 << 20;
/// Addresses longer than this are made each time.
const LONGEST_KEY: usize = 600;
/// How long a visitor waits for a turn before being told to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// The kept pages.
pub(super) struct Cache {
    kept: Mutex<Kept>,
    usual: Semaphore,
    slow: Semaphore,
}

#[derive(Default)]
struct Kept {
    generation: u64,
    bytes: usize,
    pages: HashMap<String, Arc<Page>>,
}

/// A page as sent.
struct Page {
    headers: HeaderMap,
    tag: HeaderValue,
    body: Bytes,
    /// The same, gzipped, where that is worth it.
    zipped: Option<Bytes>,
}

impl Cache {
    pub(super) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self { kept: Mutex::default(), usual: Semaphore::new(cores), slow: Semaphore::new(1) }
    }

    /// Leave to make a page; `None` where the visitor would wait too long.
    async fn turn(&self, slow: bool) -> Option<SemaphorePermit<'_>> {
        let turns = if slow { &self.slow } else { &self.usual };
        tokio::time::timeout(PATIENCE, turns.acquire()).await.ok()?.ok()
    }

    fn get(&self, generation: u64, key: &str) -> Option<Arc<Page>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        (kept.generation == generation).then(|| kept.pages.get(key).cloned()).flatten()
    }

    fn put(&self, generation: u64, key: String, page: Arc<Page>) {
        let size = page.body.len() + page.zipped.as_ref().map_or(0, Bytes::len) + key.len();
        if key.len() > LONGEST_KEY || size > MOST_BYTES / 4 {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if generation < kept.generation {
            return;
        }
        if generation > kept.generation || kept.bytes + size > MOST_BYTES {
            *kept = Kept { generation, ..Kept::default() };
        }
        kept.bytes += size;
        kept.pages.insert(key, page);
    }
}

/// Answers from what is kept, or makes the page and keeps it.
pub(super) async fn keep(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    let (key, asked) = (key(&request), request.headers().clone());
    if let Some(page) = app.cache.get(app.generation(), &key) {
        return page.answer(&asked);
    }
    let Some(_turn) = app.cache.turn(is_slow(&request)).await else { return Refusal::TooMany.page(&app) };
    // Whoever had the turn before may have made this very page.
    let generation = app.generation();
    if let Some(page) = app.cache.get(generation, &key) {
        return page.answer(&asked);
    }
    let (parts, body) = next.run(request).await.into_parts();
    if parts.status != StatusCode::OK {
        return Response::from_parts(parts, body);
    }
    match packed(parts.headers, body).await {
        Ok(page) => {
            let page = Arc::new(page);
            app.cache.put(generation, key, Arc::clone(&page));
            page.answer(&asked)
        }
        Err(refusal) => refusal.page(&app),
    }
}

/// For pages that are not kept: they wait for their turn all the same.
pub(super) async fn pace(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    match app.cache.turn(is_slow(&request)).await {
        Some(_turn) => next.run(request).await,
        None => Refusal::TooMany.page(&app),
    }
}

/// Whether a page takes long to make: of a day that the visitor names, or a whole plan to take away.
fn is_slow(request: &Request) -> bool {
    let names_day = |pair: &str| pair.strip_prefix("ngay=").is_some_and(|day| !day.is_empty());
    let dated = request.uri().query().is_some_and(|query| query.split('&').any(names_day));
    dated || request.uri().path().starts_with("/tai-ve/")
}

/// What tells two pages apart: the address, and the host and scheme that a page may repeat.
fn key(request: &Request) -> String {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let address = request.uri().path_and_query().map_or("/", |path| path.as_str());
    format!("{address} {} {}", text("host"), text("x-forwarded-proto"))
}

async fn packed(headers: HeaderMap, body: Body) -> Result<Page, Refusal> {
    let failed = |why: String| Refusal::Failed(crate::error::Error::Failed(format!("trang không gói được: {why}")));
    let body = to_bytes(body, usize::MAX).await.map_err(|e| failed(e.to_string()))?;
    tokio::task::spawn_blocking(move || Page::new(headers, body)).await.map_err(|e| Refusal::broken(&e))
}

impl Page {
    fn new(headers: HeaderMap, body: Bytes) -> Self {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let is_text = ["text/", "json", "xml;", "+xml"].iter().any(|mark| kind.contains(mark));
        let zipped = (is_text && body.len() > 1000).then(|| zip(&body)).flatten();
        let tag = format!("\"{}\"", &digest::sha256(&body)[..32]);
        Self {
            headers,
            tag: HeaderValue::from_str(&tag).expect("hex digits in quotes are a header value"),
            body,
            zipped,
        }
    }

    fn answer(&self, asked: &HeaderMap) -> Response {
        let mut headers = self.headers.clone();
        headers.insert(header::ETAG, self.tag.clone());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if holds(asked, &self.tag) {
            headers.remove(header::CONTENT_TYPE);
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        match self.zipped.as_ref().filter(|_| takes_gzip(asked)) {
            Some(zipped) => {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                (headers, zipped.clone()).into_response()
            }
            None => (headers, self.body.clone()).into_response(),
        }
    }
}

/// The fastest level: a page is read once or a thousand times, but must be there at once.
fn zip(body: &[u8]) -> Option<Bytes> {
    let mut zipped = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    zipped.write_all(body).ok()?;
    zipped.finish().ok().map(Bytes::from)
}

/// Whether the browser holds this very page (RFC 9110 §13.1.2).
fn holds(asked: &HeaderMap, tag: &HeaderValue) -> bool {
    let held = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    held.split(',').any(|one| one.trim().trim_start_matches("W/").as_bytes() == tag.as_bytes())
}

/// Whether the browser takes gzip; `q=0` means that it does not.
fn takes_gzip(asked: &HeaderMap) -> bool {
    let takes = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    takes.split(',').any(|one| {
        let (name, rest) = one.split_once(';').unwrap_or((one, ""));
        name.trim() == "gzip" && !matches!(rest.trim().trim_start_matches("q=").parse(), Ok(0.0_f32))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_whom_asks_for_it() {
        for (asked, takes) in [
            ("gzip, deflate, br", true),
            ("br;q=1.0, gzip;q=0.8", true),
            ("gzip;q=0", false),
            ("", false),
            ("br", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_str(asked).unwrap())]);
            assert_eq!(takes_gzip(&headers), takes, "{asked}");
        }
    }

    #[test]
    fn a_page_is_forgotten_with_its_generation_and_a_late_one_is_not_kept() {
        let cache = Cache::new();
        let page = || Arc::new(Page::new(HeaderMap::new(), Bytes::from_static(b"x")));
        cache.put(1, "/".to_owned(), page());
        assert!(cache.get(1, "/").is_some());
        assert!(cache.get(2, "/").is_none());
        cache.put(2, "/a".to_owned(), page());
        cache.put(1, "/".to_owned(), page());
        assert!(cache.get(2, "/").is_none() && cache.get(2, "/a").is_some());
    }

    #[test]
    fn a_full_cache_begins_anew() {
        let cache = Cache::new();
        let large = Arc::new(Page::new(HeaderMap::new(), Bytes::from(vec![0; MOST_BYTES / 5])));
        for n in 0..6 {
            cache.put(1, n.to_string(), Arc::clone(&large));
        }
        assert!(cache.get(1, "0").is_none() && cache.get(1, "5").is_some());
        cache.put(1, "quá lớn".to_owned(), Arc::new(Page::new(HeaderMap::new(), Bytes::from(vec![0; MOST_BYTES]))));
        assert!(cache.get(1, "quá lớn").is_none());
    }
}
