//! Weighs who a text without a signature speaks of as the one who acts.

use super::names::{Mention, Who};
use super::reading::{Place, Section};
use super::unit::Question;
use std::collections::BTreeMap;

/// Everyone named in title, lead and paragraphs, the weightiest first.
pub(super) fn weigh(question: &Question) -> Vec<(Who, f64)> {
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
