//! Which version of every data file was in force when, so that a past night can be audited with
//! the rules of that night.

use super::{Entry, Hand, Record, kind};
use crate::data::Data;
use crate::error::{Error, Result};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an `inputs` entry says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Inputs {
    /// Path → SHA-256 under `inputs/`.
    files: BTreeMap<String, String>,
    /// Name and version of the program.
    program: String,
}

impl Record {
    /// Keeps the data files in use, and notes them where they differ from those noted last.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn keep_inputs(&self, hand: &Hand, data: &Data, program: &str) -> Result<()> {
        let mut files = BTreeMap::new();
        for (path, text) in data.under("") {
            files.insert(path.to_owned(), self.inputs.keep(text.as_bytes())?);
        }
        let inputs = Inputs { files, program: program.to_owned() };
        self.journal.append_checked(hand, |entries, _| {
            let is_new = latest(entries, None)?.as_ref() != Some(&inputs);
            let data = || serde_json::to_value(&inputs).expect("paths and hashes are plain JSON");
            Ok(is_new.then(|| (kind::INPUTS, data())).into_iter().collect())
        })?;
        Ok(())
    }

    /// The data files in force at a moment: those noted last until then, else the first ever
    /// noted; `None` if none were.
    ///
    /// # Errors
    /// The journal or one of the files cannot be read.
    pub fn inputs_at(&self, moment: Time) -> Result<Option<Data>> {
        let entries = self.journal.entries()?;
        let noted = match latest(&entries, Some(moment))? {
            Some(noted) => noted,
            None => match entries.iter().find(|e| e.kind == kind::INPUTS) {
                Some(first) => read(first)?,
                None => return Ok(None),
            },
        };
        let mut files = BTreeMap::new();
        for (path, hash) in noted.files {
            let text = String::from_utf8(self.inputs.read(&hash)?)
                .map_err(|_| Error::Failed(format!("inputs/{hash}: không phải UTF-8")))?;
            files.insert(path, text);
        }
        Ok(Some(Data::new(files)))
    }
}

fn latest(entries: &[Entry], until: Option<Time>) -> Result<Option<Inputs>> {
    let in_time = |entry: &&Entry| entry.kind == kind::INPUTS && until.is_none_or(|until| entry.at <= until);
    entries.iter().rev().find(in_time).map(read).transpose()
}

fn read(entry: &Entry) -> Result<Inputs> {
    serde_json::from_value(entry.data.clone()).map_err(|e| super::views::unreadable(entry, &e))
}
