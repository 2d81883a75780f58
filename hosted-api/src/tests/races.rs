//! Two conflicting acts at the same moment: one is carried out, the other is refused with a reason.

use futures_util::future::join_all;
use serde_json::{Value, json};
use training::wire::FeedPage;

use crate::maintenance::cutoffs;
use crate::retention::Retention;
use crate::testing::{Client, Reply, on_both_databases};

/// How often each race is run.
const RACES: usize = 8;

fn path(round: &Value, act: &str) -> String {
    format!("/v1/rounds/{}/{act}", round["id"].as_str().expect("an id"))
}

/// Asserts that exactly one of the two succeeded, and that the other was refused because of the state.
fn assert_one_succeeded(one: &Reply, two: &Reply) {
    let statuses = [one.status.as_u16(), two.status.as_u16()];
    assert!(statuses == [200, 409] || statuses == [409, 200], "{one:?}\n{two:?}");
}

on_both_databases! {
    async fn completing_and_cancelling_exclude_each_other(world: World) {
        for _ in 0..RACES {
            let (id, athlete, trainer) = world.session().await;
            let mut plan = trainer.plan().await;
            plan["is_final"] = json!(true);
            plan["release"] = json!(true);
            let round = trainer.post(&format!("/v1/sessions/{id}/rounds")).json(&plan).send().await.created();
            let (complete, cancel) = (path(&round, "complete"), format!("/v1/sessions/{id}/cancel"));
            let reports = Client::reports(&round);
            let (completed, cancelled) =
                tokio::join!(athlete.post(&complete).json(&reports).send(), trainer.post(&cancel).send());
            assert_one_succeeded(&completed, &cancelled);
            let session = athlete.get(&format!("/v1/sessions/{id}")).send().await.ok();
            let expected = if completed.status == 200 { "completed" } else { "cancelled" };
            assert_eq!(session["status"], expected);
        }
    }

    async fn recalling_and_starting_exclude_each_other(world: World) {
        let (id, athlete, trainer) = world.session().await;
        for turn in 0..RACES {
            let round = trainer.released(&id).await;
            let item = round["exercises"][0]["id"].as_str().expect("an id").to_owned();
            // Ticking an exercise off starts the round as well.
            let beginning = async {
                if turn % 2 == 0 {
                    athlete.post(&path(&round, "start")).send().await
                } else {
                    let tick = json!({ "actual": { "reps": 5 } });
                    athlete.call("PUT", &path(&round, &format!("exercises/{item}/log"))).json(&tick).send().await
                }
            };
            let (begun, recalled) = tokio::join!(beginning, trainer.post(&path(&round, "recall")).send());
            if recalled.status == 200 {
                // For the athlete a draft does not exist.
                assert_eq!(begun.code(), "not-found");
                let round = recalled.ok();
                let gone = trainer.call("DELETE", path(&round, "").trim_end_matches('/')).if_match(&round["version"]);
                assert_eq!(gone.send().await.status, 204);
            } else {
                assert_eq!((begun.status.as_u16(), recalled.code().as_str()), (200, "round-begun"));
                athlete.post(&path(&round, "complete")).json(&Client::reports(&round)).send().await.ok();
            }
        }
    }

    async fn a_concurrent_edit_and_log_lose_nothing(world: World) {
        let (id, athlete, trainer) = world.session().await;
        for _ in 0..RACES {
            let round = trainer.released(&id).await;
            let item = &round["exercises"][0];
            let log = path(&round, &format!("exercises/{}/log", item["id"].as_str().expect("an id")));
            let tick = json!({ "actual": { "reps": 5 } });
            let plan = json!({ "exercises": [{ "exercise_id": item["exercise_id"], "planned": { "reps": 12 } }] });
            let whole = path(&round, "");
            let edit = trainer.call("PUT", whole.trim_end_matches('/')).if_match(&round["version"]).json(&plan);
            let (ticked, edited) = tokio::join!(athlete.call("PUT", &log).json(&tick).send(), edit.send());
            ticked.ok();
            // The edit came first, or is refused because it is based on an older version.
            assert!(matches!(edited.status.as_u16(), 200 | 412), "{edited:?}");
            let session = athlete.get(&format!("/v1/sessions/{id}")).send().await.ok();
            let now = session["rounds"].as_array().expect("a list").last().expect("the round").clone();
            assert_eq!(now["exercises"][0]["actual"]["reps"], 5);
            let planned = if edited.status == 200 { json!(12) } else { item["planned"]["reps"].clone() };
            assert_eq!(now["exercises"][0]["planned"]["reps"], planned);
            athlete.post(&path(&round, "complete")).json(&Client::reports(&now)).send().await.ok();
        }
    }

    async fn two_concurrent_commands_under_one_key_are_one_success_and_one_mismatch(world: World) {
        let (id, _, trainer) = world.session().await;
        let plan = trainer.plan().await;
        let mut other = plan.clone();
        other["rest_after_s"] = json!(90);
        for turn in 0..RACES {
            let (path, key) = (format!("/v1/sessions/{id}/rounds"), format!("key-{turn}"));
            let send = |body: &Value| trainer.post(&path).key(&key).json(body).send();
            let (one, two) = tokio::join!(send(&plan), send(&other));
            let mut statuses = [one.status.as_u16(), two.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 422]);
            let refused = if one.status == 422 { one } else { two };
            assert_eq!(refused.code(), "idempotency-mismatch");
        }
        let session = trainer.get(&format!("/v1/sessions/{id}")).send().await.ok();
        assert_eq!(session["rounds"].as_array().map(Vec::len), Some(RACES));
    }

    async fn events_appended_during_compaction_are_not_lost(world: World) {
        let athlete = world.sign_in("mara").await;
        let start = athlete.cursor().await;
        let epoch = start.rsplit_once('.').expect("a cursor").0.to_owned();
        let telling = async {
            for _ in 0..20 {
                let id = athlete.post("/v1/sessions").send().await.created()["id"].as_str().expect("an id").to_owned();
                athlete.post(&format!("/v1/sessions/{id}/cancel")).send().await.ok();
            }
        };
        let compacting = join_all((0..20).map(|_| async {
            let retention = Retention { feeds: std::time::Duration::ZERO, ..Retention::default() };
            world.app.store.compact(cutoffs(crate::clock::now(), retention)).await.expect("it compacts")
        }));
        let ((), _) = tokio::join!(telling, compacting);
        // What is left has no gap from the floor to the head, and a cursor below the floor is reported as expired.
        let mut oldest = None;
        for seq in 0..=40_u64 {
            let reply = athlete.get(&format!("/v1/feed?after={epoch}.{seq}")).send().await;
            if reply.status == 200 {
                let page: FeedPage = reply.read();
                let seen: Vec<u64> = page.events.iter().map(|envelope| envelope.seq).collect();
                assert_eq!(seen, (seq + 1..=40).collect::<Vec<_>>());
                oldest.get_or_insert(seq);
            } else {
                assert_eq!(reply.code(), "cursor-expired");
                assert_eq!(oldest, None, "what is younger than something kept is kept");
            }
        }
        assert!(oldest.is_some(), "the end can always be continued");
    }
}
