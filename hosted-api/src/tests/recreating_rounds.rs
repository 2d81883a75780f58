//! A deleted draft is recreated by `PUT` of its id with `If-Match: "0"`.

use serde_json::{Value, json};

use crate::testing::{Client, on_both_databases};

fn path(round: &Value) -> String {
    format!("/v1/rounds/{}", round["id"].as_str().expect("an id"))
}

/// The plan, with the place of this round.
fn at_place_of(plan: &Value, round: &Value) -> Value {
    let mut body = plan.clone();
    body["place"] =
        json!({ "session_id": round["session_id"], "number": round["number"], "version": round["version"] });
    body
}

async fn add(trainer: &Client, session: &str, plan: &Value) -> Value {
    trainer.post(&format!("/v1/sessions/{session}/rounds")).json(plan).send().await.created()
}

async fn delete(trainer: &Client, round: &Value) {
    let deleted = trainer.call("DELETE", &path(round)).if_match(&round["version"]).send().await;
    assert_eq!(deleted.status, 204);
}

on_both_databases! {
    async fn b68_a_deleted_draft_is_recreated_under_its_id_and_number(world: World) {
        let (id, athlete, trainer) = world.session().await;
        let (session, plan) = (id, trainer.plan().await);
        let first = add(&trainer, &session, &plan).await;
        let second = add(&trainer, &session, &plan).await;
        delete(&trainer, &first).await;
        let body = at_place_of(&plan, &first);
        let recreate = || trainer.call("PUT", &path(&first)).if_match(&json!(0)).json(&body).send();
        let again = recreate().await.created();
        assert_eq!((&again["id"], &again["number"], &again["version"]), (&first["id"], &json!(1), &json!(2)));
        let rounds = trainer.get(&format!("/v1/sessions/{session}")).send().await.ok()["rounds"].clone();
        assert_eq!((&rounds[0]["id"], &rounds[1]["id"]), (&first["id"], &second["id"]));
        assert_eq!(recreate().await.code(), "version-mismatch", "it is there");
        let edit = trainer.call("PUT", &path(&first)).if_match(&again["version"]).json(&plan).send().await.ok();
        assert_eq!(edit["version"], 3);

        delete(&trainer, &edit).await;
        let refused = athlete.call("PUT", &path(&first)).if_match(&json!(0)).json(&body).send().await;
        assert_eq!(refused.code(), "not-your-part");
        let nowhere = trainer.call("PUT", &path(&first)).if_match(&json!(0)).json(&plan).send().await;
        assert_eq!(nowhere.code(), "not-found", "without its place");
        let unnamed = trainer.call("PUT", &path(&first)).json(&body).send().await;
        assert_eq!(unnamed.code(), "not-found", "without a version");
    }

    async fn a_draft_is_not_recreated_in_another_session_nor_with_anothers_id(world: World) {
        let (id, _, trainer) = world.session().await;
        let (session, plan) = (id, trainer.plan().await);
        let draft = add(&trainer, &session, &plan).await;
        let mut elsewhere = at_place_of(&plan, &draft);
        elsewhere["place"]["session_id"] = json!(uuid::Uuid::now_v7());
        let refused = trainer.call("PUT", &path(&draft)).if_match(&json!(0)).json(&elsewhere).send().await;
        assert_eq!(refused.code(), "not-found");
        let stranger = world.sign_in("ines").await;
        let body = at_place_of(&stranger.plan().await, &draft);
        let refused = stranger.call("PUT", &path(&draft)).if_match(&json!(0)).json(&body).send().await;
        assert_eq!(refused.code(), "not-found");
    }
}
