//! `Idempotency-Key`: a command sent twice is executed once.

use futures_util::future::join_all;
use serde_json::json;

use crate::testing::{Client, on_both_databases};

on_both_databases! {
    async fn a_repeated_request_is_answered_but_not_performed_again(world: World) {
        let (id, _, trainer) = world.session().await;
        let (plan, path) = (trainer.plan().await, format!("/v1/sessions/{id}/rounds"));
        let first = trainer.post(&path).key("plan-1").json(&plan).send().await;
        let again = trainer.post(&path).key("plan-1").json(&plan).send().await;
        assert_eq!(first.created(), again.created());
        assert_eq!(first.header("etag"), again.header("etag"));
        assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
        let session = trainer.get(&format!("/v1/sessions/{id}")).send().await.ok();
        assert_eq!(session["rounds"].as_array().map(Vec::len), Some(1));
    }

    async fn concurrent_requests_under_one_key_are_performed_once(world: World) {
        let athlete = world.sign_in("mara").await;
        let replies = join_all((0..24).map(|_| athlete.post("/v1/sessions").key("start").send())).await;
        let first = replies[0].created();
        assert!(replies.iter().all(|reply| reply.created() == first));
        let decided = replies.iter().filter(|reply| reply.header("idempotency-replayed").is_empty()).count();
        assert_eq!(decided, 1, "one decides, the others are told the same");
    }

    async fn refusals_that_depend_on_the_state_are_replayed(world: World) {
        let (id, athlete, trainer) = world.session().await;
        let refused = athlete.post("/v1/sessions").key("second").send().await;
        assert_eq!(refused.code(), "session-open");
        trainer.post(&format!("/v1/sessions/{id}/cancel")).send().await.ok();
        let again = athlete.post("/v1/sessions").key("second").send().await;
        assert_eq!((again.code().as_str(), again.header("idempotency-replayed")), ("session-open", "true"));
    }

    async fn an_answer_is_replayed_only_to_a_caller_who_is_still_allowed(world: World) {
        let (id, athlete, trainer) = world.session().await;
        let plan = trainer.plan().await;
        let draft = trainer.draft(&id).await;
        let round = format!("/v1/rounds/{}", draft["id"].as_str().expect("an id"));
        let exercise = json!({ "name": "Superman", "category": "back", "fields": ["reps"] });
        let rounds = format!("/v1/sessions/{id}/rounds");
        let add = || trainer.post(&rounds).key("add").json(&plan).send();
        let delete = || trainer.call("DELETE", &round).key("delete").if_match(&draft["version"]).send();
        let create = || trainer.post("/v1/exercises").key("create").json(&exercise).send();
        let cancel = format!("/v1/sessions/{id}/cancel");
        let cancel = || athlete.post(&cancel).key("cancel").send();
        let start = || athlete.post("/v1/sessions").key("start").send();
        add().await.created();
        assert_eq!(delete().await.status, 204);
        create().await.created();
        assert_eq!(start().await.code(), "session-open");
        cancel().await.ok();

        let store = &world.app.store;
        store.set_roles(&trainer.id, "[\"athlete\"]").await;
        store.set_roles(&athlete.id, "[\"trainer\"]").await;
        for reply in [add().await, delete().await, create().await, cancel().await, start().await] {
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (403, "role-forbidden"), "{reply:?}");
        }

        store.set_roles(&trainer.id, "[\"trainer\"]").await;
        store.set_roles(&athlete.id, "[\"athlete\"]").await;
        for (reply, status) in [(add().await, 201), (delete().await, 204), (create().await, 201), (cancel().await, 200)] {
            assert_eq!((reply.status.as_u16(), reply.header("idempotency-replayed")), (status, "true"));
        }
        assert_eq!(start().await.code(), "session-open", "as it was answered then");
    }

    async fn an_invalid_request_may_be_corrected_under_its_key(world: World) {
        let (id, _, trainer) = world.session().await;
        let path = format!("/v1/sessions/{id}/rounds");
        let wrong = trainer.post(&path).key("k").json(&json!({ "exercises": [] })).send().await;
        assert_eq!(wrong.code(), "invalid");
        trainer.post(&path).key("k").json(&trainer.plan().await).send().await.created();
    }

    async fn a_key_belongs_to_one_request_of_one_person(world: World) {
        let (id, athlete, trainer) = world.session().await;
        let path = format!("/v1/sessions/{id}/rounds");
        let plan = trainer.plan().await;
        let round = trainer.post(&path).key("k").json(&plan).send().await.created();
        let mut other = plan.clone();
        other["is_final"] = json!(true);
        assert_eq!(trainer.post(&path).key("k").json(&other).send().await.code(), "idempotency-mismatch");
        let release = format!("/v1/rounds/{}/release", round["id"].as_str().expect("an id"));
        assert_eq!(trainer.post(&release).key("k").send().await.code(), "idempotency-mismatch");
        // Keys are per user: the athlete's don't collide with the trainer's.
        athlete.post(&format!("/v1/sessions/{id}/cancel")).key("k").send().await.ok();
    }

    async fn if_match_is_not_part_of_the_fingerprint(world: World) {
        let (id, _, trainer) = world.session().await;
        let round = trainer.draft(&id).await;
        let path = format!("/v1/rounds/{}", round["id"].as_str().expect("an id"));
        let plan = trainer.plan().await;
        let save = |version: u64| trainer.call("PUT", &path).key("k").if_match(&json!(version)).json(&plan).send();
        assert_eq!(save(9).await.code(), "version-mismatch", "which is not what became of the act");
        let done = save(1).await.ok();
        let again = save(2).await;
        assert_eq!((again.header("idempotency-replayed"), again.ok()), ("true", done), "and not done once more");
    }

    async fn a_refused_command_is_not_performed_later(world: World) {
        let (id, athlete, trainer) = world.session().await;
        let round = trainer.draft(&id).await;
        let path = |act: &str| format!("/v1/rounds/{}/{act}", round["id"].as_str().expect("an id"));
        trainer.post(&path("release")).send().await.ok();
        trainer.post(&path("recall")).send().await.ok();
        let start = || athlete.post(&path("start")).key("k").send();
        assert_eq!(start().await.code(), "not-found");
        trainer.post(&path("release")).send().await.ok();
        assert_eq!(start().await.code(), "not-found", "a copy of it that the network kept");
        athlete.post(&path("start")).send().await.ok();
    }

    async fn feedback_refused_for_its_round_stays_refused_after_an_edit(world: World) {
        let (id, athlete, trainer) = world.session().await;
        let one = trainer.plan().await;
        let mut two = one.clone();
        let added = json!({ "exercise_id": trainer.exercises(2).await[1], "planned": {} });
        two["exercises"].as_array_mut().expect("a plan").push(added);
        let round = trainer.post(&format!("/v1/sessions/{id}/rounds")).json(&two).send().await.created();
        let path = |act: &str| format!("/v1/rounds/{}{act}", round["id"].as_str().expect("an id"));
        let released = trainer.post(&path("/release")).send().await.ok();
        let mut reports = Client::reports(&round);
        reports["exercises"].as_array_mut().expect("reports").truncate(1);
        let complete = |key: &'static str| athlete.post(&path("/complete")).key(key).json(&reports).send();
        let refused = complete("k").await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (422, "invalid"));

        trainer.call("PUT", &path("")).if_match(&released["version"]).json(&one).send().await.ok();
        let again = complete("k").await;
        assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (422, "true"));
        assert_eq!(again.body()["fields"], refused.body()["fields"], "and says what did not fit");
        complete("k2").await.ok();
    }

    async fn malformed_keys_are_refused(world: World) {
        let athlete = world.sign_in("mara").await;
        for key in ["", " ", "a b", &"x".repeat(101)] {
            let reply = athlete.post("/v1/sessions").key(key).send().await;
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (400, "invalid-parameter"), "{key:?}");
        }
    }

    async fn ids_are_derived_from_the_idempotency_key(world: World) {
        let (id, _, trainer) = world.session().await;
        let (plan, path) = (trainer.plan().await, format!("/v1/sessions/{id}/rounds"));
        let key = uuid::Uuid::now_v7();
        let round = trainer.post(&path).key(&key.to_string()).json(&plan).send().await.created();
        let mut ids = training::ActIds::of(key).expect("a version 7");
        assert_eq!(round["exercises"][0]["id"], json!(ids.make()));
        assert_eq!(round["id"], json!(ids.make()));
        // Somebody else who chooses the same key creates something of their own.
        let other = world.sign_in("rui").await;
        let theirs = other.post("/v1/sessions").send().await.created()["id"].as_str().expect("an id").to_owned();
        let ines = world.sign_in("ines").await;
        ines.post(&format!("/v1/sessions/{theirs}/join")).send().await.ok();
        let path = format!("/v1/sessions/{theirs}/rounds");
        let another = ines.post(&path).key(&key.to_string()).json(&plan).send().await.created();
        assert_ne!(another["id"], round["id"]);
        assert_eq!(trainer.get(&format!("/v1/sessions/{id}")).send().await.ok()["rounds"][0], round);
    }
}
