//! One new text against all earlier ones: what of it is old, and in which of them.

use super::align::{self, Alignment};
use super::passage;
use super::prepare::Prepared;
use super::{Earlier, Overlap, Piece};
use crate::article::ArticleId;
use std::collections::BTreeMap;

/// Less than this of the new text in any one earlier text is a matter of stock phrases.
const TOO_LITTLE: f32 = 0.1;
/// Beside the one that holds most, an earlier text counts whole from this share on: all instalments
/// of a series together hold any sentence of the next one …
const PASTED: f32 = 0.33;
/// … or where half or more of it, and more than a few words, were taken up; else only by the
/// passages that were taken over in one piece.
const SWALLOWED: f32 = 0.5;
/// The weight of a few words.
const FEW_WORDS: f32 = 20.0;
/// A text of fewer tokens is one or two sentences, which any longer text may hold by chance: the
/// earlier one must be hardly longer.
const FEW_SENTENCES: usize = 40;
/// How many earlier texts are listed at most.
const MOST: usize = 64;

/// What of a new text stood in earlier ones. Several texts of one article (its revisions) may be
/// given under one id and are listed as one.
#[must_use]
pub fn compare(new: &Prepared, earlier: &[(ArticleId, &Prepared)]) -> Overlap {
    let shares = earlier.iter().map(|(id, old)| Share::of(id.clone(), new, old, &align::align(new, old))).collect();
    merge(new, shares)
}

/// What one earlier text has of the new one.
pub(crate) struct Share {
    id: ArticleId,
    /// By token of the new text.
    credit: Vec<f32>,
    weight: f32,
    back: f32,
    /// By token of the new text, whether it lies in a passage taken over in one piece.
    passages: Vec<bool>,
    /// How many tokens the earlier text has.
    len: usize,
}

impl Share {
    pub(crate) fn of(id: ArticleId, new: &Prepared, old: &Prepared, alignment: &Alignment) -> Self {
        debug_assert_eq!(alignment.credit.len(), new.len());
        Self {
            id,
            weight: alignment.weight(),
            back: alignment.back(old),
            credit: alignment.credit.clone(),
            passages: passage::of(new, alignment),
            len: old.len(),
        }
    }

    /// Leaves out tokens that were the new article's own before.
    pub(crate) fn without(mut self, own: &[bool]) -> Self {
        self.credit.iter_mut().zip(own).filter(|(_, own)| **own).for_each(|(c, _)| *c = 0.0);
        self.weight = self.credit.iter().sum();
        self
    }

    /// Takes in another text of the same article.
    fn join(&mut self, other: &Self) {
        self.credit.iter_mut().zip(&other.credit).for_each(|(c, o)| *c = c.max(*o));
        self.weight = self.credit.iter().sum();
        self.back = self.back.max(other.back);
        self.passages.iter_mut().zip(&other.passages).for_each(|(p, o)| *p |= o);
        self.len = self.len.max(other.len);
    }

    /// Only the passages, without what is anybody's.
    fn of_passages(&mut self, stock: &[bool]) {
        self.passages.iter_mut().zip(stock).for_each(|(p, stock)| *p &= !stock);
        passage::leave_long(&mut self.passages);
        self.credit.iter_mut().zip(&self.passages).filter(|(_, p)| !**p).for_each(|(c, _)| *c = 0.0);
        self.weight = self.credit.iter().sum();
    }
}

pub(crate) fn merge(new: &Prepared, shares: Vec<Share>) -> Overlap {
    let total = new.total();
    if total <= 0.0 {
        return Overlap::default();
    }
    let listed = select(by_article(shares), new);
    let earlier = listed.iter().map(|s| Earlier { id: s.id.clone(), share: (s.weight / total).min(1.0), back: s.back });
    Overlap { earlier: earlier.collect(), pieces: pieces(&listed, new.len()), total }
}

fn by_article(shares: Vec<Share>) -> Vec<Share> {
    let mut places: BTreeMap<ArticleId, usize> = BTreeMap::new();
    let mut joined: Vec<Share> = Vec::with_capacity(shares.len());
    for share in shares {
        match places.get(&share.id) {
            Some(place) => joined[*place].join(&share),
            None => {
                places.insert(share.id.clone(), joined.len());
                joined.push(share);
            }
        }
    }
    joined
}

/// The earlier texts worth listing, the largest share first, in the order given where equal.
fn select(mut shares: Vec<Share>, new: &Prepared) -> Vec<Share> {
    let by_weight = |a: &Share, b: &Share| b.weight.total_cmp(&a.weight);
    shares.sort_by(by_weight);
    let stock = passage::stock(new.len(), shares.iter().map(|share| (share.len, share.passages.as_slice())));
    let mut enough = TOO_LITTLE;
    shares.retain_mut(|share| {
        let swallowed = share.weight >= FEW_WORDS.min(new.total()) && share.back >= SWALLOWED;
        let whole = swallowed || share.weight / new.total() >= enough && new.len() >= FEW_SENTENCES;
        enough = PASTED;
        if !whole {
            share.of_passages(&stock);
        }
        whole || share.weight > 0.0
    });
    shares.sort_by(by_weight);
    shares.truncate(MOST);
    shares
}

