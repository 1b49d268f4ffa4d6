//! The demo's articles as data: `demo/articles/<portal>.toml`.
//!
//! An article either has its own text or is a copy of another, whole (`copy_of`) or lightly
//! edited (`replace`), so that no text is written down twice and a repost is a repost by
//! construction.

use super::portal::{Moment, Portal};
use crate::data::Data;
use crate::error::Fault;
use crate::fields::{Fields, Source};
use crate::time::Time;
use chrono::TimeDelta;
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_64;

/// One article on one portal.
#[derive(Debug, Clone)]
pub struct DemoArticle {
    /// Its name in the demo's files.
    pub id: String,
    /// The article whose text it repeats.
    pub copy_of: Option<String>,
    /// Title.
    pub title: String,
    /// Lead; empty if there is none.
    pub sapo: String,
    /// Author or source line; empty if there is none.
    pub author: String,
    /// Paragraphs.
    pub body: Vec<String>,
    /// When it appears on its portal.
    pub published: Time,
    /// When its record was made, which IMS codes in the address.
    pub created: Time,
    /// The date shown in place of the true one.
    pub shown: Option<String>,
    /// When it is taken off its portal.
    pub removed: Option<Time>,
    /// Its number in addresses of platforms that count.
    pub number: u64,
    /// Sections it stands in; the first one gives its main address.
    pub sections: Vec<String>,
}

impl DemoArticle {
    /// Whether a visitor finds it at this moment.
    #[must_use]
    pub fn online(&self, at: Time) -> bool {
        self.published <= at && !self.gone(at)
    }

    /// Whether it has been taken off by this moment.
    #[must_use]
    pub fn gone(&self, at: Time) -> bool {
        self.removed.is_some_and(|removed| removed <= at)
    }
}

/// An article as written, before copies have their text.
struct Draft {
    article: DemoArticle,
    replace: Vec<(String, String)>,
    line: usize,
    file: String,
}

/// Reads the articles of every portal into it; gives back all faults.
pub(super) fn read_all(data: &Data, portals: &mut [Portal]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut drafts: Vec<Vec<Draft>> = Vec::new();
    for portal in portals.iter() {
        let file = format!("demo/articles/{}.toml", portal.id);
        let (read, found) = data.get(&file).map(|text| read_file(&file, text, portal)).unwrap_or_default();
        drafts.push(read);
        faults.extend(found);
    }
    let originals: BTreeMap<String, DemoArticle> =
        drafts.iter().flatten().map(|d| (d.article.id.clone(), d.article.clone())).collect();
    if originals.len() < drafts.iter().map(Vec::len).sum() {
        faults.push(fault("demo/articles", 1, "hai bài cùng id"));
    }
    for (portal, drafts) in portals.iter_mut().zip(drafts) {
        for draft in drafts {
            match finish(draft, &originals) {
                Ok(article) => portal.articles.push(article),
                Err(found) => faults.push(found),
            }
        }
        portal.articles.sort_by(|a, b| (b.published, &b.id).cmp(&(a.published, &a.id)));
    }
    faults
}

fn read_file(file: &str, text: &str, portal: &Portal) -> (Vec<Draft>, Vec<Fault>) {
    let source = Source::new(file, text);
    let root = source.parse();
    let fields = source.root(&root);
    let drafts = fields.tables("article").iter().filter_map(|f| read(f, file, portal)).collect();
    fields.finish();
    drop(fields);
    (drafts, source.into_faults())
}

fn read(fields: &Fields<'_, '_>, file: &str, portal: &Portal) -> Option<Draft> {
    let id = fields.need_text("id")?;
    fields.named(format!("article \"{id}\""));
    let own = |key| fields.text(key).map(str::trim).unwrap_or_default().to_owned();
    let published = fields.need::<Moment>("published")?.0;
    let number = xxh3_64(id.as_bytes());
    let sections: Vec<String> = fields.texts("sections").into_iter().map(str::to_owned).collect();
    if let Some(unknown) = sections.iter().find(|s| !portal.sections.iter().any(|(known, _)| known == *s)) {
        fields.fault("sections", format!("cổng không có chuyên mục «{unknown}»"));
    }
    let article = DemoArticle {
        id: id.to_owned(),
        copy_of: fields.text("copy_of").map(str::to_owned),
        title: own("title"),
        sapo: own("sapo"),
        author: own("author"),
        body: own("body").split("\n\n").map(|p| p.trim().replace('\n', " ")).filter(|p| !p.is_empty()).collect(),
        published,
        created: fields.parsed::<Moment>("created").map_or_else(|| created(published, number), |m| m.0),
        shown: fields.text("shown").map(str::to_owned),
        removed: fields.parsed::<Moment>("removed").map(|m| m.0),
        number: 400_000 + number % 90_000,
        sections: if sections.is_empty() { vec![portal.sections.first()?.0.clone()] } else { sections },
    };
    let replace = fields.pairs("replace").into_iter().map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
    fields.finish();
    Some(Draft { article, replace, line: fields.line(), file: file.to_owned() })
}

/// A record is made some minutes before it is published.
fn created(published: Time, seed: u64) -> Time {
    let seconds = 300 + i64::try_from(seed % 3000).expect("less than 3000");
    published - TimeDelta::seconds(seconds)
}

/// Gives a copy the text of its original; checks that nothing is missing.
fn finish(draft: Draft, originals: &BTreeMap<String, DemoArticle>) -> Result<DemoArticle, Fault> {
    let Draft { mut article, replace, line, file } = draft;
    let wrong = |message: String| fault(&file, line, &format!("bài \"{}\": {message}", article.id));
    if let Some(name) = article.copy_of.clone() {
        let original = originals.get(&name).ok_or_else(|| wrong(format!("không có bài gốc «{name}»")))?;
        let mut body = original.body.join("\n\n");
        for (old, new) in &replace {
            if !body.contains(old) {
                return Err(wrong(format!("bài gốc không có đoạn «{old}»")));
            }
            body = body.replace(old, new);
        }
        let own = std::mem::take(&mut article.body);
        article.body = body.split("\n\n").map(str::to_owned).chain(own).collect();
        let inherit = |text: &mut String, from: &str| {
            if text.is_empty() {
                from.clone_into(text);
            }
        };
        inherit(&mut article.title, &original.title);
        inherit(&mut article.sapo, &original.sapo);
        inherit(&mut article.author, &original.author);
    }
    if article.title.is_empty() || article.body.is_empty() {
        return Err(wrong("thiếu title hoặc body".to_owned()));
    }
    Ok(article)
}

fn fault(file: &str, line: usize, message: &str) -> Fault {
    Fault { file: file.to_owned(), line: Some(line), field: String::new(), message: message.to_owned() }
}
