//! A live stream after its head: messages as the chunks of an HTTP/1.1 body (RFC 9112, section 7.1).

use std::io;

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

/// Carries messages to whoever listens, until either end has had enough, or it is cut.
pub(super) async fn carry(mut socket: TcpStream, mut messages: Messages, cut: CancellationToken) {
    loop {
        let message = tokio::select! {
            biased;
            () = cut.cancelled() => return,
            // A client that shut down its side has gone as well: nobody waits for answers like that.
            () = gone(&socket) => return,
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

/// Returns when the other end has. Whatever it says after its request is of no interest.
async fn gone(socket: &TcpStream) {
    let mut ignored = [0; 64];
    loop {
        let read = match socket.readable().await {
            Ok(()) => socket.try_read(&mut ignored),
            Err(error) => Err(error),
        };
        match read {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}
