//! What whoever runs the server relies on: readiness, metrics, who may read its files, and what a proxy may pass on.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::Timing;
use crate::backup::begin_epochs;
use crate::data_directory;
use crate::testing::{Reply, World, on_both_databases};

/// Sends these bytes over a connection of their own; returns everything that comes back.
pub(super) async fn answer_to(world: &World, request: &str) -> String {
    let mut socket = TcpStream::connect(world.base.trim_start_matches("http://")).await.expect("it listens");
    socket.write_all(request.as_bytes()).await.expect("it is taken");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.expect("text, to its end");
    answer
}

/// What it answers once the connections are gone that a database closes when it becomes read-only.
async fn until_available<F: Future<Output = Reply>>(ask: impl Fn() -> F) -> Reply {
    loop {
        let reply = ask().await;
        if reply.status != 503 {
            return reply;
        }
    }
}

/// Waits until the server says that it is ready, or that it is not.
async fn until_ready(world: &World, status: u16) {
    loop {
        world.app.store.forget_write_check().await;
        if world.call("GET", "/readyz").send().await.status == status {
            return;
        }
    }
}

on_both_databases! {
    async fn an_unwritable_database_makes_writes_unavailable_and_readiness_fail(world: World) {
        let athlete = world.sign_in("mara").await;
        athlete.get("/v1/me").send().await.ok();
        until_ready(&world, 200).await;
        world.app.store.set_read_only(true).await;
        until_ready(&world, 503).await;
        let refused = [
            athlete.post("/v1/sessions").send().await,
            athlete.post("/v1/auth/logout").send().await,
            athlete.call("PATCH", "/v1/me").json(&json!({ "name": "Mara" })).send().await,
            world.call("GET", "/readyz").send().await,
        ];
        for reply in refused {
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (503, "unavailable"), "{reply:?}");
            assert_eq!(reply.header("retry-after"), "1");
        }
        until_available(|| athlete.get("/v1/me").send()).await.ok();
        world.app.store.set_read_only(false).await;
        until_ready(&world, 200).await;
        until_available(|| athlete.post("/v1/sessions").send()).await.created();
    }

    async fn a_server_with_a_data_directory_of_its_own_is_not_ready(world: World) {
        let other = tempfile::tempdir().expect("a directory");
        let (second, running) = world.second_server_with(Timing::default(), other.path()).await;
        let reply = second.call("GET", "/readyz").send().await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (503, "unavailable"));
        assert!(reply.text.contains("is not the one that the servers on this database share"), "{reply:?}");
        let id = std::fs::read(world.artefacts().join("directory-id")).expect("the first one's");
        std::fs::write(other.path().join("directory-id"), b"another").expect("writable");
        assert_eq!(second.call("GET", "/readyz").send().await.status, 503);
        std::fs::write(other.path().join("directory-id"), id).expect("writable");
        assert_eq!(second.call("GET", "/readyz").send().await.status, 200, "it takes the place of the first one's");
        assert_eq!(world.call("GET", "/readyz").send().await.status, 200);
        running.shutdown().await;
    }

    async fn a_restored_database_goes_on_with_the_directory_it_is_restored_beside(world: World) {
        let other = tempfile::tempdir().expect("a directory");
        begin_epochs(world.database()).await.expect("it is there");
        data_directory::mark(&world.app.store, other.path()).await.expect("as a server does when it starts");
        let (second, running) = world.second_server_with(Timing::default(), other.path()).await;
        assert_eq!(second.call("GET", "/readyz").send().await.status, 200);
        running.shutdown().await;
    }

    async fn readiness_checks_share_one_write(world: World) {
        let mut written = std::collections::BTreeSet::new();
        for _ in 0..50 {
            assert_eq!(world.call("GET", "/readyz").send().await.status, 200);
            written.insert(world.app.store.last_write_check().await);
        }
        // Once, or a few times more on a machine so slow that a check no longer counts.
        assert!(written.len() < 25, "{written:?}");
    }

    async fn readiness_does_not_fail_while_the_writer_is_busy(world: World) {
        until_ready(&world, 200).await;
        world.app.store.forget_write_check().await;
        let writing = world.app.store.write().await.expect("it begins");
        assert_eq!(world.call("GET", "/readyz").send().await.status, 200);
        drop(writing);
    }

    async fn metrics_have_their_own_listener(world: World) {
        assert_eq!(world.call("GET", "/metrics").send().await.code(), "not-found");
        let described = world.call("GET", "/openapi.json").send().await.ok();
        assert!(described["paths"].get("/metrics").is_none());
        let metrics = world.metrics().await;
        assert!(metrics.contains("ringside_log_lines_lost_total 0"), "{metrics}");
    }

    async fn a_request_needs_exactly_one_valid_host(world: World) {
        let close = "Connection: close\r\n\r\n";
        for (hosts, status) in [
            ("Host: a\r\n", 200), ("", 400), ("Host: a\r\nHost: b\r\n", 400), ("Host: a\r\nHost: a\r\n", 400),
            ("Host: \r\n", 400), ("Host: a/b\r\n", 400),
        ] {
            for path in ["/healthz", "/nowhere"] {
                let answer = answer_to(&world, &format!("GET {path} HTTP/1.1\r\n{hosts}{close}")).await;
                let status = if (path, status) == ("/nowhere", 200) { 404 } else { status };
                assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{hosts:?}: {answer}");
            }
        }
        assert!(answer_to(&world, "GET /healthz HTTP/1.0\r\n\r\n").await.starts_with("HTTP/1.0 200 "));
    }

    async fn every_response_has_security_headers(world: World) {
        for path in ["/docs/", "/docs/swagger-initializer.js", "/openapi.json", "/v1/me", "/healthz", "/nowhere"] {
            let reply = world.call("GET", path).send().await;
            assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(reply.header("x-frame-options"), "DENY", "{path}");
            assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
            let policy = reply.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'; ") && policy.contains("frame-ancestors 'none'"), "{policy}");
            assert!(!policy.contains("script-src 'self' 'unsafe"), "{policy}");
            assert_eq!(policy.contains("script-src 'self'"), path.starts_with("/docs") || path == "/openapi.json");
        }
        // What the page needs is allowed: no script of it is in the page itself.
        let page = world.call("GET", "/docs/").send().await.text;
        assert!(page.contains("<script src=") && !page.contains("<script>"), "{page}");
    }
}

