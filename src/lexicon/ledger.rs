//! The words of the intake desk's ledger: `data/lexicons/ledger.toml`.

use super::lists::{Answer, Asked};
use crate::data::Data;
use crate::error::Fault;
use crate::fields::{Fields, Source};
use crate::text;

const FILE: &str = "lexicons/ledger.toml";

/// What a column of a ledger may say, in the order in which headings are given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// Who sent it.
    Unit,
    /// When it was received.
    Received,
    /// Its title.
    Title,
    /// News or in-depth.
    Kind,
    /// Its topic or quota topic.
    Topic,
    /// Where it was posted.
    Url,
    /// What became of it.
    Outcome,
    /// Why.
    Reason,
}

const COLUMNS: [(Column, &str); 8] = [
    (Column::Unit, "unit"),
    (Column::Received, "received"),
    (Column::Title, "title"),
    (Column::Kind, "kind"),
    (Column::Topic, "topic"),
    (Column::Url, "url"),
    (Column::Outcome, "outcome"),
    (Column::Reason, "reason"),
];

/// All of them; but for the outcomes lower case and without diacritics, as people type them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LedgerWords {
    /// What headings call each column.
    pub headings: Vec<(Column, Vec<String>)>,
    /// Beginnings of headings that sound like one of these columns and mean something else.
    pub unused: Vec<String>,
    /// What became of a line.
    pub outcome: OutcomeWords,
    /// Sorts of in-depth articles.
    pub in_depth: Vec<String>,
    /// Syllables that mean news.
    pub news: Vec<String>,
    /// Words of the clauses, by the topic or quota topic they name.
    pub topics: Vec<(String, Vec<String>)>,
}

/// Phrases in the cells of outcome and reason, to be looked for by [`cell_says`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OutcomeWords {
    /// Not new.
    pub not_new: Vec<String>,
    /// Not new, but only as the reason of a refusal.
    pub not_new_if_refused: Vec<String>,
    /// Not on the theme.
    pub off_theme: Vec<String>,
    /// Refused for any reason.
    pub refused: Vec<String>,
    /// Received, and nothing more yet.
    pub waiting: Vec<String>,
    /// Posted.
    pub posted: Vec<String>,
}

impl LedgerWords {
    pub(super) fn parse(data: &Data, answers: &[Answer]) -> (Self, Vec<Fault>) {
        let Some(text) = data.get(FILE) else { return (Self::default(), Vec::new()) };
        let source = Source::new(FILE, text);
        let table = source.parse();
        let root = source.root(&table);
        root.schema(1);
        let mut words = Self::default();
        if let Some(heading) = part(&root, "heading") {
            words.headings = COLUMNS.into_iter().map(|(column, key)| (column, list(&heading, key))).collect();
            words.unused = list(&heading, "unused");
            heading.finish();
        }
        if let Some(outcome) = part(&root, "outcome") {
            words.outcome = OutcomeWords {
                not_new: phrases(&outcome, "not_new"),
                not_new_if_refused: phrases(&outcome, "not_new_if_refused"),
                off_theme: phrases(&outcome, "off_theme"),
                refused: phrases(&outcome, "refused"),
                waiting: phrases(&outcome, "waiting"),
                posted: phrases(&outcome, "posted"),
            };
            outcome.finish();
        }
        if let Some(kind) = part(&root, "kind") {
            (words.in_depth, words.news) = (list(&kind, "in_depth"), list(&kind, "news"));
            kind.finish();
        }
        for topic in root.tables("topic") {
            let id = topic.need_text("id").unwrap_or_default();
            if !answers.iter().any(|answer| answer.id == id && matches!(answer.of, Asked::Topic | Asked::Quota)) {
                topic.fault("id", format!("không có lĩnh vực hay chủ đề «{id}» trong lexicons/answers.toml"));
            }
            words.topics.push((id.to_owned(), list(&topic, "words").iter().map(|phrase| spaced(phrase)).collect()));
            topic.finish();
        }
        root.finish();
        drop(root);
        (words, source.into_faults())
    }

    /// The topics and quota topics whose words stand in a text.
    pub fn topics_in(&self, text: &str) -> impl Iterator<Item = &String> {
        let said = spaced(&text::fold(text));
        let named = move |phrases: &[String]| phrases.iter().any(|phrase| said.contains(phrase));
        self.topics.iter().filter(move |(_, phrases)| named(phrases)).map(|(id, _)| id)
    }
}

/// Whether a cell says one of some phrases: in whole syllables, and in their marks where the cell has
/// any, since «trung» is in many words and «trùng» in few.
pub fn cell_says(cell: &str, phrases: &[String]) -> bool {
    let (said, bare) = (spaced(&text::normal(cell)), spaced(&text::fold(cell)));
    let is_marked = said != bare;
    phrases.iter().any(|phrase| if is_marked { said.contains(phrase) } else { bare.contains(&text::fold(phrase)) })
}

/// The syllables with a space on each side, so that a phrase is found as whole syllables only.
fn spaced(folded: &str) -> String {
    text::words(folded).fold(" ".to_owned(), |all, word| all + word + " ")
}

fn part<'a, 'i>(root: &Fields<'a, 'i>, key: &'static str) -> Option<Fields<'a, 'i>> {
    let part = root.table(key);
    if part.is_none() && !root.has(key) {
        root.fault(key, format!("thiếu; thêm bảng [{key}]"));
    }
    part
}

fn list(fields: &Fields<'_, '_>, key: &'static str) -> Vec<String> {
    texts(fields, key).into_iter().map(text::fold).collect()
}

fn phrases(fields: &Fields<'_, '_>, key: &'static str) -> Vec<String> {
    texts(fields, key).into_iter().map(|phrase| spaced(&text::normal(phrase))).collect()
}

fn texts<'a>(fields: &Fields<'a, '_>, key: &'static str) -> Vec<&'a str> {
    if !fields.has(key) {
        fields.fault(key, format!("thiếu; thêm dòng `{key} = [\"…\"]`"));
    }
    fields.texts(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn themes_are_understood_in_the_words_of_the_clauses() {
        let words = crate::lexicon::Lexicons::parse(&Data::built_in()).unwrap().ledger;
        for (text, ids) in [
            ("Chuyển đổi số", "khcn-doi-moi-sang-tao kiem-soat-tthc chinh-quyen-so"),
            ("Khoa học, công nghệ", "khcn-doi-moi-sang-tao"),
            ("Cải cách TTHC", "kiem-soat-tthc tthc"),
            ("cải cách thể chế", "the-che"),
            ("Phổ biến, giáo dục pháp luật", "xay-dung-thi-hanh-phap-luat"),
            ("Tài chính công", "kinh-te-dau-tu-ngan-sach tai-chinh-cong"),
            ("Đất đai, môi trường", "dat-dai-moi-truong"),
            ("Thơ", ""),
        ] {
            assert_eq!(words.topics_in(text).cloned().collect::<Vec<_>>().join(" "), ids, "{text}");
        }
    }

    #[test]
    fn a_missing_list_is_told_and_an_unknown_one_too() {
        let text = Data::built_in().get(FILE).unwrap().replace("\nposted =", "\nposed =");
        let data = Data::new([(FILE.to_owned(), text)].into());
        let answers = crate::lexicon::Lexicons::parse(&Data::built_in()).unwrap().answers;
        let told: Vec<String> = LedgerWords::parse(&data, &answers).1.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told.iter().any(|fault| fault.contains("outcome: posted: thiếu")), "{told:?}");
        assert!(told.iter().any(|fault| fault.contains("posed")), "{told:?}");
    }
}
