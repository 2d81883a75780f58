//! Behaviours 38 to 45: the faults of the system this one replaces, which must not come back.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::testing::{Reply, on_both_databases};

/// How many requests a race is run with.
const CONCURRENT_REQUESTS: usize = 24;

fn count(replies: &[Reply], status: u16) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}

on_both_databases! {
    async fn b38_concurrent_starts_create_one_session(world: World) {
        let athlete = world.sign_in("mara").await;
        let replies = join_all((0..CONCURRENT_REQUESTS).map(|_| athlete.post("/v1/sessions").send())).await;
        assert_eq!(count(&replies, 201), 1);
        for refused in replies.iter().filter(|reply| reply.status != 201) {
            assert_eq!(refused.code(), "session-open");
        }
        let page = athlete.get("/v1/sessions").send().await.ok();
        assert_eq!(page["sessions"].as_array().map(Vec::len), Some(1));
    }

    async fn b38_one_of_many_concurrent_joins_succeeds(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        let id = athlete.post("/v1/sessions").send().await.created()["id"].as_str().expect("an id").to_owned();
        let join = format!("/v1/sessions/{id}/join");
        let replies = join_all((0..CONCURRENT_REQUESTS).map(|_| trainer.post(&join).send())).await;
        assert_eq!(count(&replies, 200), 1);
        assert_eq!(count(&replies, 409), CONCURRENT_REQUESTS - 1);
        let session = trainer.get(&format!("/v1/sessions/{id}")).send().await.ok();
        assert_eq!((&session["status"], &session["version"]), (&json!("active"), &json!(2)));
    }

    async fn b38_joining_never_revives_a_cancelled_session(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        // Cancelling and joining at once, again and again: whatever the order, the end is an end.
        for _ in 0..8 {
            let id = athlete.post("/v1/sessions").send().await.created()["id"].as_str().expect("an id").to_owned();
            let (cancel, join) = (format!("/v1/sessions/{id}/cancel"), format!("/v1/sessions/{id}/join"));
            let (cancelled, joined) = tokio::join!(athlete.post(&cancel).send(), trainer.post(&join).send());
            assert_eq!(cancelled.status, 200, "{cancelled:?}");
            assert!(joined.status == 200 || joined.code() == "session-ended", "{joined:?}");
            let session = trainer.get(&format!("/v1/sessions/{id}")).send().await.ok();
            assert_eq!(session["status"], "cancelled");
            assert_eq!(trainer.post(&join).send().await.code(), "session-ended");
        }
    }

    async fn b38_a_finished_session_cant_be_cancelled(world: World) {
        let (id, athlete, trainer) = world.session().await;
        let mut plan = trainer.plan().await;
        plan["is_final"] = json!(true);
        plan["release"] = json!(true);
        let round = trainer.post(&format!("/v1/sessions/{id}/rounds")).json(&plan).send().await.created();
        let complete = format!("/v1/rounds/{}/complete", round["id"].as_str().expect("an id"));
        athlete.post(&complete).json(&crate::testing::Client::reports(&round)).send().await.ok();
        for client in [&athlete, &trainer] {
            assert_eq!(client.post(&format!("/v1/sessions/{id}/cancel")).send().await.code(), "session-ended");
        }
        let session = athlete.get(&format!("/v1/sessions/{id}")).send().await.ok();
        assert_eq!(session["status"], "completed");
    }

    async fn b38_one_of_many_concurrent_releases_succeeds(world: World) {
        let (id, _, trainer) = world.session().await;
        let rounds = join_all((0..4).map(|_| trainer.draft(&id))).await;
        let paths: Vec<String> =
            rounds.iter().map(|r| format!("/v1/rounds/{}/release", r["id"].as_str().expect("an id"))).collect();
        let replies = join_all((0..CONCURRENT_REQUESTS).map(|i| trainer.post(&paths[i % paths.len()]).send())).await;
        assert_eq!(count(&replies, 200), 1, "one round is out at a time, and it is released once");
        assert_eq!(count(&replies, 409), CONCURRENT_REQUESTS - 1);
    }

    async fn b39_a_trainer_cant_touch_another_trainers_round(world: World) {
        let (id, _, trainer) = world.session().await;
        let round = trainer.draft(&id).await;
        let path = format!("/v1/rounds/{}", round["id"].as_str().expect("an id"));
        for stranger in [world.sign_in("ines").await, world.sign_in_elsewhere("jonas").await] {
            let plan = stranger.plan().await;
            let edit = stranger.call("PUT", &path).if_match(&round["version"]).json(&plan).send().await;
            assert_eq!(edit.code(), "not-found");
            assert_eq!(stranger.call("DELETE", &path).if_match(&round["version"]).send().await.code(), "not-found");
            assert_eq!(stranger.post(&format!("{path}/release")).send().await.code(), "not-found");
        }
        let session = trainer.get(&format!("/v1/sessions/{id}")).send().await.ok();
        assert_eq!(session["rounds"][0], round, "nothing has changed");
    }

    async fn b39_editing_a_released_round_keeps_what_the_athlete_entered(world: World) {
        let (id, athlete, trainer) = world.session().await;
        let round = trainer.released(&id).await;
        let (path, item) = (format!("/v1/rounds/{}", round["id"].as_str().expect("an id")), &round["exercises"][0]);
        let log = format!("{path}/exercises/{}/log", item["id"].as_str().expect("an id"));
        let logged = athlete.call("PUT", &log).json(&json!({ "actual": { "reps": 7 } })).send().await.ok();
        let plan = json!({ "exercises": [{ "exercise_id": item["exercise_id"], "planned": { "reps": 12 } }] });
        let edited = trainer.call("PUT", &path).if_match(&logged["version"]).json(&plan).send().await.ok();
        assert_eq!(edited["exercises"][0]["actual"]["reps"], 7);
        assert_eq!(edited["exercises"][0]["planned"]["reps"], 12);
        assert_eq!(edited["exercises"][0]["id"], item["id"]);
    }

    async fn b39_one_of_many_concurrent_edits_succeeds(world: World) {
        let (id, _, trainer) = world.session().await;
        let round = trainer.draft(&id).await;
        let path = format!("/v1/rounds/{}", round["id"].as_str().expect("an id"));
        let plan = trainer.plan().await;
        let edit = || trainer.call("PUT", &path).if_match(&round["version"]).json(&plan).send();
        let replies = join_all((0..CONCURRENT_REQUESTS).map(|_| edit())).await;
        assert_eq!(count(&replies, 200), 1);
        assert_eq!(count(&replies, 412), CONCURRENT_REQUESTS - 1);
    }

    async fn b40_feedback_is_accepted_only_for_ones_own_round_once_per_exercise(world: World) {
        let (id, athlete, trainer) = world.session().await;
        let round = trainer.released(&id).await;
        let complete = format!("/v1/rounds/{}/complete", round["id"].as_str().expect("an id"));
        let reports = crate::testing::Client::reports(&round);
        let stranger = world.sign_in("tobias").await;
        assert_eq!(stranger.post(&complete).json(&reports).send().await.code(), "not-found");

        let one = &reports["exercises"][0];
        let twice = json!({ "exercises": [one, one] });
        let reply = athlete.post(&complete).json(&twice).send().await;
        assert_eq!(reply.findings(), [("/exercises/1/id".to_owned(), "duplicate".to_owned())]);

        // An exercise of somebody else's round that is released at the same time.
        let theirs = stranger.post("/v1/sessions").send().await.created();
        let theirs = theirs["id"].as_str().expect("an id").to_owned();
        trainer.post(&format!("/v1/sessions/{theirs}/join")).send().await.ok();
        let their_round = trainer.released(&theirs).await;
        let mut foreign = one.clone();
        foreign["id"] = their_round["exercises"][0]["id"].clone();
        let reply = athlete.post(&complete).json(&json!({ "exercises": [foreign] })).send().await;
        assert!(reply.findings().contains(&("/exercises/0/id".to_owned(), "unknown-reference".to_owned())));
        assert!(reply.findings().contains(&("/exercises".to_owned(), "required".to_owned())));

        let session = athlete.get(&format!("/v1/sessions/{id}")).send().await.ok();
        assert_eq!(session["rounds"][0], round, "nothing was written");
        let session = stranger.get(&format!("/v1/sessions/{theirs}")).send().await.ok();
        assert_eq!(session["rounds"][0], their_round, "there neither");
    }

    async fn b40_one_of_many_concurrent_completions_succeeds(world: World) {
        let (id, athlete, trainer) = world.session().await;
        let round = trainer.released(&id).await;
        let complete = format!("/v1/rounds/{}/complete", round["id"].as_str().expect("an id"));
        let reports = crate::testing::Client::reports(&round);
        let replies = join_all((0..CONCURRENT_REQUESTS).map(|_| athlete.post(&complete).json(&reports).send())).await;
        assert_eq!(count(&replies, 200), 1);
        assert_eq!(count(&replies, 409), CONCURRENT_REQUESTS - 1);
    }

    async fn b41_unknown_fields_are_refused_and_pain_needs_a_region(world: World) {
        let (id, athlete, trainer) = world.session().await;
        let mut plan = trainer.plan().await;
        plan["status"] = json!("completed");
        let reply = trainer.post(&format!("/v1/sessions/{id}/rounds")).json(&plan).send().await;
        assert_eq!(reply.findings(), [("/status".to_owned(), "unknown-field".to_owned())]);

        let round = trainer.released(&id).await;
        let complete = format!("/v1/rounds/{}/complete", round["id"].as_str().expect("an id"));
        for (field, value, pointer, code) in [
            ("pain", json!(true), "/exercises/0/pain_regions", "regions-missing"),
            ("pain_regions", json!(["chest"]), "/exercises/0/pain_regions", "regions-without-pain"),
            ("effort", json!(11), "/exercises/0/effort", "out-of-range"),
            ("is_admin", json!(true), "/exercises/0/is_admin", "unknown-field"),
        ] {
            let mut reports = crate::testing::Client::reports(&round);
            reports["exercises"][0][field] = value;
            let reply = athlete.post(&complete).json(&reports).send().await;
            assert_eq!(reply.status, 422);
            assert_eq!(reply.findings(), [(pointer.to_owned(), code.to_owned())]);
        }
    }

    async fn b42_starting_joining_and_deleting_are_announced(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        let (mut to_athlete, mut to_trainer) = (athlete.stream(None).await, trainer.stream(None).await);
        to_athlete.expect("hello").await;
        to_trainer.expect("hello").await;

        let id = athlete.post("/v1/sessions").send().await.created()["id"].as_str().expect("an id").to_owned();
        assert_eq!(to_trainer.expect("session-started").await.data["session"]["id"], id, "a session waits");
        to_athlete.expect("session-started").await;
        trainer.post(&format!("/v1/sessions/{id}/join")).send().await.ok();
        assert_eq!(to_athlete.expect("session-joined").await.data["session"]["trainer"]["id"], trainer.id);
        to_trainer.expect("session-joined").await;

        // A draft deleted on one of the trainer's devices is announced to their other devices only.
        let round = trainer.draft(&id).await;
        to_trainer.expect("round-saved").await;
        let path = format!("/v1/rounds/{}", round["id"].as_str().expect("an id"));
        assert_eq!(trainer.call("DELETE", &path).if_match(&round["version"]).send().await.status, 204);
        assert_eq!(to_trainer.expect("round-deleted").await.data["round"]["id"], round["id"]);
        trainer.post(&format!("/v1/sessions/{id}/cancel")).send().await.ok();
        assert_eq!(to_athlete.expect("session-cancelled").await.seq(), 3, "no hole where the draft was");
    }

    async fn b43_feeds_are_private_and_nothing_is_lost_while_away(world: World) {
        assert_eq!(world.call("GET", "/v1/feed?after=e.0").send().await.code(), "token-missing");
        let (athlete, other) = (world.sign_in("mara").await, world.sign_in("tobias").await);
        let before = athlete.cursor().await;
        let mut to_other = other.stream(None).await;
        to_other.expect("hello").await;

        // The commands succeed even without listeners.
        let (id, ..) = world.session().await;
        athlete.post(&format!("/v1/sessions/{id}/cancel")).send().await.ok();

        let mut back = athlete.stream(Some(&before)).await;
        assert_eq!(back.expect("hello").await.data["resumed"], true);
        for event in ["session-started", "session-joined", "session-cancelled"] {
            back.expect(event).await;
        }
        // The first event the other one receives is their own.
        other.post("/v1/sessions").send().await.created();
        assert_eq!(to_other.expect("session-started").await.data["session"]["athlete"]["id"], other.id);
        // Somebody else's cursor gives no access to their feed.
        let reply = other.get(&format!("/v1/feed?after={before}")).send().await;
        assert_eq!(reply.code(), "cursor-expired");
    }

    async fn b44_an_event_carries_what_changed(world: World) {
        let (id, athlete, trainer) = world.session().await;
        let mut stream = athlete.stream(None).await;
        stream.expect("hello").await;
        let round = trainer.released(&id).await;
        let event = stream.expect("round-released").await;
        assert_eq!(event.data["round"], round, "nothing has to be asked for afterwards");
    }

    async fn b45_no_response_contains_a_password_or_its_hash(world: World) {
        let (id, athlete, trainer) = world.session().await;
        let mut seen = String::new();
        for client in [&athlete, &trainer, &world.sign_in("admin").await] {
            for path in ["/v1/me", "/v1/snapshot", "/v1/sessions", "/v1/exercises"] {
                seen.push_str(&client.get(path).send().await.text);
            }
        }
        seen.push_str(&athlete.get(&format!("/v1/sessions/{id}")).send().await.text);
        assert!(!seen.contains("password") && !seen.contains("argon2"), "{seen}");
    }

    async fn b45_roles_are_read_at_every_request(world: World) {
        let (id, athlete, trainer) = world.session().await;
        let round = trainer.draft(&id).await;
        world.app.store.set_roles(&trainer.id, "[\"athlete\"]").await;
        let release = format!("/v1/rounds/{}/release", round["id"].as_str().expect("an id"));
        assert_eq!(trainer.post(&release).send().await.code(), "role-forbidden");
        world.app.store.set_active(&athlete.id, false).await;
        assert_eq!(athlete.get("/v1/me").send().await.code(), "token-invalid");
        let refresh = json!({ "refresh_token": athlete.refresh });
        assert_eq!(world.post("/v1/auth/refresh").json(&refresh).send().await.code(), "token-invalid");
    }

    async fn b45_concurrent_sign_in_attempts_are_throttled(world: World) {
        let body = |email: &str| json!({ "email": email, "password": "wrong password", "device_name": "x" });
        let guess = body(&world.email("mara"));
        let replies = join_all((0..CONCURRENT_REQUESTS).map(|_| world.post("/v1/auth/login").json(&guess).send())).await;
        assert_eq!(count(&replies, 401), 10);
        assert_eq!(count(&replies, 429), CONCURRENT_REQUESTS - 10);
        let limited = replies.iter().find(|reply| reply.status == 429).expect("one is limited");
        assert_eq!(limited.code(), "too-many-attempts");
        assert!((1..=30).contains(&limited.header("retry-after").parse::<u32>().expect("seconds")));
        // While throttled, even the right password is refused; another address has its own limit.
        let right = json!({ "email": world.email(" MARA"), "password": world.password(), "device_name": "x" });
        assert_eq!(world.post("/v1/auth/login").json(&right).send().await.status, 429);
        assert_eq!(world.post("/v1/auth/login").json(&body("nobody@nowhere.example")).send().await.status, 401);
    }

    async fn b45_wrong_unknown_and_inactive_get_the_same_answer(world: World) {
        let inactive = world.sign_in("tobias").await;
        world.app.store.set_active(&inactive.id, false).await;
        let mut answers: Vec<Value> = Vec::new();
        for (email, password) in [
            (world.email("mara"), "wrong password"),
            ("nobody@nowhere.example".to_owned(), world.password()),
            (world.email("tobias"), world.password()),
        ] {
            let body = json!({ "email": email, "password": password, "device_name": "x" });
            let reply = world.post("/v1/auth/login").json(&body).send().await;
            assert_eq!(reply.code(), "wrong-credentials");
            let mut answer = reply.body();
            answer["request_id"].take();
            answers.push(answer);
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]));
    }
}
