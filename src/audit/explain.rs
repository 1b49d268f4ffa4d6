//! The sentences: why an item counts or not, what would mend it, and what a verdict rests on.
//!
//! They are read by the office concerned, so each names the text, the day and the clause it turns
//! on, and nothing in them is a guess.

use super::candidate::{Candidate, Source};
use super::finding::{Because, Finding};
use super::known::Known;
use super::newness::Before;
use super::rhythm::{Counting, Rhythm};
use super::tally::{Tally, founded_within};
use super::verdict::{ItemReason, Status};
use super::world::Post;
use crate::article::{About, Channel, Precision};
use crate::decision::{Decision, LedgerLine, Outcome};
use crate::registry::Unit;
use crate::time::{self, Time};
use chrono::{Datelike as _, NaiveDate, Timelike as _};
use std::fmt::Write as _;

/// What a sentence is about.
pub(super) struct Scene<'s, 'a> {
    pub known: &'s Known<'a>,
    pub rhythm: &'s Rhythm<'a>,
    pub candidates: &'s [Candidate<'a>],
    pub tally: &'s Tally<'a>,
}

impl<'a> Scene<'_, 'a> {
    fn duty(&self) -> &Counting<'a> {
        &self.rhythm.duties[self.tally.duty]
    }

    /// Why an item counts or not, and what would mend it.
    pub(super) fn item(&self, item: &Candidate<'a>, finding: &Finding<'a>) -> String {
        use ItemReason as R;
        match (finding.reason, finding.because) {
            (_, Because::Ruled(decision)) => ruled(decision),
            (R::OutOfPeriod, because) => out_of_period(item, because),
            (R::WrongChannel, _) => self.wrong_channel(item),
            (R::NotCchc, _) => {
                let clause = &self.known.plan.scope.clause;
                with_reason(
                    item,
                    About::Cchc,
                    &format!("Nội dung không thuộc phạm vi cải cách hành chính nêu tại {clause} của kế hoạch"),
                )
            }
            (R::CrossPosted, Because::Before(before)) => self.cross_posted(item, before),
            (R::Repost, Because::Copy(first)) => self.copy(&self.candidates[first]),
            (R::Repost, Because::Before(before)) => self.repost(before),
            (R::Repost | R::WrongTopic, Because::Refused(line)) => {
                let why = if line.reason.is_empty() { String::new() } else { format!(" ({})", line.reason) };
                format!(
                    "Sổ gửi bài, nhận ngày {}: bộ phận tiếp nhận không nhận đăng, {}{why}.",
                    day(line.received),
                    finding.reason.name()
                )
            }
            (R::WrongTopic, _) => {
                let obligation = self.duty().obligation;
                let asked = format!("Không thuộc chủ đề của nhiệm vụ «{}» ({})", obligation.title, obligation.clause);
                with_reason(item, About::Topic, &asked)
            }
            (R::WrongKind, _) => {
                let asked = "Là tin/bài thường, còn nhiệm vụ này cần bài chính luận, chuyên sâu, nghiên cứu, trao đổi, báo cáo, sơ kết hoặc tổng kết";
                with_reason(item, About::Kind, asked)
            }
            (R::UsedForOtherDuty, Because::Serves(other)) => self.serves(other),
            (R::Unattributed, _) => {
                "Tên miền mới là phỏng đoán, chưa xác nhận là cổng của đơn vị, nên chưa tính.".to_owned()
            }
            (R::SentNotPosted, _) => self.sent(item),
            (_, because) => self.counted(item, because),
        }
    }

    fn counted(&self, item: &Candidate<'_>, because: Because<'_>) -> String {
        let mut text = match item.source {
            Source::Post(post) => format!("Đăng {} trên {}", when(post), place(post)),
            Source::Line(line) => format!("Nhận ngày {}", day(line.received)),
        };
        let by_ledger = self.duty().ask.as_ref().is_some_and(|ask| ask.sent);
        if let Some(received) = item.received().filter(|_| by_ledger) {
            let _ = write!(text, ", bộ phận tiếp nhận đã nhận ngày {}", day(received));
        }
        text.push_str("; được tính.");
        if let Because::Before(before) = because {
            let source = before
                .of
                .and_then(|id| self.known.world.post(id))
                .map_or(String::new(), |post| format!(" ở {}", cite(post)));
            let _ = write!(
                text,
                " Khoảng {}% nội dung đã đăng trước{source}: cần người kiểm tra xem lại.",
                percent(before.share)
            );
        }
        text
    }

    fn sent(&self, item: &Candidate<'_>) -> String {
        let received = item.received().map_or(String::new(), |received| format!(", nhận ngày {}", day(received)));
        // A duty to send is done by sending, whatever the desk then made of it, unless it found the item not
        // new or off theme; but the refusal is shown.
        if let Source::Line(LedgerLine { outcome: Outcome::Refused, reason, .. }) = item.source {
            let reason = if reason.is_empty() { "không ghi lý do" } else { reason.trim_end_matches('.') };
            let counts = if self.duty().ask.as_ref().is_some_and(|ask| ask.sent) {
                "Nhiệm vụ là gửi đăng, nên vẫn được tính"
            } else {
                "Nhiệm vụ này chỉ tính bài đã được đăng"
            };
            return format!("Theo sổ gửi bài{received}; bộ phận tiếp nhận không đăng: {reason}. {counts}.");
        }
        if self.duty().ask.as_ref().is_some_and(|ask| ask.sent) {
            format!("Theo sổ gửi bài{received}; chưa thấy đăng. Nhiệm vụ là gửi đăng, nên được tính.")
        } else {
            format!("Theo sổ gửi bài{received}; chưa thấy đăng. Nhiệm vụ này chỉ tính bài đã được đăng.")
        }
    }

    fn wrong_channel(&self, item: &Candidate<'_>) -> String {
        let asked = self.duty().ask.as_ref().map_or(&[][..], |ask| ask.channels);
        let names = asked.iter().map(|channel| channel.name()).collect::<Vec<_>>().join(" hoặc ");
        let mend = match asked {
            [Channel::CityPage] => {
                let in_time = self.hours().filter(|_| item.channel() == Channel::OwnPortal);
                let in_time = in_time.map_or(String::new(), |hours| {
                    format!(", chậm nhất {hours} giờ sau khi đăng trên trang của đơn vị")
                });
                format!(" Muốn được tính, gửi bài để đăng trên Trang CCHC Thành phố{in_time}.")
            }
            [Channel::OwnPortal] => " Muốn được tính, đăng bài trên trang của đơn vị.".to_owned(),
            _ => String::new(),
        };
        match item.source {
            Source::Post(post) => format!("Đăng trên {}; nhiệm vụ này tính bài trên {names}.{mend}", place(post)),
            Source::Line(_) => format!("Bài gửi Trang CCHC Thành phố; nhiệm vụ này tính bài trên {names}.{mend}"),
        }
    }

    fn cross_posted(&self, item: &Candidate<'_>, before: Before<'_>) -> String {
        let source = self.earlier(before).map_or_else(|| "Cổng Thành phố".to_owned(), cite);
        let clause = self.known.plan.cross_posted.as_ref().map_or("", |rule| rule.clause.as_str());
        let signed = if item.post().is_some_and(|post| post.assessment.unit.is_some()) {
            " Bài ký tên đơn vị, nên cần người kiểm tra xem lại."
        } else {
            ""
        };
        format!(
            "Nội dung đã đăng trước ở {source}; theo {clause} không tính cho đơn vị nào. Được tính nếu sổ gửi bài cho \
             thấy đơn vị đã gửi trước, hoặc người kiểm tra quyết định là bài mới.{signed}"
        )
    }

    fn repost(&self, before: Before<'_>) -> String {
        let share = percent(before.share);
        let earlier = self.earlier(before);
        let source = earlier.map_or_else(|| "nơi khác".to_owned(), cite);
        match (before.own, earlier.map(|post| post.channel)) {
            (true, Some(Channel::OwnPortal)) => {
                let hours = self.hours().unwrap_or(0);
                format!(
                    "Khoảng {share}% nội dung đã đăng trước ở {source}. Chỉ do chính đơn vị đăng trước trên trang của mình quá \
                     {hours} giờ. Lần sau gửi Trang CCHC Thành phố trước, hoặc đăng trên trang mình không quá {hours} giờ trước đó."
                )
            }
            (true, _) => format!(
                "Khoảng {share}% nội dung chính đơn vị đã đăng trước ở {source}. Cần một bài mới, chưa từng đăng."
            ),
            (false, _) => {
                format!("Khoảng {share}% nội dung đã đăng trước ở {source}. Cần một bài mới, chưa từng đăng.")
            }
        }
    }

    fn copy(&self, first: &Candidate<'_>) -> String {
        match first.source {
            Source::Post(post) => format!("Cùng một bài với {} trên cùng kênh; một bài chỉ tính một lần.", cite(post)),
            Source::Line(line) => {
                format!(
                    "Cùng tên với bài đã nhận ngày {} trong sổ gửi bài; một bài chỉ tính một lần.",
                    day(line.received)
                )
            }
        }
    }

    fn serves(&self, other: usize) -> String {
        let taker = self.rhythm.duties[other].obligation;
        let clause = self.rhythm.exclusive(self.tally.duty, other).map_or("", |rule| rule.clause.as_str());
        format!(
            "Đã tính cho nhiệm vụ «{}» ({}); theo {clause} một bài không tính cho cả hai nhiệm vụ. Cần thêm một bài nữa.",
            taker.title, taker.clause
        )
    }

    /// How long before the city page the unit's own portal may post.
    fn hours(&self) -> Option<u32> {
        self.duty().ask.as_ref()?.novelty.map(|rule| rule.own_portal_hours)
    }

    fn earlier(&self, before: Before<'_>) -> Option<&'a Post> {
        before.of.and_then(|id| self.known.world.post(id))
    }

    /// What a verdict rests on or lacks.
    pub(super) fn verdict(&self, unit: &Unit, no_ledger: bool) -> String {
        let (window, counted, required) = (&self.tally.slot.window, self.tally.counted, self.tally.slot.required);
        let lacks = required.saturating_sub(counted);
        let gap = || self.tally.view.gaps.first().map_or(String::new(), |gap| capital(&gap.detail));
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
            Status::InsufficientData => format!("Mới thấy {counted} tin, bài, chưa quan sát đủ kỳ. {}.", gap()),
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
        if no_ledger {
            text.push_str(" Theo bài đã đăng; chưa nạp sổ gửi bài.");
        }
        text
    }
}

