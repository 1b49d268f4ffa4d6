//! Which earlier texts may share something with a new one, at any size of the memory.
//!
//! Postings from fingerprint to text in open-addressing tables, one for each of the highest eight
//! bits, so that growing moves a small part at a time. A fingerprint that [`FULL`] texts have
//! already says nothing more and takes no more entries: a query costs the same in a memory of ten
//! thousand texts and of a million. Texts that are equal share one entry, so no number of copies
//! pushes the first one out. Nothing is ever removed.

use super::sketch::Sketch;
use crate::article::ArticleId;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// One text of one article: its first, or a revision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextId {
    /// Whose.
    pub article: ArticleId,
    /// 0 for the first text, then the revisions in order.
    pub version: u16,
}

/// An earlier text that may share something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// Which.
    pub text: &'a TextId,
    /// How many fingerprints it shares.
    pub shared: u16,
}

/// Texts one fingerprint may lead to.
const FULL: usize = 32;
/// How many of the smallest fingerprints are looked up for resemblance.
const PROBES: usize = 8;
/// How many of them must be shared: with a resemblance of 0.8 each is, eight times in nine.
const HITS: usize = 3;
const SHARDS: usize = 256;

/// The memory of signatures. Build it from stored rows with [`Index::add`], in any order.
#[derive(Debug, Default)]
pub struct Index {
    shards: Vec<Shard>,
    texts: Vec<Entry>,
    same: HashMap<u64, u32, BuildHasherDefault<AsIs>>,
}

#[derive(Debug)]
struct Entry {
    id: TextId,
    /// The next text equal to this one, plus one.
    next: u32,
}

impl Index {
    /// An empty memory.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The memory of stored signatures ([`Sketch::to_bytes`]), in any order, and the texts whose
    /// signature is of another version or damaged: make those anew and [`Index::add`] them.
    pub fn of_rows(rows: impl IntoIterator<Item = (TextId, impl AsRef<[u8]>)>) -> (Self, Vec<TextId>) {
        let (mut index, mut stale) = (Self::new(), Vec::new());
        for (id, row) in rows {
            match Sketch::from_bytes(row.as_ref()) {
                Ok(sketch) => index.add(id, &sketch),
                Err(_) => stale.push(id),
            }
        }
        (index, stale)
    }

