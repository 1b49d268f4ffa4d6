//! Times held against each other: a record's against its seal, anything's against now.

use crate::record::Entry;
use crate::time::Time;
use chrono::TimeDelta;

/// How far two clocks may differ.
pub(super) const CLOCKS: TimeDelta = TimeDelta::minutes(10);
/// How long after a capture its night is sealed, at most, where nothing went wrong.
pub(super) const NIGHT: TimeDelta = TimeDelta::hours(36);

/// How the time on a record stands to the seal that covers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Dated {
    Missing,
    /// After the seal: then it was not there when the seal was made, or a clock lies.
    After(Time, Time),
    /// So long before that the seal says little about when.
    Long,
    Before,
}

impl Dated {
    /// How a record's time stands to its seal.
    pub(super) fn of(at: Option<Time>, seal: &Entry) -> Self {
        match at {
            None => Self::Missing,
            Some(at) if at > seal.at + CLOCKS => Self::After(at, seal.at),
            Some(at) if at + NIGHT < seal.at => Self::Long,
            Some(_) => Self::Before,
        }
    }

    /// What is wrong with it, if anything is; `name` is the record's.
    pub(super) fn fault(&self, name: &str) -> Option<String> {
        let shown = |at: &Time| at.format("%H:%M:%S %d/%m/%Y").to_string();
        match self {
            Self::Missing => Some(format!("{name}: không có ngày giờ")),
            Self::After(at, seal) => {
                let (at, seal) = (shown(at), shown(&seal.with_timezone(at.offset())));
                Some(format!("{name}: ghi lúc {at}, sau niêm phong bao nó ({seal})"))
            }
            Self::Long | Self::Before => None,
        }
    }
}

/// A moment that has not come yet, or none at all.
pub(super) fn future(name: &str, at: Option<Time>, now: Time) -> Vec<String> {
    match at {
        None => vec![format!("{name}: không có ngày giờ")],
        Some(at) if at > now => vec![format!("{name}: ngày giờ ở tương lai ({})", at.format("%d/%m/%Y %H:%M"))],
        Some(_) => Vec::new(),
    }
}
