//! Which column says what, by its heading.

use super::table::{Cell, Row};
use crate::lexicon::{Column, LedgerWords};
use crate::text;

/// How many rows of titles and signatures may stand above the headings.
const SEARCHED: usize = 30;

/// Where each column stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    found: Vec<(Column, usize)>,
    /// Headings not used.
    pub(super) unused: Vec<String>,
}

impl Columns {
    /// Finds the row of headings; also returns the number of the first row below it.
    pub(super) fn find(rows: &[Row], words: &LedgerWords) -> Result<(Self, usize), String> {
        let candidates = rows.iter().take(SEARCHED).map(|row| Self::of(row, words));
        let best = candidates.enumerate().max_by_key(|(n, columns)| (columns.found.len(), usize::MAX - n));
        let (n, columns) = best.ok_or("tệp trống")?;
        let needed = [(Column::Unit, "đơn vị"), (Column::Title, "tiêu đề"), (Column::Received, "ngày nhận")];
        let missing: Vec<_> =
            needed.iter().filter(|(c, _)| columns.at(*c).is_none()).map(|(_, name)| format!("«{name}»")).collect();
        if missing.is_empty() {
            return Ok((columns, n + 1));
        }
        Err(format!(
            "không thấy cột {}; thêm dòng tiêu đề cột như «Đơn vị, Ngày nhận, Tiêu đề, Kết quả»",
            missing.join(", ")
        ))
    }

    fn of(row: &Row, words: &LedgerWords) -> Self {
        let mut columns = Self::default();
        for (at, cell) in row.cells.iter().enumerate() {
            let Cell::Text(heading) = cell else { continue };
            match column(heading, words).filter(|column| columns.at(*column).is_none()) {
                Some(column) => columns.found.push((column, at)),
                None if heading.is_empty() => {}
                None => columns.unused.push(heading.clone()),
            }
        }
        columns
    }

    fn at(&self, column: Column) -> Option<usize> {
        self.found.iter().find(|(c, _)| *c == column).map(|(_, at)| *at)
    }

    /// A row's cell in that column, where there is something in it.
    pub(super) fn cell<'r>(&self, row: &'r Row, column: Column) -> Option<&'r Cell> {
        row.cells.get(self.at(column)?).filter(|cell| **cell != Cell::Text(String::new()))
    }

    /// The same as text.
    pub(super) fn text<'r>(&self, row: &'r Row, column: Column) -> Option<&'r str> {
        match self.cell(row, column)? {
            Cell::Text(text) => Some(text),
            Cell::Number(_) | Cell::Date(_) => None,
        }
    }
}

fn column(heading: &str, words: &LedgerWords) -> Option<Column> {
    let heading = text::fold(heading);
    if words.unused.iter().any(|other| heading.starts_with(other)) {
        return None;
    }
    let longest = |found: &dyn Fn(&str) -> bool| {
        let said = words.headings.iter().flat_map(|(column, words)| words.iter().map(move |word| (*column, word)));
        said.filter(|(_, word)| found(word)).max_by_key(|(_, word)| word.len()).map(|(column, _)| column)
    };
    longest(&|word| heading.starts_with(word)).or_else(|| longest(&|word| heading.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_recognised_as_people_write_them() {
        let words = crate::lexicon::Lexicons::parse(&crate::data::Data::built_in()).unwrap().ledger;
        use Column::{Kind, Outcome, Reason, Received, Title, Topic, Unit, Url};
        for (heading, expected) in [
            ("Đơn vị", Some(Unit)),
            ("TÊN ĐƠN VỊ GỬI", Some(Unit)),
            ("Cơ quan, đơn vị", Some(Unit)),
            ("Ngày nhận", Some(Received)),
            ("Ngày tiếp nhận tin bài", Some(Received)),
            ("Ngày đăng", None),
            ("Tiêu đề tin, bài", Some(Title)),
            ("Tên tin/bài", Some(Title)),
            ("Thể loại", Some(Kind)),
            ("Chủ đề tuyên truyền", Some(Topic)),
            ("Đường dẫn (link)", Some(Url)),
            ("Kết quả xử lý", Some(Outcome)),
            ("Lý do không đăng", Some(Reason)),
            ("STT", None),
            ("received", Some(Received)),
            ("Title", Some(Title)),
        ] {
            assert_eq!(column(heading, &words), expected, "{heading}");
        }
    }
}
