//! A running server: its start and its end.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use training::PersonLimits;

use crate::accounts::{Lifetimes, PasswordAttempts, Passwords};
use crate::app::{App, EXPORTS, IMPORTS, INSPECTIONS, SEARCHES, Timing};
use crate::blobs::Blobs;
use crate::config::Config;
use crate::connections::{ABORT_TIMEOUT, Connections, listen};
use crate::data_directory;
use crate::endpoints::operating::metrics;
use crate::feed::{Attendance, Hub};
use crate::http::{Bodies, BodyTiming};
use crate::maintenance::maintain;
use crate::metrics::Metrics;
use crate::rate_limiter::{Rate, RateLimiter};
use crate::retention::BadRetention;
use crate::router::router;
use crate::shared_rate_limiter::SharedRateLimiter;
use crate::store::{Store, StoreError};
use crate::updates::{Updates, artefacts_directory};

/// The longest grace period for load balancers to notice that the server is not ready, in seconds.
pub const MAX_DRAIN_GRACE_S: u64 = 2;
/// How long requests may take to finish after that.
const FINISH_TIMEOUT: Duration = Duration::from_secs(6);
/// How long closing the database may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// Process managers commonly allow ten seconds before they kill.
const _: () = assert!(
    MAX_DRAIN_GRACE_S + FINISH_TIMEOUT.as_secs() + ABORT_TIMEOUT.as_secs() + CLOSE_TIMEOUT.as_secs() <= 10,
    "a shutdown takes at most ten seconds"
);

/// Advice for when the address is in use.
const ADDRESS_IN_USE_HINT: &str =
    ", where another program listens; choose another port with --listen, or 0 for any that is free";

/// Why a server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its configuration contradicts itself.
    #[error(transparent)]
    Retention(#[from] BadRetention),
    /// The address can't be listened on.
    #[error("can't listen on {address}{}", if source.kind() == ErrorKind::AddrInUse { ADDRESS_IN_USE_HINT } else { "" })]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// Something that should work on every machine failed.
    #[error("can't set up {what}")]
    Setup {
        /// What.
        what: &'static str,
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A server ended without a shutdown.
#[derive(Debug, thiserror::Error)]
#[error("the server ended by itself")]
pub struct UnexpectedEnd(#[source] Option<tokio::task::JoinError>);

/// A server that runs until it is shut down.
#[derive(Debug)]
pub struct RunningServer {
    /// The address it listens on.
    pub addr: SocketAddr,
    /// Where it answers `/metrics`.
    pub metrics_addr: Option<SocketAddr>,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl RunningServer {
    /// Waits for it to end without a shutdown, which happens only through a bug of ours.
    pub async fn unexpected_end(&mut self) -> UnexpectedEnd {
        UnexpectedEnd((&mut self.serving).await.err())
    }

    /// Stops it within ten seconds: reports not ready, ends streams with a `bye`, and lets running requests finish.
    pub async fn shutdown(self) {
        self.stop.cancel();
        if let Err(error) = self.serving.await {
            tracing::error!(error = &error as &dyn std::error::Error, "the server ended with an error");
        }
    }
}

/// Starts a server.
///
/// # Errors
/// [`StartError`] when its database or its address is unavailable.
pub async fn start(config: Config) -> Result<RunningServer, StartError> {
    config.retention.check()?;
    let app = Arc::new(App {
        store: Store::connect(&config.database).await?,
        hub: Arc::new(Hub::default()),
        attendance: Arc::new(Attendance::default()),
        passwords: Passwords::new(),
        password_attempts: PasswordAttempts::new(),
        commands: RateLimiter::new(Rate::per_day(PersonLimits::COMMANDS_A_DAY)),
        sign_ins: SharedRateLimiter::new("sign-ins", Rate::per_day(PersonLimits::SIGN_INS_A_DAY)),
        metrics: Metrics::new(config.lost_log_lines.clone()).map_err(|source| setup_error("metrics", source))?,
        timing: Timing {
            lifetimes: Lifetimes { access: config.access_lifetime, refresh: config.retention.sign_ins },
            ..Timing::default()
        },
        updates: Updates::new(config.data_dir.as_deref().map(artefacts_directory), config.public_url.clone()),
        listening: OnceLock::new(),
        trusted_proxies: config.trusted_proxies.clone(),
        bodies: Bodies::new(BodyTiming::default()),
        data_dir: config.data_dir.clone(),
        blobs: config.data_dir.as_deref().map(Blobs::in_directory),
        inspections: Arc::new(Semaphore::new(INSPECTIONS)),
        searches: Semaphore::new(SEARCHES),
        imports: Semaphore::new(IMPORTS),
        exports: Arc::new(Semaphore::new(EXPORTS)),
    });
    if let Some(directory) = &app.data_dir
        && let Err(error) = data_directory::mark(&app.store, directory).await
    {
        // A server without its directory still has sessions led; readiness says what is wrong.
        tracing::error!(error = &error as &dyn std::error::Error, "the data directory can't be used");
    }
    start_with(app, config)
}

/// Starts a server with the given dependencies.
pub(crate) fn start_with(app: Arc<App>, config: Config) -> Result<RunningServer, StartError> {
    let (listener, addr) = listening(config.listen)?;
    app.listening.get_or_init(|| addr);
    // Whoever trains does not need them, so a server without them is better than none.
    let warn = |error: &StartError| {
        tracing::warn!(error = error as &dyn std::error::Error, "there are no metrics");
    };
    let for_metrics = config.metrics.and_then(|address| listening(address).inspect_err(warn).ok());
    let metrics_addr = for_metrics.as_ref().map(|(_, address)| *address);
    let stop = CancellationToken::new();
    if let Some((listener, _)) = for_metrics {
        let connections = Connections::new(metrics::router(&app), config.tcp_user_timeout);
        let stop = stop.clone();
        tokio::spawn(async move {
            connections.accept_until(&listener, stop.cancelled()).await;
            // Nothing is lost with an unfinished answer.
            connections.finish(Duration::ZERO).await;
        });
    }
    let (router, _) = router(&app);
    let serving = tokio::spawn(serve(listener, router, app, config, stop.clone()));
    Ok(RunningServer { addr, metrics_addr, stop, serving })
}

/// Listens at an address; returns the address with its port.
fn listening(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let not_listening = |source| StartError::Listen { address, source };
    let listener = listen(address).map_err(not_listening)?;
    let address = listener.local_addr().map_err(not_listening)?;
    Ok((listener, address))
}

async fn serve(listener: TcpListener, router: Router, app: Arc<App>, config: Config, stop: CancellationToken) {
    let maintenance = tokio::spawn(maintain(Arc::clone(&app), config.retention));
    let attendance = Arc::clone(&app.attendance);
    let attendance = tokio::spawn(async move { attendance.run().await });
    let connections = Connections::new(router, config.tcp_user_timeout);

    connections.accept_until(&listener, stop.cancelled()).await;
    tracing::info!("draining");
    app.hub.drain();
    connections.accept_until(&listener, tokio::time::sleep(config.drain_grace)).await;
    drop(listener);

    connections.finish(FINISH_TIMEOUT).await;
    maintenance.abort();
    attendance.abort();
    if tokio::time::timeout(CLOSE_TIMEOUT, app.store.close()).await.is_err() {
        tracing::warn!("the database did not close in time");
    }
}

fn setup_error(what: &'static str, source: impl std::error::Error + Send + Sync + 'static) -> StartError {
    StartError::Setup { what, source: Box::new(source) }
}
