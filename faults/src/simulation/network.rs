//! The network between one machine and the server: what it carries, and how it fails.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use eventsource_stream::Eventsource;
use futures_util::future::BoxFuture;
use futures_util::{StreamExt, future, stream};
use http::HeaderValue;
use http::header::{ACCEPT, CONTENT_TYPE};
use rand::Rng;
use rand::rngs::StdRng;
use reqwest::{Request, Response};
use ringside_core::environment::{EventStream, OpenError, SILENCE, Transport, TransportError};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout};
use training::wire::{API_VERSION, ByeReason};

use super::answer::{Answer, Reply, bye};
use super::request::Sent;
use super::server::{KEEP_ALIVE, Server};
use super::signal::Signal;
use super::trace::Trace;

/// The connect time-out, as on the real network.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");

/// What the network is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weather {
    /// It works.
    Clear,
    /// It works, slowly.
    Slow,
    /// Many requests are lost, and many responses after the request was processed.
    Lossy,
    /// Every connection is refused at once, and those that are open break.
    Down,
    /// Nothing comes through and no error is reported; delivery resumes on thaw.
    Frozen,
    /// The same for open connections; what is sent meanwhile is lost for good.
    Void,
    /// Responses pass; streams are buffered by a proxy that waits for their end.
    Buffering,
    /// A captive portal answers with success.
    Portal,
    /// A gateway reports that it can't reach the server.
    Gateway,
    /// The server is overloaded, or says so.
    Busy,
    /// Requests arrive and are processed; no response comes back. Open streams go on.
    Deaf,
}

impl Weather {
    pub(super) const ALL: [Self; 11] = [
        Self::Clear,
        Self::Slow,
        Self::Lossy,
        Self::Down,
        Self::Frozen,
        Self::Void,
        Self::Buffering,
        Self::Portal,
        Self::Gateway,
        Self::Busy,
        Self::Deaf,
    ];
}

/// One machine's network.
pub(super) struct Link {
    pub(super) name: &'static str,
    server: Arc<Server>,
    weather: Signal<Weather>,
    /// Counts how often all connections were cut.
    cuts: Signal<u64>,
    random: Mutex<StdRng>,
    trace: Arc<Trace>,
}

/// What happens to a message on its way.
enum Fate {
    Arrives,
    Breaks,
    /// It is lost silently.
    Vanishes,
}

impl Link {
    pub(super) fn new(name: &'static str, server: Arc<Server>, random: StdRng, trace: Arc<Trace>) -> Self {
        let (weather, cuts) = (Signal::new(Weather::Clear), Signal::new(0));
        Self { name, server, weather, cuts, random: Mutex::new(random), trace }
    }

    pub(super) fn set(&self, weather: Weather) {
        if self.weather() == weather {
            return;
        }
        self.trace.note(|| format!("{}: {weather:?}", self.name));
        self.weather.set(weather);
        if weather == Weather::Down {
            self.cut();
        }
    }

    /// Breaks every open connection.
    pub(super) fn cut(&self) {
        self.cuts.count();
    }

    fn weather(&self) -> Weather {
        self.weather.get()
    }

    fn draw<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut self.random.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn is_one_in(&self, many: u32) -> bool {
        self.draw(|random| random.random_ratio(1, many))
    }

    /// One direction, request or response.
    async fn way(&self) -> Fate {
        loop {
            let weather = self.weather();
            let ms = match weather {
                Weather::Slow => 200..2_500,
                _ => 1..40,
            };
            sleep(Duration::from_millis(self.draw(|random| random.random_range(ms)))).await;
            match weather {
                // Messages in transit wait for the thaw, as TCP retransmits.
                Weather::Frozen => self.weather.until(|weather| weather != Weather::Frozen).await,
                Weather::Down => return Fate::Breaks,
                Weather::Void => return Fate::Vanishes,
                Weather::Lossy if self.is_one_in(4) => return Fate::Breaks,
                Weather::Lossy if self.is_one_in(6) => return Fate::Vanishes,
                _ => return Fate::Arrives,
            }
        }
    }

    /// Carries a request to the server and the response back. The sender may be gone meanwhile.
    ///
    /// Once an application has crashed, none of its messages in transit arrive: its connections are reset.
    async fn travel(
        self: Arc<Self>,
        sent: Sent,
        over: Arc<Signal<bool>>,
        answered: oneshot::Sender<Result<Response, TransportError>>,
    ) {
        let cuts = self.cuts.get();
        let answer = tokio::select! {
            biased;
            () = self.cuts.beyond(cuts) => Err(broken("cut")),
            answer = Arc::clone(&self).exchange(&sent, &over) => answer,
        };
        if let Some(answer) = answer.transpose() {
            self.trace.note(|| match &answer {
                Ok(response) => format!("{}: {} → {}", self.name, sent.line, response.status()),
                Err(lost) => format!("{}: {} → {lost}", self.name, sent.line),
            });
            answered.send(answer).ok();
        } else {
            // No response ever comes: the caller waits until the time-out.
            self.trace.note(|| format!("{}: {} → …", self.name, sent.line));
            let mut answered = answered;
            answered.closed().await;
        }
    }

