//! Answers when there is no page: not found, bad request, our own failure.

use super::app::App;
use super::render::Pages;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use minijinja::context;
use std::sync::Arc;

/// Why there is no page.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Nothing stands at this address.
    NotFound,
    /// The address asks for what cannot be; says what.
    Bad(String),
    /// It is there, and not for everyone; says why.
    Forbidden(String),
    /// Too often in too short a time.
    TooMany,
    /// More was sent than is taken.
    TooLarge,
    /// We failed; the log says why, the visitor only that we did.
    Failed(crate::error::Error),
}

impl From<crate::error::Error> for Refusal {
    fn from(error: crate::error::Error) -> Self {
        if error.exit_code() == 2 { Self::Bad(error.to_string()) } else { Self::Failed(error) }
    }
}

impl Refusal {
    /// Status, title and sentence; our own failure is told to the log and not to the visitor.
    pub(super) fn words(self) -> (StatusCode, &'static str, String) {
        match self {
            Self::NotFound => {
                (StatusCode::NOT_FOUND, "Không có trang này", "Địa chỉ sai hoặc trang đã chuyển đi.".to_owned())
            }
            Self::Bad(detail) => (StatusCode::BAD_REQUEST, "Địa chỉ không dùng được", detail),
            Self::Forbidden(detail) => (StatusCode::FORBIDDEN, "Không mở được trang này", detail),
            Self::TooMany => {
                let detail = "Gửi quá nhiều lần trong một lúc. Đợi vài phút rồi thử lại.".to_owned();
                (StatusCode::TOO_MANY_REQUESTS, "Xin đợi một chút", detail)
            }
            Self::TooLarge => {
                let detail = "Nội dung gửi lên lớn hơn mức nhận. Thu nhỏ hoặc chia tệp rồi gửi lại.".to_owned();
                (StatusCode::PAYLOAD_TOO_LARGE, "Tệp quá lớn", detail)
            }
            Self::Failed(error) => {
                tracing::error!(%error, "một trang không hiện được");
                let detail = "Lỗi của hệ thống, đã ghi vào nhật ký. Xin thử lại sau.".to_owned();
                (StatusCode::INTERNAL_SERVER_ERROR, "Trang chưa hiện được", detail)
            }
        }
    }

    /// The failure of a page that stopped halfway.
    pub(super) fn broken(error: &tokio::task::JoinError) -> Self {
        Self::Failed(crate::error::Error::Failed(format!("trang dừng giữa chừng: {error}")))
    }

    /// The page that says so.
    pub(super) fn page(self, app: &App) -> Response {
        self.shown(&app.pages)
    }

    fn shown(self, pages: &Pages) -> Response {
        let (status, title, detail) = self.words();
        match pages.show("refusal.html", context! { title, detail }) {
            Ok(page) => (status, page).into_response(),
            // The frame around every page may be what is broken: this page needs none.
            Err(error) => {
                let (status, title, detail) = Self::from(error).words();
                let page = format!("<!doctype html><html lang=\"vi\"><title>{title}</title><p>{detail}</html>");
                (status, Html(page)).into_response()
            }
        }
    }
}

/// What answers every address without a page.
pub(super) async fn not_found(State(app): State<Arc<App>>) -> Response {
    Refusal::NotFound.page(&app)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;

    #[tokio::test]
    async fn a_broken_template_is_our_failure_and_told_in_plain_words() {
        let (whole, broken) = (Pages::new(), Pages::of(&[("refusal.html", "{{ nobody_gives_this }}")]));
        for (pages, is_framed) in [(&whole, true), (&broken, false)] {
            let fault = broken.show("refusal.html", context! {}).unwrap_err();
            let response = Refusal::from(fault).shown(pages);
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            let page = to_bytes(response.into_body(), 1 << 20).await.unwrap();
            let page = String::from_utf8_lossy(&page);
            assert!(page.contains("Lỗi của hệ thống, đã ghi vào nhật ký. Xin thử lại sau."), "{page}");
            assert!(!page.contains("nobody_gives_this"), "{page}");
            assert_eq!(page.contains("Về trang đầu"), is_framed, "{page}");
        }
    }
}
