//! SHA-256 as everyone here writes it: lower-case hex.

use ring::digest::{Context, SHA256};

/// The SHA-256 of some bytes, as 64 hex digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    sha256_of(&[bytes])
}

/// The SHA-256 of some parts read as one text, as 64 hex digits.
#[must_use]
pub fn sha256_of(parts: &[&[u8]]) -> String {
    hex(&raw(parts))
}

/// The same with the algorithm named before it, as archives write digests: `sha256:…`.
#[must_use]
pub fn prefixed(parts: &[&[u8]]) -> String {
    format!("sha256:{}", sha256_of(parts))
}

/// The SHA-256 of some parts read as one text, as 32 bytes.
#[must_use]
pub fn raw(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    context.finish().as_ref().try_into().expect("a SHA-256 has 32 bytes")
}

/// Bytes as lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).map(char::from).collect()
}

/// The bytes of lower-case hex; `None` if it is not that.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        _ => None,
    };
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(pair[0])? << 4 | digit(*pair.get(1)?)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_digest_is_the_known_one() {
        assert_eq!(sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn hex_goes_both_ways() {
        assert_eq!(unhex(&hex(&[0, 9, 171, 255])), Some(vec![0, 9, 171, 255]));
        for bad in ["0", "0g", "AB"] {
            assert_eq!(unhex(bad), None, "{bad}");
        }
    }
}
