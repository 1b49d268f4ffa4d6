//! The world as an audit is told of it, put together from everything the state holds.
//!
//! Names the hash of each part, so that a report says on what it rests; equal hashes mean equal
//! bytes. Nothing is decided here.

use crate::article::Channel;
use crate::assess::novelty::{self, Finding, Moment};
use crate::audit::{Post, World};
use crate::coverage::{Coverage, Watched};
use crate::decision::{Attestation, Decision, LedgerLine};
use crate::digest::sha256;
use crate::error::{Error, Result};
use crate::note::Kind;
use crate::owner::{State, View};
use crate::record::Record;
use crate::record::ledger;
use crate::rules::Rules;
use crate::site::{Confidence, Site, Sites};
use crate::store::Entry;
use crate::time::Time;
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

/// The kind of the notes that say a guessed host was confirmed.
pub const CONFIRMED: Kind<serde_json::Value> = Kind::new("confirmed");

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
    let confirmed: BTreeSet<String> = view.notes(&CONFIRMED)?.into_iter().map(|(site, _)| site).collect();
    let coverage = Coverage::Observed {
        sites: sites.map(|sites| watched(sites, &confirmed)).unwrap_or_default(),
        observations: view.observations()?,
    };
    let mut posts = posts(entries, view, rules, sites)?;
    flag_back_dated(&mut posts, &coverage);
    join_ledger(&mut people.ledger, &posts);
    let inputs = inputs(&posts, &coverage, &people, sites)?;
    let mut world = World::new(posts);
    world.coverage = coverage;
    world.decisions = people.decisions;
    world.attestations = people.attestations;
    world.ledger = people.ledger;
    world.inputs = inputs;
    Ok(world)
}

/// Finds the posts at the addresses the ledger's lines give: an item may have been posted, or seen,
/// long after its line was loaded. What is sent for posting is posted on the city page; a copy on the
/// unit's own portal is another item.
fn join_ledger(lines: &mut [LedgerLine], posts: &[Post]) {
    let city_page = posts.iter().filter(|post| post.channel == Channel::CityPage);
    ledger::join(lines, city_page.map(|post| (&post.id, post.url.as_str())));
}

/// The sites as coverage knows them.
fn watched(sites: &Sites, confirmed: &BTreeSet<String>) -> Vec<Watched> {
    let watched = |site: &Site| Watched {
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
    let mut posts = Vec::with_capacity(entries.len());
    for Entry { article, text, judged, finding } in entries {
        let by_itself = match judged {
            Some(judged) if judged.rules == wanted => judged.assessment,
            _ => {
                let whole = view.article(&article.id)?;
                let whole = whole.as_ref().unwrap_or(&article);
                rules.assessor().assess(whole, sites.and_then(|sites| sites.owner(whole)))
            }
        };
        let Finding { overlap, novelty } = finding.unwrap_or_default();
        let assessment = article.whole(by_itself, novelty);
        posts.push(Post::of_head(&article, text, assessment, overlap));
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

/// The hash of each part that an audit is told. Posts are hashed whole: whatever a later audit comes
/// to read of them is then in the hash already.
fn inputs(
    posts: &[Post],
    coverage: &Coverage,
    people: &People,
    sites: Option<&Sites>,
) -> Result<BTreeMap<String, String>> {
    let mut inputs = BTreeMap::from([
        ("program".to_owned(), concat!("cchc ", env!("CARGO_PKG_VERSION")).to_owned()),
        ("articles".to_owned(), hash(posts)?),
        ("coverage".to_owned(), hash_of_coverage(coverage)?),
        ("decisions".to_owned(), hash(&people.decisions)?),
        ("attestations".to_owned(), hash(&people.attestations)?),
        ("ledger".to_owned(), hash(&people.ledger)?),
    ]);
    if let Some(sites) = sites {
        inputs.insert("sites".to_owned(), hash(&sites.sites.iter().map(of_site).collect::<Vec<_>>())?);
    }
    Ok(inputs)
}

/// What of a site bears on an audit: whose its articles are, and since when it is watched. How it is
/// visited does not.
fn of_site(site: &Site) -> serde_json::Value {
    let Site { id, host, aliases, channel, unit, confidence, platform, group, paths, seeds, from, until, .. } = site;
    let seeds: Vec<&str> = seeds.iter().map(Url::as_str).collect();
    json!({
        "id": id, "host": host, "aliases": aliases, "channel": channel, "unit": unit, "confidence": confidence,
        "platform": platform, "group": group, "paths": paths, "seeds": seeds, "from": from, "until": until,
    })
}

fn hash_of_coverage(coverage: &Coverage) -> Result<String> {
    match coverage {
        Coverage::Complete => Ok(sha256(b"")),
        Coverage::Observed { sites, observations } => Ok(sha256((lines(sites)? + &lines(observations)?).as_bytes())),
    }
}

fn hash(rows: &[impl Serialize]) -> Result<String> {
    Ok(sha256(lines(rows)?.as_bytes()))
}

/// One line of JSON for each row.
fn lines(rows: &[impl Serialize]) -> Result<String> {
    let mut text = String::new();
    for row in rows {
        let line = serde_json::to_string(row);
        text.push_str(&line.map_err(|e| Error::Failed(format!("không băm được đầu vào của kết luận: {e}")))?);
        text.push('\n');
    }
    Ok(text)
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
    fn every_field_of_a_post_and_of_a_site_is_in_its_hash() {
        let of = |posts: &[Post], sites: Option<&Sites>| {
            inputs(posts, &Coverage::Complete, &People::default(), sites).unwrap()
        };
        let (day, text) = (Some(at("09T08:00")), || "x".to_owned());
        let changes: [fn(&mut Post, Option<Time>, String); 15] = [
            |post, _, text| post.id.0 = text,
            |post, _, text| post.url = text,
            |post, _, text| post.title = text,
            |post, _, _| post.channel = Channel::CityPage,
            |post, _, text| post.host = text,
            |post, _, text| post.site = Some(text),
            |post, day, _| post.published = day,
            |post, _, _| post.precision = Precision::Day,
            |post, day, _| post.first_seen = day,
            |post, day, _| post.removed = day,
            |post, _, _| post.date_mismatch = true,
            |post, _, _| post.text = 7,
            |post, _, _| post.assessment.is_cchc = true,
            |post, _, _| post.repost_given = true,
            |post, _, _| post.overlap.total = 1.0,
        ];
        let mut seen = BTreeSet::from([of(&[Post::default()], None)["articles"].clone()]);
        for change in changes {
            let mut post = Post::default();
            change(&mut post, day, text());
            assert!(seen.insert(of(&[post.clone()], None)["articles"].clone()), "{post:?}");
        }
        let sites = |more: &str| {
            let text = format!(
                "[crawler]\ncontact = \"mailto:a@b.vn\"\n[[site]]\nid = \"a\"\nhost = \"a.vn\"\nchannel = \"city-page\"\n{more}"
            );
            Sites::parse("sites.toml", &text).unwrap()
        };
        let mut seen = BTreeSet::new();
        for more in ["", "aliases = [\"b.vn\"]", "paths = [\"/x\"]", "from = 2026-01-01", "until = 2026-12-31"] {
            assert!(seen.insert(of(&[], Some(&sites(more)))["sites"].clone()), "{more}");
        }
        assert!(!seen.insert(of(&[], Some(&sites("# chú thích")))["sites"].clone()), "a comment bears on nothing");
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
