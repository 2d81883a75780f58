//! Templates: who sees them, who changes them, what they hold, and how much.

use serde_json::{Value, json};
use training::templates::TemplateLimits;

use crate::testing::{Client, World, on_both_databases};

async fn draft(client: &Client) -> Value {
    let exercise = client.exercises(1).await[0].clone();
    let planned = json!({ "reps": 8, "reps_to": 12, "load": { "percent_of_e1rm": 80.0 } });
    let items = json!([{ "exercise_id": exercise, "kind": "warm_up", "planned": planned, "trainer_notes": " slow " }]);
    json!({ "name": " Legs ", "shared": false, "rounds": [{ "rest_after_s": 90, "exercises": items }] })
}

fn with(draft: &Value, name: &str, value: Value) -> Value {
    let mut draft = draft.clone();
    draft[name] = value;
    draft
}

fn path(template: &Value) -> String {
    format!("/v1/templates/{}", template["id"].as_str().expect("an id"))
}

async fn create(client: &Client, draft: &Value) -> Value {
    client.post("/v1/templates").json(draft).send().await.created()
}

async fn names(client: &Client) -> Vec<String> {
    let snapshot = client.get("/v1/snapshot").send().await.ok();
    let templates = snapshot["templates"].as_array().expect("a list").clone();
    templates.iter().map(|template| template["name"].as_str().expect("a name").to_owned()).collect()
}

async fn trainers(world: &World) -> (Client, Client) {
    tokio::join!(world.sign_in("jonas"), world.sign_in("ines"))
}

