//! Reads a TOML file field by field and gathers every fault, each with its line.
//!
//! Serde stops at the first fault; a civil servant who edits `sites.toml` wants all of them at
//! once, each saying where it is and how to mend it. So the rule files are read through
//! [`Fields`]: ask for what you know, then [`Fields::finish`] names what nobody asked for.

use crate::error::Fault;
use chrono::NaiveDate;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The file being read, its text and the faults found in it.
pub struct Source<'a> {
    file: &'a str,
    text: &'a str,
    faults: RefCell<Vec<Fault>>,
}

/// One table of the file.
pub struct Fields<'a, 'i> {
    source: &'a Source<'a>,
    table: &'a DeTable<'i>,
    /// What the table is, such as `site "hai-ba-trung"`; names it in faults.
    name: RefCell<String>,
    line: usize,
    asked: RefCell<BTreeSet<&'static str>>,
}

impl<'a> Source<'a> {
    /// Starts reading; `file` is how the user names it.
    #[must_use]
    pub fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, faults: RefCell::default() }
    }

    /// Parses the text; syntax errors become faults and the rest is still read.
    pub fn parse(&self) -> Spanned<DeTable<'a>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let line = error.span().map(|s| self.line(s.start));
            self.fault(
                line,
                "",
                format!("sai cú pháp TOML, xem lại ngoặc, dấu nháy, dấu = của dòng này ({})", error.message()),
            );
        }
        table
    }

    /// The whole file as one table.
    pub fn root<'s, 'i>(&'s self, table: &'s Spanned<DeTable<'i>>) -> Fields<'s, 'i> {
        Fields::new(self, table.get_ref(), String::new(), 1)
    }

    /// Records a fault.
    pub fn fault(&self, line: Option<usize>, field: &str, message: impl Into<String>) {
        self.faults.borrow_mut().push(Fault {
            file: self.file.to_owned(),
            line,
            field: field.to_owned(),
            message: message.into(),
        });
    }

    /// All faults found, in order of line.
    #[must_use]
    pub fn into_faults(self) -> Vec<Fault> {
        let mut faults = self.faults.into_inner();
        faults.sort_by_key(|f| f.line);
        faults
    }

    fn line(&self, offset: usize) -> usize {
        self.text[..offset.min(self.text.len())].matches('\n').count() + 1
    }
}

impl<'a, 'i> Fields<'a, 'i> {
    fn new(source: &'a Source<'a>, table: &'a DeTable<'i>, name: String, line: usize) -> Self {
        Self { source, table, name: RefCell::new(name), line, asked: RefCell::default() }
    }

    /// Names the table in later faults, once its id is known.
    pub fn named(&self, name: impl Into<String>) {
        *self.name.borrow_mut() = name.into();
    }

