//! What people did, for ever: decisions, attestations, ledgers, and which rules were in force.
//!
//! The journal is append-only and chained by hash; attachments stand in `files/` and every version
//! of a data file used in `inputs/`, both under the hash of their content. Views ("the decisions
//! in force on that evening") are folds over the journal and are never stored.
//!
//! - [`Journal`]: the chain itself.
//! - [`Files`]: attachments; personal data, which can be erased, stands here and nowhere else.
//! - [`Record`]: the state folder's journal, files and inputs, and the views.
//! - [`contests`]: requests for a review, and their answers.
//! - [`Users`]: who may sign in to the web page.
//! - [`attached`]: which files people may attach.
//! - [`ledger`]: reads what the intake desk wrote down.

pub mod attached;
pub mod contests;
mod files;
mod inputs;
mod jcs;
mod journal;
pub mod ledger;
mod random;
mod users;
mod views;

pub use views::Views;

pub use files::Files;
pub use jcs::canonical;
pub use journal::{Entry, Fault, Journal, Via};
pub use random::random;
pub use users::{Password, Role, User, Users};

use crate::error::{Error, Result};
use crate::time::Time;
use serde_json::Value;
use std::path::Path;

/// The kinds of journal entries that this module reads back. Others (`export`, `login`, …) are
/// kept for custody and change no view.
pub mod kind {
    /// An inspector's override: item, ruling, reason.
    pub const DECISION: &str = "decision";
    /// Takes a decision or attestation back: seq, reason.
    pub const REVOCATION: &str = "revocation";
    /// Evidence for what cannot be crawled.
    pub const ATTESTATION: &str = "attestation";
    /// One ledger file, with its lines as read.
    pub const LEDGER: &str = "ledger";
    /// Which versions of the data files are in force from now on.
    pub const INPUTS: &str = "inputs";
    /// A file with personal data was erased: file, reason.
    pub const ERASURE: &str = "erasure";
    /// A night was sealed.
    pub const SEAL: &str = "seal";
    /// An authority's time stamp over a seal: seal, authority, file.
    pub const STAMP: &str = "timestamp";
    /// A file of articles was put into the store: file, file name.
    pub const IMPORT: &str = "import";
    /// A pack was handed out.
    pub const EXPORT: &str = "export";
    /// Somebody asks for a review of an item: item, text, contact, file.
    pub const CONTEST: &str = "contest";
    /// What became of it: contest, stage, reason, decision.
    pub const CONTEST_STEP: &str = "contest-step";
    /// Somebody signed in to the web page.
    pub const LOGIN: &str = "login";
    /// Somebody tried to, and was refused.
    pub const REFUSED_LOGIN: &str = "login-refused";
    /// An account of the web page was made or changed.
    pub const USER: &str = "user";

    /// What people call each.
    pub const NAMES: [(&str, &str); 15] = [
        (DECISION, "quyết định"),
        (REVOCATION, "thu hồi"),
        (ATTESTATION, "minh chứng"),
        (LEDGER, "sổ gửi bài"),
        (INPUTS, "quy tắc có hiệu lực"),
        (ERASURE, "xoá dữ liệu cá nhân"),
        (SEAL, "niêm phong đêm"),
        (STAMP, "dấu thời gian"),
        (IMPORT, "nhập bài"),
        (EXPORT, "xuất chứng cứ"),
        (CONTEST, "đề nghị xem lại"),
        (CONTEST_STEP, "trả lời đề nghị"),
        (LOGIN, "đăng nhập"),
        (REFUSED_LOGIN, "đăng nhập bị từ chối"),
        (USER, "tài khoản"),
    ];

    /// What people call a kind; one of another version keeps its word.
    #[must_use]
    pub fn name(kind: &str) -> &str {
        NAMES.iter().find(|(id, _)| *id == kind).map_or(kind, |(_, name)| name)
    }
}

/// Who does something, when, and by which way; the first half of every journal entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    /// When.
    pub at: Time,
    /// Who: a name for people, the program's for itself.
    pub by: String,
    /// By which way.
    pub via: Via,
}

/// A state folder's journal, files and inputs.
#[derive(Debug, Clone)]
pub struct Record {
    journal: Journal,
    files: Files,
    inputs: Files,
    users: Users,
}

impl Record {
    /// Names the state folder; nothing is opened yet, and what is missing is empty.
    #[must_use]
    pub fn new(state: &Path) -> Self {
        Self {
            journal: Journal::new(state.join("journal.jsonl")),
            files: Files::new(state.join("files")),
            inputs: Files::new(state.join("inputs")),
            users: Users::new(state),
        }
    }

    /// The chain.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The attachments.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// The state folder.
    #[must_use]
    pub fn state(&self) -> &Path {
        self.users.dir()
    }

    /// Who may sign in.
    #[must_use]
    pub fn users(&self) -> &Users {
        &self.users
    }

    /// The entry that says why a file is no longer there.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn erasure(&self, file: &str) -> Result<Option<Entry>> {
        Ok(self.journal.entries()?.into_iter().find(|entry| erases(entry, file)))
    }

    /// Appends an entry of any kind and returns it as written.
    ///
    /// # Errors
    /// The journal cannot be read or written; then nothing was.
    pub fn append(&self, hand: &Hand, kind: &str, data: Value) -> Result<Entry> {
        self.journal.append(hand, kind, data)
    }

    /// Appends the one entry that follows from those before it, as [`Journal::append_checked`].
    fn append_one<F>(&self, hand: &Hand, follows: F) -> Result<Entry>
    where
        F: FnOnce(&[Entry]) -> Result<(&'static str, Value)>,
    {
        let mut new = self.journal.append_checked(hand, |entries, _| Ok(vec![follows(entries)?]))?;
        Ok(new.pop().expect("one entry was asked for"))
    }

    /// Removes a file with personal data, and says so in the journal first: the chain, which holds
    /// only a salted hash, stays whole.
    ///
    /// # Errors
    /// There is no such file, or it is no personal data but what the index is made from; the
    /// reason is empty; or the disk refuses.
    pub fn erase(&self, hand: &Hand, file: &str, reason: &str) -> Result<Entry> {
        let reason = views::need_reason(reason)?;
        let entry = self.append_one(hand, |entries| {
            if let Some(entry) = entries.iter().find(|entry| needs(entry, file)) {
                let (seq, kind) = (entry.seq, kind::name(&entry.kind));
                return Err(Error::Input(format!(
                    "bút toán số {seq} ({kind}) cần tệp {file} để dựng lại chỉ mục hoặc làm bằng chứng; không xoá được"
                )));
            }
            // It may stand there again, after a power cut between the two steps or brought anew.
            let gone = entries.iter().find(|entry| erases(entry, file)).filter(|_| !self.files.has(file));
            if let Some(entry) = gone {
                return Err(Error::Input(format!("tệp {file} đã xoá rồi, bút toán số {}", entry.seq)));
            }
            self.files.read(file)?;
            Ok((kind::ERASURE, serde_json::json!({"file": file, "reason": reason})))
        })?;
        self.files.remove(file)?;
        Ok(entry)
    }
}

/// Whether an entry says that a file was erased.
fn erases(entry: &Entry, file: &str) -> bool {
    entry.kind == kind::ERASURE && entry.data["file"].as_str() == Some(file)
}

/// Whether an entry rests on a file that holds nothing personal: imported articles, time stamps.
fn needs(entry: &Entry, file: &str) -> bool {
    [kind::STAMP, kind::IMPORT].contains(&entry.kind.as_str()) && entry.data["file"].as_str() == Some(file)
}
