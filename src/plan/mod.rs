//! Plans as data: every clause of a document, and the duties that follow from it.
//!
//! A plan file is the law as the audit reads it. Each obligation carries its clause, the words
//! quoted, whom it binds, where, how many, per what, in which periods, and a `reading` where the
//! text leaves room. A number without its clause does not load.
//!
//! `load` and `duty` read the files and tell all faults at once; `clause` puts clause numbers into
//! the order of the document; `window` says on which days an item counts for a period; `calendar`
//! knows the days off that move a deadline; `resolve` holds the plans against the registry; `show`
//! prints one for an official to check against the paper.

mod calendar;
mod clause;
mod duty;
mod load;
mod resolve;
mod show;
mod window;

pub use calendar::Calendar;
pub use clause::ClauseId;
pub use load::Plans;
pub use window::Window;

use crate::article::{Channel, Kind};
use crate::period::Period;
use crate::registry::Unit;
use crate::unit::{Group, UnitId};
use chrono::NaiveDate;
use serde::Serialize;

/// One plan document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// Such as `ha-noi-2026`.
    pub id: String,
    /// The document's title.
    pub title: String,
    /// Number and date of issue, such as `75/KH-UBND, 27/02/2026`.
    pub document: String,
    /// Who issued it.
    pub issuer: String,
    /// The day it was issued.
    pub issued: NaiveDate,
    /// First day on which an item can count.
    pub from: NaiveDate,
    /// Last day.
    pub until: NaiveDate,
    /// What makes an item one about administrative reform under this plan.
    pub scope: Scope,
    /// The rule on new items, where the plan has one; duties that ask for new items carry it too.
    pub novelty: Option<Novelty>,
    /// The rule on copies of the city's own news, where the plan has one.
    pub cross_posted: Option<CrossPosted>,
    /// Its duties, in the order of the document.
    pub obligations: Vec<Obligation>,
    /// Pairs of obligations that one item cannot serve both.
    pub exclusive: Vec<Exclusive>,
    /// Clauses read, with nothing to count.
    pub clauses: Vec<Clause>,
}

impl Plan {
    /// One duty by its id.
    #[must_use]
    pub fn obligation(&self, id: &str) -> Option<&Obligation> {
        self.obligations.iter().find(|o| o.id == id)
    }
}

/// What counts as an item about administrative reform. The assessor answers `is_cchc`; this says
/// by which clause, for the reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scope {
    /// The clause that lists the contents, such as `II.1`.
    pub clause: String,
    /// What was decided where the list leaves room.
    pub reading: Option<String>,
}

/// City-page items whose text stood on these hosts before, by however little, count for nobody,
/// unless the ledger shows that the unit sent them first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CrossPosted {
    /// The hosts of the city's general portal, lower case.
    pub from: Vec<String>,
    /// The clause.
    pub clause: String,
    /// Its words.
    pub quote: String,
    /// The reading.
    pub reading: Option<String>,
}

/// A clause with nothing to count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clause {
    /// Its number, such as `II.2.a`; several, where one sentence settles them: `I.1.a; I.1.b`.
    pub id: String,
    /// Its words, or how they begin.
    pub quote: String,
    /// Why nothing is counted.
    pub note: String,
}

/// Two duties that ask for two items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exclusive {
    /// The obligations.
    pub obligations: [String; 2],
    /// The clause that says so.
    pub clause: String,
    /// Its words.
    pub quote: String,
    /// The reading, where it is one.
    pub reading: Option<String>,
}

/// One duty.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Obligation {
    /// Lower case id of OBLIGATIONS, such as `a2` or `a19-pl11`.
    pub id: String,
    /// A short name for tables.
    pub title: String,
    /// The clauses, such as `IV.1.d; PL 4`.
    pub clause: String,
    /// The words of the clause.
    pub quote: String,
    /// Whom it binds.
    pub who: Who,
    /// What is asked.
    pub duty: Duty,
    /// Per what.
    pub per: Per,
    /// Every period in which it is judged, in order of time; others do not exist.
    pub periods: Vec<Period>,
    /// First day on which an item can count: never before the plan's own.
    pub from: NaiveDate,
    /// Last day: never after the plan's own.
    pub until: NaiveDate,
    /// For a deadline so many days after issue, which is then checked: the number of days.
    pub within_days: Option<u32>,
    /// The choice made where the text leaves room.
    pub reading: Option<String>,
    /// The office responsible inside the unit, for information.
    pub office: Option<String>,
}

