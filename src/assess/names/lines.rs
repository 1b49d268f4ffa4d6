//! Reads short lines — author, source, signature — and the role words around a name.

use super::{Cue, Gazetteer, Mention, Role};
use crate::assess::reading::{Gap, Section, Word};

impl Gazetteer {
    /// Whether a section opens like a source line, and how many words that takes.
    pub(in crate::assess) fn source_line(&self, section: &Section) -> Option<usize> {
        (1..=3).rev().find(|len| self.cues_at(section, 0, *len).any(|c| c == Cue::Source))
    }

    /// How many words of a line are not about who took its pictures: three of "Tin: Phường Láng. Ảnh: Thu Hà",
    /// all of "Tin, ảnh: Phường Láng".
    pub(in crate::assess) fn before_pictures(&self, section: &Section) -> usize {
        let words = &section.words;
        let begins = |n: usize, len: usize| {
            let wrote = |k: usize| n >= k && self.cues_at(section, n - k, k + len).any(|c| c == Cue::Wrote);
            self.cues_at(section, n, len).any(|c| c == Cue::Pictured)
                && words.get(n + len).is_some_and(|word| word.gap == Gap::Hard)
                && !(1..=3).any(wrote)
        };
        let apart = |n: &usize| words[*n].gap != Gap::Space;
        (0..words.len()).filter(apart).find(|n| (1..=2).any(|len| begins(*n, len))).unwrap_or(words.len())
    }

    /// Whether the words before a place, as far as the last stop before them, say that a name follows who
    /// wrote, or where it is from: "Tin, ảnh:", "Nguồn:".
    pub(in crate::assess) fn is_label(&self, section: &Section, end: usize) -> bool {
        let labels = |len: usize| {
            let opens = len == end || section.words[end - len].gap != Gap::Space;
            opens && self.cues_at(section, end - len, len).any(|c| matches!(c, Cue::Wrote | Cue::Source))
        };
        (1..=4.min(end)).any(labels)
    }

    /// Whether a section opens with a sort of press: "Báo Nghệ An", "Tạp chí …".
    pub(in crate::assess) fn press_line(&self, section: &Section, from: usize) -> bool {
        (1..=5).any(|len| self.cues_at(section, from, len).any(|c| c == Cue::PressSort))
            && section.words.get(from).is_some_and(|w| w.capital || from == 0)
    }

    /// Whether a section is a signature that names nobody, such as "PV".
    pub(in crate::assess) fn nobody(&self, section: &Section) -> bool {
        let len = section.words.len();
        (1..=3).contains(&len) && self.cues_at(section, 0, len).any(|c| c == Cue::Nobody)
    }

    /// Whether a line names a ward or commune: the word, and a name behind it.
    pub(in crate::assess) fn names_a_commune(&self, section: &Section) -> bool {
        (1..section.words.len()).any(|n| {
            let named = section.words[n].capital && section.words[n].gap == Gap::Space;
            named && self.cues_at(section, n - 1, 1).any(|c| matches!(c, Cue::Phuong | Cue::Xa))
        })
    }

    /// Whether the words behind a mention say what it does.
    pub(in crate::assess) fn acts(&self, section: &Section, mention: &Mention) -> bool {
        section.words.get(mention.end).is_some_and(|w| w.gap != Gap::Hard)
            && (1..=3).any(|len| self.cues_at(section, mention.end, len).any(|c| c == Cue::HostAfter))
    }

    /// What the words around a mention say about its role.
    pub(in crate::assess) fn role(&self, section: &Section, mention: &Mention) -> Role {
        let mut role = Role::default();
        role.host |= self.acts(section, mention);
        let mut start = mention.start;
        // Look past "UBND", "Đảng ủy" and the like for the word that governs the name.
        for _ in 0..3 {
            let behind = |cue| section.words[start].gap != Gap::Hard && self.cued_within(section, start, cue);
            role.passive |= behind(Cue::PassiveBefore);
            role.host |= behind(Cue::HostBefore);
            match self.before_name(section, start) {
                Some(before) => start = before,
                None => break,
            }
        }
        role
    }

