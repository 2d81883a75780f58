//! A TLS reverse proxy in front of a server. It forwards responses, or tampers with them.
//!
//! Its certificate is signed by its own authority, created for one run.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http_body_util::StreamBody;
use http_body_util::combinators::BoxBody;
use hyper::body::{Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::certificate::LocalhostCertificate;
use crate::failure::{Failure, IoContext};

/// How the proxy tampers with responses about updates.
#[derive(Clone)]
pub enum Tampering {
    /// Not at all.
    None,
    /// Changes one byte in the middle of a package.
    OneByte,
    /// Closes the connection in the middle of a package.
    CutOff,
    /// Sends nothing more from the middle of a package on.
    Stalls,
    /// Sends a page in place of a manifest.
    Page,
    /// Never responds.
    Hangs,
    /// Changes the manifest.
    Manifest(Arc<dyn Fn(&mut Value) + Send + Sync>),
}

/// See the module. Dropping it closes it.
pub struct TlsProxy {
    url: String,
    authority: PathBuf,
    tampering: Arc<Mutex<Tampering>>,
    accepting: JoinHandle<()>,
    _directory: TempDir,
}

impl TlsProxy {
    /// Starts a proxy in front of the server at `upstream`, on a free port.
    pub async fn in_front_of(upstream: &str) -> Result<Self, Failure> {
        let directory = tempfile::tempdir().context("making a directory for a certificate")?;
        let certificate = LocalhostCertificate::create(directory.path())?;
        let config = config(&certificate)?;
        let listening = "listening for TLS";
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context(listening)?;
        let port = listener.local_addr().context(listening)?.port();
        let tampering = Arc::new(Mutex::new(Tampering::None));
        let forwarder = Arc::new(Forwarder { upstream: upstream.to_owned(), tampering: Arc::clone(&tampering) });
        let accepting = tokio::spawn(accept(listener, TlsAcceptor::from(Arc::new(config)), forwarder));
        let url = format!("https://localhost:{port}");
        Ok(Self { url, authority: certificate.authority, tampering, accepting, _directory: directory })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The certificate file of the authority that clients must trust.
    pub fn authority(&self) -> &Path {
        &self.authority
    }

    /// Sets how it tampers from now on.
    pub fn tamper(&self, tampering: Tampering) {
        *self.tampering.lock().unwrap_or_else(PoisonError::into_inner) = tampering;
    }
}

impl Drop for TlsProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// How a server with this certificate speaks TLS.
fn config(certificate: &LocalhostCertificate) -> Result<ServerConfig, Failure> {
    let reading = "reading a certificate";
    let chain = CertificateDer::from_pem_file(&certificate.certificate).map_err(std::io::Error::other);
    let key = PrivateKeyDer::from_pem_file(&certificate.key).map_err(std::io::Error::other);
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(std::io::Error::other)
        .context(reading)?
        .with_no_client_auth()
        .with_single_cert(vec![chain.context(reading)?], key.context(reading)?)
        .map_err(std::io::Error::other)
        .context(reading)
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, forwarder: Arc<Forwarder>) {
    while let Ok((socket, _)) = listener.accept().await {
        let (acceptor, forwarder) = (acceptor.clone(), Arc::clone(&forwarder));
        tokio::spawn(async move {
            let Ok(socket) = acceptor.accept(socket).await else { return };
            let service = service_fn(|request| {
                let forwarder = Arc::clone(&forwarder);
                async move { Ok::<_, Infallible>(forwarder.answer(&request).await) }
            });
            // Errors are noticed by the client.
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), service).await.ok();
        });
    }
}

type Body = BoxBody<Bytes, std::io::Error>;

struct Forwarder {
    upstream: String,
    tampering: Arc<Mutex<Tampering>>,
}

impl Forwarder {
    async fn answer(&self, request: &Request<Incoming>) -> Response<Body> {
        let tampering = self.tampering.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if matches!(tampering, Tampering::Hangs) {
            std::future::pending::<()>().await;
        }
        match self.forward(request, &tampering).await {
            Ok(response) => response,
            Err(error) => response(502, "text/plain", error.to_string().into()),
        }
    }

    async fn forward(
        &self,
        request: &Request<Incoming>,
        tampering: &Tampering,
    ) -> Result<Response<Body>, reqwest::Error> {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let is_package = path.starts_with("/v1/artefacts/");
        let mut forwarded = reqwest::Client::new().get(format!("{}{path}", self.upstream));
        for (name, value) in request.headers().iter().filter(|(name, _)| *name != hyper::header::HOST) {
            forwarded = forwarded.header(name.as_str(), value.as_bytes());
        }
        let answer = forwarded.send().await?;
        let (status, kind) = (answer.status().as_u16(), answer.headers().get(CONTENT_TYPE.as_str()).cloned());
        let kind = kind.and_then(|kind| kind.to_str().map(str::to_owned).ok()).unwrap_or_default();
        let mut body = answer.bytes().await?.to_vec();
        match tampering {
            Tampering::OneByte if is_package => {
                let middle = body.len() / 2;
                body[middle] ^= 1;
            }
            Tampering::CutOff if is_package => {
                let reset = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
                return Ok(half_response(body, stream::iter([Err(reset)])));
            }
            Tampering::Stalls if is_package => return Ok(half_response(body, stream::pending())),
            Tampering::Page if !is_package => return Ok(response(200, "text/html", "<html>Welcome</html>".into())),
            Tampering::Manifest(change) if !is_package => {
                if let Ok(mut manifest) = serde_json::from_slice(&body) {
                    change(&mut manifest);
                    body = manifest.to_string().into_bytes();
                }
            }
            _ => {}
        }
        Ok(response(status, &kind, body.into()))
    }
}

fn response(status: u16, kind: &str, body: Bytes) -> Response<Body> {
    let length = body.len();
    let mut response = Response::new(BoxBody::new(StreamBody::new(stream::iter([Ok(Frame::data(body))]))));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    if let Ok(kind) = kind.parse() {
        response.headers_mut().insert(CONTENT_TYPE, kind);
    }
    if status != 204 {
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    response
}

/// A response with the full length announced: half of the body, followed by `then`.
fn half_response(
    mut body: Vec<u8>,
    then: impl Stream<Item = std::io::Result<Frame<Bytes>>> + Send + Sync + 'static,
) -> Response<Body> {
    let length = body.len();
    body.truncate(length / 2);
    let pieces = stream::iter([Ok(Frame::data(Bytes::from(body)))]).chain(then);
    let mut response = Response::new(BoxBody::new(StreamBody::new(pieces)));
    response.headers_mut().insert(CONTENT_LENGTH, length.into());
    response
}
