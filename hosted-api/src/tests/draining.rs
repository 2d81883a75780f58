//! Shutdown of a server: fast, with a notice to every client.

use std::time::Duration;

use crate::config::Config;
use crate::server::start_with;
use crate::store::TestDatabase;
use crate::testing::on_both_databases;

on_both_databases! {
    async fn draining_notifies_streams_and_lets_running_requests_finish(world: World) {
        let athlete = world.sign_in("mara").await;
        assert_eq!(world.call("GET", "/readyz").send().await.status, 200);
        let mut stream = athlete.stream(None).await;
        stream.expect("hello").await;
        let path = format!("/v1/feed?after={}&wait=25", athlete.cursor().await);
        let polling = tokio::spawn(athlete.get(&path).send());
        // The poll has arrived once there is a second listener.
        while world.app.hub.listener_count() < 2 {
            tokio::task::yield_now().await;
        }
        world.app.hub.drain();
        let bye = stream.expect("bye").await;
        assert_eq!(bye.data["reason"], "draining");
        assert!(stream.next().await.is_none());
        assert_eq!(polling.await.expect("the poll ends").ok()["events"], serde_json::json!([]));
        let unready = world.call("GET", "/readyz").send().await;
        assert_eq!((unready.status.as_u16(), unready.code().as_str()), (503, "draining"));
        assert_eq!(world.call("GET", "/healthz").send().await.status, 200);
        let refused = athlete.get("/v1/feed").header("accept", "text/event-stream").send().await;
        assert_eq!(refused.code(), "draining");
        // Everything except streams and long polls is served until the listener closes.
        assert_eq!(athlete.get("/v1/me").send().await.status, 200);
    }

    async fn shutdown_is_not_delayed_by_open_streams(world: World) {
        let athlete = world.sign_in("mara").await;
        let second = TestDatabase::sqlite();
        let running = start_with(world.app.clone(), Config::local(second.url())).expect("it starts");
        let here = world.at(format!("http://{}", running.addr));
        let mut open = Vec::new();
        for _ in 0..training::PersonLimits::STREAMS {
            let call = here.call("GET", "/v1/feed").bearer(&athlete.access).header("accept", "text/event-stream");
            open.push(call.raw().await);
        }
        // Half a request, whose other half never comes.
        let stuck = tokio::net::TcpStream::connect(running.addr).await.expect("it connects");
        stuck.writable().await.expect("it is open");
        stuck.try_write(b"GET /healthz HTTP/1.1\r\n").expect("it is written");
        // A generous limit: the fault to find is a shutdown that waits for a client.
        tokio::time::timeout(Duration::from_mins(1), running.shutdown()).await.expect("it ends in time");
        second.remove().await;
    }
}
