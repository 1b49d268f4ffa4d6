//! The sentence of a verdict: what it rests on, or what it lacks.

use super::candidate::{Candidate, Source};
use super::explain::{Scene, cite, day};
use super::known::Reach;
use super::sent::is_same_title;
use super::tally::founded_within;
use super::verdict::Status;
use super::world::Post;
use crate::article::Channel;
use crate::decision::LedgerLine;
use crate::registry::Unit;

/// So many gaps are told one by one; more would bury the first.
const TOLD: usize = 3;

/// A posted copy comes within so many days; what is posted later under another title is another item.
const RETITLED: i64 = 14;

impl Scene<'_, '_> {
    /// What a verdict rests on or lacks.
    pub(super) fn verdict(&self, unit: &Unit) -> String {
        let (window, counted, required) = (&self.tally.slot.window, self.tally.counted, self.tally.slot.required);
        let lacks = required.saturating_sub(counted);
        let mut text = match self.tally.status {
            Status::Met if required > 0 => format!("Đã có {counted}/{required} tin, bài."),
            Status::Met => format!("Đã có {counted} minh chứng."),
            Status::Unmet => format!("Thiếu {lacks} tin, bài (có {counted}/{required})."),
            Status::InProgress if required == 0 => {
                let days = (window.last - self.known.as_of).num_days();
                format!("Chưa thấy tin, bài; còn {days} ngày, đến hết {}.", day(window.last))
            }
            Status::InProgress => {
                let days = (window.last - self.known.as_of).num_days();
                format!(
                    "Còn thiếu {lacks} tin, bài (có {counted}/{required}); còn {days} ngày, đến hết {}.",
                    day(window.last)
                )
            }
            Status::NeedsEvidence if self.known.as_of < window.last => {
                format!(
                    "Chưa có minh chứng; kỳ còn {} ngày, đến hết {}.",
                    (window.last - self.known.as_of).num_days(),
                    day(window.last)
                )
            }
            Status::NeedsEvidence => "Chưa có minh chứng.".to_owned(),
            Status::InsufficientData if self.tally.view.gaps.is_empty() => format!("Mới thấy {counted} tin, bài."),
            Status::InsufficientData => format!("Mới thấy {counted} tin, bài, chưa quan sát đủ kỳ. {}.", self.gaps()),
            Status::NotApplicable => {
                let short = match founded_within(self.known, unit, window) {
                    Some(from) => format!("Đơn vị có từ {}, nên kỳ đến {} không trọn", day(from), day(window.last)),
                    None => format!("Kỳ chỉ tính từ {} đến {}, không trọn", day(window.first), day(window.last)),
                };
                format!("{short}; có {counted}/{required} tin, bài, không kết luận chưa đạt.")
            }
            Status::Covered => format!("Đã có {counted} tin, bài."),
            Status::NotCovered if self.duty().ask.as_ref().is_some_and(|ask| ask.channels.is_empty()) => {
                "Khuyến khích; chưa có minh chứng.".to_owned()
            }
            Status::NotCovered => "Chưa thấy tin, bài.".to_owned(),
        };
        text.push_str(&self.unread());
        text.push_str(&self.maybe_one());
        match self.lacking_ledger() {
            Some(Reach::Nowhere) => text.push_str(" Theo bài đã đăng; chưa nạp sổ gửi bài."),
            Some(Reach::Day(last)) => text.push_str(&format!(" Sổ gửi bài mới nạp đến ngày {}.", day(last))),
            _ => {}
        }
        text
    }

    /// How far the ledger goes, where a number not reached may be for want of the rest.
    pub(super) fn lacking_ledger(&self) -> Option<Reach> {
        let reached = matches!(self.tally.status, Status::Met | Status::Covered);
        let sent = self.duty().ask.as_ref().is_some_and(|ask| ask.sent);
        (!reached && sent).then(|| self.known.ledger(&self.tally.slot.window))
    }

    /// A line that counts as sent and an item posted soon after it may be one, under another title or
    /// sent again: nothing but an address would tell, so the reader is told.
    fn maybe_one(&self) -> String {
        let counted = self.tally.placed.iter().filter(|(_, finding)| finding.counted);
        let lines = counted.filter_map(|(item, _)| match self.candidates[*item].source {
            Source::Line(line) => Some(line),
            Source::Post(_) => None,
        });
        let posted_after = |line: &LedgerLine| {
            let again = |item: &Candidate| item.post().is_some_and(|post| is_same_title(&post.title, &line.title));
            let free = |item: &&Candidate| item.copy_of.is_none() && (item.line.is_none() || again(item));
            let mut posts = self.candidates.iter().filter(free);
            posts.find_map(|item| {
                let waited = (item.posted? - line.received).num_days();
                let may_be = item.channel() == Channel::CityPage && (0..=RETITLED).contains(&waited);
                item.post().filter(|_| may_be)
            })
        };
        let found = lines.filter_map(|line| Some((line, posted_after(line)?))).next();
        found.map_or(String::new(), |(line, post)| {
            format!(
                " Bài «{}» nhận ngày {} chưa thấy đăng, có thể là bài ở {}: nếu là một bài, ghi địa chỉ đăng vào sổ để \
                 chỉ tính một lần.",
                line.title,
                day(line.received),
                cite(post)
            )
        })
    }

    /// Items that would have to be read before anything is concluded.
    fn unread(&self) -> String {
        let reached = matches!(self.tally.status, Status::Met | Status::Covered);
        let unread: Vec<&Post> = self.tally.unread(self.candidates).filter(|_| !reached).collect();
        if unread.is_empty() {
            return String::new();
        }
        let mut told: Vec<String> = unread.iter().take(TOLD).map(|post| cite(post)).collect();
        told.extend((unread.len() > TOLD).then(|| format!("và {} bài khác", unread.len() - TOLD)));
        format!(" Chỉ có ảnh hoặc tệp, cần người kiểm tra đọc rồi quyết định: {}.", told.join("; "))
    }

    /// What was not seen, as the beginning of a sentence without its full stop.
    fn gaps(&self) -> String {
        let gaps = &self.tally.view.gaps;
        let mut told: Vec<&str> = gaps.iter().take(TOLD).map(|gap| gap.detail.as_str()).collect();
        let more = format!("và {} khoảng khác", gaps.len().saturating_sub(TOLD));
        if gaps.len() > TOLD {
            told.push(&more);
        }
        capital(&told.join("; "))
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
