//! Opening sled without trusting it: what is damaged is put aside, never deleted, and rebuilt.
//!
//! A damaged sled folder may fail, panic or hang in `open` (measured; see the crate notes in
//! CONTRIBUTING). A left-over or broken snapshot is only a cache of the log, so that is tried
//! first; a panic is caught, since the index can always be made anew from what is durable.

use super::table::failed;
use crate::error::{Error, Result};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often, and after how long each, a lock held by somebody else is tried again: a process
/// started meanwhile holds our files for a moment until it has begun.
const LOCK_TRIES: u32 = 50;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// Memory sled may use for its cache; it takes several times as much. A night reads hardly anything
/// twice, so more of it would not make it faster.
const CACHE: u64 = 16 << 20;

/// The row that marks an index as ours.
const MARK: &[u8] = b"cchc";

/// How an index was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// As it was left.
    Kept,
    /// Empty: there was none, or a damaged one was put aside, as the text says.
    Fresh(Option<String>),
}

/// Why the index does not open.
#[derive(Debug)]
enum Problem {
    /// Somebody else has it open: no reason to put it aside.
    Locked,
    Damaged(String),
}

impl Problem {
    fn into_error(self, dir: &Path) -> Error {
        Error::Failed(match self {
            Self::Locked => {
                format!("chỉ mục {} đang do một tiến trình khác mở; chờ nó xong rồi chạy lại", dir.display())
            }
            Self::Damaged(text) => text,
        })
    }
}

/// Opens the folder, mending or replacing what is damaged.
///
/// # Errors
/// Where somebody else has it open, or the disk refuses.
pub(super) fn database(dir: &Path) -> Result<(sled::Db, Opened)> {
    let fresh = !dir.join("db").exists();
    remove_unfinished_snapshots(dir);
    if fresh {
        let db = attempt(dir).and_then(mark).map_err(|p| p.into_error(dir))?;
        return Ok((db, Opened::Fresh(None)));
    }
    let first = match attempt(dir).and_then(marked) {
        Ok(db) => return Ok((db, Opened::Kept)),
        Err(Problem::Damaged(text)) => text,
        Err(locked @ Problem::Locked) => return Err(locked.into_error(dir)),
    };
    tracing::warn!(problem = %first, "chỉ mục không mở được; thử lại, bỏ bản chụp nhanh");
    let aside = quarantine(dir)?;
    for snapshot in files(dir, "snap.") {
        move_to(&snapshot, &aside)?;
    }
    if let Ok(db) = attempt(dir).and_then(marked) {
        return Ok((db, Opened::Kept));
    }
    for file in files(dir, "") {
        move_to(&file, &aside)?;
    }
    let db = attempt(dir).and_then(mark).map_err(|p| p.into_error(dir))?;
    Ok((db, Opened::Fresh(Some(format!("chỉ mục hỏng ({first}) được chuyển vào {}", aside.display())))))
}

/// Says in the index that it is ours and of which version: a log damaged at its head opens
/// without complaint and empty, and must not be taken for an index without articles.
fn mark(db: sled::Db) -> std::result::Result<sled::Db, Problem> {
    let written = db.insert(MARK, &[super::SCHEMA]).and_then(|_| db.flush());
    written.map(|_| db).map_err(|e| Problem::Damaged(failed("db", &e).to_string()))
}

fn marked(db: sled::Db) -> std::result::Result<sled::Db, Problem> {
    let problem = match db.get(MARK) {
        Ok(Some(version)) if *version == [super::SCHEMA] => return Ok(db),
        Ok(Some(_)) => "chỉ mục thuộc phiên bản khác của chương trình".to_owned(),
        Ok(None) => "chỉ mục mất phần đầu".to_owned(),
        Err(error) => failed("db", &error).to_string(),
    };
    Err(Problem::Damaged(problem))
}

