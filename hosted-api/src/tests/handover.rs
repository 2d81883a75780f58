//! A live stream that is taken over from hyper: the exact bytes a client gets, whatever else went over its connection.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::testing::{World, on_both_databases};

/// Nothing takes this long.
const PATIENCE: Duration = Duration::from_secs(90);

/// A connection, and what was received over it.
struct Wire {
    socket: TcpStream,
    came: String,
}

impl Wire {
    async fn to(world: &World) -> Self {
        let address = world.base.trim_start_matches("http://");
        Self { socket: TcpStream::connect(address).await.expect("it listens"), came: String::new() }
    }

    async fn say(&mut self, text: &str) {
        self.socket.write_all(text.as_bytes()).await.expect("it is taken");
    }

    /// Reads until this text has arrived; returns everything up to its end.
    async fn until(&mut self, text: &str) -> String {
        loop {
            if let Some(at) = self.came.find(text) {
                return self.came.drain(..at + text.len()).collect();
            }
            assert!(self.read().await > 0, "the end came before {text:?}: {:?}", self.came);
        }
    }

    /// Everything up to the end of the connection.
    async fn rest(&mut self) -> String {
        while self.read().await > 0 {}
        std::mem::take(&mut self.came)
    }

    async fn read(&mut self) -> usize {
        let mut bytes = [0; 4096];
        let read = tokio::time::timeout(PATIENCE, self.socket.read(&mut bytes)).await.expect("something comes in time");
        let read = read.expect("the connection holds");
        self.came.push_str(std::str::from_utf8(&bytes[..read]).expect("text in whole characters"));
        read
    }
}

/// The head of a request for the stream, without its last empty line.
fn stream(version: &str, token: &str) -> String {
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
    async fn a_stream_that_was_handed_over_is_whole_from_its_head_to_its_last_chunk(world: World) {
        let athlete = world.sign_in("mara").await;
        let mut wire = Wire::to(&world).await;
        wire.say(&format!("{}\r\n", stream("1.1", &athlete.access))).await;
        let head = wire.until("\r\n\r\n").await.to_lowercase();
        assert!(head.starts_with("http/1.1 200 "), "{head}");
        for line in ["content-type: text/event-stream", "transfer-encoding: chunked", "connection: close",
                     "cache-control: no-store", "ringside-api-version: 1"] {
            assert!(head.contains(&format!("{line}\r\n")), "{line} in {head}");
        }
        let mut body = wire.until("event: hello\n").await;
        athlete.post("/v1/sessions").send().await.created();
        body += &wire.until("event: session-started\n").await;
        world.app.hub.drain();
        let (text, ended) = unchunked(&(body + &wire.rest().await));
        assert!(ended, "the body says that it ends");
        let events: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
        assert_eq!(events, ["hello", "session-started", "bye"]);
    }

    async fn a_stream_may_follow_other_requests_on_one_connection_also_when_all_are_asked_for_at_once(world: World) {
        let athlete = world.sign_in("mara").await;
        let mut wire = Wire::to(&world).await;
        let me = format!("GET /v1/me HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {}\r\n\r\n", athlete.access);
        wire.say(&format!("{me}{me}{}\r\n", stream("1.1", &athlete.access))).await;
        for _ in 0..2 {
            let head = wire.until("\r\n\r\n").await.to_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
            let length: usize = length.and_then(|length| length.parse().ok()).expect("a length");
            while wire.came.len() < length {
                assert!(wire.read().await > 0);
            }
            let body: String = wire.came.drain(..length).collect();
            let body: Value = serde_json::from_str(&body).expect("JSON");
            assert_eq!(body["id"], athlete.id.as_str());
        }
        assert!(wire.until("\r\n\r\n").await.contains("text/event-stream"));
        wire.until("event: hello\n").await;
        athlete.post("/v1/sessions").send().await.created();
        wire.until("event: session-started\n").await;
    }

    async fn an_older_protocol_gets_the_stream_as_it_can_read_it(world: World) {
        let athlete = world.sign_in("mara").await;
        let mut wire = Wire::to(&world).await;
        wire.say(&format!("{}\r\n", stream("1.0", &athlete.access))).await;
        let head = wire.until("\r\n\r\n").await.to_lowercase();
        assert!(head.starts_with("http/1.0 200 ") && !head.contains("transfer-encoding"), "{head}");
        assert!(wire.until("event: hello\n").await.starts_with("id: "), "without chunks");
        world.app.hub.drain();
        let rest = wire.rest().await;
        assert!(rest.ends_with("\n\n") && rest.contains("event: bye\n"), "{rest:?}");
    }

    async fn whoever_hangs_up_leaves_nothing_behind(world: World) {
        let athlete = world.sign_in("mara").await;
        let mut wire = Wire::to(&world).await;
        wire.say(&format!("{}\r\n", stream("1.1", &athlete.access))).await;
        wire.until("event: hello\n").await;
        // Whatever it sends during the stream is ignored.
        wire.say("GET /v1/me HTTP/1.1\r\n\r\n").await;
        athlete.post("/v1/sessions").send().await.created();
        wire.until("event: session-started\n").await;
        assert_eq!(world.app.hub.listening(), 1);
        drop(wire);
        while world.app.hub.listening() > 0 {
            tokio::task::yield_now().await;
        }
        let metrics = world.call("GET", "/metrics").send().await.text;
        assert!(metrics.contains("ringside_streams 0"), "{metrics}");
    }

    async fn whoever_talks_without_end_is_left(world: World) {
        let athlete = world.sign_in("mara").await;
        let mut wire = Wire::to(&world).await;
        wire.say(&format!("{}\r\n", stream("1.1", &athlete.access))).await;
        wire.until("event: hello\n").await;
        while wire.socket.write_all(&[b'x'; 1024]).await.is_ok() {}
        while world.app.hub.listening() > 0 {
            tokio::task::yield_now().await;
        }
    }

    async fn a_head_asked_for_alone_opens_no_stream(world: World) {
        let athlete = world.sign_in("mara").await;
        let mut wire = Wire::to(&world).await;
        wire.say(&format!("{}\r\n", stream("1.1", &athlete.access).replacen("GET", "HEAD", 1))).await;
        assert!(wire.until("\r\n\r\n").await.contains("text/event-stream"));
        while world.app.hub.listening() > 0 {
            tokio::task::yield_now().await;
        }
    }
}
