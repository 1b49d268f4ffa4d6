//! Texts as numerous as wanted: Vietnamese-like syllables with the frequencies of a real language,
//! stock phrases and figures among them, always the same for the same seed.

/// A small generator of numbers (xorshift64*); no crate is needed for repeatable noise.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((self.next() >> 32) as usize * n) >> 32
    }

    /// True once in `n` times.
    pub(crate) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

const ONSETS: [&str; 20] =
    ["", "b", "c", "ch", "d", "đ", "g", "h", "kh", "l", "m", "n", "ng", "ph", "qu", "s", "t", "th", "tr", "v"];
const RIMES: [&str; 30] = [
    "a", "ai", "an", "ang", "anh", "ao", "ăn", "âm", "ân", "ất", "ê", "ên", "i", "iên", "iện", "inh", "ính", "o",
    "oan", "ông", "ộng", "ơ", "ời", "u", "ung", "ưu", "ương", "ượng", "uyền", "uyết",
];
/// Phrases no text about administration does without.
const STOCK: [&str; 8] = [
    "ủy ban nhân dân phường",
    "bộ phận tiếp nhận và trả kết quả",
    "cải cách thủ tục hành chính",
    "dịch vụ công trực tuyến",
    "nâng cao chất lượng phục vụ người dân và doanh nghiệp",
    "chính quyền địa phương hai cấp",
    "trung tâm phục vụ hành chính công thành phố",
    "thực hiện chuyển đổi số",
];

/// A source of texts.
pub(crate) struct Language {
    dice: Dice,
    /// Rising sums of 1/rank.
    ranks: Vec<f64>,
}

impl Language {
    pub(crate) fn new(seed: u64) -> Self {
        let sums = (1..=ONSETS.len() * RIMES.len() * 3).scan(0.0, |sum, rank| {
            *sum += 1.0 / (rank as f64 + 2.7);
            Some(*sum)
        });
        Self { dice: Dice::new(seed), ranks: sums.collect() }
    }

    pub(crate) fn dice(&mut self) -> &mut Dice {
        &mut self.dice
    }

    pub(crate) fn syllable(&mut self) -> String {
        let most = self.ranks[self.ranks.len() - 1];
        let roll = self.dice.next() as f64 / u64::MAX as f64 * most;
        let rank = self.ranks.partition_point(|sum| *sum < roll).min(self.ranks.len() - 1);
        // Spread over onsets and rimes, so that frequent syllables do not look alike.
        let mixed = rank * 7919 % self.ranks.len();
        format!("{}{}{}", ONSETS[mixed % 20], RIMES[mixed / 20 % 30], ["", "n", "ch"][mixed / 600])
    }

    /// A text of `length` words.
    pub(crate) fn words(&mut self, length: usize) -> Vec<String> {
        let mut words = Vec::with_capacity(length + 12);
        while words.len() < length {
            if self.dice.once_in(40) {
                let phrase = STOCK[self.dice.below(STOCK.len())];
                words.extend(phrase.split(' ').map(str::to_owned));
            } else if self.dice.once_in(30) {
                words.push((self.dice.below(990) + 10).to_string());
            } else {
                words.push(self.syllable());
            }
        }
        words.truncate(length);
        words
    }

    /// The same text with every word changed, left out or doubled with the chance of `percent`.
    pub(crate) fn edited(&mut self, words: &[String], percent: usize) -> Vec<String> {
        let mut out = Vec::with_capacity(words.len() + 8);
        for word in words {
            match (self.dice.below(100) < percent, self.dice.below(4)) {
                (true, 0) => {}
                (true, 1) => out.extend([word.clone(), self.syllable()]),
                (true, _) => out.push(self.syllable()),
                _ => out.push(word.clone()),
            }
        }
        out
    }
}

/// Words as paragraphs of sentences.
pub(crate) fn paragraphs(words: &[String]) -> Vec<String> {
    let sentence = |words: &[String]| {
        let text = words.join(" ");
        let first = text.chars().next().map_or(0, char::len_utf8);
        format!("{}{}.", text[..first].to_uppercase(), &text[first..])
    };
    words.chunks(60).map(|p| p.chunks(20).map(sentence).collect::<Vec<_>>().join(" ")).collect()
}
