//! The only HTTP client: one request, one answer, every limit kept.
//!
//! It follows no redirect, repeats nothing, unpacks nothing: each would be a request or a body
//! that neither robots.txt, the manners nor the limits have seen.

use crate::archive::{Capture, Tls, Truncation};
use crate::coverage::Cause;
use crate::crawl::guard;
use crate::crawl::resolve::{Refusal, Resolver};
use crate::crawl::tls::{self, Verifier};
use crate::error::{Error, Result};
use crate::site::Settings;
use crate::time::Time;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Response};
use std::collections::HashMap;
use std::error::Error as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout_at;
use url::{Position, Url};

/// Bodies up to this size need no room of the common store.
const SMALL_BODY: usize = 512 << 10;

/// Room for all larger bodies together, in MiB.
const ROOM: u32 = 64;

/// One request.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Where to.
    pub url: &'a Url,
    /// What is posted; `None`: GET.
    pub post: Option<Post>,
    /// Headers beside the usual ones.
    pub headers: Vec<(String, String)>,
    /// So many bytes of the body are enough, and what follows is left; `None`: the whole body, within
    /// the size that the settings allow.
    pub beginning: Option<usize>,
    /// How the site may be visited.
    pub settings: &'a Settings,
    /// When it leaves, by the run's clock.
    pub at: Time,
}

