//! What is noted afterwards: corrections, and sessions that happened without Ringside.

use serde_json::{Value, json};
use training::progress::records;

use super::{all_sessions, correction, recorded, records_of, sets, text, trained};
use crate::clock;
use crate::testing::{Client, on_both_databases};

on_both_databases! {
    async fn b65_what_was_noted_is_corrected_by_athlete_and_trainer_also_after_the_end(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercise = trainer.exercises(1).await.remove(0);
        let round = trained(&session, &athlete, &trainer, &[(&exercise, json!({ "reps": 50 }), 6)]).await;
        trainer.post(&format!("/v1/sessions/{session}/cancel")).send().await.ok();
        let (path, cursor) = (correction(&round, 0), trainer.cursor().await);
        let correct = |client: &Client, reps: u32, version: &Value| {
            client.call("PATCH", &path).if_match(version).json(&json!({ "actual": { "reps": reps } }))
        };
        let corrected = correct(&athlete, 5, &round["version"]).key("once").send().await.ok();
        assert_eq!(correct(&athlete, 5, &round["version"]).key("once").send().await.ok(), corrected, "done once");
        assert_eq!(correct(&trainer, 6, &round["version"]).send().await.code(), "version-mismatch");
        let again = correct(&trainer, 6, &corrected["version"]).send().await.ok();
        let noted = &again["exercises"][0];
        assert_eq!(noted["actual"]["reps"], 6);
        let corrections = noted["corrections"].as_array().expect("a list");
        let kept: Vec<(&Value, &Value)> = corrections.iter().map(|it| (&it["by"]["id"], &it["before"]["reps"])).collect();
        assert_eq!(kept, [(&json!(athlete.id), &json!(50)), (&json!(trainer.id), &json!(5))]);
        for client in [&athlete, &trainer] {
            let page = client.get(&format!("/v1/sessions/{session}")).send().await.ok();
            assert_eq!(page["rounds"][0], again);
        }
        let events = trainer.get(&format!("/v1/feed?after={cursor}")).send().await.ok()["events"].clone();
        let of_session = events.as_array().expect("a list").iter().filter(|event| event["type"] == "exercise-corrected");
        assert_eq!(of_session.map(|event| event["round"]["version"].clone()).collect::<Vec<_>>(), [
            corrected["version"].clone(), again["version"].clone()
        ]);
        assert_eq!(sets(&trainer, &athlete, &exercise).await.len(), 1);
    }

    async fn what_is_not_noted_cannot_be_corrected(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let round = trainer.released(&session).await;
        let body = json!({ "actual": { "reps": 5 } });
        let correct = |client: &Client| client.call("PATCH", &correction(&round, 0)).if_match(&round["version"]).json(&body);
        assert_eq!(correct(&athlete).send().await.code(), "nothing-noted");
        assert_eq!(correct(&trainer).send().await.code(), "nothing-noted");
        let unsafely = athlete.call("PATCH", &correction(&round, 0)).json(&body).send().await;
        assert_eq!(unsafely.code(), "version-missing");
        let wrong = athlete.call("PATCH", &correction(&round, 0)).if_match(&round["version"]);
        let wrong = wrong.json(&json!({ "actual": { "reps": 20_000 }, "reason": "x".repeat(501) })).send().await;
        assert_eq!(wrong.findings(), [
            ("/actual/reps".to_owned(), "out-of-range".to_owned()), ("/reason".to_owned(), "too-long".to_owned())
        ]);
    }

    async fn of_two_corrections_at_once_one_is_told_that_it_has_changed(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercise = trainer.exercises(1).await.remove(0);
        for reps in 1..6 {
            let round = trained(&session, &athlete, &trainer, &[(&exercise, json!({ "reps": 50 }), 6)]).await;
            let correct = |client: &Client| {
                let body = json!({ "actual": { "reps": reps, "weight_kg": 40.0 } });
                client.call("PATCH", &correction(&round, 0)).if_match(&round["version"]).json(&body)
            };
            let (one, two) = tokio::join!(correct(&athlete).send(), correct(&trainer).send());
            let mut statuses = [one.status.as_u16(), two.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 412], "{one:?} {two:?}");
        }
        let (known, _) = records_of(&trainer, &athlete).await;
        assert_eq!(known, records(&all_sessions(&athlete, &athlete).await, clock::now()));
    }

    async fn b65_a_session_that_happened_without_ringside_is_entered_once_and_counts(world: World) {
        let (athlete, trainer) = tokio::join!(world.sign_in("mara"), world.sign_in("jonas"));
        let exercise = athlete.exercises(1).await.remove(0);
        let (cursor, path) = (trainer.cursor().await, format!("/v1/athletes/{}/sessions", athlete.id));
        let began = clock::before(clock::now(), std::time::Duration::from_hours(48)).to_string();
        let ended = clock::before(clock::now(), std::time::Duration::from_hours(47)).to_string();
        let body = recorded(&exercise, &began, &ended);
        let entered = athlete.post(&path).key("form").json(&body).send().await.created();
        assert_eq!(athlete.post(&path).key("form").json(&body).send().await.created(), entered);
        assert_eq!((&entered["recorded"], &entered["status"], &entered["trainer"]), (&json!(true), &json!("completed"), &json!(null)));
        assert_eq!(sets(&trainer, &athlete, &exercise).await, [json!(90.0), json!(70.0)]);
        let (known, _) = records_of(&trainer, &athlete).await;
        assert_eq!(known, records(&all_sessions(&trainer, &athlete).await, clock::now()));
        assert_eq!(known[0].last.as_ref().and_then(|last| last.actual.reps), Some(0), "a failed try is an answer");
        // Everybody concerned takes a snapshot.
        assert_eq!(trainer.get(&format!("/v1/feed?after={cursor}")).send().await.code(), "cursor-expired");
        for client in [&athlete, &trainer] {
            assert_eq!(client.get("/v1/snapshot").send().await.ok()["sessions"][0]["id"], entered["id"]);
        }
        let by_trainer = trainer.post(&path).json(&body).send().await.created();
        assert_eq!(by_trainer["trainer"]["id"], json!(trainer.id));
    }

    async fn a_recorded_session_must_be_over_and_not_overlap_the_open_one(world: World) {
        let (open, athlete, _) = world.session().await;
        let exercise = athlete.exercises(1).await.remove(0);
        let path = format!("/v1/athletes/{}/sessions", athlete.id);
        let long_ago = "2026-01-05T10:00:00Z";
        let began = athlete.get(&format!("/v1/sessions/{open}")).send().await.ok()["started_at"].clone();
        for (from, to, code) in [
            (long_ago, "2026-01-05T09:00:00Z", "out-of-order"),
            ("2100-01-05T10:00:00Z", "2100-01-05T11:00:00Z", "in-future"),
        ] {
            let refused = athlete.post(&path).json(&recorded(&exercise, from, to)).send().await;
            assert_eq!(refused.findings(), [("/ended_at".to_owned(), code.to_owned())]);
        }
        let overlapping = recorded(&exercise, long_ago, &text(&began));
        assert_eq!(athlete.post(&path).json(&overlapping).send().await.code(), "session-open");
        athlete.post(&path).json(&recorded(&exercise, long_ago, "2026-01-05T11:00:00Z")).send().await.created();
        let nobody_s = recorded(&uuid::Uuid::now_v7().to_string(), long_ago, "2026-01-05T11:00:00Z");
        let refused = athlete.post(&path).json(&nobody_s).send().await.findings();
        assert_eq!(refused[0], ("/rounds/0/exercises/0/exercise_id".to_owned(), "unknown-reference".to_owned()));
    }

    async fn an_athlete_without_a_trainer_can_record_a_session(world: World) {
        let (athlete, trainer) = tokio::join!(world.sign_in("mara"), world.sign_in("jonas"));
        let admin = world.sign_in("admin").await;
        let person = format!("/v1/users/{}", athlete.id);
        let known = admin.get(&person).send().await.ok();
        admin.call("PATCH", &person).if_match(&known["version"]).json(&json!({ "trainer_id": null })).send().await.ok();
        let exercise = athlete.exercises(1).await.remove(0);
        let path = format!("/v1/athletes/{}/sessions", athlete.id);
        let body = recorded(&exercise, "2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z");
        let entered = athlete.post(&path).json(&body).send().await.created();
        let round = &entered["rounds"][0];
        let correct = json!({ "actual": { "reps": 4 } });
        athlete.call("PATCH", &correction(round, 0)).if_match(&round["version"]).json(&correct).send().await.ok();
        assert_eq!(trainer.get(&path).send().await.code(), "not-found");
        assert_eq!(trainer.post(&path).json(&body).send().await.code(), "not-found");
        let gone = trainer.call("PATCH", &correction(round, 0)).if_match(&round["version"]).json(&correct).send().await;
        assert_eq!(gone.code(), "not-found");
    }

    async fn a_correction_that_says_what_is_noted_is_answered_and_is_none(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercise = trainer.exercises(1).await.remove(0);
        let round = trained(&session, &athlete, &trainer, &[(&exercise, json!({ "reps": 50 }), 6)]).await;
        let cursor = trainer.cursor().await;
        let body = json!({ "actual": { "reps": 50 }, "reason": "to be sure" });
        let on_version = |version: &Value| athlete.call("PATCH", &correction(&round, 0)).if_match(version).json(&body);
        let correct = || on_version(&round["version"]);
        let answered = correct().key("once").send().await;
        assert_eq!(answered.header("etag"), format!("\"{}\"", round["version"]));
        assert_eq!(answered.ok(), round);
        assert_eq!(correct().key("once").send().await.ok(), round);
        assert_eq!(on_version(&json!(99)).send().await.code(), "version-mismatch");
        assert_eq!(trainer.cursor().await, cursor);
    }
}
