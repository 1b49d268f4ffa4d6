//! What a form sent: believed only from a page of ours, and only so often.

use super::app::App;
use super::error::Refusal;
use super::visitor::Visitor;
use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use std::collections::BTreeMap;
use std::sync::Arc;
use url::form_urlencoded;

/// More than this of one value is cut; longer texts come as files.
const LONGEST: usize = 4000;
/// More fields than any form of ours has.
const MOST: usize = 200;

/// A file that a form brought.
#[derive(Debug, Clone)]
pub(super) struct Upload {
    /// Its name without any folder, for people to read: it is never a path here.
    pub name: String,
    /// Its content.
    pub bytes: Bytes,
}

/// A form as sent, by a visitor whose own it is.
#[derive(Debug)]
pub(super) struct Form {
    /// Who sent it.
    pub visitor: Visitor,
    fields: BTreeMap<String, Vec<String>>,
    files: BTreeMap<String, Upload>,
}

impl Form {
    /// A field's value without the space around it; empty where it was not sent.
    pub(super) fn get(&self, name: &str) -> &str {
        self.all(name).first().map_or("", String::as_str)
    }

    /// Every value of a field.
    pub(super) fn all(&self, name: &str) -> &[String] {
        self.fields.get(name).map_or(&[], Vec::as_slice)
    }

    /// A file, if one was chosen.
    pub(super) fn file(&self, name: &str) -> Option<&Upload> {
        self.files.get(name)
    }

    fn put(&mut self, name: String, value: &str) {
        if self.fields.len() < MOST {
            let value = value.trim().chars().take(LONGEST).collect();
            let values = self.fields.entry(name).or_default();
            if values.len() < MOST {
                values.push(value);
            }
        }
    }
}

impl FromRequest<Arc<App>> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Response> {
        let refuse = |refusal: Refusal| refusal.page(app);
        let (parts, body) = request.into_parts();
        let visitor = Visitor::of(&parts, app).map_err(|error| refuse(error.into()))?;
        if !app.gate.admits_post(visitor.client.address) {
            return Err(refuse(Refusal::TooMany));
        }
        if !from_us(&parts) {
            return Err(refuse(Refusal::Forbidden("Yêu cầu không đến từ trang này.".to_owned())));
        }
        let mut form = Self { visitor, fields: BTreeMap::new(), files: BTreeMap::new() };
        let parted = kind(&parts.headers).starts_with("multipart/form-data");
        let request = Request::from_parts(parts, body);
        if parted { form.read_parts(request, app).await } else { form.read_pairs(request, app).await }
            .map_err(refuse)?;
        if !form.visitor.sent(app, form.get("ma")) {
            let why = "Trang đã mở quá lâu hoặc trình duyệt không giữ cookie. Mở lại trang rồi gửi lại.";
            return Err(refuse(Refusal::Forbidden(why.to_owned())));
        }
        Ok(form)
    }
}

impl Form {
    async fn read_pairs(&mut self, request: Request, app: &Arc<App>) -> Result<(), Refusal> {
        let bytes = Bytes::from_request(request, app).await.map_err(|e| unread(e.into_response().status()))?;
        for (name, value) in form_urlencoded::parse(&bytes).take(MOST) {
            self.put(name.into_owned(), &value);
        }
        Ok(())
    }

    async fn read_parts(&mut self, request: Request, app: &Arc<App>) -> Result<(), Refusal> {
        let mut parts = Multipart::from_request(request, app).await.map_err(|e| unread(e.into_response().status()))?;
        let mut count = 0;
        while let Some(part) = parts.next_field().await.map_err(|e| unread(e.status()))? {
            count += 1;
            if count > MOST {
                return Err(unread(StatusCode::BAD_REQUEST));
            }
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(bare);
            let bytes = part.bytes().await.map_err(|e| unread(e.status()))?;
            match file {
                None => self.put(name, &String::from_utf8_lossy(&bytes)),
                // A file field left empty comes as a file without name and content.
                Some(file) if file.is_empty() && bytes.is_empty() => {}
                Some(file) => {
                    self.files.insert(name, Upload { name: file, bytes });
                }
            }
        }
        Ok(())
    }
}

/// The last part of a file's name as the browser told it, without what would hide in a listing.
fn bare(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    crate::report::clean(last).trim().chars().take(120).collect()
}

fn unread(status: StatusCode) -> Refusal {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        Refusal::TooLarge
    } else {
        Refusal::Bad("Nội dung gửi lên không đọc được; gửi lại từ trang.".to_owned())
    }
}

fn kind(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default()
}

/// Whether the browser says that a page of this host sent it. One that says nothing is judged by the
/// token alone. The scheme does not matter: behind a proxy we may not know our own.
fn from_us(parts: &Parts) -> bool {
    let text = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(origin) = text("origin") {
        let from = origin.split_once("://").map(|(_, host)| host);
        return from.zip(text("host")).is_some_and(|(from, host)| from.eq_ignore_ascii_case(host));
    }
    text("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_sites_page_is_told_by_its_origin() {
        for (origin, site, ours) in [
            (Some("http://cchc.example"), None, true),
            (Some("http://CCHC.example"), None, true),
            (Some("https://cchc.example"), None, true),
            (Some("https://cchc.example:81"), None, false),
            (Some("http://evil.example"), None, false),
            (Some("null"), None, false),
            (None, Some("same-origin"), true),
            (None, Some("same-site"), false),
            (None, Some("cross-site"), false),
            (None, None, true),
        ] {
            let mut request = axum::http::Request::post("/").header("host", "cchc.example");
            for (name, value) in [("origin", origin), ("sec-fetch-site", site)] {
                if let Some(value) = value {
                    request = request.header(name, value);
                }
            }
            let (parts, ()) = request.body(()).unwrap().into_parts();
            assert_eq!(from_us(&parts), ours, "{origin:?} {site:?}");
        }
    }

    #[test]
    fn a_files_name_is_no_path() {
        for (name, left) in [("../../etc/passwd", "passwd"), ("C:\\x\\y.pdf", "y.pdf"), ("a.pdf", "a.pdf"), ("/", "")] {
            assert_eq!(bare(name), left);
        }
    }
}