on_both_databases! {
    async fn b32_a_template_is_created_edited_deleted_and_restored(world: World) {
        let trainer = world.sign_in("jonas").await;
        let draft = draft(&trainer).await;
        let reply = trainer.post("/v1/templates").json(&draft).send().await;
        assert_eq!(reply.header("etag"), "\"1\"");
        let made = reply.created();
        assert_eq!((&made["name"], &made["shared"], &made["version"]), (&json!("Legs"), &json!(false), &json!(1)));
        assert_eq!(made["owner"]["id"], json!(trainer.id));
        let item = &made["rounds"][0]["exercises"][0];
        assert_eq!((&item["kind"], &item["trainer_notes"]), (&json!("warm_up"), &json!("slow")));
        assert_eq!(item["planned"]["load"], json!({ "percent_of_e1rm": 80.0 }));

        let renamed = with(&draft, "name", json!("Legs, heavy"));
        let edited = trainer.call("PUT", &path(&made)).if_match(&json!(1)).json(&renamed).send().await.ok();
        assert_eq!((&edited["name"], &edited["version"]), (&json!("Legs, heavy"), &json!(2)));
        assert_eq!(names(&trainer).await, ["Legs, heavy"]);

        assert_eq!(trainer.call("DELETE", &path(&made)).if_match(&json!(2)).send().await.status, 204);
        assert_eq!(names(&trainer).await, [""; 0]);
        let restore = |version: u64| trainer.call("PUT", &path(&made)).if_match(&json!(version)).json(&renamed).send();
        assert_eq!(restore(2).await.code(), "not-found");
        let restored = restore(0).await.created();
        assert_eq!((&restored["id"], &restored["version"]), (&made["id"], &json!(3)));
        for before in [1, 2] {
            assert_eq!(restore(before).await.code(), "version-mismatch", "an edit from before overwrites nothing");
        }
        let unknown = json!({ "id": uuid::Uuid::now_v7() });
        let recreate = trainer.call("PUT", &path(&unknown)).if_match(&json!(0)).json(&draft).send();
        assert_eq!(recreate.await.created()["version"], 1, "there never was one");
    }

    async fn a_deleted_template_is_recreated_by_its_owner_only(world: World) {
        let (jonas, ines) = trainers(&world).await;
        let elsewhere = world.sign_in_elsewhere("jonas").await;
        let draft = with(&draft(&jonas).await, "shared", json!(true));
        let made = create(&jonas, &draft).await;
        assert_eq!(jonas.call("DELETE", &path(&made)).if_match(&json!(1)).send().await.status, 204);
        for other in [&ines, &elsewhere] {
            for version in [0, 1] {
                let recreate = other.call("PUT", &path(&made)).if_match(&json!(version)).json(&draft);
                assert_eq!(recreate.send().await.code(), "not-found");
            }
        }
        let again = jonas.call("PUT", &path(&made)).if_match(&json!(0)).json(&draft).send().await.created();
        assert_eq!((&again["version"], &again["rounds"]), (&json!(2), &made["rounds"]));
        assert_eq!(names(&ines).await, ["Legs"]);
    }

    async fn changes_require_the_current_version(world: World) {
        let trainer = world.sign_in("jonas").await;
        let draft = draft(&trainer).await;
        let made = create(&trainer, &draft).await;
        for method in ["PUT", "DELETE"] {
            let call = || {
                let call = trainer.call(method, &path(&made));
                if method == "PUT" { call.json(&draft) } else { call }
            };
            assert_eq!(call().send().await.code(), "version-missing", "{method}");
            assert_eq!(call().if_match(&json!(7)).send().await.code(), "version-mismatch", "{method}");
        }
    }

    async fn an_own_template_does_not_exist_for_others(world: World) {
        let (jonas, ines) = trainers(&world).await;
        let elsewhere = world.sign_in_elsewhere("jonas").await;
        let draft = draft(&jonas).await;
        let made = create(&jonas, &draft).await;
        for other in [&ines, &elsewhere] {
            assert_eq!(names(other).await, [""; 0]);
            for version in [0, 1] {
                let edit = other.call("PUT", &path(&made)).if_match(&json!(version)).json(&draft);
                assert_eq!(edit.send().await.code(), "not-found");
            }
            assert_eq!(other.call("DELETE", &path(&made)).if_match(&json!(1)).send().await.code(), "not-found");
        }
        for mailbox in ["mara", "admin"] {
            let other = world.sign_in(mailbox).await;
            assert_eq!(names(&other).await, [""; 0], "{mailbox}");
            assert_eq!(other.get("/v1/templates").send().await.code(), "role-forbidden", "{mailbox}");
        }
    }

    async fn a_shared_template_is_seen_by_all_trainers_and_changed_by_its_owner(world: World) {
        let (jonas, ines) = trainers(&world).await;
        let draft = with(&draft(&jonas).await, "shared", json!(true));
        let made = create(&jonas, &draft).await;
        assert_eq!(names(&ines).await, ["Legs"]);
        let listed = ines.get("/v1/templates").send().await.ok();
        assert_eq!((&listed["templates"], &listed["next"]), (&json!([made]), &Value::Null));
        // Whose it is goes before the version.
        assert_eq!(ines.call("PUT", &path(&made)).json(&draft).send().await.code(), "not-owner");
        assert_eq!(ines.call("DELETE", &path(&made)).if_match(&json!(1)).send().await.code(), "not-owner");
        assert_eq!(names(&world.sign_in_elsewhere("jonas").await).await, [""; 0]);
    }

    async fn sharing_and_unsharing_are_told_to_those_whom_they_concern(world: World) {
        let (jonas, ines) = trainers(&world).await;
        let (athlete, admin) = tokio::join!(world.sign_in("mara"), world.sign_in("admin"));
        let before = (athlete.cursor().await, admin.cursor().await);
        let mut own = jonas.stream(Some(&jonas.cursor().await)).await;
        let mut other = ines.stream(Some(&ines.cursor().await)).await;
        own.expect("hello").await;
        other.expect("hello").await;
        let draft = draft(&jonas).await;
        let made = create(&jonas, &draft).await;
        let saved = own.expect("template-saved").await;
        assert_eq!(saved.data["template"], made);
        let edit = |version: u64, shared: bool| {
            let draft = with(&draft, "shared", json!(shared));
            jonas.call("PUT", &path(&made)).if_match(&json!(version)).json(&draft).send()
        };
        let shared = edit(1, true).await.ok();
        for stream in [&mut own, &mut other] {
            // The other trainer was told of nothing before.
            assert_eq!(stream.expect("template-saved").await.data["template"], shared);
        }
        let unshared = edit(2, false).await.ok();
        assert_eq!(own.expect("template-saved").await.data["template"], unshared);
        assert_eq!(other.expect("template-removed").await.data["template"], json!({ "id": made["id"] }));
        edit(3, true).await.ok();
        own.expect("template-saved").await;
        other.expect("template-saved").await;
        jonas.call("DELETE", &path(&made)).if_match(&json!(4)).send().await;
        for stream in [&mut own, &mut other] {
            assert_eq!(stream.expect("template-removed").await.data["template"], json!({ "id": made["id"] }));
        }
        assert_eq!((athlete.cursor().await, admin.cursor().await), before);
    }

    async fn a_renamed_trainer_is_called_so_in_their_templates(world: World) {
        let (jonas, ines) = trainers(&world).await;
        let shared = with(&draft(&jonas).await, "shared", json!(true));
        let made = create(&jonas, &shared).await;
        let mut other = ines.stream(Some(&ines.cursor().await)).await;
        other.expect("hello").await;
        jonas.call("PATCH", "/v1/me").json(&json!({ "name": "Jonas der Große" })).send().await.ok();
        let saved = other.expect("template-saved").await.data["template"].clone();
        assert_eq!((&saved["id"], &saved["version"]), (&made["id"], &json!(2)));
        assert_eq!(saved["owner"]["name"], json!("Jonas der Große"));
    }

    async fn templates_are_listed_by_pages_newest_first(world: World) {
        let trainer = world.sign_in("jonas").await;
        let draft = draft(&trainer).await;
        let mut made = Vec::new();
        for name in ["A", "B", "C"] {
            made.insert(0, create(&trainer, &with(&draft, "name", json!(name))).await);
        }
        let first = trainer.get("/v1/templates?limit=2").send().await.ok();
        assert_eq!((&first["templates"], &first["next"]), (&json!(made[..2]), &made[1]["id"]));
        let after = made[1]["id"].as_str().expect("an id");
        let last = trainer.get(&format!("/v1/templates?limit=2&after={after}")).send().await.ok();
        assert_eq!((&last["templates"], &last["next"]), (&json!(made[2..]), &Value::Null));
        assert_eq!(trainer.get("/v1/templates?limit=0").send().await.code(), "invalid-parameter");
    }

    async fn all_findings_in_a_template_are_reported_at_once(world: World) {
        let trainer = world.sign_in("jonas").await;
        let mut wrong = draft(&trainer).await;
        wrong["name"] = json!("");
        let both = json!({ "weight_kg": 80.0, "load": { "last_plus_kg": 2.5 }, "reps": 12, "reps_to": 8 });
        let mut exercise = wrong["rounds"][0]["exercises"][0].clone();
        exercise["planned"] = both;
        let unknown = json!({ "exercise_id": uuid::Uuid::now_v7() });
        wrong["rounds"] = json!([
            { "is_final": true, "exercises": [exercise] },
            { "is_final": true, "rest_after_s": 0, "exercises": [unknown] }
        ]);
        let refused = trainer.post("/v1/templates").json(&wrong).send().await;
        assert_eq!(refused.status, 422);
        let expected = [
            ("/name", "too-short"),
            ("/rounds/0/exercises/0/planned/reps_to", "out-of-order"),
            ("/rounds/0/exercises/0/planned/load", "duplicate"),
            ("/rounds/1/rest_after_s", "out-of-range"),
            ("/rounds/1/is_final", "duplicate"),
            ("/rounds/1/exercises/0/exercise_id", "unknown-reference"),
        ];
        assert_eq!(refused.findings(), expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
        for rounds in [json!([]), json!(vec![wrong["rounds"][0].clone(); TemplateLimits::MAX_ROUNDS + 1])] {
            let refused = trainer.post("/v1/templates").json(&with(&wrong, "rounds", rounds)).send().await;
            assert!(refused.findings().iter().any(|(pointer, _)| pointer == "/rounds"), "{refused:?}");
        }
    }

    async fn a_load_has_one_known_member(world: World) {
        let trainer = world.sign_in("jonas").await;
        let draft = draft(&trainer).await;
        for (load, pointer, code) in [
            (json!({}), "", "invalid"),
            (json!({ "percent_of_e1rm": 80.0, "last_plus_kg": 2.5 }), "", "invalid"),
            (json!({ "percent_of_e1rm": 0.5 }), "/percent_of_e1rm", "out-of-range"),
            (json!({ "last_plus_kg": 200.5 }), "/last_plus_kg", "out-of-range"),
            (json!({ "percent_of_e1rm": null }), "/percent_of_e1rm", "invalid"),
            (json!({ "percent_of_body": 50 }), "/percent_of_body", "unknown-field"),
        ] {
            let mut wrong = draft.clone();
            wrong["rounds"][0]["exercises"][0]["planned"]["load"] = load.clone();
            let refused = trainer.post("/v1/templates").json(&wrong).send().await;
            let pointer = format!("/rounds/0/exercises/0/planned/load{pointer}");
            assert_eq!(refused.findings(), [(pointer, code.to_owned())], "{load}");
        }
    }

    async fn an_exercise_in_a_template_is_archived_and_stays_in_it(world: World) {
        let trainer = world.sign_in("jonas").await;
        let own = json!({ "name": "Superman", "category": "back", "fields": ["reps"] });
        let exercise = trainer.post("/v1/exercises").json(&own).send().await.created();
        let mut draft = draft(&trainer).await;
        draft["rounds"][0]["exercises"][0]["exercise_id"] = exercise["id"].clone();
        let made = create(&trainer, &draft).await;
        let of_exercise = format!("/v1/exercises/{}", exercise["id"].as_str().expect("an id"));
        let used = trainer.get(&of_exercise).send().await.ok();
        assert_eq!(used["used_in"], json!({ "rounds": 0, "templates": 1 }));
        let archived = trainer.call("DELETE", &of_exercise).if_match(&json!(1)).send().await.ok();
        assert_eq!(archived["archived"], json!(true));

        // It is saved with it, also anew.
        let edited = trainer.call("PUT", &path(&made)).if_match(&json!(1)).json(&draft).send().await.ok();
        assert_eq!(edited["rounds"], made["rounds"]);
        let copy = create(&trainer, &draft).await;
        for (template, version) in [(&made, 2), (&copy, 1)] {
            assert_eq!(trainer.call("DELETE", &path(template)).if_match(&json!(version)).send().await.status, 204);
        }
        let gone = trainer.call("DELETE", &of_exercise).if_match(&archived["version"]).send().await;
        assert_eq!(gone.status, 204, "nothing uses it any more");
    }

    async fn a_templates_id_is_its_idempotency_key(world: World) {
        let trainer = world.sign_in("jonas").await;
        let (key, draft) = (uuid::Uuid::now_v7().to_string(), draft(&trainer).await);
        let made = || trainer.post("/v1/templates").key(&key).json(&draft).send();
        let (first, again) = (made().await, made().await);
        assert_eq!(first.created(), again.created());
        assert_eq!(first.created()["id"], json!(key));
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(names(&trainer).await.len(), 1);
    }

    async fn one_trainer_has_so_many_templates_at_most(world: World) {
        let trainer = world.sign_in("jonas").await;
        let draft = draft(&trainer).await;
        let mut last = create(&trainer, &draft).await;
        for _ in 1..TemplateLimits::MAX_TEMPLATES {
            last = create(&trainer, &draft).await;
        }
        let refused = trainer.post("/v1/templates").json(&draft).send().await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "templates-full"));
        assert_eq!(names(&trainer).await.len(), TemplateLimits::MAX_TEMPLATES, "and nothing of it was stored");
        trainer.call("PUT", &path(&last)).if_match(&json!(1)).json(&draft).send().await.ok();
        trainer.call("DELETE", &path(&last)).if_match(&json!(2)).send().await;
        create(&trainer, &draft).await;
    }

    async fn the_shared_templates_of_a_studio_are_limited_in_size(world: World) {
        let trainer = world.sign_in("jonas").await;
        let small = draft(&trainer).await;
        let mut exercise = small["rounds"][0]["exercises"][0].clone();
        exercise["trainer_notes"] = json!("x".repeat(500));
        let round = json!({ "exercises": vec![exercise; 50] });
        let large = with(&small, "rounds", json!(vec![round; 12]));
        let mut refused = Vec::new();
        for mailbox in ["jonas", "ines", "mara", "tobias", "leonie", "rui"] {
            let owner = world.sign_in(mailbox).await;
            world.app.store.set_roles(&owner.id, "[\"trainer\"]").await;
            let reply = owner.post("/v1/templates").json(&with(&large, "shared", json!(true))).send().await;
            if reply.status == 409 {
                assert_eq!(reply.code(), "templates-full");
                refused.push(mailbox);
            }
            let own = create(&owner, &small).await;
            let share = owner.call("PUT", &path(&own)).if_match(&json!(1)).json(&with(&large, "shared", json!(true)));
            assert_eq!(share.send().await.code(), "templates-full", "of the studio's, or of their own");
        }
        assert!(refused.ends_with(&["rui"]) && refused.len() < 4, "{refused:?}");
    }

    async fn the_templates_of_one_trainer_are_limited_in_size(world: World) {
        let trainer = world.sign_in("jonas").await;
        let small = draft(&trainer).await;
        let mut exercise = small["rounds"][0]["exercises"][0].clone();
        exercise["trainer_notes"] = json!("x".repeat(500));
        let round = json!({ "exercises": vec![exercise; 50] });
        let large = with(&small, "rounds", json!(vec![round; 10]));
        let made = create(&trainer, &large).await;
        let refused = trainer.post("/v1/templates").json(&large).send().await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "templates-full"));
        let edit = |version: u64, draft: &Value| {
            trainer.call("PUT", &path(&made)).if_match(&json!(version)).json(draft).send()
        };
        edit(1, &large).await.ok();
        edit(2, &small).await.ok();
        create(&trainer, &large).await;
    }
}
