//! The rule files under `data/`, as one plain value: path → text.
//!
//! Where they come from (`--data`, `./data`, the copy inside the program, or the `inputs/` of a
//! past night) is the caller's affair; the rules only ever see this value, and its hashes are
//! what a report names.

use std::collections::BTreeMap;

/// All rule files, by path relative to the data folder with `/` between, such as
/// `plans/ha-noi-2026.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Data {
    files: BTreeMap<String, String>,
}

impl Data {
    /// Wraps the files of a folder.
    #[must_use]
    pub fn new(files: BTreeMap<String, String>) -> Self {
        Self { files }
    }

    /// The copy that was built into the program.
    #[must_use]
    pub fn built_in() -> Self {
        #[derive(rust_embed::Embed)]
        #[folder = "data/"]
        struct Embedded;
        let read = |path: String| {
            let file = Embedded::get(&path)?;
            Some((path, String::from_utf8(file.data.into_owned()).ok()?))
        };
        let paths = <Embedded as rust_embed::RustEmbed>::iter();
        Self::new(paths.filter_map(|path| read(path.into_owned())).collect())
    }

    /// One file's text.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// The files below a folder, in order of path, such as `plans/`.
    pub fn under<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files
            .range(folder.to_owned()..)
            .take_while(move |(path, _)| path.starts_with(folder))
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }
}
