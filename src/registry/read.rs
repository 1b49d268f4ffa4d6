//! Reads `data/units/` and names every fault with its file, line and field.

use super::{Confidence, Host, Predecessor, Sort, Unit};
use crate::data::Data;
use crate::error::Fault;
use crate::fields::{Fields, Source};
use crate::unit::{Group, UnitId};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// The folder of the unit files.
const FOLDER: &str = "units/";
/// Departments and agencies.
const AGENCIES: &str = "units/co-quan.toml";
/// Tables of wards and communes begin so.
const COMMUNES: &str = "units/xa-phuong-";

/// All units of all files, and all faults.
pub(super) fn units(data: &Data) -> (Vec<Unit>, Vec<Fault>) {
    let (mut units, mut faults) = (Vec::new(), Vec::new());
    for (path, text) in data.under(FOLDER) {
        if path == AGENCIES {
            agencies(path, text, &mut units, &mut faults);
        } else if path.starts_with(COMMUNES) {
            communes(path, text, &mut units, &mut faults);
        }
    }
    if units.is_empty() && faults.is_empty() {
        let message = "không thấy đơn vị nào; cần units/co-quan.toml và units/xa-phuong-*.csv".to_owned();
        faults.push(Fault { file: AGENCIES.to_owned(), line: None, field: String::new(), message });
    }
    faults.extend(twice(&units));
    // While a file cannot be read, whom it holds is not known.
    if faults.is_empty() {
        faults.extend(heirless(&units));
    }
    (units, faults)
}

/// Two units under one slug would share duties and articles.
fn twice(units: &[Unit]) -> Vec<Fault> {
    let mut seen: BTreeMap<&UnitId, usize> = BTreeMap::new();
    units.iter().for_each(|u| *seen.entry(&u.id).or_default() += 1);
    let fault = |id: &UnitId| Fault {
        file: FOLDER.to_owned(),
        line: None,
        field: format!("unit \"{id}\""),
        message: "mã này có ở hai nơi; mỗi đơn vị một mã".to_owned(),
    };
    seen.into_iter().filter(|(_, n)| *n > 1).map(|(id, _)| fault(id)).collect()
}

/// Items of a dissolved unit would count for nobody.
fn heirless(units: &[Unit]) -> Vec<Fault> {
    let ids: BTreeSet<&UnitId> = units.iter().map(|unit| &unit.id).collect();
    let fault = |unit: &Unit, heir: &UnitId| Fault {
        file: FOLDER.to_owned(),
        line: None,
        field: format!("unit \"{}\": successor", unit.id),
        message: format!("«{heir}» không có trong danh bạ; ghi mã của đơn vị tiếp nhận"),
    };
    let missing = units.iter().filter_map(|unit| Some((unit, unit.successor.as_ref()?)));
    missing.filter(|(_, heir)| !ids.contains(heir)).map(|(unit, heir)| fault(unit, heir)).collect()
}

fn agencies(path: &str, text: &str, units: &mut Vec<Unit>, faults: &mut Vec<Fault>) {
    let source = Source::new(path, text);
    let table = source.parse();
    let root = source.root(&table);
    root.schema(1);
    units.extend(root.tables("unit").iter().filter_map(agency));
    root.finish();
    drop(root);
    faults.extend(source.into_faults());
}

fn agency(fields: &Fields) -> Option<Unit> {
    let id: Option<UnitId> = fields.need("id");
    if let Some(id) = &id {
        fields.named(format!("unit \"{id}\""));
    }
    let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
    let (name, group) = (fields.need_text("name"), fields.need("group"));
    let unit = Unit {
        id: id?,
        code: None,
        name: name?.to_owned(),
        sort: Sort::Agency,
        aliases: owned(fields.texts("aliases")),
        predecessors: fields.tables("predecessors").iter().filter_map(predecessor).collect(),
        offices: owned(fields.texts("offices")),
        former_districts: Vec::new(),
        group: group?,
        press: fields.flag("press").unwrap_or(false),
        hosts: fields.tables("hosts").iter().filter_map(host).collect(),
        from: fields.date("from"),
        until: fields.date("until"),
        successor: fields.parsed("successor"),
    };
    fields.finish();
    Some(unit)
}

fn predecessor(fields: &Fields) -> Option<Predecessor> {
    let read = fields.need_text("name").map(|n| Predecessor { name: n.to_owned(), until: fields.date("until") });
    fields.finish();
    read
}

fn host(fields: &Fields) -> Option<Host> {
    let (host, confidence) = (fields.need_text("host"), fields.need("confidence"));
    fields.finish();
    Some(Host { host: host?.to_ascii_lowercase(), confidence: confidence? })
}

