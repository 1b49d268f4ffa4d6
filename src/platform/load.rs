//! Reads the platform files; see `data/platforms/ims.toml` for every field at work.

use super::listing::FormField;
use super::{Addresses, Authors, Clutter, GENERIC, Listing, ListingForm, Marks, Obstacles, Platform, Selectors};
use crate::data::Data;
use crate::error::Fault;
use crate::fields::{Fields, Source};
use std::time::Duration;

const FOLDER: &str = "platforms/";
const SCHEMA: u64 = 1;

/// All platforms, `generic` last, or all faults.
pub(super) fn platforms(data: &Data) -> Result<Vec<Platform>, Vec<Fault>> {
    let mut list = Vec::new();
    let mut faults = Vec::new();
    for (path, text) in data.under(FOLDER).filter(|(path, _)| path.ends_with(".toml")) {
        let source = Source::new(path, text);
        let table = source.parse();
        let root = source.root(&table);
        let platform = platform(&root);
        let expected = path[FOLDER.len()..].trim_end_matches(".toml");
        if platform.id != expected {
            root.fault("id", format!("phải trùng tên tệp: \"{expected}\""));
        }
        root.finish();
        drop(root);
        list.push(platform);
        faults.extend(source.into_faults());
    }
    if !list.iter().any(|p| p.id == GENERIC) {
        let message = "thiếu tệp này: nó đọc mọi trang không thuộc nền tảng nào".to_owned();
        faults.push(Fault { file: format!("{FOLDER}{GENERIC}.toml"), line: None, field: String::new(), message });
    }
    list.sort_by_key(|p| p.id == GENERIC);
    if faults.is_empty() { Ok(list) } else { Err(faults) }
}

fn platform(root: &Fields<'_, '_>) -> Platform {
    match root.number("schema") {
        Some(SCHEMA) => {}
        _ => root.fault("schema", format!("phải là {SCHEMA}")),
    }
    Platform {
        id: root.need_text("id").unwrap_or_default().to_owned(),
        name: root.need_text("name").unwrap_or_default().to_owned(),
        shared: root.flag("shared").unwrap_or(false),
        delay: delay(root),
        selectors: root.tables("selectors").iter().map(selectors).collect(),
        dates: root.all("dates"),
        listing: root.table("listing").map(|t| listing(&t)),
        title_suffixes: root.all("title_suffixes"),
        clutter: root.table("clutter").map(|t| clutter(&t)).unwrap_or_default(),
        obstacles: root.table("obstacles").map(|t| obstacles(&t)).unwrap_or_default(),
        authors: root.table("authors").map(|t| authors(&t)).unwrap_or_default(),
        marks: root.table("marks").map(|t| marks(&t)).unwrap_or_default(),
        addresses: root.table("addresses").map(|t| addresses(&t)).unwrap_or_default(),
    }
}

fn delay(root: &Fields<'_, '_>) -> Option<Duration> {
    let text = root.text("delay")?;
    let seconds = text.strip_suffix('s').and_then(|n| n.parse::<f64>().ok());
    let delay = seconds.and_then(|s| Duration::try_from_secs_f64(s).ok());
    if delay.is_none() {
        root.fault("delay", "phải là số giây như \"5s\" hay \"0.5s\"");
    }
    delay
}

fn marks(table: &Fields<'_, '_>) -> Marks {
    let marks = Marks { source: table.texts("source").into_iter().map(str::to_owned).collect(), url: table.all("url") };
    table.finish();
    marks
}

fn clutter(table: &Fields<'_, '_>) -> Clutter {
    let clutter = Clutter {
        names: table.all("names"),
        tails: table.all("tails"),
        lines: table.all("lines"),
        clocks: table.all("clocks"),
        files: table.all("files"),
        signs: table.all("signs"),
    };
    table.finish();
    clutter
}

fn obstacles(table: &Fields<'_, '_>) -> Obstacles {
    let obstacles = Obstacles {
        challenge: table.all("challenge"),
        not_found: table.all("not_found"),
        login: table.all("login"),
        failure: table.all("failure"),
        failure_lines: table.all("failure_lines"),
        script_only: table.all("script_only"),
    };
    table.finish();
    obstacles
}

fn authors(table: &Fields<'_, '_>) -> Authors {
    let authors = Authors {
        signs: table.all("signs"),
        offices: table.all("offices"),
        accounts: table.all("accounts"),
        lines: table.all("lines"),
        names: table.all("names"),
    };
    table.finish();
    authors
}

fn addresses(table: &Fields<'_, '_>) -> Addresses {
    let addresses = Addresses {
        item: table.all("item"),
        time: table.all("time"),
        article: table.all("article"),
        listing: table.all("listing"),
        copy: table.all("copy"),
        skip: table.all("skip"),
        further: table.all("further"),
    };
    table.finish();
    addresses
}

fn selectors(table: &Fields<'_, '_>) -> Selectors {
    let selectors = Selectors {
        from: table.date("from"),
        until: table.date("until"),
        title: table.all("title"),
        sapo: table.all("sapo"),
        published: table.all("published"),
        author: table.all("author"),
        category: table.all("category"),
        body: table.all("body"),
        remove: table.all("remove"),
    };
    if let (Some(from), Some(until)) = (selectors.from, selectors.until)
        && until < from
    {
        table.fault("until", "đứng trước `from`");
    }
    table.finish();
    selectors
}

fn listing(table: &Fields<'_, '_>) -> Listing {
    let listing = Listing {
        item: table.all("item"),
        link: table.all("link"),
        title: table.all("title"),
        date: table.all("date"),
        next: table.all("next"),
        scripted: table.all("scripted"),
        form: table.table("form").map(|t| form(&t)),
    };
    table.finish();
    listing
}

fn form(table: &Fields<'_, '_>) -> ListingForm {
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let form = ListingForm {
        url: table.need_text("url").unwrap_or_default().to_owned(),
        page: table.need_text("page").unwrap_or_default().to_owned(),
        first: table.number("first").unwrap_or(0),
        headers: table.pairs("headers").into_iter().map(owned).collect(),
        fields: table.tables("field").iter().map(field).collect(),
    };
    table.finish();
    form
}

fn field(table: &Fields<'_, '_>) -> FormField {
    let field = FormField {
        name: table.need_text("name").unwrap_or_default().to_owned(),
        from: table.all("from"),
        pattern: table.all("pattern"),
    };
    if field.from.is_empty() && field.pattern.is_empty() {
        table.fault("name", "trường không có nguồn; thêm `from` (bộ chọn) hay `pattern` (biểu thức)");
    }
    table.finish();
    field
}
