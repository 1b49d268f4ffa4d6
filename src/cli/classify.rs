//! `cchc classify`: articles in, one assessment out for each, in their order; needs no store.

use super::{Context, Exit};
use crate::article::{Article, ArticleId, Assessment};
use crate::assess::novelty;
use crate::error::{Error, Result, told};
use crate::rules::Rules;
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
    after_help = "Ví dụ:\n  cchc classify bai.jsonl\n  cchc articles --since 2026-01-01 | cchc classify -"
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
    let (articles, skipped) = match path {
        Some(path) => {
            let file = std::fs::File::open(path)
                .map_err(|e| Error::Input(format!("không đọc được {}: {}", path.display(), told(&e))))?;
            read(&path.display().to_string(), BufReader::new(file))?
        }
        None => read("stdin", std::io::stdin().lock())?,
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for (article, assessment) in articles.iter().zip(assess(&rules, &articles)) {
        let line = serde_json::to_string(&Line { id: &article.id, assessment })
            .map_err(|e| Error::Failed(format!("không ghi được JSON: {e}")))?;
        match writeln!(out, "{line}") {
            // Who reads us has seen enough.
            Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => return Ok(Exit::Done),
            other => other.map_err(|e| Error::io("không ghi được kết quả", e))?,
        }
    }
    out.flush().map_err(|e| Error::io("không ghi được kết quả", e))?;
    Ok(if skipped == 0 { Exit::Done } else { Exit::Partly })
}

fn assess<'a>(rules: &Rules, articles: &'a [Article]) -> impl Iterator<Item = Assessment> + use<'a> {
    let assessor = rules.assessor();
    articles.iter().zip(novelty::over_file(articles)).map(move |(article, finding)| {
        let mut assessment = assessor.assess(article, None);
        assessment.repost = finding.repost;
        assessment.repost_of = finding.repost_of;
        assessment.similarity = finding.similarity;
        assessment.reasons.extend(finding.reasons);
        if let Some(given) = &article.assessment {
            given.apply(&mut assessment);
        }
        assessment
    })
}

/// Every article of a file, and how many lines were skipped; each of those is named on stderr.
fn read(name: &str, mut input: impl BufRead) -> Result<(Vec<Article>, usize)> {
    let (mut articles, mut skipped, mut bytes) = (Vec::new(), 0, Vec::new());
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
            Ok(article) => articles.push(article),
            Err(why) => {
                skipped += 1;
                eprintln!("{name}:{number}: bỏ qua dòng này: {why}");
            }
        }
    }
    Ok((articles, skipped))
}

fn parse(line: &[u8]) -> std::result::Result<Article, String> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let article: Article =
        serde_json::from_slice(line).map_err(|e| format!("{e}; mỗi dòng là một bài dạng JSON có trường id"))?;
    if article.id.0.is_empty() { Err("thiếu trường id".to_owned()) } else { Ok(article) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_lines_are_skipped_and_counted() {
        let lines =
            "\u{feff}{\"id\":\"a\",\"title\":\"A\"}\n\n{\"id\":\"b\",\n{\"title\":\"C\"}\n{\"id\":\"d\",\"sapo\":null}";
        let (articles, skipped) = read("tệp", lines.as_bytes()).unwrap();
        let ids: Vec<&str> = articles.iter().map(|a| a.id.0.as_str()).collect();
        assert_eq!((ids, skipped), (vec!["a", "d"], 2));
    }
}
