//! The sentences: why an item counts or not, and what would mend it.
//!
//! They are read by the office concerned, so each names the text, the day and the clause it turns
//! on, and nothing in them is a guess.

use super::candidate::{Candidate, Source, is_same_text};
use super::finding::{Because, Finding, counted_by};
use super::known::Known;
use super::newness::Before;
use super::rhythm::{Counting, Rhythm};
use super::sent::is_same_title;
use super::tally::Tally;
use super::verdict::ItemReason;
use super::world::Post;
use crate::article::{About, Channel, Precision};
use crate::assess::novelty::percent;
use crate::decision::{Decision, LedgerLine, Outcome};
use crate::time::{self, Time};
use chrono::{Datelike as _, Duration, NaiveDate, Timelike as _};
use std::fmt::Write as _;

/// What a sentence is about.
pub(super) struct Scene<'s, 'a> {
    pub known: &'s Known<'a>,
    pub rhythm: &'s Rhythm<'a>,
    pub candidates: &'s [Candidate<'a>],
    pub tally: &'s Tally<'a>,
}

impl<'a> Scene<'_, 'a> {
    pub(super) fn duty(&self) -> &Counting<'a> {
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
            (R::WrongTopic, _) if item.post().is_none() && !item.traits.has_theme() => self.unsaid("chủ đề", "Chủ đề"),
            (R::WrongKind, _) if matches!(item.source, Source::Line(LedgerLine { kind: None, .. })) => {
                self.unsaid("thể loại", "Thể loại")
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
                self.percent(before)
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

    /// Of a line's text nothing is known beside what the ledger says.
    fn unsaid(&self, what: &str, column: &str) -> String {
        let obligation = self.duty().obligation;
        format!(
            "Sổ gửi bài không ghi {what} của bài, nên chưa tính cho nhiệm vụ «{}» ({}). Muốn được tính, ghi vào cột \
             «{column}» của sổ rồi nạp lại.",
            obligation.title, obligation.clause
        )
    }

    fn wrong_channel(&self, item: &Candidate<'_>) -> String {
        let asked = self.duty().ask.as_ref().map_or(&[][..], |ask| ask.channels);
        let names = asked.iter().map(|channel| channel.name()).collect::<Vec<_>>().join(" hoặc ");
        let mend = match asked {
            _ if self.has_copy(item, asked) => " Bản đăng ở đó được xét riêng.".to_owned(),
            [Channel::CityPage] => self.to_city_page(item),
            [Channel::OwnPortal] => " Muốn được tính, đăng bài trên trang của đơn vị.".to_owned(),
            _ => String::new(),
        };
        match item.source {
            Source::Post(post) => format!("Đăng trên {}; nhiệm vụ này tính bài trên {names}.{mend}", place(post)),
            Source::Line(_) => format!("Bài gửi Trang CCHC Thành phố; nhiệm vụ này tính bài trên {names}.{mend}"),
        }
    }

    /// Whether the same text stands among the unit's items on a channel that the duty asks for.
    fn has_copy(&self, item: &Candidate<'_>, asked: &[Channel]) -> bool {
        let Some(post) = item.post() else { return false };
        let there = self.candidates.iter().filter(|other| asked.contains(&other.channel()));
        there.filter_map(Candidate::post).any(|other| is_same_text(other, post))
    }

    /// What would have the city page count it: sending it, while it is still new there.
    fn to_city_page(&self, item: &Candidate<'_>) -> String {
        let lines = self.candidates.iter().filter(|other| other.post().is_none()).filter_map(|other| other.line);
        let mut lines = lines.filter(|line| item.post().is_some_and(|post| is_same_title(&line.title, &post.title)));
        if let Some(line) = lines.next() {
            return format!(" Theo sổ gửi bài, bài cùng tên đã gửi ngày {}; được xét riêng.", day(line.received));
        }
        let own = item.post().filter(|post| post.channel == Channel::OwnPortal);
        let Some(((_, posted), hours)) = own.and_then(Post::moments).zip(self.hours()) else {
            return " Muốn được tính, gửi bài để đăng trên Trang CCHC Thành phố.".to_owned();
        };
        if posted + Duration::hours(i64::from(hours)) <= self.known.moment {
            return format!(
                " Đã quá {hours} giờ từ lúc đăng trên trang của đơn vị, bài không còn là tin mới; lần sau gửi Trang CCHC \
                 Thành phố trước hoặc cùng lúc."
            );
        }
        format!(
            " Muốn được tính, gửi bài để đăng trên Trang CCHC Thành phố, chậm nhất {hours} giờ sau khi đăng trên trang \
             của đơn vị."
        )
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
        let share = self.percent(before);
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

    fn copy(&self, first: &Candidate<'a>) -> String {
        match first.source {
            Source::Post(post) => match counted_by(self.known, self.duty(), first, None) {
                Some((refusal, false, _)) => format!(
                    "Cùng một bài với {} trên cùng kênh, bài đã không được tính cho nhiệm vụ này theo quyết định số {}.",
                    cite(post),
                    refusal.seq
                ),
                _ => format!("Cùng một bài với {} trên cùng kênh; một bài chỉ tính một lần.", cite(post)),
            },
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

    /// How much of an item stood before, on which side of the rule's bounds.
    fn percent(&self, before: Before<'_>) -> String {
        let rule = self.duty().ask.as_ref().and_then(|ask| ask.novelty);
        let bounds = rule.map_or(vec![], |rule| vec![rule.partial_share, rule.repost_share]);
        percent(before.share, &bounds)
    }

    /// How long before the city page the unit's own portal may post.
    fn hours(&self) -> Option<u32> {
        self.duty().ask.as_ref()?.novelty.map(|rule| rule.own_portal_hours)
    }

    fn earlier(&self, before: Before<'_>) -> Option<&'a Post> {
        before.of.and_then(|id| self.known.world.post(id))
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
    let by_title = if item.post().is_some_and(|post| post.unread) {
        " Bài chỉ có ảnh hoặc tệp, chương trình mới xét tiêu đề: cần người kiểm tra đọc."
    } else {
        ""
    };
    match reasons.iter().find(|reason| reason.about == about) {
        Some(reason) => format!("{sentence}: {}.{by_title}", reason.detail.trim_end_matches('.')),
        None => format!("{sentence}.{by_title}"),
    }
}

/// A posted item as people point to it.
pub(super) fn cite(post: &Post) -> String {
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
pub(super) fn day(day: NaiveDate) -> String {
    format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year())
}

fn day_at(at: Time) -> String {
    day(super::world::day_of(at))
}
