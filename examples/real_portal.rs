//! Crawls a folder of saved pages as if it were a portal, and holds the articles against a truth.
//!
//! ```sh
//! cargo run --release --example real_portal -- PAGES TRUTH.jsonl SEED…
//! ```
//! `PAGES` is a web root, `SEED` a path below it. A line of the truth has `article` (the item id in
//! the address after `view_content/`), `path`, `title`, `published`, `body`; an article may stand
//! on several lines. Prints how many of the articles that links lead to were found, how many
//! doubled, and how well title, date and text were read.

use axum::extract::{Request, State as Of};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use cchc_audit::article::Article;
use cchc_audit::crawl::{Bounds, Stop};
use cchc_audit::data::Data;
use cchc_audit::nightly::{Job, Scope};
use cchc_audit::owner::Owner;
use cchc_audit::rules::Rules;
use cchc_audit::site::Sites;
use cchc_audit::{text, time};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const HOST: &str = "sotttt.hanoi.gov.vn";

#[derive(serde::Deserialize)]
struct Truth {
    article: String,
    path: String,
    title: String,
    published: Option<String>,
    body: String,
}

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let (Some(pages), Some(truth)) = (arguments.next(), arguments.next()) else {
        return Err("usage: real_portal PAGES TRUTH.jsonl SEED…".into());
    };
    let seeds: Vec<String> = arguments.collect();
    let pages = PathBuf::from(pages);
    let truth: Vec<Truth> =
        std::fs::read_to_string(truth)?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let reachable = reachable(&pages, &seeds, &truth);
    let state = std::env::temp_dir().join(format!("cchc-real-portal-{}", std::process::id()));
    let articles = crawl(&pages, &seeds, &state)?;
    std::fs::remove_dir_all(&state)?;
    measure(&truth, &reachable, &articles);
    Ok(())
}

/// The item ids of the articles that links from the seeds lead to.
fn reachable(pages: &Path, seeds: &[String], truth: &[Truth]) -> BTreeSet<String> {
    let link = regex::Regex::new(r#"(?i)href\s*=\s*["']([^"'#]+)"#).expect("the pattern is sound");
    let root = url::Url::parse("http://x/").expect("the address is sound");
    let mut seen: BTreeSet<String> = seeds.iter().cloned().collect();
    let mut todo: Vec<String> = seeds.to_vec();
    while let Some(path) = todo.pop() {
        let Ok(bytes) = std::fs::read(pages.join(&path)) else { continue };
        let Ok(base) = root.join(&path) else { continue };
        for found in link.captures_iter(&String::from_utf8_lossy(&bytes)) {
            let Ok(to) = base.join(&found[1].replace("&amp;", "&")) else { continue };
            let below = percent_decoded(to.path().trim_start_matches('/'));
            if to.host_str() == Some("x") && !below.is_empty() && seen.insert(below.clone()) && below.ends_with(".html")
            {
                todo.push(below);
            }
        }
    }
    truth.iter().filter(|t| seen.contains(&t.path)).map(|t| t.article.clone()).collect()
}

fn percent_decoded(path: &str) -> String {
    let pairs = format!("p={}", path.replace('+', "%2B"));
    url::form_urlencoded::parse(pairs.as_bytes()).next().map(|(_, v)| v.into_owned()).unwrap_or_default()
}

/// The whole way: served on loopback, crawled, extracted, kept.
fn crawl(pages: &Path, seeds: &[String], state: &Path) -> Result<Vec<Article>, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    let files = axum::Router::new().fallback(serve).with_state(Arc::new(pages.to_owned()));
    runtime.spawn(async move { axum::serve(listener, files).await });
    let seeds: Vec<String> = seeds.iter().map(|seed| format!("\"http://{HOST}:{}/{seed}\"", address.port())).collect();
    let text = format!(
        "[crawler]\ncontact = \"mailto:test@localhost\"\ndelay = \"0s\"\nallow_private = true\n\
         resolve = {{ \"{HOST}\" = \"{address}\" }}\n[[site]]\nid = \"real\"\nhost = \"{HOST}\"\n\
         channel = \"own-portal\"\nunit = \"so-khoa-hoc-va-cong-nghe\"\nseeds = [{}]\n",
        seeds.join(", ")
    );
    let sites = Sites::parse("sites.toml", &text).map_err(cchc_audit::error::Error::Faults)?;
    let rules = Rules::parse(Data::built_in())?;
    let owner = Owner::take(state, "real_portal")?;
    let job = Job {
        owner: &owner,
        rules: &rules,
        sites: Arc::new(sites),
        sites_text: &text,
        clock: Arc::new(|| time::at_hanoi(chrono::Utc::now())),
        stop: Stop::new(),
        description: None,
        requests: &|_| {},
        stages: &|_, _, _| {},
    };
    let report = job.crawl(&Scope { bounds: Bounds { since: None, full: true }, ..Scope::default() })?;
    let requests: u64 = report.sites.iter().map(|(_, conduct)| conduct.requests).sum();
    println!("{requests} requests");
    let ids: Vec<_> = owner.store.ids().collect::<Result<_, _>>()?;
    Ok(ids.iter().filter_map(|id| owner.store.article(id).transpose()).collect::<Result<_, _>>()?)
}