fn attempt(dir: &Path) -> std::result::Result<sled::Db, Problem> {
    let config = sled::Config::new().path(dir).cache_capacity(CACHE).flush_every_ms(Some(500));
    for _ in 0..LOCK_TRIES {
        match catch_unwind(AssertUnwindSafe(|| config.open())) {
            Ok(Ok(db)) => return Ok(db),
            Ok(Err(error)) if locked(&error) => std::thread::sleep(LOCK_PAUSE),
            Ok(Err(error)) => return Err(Problem::Damaged(failed("db", &error).to_string())),
            Err(_) => return Err(Problem::Damaged("sled dừng đột ngột khi mở".to_owned())),
        }
    }
    Err(Problem::Locked)
}

/// sled gives a held lock no kind of its own.
fn locked(error: &sled::Error) -> bool {
    matches!(error, sled::Error::Io(io) if io.to_string().starts_with("could not acquire lock"))
}

/// A snapshot that was being written when the process died makes `open` fail; the log has it all.
fn remove_unfinished_snapshots(dir: &Path) {
    for file in files(dir, "snap.").into_iter().filter(|f| f.extension().is_some_and(|e| e == "generating")) {
        // If it cannot be removed, opening fails and says so.
        let _ = std::fs::remove_file(file);
    }
}

fn files(dir: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let named = entries.filter(|e| e.file_name().to_string_lossy().starts_with(prefix));
    named.map(|e| e.path()).collect()
}

/// A new folder beside the index for what is put aside.
fn quarantine(dir: &Path) -> Result<PathBuf> {
    let aside = (1..).map(|n| dir.with_extension(format!("hong-{n}"))).find(|p| !p.exists());
    let aside = aside.expect("numbers do not run out");
    std::fs::create_dir_all(&aside).map_err(|e| Error::io(format!("không tạo được {}", aside.display()), e))?;
    Ok(aside)
}

fn move_to(file: &Path, folder: &Path) -> Result<()> {
    let name = file.file_name().unwrap_or_default();
    std::fs::rename(file, folder.join(name)).map_err(|e| Error::io(format!("không chuyển được {}", file.display()), e))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(dir: &Path) {
        let db = mark(attempt(dir).unwrap()).unwrap();
        for n in 0..2_000_u32 {
            db.insert(n.to_be_bytes(), vec![7; 100]).unwrap();
        }
        db.flush().unwrap();
        drop(db);
        // sled writes its snapshot when it opens a log.
        attempt(dir).unwrap();
    }

    fn snapshot(dir: &Path) -> PathBuf {
        files(dir, "snap.").pop().unwrap()
    }

    #[test]
    fn an_index_that_somebody_holds_is_not_put_aside() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("db");
        let (held, _) = database(&dir).unwrap();
        let refused = database(&dir).unwrap_err().to_string();
        assert!(refused.contains("đang do một tiến trình khác mở"), "{refused}");
        drop(held);
        assert_eq!(files(root.path(), "").len(), 1, "nothing was put aside");
    }

    #[test]
    fn damage_is_mended_or_put_aside() {
        type Damage = fn(&Path);
        let cases: [(&str, Damage, bool); 4] = [
            ("nothing", |_| {}, true),
            ("snapshot emptied", |dir| std::fs::write(snapshot(dir), b"").unwrap(), true),
            (
                "snapshot left unfinished",
                |dir| std::fs::write(dir.join("snap.00000000000FFFFF.generating"), b"x").unwrap(),
                true,
            ),
            ("log overwritten", |dir| std::fs::write(dir.join("db"), vec![9; 600_000]).unwrap(), false),
        ];
        for (name, damage, kept) in cases {
            let root = tempfile::tempdir().unwrap();
            let dir = root.path().join("db");
            filled(&dir);
            damage(&dir);
            let (db, opened) = database(&dir).unwrap();
            assert_eq!(opened == Opened::Kept, kept, "{name}: {opened:?}");
            if kept {
                assert_eq!(db.len(), 2_001, "{name}");
            }
        }
    }
}
