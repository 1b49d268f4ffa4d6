//! What is not the city's: other provinces and their communes, central bodies, the press.

use crate::data::Data;
use crate::error::Fault;
use crate::fields::Source;

const NAMES: &str = "units/ben-ngoai.toml";
const COMMUNES: &str = "units/toan-quoc.csv";

/// The communes of one other province.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Province {
    /// Its name, such as `Nghệ An`.
    pub name: String,
    /// Its wards, communes and special zones: word before the name (`phường`, `xã`, `đặc khu`) and name.
    pub communes: Vec<(&'static str, String)>,
}

/// Everything outside the city that an article may come from or be about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// The communes of the other provinces.
    pub provinces: Vec<Province>,
    /// Names of provinces in all spellings, those merged away in 2025 too.
    pub province_names: Vec<String>,
    /// Central bodies.
    pub central: Vec<String>,
    /// Newspapers, agencies, broadcasters.
    pub press: Vec<String>,
}

impl Elsewhere {
    /// Reads `units/ben-ngoai.toml` and `units/toan-quoc.csv`; either may be absent.
    ///
    /// # Errors
    /// All faults, each with file, line and field.
    pub fn parse(data: &Data) -> Result<Self, Vec<Fault>> {
        let mut found = Self::default();
        let mut faults = Vec::new();
        if let Some(text) = data.get(NAMES) {
            let source = Source::new(NAMES, text);
            let table = source.parse();
            let root = source.root(&table);
            root.schema(1);
            let list = |key| root.texts(key).into_iter().map(str::to_owned);
            found.province_names = list("provinces").chain(list("former_provinces")).collect();
            found.central = list("central").collect();
            found.press = list("press").collect();
            root.finish();
            drop(root);
            faults.extend(source.into_faults());
        }
        for (n, line) in data.get(COMMUNES).unwrap_or_default().lines().enumerate().skip(1) {
            match commune_line(line) {
                Some((province, communes)) => found.add(province, communes),
                None => faults.push(Fault {
                    file: COMMUNES.to_owned(),
                    line: Some(n + 1),
                    field: String::new(),
                    message: "cần ba cột: tỉnh, loại (phuong, xa, dac-khu), các tên cách nhau bằng |".to_owned(),
                }),
            }
        }
        if faults.is_empty() { Ok(found) } else { Err(faults) }
    }

    fn add(&mut self, province: &str, communes: Vec<(&'static str, String)>) {
        match self.provinces.iter_mut().find(|p| p.name == province) {
            Some(known) => known.communes.extend(communes),
            None => self.provinces.push(Province { name: province.to_owned(), communes }),
        }
    }
}

fn commune_line(line: &str) -> Option<(&str, Vec<(&'static str, String)>)> {
    let mut cells = line.splitn(3, ',');
    let (province, kind, names) = (cells.next()?, cells.next()?, cells.next()?);
    let word = match kind {
        "phuong" => "phường",
        "xa" => "xã",
        "dac-khu" => "đặc khu",
        _ => return None,
    };
    let names = names.trim_matches('"').split('|').map(|name| (word, name.to_owned()));
    Some((province, names.collect()))
}
