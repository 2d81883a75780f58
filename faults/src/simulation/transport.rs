//! The transport of one running application, over its machine's network.

use std::sync::Arc;
use std::time::Duration;

use eventsource_stream::{EventStreamError, Eventsource};
use futures_util::future::BoxFuture;
use futures_util::{StreamExt, future, stream};
use http::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Request, Response};
use ringside_core::environment::{EventStream, OpenError, Silent, Transport, TransportError};
use tokio::sync::oneshot;
use tokio::time::timeout;
use training::wire::FeedTiming;

use super::condition::NetworkCondition;
use super::network::{EVENT_STREAM, Link, connection_error};
use super::request::ApiRequest;
use super::signal::Signal;

/// The connect time-out, as on the real network.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// See the module.
pub(super) struct SimulatedTransport {
    pub(super) link: Arc<Link>,
    /// Set once the application has crashed: nothing more is sent.
    pub(super) crashed: Arc<Signal<bool>>,
}

impl Transport for SimulatedTransport {
    fn execute(&self, request: Request) -> BoxFuture<'static, Result<Response, TransportError>> {
        let link = Arc::clone(&self.link);
        let crashed = Arc::clone(&self.crashed);
        Box::pin(async move {
            if crashed.get() {
                std::future::pending::<()>().await;
            }
            let api_request = ApiRequest::parse(&request);
            let (answered, answer) = oneshot::channel();
            tokio::spawn(Arc::clone(&link).carry(api_request, crashed, answered));
            let limit = request.timeout().copied().unwrap_or(Duration::from_hours(1));
            // A connection attempt times out sooner than a silent connection.
            let limit = if link.is_one_in(2) && link.condition() == NetworkCondition::Frozen {
                limit.min(CONNECT_TIMEOUT)
            } else {
                limit
            };
            match timeout(limit, answer).await {
                Ok(Ok(answer)) => answer,
                Ok(Err(_)) => Err(connection_error("lost")),
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
    let pieces = stream::unfold(bytes, |mut bytes| async {
        let piece = match timeout(FeedTiming::SILENCE, bytes.next()).await {
            Ok(piece) => piece?.map_err(|_| Interruption::Broken),
            Err(_) => Err(Interruption::Silent),
        };
        Some((piece, bytes))
    });
    let events = pieces.eventsource().map(|event| match event {
        Ok(event) => Some(Ok(event)),
        Err(EventStreamError::Transport(Interruption::Silent)) => Some(Err(Silent)),
        Err(_) => None,
    });
    events.take_while(|event| future::ready(event.is_some())).filter_map(future::ready).boxed()
}

/// Why the bytes of a stream end early.
enum Interruption {
    Broken,
    Silent,
}
