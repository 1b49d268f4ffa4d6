//! Finds the names in a text and says what each is: a unit, a former district, another province,
//! a central body, the press, or just a place.
//!
//! A name alone decides little: `Hai Bà Trưng` is a ward, a former district and a street. The word
//! before it, the word behind it and its capitals tell which is meant.

mod build;
mod lines;

use super::phrases::{Hit, Phrases};
use super::reading::{Gap, Section};
use crate::registry::Sort;
use std::collections::{BTreeMap, BTreeSet};

/// Who a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    /// A unit, by its position in the registry.
    Unit(usize),
    /// A former district.
    District,
    /// Another province, one of its bodies or communes.
    Province,
    /// A central body.
    Central,
    /// A newspaper, agency or broadcaster.
    Press,
}

/// What a phrase of the gazetteer stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    /// A commune, without the word before it.
    Commune(usize),
    /// An agency under one of its names.
    Agency(usize),
    /// A body that became part of the unit.
    Predecessor(usize),
    District,
    Province,
    Central,
    Press,
}

/// What a word before or behind a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cue {
    Phuong,
    Xa,
    District,
    OfProvince,
    OfCity,
    OwnCity,
    And,
    Or,
    BeforeName,
    Place,
    PressSort,
    Source,
    Wrote,
    Pictured,
    Office,
    Nobody,
    HostBefore,
    PassiveBefore,
    HostAfter,
    LookedIntoBefore,
    JudgedBefore,
    JudgedAfter,
}

/// One name in a section.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mention {
    /// Who it is.
    pub who: Who,
    /// First word, with the word before a commune's name.
    pub start: usize,
    /// Behind the last word.
    pub end: usize,
    /// Whether the unit is called by a predecessor's name.
    pub predecessor: bool,
    /// A commune's name without the word before it.
    pub bare: bool,
    /// One of several in a list.
    pub listed: bool,
}

/// The names and cue words, ready to be found.
#[derive(Debug, Clone, Default)]
pub(super) struct Gazetteer {
    phrases: Phrases,
    names: Vec<Name>,
    cues: Phrases,
    cue_values: Vec<Cue>,
    /// Sort of each unit, by position.
    sorts: Vec<Sort>,
    /// Names of communes by unit that other provinces bear as well: unit → provinces.
    homonyms: BTreeMap<usize, Vec<String>>,
    /// The words of names in marks-free form, for slips of typing.
    spellings: Vec<(Vec<String>, usize)>,
    /// Communes of other provinces in that form, which are no slips.
    abroad: BTreeSet<String>,
}

/// The role words around one mention.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Role {
    /// Something says the unit acts.
    pub host: bool,
    /// Something says it is only visited, asked or mentioned.
    pub passive: bool,
}

impl Gazetteer {
    /// The provinces that have a commune of the same name as this unit.
    pub(super) fn homonyms(&self, unit: usize) -> &[String] {
        self.homonyms.get(&unit).map_or(&[], Vec::as_slice)
    }

    /// Every name in a section, in order.
    pub(super) fn mentions(&self, section: &Section) -> Vec<Mention> {
        let hits = self.phrases.longest(section);
        let mut found: Vec<Mention> = Vec::with_capacity(hits.len());
        for same in hits.chunk_by(|a, b| a.start == b.start) {
            if let Some(mention) = self.resolve(section, same, found.last()) {
                found.push(mention);
            }
        }
        self.offices_of_communes(section, &mut found);
        found
    }

    /// What a name at one place means; `last` is the name before it.
    fn resolve(&self, section: &Section, hits: &[Hit], last: Option<&Mention>) -> Option<Mention> {
        let (start, len) = (hits[0].start, hits[0].len);
        let names: Vec<Name> = hits.iter().map(|h| self.names[h.value as usize]).collect();
        let plain = |who| Mention { who, start, end: start + len, predecessor: false, bare: false, listed: false };
        if names.iter().any(|n| matches!(n, Name::Commune(_) | Name::District)) {
            return self.commune(section, &names, start, len, last);
        }
        let abroad = self.of_another_province(section, start + len);
        Some(match names[0] {
            Name::Agency(_) | Name::Predecessor(_) if abroad => plain(Who::Province),
            Name::Agency(unit) => plain(Who::Unit(unit)),
            Name::Predecessor(unit) => Mention { predecessor: true, ..plain(Who::Unit(unit)) },
            // The Youth Union bears the name of a city, and so does a person.
            Name::Province if self.word_before(section, start).0 == Some(Cue::Place) => return None,
            Name::Province => plain(if self.cued(section, start, Cue::PressSort) { Who::Press } else { Who::Province }),
            Name::Central => plain(Who::Central),
            _ if self.press_name(section, start, len) => plain(Who::Press),
            _ => return None,
        })
    }

