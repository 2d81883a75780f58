//! A live stream that is taken over from hyper: the exact bytes a client gets, whatever else went over its connection.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::testing::{World, on_both_databases};

/// Nothing takes this long.
const TIMEOUT: Duration = Duration::from_secs(90);

/// A connection, and what was received over it.
struct RawConnection {
    socket: TcpStream,
    received: String,
}

impl RawConnection {
    async fn to(world: &World) -> Self {
        let address = world.base.trim_start_matches("http://");
        Self { socket: TcpStream::connect(address).await.expect("it listens"), received: String::new() }
    }

    async fn send(&mut self, text: &str) {
        self.socket.write_all(text.as_bytes()).await.expect("it is taken");
    }

    /// Reads until this text has arrived; returns everything up to its end.
    async fn read_until(&mut self, text: &str) -> String {
        loop {
            if let Some(at) = self.received.find(text) {
                return self.received.drain(..at + text.len()).collect();
            }
            assert!(self.read().await > 0, "the end came before {text:?}: {:?}", self.received);
        }
    }

    /// Everything up to the end of the connection.
    async fn read_to_end(&mut self) -> String {
        while self.read().await > 0 {}
        std::mem::take(&mut self.received)
    }

    async fn read(&mut self) -> usize {
        let mut bytes = [0; 4096];
        let read = tokio::time::timeout(TIMEOUT, self.socket.read(&mut bytes)).await.expect("something comes in time");
        let read = read.expect("the connection holds");
        self.received.push_str(std::str::from_utf8(&bytes[..read]).expect("text in whole characters"));
        read
    }
}

/// The head of a request for the stream, without its last empty line.
fn stream_request(version: &str, token: &str) -> String {
    format!(
        "GET /v1/feed HTTP/{version}\r\nHost: here\r\nAccept: text/event-stream\r\nAuthorization: Bearer {token}\r\n"
    )
}

/// The contents of a body's chunks, and whether the terminating chunk was among them.
fn unchunked(mut body: &str) -> (String, bool) {
    let mut text = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("a chunk says how long it is");
        if size == 0 {
            assert_eq!(rest, "\r\n", "nothing comes after the end");
            return (text, true);
        }
        text.push_str(&rest[..size]);
        body = rest[size..].strip_prefix("\r\n").expect("a chunk ends where it said");
    }
    (text, false)
}

on_both_databases! {
    async fn a_handed_over_stream_is_complete_from_head_to_last_chunk(world: World) {
        let athlete = world.sign_in("mara").await;
        let mut connection = RawConnection::to(&world).await;
        connection.send(&format!("{}\r\n", stream_request("1.1", &athlete.access))).await;
        let head = connection.read_until("\r\n\r\n").await.to_lowercase();
        assert!(head.starts_with("http/1.1 200 "), "{head}");
        for line in ["content-type: text/event-stream", "transfer-encoding: chunked", "connection: close",
                     "cache-control: no-store, no-transform", "ringside-api-version: 1"] {
            assert!(head.contains(&format!("{line}\r\n")), "{line} in {head}");
        }
        let mut body = connection.read_until("event: hello\n").await;
        athlete.post("/v1/sessions").send().await.created();
        body += &connection.read_until("event: session-started\n").await;
        world.app.hub.drain();
        let (text, ended) = unchunked(&(body + &connection.read_to_end().await));
        assert!(ended, "the body says that it ends");
        let events: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
        assert_eq!(events, ["hello", "session-started", "bye"]);
    }

    async fn a_stream_may_follow_pipelined_requests_on_one_connection(world: World) {
        let athlete = world.sign_in("mara").await;
        let mut connection = RawConnection::to(&world).await;
        let me = format!("GET /v1/me HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {}\r\n\r\n", athlete.access);
        connection.send(&format!("{me}{me}{}\r\n", stream_request("1.1", &athlete.access))).await;
        for _ in 0..2 {
            let head = connection.read_until("\r\n\r\n").await.to_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
            let length: usize = length.and_then(|length| length.parse().ok()).expect("a length");
            while connection.received.len() < length {
                assert!(connection.read().await > 0);
            }
            let body: String = connection.received.drain(..length).collect();
            let body: Value = serde_json::from_str(&body).expect("JSON");
            assert_eq!(body["id"], athlete.id.as_str());
        }
        assert!(connection.read_until("\r\n\r\n").await.contains("text/event-stream"));
        connection.read_until("event: hello\n").await;
        athlete.post("/v1/sessions").send().await.created();
        connection.read_until("event: session-started\n").await;
    }

    async fn http_1_0_gets_the_stream_without_chunks(world: World) {
        let athlete = world.sign_in("mara").await;
        let mut connection = RawConnection::to(&world).await;
        connection.send(&format!("{}\r\n", stream_request("1.0", &athlete.access))).await;
        let head = connection.read_until("\r\n\r\n").await.to_lowercase();
        assert!(head.starts_with("http/1.0 200 ") && !head.contains("transfer-encoding"), "{head}");
        assert!(connection.read_until("event: hello\n").await.starts_with("id: "), "without chunks");
        world.app.hub.drain();
        let rest = connection.read_to_end().await;
        assert!(rest.ends_with("\n\n") && rest.contains("event: bye\n"), "{rest:?}");
    }

    async fn a_disconnected_client_is_unsubscribed(world: World) {
        let athlete = world.sign_in("mara").await;
        let mut connection = RawConnection::to(&world).await;
        connection.send(&format!("{}\r\n", stream_request("1.1", &athlete.access))).await;
        connection.read_until("event: hello\n").await;
        // Whatever it sends during the stream is ignored.
        connection.send("GET /v1/me HTTP/1.1\r\n\r\n").await;
        athlete.post("/v1/sessions").send().await.created();
        connection.read_until("event: session-started\n").await;
        assert_eq!(world.app.hub.listener_count(), 1);
        drop(connection);
        while world.app.hub.listener_count() > 0 {
            tokio::task::yield_now().await;
        }
        let metrics = world.metrics().await;
        assert!(metrics.contains("ringside_streams 0"), "{metrics}");
    }

    async fn a_client_that_keeps_sending_is_disconnected(world: World) {
        let athlete = world.sign_in("mara").await;
        let mut connection = RawConnection::to(&world).await;
        connection.send(&format!("{}\r\n", stream_request("1.1", &athlete.access))).await;
        connection.read_until("event: hello\n").await;
        while connection.socket.write_all(&[b'x'; 1024]).await.is_ok() {}
        while world.app.hub.listener_count() > 0 {
            tokio::task::yield_now().await;
        }
    }

    async fn a_head_request_opens_no_stream(world: World) {
        let athlete = world.sign_in("mara").await;
        let mut connection = RawConnection::to(&world).await;
        connection.send(&format!("{}\r\n", stream_request("1.1", &athlete.access).replacen("GET", "HEAD", 1))).await;
        assert!(connection.read_until("\r\n\r\n").await.contains("text/event-stream"));
        while world.app.hub.listener_count() > 0 {
            tokio::task::yield_now().await;
        }
    }
}
