//! The door: signing in and out.

use super::address::Address;
use super::app::App;
use super::error::Refusal;
use super::form::Form;
use super::render;
use super::visitor::{self, Visitor};
use crate::record::Password;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use minijinja::context;
use std::net::IpAddr;
use std::sync::Arc;

/// Where people land who came for no page in particular.
const HOME: &str = "/kiem-tra";

/// The addresses of this file.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/dang-nhap", get(page).post(sign_in))
        .route("/dang-xuat", post(sign_out))
        .layer(axum::middleware::map_response(render::unkept))
}

/// `GET /dang-nhap`
async fn page(State(app): State<Arc<App>>, address: Address, visitor: Visitor) -> Response {
    let back = address.get("toi").and_then(visitor::own_path).unwrap_or(HOME);
    if visitor.signed.is_some() {
        return visitor::see(back);
    }
    visitor.keep(shown(&app, &visitor, StatusCode::OK, "", back, None))
}

/// `POST /dang-nhap`
async fn sign_in(State(app): State<Arc<App>>, form: Form) -> Response {
    let (name, address) = (form.get("ten").to_lowercase(), form.visitor.client.address);
    let back = visitor::own_path(form.get("toi")).unwrap_or(HOME).to_owned();
    if !app.gate.admits_login(&name, address) {
        let why = "Đã thử quá nhiều lần. Đợi vài phút rồi thử lại.";
        return shown(&app, &form.visitor, StatusCode::TOO_MANY_REQUESTS, &name, &back, Some(why));
    }
    let password = Password::given(form.get("mat-khau"));
    match compare(&app, &name, password, address).await {
        Ok(Some(cookie)) => {
            app.gate.end(form.visitor.cookie());
            let mut response = visitor::see(&back);
            visitor::set(&mut response, &cookie, form.visitor.client.secure);
            response
        }
        Ok(None) => {
            let why = "Tên hoặc mật khẩu không đúng.";
            shown(&app, &form.visitor, StatusCode::UNPROCESSABLE_ENTITY, &name, &back, Some(why))
        }
        Err(refusal) => refusal.page(&app),
    }
}

/// The cookie of a new session, where name and password are right; off the async threads.
async fn compare(app: &Arc<App>, name: &str, password: Password, address: IpAddr) -> Result<Option<String>, Refusal> {
    let _turn = app.gate.comparing.acquire().await;
    let (app, name) = (Arc::clone(app), name.to_owned());
    let compared = tokio::task::spawn_blocking(move || app.gate.sign_in(&name, &password, address)).await;
    compared.map_err(|error| Refusal::broken(&error))?.map_err(Refusal::Failed)
}

/// `POST /dang-xuat`
async fn sign_out(State(app): State<Arc<App>>, form: Form) -> Response {
    app.gate.end(form.visitor.cookie());
    visitor::see("/")
}

fn shown(app: &App, visitor: &Visitor, status: StatusCode, name: &str, back: &str, fault: Option<&str>) -> Response {
    let values = context! { name, back, fault, token => &visitor.token };
    match app.pages.show("sign-in.html", values) {
        Ok(page) => (status, page).into_response(),
        Err(error) => Refusal::from(error).page(app),
    }
}