/// The sentence of a decision.
pub(super) fn ruled(decision: &Decision) -> String {
    format!(
        "Theo quyết định số {} của {} ngày {}: {}.",
        decision.seq,
        decision.by,
        day_at(decision.at),
        decision.reason.trim_end_matches('.')
    )
}

/// The sentence of an item that only a decision brought to a unit, or took from it.
pub(super) fn not_credited(reason: ItemReason) -> &'static str {
    match reason {
        ItemReason::Unattributed => "Chương trình không xác định được đơn vị.",
        ItemReason::OtherUnit => "Chương trình tính cho đơn vị khác.",
        _ => "Ngày đăng ở ngoài kỳ.",
    }
}

fn out_of_period(item: &Candidate<'_>, because: Because<'_>) -> String {
    match because {
        Because::Received(received) => {
            format!("Bộ phận tiếp nhận đã nhận ngày {}; tính vào kỳ có ngày đó, không theo ngày đăng.", day(received))
        }
        _ => {
            let seen = item
                .post()
                .and_then(|post| post.first_seen)
                .map_or(String::new(), |at| format!(", thấy lần đầu ngày {}", day_at(at)));
            format!("Không rõ ngày đăng{seen}; người kiểm tra xác định kỳ bằng quyết định.")
        }
    }
}

