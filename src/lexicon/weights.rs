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

/// Reads the table; without the file there are no weights, and only the lists speak.
pub(super) fn weights(data: &Data) -> (Vec<Weight>, Vec<Fault>) {
    let (mut weights, mut faults) = (Vec::new(), Vec::new());
    for (n, line) in data.get(FILE).unwrap_or_default().lines().enumerate().skip(1) {
        let mut cells = line.splitn(3, ',');
        let read = (|| {
            let (answer, feature) = (cells.next()?.to_owned(), cells.next()?.to_owned());
            Some(Weight { answer, feature, weight: cells.next()?.trim().parse().ok()? })
        })();
        match read {
            Some(weight) => weights.push(weight),
            None => faults.push(Fault {
                file: FILE.to_owned(),
                line: Some(n + 1),
                field: String::new(),
                message: "cần ba cột answer,feature,weight; chạy lại `cargo run --release --example learn`".to_owned(),
            }),
        }
    }
    (weights, faults)
}