    fn commune(
        &self,
        section: &Section,
        names: &[Name],
        start: usize,
        len: usize,
        last: Option<&Mention>,
    ) -> Option<Mention> {
        if !self.capitalised(section, start, len) || self.goes_on(section, start + len) {
            return None;
        }
        let unit = names.iter().find_map(|n| if let Name::Commune(unit) = n { Some(*unit) } else { None });
        let district = names.contains(&Name::District);
        let (cue, from) = self.word_before(section, start);
        let end = start + len;
        let mention = |who, bare, listed| Mention { who, start: from, end, predecessor: false, bare, listed };
        // "ba phường Hoàng Liệt, Đại Mỗ và Phú Diễn": the word before the first name holds for all.
        let listed =
            last.filter(|l| matches!(l.who, Who::Unit(_)) && start - l.end <= 1 && self.joined(section, l.end, start));
        let sort = unit.map(|u| self.sorts[u]);
        match cue {
            Some(Cue::Phuong) if sort == Some(Sort::Phuong) => Some(mention(Who::Unit(unit?), false, false)),
            Some(Cue::Xa) if sort == Some(Sort::Xa) => Some(mention(Who::Unit(unit?), false, false)),
            Some(Cue::District) if district => Some(mention(Who::District, false, false)),
            // A commune, ward, street or lake of that name that is none of ours.
            Some(_) => None,
            None => match unit {
                Some(unit) if listed.is_some() => Some(mention(Who::Unit(unit), false, true)),
                Some(unit) if len > 1 && !self.inside_a_name(section, start) => {
                    Some(mention(Who::Unit(unit), true, false))
                }
                _ => None,
            },
        }
    }

    /// "Trung tâm Phục vụ hành chính công phường Láng", "Công an phường Láng": the ward's.
    fn offices_of_communes(&self, section: &Section, found: &mut Vec<Mention>) {
        let mut n = 0;
        while n + 1 < found.len() {
            let (a, b) = (found[n], found[n + 1]);
            let agency = matches!(a.who, Who::Unit(u) if self.sorts[u] == Sort::Agency);
            let commune = matches!(b.who, Who::Unit(u) if self.sorts[u] != Sort::Agency) && !b.bare;
            if agency && commune && a.end == b.start && section.words[b.start].gap == Gap::Space {
                found[n + 1].start = a.start;
                found.remove(n);
            } else {
                n += 1;
            }
        }
    }

    /// The word that says what the name behind it is, and where the whole begins.
    fn word_before(&self, section: &Section, start: usize) -> (Option<Cue>, usize) {
        let mut best = (None, start);
        if section.words[start].gap == Gap::Hard {
            return best;
        }
        for len in [1, 2] {
            let Some(from) = start.checked_sub(len) else { continue };
            for cue in self.cues_at(section, from, len) {
                if matches!(cue, Cue::Phuong | Cue::Xa | Cue::District | Cue::Place) {
                    best = (Some(cue), from);
                }
            }
        }
        best
    }

    fn cued(&self, section: &Section, start: usize, wanted: Cue) -> bool {
        (1..=5)
            .any(|len| start.checked_sub(len).is_some_and(|from| self.cues_at(section, from, len).any(|c| c == wanted)))
    }

    /// How many words long the cue is that begins at a place.
    fn cue_from(&self, section: &Section, from: usize, wanted: Cue) -> Option<usize> {
        (1..=2).rev().find(|len| self.cues_at(section, from, *len).any(|c| c == wanted))
    }