fn communes(path: &str, text: &str, units: &mut Vec<Unit>, faults: &mut Vec<Fault>) {
    let mut table = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header = table.headers().cloned().unwrap_or_default();
    for record in table.records() {
        let (row, line) = match record {
            Ok(row) => {
                let line = row.position().map(csv::Position::line).and_then(|l| usize::try_from(l).ok());
                (row, line)
            }
            Err(error) => {
                let line = error.position().and_then(|p| usize::try_from(p.line()).ok());
                faults.push(fault(path, line, "", format!("không đọc được dòng CSV: {error}")));
                continue;
            }
        };
        let row = Row { path, line, header: &header, row: &row };
        match commune(&row) {
            Ok(unit) => units.push(unit),
            Err(fault) => faults.push(fault),
        }
    }
}

/// One line of a table, by column name.
struct Row<'a> {
    path: &'a str,
    line: Option<usize>,
    header: &'a csv::StringRecord,
    row: &'a csv::StringRecord,
}

impl<'a> Row<'a> {
    fn get(&self, column: &str) -> Option<&'a str> {
        let n = self.header.iter().position(|h| h.trim() == column)?;
        self.row.get(n).map(str::trim).filter(|cell| !cell.is_empty())
    }

    fn need(&self, column: &str) -> Result<&'a str, Fault> {
        self.get(column).ok_or_else(|| self.fault(column, "ô trống; cần điền".to_owned()))
    }

    fn parsed<T: FromStr>(&self, column: &str) -> Result<Option<T>, Fault>
    where
        T::Err: fmt::Display,
    {
        self.get(column).map(|cell| cell.parse().map_err(|e: T::Err| self.fault(column, e.to_string()))).transpose()
    }

    fn date(&self, column: &str) -> Result<Option<NaiveDate>, Fault> {
        let read = |cell: &str| cell.parse().map_err(|_| self.fault(column, "phải là ngày dạng 2026-03-09".to_owned()));
        self.get(column).map(read).transpose()
    }

    fn list(&self, column: &str) -> Vec<String> {
        self.get(column).unwrap_or_default().split('|').filter(|s| !s.is_empty()).map(str::to_owned).collect()
    }

    fn fault(&self, column: &str, message: String) -> Fault {
        fault(self.path, self.line, column, message)
    }
}

fn fault(path: &str, line: Option<usize>, field: &str, message: String) -> Fault {
    Fault { file: path.to_owned(), line, field: field.to_owned(), message }
}

fn commune(row: &Row) -> Result<Unit, Fault> {
    let sort = match row.need("kind")? {
        "phuong" => Sort::Phuong,
        "xa" => Sort::Xa,
        "dac-khu" => Sort::DacKhu,
        other => return Err(row.fault("kind", format!("«{other}» không có; dùng phuong, xa, dac-khu"))),
    };
    let id = row.need("id")?.parse().map_err(|e: String| row.fault("id", e))?;
    let confidence = row.parsed("host_confidence")?.unwrap_or(Confidence::Guess);
    Ok(Unit {
        id,
        code: row.get("code").map(str::to_owned),
        name: row.need("name")?.to_owned(),
        sort,
        aliases: row.list("aliases"),
        predecessors: Vec::new(),
        offices: Vec::new(),
        former_districts: row.list("former_districts"),
        group: Group::XaPhuong,
        press: false,
        hosts: row.get("host").map(|h| Host { host: h.to_ascii_lowercase(), confidence }).into_iter().collect(),
        from: row.date("from")?,
        until: row.date("until")?,
        successor: row.parsed("successor")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_goes_on_for_a_unit_is_in_the_registry() {
        let told = |successor: &str| {
            let text = format!("id,name,kind,successor\nxa-a,A,xa,{successor}\nxa-b,B,xa,\n");
            let faults = units(&Data::new([("units/xa-phuong-x.csv".to_owned(), text)].into())).1;
            faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(told("xa-b"), "");
        insta::assert_snapshot!(told("xa-bb"), @r#"units/: unit "xa-a": successor: «xa-bb» không có trong danh bạ; ghi mã của đơn vị tiếp nhận"#);
    }

    #[test]
    fn every_fault_has_its_line() {
        let files = [
            ("units/co-quan.toml", "[[unit]]\nid = \"a\"\nname = \"A\"\ngroup = \"so\"\n"),
            ("units/xa-phuong-x.csv", "id,name,kind,from\nb,B,thon,\nxa-c,C,xa,hôm qua\nxa-d,,xa,\n"),
        ];
        let data = Data::new(files.iter().map(|(p, t)| ((*p).to_owned(), (*t).to_owned())).collect());
        let faults: Vec<String> = units(&data).1.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(faults.join("\n"), @r#"
        units/co-quan.toml:4: unit "a": group: nhóm «so» không có; dùng so-nganh, xa-phuong, nganh-doc, su-nghiep, other
        units/xa-phuong-x.csv:2: kind: «thon» không có; dùng phuong, xa, dac-khu
        units/xa-phuong-x.csv:3: from: phải là ngày dạng 2026-03-09
        units/xa-phuong-x.csv:4: name: ô trống; cần điền
        "#);
    }
}
