//! `cchc store`: the index held against what is durable, copied, written anew.

use super::context::is_within;
use super::{Context, Exit, progress};
use crate::archive::Archive;
use crate::article::Article;
use crate::error::{Error, Result};
use crate::evidence::{self, Key, Seal};
use crate::owner::State;
use crate::rebuild;
use crate::record::Record;
use crate::store::Store;
use std::path::{Path, PathBuf};

/// Chỉ mục: kiểm tra, sao lưu, nén
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc store check\n  cchc store erase MÃ_BĂM --reason \"công dân yêu cầu\" --by lan")]
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
        #[arg(value_name = "THƯ_MỤC")]
        dir: PathBuf,
    },
    /// Ghi lại chỉ mục cho gọn
    Compact,
    /// Xoá một tệp có dữ liệu cá nhân; nhật ký ghi ai xoá, vì sao, và chuỗi vẫn nguyên
    Erase {
        /// Mã băm của tệp, như `cchc attest show` in ra
        #[arg(value_name = "MÃ_BĂM")]
        file: String,
        /// Vì sao
        #[arg(long, value_name = "LÝ_DO")]
        reason: String,
        /// Người xoá
        #[arg(long, value_name = "TÊN")]
        by: String,
    },
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Exit> {
    match &args.command {
        Action::Check => check(context),
        Action::Backup { dir } => backup(context, dir),
        Action::Compact => compact(context),
        Action::Erase { file, reason, by } => {
            let entry = context.kept_record()?.erase(&context.hand(by)?, file, reason)?;
            println!("đã xoá tệp {file}, bút toán số {}; bản sao lưu cũ có thể còn tệp này", entry.seq);
            Ok(Exit::Done)
        }
    }
}

/// Checks what is durable against its seals, replays it beside the index, and names each difference.
fn check(context: &Context) -> Result<Exit> {
    let rules = context.rules()?;
    let owner = context.existing("cchc store check")?;
    let sites = context.crawled_sites(&owner.state)?;
    let (seals, mut faults) = sealed(&owner.state)?;
    let replayed = Store::temporary()?;
    let rebuilt = rebuild::into(&replayed, &owner, &rules, sites.as_ref(), &progress::stage())?;
    faults.extend(rebuilt.damaged);
    let differences = differences(&owner.store, &replayed)?;
    for told in faults.iter().chain(&differences) {
        println!("{told}");
    }
    match (faults.len(), differences.len()) {
        (0, 0) => {
            println!("{seals} niêm phong đúng chữ ký; mọi bản lưu và bút toán đúng với niêm phong");
            println!("chỉ mục khớp với kho lưu trữ và nhật ký: {} bài", owner.store.len());
        }
        (0, n) => println!("{n} chỗ khác; `cchc rebuild` dựng lại chỉ mục"),
        (n, m) => println!(
            "{n} chỗ hỏng trong kho lưu trữ, nhật ký hoặc niêm phong: khôi phục từ bản sao lưu; {m} chỗ khác trong chỉ mục"
        ),
    }
    Ok(if faults.is_empty() && differences.is_empty() { Exit::Done } else { Exit::Fails })
}

/// How many seals there are, and what no longer holds of them and of what they cover.
fn sealed(state: &State) -> Result<(usize, Vec<String>)> {
    let (archive, record) = (Archive::new(state.archive()), Record::new(state.dir()));
    let seals = record.journal().entries()?.iter().filter_map(Seal::of).count();
    // Asking for a key would make one, and a new key has signed nothing.
    if seals > 0 && !Key::path(state.dir()).exists() {
        let lost = Key::path(state.dir()).display().to_string();
        return Ok((seals, vec![format!("{lost}: không còn khoá đã ký {seals} niêm phong; khôi phục từ bản sao lưu")]));
    }
    if seals == 0 {
        return Ok((0, Vec::new()));
    }
    let faults = evidence::check(&archive, &record, &Key::of(state.dir())?.public(), true)?;
    Ok((seals, faults))
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

/// What a backup holds. The journal goes before what it names in files/ and inputs/, which was there before it.
const DURABLE: [&str; 10] =
    ["VERSION", "journal.jsonl", "sites.toml", "users.json", "files", "inputs", "keys", "seals", "archive", "reports"];

/// Copies what is durable; the index is made anew from it wherever the copy is opened. What is
/// durable only grows, so a copy made while a crawl runs is the state of a moment.
fn backup(context: &Context, target: &Path) -> Result<Exit> {
    let state = &context.globals.state;
    if !state.join("VERSION").exists() {
        return Err(Error::Input(format!("{} không phải thư mục trạng thái", state.display())));
    }
    // A copy inside what is copied would be copied in its turn, until the disk is full. A part of the
    // state may be a link to another disk.
    if let Some(part) = [""].iter().chain(&DURABLE).map(|part| state.join(part)).find(|part| is_within(target, part)) {
        return Err(Error::Input(format!(
            "{} nằm trong {}, nơi được sao lưu; chọn thư mục ngoài thư mục trạng thái",
            target.display(),
            part.display()
        )));
    }
    if target.exists() && std::fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Error::Input(format!("{} đã có nội dung; chỉ một thư mục mới", target.display())));
    }
    let mut copied = 0;
    for name in DURABLE {
        copied += copy(&state.join(name), &target.join(name))?;
    }
    println!("đã sao lưu {copied} tệp vào {}; mở bằng --state, chỉ mục tự dựng lại", target.display());
    Ok(Exit::Done)
}

fn copy(from: &Path, to: &Path) -> Result<usize> {
    let failed = |e| Error::io(format!("không sao được {} vào {}", from.display(), to.display()), e);
    if from.is_dir() {
        std::fs::create_dir_all(to).map_err(failed)?;
        let entries = std::fs::read_dir(from).map_err(failed)?;
        let mut names = entries.map(|entry| entry.map(|entry| entry.file_name())).collect::<std::io::Result<Vec<_>>>();
        // In order of name, so that the list of an archive file's records, which says that the file is
        // closed, goes before the file: one that is closed meanwhile is then copied as an open one.
        names.iter_mut().for_each(|names| names.sort_unstable());
        return names.map_err(failed)?.iter().map(|name| copy(&from.join(name), &to.join(name))).sum();
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
    if aside.exists() {
        // Left by a run that was killed; what it was put aside for was made anew since, or is now.
        std::fs::remove_dir_all(&aside).map_err(|e| Error::io(format!("không xoá được {}", aside.display()), e))?;
    }
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
