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

use crate::{Problem, io};

/// How long all of them may take to be up, or one event to arrive.
const PATIENCE: Duration = Duration::from_mins(2);

/// The lines to look for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Marks {
    /// The prefix of the line that says that a stream is up.
    pub(crate) up: &'static str,
    /// The prefix of the line that identifies an event.
    pub(crate) event: &'static str,
}

/// Something a listener recorded.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Noted {
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
    noted: mpsc::UnboundedReceiver<Noted>,
    again: watch::Sender<u64>,
    count: usize,
    runtime: Option<Runtime>,
}

impl Listeners {
    /// Opens a stream for each request, a few at a time, and waits until all are up.
    pub(crate) async fn open(address: SocketAddr, requests: Vec<String>, marks: Marks) -> Result<Self, Problem> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(io("starting a thread"))?;
        let (note, noted) = mpsc::unbounded_channel();
        let (again, asked) = watch::channel(0);
        let count = requests.len();
        let few = Arc::new(Semaphore::new(32));
        for (stream, request) in requests.into_iter().enumerate() {
            let (few, note, asked) = (Arc::clone(&few), note.clone(), asked.clone());
            let listener = Listener { stream, address, request, marks, note, asked };
            runtime.spawn(async move { listener.run(&few).await });
        }
        let mut listeners = Self { noted, again, count, runtime: Some(runtime) };
        listeners.all_up().await?;
        Ok(listeners)
    }

    /// Disconnects all of them and reconnects them at once, each with its cursor; returns how long that takes.
    pub(crate) async fn come_back(&mut self) -> Result<Duration, Problem> {
        let since = Instant::now();
        self.again.send_modify(|number| *number += 1);
        self.all_up().await?;
        Ok(since.elapsed())
    }

    /// The next event.
    pub(crate) async fn event(&mut self) -> Result<(usize, Instant), Problem> {
        loop {
            match self.next().await? {
                Noted::Event { stream, at } => return Ok((stream, at)),
                Noted::Up => {}
                Noted::Lost => return Err(Problem::Unexpected("a stream was lost".to_owned())),
            }
        }
    }

    async fn all_up(&mut self) -> Result<(), Problem> {
        let mut up = 0;
        while up < self.count {
            match self.next().await? {
                Noted::Up => up += 1,
                Noted::Event { .. } => {}
                Noted::Lost => return Err(Problem::Unexpected(format!("a stream was lost with {up} up"))),
            }
        }
        Ok(())
    }

    async fn next(&mut self) -> Result<Noted, Problem> {
        let noted = tokio::time::timeout(PATIENCE, self.noted.recv()).await;
        noted.ok().flatten().ok_or_else(|| Problem::Unexpected("the streams have nothing more to say".to_owned()))
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
    marks: Marks,
    note: mpsc::UnboundedSender<Noted>,
    asked: watch::Receiver<u64>,
}

impl Listener {
    async fn run(self, few: &Semaphore) {
        let mut cursor = None;
        let mut asked = self.asked.clone();
        let mut at_first = few.acquire().await.ok();
        loop {
            let lost = tokio::select! {
                _ = self.listen(&mut cursor, || drop(at_first.take())) => true,
                changed = asked.changed() => changed.is_err(),
            };
            if lost {
                self.note.send(Noted::Lost).ok();
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
                if line.starts_with(self.marks.up) {
                    is_up();
                    self.note.send(Noted::Up).ok();
                } else if line.starts_with(self.marks.event) {
                    self.note.send(Noted::Event { stream: self.stream, at }).ok();
                } else if let Some(id) = line.strip_prefix("id: ") {
                    *cursor = Some(id.to_owned());
                }
            }
            buffer.drain(..=end);
        }
        Ok(())
    }
}
