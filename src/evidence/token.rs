//! An authority's answer: what it stamped, when, and whether its signature holds (RFC 3161 §2.4.2,
//! RFC 5652 §5.4, RFC 5816).
//!
//! Checked with nothing but the answer: that it is granted, over which hash, and that it is signed
//! by the certificate it bears, which is one for time stamps and was valid then. Not checked is who
//! issued that certificate: the roots to trust are the checker's, and `openssl ts -verify` takes
//! them.

use super::der::{Element, Reader, tag};
use crate::digest::prefixed;
use crate::time::{self, Time};
use chrono::NaiveDateTime;
use ring::digest;
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};

const SIGNED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const TST_INFO: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04";
const CONTENT_TYPE: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03";
const MESSAGE_DIGEST: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04";
const SIGNING_CERTIFICATE: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0c";
const SIGNING_CERTIFICATE_V2: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x2f";
const SHA256: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x01";
const SHA384: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x02";
const SHA512: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x03";
const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
const RSA_SHA256: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b";
const RSA_SHA384: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c";
const RSA_SHA512: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d";
const P256: &[u8] = b"\x2a\x86\x48\xce\x3d\x03\x01\x07";
const P384: &[u8] = b"\x2b\x81\x04\x00\x22";
const ECDSA_SHA256: &[u8] = b"\x2a\x86\x48\xce\x3d\x04\x03\x02";
const ECDSA_SHA384: &[u8] = b"\x2a\x86\x48\xce\x3d\x04\x03\x03";
const COMMON_NAME: &[u8] = b"\x55\x04\x03";
const EXTENDED_KEY_USAGE: &[u8] = b"\x55\x1d\x25";
const TIME_STAMPING: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x03\x08";

/// A granted time stamp.
#[derive(Debug)]
pub(super) struct Token<'a> {
    /// The hash that was stamped.
    pub(super) imprint: &'a [u8],
    /// When, by the authority's clock.
    pub(super) at: Time,
    /// The number the request bore.
    pub(super) nonce: Option<&'a [u8]>,
    /// What is signed by way of its digest.
    content: &'a [u8],
    certificates: Vec<Certificate<'a>>,
    signer: Signer<'a>,
}

/// Who signed, and what.
#[derive(Debug)]
struct Signer<'a> {
    issuer_and_serial: &'a [u8],
    digest: &'a [u8],
    attributes: &'a [u8],
    algorithm: &'a [u8],
    signature: &'a [u8],
}

#[derive(Debug, Clone, Copy)]
struct Certificate<'a> {
    whole: &'a [u8],
    serial: &'a [u8],
    issuer: &'a [u8],
    validity: Reader<'a>,
    subject: &'a [u8],
    /// The key's algorithm, its parameter (the curve) and its bits.
    key: (&'a [u8], Option<&'a [u8]>, &'a [u8]),
    extensions: Option<&'a [u8]>,
}

/// What can be said of a stamp's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Signed {
    /// It is that of the certificate inside.
    By {
        /// The certificate's subject.
        name: String,
        /// `sha256:…` of the certificate.
        fingerprint: String,
    },
    /// It cannot be told: no certificate, or an algorithm we do not know.
    Unknown(&'static str),
    /// It does not hold.
    Wrong(&'static str),
}

/// Reads an answer; a Vietnamese sentence where it is no granted stamp.
pub(super) fn read(answer: &[u8]) -> Result<Token<'_>, String> {
    let (status, rest) = status(answer).ok_or("không phải trả lời RFC 3161")?;
    match status {
        [0 | 1] => token(rest).ok_or_else(|| "có dấu thời gian nhưng không đọc được".to_owned()),
        _ => Err("nơi cấp từ chối đóng dấu".to_owned()),
    }
}

fn status(answer: &[u8]) -> Option<(&[u8], Reader<'_>)> {
    let mut response = Reader::new(answer).inside(tag::SEQUENCE)?;
    let status = response.inside(tag::SEQUENCE)?.read(tag::INTEGER)?;
    Some((status, response))
}

