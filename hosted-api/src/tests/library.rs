//! Maintaining the exercise library: who may, what is refused, and who receives the events.

use futures_util::future::join_all;
use serde_json::{Value, json};
use training::{ExerciseId, RoundPlan};

use crate::testing::{Client, on_both_databases};

fn superman() -> Value {
    json!({
        "name": " Superman ", "category": "back", "fields": ["reps", "time"],
        "aliases": ["Rückenstrecker am Boden"], "muscles": ["lower back"], "cue": "Long neck."
    })
}

fn path(exercise: &Value) -> String {
    format!("/v1/exercises/{}", exercise["id"].as_str().expect("an id"))
}

async fn create(client: &Client) -> Value {
    client.post("/v1/exercises").json(&superman()).send().await.created()
}

async fn names(client: &Client, query: &str) -> Vec<String> {
    let library = client.get(&format!("/v1/exercises{query}")).send().await.ok();
    let all = library["exercises"].as_array().expect("a list");
    all.iter().map(|exercise| exercise["name"].as_str().expect("a name").to_owned()).collect()
}

async fn exercise_ids(client: &Client) -> Vec<ExerciseId> {
    client.exercises(12).await.iter().map(|id| id.parse().expect("an id")).collect()
}

on_both_databases! {
    async fn an_exercise_is_created_edited_archived_and_restored(world: World) {
        let (session, _, trainer) = world.session().await;
        let reply = trainer.post("/v1/exercises").json(&superman()).send().await;
        assert_eq!(reply.header("etag"), "\"1\"");
        let made = reply.created();
        assert_eq!((&made["name"], &made["version"], &made["video"]), (&json!("Superman"), &json!(1), &Value::Null));
        assert_eq!(made["aliases"], json!(["Rückenstrecker am Boden"]));

        let mut draft = superman();
        draft["name"] = json!("Superman mit Pause");
        let edited = trainer.call("PUT", &path(&made)).if_match(&json!(1)).json(&draft).send().await.ok();
        assert_eq!((&edited["name"], &edited["version"]), (&json!("Superman mit Pause"), &json!(2)));

        let plan = json!({ "exercises": [{ "exercise_id": made["id"], "planned": { "reps": 5 } }] });
        trainer.post(&format!("/v1/sessions/{session}/rounds")).json(&plan).send().await.created();
        let archived = trainer.call("DELETE", &path(&made)).if_match(&json!(2)).send().await.ok();
        assert_eq!((&archived["archived"], &archived["version"]), (&json!(true), &json!(3)));
        assert!(!names(&trainer, "").await.contains(&"Superman mit Pause".to_owned()));
        assert_eq!(names(&trainer, "?archived=true").await, ["Superman mit Pause"]);

        let restored = trainer.post(&format!("{}/restore", path(&made))).send().await.ok();
        assert_eq!((&restored["archived"], &restored["version"]), (&json!(false), &json!(4)));
        assert!(names(&trainer, "").await.contains(&"Superman mit Pause".to_owned()));
    }

    async fn an_unused_exercise_is_deleted(world: World) {
        let admin = world.sign_in("admin").await;
        let made = create(&admin).await;
        let gone = admin.call("DELETE", &path(&made)).if_match(&made["version"]).send().await;
        assert_eq!((gone.status.as_u16(), gone.text.as_str()), (204, ""));
        assert_eq!(admin.call("DELETE", &path(&made)).if_match(&made["version"]).send().await.code(), "not-found");
        assert_eq!(names(&admin, "?archived=true").await, [""; 0]);
    }

    async fn exercises_with_equal_name_keys_from_earlier_versions_can_be_archived(world: World) {
        let (session, _, trainer) = world.session().await;
        create(&trainer).await;
        let twin = trainer.post("/v1/exercises").json(&json!({ "name": "Twin", "category": "back", "fields": ["reps"] }));
        let twin = twin.send().await.created();
        world.app.store.rename_without_key(twin["id"].as_str().expect("an id"), "SUPERMAN").await;
        let plan = json!({ "exercises": [{ "exercise_id": twin["id"], "planned": { "reps": 5 } }] });
        trainer.post(&format!("/v1/sessions/{session}/rounds")).json(&plan).send().await.created();

        let archived = trainer.call("DELETE", &path(&twin)).if_match(&twin["version"]).send().await.ok();
        assert_eq!((&archived["name"], &archived["archived"]), (&json!("SUPERMAN"), &json!(true)));
        let restored = trainer.post(&format!("{}/restore", path(&twin))).send().await.ok();
        assert_eq!((&restored["name"], &restored["archived"]), (&json!("SUPERMAN"), &json!(false)));
    }

    async fn a_deleted_exercise_is_recreated_under_its_id(world: World) {
        let (trainer, elsewhere) = (world.sign_in("jonas").await, world.sign_in_elsewhere("jonas").await);
        let made = create(&trainer).await;
        let edit = |client: &Client, version: u64| {
            client.call("PUT", &path(&made)).if_match(&json!(version)).json(&superman())
        };
        assert_eq!(edit(&trainer, 0).send().await.code(), "version-mismatch", "it is there");
        assert_eq!(edit(&elsewhere, 0).send().await.code(), "not-found", "an id of another studio's");
        trainer.call("DELETE", &path(&made)).if_match(&json!(1)).send().await;
        assert_eq!(edit(&trainer, 1).send().await.code(), "not-found");
        assert_eq!(trainer.call("PUT", &path(&made)).json(&superman()).send().await.code(), "not-found");
        let again = edit(&trainer, 0).send().await.created();
        assert_eq!((&again["id"], &again["version"]), (&made["id"], &json!(1)));
    }

    async fn library_events_go_to_trainers_and_admins_only(world: World) {
        let (trainer, admin, athlete) =
            tokio::join!(world.sign_in("jonas"), world.sign_in("admin"), world.sign_in("mara"));
        let elsewhere = world.sign_in_elsewhere("jonas").await;
        let before = (athlete.cursor().await, elsewhere.cursor().await);
        let mut streams = Vec::new();
        for client in [&trainer, &admin] {
            let mut stream = client.stream(Some(&client.cursor().await)).await;
            stream.expect("hello").await;
            streams.push(stream);
        }
        let made = create(&trainer).await;
        trainer.call("DELETE", &path(&made)).if_match(&json!(1)).send().await;
        for stream in &mut streams {
            let saved = stream.expect("exercise-saved").await;
            assert_eq!((&saved.data["exercise"], &saved.data["type"]), (&made, &json!("exercise-saved")));
            let removed = stream.expect("exercise-removed").await;
            assert_eq!(removed.data["exercise"], json!({ "id": made["id"] }));
        }
        assert_eq!((athlete.cursor().await, elsewhere.cursor().await), before);
        assert_eq!(athlete.get("/v1/snapshot").send().await.ok()["exercises"], json!([]));
    }

    async fn exercise_names_are_unique_per_studio_ignoring_case(world: World) {
        let trainer = world.sign_in("jonas").await;
        let replies = join_all((0..8).map(|_| trainer.post("/v1/exercises").json(&superman()).send())).await;
        assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
        for refused in replies.iter().filter(|reply| reply.status != 201) {
            assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "name-taken"));
        }
        let mut other = superman();
        other["name"] = json!("KLIMMZÜGE");
        assert_eq!(trainer.post("/v1/exercises").json(&other).send().await.code(), "name-taken", "one of the seed's");
        let made = replies.iter().find(|reply| reply.status == 201).expect("one").created();
        let edit = trainer.call("PUT", &path(&made)).if_match(&made["version"]).json(&other);
        assert_eq!(edit.send().await.code(), "name-taken");
        let mut same = superman();
        same["name"] = json!("SUPERMAN");
        trainer.call("PUT", &path(&made)).if_match(&made["version"]).json(&same).send().await.ok();
        create(&world.sign_in_elsewhere("jonas").await).await;
    }

    async fn exercises_are_found_by_id_only_in_their_studio(world: World) {
        let (trainer, elsewhere) = (world.sign_in("jonas").await, world.sign_in_elsewhere("jonas").await);
        let studio = trainer.get("/v1/me").send().await.ok()["studio"]["id"].as_str().expect("an id").to_owned();
        let studio = studio.parse().expect("an id");
        let (ours, theirs) = (exercise_ids(&trainer).await, exercise_ids(&elsewhere).await);
        // More than fit into one statement, some of them twice.
        let unknown = (0..2 * RoundPlan::MAX_EXERCISES).map(|_| ExerciseId(uuid::Uuid::now_v7()));
        let asked: Vec<ExerciseId> = ours.iter().chain(&theirs).chain(&ours).copied().chain(unknown).collect();
        let mut tx = world.app.store.read().await.expect("it begins");
        let found = tx.exercises_with(studio, &asked).await.expect("they are read");
        assert_eq!(found.len(), ours.len());
        assert!(ours.iter().all(|id| found.iter().any(|exercise| exercise.id == *id)));
        assert!(tx.exercises_with(studio, &[]).await.expect("nothing is read").is_empty());
    }

    async fn edits_and_archiving_require_the_current_version(world: World) {
        let trainer = world.sign_in("jonas").await;
        let made = create(&trainer).await;
        let edit = || trainer.call("PUT", &path(&made)).json(&superman());
        assert_eq!(edit().send().await.code(), "version-missing");
        assert_eq!(edit().if_match(&json!(7)).send().await.code(), "version-mismatch");
        let archive = trainer.call("DELETE", &path(&made));
        assert_eq!(archive.send().await.code(), "version-missing");
        let unknown = format!("/v1/exercises/{}", uuid::Uuid::now_v7());
        assert_eq!(trainer.call("PUT", &unknown).json(&superman()).send().await.code(), "not-found", "goes before both");
    }

    async fn all_findings_in_an_exercise_are_reported_at_once(world: World) {
        let trainer = world.sign_in("jonas").await;
        let wrong = json!({ "name": "", "category": "legs", "fields": [], "aliases": [""], "cue": "x".repeat(501) });
        let refused = trainer.post("/v1/exercises").json(&wrong).send().await;
        assert_eq!(refused.status, 422);
        let found: Vec<String> = refused.findings().into_iter().map(|(pointer, _)| pointer).collect();
        assert_eq!(found, ["/name", "/fields", "/aliases/0", "/cue"]);
        let unknown = [
            ("category", json!("yoga"), "/category", "invalid"),
            ("fields", json!(["tempo"]), "/fields/0", "invalid"),
            ("equipment", json!([]), "/equipment", "unknown-field"),
        ];
        for (field, value, pointer, code) in unknown {
            let mut draft = superman();
            draft[field] = value;
            let refused = trainer.post("/v1/exercises").json(&draft).send().await;
            assert_eq!(refused.findings(), [(pointer.to_owned(), code.to_owned())]);
        }
    }

    async fn an_exercise_says_how_many_rounds_use_it(world: World) {
        let (session, _, trainer) = world.session().await;
        let made = create(&trainer).await;
        let read = async || trainer.get(&path(&made)).send().await;
        let unused = read().await;
        assert_eq!(unused.header("etag"), "\"1\"");
        let mut expected = made.clone();
        expected["used_in"] = json!({ "rounds": 0, "templates": 0 });
        assert_eq!(unused.ok(), expected);

        let (ours, other) = (json!({ "exercise_id": made["id"] }), json!({ "exercise_id": trainer.exercises(1).await[0] }));
        for exercises in [json!([ours, other, ours]), json!([other]), json!([ours])] {
            let round = trainer.post(&format!("/v1/sessions/{session}/rounds")).json(&json!({ "exercises": exercises }));
            round.send().await.created();
        }
        assert_eq!(read().await.ok()["used_in"], json!({ "rounds": 2, "templates": 0 }));
        let archived = trainer.call("DELETE", &path(&made)).if_match(&json!(1)).send().await.ok();
        assert_eq!(read().await.ok()["archived"], archived["archived"], "archived ones can be read too");
    }

    async fn only_staff_of_its_studio_read_what_uses_an_exercise(world: World) {
        let trainer = world.sign_in("jonas").await;
        let made = create(&trainer).await;
        assert_eq!(world.sign_in("mara").await.get(&path(&made)).send().await.code(), "role-forbidden");
        assert_eq!(world.sign_in_elsewhere("admin").await.get(&path(&made)).send().await.code(), "not-found");
        world.sign_in("admin").await.get(&path(&made)).send().await.ok();
    }

    async fn an_exercises_id_is_its_idempotency_key(world: World) {
        let trainer = world.sign_in("jonas").await;
        let key = uuid::Uuid::now_v7();
        let made = || trainer.post("/v1/exercises").key(&key.to_string()).json(&superman()).send();
        let (first, again) = (made().await, made().await);
        assert_eq!(first.created(), again.created());
        assert_eq!(first.created()["id"], json!(key));
        assert_eq!(again.header("idempotency-replayed"), "true");
    }
}
