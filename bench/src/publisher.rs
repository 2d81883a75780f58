//! Requests at a steady rate, however long each response takes.
//!
//! Written as raw bytes over persistent connections, so that the figures include as little as possible of this
//! program's own time.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::problem::{Problem, io};

/// Connections that requests are spread over; enough that one is almost always free.
const CONNECTIONS: usize = 32;
/// How often requests are sent: several at once from a certain rate on.
const TICK: Duration = Duration::from_millis(2);

/// One request to be sent.
pub(crate) struct Job {
    /// Its number.
    pub(crate) number: usize,
    /// Its head and body.
    pub(crate) request: String,
}

/// A request with a successful response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Done {
    pub(crate) number: usize,
    /// When it was due: waiting for a connection counts, or a slow response would hide its effect on the next request.
    pub(crate) due: Instant,
    pub(crate) answered: Instant,
}

/// Sends all of them, `per_second`, and waits for their answers.
pub(crate) async fn publish(address: SocketAddr, jobs: Vec<Job>, per_second: usize) -> Result<Vec<Done>, Problem> {
    let mut connections = JoinSet::new();
    let mut queues = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        let (queue, jobs) = mpsc::unbounded_channel();
        queues.push(queue);
        connections.spawn(send(address, jobs));
    }
    let mut due = interval(TICK);
    due.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let at_once = per_second * usize::try_from(TICK.as_millis()).unwrap_or(1) / 1000;
    let mut jobs = VecDeque::from(jobs);
    let mut next = queues.iter().cycle();
    while !jobs.is_empty() {
        due.tick().await;
        for job in jobs.drain(..at_once.max(1).min(jobs.len())) {
            let queue = next.next().expect("a cycle goes on");
            queue
                .send((job, Instant::now()))
                .map_err(|_| Problem::Unexpected("a connection for requests was lost".to_owned()))?;
        }
    }
    drop(queues);
    let mut done = Vec::new();
    while let Some(sent) = connections.join_next().await {
        done.extend(sent.map_err(|error| Problem::Unexpected(error.to_string()))??);
    }
    Ok(done)
}

async fn send(address: SocketAddr, mut jobs: mpsc::UnboundedReceiver<(Job, Instant)>) -> Result<Vec<Done>, Problem> {
    let sending = || io(format!("sending requests to {address}"));
    let mut socket = TcpStream::connect(address).await.map_err(sending())?;
    socket.set_nodelay(true).map_err(sending())?;
    let mut done = Vec::new();
    let mut buffer = Vec::with_capacity(16 * 1024);
    while let Some((Job { number, request }, due)) = jobs.recv().await {
        socket.write_all(request.as_bytes()).await.map_err(sending())?;
        buffer.clear();
        while !is_whole(&buffer)? {
            if socket.read_buf(&mut buffer).await.map_err(sending())? == 0 {
                return Err(Problem::Unexpected("a connection for requests was closed".to_owned()));
            }
        }
        done.push(Done { number, due, answered: Instant::now() });
    }
    Ok(done)
}

/// Whether this is a complete response, which must be a success.
fn is_whole(answer: &[u8]) -> Result<bool, Problem> {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return Ok(false) };
    if !head.starts_with("HTTP/1.1 2") {
        return Err(Problem::Unexpected(format!("a request was answered with {text}")));
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    Ok(body.len() >= length.unwrap_or_default())
}
