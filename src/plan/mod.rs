//! Plans as data: every clause of a document, and the duties that follow from it.
//!
//! A plan file is the law as the audit reads it. Each obligation carries its clause, the words
//! quoted, whom it binds, where, how many, per what, from when to when, and a `reading` where the
//! text leaves room (OBLIGATIONS). A number without its clause does not load.

use crate::article::{Channel, Kind};
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
    /// Its duties, in the order of the document.
    pub obligations: Vec<Obligation>,
    /// Pairs of obligations that one item cannot serve both.
    pub exclusive: Vec<Exclusive>,
    /// Clauses read, with nothing to count.
    pub clauses: Vec<Clause>,
    /// City-page items whose text stood on these hosts before count for nobody (A and B: IV.4.c).
    pub cross_posted_from: Vec<String>,
    /// The clause of that rule.
    pub cross_posted_clause: String,
}

/// A clause with nothing to count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clause {
    /// Its number, such as `II.2.a`.
    pub id: String,
    /// Its words.
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
    /// First day its periods may begin: the first whole period after it is judged first, unless `partial`.
    pub from: NaiveDate,
    /// Last day.
    pub until: NaiveDate,
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
    /// The reading, where it is one.
    pub reading: Option<String>,
}

/// The period of a duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// ISO weeks.
    Week,
    /// Months.
    Month,
    /// Quarters.
    Quarter,
    /// Years.
    Year,
    /// The range `from`..`until` as one period.
    Range,
    /// One deadline; the day is `until`.
    Deadline,
    /// Exactly these periods (periodic reports: `2026-Q1`, `2026-H1`, `2026-9M`, `2026`).
    Listed(Vec<crate::period::Period>),
    /// Standing, judged once for the whole range.
    Standing,
}
