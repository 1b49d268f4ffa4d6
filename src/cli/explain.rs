//! `cchc explain`: everything that was decided about one item, and why.

use super::{Context, Exit};
use crate::article::{About, Article, ArticleId, Assessment};
use crate::assess::novelty::{self, Origin, Outcome, Shares};
use crate::audit::{self, Post, Selection, Verdict, World};
use crate::decision::{Decision, Ruling};
use crate::error::{Error, Result};
use crate::inspect::ruling;
use crate::nightly::notes;
use crate::owner::View;
use crate::plan::Plan;
use crate::registry::Unit;
use crate::report::clean;
use crate::rules::Rules;
use crate::site::address;
use crate::time;
use crate::unit::UnitId;
use crate::world;
use chrono::NaiveDate;
use std::fmt::Write as _;

/// Columns of the two texts side by side.
const CARD_WIDTH: usize = 110;

/// Một bài: đã quyết định gì, vì sao
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc explain https://haibatrung.hanoi.gov.vn/… --plan ha-noi-2026")]
pub(super) struct Args {
    /// Địa chỉ hoặc mã bài
    #[arg(value_name = "ĐỊA_CHỈ|MÃ")]
    item: String,
    /// Chỉ kết luận theo kế hoạch này; bỏ trống: mọi kế hoạch bao ngày đăng
    #[arg(long, value_name = "MÃ")]
    plan: Option<String>,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    let rules = context.rules()?;
    if let Some(plan) = &args.plan {
        rules.plans.get(plan)?;
    }
    let view = context.view("cchc explain")?;
    let article = find(&view, &rules, &args.item)?;
    let sites = context.crawled_sites(view.state())?;
    let world = world::assemble(&view, &rules, sites.as_ref(), world::people(view.state(), None)?)?;
    let assessment = world.post(&article.id).map(|post| post.assessment.clone()).unwrap_or_default();
    let mut text = about(&article);
    let decisions: Vec<&Decision> = world.decisions.iter().filter(|d| d.item == article.id).collect();
    text.push_str(&answers(&assessment, &decisions));
    text.push_str(&decided(&decisions, &rules));
    text.push_str(undated(&article, &decisions));
    let today = time::at_hanoi(context.now()).date_naive();
    for plan in rules.plans.iter().filter(|plan| args.plan.as_ref().is_none_or(|id| *id == plan.id)) {
        let as_of = today.min(plan.until);
        let found = verdicts(&rules, plan, &world, as_of, &article)?;
        // Who asks for one plan is told why it says nothing; of all the others only those that speak are shown.
        if found.is_empty() && args.plan.is_some() {
            text.push_str(&silent(plan, &article));
        }
        text.push_str(&found);
    }
    text.push_str(&repost(&view, &rules, &world, &article)?);
    print!("{text}");
    Ok(Exit::Done)
}

/// The earlier text that shares the most, side by side with this one.
fn repost(view: &View, rules: &Rules, world: &World, article: &Article) -> Result<String> {
    let Some(post) = world.post(&article.id) else { return Ok(String::new()) };
    let Some(most) = post.overlap.earlier.first() else { return Ok(String::new()) };
    let Some(earlier) = view.article(&most.id)? else { return Ok(String::new()) };
    let general = rules.plans.iter().filter_map(|plan| plan.cross_posted.as_ref());
    let origin = match world.post(&most.id) {
        _ if general.flat_map(|rule| &rule.from).any(|host| *host == earlier.host) => Origin::GeneralPortal,
        Some(other) if credited(post).any(|unit| credited(other).any(|theirs| theirs == unit)) => Origin::Own,
        _ => Origin::Other,
    };
    let old = post.overlap.share(|_| true);
    let outcome = Outcome::of(old, origin, Shares::default());
    let card = novelty::card(article, &earlier, &outcome.sentence(old)).text(CARD_WIDTH);
    Ok(card.lines().fold("\n".to_owned(), |text, line| text + &clean(line) + "\n"))
}

fn credited(post: &Post) -> impl Iterator<Item = &UnitId> {
    post.assessment.unit.iter().chain(&post.assessment.co_units)
}

