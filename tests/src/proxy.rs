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

/// The state of the network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Weather {
    /// Everything passes at once.
    #[default]
    Clear,
    /// Nobody can connect, and open connections are cut.
    Down,
    /// Connections are accepted and then reset.
    Reset,
    /// Connections stay open and nothing passes: an unplugged cable, a laptop out of range.
    Frozen,
    /// Everything takes this much longer, each way.
    Late(Duration),
    /// At most this many bytes pass each second, each way.
    Narrow(u32),
    /// Each byte is sent by itself.
    Crumbs,
    /// Each connection is cut after this many bytes of answers.
    CutAfter(usize),
    /// Streams are buffered until the server ends them, as some gateways do; complete responses pass.
    Buffering,
    /// Every request is answered by an intermediary: a gateway's error, a captive portal's page.
    Answering(String),
}

impl Weather {
    /// A gateway that can't reach the server.
    pub fn gateway_error(status: u16) -> Self {
        let body = "<html><body>The gateway can't do this now.</body></html>";
        Self::Answering(format!(
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
    weather: watch::Sender<Weather>,
    carried: Arc<Carried>,
    accepting: JoinHandle<()>,
}

/// Traffic counters.
#[derive(Debug, Default)]
struct Carried {
    connections: AtomicU64,
    bytes_back: AtomicU64,
}

impl Proxy {
    /// A proxy before the server at `server`, in clear weather, on a free port.
    pub async fn before(server: &str) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("opening a proxy")?;
        let address = listener.local_addr().context("opening a proxy")?;
        let server = server.trim_start_matches("http://").to_owned();
        let (weather, changing) = watch::channel(Weather::Clear);
        let carried = Arc::new(Carried::default());
        let accepting = tokio::spawn(accept(listener, server, changing, Arc::clone(&carried)));
        Ok(Self { address, weather, carried, accepting })
    }

    /// Its address, to be used in place of the server's.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Changes the weather, for connections that are open as well.
    pub fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }

    /// How many connections were made through it.
    pub fn connections(&self) -> u64 {
        self.carried.connections.load(Ordering::Relaxed)
    }

    /// How many bytes of answers came back through it.
    pub fn bytes_back(&self) -> u64 {
        self.carried.bytes_back.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        // Connections end with their sender of weather.
    }
}

async fn accept(listener: TcpListener, server: String, weather: watch::Receiver<Weather>, carried: Arc<Carried>) {
    loop {
        let Ok((device, _)) = listener.accept().await else { continue };
        carried.connections.fetch_add(1, Ordering::Relaxed);
        let (server, weather, carried) = (server.clone(), weather.clone(), Arc::clone(&carried));
        tokio::spawn(async move { connection(device, &server, weather, &carried).await });
    }
}

/// Carries one connection until either end, the weather or the proxy ends it.
async fn connection(mut device: TcpStream, server: &str, mut weather: watch::Receiver<Weather>, carried: &Carried) {
    let now = weather.borrow_and_update().clone();
    match now {
        Weather::Down => return,
        Weather::Reset => return reset(&device),
        Weather::Answering(answer) => return answer_for_the_server(&mut device, &answer).await,
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
        let there = Lane { from: from_device, to: to_server, weather: weather.clone(), counted: None };
        let back = Lane { from: from_server, to: to_device, weather: weather.clone(), counted: Some(carried) };
        tokio::select! {
            ended = there.carry() => ended,
            ended = back.carry() => ended,
            ended = stopped(&mut weather) => ended,
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

/// Returns when the weather no longer lets a connection live.
async fn stopped(weather: &mut watch::Receiver<Weather>) -> End {
    loop {
        if weather.changed().await.is_err() {
            return End::Closed;
        }
        match &*weather.borrow_and_update() {
            Weather::Down | Weather::Answering(_) => return End::Closed,
            Weather::Reset => return End::Reset,
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
    weather: watch::Receiver<Weather>,
    /// Set for the direction to the device: only responses are counted and cut.
    counted: Option<&'a Carried>,
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
            let weather = self.weather.borrow().clone();
            let done = match weather {
                Weather::Buffering if !held.is_empty() || (self.counted.is_some() && begins_a_stream(bytes)) => {
                    held.extend_from_slice(bytes);
                    continue;
                }
                _ if !held.is_empty() => {
                    held.extend_from_slice(bytes);
                    self.pass(&std::mem::take(&mut held)).await
                }
                Weather::CutAfter(limit) if self.counted.is_some() && passed + read >= limit => {
                    let rest = limit.saturating_sub(passed);
                    self.pass(&bytes[..rest.min(read)]).await.ok();
                    return End::Closed;
                }
                Weather::Late(by) => {
                    tokio::time::sleep(by).await;
                    self.pass(bytes).await
                }
                Weather::Narrow(bytes_per_s) => self.trickle(bytes, bytes_per_s).await,
                Weather::Crumbs => self.crumble(bytes).await,
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
        self.weather.wait_for(|weather| *weather != Weather::Frozen).await.map(drop)
    }

    async fn pass(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        if let Some(carried) = self.counted {
            carried.bytes_back.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        }
        self.to.write_all(bytes).await
    }

    async fn crumble(&mut self, bytes: &[u8]) -> std::io::Result<()> {
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