/// The body of a POST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Post {
    /// A form, encoded.
    #[must_use]
    pub fn form(text: String) -> Self {
        Self { media_type: "application/x-www-form-urlencoded; charset=UTF-8", bytes: text.into_bytes() }
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Fetch {
    /// The answer, as far as it came.
    pub capture: Option<Box<Capture>>,
    /// What went wrong; with a capture, it is not whole.
    pub failure: Option<(Cause, String)>,
    /// From sending to the end.
    pub elapsed: Duration,
    /// From sending to the headers.
    pub first_byte: Duration,
    /// The server's address.
    pub remote: Option<SocketAddr>,
    /// A request left; else something stood in its way beforehand.
    pub sent: bool,
    /// Room held for a large body; given back when this is dropped.
    pub room: Option<OwnedSemaphorePermit>,
}

/// The client of one run.
pub struct Fetcher {
    resolver: Resolver,
    verifier: Arc<Verifier>,
    agent: String,
    /// Clients by (connect, read) time-outs: nearly always one.
    clients: Mutex<HashMap<(Duration, Duration), Client>>,
    room: Arc<Semaphore>,
}

impl Fetcher {
    pub(super) fn new(resolver: Resolver, verifier: Verifier, contact: &str) -> Self {
        Self {
            resolver,
            verifier: Arc::new(verifier),
            agent: format!("{}/{} (+{contact})", super::AGENT, env!("CARGO_PKG_VERSION")),
            clients: Mutex::default(),
            room: Arc::new(Semaphore::new(ROOM as usize)),
        }
    }

    /// Who resolves names.
    pub(super) fn resolver(&self) -> &Resolver {
        &self.resolver
    }

    /// Sends one request.
    pub async fn fetch(&self, request: &Request<'_>) -> Fetch {
        let started = Instant::now();
        let mut fetch = Fetch {
            capture: None,
            failure: None,
            elapsed: Duration::ZERO,
            first_byte: Duration::ZERO,
            remote: None,
            sent: true,
            room: None,
        };
        if let Err(failure) = self.try_fetch(request, &mut fetch, started).await {
            fetch.failure = Some(failure);
        }
        fetch.elapsed = started.elapsed();
        if let Some(capture) = &mut fetch.capture {
            capture.elapsed = fetch.elapsed;
        }
        fetch
    }

    async fn try_fetch(
        &self,
        request: &Request<'_>,
        fetch: &mut Fetch,
        started: Instant,
    ) -> std::result::Result<(), (Cause, String)> {
        let host = request.url.host_str().unwrap_or_default().to_owned();
        self.check(request.url, &host)?;
        let client = self.client(request.settings).map_err(|e| (Cause::Broken, e.to_string()))?;
        let deadline = tokio::time::Instant::from_std(started + request.settings.total_timeout);
        let headers = self.headers(request);
        let mut builder = client.request(method(request), self.connect_url(request.url)).headers(header_map(&headers));
        if let Some(post) = &request.post {
            builder = builder.body(post.bytes.clone());
        }
        let response = match timeout_at(deadline, builder.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(self.explain(&error, &host)),
            Err(_) => return Err((Cause::Timeout, "không có trả lời trong thời hạn".to_owned())),
        };
        fetch.first_byte = started.elapsed();
        fetch.remote = response.remote_addr();
        if let Some(remote) = fetch.remote.filter(|remote| !self.resolver.admits(&host, remote.ip())) {
            return Err((Cause::Forbidden, format!("kết nối dẫn tới địa chỉ nội bộ {}", remote.ip())));
        }
        fetch.capture = Some(Box::new(self.begin_capture(request, headers, &response, &host)));
        let largest = usize::try_from(request.settings.max_page_size).unwrap_or(usize::MAX);
        let limit = request.beginning.unwrap_or(largest);
        if request.beginning.is_none() && response.content_length().is_some_and(|length| length > limit as u64) {
            let capture = fetch.capture.as_mut().expect("the capture was just begun");
            capture.truncated = Some(Truncation::Length);
            return Err((Cause::TooLarge, format!("{} byte", response.content_length().unwrap_or(0))));
        }
        self.read_body(response, fetch, limit, deadline).await
    }

    /// The checks that no resolver sees (an address written as a number never reaches one).
    fn check(&self, url: &Url, host: &str) -> std::result::Result<(), (Cause, String)> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err((Cause::Forbidden, format!("{} không phải http hay https", url.scheme())));
        }
        match guard::literal(url) {
            Some(ip) if !self.resolver.admits(host, ip) => Err((Cause::Forbidden, format!("{ip} là địa chỉ nội bộ"))),
            _ => Ok(()),
        }
    }

    /// Where `resolve` names a port, that port is taken whatever the address says: the client does
    /// so only for addresses without one. The Host header keeps what was asked for.
    fn connect_url(&self, url: &Url) -> Url {
        let mut url = url.clone();
        let target = url.host_str().and_then(|host| self.resolver.policy(host).target);
        if target.is_some_and(|t| t.port.is_some()) && url.port().is_some() {
            url.set_port(None).expect("an http address can have a port, or none");
        }
        url
    }

    fn headers(&self, request: &Request<'_>) -> Vec<(String, String)> {
        let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let host = &request.url[Position::BeforeHost..Position::AfterPort];
        let mut headers = vec![
            own("host", host),
            own("user-agent", &self.agent),
            own("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5"),
            own("accept-language", "vi,en;q=0.5"),
            own("accept-encoding", "gzip"),
        ];
        headers.extend(request.settings.from_header.as_deref().map(|from| own("from", from)));
        headers.extend(request.post.as_ref().map(|post| own("content-type", post.media_type)));
        headers.extend(request.headers.iter().cloned());
        headers
    }

    fn begin_capture(
        &self,
        request: &Request<'_>,
        headers: Vec<(String, String)>,
        response: &Response,
        host: &str,
    ) -> Capture {
        let certificate = response.extensions().get::<reqwest::tls::TlsInfo>().and_then(|info| info.peer_certificate());
        let unverified = |der: &[u8]| self.verifier.exception(host, der).map(str::to_owned);
        let tls = certificate.map(|der| Tls { unverified: unverified(der), ..Tls::verified(der.to_vec()) });
        let received = response.headers().iter().map(|(n, v)| (n.as_str().to_owned(), v.as_bytes().to_vec()));
        Capture {
            url: request.url.to_string(),
            method: method(request).to_string(),
            request_headers: headers,
            request_body: request.post.as_ref().map(|post| post.bytes.clone()).unwrap_or_default(),
            version: format!("{:?}", response.version()),
            status: response.status().as_u16(),
            reason: response.status().canonical_reason().unwrap_or_default().to_owned(),
            headers: received.collect(),
            body: Vec::new(),
            at: request.at,
            elapsed: Duration::ZERO,
            remote: response.remote_addr(),
            tls,
            truncated: None,
            notes: Vec::new(),
            unchanged: None,
        }
    }

    async fn read_body(
        &self,
        mut response: Response,
        fetch: &mut Fetch,
        limit: usize,
        deadline: tokio::time::Instant,
    ) -> std::result::Result<(), (Cause, String)> {
        let capture = fetch.capture.as_mut().expect("the capture was begun before its body");
        let told = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        capture.body.reserve(told.min(SMALL_BODY));
        loop {
            let chunk = match timeout_at(deadline, response.chunk()).await {
                Ok(Ok(Some(chunk))) => chunk,
                Ok(Ok(None)) => return Ok(()),
                Ok(Err(error)) if error.is_timeout() => {
                    capture.truncated = Some(Truncation::Time);
                    return Err((Cause::Timeout, "máy chủ ngừng gửi giữa chừng".to_owned()));
                }
                Ok(Err(error)) => {
                    capture.truncated = Some(Truncation::Disconnect);
                    return Err((Cause::Broken, format!("trả lời đứt giữa chừng: {}", innermost(&error))));
                }
                Err(_) => {
                    capture.truncated = Some(Truncation::Time);
                    return Err((Cause::Timeout, "trả lời chậm quá thời hạn".to_owned()));
                }
            };
            if capture.body.len() + chunk.len() > limit {
                capture.body.extend_from_slice(&chunk[..limit - capture.body.len()]);
                capture.truncated = Some(Truncation::Length);
                return Err((Cause::TooLarge, format!("hơn {limit} byte")));
            }
            if capture.body.len() + chunk.len() > SMALL_BODY && fetch.room.is_none() {
                fetch.room = self.room_for(limit, deadline).await;
                if fetch.room.is_none() {
                    capture.truncated = Some(Truncation::Time);
                    return Err((Cause::Timeout, "quá nhiều trang lớn cùng lúc".to_owned()));
                }
            }
            capture.body.extend_from_slice(&chunk);
        }
    }

    /// Room for a large body, so that many of them at once cannot fill the memory.
    async fn room_for(&self, limit: usize, deadline: tokio::time::Instant) -> Option<OwnedSemaphorePermit> {
        let need = u32::try_from(limit >> 20).unwrap_or(ROOM).clamp(1, ROOM);
        timeout_at(deadline, self.room.clone().acquire_many_owned(need)).await.ok()?.ok()
    }

    fn client(&self, settings: &Settings) -> Result<Client> {
        let key = (settings.connect_timeout, settings.read_timeout);
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let client = self.build(settings)?;
        clients.insert(key, client.clone());
        Ok(client)
    }

    fn build(&self, settings: &Settings) -> Result<Client> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| Error::Failed(format!("không lập được TLS: {e}")))?
            .dangerous()
            .with_custom_certificate_verifier(self.verifier.clone())
            .with_no_client_auth();
        Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(settings.connect_timeout)
            .read_timeout(settings.read_timeout)
            .pool_max_idle_per_host(1)
            .pool_idle_timeout(Duration::from_secs(30))
            .http1_title_case_headers()
            .http1_ignore_invalid_headers_in_responses(true)
            .dns_resolver(Arc::new(self.resolver.clone()))
            .tls_backend_preconfigured(tls)
            .tls_info(true)
            .build()
            .map_err(|e| Error::Failed(format!("không lập được bộ tải trang: {e}")))
    }

    /// The cause of a request that got no answer.
    fn explain(&self, error: &reqwest::Error, host: &str) -> (Cause, String) {
        let chain = || std::iter::successors(error.source(), deeper);
        if let Some(refusal) = chain().find_map(|e| e.downcast_ref::<Refusal>()) {
            return (refusal.cause(), refusal.to_string());
        }
        if let Some(rustls::Error::InvalidMessage(_)) = chain().find_map(tls_error) {
            return (Cause::Connect, "máy chủ không nói TLS ở cổng này".to_owned());
        }
        if let Some(refused) = chain().find_map(tls_error) {
            return tls::explain(refused, self.verifier.refused(host).as_ref());
        }
        if error.is_timeout() && error.is_connect() {
            return (Cause::Connect, "không kết nối được trong thời hạn".to_owned());
        }
        if error.is_timeout() {
            return (Cause::Timeout, "không có trả lời trong thời hạn".to_owned());
        }
        let cause = match () {
            () if chain().any(is_unreachable) => Cause::Offline,
            () if error.is_connect() => Cause::Connect,
            () => Cause::Broken,
        };
        (cause, innermost(error))
    }
}

