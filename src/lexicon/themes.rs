//! What the themes of coverage duties speak of: `data/lexicons/themes.toml`.

use super::lists::{Answer, Asked};
use crate::data::Data;
use crate::error::Fault;
use crate::fields::{Fields, Source};

const FILE: &str = "lexicons/themes.toml";

/// One theme, under the id that a plan gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Such as `d1` or `a21-dd`.
    pub id: String,
    /// Topic areas that make an item carry it.
    pub topics: Vec<String>,
    /// Phrases that do.
    pub words: Vec<String>,
    /// One of these must be spoken as well; empty: nothing more.
    pub needs: Vec<String>,
}

/// Reads the themes.
pub(super) fn themes(data: &Data, answers: &[Answer]) -> (Vec<Theme>, Vec<Fault>) {
    let Some(text) = data.get(FILE) else { return (Vec::new(), Vec::new()) };
    let source = Source::new(FILE, text);
    let table = source.parse();
    let root = source.root(&table);
    root.schema(1);
    let themes = root.tables("theme").iter().filter_map(|fields| theme(fields, answers)).collect();
    root.finish();
    drop(root);
    (themes, source.into_faults())
}

fn theme(fields: &Fields, answers: &[Answer]) -> Option<Theme> {
    let id = fields.need_text("id");
    if let Some(id) = id {
        fields.named(format!("theme \"{id}\""));
    }
    let list = |key| fields.texts(key).into_iter().map(str::to_owned).collect();
    let theme = Theme { id: id?.to_owned(), topics: list("topics"), words: list("words"), needs: list("needs") };
    if theme.topics.is_empty() && theme.words.is_empty() {
        fields.fault("", "không có topics lẫn words: chủ đề này không bao giờ khớp");
    }
    let known = |topic: &str| answers.iter().any(|answer| answer.of == Asked::Topic && answer.id == topic);
    for topic in theme.topics.iter().filter(|topic| !known(topic)) {
        fields.fault("topics", format!("không có lĩnh vực «{topic}» trong lexicons/answers.toml"));
    }
    fields.finish();
    Some(theme)
}
