//! Two texts side by side: which words of the new one stood in the old one.
//!
//! Runs of [`SEED`] equal syllables anchor each sentence somewhere in the old text, wherever its
//! paragraph went; around the anchor a longest common subsequence finds what a light hand left
//! standing. A sentence most of whose wording is its own owes nothing for a stock phrase, and a
//! sentence whose figures are all new is a new sentence in old words: the weekly report.

use super::prepare::Prepared;
use super::tokens::{Kind, Token};
use std::ops::Range;

/// Equal syllables in a row that anchor a sentence.
const SEED: usize = 4;
/// A run so long is taken over even from a sentence otherwise rewritten.
const VERBATIM: usize = 10;
/// Share of a sentence's wording that makes it the old sentence.
const SAME_SENTENCE: f32 = 0.5;
/// What is left of a sentence's share when none of its figures is the old one.
const OTHER_FIGURES: f32 = 0.2;
/// What is left of the share of a whole text when none of its figures is the old one.
const FORM: f32 = 0.5;
/// A text of fewer tokens is a notice of a few lines.
const NOTICE: usize = 160;
/// Places of one seed that are tried: a text that repeats itself must not cost more.
const TRIES: usize = 32;

/// What of a new text stood in an old one.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Alignment {
    /// For each token of the new text the token of the old one it repeats.
    pub(crate) partner: Vec<Option<u32>>,
    /// For each token of the new text the weight that counts as old; never more than its own.
    pub(crate) credit: Vec<f32>,
}

impl Alignment {
    /// The weight of the new text that stood in the old one.
    pub(crate) fn weight(&self) -> f32 {
        self.credit.iter().sum()
    }

    /// The share of the old text that stands in the new one, 0–1.
    pub(crate) fn back(&self, old: &Prepared) -> f32 {
        if old.total() <= 0.0 {
            return 0.0;
        }
        let mut taken = vec![0.0_f32; old.len()];
        for (partner, credit) in self.partner.iter().zip(&self.credit) {
            if let Some(p) = partner {
                let most = old.tokens()[*p as usize].kind.weight();
                taken[*p as usize] = taken[*p as usize].max(credit.min(most));
            }
        }
        (taken.iter().sum::<f32>() / old.total()).min(1.0)
    }
}

/// Aligns a new text with an old one.
pub(crate) fn align(new: &Prepared, old: &Prepared) -> Alignment {
    let (new, old) = (new.tokens(), old.tokens());
    let runs = if equal(new, old) { whole(new.len()) } else { runs(new, old) };
    let mut partner = vec![None; new.len()];
    for sentence in sentences(new) {
        Sentence { new, old, range: sentence }.pair(&runs, &mut partner);
    }
    let credit = credit(new, &partner);
    Alignment { partner, credit }
}

fn equal(a: &[Token], b: &[Token]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.hash == b.hash)
}

/// A stretch of equal tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    new: usize,
    old: usize,
    len: usize,
}

fn whole(len: usize) -> Vec<Run> {
    vec![Run { new: 0, old: 0, len }]
}

/// The longest runs, from the beginning of the new text to its end; each may come from anywhere.
fn runs(new: &[Token], old: &[Token]) -> Vec<Run> {
    let seeds = Seeds::of(old);
    let mut found: Vec<Run> = Vec::new();
    let mut at = 0;
    while at + SEED <= new.len() {
        let expected = found.last().map_or(0, |r| r.old + r.len + (at - r.new - r.len));
        let longest = seeds
            .places(&new[at..at + SEED])
            .map(|place| Run { new: at, old: place, len: common(&new[at..], &old[place..]) })
            .filter(|run| run.len >= SEED)
            .max_by_key(|run| (run.len, std::cmp::Reverse(run.old.abs_diff(expected))));
        at += longest.map_or(1, |run| run.len);
        found.extend(longest);
    }
    found
}

fn common(a: &[Token], b: &[Token]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a.hash == b.hash).count()
}

/// Where in the old text each seed stands: chains through a table of heads.
struct Seeds {
    heads: Vec<u32>,
    next: Vec<u32>,
}

