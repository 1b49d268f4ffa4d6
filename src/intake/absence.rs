//! Articles that no longer answer at their address, and those that answer again.
//!
//! One bad night of a portal must not mark what it published as taken down: that is only said when
//! a second look on another day finds the same, or when the server itself says that it is gone for good
//! (410, RFC 9110 §15.5.11). Of what comes back the absence stays as history.

use super::Intake;
use crate::article::{Absence, Article};
use crate::error::Result;
use crate::time::Time;
use crate::url::CanonicalUrl;
use chrono::{SubsecRound as _, TimeDelta};

/// A second look so much later is one on another day: rechecks are a night apart, some of them early.
const ANOTHER_DAY: TimeDelta = TimeDelta::hours(20);

/// How sure it is that an article is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// It was not there once.
    Perhaps,
    /// It was not there at a second look either, or the server says that it is gone for good.
    Surely,
}

impl Intake<'_> {
    /// Takes note that nothing stood at an address of an article, as the server answered with `status`;
    /// `record` makes what that means durable first, so that no crash leaves the store knowing more.
    ///
    /// # Errors
    /// The store refuses, or `record`.
    pub fn gone(
        &self,
        url: &CanonicalUrl,
        at: Time,
        status: u16,
        record: impl FnOnce(Absent) -> Result<()>,
    ) -> Result<()> {
        let Some(article) = self.at_address(url)? else { return Ok(()) };
        let how = match (article.removed, article.missing) {
            (None, _) if status == 410 => Absent::Surely,
            (None, None) => Absent::Perhaps,
            (None, Some(first)) if at - first >= ANOTHER_DAY => Absent::Surely,
            _ => return Ok(()),
        };
        record(how)?;
        self.absent(url, at, how)
    }

    /// Marks the article at an address as [`Intake::gone`] found it.
    ///
    /// # Errors
    /// The store refuses.
    pub fn absent(&self, url: &CanonicalUrl, at: Time, how: Absent) -> Result<()> {
        let Some(mut article) = self.at_address(url)? else { return Ok(()) };
        // The archive tells time to the millisecond, and a rebuild must find the same.
        let at = at.trunc_subsecs(3);
        let has_returned = article.absences.last().is_some_and(|absence| at <= absence.until);
        if article.removed.is_some() || has_returned {
            return Ok(());
        }
        match how {
            Absent::Perhaps => article.missing = article.missing.or(Some(at)),
            Absent::Surely => article.removed = article.missing.take().or(Some(at)),
        }
        self.store.put_head(&article)
    }

    /// Takes note that an article still stands, or again, at one of its addresses.
    ///
    /// # Errors
    /// The store refuses.
    pub fn stands(&self, url: &CanonicalUrl, at: Time) -> Result<()> {
        match self.at_address(url)? {
            Some(mut article) if article.is_away() => {
                returned(&mut article, at);
                self.store.put_head(&article)
            }
            _ => Ok(()),
        }
    }

    /// The article that an address names, without its texts.
    fn at_address(&self, url: &CanonicalUrl) -> Result<Option<Article>> {
        self.store.find(url.as_str())?.map_or(Ok(None), |id| self.store.head(&id))
    }
}

/// Restores an article that was away, and keeps when it was.
pub(super) fn returned(article: &mut Article, at: Time) {
    let until = at.trunc_subsecs(3);
    // What moved within one night was never away.
    if let Some(from) = article.removed.take().or(article.missing).filter(|from| until - *from >= ANOTHER_DAY) {
        article.absences.push(Absence { from, until });
    }
    article.missing = None;
}
