//! Decides about everything in the store that is not decided yet: what each article is, and what
//! of its text stood before.
//!
//! Runs after a crawl, an import or a rebuild, and finds by itself what there is to do: articles
//! never assessed or assessed by other rules, texts never compared, and those that a newcomer with
//! an earlier date may have turned into reposts. Stopped anywhere, the next run goes on; whatever
//! the order in which articles came in, the answers end up the same.

use crate::article::{About, Article, ArticleId, Assessment, Channel};
use crate::assess::Assessor;
use crate::assess::novelty::{Chain, Finding, Index, Sketch, TextId, judge};
use crate::error::Result;
use crate::registry::Registry;
use crate::rules::Rules;
use crate::site::Sites;
use crate::store::{Judged, Store};
use crate::unit::UnitId;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Texts kept at hand while comparing; more are read again from the store.
const AT_HAND: usize = 512;

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settled {
    /// Articles assessed.
    pub assessed: usize,
    /// Articles compared with earlier ones.
    pub compared: usize,
}

/// Whose portals the own-portal articles stand on.
pub struct Owners<'a> {
    /// The watched sites.
    pub sites: Option<&'a Sites>,
    /// The units, with the hosts known for them.
    pub registry: &'a Registry,
}

impl Owners<'_> {
    /// The unit whose portal an article stands on: from the site, else the registry's host.
    #[must_use]
    pub fn of(&self, article: &Article) -> Option<UnitId> {
        if article.channel != Channel::OwnPortal {
            return None;
        }
        let site = self.sites.zip(article.site.as_deref()).and_then(|(sites, id)| sites.get(id));
        let declared = site.and_then(|site| site.unit.clone());
        declared.or_else(|| self.registry.by_host(&article.host).map(|unit| unit.id.clone()))
    }
}

/// Decides about everything undecided. `progress` is told what is being done: a stage, how far,
/// of how many.
///
/// # Errors
/// The store refuses.
pub fn settle(
    store: &Store,
    rules: &Rules,
    sites: Option<&Sites>,
    progress: &dyn Fn(&str, usize, usize),
) -> Result<Settled> {
    let owners = Owners { sites, registry: &rules.registry };
    let assessed = assess(store, &rules.assessor(), &rules.assessing(), &owners, progress)?;
    let compared = compare(store, progress)?;
    store.flush()?;
    Ok(Settled { assessed, compared })
}

fn assess(
    store: &Store,
    assessor: &Assessor,
    rules: &str,
    owners: &Owners<'_>,
    progress: &dyn Fn(&str, usize, usize),
) -> Result<usize> {
    let mut done = 0;
    let total = store.len();
    for id in store.ids() {
        let id = id?;
        let before = store.judged(&id)?;
        if before.as_ref().is_some_and(|judged| judged.rules == rules) {
            continue;
        }
        let Some(article) = store.article(&id)? else { continue };
        let mut assessment = assessor.assess(&article, owners.of(&article).as_ref());
        if let Some(before) = before {
            keep_novelty(&mut assessment, before.assessment);
        }
        if let Some(given) = &article.assessment {
            given.apply(&mut assessment);
        }
        store.judge(&id, &Judged { rules: rules.to_owned(), assessment })?;
        done += 1;
        progress("thẩm định", done, total);
    }
    Ok(done)
}

/// Novelty rests on texts alone and not on the rules, so a new assessment keeps the old answer.
fn keep_novelty(assessment: &mut Assessment, before: Assessment) {
    assessment.repost = before.repost;
    assessment.repost_of = before.repost_of;
    assessment.similarity = before.similarity;
    assessment.reasons.retain(|r| r.about != About::Novelty);
    assessment.reasons.extend(before.reasons.into_iter().filter(|r| r.about == About::Novelty));
}

