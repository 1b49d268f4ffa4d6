//! Time stamps of outside authorities over our seals (RFC 3161): that a night was sealed no later
//! than they say, even if nobody believes our clock.
//!
//! This module makes the request and keeps the answer; who sends it is the caller's affair. There
//! is no queue to lose: what waits is every seal that an authority has not stamped.

use super::der::{element, tag};
use super::seal::Seal;
use super::token::{self, Signed, Token};
use crate::digest::unhex;
use crate::error::{Error, Result};
use crate::record::{Entry, Hand, Record, kind};
use crate::time::Time;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::json;
use std::collections::BTreeMap;

/// The largest answer an authority gives, with its certificates, in bytes.
pub const MAX_ANSWER: u64 = 64 << 10;
/// The media type of a request.
pub const QUERY: &str = "application/timestamp-query";

/// SHA-256 as an algorithm identifier: its object identifier, and no parameter.
const SHA256: &[u8] = b"\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00";

/// A request on its way: its bytes, and the number by which the answer is known to be fresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is sent, as [`QUERY`].
    pub body: Vec<u8>,
    nonce: Vec<u8>,
}

/// The request for a stamp over a seal, its answer to bear the authority's certificate.
///
/// # Errors
/// The operating system gives no random number.
pub fn request(seal: &Seal) -> Result<Request> {
    let mut nonce = [0; 8];
    let random = SystemRandom::new().fill(&mut nonce);
    random.map_err(|_| Error::Failed("hệ điều hành không cho số ngẫu nhiên".to_owned()))?;
    Ok(compose(seal, nonce))
}

/// `TimeStampReq`: version 1, the hash, the nonce, certificate wanted.
fn compose(seal: &Seal, mut nonce: [u8; 8]) -> Request {
    // A positive number without a leading zero, so that it has one form only.
    nonce[0] = nonce[0] & 0x7f | 0x40;
    let imprint = element(tag::SEQUENCE, &[SHA256, &element(tag::OCTET_STRING, &imprint(seal))].concat());
    let parts = [&element(tag::INTEGER, &[1]), &imprint, &element(tag::INTEGER, &nonce), &b"\x01\x01\xff"[..]];
    Request { body: element(tag::SEQUENCE, &parts.concat()), nonce: nonce.to_vec() }
}

fn imprint(seal: &Seal) -> Vec<u8> {
    unhex(&seal.hash()).expect("a digest is hex")
}

/// The seals that an authority has not stamped yet, the newest first: tonight's is worth the most,
/// since it holds the hashes of all before it.
///
/// # Errors
/// The journal cannot be read.
pub fn pending(record: &Record, authority: &str) -> Result<Vec<Seal>> {
    let entries = record.journal().entries()?;
    let stamped = kept(&entries);
    let waits = |seal: &Seal| !stamped.contains_key(&(seal.number, authority.to_owned()));
    Ok(entries.iter().rev().filter_map(Seal::of).filter(waits).collect())
}

/// Keeps an authority's answer beside the seal; a Vietnamese sentence where it is no granted stamp
/// over this seal for this request, or its signature does not hold.
///
/// # Errors
/// The disk refuses.
pub fn keep(
    record: &Record,
    hand: &Hand,
    seal: &Seal,
    authority: &str,
    request: &Request,
    answer: &[u8],
) -> Result<std::result::Result<Entry, String>> {
    let stamp = match over(answer, seal) {
        Ok(stamp) => stamp,
        Err(why) => return Ok(Err(why)),
    };
    if stamp.nonce != Some(&request.nonce) {
        return Ok(Err("trả lời không phải cho yêu cầu này: số nonce khác".to_owned()));
    }
    if let Signed::Wrong(why) = stamp.signed() {
        return Ok(Err(why.to_owned()));
    }
    let file = record.files().keep(answer)?;
    record.append(hand, kind::STAMP, json!({"seal": seal.number, "authority": authority, "file": file})).map(Ok)
}

/// (Seal number, authority) → the stamp's file.
pub(super) fn kept(entries: &[Entry]) -> BTreeMap<(u64, String), String> {
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let stamp = |entry: &Entry| {
        let said = &entry.data;
        Some(((said["seal"].as_u64()?, text(&said["authority"])?), text(&said["file"])?))
    };
    entries.iter().filter(|entry| entry.kind == kind::STAMP).filter_map(stamp).collect()
}

/// A stamp over this seal; a Vietnamese sentence where an answer is none.
fn over<'a>(answer: &'a [u8], seal: &Seal) -> std::result::Result<Token<'a>, String> {
    if answer.len() as u64 > MAX_ANSWER {
        return Err("trả lời quá lớn".to_owned());
    }
    let stamp = token::read(answer)?;
    if stamp.imprint == imprint(seal) {
        Ok(stamp)
    } else {
        Err("dấu thời gian của một nội dung khác".to_owned())
    }
}

/// What a kept stamp says about a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// The authority's time.
    pub(super) at: Time,
    pub(super) signed: Signed,
}

/// Reads a kept stamp again.
pub(super) fn told(answer: &[u8], seal: &Seal) -> std::result::Result<Told, String> {
    let stamp = over(answer, seal)?;
    Ok(Told { at: stamp.at, signed: stamp.signed() })
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

    /// As `openssl ts -query -sha256 -cert -digest …` writes it.
    #[test]
    fn the_request_is_the_one_openssl_makes() {
        let seal = seal();
        let expected = format!(
            "3043020101{}{}02084102030405060708{}",
            "3031300d060960864801650304020105000420",
            seal.hash(),
            "0101ff"
        );
        assert_eq!(hex(&compose(&seal, [1, 2, 3, 4, 5, 6, 7, 8]).body), expected);
    }

    #[test]
    fn what_is_no_stamp_over_the_seal_says_why() {
        let refused = element(tag::SEQUENCE, &element(tag::SEQUENCE, &element(tag::INTEGER, &[2])));
        let empty = element(tag::SEQUENCE, &element(tag::SEQUENCE, &element(tag::INTEGER, &[0])));
        let large = vec![0; MAX_ANSWER as usize + 1];
        for (answer, why) in [
            (&refused[..], "từ chối"),
            (&empty, "không đọc được"),
            (&large, "quá lớn"),
            (b"", "không phải trả lời"),
            (b"<html>", "không phải trả lời"),
            (&[0x30, 0x84, 1], "không phải trả lời"),
        ] {
            let told = told(answer, &seal()).unwrap_err();
            assert!(told.contains(why), "{told}");
        }
    }
}
