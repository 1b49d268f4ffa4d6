//! `cchc articles`: what the store holds, as the JSON lines that `import` reads.

use super::{Context, Exit};
use crate::article::{Article, ArticleId, Given};
use crate::assess::labelled::Labelled;
use crate::error::{Error, Result};
use crate::owner::View;
use crate::store::Entry;
use crate::unit::UnitId;
use crate::{time, world};
use serde::Serialize;
use std::io::Write as _;

/// Các bài trong kho, mỗi dòng một JSON
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ví dụ:\n  cchc articles --unit so-tu-phap --since 2026-03-01\n  cchc articles --labelled > bai-mau.jsonl"
)]
pub(super) struct Args {
    /// Chỉ cổng này
    #[arg(long, value_name = "MÃ")]
    site: Vec<String>,
    /// Chỉ đơn vị này
    #[arg(long, value_name = "MÃ")]
    unit: Vec<UnitId>,
    /// Chỉ bài đăng từ ngày này
    #[arg(long, value_name = "NGÀY", value_parser = super::usage::day)]
    since: Option<chrono::NaiveDate>,
    /// Chỉ bài mà người kiểm tra đã quyết định về đơn vị, CCHC, chủ đề hay thể loại, dưới dạng bài mẫu
    /// đã gán nhãn; nhãn chưa ai xem nằm trong `borderline`
    #[arg(long)]
    labelled: bool,
}

/// One line out.
#[derive(Serialize)]
#[serde(untagged)]
enum Line {
    Article(Box<Article>),
    Labelled(Box<Labelled>),
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    let view = context.view("cchc articles")?;
    let entries = view.entries()?;
    args.check(&entries, &view, context)?;
    let decisions = if args.labelled { world::people(view.state(), None)?.decisions } else { Vec::new() };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let wanted: Vec<Entry> = entries.into_iter().filter(|entry| args.wants(entry)).collect();
    let ids: Vec<ArticleId> = wanted.iter().map(|entry| entry.article.id.clone()).collect();
    for (entry, article) in wanted.into_iter().zip(view.articles(&ids)) {
        let Some(article) = article? else { continue };
        let line = if args.labelled {
            let found = entry.assessment().unwrap_or_default();
            let Some(labelled) = Labelled::of_decisions(&article, &found, &decisions) else { continue };
            Line::Labelled(Box::new(labelled))
        } else {
            let assessment = entry.assessment().map(Given::from);
            Line::Article(Box::new(Article { assessment: assessment.or(article.assessment), ..article }))
        };
        let written = serde_json::to_writer(&mut out, &line).map_err(Into::into).and_then(|()| out.write_all(b"\n"));
        if let Err(error) = written {
            return super::written(Err(error)).map(|()| Exit::Done);
        }
    }
    super::written(out.flush()).map(|()| Exit::Done)
}

impl Args {
    /// Refuses a site or unit that does not exist, which would look as if it had published nothing.
    fn check(&self, entries: &[Entry], view: &View, context: &Context) -> Result<()> {
        if !self.unit.is_empty() {
            let rules = context.rules()?;
            self.unit.iter().try_for_each(|id| crate::inspect::unit(&rules, id).map(drop))?;
        }
        let sites = context.crawled_sites(view.state())?;
        let declared = |id: &str| sites.as_ref().is_some_and(|sites| sites.get(id).is_some());
        let holds = |id: &str| entries.iter().any(|entry| entry.article.site.as_deref() == Some(id));
        match self.site.iter().find(|id| !declared(id) && !holds(id)) {
            Some(id) => Err(Error::Input(format!("--site {id}: không có cổng này; xem `cchc sites list`"))),
            None => Ok(()),
        }
    }

    fn wants(&self, entry: &Entry) -> bool {
        let article = &entry.article;
        let site = self.site.is_empty() || article.site.as_ref().is_some_and(|site| self.site.contains(site));
        let unit = self.unit.is_empty() || entry.credited().iter().any(|unit| self.unit.contains(unit));
        let since = self.since.is_none_or(|day| article.published.is_some_and(|at| at >= time::start_of(day)));
        site && unit && since
    }
}
