//! An article met again: what is new about it this time.
//!
//! Its first text stays its text, and a possible date its date (DESIGN, *Time*); what the portal
//! says later is kept beside them. Only what never was an answer gives way: a date that cannot be,
//! and a page of the portal's own troubles that stood where the article does.

use super::{Intake, Met, absence};
use crate::article::{Article, DateSource, Precision, Redating, Revision};
use crate::error::Result;
use crate::text;
use crate::time::Time;

/// With fewer letters, a first page may have been no article at all.
const FEW_LETTERS: usize = 200;

impl Intake<'_> {
    /// `text` is the number for the words seen now.
    pub(super) fn meet_again(&self, mut known: Article, seen: Article, text: u64) -> Result<Met> {
        let before = known.clone();
        if known.url != seen.url && !known.aliases.contains(&seen.url) {
            known.aliases.push(seen.url.clone());
        }
        absence::returned(&mut known, seen.first_seen.unwrap_or_default());
        // At another address the same item may be shown otherwise (print, language); that is no
        // later text. Only its own address tells that it was rewritten.
        let revised = known.url == seen.url && revise(&mut known, seen);
        if revised {
            self.store.undecide(&known.id)?;
            self.remember_text(&known, text, self.bearers(&known, text)?)?;
        }
        if known != before {
            self.store.put(&known)?;
        }
        Ok(if revised { Met::Revised(known.id) } else { Met::Known(known.id) })
    }
}

/// Takes over what is new; whether anything was.
fn revise(known: &mut Article, seen: Article) -> bool {
    if stood_in_its_place(known, &seen) {
        replace(known, seen);
        return true;
    }
    let redated = redate(known, &seen);
    let rewritten = !same_text(&latest(known), &content(&seen));
    if rewritten {
        known.revisions.push(Revision {
            at: seen.first_seen.unwrap_or_default(),
            title: seen.title,
            sapo: seen.sapo,
            body: seen.body,
            capture: seen.capture,
        });
    }
    redated || rewritten
}

/// Whether what was kept first was no article but something that stood in its place: hardly any
/// text, no date of its own, and another title than the article has now.
fn stood_in_its_place(known: &Article, seen: &Article) -> bool {
    let letters = |article: &Article| {
        article.body.iter().chain([&article.sapo]).map(|paragraph| text::letters(paragraph)).sum::<usize>()
    };
    let (old, new) = (text::bare(&known.title), text::bare(&seen.title));
    let is_other = !old.contains(new.as_str()) && !new.contains(old.as_str());
    known.revisions.is_empty()
        && said(known).is_none()
        && said(seen).is_some()
        && is_other
        && letters(known) < FEW_LETTERS
        && letters(seen) >= FEW_LETTERS
}

/// Puts the article in the place of what stood there before; the archive keeps that, and a warning
/// leads to it.
fn replace(known: &mut Article, seen: Article) {
    let at = known.first_seen.map(|at| at.format("%H:%M %d/%m/%Y").to_string()).unwrap_or_default();
    let warning = format!("lần đọc đầu, lúc {at}, là một trang khác («{}»), không phải bài", known.title);
    let old = std::mem::replace(known, seen);
    known.warnings.push(warning);
    known.times.feed = known.times.feed.or(old.times.feed);
    known.times.sitemap = known.times.sitemap.or(old.times.sitemap);
    (known.id, known.first_seen, known.aliases, known.absences) = (old.id, old.first_seen, old.aliases, old.absences);
}

/// Keeps that the page shows another date than at the last look. The first possible one stays; one
/// that cannot be, or none at all, gives way to one that can.
fn redate(known: &mut Article, seen: &Article) -> bool {
    let (Some(to), Some(at)) = (said(seen), seen.first_seen) else { return false };
    let last = known.redated.last().map(|redating| redating.to).or(said(known));
    let is_coarse = known.published_precision == Precision::Day || seen.published_precision == Precision::Day;
    if last.is_some_and(|last| last == to || is_coarse && last.date_naive() == to.date_naive()) {
        return false;
    }
    let redating = Redating { at, from: last, to };
    let stays = said(known).zip(known.first_seen).is_some_and(|(date, seen)| Redating::is_possible(date, seen));
    if !stays && redating.could_be() {
        (known.published, known.published_precision) = (seen.published, seen.published_precision);
        known.published_from = seen.published_from;
        (known.times.page, known.times.metadata) = (seen.times.page, seen.times.metadata);
        // What extraction doubted about the date it doubts no more.
        known.warnings.clone_from(&seen.warnings);
    }
    known.redated.push(redating);
    true
}

/// The date that the page itself gives.
fn said(article: &Article) -> Option<Time> {
    let is_elsewhere = matches!(article.published_from, Some(DateSource::Url | DateSource::Feed | DateSource::Sitemap));
    article.published.filter(|_| !is_elsewhere)
}

/// Title, lead and body of one version.
type Content<'a> = (&'a str, &'a str, &'a [String]);

fn content(article: &Article) -> Content<'_> {
    (&article.title, &article.sapo, &article.body)
}

fn latest(article: &Article) -> Content<'_> {
    article.revisions.last().map_or_else(|| content(article), |last| (&last.title, &last.sapo, &last.body))
}

fn same_text(a: &Content<'_>, b: &Content<'_>) -> bool {
    a == b || normal(a) == normal(b)
}

fn normal((title, sapo, body): &Content<'_>) -> String {
    [*title, *sapo].into_iter().chain(body.iter().map(String::as_str)).map(text::bare).collect()
}
