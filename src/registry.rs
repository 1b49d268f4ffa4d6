//! Who is who: the units of the city, their names over time, their groups and their hosts.
//!
//! Read from `data/units/`: `co-quan.toml` (departments and agencies, with predecessors and
//! offices), `xa-phuong-*.csv` (wards and communes, a table people edit) and, for "elsewhere",
//! `toan-quoc.csv` and `ben-ngoai.toml`. Knows names, not articles: whose an article is is decided
//! in [`crate::assess`].

mod elsewhere;
mod read;

pub use elsewhere::{Elsewhere, Province};

use crate::data::Data;
use crate::error::Fault;
use crate::text;
use crate::unit::{Group, UnitId};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// How sure it is that a host is the unit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Derived from the pattern of other hosts; never seen.
    Guess,
    /// Seen at second hand, or of a predecessor.
    Likely,
    /// Seen in a page or address of the unit.
    Verified,
}

impl Confidence {
    /// The word used in data files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Guess => "guess",
            Self::Likely => "likely",
            Self::Verified => "verified",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Confidence {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Guess, Self::Likely, Self::Verified]
            .into_iter()
            .find(|c| c.id() == text)
            .ok_or_else(|| format!("độ tin cậy «{text}» không có; dùng guess, likely, verified"))
    }
}

/// A host name that is, or may be, a unit's portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Lower case, without port.
    pub host: String,
    /// How sure that is.
    pub confidence: Confidence,
}

/// A body that became part of the unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Predecessor {
    /// Its name or an abbreviation of it.
    pub name: String,
    /// Its last day, where known.
    pub until: Option<NaiveDate>,
}

/// What sort of unit, as far as names go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// A department or agency.
    Agency,
    /// A ward.
    Phuong,
    /// A commune.
    Xa,
    /// A special zone (đặc khu).
    DacKhu,
}

impl Sort {
    /// The word before a commune's name; empty for agencies.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Agency => "",
            Self::Phuong => "Phường",
            Self::Xa => "Xã",
            Self::DacKhu => "Đặc khu",
        }
    }
}

/// One unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its slug.
    pub id: UnitId,
    /// Its code of QĐ 19/2025/QĐ-TTg, for wards and communes.
    pub code: Option<String>,
    /// Its name without the word before it for communes (`Hai Bà Trưng`), in full for agencies.
    pub name: String,
    /// What sort it is.
    pub sort: Sort,
    /// Other names and abbreviations.
    pub aliases: Vec<String>,
    /// Bodies that became part of it.
    pub predecessors: Vec<Predecessor>,
    /// Offices whose name alone tells that they belong to it.
    pub offices: Vec<String>,
    /// Former districts its area lay in, the largest share first; not its predecessors.
    pub former_districts: Vec<String>,
    /// The group plans address it in.
    pub group: Group,
    /// Whether it is a newspaper or broadcaster: what it is the source of is nobody's own news.
    pub press: bool,
    /// Its portals.
    pub hosts: Vec<Host>,
    /// Its first day, where known.
    pub from: Option<NaiveDate>,
    /// Its last day, if it was dissolved.
    pub until: Option<NaiveDate>,
    /// Who goes on in its place.
    pub successor: Option<UnitId>,
}

impl Unit {
    /// The name people read: `Phường Hai Bà Trưng`, `Sở Tư pháp thành phố Hà Nội`.
    #[must_use]
    pub fn full_name(&self) -> String {
        match self.sort {
            Sort::Agency => self.name.clone(),
            sort => format!("{} {}", sort.word(), self.name),
        }
    }

    /// Whether it belongs to Hanoi; others carry their province in the slug.
    #[must_use]
    pub fn of_the_city(&self) -> bool {
        !self.id.as_str().contains('/')
    }

    /// Whether it exists on a day.
    #[must_use]
    pub fn exists_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// All units, with the ways to look them up.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    units: Vec<Unit>,
    ids: BTreeMap<UnitId, usize>,
    /// Host → unit; a host that two units claim names neither.
    hosts: BTreeMap<String, Option<usize>>,
    /// Normal form of a name → unit; a name that two units bear names neither.
    names: BTreeMap<String, Option<usize>>,
    elsewhere: Elsewhere,
}

impl Registry {
    /// Reads `units/` of the rule files.
    ///
    /// # Errors
    /// All faults of all files, each with file, line and field.
    pub fn parse(data: &Data) -> Result<Self, Vec<Fault>> {
        let (units, mut faults) = read::units(data);
        let elsewhere = Elsewhere::parse(data).unwrap_or_else(|found| {
            faults.extend(found);
            Elsewhere::default()
        });
        if faults.is_empty() { Ok(Self::new(units, elsewhere)) } else { Err(faults) }
    }

    fn new(units: Vec<Unit>, elsewhere: Elsewhere) -> Self {
        let mut registry = Self { elsewhere, ..Self::default() };
        for (n, unit) in units.iter().enumerate() {
            registry.ids.insert(unit.id.clone(), n);
            for host in &unit.hosts {
                claim(&mut registry.hosts, host.host.clone(), n);
            }
            for name in names(unit) {
                claim(&mut registry.names, name_key(&name), n);
            }
        }
        registry.units = units;
        registry
    }

    /// Every unit, in the order of the files.
    #[must_use]
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// One unit by its slug.
    #[must_use]
    pub fn get(&self, id: &UnitId) -> Option<&Unit> {
        self.ids.get(id).map(|n| &self.units[*n])
    }

