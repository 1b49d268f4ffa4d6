//! Finds many phrases in a sequence of words in one walk.
//!
//! A tree over word numbers rather than an automaton over bytes: word borders come for free, and
//! a text is walked once for any number of phrases.

use super::reading::{Gap, Section, UNKNOWN, Vocabulary, Word};

/// Phrases with a value each, in two spellings: as written, and without marks.
#[derive(Debug, Clone, Default)]
pub(super) struct Phrases {
    marked: Tree,
    bare: Tree,
}

/// One place where a phrase stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    /// First word.
    pub start: usize,
    /// How many words.
    pub len: usize,
    /// The phrase's value.
    pub value: u32,
}

impl Phrases {
    /// Adds a phrase. Without marks a single short word would mean too many things, so only
    /// longer phrases are looked for in texts without marks.
    pub(super) fn insert(&mut self, vocabulary: &mut Vocabulary, phrase: &str, value: u32) {
        let (marked, bare) = vocabulary.phrase(phrase);
        self.marked.insert(&marked, value);
        if bare.len() > 1 {
            self.bare.insert(&bare, value);
        }
    }

    /// Calls `found` for every phrase in a section, overlapping ones too.
    pub(super) fn each(&self, section: &Section, found: impl FnMut(Hit)) {
        self.tree(section).each(&section.words, found);
    }

    fn tree(&self, section: &Section) -> &Tree {
        if section.bare { &self.bare } else { &self.marked }
    }

    /// Every phrase that begins at one word of a section.
    pub(super) fn at(&self, section: &Section, start: usize) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.tree(section).at(&section.words, start, &mut |hit| hits.push(hit));
        hits
    }

    /// All phrases in a section, the longest at each place only, none inside another.
    pub(super) fn longest(&self, section: &Section) -> Vec<Hit> {
        let tree = self.tree(section);
        let (mut kept, mut start) = (Vec::new(), 0);
        while start < section.words.len() {
            let from = kept.len();
            tree.at(&section.words, start, &mut |hit: Hit| {
                // Two values of one phrase stand at the same place with the same length.
                if kept.get(from).is_some_and(|shorter: &Hit| shorter.len < hit.len) {
                    kept.truncate(from);
                }
                kept.push(hit);
            });
            kept[from..].sort_unstable_by_key(|hit| hit.value);
            start += kept.get(from).map_or(1, |hit| hit.len);
        }
        kept
    }

    /// Adds a phrase to what is looked for in texts without marks, however short it is.
    pub(super) fn insert_bare(&mut self, vocabulary: &mut Vocabulary, phrase: &str, value: u32) {
        let (_, bare) = vocabulary.phrase(phrase);
        self.bare.insert(&bare, value);
    }

    /// The values of the phrase that is exactly these words.
    pub(super) fn exactly(&self, ids: &[u32], bare: bool) -> &[u32] {
        if bare { self.bare.ends(ids) } else { self.marked.ends(ids) }
    }
}

#[derive(Debug, Clone, Default)]
struct Tree {
    /// First word → node; most words begin no phrase.
    first: Vec<u32>,
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Default)]
struct Node {
    next: Vec<(u32, u32)>,
    ends: Vec<u32>,
}

const NOWHERE: u32 = u32::MAX;

impl Tree {
    fn insert(&mut self, ids: &[u32], value: u32) {
        let Some((head, tail)) = ids.split_first() else { return };
        let head = *head as usize;
        if self.first.len() <= head {
            self.first.resize(head + 1, NOWHERE);
        }
        if self.first[head] == NOWHERE {
            self.first[head] = self.add();
        }
        let mut node = self.first[head];
        for id in tail {
            let next = &self.nodes[node as usize].next;
            node = match next.binary_search_by_key(id, |(word, _)| *word) {
                Ok(at) => next[at].1,
                Err(at) => {
                    let new = self.add();
                    self.nodes[node as usize].next.insert(at, (*id, new));
                    new
                }
            };
        }
        let ends = &mut self.nodes[node as usize].ends;
        if !ends.contains(&value) {
            ends.push(value);
        }
    }

    fn add(&mut self) -> u32 {
        self.nodes.push(Node::default());
        u32::try_from(self.nodes.len() - 1).expect("word lists are far smaller than four billion nodes")
    }

    fn step(&self, node: u32, id: u32) -> Option<u32> {
        let next = &self.nodes[node as usize].next;
        next.binary_search_by_key(&id, |(word, _)| *word).ok().map(|at| next[at].1)
    }

    fn root(&self, id: u32) -> Option<u32> {
        self.first.get(id as usize).copied().filter(|n| *n != NOWHERE)
    }

    fn ends(&self, ids: &[u32]) -> &[u32] {
        let Some((head, tail)) = ids.split_first() else { return &[] };
        let found = tail.iter().try_fold(self.root(*head), |node, id| Some(self.step(node?, *id)));
        found.flatten().map_or(&[], |node| &self.nodes[node as usize].ends)
    }

    fn each(&self, words: &[Word], mut found: impl FnMut(Hit)) {
        (0..words.len()).for_each(|start| self.at(words, start, &mut found));
    }

    fn at(&self, words: &[Word], start: usize, found: &mut impl FnMut(Hit)) {
        let Some(mut node) = self.root(words[start].id) else { return };
        let mut len = 1;
        loop {
            for value in &self.nodes[node as usize].ends {
                found(Hit { start, len, value: *value });
            }
            let next = words.get(start + len).filter(|w| w.gap != Gap::Hard && w.id != UNKNOWN);
            match next.and_then(|w| self.step(node, w.id)) {
                Some(on) => (node, len) = (on, len + 1),
                None => break,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Article;
    use crate::assess::reading::Reading;

    #[test]
    fn what_begins_at_a_word_is_what_a_walk_finds_there() {
        let (mut vocabulary, mut phrases) = (Vocabulary::default(), Phrases::default());
        for (value, phrase) in (0..).zip(["Sở", "Sở Nội vụ", "Nội vụ", "vụ"]) {
            phrases.insert(&mut vocabulary, phrase, value);
        }
        let article = Article { title: "Sở Nội vụ và Sở. Nội vụ".to_owned(), ..Article::default() };
        let reading = Reading::new(&article, &vocabulary);
        let section = reading.title();
        let mut all = Vec::new();
        phrases.each(section, |hit| all.push(hit));
        let each: Vec<Hit> = (0..section.words.len()).flat_map(|start| phrases.at(section, start)).collect();
        assert_eq!((all.len(), each), (7, all));
    }
}
