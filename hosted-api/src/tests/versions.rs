//! Servers of two versions on one database: an older one leaves alone what a newer one has written.

use serde_json::{Value, json};

use crate::store::session_format::FORMAT;
use crate::store::templates;
use crate::testing::on_both_databases;

on_both_databases! {
    async fn sessions_written_by_a_newer_server_are_left_unchanged(world: World) {
        let (id, athlete, trainer) = world.session().await;
        let round = trainer.released(&id).await;
        let newer = world.app.store.write_session_as_newer_server(&id).await;
        let path = |act: &str| format!("/v1/rounds/{}{act}", round["id"].as_str().expect("an id"));
        for reply in [
            athlete.get("/v1/snapshot").send().await,
            athlete.get(&format!("/v1/sessions/{id}")).send().await,
            athlete.post(&path("/start")).key("start").send().await,
            trainer.call("PUT", &path("")).if_match(&round["version"]).json(&trainer.plan().await).send().await,
            trainer.post(&format!("/v1/sessions/{id}/cancel")).key("cancel").send().await,
        ] {
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (503, "unavailable"), "{reply:?}");
            assert!(!reply.header("retry-after").is_empty());
        }
        assert_eq!(world.app.store.session_document(&id).await, newer, "not a byte of it has changed");
        // Once a server that understands it answers, the same acts under the same keys succeed.
        world.app.store.set_session_format(&id, FORMAT).await;
        athlete.post(&path("/start")).key("start").send().await.ok();
        trainer.post(&format!("/v1/sessions/{id}/cancel")).key("cancel").send().await.ok();
    }

    async fn a_template_written_by_a_newer_server_is_left_out_of_a_snapshot_and_unchanged(world: World) {
        let trainer = world.sign_in("jonas").await;
        let exercise = trainer.exercises(1).await[0].clone();
        let rounds = json!([{ "exercises": [{ "exercise_id": exercise, "planned": { "reps": 8 } }] }]);
        let create = |name: &str| {
            trainer.post("/v1/templates").json(&json!({ "name": name, "shared": true, "rounds": rounds })).send()
        };
        let (newer, known) = (create("Newer").await.created(), create("Known").await.created());
        let id = newer["id"].as_str().expect("an id");
        world.app.store.write_template_as_newer_server(id).await;
        for name in ["jonas", "ines"] {
            let snapshot = world.sign_in(name).await.get("/v1/snapshot").send().await.ok();
            let ids: Vec<&Value> = snapshot["templates"].as_array().expect("a list").iter().map(|it| &it["id"]).collect();
            assert_eq!(ids, [&known["id"]]);
        }
        let delete = trainer.call("DELETE", &format!("/v1/templates/{id}")).if_match(&newer["version"]).send().await;
        assert_eq!((delete.status.as_u16(), delete.code().as_str()), (503, "unavailable"));
    }

    async fn a_session_is_written_in_the_format_before_until_it_has_something_new(world: World) {
        let (id, _, trainer) = world.session().await;
        trainer.draft(&id).await;
        assert_eq!(world.app.store.session_format(&id).await, FORMAT - 1);
        let mut plan = trainer.plan().await;
        plan["exercises"][0]["planned"]["reps_to"] = json!(12);
        trainer.post(&format!("/v1/sessions/{id}/rounds")).json(&plan).send().await.created();
        assert_eq!(world.app.store.session_format(&id).await, FORMAT);
    }

    async fn a_server_starts_on_a_schema_migrated_by_a_newer_one(world: World) {
        world.app.store.migrate_as_newer_server().await;
        world.app.store.migrate_again().await;
        world.sign_in("mara").await;
    }
}

/// The shape of a document according to its schema: names, types and words.
fn shape<T: utoipa::ToSchema>() -> Value {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    let mut shapes: Vec<Value> = schemas.into_iter().map(|(name, schema)| json!([name, schema])).collect();
    shapes.sort_by_key(|shape| shape[0].to_string());
    shapes.dedup();
    let mut shape = json!(shapes);
    strip_prose(&mut shape);
    shape
}

fn strip_prose(value: &mut Value) {
    match value {
        Value::Object(members) => {
            // Descriptions, and the limits on what people may enter, are not part of the shape.
            members.retain(|name, value| {
                let is_limit = name.starts_with("min") || name.starts_with("max") || name == "pattern";
                !(name == "description" || name == "default" || is_limit && !value.is_object())
            });
            members.values_mut().for_each(strip_prose);
        }
        Value::Array(items) => items.iter_mut().for_each(strip_prose),
        _ => {}
    }
}

/// Reminds anyone who changes the stored session that its format number has to be raised.
#[test]
fn the_session_format_number_matches_its_shape() {
    let noted = include_str!("../../formats/session.json");
    let noted: Value = serde_json::from_str(noted).expect("JSON");
    let now = json!({ "format": FORMAT, "shape": shape::<training::Session>() });
    assert!(
        noted == now,
        "A stored session has another shape. Raise FORMAT in store/session_format.rs, unless it was raised since the \
         last release, and write this into formats/session.json:\n{now:#}"
    );
}

/// The same for templates.
#[test]
fn the_template_format_number_matches_its_shape() {
    let noted = include_str!("../../formats/template.json");
    let noted: Value = serde_json::from_str(noted).expect("JSON");
    let now = json!({ "format": templates::FORMAT, "shape": shape::<training::RoundPlan>() });
    assert!(
        noted == now,
        "A stored template has another shape. Raise FORMAT in store/templates.rs, unless it was raised since the last \
         release, and write this into formats/template.json:\n{now:#}"
    );
}
