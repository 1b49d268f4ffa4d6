//! Time stamps of outside authorities over our seals (RFC 3161): that a night was sealed no later
//! than they say, even if nobody believes our clock.
//!
//! This module makes the request and keeps the answer; who sends it is the caller's affair. There
//! is no queue to lose: what waits is every seal without a stamp. The signature inside an answer
//! is checked with the authority's certificate by `openssl ts -verify`; here only that it is a
//! granted stamp over this very seal.

use super::seal::Seal;
use crate::digest::unhex;
use crate::error::{Error, Result};
use crate::record::{Entry, Hand, Record, kind};
use serde_json::json;
use std::collections::BTreeMap;

/// The largest answer an authority gives, with its certificates.
const MAX_ANSWER: usize = 64 << 10;

/// The request for a stamp over a seal, to be sent as `application/timestamp-query`.
#[must_use]
pub fn request(seal: &Seal) -> Vec<u8> {
    // TimeStampReq, DER: version 1, SHA-256 and the hash, certificate wanted.
    const BEFORE: &[u8] =
        b"\x30\x39\x02\x01\x01\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    [BEFORE, &imprint(seal), b"\x01\x01\xff"].concat()
}

fn imprint(seal: &Seal) -> Vec<u8> {
    unhex(&seal.hash()).expect("a digest is hex")
}

/// The seals that no authority has stamped yet, oldest first.
///
/// # Errors
/// The journal cannot be read.
pub fn pending(record: &Record) -> Result<Vec<Seal>> {
    let entries = record.journal().entries()?;
    let stamped = kept(&entries);
    Ok(entries.iter().filter_map(Seal::of).filter(|seal| !stamped.contains_key(&seal.number)).collect())
}

/// Keeps an authority's answer.
///
/// # Errors
/// It is no granted stamp over this seal, or the disk refuses.
pub fn keep(record: &Record, hand: &Hand, seal: &Seal, authority: &str, answer: &[u8]) -> Result<Entry> {
    if !grants(answer, seal) {
        return Err(Error::Failed(format!(
            "{authority}: trả lời không phải dấu thời gian cho niêm phong số {}",
            seal.number
        )));
    }
    let file = record.files().keep(answer)?;
    record.append(hand, kind::STAMP, json!({"seal": seal.number, "authority": authority, "file": file}))
}

/// Seal number → the stamp's file.
pub(super) fn kept(entries: &[Entry]) -> BTreeMap<u64, String> {
    let stamp = |entry: &Entry| Some((entry.data["seal"].as_u64()?, entry.data["file"].as_str()?.to_owned()));
    entries.iter().filter(|entry| entry.kind == kind::STAMP).filter_map(stamp).collect()
}

/// Whether an answer is a granted stamp that holds the seal's hash.
pub(super) fn grants(answer: &[u8], seal: &Seal) -> bool {
    let Some(body) = content(answer).filter(|_| answer.len() <= MAX_ANSWER) else { return false };
    // PKIStatusInfo begins with the status: 0 granted, 1 granted with modifications.
    let granted = content(body).is_some_and(|status| matches!(status, [2, 1, 0 | 1, ..]));
    let imprint = [&[4, 32][..], &imprint(seal)].concat();
    granted && body.windows(imprint.len()).any(|window| window == imprint)
}

/// What is inside a DER sequence that stands at the beginning.
fn content(der: &[u8]) -> Option<&[u8]> {
    let (&tag, rest) = der.split_first()?;
    let (&short, rest) = rest.split_first()?;
    let (length, rest) = match short {
        0..=0x7f => (usize::from(short), rest),
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(short & 0x7f))?;
            (digits.iter().fold(0, |n, digit| n << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    (tag == 0x30).then_some(())?;
    rest.get(..length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::hex;

    fn seal() -> Seal {
        Seal {
            number: 1,
            prev: String::new(),
            files: Vec::new(),
            from: 1,
            to: 1,
            size: 1,
            root: String::new(),
            key: String::new(),
            signature: String::new(),
        }
    }

    /// As `openssl ts -query -sha256 -cert -no_nonce -digest …` writes it.
    #[test]
    fn the_request_is_the_one_openssl_makes() {
        let seal = seal();
        let expected = format!("30390201013031300d060960864801650304020105000420{}0101ff", seal.hash());
        assert_eq!(hex(&request(&seal)), expected);
    }

    #[test]
    fn only_a_granted_stamp_over_the_seal_is_kept() {
        let seal = seal();
        let answer = |status: u8, hash: &[u8]| {
            let body = [&[0x30, 3, 2, 1, status, 4, 32][..], hash].concat();
            [&[0x30, u8::try_from(body.len()).unwrap()][..], &body].concat()
        };
        assert!(grants(&answer(0, &imprint(&seal)), &seal));
        for bad in [answer(2, &imprint(&seal)), answer(0, &[7; 32]), Vec::new(), vec![0x30, 0x84, 1], vec![0x30, 5]] {
            assert!(!grants(&bad, &seal), "{}", hex(&bad));
        }
    }
}