    /// How many texts it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Holds nothing yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// How much memory it takes, in bytes, the names of the texts included.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let slots: usize = self.shards.iter().map(|s| s.slots.capacity()).sum();
        let names: usize = self.texts.iter().map(|t| t.id.article.0.capacity()).sum();
        // A map keeps a byte beside each entry, and one entry in eight free.
        let families = self.same.capacity() * 17 * 8 / 7;
        slots * size_of::<u64>() + self.texts.capacity() * size_of::<Entry>() + names + families
    }

    /// Adds a text. The caller adds each once; a text without fingerprints is left out.
    pub fn add(&mut self, id: TextId, sketch: &Sketch) {
        let Ok(number) = u32::try_from(self.texts.len()) else { return };
        if sketch.is_empty() || number == u32::MAX {
            return;
        }
        self.shards.resize_with(SHARDS, Shard::default);
        let first = *self.same.entry(sketch.digest).or_insert(number);
        let fingerprints = sketch.fingerprints.len();
        self.texts.push(Entry { id, next: 0 });
        if first == number {
            for f in &sketch.fingerprints {
                self.shards[shard_of(*f)].insert(*f, Hit::new(number, fingerprints));
            }
        } else {
            // Right behind the first: nobody asks for their order.
            let head = std::mem::replace(&mut self.texts[first as usize].next, number + 1);
            self.texts[number as usize].next = head;
        }
    }

    /// Texts that resemble this one, 0.8 or more of the shingles of both together in common; a few
    /// others may be among them. A handful of look-ups.
    #[must_use]
    pub fn similar(&self, sketch: &Sketch) -> Vec<&TextId> {
        let mut hits = Vec::with_capacity(PROBES * 2);
        let mut probes = 0;
        // A fingerprint that leads everywhere says nothing; another one is asked in its place.
        for f in sketch.fingerprints.iter().take(2 * PROBES) {
            probes += usize::from(self.look_up(*f, &mut hits) < FULL);
            if probes == PROBES {
                break;
            }
        }
        let needed = HITS.min(sketch.fingerprints.len().div_ceil(2));
        let mut found = Vec::new();
        tally(hits, |hit, shared| {
            if shared >= needed {
                self.each_equal(hit.text(), |id| found.push(id));
            }
        });
        found
    }

    /// Texts that may hold a part of this one, or be held by it, those with most in common first.
    #[must_use]
    pub fn candidates(&self, sketch: &Sketch) -> Vec<Candidate<'_>> {
        let (mut hits, mut stock, mut list) = (Vec::with_capacity(64), Vec::new(), Vec::with_capacity(FULL));
        for f in &sketch.fingerprints {
            self.look_up(*f, &mut list);
            let to = if list.len() == FULL { &mut stock } else { &mut hits };
            to.append(&mut list);
        }
        let own = sketch.fingerprints.len();
        // Fingerprints that lead everywhere are stock phrases, unless much of the text is made of them.
        if stock.len() * 4 >= own * FULL {
            hits.append(&mut stock);
        }
        let mut found = Vec::new();
        tally(hits, |hit, shared| {
            if is_worth_comparing(shared, own.min(hit.fingerprints()), own) {
                let shared = u16::try_from(shared).unwrap_or(u16::MAX);
                self.each_equal(hit.text(), |text| found.push(Candidate { text, shared }));
            }
        });
        found.sort_by_key(|c| std::cmp::Reverse(c.shared));
        found
    }

    fn look_up(&self, fingerprint: u32, hits: &mut Vec<Hit>) -> usize {
        self.shards.get(shard_of(fingerprint)).map_or(0, |s| s.look_up(fingerprint, hits))
    }

    fn each_equal<'a>(&'a self, first: u32, mut each: impl FnMut(&'a TextId)) {
        let mut at = first as usize;
        loop {
            each(&self.texts[at].id);
            match self.texts[at].next {
                0 => break,
                next => at = next as usize - 1,
            }
        }
    }
}

/// One fingerprint in common is a stock phrase more often than not; two are worth a look, unless
/// the text is so short that it has hardly more.
fn is_worth_comparing(shared: usize, smaller: usize, own: usize) -> bool {
    shared >= 2 && (shared * 16 >= own || shared * 4 >= smaller) || smaller < 8 && shared >= 1
}

fn shard_of(fingerprint: u32) -> usize {
    (fingerprint >> 24) as usize
}

/// Counts how often each text was hit.
fn tally(mut hits: Vec<Hit>, mut each: impl FnMut(Hit, usize)) {
    hits.sort_unstable();
    hits.chunk_by(|a, b| a == b).for_each(|same| each(same[0], same.len()));
}

/// A text under a fingerprint, and how many fingerprints it has, so that a query need not ask the
/// text itself: the number in eight bits, more being as good as 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Hit(u64);

impl Hit {
    fn new(text: u32, fingerprints: usize) -> Self {
        Self((u64::from(text) + 1) << 8 | fingerprints.min(255) as u64)
    }

    fn text(self) -> u32 {
        ((self.0 >> 8) - 1) as u32
    }

    fn fingerprints(self) -> usize {
        (self.0 & 0xFF) as usize
    }
}

/// What a fingerprint is called inside its table.
fn name_of(fingerprint: u32) -> u64 {
    u64::from(fingerprint & 0x00FF_FFFF)
}

/// One open-addressing table with linear probing. An entry is the lower 24 bits of a fingerprint
/// (the upper eight chose the table) above the 40 bits of a hit; 0 is an empty place.
#[derive(Debug, Default)]
struct Shard {
    slots: Vec<u64>,
    used: usize,
}

const HIT_BITS: u32 = 40;

impl Shard {
    fn insert(&mut self, fingerprint: u32, hit: Hit) {
        if self.used * 5 >= self.slots.len() * 4 {
            self.grow();
        }
        let name = name_of(fingerprint);
        let mut have = 0;
        let mut at = self.home(name);
        while self.slots[at] != 0 {
            have += usize::from(self.slots[at] >> HIT_BITS == name);
            if have == FULL {
                return;
            }
            at = self.after(at);
        }
        self.slots[at] = name << HIT_BITS | hit.0;
        self.used += 1;
    }