const NOWHERE: u32 = u32::MAX;

impl Seeds {
    fn of(old: &[Token]) -> Self {
        let mut seeds =
            Self { heads: vec![NOWHERE; (old.len() * 2).next_power_of_two().max(16)], next: vec![NOWHERE; old.len()] };
        // Backwards, so that a chain begins with the first place.
        for place in (0..(old.len() + 1).saturating_sub(SEED)).rev() {
            let bucket = seeds.bucket(&old[place..place + SEED]);
            seeds.next[place] = std::mem::replace(&mut seeds.heads[bucket], place as u32);
        }
        seeds
    }

    fn bucket(&self, seed: &[Token]) -> usize {
        let mixed =
            seed.iter().fold(0u64, |h, t| (h ^ u64::from(t.hash)).wrapping_mul(0x9E37_79B1_85EB_CA87).rotate_left(29));
        (mixed >> 32) as usize & (self.heads.len() - 1)
    }

    fn places(&self, seed: &[Token]) -> impl Iterator<Item = usize> {
        let first = self.heads[self.bucket(seed)];
        let step = |place: &u32| Some(self.next[*place as usize]).filter(|p| *p != NOWHERE);
        std::iter::successors(Some(first).filter(|p| *p != NOWHERE), step).take(TRIES).map(|p| p as usize)
    }
}

fn sentences(tokens: &[Token]) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    tokens.chunk_by(|a, b| a.sentence == b.sentence).map(move |sentence| {
        let range = start..start + sentence.len();
        start = range.end;
        range
    })
}

/// One sentence of the new text, to be found in the old one.
struct Sentence<'a> {
    new: &'a [Token],
    old: &'a [Token],
    range: Range<usize>,
}

impl Sentence<'_> {
    /// Pairs its tokens with those of the old text, if it is an old sentence at all.
    fn pair(&self, runs: &[Run], partner: &mut [Option<u32>]) {
        let runs: Vec<Run> = runs.iter().filter_map(|r| self.clip(r)).collect();
        let Some(anchor) = runs.iter().copied().max_by_key(|r| r.len) else { return };
        if anchor.len < self.range.len() {
            for (new, old) in self.around(anchor) {
                partner[new] = Some(old as u32);
            }
            if self.wording(partner) < SAME_SENTENCE {
                partner[self.range.clone()].fill(None);
            }
        }
        let enough = if anchor.len == self.range.len() { 1 } else { VERBATIM };
        for run in runs.iter().filter(|r| r.len >= enough) {
            for i in 0..run.len {
                partner[run.new + i] = Some((run.old + i) as u32);
            }
        }
    }

    /// The part of a run that lies in this sentence.
    fn clip(&self, run: &Run) -> Option<Run> {
        let start = run.new.max(self.range.start);
        let end = (run.new + run.len).min(self.range.end);
        (start < end).then(|| Run { new: start, old: run.old + (start - run.new), len: end - start })
    }

    /// Pairs found by a longest common subsequence of the sentence and the old text where the
    /// anchor puts it.
    fn around(&self, anchor: Run) -> Vec<(usize, usize)> {
        let slack = 6 + self.range.len() / 2;
        let from = anchor.old.saturating_sub(anchor.new - self.range.start + slack);
        let to = (anchor.old + (self.range.end - anchor.new) + slack).min(self.old.len());
        let pairs = subsequence(&self.new[self.range.clone()], &self.old[from..to]);
        supported(&pairs).map(|(n, o)| (self.range.start + n, from + o)).collect()
    }

    /// The share of the sentence's wording, figures aside, that has a partner.
    fn wording(&self, partner: &[Option<u32>]) -> f32 {
        let (mut whole, mut old) = (0.0, 0.0);
        for i in self.range.clone().filter(|i| !matches!(self.new[*i].kind, Kind::Figure | Kind::Date)) {
            let weight = self.new[i].kind.weight();
            whole += weight;
            old += if partner[i].is_some() { weight } else { 0.0 };
        }
        if whole > 0.0 { old / whole } else { 1.0 }
    }
}

