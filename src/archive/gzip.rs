//! One gzip member a record (RFC 1952), so that a record can be read by its place alone.

use crate::deflate;
use flate2::bufread::GzDecoder;
use std::io::{BufRead, Read as _};

/// No record is that large; what claims to be is a bomb.
const MAX_RECORD: u64 = 512 << 20;

/// Appends the parts, as one text, to `out` as one gzip member: no name, no time, so that the same
/// input gives the same bytes.
pub(crate) fn member(parts: &[&[u8]], out: &mut Vec<u8>) {
    let text = parts.concat();
    deflate::with(|deflate| {
        let start = out.len();
        out.resize(start + deflate.gzip_compress_bound(text.len()), 0);
        let written = deflate.gzip_compress(&text, &mut out[start..]).expect("there is room for the worst case");
        out.truncate(start + written);
    });
}

/// A member read from a stream: its text, and how many bytes it took.
pub(super) struct Member {
    pub(super) text: Vec<u8>,
    pub(super) length: u64,
}

/// Reads the next member; `None` at the end of the stream.
pub(super) fn next(input: &mut impl BufRead) -> std::io::Result<Option<Member>> {
    if input.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let mut counted = Counted { inner: input, taken: 0 };
    let mut text = Vec::new();
    GzDecoder::new(&mut counted).take(MAX_RECORD + 1).read_to_end(&mut text)?;
    if text.len() as u64 > MAX_RECORD {
        return Err(std::io::Error::other("bản ghi giải nén quá lớn"));
    }
    Ok(Some(Member { text, length: counted.taken }))
}

struct Counted<'a, R> {
    inner: &'a mut R,
    taken: u64,
}

impl<R: BufRead> std::io::Read for Counted<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.taken += n as u64;
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Counted<'_, R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.taken += amount as u64;
        self.inner.consume(amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_side_by_side() {
        let long = "xin chào ".repeat(50_000);
        let mut file = Vec::new();
        member(&[b"a", long.as_bytes()], &mut file);
        let first = file.len();
        member(&[], &mut file);
        let mut rest = &file[..];
        let one = next(&mut rest).unwrap().unwrap();
        assert_eq!((one.text.len(), one.length), (long.len() + 1, first as u64));
        assert!(first < long.len() / 50, "packed to {first} bytes");
        assert!(next(&mut rest).unwrap().unwrap().text.is_empty());
        assert!(next(&mut rest).unwrap().is_none());
    }

    #[test]
    fn a_torn_or_flipped_member_is_refused() {
        const TEXT: &[u8] = b"WARC/1.1 and so on and so on";
        let mut file = Vec::new();
        member(&[TEXT], &mut file);
        for cut in 1..file.len() {
            assert!(next(&mut &file[..cut]).is_err(), "cut at {cut}");
        }
        for at in (10..file.len()).chain([0, 1, 2]) {
            let mut bad = file.clone();
            bad[at] ^= 0x40;
            // A few bits between blocks say nothing.
            let read = next(&mut &bad[..]).map(|member| member.map(|member| member.text));
            assert!(read.is_err() || read.is_ok_and(|text| text.as_deref() == Some(TEXT)), "flipped at {at}");
        }
    }
}