    async fn exchange(self: Arc<Self>, sent: &Sent, over: &Signal<bool>) -> Result<Option<Response>, TransportError> {
        match self.way().await {
            Fate::Arrives => {}
            Fate::Breaks => return Err(broken("on the way there")),
            Fate::Vanishes => return Ok(None),
        }
        if let Some(stranger) = self.stranger() {
            return Ok(Some(stranger));
        }
        if !self.server.is_up() {
            return Err(broken("refused"));
        }
        // The server may be slow to process the request.
        if self.is_one_in(60) {
            let ms = self.draw(|random| random.random_range(500..20_000));
            sleep(Duration::from_millis(ms)).await;
        }
        if over.get() || !self.server.is_up() {
            return Err(broken("reset"));
        }
        // A gateway may have sent it already and lost the response, or a late duplicate arrives.
        if sent.key.is_some() && self.is_one_in(25) {
            self.again(sent.clone());
        }
        let life = self.server.life.get();
        let reply = self.reply(sent).await;
        if self.server.life.get() != life {
            return Err(broken("the server is gone"));
        }
        if self.weather() == Weather::Deaf {
            return Ok(None);
        }
        match self.way().await {
            Fate::Arrives => {}
            Fate::Breaks => return Err(broken("on the way back")),
            Fate::Vanishes => return Ok(None),
        }
        Ok(Some(match reply {
            Reply::Answer(answer) => response(&answer),
            Reply::Hold(_) => unreachable!("a poll is answered in the end"),
            Reply::Stream { first, then, expires } => self.streamed(first, then, expires),
        }))
    }

    /// The server's reply, which for a poll may take a while.
    async fn reply(&self, sent: &Sent) -> Reply {
        let life = self.server.life.get();
        let mut until = None;
        loop {
            let commits = self.server.committed.get();
            let wait = match self.server.serve(sent) {
                Reply::Hold(wait) => wait,
                reply => return reply,
            };
            let until = *until.get_or_insert(Instant::now() + wait);
            tokio::select! {
                biased;
                () = self.server.life.beyond(life) => {}
                () = self.server.committed.beyond(commits) => continue,
                () = tokio::time::sleep_until(until) => {}
            }
            return self.server.serve(&sent.clone().at_once());
        }
    }

    /// Delivers a request a second time, some time later; its response is dropped.
    fn again(self: &Arc<Self>, sent: Sent) {
        let (link, ms) = (Arc::clone(self), self.draw(|random| random.random_range(0..8_000)));
        tokio::spawn(async move {
            sleep(Duration::from_millis(ms)).await;
            if link.server.is_up() {
                link.trace.note(|| format!("{}: {} arrives again", link.name, sent.line));
                link.server.serve(&sent);
            }
        });
    }

