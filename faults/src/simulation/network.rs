//! The network between one machine and the server: what it carries, and how it fails.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use rand::Rng;
use rand::rngs::StdRng;
use reqwest::Response;
use ringside_core::environment::TransportError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep};
use training::wire::{API_VERSION, ByeReason, StreamSignal};

use super::answer::{Answer, Reply, bye};
use super::condition::NetworkCondition;
use super::feeds::KEEP_ALIVE;
use super::request::ApiRequest;
use super::server::Server;
use super::signal::Signal;
use super::trace::Trace;

/// The media type of a live stream.
pub(super) const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");

/// One machine's network.
pub(super) struct Link {
    pub(super) name: &'static str,
    server: Arc<Server>,
    condition: Signal<NetworkCondition>,
    /// Counts how often all connections were cut.
    breaks: Signal<u64>,
    random: Mutex<StdRng>,
    trace: Arc<Trace>,
    /// When a stream last delivered an event.
    last_event: Mutex<Option<Instant>>,
}

/// What happens to a message on its way.
enum Delivery {
    Delivered,
    /// The connection breaks.
    Broken,
    /// It is lost silently.
    Lost,
}

impl Link {
    pub(super) fn new(name: &'static str, server: Arc<Server>, random: StdRng, trace: Arc<Trace>) -> Self {
        let (condition, breaks) = (Signal::new(NetworkCondition::Normal), Signal::new(0));
        Self { name, server, condition, breaks, random: Mutex::new(random), trace, last_event: Mutex::default() }
    }

