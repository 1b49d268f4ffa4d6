//! What an article is: unit, CCHC or not, topics, kind, novelty — each answer with its reasons.

mod features;
pub mod labelled;
pub mod learn;
mod model;
mod names;
pub mod novelty;
mod phrases;
mod reading;
mod theme;
mod topic;
mod unit;

use crate::article::{About, Article, Assessment};
use crate::lexicon::Lexicons;
use crate::parallel;
use crate::registry::Registry;
use crate::unit::UnitId;
use features::Lists;
use model::Model;
use names::{Gazetteer, Mention};
use novelty::{Finding, Overlap};
use reading::{Reading, Vocabulary};
use theme::Themes;

/// The rules, made ready once, to be asked many times and from many threads.
#[derive(Debug, Clone)]
pub struct Assessor {
    registry: Registry,
    lexicons: Lexicons,
    vocabulary: Vocabulary,
    gazetteer: Gazetteer,
    lists: Lists,
    themes: Themes,
    model: Model,
}

impl Assessor {
    /// Makes the rules ready.
    #[must_use]
    pub fn new(registry: &Registry, lexicons: &Lexicons) -> Self {
        let mut vocabulary = Vocabulary::default();
        let gazetteer = Gazetteer::new(registry, &lexicons.unit, &mut vocabulary);
        let lists = Lists::new(&lexicons.lists, &mut vocabulary);
        let themes = Themes::new(&lexicons.themes, &mut vocabulary);
        let model = Model::new(lexicons, &mut vocabulary);
        Self { registry: registry.clone(), lexicons: lexicons.clone(), vocabulary, gazetteer, lists, themes, model }
    }

    /// How likely each answer of the word lists is for an article, 0–1: what the thresholds of
    /// `answers.toml` are chosen by.
    #[must_use]
    pub fn probabilities(&self, article: &Article, owner: Option<&UnitId>) -> Vec<(String, f64)> {
        let reading = Reading::new(article, &self.vocabulary);
        let mentions = self.mentions(&reading);
        let whose = self.whose(article, &reading, &mentions, owner);
        let scores = self.model.scores(&self.features(&reading, &mentions, whose.unit.as_ref()));
        let answers = self.lexicons.answers.iter().zip(scores);
        answers.map(|(answer, score)| (answer.id.clone(), model::probability(score))).collect()
    }

    /// Everything about one article but its novelty, which needs the other articles. `owner` is
    /// whom its site names as its owner; what that means for the article is decided here.
    #[must_use]
    pub fn assess(&self, article: &Article, owner: Option<&UnitId>) -> Assessment {
        let reading = Reading::new(article, &self.vocabulary);
        let mentions = self.mentions(&reading);
        let mut whose = self.whose(article, &reading, &mentions, owner);
        let features = self.features(&reading, &mentions, whose.unit.as_ref());
        let scores = self.model.scores(&features);
        let judged = topic::judge(&self.lexicons, &self.model, &reading, &features, &scores);
        if whose.nameless
            && let Some(charged) = self.question(article, &reading, &mentions).charged(judged.kind, &judged.topics)
        {
            whose = charged;
        }
        let themes = if judged.is_cchc {
            self.themes.carried(&self.lexicons.themes, &reading, &judged.topics)
        } else {
            Vec::new()
        };
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
            themes,
            kind: judged.kind,
            unsure,
            reasons,
            ..Assessment::default()
        }
    }

    /// The articles of a file and nothing else: all there is to say of each, and what of its text
    /// stood in the others before, in their order.
    #[must_use]
    pub fn over_file(&self, articles: &[Article]) -> Vec<(Assessment, Overlap)> {
        let found = parallel::map(articles, |_, article| self.assess(article, None));
        let findings = novelty::over_file(articles);
        let whole = articles.iter().zip(found).zip(findings);
        whole.map(|((article, found), Finding { overlap, novelty })| (article.whole(found, novelty), overlap)).collect()
    }

    fn mentions(&self, reading: &Reading) -> Vec<Vec<Mention>> {
        reading.sections.iter().map(|section| self.gazetteer.mentions(section)).collect()
    }

    fn question<'a>(
        &'a self,
        article: &'a Article,
        reading: &'a Reading<'a>,
        mentions: &'a [Vec<Mention>],
    ) -> unit::Question<'a> {
        let (registry, gazetteer, words) = (&self.registry, &self.gazetteer, &self.lexicons.unit);
        unit::Question { registry, gazetteer, words, article, reading, mentions }
    }

    fn whose(
        &self,
        article: &Article,
        reading: &Reading,
        mentions: &[Vec<Mention>],
        owner: Option<&UnitId>,
    ) -> unit::Answer {
        self.question(article, reading, mentions).answer(owner)
    }

    fn features(&self, reading: &Reading, mentions: &[Vec<Mention>], sender: Option<&UnitId>) -> features::Features {
        let person = unit::signed_by_a_person(&self.gazetteer, reading.author(), &mentions[0]);
        let field = sender.and_then(|unit| self.lexicons.unit.sender.get(unit));
        self.lists.features(reading, person, field.map_or(&[], Vec::as_slice))
    }
}
