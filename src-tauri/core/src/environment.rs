//! What the core needs from outside: the network, the wall clock, randomness, and room on the disk.
//!
//! All of it is in one place, so that the same core also runs in a deterministic simulation, which does the same thing
//! every time it is given the same seed.

use std::path::Path;
use std::sync::Arc;

pub use eventsource_stream::Event;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use rand::SeedableRng;
use rand::rngs::StdRng;
use reqwest::{Request, Response};
#[cfg(doc)]
use training::wire::FeedTiming;
use uuid::Uuid;

use crate::address::ServerUrl;

/// See the module.
pub trait Environment: Send + Sync {
    /// The time by this machine's clock, which may be wrong.
    fn now(&self) -> jiff::Timestamp;

    /// An unpredictable random seed.
    fn random_seed(&self) -> u64;

    /// A new idempotency key for an act: a UUID of version 7.
    fn new_key(&self) -> Uuid;

    /// The transport to a server.
    ///
    /// # Errors
    /// [`TransportError`] when this machine can't connect to any server.
    fn connect(&self, server: &ServerUrl) -> Result<Arc<dyn Transport>, TransportError>;

    /// Whether file access blocks everything else. A simulation needs this to be deterministic.
    fn blocks_on_files(&self) -> bool {
        false
    }

    /// How many bytes are free on the disk that `directory` is on.
    ///
    /// # Errors
    /// The system's, when it can't tell.
    fn available_space(&self, directory: &Path) -> std::io::Result<u64> {
        fs4::available_space(directory)
    }

    /// Called when something has been committed to a file. A simulation may end the process here.
    fn on_commit(&self) {}
}

/// Carries requests to one server.
pub trait Transport: Send + Sync {
    /// Sends a request and returns its response, within the request's time limit.
    ///
    /// # Errors
    /// [`TransportError`] when there was no response.
    fn execute(&self, request: Request) -> BoxFuture<'static, Result<Response, TransportError>>;

    /// Sends a request whose response is an event stream, and opens the stream.
    ///
    /// # Errors
    /// [`OpenError`] when there was no response, or the response is not a stream.
    fn open_stream(&self, request: Request) -> BoxFuture<'static, Result<EventStream, OpenError>>;

    /// Stops using every open connection: they may be dead.
    fn leave_connections(&self);

    /// Who issued the server's certificate, whether or not it is trusted; `None` if that can't be found out.
    fn certificate_issuer(&self) -> BoxFuture<'static, Option<String>> {
        Box::pin(async { None })
    }
}

/// The messages of a stream, as `eventsource_stream` parses them. It ends when the connection does, or with [`Silent`];
/// dropping it closes the connection.
pub type EventStream = BoxStream<'static, Result<Event, Silent>>;

/// Nothing came over a stream for [`FeedTiming::SILENCE`], not even a keep-alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silent;

/// Why a stream could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There was no response.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The response has a status other than 200, or is not of the type `text/event-stream`.
    #[error("the response is not a stream")]
    NoStream(Box<Response>),
}

/// Why there was no response.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// It took too long.
    #[error("no answer came in time")]
    Timeout,
    /// This machine does not trust the server's certificate.
    #[error("the server's certificate is not trusted")]
    Certificate,
    /// The proxy of this network demands a user name and a password.
    #[error("the proxy demands a sign-in")]
    ProxySignIn,
    /// No connection could be made, or it broke.
    #[error("the connection could not be made, or broke")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<reqwest::Error> for TransportError {
    fn from(error: reqwest::Error) -> Self {
        // The URL may contain ids, and does not help a reader of the log.
        let error = error.without_url();
        match connect_problem(&error) {
            Some(ConnectProblem::Certificate) => Self::Certificate,
            Some(ConnectProblem::ProxySignIn) => Self::ProxySignIn,
            None if error.is_timeout() => Self::Timeout,
            None => Self::Broken(error.into()),
        }
    }
}

/// Why no connection could be made, where the person can do something about it.
enum ConnectProblem {
    Certificate,
    ProxySignIn,
}

/// Finds the cause of a failed connection among the sources of an error.
fn connect_problem(error: &(dyn std::error::Error + 'static)) -> Option<ConnectProblem> {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return matches!(error, rustls::Error::InvalidCertificate(_)).then_some(ConnectProblem::Certificate);
    }
    // hyper-util does not export the type of this error.
    if error.to_string().contains("proxy authorization required") {
        return Some(ConnectProblem::ProxySignIn);
    }
    // An I/O error's source is that of the error inside it, which would be skipped.
    let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    match inner {
        Some(inner) => connect_problem(inner),
        None => connect_problem(error.source()?),
    }
}

/// A random number generator for one use.
pub(crate) fn rng(environment: &dyn Environment) -> StdRng {
    StdRng::seed_from_u64(environment.random_seed())
}
