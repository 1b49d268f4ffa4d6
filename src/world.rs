//! The world as an audit is told of it, put together from everything the state holds.
//!
//! Names the hash of each part, so that a report says on what it rests; equal hashes mean equal
//! bytes. Nothing is decided here.

use crate::article::Assessment;
use crate::assess::Assessor;
use crate::assess::novelty::{self, Moment};
use crate::audit::{Post, World};
use crate::coverage::{Coverage, Watched};
use crate::decision::{Attestation, Decision, LedgerLine};
use crate::digest::sha256;
use crate::error::Result;
use crate::owner::{State, View};
use crate::record::Record;
use crate::record::ledger::{self, Posted};
use crate::rules::Rules;
use crate::settle::Owners;
use crate::site::{Confidence, Sites};
use crate::store::Entry;
use crate::time::Time;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The kind of the notes that say a guessed host was confirmed.
pub const CONFIRMED: &str = "confirmed";

/// What people did, as far as an audit takes account of it.
#[derive(Debug, Clone, Default)]
pub struct People {
    /// Decisions in force, oldest first.
    pub decisions: Vec<Decision>,
    /// Evidence recorded.
    pub attestations: Vec<Attestation>,
    /// The intake desk's ledger.
    pub ledger: Vec<LedgerLine>,
}

/// Reads what people did from the journal, as it stood at a moment; without one, as it stands.
///
/// # Errors
/// The journal cannot be read, or its chain does not hold.
pub fn people(state: &State, until: Option<Time>) -> Result<People> {
    let views = Record::new(state.dir()).views(until)?;
    Ok(People { decisions: views.decisions, attestations: views.attestations, ledger: views.ledger })
}

/// Puts the world together.
///
/// # Errors
/// The state cannot be read.
pub fn assemble(view: &View, rules: &Rules, sites: Option<&Sites>, mut people: People) -> Result<World> {
    let entries = view.entries()?;
    let confirmed: BTreeSet<String> = view.notes(CONFIRMED)?.into_iter().map(|(site, _)| site).collect();
    let coverage = Coverage::Observed {
        sites: sites.map(|sites| watched(sites, &confirmed)).unwrap_or_default(),
        observations: view.observations()?,
    };
    let mut posts = posts(entries, view, rules, sites)?;
    flag_back_dated(&mut posts, &coverage);
    join_ledger(&mut people.ledger, &posts);
    let mut inputs = BTreeMap::from([
        ("program".to_owned(), concat!("cchc ", env!("CARGO_PKG_VERSION")).to_owned()),
        ("articles".to_owned(), hash(&posts.iter().map(fingerprint).collect::<Vec<_>>())),
        ("coverage".to_owned(), hash(&coverage_lines(&coverage))),
        ("decisions".to_owned(), hash(&people.decisions)),
        ("attestations".to_owned(), hash(&people.attestations)),
        ("ledger".to_owned(), hash(&people.ledger)),
    ]);
    if let Some(sites) = sites {
        inputs.insert("sites".to_owned(), sha256(format!("{sites:?}").as_bytes()));
    }
    let mut world = World::new(posts);
    world.coverage = coverage;
    world.decisions = people.decisions;
    world.attestations = people.attestations;
    world.ledger = people.ledger;
    world.inputs = inputs;
    Ok(world)
}

/// Finds the posts that the ledger's lines speak of: an item may have been posted, or seen, long
/// after its line was loaded. Of several, the city page's stands first.
fn join_ledger(lines: &mut [LedgerLine], posts: &[Post]) {
    let mut posts: Vec<&Post> = posts.iter().collect();
    posts.sort_by_key(|post| post.channel);
    ledger::join(
        lines,
        posts.iter().map(|post| Posted {
            id: &post.id,
            url: &post.url,
            title: &post.title,
            unit: post.assessment.unit.as_ref(),
        }),
    );
}

/// The sites as coverage knows them.
fn watched(sites: &Sites, confirmed: &BTreeSet<String>) -> Vec<Watched> {
    let watched = |site: &crate::site::Site| Watched {
        id: site.id.clone(),
        host: site.host.clone(),
        channel: site.channel,
        unit: site.unit.clone(),
        confirmed: site.confidence == Confidence::Sure || confirmed.contains(&site.id),
        from: site.from,
        until: site.until,
    };
    sites.sites.iter().map(watched).collect()
}

