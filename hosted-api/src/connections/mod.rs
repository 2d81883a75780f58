//! The connections of a server, from their first byte to their last.
//!
//! They are served with hyper directly: on shutdown `axum::serve` waits for streams without limit, and it needs almost
//! twice the memory for each idle one. Even so a connection takes 12 KB with hyper: its buffers and its state. Most
//! connections are idle live streams, which need none of that once the head is sent. So a connection has up to three
//! phases, each in a task as small as possible: it waits for its first request ([`admission`]), it is served by hyper
//! (`http1`), and if it becomes a live stream it is taken over from hyper ([`handover`]) and written to ([`live`]).

mod admission;
mod handover;
mod http1;
mod live;
mod permit;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::unconstrained;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use handover::{Handover, LiveBody, Messages};
pub(crate) use permit::Permit;

use admission::Admission;
use permit::Permits;

/// How long a client may take to send its first byte, and then to complete a request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long cancelled connections may take to end.
pub(crate) const ABORT_TIMEOUT: Duration = Duration::from_secs(1);
/// How many connections are accepted before other tasks get a turn.
const ACCEPT_BATCH: usize = 1000;
/// How many connections may wait to be accepted: Linux's default maximum. A client that finds the queue full waits a
/// whole second before it retries.
const ACCEPT_QUEUE: u32 = 4096;
/// The path that all clients reconnect to at once.
const FEED: &str = "/v1/feed";
/// The media type of a live stream.
const STREAM: &str = "text/event-stream";

/// Listens at an address.
pub(crate) fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // So that a restarted server need not wait until its old connections leave TIME_WAIT.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(ACCEPT_QUEUE)
}

/// The connections of a server.
pub(crate) struct Connections(Arc<Shared>);

/// What every connection can reach.
struct Shared {
    router: Router,
    /// How long sent data may stay unacknowledged by the client (`TCP_USER_TIMEOUT`).
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux has this socket option"))]
    tcp_user_timeout: Duration,
    permits: Permits,
    tasks: TaskTracker,
    /// Stops taking further requests.
    finish: CancellationToken,
    /// Ends connections that did not end by themselves.
    abort: CancellationToken,
}

impl Connections {
    /// No connections yet.
    pub(crate) fn new(router: Router, tcp_user_timeout: Duration) -> Self {
        Self(Arc::new(Shared {
            router,
            tcp_user_timeout,
            permits: Permits::new(),
            tasks: TaskTracker::new(),
            finish: CancellationToken::new(),
            abort: CancellationToken::new(),
        }))
    }

    /// Accepts connections until `end`.
    pub(crate) async fn accept_until(&self, listener: &TcpListener, end: impl Future<Output = ()>) {
        let accept = async {
            for number in 1_usize.. {
                if number.is_multiple_of(ACCEPT_BATCH) {
                    tokio::task::yield_now().await;
                }
                match listener.accept().await {
                    Ok((socket, peer)) => Arc::clone(&self.0).spawn(socket, peer.ip()),
                    Err(error) => {
                        // Usually too many open files, which passes when connections end. Retrying at once would only
                        // burn CPU.
                        tracing::warn!(%error, "could not accept a connection");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                }
            }
        };
        tokio::select! {
            biased;
            () = end => {}
            // Accepts nearly everything that is queued at once: the queue fills in a moment when all clients reconnect,
            // and if it is full they wait for a second or two.
            () = unconstrained(accept) => {}
        }
    }

    /// Lets connections finish for at most this long, then ends the rest.
    pub(crate) async fn finish(self, within: Duration) {
        let Shared { finish, tasks, abort, .. } = &*self.0;
        finish.cancel();
        tasks.close();
        if tokio::time::timeout(within, tasks.wait()).await.is_err() {
            tracing::warn!(connections = tasks.len(), "aborting connections that did not finish");
        }
        abort.cancel();
        // The result does not matter: whatever a connection does, the server ends in time.
        tokio::time::timeout(ABORT_TIMEOUT, tasks.wait()).await.ok();
    }
}

impl Shared {
    /// Serves a connection through all its phases.
    fn spawn(self: Arc<Self>, socket: TcpStream, peer: IpAddr) {
        // An event is small and must not wait to share a packet with another.
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%error, "no nodelay");
        }
        // A client that stays connected and does not read would hold its stream and its queue for ever. The kernel
        // detects it; a timer of our own for each connection would only cost memory.
        #[cfg(target_os = "linux")]
        if let Err(error) = socket2::SockRef::from(&socket).set_tcp_user_timeout(Some(self.tcp_user_timeout)) {
            tracing::debug!(%error, "no user timeout");
        }
        let tasks = self.tasks.clone();
        tasks.spawn(async move {
            let admission = self.abort.run_until_cancelled(admission::admit(&socket, &self)).await;
            if let Some(Admission::Admitted(permit)) = admission {
                let tasks = self.tasks.clone();
                tasks.spawn(self.serve(socket, peer, permit));
            }
        });
    }

    async fn serve(self: Arc<Self>, socket: TcpStream, peer: IpAddr, permit: Option<Permit>) {
        let served = self.abort.run_until_cancelled(http1::serve(socket, peer, permit, &self)).await;
        if let Some(Some((socket, messages))) = served {
            self.tasks.spawn(live::send_messages(socket, messages, self.abort.clone()));
        }
    }
}
