//! Which files a visitor may hand in: told by their content, not by their name.

use super::form::Upload;

/// The largest file a visitor may hand in, in bytes.
pub(super) const LARGEST: usize = 10 << 20;

/// What is said of the kinds that are taken.
pub(super) const TAKEN: &str = "PDF, Word (docx), Excel (xlsx), ảnh PNG hoặc JPEG, nhiều nhất 10 MiB";

/// The type of a file that is taken.
pub(super) fn kind(name: &str, bytes: &[u8]) -> Option<&'static str> {
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

/// Why a file is not taken.
pub(super) fn fault(file: &Upload) -> Option<String> {
    let taken = file.bytes.len() <= LARGEST && kind(&file.name, &file.bytes).is_some();
    (!taken).then(|| format!("Tệp «{}» không nhận được; nhận {TAKEN}.", file.name))
}

#[cfg(test)]
mod tests {
    use super::kind;

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
            assert_eq!(kind(name, bytes).is_some(), taken, "{name}");
        }
    }
}
