//! Reading: lists, the snapshot, and the privacy of other people's data.

use serde_json::{Value, json};

use crate::testing::{Client, on_both_databases};

/// Starts and cancels a session; returns its id.
async fn ended_session(athlete: &Client) -> String {
    let id = athlete.post("/v1/sessions").send().await.created()["id"].as_str().expect("an id").to_owned();
    athlete.post(&format!("/v1/sessions/{id}/cancel")).send().await.ok();
    id
}

fn ids(list: &Value) -> Vec<String> {
    let ids = list.as_array().expect("a list").iter().map(|item| item["id"].as_str().expect("an id").to_owned());
    ids.collect()
}

on_both_databases! {
    async fn sessions_come_in_pages_newest_first(world: World) {
        let athlete = world.sign_in("mara").await;
        let mut all = Vec::new();
        for _ in 0..5 {
            all.insert(0, ended_session(&athlete).await);
        }
        let open = athlete.post("/v1/sessions").send().await.created()["id"].as_str().expect("an id").to_owned();

        let (mut seen, mut path) = (Vec::new(), "/v1/sessions?limit=2&status=ended".to_owned());
        loop {
            let page = athlete.get(&path).send().await.ok();
            seen.extend(ids(&page["sessions"]));
            let Some(next) = page["next"].as_str() else { break };
            assert_eq!(page["sessions"].as_array().map(Vec::len), Some(2));
            path = format!("/v1/sessions?limit=2&status=ended&before={next}");
        }
        assert_eq!(seen, all);
        let page = athlete.get("/v1/sessions?status=open").send().await.ok();
        assert_eq!((ids(&page["sessions"]), &page["next"]), (vec![open.clone()], &json!(null)));
        all.insert(0, open);
        assert_eq!(ids(&athlete.get("/v1/sessions").send().await.ok()["sessions"]), all);
        let elsewhere = world.sign_in_elsewhere("jonas").await.get("/v1/sessions").send().await.ok();
        assert_eq!(elsewhere["sessions"], json!([]));
    }

    async fn the_library_lists_the_studios_unarchived_exercises_by_name(world: World) {
        let athlete = world.sign_in("mara").await;
        let library = athlete.get("/v1/exercises").send().await.ok()["exercises"].clone();
        let names: Vec<String> =
            library.as_array().expect("a list").iter().map(|e| e["name"].as_str().expect("a name").to_lowercase()).collect();
        assert!(names.len() >= 12 && names.is_sorted(), "{names:?}");
        let (id, _, trainer) = world.session().await;
        let used = &library[0];
        let plan = json!({ "exercises": [{ "exercise_id": used["id"], "planned": {} }] });
        trainer.post(&format!("/v1/sessions/{id}/rounds")).json(&plan).send().await.created();
        let path = format!("/v1/exercises/{}", ids(&library)[0]);
        assert_eq!(trainer.call("DELETE", &path).if_match(&used["version"]).send().await.ok()["archived"], true);
        let left = athlete.get("/v1/exercises").send().await.ok()["exercises"].clone();
        assert_eq!(ids(&left), ids(&library)[1..]);
        // Archived exercises are not offered, and not accepted.
        let snapshot = trainer.get("/v1/snapshot").send().await.ok();
        let offered = snapshot["exercises"].as_array().expect("a list").iter().filter(|known| known["archived"] == false);
        assert_eq!(json!(offered.collect::<Vec<_>>()), left, "a device knows those that are archived as well");
        assert_eq!(snapshot["exercises"].as_array().map(Vec::len), Some(ids(&library).len()));
        let refused = trainer.post(&format!("/v1/sessions/{id}/rounds")).json(&plan).send().await;
        assert_eq!(refused.findings(), [("/exercises/0/exercise_id".to_owned(), "unknown-reference".to_owned())]);
        let theirs = world.sign_in_elsewhere("mara").await.exercises(50).await;
        assert!(theirs.iter().all(|id| !ids(&library).contains(id)), "another studio has its own");
    }

    async fn the_snapshot_holds_open_sessions_and_the_last_twenty_ended_ones(world: World) {
        let athlete = world.sign_in("mara").await;
        let mut all = Vec::new();
        for _ in 0..22 {
            all.insert(0, ended_session(&athlete).await);
        }
        let (open, athlete, trainer) = world.session().await;
        let expected: Vec<String> = std::iter::once(open).chain(all.into_iter().take(20)).collect();
        for client in [&athlete, &trainer] {
            let snapshot = client.get("/v1/snapshot").send().await.ok();
            assert_eq!(ids(&snapshot["sessions"]), expected);
        }
        let of_trainer = trainer.get("/v1/snapshot").send().await.ok()["athletes"].clone();
        let names: Vec<&str> =
            of_trainer.as_array().expect("a list").iter().map(|a| a["name"].as_str().expect("a name")).collect();
        assert!(names.len() == 3 && names.is_sorted(), "{names:?}");
        assert_eq!(athlete.get("/v1/snapshot").send().await.ok()["athletes"], json!([]));
    }

    async fn other_peoples_data_is_not_readable(world: World) {
        let (id, athlete, trainer) = world.session().await;
        let round = trainer.released(&id).await;
        let secrets = [
            id.clone(),
            round["id"].as_str().expect("an id").to_owned(),
            round["exercises"][0]["id"].as_str().expect("an id").to_owned(),
        ];
        let mut strangers = Vec::new();
        for mailbox in ["tobias", "leonie", "ines", "rui", "admin"] {
            strangers.push(world.sign_in(mailbox).await);
        }
        for mailbox in ["mara", "jonas", "admin"] {
            strangers.push(world.sign_in_elsewhere(mailbox).await);
        }
        for stranger in &strangers {
            let cursor = stranger.cursor().await;
            for path in ["/v1/me", "/v1/snapshot", "/v1/sessions?limit=100", "/v1/exercises", &format!("/v1/feed?after={cursor}")] {
                let seen = stranger.get(path).send().await;
                assert_eq!(seen.status, 200, "{path}: {seen:?}");
                for secret in &secrets {
                    assert!(!seen.text.contains(secret), "{path} tells {}", stranger.id);
                }
            }
        }
        assert!(athlete.get("/v1/snapshot").send().await.text.contains(&secrets[2]), "it is what is looked for");
    }

    async fn roles_do_not_grant_another_part_in_ones_own_session(world: World) {
        let both = world.sign_in("rui").await;
        world.app.store.set_roles(&both.id, "[\"athlete\",\"trainer\"]").await;
        let trainer = world.sign_in("ines").await;
        let id = both.post("/v1/sessions").send().await.created()["id"].as_str().expect("an id").to_owned();
        assert_eq!(both.post(&format!("/v1/sessions/{id}/join")).send().await.code(), "not-your-part");
        trainer.post(&format!("/v1/sessions/{id}/join")).send().await.ok();
        let draft = trainer.draft(&id).await;
        assert_eq!(both.get(&format!("/v1/sessions/{id}")).send().await.ok()["rounds"], json!([]), "no drafts");
        let plan = both.plan().await;
        assert_eq!(both.post(&format!("/v1/sessions/{id}/rounds")).json(&plan).send().await.code(), "not-your-part");
        let release = format!("/v1/rounds/{}/release", draft["id"].as_str().expect("an id"));
        assert_eq!(both.post(&release).send().await.code(), "not-found");
    }

    async fn what_no_longer_belongs_to_somebody_is_not_found_whatever_version_they_name(world: World) {
        // A 412 would tell a device to wait for the newer version, which its feed would never bring.
        let (session, _, trainer) = world.session().await;
        let round = trainer.draft(&session).await;
        let exercise = json!({ "name": "Superman", "category": "back", "fields": ["reps"] });
        let made = trainer.post("/v1/exercises").json(&exercise).send().await.created();
        let (ines, elsewhere) = (world.sign_in("ines").await, world.sign_in_elsewhere("jonas").await);
        world.app.store.set_trainer_of_session(&session, &ines.id).await;
        let made = made["id"].as_str().expect("an id");
        world.app.store.move_exercise(made, &elsewhere.id).await;

        let (round, plan) = (round["id"].as_str().expect("an id"), trainer.plan().await);
        for (path, body) in [(format!("/v1/rounds/{round}"), &plan), (format!("/v1/exercises/{made}"), &exercise)] {
            for version in [0, 1, 9] {
                for method in ["PUT", "DELETE"] {
                    let call = trainer.call(method, &path).if_match(&json!(version));
                    let call = if method == "PUT" { call.json(body) } else { call };
                    assert_eq!(call.send().await.code(), "not-found", "{method} {path} {version}");
                }
            }
        }
    }
}
