//! One gzip member a record (RFC 1952), so that a record can be read by its place alone.
//!
//! The compressor is kept for each thread: setting one up costs as much as a small record.

use flate2::bufread::GzDecoder;
use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use std::cell::RefCell;
use std::io::{BufRead, Read as _};

/// The best trade of size for time: on real pages a hundredth larger than `gzip -6`; level 6 saves
/// 0.2 % more and costs up to twice the time (`benches/archive.rs`).
const LEVEL: u32 = 5;
/// Magic, deflate, no flags, no time (same input, same bytes), no extra flags, unknown system.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// No record is that large; what claims to be is a bomb.
const MAX_RECORD: u64 = 512 << 20;

thread_local! {
    static DEFLATE: RefCell<Compress> = RefCell::new(Compress::new(Compression::new(LEVEL), false));
}

/// Appends the parts, as one text, to `out` as one gzip member.
pub(crate) fn member(parts: &[&[u8]], out: &mut Vec<u8>) {
    out.extend(HEAD);
    let mut crc = Crc::new();
    DEFLATE.with_borrow_mut(|deflate| {
        deflate.reset();
        for part in parts {
            crc.update(part);
            let until = deflate.total_in() + part.len() as u64;
            while deflate.total_in() < until {
                let rest = &part[part.len() - (until - deflate.total_in()) as usize..];
                step(deflate, rest, out, FlushCompress::None);
            }
        }
        while step(deflate, &[], out, FlushCompress::Finish) != Status::StreamEnd {}
    });
    out.extend(crc.sum().to_le_bytes());
    out.extend(crc.amount().to_le_bytes());
}

fn step(deflate: &mut Compress, input: &[u8], out: &mut Vec<u8>, flush: FlushCompress) -> Status {
    out.reserve(input.len() / 3 + 1024);
    deflate.compress_vec(input, out, flush).expect("compressing has no bad input")
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
        assert!(next(&mut rest).unwrap().unwrap().text.is_empty());
        assert!(next(&mut rest).unwrap().is_none());
    }

    #[test]
    fn a_torn_or_flipped_member_is_refused() {
        let mut file = Vec::new();
        member(&[b"WARC/1.1 and so on and so on"], &mut file);
        for cut in 1..file.len() {
            assert!(next(&mut &file[..cut]).is_err(), "cut at {cut}");
        }
        for at in (10..file.len()).chain([0, 1, 2]) {
            let mut bad = file.clone();
            bad[at] ^= 0x40;
            assert!(next(&mut &bad[..]).is_err(), "flipped at {at}");
        }
    }
}
