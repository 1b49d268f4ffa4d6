//! The nightly job inside the server: on schedule, or when `cchc nightly` asks through the socket.
//!
//! One night at a time, on a thread of its own; the pages go on showing the last one until the new
//! one is whole, and are then replaced at once. Rules and sites are read anew for each night.

use super::schedule::Schedule;
use super::{Serving, Source};
use crate::crawl::desk::Progress;
use crate::crawl::{Bounds, Clock, Stop};
use crate::error::{Error, Result};
use crate::nightly::{self, Job, Night, Scope, summary};
use crate::owner::{Ask, Told};
use crate::rules::Rules;
use crate::site::Sites;
use crate::time::Time;
use crate::web::App;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::task::JoinHandle;

/// How often the clock is looked at: a machine that slept, or whose clock was set, is noticed.
const LOOK: Duration = Duration::from_secs(1);

/// What the nights are made from, beside what is served.
#[derive(Clone)]
pub struct Nights {
    /// The file of sites and its text.
    pub sites: Source<(Sites, String)>,
    /// When they begin by themselves.
    pub schedule: Option<Schedule>,
}

/// Who asks for a night from now on.
pub(super) fn asks(serving: &Serving) -> UnboundedReceiver<Ask> {
    let (bell, asked) = mpsc::unbounded_channel();
    serving.owner.take_asks(move |ask| {
        // Nobody hears it any more when the server is ending; the ask is dropped, and so refused.
        let _ = bell.send(ask);
    });
    asked
}

/// Keeps the nights until told to stop; a night under way is ended with its books closed.
pub(super) async fn keep(
    serving: Arc<Serving>,
    nights: Nights,
    mut asked: UnboundedReceiver<Ask>,
    app: Arc<App>,
    stop: Stop,
) {
    let mut due = nights.schedule.as_ref().and_then(|schedule| first(schedule, &serving, &nights));
    let mut under_way: Option<JoinHandle<LastWord>> = None;
    let mut looks = tokio::time::interval(LOOK);
    loop {
        let ask = tokio::select! {
            () = stop.stopped() => break,
            last_word = end_of(&mut under_way) => {
                under_way = None;
                close(&app, last_word);
                continue;
            }
            Some(ask) = asked.recv() => Some(ask),
            _ = looks.tick() => None,
        };
        let now = (serving.now)();
        let is_due = due.is_some_and(|at| at <= now);
        if is_due {
            due = nights.schedule.as_ref().and_then(|schedule| schedule.next(now));
        }
        match ask {
            Some(ask) if under_way.is_some() => {
                ask.tell(Told::Failed("một đêm đang chạy; đợi nó xong rồi chạy lại".to_owned()));
            }
            None if under_way.is_some() || !is_due => {}
            ask => {
                app.night_begins(now);
                under_way = Some(begin(&serving, &nights, &app, &stop, ask));
            }
        }
    }
    if under_way.is_some() {
        close(&app, end_of(&mut under_way).await);
    }
}

/// How a night ended and who asked for it; nothing of one that panicked, which has said so already.
type LastWord = Option<(Option<Ask>, Told)>;

/// The end of the night under way; never, where there is none.
async fn end_of(under_way: &mut Option<JoinHandle<LastWord>>) -> LastWord {
    match under_way {
        Some(night) => night.await.unwrap_or_default(),
        None => std::future::pending().await,
    }
}

/// Says how a night ended only once another may begin, so that who hears it can ask again at once.
fn close(app: &App, last_word: LastWord) {
    app.night_ends();
    if let Some((Some(ask), told)) = last_word {
        ask.tell(told);
    }
}

/// The first night by schedule. One that was missed while nobody served is made up for once, if
/// its window is still open.
fn first(schedule: &Schedule, serving: &Serving, nights: &Nights) -> Option<Time> {
    let now = (serving.now)();
    let missed = || {
        let (sites, _) = (nights.sites)().ok()?;
        let open = sites.crawler.night_window.is_some_and(|window| window.contains(now));
        let last = schedule.last(now).filter(|_| open)?;
        let readings = serving.owner.view().observations().ok()?;
        readings.iter().all(|reading| reading.at < last).then_some(last)
    };
    missed().or_else(|| schedule.next(now))
}

/// Runs a night on a thread of its own.
fn begin(
    serving: &Arc<Serving>,
    nights: &Nights,
    app: &Arc<App>,
    stop: &Stop,
    ask: Option<Ask>,
) -> JoinHandle<LastWord> {
    let (serving, nights, app, stop) = (Arc::clone(serving), nights.clone(), Arc::clone(app), stop.clone());
    tokio::task::spawn_blocking(move || {
        let tell = |line: String| {
            if let Some(ask) = &ask {
                ask.tell(Told::Line(line));
            }
        };
        let night = run(&serving, &nights, stop, &tell);
        // Also after a night that failed half way: what it read is there.
        let told = match app.refresh().and(night) {
            Ok(night) => {
                tracing::info!(day = %night.as_of, whole = night.crawled.is_whole(), "đã xong đêm {}", night.as_of);
                summary::of_night(&night).into_iter().for_each(tell);
                Told::Over(night.crawled.is_whole())
            }
            Err(error) => {
                tracing::error!(%error, "việc hằng đêm không xong");
                Told::Failed(error.to_string())
            }
        };
        Some((ask, told))
    })
}

fn run(serving: &Serving, nights: &Nights, stop: Stop, tell: &dyn Fn(String)) -> Result<Night> {
    let rules = Rules::parse((serving.data)()?)?;
    let (sites, text) = (nights.sites)()?;
    let now = (serving.now)();
    let until = nightly::end_of_night(&sites, now)?;
    tracing::info!(sites = sites.sites.len(), "bắt đầu việc hằng đêm: {} cổng", sites.sites.len());
    tell(format!("bắt đầu lúc {}: {} cổng", now.format("%H:%M %d/%m/%Y"), sites.sites.len()));
    let clock = Arc::clone(&serving.now);
    let clock: Clock = Arc::new(move || clock());
    let job = Job {
        owner: &serving.owner,
        rules: &rules,
        sites: Arc::new(sites),
        sites_text: &text,
        clock,
        stop,
        description: None,
        requests: &log,
        stages: &|stage, done, of| {
            if done == of && of > 0 {
                tracing::info!(stage, done, "{stage}: {done}");
            }
        },
    };
    job.night(&Scope { bounds: Bounds::default(), until, ..Scope::default() })
}

/// One line a site in the log; single requests stand in the archive.
fn log(progress: &Progress<'_>) {
    if let Progress::Done(seen) = progress {
        let cause = seen.cause.map(|cause| cause.code());
        tracing::info!(site = %seen.site, cause, "xong {}", seen.site);
    }
}

/// What a schedule needs to be believed: its window must be open when it fires.
///
/// # Errors
/// The next night would begin outside the window of the file.
pub fn check(schedule: &Schedule, sites: &Sites, now: Time) -> Result<()> {
    let next = schedule.next(now);
    let next =
        next.ok_or_else(|| Error::Input("--schedule: không bao giờ tới lúc chạy; sửa ngày, tháng".to_owned()))?;
    match sites.crawler.night_window.filter(|window| !window.contains(next)) {
        None => Ok(()),
        Some(window) => Err(Error::Input(format!(
            "--schedule: lần chạy tới ({}) nằm ngoài khung giờ đêm, khung mở lúc {}; sửa lịch hoặc night_window trong sites.toml",
            next.format("%H:%M %d/%m/%Y"),
            window.next_open(now).format("%H:%M")
        ))),
    }
}
