//! The weights learnt from labelled articles: `data/lexicons/weights.csv`.
//!
//! A table a reviewer can read and sort: which answer, which feature (a list's amount or share, an
//! `extra:`, a word or a pair of words), which weight. `cargo run --release --example learn`
//! writes it from `tests/labelled/`.

use crate::data::Data;
use crate::error::Fault;

const FILE: &str = "lexicons/weights.csv";

/// One line of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Weight {
    /// The answer's id.
    pub answer: String,
    /// `bias`, `amount:LIST`, `share:LIST`, `extra:NAME` or `word:WORD[ WORD]`.
    pub feature: String,
    /// Added to the answer's score for each unit of the feature.
    pub weight: f64,
}

/// Whether the model has a place for it.
fn is_feature(name: &str) -> bool {
    let sort = name.split_once(':').map(|(sort, _)| sort);
    name == "bias" || sort.is_some_and(|sort| matches!(sort, "amount" | "share" | "extra" | "word"))
}

/// Reads the table; without the file there are no weights, and only the lists speak.
pub(super) fn weights(data: &Data) -> (Vec<Weight>, Vec<Fault>) {
    let (mut weights, mut faults) = (Vec::new(), Vec::new());
    for (n, line) in data.get(FILE).unwrap_or_default().lines().enumerate().skip(1) {
        let mut cells = line.splitn(3, ',');
        let read = (|| {
            let (answer, feature) = (cells.next()?.to_owned(), cells.next()?.to_owned());
            let weight = cells.next()?.trim().parse().ok().filter(|weight: &f64| weight.is_finite())?;
            is_feature(&feature).then_some(Weight { answer, feature, weight })
        })();
        match read {
            Some(weight) => weights.push(weight),
            None => faults.push(Fault {
                file: FILE.to_owned(),
                line: Some(n + 1),
                field: String::new(),
                message: "cần ba cột answer,feature,weight: feature là bias, amount:…, share:…, extra:… hoặc word:…, weight là số; chạy lại `cargo run --release --example learn`".to_owned(),
            }),
        }
    }
    (weights, faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_a_place_in_the_model_is_refused() {
        for (line, taken) in [
            ("cchc,bias,-1.5", true),
            ("cchc,word:một cửa,0.25", true),
            ("cchc,amont:tthc,0.25", false),
            ("cchc,,0.25", false),
            ("cchc,bias,nan", false),
            ("cchc,bias", false),
        ] {
            let data = Data::new([(FILE.to_owned(), format!("answer,feature,weight\n{line}\n"))].into());
            let (read, faults) = weights(&data);
            assert_eq!((read.len() == 1, faults.is_empty()), (taken, taken), "{line}: {faults:?}");
        }
    }
}
