//! `cchc sites`: the watched portals, and whether they can be read.

use super::{Context, Exit};
use crate::error::{Error, Result};
use crate::site::{Confidence, Site};

/// Các cổng: danh sách, kiểm tra
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc sites check hai-ba-trung\n  cchc sites check https://cong-moi.hanoi.gov.vn/")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Action,
}

/// What to ask of the sites.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Action {
    /// Liệt kê các cổng đã khai báo
    List,
    /// Cổng có vào được, có cho phép, có hiểu được không; với địa chỉ mới thì đề xuất mục để dán
    Check {
        /// Mã cổng hoặc địa chỉ; bỏ trống: tất cả
        #[arg(value_name = "MÃ|ĐỊA_CHỈ")]
        site: Option<String>,
    },
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    match &args.command {
        Action::List => list(context),
        Action::Check { .. } => Err(Error::Input("lệnh `cchc sites check` chưa có trong phiên bản này".to_owned())),
    }
}

fn list(context: &Context) -> Result<Exit> {
    let sites = context.sites()?;
    let wide = |text: &dyn Fn(&Site) -> usize| sites.sites.iter().map(text).max().unwrap_or(0);
    let (ids, hosts) = (wide(&|s| s.id.len()), wide(&|s| s.host.len()));
    for site in &sites.sites {
        let sure = match site.confidence {
            Confidence::Sure => "",
            Confidence::Guess => "phỏng đoán",
        };
        let unit = site.unit.as_ref().map_or("–", |unit| unit.as_str());
        let platform = site.platform.as_deref().unwrap_or("tự nhận dạng");
        println!("{:ids$}  {:hosts$}  {:10}  {unit}  {platform}  {sure}", site.id, site.host, site.channel.id());
    }
    Ok(Exit::Done)
}
