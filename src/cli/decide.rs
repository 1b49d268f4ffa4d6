//! `cchc decide`: what an inspector says against the program.

use super::attest::{obligation, unit};
use super::{Context, Exit};
use crate::article::{ArticleId, Kind};
use crate::decision::Ruling;
use crate::error::{Error, Result};
use crate::lexicon::Asked;
use crate::period::Period;
use crate::record::Record;
use crate::rules::Rules;

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
    #[arg(long, value_name = "SỐ", conflicts_with = "item")]
    revoke: Option<u64>,
    /// Lý do
    #[arg(long)]
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
    /// Tính hay không tính cho một nhiệm vụ: yes hoặc no
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
        let entry = context.record("cchc decide")?.revoke(&hand, seq, &args.reason)?;
        println!("đã thu hồi bút toán số {seq}, bằng bút toán số {}", entry.seq);
        return Ok(Exit::Done);
    }
    let ruling = ruling(&args.what, &context.rules()?)?;
    let item = find(args.item.as_deref().unwrap_or_default(), context)?;
    let entry = context.record("cchc decide")?.decide(&hand, &item, &ruling, &args.reason)?;
    println!("đã ghi quyết định số {} về bài {item}", entry.seq);
    Ok(Exit::Done)
}

/// The one ruling asked for.
fn ruling(what: &What, rules: &Rules) -> Result<Ruling> {
    let rulings = [
        what.unit.as_deref().map(|value| of_unit(value, rules)),
        what.topics.as_deref().map(|value| of_topics(value, rules)),
        what.kind.as_deref().map(|value| one_of("--kind", value, ["tin-bai", "chuyen-sau"]).map(of_kind)),
        what.cchc.as_deref().map(|value| yes("--cchc", value).map(|value| Ruling::Cchc { value })),
        what.novelty
            .as_deref()
            .map(|value| one_of("--novelty", value, ["new", "repost"]).map(|first| Ruling::Novelty { value: first })),
        what.withdrawn.as_deref().map(|value| yes("--withdrawn", value).map(|value| Ruling::Withdrawn { value })),
        what.counted.as_deref().map(|value| of_counted(what, yes("--counted", value)?, rules)),
    ];
    let mut asked = rulings.into_iter().flatten();
    match (asked.next(), asked.next()) {
        (Some(ruling), None) => ruling,
        _ => Err(Error::Input(
            "mỗi lần quyết định đúng một điều: --unit, --topics, --kind, --cchc, --novelty, --withdrawn hoặc --counted"
                .to_owned(),
        )),
    }
}

/// Whether the value is the first of two words.
fn one_of(flag: &str, value: &str, words: [&str; 2]) -> Result<bool> {
    match words.iter().position(|word| *word == value) {
        Some(at) => Ok(at == 0),
        None => Err(Error::Input(format!("{flag} «{value}»: dùng {} hoặc {}", words[0], words[1]))),
    }
}

fn yes(flag: &str, value: &str) -> Result<bool> {
    one_of(flag, value, ["yes", "no"])
}

fn of_kind(first: bool) -> Ruling {
    Ruling::Kind { value: if first { Kind::TinBai } else { Kind::ChuyenSau } }
}

fn of_unit(value: &str, rules: &Rules) -> Result<Ruling> {
    if value == "none" {
        return Ok(Ruling::Unit { value: None });
    }
    let id = value.parse().map_err(Error::Input)?;
    Ok(Ruling::Unit { value: Some(unit(rules, &id)?.id.clone()) })
}

fn of_topics(value: &str, rules: &Rules) -> Result<Ruling> {
    let topics: Vec<String> = value.split(',').map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).collect();
    let answers = rules.lexicons.answers.iter().filter(|a| matches!(a.of, Asked::Topic | Asked::Quota));
    let known: Vec<&str> = answers.map(|answer| answer.id.as_str()).collect();
    match topics.iter().find(|topic| !known.contains(&topic.as_str())) {
        Some(unknown) => Err(Error::Input(format!("không có chủ đề «{unknown}»; dùng {}", known.join(", ")))),
        None => Ok(Ruling::Topics { value: topics }),
    }
}

fn of_counted(what: &What, value: bool, rules: &Rules) -> Result<Ruling> {
    let plan = rules.plans.get(what.plan.as_deref().unwrap_or_default())?;
    let duty = obligation(plan, what.obligation.as_deref().unwrap_or_default())?;
    if let Some(period) = what.period.filter(|period| duty.window(*period).is_none()) {
        return Err(Error::Input(format!("nhiệm vụ {} không có kỳ {period}", duty.id)));
    }
    Ok(Ruling::Counted { value, plan: plan.id.clone(), obligation: duty.id.clone(), period: what.period })
}

/// The article, or the ledger line, that the user names.
fn find(item: &str, context: &Context) -> Result<ArticleId> {
    let ledger = Record::new(&context.globals.state).views(None)?.ledger;
    if ledger.iter().any(|line| line.id == item) {
        return Ok(ArticleId(item.to_owned()));
    }
    let found = context.view("cchc decide")?.find(item)?;
    found.ok_or_else(|| {
        Error::Input(format!("không thấy bài «{item}» trong kho; dùng địa chỉ hoặc mã như `cchc articles` in ra"))
    })
}
