//! What one person and one session may have: enough for everybody, and too little to fill a server.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use training::library::ExerciseLimits;
use training::{Category, Field, MAX_NOTE_CHARS, PersonLimits, RoundPlan, Session};

use crate::seed::add_exercise;
use crate::testing::on_both_databases;

/// Nothing takes this long.
const IN_TIME: Duration = Duration::from_secs(90);

on_both_databases! {
    async fn a_session_has_two_hundred_rounds_at_most(world: World) {
        let (id, _, trainer) = world.session().await;
        let (path, plan) = (format!("/v1/sessions/{id}/rounds"), trainer.plan().await);
        let mut last = json!(null);
        for _ in 0..Session::MAX_ROUNDS {
            last = trainer.post(&path).json(&plan).send().await.created();
        }
        let refused = trainer.post(&path).json(&plan).send().await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "session-full"));
        let draft = format!("/v1/rounds/{}", last["id"].as_str().expect("an id"));
        assert_eq!(trainer.call("DELETE", &draft).if_match(&last["version"]).send().await.status, 204);
        trainer.post(&path).json(&plan).send().await.created();
    }

    async fn planning_is_limited_by_session_size_but_athletes_are_never_refused(world: World) {
        let (id, athlete, trainer) = world.session().await;
        let path = format!("/v1/sessions/{id}/rounds");
        let exercise = json!({
            "exercise_id": trainer.exercises(1).await[0], "planned": { "reps": 5 }, "trainer_notes": "🏋".repeat(MAX_NOTE_CHARS)
        });
        let large = json!({ "exercises": vec![exercise; RoundPlan::MAX_EXERCISES] });
        let refused = loop {
            let reply = trainer.post(&path).json(&large).send().await;
            if reply.status != 201 {
                break reply;
            }
        };
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "session-full"));
        let session = trainer.get(&format!("/v1/sessions/{id}")).send().await;
        let spare = Session::MAX_PLANNED_BYTES - session.text.len();
        assert!(spare < 150_000, "it is as large as it may be: {spare}");

        // An edit may make it smaller, and not larger.
        let round = session.body()["rounds"][0].clone();
        let draft = format!("/v1/rounds/{}", round["id"].as_str().expect("an id"));
        let edit = |version: Value, plan: Value| trainer.call("PUT", &draft).if_match(&version).json(&plan).send();
        let smaller = edit(round["version"].clone(), trainer.plan().await).await.ok();
        trainer.post(&path).json(&large).send().await.created();
        assert_eq!(edit(smaller["version"].clone(), large.clone()).await.code(), "session-full");

        // What the athlete says always has room.
        let released = trainer.post(&format!("{draft}/release")).send().await.ok();
        let report = json!({
            "id": released["exercises"][0]["id"], "effort": 7, "pain": false, "pain_regions": [],
            "note": "🏋".repeat(MAX_NOTE_CHARS)
        });
        athlete.post(&format!("{draft}/complete")).json(&json!({ "exercises": [report] })).send().await.ok();
    }

    async fn a_library_has_two_thousand_exercises_at_most(world: World) {
        let trainer = world.sign_in("jonas").await;
        let studio = trainer.get("/v1/me").send().await.ok()["studio"]["id"].clone();
        let studio = serde_json::from_value(studio).expect("an id");
        let mut tx = world.app.store.write().await.expect("it begins");
        let there = tx.count_exercises(studio).await.expect("it counts");
        for number in there..ExerciseLimits::MAX_EXERCISES {
            let (name, fields) = (format!("Exercise {number}"), [Field::Reps]);
            add_exercise(&mut tx, studio, &name, Category::Own, &fields).await.expect("it is added");
        }
        tx.commit().await.expect("it lasts");
        let another = json!({ "name": "One more", "category": "own", "fields": ["reps"] });
        let refused = trainer.post("/v1/exercises").json(&another).send().await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "library-full"));
        let last = trainer.get("/v1/exercises").send().await.ok()["exercises"][0].clone();
        let path = format!("/v1/exercises/{}", last["id"].as_str().expect("an id"));
        assert_eq!(trainer.call("DELETE", &path).if_match(&last["version"]).send().await.status, 204);
        trainer.post("/v1/exercises").json(&another).send().await.created();
    }

    async fn a_person_has_twenty_streams_and_twenty_waiting_polls(world: World) {
        let athlete = world.sign_in("mara").await;
        let cursor = athlete.cursor().await;
        let mut streams = join_all((0..PersonLimits::STREAMS).map(|_| athlete.stream(None))).await;
        let stream = || athlete.get("/v1/feed").header("accept", "text/event-stream").send();
        let refused = stream().await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (429, "too-many-streams"));
        assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| (1..=60).contains(&seconds)));

        let poll = |wait: u32| athlete.get(&format!("/v1/feed?after={cursor}&wait={wait}")).send();
        let polls = join_all((0..PersonLimits::STREAMS).map(|_| poll(25)));
        let one_too_many = async {
            while world.app.hub.listener_count() < 2 * PersonLimits::STREAMS {
                tokio::task::yield_now().await;
            }
            let refused = poll(25).await;
            assert_eq!((refused.status.as_u16(), refused.code().as_str()), (429, "too-many-streams"));
            poll(0).await.ok();
            athlete.post("/v1/sessions").send().await.created();
        };
        let both = async { tokio::join!(polls, one_too_many) };
        let (answers, ()) = tokio::time::timeout(IN_TIME, both).await.expect("all of them are waiting");
        assert!(answers.iter().all(|answer| answer.ok()["events"][0]["type"] == "session-started"));

        world.sign_in("tobias").await.stream(None).await.expect("hello").await;
        streams.pop();
        let admitted = async {
            while stream_is_refused(&athlete).await {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(IN_TIME, admitted).await.expect("a stream that ended leaves its place");
    }

    async fn commands_per_person_are_limited_per_day(world: World) {
        let athlete = world.sign_in("mara").await;
        let session = athlete.post("/v1/sessions").key("first").send().await.created();
        let id = athlete.id.parse().map(training::UserId).expect("an id");
        for _ in 1..PersonLimits::COMMANDS_A_DAY {
            world.app.commands.take(id, Instant::now()).expect("they are all there");
        }
        let cancel = format!("/v1/sessions/{}/cancel", session["id"].as_str().expect("an id"));
        // Perhaps one or two are regained while this test runs.
        let refused = loop {
            let reply = athlete.post("/v1/sessions").send().await;
            if reply.status == 429 {
                break reply;
            }
            assert_eq!(reply.code(), "session-open");
        };
        assert_eq!(refused.code(), "too-many-commands");
        assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| (1..=9).contains(&seconds)));
        let again = athlete.post("/v1/sessions").key("first").send().await;
        assert_eq!((again.header("idempotency-replayed"), again.created()), ("true", session), "what was answered");
        assert_eq!(athlete.get("/v1/snapshot").send().await.status, 200);
        assert_eq!(world.sign_in("tobias").await.post("/v1/sessions").send().await.status, 201, "nobody else");
        // One may have been regained.
        while world.app.commands.take(id, Instant::now()).is_ok() {}
        // Nothing remembers the refusal.
        assert_eq!(athlete.post(&cancel).key("later").send().await.code(), "too-many-commands");
        world.app.commands.reset(&id);
        athlete.post(&cancel).key("later").send().await.ok();
    }

    async fn sign_ins_per_person_are_limited_per_day(world: World) {
        let athlete = world.sign_in("mara").await;
        while world.app.sign_ins.take(&world.app.store, &athlete.id, Instant::now()).await.is_ok() {}
        let body = json!({ "email": world.email("mara"), "password": world.password(), "device_name": "test" });
        let refused = world.post("/v1/auth/login").json(&body).send().await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (429, "too-many-attempts"));
        assert_eq!(athlete.get("/v1/me").send().await.status, 200);
        world.sign_in("tobias").await;
    }

    async fn one_refresh_token_is_good_for_ten_attempts(world: World) {
        let first = world.sign_in("mara").await;
        let refresh = |token: &str| world.post("/v1/auth/refresh").json(&json!({ "refresh_token": token })).send();
        let mut last = None;
        for _ in 0..PersonLimits::REFRESHES_WITH_ONE_TOKEN {
            let reply = refresh(&first.refresh).await;
            assert_eq!(reply.status, 200, "{reply:?}");
            last = Some(world.client(reply.read()));
        }
        let refused = refresh(&first.refresh).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (429, "too-many-attempts"));
        let wait: u64 = refused.header("retry-after").parse().expect("seconds");
        let window = world.app.timing.lifetimes.access;
        assert!(Duration::from_secs(wait) <= window && wait > window.as_secs() / 2, "{wait}");
        // Nobody is signed out, and what was got is good.
        let last = last.expect("there were some");
        assert_eq!(last.get("/v1/me").send().await.status, 200);
        assert_eq!(refresh(&last.refresh).await.status, 200);
    }

    async fn one_device_refreshes_thirty_times_in_the_lifetime_of_an_access_token(world: World) {
        let mut client = world.sign_in("mara").await;
        let refused = loop {
            let reply = world.post("/v1/auth/refresh").json(&json!({ "refresh_token": client.refresh })).send().await;
            if reply.status != 200 {
                break reply;
            }
            client = world.client(reply.read());
        };
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (429, "too-many-attempts"));
        assert_eq!(client.get("/v1/me").send().await.status, 200);
        let elsewhere = world.sign_in("mara").await;
        let refresh = json!({ "refresh_token": elsewhere.refresh });
        assert_eq!(world.post("/v1/auth/refresh").json(&refresh).send().await.status, 200, "another device");
    }
}

async fn stream_is_refused(athlete: &crate::testing::Client) -> bool {
    athlete.get("/v1/feed").header("accept", "text/event-stream").raw().await.status() == 429
}
