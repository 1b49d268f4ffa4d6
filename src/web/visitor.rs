//! Who asks: from which address, by which cookie, and whether signed in.
//!
//! One cookie serves all: it binds the tokens of forms to a browser, and names the session once
//! somebody has signed in, under a new value. Pages without a form neither read nor set it.

use super::app::App;
use super::error::Refusal;
use super::gate;
use crate::error::Result;
use crate::record::{Role, User};
use axum::extract::{ConnectInfo, FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use url::form_urlencoded;

/// A browser keeps a cookie of the second name only from an encrypted page of this very host.
const PLAIN: &str = "cchc";
const SECURE: &str = "__Host-cchc";

/// Where a request came from, as far as a trusted proxy or the connection says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client {
    /// The visitor's address.
    pub address: IpAddr,
    /// Whether the visitor's side of the connection is encrypted.
    pub secure: bool,
}

impl Client {
    fn of(parts: &Parts, proxies: &[IpAddr]) -> Self {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
        let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        if !proxies.contains(&peer) {
            return Self { address: peer, secure: false };
        }
        let named = |name: &str| parts.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        let hops: Vec<&str> = named("x-forwarded-for").flat_map(|value| value.split(',')).collect();
        // Every proxy adds the address it was asked from; the first one we do not trust is the visitor.
        let hops = hops.into_iter().rev().map_while(|hop| hop.trim().parse::<IpAddr>().ok());
        let visitor = hops.map(|hop| hop.to_canonical()).find(|hop| !proxies.contains(hop));
        let secure = named("x-forwarded-proto").next_back().is_some_and(|scheme| scheme.trim() == "https");
        Self { address: visitor.unwrap_or(peer), secure }
    }
}

/// Somebody signed in.
#[derive(Debug, Clone)]
pub(super) struct Signed {
    /// The name in the journal.
    pub user: String,
    /// What the account may do.
    pub role: Role,
}

impl Signed {
    /// Refuses whom the role does not let change anything.
    pub(super) fn may_change(&self) -> std::result::Result<(), Refusal> {
        self.needs(self.role.may_change())
    }

    /// Refuses whom the role does not let look after accounts and personal data.
    pub(super) fn may_administer(&self) -> std::result::Result<(), Refusal> {
        self.needs(self.role == Role::Admin)
    }

    fn needs(&self, allowed: bool) -> std::result::Result<(), Refusal> {
        let why = || format!("Tài khoản «{}» ({}) không được làm việc này.", self.user, self.role.name());
        if allowed { Ok(()) } else { Err(Refusal::Forbidden(why())) }
    }
}

/// A visitor of a page with a form.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    /// From where.
    pub client: Client,
    /// Who, if signed in.
    pub signed: Option<Signed>,
    cookie: String,
    /// What the forms of this visitor carry, as the field `ma`.
    pub token: String,
    fresh: bool,
}

impl Visitor {
    /// Reads who asks; the cookie is made where there is none.
    pub(super) fn of(parts: &Parts, app: &App) -> Result<Self> {
        let client = Client::of(parts, &app.proxies);
        let given = cookie(&parts.headers, client.secure);
        let user = given.as_deref().map(|cookie| app.gate.signed(cookie)).transpose()?.flatten();
        let signed = user.map(|User { name, role, .. }| Signed { user: name, role });
        let fresh = given.is_none();
        let cookie = given.map_or_else(gate::fresh_cookie, Ok)?;
        Ok(Self { token: app.gate.token(&cookie), client, signed, cookie, fresh })
    }

    /// The answer, with the cookie that its forms will be checked against.
    pub(super) fn keep(&self, mut response: Response) -> Response {
        if self.fresh {
            set(&mut response, &self.cookie, self.client.secure);
        }
        response
    }

    /// Whether a form's token is this visitor's. A cookie made just now was never in a form.
    pub(super) fn sent(&self, app: &App, token: &str) -> bool {
        !self.fresh && app.gate.is_token(&self.cookie, token)
    }

    /// The cookie by which the visitor is known.
    pub(super) fn cookie(&self) -> &str {
        &self.cookie
    }
}

