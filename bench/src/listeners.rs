//! Very many open streams, as light as they can be: each is a socket and a task that reads lines.
//!
//! They have their own threads, so that an event is recorded when it arrives and not when the sender has time. They
//! know only two lines of the API: the one that says that a stream is up, and the first one of an event.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Semaphore, mpsc, watch};

use crate::problem::{Problem, io};

/// How long all of them may take to be up, or one event to arrive.
const TIMEOUT: Duration = Duration::from_mins(2);

/// The lines to look for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineMarkers {
    /// The prefix of the line that says that a stream is up.
    pub(crate) up: &'static str,
    /// The prefix of the line that identifies an event.
    pub(crate) event: &'static str,
}

/// Something a listener recorded.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Observation {
    /// It is up.
    Up,
    /// An event arrived.
    Event {
        /// On which stream.
        stream: usize,
        /// When.
        at: Instant,
    },
    /// Its connection was lost, other than on request.
    Lost,
}

/// See the module. Dropping it ends them all.
pub(crate) struct Listeners {
    observations: mpsc::UnboundedReceiver<Observation>,
    reconnect: watch::Sender<u64>,
    count: usize,
    runtime: Option<Runtime>,
}

impl Listeners {
    /// Opens a stream for each request, a few at a time, and waits until all are up.
    pub(crate) async fn open(
        address: SocketAddr,
        requests: Vec<String>,
        markers: LineMarkers,
    ) -> Result<Self, Problem> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(io("starting a thread"))?;
        let (observer, observations) = mpsc::unbounded_channel();
        let (reconnect, reconnects) = watch::channel(0);
        let count = requests.len();
        let limit = Arc::new(Semaphore::new(32));
        for (stream, request) in requests.into_iter().enumerate() {
            let (limit, observer, reconnects) = (Arc::clone(&limit), observer.clone(), reconnects.clone());
            let listener = Listener { stream, address, request, markers, observer, reconnects };
            runtime.spawn(async move { listener.run(&limit).await });
        }
        let mut listeners = Self { observations, reconnect, count, runtime: Some(runtime) };
        listeners.all_up().await?;
        Ok(listeners)
    }

    /// Disconnects all of them and reconnects them at once, each with its cursor; returns how long that takes.
    pub(crate) async fn reconnect(&mut self) -> Result<Duration, Problem> {
        let since = Instant::now();
        self.reconnect.send_modify(|number| *number += 1);
        self.all_up().await?;
        Ok(since.elapsed())
    }

    /// The next event.
    pub(crate) async fn event(&mut self) -> Result<(usize, Instant), Problem> {
        loop {
            match self.next().await? {
                Observation::Event { stream, at } => return Ok((stream, at)),
                Observation::Up => {}
                Observation::Lost => return Err(Problem::Unexpected("a stream was lost".to_owned())),
            }
        }
    }

    async fn all_up(&mut self) -> Result<(), Problem> {
        let mut up = 0;
        while up < self.count {
            match self.next().await? {
                Observation::Up => up += 1,
                Observation::Event { .. } => {}
                Observation::Lost => return Err(Problem::Unexpected(format!("a stream was lost with {up} up"))),
            }
        }
        Ok(())
    }

    async fn next(&mut self) -> Result<Observation, Problem> {
        let observation = tokio::time::timeout(TIMEOUT, self.observations.recv()).await;
        observation.ok().flatten().ok_or_else(|| Problem::Unexpected("the streams have nothing more to say".to_owned()))
    }
}

impl Drop for Listeners {
    fn drop(&mut self) {
        // Dropped by a task, which must not block on the thread.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

struct Listener {
    stream: usize,
    address: SocketAddr,
    /// The head of the request without its last empty line.
    request: String,
    markers: LineMarkers,
    observer: mpsc::UnboundedSender<Observation>,
    reconnects: watch::Receiver<u64>,
}

impl Listener {
    async fn run(self, limit: &Semaphore) {
        let mut cursor = None;
        let mut reconnects = self.reconnects.clone();
        let mut permit = limit.acquire().await.ok();
        loop {
            let lost = tokio::select! {
                _ = self.listen(&mut cursor, || drop(permit.take())) => true,
                changed = reconnects.changed() => changed.is_err(),
            };
            if lost {
                self.observer.send(Observation::Lost).ok();
                return;
            }
        }
    }

    async fn listen(&self, cursor: &mut Option<String>, mut is_up: impl FnMut()) -> std::io::Result<()> {
        let mut socket = TcpStream::connect(self.address).await?;
        let last = cursor.as_ref().map(|cursor| format!("Last-Event-ID: {cursor}\r\n")).unwrap_or_default();
        socket.write_all(format!("{}{last}\r\n", self.request).as_bytes()).await?;
        let mut buffer = Vec::with_capacity(4096);
        while socket.read_buf(&mut buffer).await? > 0 {
            let at = Instant::now();
            let Some(end) = buffer.iter().rposition(|byte| *byte == b'\n') else { continue };
            for line in String::from_utf8_lossy(&buffer[..end]).lines() {
                if line.starts_with(self.markers.up) {
                    is_up();
                    self.observer.send(Observation::Up).ok();
                } else if line.starts_with(self.markers.event) {
                    self.observer.send(Observation::Event { stream: self.stream, at }).ok();
                } else if let Some(id) = line.strip_prefix("id: ") {
                    *cursor = Some(id.to_owned());
                }
            }
            buffer.drain(..=end);
        }
        Ok(())
    }
}
