//! Whether one article is new among all that is remembered, and a whole file against itself.

use super::Overlap;
use super::align;
use super::compare::{self, Share};
use super::index::{Index, TextId};
use super::moment::{self, Contradiction, Moment};
use super::outcome::percent;
use super::prepare::Prepared;
use super::sketch::Sketch;
use crate::article::{About, Article, ArticleId, Novelty, Precision, Reason};
use crate::parallel;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Half or more of the text is old: what `classify` calls a repost. What a duty makes of a share
/// is its plan's.
pub const REPOST: f64 = 0.5;
/// From a third on, a text taken over in part is worth an inspector's look.
pub const PARTIAL: f64 = 1.0 / 3.0;
/// How many earlier texts are aligned with one new text.
const MOST: usize = 64;

/// Everything one address has ever said: its first text and its revisions.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    /// Whose.
    pub id: ArticleId,
    /// Its host.
    pub host: String,
    /// Where it stood among those that came to us; orders articles without any date.
    pub arrival: usize,
    /// Its texts in order; never empty.
    pub versions: Vec<Version>,
}

/// One text of a chain.
#[derive(Debug, Clone, Default)]
pub struct Version {
    /// Since when it stood there.
    pub at: Option<Moment>,
    /// The text.
    pub text: Prepared,
    /// Its signature.
    pub sketch: Sketch,
}

impl Chain {
    /// The chain of an article.
    #[must_use]
    pub fn of(article: &Article) -> Self {
        let version = |at, text: Prepared| Version { at, sketch: Sketch::of(&text), text };
        let first = version(moment::best_time(article), Prepared::new(article));
        let later = article.revisions.iter().map(|r| {
            version(Some(Moment { at: r.at, precision: Precision::Second }), Prepared::of(&r.title, &r.sapo, &r.body))
        });
        let versions = std::iter::once(first).chain(later).collect();
        Self { id: article.id.clone(), host: article.host.clone(), arrival: 0, versions }
    }

    /// Puts all its texts into the index, under the name by which `recall` will find the chain.
    pub fn add_to(&self, index: &mut Index, name: &ArticleId) {
        for (version, text) in (0u16..).zip(&self.versions) {
            index.add(TextId { article: name.clone(), version }, &text.sketch);
        }
    }

    /// One article at two addresses of one site: the same text with the same date.
    #[must_use]
    pub fn is_moved(&self, other: &Self) -> bool {
        let (Some(a), Some(b)) = (self.versions.first(), other.versions.first()) else { return false };
        let same_date = match (a.at, b.at) {
            (Some(a), Some(b)) => !a.is_before(&b) && !b.is_before(&a),
            _ => false,
        };
        same_date && self.host == other.host && !a.sketch.is_empty() && a.sketch.digest == b.sketch.digest
    }
}

/// What was found about one article.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What of its text stood where before.
    pub overlap: Overlap,
    /// What follows for the article: whether half or more of it is old, and of what; where several
    /// texts have most of it, of the first.
    pub novelty: Novelty,
}

impl Finding {
    /// About an article that shares nothing with any other; `empty`: it has no text to compare.
    #[must_use]
    pub fn alone(article: &Article, empty: bool) -> Self {
        let doubts = moment::contradictions(article);
        let reasons = reasons(&Overlap::default(), 0.0, None, empty, &doubts);
        Self { novelty: Novelty { reasons, ..Novelty::default() }, ..Self::default() }
    }
}

/// Compares every article of a file with those of the file that were published before it. The
/// findings stand in the order of the articles.
#[must_use]
pub fn over_file(articles: &[Article]) -> Vec<Finding> {
    let chains = parallel::map(articles, |arrival, article| Arc::new(Chain { arrival, ..Chain::of(article) }));
    let mut index = Index::new();
    for (line, chain) in chains.iter().enumerate() {
        // Inside a file the line is the name: an id may stand on several.
        chain.add_to(&mut index, &ArticleId(line.to_string()));
    }
    let recall = |line: &ArticleId| line.0.parse::<usize>().ok().and_then(|l| chains.get(l).cloned());
    parallel::map(articles, |line, article| judge(article, &chains[line], &index, recall))
}

