//! Downloading artefacts: as a whole, in parts, from a cache, slowly.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;

use super::failing::behind_the_boundary;
use crate::app::Timing;
use crate::config::Config;
use crate::server::start_with;
use crate::store::TestDatabase;
use crate::testing::{ReleaseBuilder, Reply, World, on_both_databases};
use crate::updates::{Channel, hash};

const NAME: &str = "Ringside_0.2.0_amd64.deb";
const BYTES: &[u8] = b"0123456789";
/// More than the socket buffers of both ends hold.
const LARGE: usize = 10 * 1024 * 1024;

/// Publishes an artefact; returns its path.
async fn publish(world: &World, bytes: &[u8]) -> String {
    let builder = ReleaseBuilder::new();
    let publication = builder.publication(Channel::Stable, "0.2.0", &[(NAME, bytes)]);
    world.publish(&publication).await.expect("it is published");
    format!("/v1/artefacts/{}/{NAME}", hash(bytes))
}

async fn fetch(world: &World, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
    headers.iter().fold(world.call(method, path), |call, (name, value)| call.header(name, value)).send().await
}

on_both_databases! {
    async fn artefacts_are_cacheable_as_immutable(world: World) {
        let path = publish(&world, BYTES).await;
        for (method, body) in [("GET", "0123456789"), ("HEAD", "")] {
            let reply = fetch(&world, method, &path, &[]).await;
            assert_eq!((reply.status.as_u16(), reply.text.as_str()), (200, body));
            for (name, expected) in [
                ("etag", format!("\"{}\"", hash(BYTES)).as_str()),
                ("cache-control", "public, max-age=31536000, immutable"),
                ("content-type", "application/octet-stream"),
                ("content-length", "10"),
                ("accept-ranges", "bytes"),
                ("last-modified", ""),
                ("ringside-api-version", "1"),
            ] {
                assert_eq!(reply.header(name), expected, "{method}: {name}");
            }
        }
    }

    async fn a_download_resumes_with_a_range(world: World) {
        let path = publish(&world, BYTES).await;
        for (range, body, content_range) in [
            ("bytes=4-", "456789", "bytes 4-9/10"),
            ("bytes=2-4", "234", "bytes 2-4/10"),
            ("bytes=-3", "789", "bytes 7-9/10"),
            ("Bytes=8-", "89", "bytes 8-9/10"),
            ("bytes=08-9", "89", "bytes 8-9/10"),
            ("bytes=8-99999999999999999999", "89", "bytes 8-9/10"),
        ] {
            let reply = fetch(&world, "GET", &path, &[("range", range)]).await;
            assert_eq!((reply.status.as_u16(), reply.text.as_str()), (206, body), "{range}");
            assert_eq!(reply.header("content-range"), content_range);
            assert_eq!(reply.header("content-length"), body.len().to_string());
            assert_eq!(reply.header("etag"), format!("\"{}\"", hash(BYTES)));
        }
        for range in ["bytes=0-1,3-4", "lines=1-2", "bytes=-11", "bytes=-99999999999999999999", "bytes=-", "bytes=a-"] {
            let reply = fetch(&world, "GET", &path, &[("range", range)]).await;
            assert_eq!((reply.status.as_u16(), reply.text.as_str()), (200, "0123456789"), "{range}");
        }
        for range in ["bytes=10-", "bytes=10-99999999999999999999", "bytes=-00"] {
            let beyond = fetch(&world, "GET", &path, &[("range", range)]).await;
            assert_eq!((beyond.status.as_u16(), beyond.header("content-range")), (416, "bytes */10"), "{range}");
            assert_eq!(beyond.header("cache-control"), "no-store, no-transform");
        }
        // Only a GET has ranges.
        let head = fetch(&world, "HEAD", &path, &[("range", "bytes=10-")]).await;
        assert_eq!((head.status.as_u16(), head.header("content-length")), (200, "10"));
    }

    async fn a_range_with_another_tag_returns_the_whole_file(world: World) {
        let path = publish(&world, BYTES).await;
        let tag = format!("\"{}\"", hash(BYTES));
        let weak = format!("W/{tag}");
        for (if_range, status, body) in [
            (tag.as_str(), 206, "456789"),
            ("\"another\"", 200, "0123456789"),
            // A range requires a strong comparison.
            (weak.as_str(), 200, "0123456789"),
            ("Wed, 25 Nov 2026 00:00:00 GMT", 200, "0123456789"),
        ] {
            let reply = fetch(&world, "GET", &path, &[("range", "bytes=4-"), ("if-range", if_range)]).await;
            assert_eq!((reply.status.as_u16(), reply.text.as_str()), (status, body), "{if_range}");
        }
    }

    async fn a_matching_tag_is_answered_not_modified(world: World) {
        let path = publish(&world, BYTES).await;
        let tag = format!("\"{}\"", hash(BYTES));
        for (tags, status) in [
            (tag.clone(), 304),
            (format!("W/{tag}"), 304),
            (format!("\"another\", {tag}"), 304),
            ("*".to_owned(), 304),
            ("\"another\"".to_owned(), 200),
        ] {
            let far = "Wed, 25 Nov 2099 00:00:00 GMT";
            let headers = [("if-none-match", tags.as_str()), ("if-modified-since", far)];
            let reply = fetch(&world, "GET", &path, &headers).await;
            assert_eq!(reply.status, status, "{tags}");
            assert_eq!(reply.header("etag"), tag);
            assert_eq!(reply.header("cache-control"), "public, max-age=31536000, immutable");
            assert_eq!(reply.text.is_empty(), status == 304);
        }
    }

    async fn only_published_artefacts_are_found(world: World) {
        let path = publish(&world, BYTES).await;
        std::fs::write(world.artefacts().join("secret"), "secret").expect("it is written");
        let hash = hash(BYTES);
        for path in [
            format!("/v1/artefacts/{hash}/Other.deb"),
            format!("/v1/artefacts/{}/{NAME}", "0".repeat(64)),
            format!("/v1/artefacts/{}/{NAME}", hash.to_uppercase()),
            format!("/v1/artefacts/secret/{NAME}"),
            format!("/v1/artefacts/..%2F{hash}/{NAME}"),
            format!("/v1/artefacts/.%2F{hash}/{NAME}"),
            format!("/v1/artefacts/{hash}%00/{NAME}"),
            format!("/v1/artefacts/{hash}/{NAME}%00"),
            format!("/v1/artefacts/%FF/{NAME}"),
            "/v1/artefacts/..%2F..%2F..%2Fetc/passwd".to_owned(),
        ] {
            let reply = fetch(&world, "GET", &path, &[]).await;
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (404, "not-found"), "{path}");
        }
        // Published but missing here: the operator has to know.
        std::fs::remove_file(world.artefacts().join(&hash)).expect("it was there");
        let reply = fetch(&world, "GET", &path, &[]).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (500, "internal"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_download_is_not_aborted() {
    let timing = Timing { response_timeout: Duration::from_secs(1), ..Timing::default() };
    World::with_timing(timing, |world| async move {
        let bytes = vec![7; LARGE];
        let path = publish(&world, &bytes).await;
        let deadline = Instant::now() + Duration::from_mins(1);
        let mut download = world.call("GET", &path).raw().await;
        // On a slow machine even the head of the answer may take that long.
        while download.status() == 408 && Instant::now() < deadline {
            download = world.call("GET", &path).raw().await;
        }
        assert_eq!(download.status(), 200);
        // By the time a slow answer has timed out, this download would have, too.
        let slow = Router::new().route("/slow", get(std::future::pending::<()>));
        let slow = world.at(behind_the_boundary(&world, slow).await);
        assert_eq!(slow.call("GET", "/slow").send().await.code(), "timeout");
        assert!(download.bytes().await.expect("it goes on to the end") == bytes);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shutdown_is_not_delayed_by_a_download() {
    World::on_sqlite(|world| async move {
        let path = publish(&world, &vec![7; LARGE]).await;
        let second = TestDatabase::sqlite();
        // A connection whose data stays unread is dropped after a while; that must not be what ends it here.
        let config = Config { tcp_user_timeout: Duration::from_hours(1), ..Config::local(second.url()) };
        let running = start_with(Arc::clone(&world.app), config).expect("it starts");
        let download = world.at(format!("http://{}", running.addr)).call("GET", &path).raw().await;
        // A generous limit: the fault to find is a shutdown that waits for downloads.
        tokio::time::timeout(Duration::from_mins(1), running.shutdown()).await.expect("it ends in time");
        assert!(download.bytes().await.is_err(), "it was cut, and goes on elsewhere");
        second.remove().await;
    })
    .await;
}
