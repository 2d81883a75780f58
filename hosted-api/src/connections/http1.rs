//! HTTP on a connection: one request after another, until there are no more or a live stream has been handed over.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use axum::body::Body;
use axum::http::header::ACCEPT;
use axum::http::{Request, Version};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{HttpService, Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;

use super::handover::FlushTracker;
use super::permit::FeedRequest;
use super::{FEED, HEAD_TIMEOUT, Handover, Messages, Permit, STREAM, Shared};
use crate::http::Peer;

/// The smallest buffer hyper accepts.
const BUFFER_BYTES: usize = 8 * 1024;

/// See the module. `permit` is the first request's, if it is for the feed.
pub(super) async fn serve(
    socket: TcpStream,
    peer: IpAddr,
    permit: Option<Permit>,
    shared: &Shared,
) -> Option<(TcpStream, Messages)> {
    let handover = Handover::default();
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(BUFFER_BYTES)
        .serve_connection(
            TokioIo::new(FlushTracker::new(socket, handover.clone())),
            service(shared, handover.clone(), Peer(peer), permit),
        );
    let mut finish = pin!(shared.finish.cancelled());
    let mut finishing = false;
    let messages = poll_fn(|cx| {
        loop {
            // A broken connection is the client's business; its requests have been logged.
            if Pin::new(&mut connection).poll(cx).is_ready() {
                return Poll::Ready(None);
            }
            if let Some(messages) = handover.take() {
                return Poll::Ready(Some(messages));
            }
            if finishing || finish.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            // Only after the first poll, because a request that has arrived is answered.
            finishing = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
    })
    .await?;
    Some((connection.into_parts().io.into_inner().into_socket(), messages))
}

/// The router. Each request carries its `peer` and the `handover` for a live stream, and one for the feed its permit.
fn service(
    shared: &Shared,
    handover: Handover,
    peer: Peer,
    first: Option<Permit>,
) -> impl HttpService<Incoming, ResBody = Body, Error = Infallible, Future: Send> + Send + use<> {
    let (router, permits) = (TowerToHyperService::new(shared.router.clone()), shared.permits.clone());
    let first = Arc::new(Mutex::new(first));
    service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        // After the handover we write the body ourselves, in this version's framing.
        if request.version() == Version::HTTP_11 {
            request.extensions_mut().insert(handover.clone());
        }
        // Whatever the first request is, its permit ends with it.
        let first = first.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (router, permits) = (router.clone(), permits.clone());
        async move {
            // Before the router, because a request inside it takes much more memory than one that waits here.
            if request.uri().path() == FEED {
                let permit =
                    if let Some(first) = first { first } else { permits.acquire(feed_request(&request)).await };
                request.extensions_mut().insert(permit);
            }
            router.call(request).await
        }
    })
}

fn feed_request(request: &Request<Incoming>) -> FeedRequest {
    let accepts = request.headers().get_all(ACCEPT).iter().filter_map(|accept| accept.to_str().ok());
    if accepts.into_iter().any(|accept| accept.contains(STREAM)) { FeedRequest::Stream } else { FeedRequest::Poll }
}
