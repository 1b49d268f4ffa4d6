//! `cchc classify`: articles in, one assessment out for each, in their order; needs no store.

use super::{Context, Exit};
use crate::article::{ArticleId, Assessment};
use crate::error::{Error, Result};
use std::io::Write as _;
use std::path::Path;

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
    let path = args.file.as_deref().filter(|path| *path != Path::new("-"));
    let (lines, _) = context.articles(path, &rules)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for (article, (assessment, _)) in lines.articles.iter().zip(rules.assessor().over_file(&lines.articles)) {
        let line = serde_json::to_string(&Line { id: &article.id, assessment })
            .map_err(|e| Error::Failed(format!("không ghi được JSON: {e}")))?;
        if let Err(error) = writeln!(out, "{line}") {
            return super::written(Err(error)).map(|()| Exit::Done);
        }
    }
    super::written(out.flush())?;
    Ok(Exit::done(lines.skipped.is_empty()))
}
