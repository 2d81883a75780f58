//! The feed: never a gap, never a duplicate, whatever happens around it.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use training::wire::FeedPage;

use crate::app::Timing;
use crate::maintenance::cutoffs;
use crate::retention::Retention;
use crate::testing::{Client, TestStream, on_both_databases};

/// Appends two events each to the feeds of `mara` and `jonas`.
async fn append_two_events(athlete: &Client) {
    let id = athlete.post("/v1/sessions").send().await.created()["id"].as_str().expect("an id").to_owned();
    athlete.post(&format!("/v1/sessions/{id}/cancel")).send().await.ok();
}

/// Polls until nothing is left, and asserts that nothing is missing.
async fn all_after(client: &Client, cursor: &str) -> Vec<u64> {
    let (mut cursor, mut seen) = (cursor.to_owned(), Vec::new());
    loop {
        let page: FeedPage = client.get(&format!("/v1/feed?after={cursor}")).send().await.read();
        seen.extend(page.events.iter().map(|envelope| envelope.seq));
        cursor = page.cursor.to_string();
        if !page.more {
            return seen;
        }
    }
}

on_both_databases! {
    async fn streams_have_no_gap_under_concurrent_writes(world: World) {
        let trainer = world.sign_in("jonas").await;
        let start = trainer.cursor().await;
        let athletes = join_all(["mara", "tobias", "leonie"].map(|name| world.sign_in(name))).await;
        // Three athletes write into one trainer's feed, and streams come and go at any point of it.
        let writing = async {
            join_all(athletes.iter().map(|athlete| async {
                for _ in 0..12 {
                    append_two_events(athlete).await;
                }
            }))
            .await;
        };
        let expected = 3 * 12 * 2;
        let reading = join_all((0..6).map(|reader| {
            let (trainer, start) = (trainer.clone(), start.clone());
            async move {
                let mut cursor = start;
                let mut seen = Vec::new();
                while seen.len() < expected {
                    let mut stream = trainer.stream(Some(&cursor)).await;
                    assert_eq!(stream.expect("hello").await.data["resumed"], true);
                    // Each reader disconnects after a different number of events and resumes from its cursor.
                    for _ in 0..=(reader * 7) {
                        if seen.len() == expected {
                            break;
                        }
                        let message = stream.next().await.expect("the stream goes on");
                        seen.push(message.seq());
                        cursor = message.id;
                    }
                }
                seen
            }
        }));
        let ((), read) = tokio::join!(writing, reading);
        let every: Vec<u64> = (1..=expected as u64).collect();
        for seen in read {
            assert_eq!(seen, every);
        }
        assert_eq!(all_after(&trainer, &start).await, every);
    }

    async fn a_long_backlog_is_paged_without_a_gap(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        let start = athlete.cursor().await;
        let (id, ..) = world.session().await;
        let round = trainer.released(&id).await;
        let item = round["exercises"][0]["id"].as_str().expect("an id");
        let log = format!("/v1/rounds/{}/exercises/{item}/log", round["id"].as_str().expect("an id"));
        let body = json!({ "actual": { "reps": 5 } });
        // A few at a time, so that none of them waits for too long on a slow disk.
        for _ in 0..21 {
            for ticked in join_all((0..10).map(|_| athlete.call("PUT", &log).json(&body).send())).await {
                ticked.ok();
            }
        }
        // started, joined, released, begun, and the ticks
        let every: Vec<u64> = (1..=214).collect();
        assert_eq!(all_after(&athlete, &start).await, every);
        let mut stream = athlete.stream(Some(&start)).await;
        stream.expect("hello").await;
        for seq in every {
            assert_eq!(stream.next().await.expect("the stream goes on").seq(), seq);
        }
    }

    async fn a_stream_begins_with_hello_and_names_every_event(world: World) {
        let athlete = world.sign_in("mara").await;
        let mut stream = athlete.stream(None).await;
        for (name, value) in
            [("content-type", "text/event-stream"), ("cache-control", "no-store, no-transform"), ("x-accel-buffering", "no")]
        {
            assert_eq!(stream.response_headers[name], value);
        }
        let hello = stream.expect("hello").await;
        assert_eq!((&hello.data["resumed"], &hello.data["keep_alive_s"]), (&json!(false), &json!(15)));
        assert_eq!(hello.data["api_version"], stream.response_headers["ringside-api-version"].to_str().expect("text"));
        append_two_events(&athlete).await;
        let epoch = hello.data["cursor"].as_str().and_then(|cursor| cursor.rsplit_once('.')).expect("a cursor").0;
        let event = stream.expect("session-started").await;
        assert_eq!(event.id, format!("{epoch}.1"));
        assert_eq!(event.data["type"], "session-started");
    }

    async fn a_stale_cursor_is_reset(world: World) {
        let athlete = world.sign_in("mara").await;
        let cursor = athlete.cursor().await;
        let epoch = cursor.rsplit_once('.').expect("a cursor").0;
        for stale in ["another.0".to_owned(), format!("{epoch}.999"), "no cursor".to_owned()] {
            let mut stream = athlete.stream(Some(&stale)).await;
            stream.expect("reset").await;
            assert!(stream.next().await.is_none(), "the stream ends after it");
        }
        for stale in ["another.0".to_owned(), format!("{epoch}.999")] {
            let reply = athlete.get(&format!("/v1/feed?after={stale}")).send().await;
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (410, "cursor-expired"));
        }
    }

    async fn last_event_id_overrides_the_query_parameter(world: World) {
        let athlete = world.sign_in("mara").await;
        let start = athlete.cursor().await;
        append_two_events(&athlete).await;
        let now = athlete.cursor().await;
        let call = athlete.get(&format!("/v1/feed?after={start}")).header("last-event-id", &now);
        let page: FeedPage = call.send().await.read();
        assert_eq!((page.events.len(), page.cursor.to_string()), (0, now));
    }

    async fn a_long_poll_waits_for_an_event(world: World) {
        let athlete = world.sign_in("mara").await;
        let cursor = athlete.cursor().await;
        let path = format!("/v1/feed?after={cursor}&wait=20");
        let (reply, ()) = tokio::join!(athlete.get(&path).send(), append_two_events(&athlete));
        let page: FeedPage = reply.read();
        assert!(!page.events.is_empty(), "it did not wait its time out");
        // And returns an empty page when there are no events.
        let path = format!("/v1/feed?after={}&wait=1", athlete.cursor().await);
        let page: FeedPage = athlete.get(&path).send().await.read();
        assert!(page.events.is_empty() && !page.more);
    }

    async fn signing_out_ends_only_that_devices_streams_at_once(world: World) {
        let (phone, desk) = (world.sign_in("mara").await, world.sign_in("mara").await);
        let (mut on_phone, mut on_desk) = (phone.stream(None).await, desk.stream(None).await);
        on_phone.expect("hello").await;
        on_desk.expect("hello").await;
        assert_eq!(phone.post("/v1/auth/logout").send().await.status, 204);
        assert_eq!(on_phone.expect("bye").await.data["reason"], "signed-out");
        assert!(on_phone.next().await.is_none());
        append_two_events(&desk).await;
        on_desk.expect("session-started").await;
    }

    async fn on_another_server_a_sign_out_ends_the_stream_within_a_keep_alive(world: World) {
        let keep_alive = Duration::from_millis(200);
        let (there, running) = world.second_server(Timing { keep_alive, ..Timing::default() }).await;
        let (phone, desk) = (world.sign_in("mara").await, world.sign_in("mara").await);
        let mut on_phone = phone.through(&there).stream(None).await;
        let mut on_desk = desk.through(&there).stream(None).await;
        on_phone.expect("hello").await;
        on_desk.expect("hello").await;
        assert_eq!(phone.post("/v1/auth/logout").send().await.status, 204);
        // A generous limit: the fault to find is a stream that lives as long as its token.
        let bye = tokio::time::timeout(Duration::from_mins(1), on_phone.expect("bye")).await.expect("it ends in time");
        assert_eq!(bye.data["reason"], "signed-out");
        assert!(on_phone.next().await.is_none());
        // What happened on the first server comes with a keep-alive too, in order and once.
        append_two_events(&desk).await;
        append_two_events(&desk.through(&there)).await;
        for (seq, event) in (1..).zip(["session-started", "session-cancelled"].repeat(2)) {
            assert_eq!(on_desk.expect(event).await.seq(), seq);
        }
        let everywhere = json!({ "everywhere": true });
        assert_eq!(desk.post("/v1/auth/logout").json(&everywhere).send().await.status, 204);
        assert_eq!(on_desk.expect("bye").await.data["reason"], "signed-out");
        running.shutdown().await;
    }

    async fn a_stream_ends_when_its_token_expires(world: World) {
        let athlete = world.sign_in("mara").await;
        let mut lasts = Duration::from_secs(3);
        let mut stream = loop {
            let soon = crate::clock::after(crate::clock::now(), lasts);
            world.app.store.expire_access(&athlete.access, soon).await;
            let opened = athlete.get("/v1/feed").header("accept", "text/event-stream").raw().await;
            if opened.status() != 401 {
                break TestStream::of(opened);
            }
            // A stalled disk has used up the time.
            lasts *= 2;
            assert!(lasts < Duration::from_mins(1), "a token that is good opens a stream");
        };
        stream.expect("hello").await;
        assert_eq!(stream.expect("bye").await.data["reason"], "token-expired");
        assert_eq!(athlete.get("/v1/me").send().await.code(), "token-invalid");
    }

    async fn compaction_raises_the_floor_and_leaves_no_gap(world: World) {
        let athlete = world.sign_in("mara").await;
        let start = athlete.cursor().await;
        append_two_events(&athlete).await;
        let middle = athlete.cursor().await;
        let between = crate::clock::now();
        // The next events get a later instant, of which there is one every millisecond.
        while crate::clock::now() <= between {
            tokio::task::yield_now().await;
        }
        append_two_events(&athlete).await;
        let later = crate::clock::after(between, Duration::from_millis(1));
        let gone = world.app.store.compact(cutoffs(later, no_feeds())).await.expect("it compacts");
        assert_eq!(gone, 4, "two of the athlete's, two of the trainer's");
        assert_eq!(athlete.get(&format!("/v1/feed?after={start}")).send().await.code(), "cursor-expired");
        assert_eq!(all_after(&athlete, &middle).await, [3, 4]);
        let all = cutoffs(crate::clock::after(later, Duration::from_mins(1)), no_feeds());
        world.app.store.compact(all).await.expect("it compacts");
        append_two_events(&athlete).await;
        assert_eq!(all_after(&athlete, &at(&middle, 4)).await, [5, 6], "numbers go on");
    }

    async fn the_feed_continues_exactly_from_a_snapshot(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        // Snapshots are taken while events are appended; each must continue exactly from its cursor.
        let happening = async {
            for _ in 0..10 {
                append_two_events(&athlete).await;
            }
        };
        let looking = async {
            let mut taken = Vec::new();
            for _ in 0..20 {
                taken.push(trainer.get("/v1/snapshot").send().await.read::<training::wire::Snapshot>());
            }
            taken
        };
        let ((), taken) = tokio::join!(happening, looking);
        let end: training::wire::Snapshot = trainer.get("/v1/snapshot").send().await.read();
        for snapshot in taken {
            let mut sessions: training::Sessions = snapshot.documents.sessions.into_iter().map(|s| (s.id, s)).collect();
            let page: FeedPage = trainer.get(&format!("/v1/feed?after={}", snapshot.cursor)).send().await.read();
            for envelope in &page.events {
                let training::Event::Session(event) = &envelope.event else { panic!("of a session") };
                let folded = training::fold(&mut sessions, event, trainer.id.parse().expect("an id"));
                assert_eq!(folded, training::Folded::Changed, "nothing after the cursor was in the snapshot");
            }
            let folded: Vec<_> = sessions.into_values().rev().collect();
            assert_eq!(folded, end.documents.sessions, "the snapshot and what follows make the end");
        }
    }
}

/// Keeps no events.
fn no_feeds() -> Retention {
    Retention { feeds: Duration::ZERO, ..Retention::default() }
}

/// The cursor with another `seq`.
fn at(cursor: &str, seq: u64) -> String {
    let epoch = cursor.rsplit_once('.').expect("a cursor").0;
    format!("{epoch}.{seq}")
}
