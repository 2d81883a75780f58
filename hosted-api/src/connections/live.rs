//! A live stream after its head: messages as chunks of an HTTP/1.1 body (RFC 9112, section 7.1).

use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::Messages;

/// Ends a chunk.
const END_OF_LINE: &[u8] = b"\r\n";
/// The terminating zero-length chunk, without trailers.
const LAST_CHUNK: &[u8] = b"0\r\n\r\n";
/// How many bytes a client may send after its request. It has no reason to send any, and reading must not go on for
/// ever.
const MAX_IGNORED_BYTES: usize = 16 * 1024;

/// Sends messages to the client until either end closes or `abort` is cancelled.
pub(super) async fn send_messages(mut socket: TcpStream, mut messages: Messages, abort: CancellationToken) {
    let mut ignored_bytes = 0;
    loop {
        let message = tokio::select! {
            biased;
            () = abort.cancelled() => return,
            // A client that shut down its write side counts as gone: no real client half-closes a stream.
            () = poll_fn(|cx| poll_disconnected(&socket, &mut ignored_bytes, cx)) => return,
            message = messages.next() => message,
        };
        let sent = match message {
            // An empty chunk would end the body.
            Some(message) if message.is_empty() => Some(Ok(())),
            Some(message) => abort.run_until_cancelled(send(&mut socket, message)).await,
            None => {
                // The result does not matter: a client that has gone needs no end.
                abort.run_until_cancelled(end(&mut socket)).await;
                return;
            }
        };
        if !matches!(sent, Some(Ok(()))) {
            return;
        }
    }
}

async fn send(socket: &mut TcpStream, message: Bytes) -> io::Result<()> {
    let size = Bytes::from(format!("{:x}\r\n", message.len()));
    // One vectored write, without copying the parts together.
    socket.write_all_buf(&mut size.chain(message).chain(END_OF_LINE)).await
}

async fn end(socket: &mut TcpStream) -> io::Result<()> {
    socket.write_all(LAST_CHUNK).await?;
    socket.shutdown().await
}

/// Ready when the client has gone or has sent more than it may.
///
/// Unlike `readable`, this replaces the registered waker, so that the socket releases the task that waited on it
/// before.
fn poll_disconnected(socket: &TcpStream, ignored_bytes: &mut usize, cx: &mut Context<'_>) -> Poll<()> {
    let mut ignored = [0; 1024];
    while *ignored_bytes <= MAX_IGNORED_BYTES && ready!(socket.poll_read_ready(cx)).is_ok() {
        match socket.try_read(&mut ignored) {
            Ok(0) => break,
            Ok(read) => *ignored_bytes += read,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => break,
        }
    }
    Poll::Ready(())
}