/// Puts a cookie on an answer; it ends with the browser's session, the server's session sooner.
pub(super) fn set(response: &mut Response, cookie: &str, secure: bool) {
    let (name, flag) = if secure { (SECURE, "; Secure") } else { (PLAIN, "") };
    let value = format!("{name}={cookie}; Path=/; HttpOnly; SameSite=Lax{flag}");
    let value = HeaderValue::from_str(&value).expect("hex digits and letters make a header");
    response.headers_mut().append(header::SET_COOKIE, value);
}

/// Our cookie, if it has the form of one.
fn cookie(headers: &HeaderMap, secure: bool) -> Option<String> {
    let name = if secure { SECURE } else { PLAIN };
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(found, _)| *found == name)?;
    (value.len() == 64 && value.bytes().all(|b| b.is_ascii_hexdigit())).then(|| value.to_owned())
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> std::result::Result<Self, Response> {
        Self::of(parts, app).map_err(|error| Refusal::from(error).page(app))
    }
}

impl FromRequestParts<Arc<App>> for Signed {
    type Rejection = Response;

    /// Whoever is not signed in is led to the door and, from there, back.
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> std::result::Result<Self, Response> {
        let visitor = Visitor::of(parts, app).map_err(|error| Refusal::from(error).page(app))?;
        visitor.signed.ok_or_else(|| {
            let back = if parts.method == Method::GET {
                parts.uri.path_and_query().map_or("/", |p| p.as_str())
            } else {
                "/kiem-tra"
            };
            let query = form_urlencoded::Serializer::new(String::new()).append_pair("toi", back).finish();
            see(&format!("/dang-nhap?{query}"))
        })
    }
}

impl OptionalFromRequestParts<Arc<App>> for Signed {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> std::result::Result<Option<Self>, Infallible> {
        let visitor = Visitor::of(parts, app);
        let unread = |error| tracing::error!(%error, "không rõ ai đang hỏi");
        Ok(visitor.map_err(unread).ok().and_then(|visitor| visitor.signed))
    }
}

/// Sends the browser on with a plain request for a page of ours.
pub(super) fn see(path: &str) -> Response {
    let path = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response()
}

/// A way back that stays with us: a path, and no other host in disguise.
pub(super) fn own_path(path: &str) -> Option<&str> {
    let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    (path.starts_with('/') && !path.starts_with("//") && plain).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn client(peer: &str, headers: &[(&str, &str)], proxies: &[&str]) -> (String, bool) {
        let mut request = Request::get("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let proxies: Vec<IpAddr> = proxies.iter().map(|proxy| proxy.parse().unwrap()).collect();
        let Client { address, secure } = Client::of(&parts, &proxies);
        (address.to_string(), secure)
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let said = [("x-forwarded-for", "6.6.6.6, 1.2.3.4, 10.0.0.2"), ("x-forwarded-proto", "https")];
        for (peer, proxies, address, secure) in [
            ("5.5.5.5", &[][..], "5.5.5.5", false),
            ("5.5.5.5", &["10.0.0.1"], "5.5.5.5", false),
            ("10.0.0.1", &["10.0.0.1"], "10.0.0.2", true),
            ("10.0.0.1", &["10.0.0.1", "10.0.0.2"], "1.2.3.4", true),
            ("::ffff:10.0.0.1", &["10.0.0.1", "10.0.0.2"], "1.2.3.4", true),
        ] {
            assert_eq!(client(peer, &said, proxies), (address.to_owned(), secure), "{peer} {proxies:?}");
        }
        assert_eq!(client("10.0.0.1", &[("x-forwarded-for", "nobody")], &["10.0.0.1"]), ("10.0.0.1".into(), false));
    }

    #[test]
    fn a_cookie_is_bound_to_an_encrypted_host_where_there_is_one() {
        for (secure, line) in [
            (false, "cchc=f00; Path=/; HttpOnly; SameSite=Lax"),
            (true, "__Host-cchc=f00; Path=/; HttpOnly; SameSite=Lax; Secure"),
        ] {
            let mut response = see("/");
            set(&mut response, "f00", secure);
            assert_eq!(response.headers()[header::SET_COOKIE], line);
        }
    }

    #[test]
    fn the_way_back_leads_nowhere_else() {
        for (path, stays) in [
            ("/kiem-tra/bai/a?x=1", true),
            ("//evil.vn", false),
            ("/\\evil.vn", false),
            ("https://evil.vn", false),
            ("/a\r\nSet-Cookie: x", false),
            ("", false),
        ] {
            assert_eq!(own_path(path).is_some(), stays, "{path}");
        }
    }
}
