//! The demo portals on loopback sockets.
//!
//! One server per loopback address, whatever the number of host names behind it, as shared
//! platforms do; the Host header says whose portal is meant. The sockets know nothing of pages:
//! they add what HTTP adds, `ETag`, `Last-Modified` and 304.

use super::answer::{Answer, Ask};
use super::portal::Demo;
use crate::error::{Error, Result};
use crate::time::Time;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, ETAG, HOST, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, SERVER};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinSet;

/// The running portals; dropping it stops them.
#[derive(Debug)]
pub struct Portals {
    /// Where each host name is served, for `resolve`.
    pub addresses: BTreeMap<String, SocketAddr>,
    shown: Arc<Shown>,
    servers: JoinSet<()>,
    /// Sockets of portals that are down: bound, so that nobody else takes the port, and deaf.
    deaf: Vec<TcpSocket>,
}

/// What the servers share.
#[derive(Debug)]
struct Shown {
    demo: Arc<Demo>,
    at: Mutex<Time>,
}

impl Portals {
    /// Starts every portal as of `at`; needs a tokio runtime.
    pub async fn start(demo: Arc<Demo>, at: Time) -> Result<Self> {
        let shown = Arc::new(Shown { demo: Arc::clone(&demo), at: Mutex::new(at) });
        let mut portals = Self { addresses: BTreeMap::new(), shown, servers: JoinSet::new(), deaf: Vec::new() };
        let places: BTreeSet<(Ipv4Addr, bool)> = demo.portals.iter().map(|p| (p.address, p.down)).collect();
        for (address, down) in places {
            let bound = portals.open(address, down).await?;
            let hosts = demo.portals.iter().filter(|p| (p.address, p.down) == (address, down));
            portals.addresses.extend(hosts.map(|p| (p.host.clone(), bound)));
        }
        Ok(portals)
    }

    /// Turns all portals to another moment: what was published or taken off until then.
    pub fn show(&self, at: Time) {
        *self.shown.at.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    /// What is shown.
    #[must_use]
    pub fn demo(&self) -> &Demo {
        &self.shown.demo
    }

    async fn open(&mut self, address: Ipv4Addr, down: bool) -> Result<SocketAddr> {
        let failed = |e| Error::io(format!("không mở được cổng minh hoạ trên {address}"), e);
        if down {
            let socket = TcpSocket::new_v4().map_err(failed)?;
            socket
                .bind((address, 0).into())
                .or_else(|_| socket.bind((Ipv4Addr::LOCALHOST, 0).into()))
                .map_err(failed)?;
            let bound = socket.local_addr().map_err(failed)?;
            self.deaf.push(socket);
            return Ok(bound);
        }
        // Some systems know no loopback address but the first; another port does as well there.
        let listener = match TcpListener::bind((address, 0)).await {
            Ok(listener) => listener,
            Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?,
        };
        let bound = listener.local_addr().map_err(failed)?;
        debug_assert!(matches!(bound.ip(), IpAddr::V4(ip) if ip.is_loopback()));
        let app = axum::Router::new().fallback(serve).with_state(Arc::clone(&self.shown));
        self.servers.spawn(async move {
            if let Err(error) = axum::serve(listener, app).await {
                tracing::warn!(%address, %error, "cổng minh hoạ dừng");
            }
        });
        Ok(bound)
    }
}

async fn serve(State(shown): State<Arc<Shown>>, method: Method, uri: Uri, headers: HeaderMap, form: Bytes) -> Response {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let Some(portal) = text(HOST).and_then(|host| shown.demo.portal(host)) else {
        return (StatusCode::MISDIRECTED_REQUEST, "không có cổng nào mang tên này\n").into_response();
    };
    let form = String::from_utf8_lossy(&form);
    let ask = Ask { method: method.as_str(), path: uri.path(), query: uri.query().unwrap_or_default(), form: &form };
    let at = *shown.at.lock().unwrap_or_else(PoisonError::into_inner);
    respond(shown.demo.answer(portal, ask, at), text(IF_NONE_MATCH), text(IF_MODIFIED_SINCE))
}

/// The answer with its validators, or 304 where the visitor has it already (RFC 9110 §13.2.2).
fn respond(answer: Answer, etag_held: Option<&str>, held_since: Option<&str>) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // The archive keeps headers: so its records say by themselves that they are of a demo.
    let headers = [(CONTENT_TYPE, answer.content_type), (SERVER, "cchc-demo (cong minh hoa, noi dung hu cau)")];
    let mut response = (status, headers).into_response();
    if status != StatusCode::OK {
        *response.body_mut() = answer.body.into();
        return response;
    }
    let etag = format!("\"{:016x}\"", xxhash_rust::xxh3::xxh3_64(answer.body.as_bytes()));
    let date = answer.modified.map(|t| t.with_timezone(&Utc).format("%a, %d %b %Y %H:%M:%S GMT").to_string());
    let unchanged = match (etag_held, held_since) {
        (Some(held), _) => held.split(',').any(|tag| tag.trim() == etag),
        (None, Some(since)) => {
            let since = DateTime::parse_from_rfc2822(since).ok();
            answer.modified.zip(since).is_some_and(|(modified, since)| modified <= since)
        }
        (None, None) => false,
    };
    let headers = response.headers_mut();
    headers.insert(ETAG, etag.parse().expect("hex digits in quotes are a header value"));
    if let Some(date) = date.and_then(|date| date.parse().ok()) {
        headers.insert(LAST_MODIFIED, date);
    }
    if unchanged {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        *response.body_mut() = answer.body.into();
    }
    response
}
