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
    /// A stretch of the archive cannot be read; what stands behind it can.
    #[error("{0}")]
    Damaged(String),
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
        _ => return in_words(&error.to_string()),
    };
    text.to_owned()
}

/// What the system and the network say of a connection, and what people read.
const SAID: [(&str, &str); 11] = [
    ("Connection refused", "máy chủ từ chối kết nối"),
    ("Connection reset by peer", "máy chủ ngắt kết nối"),
    ("Connection timed out", "không kết nối được trong thời hạn"),
    ("Network is unreachable", "máy này không có đường ra mạng"),
    ("Network is down", "mạng của máy này không hoạt động"),
    ("Cannot assign requested address", "máy này không có địa chỉ mạng để kết nối"),
    ("No route to host", "không có đường tới máy chủ"),
    ("Broken pipe", "máy chủ đã đóng kết nối"),
    ("connection closed before message completed", "máy chủ đóng kết nối trước khi trả lời xong"),
    ("unexpected end of file", "câu trả lời bị cắt ngang"),
    ("end of file before message length reached", "câu trả lời bị cắt ngang"),
];

/// The usual words of the system for a connection in Vietnamese, wherever they stand in a sentence. A
/// reading keeps them as they came, since they are what was observed; this is for showing them.
#[must_use]
pub fn in_words(text: &str) -> String {
    let mut text = text.to_owned();
    for (said, words) in SAID {
        let Some(at) = text.find(said) else { continue };
        let after = text[at + said.len()..].to_owned();
        // The number says the same again.
        let number = after.strip_prefix(" (os error ").and_then(|rest| rest.split_once(')'));
        let after = number.map_or(after.as_str(), |(_, rest)| rest);
        text = format!("{}{words}{after}", &text[..at]);
    }
    text
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
            Self::Io { .. } | Self::Busy(_) | Self::Damaged(_) | Self::Failed(_) => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_network_says_is_told_in_vietnamese() {
        for (said, told) in [
            ("Connection refused (os error 111)", "máy chủ từ chối kết nối"),
            (
                "3 lần liền, lần cuối tại http://a.vn/: Connection reset by peer (os error 104); bỏ",
                "3 lần liền, lần cuối tại http://a.vn/: máy chủ ngắt kết nối; bỏ",
            ),
            ("connection closed before message completed", "máy chủ đóng kết nối trước khi trả lời xong"),
            ("trả lời 503", "trả lời 503"),
        ] {
            assert_eq!(in_words(said), told);
        }
        assert_eq!(told(&std::io::Error::from_raw_os_error(111)), "máy chủ từ chối kết nối");
    }
}
