//! `cchc robots`.

use super::{Context, Exit};
use crate::crawl::robots::{Robots, path_of};
use crate::error::{Error, Result};

/// Theo robots.txt này, từng địa chỉ có được đọc không
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc robots robots.txt --agent cchc-audit https://…")]
pub(super) struct Args {
    /// Tệp robots.txt
    #[arg(value_name = "TỆP")]
    file: std::path::PathBuf,
    /// Tên chương trình đọc (product token)
    #[arg(long, value_name = "TÊN")]
    agent: String,
    /// Các địa chỉ cần hỏi
    #[arg(value_name = "ĐỊA_CHỈ", required = true)]
    urls: Vec<String>,
}

pub(super) fn run(args: &Args, _context: &Context) -> Result<Exit> {
    let bytes =
        std::fs::read(&args.file).map_err(|e| Error::io(format!("không đọc được {}", args.file.display()), e))?;
    let rules = Robots::parse(&bytes).rules(&args.agent);
    for url in &args.urls {
        let answer = if rules.allow(&path_of(url)) { "allowed" } else { "disallowed" };
        println!("{answer} {url}");
    }
    Ok(Exit::Done)
}
