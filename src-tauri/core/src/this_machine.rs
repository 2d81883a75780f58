//! The environment of a real machine: its network, its clock, and its randomness.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Request, Response};
use tokio::net::TcpStream;
use tokio::time::timeout;
use training::wire::FeedTiming;
use uuid::Uuid;

use crate::address::ServerUrl;
use crate::environment::{Environment, EventStream, OpenError, Transport, TransportError};
use crate::{certificate, event_source};

/// The time limit for establishing a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The interval and the timeout of keep-alive pings on a multiplexed connection: a dead one would be reused for the
/// next request, and the next.
const PING: (Duration, Duration) = (Duration::from_secs(15), Duration::from_secs(5));
const USER_AGENT: &str = concat!("ringside/", env!("CARGO_PKG_VERSION"));

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

/// One client for requests, and one for streams. A request may be silent for longer: the server holds a poll for 25 s.
#[derive(Clone)]
struct Clients {
    requests: Client,
    streams: Client,
}

impl Clients {
    fn new(server: &ServerUrl) -> Result<Self, TransportError> {
        let streams = client(server).read_timeout(FeedTiming::SILENCE);
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
        // Our server never redirects. A server that does is a different one, and must not receive a password or a
        // token.
        .redirect(Policy::none());
    // Plain http is for this machine only, and must not go through a proxy.
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
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the connection pool could not be replaced");
            }
        }
    }

    fn certificate_issuer(&self) -> BoxFuture<'static, Option<String>> {
        let url = self.server.at("/");
        Box::pin(async move {
            let (host, port) = (url.host_str()?.trim_matches(['[', ']']), url.port_or_known_default()?);
            let issuer = async { certificate::issuer(host, TcpStream::connect((host, port)).await.ok()?).await };
            timeout(CONNECT_TIMEOUT, issuer).await.ok()?
        })
    }
}

impl fmt::Debug for Internet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Internet({})", self.server)
    }
}