    /// The mentions of a section that others inspect, praise or blame, as the words around them say.
    pub(in crate::assess) fn judged<'m>(
        &'m self,
        section: &'m Section,
        mentions: &'m [Mention],
    ) -> impl Iterator<Item = &'m Mention> {
        let spoken = |n: usize, cue| (1..=3).any(|len| self.cues_at(section, n, len).any(|c| c == cue));
        let looked_into = (0..section.words.len()).find(|n| spoken(*n, Cue::LookedIntoBefore));
        mentions.iter().filter(move |mention| {
            let role = self.role(section, mention);
            let mut start = mention.start;
            while let Some(before) = self.before_name(section, start) {
                start = before;
            }
            self.cued_within(section, start, Cue::JudgedBefore)
                || spoken(mention.end, Cue::JudgedAfter)
                || role.passive && !role.host && looked_into.is_some_and(|at| at < start)
        })
    }

    /// Whether a line is but a mention, as a signature may be: "UBND phường Láng", with an office of it, or with
    /// a person before or behind: "Thu Hà - Văn phòng UBND phường Láng". Whoever is mentioned in a caption or a
    /// heading has signed nothing.
    pub(in crate::assess) fn closes(&self, section: &Section, mention: &Mention) -> bool {
        let mut start = mention.start;
        while let Some(before) = self.before_name(section, start) {
            start = before;
        }
        let words = &section.words;
        let is_person = |part: &[Word]| part.iter().all(|word| word.capital);
        let apart = |n: usize| words.get(n).is_none_or(|word| word.gap != Gap::Space);
        let is_office = |n: usize| {
            let office = |c| matches!(c, Cue::Office | Cue::Nobody);
            (n == 0 || apart(n))
                && is_person(&words[..n])
                && (1..=4).any(|len| self.cues_at(section, n, len).any(office))
        };
        let opens = start == 0
            || apart(start) && is_person(&words[..start])
            || (0..start).any(is_office) && !self.role(section, mention).passive;
        opens && apart(mention.end) && is_person(&words[mention.end..])
    }

    /// The word before a name that belongs to it, such as "UBND".
    fn before_name(&self, section: &Section, start: usize) -> Option<usize> {
        let before = start.checked_sub(1).filter(|n| self.cues_at(section, *n, 1).any(|c| c == Cue::BeforeName));
        before.filter(|_| section.words[start].gap != Gap::Hard)
    }

    fn cued_within(&self, section: &Section, start: usize, wanted: Cue) -> bool {
        (1..=3)
            .any(|len| start.checked_sub(len).is_some_and(|from| self.cues_at(section, from, len).any(|c| c == wanted)))
    }

    /// The unit a line means in spite of slips: marks left out or wrong, one letter amiss. A name
    /// that goes on, or that is a commune elsewhere as it stands, is no slip.
    pub(in crate::assess) fn nearly(&self, section: &Section) -> Option<usize> {
        let folded = crate::text::fold(&section.text);
        let words: Vec<&str> = crate::text::words(&folded).collect();
        let mut best: Option<(usize, usize)> = None;
        for (wanted, unit) in &self.spellings {
            for (start, window) in words.windows(wanted.len().max(1)).enumerate() {
                let amiss = slips(window, wanted);
                let better = amiss <= 1 && best.is_none_or(|(least, _)| amiss < least);
                let other = || self.goes_on(section, start + window.len()) || self.abroad.contains(&window.join(" "));
                if better && (amiss == 0 || window.len() > 1) && !other() {
                    best = Some((amiss, *unit));
                }
            }
        }
        best.map(|(_, unit)| unit)
    }
}

/// Letters amiss between two names of as many words; 2 stands for "too many".
fn slips(written: &[&str], wanted: &[String]) -> usize {
    let mut slips = 0;
    for (a, b) in written.iter().zip(wanted) {
        slips += distance(a, b);
        if slips > 1 {
            return 2;
        }
    }
    slips
}

/// Letters to add, drop or change, with two neighbours swapped as one; 2 stands for "too many".
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a == b {
        return 0;
    }
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same..], &b[same..]);
    let one = match (a, b) {
        ([_, rest @ ..], b) if rest == b => true,
        (a, [_, rest @ ..]) if rest == a => true,
        ([_, x @ ..], [_, y @ ..]) if x == y => true,
        ([p, q, x @ ..], [r, s, y @ ..]) if p == s && q == r && x == y => true,
        _ => false,
    };
    if one { 1 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_forgiven_in_a_line() {
        assert_eq!(
            [distance("phuong", "phuong"), distance("phuogn", "phuong"), distance("dinh", "dih"), distance("a", "xyz")],
            [0, 1, 1, 2]
        );
    }
}
