//! What an article is: unit, CCHC or not, topics, kind, novelty — each answer with its reasons.

mod features;
pub mod learn;
mod model;
mod names;
pub mod novelty;
mod phrases;
mod reading;
mod topic;
mod unit;
mod weighing;

use crate::article::{About, Article, Assessment};
use crate::lexicon::Lexicons;
use crate::registry::Registry;
use crate::unit::UnitId;
use features::Lists;
use model::Model;
use names::Gazetteer;
use reading::{Reading, Vocabulary};

/// The rules, made ready once, to be asked many times and from many threads.
#[derive(Debug, Clone)]
pub struct Assessor {
    registry: Registry,
    lexicons: Lexicons,
    vocabulary: Vocabulary,
    gazetteer: Gazetteer,
    lists: Lists,
    model: Model,
}

impl Assessor {
    /// Makes the rules ready.
    #[must_use]
    pub fn new(registry: &Registry, lexicons: &Lexicons) -> Self {
        let mut vocabulary = Vocabulary::default();
        let gazetteer = Gazetteer::new(registry, &lexicons.unit, &mut vocabulary);
        let lists = Lists::new(&lexicons.lists, &mut vocabulary);
        let model = Model::new(lexicons, &mut vocabulary);
        Self { registry: registry.clone(), lexicons: lexicons.clone(), vocabulary, gazetteer, lists, model }
    }

    /// Everything about one article but its novelty, which needs the other articles. `owner` is
    /// whose portal it stands on, from the site; without it the registry's hosts are asked.
    #[must_use]
    pub fn assess(&self, article: &Article, owner: Option<&UnitId>) -> Assessment {
        let reading = Reading::new(article, &self.vocabulary);
        let mentions: Vec<_> = reading.sections.iter().map(|s| self.gazetteer.mentions(s)).collect();
        let person = unit::signed_by_a_person(&self.gazetteer, reading.author(), &mentions[0]);
        let features = self.lists.features(&reading, person);
        let scores = self.model.scores(&features);
        let judged = topic::judge(&self.lexicons, &self.model, &reading, &features, &scores);
        let question = unit::Question {
            registry: &self.registry,
            gazetteer: &self.gazetteer,
            words: &self.lexicons.unit,
            article,
            reading: &reading,
            mentions: &mentions,
            kind: judged.kind,
            topic: judged.topics.first().map(String::as_str),
        };
        let whose = question.answer(owner);
        let mut unsure = judged.unsure;
        if whose.confidence < self.lexicons.unit.confident {
            unsure.insert(0, About::Unit);
        }
        let mut reasons = whose.reasons;
        reasons.extend(judged.reasons);
        Assessment {
            unit: whose.unit,
            unit_confidence: whose.confidence,
            co_units: whose.co_units,
            taken_from: whose.taken_from,
            is_cchc: judged.is_cchc,
            topics: judged.topics,
            quota_topics: judged.quota_topics,
            kind: judged.kind,
            unsure,
            reasons,
            ..Assessment::default()
        }
    }
}
