//! The page as it was captured: shown in a frame that runs nothing, loads nothing, leads nowhere.
//!
//! Nothing of it is escaped or rewritten, since it is evidence; what keeps it harmless is the
//! sandbox that its own answer asks for, whoever opens it and however.

use super::address::Address;
use super::app::App;
use super::error::Refusal;
use super::render;
use super::verdict;
use super::view::{self, View, answer};
use super::visitor::Signed;
use crate::article::{Article, ArticleId, CaptureRef};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use minijinja::context;
use std::borrow::Cow;
use std::sync::Arc;

/// A larger page is cut here; text beyond it is no article.
const LARGEST: usize = 8 << 20;

/// What the captured page may do: carry its own style, and nothing else.
const POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";
/// What the page around it may do: frame it.
const AROUND: &str = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// `GET /ban-luu/{id}`
pub(super) async fn page(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    address: Address,
    signed: Option<Signed>,
) -> Response {
    let page = answer(app, address, move |view| around(view, &ArticleId(id), signed.is_some())).await;
    render::unkept(page).await
}

/// `GET /ban-luu/{id}/trang`
pub(super) async fn body(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    address: Address,
    signed: Option<Signed>,
) -> Response {
    let page = answer(app, address, move |view| captured(view, &ArticleId(id), signed.is_some())).await;
    render::unkept(page).await
}

fn around(view: &View<'_>, id: &ArticleId, inside: bool) -> Result<Response, Refusal> {
    let (article, place) = find(view, id, inside)?;
    let capture = view.app.archive.read(&place)?;
    let mut response = view.page(
        "capture.html",
        context! {
            id => &article.id.0,
            title => verdict::title(&article.title),
            url => capture.url,
            status => capture.status,
            at => view::moment(place.at),
            digest => place.digest,
            unchanged => capture.unchanged.as_ref().map(|unchanged| view::moment(unchanged.since)),
            version => view.address.get("ban"),
        },
    )?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(AROUND));
    Ok(response)
}

fn captured(view: &View<'_>, id: &ArticleId, inside: bool) -> Result<Response, Refusal> {
    let (_, place) = find(view, id, inside)?;
    let capture = view.app.archive.whole(&place)?;
    let kind = shown_as(capture.header("content-type").unwrap_or("text/html"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::try_from(kind).unwrap_or(HeaderValue::from_static("text/html"))),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
    ];
    // What cannot be unpacked is shown as it came: it is evidence all the same.
    let body = capture.beginning(LARGEST).unwrap_or(Cow::Borrowed(&capture.body)).into_owned();
    Ok((headers, body).into_response())
}

/// As what a capture of one content type is handed to the browser. Whatever is no page is shown as
/// text: nothing goes to a plug-in.
fn shown_as(content_type: &str) -> String {
    let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    match kind.trim().to_ascii_lowercase().as_str() {
        "text/html" => content_type.to_owned(),
        // As the reader takes it; read as XML, a browser would refuse the whole page for one slip. Where
        // nothing is said, XML is in UTF-8.
        "application/xhtml+xml" if parameters.trim().is_empty() => "text/html; charset=utf-8".to_owned(),
        "application/xhtml+xml" => format!("text/html;{parameters}"),
        _ => "text/plain; charset=utf-8".to_owned(),
    }
}

/// The article and the capture of the version asked for: the first, or `ban=N` of its later texts.
/// What its portal removed is for those `inside`: people who signed in.
fn find(view: &View<'_>, id: &ArticleId, inside: bool) -> Result<(Article, CaptureRef), Refusal> {
    let article = view.app.store.head(id)?.ok_or(Refusal::NotFound)?;
    if article.removed.is_some() && !inside {
        let why = "Bài đã gỡ khỏi cổng; bản lưu chỉ dành cho người kiểm tra đã đăng nhập.";
        return Err(Refusal::Forbidden(why.to_owned()));
    }
    let place = match view.address.parsed::<usize>("ban")? {
        None => article.capture.clone(),
        Some(n) => n.checked_sub(1).and_then(|n| article.revisions.get(n)).and_then(|r| r.capture.clone()),
    };
    place.map(|place| (article, place)).ok_or(Refusal::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_shown_as_pages_and_all_else_as_text() {
        for (came, shown) in [
            ("text/html", "text/html"),
            ("Text/HTML; charset=windows-1258", "Text/HTML; charset=windows-1258"),
            ("application/xhtml+xml", "text/html; charset=utf-8"),
            ("application/xhtml+xml; charset=windows-1258", "text/html; charset=windows-1258"),
            ("text/htmlx", "text/plain; charset=utf-8"),
            ("application/xml", "text/plain; charset=utf-8"),
            ("image/svg+xml", "text/plain; charset=utf-8"),
            ("application/pdf", "text/plain; charset=utf-8"),
        ] {
            assert_eq!(shown_as(came), shown, "{came}");
        }
    }
}
