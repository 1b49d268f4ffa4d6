//! What an audit answers: the only currency between `audit` and `report`.

use crate::article::ArticleId;
use crate::coverage::{Cause, Side};
use crate::period::Period;
use crate::time::{self, Time};
use crate::unit::UnitId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Declares an enum whose variants each have a code that programs rely on, and the words people read.
macro_rules! codes {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal, $text:literal;)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $(#[doc = $text] $(#[$doc])* #[serde(rename = $code)] $variant,)* }

        impl $name {
            /// Every one, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code used in JSON.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The words reports use.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

/// One run of the audit over one plan (DESIGN, *`audit --format json`*).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// Version of this form.
    pub schema: u32,
    /// The plan's id.
    pub plan: String,
    /// The day whose end it speaks of.
    pub as_of: NaiveDate,
    /// Name and version of the program.
    pub program: String,
    /// Hashes of all that bears on it, by name.
    pub inputs: BTreeMap<String, String>,
    /// Portals that are not to be believed on that day; no verdict is drawn from the time since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<Alarm>,
    /// Every verdict, by unit, obligation and period.
    pub verdicts: Vec<Verdict>,
}

/// A portal that does not behave as it used to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// The site's id.
    pub site: String,
    /// Its host.
    pub host: String,
    /// What it is.
    pub cause: Cause,
    /// From when on what was seen of it is in doubt.
    pub since: Time,
    /// The figures, or the new address.
    pub detail: String,
}

/// One unit, one duty, one period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Who.
    pub unit: UnitId,
    /// Which duty.
    pub obligation: String,
    /// Its clause.
    pub clause: String,
    /// When.
    pub period: Period,
    /// How many are asked; 0 for attested and coverage duties.
    pub required: u32,
    /// How many count: the number of `items` with `counted`.
    pub counted: u32,
    /// The answer.
    pub status: Status,
    /// What was not seen.
    pub gaps: Vec<Gap>,
    /// What a reader must know beside the number.
    pub notes: Vec<Note>,
    /// Every item credited to the unit in the period, on any channel.
    pub items: Vec<Item>,
    /// Counts by theme, for coverage duties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub themes: Vec<ThemeCount>,
    /// What the status rests on or lacks, as a Vietnamese sentence.
    #[serde(default)]
    pub detail: String,
    /// Whether a person's decision touched it.
    #[serde(default)]
    pub overruled: bool,
}

/// The count of one theme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThemeCount {
    /// The theme's id.
    pub theme: String,
    /// How many items carry it.
    pub counted: u32,
}

codes! {
    /// The answers a verdict can give, in the order reports show them; not knowing is one of them.
    Status {
        Met = "met", "đạt";
        Unmet = "unmet", "chưa đạt";
        InProgress = "in_progress", "đang thực hiện";
        InsufficientData = "insufficient_data", "chưa đủ dữ liệu";
        NeedsEvidence = "needs_evidence", "cần minh chứng";
        NotApplicable = "not_applicable", "không áp dụng";
        Covered = "covered", "có bài";
        NotCovered = "not_covered", "chưa thấy bài";
    }
}

/// A stretch of the period in which a channel was not seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The site, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// From.
    pub from: Time,
    /// Until.
    pub until: Time,
    /// Why.
    pub cause: Cause,
    /// On whose side.
    pub side: Side,
    /// A Vietnamese sentence.
    pub detail: String,
}

codes! {
    /// What a reader must know beside the number.
    Note {
        /// No ledger is loaded.
        NoLedger = "no_ledger", "theo bài đã đăng; chưa nạp sổ gửi bài";
        /// The period was covered by a later reading only.
        LookBack = "look_back", "đọc lại sau kỳ: bài bị gỡ trước lúc đọc không thấy được";
        Removed = "removed", "có bài được tính nay đã gỡ khỏi cổng";
        DateMismatch = "date_mismatch", "có bài được tính mà các nguồn ghi ngày khác nhau";
        /// Between the two shares of the plan's rule on new items.
        PartialRepost = "partial_repost", "có bài được tính mà từ một phần ba đến dưới một nửa nội dung đã đăng trước";
        Unsure = "unsure", "có bài được tính mà phân loại chưa chắc chắn";
        /// By the plan's end, or by the day its unit was founded.
        Cut = "cut", "kỳ bị cắt, không kết luận chưa đạt";
        CrossPosted = "cross_posted", "có bài ký tên đơn vị trùng bài của Cổng Thành phố, cần người kiểm tra xem";
        Undated = "undated", "có bài không rõ ngày đăng, cần người kiểm tra xác định kỳ";
    }
}

/// One item of a verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// The article, attestation or ledger line.
    pub id: ArticleId,
    /// Its address; empty where there is none.
    pub url: String,
    /// Its title.
    pub title: String,
    /// When it was published, received or attested.
    #[serde(with = "time::optional")]
    pub published: Option<Time>,
    /// Whether it counts.
    pub counted: bool,
    /// Why.
    pub reason: ItemReason,
    /// A Vietnamese sentence that opens the reason.
    pub detail: String,
    /// The other item concerned, such as the earlier text.
    pub of: Option<ArticleId>,
    /// The automatic answer, where a decision overruled it.
    pub automatic: Option<Automatic>,
}

/// What the program would have said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Automatic {
    /// Whether it would count.
    pub counted: bool,
    /// Why.
    pub reason: ItemReason,
}

codes! {
    /// Why an item counts or not, in the order in which reasons are looked for.
    ItemReason {
        Overruled = "overruled", "theo quyết định của người kiểm tra";
        Withdrawn = "withdrawn", "bài đã gỡ, người kiểm tra không tính";
        OtherUnit = "other_unit", "bài của đơn vị khác";
        Unattributed = "unattributed", "không rõ đơn vị";
        OutOfPeriod = "out_of_period", "ngoài kỳ";
        WrongChannel = "wrong_channel", "không đúng kênh";
        NotCchc = "not_cchc", "không phải bài về cải cách hành chính";
        CrossPosted = "cross_posted", "đăng chéo từ Cổng Thành phố";
        Repost = "repost", "đăng lại";
        WrongTopic = "wrong_topic", "không đúng chủ đề";
        WrongKind = "wrong_kind", "không đúng thể loại";
        UsedForOtherDuty = "used_for_other_duty", "đã tính cho nhiệm vụ khác";
        SentNotPosted = "sent_not_posted", "đã gửi, chưa đăng";
        Attested = "attested", "có minh chứng";
        Counted = "counted", "được tính";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Programs and past reports rely on these words; a new one is added at the end of its list.
    #[test]
    fn codes_stay_as_they_are() {
        let codes = [
            ItemReason::ALL.iter().map(|reason| reason.code()).collect::<Vec<_>>().join(" "),
            Status::ALL.iter().map(|status| status.code()).collect::<Vec<_>>().join(" "),
            Note::ALL.iter().map(|note| note.code()).collect::<Vec<_>>().join(" "),
        ];
        assert_eq!(
            codes,
            [
                "overruled withdrawn other_unit unattributed out_of_period wrong_channel not_cchc cross_posted repost \
                 wrong_topic wrong_kind used_for_other_duty sent_not_posted attested counted",
                "met unmet in_progress insufficient_data needs_evidence not_applicable covered not_covered",
                "no_ledger look_back removed date_mismatch partial_repost unsure cut cross_posted undated",
            ]
        );
        assert_eq!(serde_json::to_string(&Status::InProgress).unwrap(), r#""in_progress""#);
    }
}