#[tokio::test]
async fn a_full_disk_makes_writes_unavailable_and_readiness_fail() {
    World::on_sqlite(|world| async move {
        let trainer = world.sign_in("jonas").await;
        trainer.get("/v1/me").send().await.ok();
        world.app.store.fill_up().await;
        // What is free within the file is still used, by little at a time.
        let mut refused = None;
        for number in 0.. {
            let exercise = json!({ "name": format!("Superman {number}"), "category": "back", "fields": ["reps"] });
            let reply = trainer.post("/v1/exercises").json(&exercise).send().await;
            if reply.status != 201 {
                refused = Some(reply);
                break;
            }
        }
        let refused = refused.expect("at last");
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (503, "unavailable"), "{refused:?}");
        // The connection that has met a full disk is replaced, and SQLite's limit is one of a connection.
        world.app.store.fill_up().await;
        let reply = world.call("GET", "/readyz").send().await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (503, "unavailable"), "{reply:?}");
        trainer.get("/v1/exercises").send().await.ok();
    })
    .await;
}

#[cfg(unix)]
#[tokio::test]
async fn an_existing_database_becomes_private() {
    use std::os::unix::fs::PermissionsExt;

    use crate::store::{DatabaseUrl, Store};

    let place = tempfile::tempdir().expect("a directory");
    let file = place.path().join("ringside.db");
    let url = DatabaseUrl::sqlite(&file).expect("the path is absolute");
    let beside = ["", "-wal", "-shm"].map(|suffix| place.path().join(format!("ringside.db{suffix}")));
    std::fs::write(&file, "").expect("writable");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("it is ours");
    let store = Store::connect(&url).await.expect("it opens");
    for path in beside {
        let mode = std::fs::metadata(&path).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    }
    store.close().await;
}