/// Compares an article with the remembered texts published before it. `recall` gives the chain the
/// index knows by a name; the article itself and what is no longer found are passed over.
pub fn judge(
    article: &Article,
    chain: &Chain,
    index: &Index,
    recall: impl Fn(&ArticleId) -> Option<Arc<Chain>>,
) -> Finding {
    let overlaps = (0..chain.versions.len()).map(|v| overlap(chain, v, index, &recall));
    let worst = overlaps.max_by(|a, b| a.0.share(|_| true).total_cmp(&b.0.share(|_| true)));
    let (overlap, order) = worst.unwrap_or_default();
    let similarity = overlap.share(|_| true);
    let repost = similarity >= REPOST;
    let repost_of = repost.then(|| origin(&overlap, &order)).flatten();
    let doubts = moment::contradictions(article);
    let empty = chain.versions.iter().all(|v| v.text.is_empty());
    let reasons = reasons(&overlap, similarity, repost_of.as_ref(), empty, &doubts);
    Finding { overlap, novelty: Novelty { repost, repost_of, similarity, reasons } }
}

/// The overlap of one version with everything before it, and the ids of that, the first first.
fn overlap(
    chain: &Chain,
    version: usize,
    index: &Index,
    recall: &impl Fn(&ArticleId) -> Option<Arc<Chain>>,
) -> (Overlap, Vec<ArticleId>) {
    let new = &chain.versions[version];
    let mut earlier: Vec<(Arc<Chain>, usize)> = Vec::new();
    for candidate in index.candidates(&new.sketch) {
        let Some(other) = recall(&candidate.text.article) else { continue };
        let number = usize::from(candidate.text.version);
        let Some(old) = other.versions.get(number) else { continue };
        let before = is_before((old.at, other.arrival), (new.at, chain.arrival));
        if other.id != chain.id && before && !other.is_moved(chain) {
            earlier.push((other, number));
        }
        if earlier.len() == MOST {
            break;
        }
    }
    earlier.sort_by_key(|(other, number)| (other.versions[*number].at.map(|m| m.at), other.arrival));
    let shares = earlier.iter().map(|(other, number)| share(chain, version, other, *number)).collect();
    (compare::merge(&new.text, shares), earlier.into_iter().map(|(other, _)| other.id.clone()).collect())
}

/// Was there before: a date before no date, and without any the order of arrival.
fn is_before(old: (Option<Moment>, usize), new: (Option<Moment>, usize)) -> bool {
    match (old.0, new.0) {
        (Some(a), Some(b)) => a.is_before(&b),
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (None, None) => old.1 < new.1,
    }
}

fn share(chain: &Chain, version: usize, other: &Chain, number: usize) -> Share {
    let (new, old) = (&chain.versions[version].text, &other.versions[number]);
    let share = Share::of(other.id.clone(), new, &old.text, &align::align(new, &old.text));
    // A revision owes nothing to those who copied the article meanwhile.
    let own = |v: &&Version| !is_before((old.at, 0), (v.at, 0));
    chain.versions[..version].iter().filter(own).fold(share, |share, own| {
        let alignment = align::align(new, &own.text);
        share.without(&alignment.partner.iter().map(Option::is_some).collect::<Vec<_>>())
    })
}

/// The first among those that hold (nearly) the most.
fn origin(overlap: &Overlap, order: &[ArticleId]) -> Option<ArticleId> {
    let most = overlap.earlier.first()?.share;
    let holds = |id: &&ArticleId| overlap.earlier.iter().any(|e| e.id == **id && e.share >= 0.95 * most);
    order.iter().find(holds).cloned()
}

