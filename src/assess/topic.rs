//! From scores to answers: CCHC or not, topic areas, quota topics, kind, each with its reasons.

use super::features::Features;
use super::model::{Model, probability};
use super::reading::Reading;
use crate::article::{About, Kind, QUOTA_TOPIC, Reason};
use crate::lexicon::{Answer, Asked, Lexicons};

/// The answers of the lists and the model.
#[derive(Debug, Clone, Default)]
pub(super) struct Judged {
    pub is_cchc: bool,
    pub topics: Vec<String>,
    pub quota_topics: Vec<String>,
    pub kind: Kind,
    pub unsure: Vec<About>,
    pub reasons: Vec<Reason>,
}

/// What the reasons are put together from.
struct Case<'a> {
    lexicons: &'a Lexicons,
    model: &'a Model,
    reading: &'a Reading<'a>,
    features: &'a Features,
}

/// One answer with its probability.
#[derive(Clone, Copy)]
struct Ranked<'a> {
    at: usize,
    answer: &'a Answer,
    p: f64,
}

/// Judges an article by the scores of all answers.
pub(super) fn judge(
    lexicons: &Lexicons,
    model: &Model,
    reading: &Reading,
    features: &Features,
    scores: &[f64],
) -> Judged {
    let case = Case { lexicons, model, reading, features };
    let mut judged = Judged::default();
    let sure = case.cchc(scores, &mut judged);
    // A themed duty asks for its theme, CCHC or not (OBLIGATIONS, 1): still, what is no CCHC at
    // all has no theme of it either.
    if judged.is_cchc {
        let given = case.given(scores, sure);
        case.topics(scores, &given, &mut judged);
        case.quota_topics(&given, &mut judged);
    }
    case.kind(scores, &mut judged);
    judged
}

