//! The state folder: where what stands in it (DESIGN, *Files*).

use crate::error::{Error, Result};
use crate::site::Sites;
use std::path::{Path, PathBuf};

/// Version of the state's form. A newer one is refused, an older one rebuilt.
pub const VERSION: u32 = 1;

/// A state folder.
#[derive(Debug, Clone)]
pub struct State {
    dir: PathBuf,
}

impl State {
    /// Names the folder.
    #[must_use]
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// The folder itself.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The index.
    #[must_use]
    pub fn index(&self) -> PathBuf {
        self.dir.join("db")
    }

    /// The WARC files.
    #[must_use]
    pub fn archive(&self) -> PathBuf {
        self.dir.join("archive")
    }

    /// The reports of the nights.
    #[must_use]
    pub fn reports(&self) -> PathBuf {
        self.dir.join("reports")
    }

    /// The site entries used by the last crawl.
    #[must_use]
    pub fn sites(&self) -> PathBuf {
        self.dir.join("sites.toml")
    }

    /// Those entries; `None` before the first crawl.
    ///
    /// # Errors
    /// The file cannot be read or has faults.
    pub fn crawled_sites(&self) -> Result<Option<Sites>> {
        let path = self.sites();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io(format!("không đọc được {}", path.display()), error)),
        };
        Sites::parse(&path.display().to_string(), &text).map(Some).map_err(Error::Faults)
    }

    /// Makes the folder and those inside.
    pub(super) fn make(&self) -> Result<()> {
        for folder in
            [self.dir.clone(), self.archive(), self.reports(), self.dir.join("files"), self.dir.join("inputs")]
        {
            std::fs::create_dir_all(&folder)
                .map_err(|e| Error::io(format!("không tạo được thư mục {}", folder.display()), e))?;
        }
        Ok(())
    }

    /// Refuses the state of a newer program; tells whether it is an older one's, and writes our
    /// version where there is none.
    pub(super) fn check_version(&self) -> Result<bool> {
        let file = self.dir.join("VERSION");
        let found = match std::fs::read_to_string(&file) {
            Ok(text) => text.trim().parse::<u32>().map_err(|_| {
                Error::Failed(format!("{}: phải là một số; có phải thư mục trạng thái của cchc?", file.display()))
            })?,
            Err(_) => 0,
        };
        if found > VERSION {
            return Err(Error::Failed(format!(
                "{}: trạng thái phiên bản {found} do chương trình mới hơn ghi; chương trình này đọc đến {VERSION}, hãy nâng cấp",
                file.display()
            )));
        }
        if found < VERSION {
            // Beside its place first: half a version would lock every later start out.
            let beside = self.dir.join("VERSION.new");
            std::fs::write(&beside, format!("{VERSION}\n"))
                .and_then(|()| std::fs::rename(&beside, &file))
                .map_err(|e| Error::io(format!("không ghi được {}", file.display()), e))?;
        }
        Ok(found != 0 && found < VERSION)
    }
}
