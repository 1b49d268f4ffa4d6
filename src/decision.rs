//! What people did: overrides, attestations, ledger lines. Plain data; `record` keeps it.

use crate::article::{About, ArticleId, Kind};
use crate::period::Period;
use crate::time::Time;
use crate::unit::UnitId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// An inspector's override of one automatic answer about one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Its number in the journal.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// Who.
    pub by: String,
    /// Which item.
    pub item: ArticleId,
    /// What was decided.
    pub ruling: Ruling,
    /// Why; never empty.
    pub reason: String,
}

/// What a decision says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "kebab-case")]
pub enum Ruling {
    /// Whose it is, in all plans; `None`: nobody's.
    Unit {
        /// The unit, or nobody.
        value: Option<UnitId>,
    },
    /// Topic areas and quota topics, in all plans.
    Topics {
        /// Topic ids of both lists, primary first.
        value: Vec<String>,
    },
    /// News or in-depth, in all plans.
    Kind {
        /// The kind.
        value: Kind,
    },
    /// CCHC or not, in all plans.
    Cchc {
        /// Whether it is.
        value: bool,
    },
    /// New or not, in all plans.
    Novelty {
        /// `true`: it is new.
        value: bool,
    },
    /// Counted or not, for one duty.
    Counted {
        /// Whether it counts.
        value: bool,
        /// The plan.
        plan: String,
        /// The obligation.
        obligation: String,
        /// One period only, where given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        period: Option<Period>,
    },
    /// The removed item no longer counts.
    Withdrawn {
        /// `true`: withdrawn.
        value: bool,
    },
}

impl Ruling {
    /// What was decided, in words; `name` gives the name of a unit.
    #[must_use]
    pub fn words(&self, name: impl Fn(&UnitId) -> String) -> String {
        let yes = |value: bool, yes: &str, no: &str| if value { yes.to_owned() } else { no.to_owned() };
        match self {
            Self::Unit { value: Some(id) } => format!("bài của {}", name(id)),
            Self::Unit { value: None } => "không phải bài của đơn vị nào".to_owned(),
            Self::Topics { value } => format!("chủ đề: {}", value.join(", ")),
            Self::Kind { value } => yes(*value == Kind::ChuyenSau, "bài chuyên sâu", "tin, bài"),
            Self::Cchc { value } => yes(*value, "là bài CCHC", "không phải bài CCHC"),
            Self::Novelty { value } => yes(*value, "bài mới", "không phải bài mới"),
            Self::Counted { value, plan, obligation, period } => {
                let period = period.map_or(String::new(), |period| format!(", kỳ {period}"));
                format!("{} cho nhiệm vụ {obligation} của {plan}{period}", yes(*value, "được tính", "không tính"))
            }
            Self::Withdrawn { value } => yes(*value, "bài đã gỡ, không tính", "vẫn tính dù đã gỡ"),
        }
    }

    /// Which of the program's answers it stands in place of; `None` where it is about a duty or a removal.
    #[must_use]
    pub fn about(&self) -> Option<About> {
        match self {
            Self::Unit { .. } => Some(About::Unit),
            Self::Topics { .. } => Some(About::Topic),
            Self::Kind { .. } => Some(About::Kind),
            Self::Cchc { .. } => Some(About::Cchc),
            Self::Novelty { .. } => Some(About::Novelty),
            Self::Counted { .. } | Self::Withdrawn { .. } => None,
        }
    }
}

/// Evidence for what cannot be crawled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attestation {
    /// Its number in the journal.
    pub seq: u64,
    /// When it was recorded.
    pub at: Time,
    /// Who recorded it.
    pub by: String,
    /// The plan.
    pub plan: String,
    /// The obligation.
    pub obligation: String,
    /// The unit.
    pub unit: UnitId,
    /// The period it is for.
    pub period: Period,
    /// SHA-256 of the file under `files/`, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Its name as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// A note.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// What the intake desk made of an item sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Posted.
    Posted,
    /// Received, nothing more said.
    Received,
    /// Refused as not new.
    NotNew,
    /// Refused as off theme.
    OffTheme,
    /// Refused for another reason.
    Refused,
}

/// One line of the intake desk's ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerLine {
    /// A stable id: a hash of the line's content.
    pub id: String,
    /// The unit that sent it.
    pub unit: UnitId,
    /// The day it was received.
    pub received: NaiveDate,
    /// Its title.
    pub title: String,
    /// Its kind, where said.
    pub kind: Option<Kind>,
    /// Its theme: a topic or quota topic id, where said.
    pub topic: Option<String>,
    /// Further ids that the same words name: «chuyển đổi số» is of several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// Where it was posted, as written in the ledger.
    pub url: Option<String>,
    /// The outcome.
    pub outcome: Outcome,
    /// The desk's reason, where given.
    #[serde(default)]
    pub reason: String,
    /// The posted item it was matched with.
    #[serde(default)]
    pub item: Option<ArticleId>,
    /// When the ledger was loaded.
    pub loaded: Time,
}