/// The old weight by the set of earlier texts it stood in, in order of first appearance. A token
/// that counts in full in one text and in part in another gives a part to both and the rest to one,
/// so the share of any subset comes out exactly.
fn pieces(listed: &[Share], tokens: usize) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut places: BTreeMap<Vec<u16>, usize> = BTreeMap::new();
    for token in 0..tokens {
        let mut below = 0.0;
        loop {
            let above = |s: &&Share| s.credit[token] > below;
            let Some(level) = listed.iter().filter(above).map(|s| s.credit[token]).min_by(f32::total_cmp) else {
                break;
            };
            let numbered = listed.iter().enumerate().filter(|(_, s)| s.credit[token] > below);
            let sources: Vec<u16> = numbered.map(|(i, _)| i as u16).collect();
            let place = *places.entry(sources.clone()).or_insert_with(|| {
                pieces.push(Piece { weight: 0.0, sources });
                pieces.len() - 1
            });
            pieces[place].weight += level - below;
            below = level;
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(sentences: &[&str]) -> Prepared {
        Prepared::of("", "", &sentences.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>())
    }

    const A: &str = "Sáng nay phường khai trương điểm hỗ trợ nộp hồ sơ trực tuyến ngay tại nhà văn hóa tổ dân phố.";
    const B: &str = "Mười hai đoàn viên thay nhau trực quầy vào buổi tối, mang theo máy tính và máy quét cá nhân.";
    const C: &str = "Hội người cao tuổi xin thêm một buổi hướng dẫn riêng về cách đặt mật khẩu cho dễ nhớ.";

    #[test]
    fn a_text_pasted_from_two_is_old_in_both_together() {
        let id = |s: &str| ArticleId(s.to_owned());
        let new = text(&[A, B, C]);
        let overlap = compare(&new, &[(id("a"), &text(&[A, "Khác hẳn."])), (id("b"), &text(&[B]))]);
        assert_eq!(overlap.earlier.len(), 2);
        assert!(overlap.earlier.iter().all(|e| e.share < 0.5));
        let both = overlap.share(|_| true);
        assert!((0.6..0.75).contains(&both), "{both}");
        let one = overlap.share(|e| e.id == id("a"));
        assert!((0.3..0.4).contains(&one), "{one}");
    }

    #[test]
    fn what_both_hold_is_counted_once_and_survives_leaving_one_out() {
        let id = |s: &str| ArticleId(s.to_owned());
        let overlap = compare(&text(&[A, B]), &[(id("x"), &text(&[A, B])), (id("y"), &text(&[A, B]))]);
        assert!((overlap.share(|_| true) - 1.0).abs() < 1e-6);
        assert!((overlap.share(|e| e.id == id("y")) - 1.0).abs() < 1e-6);
        assert_eq!(overlap.share(|_| false), 0.0);
        assert_eq!(overlap.earlier[0].id, id("x"));
    }

    /// Paragraphs of forty syllables that only the name gives.
    fn paragraphs(names: &[&str]) -> Prepared {
        let paragraph = |name: &&str| (0..40).map(|n| format!("{name}{n}")).collect::<Vec<_>>().join(" ") + ".";
        Prepared::of("", "", &names.iter().map(paragraph).collect::<Vec<_>>())
    }

    /// Earlier texts, each a list of paragraphs → how much of «a b c d e f g h i j k l» is old.
    #[test]
    fn passages_of_several_texts_add_up_and_stock_ones_do_not() {
        let new = paragraphs(&["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"]);
        let own =
            |n: usize| ["q", "r", "s", "t", "u", "v", "w", "x", "y", "z"].map(|p| format!("{p}{}x", "y".repeat(n)));
        for (earlier, expected) in [
            (&["a b c"][..], 0.25),
            (&["a b c", "d e f", "g h i"], 0.75),
            (&["a b c", "d e f", "g h i", "j k l"], 1.0),
            (&["a b c", "c d e"], 5.0 / 12.0),
            // One paragraph of each is what all offices write.
            (&["a b", "c", "e", "g"], 2.0 / 12.0),
            // So is what four different texts hold.
            (&["a b c d", "g h", "g h", "g h", "g h"], 4.0 / 12.0),
            (&["a b c d", "g h", "g h", "g h"], 6.0 / 12.0),
        ] {
            let texts = earlier.iter().enumerate().map(|(n, taken)| {
                let rest = own(n);
                let length = if earlier.len() > 4 { 6 + n } else { 9 };
                let names: Vec<&str> = taken.split(' ').chain(rest.iter().take(length).map(String::as_str)).collect();
                (ArticleId(n.to_string()), paragraphs(&names))
            });
            let texts: Vec<_> = texts.collect();
            let texts: Vec<_> = texts.iter().map(|(id, text)| (id.clone(), text)).collect();
            let share = compare(&new, &texts).share(|_| true);
            assert!((share - expected).abs() < 0.01, "{earlier:?}: {share}");
        }
    }

    #[test]
    fn revisions_of_one_article_are_one_earlier_text() {
        let id = ArticleId("x".into());
        let overlap = compare(&text(&[A, B]), &[(id.clone(), &text(&[A])), (id, &text(&[B]))]);
        assert_eq!(overlap.earlier.len(), 1);
        assert!((overlap.earlier[0].share - 1.0).abs() < 1e-6);
    }

    #[test]
    fn no_text_has_no_share() {
        assert_eq!(compare(&text(&[]), &[(ArticleId::default(), &text(&[A]))]), Overlap::default());
        assert_eq!(compare(&text(&[A]), &[]).share(|_| true), 0.0);
    }
}