fn token(mut response: Reader<'_>) -> Option<Token<'_>> {
    let mut content = response.inside(tag::SEQUENCE)?;
    (content.read(tag::OID)? == SIGNED_DATA).then_some(())?;
    let mut data = content.inside(0xa0)?.inside(tag::SEQUENCE)?;
    data.read(tag::INTEGER)?;
    data.read(tag::SET)?;
    let mut encapsulated = data.inside(tag::SEQUENCE)?;
    (encapsulated.read(tag::OID)? == TST_INFO).then_some(())?;
    let content = encapsulated.inside(0xa0)?.read(tag::OCTET_STRING)?;
    let certificates = Reader::new(data.optional(0xa0).unwrap_or_default()).filter_map(certificate).collect();
    data.optional(0xa1);
    let signer = signer(data.inside(tag::SET)?)?;
    let mut info = Reader::new(content).inside(tag::SEQUENCE)?;
    info.read(tag::INTEGER)?;
    info.read(tag::OID)?;
    let mut imprint = info.inside(tag::SEQUENCE)?;
    (imprint.inside(tag::SEQUENCE)?.read(tag::OID)? == SHA256).then_some(())?;
    let imprint = imprint.read(tag::OCTET_STRING)?;
    info.read(tag::INTEGER)?;
    let at = moment(tag::GENERALIZED_TIME, info.read(tag::GENERALIZED_TIME)?)?;
    let nonce = info.find(|element| element.tag == tag::INTEGER).map(|element| element.content);
    Some(Token { imprint, at, nonce, content, certificates, signer })
}

fn signer(mut signers: Reader<'_>) -> Option<Signer<'_>> {
    let mut signer = signers.inside(tag::SEQUENCE)?;
    signer.read(tag::INTEGER)?;
    Some(Signer {
        issuer_and_serial: signer.next()?.content,
        digest: signer.inside(tag::SEQUENCE)?.read(tag::OID)?,
        attributes: signer.read(0xa0)?,
        algorithm: signer.inside(tag::SEQUENCE)?.read(tag::OID)?,
        signature: signer.read(tag::OCTET_STRING)?,
    })
}

fn certificate(element: Element<'_>) -> Option<Certificate<'_>> {
    let mut body = Reader::new(element.content).inside(tag::SEQUENCE)?;
    body.optional(0xa0);
    let serial = body.read(tag::INTEGER)?;
    body.read(tag::SEQUENCE)?;
    let issuer = body.next()?.whole;
    let validity = body.inside(tag::SEQUENCE)?;
    let subject = body.read(tag::SEQUENCE)?;
    let mut key = body.inside(tag::SEQUENCE)?;
    let mut algorithm = key.inside(tag::SEQUENCE)?;
    let (algorithm, parameter) = (algorithm.read(tag::OID)?, algorithm.optional(tag::OID));
    // The first byte of a bit string says how many bits at its end are unused: none in a key.
    let bits = key.read(tag::BIT_STRING)?.strip_prefix(&[0])?;
    let extensions = body.find(|element| element.tag == 0xa3).map(|element| element.content);
    let key = (algorithm, parameter, bits);
    Some(Certificate { whole: element.whole, serial, issuer, validity, subject, key, extensions })
}

/// A time as certificates and stamps write it, in UTC.
fn moment(kind: u8, text: &[u8]) -> Option<Time> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let text = text.split_once('.').map_or(text, |(seconds, _)| seconds);
    let century = match kind {
        tag::UTC_TIME if text.get(..2)? < "50" => "20",
        tag::UTC_TIME => "19",
        _ => "",
    };
    let utc = NaiveDateTime::parse_from_str(&format!("{century}{text}"), "%Y%m%d%H%M%S").ok()?;
    Some(time::at_hanoi(utc.and_utc()))
}

impl Token<'_> {
    /// Whether the signature is that of the certificate inside, and what that certificate is for.
    pub(super) fn signed(&self) -> Signed {
        let own = |certificate: &&Certificate<'_>| {
            let mut named = Reader::new(self.signer.issuer_and_serial);
            let issuer = named.next().map(|name| name.whole);
            issuer == Some(certificate.issuer) && named.read(tag::INTEGER) == Some(certificate.serial)
        };
        let Some(certificate) = self.certificates.iter().find(own) else {
            return Signed::Unknown("không kèm chứng thư của nơi cấp");
        };
        if let Err(why) = self.attributes(certificate) {
            return Signed::Wrong(why);
        }
        if !certificate.is_for_stamps() || !certificate.is_valid_at(self.at) {
            return Signed::Wrong("chứng thư không dùng để đóng dấu thời gian, hoặc không còn hiệu lực lúc đó");
        }
        let Some(algorithm) = algorithm(self.signer.algorithm, self.signer.digest, certificate.key) else {
            return Signed::Unknown("chữ ký dùng thuật toán mà chương trình này không kiểm được");
        };
        // What is signed bears the tag of a set, not that of its place (RFC 5652 §5.4).
        let signed = super::der::element(tag::SET, self.signer.attributes);
        let key = UnparsedPublicKey::new(algorithm, certificate.key.2);
        match key.verify(&signed, self.signer.signature) {
            Ok(()) => Signed::By { name: certificate.name(), fingerprint: prefixed(&[certificate.whole]) },
            Err(_) => Signed::Wrong("chữ ký không đúng"),
        }
    }

    /// The signed attributes name this content and this certificate.
    fn attributes(&self, certificate: &Certificate<'_>) -> Result<(), &'static str> {
        let attribute = |wanted: &[u8]| {
            let attributes = Reader::new(self.signer.attributes).filter_map(|element| {
                let mut attribute = Reader::new(element.content);
                Some((attribute.read(tag::OID)?, attribute.inside(tag::SET)?))
            });
            attributes.into_iter().find(|(name, _)| *name == wanted).map(|(_, value)| value)
        };
        let algorithm = hashing(self.signer.digest).ok_or("mã băm dùng thuật toán lạ")?;
        let digest = digest::digest(algorithm, self.content);
        let kind = attribute(CONTENT_TYPE).and_then(|mut value| value.read(tag::OID));
        let claimed = attribute(MESSAGE_DIGEST).and_then(|mut value| value.read(tag::OCTET_STRING));
        if kind != Some(TST_INFO) || claimed != Some(digest.as_ref()) {
            return Err("nội dung không khớp mã băm đã ký");
        }
        let named = attribute(SIGNING_CERTIFICATE_V2)
            .and_then(|value| is_named(value, certificate, &digest::SHA256))
            .or_else(|| {
                let legacy = &digest::SHA1_FOR_LEGACY_USE_ONLY;
                attribute(SIGNING_CERTIFICATE).and_then(|value| is_named(value, certificate, legacy))
            });
        if named == Some(true) { Ok(()) } else { Err("chứng thư kèm theo không phải chứng thư đã ký") }
    }
}

/// Whether the first certificate a signing-certificate attribute names is this one (RFC 5035).
fn is_named(mut value: Reader<'_>, certificate: &Certificate<'_>, usual: &'static digest::Algorithm) -> Option<bool> {
    let mut first = value.inside(tag::SEQUENCE)?.inside(tag::SEQUENCE)?.inside(tag::SEQUENCE)?;
    let algorithm = match first.optional(tag::SEQUENCE) {
        Some(named) => hashing(Reader::new(named).read(tag::OID)?)?,
        None => usual,
    };
    Some(first.read(tag::OCTET_STRING)? == digest::digest(algorithm, certificate.whole).as_ref())
}

fn hashing(oid: &[u8]) -> Option<&'static digest::Algorithm> {
    match oid {
        SHA256 => Some(&digest::SHA256),
        SHA384 => Some(&digest::SHA384),
        SHA512 => Some(&digest::SHA512),
        _ => None,
    }
}