/// A sentence with the assessor's own reason behind it.
fn with_reason(item: &Candidate<'_>, about: About, sentence: &str) -> String {
    let reasons = item.post().map_or(&[][..], |post| post.assessment.reasons.as_slice());
    match reasons.iter().find(|reason| reason.about == about) {
        Some(reason) => format!("{sentence}: {}.", reason.detail.trim_end_matches('.')),
        None => format!("{sentence}."),
    }
}

/// A posted item as people point to it.
fn cite(post: &Post) -> String {
    format!("{} («{}», {})", place(post), post.title, when(post))
}

fn place(post: &Post) -> String {
    match post.channel {
        Channel::CityPage => post.channel.name().to_owned(),
        Channel::OwnPortal | Channel::Other => post.host.clone(),
    }
}

fn when(post: &Post) -> String {
    match (post.published, post.precision) {
        (Some(at), Precision::Day) => format!("ngày {}", day_at(at)),
        (Some(at), _) => {
            let at = at.with_timezone(&time::hanoi());
            format!("lúc {:02}:{:02} {}", at.hour(), at.minute(), day(at.date_naive()))
        }
        (None, _) => "không rõ ngày".to_owned(),
    }
}

/// A day as people write it. By hand, because a large audit writes millions of them.
fn day(day: NaiveDate) -> String {
    format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year())
}

fn day_at(at: Time) -> String {
    day(super::world::day_of(at))
}

fn percent(share: f64) -> String {
    format!("{:.0}", share * 100.0)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
