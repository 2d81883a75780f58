//! How a live stream is taken over from hyper.
//!
//! hyper writes the response head as usual. When it then polls the body for its first frame, the body puts its
//! messages in the connection's `Handover` and stays pending. As soon as everything written before has been flushed
//! to the operating system, the task that drives the connection takes the messages and the socket, and drops the rest.
//!
//! Without a `Handover` (an older protocol, a test without a connection) the body yields the messages itself.

use std::convert::Infallible;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Bytes, HttpBody};
use futures_util::Stream;
use hyper::body::Frame;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The messages of a stream. Empty ones are skipped.
pub(crate) type Messages = Pin<Box<dyn Stream<Item = Bytes> + Send>>;

/// The slot in which a stream's body puts its messages for the connection.
#[derive(Clone, Default)]
pub(crate) struct Handover(Arc<Slot>);

#[derive(Default)]
struct Slot {
    messages: Mutex<Option<Messages>>,
    /// Whether written bytes may still be buffered here and not yet passed to the operating system.
    unflushed: AtomicBool,
}

impl Handover {
    fn put(&self, messages: Messages) {
        // The head has just been written to a buffer.
        self.0.unflushed.store(true, Ordering::Relaxed);
        *self.lock() = Some(messages);
    }

    /// The messages, once everything before them has been flushed.
    pub(super) fn take(&self) -> Option<Messages> {
        if self.0.unflushed.load(Ordering::Relaxed) { None } else { self.lock().take() }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Messages>> {
        // Nothing here panics midway through a change, so even a poisoned lock guards consistent data.
        self.0.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body of a live stream.
pub(crate) struct LiveBody {
    /// None once handed over.
    messages: Option<Messages>,
    handover: Option<Handover>,
}

impl LiveBody {
    /// A body that hands its messages over if there is a `handover`.
    pub(crate) fn new(messages: Messages, handover: Option<Handover>) -> Self {
        Self { messages: Some(messages), handover }
    }
}

impl HttpBody for LiveBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(handover) = self.handover.clone() {
            if let Some(messages) = self.messages.take() {
                handover.put(messages);
            }
            return Poll::Pending;
        }
        let Some(messages) = &mut self.messages else { return Poll::Ready(None) };
        messages.as_mut().poll_next(cx).map(|message| message.map(|message| Ok(Frame::data(message))))
    }
}

/// A socket that tracks whether everything written has been flushed.
pub(super) struct FlushTracker {
    socket: TcpStream,
    handover: Handover,
}

impl FlushTracker {
    pub(super) fn new(socket: TcpStream, handover: Handover) -> Self {
        Self { socket, handover }
    }

    pub(super) fn into_socket(self) -> TcpStream {
        self.socket
    }

    fn set_unflushed(&self, unflushed: bool) {
        self.handover.0.unflushed.store(unflushed, Ordering::Relaxed);
    }
}

impl AsyncRead for FlushTracker {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(cx, buffer)
    }
}

impl AsyncWrite for FlushTracker {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.set_unflushed(true);
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.set_unflushed(true);
        Pin::new(&mut self.socket).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    /// Only called with nothing left to write.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.socket).poll_flush(cx);
        if matches!(flushed, Poll::Ready(Ok(()))) {
            self.set_unflushed(false);
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