/// The posts, assessed by these rules: as stored where they were assessed by the same, else anew.
fn posts(entries: Vec<Entry>, view: &View, rules: &Rules, sites: Option<&Sites>) -> Result<Vec<Post>> {
    let wanted = rules.assessing();
    let owners = Owners { sites, registry: &rules.registry };
    let mut assessor: Option<Assessor> = None;
    let mut posts = Vec::with_capacity(entries.len());
    for Entry { article, text, judged, overlap } in entries {
        let assessment = match judged {
            Some(judged) if judged.rules == wanted => judged.assessment,
            other => {
                let assessor = assessor.get_or_insert_with(|| rules.assessor());
                let whole = view.article(&article.id)?.unwrap_or_else(|| article.clone());
                let mut anew = assessor.assess(&whole, owners.of(&whole).as_ref());
                if let Some(given) = &whole.assessment {
                    given.apply(&mut anew);
                }
                keep_novelty(anew, other.map(|judged| judged.assessment))
            }
        };
        posts.push(Post::of_head(&article, text, assessment, overlap.unwrap_or_default()));
    }
    Ok(posts)
}

/// Flags posts that a reading of their site should have seen and did not. Told here and not when
/// texts are compared, because what was read is known only now and grows every night.
fn flag_back_dated(posts: &mut [Post], coverage: &Coverage) {
    let Coverage::Observed { observations, .. } = coverage else { return };
    let mut readings: BTreeMap<&str, Vec<(Time, Time)>> = BTreeMap::new();
    for seen in observations {
        if let Some(since) = seen.since {
            readings.entry(&seen.site).or_default().push((since, seen.at));
        }
    }
    for post in posts {
        let (Some(site), Some(at), Some(first)) = (&post.site, post.published, post.first_seen) else { continue };
        let readings = readings.get(site.as_str()).map_or(&[][..], Vec::as_slice);
        if let Some(doubt) = novelty::unseen(Moment { at, precision: post.precision }, first, readings) {
            post.date_mismatch = true;
            post.assessment.reasons.push(doubt.reason());
        }
    }
}

/// Novelty is measured on texts and does not change with the rules.
fn keep_novelty(anew: Assessment, before: Option<Assessment>) -> Assessment {
    let Some(before) = before else { return anew };
    Assessment { repost: before.repost, repost_of: before.repost_of, similarity: before.similarity, ..anew }
}

/// What of a post bears on an audit, as one line to be hashed.
fn fingerprint(post: &Post) -> String {
    let moment = |at: Option<Time>| at.map(|at| at.to_rfc3339()).unwrap_or_default();
    let answers = serde_json::to_string(&post.assessment).unwrap_or_default();
    let overlap = serde_json::to_string(&post.overlap).unwrap_or_default();
    format!(
        "{} {} {} {} {} {:016x} {answers} {overlap}",
        post.id,
        post.url,
        moment(post.published),
        moment(post.first_seen),
        moment(post.removed),
        post.text
    )
}

fn coverage_lines(coverage: &Coverage) -> Vec<String> {
    match coverage {
        Coverage::Complete => Vec::new(),
        Coverage::Observed { sites, observations } => {
            let line = |row: serde_json::Result<String>| row.unwrap_or_default();
            let sites = sites.iter().map(|s| line(serde_json::to_string(s)));
            sites.chain(observations.iter().map(|o| line(serde_json::to_string(o)))).collect()
        }
    }
}

fn hash(rows: &[impl Serialize]) -> String {
    let lines = rows.iter().map(|row| serde_json::to_string(row).unwrap_or_default() + "\n");
    sha256(lines.collect::<String>().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Precision;
    use crate::coverage::{Observation, Via};
    use crate::time;

    fn at(text: &str) -> Time {
        time::parse(&format!("2026-05-{text}:00+07:00")).unwrap()
    }

    #[test]
    fn a_post_that_a_reading_should_have_seen_is_flagged() {
        let reading = |day: &str| Observation {
            site: "x".into(),
            at: at(&format!("{day}T23:00")),
            since: Some(at("01T00:00")),
            via: Via::Listing,
            cause: None,
            doubt: None,
            detail: String::new(),
        };
        let coverage = Coverage::Observed { sites: Vec::new(), observations: vec![reading("10"), reading("12")] };
        // shown, first seen, precision → flagged
        for (shown, first, precision, flagged) in [
            ("09T08:00", "10T23:00", Precision::Minute, false),
            ("09T08:00", "12T23:00", Precision::Minute, true),
            ("10T22:00", "12T23:00", Precision::Minute, false),
            ("10T00:00", "12T23:00", Precision::Day, false),
            ("11T08:00", "12T23:00", Precision::Minute, false),
        ] {
            let mut posts = [Post {
                site: Some("x".into()),
                published: Some(at(shown)),
                first_seen: Some(at(first)),
                precision,
                ..Post::default()
            }];
            flag_back_dated(&mut posts, &coverage);
            assert_eq!(posts[0].date_mismatch, flagged, "{shown} {first}");
        }
    }
}