fn reasons(overlap: &Overlap, old: f64, of: Option<&ArticleId>, empty: bool, doubts: &[Contradiction]) -> Vec<Reason> {
    let percent = percent(old, &[PARTIAL, REPOST]);
    let texts = overlap.earlier.len();
    let main = match of {
        _ if empty => ("no_text", "bài không có phần chữ để so sánh".to_owned()),
        Some(of) => {
            ("repost", format!("{percent}% nội dung đã có trong {texts} bài đăng trước, trước hết là bài {of}"))
        }
        None if old >= PARTIAL => {
            ("partial", format!("đăng lại một phần: {percent}% nội dung đã có trong {texts} bài trước"))
        }
        None => ("new", format!("nội dung mới; phần trùng với các bài trước là {percent}%")),
    };
    let main = Reason { about: About::Novelty, code: main.0.to_owned(), detail: main.1 };
    std::iter::once(main).chain(doubts.iter().map(Contradiction::reason)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Revision;
    use crate::time;

    const A: &str = "Sáng nay phường khai trương điểm hỗ trợ nộp hồ sơ trực tuyến ngay tại nhà văn hóa tổ dân phố. Mười \
        hai đoàn viên thay nhau trực quầy vào buổi tối, mang theo máy tính và máy quét cá nhân.";
    const B: &str = "Hội người cao tuổi xin thêm một buổi hướng dẫn riêng về cách đặt mật khẩu cho dễ nhớ. Tổ công nghệ \
        số cộng đồng hẹn gặp các cụ chiều thứ bảy, có trà nóng và kính lúp để sẵn trên bàn.";

    fn article(id: &str, text: &str, day: Option<&str>) -> Article {
        Article {
            id: ArticleId(id.into()),
            host: "lang.hanoi.gov.vn".into(),
            body: vec![text.into()],
            published: day.and_then(|d| time::parse(&format!("2026-05-{d}:00+07:00"))),
            ..Article::default()
        }
    }

    fn reposts(articles: &[Article]) -> Vec<Option<String>> {
        over_file(articles).into_iter().map(|f| f.novelty.repost_of.map(|id| id.0)).collect()
    }

    #[test]
    fn the_later_one_is_the_copy_whatever_the_order_of_lines() {
        let (old, copy, other) =
            (article("old", A, Some("12T08:00")), article("copy", A, Some("13T08:00")), article("x", B, None));
        assert_eq!(reposts(&[copy, other, old]), [Some("old".into()), None, None]);
    }

    #[test]
    fn ties_and_missing_dates() {
        // dates of two equal texts, which of them is the copy
        for (first, second, copies) in [
            (Some("12T08:00"), Some("12T08:00"), [false, false]),
            (None, Some("12T08:00"), [true, false]),
            (None, None, [false, true]),
        ] {
            let found = reposts(&[article("a", A, first), article("b", A, second)]);
            assert_eq!(found.iter().map(Option::is_some).collect::<Vec<_>>(), copies, "{first:?} {second:?}");
        }
        let mut day = article("a", A, Some("12T00:00"));
        day.published_precision = Precision::Day;
        assert_eq!(reposts(&[day, article("b", A, Some("12T09:00"))]), [None, None]);
    }

    #[test]
    fn a_revision_is_remembered_and_owes_nothing_to_its_copies() {
        let mut first = article("first", A, Some("12T08:00"));
        let copy = article("copy", A, Some("13T08:00"));
        let late = article("late", B, Some("20T08:00"));
        let revision = |text: &str, day: &str| Revision {
            at: time::parse(&format!("2026-05-{day}T08:00:00+07:00")).unwrap(),
            title: String::new(),
            sapo: String::new(),
            body: vec![text.into()],
            capture: None,
        };
        first.revisions.push(revision(A, "14"));
        first.revisions.push(revision(B, "15"));
        assert_eq!(reposts(&[first.clone(), copy, late]), [None, Some("first".into()), Some("first".into())]);
        // An item rewritten into another's text is a copy of it.
        let theirs = article("theirs", B, Some("14T08:00"));
        assert_eq!(reposts(&[first, theirs]), [Some("theirs".into()), None]);
    }

    #[test]
    fn moved_is_not_reposted() {
        let (a, mut b) = (Chain::of(&article("a", A, Some("12T08:00"))), Chain::of(&article("b", A, Some("12T08:00"))));
        assert!(a.is_moved(&b));
        b.host = "bachmai.hanoi.gov.vn".into();
        assert!(!a.is_moved(&b));
        assert!(!a.is_moved(&Chain::of(&article("b", A, Some("13T08:00")))));
        assert!(!a.is_moved(&Chain::of(&article("b", B, Some("12T08:00")))));
    }

    #[test]
    fn reasons_tell_what_was_found() {
        let found =
            over_file(&[article("a", A, Some("12T08:00")), article("b", A, Some("13T08:00")), article("c", "", None)]);
        let told: Vec<&str> = found.iter().map(|f| f.novelty.reasons[0].detail.as_str()).collect();
        assert_eq!(
            told,
            [
                "nội dung mới; phần trùng với các bài trước là 0%",
                "100% nội dung đã có trong 1 bài đăng trước, trước hết là bài a",
                "bài không có phần chữ để so sánh",
            ]
        );
    }
}