    /// The response of something that answers in the server's place.
    fn stranger(&self) -> Option<Response> {
        let page = |status, body: &'static str| {
            let answer = http::Response::builder().status(status).header("content-type", "text/html");
            Response::from(answer.body(reqwest::Body::from(body)).expect("an answer"))
        };
        match self.weather() {
            Weather::Portal => Some(page(200, "<html>Welcome to our Wi-Fi</html>")),
            Weather::Gateway => Some(page(502, "<html>Bad Gateway</html>")),
            Weather::Busy if self.is_one_in(2) => {
                let seconds = self.draw(|random| random.random_range(1..4));
                let code = if self.is_one_in(2) {
                    training::ProblemCode::Unavailable
                } else {
                    training::ProblemCode::TooManyAttempts
                };
                Some(response(&Answer { retry_after_s: Some(seconds), ..Answer::problem(code) }))
            }
            _ => None,
        }
    }

    /// A stream as this network delivers it: late, in pieces, until it is cut.
    fn streamed(self: Arc<Self>, first: Vec<Bytes>, then: mpsc::Receiver<Bytes>, expires: Instant) -> Response {
        let (body, pieces) = mpsc::unbounded_channel();
        tokio::spawn(self.pump(first, then, expires, body));
        let pieces = stream::unfold(pieces, |mut pieces: mpsc::UnboundedReceiver<_>| async {
            pieces.recv().await.map(|piece: Result<Bytes, std::io::Error>| (piece, pieces))
        });
        let answer = http::Response::builder()
            .header("ringside-api-version", API_VERSION)
            .header(CONTENT_TYPE, EVENT_STREAM)
            .body(reqwest::Body::wrap_stream(pieces.boxed()));
        Response::from(answer.expect("an answer"))
    }

    async fn pump(
        self: Arc<Self>,
        first: Vec<Bytes>,
        mut then: mpsc::Receiver<Bytes>,
        expires: Instant,
        body: mpsc::UnboundedSender<Result<Bytes, std::io::Error>>,
    ) {
        let (cuts, life) = (self.cuts.get(), self.server.life.get());
        let mut first = first.into_iter();
        loop {
            let next = async {
                if let Some(message) = first.next() {
                    return Some(message);
                }
                tokio::select! {
                    biased;
                    message = then.recv() => message,
                    () = tokio::time::sleep_until(expires) => Some(bye(ByeReason::TokenExpired, None)),
                    () = sleep(KEEP_ALIVE) => Some(Bytes::from_static(b": keep-alive\n\n")),
                }
            };
            let carried = async {
                let message = next.await?;
                self.weather.until(|weather| !matches!(weather, Weather::Buffering | Weather::Void)).await;
                match self.way().await {
                    Fate::Arrives => Some(message),
                    // A stream has no gaps: any loss ends it.
                    Fate::Breaks | Fate::Vanishes => None,
                }
            };
            let message = tokio::select! {
                biased;
                () = self.cuts.beyond(cuts) => None,
                () = self.server.life.beyond(life) => None,
                () = body.closed() => return,
                message = carried => message,
            };
            let Some(message) = message else {
                body.send(Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))).ok();
                return;
            };
            let at = self.draw(|random| random.random_range(0..=message.len()));
            for piece in [message.slice(..at), message.slice(at..)] {
                body.send(Ok(piece)).ok();
            }
            if message.windows(11).any(|window| window == b"event: bye\n") {
                return;
            }
        }
    }
}

/// The transport of one running application.
pub(super) struct Way {
    pub(super) link: Arc<Link>,
    /// Set once the application has crashed: nothing more is sent.
    pub(super) over: Arc<Signal<bool>>,
}

impl Transport for Way {
    fn execute(&self, request: Request) -> BoxFuture<'static, Result<Response, TransportError>> {
        let link = Arc::clone(&self.link);
        let over = Arc::clone(&self.over);
        Box::pin(async move {
            if over.get() {
                std::future::pending::<()>().await;
            }
            let sent = Sent::read(&request);
            let (answered, answer) = oneshot::channel();
            tokio::spawn(Arc::clone(&link).travel(sent, over, answered));
            let patience = request.timeout().copied().unwrap_or(Duration::from_hours(1));
            // A connection attempt times out sooner than a silent connection.
            let patience = if link.is_one_in(2) && link.weather() == Weather::Frozen {
                patience.min(CONNECT_WITHIN)
            } else {
                patience
            };
            match timeout(patience, answer).await {
                Ok(Ok(answer)) => answer,
                Ok(Err(_)) => Err(broken("lost")),
                Err(_) => Err(TransportError::Timeout),
            }
        })
    }

    fn open_stream(&self, mut request: Request) -> BoxFuture<'static, Result<EventStream, OpenError>> {
        request.headers_mut().insert(ACCEPT, EVENT_STREAM);
        let answer = self.execute(request);
        Box::pin(async move {
            let answer = answer.await?;
            let is_stream = answer.status() == 200 && answer.headers().get(CONTENT_TYPE) == Some(&EVENT_STREAM);
            if is_stream { Ok(events(answer)) } else { Err(OpenError::NoStream(Box::new(answer))) }
        })
    }

    fn leave_connections(&self) {}
}

/// A stream's events, parsed by the application's own library, with its client's silence time-out.
fn events(answer: Response) -> EventStream {
    let bytes = answer.bytes_stream().boxed();
    let bytes = stream::unfold(bytes, |mut bytes| async {
        let piece = timeout(SILENCE, bytes.next()).await.ok()??;
        Some((piece, bytes))
    });
    bytes.eventsource().scan((), |(), event| future::ready(event.ok())).boxed()
}

fn response(answer: &Answer) -> Response {
    let response = http::Response::builder().status(answer.status).header("ringside-api-version", API_VERSION);
    let response = response.header("content-type", answer.kind);
    let response = match answer.retry_after_s {
        Some(seconds) => response.header("retry-after", HeaderValue::from(seconds)),
        None => response,
    };
    Response::from(response.body(reqwest::Body::from(answer.body.clone())).expect("an answer"))
}

fn broken(how: &'static str) -> TransportError {
    TransportError::Broken(how.into())
}
