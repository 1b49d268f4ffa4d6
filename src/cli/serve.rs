//! `cchc serve`: the web page over the state.

use super::{Context, Exit};
use crate::crawl::Stop;
use crate::error::{Error, Result};
use crate::serve::{self, Nights, Schedule, Serving};
use crate::time;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpListener;

/// Trang web cho đơn vị và người kiểm tra
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc serve --listen 127.0.0.1:8080\n  cchc serve --schedule \"0 22 * * *\"")]
pub(super) struct Args {
    /// Địa chỉ lắng nghe (mặc định: 127.0.0.1:8080)
    #[arg(long, value_name = "ĐỊA_CHỈ", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Địa chỉ của reverse proxy đứng trước; tin X-Forwarded-For và X-Forwarded-Proto của nó (lặp lại được)
    #[arg(long, value_name = "ĐỊA_CHỈ_IP")]
    proxy: Vec<IpAddr>,
    /// Lịch chạy việc hằng đêm (cron, giờ Hà Nội), như "0 22 * * *"; bỏ trống: chỉ chạy khi `cchc nightly` yêu cầu
    #[arg(long, value_name = "CRON")]
    schedule: Option<String>,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    let schedule = args.schedule.as_deref().map(str::parse::<Schedule>).transpose()?;
    if let Some(schedule) = &schedule {
        let sites = context.sites()?;
        serve::check(schedule, &sites, time::at_hanoi(context.now()))?;
        super::crawl::warn(&sites, &context.rules()?);
    }
    let owner = Arc::new(context.owner("cchc serve")?);
    let (data, sites) = (context.clone(), context.clone());
    let serving = Arc::new(Serving {
        data: Arc::new(move || data.data()),
        proxies: args.proxy.clone(),
        now: Arc::new(|| time::at_hanoi(chrono::Utc::now())),
        demo: false,
        owner,
    });
    let nights = Nights { sites: Arc::new(move || sites.sites_with_text()), schedule };
    serve(context, serving, Some(nights), args.listen)?;
    Ok(Exit::Done)
}

/// Serves until a signal comes.
pub(super) fn serve(
    context: &Context,
    serving: Arc<Serving>,
    nights: Option<Nights>,
    address: SocketAddr,
) -> Result<()> {
    let app = Arc::new(serving.app()?);
    let stop = Stop::new();
    context.runtime()?.block_on(async {
        let failed = |e| Error::io(format!("không lắng nghe được ở {address}"), e);
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        eprintln!("trang web: http://{}/ (Ctrl-C để dừng)", listener.local_addr().map_err(failed)?);
        let heard = stop.clone();
        tokio::spawn(async move {
            stopped().await;
            eprintln!("đang dừng");
            heard.stop();
        });
        serve::run(serving, app, nights, listener, stop).await
    })
}

/// Resolves on Ctrl-C or SIGTERM.
pub(super) async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).ok();
    let terminated = async {
        match &mut terminate {
            Some(signal) => drop(signal.recv().await),
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
