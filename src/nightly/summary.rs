//! What came of a crawl or a night, in lines that people read.

use super::Night;
use crate::audit::{Status, Verdict};
use crate::crawl::Report;
use crate::error::in_words;

/// A line for each site: what was read of it, what was not, and why.
#[must_use]
pub fn of_crawl(report: &Report) -> Vec<String> {
    let line = |(seen, conduct): &(crate::coverage::Observation, crate::conduct::Conduct)| {
        let how = match seen.cause {
            None => "đủ".to_owned(),
            Some(cause) => format!("chưa đủ: {} ({})", cause.name(), cause.side().name()),
        };
        let detail = if seen.detail.is_empty() { String::new() } else { format!(" — {}", in_words(&seen.detail)) };
        let alarm = if seen.cause.is_some_and(crate::coverage::Cause::is_alarm) { "cảnh báo: " } else { "" };
        format!(
            "{alarm}{}: {how}; {} yêu cầu, {} bài mới, {} bài đổi, {} bài gỡ{detail}",
            seen.site, conduct.requests, conduct.new, conduct.changed, conduct.gone
        )
    };
    report.sites.iter().map(line).collect()
}

/// The lines of its crawl, then one for each plan.
#[must_use]
pub fn of_night(night: &Night) -> Vec<String> {
    let plan = |audit: &crate::audit::Audit| {
        format!("{}: {} kết luận: {}", audit.plan, audit.verdicts.len(), counts(&audit.verdicts))
    };
    of_crawl(&night.crawled).into_iter().chain(night.audits.iter().map(plan)).collect()
}

/// How often each answer was given, so that the numbers add up; the usual ones are told even at zero.
fn counts(verdicts: &[Verdict]) -> String {
    const USUAL: [Status; 5] =
        [Status::Met, Status::Unmet, Status::InProgress, Status::InsufficientData, Status::NeedsEvidence];
    let told = |status: Status| {
        let count = verdicts.iter().filter(|verdict| verdict.status == status).count();
        (count > 0 || USUAL.contains(&status)).then(|| format!("{} {count}", status.name()))
    };
    Status::ALL.iter().copied().filter_map(told).collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Selection, World, audit};
    use crate::data::Data;
    use crate::rules::Rules;

    #[test]
    fn the_counts_of_a_plan_add_up_to_its_verdicts() {
        let rules = Rules::parse(Data::built_in()).unwrap();
        let world = World::new(Vec::new());
        for plan in rules.plans.iter() {
            let audit = audit(plan, &rules.registry, &world, plan.until, &Selection::default()).unwrap();
            let told = counts(&audit.verdicts);
            let sum: usize =
                told.split(" · ").map(|part| part.rsplit(' ').next().unwrap().parse::<usize>().unwrap()).sum();
            assert_eq!(sum, audit.verdicts.len(), "{}: {told}", plan.id);
        }
    }
}