    fn look_up(&self, fingerprint: u32, hits: &mut Vec<Hit>) -> usize {
        if self.slots.is_empty() {
            return 0;
        }
        let before = hits.len();
        let name = name_of(fingerprint);
        let mut at = self.home(name);
        while self.slots[at] != 0 {
            if self.slots[at] >> HIT_BITS == name {
                hits.push(Hit(self.slots[at] & ((1 << HIT_BITS) - 1)));
            }
            at = self.after(at);
        }
        hits.len() - before
    }

    /// Half as large again, so that little stands empty.
    fn grow(&mut self) {
        let larger = (self.slots.len() * 3 / 2).max(16);
        let old = std::mem::replace(&mut self.slots, vec![0; larger]);
        for slot in old.into_iter().filter(|s| *s != 0) {
            let mut at = self.home(slot >> HIT_BITS);
            while self.slots[at] != 0 {
                at = self.after(at);
            }
            self.slots[at] = slot;
        }
    }

    fn home(&self, name: u64) -> usize {
        ((name * self.slots.len() as u64) >> 24) as usize
    }

    fn after(&self, at: usize) -> usize {
        if at + 1 == self.slots.len() { 0 } else { at + 1 }
    }
}

/// A digest is a hash already.
#[derive(Debug, Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|b| self.0 = self.0.rotate_left(8) ^ u64::from(*b));
    }
    fn write_u64(&mut self, digest: u64) {
        self.0 = digest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::novelty::Prepared;

    fn id(name: &str, version: u16) -> TextId {
        TextId { article: ArticleId(name.to_owned()), version }
    }

    fn sketch(range: std::ops::Range<u32>) -> Sketch {
        let text: String = range.map(|n| format!("từ{n} ")).collect();
        Sketch::of(&Prepared::of("", &text, &[]))
    }

    fn names(index: &Index, sketch: &Sketch) -> Vec<String> {
        index.candidates(sketch).iter().map(|c| format!("{}.{}", c.text.article, c.text.version)).collect()
    }

    #[test]
    fn a_memory_is_built_from_rows_and_old_rows_are_told() {
        let mut old = sketch(0..100).to_bytes();
        old[0] += 1;
        let rows =
            [(id("a", 0), sketch(0..200).to_bytes()), (id("b", 0), old), (id("a", 1), sketch(500..700).to_bytes())];
        let (index, stale) = Index::of_rows(rows);
        assert_eq!((index.len(), stale), (2, vec![id("b", 0)]));
        assert_eq!(names(&index, &sketch(0..200)), ["a.0"]);
        assert_eq!(names(&index, &sketch(500..700)), ["a.1"]);
    }

    #[test]
    fn a_short_text_is_found_inside_a_long_one_and_the_other_way_round() {
        let mut index = Index::new();
        index.add(id("long", 0), &sketch(0..2_000));
        index.add(id("short", 0), &sketch(5_000..5_030));
        assert_eq!(names(&index, &sketch(700..760)), ["long.0"]);
        assert_eq!(names(&index, &sketch(4_900..6_000)), ["short.0"]);
        assert_eq!(names(&index, &sketch(9_000..9_400)), Vec::<String>::new());
    }

    #[test]
    fn equal_texts_stand_together_and_nothing_is_pushed_out() {
        let mut index = Index::new();
        for copy in 0..100 {
            index.add(id(&copy.to_string(), 0), &sketch(0..300));
            index.add(id(&format!("begun {copy}"), 0), &sketch(0..200 + copy));
        }
        let found = names(&index, &sketch(0..300));
        assert!((0..100).all(|copy| found.contains(&format!("{copy}.0"))));
        assert!(index.similar(&sketch(0..300)).iter().any(|t| t.article.0 == "0"));
        assert!(index.bytes() > 0);
    }

    #[test]
    fn nothing_is_found_for_nothing() {
        let mut index = Index::new();
        assert!(index.is_empty() && names(&index, &sketch(0..100)).is_empty());
        index.add(id("empty", 0), &Sketch::default());
        assert!(index.is_empty() && index.similar(&Sketch::default()).is_empty());
    }
}
