//! An article met again: what is new about it this time.
//!
//! Its first text stays its text (DESIGN, *Time*); what the portal says later is kept beside it.

use super::{Intake, Met, absence};
use crate::article::{Article, Revision};
use crate::error::Result;
use crate::text;

impl Intake<'_> {
    pub(super) fn meet_again(&self, mut known: Article, seen: Article) -> Result<Met> {
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
        }
        if known != before {
            self.store.put(&known)?;
        }
        Ok(if revised { Met::Revised(known.id) } else { Met::Known(known.id) })
    }
}

/// Keeps another text than the last one; whether it is one.
fn revise(known: &mut Article, seen: Article) -> bool {
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
    rewritten
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
