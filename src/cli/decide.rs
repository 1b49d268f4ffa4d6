//! `cchc decide`: what an inspector says against the program.

use super::{Context, Exit, explain};
use crate::article::ArticleId;
use crate::error::{Error, Result};
use crate::inspect::ruling::{self, Order};
use crate::owner::View;
use crate::period::Period;
use crate::record::Record;
use crate::rules::Rules;
use crate::world;

/// Quyết định của người kiểm tra về một bài; không xoá được, chỉ thu hồi
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ví dụ:\n  cchc decide https://… --kind chuyen-sau --reason \"bài tổng kết\" --by lan\n  cchc decide MÃ --counted no --plan ha-noi-2026 --obligation a2 --reason \"…\" --by lan\n  cchc decide --revoke 12 --reason \"ghi nhầm bài\" --by lan"
)]
pub(super) struct Args {
    /// Địa chỉ hoặc mã bài
    #[arg(value_name = "BÀI", required_unless_present = "revoke")]
    item: Option<String>,
    #[command(flatten)]
    what: What,
    /// Thu hồi quyết định, minh chứng hoặc sổ gửi bài mang số này
    #[arg(long, value_name = "SỐ", conflicts_with_all = ["item", "What"])]
    revoke: Option<u64>,
    /// Lý do
    #[arg(long, value_name = "LÝ_DO")]
    reason: String,
    /// Người quyết định
    #[arg(long, value_name = "TÊN")]
    by: String,
}

/// What is decided: one thing at a time.
#[derive(Debug, clap::Args)]
struct What {
    /// Đơn vị của bài, hoặc none
    #[arg(long, value_name = "MÃ|none")]
    unit: Option<String>,
    /// Chủ đề, cách nhau bằng dấu phẩy, chủ đề chính trước
    #[arg(long, value_name = "CHỦ_ĐỀ,…")]
    topics: Option<String>,
    /// Thể loại: tin-bai hoặc chuyen-sau
    #[arg(long, value_name = "LOẠI")]
    kind: Option<String>,
    /// Có phải bài về cải cách hành chính: yes hoặc no
    #[arg(long, value_name = "yes|no")]
    cchc: Option<String>,
    /// Bài mới hay đăng lại: new hoặc repost
    #[arg(long, value_name = "new|repost")]
    novelty: Option<String>,
    /// Bài đã gỡ có còn tính không: yes là thôi tính, no là vẫn tính
    #[arg(long, value_name = "yes|no")]
    withdrawn: Option<String>,
    /// Tính hay không tính cho một nhiệm vụ: yes hoặc no; bài đăng lại của bài không tính cũng không tính thay
    #[arg(long, value_name = "yes|no", requires_all = ["plan", "obligation"])]
    counted: Option<String>,
    /// Mã kế hoạch (với --counted)
    #[arg(long, value_name = "MÃ", requires = "counted")]
    plan: Option<String>,
    /// Mã nhiệm vụ (với --counted)
    #[arg(long, value_name = "MÃ", requires = "counted")]
    obligation: Option<String>,
    /// Chỉ kỳ này (với --counted)
    #[arg(long, value_name = "KỲ", requires = "counted")]
    period: Option<Period>,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    let hand = context.hand(&args.by)?;
    if let Some(seq) = args.revoke {
        let entry = context.kept_record()?.revoke(&hand, seq, &args.reason)?;
        println!("đã thu hồi bút toán số {seq}, bằng bút toán số {}", entry.seq);
        return Ok(Exit::Done);
    }
    let rules = context.rules()?;
    let ruling = ruling::read(&order(&args.what)?, &rules)?;
    let view = context.view("cchc decide")?;
    let item = find(args.item.as_deref().unwrap_or_default(), &view, &rules)?;
    if ruling.about().is_none() {
        let sites = context.crawled_sites(view.state())?;
        let world = world::assemble(&view, &rules, sites.as_ref(), world::people(view.state(), None)?)?;
        ruling::check(&ruling, &item, &world, &rules)?;
    }
    let entry = context.kept_record()?.decide(&hand, &item, &ruling, &args.reason)?;
    println!("đã ghi quyết định số {} về bài {item}", entry.seq);
    Ok(Exit::Done)
}

/// The one thing asked for.
fn order(what: &What) -> Result<Order<'_>> {
    let orders = [
        ("unit", &what.unit),
        ("topics", &what.topics),
        ("kind", &what.kind),
        ("cchc", &what.cchc),
        ("novelty", &what.novelty),
        ("withdrawn", &what.withdrawn),
        ("counted", &what.counted),
    ];
    let mut asked = orders.into_iter().filter_map(|(matter, answer)| answer.as_deref().map(|answer| (matter, answer)));
    let (plan, obligation) = (what.plan.as_deref(), what.obligation.as_deref());
    match (asked.next(), asked.next()) {
        (Some((matter, answer)), None) => Ok(Order { matter, answer, plan, obligation, period: what.period }),
        _ => Err(Error::Input(
            "mỗi lần quyết định đúng một điều: --unit, --topics, --kind, --cchc, --novelty, --withdrawn hoặc --counted"
                .to_owned(),
        )),
    }
}

/// The article, or the ledger line, that the user names.
fn find(item: &str, view: &View, rules: &Rules) -> Result<ArticleId> {
    let ledger = Record::new(view.state().dir()).views(None)?.ledger;
    if ledger.iter().any(|line| line.id == item) {
        return Ok(ArticleId(item.to_owned()));
    }
    let found = explain::find_id(view, rules, item)?;
    found.ok_or_else(|| {
        Error::Input(format!("không thấy bài «{item}» trong kho; dùng địa chỉ hoặc mã như `cchc articles` in ra"))
    })
}
