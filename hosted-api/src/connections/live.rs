//! A live stream after its head: messages as the chunks of an HTTP/1.1 body (RFC 9112, section 7.1).

use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::Messages;

/// Ends a line of the framing.
const END_OF_LINE: &[u8] = b"\r\n";
/// The chunk that is none, and no trailers.
const LAST_CHUNK: &[u8] = b"0\r\n\r\n";
/// How much a client may say after its request. It has nothing to say; reading whatever it sends would be work without end.
const MOST_SAID: usize = 16 * 1024;

/// Carries messages to whoever listens, until either end has had enough, or it is cut.
pub(super) async fn carry(mut socket: TcpStream, mut messages: Messages, cut: CancellationToken) {
    let mut said = 0;
    loop {
        let message = tokio::select! {
            biased;
            () = cut.cancelled() => return,
            // A client that shut down its side has gone as well: nobody waits for answers like that.
            () = poll_fn(|cx| poll_gone(&socket, &mut said, cx)) => return,
            message = messages.next() => message,
        };
        let sent = match message {
            // A chunk without bytes would be the last.
            Some(message) if message.is_empty() => Some(Ok(())),
            Some(message) => cut.run_until_cancelled(send(&mut socket, message)).await,
            None => {
                // Whoever has gone meanwhile needs no end.
                cut.run_until_cancelled(end(&mut socket)).await;
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
    // In one piece for the system, without being copied into one here.
    socket.write_all_buf(&mut size.chain(message).chain(END_OF_LINE)).await
}

async fn end(socket: &mut TcpStream) -> io::Result<()> {
    socket.write_all(LAST_CHUNK).await?;
    socket.shutdown().await
}

/// Ready when the other end has gone, or says more than anybody should.
///
/// Asked in this way, and not by `readable`, the socket lets go of the task that waited at it before.
fn poll_gone(socket: &TcpStream, said: &mut usize, cx: &mut Context<'_>) -> Poll<()> {
    let mut ignored = [0; 1024];
    while *said <= MOST_SAID && ready!(socket.poll_read_ready(cx)).is_ok() {
        match socket.try_read(&mut ignored) {
            Ok(0) => break,
            Ok(read) => *said += read,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => break,
        }
    }
    Poll::Ready(())
}
