//! Failures of the server: it answers with a problem and keeps running.

use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Duration;

use axum::routing::get;
use axum::{Router, middleware};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use training::ProblemCode;

use crate::app::Timing;
use crate::config::Config;
use crate::http::boundary;
use crate::server::start_with;
use crate::store::TestDatabase;
use crate::testing::{World, on_both_databases};

on_both_databases! {
    async fn without_a_database_requests_are_unavailable_and_readiness_fails(world: World) {
        let athlete = world.sign_in("mara").await;
        world.app.store.close().await;
        let refused = [
            athlete.get("/v1/me").send().await,
            athlete.post("/v1/sessions").send().await,
            athlete.get("/v1/feed").header("accept", "text/event-stream").send().await,
            world.call("GET", "/readyz").send().await,
        ];
        for reply in refused {
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (503, "unavailable"));
            assert_eq!(reply.header("retry-after"), "1");
            let detail = reply.body()["detail"].as_str().map(str::to_owned);
            assert_eq!(detail.as_deref(), Some(ProblemCode::Unavailable.explanation()), "what went wrong is for the log");
        }
        assert_eq!(world.call("GET", "/healthz").send().await.status, 200);
    }

    async fn a_dropped_request_leaves_no_transaction_on_its_connection(world: World) {
        let athlete = world.sign_in("mara").await;
        let user = athlete.id.parse().expect("an id");
        // Dropped a little later each time: before it has a connection, while it begins, after it has begun.
        for turns in 0..400 {
            tokio::select! {
                biased;
                () = async { for _ in 0..turns { tokio::task::yield_now().await } } => {}
                read = world.app.store.read() => drop(read),
            }
            let mut tx = world.app.store.write().await.expect("it begins");
            tx.lock_user(user).await.expect("what writes can write");
            tx.commit().await.expect("it lasts");
        }
    }

    async fn a_client_that_does_not_read_is_disconnected(world: World) {
        let (id, _, trainer) = world.session().await;
        let second = TestDatabase::sqlite();
        let config = Config { tcp_user_timeout: Duration::from_secs(1), ..Config::local(second.url()) };
        let running = start_with(Arc::clone(&world.app), config).expect("it starts");
        let stalled = TcpStream::connect(running.addr).await.expect("it connects");
        let mut stalled = stalled.into_std().expect("a socket");
        stalled.set_nonblocking(false).expect("it may block");
        let head = format!(
            "GET /v1/feed HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer {}\r\n\r\n",
            trainer.access
        );
        let mut stalled = tokio::task::spawn_blocking(move || {
            stalled.write_all(head.as_bytes()).expect("it is written");
            let mut first = [0; 64];
            stalled.read_exact(&mut first).expect("the answer begins");
            stalled
        })
        .await
        .expect("the stream is open");
        assert_eq!(world.app.hub.listener_count(), 1);

        // Each of these events is some ten kilobytes, so the socket buffers and the queue fill up at some point.
        let mut plan = trainer.plan().await;
        let exercise = plan["exercises"][0].clone();
        plan["exercises"] = json!(vec![exercise; 50]);
        for exercise in plan["exercises"].as_array_mut().expect("a list") {
            exercise["trainer_notes"] = json!("x".repeat(500));
        }
        let path = format!("/v1/sessions/{id}/rounds");
        while world.app.hub.listener_count() > 0 {
            let round = trainer.post(&path).json(&plan).send().await.created();
            // A session does not have room for as many.
            let draft = format!("/v1/rounds/{}", round["id"].as_str().expect("an id"));
            assert_eq!(trainer.call("DELETE", &draft).if_match(&round["version"]).send().await.status, 204);
        }
        // A client that resumes reading finds the connection closed, not a stream that goes on.
        let closed = async {
            while world.metrics().await.contains("ringside_streams 1") {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(90), closed).await.expect("it is let go");
        let ended = tokio::task::spawn_blocking(move || std::io::copy(&mut stalled, &mut std::io::sink()));
        let _ = ended.await.expect("reading ends");
        running.shutdown().await;
        second.remove().await;
    }
}

/// Starts a server with a router of ours behind the boundary; returns its address.
pub(super) async fn behind_the_boundary(world: &World, router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it listens");
    let router = router.layer(middleware::from_fn_with_state(Arc::clone(&world.app), boundary));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

#[tokio::test]
async fn a_panic_is_a_problem_without_its_message() {
    async fn bug() {
        panic!("a secret in a message");
    }
    World::on_sqlite(|world| async move {
        let base = behind_the_boundary(&world, Router::new().route("/bug", get(bug))).await;
        let world = world.at(base);
        let reply = world.call("GET", "/bug").send().await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (500, "internal"));
        assert!(!reply.text.contains("secret"));
        assert_eq!(world.call("GET", "/bug").send().await.status, 500, "it goes on");
    })
    .await;
}

#[tokio::test]
async fn a_slow_request_times_out() {
    let timing = Timing { response_timeout: Duration::from_millis(50), ..Timing::default() };
    World::with_timing(timing, |world| async move {
        let base = behind_the_boundary(&world, Router::new().route("/slow", get(std::future::pending::<()>))).await;
        let reply = world.at(base).call("GET", "/slow").send().await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (408, "timeout"));
    })
    .await;
}

#[tokio::test]
async fn an_idle_stream_gets_keep_alives() {
    let timing = Timing { keep_alive: Duration::from_secs(1), ..Timing::default() };
    World::with_timing(timing, |world| async move {
        let athlete = world.sign_in("mara").await;
        let mut stream = athlete.stream(None).await;
        assert_eq!(stream.expect("hello").await.data["keep_alive_s"], 1);
        assert_eq!(stream.comment().await, ": keep-alive");
        assert_eq!(stream.comment().await, ": keep-alive", "again and again");
    })
    .await;
}
