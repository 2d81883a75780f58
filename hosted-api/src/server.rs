//! A running server: its listener, its connections, its end.
//!
//! Connections are served with hyper directly: `axum::serve` waits without limit for streams, and needs almost twice
//! the memory for each idle one.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::accounts::{Passwords, Throttle};
use crate::app::{App, Timing};
use crate::config::Config;
use crate::feed::Hub;
use crate::maintenance::maintain;
use crate::metrics::Metrics;
use crate::router::router;
use crate::store::{Store, StoreError};

/// How long requests may take to finish after the server was told to stop. With the rest it stays below ten seconds.
const FINISH_WITHIN: Duration = Duration::from_secs(6);
/// How long the database may take to be closed.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);
/// The smallest buffer hyper takes: most connections are streams that wait.
const BUFFER_BYTES: usize = 8 * 1024;
/// How long a client may take to send the head of a request.
const HEAD_WITHIN: Duration = Duration::from_secs(10);

/// What to do about an address that is taken.
const IN_USE: &str = ", where another program listens; choose another port with --listen, or 0 for any that is free";

/// Why a server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database is the reason.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address can't be listened on.
    #[error("can't listen on {address}{}", if source.kind() == ErrorKind::AddrInUse { IN_USE } else { "" })]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// Something every machine should be able to do failed.
    #[error("can't set up {what}")]
    Setup {
        /// What.
        what: &'static str,
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A server ended by itself.
#[derive(Debug, thiserror::Error)]
#[error("the server ended by itself")]
pub struct Broken(#[source] Option<tokio::task::JoinError>);

/// A server that runs until it is told to stop.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl Running {
    /// Waits for it to end without having been told to, which only a bug of ours makes it do.
    pub async fn broken(&mut self) -> Broken {
        Broken((&mut self.serving).await.err())
    }

    /// Stops it: not ready any more, streams are told and end, running requests finish, at most ten seconds.
    pub async fn shutdown(self) {
        self.stop.cancel();
        if let Err(error) = self.serving.await {
            tracing::error!(error = &error as &dyn std::error::Error, "the server did not end well");
        }
    }
}

/// Starts a server.
///
/// # Errors
/// [`StartError`] when its database or its address is not to be had.
pub async fn start(config: Config) -> Result<Running, StartError> {
    let app = Arc::new(App {
        store: Store::connect(&config.database).await?,
        hub: Arc::new(Hub::default()),
        passwords: Passwords::new().map_err(|source| setup("password hashing", source))?,
        throttle: Throttle::default(),
        metrics: Metrics::new().map_err(|source| setup("metrics", source))?,
        timing: Timing { access_lifetime: config.access_lifetime, ..Timing::default() },
    });
    start_with(app, config).await
}

/// Starts a server around what it needs.
pub(crate) async fn start_with(app: Arc<App>, config: Config) -> Result<Running, StartError> {
    let not_listening = |source| StartError::Listen { address: config.listen, source };
    let listener = TcpListener::bind(config.listen).await.map_err(not_listening)?;
    let addr = listener.local_addr().map_err(not_listening)?;
    let stop = CancellationToken::new();
    let (router, _) = router(&app);
    let serving = tokio::spawn(serve(listener, router, app, config, stop.clone()));
    Ok(Running { addr, stop, serving })
}

async fn serve(listener: TcpListener, router: Router, app: Arc<App>, config: Config, stop: CancellationToken) {
    let maintenance = tokio::spawn(maintain(Arc::clone(&app), config.feed_retention));
    let connections = Connections {
        router,
        open: GracefulShutdown::new(),
        cut: CancellationToken::new(),
        unread_for: config.unread_for,
    };

    accept_until(&listener, &connections, stop.cancelled()).await;
    tracing::info!("draining");
    app.hub.drain();
    accept_until(&listener, &connections, tokio::time::sleep(config.drain_grace)).await;
    drop(listener);

    let Connections { open, cut, .. } = connections;
    if tokio::time::timeout(FINISH_WITHIN, open.shutdown()).await.is_err() {
        tracing::warn!("cutting connections that did not finish");
    }
    cut.cancel();
    maintenance.abort();
    if tokio::time::timeout(CLOSE_WITHIN, app.store.close()).await.is_err() {
        tracing::warn!("the database did not close in time");
    }
}

/// The connections of a server.
struct Connections {
    router: Router,
    open: GracefulShutdown,
    /// Ends what did not end by itself.
    cut: CancellationToken,
    unread_for: Duration,
}

impl Connections {
    fn serve(&self, stream: TcpStream) {
        // An event is small and must not wait for another to share its packet with.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no nodelay");
        }
        // A client that stays connected and does not read would hold its stream, and what waits for it, for ever. The
        // kernel sees it; a timer of ours for each connection would only cost memory.
        #[cfg(target_os = "linux")]
        if let Err(error) = socket2::SockRef::from(&stream).set_tcp_user_timeout(Some(self.unread_for)) {
            tracing::debug!(%error, "no user timeout");
        }
        let service = TowerToHyperService::new(self.router.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_WITHIN)
            .max_buf_size(BUFFER_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        let connection = self.open.watch(connection);
        let cut = self.cut.clone();
        tokio::spawn(async move {
            tokio::select! {
                // A connection that breaks is the other end's business; its requests have been logged.
                result = connection => drop(result),
                () = cut.cancelled() => {}
            }
        });
    }
}

/// Takes connections until `end`.
async fn accept_until(listener: &TcpListener, connections: &Connections, end: impl Future<Output = ()>) {
    tokio::pin!(end);
    loop {
        tokio::select! {
            biased;
            () = &mut end => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => connections.serve(stream),
                Err(error) => {
                    // Usually too many open files: it passes when connections end. Trying at once would only burn.
                    tracing::warn!(%error, "could not accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
        }
    }
}

fn setup(what: &'static str, source: impl std::error::Error + Send + Sync + 'static) -> StartError {
    StartError::Setup { what, source: Box::new(source) }
}