    /// The line on which the table begins.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The keys of the table, for tables whose keys are data.
    pub fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.table.keys().map(|k| k.get_ref().as_ref())
    }

    /// A fault of one field, at its line.
    pub fn fault(&self, key: &'static str, message: impl Into<String>) {
        let line = self
            .table
            .iter()
            .find(|(k, _)| k.get_ref() == key)
            .map_or(self.line, |(k, _)| self.source.line(k.span().start));
        let name = self.name.borrow();
        let field = match (name.is_empty(), key.is_empty()) {
            (true, _) => key.to_owned(),
            (false, true) => name.clone(),
            (false, false) => format!("{name}: {key}"),
        };
        self.source.fault(Some(line), &field, message);
    }

    fn get(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'i>>> {
        self.asked.borrow_mut().insert(key);
        self.table.iter().find(|(k, _)| k.get_ref() == key).map(|(_, v)| v)
    }

    fn typed<T>(
        &self,
        key: &'static str,
        expected: &str,
        read: impl FnOnce(&'a DeValue<'i>) -> Option<T>,
    ) -> Option<T> {
        let value = self.get(key)?;
        let answer = read(value.get_ref());
        if answer.is_none() {
            self.fault(key, format!("phải là {expected}"));
        }
        answer
    }

    /// Faults a required field that is absent.
    fn required<T>(&self, key: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.has(key) {
            self.fault(key, format!("thiếu; thêm dòng `{key} = …`"));
        }
        value
    }

    /// Whether the field is there at all.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.table.keys().any(|k| k.get_ref() == key)
    }

    /// Whether the field is there and is more than an empty list.
    #[must_use]
    pub fn says(&self, key: &'static str) -> bool {
        self.get(key).is_some_and(|value| value.get_ref().as_array().is_none_or(|list| !list.is_empty()))
    }

    /// An optional text.
    pub fn text(&self, key: &'static str) -> Option<&'a str> {
        self.typed(key, "chuỗi trong dấu ngoặc kép", DeValue::as_str)
    }

    /// A required text; a fault and `None` if it is missing or says nothing.
    pub fn need_text(&self, key: &'static str) -> Option<&'a str> {
        let text = self.required(key, self.text(key))?;
        if text.trim().is_empty() {
            self.fault(key, "trống; ghi nội dung");
            return None;
        }
        Some(text)
    }

    /// An optional text that parses as `T`, whose error says how to mend it.
    pub fn parsed<T: FromStr>(&self, key: &'static str) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        self.text(key)?.parse().map_err(|e: T::Err| self.fault(key, e.to_string())).ok()
    }

    /// A required text that parses as `T`.
    pub fn need<T: FromStr>(&self, key: &'static str) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        self.required(key, self.parsed(key))
    }

    /// An optional whole number that is not negative.
    pub fn number(&self, key: &'static str) -> Option<u64> {
        self.typed(key, "số nguyên không âm", |v| v.as_integer()?.to_string().parse().ok())
    }

    /// Refuses a file in a form of another version; one that says nothing is of the first.
    pub fn schema(&self, known: u64) {
        if self.number("schema").is_some_and(|schema| schema != known) {
            self.fault("schema", format!("phải là schema = {known}; chương trình này không đọc được dạng khác"));
        }
    }

    /// An optional number with or without a fraction.
    pub fn decimal(&self, key: &'static str) -> Option<f64> {
        self.typed(key, "số", |v| match v {
            DeValue::Float(f) => f.as_str().parse().ok(),
            DeValue::Integer(i) => i.to_string().parse().ok(),
            _ => None,
        })
    }

    /// An optional true or false.
    pub fn flag(&self, key: &'static str) -> Option<bool> {
        self.typed(key, "true hoặc false", DeValue::as_bool)
    }

    /// An optional date, written bare (`2025-07-01`) or in quotes.
    pub fn date(&self, key: &'static str) -> Option<NaiveDate> {
        self.typed(key, "ngày dạng 2026-03-09", |v| match v {
            DeValue::Datetime(d) => d.to_string().parse().ok(),
            DeValue::String(s) => s.parse().ok(),
            _ => None,
        })
    }

    /// A required date.
    pub fn need_date(&self, key: &'static str) -> Option<NaiveDate> {
        self.required(key, self.date(key))
    }

    /// A list of texts; empty if absent.
    pub fn texts(&self, key: &'static str) -> Vec<&'a str> {
        self.typed(key, "danh sách chuỗi như [\"a\", \"b\"]", |v| {
            v.as_array()?.iter().map(|item| item.get_ref().as_str()).collect::<Option<Vec<_>>>()
        })
        .unwrap_or_default()
    }

    /// A list of texts that has to be there; it may be empty.
    pub fn need_texts(&self, key: &'static str) -> Vec<&'a str> {
        let texts = self.texts(key);
        self.required(key, self.has(key).then_some(texts)).unwrap_or_default()
    }

    /// A list of numbers; empty if absent.
    pub fn decimals(&self, key: &'static str) -> Vec<f64> {
        let number = |v: &DeValue| match v {
            DeValue::Float(f) => f.as_str().parse().ok(),
            DeValue::Integer(i) => i.to_string().parse().ok(),
            _ => None,
        };
        self.typed(key, "danh sách số như [0.3, 0.7]", |v| {
            v.as_array()?.iter().map(|item| number(item.get_ref())).collect::<Option<Vec<_>>>()
        })
        .unwrap_or_default()
    }

    /// A list of texts that parse as `T`; each bad one is a fault of its own.
    pub fn all<T: FromStr>(&self, key: &'static str) -> Vec<T>
    where
        T::Err: std::fmt::Display,
    {
        let parse = |text: &str| text.parse().map_err(|e: T::Err| self.fault(key, e.to_string())).ok();
        self.texts(key).into_iter().filter_map(parse).collect()
    }

    /// A table inside this one.
    pub fn table(&self, key: &'static str) -> Option<Fields<'a, 'i>> {
        let span = self.get(key)?.span();
        let table = self.typed(key, &format!("bảng [{key}]"), DeValue::as_table)?;
        Some(Fields::new(self.source, table, key.to_owned(), self.source.line(span.start)))
    }

    /// The tables of an array `[[key]]`; empty if absent.
    pub fn tables(&self, key: &'static str) -> Vec<Fields<'a, 'i>> {
        let read = |v: &'a DeValue<'i>| {
            let tables = v.as_array()?.iter().enumerate().map(|(n, item)| {
                let line = self.source.line(item.span().start);
                item.get_ref().as_table().map(|t| Fields::new(self.source, t, format!("{key} thứ {}", n + 1), line))
            });
            tables.collect::<Option<Vec<_>>>()
        };
        self.typed(key, &format!("các bảng [[{key}]]"), read).unwrap_or_default()
    }

    /// The entries of a table of texts whose keys are data, such as `resolve = { … }`.
    pub fn pairs(&self, key: &'static str) -> Vec<(&'a str, &'a str)> {
        self.typed(key, "bảng như { \"a\" = \"b\" }", |v| {
            let entries = v.as_table()?.iter().map(|(k, v)| Some((k.get_ref().as_ref(), v.get_ref().as_str()?)));
            entries.collect::<Option<Vec<_>>>()
        })
        .unwrap_or_default()
    }

    /// Ends the table: a field nobody asked for is a fault, with the nearest known name.
    pub fn finish(&self) {
        let asked = self.asked.borrow();
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if !asked.contains(name) {
                let known = asked.iter().copied().collect::<Vec<_>>().join(", ");
                let line = self.source.line(key.span().start);
                let owner = self.name.borrow();
                let field = if owner.is_empty() { name.to_owned() } else { format!("{owner}: {name}") };
                self.source.fault(Some(line), &field, format!("không có trường này; các trường dùng được: {known}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_at_once_each_with_its_line() {
        let text =
            "[[site]]\nid = \"a\"\nchanel = \"x\"\nfrom = 2025-13-01\n\n[[site]]\nid = 3\nfrom = \"2025-07-01\"\n";
        let source = Source::new("sites.toml", text);
        let root = source.parse();
        let fields = source.root(&root);
        for site in fields.tables("site") {
            if let Some(id) = site.need_text("id") {
                site.named(format!("site \"{id}\""));
            }
            site.need_text("host");
            site.date("from");
            site.finish();
        }
        fields.finish();
        drop(fields);
        let faults: Vec<String> = source.into_faults().iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(faults.join("\n"), @r#"
        sites.toml:1: site "a": host: thiếu; thêm dòng `host = …`
        sites.toml:3: site "a": chanel: không có trường này; các trường dùng được: from, host, id
        sites.toml:4: sai cú pháp TOML, xem lại ngoặc, dấu nháy, dấu = của dòng này (invalid date, expected month between 01 and 12)
        sites.toml:4: site "a": from: phải là ngày dạng 2026-03-09
        sites.toml:6: site thứ 2: host: thiếu; thêm dòng `host = …`
        sites.toml:7: site thứ 2: id: phải là chuỗi trong dấu ngoặc kép
        "#);
    }
}
