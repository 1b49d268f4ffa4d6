//! `cchc store`: the index held against what is durable, copied, written anew.

use super::{Context, Exit, progress};
use crate::article::Article;
use crate::error::{Error, Result};
use crate::rebuild;
use crate::store::Store;
use std::path::{Path, PathBuf};

/// Chỉ mục: kiểm tra, sao lưu, nén
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc store check")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Action,
}

/// What to do with the store.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Action {
    /// So chỉ mục với kho lưu trữ và nhật ký
    Check,
    /// Sao lưu trạng thái nhất quán vào thư mục
    Backup {
        /// Thư mục đích
        dir: PathBuf,
    },
    /// Ghi lại chỉ mục cho gọn
    Compact,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    match &args.command {
        Action::Check => check(context),
        Action::Backup { dir } => backup(context, dir),
        Action::Compact => compact(context),
    }
}

/// Replays everything durable beside the index and names each difference.
fn check(context: &Context) -> Result<Exit> {
    let rules = context.rules()?;
    let owner = context.existing("cchc store check")?;
    let sites = context.crawled_sites(&owner.state)?;
    let replayed = Store::temporary()?;
    rebuild::into(&replayed, &owner, &rules, sites.as_ref(), &progress::stage())?;
    let differences = differences(&owner.store, &replayed)?;
    for difference in &differences {
        println!("{difference}");
    }
    if differences.is_empty() {
        println!("chỉ mục khớp với kho lưu trữ và nhật ký: {} bài", owner.store.len());
        return Ok(Exit::Done);
    }
    println!("{} chỗ khác; `cchc rebuild` dựng lại chỉ mục", differences.len());
    Ok(Exit::Fails)
}

fn differences(kept: &Store, replayed: &Store) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for id in replayed.ids() {
        let id = id?;
        match (kept.article(&id), replayed.article(&id)?) {
            (Ok(Some(kept)), Some(replayed)) => found.extend(unlike(&kept, &replayed)),
            (Ok(None), Some(replayed)) => found.push(format!("{id}: thiếu trong chỉ mục ({})", replayed.url)),
            (Err(error), _) => found.push(error.to_string()),
            (Ok(_), None) => {}
        }
    }
    for article in kept.heads() {
        let article = article?;
        if replayed.head(&article.id)?.is_none() {
            found.push(format!("{}: có trong chỉ mục, không có trong kho lưu trữ ({})", article.id, article.url));
        }
    }
    Ok(found)
}

/// The fields in which two articles differ.
fn unlike(kept: &Article, replayed: &Article) -> Option<String> {
    let fields = |article: &Article| match serde_json::to_value(article) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (kept_fields, replayed_fields) = (fields(kept), fields(replayed));
    let names = kept_fields.keys().chain(replayed_fields.keys());
    let mut unlike: Vec<&str> =
        names.filter(|name| kept_fields.get(*name) != replayed_fields.get(*name)).map(String::as_str).collect();
    unlike.sort_unstable();
    unlike.dedup();
    (!unlike.is_empty()).then(|| format!("{}: khác ở {}", kept.id, unlike.join(", ")))
}

/// Copies what is durable; the index is made anew from it wherever the copy is opened. What is
/// durable only grows, so a copy made while a crawl runs is the state of a moment.
fn backup(context: &Context, target: &Path) -> Result<Exit> {
    let state = &context.globals.state;
    if !state.join("VERSION").exists() {
        return Err(Error::Input(format!("{} không phải thư mục trạng thái", state.display())));
    }
    if target.exists() && std::fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Error::Input(format!("{} đã có nội dung; chỉ một thư mục mới", target.display())));
    }
    let mut copied = 0;
    // The journal goes first: what it names in files/ and inputs/ was there before it.
    for name in [
        "VERSION",
        "journal.jsonl",
        "sites.toml",
        "users.json",
        "files",
        "inputs",
        "keys",
        "seals",
        "archive",
        "reports",
    ] {
        copied += copy(&state.join(name), &target.join(name))?;
    }
    println!("đã sao lưu {copied} tệp vào {}; mở bằng --state, chỉ mục tự dựng lại", target.display());
    Ok(Exit::Done)
}

fn copy(from: &Path, to: &Path) -> Result<usize> {
    let failed = |e| Error::io(format!("không sao được {} vào {}", from.display(), to.display()), e);
    if from.is_dir() {
        std::fs::create_dir_all(to).map_err(failed)?;
        let mut copied = 0;
        for entry in std::fs::read_dir(from).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            copied += copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(copied);
    }
    if !from.is_file() {
        return Ok(0);
    }
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::copy(from, to).map_err(failed)?;
    Ok(1)
}

/// Writes the index anew, which is the only way to get space back from sled.
fn compact(context: &Context) -> Result<Exit> {
    let owner = context.existing("cchc store compact")?;
    let (index, before) = (owner.state.index(), owner.store.size()?);
    drop(owner);
    let aside = index.with_extension("cu");
    std::fs::rename(&index, &aside).map_err(|e| Error::io(format!("không chuyển được {}", index.display()), e))?;
    // Taking the state again finds no index and makes it anew; until then the old one stays aside.
    let rebuilt = context.owner("cchc store compact").and_then(|owner| owner.store.flush().map(|()| owner));
    match rebuilt {
        Ok(owner) => {
            std::fs::remove_dir_all(&aside).map_err(|e| Error::io(format!("không xoá được {}", aside.display()), e))?;
            println!("chỉ mục: {before} → {} byte", owner.store.size()?);
            Ok(Exit::Done)
        }
        Err(error) => Err(Error::Failed(format!("{error}; chỉ mục cũ còn ở {}", aside.display()))),
    }
}