/// A longest common subsequence that prefers runs to scattered words.
fn subsequence(new: &[Token], old: &[Token]) -> Vec<(usize, usize)> {
    let width = old.len() + 1;
    let mut best = vec![0u16; (new.len() + 1) * width];
    let equal = |n: usize, o: usize| new[n].hash == old[o].hash;
    // A match weighs 2, and 1 more behind another match.
    let gain = |n: usize, o: usize| if n > 0 && o > 0 && equal(n - 1, o - 1) { 3 } else { 2 };
    for n in 0..new.len() {
        for o in 0..old.len() {
            let skip = best[n * width + o + 1].max(best[(n + 1) * width + o]);
            let take = if equal(n, o) { best[n * width + o] + gain(n, o) } else { 0 };
            best[(n + 1) * width + o + 1] = skip.max(take);
        }
    }
    let (mut n, mut o) = (new.len(), old.len());
    let mut pairs = Vec::with_capacity(new.len());
    while n > 0 && o > 0 {
        let here = best[n * width + o];
        if equal(n - 1, o - 1) && here == best[(n - 1) * width + o - 1] + gain(n - 1, o - 1) {
            pairs.push((n - 1, o - 1));
            (n, o) = (n - 1, o - 1);
        } else if here == best[(n - 1) * width + o] {
            n -= 1;
        } else {
            o -= 1;
        }
    }
    pairs.reverse();
    pairs
}

/// Pairs that stand in a run, or at most one word from one: a syllable alone is met by chance.
fn supported(pairs: &[(usize, usize)]) -> impl Iterator<Item = (usize, usize)> {
    let follows = |a: (usize, usize), b: (usize, usize)| a.0 + 1 == b.0 && a.1 + 1 == b.1;
    let near = |a: (usize, usize), b: (usize, usize)| b.0 - a.0 <= 2 && b.1 - a.1 <= 2;
    let in_run = move |i: usize| {
        i > 0 && follows(pairs[i - 1], pairs[i]) || i + 1 < pairs.len() && follows(pairs[i], pairs[i + 1])
    };
    (0..pairs.len())
        .filter(move |i| {
            let i = *i;
            in_run(i)
                || i > 0 && in_run(i - 1) && near(pairs[i - 1], pairs[i])
                || i + 1 < pairs.len() && in_run(i + 1) && near(pairs[i], pairs[i + 1])
        })
        .map(|i| pairs[i])
}

/// How much of each paired token counts as old.
fn credit(new: &[Token], partner: &[Option<u32>]) -> Vec<f32> {
    let mut credit = vec![0.0; new.len()];
    let mut facts = Facts::default();
    for range in sentences(new) {
        let here = Facts::of(&new[range.clone()], &partner[range.clone()]);
        let is_old = partner[range.clone()].iter().any(Option::is_some);
        let factor = here.factor(OTHER_FIGURES);
        for i in range.filter(|i| partner[*i].is_some()) {
            credit[i] = new[i].kind.weight() * factor;
        }
        // In a notice of a few lines the new facts stand beside the old phrases, not inside them.
        if is_old || new.len() < NOTICE {
            facts.add(here);
        }
    }
    let factor = facts.of_form(new.len() < NOTICE);
    credit.iter_mut().for_each(|c| *c *= factor);
    credit
}

/// Figures and dates, and how many of them are the old ones.
#[derive(Debug, Clone, Copy, Default)]
struct Facts {
    figures: u32,
    same_figures: u32,
    dates: u32,
    same_dates: u32,
}

impl Facts {
    fn of(tokens: &[Token], partner: &[Option<u32>]) -> Self {
        let mut facts = Self::default();
        for (token, partner) in tokens.iter().zip(partner) {
            let same = u32::from(partner.is_some());
            match token.kind {
                Kind::Figure => (facts.figures, facts.same_figures) = (facts.figures + 1, facts.same_figures + same),
                Kind::Date => (facts.dates, facts.same_dates) = (facts.dates + 1, facts.same_dates + same),
                _ => {}
            }
        }
        facts
    }

