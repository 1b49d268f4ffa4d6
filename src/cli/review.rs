//! `cchc review`: what the program was not sure of, and which verdicts hang on it.

use super::{Context, Exit};
use crate::article::{About, ArticleId};
use crate::assess::novelty::PARTIAL;
use crate::audit::{self, Audit, Post, Selection};
use crate::error::Result;
use crate::report::clean;
use crate::{time, world};
use std::collections::{BTreeMap, HashMap};

/// Những bài chương trình chưa chắc, và kết luận nào phụ thuộc vào đó
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc review")]
pub(super) struct Args {}

pub(super) fn run(_args: &Args, context: &Context) -> Result<Exit> {
    let rules = context.rules()?;
    let view = context.view("cchc review")?;
    let sites = context.crawled_sites(view.state())?;
    let people = world::people(view.state(), None)?;
    let mut decided: HashMap<ArticleId, Vec<Option<About>>> = HashMap::new();
    for decision in &people.decisions {
        decided.entry(decision.item.clone()).or_default().push(decision.ruling.about());
    }
    let world = world::assemble(&view, &rules, sites.as_ref(), people)?;
    let today = time::at_hanoi(context.now()).date_naive();
    let mut hanging: BTreeMap<ArticleId, Vec<String>> = BTreeMap::new();
    for plan in rules.plans.iter() {
        let audit = audit::audit(plan, &rules.registry, &world, today.min(plan.until), &Selection::default())?;
        collect(&audit, &mut hanging);
    }
    let doubtful = world.posts().iter().map(|post| {
        let answered = decided.get(&post.id).map_or(&[][..], Vec::as_slice);
        let is_open = |about| !answered.iter().any(|of| of.is_none_or(|of| of == about));
        let mut doubts = doubts(post, &is_open);
        let is_placed = answered.iter().any(Option::is_none);
        doubts.extend(undated(post).filter(|_| !is_placed));
        (post, doubts)
    });
    let mut shown = 0;
    for (post, doubts) in doubtful.filter(|(_, doubts)| !doubts.is_empty()) {
        println!("{}  {}\n  {}", post.id, clean(&post.title), clean(&post.url));
        println!("  chưa chắc: {}", doubts.join("; "));
        for line in hanging.get(&post.id).into_iter().flatten() {
            println!("  {line}");
        }
        shown += 1;
    }
    eprintln!("{shown} bài cần người xem; quyết định bằng `cchc decide MÃ … --reason … --by …`");
    Ok(Exit::Done)
}

/// What was not sure about a post, in words, as far as nobody has answered it.
fn doubts(post: &Post, is_open: &dyn Fn(About) -> bool) -> Vec<String> {
    let name = |about: &About| match about {
        About::Unit => "đơn vị",
        About::Cchc => "có phải cải cách hành chính",
        About::Topic => "chủ đề",
        About::Kind => "thể loại",
        About::Novelty => "tính mới",
    };
    let mut doubts: Vec<String> =
        post.assessment.unsure.iter().filter(|about| is_open(**about)).map(|about| name(about).to_owned()).collect();
    let old = post.overlap.share(|_| true);
    if (PARTIAL..0.5).contains(&old) && is_open(About::Novelty) {
        doubts.push(format!("đăng lại một phần: {:.0} % nội dung đã có trước", old * 100.0));
    }
    if post.date_mismatch && is_open(About::Novelty) {
        doubts.push("ngày đăng không khớp giữa các nguồn".to_owned());
    }
    if !post.assessment.co_units.is_empty() && is_open(About::Unit) {
        doubts.push("hai đơn vị cùng ký".to_owned());
    }
    doubts
}

/// What would count somewhere, if anybody knew when it was published.
fn undated(post: &Post) -> Option<String> {
    let counts = post.assessment.is_cchc && post.assessment.unit.is_some();
    (post.published.is_none() && counts).then(|| "không rõ ngày đăng nên không thuộc kỳ nào".to_owned())
}

/// The verdicts in which each item stands.
fn collect(audit: &Audit, hanging: &mut BTreeMap<ArticleId, Vec<String>>) {
    for verdict in audit.verdicts.iter().filter(|verdict| verdict.required > 0) {
        for item in &verdict.items {
            let counted = if item.counted { "được tính" } else { "không tính" };
            hanging.entry(item.id.clone()).or_default().push(format!(
                "{} {} {} {} ({}/{}, {}): {counted} [{}]",
                audit.plan,
                verdict.unit,
                verdict.obligation,
                verdict.period,
                verdict.counted,
                verdict.required,
                verdict.status.name(),
                item.reason.code()
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Assessment;

    #[test]
    fn what_would_count_but_has_no_date_waits_for_people() {
        let unit = || Some("so-tu-phap".parse().unwrap());
        let at = crate::time::parse("2026-05-10T08:00:00+07:00");
        for (published, unit, is_cchc, waits) in [
            (None, unit(), true, true),
            (at, unit(), true, false),
            (None, None, true, false),
            (None, unit(), false, false),
        ] {
            let assessment = Assessment { unit, is_cchc, ..Assessment::default() };
            let post = Post { published, assessment, ..Post::default() };
            assert_eq!(undated(&post).is_some(), waits, "{post:?}");
        }
    }
}
