//! Who issued a server's certificate.
//!
//! The library that refuses a certificate does not hand it on. So it is read over another connection, whose handshake
//! is then broken off; nothing else is sent over it.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use x509_parser::prelude::{FromDer, X509Certificate};

/// The longest name shown, in characters. A certificate may contain anything.
pub(crate) const LONGEST_NAME: usize = 100;

/// Who issued the certificate of the server at the other end of this connection; `None` if that can't be found out.
pub(crate) async fn issuer(host: &str, socket: TcpStream) -> Option<String> {
    let name = ServerName::try_from(host.to_owned()).ok()?;
    let reader = Arc::new(IssuerReader::default());
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&reader) as Arc<dyn ServerCertVerifier>)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config)).connect(name, socket).await.err()?;
    reader.0.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Refuses every certificate, and remembers who issued it.
#[derive(Debug, Default)]
struct IssuerReader(Mutex<Option<String>>);

impl ServerCertVerifier for IssuerReader {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = issuer_name(certificate);
        refused()
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        refused()
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        refused()
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

fn refused<T>() -> Result<T, Error> {
    Err(CertificateError::ApplicationVerificationFailure.into())
}

/// The common name of a certificate's issuer, or else its organisation.
pub(crate) fn issuer_name(certificate: &[u8]) -> Option<String> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let issuer = certificate.issuer();
    let name = issuer.iter_common_name().chain(issuer.iter_organization()).find_map(|name| name.as_str().ok())?;
    let visible: String = name.chars().filter(|character| !character.is_control()).take(LONGEST_NAME).collect();
    (!visible.is_empty()).then_some(visible)
}
