//! A faulty network: a TCP proxy between a device and the server, whose faults can be changed at any time.
//!
//! Both directions of every connection go through it. Sleeps here simulate a slow network; no test waits by sleeping.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::failure::{Failure, IoContext};

/// What the network is like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NetworkCondition {
    /// Everything passes at once.
    #[default]
    Normal,
    /// Nobody can connect, and open connections are cut.
    Down,
    /// Connections are accepted and then reset.
    Reset,
    /// Connections stay open and nothing passes: an unplugged cable, a laptop out of range.
    Frozen,
    /// Everything takes this much longer, each way.
    Delayed(Duration),
    /// At most this many bytes pass each second, each way.
    Throttled(u32),
    /// Each byte is sent by itself.
    ByteByByte,
    /// Each connection is cut after this many bytes of answers.
    CutAfter(usize),
    /// Each connection is cut after this many bytes of requests.
    CutSendingAfter(usize),
    /// Streams are buffered until the server ends them, as some gateways do; complete responses pass.
    Buffering,
    /// Every request is answered by an intermediary: a gateway's error, a captive portal's page.
    AnsweredByIntermediary(String),
}

impl NetworkCondition {
    /// A gateway that can't reach the server.
    pub fn gateway_error(status: u16) -> Self {
        let body = "<html><body>The gateway can't do this now.</body></html>";
        Self::AnsweredByIntermediary(format!(
            "HTTP/1.1 {status} Gateway\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ))
    }

    /// A captive portal, which responds to everything with its own page.
    pub fn captive_portal() -> Self {
        Self::gateway_error(200)
    }
}

/// A proxy. Dropping it ends every connection through it.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    condition: watch::Sender<NetworkCondition>,
    traffic: Arc<Traffic>,
    accepting: JoinHandle<()>,
}

/// Traffic counters.
#[derive(Debug, Default)]
struct Traffic {
    connections: AtomicU64,
    bytes_back: AtomicU64,
    cuts: watch::Sender<u64>,
}

impl Proxy {
    /// A proxy before the server at `server`, in the normal condition, on a free port.
    pub async fn in_front_of(server: &str) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("opening a proxy")?;
        let address = listener.local_addr().context("opening a proxy")?;
        let server = server.trim_start_matches("http://").to_owned();
        let (condition, changing) = watch::channel(NetworkCondition::Normal);
        let traffic = Arc::new(Traffic::default());
        let accepting = tokio::spawn(accept(listener, server, changing, Arc::clone(&traffic)));
        Ok(Self { address, condition, traffic, accepting })
    }

    /// Its address, to be used in place of the server's.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Changes the condition, for connections that are open as well.
    pub fn set(&self, condition: NetworkCondition) {
        self.condition.send_replace(condition);
    }

    /// How many connections were made through it.
    pub fn connections(&self) -> u64 {
        self.traffic.connections.load(Ordering::Relaxed)
    }

    /// Waits until so many connections were cut while something was sent.
    pub async fn wait_for_cuts(&self, cuts: u64) {
        self.traffic.cuts.subscribe().wait_for(|so_far| *so_far >= cuts).await.ok();
    }

    /// How many bytes of answers came back through it.
    pub fn bytes_back(&self) -> u64 {
        self.traffic.bytes_back.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        // Connections end with their sender of the condition.
    }
}

async fn accept(
    listener: TcpListener,
    server: String,
    condition: watch::Receiver<NetworkCondition>,
    traffic: Arc<Traffic>,
) {
    loop {
        let Ok((device, _)) = listener.accept().await else { continue };
        traffic.connections.fetch_add(1, Ordering::Relaxed);
        let (server, condition, traffic) = (server.clone(), condition.clone(), Arc::clone(&traffic));
        tokio::spawn(async move { connection(device, &server, condition, &traffic).await });
    }
}

/// Carries one connection until either end, the condition or the proxy ends it.
async fn connection(
    mut device: TcpStream,
    server: &str,
    mut condition: watch::Receiver<NetworkCondition>,
    traffic: &Traffic,
) {
    let now = condition.borrow_and_update().clone();
    match now {
        NetworkCondition::Down => return,
        NetworkCondition::Reset => return reset(&device),
        NetworkCondition::AnsweredByIntermediary(answer) => return answer_for_the_server(&mut device, &answer).await,
        _ => {}
    }
    let Ok(mut upstream) = TcpStream::connect(server).await else { return };
    for end in [&device, &upstream] {
        // Separate writes must be sent separately.
        end.set_nodelay(true).ok();
    }
    let outcome = {
        let (from_device, to_device) = device.split();
        let (from_server, to_server) = upstream.split();
        let there = Lane { from: from_device, to: to_server, condition: condition.clone(), traffic, is_back: false };
        let back = Lane { from: from_server, to: to_device, condition: condition.clone(), traffic, is_back: true };
        tokio::select! {
            ended = there.carry() => ended,
            ended = back.carry() => ended,
            ended = stopped(&mut condition) => ended,
        }
    };
    if outcome == End::Reset {
        reset(&device);
        reset(&upstream);
    }
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Normally.
    Closed,
    /// As if one end had crashed.
    Reset,
}

