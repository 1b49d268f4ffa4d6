//! Templates, static files, and the headers every answer wears.

use crate::error::{Error, Result};
use axum::extract::{Path, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse as _, Response};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior, Value};

/// Templates by name; the endings `.html` and `.xml` switch escaping on.
const TEMPLATES: &[(&str, &str)] = &[
    ("layout.html", include_str!("templates/layout.html")),
    ("feed.xml", include_str!("templates/feed.xml")),
    ("front.html", include_str!("templates/front.html")),
    ("capture.html", include_str!("templates/capture.html")),
    ("check.html", include_str!("templates/check.html")),
    ("contests.html", include_str!("templates/contests.html")),
    ("contest-answer.html", include_str!("templates/contest-answer.html")),
    ("contest.html", include_str!("templates/contest.html")),
    ("item.html", include_str!("templates/item.html")),
    ("plan.html", include_str!("templates/plan.html")),
    ("list.html", include_str!("templates/list.html")),
    ("items.html", include_str!("templates/items.html")),
    ("refusal.html", include_str!("templates/refusal.html")),
    ("sources.html", include_str!("templates/sources.html")),
    ("attest.html", include_str!("templates/attest.html")),
    ("decide.html", include_str!("templates/decide.html")),
    ("desk.html", include_str!("templates/desk.html")),
    ("export.html", include_str!("templates/export.html")),
    ("journal.html", include_str!("templates/journal.html")),
    ("ledger.html", include_str!("templates/ledger.html")),
    ("revoke.html", include_str!("templates/revoke.html")),
    ("fields.html", include_str!("templates/fields.html")),
    ("sign-in.html", include_str!("templates/sign-in.html")),
    ("unit.html", include_str!("templates/unit.html")),
];

/// Files served as they are: name, type, bytes.
const FILES: &[(&str, &str, &[u8])] = &[("style.css", "text/css; charset=utf-8", include_bytes!("static/style.css"))];

/// Nothing is loaded from elsewhere, nothing runs inline, nobody frames us.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'";

/// The templates, compiled.
pub(super) struct Pages {
    environment: Environment<'static>,
}

impl Pages {
    pub(super) fn new() -> Self {
        Self::of(TEMPLATES)
    }

    /// With templates of one's own.
    pub(super) fn of(templates: &[(&'static str, &'static str)]) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.expect("the usual delimiters do not clash"));
        for (name, source) in templates {
            environment.add_template(name, source).expect("the templates are part of the program and tested");
        }
        Self { environment }
    }

    /// One page.
    ///
    /// # Errors
    /// The template wants what it was not given; that is our fault, never the visitor's.
    pub(super) fn show(&self, name: &str, values: Value) -> Result<Html<String>> {
        let rendered = self.environment.get_template(name).and_then(|template| template.render(values));
        rendered.map(Html).map_err(|error| Error::Failed(format!("khuôn trang {name} bị lỗi: {error:#}")))
    }
}

/// A static file.
pub(super) async fn file(Path(name): Path<String>) -> Response {
    match FILES.iter().find(|(file, ..)| *file == name) {
        Some((_, kind, bytes)) => {
            ([(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, "public, max-age=3600")], *bytes).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Puts the security headers on an answer, unless it set stricter ones itself.
pub(super) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Keeps an answer that is for one visitor out of every cache.
pub(super) async fn unkept(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::context;

    #[test]
    fn every_template_compiles_and_escapes() {
        let pages = Pages::new();
        let Html(page) = pages.show("refusal.html", context! { title => "<script>", detail => "a & b" }).unwrap();
        assert!(page.contains("&lt;script&gt;") && page.contains("a &amp; b"), "{page}");
    }
}