    /// The unit whose portal stands on a host; `www.` and a port are ignored.
    #[must_use]
    pub fn by_host(&self, host: &str) -> Option<&Unit> {
        let lower = host.trim().to_ascii_lowercase();
        let bare = lower.split(':').next().unwrap_or_default();
        let bare = bare.strip_prefix("www.").unwrap_or(bare);
        self.hosts.get(bare).copied().flatten().map(|n| &self.units[n])
    }

    /// The city's units of a group that exist on a day. Units of other provinces are in no group
    /// of the city's plans.
    pub fn members(&self, group: Group, day: NaiveDate) -> impl Iterator<Item = &Unit> {
        self.units.iter().filter(move |u| u.group == group && u.of_the_city() && u.exists_on(day))
    }

    /// The unit a name, abbreviation or slug means, however it is spelt: `P. Cửa Nam`,
    /// `UBND phường Cửa Nam`, `Sở KH&CN`, `phuong-cua-nam`. `None` if no unit, or two, bear it.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Unit> {
        if let Some(unit) = name.trim().parse().ok().and_then(|id| self.get(&id)) {
            return Some(unit);
        }
        self.names.get(&name_key(name)).copied().flatten().map(|n| &self.units[n])
    }

    /// Who goes on for a unit that no longer exists on a day; the unit itself if it does.
    #[must_use]
    pub fn heir<'a>(&'a self, unit: &'a Unit, day: NaiveDate) -> &'a Unit {
        let mut heir = unit;
        // A chain of successors is short; the bound only guards against a circle in the file.
        for _ in 0..8 {
            match heir.until.filter(|until| day > *until).and(heir.successor.as_ref()).and_then(|id| self.get(id)) {
                Some(next) => heir = next,
                None => break,
            }
        }
        heir
    }

    /// What lies outside the city.
    #[must_use]
    pub fn elsewhere(&self) -> &Elsewhere {
        &self.elsewhere
    }
}

fn claim(map: &mut BTreeMap<String, Option<usize>>, key: String, unit: usize) {
    map.entry(key).and_modify(|owner| *owner = owner.filter(|o| *o == unit)).or_insert(Some(unit));
}

/// Every spelling under which a unit may be looked up by hand.
fn names(unit: &Unit) -> Vec<String> {
    let mut names = unit.aliases.clone();
    names.extend(unit.predecessors.iter().map(|p| p.name.clone()));
    names.push(unit.full_name());
    match (unit.sort, unit.of_the_city()) {
        (Sort::Agency, _) => {}
        // Hanoi wins a bare name that other provinces bear as well: it is the city's registry.
        (sort, true) => {
            let letter = if sort == Sort::Phuong { "P" } else { "X" };
            names.extend([unit.name.clone(), format!("{letter} {}", unit.name)]);
        }
        (_, false) => {
            let province = unit.id.as_str().split('/').next().unwrap_or_default().replace('-', " ");
            names.pop();
            names.push(format!("{} {province}", unit.full_name()));
        }
    }
    names
}

/// One key for all spellings of a name: no marks, no case, no "UBND", no "thành phố Hà Nội".
fn name_key(name: &str) -> String {
    let folded = text::fold(name);
    let spaced = text::words(&folded).collect::<Vec<_>>().join(" ");
    let mut key = spaced.as_str();
    for prefix in ["ubnd ", "uy ban nhan dan ", "dang uy "] {
        key = key.strip_prefix(prefix).unwrap_or(key);
    }
    for suffix in [" thanh pho ha noi", " tp ha noi", " ha noi", " thanh pho", " tp"] {
        key = key.strip_suffix(suffix).unwrap_or(key);
    }
    key.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry() -> Registry {
        Registry::parse(&Data::built_in()).unwrap()
    }

    #[test]
    fn names_are_found_however_they_are_spelt() {
        let registry = registry();
        for (name, unit) in [
            ("P. Cửa Nam", Some("phuong-cua-nam")),
            ("UBND phường Cửa Nam", Some("phuong-cua-nam")),
            ("Sở KH&CN", Some("so-khoa-hoc-va-cong-nghe")),
            ("sở thông tin và truyền thông", Some("so-khoa-hoc-va-cong-nghe")),
            ("TTPVHCC", Some("trung-tam-phuc-vu-hanh-chinh-cong")),
            ("Sở NN&MT", Some("so-nong-nghiep-va-moi-truong")),
            ("VP UBND TP", Some("van-phong-ubnd-thanh-pho")),
            ("xa dong anh", Some("xa-dong-anh")),
            ("phuong-hai-ba-trung", Some("phuong-hai-ba-trung")),
            ("Phường Thiên Hương Hải Phòng", Some("hai-phong/phuong-thien-huong")),
            ("Sở Vui chơi", None),
        ] {
            assert_eq!(registry.find(name).map(|u| u.id.as_str()), unit, "{name}");
        }
    }

    #[test]
    fn groups_hold_the_city_only() {
        let registry = registry();
        let day = |text: &str| text.parse().unwrap();
        assert_eq!(registry.members(Group::XaPhuong, day("2026-03-01")).count(), 126);
        assert_eq!(registry.members(Group::XaPhuong, day("2025-06-30")).count(), 0);
        assert_eq!(registry.members(Group::SoNganh, day("2026-03-01")).count(), 17);
    }

    #[test]
    fn a_host_names_its_unit_unless_two_claim_it() {
        let registry = registry();
        for (host, unit) in [
            ("haibatrung.hanoi.gov.vn", Some("phuong-hai-ba-trung")),
            ("www.sotuphap.hanoi.gov.vn:8080", Some("so-tu-phap")),
            ("camgiang.haiphong.gov.vn", None),
            ("hanoi.gov.vn", None),
        ] {
            assert_eq!(registry.by_host(host).map(|u| u.id.as_str()), unit, "{host}");
        }
    }
}