async fn serve(Of(root): Of<Arc<PathBuf>>, request: Request) -> Response {
    let below = percent_decoded(request.uri().path().trim_start_matches('/'));
    if below.split('/').any(|part| part == "..") {
        return StatusCode::NOT_FOUND.into_response();
    }
    match tokio::fs::read(root.join(&below)).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, "text/html")], bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

fn measure(truth: &[Truth], reachable: &BTreeSet<String>, articles: &[Article]) {
    let mut of: BTreeMap<&str, Vec<&Truth>> = BTreeMap::new();
    for line in truth {
        of.entry(&line.article).or_default().push(line);
    }
    let number = |article: &Article| {
        let (_, rest) = article.url.split_once("view_content/")?;
        Some(rest.split('-').next().unwrap_or(rest).to_owned())
    };
    let mut found: BTreeMap<String, &Article> = BTreeMap::new();
    let mut doubled = 0;
    for article in articles {
        if let Some(id) = number(article) {
            doubled += usize::from(found.insert(id, article).is_some());
        }
    }
    let both: Vec<&String> = reachable.iter().filter(|id| found.contains_key(*id)).collect();
    let share = |hits: usize, of: usize| if of == 0 { 0.0 } else { hits as f64 / of as f64 };
    let titles = both.iter().filter(|id| of[id.as_str()].iter().any(|t| text::nfc(&t.title) == found[**id].title));
    let dated: Vec<_> = both.iter().filter(|id| of[id.as_str()].iter().any(|t| t.published.is_some())).collect();
    let minute = |t: &str| t.get(..16).map(str::to_owned);
    let dates = dated.iter().filter(|id| {
        let shown = found[**id.to_owned()].published.and_then(|at| minute(&at.to_rfc3339()));
        of[id.as_str()].iter().any(|t| t.published.as_deref().and_then(minute) == shown)
    });
    let texts: f64 = both.iter().map(|id| best(&of[id.as_str()], found[*id])).sum();
    println!(
        "{} articles reachable, found {:.4}, doubled {doubled}, title {:.4}, published {:.4}, text F1 {:.4}",
        reachable.len(),
        share(both.len(), reachable.len()),
        share(titles.count(), both.len()),
        share(dates.count(), dated.len()),
        texts / both.len().max(1) as f64
    );
}

/// F1 over words, against the best of the truths.
fn best(truths: &[&Truth], article: &Article) -> f64 {
    fn bag(text: &str) -> HashMap<String, usize> {
        let mut bag = HashMap::new();
        for word in text::nfc(text).to_lowercase().split_whitespace() {
            *bag.entry(word.to_owned()).or_default() += 1;
        }
        bag
    }
    let ours = bag(&article.body.join(" "));
    let f1 = |truth: &&Truth| {
        let theirs = bag(&truth.body);
        let common: usize = ours.iter().map(|(word, n)| (*n).min(theirs.get(word).copied().unwrap_or(0))).sum();
        2.0 * common as f64 / (ours.values().sum::<usize>() + theirs.values().sum::<usize>()).max(1) as f64
    };
    truths.iter().map(f1).fold(0.0, f64::max)
}
