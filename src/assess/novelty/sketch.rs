//! The signature of a text: which of its shingles stand for it in the index.
//!
//! Winnowing (Schleimer, Wilkerson, Aiken: *Winnowing*, SIGMOD 2003): of every [`WINDOW`]
//! consecutive shingles the one with the smallest hash is kept. Two texts that share a run of
//! [`GUARANTEE`] syllables share a fingerprint, however long they are, so a third of a text, or a
//! short text inside a long one, is found. The smallest hashes of a text are kept in any company:
//! they are a bottom-k sketch, which finds resemblance with a handful of look-ups. One signature
//! thus serves both questions.

use super::prepare::Prepared;
use super::tokens::Token;

/// Changes with the definition of a signature, of shingles, tokens or boilerplate: stored
/// signatures of another version are made anew from their texts.
pub const VERSION: u8 = 2;
/// Syllables in a shingle.
const SHINGLE: usize = 5;
/// Shingles of which one is kept.
const WINDOW: usize = 14;
/// A run of so many syllables in common is never overlooked.
pub const GUARANTEE: usize = SHINGLE + WINDOW - 1;

/// The signature of one text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sketch {
    /// Of the whole text: equal texts need no comparing.
    pub(crate) digest: u64,
    /// Fingerprints, those with the smallest hash first.
    pub(crate) fingerprints: Vec<u32>,
}

/// A stored signature that cannot be used: of another version, or damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stale;

impl Sketch {
    /// The signature of a prepared text. A text without a word has no fingerprints.
    #[must_use]
    pub fn of(text: &Prepared) -> Self {
        Self { digest: text.digest(), fingerprints: winnow(text.tokens()) }
    }

    /// Nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fingerprints.is_empty()
    }

    /// As stored: version, digest, fingerprints, little-endian.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(9 + 4 * self.fingerprints.len());
        bytes.push(VERSION);
        bytes.extend(self.digest.to_le_bytes());
        self.fingerprints.iter().for_each(|f| bytes.extend(f.to_le_bytes()));
        bytes
    }

    /// Reads what [`Sketch::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`Stale`] for another version or a damaged row: make the signature anew from the text.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Stale> {
        let (head, rest) = bytes.split_at_checked(9).ok_or(Stale)?;
        if head[0] != VERSION || rest.len() % 4 != 0 {
            return Err(Stale);
        }
        let digest = u64::from_le_bytes(head[1..].try_into().map_err(|_| Stale)?);
        let number = |b: &[u8]| u32::from_le_bytes([b[0], b[1], b[2], b[3]]);
        Ok(Self { digest, fingerprints: rest.chunks_exact(4).map(number).collect() })
    }
}

/// A shingle: its order among others, and what it is called in the index. The two are independent,
/// or the names of those kept, all of them small in order, would crowd together.
fn shingle(tokens: &[Token]) -> (u32, u32) {
    let mixed =
        tokens.iter().fold(0u64, |h, t| (h ^ u64::from(t.hash)).wrapping_mul(0x9E37_79B1_85EB_CA87).rotate_left(31));
    let mut h = mixed;
    h = (h ^ (h >> 33)).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    h = (h ^ (h >> 29)).wrapping_mul(0x1656_67B1_9E37_79F9);
    h ^= h >> 32;
    ((h >> 32) as u32, h as u32)
}

fn winnow(tokens: &[Token]) -> Vec<u32> {
    if tokens.is_empty() {
        return Vec::new();
    }
    let shingles: Vec<(u32, u32)> = tokens.windows(SHINGLE.min(tokens.len())).map(shingle).collect();
    let mut kept: Vec<(u32, u32)> = Vec::with_capacity(2 * shingles.len() / WINDOW + 2);
    let window = WINDOW.min(shingles.len());
    let mut least = 0;
    for start in 0..=shingles.len() - window {
        let arriving = start + window - 1;
        if start == 0 || least < start {
            least = (start..=arriving).min_by_key(|i| shingles[*i].0).unwrap_or(start);
        } else if shingles[arriving].0 < shingles[least].0 {
            least = arriving;
        } else {
            continue;
        }
        kept.push(shingles[least]);
    }
    kept.sort_unstable();
    kept.dedup();
    kept.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(text: &str) -> Sketch {
        Sketch::of(&Prepared::of("", text, &[]))
    }

    fn numbered(range: std::ops::Range<u32>) -> String {
        range.map(|n| format!("từ{n} ")).collect()
    }

    #[test]
    fn the_definition_is_frozen() {
        let text = "Sáng 12/5/2026, UBND phường Láng khai trương điểm hỗ trợ dịch vụ công trực tuyến tại nhà văn hóa tổ \
            dân phố số 4. Trong buổi đầu, 2.345 lượt người dân được hướng dẫn nộp hồ sơ theo Nghị định số \
            118/2025/NĐ-CP ngày 9/6/2025 của Chính phủ, đạt 94,4% kế hoạch; Thủy lợi và y tế là hai nhóm đông nhất.";
        insta::assert_snapshot!(crate::digest::hex(&sketch(text).to_bytes()), @"02acb9b5f4c32850ee217088edeff8bf548290f7d0a11087deaf43b9d23254f86c");
    }

    #[test]
    fn rows_come_back_or_are_stale() {
        let made = sketch(&numbered(0..300));
        let mut bytes = made.to_bytes();
        assert_eq!(Sketch::from_bytes(&bytes), Ok(made));
        assert_eq!(Sketch::from_bytes(&bytes[..bytes.len() - 1]), Err(Stale));
        assert_eq!(Sketch::from_bytes(&[]), Err(Stale));
        bytes[0] = VERSION + 1;
        assert_eq!(Sketch::from_bytes(&bytes), Err(Stale));
    }

    #[test]
    fn a_run_of_the_guaranteed_length_shares_a_fingerprint() {
        let run = GUARANTEE as u32;
        for from in 0..200 {
            let text = sketch(&numbered(0..400));
            let other =
                sketch(&format!("{}{}{}", numbered(1000..1100), numbered(from..from + run), numbered(2000..2100)));
            assert!(other.fingerprints.iter().any(|f| text.fingerprints.contains(f)), "run at {from}");
        }
    }

    #[test]
    fn small_texts_have_few_fingerprints_and_empty_ones_none() {
        assert!(sketch("").is_empty());
        assert_eq!(sketch("Một").fingerprints.len(), 1);
        assert_eq!(sketch("Một hai ba bốn năm sáu bảy tám").fingerprints.len(), 1);
    }
}
