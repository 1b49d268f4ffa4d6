//! What every command is handed: the global options, and the rules they lead to.

use super::Globals;
use crate::archive::Archive;
use crate::article::Channel;
use crate::article::lines::{self, Lines};
use crate::data::Data;
use crate::error::{Error, Result, told};
use crate::nightly::watermark;
use crate::owner::{Owner, State, View};
use crate::rebuild;
use crate::record::{Hand, Record, Via};
use crate::rules::Rules;
use crate::site::Sites;
use crate::time::{self, Time};
use chrono::{DateTime, SubsecRound as _, Utc};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

/// The global options, and what they lead to.
#[derive(Clone)]
pub struct Context {
    /// The options.
    pub globals: Globals,
}

impl Context {
    /// Wraps the options.
    #[must_use]
    pub fn new(globals: Globals) -> Self {
        Self { globals }
    }

    /// Now, by the system's clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    /// The rule files: `--data`, else `./data`, else the copy inside the program.
    pub fn data(&self) -> Result<Data> {
        match &self.globals.data {
            Some(dir) if !dir.is_dir() => Err(Error::Input(format!(
                "--data {}: không phải thư mục; chỉ tới thư mục có plans/, units/, lexicons/, platforms/",
                dir.display()
            ))),
            Some(dir) => read(dir),
            None if Path::new("data/plans").is_dir() => read(Path::new("data")),
            None => Ok(Data::built_in()),
        }
    }

    /// All rules, checked.
    pub fn rules(&self) -> Result<Rules> {
        Rules::parse(self.data()?)
    }

    /// The rules of a past night, as kept with the state; today's where none were kept.
    pub fn rules_at(&self, moment: Time) -> Result<Rules> {
        match Record::new(&self.globals.state).inputs_at(moment)? {
            Some(data) => Rules::parse(data),
            None => self.rules(),
        }
    }

    /// The state, for reading; `name` is the command's.
    pub fn view(&self, name: &str) -> Result<View> {
        let view = View::open(&self.globals.state, name)?;
        if let View::Here(_, _, Some(owner)) = &view {
            self.freshen(owner)?;
        }
        Ok(view)
    }

    /// The state, held by this process alone, made if it is not there, and then said so: it may be
    /// another folder mistyped. An index that is stale is made anew first.
    pub fn owner(&self, name: &str) -> Result<Owner> {
        if !self.has_state() {
            eprintln!("tạo thư mục trạng thái mới: {}", self.globals.state.display());
        }
        let owner = Owner::take(&self.globals.state, name)?;
        self.freshen(&owner)?;
        Ok(owner)
    }

    /// The state, held by this process alone, if there is one: a mistyped folder is told, not made.
    pub fn existing(&self, name: &str) -> Result<Owner> {
        self.kept_record()?;
        Owner::take(&self.globals.state, name)
    }

    /// The journal with its files, for reading, if there is a state: a mistyped folder is told.
    pub fn kept_record(&self) -> Result<Record> {
        let state = &self.globals.state;
        if !self.has_state() {
            return Err(Error::Input(format!("{} không phải thư mục trạng thái; xem lại --state", state.display())));
        }
        Ok(Record::new(state))
    }

    /// Whether the folder that `--state` names is a state.
    pub fn has_state(&self) -> bool {
        self.globals.state.join("VERSION").exists()
    }

    /// Brings the index of a held state up to date with what is durable: made anew where it is
    /// stale, caught up where a run was killed.
    fn freshen(&self, owner: &Owner) -> Result<()> {
        let archive = Archive::new(owner.state.archive());
        if !has_content(&owner.state) {
            return watermark::set(&owner.store, &archive);
        }
        if owner.stale.is_none() && watermark::is_reached(&owner.store, &archive)? {
            return Ok(());
        }
        let (rules, sites) = (self.rules()?, self.crawled_sites(&owner.state)?);
        let stale = match &owner.stale {
            Some(why) => Some(why.clone()),
            None => rebuild::catch_up(owner, &rules, sites.as_ref(), &super::progress::stage())?,
        };
        let Some(why) = stale else { return Ok(()) };
        eprintln!("{why}; đang dựng lại chỉ mục từ kho lưu trữ và nhật ký");
        let rebuilt = rebuild::rebuild(owner, &rules, sites.as_ref(), &super::progress::stage())?;
        rebuilt.damaged.iter().for_each(|damaged| eprintln!("{damaged}"));
        Ok(())
    }

    /// The journal with its files, for writing: the state folder is made where it is not there.
    /// An entry needs no hold on the state, so that an inspector can decide while the night runs.
    pub fn record(&self, name: &str) -> Result<Record> {
        if !self.has_state() {
            drop(self.owner(name)?);
        }
        Ok(Record::new(&self.globals.state))
    }

    /// Whoever gives this command.
    pub fn hand(&self, by: &str) -> Result<Hand> {
        let by = by.trim();
        if by.is_empty() {
            return Err(Error::Input("--by: ghi tên người làm".to_owned()));
        }
        Ok(Hand { at: time::at_hanoi(self.now()).trunc_subsecs(0), by: by.to_owned(), via: Via::Cli })
    }

