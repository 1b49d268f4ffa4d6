//! Stretches of a text taken over in one piece from an earlier one.
//!
//! A text merged from parts of several has too little of each to be called a copy of any; but what
//! was lifted in one piece, several sentences long, is old wherever it came from. What many
//! different texts hold in one piece is a formula of offices, and nobody's.

use super::align::Alignment;
use super::prepare::Prepared;

/// So many tokens in a row are no turn of phrase: some forty words, two or three sentences.
const LONG: usize = 60;
/// A light hand may drop or change so many words in a row and leave the passage one piece.
const EDITED: usize = 6;
/// Less than this of a token's weight is a new figure in old words, and no passage.
const TAKEN: f32 = 0.5;
/// A passage in more texts than this is a formula: an item stands on the city page, on the unit's
/// portal and on the general one.
const COPIES: usize = 3;
/// Texts that differ in length by no more than one in so many are taken for copies of one: an item that
/// thirty portals carry is no formula.
const SAME_LENGTH: usize = 20;

/// By token of the new text, whether it lies in a passage.
pub(super) fn of(new: &Prepared, alignment: &Alignment) -> Vec<bool> {
    let mut passages = vec![false; new.len()];
    let taken = |at: usize| {
        let whole = new.tokens()[at].kind.weight();
        alignment.partner[at].filter(|_| alignment.credit[at] >= TAKEN * whole)
    };
    let mut last: Option<(usize, usize)> = None;
    for at in 0..new.len() {
        let Some(old) = taken(at).map(|old| old as usize) else { continue };
        if let Some((before, old_before)) = last
            && at - before <= EDITED
            && old > old_before
            && old - old_before <= EDITED
        {
            passages[before..at].fill(true);
        }
        passages[at] = true;
        last = Some((at, old));
    }
    leave_long(&mut passages);
    passages
}

/// Leaves out what is too short for a passage.
pub(super) fn leave_long(passages: &mut [bool]) {
    for run in passages.chunk_by_mut(|a, b| a == b).filter(|run| run[0] && run.len() < LONG) {
        run.fill(false);
    }
}

/// By token of the new text, whether its passages are a formula: the earlier texts are given by
/// their lengths and passages.
pub(super) fn stock<'a>(tokens: usize, texts: impl Iterator<Item = (usize, &'a [bool])>) -> Vec<bool> {
    let mut texts: Vec<(usize, &[bool])> = texts.filter(|(_, passages)| passages.contains(&true)).collect();
    texts.sort_by_key(|(len, _)| *len);
    let different = |at: usize| {
        let (mut number, mut copied) = (0, 0);
        for (len, _) in texts.iter().filter(|(_, passages)| passages[at]) {
            if number == 0 || len - copied > copied / SAME_LENGTH {
                (number, copied) = (number + 1, *len);
            }
        }
        number
    };
    (0..tokens).map(|at| texts.len() > COPIES && different(at) > COPIES).collect()
}
