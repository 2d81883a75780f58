//! Records: what all sessions together give, whenever and in whatever order they are taken up.

use serde_json::{Value, json};
use training::Event;
use training::progress::records;
use training::wire::FeedPage;

use super::{all_sessions, complete, correction, recorded, records_of, sets, text, trained, user_id};
use crate::clock;
use crate::testing::on_both_databases;

on_both_databases! {
    async fn records_are_what_all_sessions_together_give_and_their_versions_rise(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let (exercises, cursor) = (trainer.exercises(3).await, trainer.cursor().await);
        let lifted = |weight_kg: f64, reps: u32| json!({ "weight_kg": weight_kg, "reps": reps });
        let (_, before) = records_of(&trainer, &athlete).await;
        let round = trained(
            &session, &athlete, &trainer,
            &[(&exercises[0], lifted(100.0, 5), 10), (&exercises[1], lifted(-20.0, 8), 7), (&exercises[2], json!({ "reps": 0 }), 10)],
        ).await;
        trained(&session, &athlete, &trainer, &[(&exercises[0], lifted(90.0, 5), 10)]).await;
        trainer.post(&format!("/v1/sessions/{session}/cancel")).send().await.ok();
        // The best of them was a slip: the other one is the best now.
        let correct = json!({ "actual": lifted(80.0, 5), "reason": "a slip" });
        athlete.call("PATCH", &correction(&round, 0)).if_match(&round["version"]).json(&correct).send().await.ok();

        let (known, version) = records_of(&trainer, &athlete).await;
        assert_eq!(known, records(&all_sessions(&trainer, &athlete).await, clock::now()));
        let best = known.iter().find(|record| record.exercise_id.to_string() == exercises[0]).expect("it was done");
        assert_eq!(best.estimate.as_ref().map(|estimate| estimate.e1rm_kg), Some(101.25));

        let page: FeedPage = trainer.get(&format!("/v1/feed?after={cursor}")).send().await.read();
        let athletes: Vec<training::Athlete> = page.events.into_iter().filter_map(|envelope| match envelope.event {
            Event::Saved { document, .. } => training::Athlete::try_from(document).ok(),
            _ => None,
        }).collect();
        let versions: Vec<u64> = athletes.iter().map(|athlete| athlete.version).collect();
        assert_eq!(versions, [before + 1, before + 2, before + 3], "one for each change");
        assert_eq!((athletes.last().map(|athlete| &athlete.records), versions.last()), (Some(&known), Some(&version)));
    }

    async fn an_admin_s_edit_does_not_fail_because_somebody_trained(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let admin = world.sign_in("admin").await;
        let path = format!("/v1/users/{}", athlete.id);
        let known = admin.get(&path).send().await.ok();
        let exercise = trainer.exercises(1).await.remove(0);
        trained(&session, &athlete, &trainer, &[(&exercise, json!({ "reps": 5 }), 6)]).await;
        let (known_records, version) = records_of(&trainer, &athlete).await;
        let rename = json!({ "name": "Mara B" });
        admin.call("PATCH", &path).if_match(&known["version"]).json(&rename).send().await.ok();
        assert_eq!(records_of(&trainer, &athlete).await, (known_records, version + 1), "and the records stay");
    }

    async fn ids_that_a_client_made_collide_hold_nothing_up(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercises = trainer.exercises(3).await;
        let key = |number: u128| uuid::Uuid::from_u128(0x0193_a7c1_5d2e_7f00_8a11_3c5b_7d9e_1f20 + number).to_string();
        let item = |number: usize| json!({ "exercise_id": exercises[number], "planned": { "reps": 5 } });
        let rounds = format!("/v1/sessions/{session}/rounds");
        let add = async |number: u128, items: &[Value]| {
            trainer.post(&rounds).key(&key(number)).json(&json!({ "exercises": items })).send().await.created()
        };
        let first = add(0, &[item(0), item(1)]).await;
        let second = add(1, &[item(0), item(1)]).await;
        assert_eq!(first["exercises"][1]["id"], second["exercises"][0]["id"], "counted on from the keys");
        // Within one round no two are the same.
        let plan = json!({ "exercises": [item(0), item(1), item(2)] });
        let edit = trainer.call("PUT", &format!("/v1/rounds/{}", text(&first["id"]))).if_match(&first["version"]);
        let edited = edit.key(&key(2)).json(&plan).send().await.ok();
        let ids = edited["exercises"].as_array().expect("a list").iter().map(|item| text(&item["id"]));
        assert_eq!(ids.collect::<std::collections::BTreeSet<_>>().len(), 3);
        for round in [&edited, &second] {
            trainer.post(&format!("/v1/rounds/{}/release", text(&round["id"]))).send().await.ok();
            complete(&athlete, round).await;
        }
        assert_eq!(sets(&trainer, &athlete, &exercises[0]).await.len(), 2);
        assert_eq!(sets(&trainer, &athlete, &exercises[2]).await.len(), 1);
    }

    async fn sets_that_cannot_be_taken_up_hold_up_nobody_else_s(world: World) {
        let (one, other) = tokio::join!(world.sign_in("mara"), world.sign_in("tobias"));
        let exercise = one.exercises(1).await.remove(0);
        let (began, ended) = ("2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z");
        let mut sessions = std::collections::BTreeMap::new();
        for athlete in [&one, &other] {
            let path = format!("/v1/athletes/{}/sessions", athlete.id);
            let entered = athlete.post(&path).json(&recorded(&exercise, began, ended)).send().await.created();
            sessions.insert(athlete.id.clone(), text(&entered["id"]));
        }
        world.app.store.forget_sets().await;
        // Of whoever is taken up first.
        let (failing, session) = sessions.first_key_value().expect("there are two");
        world.app.store.repeat_exercise(session).await;
        crate::commands::catch_up_all(&world.app).await.expect("it goes on");
        for athlete in [&one, &other] {
            let lacks_projections = world.app.store.lacks_projections(user_id(athlete)).await.expect("it is counted");
            assert_eq!(lacks_projections, athlete.id == *failing);
        }
    }

    async fn a_trainer_is_told_nothing_of_who_is_their_athlete_no_more(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercise = trainer.exercises(1).await.remove(0);
        trained(&session, &athlete, &trainer, &[(&exercise, json!({ "weight_kg": 50.0, "reps": 5 }), 6)]).await;
        trainer.post(&format!("/v1/sessions/{session}/cancel")).send().await.ok();
        for gone in [json!({ "active": false }), json!({ "active": true, "roles": ["admin"] })] {
            world.change_person(&athlete, gone).await;
            world.app.store.forget_sets().await;
            let cursor = trainer.cursor().await;
            crate::commands::catch_up_all(&world.app).await.expect("it works");
            assert_eq!(trainer.cursor().await, cursor);
        }
        world.change_person(&athlete, json!({ "roles": ["athlete"] })).await;
        assert_eq!(records_of(&trainer, &athlete).await.0.len(), 1, "and the records are there again");
    }

    async fn an_athlete_leaves_after_whoever_is_telling_their_trainer_of_a_record(world: World) {
        let (athlete, admin) = tokio::join!(world.sign_in("mara"), world.sign_in("admin"));
        let path = format!("/v1/users/{}", athlete.id);
        let version = admin.get(&path).send().await.ok()["version"].clone();
        let mut tx = world.app.store.write().await.expect("it begins");
        tx.lock_athlete_records(user_id(&athlete)).await.expect("they are locked");
        assert!(tx.trainer_of(user_id(&athlete)).await.expect("it is read").is_some());
        let leaving = admin.call("PATCH", &path).if_match(&version).json(&json!({ "trainer_id": null }));
        let mut leaving = tokio::spawn(leaving.send());
        let early = tokio::time::timeout(std::time::Duration::from_secs(1), &mut leaving).await;
        assert!(early.is_err(), "it waits");
        tx.commit().await.expect("it lasts");
        leaving.await.expect("it ends").ok();
    }

    async fn sessions_of_a_server_from_before_there_were_sets_are_taken_up(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercise = trainer.exercises(1).await.remove(0);
        trained(&session, &athlete, &trainer, &[(&exercise, json!({ "weight_kg": 50.0, "reps": 5 }), 6)]).await;
        let expected = records_of(&trainer, &athlete).await.0;
        world.app.store.forget_sets().await;
        assert_eq!(records_of(&trainer, &athlete).await.0, []);
        let cursor = trainer.cursor().await;
        crate::commands::catch_up_all(&world.app).await.expect("it works");
        assert_eq!(records_of(&trainer, &athlete).await.0, expected);
        let events = trainer.get(&format!("/v1/feed?after={cursor}")).send().await.ok()["events"].clone();
        assert_eq!(events[0]["type"], "athlete-changed");
        // Whoever asks before that gets them as well, and so does the next round.
        world.app.store.forget_sets().await;
        assert_eq!(sets(&athlete, &athlete, &exercise).await, [json!(50.0)]);
        trained(&session, &athlete, &trainer, &[(&exercise, json!({ "weight_kg": 55.0, "reps": 5 }), 6)]).await;
        world.app.store.forget_sets().await;
        trained(&session, &athlete, &trainer, &[(&exercise, json!({ "weight_kg": 60.0, "reps": 5 }), 6)]).await;
        assert_eq!(sets(&trainer, &athlete, &exercise).await, [json!(60.0), json!(55.0), json!(50.0)]);
        let (known, _) = records_of(&trainer, &athlete).await;
        assert_eq!(known, records(&all_sessions(&trainer, &athlete).await, clock::now()));
    }
}