    /// When a stream last delivered an event.
    pub(super) fn last_event(&self) -> Option<Instant> {
        *self.last_event.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set(&self, condition: NetworkCondition) {
        if self.condition() == condition {
            return;
        }
        self.trace.log(|| format!("{}: {condition:?}", self.name));
        self.condition.set(condition);
        if condition == NetworkCondition::Down {
            self.break_connections();
        }
    }

    /// Breaks every open connection.
    pub(super) fn break_connections(&self) {
        self.breaks.increment();
    }

    pub(super) fn condition(&self) -> NetworkCondition {
        self.condition.get()
    }

    fn draw<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut self.random.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn is_one_in(&self, many: u32) -> bool {
        self.draw(|random| random.random_ratio(1, many))
    }

    /// One direction, request or response.
    async fn transmit(&self) -> Delivery {
        loop {
            let condition = self.condition();
            let ms = match condition {
                NetworkCondition::Slow => 200..2_500,
                _ => 1..40,
            };
            sleep(Duration::from_millis(self.draw(|random| random.random_range(ms)))).await;
            match condition {
                // Messages in transit wait for the thaw, as TCP retransmits.
                NetworkCondition::Frozen => {
                    self.condition.wait_for(|condition| condition != NetworkCondition::Frozen).await;
                }
                NetworkCondition::Down => return Delivery::Broken,
                NetworkCondition::BlackHole => return Delivery::Lost,
                NetworkCondition::Lossy if self.is_one_in(4) => return Delivery::Broken,
                NetworkCondition::Lossy if self.is_one_in(6) => return Delivery::Lost,
                _ => return Delivery::Delivered,
            }
        }
    }

    /// Carries a request to the server and the response back. The sender may be gone meanwhile.
    ///
    /// Once an application has crashed, none of its messages in transit arrive: its connections are reset.
    pub(super) async fn carry(
        self: Arc<Self>,
        request: ApiRequest,
        crashed: Arc<Signal<bool>>,
        answered: oneshot::Sender<Result<Response, TransportError>>,
    ) {
        let breaks = self.breaks.get();
        let answer = tokio::select! {
            biased;
            () = self.breaks.changed_from(breaks) => Err(connection_error("cut")),
            answer = Arc::clone(&self).exchange(&request, &crashed) => answer,
        };
        if let Some(answer) = answer.transpose() {
            self.trace.log(|| match &answer {
                Ok(response) => format!("{}: {} → {}", self.name, request.line, response.status()),
                Err(lost) => format!("{}: {} → {lost}", self.name, request.line),
            });
            answered.send(answer).ok();
        } else {
            // No response ever comes: the caller waits until the time-out.
            self.trace.log(|| format!("{}: {} → …", self.name, request.line));
            let mut answered = answered;
            answered.closed().await;
        }
    }

    async fn exchange(
        self: Arc<Self>,
        request: &ApiRequest,
        crashed: &Signal<bool>,
    ) -> Result<Option<Response>, TransportError> {
        match self.transmit().await {
            Delivery::Delivered => {}
            Delivery::Broken => return Err(connection_error("on the way there")),
            Delivery::Lost => return Ok(None),
        }
        if let Some(response) = self.intermediary_response(request) {
            return Ok(Some(response));
        }
        if !self.server.is_up() {
            return Err(connection_error("refused"));
        }
        // The server may be slow to process the request.
        if self.is_one_in(60) {
            let ms = self.draw(|random| random.random_range(500..20_000));
            sleep(Duration::from_millis(ms)).await;
        }
        if crashed.get() || !self.server.is_up() {
            return Err(connection_error("reset"));
        }
        // A gateway may have sent it already and lost the response, or a late duplicate arrives.
        if request.key.is_some() && self.is_one_in(25) {
            self.deliver_again(request.clone());
        }
        let restarts = self.server.restarts.get();
        let reply = self.reply(request).await;
        if self.server.restarts.get() != restarts {
            return Err(connection_error("the server is gone"));
        }
        if self.condition() == NetworkCondition::NoResponses {
            return Ok(None);
        }
        match self.transmit().await {
            Delivery::Delivered => {}
            Delivery::Broken => return Err(connection_error("on the way back")),
            Delivery::Lost => return Ok(None),
        }
        Ok(Some(match reply {
            Reply::Answer(answer) => response(&answer),
            Reply::Hold(_) => unreachable!("a poll is answered in the end"),
            Reply::Stream { first, then, expires } => self.stream_response(first, then, expires),
        }))
    }

    /// The server's reply, which for a poll may take a while.
    async fn reply(&self, request: &ApiRequest) -> Reply {
        let restarts = self.server.restarts.get();
        let mut until = None;
        loop {
            let commits = self.server.committed.get();
            let wait = match self.server.serve(request) {
                Reply::Hold(wait) => wait,
                reply => return reply,
            };
            let until = *until.get_or_insert(Instant::now() + wait);
            tokio::select! {
                biased;
                () = self.server.restarts.changed_from(restarts) => {}
                () = self.server.committed.changed_from(commits) => continue,
                () = tokio::time::sleep_until(until) => {}
            }
            return self.server.serve(&request.clone().without_wait());
        }
    }

    /// Delivers a request a second time, some time later; its response is dropped.
    fn deliver_again(self: &Arc<Self>, request: ApiRequest) {
        let (link, ms) = (Arc::clone(self), self.draw(|random| random.random_range(0..8_000)));
        tokio::spawn(async move {
            sleep(Duration::from_millis(ms)).await;
            if link.server.is_up() {
                link.trace.log(|| format!("{}: {} arrives again", link.name, request.line));
                link.server.serve(&request);
            }
        });
    }

    /// The response of something that answers in the server's place.
    fn intermediary_response(&self, request: &ApiRequest) -> Option<Response> {
        let page = |status, body: &'static str| {
            let answer = http::Response::builder().status(status).header("content-type", "text/html");
            Response::from(answer.body(reqwest::Body::from(body)).expect("an answer"))
        };
        match self.condition() {
            NetworkCondition::CaptivePortal => Some(page(200, "<html>Welcome to our Wi-Fi</html>")),
            NetworkCondition::BadGateway => Some(page(502, "<html>Bad Gateway</html>")),
            NetworkCondition::RefusingActs if request.is_act() => Some(page(413, "<html>Too Large</html>")),
            NetworkCondition::Overloaded if self.is_one_in(2) => {
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
    fn stream_response(self: Arc<Self>, first: Vec<Bytes>, then: mpsc::Receiver<Bytes>, expires: Instant) -> Response {
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
        let (breaks, restarts) = (self.breaks.get(), self.server.restarts.get());
        let mut first = first.into_iter();
        let mut has_sent = false;
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
                self.condition
                    .wait_for(|condition| {
                        let is_held_back = condition == NetworkCondition::HoldingBack && has_sent;
                        !is_held_back && !matches!(condition, NetworkCondition::Buffering | NetworkCondition::BlackHole)
                    })
                    .await;
                match self.transmit().await {
                    Delivery::Delivered => Some(message),
                    // A stream has no gaps: any loss ends it.
                    Delivery::Broken | Delivery::Lost => None,
                }
            };
            let message = tokio::select! {
                biased;
                () = self.breaks.changed_from(breaks) => None,
                () = self.server.restarts.changed_from(restarts) => None,
                () = body.closed() => return,
                message = carried => message,
            };
            let Some(message) = message else {
                body.send(Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))).ok();
                return;
            };
            has_sent = true;
            if is_event(&message) {
                *self.last_event.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
            }
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

/// Whether a message of a stream is an event of the feed, and not one about the stream itself.
fn is_event(message: &[u8]) -> bool {
    let names = [StreamSignal::Hello, StreamSignal::Reset, StreamSignal::Bye, StreamSignal::PresenceChanged]
        .map(|signal| format!("event: {}\n", signal.as_str()));
    let contains = |text: &str| message.windows(text.len()).any(|part| part == text.as_bytes());
    contains("event: ") && !names.iter().any(|name| contains(name))
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

pub(super) fn connection_error(how: &'static str) -> TransportError {
    TransportError::Broken(how.into())
}
