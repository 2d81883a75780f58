//! The connections of a server, from their first byte to their last.
//!
//! They are served with hyper directly: `axum::serve` waits without limit for streams, and needs almost twice the memory
//! for each idle one. Even so a connection takes 12 KB with hyper: its buffers and its state. Most connections are live
//! streams that wait, and a live stream needs nothing of that once its head is on its way. So a connection has up to three
//! lives, each in a task of its own that is as small as it can be: it waits to [`begin`], it [`speak`]s HTTP, and if it has
//! become a live stream it leaves the HTTP machinery ([`handover`]) and is written to ([`live`]).

mod begin;
mod handover;
mod http1;
mod live;
mod permit;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::unconstrained;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use handover::{Handover, LiveBody, Messages};
pub(crate) use permit::Permit;

use begin::Begins;
use permit::Permits;

/// How long a client may take to its first byte, and then to the end of a request's head.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// How long what was cut may take to notice.
pub(crate) const CUT_WITHIN: Duration = Duration::from_secs(1);
/// How many connections are taken before anything else is looked at.
const TAKEN_AT_ONCE: usize = 1000;
/// How many connections may wait to be taken: as many as Linux lets by default. A client that finds no room waits a whole
/// second before it asks again.
const ACCEPT_QUEUE: u32 = 4096;
/// What everybody comes back to at once.
const FEED: &str = "/v1/feed";
/// What is accepted by whoever wants it live.
const STREAM: &str = "text/event-stream";

/// Listens at an address.
pub(crate) fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // So that a server that is started again does not have to wait until its old connections are forgotten.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(ACCEPT_QUEUE)
}

/// The connections of a server.
pub(crate) struct Connections(Arc<Open>);

/// What every connection can reach.
struct Open {
    router: Router,
    /// How long what was sent may stay unread.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux's kernel can be told"))]
    unread_for: Duration,
    permits: Permits,
    tasks: TaskTracker,
    /// Asks for no more requests.
    finish: CancellationToken,
    /// Ends what did not end by itself.
    cut: CancellationToken,
}

impl Connections {
    /// None yet.
    pub(crate) fn new(router: Router, unread_for: Duration) -> Self {
        Self(Arc::new(Open {
            router,
            unread_for,
            permits: Permits::new(),
            tasks: TaskTracker::new(),
            finish: CancellationToken::new(),
            cut: CancellationToken::new(),
        }))
    }

    /// Takes connections until `end`.
    pub(crate) async fn accept_until(&self, listener: &TcpListener, end: impl Future<Output = ()>) {
        let accept = async {
            for number in 1_usize.. {
                if number.is_multiple_of(TAKEN_AT_ONCE) {
                    tokio::task::yield_now().await;
                }
                match listener.accept().await {
                    Ok((socket, _)) => Arc::clone(&self.0).take(socket),
                    Err(error) => {
                        // Usually too many open files: it passes when connections end. Trying at once would only burn.
                        tracing::warn!(%error, "could not accept a connection");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                }
            }
        };
        tokio::select! {
            biased;
            () = end => {}
            // Nearly all that wait whenever any does: the queue is full in a moment when everybody comes back, and behind a full
            // queue everybody waits for a second or two.
            () = unconstrained(accept) => {}
        }
    }

    /// Lets what runs finish, at most for this long, and ends what does not.
    pub(crate) async fn finish(self, within: Duration) {
        let Open { finish, tasks, cut, .. } = &*self.0;
        finish.cancel();
        tasks.close();
        if tokio::time::timeout(within, tasks.wait()).await.is_err() {
            tracing::warn!(connections = tasks.len(), "cutting connections that did not finish");
        }
        cut.cancel();
        // Nothing has to go well any more: whatever a connection does, the server ends in time.
        tokio::time::timeout(CUT_WITHIN, tasks.wait()).await.ok();
    }
}

impl Open {
    /// Serves a connection through all its lives.
    fn take(self: Arc<Self>, socket: TcpStream) {
        // An event is small and must not wait for another to share its packet with.
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%error, "no nodelay");
        }
        // A client that stays connected and does not read would hold its stream, and what waits for it, for ever. The
        // kernel sees it; a timer of ours for each connection would only cost memory.
        #[cfg(target_os = "linux")]
        if let Err(error) = socket2::SockRef::from(&socket).set_tcp_user_timeout(Some(self.unread_for)) {
            tracing::debug!(%error, "no user timeout");
        }
        let tasks = self.tasks.clone();
        tasks.spawn(async move {
            let begun = self.cut.run_until_cancelled(begin::begins(&socket, &self)).await;
            if let Some(Begins::With(permit)) = begun {
                let tasks = self.tasks.clone();
                tasks.spawn(self.serve(socket, permit));
            }
        });
    }

    async fn serve(self: Arc<Self>, socket: TcpStream, permit: Option<Permit>) {
        let spoken = self.cut.run_until_cancelled(http1::serve(socket, permit, &self)).await;
        if let Some(Some((socket, messages))) = spoken {
            self.tasks.spawn(live::carry(socket, messages, self.cut.clone()));
        }
    }
}