/// Returns when the condition no longer lets a connection live.
async fn stopped(condition: &mut watch::Receiver<NetworkCondition>) -> End {
    loop {
        if condition.changed().await.is_err() {
            return End::Closed;
        }
        match &*condition.borrow_and_update() {
            NetworkCondition::Down | NetworkCondition::AnsweredByIntermediary(_) => return End::Closed,
            NetworkCondition::Reset => return End::Reset,
            _ => {}
        }
    }
}

fn reset(stream: &TcpStream) {
    // Closing with a zero linger sends a reset instead of an orderly end.
    stream.set_zero_linger().ok();
}

/// Reads the head of a request and answers it in the server's place.
async fn answer_for_the_server(device: &mut TcpStream, answer: &str) {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match device.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(read) => head.extend_from_slice(&buffer[..read]),
        }
    }
    device.write_all(answer.as_bytes()).await.ok();
    device.shutdown().await.ok();
}

/// One direction of a connection.
struct Lane<'a, R, W> {
    from: R,
    to: W,
    condition: watch::Receiver<NetworkCondition>,
    traffic: &'a Traffic,
    /// Whether it is the direction to the device.
    is_back: bool,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Lane<'_, R, W> {
    async fn carry(mut self) -> End {
        let mut buffer = vec![0; 16 * 1024];
        let mut held: Vec<u8> = Vec::new();
        let mut passed = 0_usize;
        loop {
            let Ok(read @ 1..) = self.from.read(&mut buffer).await else {
                self.to.write_all(&held).await.ok();
                self.to.shutdown().await.ok();
                return End::Closed;
            };
            let bytes = &buffer[..read];
            if self.thawed().await.is_err() {
                return End::Closed;
            }
            let condition = self.condition.borrow().clone();
            let done = match condition {
                NetworkCondition::Buffering if !held.is_empty() || (self.is_back && begins_a_stream(bytes)) => {
                    held.extend_from_slice(bytes);
                    continue;
                }
                _ if !held.is_empty() => {
                    held.extend_from_slice(bytes);
                    self.pass(&std::mem::take(&mut held)).await
                }
                NetworkCondition::CutAfter(limit) if self.is_back && passed + read >= limit => {
                    let rest = limit.saturating_sub(passed);
                    self.pass(&bytes[..rest.min(read)]).await.ok();
                    return End::Closed;
                }
                NetworkCondition::CutSendingAfter(limit) if !self.is_back && passed + read >= limit => {
                    let rest = limit.saturating_sub(passed);
                    self.pass(&bytes[..rest.min(read)]).await.ok();
                    self.traffic.cuts.send_modify(|cuts| *cuts += 1);
                    return End::Closed;
                }
                NetworkCondition::Delayed(by) => {
                    tokio::time::sleep(by).await;
                    self.pass(bytes).await
                }
                NetworkCondition::Throttled(bytes_per_s) => self.trickle(bytes, bytes_per_s).await,
                NetworkCondition::ByteByByte => self.send_byte_by_byte(bytes).await,
                _ => self.pass(bytes).await,
            };
            passed += read;
            if done.is_err() {
                return End::Closed;
            }
        }
    }

    /// Waits while the network is frozen.
    async fn thawed(&mut self) -> Result<(), watch::error::RecvError> {
        self.condition.wait_for(|condition| *condition != NetworkCondition::Frozen).await.map(drop)
    }

    async fn pass(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        if self.is_back {
            self.traffic.bytes_back.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        }
        self.to.write_all(bytes).await
    }

    async fn send_byte_by_byte(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        for byte in bytes {
            self.pass(std::slice::from_ref(byte)).await?;
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    async fn trickle(&mut self, bytes: &[u8], bytes_per_s: u32) -> std::io::Result<()> {
        let at_once = (bytes_per_s / 20).max(1);
        for some in bytes.chunks(at_once as usize) {
            self.pass(some).await?;
            tokio::time::sleep(Duration::from_secs(1) / 20).await;
        }
        Ok(())
    }
}

/// Whether these bytes begin a response that is a stream.
fn begins_a_stream(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(bytes).to_lowercase();
    head.starts_with("http/1.1 ") && head.contains("content-type: text/event-stream")
}
