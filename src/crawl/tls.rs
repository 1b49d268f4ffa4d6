//! Which certificates are accepted: those that verify, and what `sites.toml` says beside them.
//!
//! Verification is never switched off. Two things are added to WebPKI: intermediate certificates
//! that servers forget to send, checked to the real root all the same; and exceptions for one
//! certificate of one site, by its fingerprint, with a reason and an end date.

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
    /// Host → the certificate it showed when it was last refused.
    refused: Mutex<HashMap<String, String>>,
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

    /// The fingerprint of the certificate that was refused from a host.
    pub(super) fn refused(&self, host: &str) -> Option<String> {
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
        let shown = fingerprint(certificate);
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

/// What a TLS error means, in words an operator can act on.
pub(super) fn explain(error: &Error, refused: Option<&str>) -> String {
    let text = match error {
        Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            "chứng thư đã hết hạn".to_owned()
        }
        Error::InvalidCertificate(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) => {
            "chứng thư chưa đến ngày hiệu lực".to_owned()
        }
        Error::InvalidCertificate(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }) => {
            "chứng thư không phải của tên miền này".to_owned()
        }
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "máy chủ không gửi đủ chuỗi chứng thư, hoặc nơi cấp không đáng tin; thêm chứng thư trung gian vào intermediates"
                .to_owned()
        }
        other => format!("bắt tay TLS không thành: {other}"),
    };
    match refused {
        Some(shown) => format!("{text} (chứng thư sha256:{shown})"),
        None => text,
    }
}

/// The certificates of PEM text; other blocks are passed over.
pub(super) fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    use rustls::pki_types::pem::PemObject as _;
    CertificateDer::pem_slice_iter(pem).filter_map(std::result::Result::ok).collect()
}