/// Whom an obligation binds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Who {
    /// Whole groups.
    pub groups: Vec<Group>,
    /// Single units.
    pub units: Vec<UnitId>,
}

impl Who {
    /// Whether the clause addresses a unit; units of other provinces are in no group of the city.
    #[must_use]
    pub fn binds(&self, unit: &Unit) -> bool {
        self.units.contains(&unit.id) || (unit.of_the_city() && self.groups.contains(&unit.group))
    }
}

/// What an obligation asks.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum Duty {
    /// So many items, decided by crawling.
    Counted(Quota),
    /// Something a crawler cannot see.
    Attested,
    /// Themes or encouragements without a number.
    Coverage {
        /// Where.
        channels: Vec<Channel>,
        /// The themes, each shown with its count.
        themes: Vec<Theme>,
        /// Only items of this kind, where the clause says so.
        kind: Option<Kind>,
        /// Whether only new items are shown as counted.
        novelty: Option<Novelty>,
    },
}

/// A theme of a coverage duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Theme {
    /// Such as `d1`; the lexicon of themes has its words under the same id.
    pub id: String,
    /// Its clause.
    pub clause: String,
    /// Its words.
    pub quote: String,
}

/// How many of which items.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quota {
    /// How many in a period.
    pub required: u32,
    /// Where.
    pub channel: Channel,
    /// Whether sending suffices (the ledger decides) or only posting.
    pub action: Action,
    /// Any of these quota topics (the theme of a themed duty); empty: the item must be CCHC.
    pub quota_topics: Vec<String>,
    /// Any of these topic areas, for in-depth duties.
    pub topics: Vec<String>,
    /// Only this kind, where the clause says so; an in-depth item is a tin/bài too.
    pub kind: Option<Kind>,
    /// The rule on new items, where the clause has one.
    pub novelty: Option<Novelty>,
}

/// Whether a duty is to send or to post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// "gửi": sent for posting.
    Sent,
    /// "được đăng tải": posted.
    Posted,
}

/// When an item is not new (OBLIGATIONS, *How an item is judged*, 5).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Novelty {
    /// The share of old text from which an item is a repost.
    pub repost_share: f64,
    /// The share from which it counts but goes before the inspector.
    pub partial_share: f64,
    /// The unit's own posting on its own portal this many hours before the city page is tolerated.
    pub own_portal_hours: u32,
    /// Items posted before this day are not refused.
    pub since: NaiveDate,
    /// The clause.
    pub clause: String,
    /// Its words, such as "tin mới, chưa từng đăng tải".
    pub quote: String,
    /// The reading, where it is one.
    pub reading: Option<String>,
}

/// The rhythm of a duty; its periods are in [`Obligation::periods`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// Every ISO week.
    Week,
    /// Every month.
    Month,
    /// Every quarter.
    Quarter,
    /// Every year.
    Year,
    /// Once within a stretch of time.
    Range,
    /// Once, by a day.
    Deadline,
    /// With each periodic report.
    Report,
    /// All the time; judged once for the whole stretch.
    Standing,
}

impl Per {
    /// Every rhythm with its id in plan files and the words people read.
    const ALL: [(Self, &'static str, &'static str); 8] = [
        (Self::Week, "week", "hằng tuần"),
        (Self::Month, "month", "hằng tháng"),
        (Self::Quarter, "quarter", "hằng quý"),
        (Self::Year, "year", "hằng năm"),
        (Self::Range, "range", "một lần trong kỳ"),
        (Self::Deadline, "deadline", "theo hạn"),
        (Self::Report, "report", "theo kỳ báo cáo"),
        (Self::Standing, "standing", "thường xuyên"),
    ];

    /// The words people read.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(per, ..)| *per == self).map_or("", |(.., name)| name)
    }
}

impl std::str::FromStr for Per {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ids = || Self::ALL.map(|(_, id, _)| id).join(", ");
        let found = Self::ALL.iter().find(|(_, id, _)| *id == text);
        found.map(|(per, ..)| *per).ok_or_else(|| format!("nhịp «{text}» không có; dùng {}", ids()))
    }
}
