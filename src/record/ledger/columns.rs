//! Which column says what, by its heading.

use super::table::{Cell, Row};
use crate::text;

/// How many rows of titles and signatures may stand above the headings.
const SEARCHED: usize = 30;

/// What a column may say, in the order in which headings are given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Column {
    Unit,
    Received,
    Title,
    Kind,
    Topic,
    Url,
    Outcome,
    Reason,
}

/// Headings without diacritics. A heading belongs to the column of the longest words it begins
/// with or, failing that, contains.
const HEADINGS: [(Column, &[&str]); 8] = [
    (Column::Unit, &["don vi", "co quan", "unit", "sender", "ten don vi", "don vi gui", "noi gui"]),
    (Column::Received, &["ngay nhan", "ngay gui", "ngay tiep nhan", "thoi gian nhan", "received", "date", "ngay"]),
    (Column::Title, &["tieu de", "ten tin", "ten bai", "ten tac pham", "title", "tin bai", "tin, bai", "noi dung"]),
    (Column::Kind, &["the loai", "loai", "kind", "type"]),
    (Column::Topic, &["chu de", "chuyen de", "linh vuc", "topic", "theme", "nhom noi dung"]),
    (Column::Url, &["duong dan", "dia chi", "lien ket", "link", "url", "duong link"]),
    (Column::Outcome, &["ket qua", "trang thai", "tinh trang", "outcome", "status", "result", "xu ly"]),
    (Column::Reason, &["ly do", "ghi chu", "reason", "note", "y kien"]),
];

/// Headings that sound like another column's and mean something else.
const OTHERS: &[&str] = &["ngay dang", "ngay xuat ban", "published", "so luong", "stt", "tt"];

/// Where each column stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    found: Vec<(Column, usize)>,
    /// Headings not used.
    pub(super) unused: Vec<String>,
}

impl Columns {
    /// Finds the row of headings; also returns the number of the first row below it.
    pub(super) fn find(rows: &[Row]) -> Result<(Self, usize), String> {
        let candidates = rows.iter().take(SEARCHED).map(Self::of);
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

    fn of(row: &Row) -> Self {
        let mut columns = Self::default();
        for (at, cell) in row.cells.iter().enumerate() {
            let Cell::Text(heading) = cell else { continue };
            match column(heading).filter(|column| columns.at(*column).is_none()) {
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

fn column(heading: &str) -> Option<Column> {
    let heading = text::fold(heading);
    if OTHERS.iter().any(|other| heading.starts_with(other)) {
        return None;
    }
    let words = || HEADINGS.iter().flat_map(|(column, words)| words.iter().map(move |word| (*column, *word)));
    let longest = |found: &dyn Fn(&str) -> bool| {
        words().filter(|(_, word)| found(word)).max_by_key(|(_, word)| word.len()).map(|(column, _)| column)
    };
    longest(&|word| heading.starts_with(word)).or_else(|| longest(&|word| heading.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_recognised_as_people_write_them() {
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
            assert_eq!(column(heading), expected, "{heading}");
        }
    }
}
