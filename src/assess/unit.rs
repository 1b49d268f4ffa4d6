//! Whose an article is, and how sure that is.
//!
//! On an own portal its owner, always. Elsewhere the sender, read in this order of trust: author
//! line, signature at the end, "Theo …/Nguồn: …", dateline, then title, lead and text by weight
//! (OBLIGATIONS, *How an item is judged*, 2). The press, other provinces, central bodies and
//! dissolved districts are nobody of ours; then the answer is nobody, which is an answer too.

mod content;
mod signature;

use super::names::{Gazetteer, Mention, Who};
use super::reading::{BODY, Place, Reading, Section};
use crate::article::{About, Article, Channel, Kind, Reason};
use crate::lexicon::UnitWords;
use crate::registry::Registry;
use crate::time;
use crate::unit::UnitId;
use chrono::NaiveDate;

/// The answer about the unit.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Answer {
    pub unit: Option<UnitId>,
    pub co_units: Vec<UnitId>,
    pub confidence: f64,
    pub taken_from: Option<String>,
    pub reasons: Vec<Reason>,
    /// Nothing in the text names a unit that could be meant.
    pub nameless: bool,
}

/// What is asked, and what may be asked about it.
pub(super) struct Question<'a> {
    pub registry: &'a Registry,
    pub gazetteer: &'a Gazetteer,
    pub words: &'a UnitWords,
    pub article: &'a Article,
    pub reading: &'a Reading<'a>,
    /// The names of each section, by position.
    pub mentions: &'a [Vec<Mention>],
}

/// What one place says: units (none: nobody of ours), why, how surely.
struct Claim {
    units: Vec<usize>,
    code: &'static str,
    detail: String,
    confidence: f64,
    source: Option<String>,
}

impl Claim {
    fn nobody(code: &'static str, detail: String, confidence: f64) -> Self {
        Self { units: Vec::new(), code, detail, confidence, source: None }
    }
}