/// How a signature is verified; some authorities name only `rsaEncryption`, and the digest beside it.
fn algorithm(
    named: &[u8],
    digest: &[u8],
    (_, curve, _): (&[u8], Option<&[u8]>, &[u8]),
) -> Option<&'static dyn VerificationAlgorithm> {
    match (named, digest, curve) {
        (RSA_SHA256, ..) | (RSA, SHA256, _) => Some(&signature::RSA_PKCS1_2048_8192_SHA256),
        (RSA_SHA384, ..) | (RSA, SHA384, _) => Some(&signature::RSA_PKCS1_2048_8192_SHA384),
        (RSA_SHA512, ..) | (RSA, SHA512, _) => Some(&signature::RSA_PKCS1_2048_8192_SHA512),
        (ECDSA_SHA256, _, Some(P256)) => Some(&signature::ECDSA_P256_SHA256_ASN1),
        (ECDSA_SHA384, _, Some(P256)) => Some(&signature::ECDSA_P256_SHA384_ASN1),
        (ECDSA_SHA256, _, Some(P384)) => Some(&signature::ECDSA_P384_SHA256_ASN1),
        (ECDSA_SHA384, _, Some(P384)) => Some(&signature::ECDSA_P384_SHA384_ASN1),
        _ => None,
    }
}

