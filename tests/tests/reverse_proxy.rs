//! The server behind nginx and behind Caddy, configured by the files in `deploy/`.

use std::convert::Infallible;
use std::net::Ipv4Addr;

use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use reqwest::{Body, Response};
use serde_json::json;
use system_tests::{Device, Failure, IN_TIME, ReverseProxy, Server};

/// The largest body that there is, in bytes: a video.
const LARGEST_BODY: usize = 50_000_000;
/// More than the server reads of a sign-in before it refuses it, in bytes.
const MORE_THAN_IT_TAKES: usize = 2 * 1024 * 1024 + 32 * 1024;
/// How many passwords may be tried for one address from one network.
const ATTEMPTS: usize = 10;

/// Turns each test into two: one behind nginx, one behind Caddy.
macro_rules! behind_both_proxies {
    ($(async fn $name:ident($server:ident: &Server, $proxy:ident: &ReverseProxy) $body:block)+) => {$(
        async fn $name($server: &Server, $proxy: &ReverseProxy) -> Result<(), Failure> $body

        // A module may share the name of a function, so the two tests are grouped under the test's name.
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn nginx() -> Result<(), super::Failure> {
                let server = super::trusting_server()?;
                let proxy = super::ReverseProxy::nginx(server.url()).await?;
                super::$name(&server, &proxy).await
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn caddy() -> Result<(), super::Failure> {
                let server = super::trusting_server()?;
                let proxy = super::ReverseProxy::caddy(server.url()).await?;
                super::$name(&server, &proxy).await
            }
        }
    )+};
}

fn trusting_server() -> Result<Server, Failure> {
    let mut server = Server::start()?;
    server.set("RINGSIDE_TRUSTED_PROXIES", "127.0.0.1")?;
    Ok(server)
}

/// Reads a stream up to `event`.
async fn read_until(stream: &mut Response, event: &str) {
    let wanted = format!("event: {event}\n");
    let mut read = String::new();
    while !read.contains(&wanted) {
        let chunk = tokio::time::timeout(IN_TIME, stream.chunk()).await;
        let chunk = chunk.unwrap_or_else(|_| panic!("{event} is held back; so far {read:?}"));
        let chunk = chunk.expect("the stream is open").expect("it goes on");
        read.push_str(&String::from_utf8_lossy(&chunk));
    }
}

behind_both_proxies! {
    async fn events_pass_as_they_are_written(server: &Server, proxy: &ReverseProxy) {
        let account = server.first("athlete")?;
        let device = Device::sign_in_with(proxy.client(Ipv4Addr::LOCALHOST)?, &proxy.url(), account).await?;
        let mut stream = device.stream().await?;
        read_until(&mut stream, "hello").await;
        let started = device.post("/v1/sessions").await?;
        read_until(&mut stream, "session-started").await;
        device.post(&format!("/v1/sessions/{}/cancel", started["id"].as_str().expect("an id"))).await?;
        read_until(&mut stream, "session-cancelled").await;
        Ok(())
    }

    async fn failed_sign_ins_are_counted_by_the_network_that_the_proxy_names(server: &Server, proxy: &ReverseProxy) {
        let email = &server.first("athlete")?.email;
        let attempt = async |address: Ipv4Addr, claimed: &str| {
            let body = json!({ "email": email, "password": "not theirs", "device_name": "test" });
            let request = proxy.client(address)?.post(format!("{}/v1/auth/login", proxy.url())).json(&body);
            let answer = request.header("x-forwarded-for", claimed).send().await.expect("it answers");
            Ok::<u16, Failure>(answer.status().as_u16())
        };
        let (guesser, somebody_else) = (Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3));
        // Whatever the client says of itself, the proxy knows better. All at once: the first attempt is regained after
        // thirty seconds.
        let claimed: Vec<String> = (0..ATTEMPTS).map(|number| format!("203.0.113.{number}")).collect();
        for status in join_all(claimed.iter().map(|claimed| attempt(guesser, claimed))).await {
            assert_eq!(status?, 401);
        }
        assert_eq!(attempt(guesser, "203.0.113.99").await?, 429);
        assert_eq!(attempt(somebody_else, "127.0.0.2").await?, 401);
        Ok(())
    }

    async fn the_largest_body_is_the_server_s_to_refuse(_server: &Server, proxy: &ReverseProxy) {
        // Announced, and sent as far as the server reads: writing the rest would race with its answer.
        let begun = stream::iter([Ok::<_, Infallible>(vec![b' '; MORE_THAN_IT_TAKES])]).chain(stream::pending());
        let request = proxy.client(Ipv4Addr::LOCALHOST)?.post(format!("{}/v1/auth/login", proxy.url()));
        let request = request.header("content-type", "application/json").header("content-length", LARGEST_BODY);
        let answering = tokio::time::timeout(IN_TIME, request.body(Body::wrap_stream(begun)).send());
        let answer = answering.await.expect("in time").unwrap_or_else(|error| panic!("{error}: {}", proxy.log()));
        // A proxy's own refusal is a page.
        assert_eq!(answer.status(), 413);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        Ok(())
    }

    async fn browsers_are_told_to_come_by_https(_server: &Server, proxy: &ReverseProxy) {
        let client = proxy.client(Ipv4Addr::LOCALHOST)?;
        let answer = client.get(format!("{}/healthz", proxy.url())).send().await.expect("it answers");
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
        let answer = client.get(format!("{}/join", proxy.plain_url())).send().await.expect("it answers");
        assert!(answer.status().is_redirection(), "{answer:?}");
        assert!(answer.headers()["location"].to_str().expect("a URL").starts_with("https://localhost"), "{answer:?}");
        Ok(())
    }
}
