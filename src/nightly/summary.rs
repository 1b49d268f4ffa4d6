//! What came of a crawl or a night, in lines that people read.

use super::Night;
use crate::audit::Status;
use crate::crawl::Report;

/// A line for each site: what was read of it, what was not, and why.
#[must_use]
pub fn of_crawl(report: &Report) -> Vec<String> {
    let line = |(seen, conduct): &(crate::coverage::Observation, crate::conduct::Conduct)| {
        let how = match seen.cause {
            None => "đủ".to_owned(),
            Some(cause) => format!("chưa đủ: {} ({})", cause.name(), cause.side().name()),
        };
        let detail = if seen.detail.is_empty() { String::new() } else { format!(" — {}", seen.detail) };
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
        let count = |status| audit.verdicts.iter().filter(|verdict| verdict.status == status).count();
        let counts = [Status::Met, Status::Unmet, Status::InProgress, Status::InsufficientData, Status::NeedsEvidence];
        let counts = counts.map(|status| format!("{} {}", status.name(), count(status))).join(" · ");
        format!("{}: {} kết luận: {counts}", audit.plan, audit.verdicts.len())
    };
    of_crawl(&night.crawled).into_iter().chain(night.audits.iter().map(plan)).collect()
}