    fn add(&mut self, other: Self) {
        self.figures += other.figures;
        self.same_figures += other.same_figures;
        self.dates += other.dates;
        self.same_dates += other.same_dates;
    }

    /// 1 where half or more of them are the old ones, down to `least` where none is.
    fn factor(self, least: f32) -> f32 {
        let all = self.figures + self.dates;
        if all == 0 {
            return 1.0;
        }
        let same = (self.same_figures + self.same_dates) as f32 / all as f32;
        (least + 2.0 * (1.0 - least) * same).min(1.0)
    }

    /// A text whose facts changed throughout is a form filled in anew, and its standing phrases
    /// are only half a sign of copying.
    fn of_form(self, notice: bool) -> f32 {
        let enough = if notice { 2 } else { 4 };
        let factor = if self.figures + self.dates >= enough { self.factor(FORM) } else { 1.0 };
        // Addresses and rooms stay; when every date is another one, so is the event.
        let other_dates = self.dates >= 2 && self.same_dates == 0;
        let kept = 4 * self.same_figures >= 3 * self.figures && self.figures > 0;
        if other_dates && !kept { factor.min(FORM) } else { factor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(new: &str, old: &str) -> f32 {
        let (new, old) = (Prepared::of("", new, &[]), Prepared::of("", old, &[]));
        align(&new, &old).weight() / new.total()
    }

    const OLD: &str = "Lễ công bố diễn ra gọn trong 20 phút tại phòng họp tầng 3. Thay cho những tập tài liệu dày, mỗi \
        công chức nhận một đường dẫn đến sổ tay điện tử. Khi quy định thay đổi, người giữ quy trình cập nhật một lần.";

    #[test]
    fn a_text_is_itself_in_any_order_of_sentences() {
        assert_eq!(share(OLD, OLD), 1.0);
        let turned = "Khi quy định thay đổi, người giữ quy trình cập nhật một lần. Thay cho những tập tài liệu dày, mỗi \
            công chức nhận một đường dẫn đến sổ tay điện tử.";
        assert_eq!(share(turned, OLD), 1.0);
    }

    #[test]
    fn a_light_hand_leaves_most_of_a_sentence() {
        let edited = "Lễ công bố được tổ chức gọn nhẹ trong 20 phút ở phòng họp tầng 3.";
        assert!(share(edited, OLD) > 0.6, "{}", share(edited, OLD));
    }

    #[test]
    fn a_stock_phrase_in_a_new_sentence_is_nothing() {
        let new = "Bộ phận một cửa tặng mỗi công chức nhận một đường dẫn học trực tuyến về kỹ năng giao tiếp với người \
            cao tuổi, kèm lịch thi cuối khóa do sở tổ chức.";
        assert_eq!(share(new, OLD), 0.0);
    }

    #[test]
    fn other_figures_make_another_report() {
        let week = |a: u32, b: u32, c: u32, d: u32| {
            format!(
                "Tuần qua bộ phận một cửa tiếp nhận {a} hồ sơ, trong đó {b} hồ sơ trực tuyến. Đã giải quyết {c} hồ sơ \
                 đúng hạn, còn {d} hồ sơ đang xử lý. Phường đề nghị người dân tiếp tục nộp hồ sơ tại nhà."
            )
        };
        assert_eq!(share(&week(412, 389, 401, 11), &week(412, 389, 401, 11)), 1.0);
        assert!(share(&week(350, 322, 341, 9), &week(412, 389, 401, 11)) < 1.0 / 3.0);
    }

    #[test]
    fn nothing_and_next_to_nothing() {
        for (new, old) in [("", ""), ("", OLD), (OLD, ""), ("Một", "hai"), ("2026", OLD)] {
            let (new, old) = (Prepared::of("", new, &[]), Prepared::of("", old, &[]));
            let alignment = align(&new, &old);
            assert_eq!((alignment.weight(), alignment.back(&old)), (0.0, 0.0));
        }
        assert_eq!(share("Một hai", "một hai"), 1.0);
    }
}