    /// The cue words that are exactly `len` words at a place.
    fn cues_at<'a>(&'a self, section: &Section, from: usize, len: usize) -> impl Iterator<Item = Cue> + use<'a> {
        let ids: Vec<u32> = section.words.iter().skip(from).take(len).map(|w| w.id).collect();
        let whole = ids.len() == len
            && section.words.get(from + 1..from + len).is_none_or(|w| w.iter().all(|w| w.gap != Gap::Hard));
        let values: &[u32] = if whole { self.cues.exactly(&ids, section.bare) } else { &[] };
        values.iter().map(|v| self.cue_values[*v as usize])
    }

    fn capitalised(&self, section: &Section, start: usize, len: usize) -> bool {
        section.shouted
            || (section.bare && section.words.iter().all(|w| !w.capital))
            || section.words[start..start + len].iter().all(|w| w.capital)
    }

    /// Whether the name goes on: "phường Láng Thượng" is not phường Láng.
    fn goes_on(&self, section: &Section, end: usize) -> bool {
        let next = section.words.get(end).is_some_and(|w| w.capital && w.gap == Gap::Space && !section.shouted);
        // "phường Láng Hà Nội", "… TP Hà Nội", "phường Láng UBND …" do not go on.
        next && !section.quote(end, 1).chars().nth(1).is_some_and(char::is_uppercase)
            && self.cue_from(section, end, Cue::OwnCity).is_none()
            && self.cue_from(section, end, Cue::OfCity).is_none()
    }

    /// Whether a capitalised word stands right before: "Nguyễn Đông Anh" is a person.
    fn inside_a_name(&self, section: &Section, start: usize) -> bool {
        let before = start.checked_sub(1).map(|n| section.words[n]);
        !section.shouted
            && before.is_some_and(|w| w.capital && w.gap != Gap::Hard && section.words[start].gap == Gap::Space)
    }

    /// "Sở Nội vụ tỉnh Lâm Đồng", "Trung tâm Phục vụ hành chính công TP Huế".
    fn of_another_province(&self, section: &Section, end: usize) -> bool {
        if section.words.get(end).is_none_or(|w| w.gap != Gap::Space) {
            return false;
        }
        if self.cue_from(section, end, Cue::OfProvince).is_some() {
            return true;
        }
        let behind = end + self.cue_from(section, end, Cue::OfCity).unwrap_or_default();
        section.words.get(behind).is_some_and(|w| w.gap == Gap::Space)
            && self.phrases.at(section, behind).iter().any(|hit| self.names[hit.value as usize] == Name::Province)
    }

    /// Names of papers are ordinary words ("Lao động", "Đầu tư"): they count in capitals behind
    /// "báo", "theo", "nguồn", or as the whole line.
    fn press_name(&self, section: &Section, start: usize, len: usize) -> bool {
        let whole = len == section.words.len();
        let upper = section.words[start].capital;
        upper && (whole || self.cued(section, start, Cue::PressSort) || self.cued(section, start, Cue::Source))
    }

    /// Whether two names stand in one list: a comma or "và" between them.
    fn joined(&self, section: &Section, end: usize, start: usize) -> bool {
        match start - end {
            0 => section.words[start].gap == Gap::Soft,
            _ => self.cues_at(section, end, 1).any(|c| matches!(c, Cue::And | Cue::Or)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::{Reading, Vocabulary};
    use super::*;
    use crate::article::Article;
    use crate::data::Data;
    use crate::lexicon::Lexicons;
    use crate::registry::Registry;

    #[test]
    fn a_name_is_what_stands_around_it() {
        let data = Data::built_in();
        let registry = Registry::parse(&data).unwrap();
        let lexicons = Lexicons::parse(&data).unwrap();
        let mut vocabulary = Vocabulary::default();
        let gazetteer = Gazetteer::new(&registry, &lexicons.unit, &mut vocabulary);
        for (title, expected) in [
            ("UBND phường Hai Bà Trưng", "phuong-hai-ba-trung"),
            ("Tắc đường trên phố Hai Bà Trưng", ""),
            ("UBND quận Hoàn Kiếm", "District"),
            ("Huyện uỷ Sóc Sơn", "District"),
            ("Quận ủy Ba Đình", "District"),
            ("Đảng ủy xã Sóc Sơn", "xa-soc-son"),
            ("Phường Ðại Mỗ", "phuong-dai-mo"),
            ("Phường Láng Thượng", ""),
            ("phường Láng họp", "phuong-lang"),
            ("phường Láng Tp Hà Nội", "phuong-lang"),
            ("phường Láng Thành phố Hà Nội", "phuong-lang"),
            ("Láng nghe dân nói", ""),
            ("ba phường Hoàng Liệt, Đại Mỗ và Phú Diễn", "phuong-hoang-liet phuong-dai-mo phuong-phu-dien"),
            ("P. Cửa Nam", "phuong-cua-nam"),
            ("TTPVHCC", "trung-tam-phuc-vu-hanh-chinh-cong"),
            ("Trung tâm Phục vụ hành chính công phường Láng", "phuong-lang"),
            ("Chi nhánh số 3 Trung tâm Phục vụ hành chính công", "trung-tam-phuc-vu-hanh-chinh-cong"),
            ("Sở Nội vụ tỉnh Lâm Đồng", "Province Province"),
            ("Sở Nội vụ Huế", "Province Province"),
            ("Báo Nghệ An", "Press"),
            ("Theo Tuổi Trẻ", "Press"),
            ("tuổi trẻ lao động", ""),
            ("Ban Quản lý các KCNC&KCN", "ban-quan-ly-khu-cong-nghe-cao-va-khu-cong-nghiep"),
            ("Sở Văn hoá - Thể thao HN", "so-van-hoa-va-the-thao"),
            ("Sở TT&TT", "so-khoa-hoc-va-cong-nghe"),
            ("Nhóm PV – Báo và phát thanh, truyền hình Hà Nội", "bao-va-phat-thanh-truyen-hinh-ha-noi"),
            ("Nguyễn Đông Anh", ""),
            ("Hứa Minh Châu", ""),
            ("UBND XÃ ĐÔNG ANH", "xa-dong-anh"),
            ("UBND xa Dong Anh", "xa-dong-anh"),
            ("UBND phường Văn Miếu – Quốc Tử Giám", "phuong-van-mieu-quoc-tu-giam"),
        ] {
            let article = Article { title: title.to_owned(), ..Article::default() };
            let reading = Reading::new(&article, &vocabulary);
            let name = |m: &Mention| match m.who {
                Who::Unit(n) => registry.units()[n].id.to_string(),
                other => format!("{other:?}"),
            };
            let found: Vec<String> = gazetteer.mentions(reading.title()).iter().map(name).collect();
            assert_eq!(found.join(" "), expected, "{title}");
        }
    }
}