/// The article that an id or any of its addresses names.
pub(super) fn find(view: &View, rules: &Rules, item: &str) -> Result<Article> {
    let article = find_id(view, rules, item)?.map(|id| view.article(&id)).transpose()?.flatten();
    article.ok_or_else(|| {
        Error::Input(format!(
            "chưa thấy bài «{item}»; kiểm tra lại địa chỉ hoặc mã, hoặc đọc cổng đó trước bằng `cchc crawl --site …`"
        ))
    })
}

/// The id of the article that an id or any of its addresses names, however it is spelled.
pub(super) fn find_id(view: &View, rules: &Rules, item: &str) -> Result<Option<ArticleId>> {
    let sites = view.state().crawled_sites()?.map(|sites| notes::with_platforms(sites, view)).transpose()?;
    for name in address::names(item, sites.as_ref(), &rules.platforms) {
        if let Some(id) = view.find(&name)? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// What the article is and how it is known.
fn about(article: &Article) -> String {
    let mut text =
        format!("{}\n  mã        {}\n  địa chỉ   {}\n", clean(&article.title), article.id, clean(&article.url));
    for alias in &article.aliases {
        line(&mut text, "cũng ở", alias);
    }
    line(&mut text, "kênh", article.channel.name());
    if !article.author.is_empty() {
        line(&mut text, "tác giả", &article.author);
    }
    let show = |at: time::Time| at.format("%H:%M %d/%m/%Y").to_string();
    let times = [
        ("đăng lúc", article.published),
        ("trên trang", article.times.page),
        ("siêu dữ liệu", article.times.metadata),
        ("theo địa chỉ", article.times.url),
        ("theo feed", article.times.feed),
        ("theo sitemap", article.times.sitemap),
        ("máy chủ báo", article.times.last_modified),
        ("thấy lần đầu", article.first_seen),
        ("đã gỡ, thấy lúc", article.removed),
        ("có thể đã gỡ", article.missing),
    ];
    for (name, at) in times {
        if let Some(at) = at {
            line(&mut text, name, &show(at));
        }
    }
    for absence in &article.absences {
        line(&mut text, "từng vắng mặt", &format!("{} đến {}", show(absence.from), show(absence.until)));
    }
    for redating in &article.redated {
        let from = redating.from.map_or_else(|| "không ghi".to_owned(), show);
        line(
            &mut text,
            "đổi ngày đăng",
            &format!("từ {from} thành {}, thấy lúc {}", show(redating.to), show(redating.at)),
        );
    }
    if let Some(capture) = &article.capture {
        line(&mut text, "bản lưu", &format!("{} ở byte {}, {}", capture.file, capture.offset, capture.digest));
    }
    for revision in &article.revisions {
        line(&mut text, "sửa lúc", &format!("{}: {}", show(revision.at), revision.title));
    }
    for warning in &article.warnings {
        line(&mut text, "lưu ý", warning);
    }
    text
}

fn line(text: &mut String, name: &str, value: &str) {
    let pad = 16_usize.saturating_sub(name.chars().count());
    // Writing to a String does not fail.
    let _ = writeln!(text, "  {name}{:pad$}{}", "", clean(value));
}

/// What inspectors decided, all that is in force.
fn decided(decisions: &[&Decision], rules: &Rules) -> String {
    let name = |id: &UnitId| rules.registry.get(id).map_or_else(|| id.to_string(), Unit::full_name);
    let mut text = String::new();
    for decision in decisions {
        let (seq, at) = (decision.seq, decision.at.format("%H:%M %d/%m/%Y"));
        let (by, reason) = (clean(&decision.by), clean(&decision.reason));
        let _ = writeln!(text, "  số {seq}, {by}, {at}: {} — {reason}", decision.ruling.words(name));
    }
    if text.is_empty() { text } else { format!("\nQuyết định của người kiểm tra:\n{text}") }
}

/// Every answer of the program with its reasons, and the decision that stands in its place.
fn answers(assessment: &Assessment, decisions: &[&Decision]) -> String {
    let unit = |unit: Option<String>| unit.unwrap_or_else(|| "không thuộc đơn vị nào".to_owned());
    let list = |items: &[String]| if items.is_empty() { "–".to_owned() } else { items.join(", ") };
    let yes_no = |yes: bool| if yes { "có" } else { "không" };
    let topics = format!("{}; chủ đề theo nhiệm vụ: {}", list(&assessment.topics), list(&assessment.quota_topics));
    let old = format!(
        "{} ({:.0} % đã có trước)",
        if assessment.repost { "đăng lại" } else { "mới" },
        assessment.similarity * 100.0
    );
    let credited = assessment.unit.iter().chain(&assessment.co_units).map(ToString::to_string).collect::<Vec<_>>();
    let answers = [
        (About::Unit, "Đơn vị", unit(Some(credited.join(", ")).filter(|names| !names.is_empty()))),
        (About::Cchc, "Cải cách hành chính", yes_no(assessment.is_cchc).to_owned()),
        (About::Topic, "Chủ đề", topics),
        (About::Kind, "Thể loại", assessment.kind.id().to_owned()),
        (About::Novelty, "Tính mới", old),
    ];
    let mut text = String::new();
    for (about, name, answer) in answers {
        let doubt = if assessment.unsure.contains(&about) { " (chưa chắc)" } else { "" };
        let _ = writeln!(text, "\n{name}: {answer}{doubt}");
        if let Some(last) = decisions.iter().rev().find(|decision| decision.ruling.about() == Some(about)) {
            let ruling = last.ruling.words(ToString::to_string);
            let _ = writeln!(text, "  → quyết định số {} thay câu trả lời này: {ruling}", last.seq);
        }
        for reason in assessment.reasons.iter().filter(|reason| reason.about == about) {
            let _ = writeln!(text, "  – {} [{}]", clean(&reason.detail), reason.code);
        }
    }
    text
}

/// Why an item without a date stands in no plan's section, while nobody gave it a period.
fn undated(article: &Article, decisions: &[&Decision]) -> &'static str {
    let placed = decisions.iter().any(|decision| matches!(decision.ruling, Ruling::Counted { .. }));
    if article.published.is_some() || placed {
        return "";
    }
    "\nKỳ: không rõ ngày đăng nên không thuộc kỳ nào, không kế hoạch nào tính bài này; người kiểm tra xác định kỳ bằng \
     `cchc decide … --counted yes --plan … --obligation … --period …`\n"
}

/// Why a plan says nothing of the item.
fn silent(plan: &Plan, article: &Article) -> String {
    let day = |day: NaiveDate| day.format("%d/%m/%Y");
    let why = match article.published.map(|at| at.with_timezone(&time::hanoi()).date_naive()) {
        None => "không rõ ngày đăng nên không có kỳ nào cho bài này".to_owned(),
        Some(at) if at < plan.from || plan.until < at => format!(
            "không có kỳ nào cho bài này; bài đăng ngày {}, kế hoạch tính từ {} đến {}",
            day(at),
            day(plan.from),
            day(plan.until)
        ),
        Some(_) => "không nhiệm vụ nào xét bài này".to_owned(),
    };
    format!("\nTheo kế hoạch {} ({}): {why}\n", plan.id, plan.document)
}

/// What one plan makes of the item.
fn verdicts(rules: &Rules, plan: &Plan, world: &World, as_of: NaiveDate, article: &Article) -> Result<String> {
    let units = world.post(&article.id).map(|post| ruling::concerned(post, world, &rules.registry));
    let units: Vec<UnitId> = units.into_iter().flatten().map(|unit| unit.id.clone()).collect();
    if units.is_empty() {
        return Ok(String::new());
    }
    let selection = Selection { units, periods: Vec::new() };
    let audit = audit::audit(plan, &rules.registry, world, as_of, &selection)?;
    let mut text = String::new();
    for verdict in &audit.verdicts {
        text.push_str(&counted(verdict, article));
    }
    if text.is_empty() {
        return Ok(text);
    }
    Ok(format!("\nTheo kế hoạch {} ({}), tính đến {}:\n{text}", plan.id, plan.document, as_of.format("%d/%m/%Y")))
}

fn counted(verdict: &Verdict, article: &Article) -> String {
    let mut text = String::new();
    for item in verdict.items.iter().filter(|item| item.id == article.id) {
        let mark = if item.counted { "được tính" } else { "không tính" };
        let _ = writeln!(
            text,
            "  {} {} ({}): {mark} — {} [{}]",
            verdict.obligation,
            verdict.period,
            verdict.status.name(),
            clean(&item.detail),
            item.reason.code()
        );
    }
    text
}
