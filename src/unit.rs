//! The names of those who owe and those who publish: unit ids and the groups the plans speak of.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A unit's slug, such as `phuong-hai-ba-trung`; outside Hanoi with its province before a slash,
/// such as `hai-phong/phuong-thien-huong`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnitId(String);

impl UnitId {
    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The slug as one file name: the slash of a province becomes `--`, which no slug contains.
    #[must_use]
    pub fn file_name(&self) -> String {
        self.0.replace('/', "--")
    }
}

impl FromStr for UnitId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let slug = |part: &str| {
            !part.is_empty()
                && !part.contains("--")
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        let mut parts = text.split('/');
        let valid =
            matches!((parts.next(), parts.next(), parts.next()), (Some(a), b, None) if slug(a) && b.is_none_or(slug));
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!(
                "mã đơn vị «{text}» không hợp lệ; dùng chữ thường không dấu và gạch nối, như phuong-hai-ba-trung"
            ))
        }
    }
}

impl TryFrom<String> for UnitId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<UnitId> for String {
    fn from(unit: UnitId) -> Self {
        unit.0
    }
}

impl fmt::Display for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The groups of OBLIGATIONS: whom a clause addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// Sở, ban, ngành and bodies equal to a Sở.
    SoNganh,
    /// UBND of wards and communes.
    XaPhuong,
    /// Vertical central agencies in the city.
    NganhDoc,
    /// Public service units directly under UBND Thành phố.
    SuNghiep,
    /// In no group: named one by one where a clause means them.
    Other,
}

impl Group {
    /// Every group, in the order reports show them.
    pub const ALL: [Self; 5] = [Self::SoNganh, Self::XaPhuong, Self::NganhDoc, Self::SuNghiep, Self::Other];

    /// The id used in data files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::SoNganh => "so-nganh",
            Self::XaPhuong => "xa-phuong",
            Self::NganhDoc => "nganh-doc",
            Self::SuNghiep => "su-nghiep",
            Self::Other => "other",
        }
    }

    /// The name people read.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SoNganh => "Sở, ban, ngành",
            Self::XaPhuong => "Xã, phường",
            Self::NganhDoc => "Cơ quan ngành dọc",
            Self::SuNghiep => "Đơn vị sự nghiệp",
            Self::Other => "Khác",
        }
    }
}

impl FromStr for Group {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|g| g.id() == text)
            .ok_or_else(|| format!("nhóm «{text}» không có; dùng {}", Self::ALL.map(Self::id).join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unit_ids_are_slugs_with_at_most_one_slash() {
        for (text, valid) in [
            ("phuong-hai-ba-trung", true),
            ("hai-phong/phuong-thien-huong", true),
            ("a/b/c", false),
            ("", false),
            ("../etc", false),
            ("Phuong", false),
            ("hai-phong/", false),
        ] {
            assert_eq!(text.parse::<UnitId>().is_ok(), valid, "{text}");
        }
    }
}