impl Certificate<'_> {
    /// The subject's common name; every attribute of a name is a pair of identifier and text.
    fn name(&self) -> String {
        let pairs = Reader::new(self.subject).filter_map(|set| {
            let mut pair = Reader::new(set.content).inside(tag::SEQUENCE)?;
            Some((pair.read(tag::OID)?, pair.next()?.content))
        });
        let name = pairs.filter(|(kind, _)| *kind == COMMON_NAME).last();
        name.map_or_else(|| "không tên".to_owned(), |(_, text)| String::from_utf8_lossy(text).into_owned())
    }

    fn is_valid_at(&self, at: Time) -> bool {
        let mut limits = self.validity;
        let mut limit = || limits.next().and_then(|limit| moment(limit.tag, limit.content));
        matches!((limit(), limit()), (Some(from), Some(until)) if from <= at && at <= until)
    }

    /// Whether its extended key usage names time stamping (RFC 3161 §2.3).
    fn is_for_stamps(&self) -> bool {
        let Some(list) = self.extensions.and_then(|all| Reader::new(all).inside(tag::SEQUENCE)) else { return false };
        let usage = list.filter_map(|extension| {
            let mut parts = Reader::new(extension.content);
            (parts.read(tag::OID)? == EXTENDED_KEY_USAGE).then_some(())?;
            let value = parts.find(|part| part.tag == tag::OCTET_STRING)?;
            Reader::new(value.content).inside(tag::SEQUENCE)
        });
        usage.into_iter().flatten().any(|purpose| purpose.content == TIME_STAMPING)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::hex;

    /// Answers that `openssl ts -reply` gave over this hash, one by an RSA key, one on P-256.
    const HASH: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    fn answer(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/tests/stamps/{name}.tsr", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    #[test]
    fn stamps_of_another_program_are_read_and_their_signatures_hold() {
        for name in ["rsa", "ec"] {
            let answer = answer(name);
            let token = read(&answer).unwrap();
            assert_eq!(hex(token.imprint), HASH);
            assert_eq!(token.at.format("%d/%m/%Y %H:%M").to_string(), "20/11/2026 22:22");
            assert!(token.nonce.is_some());
            let Signed::By { name, fingerprint } = token.signed() else { panic!("{:?}", token.signed()) };
            assert_eq!((name.as_str(), fingerprint.len()), ("Loopback Time Authority", 71));
        }
    }

    #[test]
    fn a_changed_stamp_never_passes_for_the_authoritys() {
        for name in ["rsa", "ec"] {
            let sound = answer(name);
            let token = read(&sound).unwrap();
            for at in 0..sound.len() {
                let mut changed = sound.clone();
                changed[at] ^= 1;
                let Ok(other) = read(&changed) else { continue };
                // What a flipped bit leaves standing must be what the authority signed, by its own key.
                let same = other.imprint == token.imprint && other.at == token.at && other.nonce == token.nonce;
                assert!(same || !matches!(other.signed(), Signed::By { .. }), "{name}: byte {at}");
            }
            for cut in 0..sound.len() {
                assert!(read(&sound[..cut]).is_err(), "{name}: cut at {cut}");
            }
        }
    }
}