fn method(request: &Request<'_>) -> Method {
    if request.post.is_some() { Method::POST } else { Method::GET }
}

fn header_map(headers: &[(String, String)]) -> HeaderMap {
    let pair = |(name, value): &(String, String)| {
        Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?))
    };
    headers.iter().filter_map(pair).collect()
}

/// An I/O error hides what it wraps from `source`, and may wrap another; so each is asked.
fn tls_error<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e rustls::Error> {
    let wrapped = || error.downcast_ref::<std::io::Error>()?.get_ref();
    error.downcast_ref().or_else(|| tls_error(wrapped()?))
}

/// Whether our own machine knows no way out.
fn is_unreachable(error: &(dyn std::error::Error + 'static)) -> bool {
    use std::io::ErrorKind as Kind;
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|io| matches!(io.kind(), Kind::NetworkUnreachable | Kind::NetworkDown | Kind::AddrNotAvailable))
}

fn deeper<'e>(error: &&'e (dyn std::error::Error + 'static)) -> Option<&'e (dyn std::error::Error + 'static)> {
    (**error).source()
}

/// What the system said in the end.
fn innermost(error: &reqwest::Error) -> String {
    let last = std::iter::successors(error.source(), deeper).last();
    last.map_or_else(|| error.to_string(), ToString::to_string)
}
