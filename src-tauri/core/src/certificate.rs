//! A second look at a server whose certificate was refused: who issued it.
//!
//! The library that refuses a certificate does not hand it on. So another connection is made that reads the certificate
//! and then breaks off the handshake; nothing else is sent over it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::address::ServerUrl;

/// The time limit of the second look.
const LOOK_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest name shown, in characters. A certificate may contain anything.
const LONGEST_NAME: usize = 100;

/// Who issued the certificate of this server; `None` if that can't be found out.
pub(crate) async fn issuer(server: &ServerUrl) -> Option<String> {
    let url = server.at("/");
    let (host, port) = (url.host_str()?, url.port_or_known_default()?);
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).ok()?;
    let reader = Arc::new(IssuerReader::default());
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&reader) as Arc<dyn ServerCertVerifier>)
        .with_no_client_auth();
    let look = async {
        let socket = TcpStream::connect((host.trim_matches(['[', ']']), port)).await.ok()?;
        TlsConnector::from(Arc::new(config)).connect(name, socket).await.err()
    };
    timeout(LOOK_TIMEOUT, look).await.ok()??;
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
fn issuer_name(certificate: &[u8]) -> Option<String> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let issuer = certificate.issuer();
    let name = issuer.iter_common_name().chain(issuer.iter_organization()).find_map(|name| name.as_str().ok())?;
    let visible: String = name.chars().filter(|character| !character.is_control()).take(LONGEST_NAME).collect();
    Some(visible)
}
