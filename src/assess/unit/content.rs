//! Whom a text without a signature speaks of as the one who acts.

use super::{Claim, Question};
use crate::assess::names::{Mention, Who};
use crate::assess::reading::{Place, Section};
use std::collections::{BTreeMap, BTreeSet};

impl Question<'_> {
    /// Title, lead and paragraphs, by weight.
    pub(super) fn content(&self) -> Claim {
        let mut ballot = weigh(self);
        if ballot.is_empty() {
            let detail = "Không có chữ ký, nguồn hay tên đơn vị nào trong bài.".to_owned();
            return Claim::nobody("no_trace", detail, 0.6);
        }
        let judged = self.judged();
        // Whoever acts is behind those it looks into, of whom the whole text may speak.
        ballot.sort_by_key(|(who, _)| judged.contains(who));
        let (best, score) = &ballot[0];
        if judged.contains(best) {
            let detail = format!(
                "Không có chữ ký; tiêu đề cho biết {} là nơi được kiểm tra, khen hay phê bình, không phải nơi gửi bài.",
                self.who(*best)
            );
            return Claim::nobody("only_judged", detail, 0.6);
        }
        let runner = ballot.get(1);
        let rest = runner.map_or(0.0, |(_, s)| *s);
        let next = runner.map(|(w, s)| format!("; sau đó {} ({s:.1} điểm)", self.who(*w))).unwrap_or_default();
        let confidence = (0.45 + 0.45 * (score - rest) / (score + rest + 1.0)).clamp(0.0, 0.9);
        match best {
            Who::Unit(unit) if *score >= self.words.least_score => {
                if let Some(province) = self.namesake(*unit, self.reading.title()) {
                    let detail = format!("Bài nhắc {} nhưng là đơn vị cùng tên ở {province}.", self.full_name(*unit));
                    return Claim::nobody("namesake_elsewhere", detail, 0.8);
                }
                let detail = format!(
                    "Không có chữ ký; {} được nhắc với vai trò rõ nhất ({score:.1} điểm, {}){next}.",
                    self.full_name(*unit),
                    self.where_said(*best)
                );
                Claim { units: vec![*unit], code: "text", detail, confidence, source: None }
            }
            Who::Unit(_) => {
                let detail =
                    format!("Các đơn vị chỉ được nhắc qua, nhiều nhất là {} ({score:.1} điểm){next}.", self.who(*best));
                Claim::nobody("only_mentioned", detail, 0.5)
            }
            other => {
                let detail = format!("Bài nói về {} ({score:.1} điểm){next}.", self.who(*other));
                let code = match other {
                    Who::District => "dissolved_district",
                    Who::Province => "other_province",
                    Who::Central => "central_body",
                    _ => "press",
                };
                Claim::nobody(code, detail, confidence.max(0.6))
            }
        }
    }

    /// Those whom the title names as inspected, praised or blamed.
    fn judged(&self) -> BTreeSet<Who> {
        self.gazetteer.judged(self.reading.title(), &self.mentions[1]).map(|mention| mention.who).collect()
    }

    fn where_said(&self, who: Who) -> String {
        let said = self.mentions.iter().zip(&self.reading.sections).filter(|(m, _)| m.iter().any(|m| m.who == who));
        said.map(|(_, section)| section.place.name()).take(3).collect::<Vec<_>>().join(", ")
    }
}

/// Everyone named in title, lead and paragraphs, the weightiest first.
fn weigh(question: &Question) -> Vec<(Who, f64)> {
    let mut scores: BTreeMap<Who, f64> = BTreeMap::new();
    for (section, mentions) in question.reading.sections.iter().zip(question.mentions).skip(1) {
        let mut best: BTreeMap<Who, f64> = BTreeMap::new();
        for mention in mentions {
            let weight = weight(question, section, mention);
            let said = best.entry(mention.who).or_default();
            *said = said.max(weight);
        }
        for (who, weight) in best {
            *scores.entry(who).or_default() += weight;
        }
    }
    let mut ballot: Vec<(Who, f64)> = scores.into_iter().filter(|(_, s)| *s > 0.0).collect();
    ballot.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    ballot
}

fn weight(question: &Question, section: &Section, mention: &Mention) -> f64 {
    let weights = &question.words.weight;
    let mut weight = match section.place {
        Place::Author | Place::Category => 0.0,
        Place::Title => weights.title,
        Place::Sapo => weights.sapo,
        Place::Body(0) => weights.first_paragraph,
        Place::Body(_) => weights.paragraph,
    };
    let role = question.gazetteer.role(section, mention);
    // Who acts and is asked at once ("do … phối hợp với …") keeps the plain weight.
    weight *= match (role.host, role.passive) {
        (true, false) => weights.host,
        (false, true) => weights.passive,
        _ => 1.0,
    };
    if mention.listed {
        weight *= weights.listed;
    }
    if mention.bare {
        weight *= weights.bare;
    }
    match mention.who {
        Who::Unit(n) if question.superior(n) => weight *= weights.superior,
        // Ministries and the press are named in passing in many a text.
        Who::Central | Who::Press => weight *= weights.superior,
        _ => {}
    }
    if section.place == Place::Title && mention.start == 0 {
        weight += weights.title_start;
    }
    weight
}
