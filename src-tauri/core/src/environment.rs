//! What the core takes from outside itself: the network, the time of day, and chance.
//!
//! All of it in one place, so that the same core runs where these are made up: in a simulation that does the same thing
//! every time it is given the same seed.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use eventsource_stream::Event;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use rand::SeedableRng;
use rand::rngs::StdRng;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Request, Response};
use training::wire::FeedTiming;
use uuid::Uuid;

use crate::api::ServerUrl;
use crate::event_source;

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a stream may bring no byte before it counts as dead. The server sends one every 15 s, if only in a comment.
pub const SILENCE: Duration = FeedTiming::SILENCE;
/// How often a connection that carries several requests is asked whether it lives, and how long it may take to answer:
/// a dead one would be taken for the next request, and the next.
const PING: (Duration, Duration) = (Duration::from_secs(15), Duration::from_secs(5));
const USER_AGENT: &str = concat!("ringside/", env!("CARGO_PKG_VERSION"));

/// See the module.
pub trait Environment: Send + Sync {
    /// The time of day by this machine's clock, which may be wrong.
    fn now(&self) -> jiff::Timestamp;

    /// Something drawn by chance, which nobody can guess.
    fn random_seed(&self) -> u64;

    /// A new name for an act: a UUID of version 7.
    fn new_key(&self) -> Uuid;

    /// A way to a server.
    ///
    /// # Errors
    /// [`TransportError`] when this machine can't speak to any.
    fn connect(&self, server: &ServerUrl) -> Result<Arc<dyn Transport>, TransportError>;

    /// Whether everything else stands still while a file is written or read. Only so does a simulation run the same way
    /// every time.
    fn stands_still_for_files(&self) -> bool {
        false
    }

    /// Something has been written to a file, for good. A simulation may let the process end here.
    fn has_written(&self) {}
}

/// Carries requests to one server.
pub trait Transport: Send + Sync {
    /// Carries a request there and its answer back, within the time the request allows.
    ///
    /// # Errors
    /// [`TransportError`] when no answer has come.
    fn execute(&self, request: Request) -> BoxFuture<'static, Result<Response, TransportError>>;

    /// Sends a request that is to be answered with an event stream, and opens it.
    ///
    /// # Errors
    /// [`OpenError`] when no answer has come, or one that is no stream.
    fn open_stream(&self, request: Request) -> BoxFuture<'static, Result<EventStream, OpenError>>;

    /// Leaves behind every connection that is open: they may be dead.
    fn leave_connections(&self);
}

/// The messages of a stream, as `eventsource_stream` reads them. It ends when the connection does, or after [`SILENCE`];
/// dropping it closes the connection.
pub type EventStream = BoxStream<'static, Event>;

/// Why there is no stream.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No answer came.
    #[error(transparent)]
    Lost(#[from] TransportError),
    /// What came has another status than 200, or is not of the type `text/event-stream`.
    #[error("the answer is no stream")]
    NoStream(Box<Response>),
}

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// It took too long.
    #[error("no answer came in time")]
    Timeout,
    /// No connection could be made, or it broke.
    #[error("the connection could not be made, or broke")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<reqwest::Error> for TransportError {
    fn from(error: reqwest::Error) -> Self {
        // The address may hold ids; it is of no use to whoever reads the log.
        let error = error.without_url();
        if error.is_timeout() { Self::Timeout } else { Self::Broken(error.into()) }
    }
}

/// The random numbers of one use.
pub(crate) fn rng(environment: &dyn Environment) -> StdRng {
    StdRng::seed_from_u64(environment.random_seed())
}

/// This machine and the network it is on.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThisMachine;

impl Environment for ThisMachine {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }

    fn random_seed(&self) -> u64 {
        rand::random()
    }

    fn new_key(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn connect(&self, server: &ServerUrl) -> Result<Arc<dyn Transport>, TransportError> {
        Ok(Arc::new(Internet { clients: Mutex::new(Clients::new(server)?), server: server.clone() }))
    }
}

/// The real network.
struct Internet {
    clients: Mutex<Clients>,
    server: ServerUrl,
}

/// A client with its connections for requests, and one for streams. A request may be silent for longer: a poll is held
/// for 25 s.
#[derive(Clone)]
struct Clients {
    requests: Client,
    streams: Client,
}

impl Clients {
    fn new(server: &ServerUrl) -> Result<Self, TransportError> {
        let streams = client(server).read_timeout(SILENCE);
        Ok(Self { requests: client(server).build()?, streams: streams.build()? })
    }
}

pub(crate) fn client(server: &ServerUrl) -> ClientBuilder {
    let base = Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .http2_keep_alive_interval(PING.0)
        .http2_keep_alive_timeout(PING.1)
        .http2_keep_alive_while_idle(true)
        .user_agent(USER_AGENT)
        // Our server never redirects. Whoever does is not it, and must not be handed a password or a token.
        .redirect(Policy::none());
    // Plain http is for this machine, and must not leave it for a proxy.
    if server.is_plain() { base.no_proxy() } else { base }
}

impl Internet {
    fn clients(&self) -> Clients {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Transport for Internet {
    fn execute(&self, request: Request) -> BoxFuture<'static, Result<Response, TransportError>> {
        let client = self.clients().requests;
        Box::pin(async move { Ok(client.execute(request).await?) })
    }

    fn open_stream(&self, request: Request) -> BoxFuture<'static, Result<EventStream, OpenError>> {
        Box::pin(event_source::open(self.clients().streams, request))
    }

    fn leave_connections(&self) {
        match Clients::new(&self.server) {
            Ok(fresh) => *self.clients.lock().unwrap_or_else(PoisonError::into_inner) = fresh,
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "the connections stay"),
        }
    }
}

impl fmt::Debug for Internet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Internet({})", self.server)
    }
}
