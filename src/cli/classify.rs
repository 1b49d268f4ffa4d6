//! `cchc classify`: articles in, one assessment out for each, in their order; needs no store.

use super::{Context, Exit};
use crate::article::{Article, ArticleId, Assessment, Channel, lines};
use crate::error::{Error, Result, told};
use crate::registry::Registry;
use crate::url::CanonicalUrl;
use serde::de::IgnoredAny;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::path::Path;

/// Longer lines are no article.
const LONGEST_LINE: u64 = 16 << 20;

/// Thẩm định các bài cho dưới dạng JSONL, không cần kho
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Thẩm định các bài cho dưới dạng JSONL (mỗi dòng một bài): đơn vị, CCHC hay không, lĩnh vực, mảng, loại bài, \
                  đăng lại hay mới trong phạm vi tệp; mỗi câu trả lời kèm lý do. Trường `assessment` có sẵn được giữ nguyên. \
                  Dòng hỏng được nêu tên trên stderr và bỏ qua (mã thoát 3).",
    after_help = "Trường của mỗi dòng:\n  id         bắt buộc, mỗi bài một mã\n  channel    city-page, own-portal hoặc other; thiếu thì đoán theo host: cổng của một đơn vị trong danh mục là own-portal\n  host, url  tên miền và địa chỉ bài; thiếu host thì lấy từ url\n  title, sapo, body (mảng đoạn văn), author, category\n  published  RFC 3339, như 2026-05-04T08:00:00+07:00\nTrường khác được bỏ qua.\n\n\
                  Ví dụ:\n  cchc classify bai.jsonl\n  cchc articles --since 2026-01-01 | cchc classify -"
)]
pub(super) struct Args {
    /// Tệp JSONL, hoặc - (mặc định) để đọc từ stdin
    #[arg(value_name = "TỆP|-")]
    file: Option<std::path::PathBuf>,
}

/// One line out.
#[derive(serde::Serialize)]
struct Line<'a> {
    id: &'a ArticleId,
    #[serde(flatten)]
    assessment: Assessment,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    let rules = context.rules()?;
    let path = args.file.as_deref().filter(|p| *p != Path::new("-"));
    let (mut articles, skipped) = match path {
        Some(path) => {
            let file = std::fs::File::open(path)
                .map_err(|e| Error::Input(format!("không đọc được {}: {}", path.display(), told(&e))))?;
            read(&path.display().to_string(), BufReader::new(file))?
        }
        None => read("stdin", std::io::stdin().lock())?,
    };
    for article in &mut articles {
        place(article, &rules.registry);
    }
    let articles: Vec<Article> = articles.into_iter().map(|read| read.article).collect();
    articles.iter().flat_map(|article| rules.strangers(article)).for_each(|told| eprintln!("{told}"));
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for (article, (assessment, _)) in articles.iter().zip(rules.assessor().over_file(&articles)) {
        let line = serde_json::to_string(&Line { id: &article.id, assessment })
            .map_err(|e| Error::Failed(format!("không ghi được JSON: {e}")))?;
        if let Err(error) = writeln!(out, "{line}") {
            return super::written(Err(error)).map(|()| Exit::Done);
        }
    }
    super::written(out.flush())?;
    Ok(if skipped == 0 { Exit::Done } else { Exit::Partly })
}

/// One line in.
#[derive(Debug)]
struct Read {
    article: Article,
    /// Whether the line says on which channel the article stands.
    channel: bool,
}

/// Takes host and channel from what the line does say.
fn place(read: &mut Read, registry: &Registry) {
    let article = &mut read.article;
    if article.host.is_empty()
        && let Some(url) = CanonicalUrl::parse(&article.url)
    {
        article.host = url.to_url().host_str().unwrap_or_default().to_owned();
    }
    if !read.channel && registry.by_host(&article.host).is_some() {
        article.channel = Channel::OwnPortal;
    }
}

/// Every article of a file, and how many lines were skipped; each of those is named on stderr, and
/// so is an id that stood there before: both are answered, but nobody could tell them apart.
fn read(name: &str, mut input: impl BufRead) -> Result<(Vec<Read>, usize)> {
    let (mut articles, mut skipped, mut bytes) = (Vec::new(), 0, Vec::new());
    let mut seen: HashMap<ArticleId, usize> = HashMap::new();
    for number in 1_usize.. {
        bytes.clear();
        let unreadable = |e| Error::io(format!("không đọc được {name}"), e);
        input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes).map_err(unreadable)?;
        if bytes.is_empty() {
            break;
        }
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        match parse(&bytes) {
            Ok(read) => {
                if let Some(first) = seen.get(&read.article.id) {
                    let id = &read.article.id;
                    eprintln!(
                        "{name}:{number}: mã «{id}» đã có ở dòng {first}: cả hai được trả lời dưới cùng một mã; đặt cho mỗi bài một id riêng"
                    );
                }
                seen.entry(read.article.id.clone()).or_insert(number);
                articles.push(read);
            }
            Err(why) => {
                skipped += 1;
                eprintln!("{name}:{number}: bỏ qua dòng này: {why}");
            }
        }
    }
    Ok((articles, skipped))
}

/// What a line may leave out.
#[derive(serde::Deserialize)]
struct Said {
    #[serde(default)]
    channel: Option<IgnoredAny>,
}

fn parse(line: &[u8]) -> std::result::Result<Read, String> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let bad = |e: serde_json::Error| lines::refusal(&e);
    let article: Article = serde_json::from_slice(line).map_err(bad)?;
    // Any other than the default was said.
    let said =
        article.channel != Channel::default() || serde_json::from_slice::<Said>(line).map_err(bad)?.channel.is_some();
    if article.id.0.trim().is_empty() {
        return Err("thiếu trường id".to_owned());
    }
    Ok(Read { article, channel: said })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_lines_are_skipped_and_counted() {
        let lines =
            "\u{feff}{\"id\":\"a\",\"title\":\"A\"}\n\n{\"id\":\"b\",\n{\"title\":\"C\"}\n{\"id\":\"d\",\"sapo\":null}";
        let (articles, skipped) = read("tệp", lines.as_bytes()).unwrap();
        let ids: Vec<&str> = articles.iter().map(|read| read.article.id.0.as_str()).collect();
        assert_eq!((ids, skipped), (vec!["a", "d"], 2));
    }

    #[test]
    fn the_host_tells_an_own_portal_where_the_line_names_no_channel() {
        let registry = Registry::parse(&crate::data::Data::built_in()).unwrap();
        for (line, channel) in [
            (r#"{"id":"a","host":"haibatrung.hanoi.gov.vn"}"#, Channel::OwnPortal),
            (r#"{"id":"a","url":"https://haibatrung.hanoi.gov.vn/a.htm"}"#, Channel::OwnPortal),
            (r#"{"id":"a","channel":"other","host":"haibatrung.hanoi.gov.vn"}"#, Channel::Other),
            (r#"{"id":"a","host":"vnexpress.net"}"#, Channel::Other),
        ] {
            let mut read = parse(line.as_bytes()).unwrap();
            place(&mut read, &registry);
            assert_eq!(read.article.channel, channel, "{line}");
        }
    }
}
