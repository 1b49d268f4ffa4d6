//! `cchc demo`: the whole nightly job on this machine alone, then the web page.

use super::{Context, Exit, crawl, progress};
use crate::demo::{self, Played, Watching};
use crate::error::{Error, Result};
use crate::owner::Owner;
use crate::report::{Format, Report};
use crate::serve::Serving;
use crate::unit::UnitId;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Chạy thử toàn bộ: cổng mẫu trên máy này, hai đêm kiểm tra, rồi trang web
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc demo --no-serve")]
pub(super) struct Args {
    /// Kết thúc sau khi in kết quả, không mở trang web
    #[arg(long)]
    no_serve: bool,
    /// Địa chỉ của trang web (mặc định: 127.0.0.1:8080)
    #[arg(long, value_name = "ĐỊA_CHỈ", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

/// The plan whose verdicts are printed.
const PLAN: &str = "ha-noi-2026";

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    let rules = context.rules()?;
    let state = fresh_state(context)?;
    let watching = Watching {
        requests: &progress::requests(),
        stages: &progress::stage(),
        night: &|n, at| println!("— Đêm {n}: {} —", at.format("%d/%m/%Y %H:%M")),
        stop: crawl::stop_on_signal()?,
    };
    println!("{}", demo::DESCRIPTION);
    let played = demo::play(&state, rules, &watching)?;
    tell(&played)?;
    let folder = state.display();
    println!("Trạng thái của bản trình diễn: {folder}");
    println!("Xem tiếp:");
    if let Some(last) = played.nights.last() {
        let day = last.as_of.format("%Y-%m-%d");
        println!("  cchc --state {folder} audit --plan {PLAN} --as-of {day}");
        println!("                                                  mọi đơn vị, mọi nhiệm vụ, tính đến đêm sau cùng");
    }
    println!("  cchc --state {folder} articles                        các bài và mã của chúng");
    println!("  cchc --state {folder} explain MÃ_BÀI                  một bài: tính hay không, vì sao");
    println!("  cchc --state {folder} serve                           trang web");
    if !args.no_serve && !watching.stop.is_stopped() {
        serve(args, context, played)?;
    }
    Ok(Exit::Done)
}

/// An empty state folder beside the usual one: a demo is played anew each time and mixes with
/// nothing real.
fn fresh_state(context: &Context) -> Result<PathBuf> {
    let state = beside(&context.globals.state)?;
    if state.exists() {
        let ours = std::fs::read_to_string(state.join("sites.toml")).is_ok_and(|text| text.contains("cchc demo"));
        if !ours {
            return Err(Error::Input(format!(
                "{} đã có và không phải của bản trình diễn; chỉ --state tới chỗ khác",
                state.display()
            )));
        }
        Owner::let_nobody_hold(&state, "cchc demo")?;
        println!("Xoá bản trình diễn trước ở {}.", state.display());
        std::fs::remove_dir_all(&state).map_err(|e| Error::io(format!("không dọn được {}", state.display()), e))?;
    }
    Ok(state)
}

/// The folder of the demo beside a state: its name and `.demo`.
fn beside(state: &Path) -> Result<PathBuf> {
    let Some(name) = state.file_name() else {
        return Err(Error::Input(format!("--state {}: chỉ một thư mục có tên, như state", state.display())));
    };
    let mut name = name.to_owned();
    name.push(".demo");
    Ok(state.with_file_name(name))
}

fn tell(played: &Played) -> Result<()> {
    for night in &played.nights {
        println!("\nĐêm {}:", night.as_of.format("%d/%m/%Y"));
        crawl::tell(&night.crawled);
        println!("so sánh {} bài với các bài đăng trước", night.settled.compared);
    }
    let last = played.nights.last().and_then(|night| night.audits.iter().find(|audit| audit.plan == PLAN));
    let Some(mut audit) = last.cloned() else { return Ok(()) };
    // The other units of the registry have no portal here, and duties that only people can attest
    // have no evidence; the web page shows them all.
    let plays = |unit: &UnitId| played.sites.sites.iter().any(|site| site.unit.as_ref() == Some(unit));
    audit.verdicts.retain(|verdict| verdict.required > 0 && plays(&verdict.unit));
    let plan = played.rules.plans.get(PLAN)?;
    let report = Report { audit: &audit, plan, registry: &played.rules.registry, changes: &[] };
    let table = Format::Table.render(&report)?;
    println!(
        "\nKế hoạch {PLAN}: {} kết luận có số phải đạt, của các đơn vị có cổng mẫu (trong {} kết luận của mọi đơn vị):",
        audit.verdicts.len(),
        last.map_or(0, |whole| whole.verdicts.len())
    );
    let mut out = std::io::stdout().lock();
    out.write_all(b"\n").and_then(|()| out.write_all(&table)).map_err(|e| Error::io("không ghi được ra stdout", e))
}

fn serve(args: &Args, context: &Context, played: Played) -> Result<()> {
    let (now, data) = (played.clock.clock(), played.rules.data);
    let serving = Serving {
        owner: Arc::new(played.owner),
        proxies: Vec::new(),
        data: Arc::new(move || Ok(data.clone())),
        now: Arc::new(move || now()),
        demo: true,
    };
    super::serve::serve(context, Arc::new(serving), None, args.listen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_plays_beside_the_state_and_never_in_it() {
        for (state, demo) in
            [("state", "state.demo"), ("a/kho.2026/", "a/kho.2026.demo"), ("a/kho.demo", "a/kho.demo.demo")]
        {
            assert_eq!(beside(Path::new(state)).unwrap(), Path::new(demo));
        }
        for state in [".", "..", "/"] {
            assert_eq!(beside(Path::new(state)).unwrap_err().exit_code(), 2, "{state}");
        }
    }
}
