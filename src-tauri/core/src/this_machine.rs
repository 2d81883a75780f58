//! The environment of a real machine: its network, its clock, and its randomness.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Proxy, Request, Response};
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
/// The variables that reqwest reads a proxy from.
const PROXY_VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
const USER_AGENT: &str = concat!("ringside/", env!("CARGO_PKG_VERSION"));

/// Asks the system for the proxy of an address, as `http://host:port`; `None`: there is none, or it is of another kind.
pub type ProxyLookup = fn(&str) -> Option<String>;

/// This machine and the network it is on.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThisMachine {
    proxy_lookup: Option<ProxyLookup>,
}

impl ThisMachine {
    /// Where the system has settings for a proxy that reqwest does not read itself. They are read again with each new pool
    /// of connections, so also after the network has changed. The environment's variables come before them.
    #[must_use]
    pub fn with_proxy_lookup(proxy_lookup: Option<ProxyLookup>) -> Self {
        Self { proxy_lookup }
    }
}

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
        let clients = Mutex::new(Clients::new(server, self.proxy_lookup)?);
        Ok(Arc::new(Internet { clients, server: server.clone(), proxy_lookup: self.proxy_lookup }))
    }
}

/// The real network.
struct Internet {
    clients: Mutex<Clients>,
    server: ServerUrl,
    proxy_lookup: Option<ProxyLookup>,
}

/// One client for requests, and one for streams. A request may be silent for longer: the server holds a poll for 25 s.
#[derive(Clone)]
struct Clients {
    requests: Client,
    streams: Client,
}

impl Clients {
    fn new(server: &ServerUrl, proxy_lookup: Option<ProxyLookup>) -> Result<Self, TransportError> {
        let unusable = |error: &reqwest::Error| tracing::warn!(%error, "the system's proxy can't be used");
        let proxy = proxy_for(server, proxy_lookup);
        let proxy = proxy.and_then(|url| Proxy::all(url).inspect_err(unusable).ok());
        let client = || proxy.iter().cloned().fold(client(server), ClientBuilder::proxy);
        Ok(Self { requests: client().build()?, streams: client().read_timeout(FeedTiming::SILENCE).build()? })
    }
}

pub(crate) fn client(server: &ServerUrl) -> ClientBuilder {
    let base = Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .http2_keep_alive_interval(PING.0)
        .http2_keep_alive_timeout(PING.1)
        .http2_keep_alive_while_idle(true)
        .user_agent(USER_AGENT)
        // Our API never redirects. A server that does is a different one, and must not receive a password or a token.
        .redirect(Policy::none());
    // Plain http is for this machine only, and must not go through a proxy.
    if server.is_plain() { base.no_proxy() } else { base }
}

/// The proxy that the system's settings name for this server. `None` where the environment's variables count.
#[must_use]
pub fn proxy_for(server: &ServerUrl, lookup: Option<ProxyLookup>) -> Option<String> {
    let is_set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if server.is_plain() || PROXY_VARIABLES.iter().any(is_set) {
        return None;
    }
    lookup?(server.at("/").as_str())
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
        match Clients::new(&self.server, self.proxy_lookup) {
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
