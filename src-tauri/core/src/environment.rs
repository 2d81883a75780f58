//! What the core takes from outside itself: the network, the time of day, and chance.
//!
//! All of it in one place, so that the same core runs where these are made up: in a simulation that does the same thing
//! every time it is given the same seed.

use std::sync::Arc;
use std::time::Duration;

pub use eventsource_stream::Event;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use rand::SeedableRng;
use rand::rngs::StdRng;
use reqwest::{Request, Response};
use training::wire::FeedTiming;
use uuid::Uuid;

use crate::address::ServerUrl;

/// How long a stream may bring no byte before it counts as dead. The server sends one every 15 s, if only in a comment.
pub const SILENCE: Duration = FeedTiming::SILENCE;

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
