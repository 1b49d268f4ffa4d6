//! What can go wrong, in words a user can act on.
//!
//! Two kinds only: faults of input (who wrote the file can mend them; exit code 2) and failures
//! of the world (disk, network, a second writer; exit code 1). A failure that belongs to the
//! result — robots said no, a page could not be read — is a value in its module, not an error.
//! Messages are Vietnamese, because they are read by the people who run the tool.

use std::fmt;

/// Our result type; see [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// One thing wrong with one file: where, which field, what, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file as the user named it, such as `sites.toml` or `data/plans/ha-noi-2026.toml`.
    pub file: String,
    /// Line in that file, from 1, where it is known.
    pub line: Option<usize>,
    /// The field or entry, such as `site "hai-ba-trung": channel`.
    pub field: String,
    /// What is wrong and how to mend it, one sentence.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.field.is_empty() {
            write!(f, ": {}", self.field)?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Everything a command can fail with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Data files with faults: all of them at once.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Faults(Vec<Fault>),
    /// Bad usage or input that is no file; says what, where and how to mend it.
    #[error("{0}")]
    Input(String),
    /// The operating system said no; `what` names the action and the path.
    #[error("{what}: {}", told(.source))]
    Io {
        /// The action and the path, such as `không ghi được state/journal.jsonl`.
        what: String,
        /// What the system answered.
        source: std::io::Error,
    },
    /// Somebody else holds the state; the text names the process.
    #[error("{0}")]
    Busy(String),
    /// Anything else that stopped the work; the text says what and what to do.
    #[error("{0}")]
    Failed(String),
}

/// What the operating system said, in Vietnamese where it is one of the usual things.
#[must_use]
pub fn told(error: &std::io::Error) -> String {
    use std::io::ErrorKind as Kind;
    let text = match error.kind() {
        Kind::NotFound => "không có tệp hoặc thư mục này",
        Kind::PermissionDenied => "không có quyền",
        Kind::IsADirectory => "là thư mục, không phải tệp",
        Kind::NotADirectory => "không phải thư mục",
        Kind::AlreadyExists => "đã có",
        Kind::StorageFull => "đĩa đầy",
        Kind::ReadOnlyFilesystem => "đĩa chỉ cho đọc",
        Kind::AddrInUse => "cổng mạng đang có chương trình khác dùng",
        Kind::UnexpectedEof => "tệp bị cắt cụt",
        _ => return error.to_string(),
    };
    text.to_owned()
}

impl Error {
    /// Wraps an I/O error with the action it stopped, in Vietnamese.
    pub fn io(what: impl Into<String>, source: std::io::Error) -> Self {
        Self::Io { what: what.into(), source }
    }

    /// The exit code of DESIGN's contract: 2 for bad usage or input, else 1.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Faults(_) | Self::Input(_) => 2,
            Self::Io { .. } | Self::Busy(_) | Self::Failed(_) => 1,
        }
    }
}
