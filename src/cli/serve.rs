//! `cchc serve`: the web page over the state.

use super::{Context, Exit};
use crate::error::{Error, Result};
use crate::serve::{self, Serving};
use crate::time;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Trang web cho đơn vị và người kiểm tra
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc serve --listen 127.0.0.1:8080")]
pub(super) struct Args {
    /// Địa chỉ lắng nghe (mặc định: 127.0.0.1:8080)
    #[arg(long, value_name = "ĐỊA_CHỈ", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Địa chỉ của reverse proxy đứng trước; tin X-Forwarded-For và X-Forwarded-Proto của nó (lặp lại được)
    #[arg(long, value_name = "ĐỊA_CHỈ_IP")]
    proxy: Vec<IpAddr>,
    /// Lịch chạy việc hằng đêm (cron); bỏ trống: không đọc cổng nào
    #[arg(long, value_name = "CRON")]
    schedule: Option<String>,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    if args.schedule.is_some() {
        return Err(Error::Input(
            "--schedule chưa có trong phiên bản này; chạy `cchc nightly` theo lịch của máy".to_owned(),
        ));
    }
    let owner = Arc::new(context.owner("cchc serve")?);
    let serving = Serving {
        sites: context.crawled_sites(&owner.state)?,
        data: context.data()?,
        proxies: args.proxy.clone(),
        now: Arc::new(|| time::at_hanoi(chrono::Utc::now())),
        demo: false,
        owner,
    };
    let app = Arc::new(serving.app()?);
    context.runtime()?.block_on(serve::listen(app, args.listen, stopped()))?;
    Ok(Exit::Done)
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
