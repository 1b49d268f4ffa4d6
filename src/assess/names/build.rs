//! Makes the gazetteer ready: every name of the registry in its usual spellings, and the cue words.

use super::{Cue, Gazetteer, Name};
use crate::assess::reading::Vocabulary;
use crate::lexicon::UnitWords;
use crate::registry::{Registry, Sort, Unit};
use std::collections::BTreeMap;

/// Names with fewer letters would be met by chance where slips are forgiven.
const LEAST_LETTERS: usize = 7;

impl Gazetteer {
    pub(in crate::assess) fn new(registry: &Registry, words: &UnitWords, vocabulary: &mut Vocabulary) -> Self {
        let mut gazetteer = Self::default();
        for (n, unit) in registry.units().iter().enumerate() {
            gazetteer.sorts.push(unit.sort);
            if !unit.of_the_city() {
                continue;
            }
            gazetteer.add_unit(n, unit, words, vocabulary);
            for district in &unit.former_districts {
                gazetteer.add(without(&words.district, district), Name::District, vocabulary);
            }
        }
        let elsewhere = registry.elsewhere();
        elsewhere.province_names.iter().for_each(|p| gazetteer.add(p, Name::Province, vocabulary));
        elsewhere.central.iter().for_each(|p| gazetteer.add(p, Name::Central, vocabulary));
        elsewhere.press.iter().for_each(|p| gazetteer.add(p, Name::Press, vocabulary));
        gazetteer.add_homonyms(registry);
        gazetteer.add_cues(words, vocabulary);
        gazetteer
    }

    fn add_unit(&mut self, n: usize, unit: &Unit, words: &UnitWords, vocabulary: &mut Vocabulary) {
        if unit.sort == Sort::Agency {
            for name in std::iter::once(&unit.name).chain(&unit.aliases).chain(&unit.offices) {
                spellings(name, words).iter().for_each(|name| self.add(name, Name::Agency(n), vocabulary));
            }
            for old in &unit.predecessors {
                spellings(&old.name, words).iter().for_each(|name| self.add(name, Name::Predecessor(n), vocabulary));
            }
        } else {
            self.add(&unit.name, Name::Commune(n), vocabulary);
        }
        for alias in unit.aliases.iter().chain([&unit.full_name()]) {
            let folded = crate::text::fold(alias);
            if folded.len() >= LEAST_LETTERS {
                self.spellings.push((crate::text::words(&folded).map(str::to_owned).collect(), n));
            }
        }
    }

    fn add(&mut self, phrase: &str, name: Name, vocabulary: &mut Vocabulary) {
        let value = u32::try_from(self.names.len()).expect("a few thousand names");
        self.names.push(name);
        self.phrases.insert(vocabulary, phrase, value);
    }

    fn add_homonyms(&mut self, registry: &Registry) {
        let key = |word: &str, name: &str| format!("{} {}", word.to_lowercase(), crate::text::normal(name));
        let mut elsewhere: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for province in &registry.elsewhere().provinces {
            for (word, name) in &province.communes {
                elsewhere.entry(key(word, name)).or_default().push(crate::text::normal(&province.name));
                self.abroad.insert(crate::text::fold(&format!("{word} {name}")));
            }
        }
        for (n, unit) in registry.units().iter().enumerate().filter(|(_, u)| u.of_the_city()) {
            // What the city has too is a slip of the city's first.
            self.abroad.remove(&crate::text::fold(&unit.full_name()));
            if let Some(provinces) = elsewhere.get(&key(unit.sort.word(), &unit.name)) {
                self.homonyms.insert(n, provinces.clone());
            }
        }
    }

    fn add_cues(&mut self, words: &UnitWords, vocabulary: &mut Vocabulary) {
        for (list, cue) in [
            (&words.phuong, Cue::Phuong),
            (&words.xa, Cue::Xa),
            (&words.district, Cue::District),
            (&words.province, Cue::OfProvince),
            (&words.city, Cue::OfCity),
            (&words.own_city, Cue::OwnCity),
            (&words.and, Cue::And),
            (&words.or, Cue::Or),
            (&words.before_name, Cue::BeforeName),
            (&words.place, Cue::Place),
            (&words.press, Cue::PressSort),
            (&words.source, Cue::Source),
            (&words.wrote, Cue::Wrote),
            (&words.pictured, Cue::Pictured),
            (&words.office, Cue::Office),
            (&words.nobody, Cue::Nobody),
            (&words.host_before, Cue::HostBefore),
            (&words.passive_before, Cue::PassiveBefore),
            (&words.host_after, Cue::HostAfter),
            (&words.looked_into_before, Cue::LookedIntoBefore),
            (&words.judged_before, Cue::JudgedBefore),
            (&words.judged_after, Cue::JudgedAfter),
        ] {
            for word in list {
                let value = u32::try_from(self.cue_values.len()).expect("a few hundred cue words");
                self.cue_values.push(cue);
                self.cues.insert(vocabulary, word, value);
                // Cue words of one syllable are needed in texts without marks too.
                self.cues.insert_bare(vocabulary, word, value);
            }
        }
    }
}

/// A name without the word before it: `Ba Đình` of `Quận Ba Đình`.
fn without<'n>(before: &[String], name: &'n str) -> &'n str {
    let rest = before.iter().find_map(|word| {
        let (head, rest) = name.split_at_checked(word.len())?;
        rest.strip_prefix(' ').filter(|_| head.to_lowercase() == *word)
    });
    rest.unwrap_or(name)
}

/// A name with its usual variants: `&` or "và", and the city's name in full, short or left out.
fn spellings(name: &str, words: &UnitWords) -> Vec<String> {
    let mut all = vec![name.to_owned()];
    for end in &words.agency_end {
        if let Some(base) = name.strip_suffix(end.as_str()) {
            all.extend(words.agency_end_also.iter().map(|city| format!("{base}{city}")));
        }
    }
    for and in words.and.iter().map(|word| format!(" {word} ")) {
        for n in 0..all.len() {
            if all[n].contains('&') {
                all.push(all[n].replace('&', &and));
            }
            if all[n].contains(&and) {
                all.push(all[n].replace(&and, " "));
            }
        }
    }
    all
}