impl Question<'_> {
    /// Decides. `declared` is whom the article's site names as its owner.
    pub(super) fn answer(&self, declared: Option<&UnitId>) -> Answer {
        if let Some(owner) = self.owner(declared) {
            return self.own_portal(owner);
        }
        let claim = self
            .author_line()
            .or_else(|| self.signature())
            .or_else(|| self.opening_source())
            .or_else(|| self.dateline())
            .unwrap_or_else(|| self.content());
        self.settle(claim)
    }

    /// Whose portal the article stands on, if it is anybody's: whom the site names, else whose host
    /// it is.
    fn owner<'o>(&'o self, declared: Option<&'o UnitId>) -> Option<&'o UnitId> {
        let known = || self.registry.by_host(&self.article.host).map(|unit| &unit.id);
        declared.or_else(known).filter(|_| self.article.channel == Channel::OwnPortal)
    }

    fn own_portal(&self, owner: &UnitId) -> Answer {
        let source = self.author_line().or_else(|| self.signature()).or_else(|| self.opening_source());
        let taken_from = source.and_then(|claim| {
            let other = claim.units.first().map(|n| self.id(*n)).filter(|id| id != owner);
            other.map(|id| id.to_string()).or(if claim.units.is_empty() { claim.source } else { None })
        });
        let name = self.registry.get(owner).map_or_else(|| owner.to_string(), |u| u.full_name());
        let taken = taken_from.as_ref().map(|t| format!("; nguồn bài: {t}")).unwrap_or_default();
        let detail = format!("Đăng trên trang của {name}: tính cho chủ trang{taken}.");
        let reasons = vec![reason("own_portal", detail)];
        Answer { unit: Some(owner.clone()), confidence: 1.0, taken_from, reasons, ..Answer::default() }
    }

    fn settle(&self, claim: Claim) -> Answer {
        let mut units: Vec<UnitId> = Vec::new();
        for n in &claim.units {
            let unit = &self.registry.units()[*n];
            let heir = self.registry.heir(unit, self.day()).id.clone();
            if !units.contains(&heir) {
                units.push(heir);
            }
        }
        let nameless = matches!(claim.code, "no_trace" | "only_mentioned" | "only_judged");
        let mut reasons = vec![reason(claim.code, claim.detail)];
        if units.len() > 1 {
            reasons.push(reason("two_signatures", format!("Hai đơn vị cùng ký: {}; tính cho cả hai.", names(&units))));
        }
        let mut units = units.into_iter();
        Answer {
            unit: units.next(),
            co_units: units.collect(),
            confidence: claim.confidence,
            taken_from: claim.source,
            reasons,
            nameless,
        }
    }

    /// The day the article is judged on; far in the future where nobody knows.
    fn day(&self) -> NaiveDate {
        let seen = self.article.published.or(self.article.first_seen);
        seen.map_or(NaiveDate::MAX, |t| t.with_timezone(&time::hanoi()).date_naive())
    }

    fn id(&self, n: usize) -> UnitId {
        self.registry.units()[n].id.clone()
    }

    fn full_name(&self, n: usize) -> String {
        self.registry.units()[n].full_name()
    }

    pub(super) fn superior(&self, n: usize) -> bool {
        self.words.superior.contains(&self.registry.units()[n].id)
    }

    /// The author or source line of the page.
    fn author_line(&self) -> Option<Claim> {
        let section = self.reading.author();
        if section.words.is_empty() || self.gazetteer.nobody(section) {
            return None;
        }
        let end = self.gazetteer.before_pictures(section);
        if end == 0 {
            return None;
        }
        let mentions = signature::within(&self.mentions[0], 0..end);
        let line = section.part(0..end);
        // "Phường Láng đẩy mạnh cải cách …": a sentence that stands where authors do.
        let is_sentence = |m: &Mention| self.gazetteer.acts(&line, m) && m.end + 2 < end;
        if mentions.iter().any(is_sentence) {
            return None;
        }
        self.line(&line, &mentions, "author_line", 0.97)
    }

    /// "Theo Báo Nghệ An, …" or "(Theo TTXVN)" at the head of the lead or the text: the press.
    fn opening_source(&self) -> Option<Claim> {
        for n in [2, BODY] {
            let (Some(section), Some(mentions)) = (self.reading.sections.get(n), self.mentions.get(n)) else {
                continue;
            };
            let skip = self.gazetteer.source_line(section);
            let press = mentions.iter().find(|m| m.who == Who::Press && m.start <= skip.unwrap_or(0) + 1);
            if let Some(press) = press {
                let quote = section.quote(press.start, press.end - press.start);
                let detail =
                    format!("Mở đầu {} ghi nguồn báo chí «{quote}»: không tính cho đơn vị nào.", section.place.name());
                return Some(Claim { source: Some(quote.to_owned()), ..Claim::nobody("press", detail, 0.85) });
            }
        }
        None
    }

    /// "Phường Láng – Ngày 12/5, …": a unit and a dash at the head of the lead or the text.
    fn dateline(&self) -> Option<Claim> {
        for n in [2, BODY] {
            let (Some(section), Some(mentions)) = (self.reading.sections.get(n), self.mentions.get(n)) else {
                continue;
            };
            let Some(first) = mentions.first().filter(|m| m.start <= 1 && !m.bare) else { continue };
            let Some(next) = section.words.get(first.end) else { continue };
            let end = section.words[first.end - 1].end as usize;
            let between = &section.text[end..next.start as usize];
            if let (Who::Unit(unit), true) = (first.who, between.contains(['-', '–', '—']))
                && !self.superior(unit)
            {
                let detail = format!(
                    "Mở đầu {} ghi «{}».",
                    section.place.name(),
                    section.quote(first.start, first.end - first.start)
                );
                return Some(Claim { units: vec![unit], code: "dateline", detail, confidence: 0.85, source: None });
            }
        }
        None
    }

    /// What a line that names an author or a source says.
    fn line(&self, section: &Section, mentions: &[Mention], code: &'static str, confidence: f64) -> Option<Claim> {
        let quoted = section.text.trim();
        let place = if code == "signature" { "Cuối bài" } else { "Dòng tác giả" };
        let skip = self.gazetteer.source_line(section);
        let mut units: Vec<usize> = Vec::new();
        for mention in mentions {
            if let Who::Unit(unit) = mention.who
                && !units.contains(&unit)
            {
                units.push(unit);
            }
        }
        if units.iter().any(|u| !self.superior(*u)) {
            units.retain(|u| !self.superior(*u));
        }
        let source = skip.map(|n| section.quote(n, section.words.len() - n).to_owned());
        let has = |who| mentions.iter().any(|m| m.who == who);
        if let Some(first) = units.first().copied() {
            if skip.is_some() && self.registry.units()[first].press {
                let detail = format!("{place} ghi nguồn báo chí «{quoted}»: không tính cho đơn vị nào.");
                return Some(Claim { source, ..Claim::nobody("press", detail, 0.8) });
            }
            return Some(self.of_line(&units, section, quoted, place, code, confidence, source));
        }
        let nobody = |code, what: &str, confidence| {
            let detail = format!("{place} ghi «{quoted}»: {what}, không tính cho đơn vị nào của Thành phố.");
            Some(Claim {
                source: Some(source.clone().unwrap_or_else(|| quoted.to_owned())),
                ..Claim::nobody(code, detail, confidence)
            })
        };
        if has(Who::Press) || self.gazetteer.press_line(section, skip.unwrap_or(0)) {
            return nobody("press", "báo chí", 0.95);
        }
        if has(Who::District) {
            return nobody("dissolved_district", "cấp huyện đã kết thúc hoạt động từ 01/07/2025", 0.9);
        }
        if has(Who::Province) {
            return nobody("other_province", "tỉnh, thành phố khác", 0.95);
        }
        if has(Who::Central) {
            return nobody("central_body", "cơ quan Trung ương", 0.9);
        }
        if let Some(unit) = self.gazetteer.nearly(section) {
            return Some(self.of_line(&[unit], section, quoted, place, code, confidence - 0.17, source));
        }
        if self.gazetteer.names_a_commune(section) {
            return nobody("unknown_commune", "xã, phường không có trong danh mục", 0.75);
        }
        if code == "author_line" && skip.is_some() && section.words.len() - skip.unwrap_or(0) <= 8 {
            return nobody("foreign_source", "nguồn ngoài danh mục đơn vị", 0.7);
        }
        None
    }

    #[expect(clippy::too_many_arguments, reason = "one sentence is put together from all of them")]
    fn of_line(
        &self,
        units: &[usize],
        section: &Section,
        quoted: &str,
        place: &str,
        code: &'static str,
        confidence: f64,
        source: Option<String>,
    ) -> Claim {
        let first = units[0];
        if let Some(province) = self.namesake(first, section) {
            let detail = format!(
                "{place} ghi «{quoted}», nhưng bài nói về đơn vị cùng tên ở {province}: không phải {} của Hà Nội.",
                self.full_name(first)
            );
            return Claim { source, ..Claim::nobody("namesake_elsewhere", detail, 0.85) };
        }
        let unit = &self.registry.units()[first];
        if let Some(from) = unit.from.filter(|from| self.day() < *from) {
            let detail = format!(
                "{place} ghi «{quoted}», nhưng {} hiện nay chỉ có từ {}: đơn vị cùng tên trước đó đã giải thể.",
                unit.full_name(),
                from.format("%d/%m/%Y")
            );
            return Claim { source, ..Claim::nobody("before_founding", detail, 0.7) };
        }
        let names: Vec<String> = units.iter().map(|u| self.full_name(*u)).collect();
        let detail = format!("{place} ghi «{quoted}»: {}.", names.join(", "));
        Claim { units: units.to_vec(), code, detail, confidence, source }
    }

    /// The other province whose commune of the same name the article is about, if it is.
    fn namesake(&self, unit: usize, line: &Section) -> Option<String> {
        let provinces = self.gazetteer.homonyms(unit);
        let head = self.mentions.iter().zip(&self.reading.sections).take(BODY + 1);
        for (mentions, section) in head {
            for mention in mentions.iter().filter(|m| m.who == Who::Province) {
                let quote = section.quote(mention.start, mention.end - mention.start);
                let name = crate::text::normal(quote);
                // In the line itself any province behind the name tells; in the text it must be one that has such a commune.
                if provinces.contains(&name) || (std::ptr::eq(section, line) && section.place == Place::Author) {
                    return Some(quote.to_owned());
                }
            }
        }
        None
    }

    /// An in-depth article of a named person without any unit: of the body charged with the field.
    pub(super) fn charged(&self, kind: Kind, topics: &[String]) -> Option<Answer> {
        let section = self.reading.author();
        if kind != Kind::ChuyenSau || !signed_by_a_person(self.gazetteer, section, &self.mentions[0]) {
            return None;
        }
        let unit = self.words.field.get(topics.first()?).and_then(|id| self.registry.get(id))?;
        let n = self.registry.units().iter().position(|u| u.id == unit.id)?;
        let detail = format!(
            "Bài chuyên sâu ký tên «{}», không ghi đơn vị; lĩnh vực này {} được giao tuyên truyền. Cần xem lại.",
            section.text.trim(),
            unit.full_name()
        );
        Some(self.settle(Claim { units: vec![n], code: "field", detail, confidence: 0.4, source: None }))
    }

    fn who(&self, who: Who) -> String {
        match who {
            Who::Unit(n) => self.full_name(n),
            Who::District => "quận, huyện đã giải thể".to_owned(),
            Who::Province => "tỉnh, thành phố khác".to_owned(),
            Who::Central => "cơ quan Trung ương".to_owned(),
            Who::Press => "báo chí".to_owned(),
        }
    }
}

/// Whether an author line is a person's name and no more: short, no unit, no source, not "PV".
pub(super) fn signed_by_a_person(gazetteer: &Gazetteer, section: &Section, mentions: &[Mention]) -> bool {
    (2..=8).contains(&section.words.len())
        && mentions.is_empty()
        && !gazetteer.nobody(section)
        && gazetteer.source_line(section).is_none()
        && !gazetteer.press_line(section, 0)
}

fn reason(code: &str, detail: String) -> Reason {
    Reason { about: About::Unit, code: code.to_owned(), detail }
}

fn names(units: &[UnitId]) -> String {
    units.iter().map(UnitId::to_string).collect::<Vec<_>>().join(", ")
}