    /// A runtime for network and timers.
    pub fn runtime(&self) -> Result<tokio::runtime::Runtime> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        runtime.map_err(|e| Error::io("không khởi động được bộ chạy mạng", e))
    }

    /// The file that `--config` names.
    pub fn sites(&self) -> Result<Sites> {
        sites(&self.globals.config)
    }

    /// The file that `--config` names, and its text.
    pub fn sites_with_text(&self) -> Result<(Sites, String)> {
        let text = self.text(&self.globals.config)?;
        let name = self.globals.config.display().to_string();
        let sites = Sites::parse(&name, &text).map_err(Error::Faults)?;
        if sites.sites.is_empty() {
            return Err(Error::Input(format!("{name}: chưa khai báo cổng nào; thêm ít nhất một [[site]]")));
        }
        Ok((sites, text))
    }

    /// The entries used by the last crawl; `None` before the first.
    pub fn crawled_sites(&self, state: &State) -> Result<Option<Sites>> {
        state.crawled_sites()
    }

    /// Writes what a command gives out to the file that the user named: never over a file of the
    /// state, and never over what the command was given (`read`).
    pub fn deliver(&self, output: &Path, bytes: &[u8], read: &[&Path]) -> Result<()> {
        let real = |path: &Path| std::fs::canonicalize(path).ok();
        let place = real(output);
        if place.is_some() && is_within(output, &self.globals.state) {
            return Err(Error::Input(format!(
                "-o {}: đã có, và là tệp của thư mục trạng thái {}; chọn tên hoặc nơi khác",
                output.display(),
                self.globals.state.display()
            )));
        }
        if place.is_some() && read.iter().any(|read| real(read) == place) {
            return Err(Error::Input(format!("-o {}: là chính tệp được đọc; chọn tệp khác", output.display())));
        }
        std::fs::write(output, bytes).map_err(|e| Error::io(format!("không ghi được {}", output.display()), e))
    }

    /// Reads articles as JSON lines, from standard input where no file is named; what is wrong with
    /// a line, and what it brings that no rule knows, is told. Their bytes stand beside them. A line
    /// without a channel is its unit's own portal where the host is one.
    pub fn articles(&self, path: Option<&Path>, rules: &Rules) -> Result<(Lines, Vec<u8>)> {
        let (name, bytes) = match path {
            Some(path) => (path.display().to_string(), self.bytes(path)?),
            None => {
                let mut bytes = Vec::new();
                let read = std::io::stdin().lock().read_to_end(&mut bytes);
                read.map_err(|e| Error::io("không đọc được stdin", e))?;
                ("stdin".to_owned(), bytes)
            }
        };
        let mut lines = lines::read(&name, &bytes);
        for n in &lines.unplaced {
            let article = &mut lines.articles[*n];
            if rules.registry.by_host(&article.host).is_some() {
                article.channel = Channel::OwnPortal;
            }
        }
        lines.skipped.iter().chain(&lines.repeated).for_each(|fault| eprintln!("{fault}"));
        lines.articles.iter().flat_map(|article| rules.strangers(article)).for_each(|told| eprintln!("{told}"));
        Ok((lines, bytes))
    }

    /// Reads a file that the user named.
    fn bytes(&self, path: &Path) -> Result<Vec<u8>> {
        std::fs::read(path).map_err(|e| Error::Input(format!("không đọc được {}: {}", path.display(), told(&e))))
    }

    /// Reads a text file that the user named.
    pub fn text(&self, path: &Path) -> Result<String> {
        String::from_utf8(self.bytes(path)?).map_err(|e| {
            Error::Input(format!("{}: không phải UTF-8 (byte {})", path.display(), e.utf8_error().valid_up_to()))
        })
    }
}

/// Whether a path, there or yet to be made, leads into a folder, through whatever links.
pub(super) fn is_within(path: &Path, folder: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    // What is not there yet will stand where the nearest folder above it stands.
    let place = std::path::absolute(path).ok().and_then(|path| path.ancestors().find_map(real));
    place.zip(real(folder)).is_some_and(|(place, folder)| place.starts_with(folder))
}

/// Whether there is anything to make an index from.
fn has_content(state: &State) -> bool {
    let archived = std::fs::read_dir(state.archive()).is_ok_and(|mut files| files.next().is_some());
    archived || state.dir().join("journal.jsonl").exists()
}

/// Reads a file of sites.
fn sites(path: &Path) -> Result<Sites> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|e| {
        Error::Input(format!("không đọc được {name}: {}; chỉ tệp khai báo cổng bằng --config", told(&e)))
    })?;
    Sites::parse(&name, &text).map_err(Error::Faults)
}

/// Reads every text file below a folder. Hidden ones are what editors and systems keep beside a file
/// while somebody works at it, and no rules.
fn read(root: &Path) -> Result<Data> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable = |e| Error::io(format!("không đọc được {}", folder.display()), e);
        for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = entry.path();
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(relative) = path.strip_prefix(root) {
                let name = relative.to_string_lossy().replace('\\', "/");
                let text = std::fs::read_to_string(&path)
                    .map_err(|e| Error::Input(format!("không đọc được {}: {}", path.display(), told(&e))))?;
                files.insert(name, text);
            }
        }
    }
    Ok(Data::new(files))
}