fn compare(store: &Store, progress: &dyn Fn(&str, usize, usize)) -> Result<usize> {
    let (mut index, fresh) = remember(store, progress)?;
    let recall = Recall { store, chains: RefCell::default() };
    let mut concerned = BTreeSet::new();
    for id in fresh {
        let Some(chain) = recall.chain(&id)? else { continue };
        chain.add_to(&mut index, &id);
        for (version, text) in (0_u32..).zip(&chain.versions) {
            store.put_sketch(&id, version, &text.sketch.to_bytes())?;
        }
        concerned.insert(id);
    }
    let newcomers: Vec<ArticleId> = concerned.iter().cloned().collect();
    for id in newcomers {
        // A newcomer dated earlier can make reposts of articles already compared.
        let Some(chain) = recall.chain(&id)? else { continue };
        let near = chain.versions.iter().flat_map(|v| index.candidates(&v.sketch));
        concerned.extend(near.map(|candidate| candidate.text.article.clone()));
    }
    let total = concerned.len();
    for (n, id) in concerned.iter().enumerate() {
        progress("so sánh", n + 1, total);
        let (Some(article), Some(chain)) = (store.article(id)?, recall.chain(id)?) else { continue };
        // A row that cannot be read is told by the audit; here it is passed over.
        let finding = judge(&article, &chain, &index, |other| recall.chain(other).ok().flatten());
        keep(store, id, finding)?;
    }
    Ok(total)
}

/// The index over all signatures kept, and the articles that lack one.
fn remember(store: &Store, progress: &dyn Fn(&str, usize, usize)) -> Result<(Index, BTreeSet<ArticleId>)> {
    let mut index = Index::new();
    let mut kept: HashMap<ArticleId, u32> = HashMap::new();
    let mut stale = BTreeSet::new();
    let rows: Vec<_> = store.sketches().collect::<Result<_>>()?;
    for (id, version, bytes) in &rows {
        match Sketch::from_bytes(bytes) {
            Ok(_) => *kept.entry(id.clone()).or_default() += 1,
            Err(_) => {
                stale.insert(id.clone());
            }
        }
        progress("nạp chữ ký", *version as usize, rows.len());
    }
    let mut fresh = stale;
    for article in store.heads() {
        let article = article?;
        let versions = 1 + article.revisions.len();
        if kept.get(&article.id).is_none_or(|n| (*n as usize) < versions) {
            fresh.insert(article.id);
        }
    }
    for (id, version, bytes) in rows {
        if !fresh.contains(&id)
            && let Ok(sketch) = Sketch::from_bytes(&bytes)
        {
            let version = u16::try_from(version).unwrap_or(u16::MAX);
            index.add(TextId { article: id, version }, &sketch);
        }
    }
    Ok((index, fresh))
}

/// Texts at hand.
struct Recall<'a> {
    store: &'a Store,
    chains: RefCell<HashMap<ArticleId, Arc<Chain>>>,
}

impl Recall<'_> {
    fn chain(&self, id: &ArticleId) -> Result<Option<Arc<Chain>>> {
        if let Some(chain) = self.chains.borrow().get(id) {
            return Ok(Some(Arc::clone(chain)));
        }
        let Some(article) = self.store.article(id)? else { return Ok(None) };
        let chain = Arc::new(Chain::of(&article));
        let mut chains = self.chains.borrow_mut();
        if chains.len() >= AT_HAND {
            chains.clear();
        }
        chains.insert(id.clone(), Arc::clone(&chain));
        Ok(Some(chain))
    }
}

fn keep(store: &Store, id: &ArticleId, finding: Finding) -> Result<()> {
    store.put_overlap(id, &finding.overlap)?;
    let Some(mut judged) = store.judged(id)? else { return Ok(()) };
    let assessment = &mut judged.assessment;
    assessment.repost = finding.repost;
    assessment.repost_of = finding.repost_of;
    assessment.similarity = finding.similarity;
    assessment.reasons.retain(|r| r.about != About::Novelty);
    assessment.reasons.extend(finding.reasons);
    if let Some(given) = store.head(id)?.and_then(|article| article.assessment) {
        given.apply(assessment);
    }
    store.judge(id, &judged)
}
