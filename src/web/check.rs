//! The check form: an address or a title → counted or not, why; or not seen, and since when we know.

use super::address::Address;
use super::app::App;
use super::error::Refusal;
use super::look::Look;
use super::snapshot::Snapshot;
use super::sources;
use super::verdict;
use super::view::{self, View, answer};
use super::visitor::Visitor;
use crate::audit::Post;
use crate::site::address;
use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};
use std::sync::Arc;
use url::Url;

/// Posts shown for one title.
const MOST: usize = 20;

/// `GET /tra-cuu`
pub(super) async fn page(State(app): State<Arc<App>>, address: Address, visitor: Visitor) -> Response {
    let token = visitor.token.clone();
    visitor.keep(answer(app, address, move |view| content(view, &token)).await)
}

fn content(view: &View<'_>, token: &str) -> Result<Response, Refusal> {
    let asked = view.address.get("q").unwrap_or_default();
    let posts = match asked {
        "" => Vec::new(),
        asked => match address::typed(asked) {
            Some(_) => by_address(view, asked)?.into_iter().collect(),
            None => view.snapshot.lookup().titled(&view.snapshot.world, asked),
        },
    };
    let unseen = match posts.is_empty() && !asked.is_empty() {
        true => Some(unseen(view, asked)?),
        false => None,
    };
    let found: Vec<Value> = posts.iter().take(MOST).map(|post| value(view, post)).collect();
    view.page(
        "check.html",
        context! {
            asked,
            more => posts.len().saturating_sub(MOST),
            unseen,
            found,
            token,
        },
    )
}

/// The post that an address names, found as the command line finds it.
fn by_address<'v>(view: &'v View<'_>, asked: &str) -> Result<Option<&'v Post>, Refusal> {
    let Snapshot { world, rules, sites, .. } = view.snapshot;
    for name in address::names(asked, sites.as_ref(), &rules.platforms) {
        let post = view.app.store.find(&name)?.and_then(|id| world.post(&id));
        if post.is_some() {
            return Ok(post);
        }
    }
    Ok(None)
}

/// A post, and what the plan looked at makes of it.
fn value(view: &View<'_>, post: &Post) -> Value {
    // Of equals the first: its reason is the one to mend.
    let best = view.judged(&post.id).min_by_key(|(v, item)| view.telling(v, item));
    context! {
        id => &post.id.0,
        title => verdict::title(&post.title),
        host => &post.host,
        at => post.published.map(view::moment),
        unit => post.assessment.unit.as_ref().map(|id| id.as_str()),
        verdict => best.map(|(v, _)| verdict::head(view, v)),
        item => best.map(|(_, item)| verdict::item(item)),
    }
}

/// Not seen: what we know of the portal it would stand on, and what the next round can do.
fn unseen(view: &View<'_>, asked: &str) -> Result<Value, Refusal> {
    let url = address::typed(asked).map(|url| url.to_url());
    let is_address = url.is_some();
    let host = bare(url.as_ref().and_then(Url::host_str).unwrap_or_default());
    let sources = sources::of(&view.snapshot.world, view.day);
    let source = sources.iter().find(|source| is_address && bare(&source.site.host).eq_ignore_ascii_case(host));
    let look = is_address.then(|| (view.app.looks)(view.snapshot, asked, false)).transpose()?;
    Ok(context! { is_address, host, source => source.map(|source| source.value(view)), look => look.map(told) })
}

/// A host without the `www.` that portals answer to as well.
fn bare(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// What the next round can do, as code and sentence.
fn told(look: Look) -> Value {
    let (code, words) = match look {
        Look::Foreign => ("foreign", String::new()),
        Look::NoPage => ("no-page", "Địa chỉ này là tệp hoặc bản in, không phải trang của một bài.".to_owned()),
        Look::Forbidden => (
            "forbidden",
            "robots.txt của cổng không cho đọc địa chỉ này; hệ thống không đọc, và không vì thế mà kết luận «chưa đạt»."
                .to_owned(),
        ),
        Look::Known { at, status } => {
            let at = at.map(view::moment).unwrap_or_default();
            ("known", format!("Đã đọc địa chỉ này lúc {at}: máy chủ trả lời {status}, trang không phải một bài."))
        }
        Look::Taken { at } => {
            let at = at.map(view::moment).unwrap_or_default();
            ("taken", format!("Đã đọc bài ở địa chỉ này lúc {at}; bài hiện ở đây khi lượt đọc xong."))
        }
        Look::Waiting { since } => {
            ("waiting", format!("Đã nhờ đọc địa chỉ này lúc {}; lượt đọc tới sẽ đọc.", view::moment(since)))
        }
        Look::Full => ("full", "Danh sách nhờ đọc đã đầy; thử lại sau lượt đọc tới.".to_owned()),
        Look::Open => ("open", String::new()),
    };
    context! { code, words }
}
