//! Clause numbers in the order of the document: `Điều 1`, `II.1.đ`, `IV.1.h (lần đầu)`, `PL 4`.
//!
//! A citation may name several, `IV.1.d; PL 4`; only single numbers have an order.

use std::cmp::Ordering;
use std::fmt;

/// One clause number, ordered as the document is printed: preamble, body, appendix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseId {
    text: String,
    key: Vec<u32>,
}

/// Vietnamese legal drafting letters points so: no f, j, w or z; `f` is tolerated because one of
/// the documents uses it.
const LETTERS: &str = "abcdđefghiklmnopqrstuvxy";

impl ClauseId {
    /// The clause numbers of a citation; `None` if one of them cannot be read.
    #[must_use]
    pub fn all(citation: &str) -> Option<Vec<Self>> {
        citation.split(';').map(|part| Self::read(part.trim())).collect()
    }

    fn read(text: &str) -> Option<Self> {
        // The same number printed twice is told apart in words: (lần đầu), (lần hai).
        let (number, nth) = match text.split_once(" (") {
            Some((number, "lần đầu)")) => (number, 1),
            Some((number, "lần hai)")) => (number, 2),
            Some(_) => return None,
            None => (text, 0),
        };
        let mut key = if let Some(article) = number.strip_prefix("Điều ") {
            vec![0, article.parse().ok()?]
        } else if let Some(row) = number.strip_prefix("PL ") {
            vec![100, row.parse().ok()?]
        } else if number == "Kết" {
            vec![99]
        } else {
            let mut parts = number.split('.');
            let mut key = vec![roman(parts.next()?)?];
            for part in parts {
                key.push(point(part)?);
            }
            key
        };
        key.push(nth);
        Some(Self { text: text.to_owned(), key })
    }

    /// The number as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

fn roman(text: &str) -> Option<u32> {
    const NUMBERS: [&str; 10] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"];
    (1..).zip(NUMBERS).find(|(_, name)| *name == text).map(|(n, _)| n)
}

/// A number or a letter.
fn point(text: &str) -> Option<u32> {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(c), None) if !c.is_ascii_digit() => {
            LETTERS.chars().position(|l| l == c).and_then(|n| u32::try_from(n + 1).ok())
        }
        _ => text.parse().ok(),
    }
}

impl Ord for ClauseId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key).then_with(|| self.text.cmp(&other.text))
    }
}

impl PartialOrd for ClauseId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for ClauseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_the_document() {
        let printed = "Điều 2; I.1.a; II.1.d; II.1.đ; II.1.e; II.1.g; II.2; IV.1.h (lần đầu); IV.1.h (lần hai); IV.2; \
                       IV.10; V.3 (lần đầu); V.3 (lần hai); V.4; Kết; PL 2; PL 10";
        let clauses = ClauseId::all(printed).unwrap();
        let mut sorted = clauses.clone();
        sorted.reverse();
        sorted.sort();
        assert_eq!(sorted, clauses);
    }

    #[test]
    fn what_is_no_clause_is_refused() {
        for text in ["", "4", "PL", "PL x", "IV.", "IV.1.ab", "IV.1.h (first)", "mục IV"] {
            assert!(ClauseId::all(text).is_none(), "{text}");
        }
    }
}
