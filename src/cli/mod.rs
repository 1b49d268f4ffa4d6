//! The command line: arguments → one call → print.
//!
//! One file a command. Each has an `Args` (its flags, with the help users read) and a `run` that
//! returns how it [`Exit`]ed. Data goes to standard output, all else to standard error.

mod articles;
mod attest;
mod audit;
mod classify;
mod context;
mod crawl;
mod decide;
mod demo;
mod evidence;
mod explain;
mod extract;
mod import;
mod keys;
mod ledger;
mod nightly;
mod plans;
mod progress;
mod rebuild;
mod review;
mod robots;
mod serve;
mod sites;
mod store;
mod usage;
mod users;

pub use context::Context;

use crate::error::{Error, Result};
use clap::{CommandFactory as _, FromArgMatches as _};
use std::path::PathBuf;
use std::process::ExitCode;

/// How a command ended, when it did not fail (DESIGN, *Command line*).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: `verify` does not hold, or the like.
    Fails,
    /// 3: done, with sites unseen or lines skipped.
    Partly,
}

impl Exit {
    /// Of a command that went on to its end, and perhaps left something out on the way.
    fn done(all: bool) -> Self {
        if all { Self::Done } else { Self::Partly }
    }
}

/// Options that stand before or after the command's name.
#[derive(Debug, Clone, clap::Args)]
pub struct Globals {
    /// Thư mục trạng thái: kho lưu trữ, nhật ký, chỉ mục (mặc định: state)
    #[arg(long, global = true, value_name = "THƯ_MỤC", default_value = "state")]
    pub state: PathBuf,
    /// Tệp khai báo các cổng (mặc định: sites.toml)
    #[arg(long, global = true, value_name = "TỆP", default_value = "sites.toml")]
    pub config: PathBuf,
    /// Thư mục quy tắc (kế hoạch, đơn vị, từ điển); mặc định ./data, rồi bản có sẵn trong chương trình
    #[arg(long, global = true, value_name = "THƯ_MỤC")]
    pub data: Option<PathBuf>,
    /// Dạng nhật ký vận hành trên stderr: text (mặc định) hoặc json
    #[arg(long, global = true, value_name = "DẠNG", value_enum, default_value_t = Log::Text)]
    pub log: Log,
}

/// The form of the operational log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Log {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Debug, clap::Parser)]
#[command(name = "cchc", version, about = "cchc: kiểm tra việc đăng tin, bài cải cách hành chính theo kế hoạch")]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

macro_rules! commands {
    ($($variant:ident => $module:ident;)*) => {
        #[derive(Debug, clap::Subcommand)]
        enum Command { $($variant($module::Args),)* }

        impl Command {
            fn run(&self, context: &Context) -> Result<Exit> {
                match self { $(Self::$variant(args) => $module::run(args, context),)* }
            }
        }
    };
}

commands! {
    Demo => demo;
    Nightly => nightly;
    Crawl => crawl;
    Audit => audit;
    Explain => explain;
    Articles => articles;
    Extract => extract;
    Classify => classify;
    Robots => robots;
    Import => import;
    Sites => sites;
    Plans => plans;
    Ledger => ledger;
    Attest => attest;
    Decide => decide;
    Review => review;
    Evidence => evidence;
    Serve => serve;
    Users => users;
    Keys => keys;
    Rebuild => rebuild;
    Store => store;
}

/// Ends quietly where nobody reads on (`cchc sites list | head`): printing to a closed pipe panics, and
/// that is no fault of ours.
fn end_with_the_reader() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let said = panic.payload().downcast_ref::<String>();
        if said.is_some_and(|text| text.starts_with("failed printing to stdout") && text.contains("Broken pipe")) {
            std::process::exit(0);
        }
        usual(panic);
    }));
}

/// What came of writing to standard output: who reads us may have seen enough.
fn written(result: std::io::Result<()>) -> Result<()> {
    match result {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|e| Error::io("không ghi được ra đầu ra chuẩn", e)),
    }
}

/// Runs the command named by the process's arguments and returns its exit code.
#[must_use]
pub fn main() -> ExitCode {
    end_with_the_reader();
    let matches = usage::in_vietnamese(Cli::command()).try_get_matches();
    let cli = match matches.and_then(|m| Cli::from_arg_matches(&m)) {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(usage::explain(&error)),
    };
    usage::log(cli.globals.log);
    match cli.command.run(&Context::new(cli.globals)) {
        Ok(Exit::Done) => ExitCode::SUCCESS,
        Ok(Exit::Fails) => ExitCode::from(1),
        Ok(Exit::Partly) => ExitCode::from(3),
        Err(error) => {
            eprintln!("lỗi: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
