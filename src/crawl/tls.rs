//! Which certificates are accepted: those that verify, and what `sites.toml` says beside them.
//!
//! Verification is never switched off. Two things are added to WebPKI: intermediate certificates
//! that servers forget to send, checked to the real root all the same; and exceptions for one
//! certificate of one site, by its fingerprint, with a reason and an end date.

use crate::coverage::Cause;
use crate::digest::sha256;
use crate::site::TlsException;
use crate::time::Time;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Verifies as WebPKI does, with help.
#[derive(Debug)]
pub(super) struct Verifier {
    /// `None`: the machine has no root certificates at all.
    inner: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
    intermediates: Vec<CertificateDer<'static>>,
    /// Host → its exceptions.
    exceptions: HashMap<String, TlsException>,
    /// Host → what it showed when it was last refused.
    refused: Mutex<HashMap<String, Refused>>,
}

/// A certificate that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    /// Its SHA-256, for an exception.
    fingerprint: String,
    /// It is its own issuer.
    self_signed: bool,
    /// Nothing was sent beside it.
    alone: bool,
}

impl Verifier {
    /// A verifier with the roots of the operating system.
    pub(super) fn new(
        intermediates: Vec<CertificateDer<'static>>,
        exceptions: HashMap<String, TlsException>,
        now: Time,
    ) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Self::with_roots(roots, intermediates, exceptions, now)
    }

    fn with_roots(
        roots: RootCertStore,
        intermediates: Vec<CertificateDer<'static>>,
        mut exceptions: HashMap<String, TlsException>,
        now: Time,
    ) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone());
        exceptions.retain(|_, exception| now.date_naive() <= exception.until);
        Self { inner: builder.build().ok(), provider, intermediates, exceptions, refused: Mutex::default() }
    }

    /// The exception by which a host's certificate was accepted: the reason to be written beside it.
    pub(super) fn exception(&self, host: &str, certificate: &[u8]) -> Option<&str> {
        let exception = self.exceptions.get(host).filter(|e| e.fingerprint == fingerprint(certificate))?;
        Some(&exception.reason)
    }

    /// What was last refused from a host.
    pub(super) fn refused(&self, host: &str) -> Option<Refused> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).get(host).cloned()
    }

    fn verify(
        &self,
        certificate: &CertificateDer<'_>,
        sent: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let inner = self
            .inner
            .as_ref()
            .ok_or_else(|| Error::General("máy này không có chứng thư gốc; cài gói ca-certificates".to_owned()))?;
        let chain: Vec<CertificateDer<'_>> = sent.iter().chain(&self.intermediates).cloned().collect();
        inner.verify_server_cert(certificate, &chain, name, &[], now)
    }
}

fn fingerprint(certificate: &[u8]) -> String {
    sha256(certificate)
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        sent: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let error = match self.verify(certificate, sent, name, now) {
            Ok(verified) => return Ok(verified),
            Err(error) => error,
        };
        let host = name.to_str().into_owned();
        if self.exceptions.get(&host).is_some_and(|e| e.fingerprint == fingerprint(certificate)) {
            return Ok(ServerCertVerified::assertion());
        }
        let shown = Refused {
            fingerprint: fingerprint(certificate),
            self_signed: is_self_signed(certificate),
            alone: sent.is_empty(),
        };
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).insert(host, shown);
        Err(error)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// What a TLS error means: its cause, and in words what an operator can do.
pub(super) fn explain(error: &Error, refused: Option<&Refused>) -> (Cause, String) {
    use CertificateError as Fault;
    let (cause, text) = match error {
        Error::InvalidCertificate(Fault::Expired | Fault::ExpiredContext { .. }) => {
            (Cause::TlsExpired, "chứng thư đã hết hạn".to_owned())
        }
        Error::InvalidCertificate(Fault::NotValidYet | Fault::NotValidYetContext { .. }) => {
            (Cause::TlsExpired, "chứng thư chưa đến ngày hiệu lực".to_owned())
        }
        Error::InvalidCertificate(Fault::NotValidForName | Fault::NotValidForNameContext { .. }) => {
            (Cause::TlsName, "chứng thư không phải của tên miền này".to_owned())
        }
        // Such a certificate often calls itself an authority too, which is an error of its own.
        Error::InvalidCertificate(_) if refused.is_some_and(|refused| refused.self_signed) => (
            Cause::TlsSelfSigned,
            "chứng thư do chính máy chủ tự ký; nếu chấp nhận tạm, ghi tls_exception với lý do".to_owned(),
        ),
        Error::InvalidCertificate(Fault::UnknownIssuer) if refused.is_some_and(|refused| refused.alone) => {
            (Cause::TlsChain, "máy chủ không gửi chứng thư trung gian; thêm chứng thư ấy vào intermediates".to_owned())
        }
        Error::InvalidCertificate(Fault::UnknownIssuer) => {
            (Cause::TlsUnknownIssuer, "nơi cấp chứng thư không có trong các chứng thư gốc của máy này".to_owned())
        }
        other => (Cause::Tls, format!("bắt tay TLS không thành: {other}")),
    };
    match refused {
        Some(refused) => (cause, format!("{text} (chứng thư sha256:{})", refused.fingerprint)),
        None => (cause, text),
    }
}

/// Whether a certificate names itself as its issuer (RFC 5280 §4.1): issuer and subject are the
/// same. Anything that cannot be read is not.
fn is_self_signed(certificate: &[u8]) -> bool {
    let names = || {
        let (_, certificate, _) = element(certificate)?;
        let (_, mut fields, _) = element(certificate)?;
        // An optional version, serial number and algorithm stand before the issuer.
        let mut take = || {
            let (tag, _, rest) = element(fields)?;
            let whole = &fields[..fields.len() - rest.len()];
            fields = rest;
            Some((tag, whole))
        };
        const VERSION: u8 = 0xa0;
        let (first, _) = take()?;
        if first == VERSION {
            take()?;
        }
        take()?;
        let (_, issuer) = take()?;
        take()?;
        let (_, subject) = take()?;
        Some(issuer == subject)
    };
    names().unwrap_or(false)
}

/// The first DER element of some bytes: its tag, its content, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, short], rest) = der.split_first_chunk::<2>()?;
    let (length, rest) = match short {
        0..=0x7f => (usize::from(short), rest),
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(short & 0x7f))?;
            (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// The certificates of PEM text; other blocks are passed over.
pub(super) fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    use rustls::pki_types::pem::PemObject as _;
    CertificateDer::pem_slice_iter(pem).filter_map(std::result::Result::ok).collect()
}
