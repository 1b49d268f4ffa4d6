//! Decides about everything in the store that is not decided yet: what each article is, and what
//! of its text stood before.
//!
//! What an article is by itself a [`Judge`] says when it comes in, while its text is at hand. [`settle`]
//! runs after a crawl, an import or a rebuild, and finds by itself what there is left to do: articles
//! never assessed or assessed by other rules, texts never compared, and those that a newcomer with
//! an earlier date may have turned into reposts. Stopped anywhere, the next run goes on; whatever
//! the order in which articles came in, the answers end up the same.

use crate::article::{Article, ArticleId};
use crate::assess::Assessor;
use crate::assess::novelty::{self, Chain, Finding, Index, Prepared, Sketch, TextId};
use crate::error::Result;
use crate::rules::Rules;
use crate::site::Sites;
use crate::store::{Judged, Store};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
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

/// Says what an article is by itself: everything but what other texts say of it.
pub struct Judge<'a> {
    assessor: Arc<Assessor>,
    /// Names the rules it goes by.
    rules: String,
    sites: Option<&'a Sites>,
}

impl<'a> Judge<'a> {
    /// A judge by these rules; `sites` tell whose portals there are.
    #[must_use]
    pub fn new(rules: &Rules, sites: Option<&'a Sites>) -> Self {
        Self { assessor: rules.assessor(), rules: rules.assessing(), sites }
    }

    /// Keeps what there is to say of a newcomer by itself, before its row is kept: assessment and
    /// signature.
    ///
    /// # Errors
    /// The store refuses.
    pub fn receive(&self, store: &Store, article: &Article) -> Result<()> {
        store.judge(&article.id, &self.judged(article))?;
        store.put_sketch(&article.id, 0, &Sketch::of(&Prepared::new(article)).to_bytes())
    }

    fn judged(&self, article: &Article) -> Judged {
        let assessment = self.assessor.assess(article, self.sites.and_then(|sites| sites.owner(article)));
        Judged { rules: self.rules.clone(), assessment }
    }
}

/// Decides about everything undecided. `progress` is told what is being done: a stage, how far,
/// of how many.
///
/// # Errors
/// The store refuses.
pub fn settle(store: &Store, judge: &Judge<'_>, progress: &dyn Fn(&str, usize, usize)) -> Result<Settled> {
    let assessed = assess(store, judge, progress)?;
    let compared = compare(store, progress)?;
    store.flush()?;
    Ok(Settled { assessed, compared })
}

fn assess(store: &Store, judge: &Judge<'_>, progress: &dyn Fn(&str, usize, usize)) -> Result<usize> {
    let mut done = 0;
    let total = store.len();
    for id in store.ids() {
        let id = id?;
        if store.is_judged_by(&id, &judge.rules)? {
            continue;
        }
        let Some(article) = store.article(&id)? else { continue };
        store.judge(&id, &judge.judged(&article))?;
        done += 1;
        progress("thẩm định", done, total);
    }
    Ok(done)
}

fn compare(store: &Store, progress: &dyn Fn(&str, usize, usize)) -> Result<usize> {
    let recall = Recall { store, chains: RefCell::default() };
    let (index, newcomers) = remember(store, &recall, progress)?;
    // A newcomer dated earlier can make reposts of articles already compared.
    let (mut neighbours, mut company) = (BTreeSet::new(), BTreeSet::new());
    for (id, newcomer) in &newcomers {
        for other in near(&index, id, &newcomer.sketches) {
            company.insert(id);
            if !newcomers.contains_key(other) {
                neighbours.insert(other.clone());
            }
        }
    }
    // One whose text is another than before no longer says of others what it said.
    for found in store.findings().take_while(|_| !newcomers.is_empty()) {
        let (id, found) = found?;
        let named = found.overlap.earlier.iter().any(|earlier| newcomers.contains_key(&earlier.id));
        if named && !newcomers.contains_key(&id) {
            neighbours.insert(id);
        }
    }
    // The newcomers last: as long as one is not compared, a run that was killed begins anew.
    let total = neighbours.len() + newcomers.len();
    for (n, id) in neighbours.iter().chain(newcomers.keys()).enumerate() {
        progress("so sánh", n + 1, total);
        let newcomer = newcomers.get(id);
        match newcomer.filter(|_| !company.contains(id)) {
            Some(newcomer) => store.put_finding(id, &newcomer.alone)?,
            None => {
                let (Some(article), Some(chain)) = (store.article(id)?, recall.chain(id)?) else { continue };
                // A row that cannot be read is told by the audit; here it is passed over.
                let recall = |other: &ArticleId| recall.chain(other).ok().flatten();
                store.put_finding(id, &novelty::judge(&article, &chain, &index, recall))?;
            }
        }
        // Only now, so that a signature that had to be made says as well that its text was compared.
        for (version, sketch) in (0_u32..).zip(newcomer.iter().flat_map(|newcomer| &newcomer.sketches)) {
            store.put_sketch(id, version, &sketch.to_bytes())?;
        }
    }
    Ok(total)
}

/// The other articles whose texts may share something with one of these.
fn near<'i>(index: &'i Index, id: &ArticleId, sketches: &[Sketch]) -> impl Iterator<Item = &'i ArticleId> {
    let candidates = sketches.iter().flat_map(|sketch| index.candidates(sketch));
    candidates.map(|candidate| &candidate.text.article).filter(move |other| *other != id)
}

/// The articles not compared yet.
type Newcomers = BTreeMap<ArticleId, Newcomer>;

/// What is at hand of one.
struct Newcomer {
    /// The signatures of its texts.
    sketches: Vec<Sketch>,
    /// What is found if it shares nothing with any other.
    alone: Finding,
}

/// The index over the signatures of all texts, and the articles that are not compared yet, or by
/// signatures of another definition.
fn remember(store: &Store, recall: &Recall<'_>, progress: &dyn Fn(&str, usize, usize)) -> Result<(Index, Newcomers)> {
    let (mut index, mut newcomers) = (Index::new(), Newcomers::new());
    let total = store.len();
    for (n, article) in store.heads().enumerate() {
        let article = article?;
        let mut sketches = Vec::with_capacity(1 + article.revisions.len());
        let mut compared = store.is_compared(&article.id)?;
        for version in 0..=article.revisions.len() {
            let kept = kept_sketch(store, &article.id, version)?;
            compared &= kept.is_some();
            let sketch = match kept {
                Some(sketch) => sketch,
                None => made_sketch(recall, &article.id, version)?,
            };
            index.add(
                TextId { article: article.id.clone(), version: u16::try_from(version).unwrap_or(u16::MAX) },
                &sketch,
            );
            sketches.push(sketch);
        }
        if !compared {
            let alone = Finding::alone(&article, sketches.iter().all(Sketch::is_empty));
            newcomers.insert(article.id, Newcomer { sketches, alone });
        }
        progress("nạp chữ ký", n + 1, total);
    }
    Ok((index, newcomers))
}

/// The signature of one version of an article's text, if it is kept and of today's definition.
fn kept_sketch(store: &Store, id: &ArticleId, version: usize) -> Result<Option<Sketch>> {
    let kept = store.sketch(id, u32::try_from(version).unwrap_or(u32::MAX))?;
    Ok(kept.and_then(|bytes| Sketch::from_bytes(&bytes).ok()))
}

/// The same, made from the text.
fn made_sketch(recall: &Recall<'_>, id: &ArticleId, version: usize) -> Result<Sketch> {
    let chain = recall.chain(id)?;
    Ok(chain.and_then(|chain| Some(chain.versions.get(version)?.sketch.clone())).unwrap_or_default())
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
