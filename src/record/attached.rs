//! Which files people may attach: told by their content, since a name can say anything.

use crate::error::{Error, Result};

/// The kinds that are taken, as people read them.
pub const KINDS: &str = "PDF, Word (docx), Excel (xlsx), ảnh PNG hoặc JPEG";

/// The media type of a file that is taken.
#[must_use]
pub fn kind(name: &str, bytes: &[u8]) -> Option<&'static str> {
    let ends = |end: &str| name.to_ascii_lowercase().ends_with(end);
    match bytes {
        [b'%', b'P', b'D', b'F', b'-', ..] => Some("application/pdf"),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'P', b'K', 3, 4, ..] if ends(".docx") => {
            Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document")
        }
        [b'P', b'K', 3, 4, ..] if ends(".xlsx") => {
            Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        }
        _ => None,
    }
}

/// Refuses a file of any other kind.
///
/// # Errors
/// Names the file and the kinds that are taken.
pub fn check(name: &str, bytes: &[u8]) -> Result<()> {
    match kind(name, bytes) {
        Some(_) => Ok(()),
        None if bytes.is_empty() => Err(Error::Input(format!("tệp «{name}» rỗng; chọn lại tệp"))),
        None => Err(Error::Input(format!(
            "tệp «{name}» không nhận được: nội dung không phải {KINDS}; chuyển sang một trong các dạng đó"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        for (name, bytes, taken) in [
            ("a.pdf", &b"%PDF-1.7"[..], true),
            ("a.exe", b"%PDF-1.7", true),
            ("a.pdf", b"MZ\x90\0", false),
            ("a.docx", b"PK\x03\x04", true),
            ("a.zip", b"PK\x03\x04", false),
            ("a.html", b"<script>", false),
            ("a.svg", b"<svg", false),
            ("a.jpg", b"\xff\xd8\xff\xe0", true),
            ("a.png", b"", false),
        ] {
            assert_eq!(check(name, bytes).is_ok(), taken, "{name}");
        }
    }
}