impl Case<'_> {
    fn ranked(&self, of: Asked, scores: &[f64]) -> Vec<Ranked<'_>> {
        let all = self.lexicons.answers.iter().enumerate().filter(|(_, a)| a.of == of);
        let mut ranked: Vec<_> = all.map(|(at, answer)| Ranked { at, answer, p: probability(scores[at]) }).collect();
        ranked.sort_by(|a, b| b.p.total_cmp(&a.p));
        ranked
    }

    /// Says whether it is CCHC, and how likely that is.
    fn cchc(&self, scores: &[f64], judged: &mut Judged) -> f64 {
        let Some(best) = self.ranked(Asked::Cchc, scores).first().copied() else { return 0.0 };
        judged.is_cchc = best.p >= best.answer.threshold;
        let (pro, con) = (self.words(best.at, true, 4), self.words(best.at, false, 3));
        let (code, verdict) =
            if judged.is_cchc { ("is_cchc", "Thuộc CCHC") } else { ("not_cchc", "Không thuộc CCHC") };
        let detail = format!("{verdict} ({:.0}%). Nói lên CCHC: {pro}. Nói ngược lại: {con}.", best.p * 100.0);
        judged.note(best, About::Cchc, code, detail);
        best.p
    }

    /// The quota topics that are given: likely enough, or brought by a topic area. `sure`: how
    /// likely it is CCHC at all; a quota topic was learnt as likely *given* that.
    fn given(&self, scores: &[f64], sure: f64) -> Vec<Ranked<'_>> {
        let topics = self.ranked(Asked::Topic, scores);
        let brings = |topic: &Ranked, quota: &str| topic.answer.brings.as_deref() == Some(quota);
        let brought = |quota: &Ranked| {
            let same = |t: &Ranked| t.answer.same && t.p >= t.answer.threshold;
            topics.iter().enumerate().any(|(n, t)| brings(t, &quota.answer.id) && (n == 0 || same(t)))
        };
        let mut given = self.ranked(Asked::Quota, scores);
        given.retain(|r| r.p * sure >= r.answer.threshold || brought(r));
        given
    }

    fn topics(&self, scores: &[f64], given: &[Ranked], judged: &mut Judged) {
        let ranked = self.ranked(Asked::Topic, scores);
        let Some(first) = ranked.first() else { return };
        judged.topics.push(first.answer.id.clone());
        // Two answers to one question must agree: whichever of the two is sure enough decides both.
        let second = |r: &&Ranked| match &r.answer.brings {
            Some(quota) if r.answer.same => given.iter().any(|g| g.answer.id == *quota),
            _ => r.p >= r.answer.threshold,
        };
        judged.topics.extend(ranked.iter().skip(1).filter(second).take(2).map(|r| r.answer.id.clone()));
        let next = ranked
            .get(1)
            .map(|r| format!("; sau đó {} ({:.0}%)", self.label(r.answer), r.p * 100.0))
            .unwrap_or_default();
        let detail = format!(
            "Lĩnh vực chính: {} ({:.0}%): {}{next}.",
            self.label(first.answer),
            first.p * 100.0,
            self.words(first.at, true, 4)
        );
        judged.reasons.push(reason(About::Topic, "primary_topic", detail));
        if ranked.get(1).is_some_and(|next| first.p - next.p < 0.1) || first.p < 0.4 {
            judged.unsure.push(About::Topic);
        }
    }

    fn quota_topics(&self, given: &[Ranked], judged: &mut Judged) {
        for ranked in given {
            // An inner topic brings its outer one, whether that was seen or not.
            for id in ranked.answer.inside.iter().chain([&ranked.answer.id]) {
                if !judged.quota_topics.contains(id) {
                    judged.quota_topics.push(id.clone());
                }
            }
            let detail = format!(
                "Mảng {} ({:.0}%): {}.",
                self.label(ranked.answer),
                ranked.p * 100.0,
                self.words(ranked.at, true, 3)
            );
            judged.reasons.push(reason(About::Topic, QUOTA_TOPIC, detail));
        }
    }

    fn kind(&self, scores: &[f64], judged: &mut Judged) {
        let Some(best) = self.ranked(Asked::Kind, scores).first().copied() else { return };
        let deep = best.p >= best.answer.threshold;
        judged.kind = if deep { Kind::ChuyenSau } else { Kind::TinBai };
        let (code, verdict) = if deep { ("in_depth", "Bài chuyên sâu") } else { ("news", "Tin, bài") };
        let detail = format!(
            "{verdict} ({:.0}% chuyên sâu): dài {} chữ; nói lên chuyên sâu: {}; nói lên tin: {}.",
            best.p * 100.0,
            self.reading.length(),
            self.words(best.at, true, 4),
            self.words(best.at, false, 3)
        );
        judged.note(best, About::Kind, code, detail);
    }

    fn label<'a>(&'a self, answer: &'a Answer) -> &'a str {
        // An answer without a list of its own is called by the first that speaks for it.
        let list = |id: &String| self.lexicons.lists.iter().find(|l| l.id == *id);
        list(&answer.id).or_else(|| answer.pro.first().and_then(list)).map_or(&answer.id, |l| &l.label)
    }

    /// The phrases that spoke most for (or against) an answer, with their places.
    fn words(&self, answer: usize, pro: bool, most: usize) -> String {
        let line = &self.model.lines[answer];
        let mut said: Vec<(f64, usize)> = Vec::new();
        for (n, spoken) in self.features.spoken.iter().enumerate() {
            let pull = line.lists[spoken.list].0 + line.lists[spoken.list].1;
            let worth = pull * f64::from(spoken.weight);
            if (worth > 0.0) == pro && worth != 0.0 {
                said.push((worth.abs(), n));
            }
        }
        said.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut shown: Vec<String> = Vec::new();
        for (_, n) in said {
            let spoken = &self.features.spoken[n];
            let section = &self.reading.sections[spoken.section];
            let quote = format!("«{}» ({})", section.quote(spoken.start, spoken.len), section.place.name());
            if !shown.contains(&quote) {
                shown.push(quote);
            }
            if shown.len() == most {
                break;
            }
        }
        if shown.is_empty() { "không có từ nào".to_owned() } else { shown.join(", ") }
    }
}

impl Judged {
    fn note(&mut self, ranked: Ranked, about: About, code: &str, detail: String) {
        if ranked.answer.unsure.is_some_and(|[low, high]| (low..=high).contains(&ranked.p)) {
            self.unsure.push(about);
        }
        self.reasons.push(reason(about, code, detail));
    }
}

fn reason(about: About, code: &str, detail: String) -> Reason {
    Reason { about, code: code.to_owned(), detail }
}
