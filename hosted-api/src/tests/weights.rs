//! Weights: who may read and write them, what is refused, who receives the events, and what a snapshot has.

use serde_json::{Value, json};
use training::weights::WeightLimits;
use training::{Timestamp, UserId, Weight, WeightId};
use uuid::Uuid;

use crate::clock;
use crate::testing::{Client, Reply, World, on_both_databases};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

fn list(athlete: &Client) -> String {
    format!("/v1/athletes/{}/weights", athlete.id)
}

fn path(weight: &Value) -> String {
    format!("/v1/weights/{}", weight["id"].as_str().expect("an id"))
}

async fn enter(athlete: &Client, weight_kg: f64) -> Value {
    athlete.post(&list(athlete)).json(&json!({ "weight_kg": weight_kg })).send().await.created()
}

fn edit(client: &Client, weight: &Value, version: u64, body: &Value) -> impl Future<Output = Reply> + use<> {
    client.call("PUT", &path(weight)).if_match(&json!(version)).json(body).send()
}

fn delete(client: &Client, weight: &Value, version: u64) -> impl Future<Output = Reply> + use<> {
    client.call("DELETE", &path(weight)).if_match(&json!(version)).send()
}

fn kilograms(list: &Value) -> Vec<f64> {
    list.as_array().expect("a list").iter().map(|weight| weight["weight_kg"].as_f64().expect("a number")).collect()
}

/// So long ago.
fn ago(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(clock::now().as_millisecond() - ms).expect("an instant")
}

/// Adds weights of an athlete as an import does, the newest first, one each millisecond.
async fn import(world: &World, athlete: &Client, count: usize, note: Option<&str>) {
    let newest = clock::now().as_millisecond();
    let weights: Vec<Weight> = (0..count)
        .map(|number| Weight {
            id: WeightId(Uuid::now_v7()),
            athlete_id: UserId(athlete.id.parse().expect("an id")),
            weight_kg: 70.0,
            at: Timestamp::from_millisecond(newest - i64::try_from(number).expect("few")).expect("an instant"),
            note: note.map(str::to_owned),
            version: 1,
        })
        .collect();
    let mut tx = world.app.store.write().await.expect("it can be written");
    tx.add_weights(&weights, None).await.expect("they are added");
    tx.commit().await.expect("it is committed");
}

on_both_databases! {
    async fn b19_a_weight_is_entered_corrected_and_deleted_and_both_receive_it(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        let mut streams = [
            athlete.stream(Some(&athlete.cursor().await)).await,
            trainer.stream(Some(&trainer.cursor().await)).await,
        ];
        for stream in &mut streams {
            stream.expect("hello").await;
        }
        let at = ago(DAY_MS).to_string();
        let body = json!({ "weight_kg": 71.503, "at": at, "note": " after breakfast " });
        let made = athlete.post(&list(&athlete)).json(&body).send().await;
        assert_eq!(made.header("etag"), "\"1\"");
        let made = made.created();
        let id = made["id"].clone();
        let expected = json!({ "id": id, "athlete_id": athlete.id, "weight_kg": 71.503, "at": at,
            "note": "after breakfast", "version": 1 });
        assert_eq!(made, expected);

        let corrected = edit(&athlete, &made, 1, &json!({ "weight_kg": 71.2 })).await.ok();
        let expected = json!({ "id": id, "athlete_id": athlete.id, "weight_kg": 71.2, "at": at, "note": null, "version": 2 });
        assert_eq!(corrected, expected, "without a time, it stays when it was");
        assert_eq!(edit(&athlete, &made, 2, &json!({ "weight_kg": 71.2 })).await.ok(), corrected, "the same is no change");
        assert_eq!(edit(&athlete, &made, 1, &json!({ "weight_kg": 70 })).await.code(), "version-mismatch");

        assert_eq!(delete(&athlete, &made, 1).await.code(), "version-mismatch");
        assert_eq!(delete(&athlete, &made, 2).await.status, 204);
        assert_eq!(delete(&athlete, &made, 2).await.code(), "not-found");
        for stream in &mut streams {
            assert_eq!(stream.expect("weight-saved").await.data["weight"], made);
            assert_eq!(stream.expect("weight-saved").await.data["weight"], corrected);
            assert_eq!(stream.expect("weight-removed").await.data["weight"], json!({ "id": id }));
        }
        for reader in [&athlete, &trainer] {
            assert_eq!(reader.get(&list(&athlete)).send().await.ok(), json!({ "weights": [], "next": null }));
        }
    }

    async fn a_deleted_weight_is_recreated_as_it_was(world: World) {
        let athlete = world.sign_in("mara").await;
        let body = json!({ "weight_kg": 71.5, "at": ago(DAY_MS).to_string(), "note": "ill" });
        let made = athlete.post(&list(&athlete)).json(&body).send().await.created();
        assert_eq!(edit(&athlete, &made, 0, &body).await.code(), "version-mismatch", "it is there");
        delete(&athlete, &made, 1).await;
        assert_eq!(edit(&athlete, &made, 1, &body).await.code(), "not-found");
        let without = athlete.call("PUT", &path(&made)).json(&body).send().await;
        assert_eq!(without.code(), "not-found", "goes before the version");
        let again = edit(&athlete, &made, 0, &body).await.created();
        let mut expected = made.clone();
        expected["version"] = json!(2);
        assert_eq!(again, expected);
        assert_eq!(athlete.get(&list(&athlete)).send().await.ok()["weights"], json!([again]));
        let unknown = json!({ "id": Uuid::now_v7() });
        assert_eq!(edit(&athlete, &unknown, 0, &body).await.code(), "not-found", "there never was one");
    }

    async fn what_is_no_weight_is_refused_with_its_fields(world: World) {
        let athlete = world.sign_in("mara").await;
        let far = "x".repeat(501);
        for (body, pointer, code) in [
            (json!({ "weight_kg": 19.999 }), "/weight_kg", "out-of-range"),
            (json!({ "weight_kg": 300.001 }), "/weight_kg", "out-of-range"),
            (json!({ "weight_kg": "70" }), "/weight_kg", "invalid"),
            (json!({ "weight_kg": null }), "/weight_kg", "invalid"),
            (json!({}), "/weight_kg", "required"),
            (json!({ "weight_kg": 70, "at": "2026-02-30T10:00:00Z" }), "/at", "invalid"),
            (json!({ "weight_kg": 70, "at": ago(-DAY_MS).to_string() }), "/at", "in-future"),
            (json!({ "weight_kg": 70, "at": "0202-01-01T00:00:00Z" }), "/at", "out-of-range"),
            (json!({ "weight_kg": 70, "note": far }), "/note", "too-long"),
            (json!({ "weight_kg": 70, "unit": "kg" }), "/unit", "unknown-field"),
        ] {
            let refused = athlete.post(&list(&athlete)).json(&body).send().await;
            assert_eq!(refused.findings(), [(pointer.to_owned(), code.to_owned())], "{body}");
        }
        let made = enter(&athlete, 70.0).await;
        let without = athlete.call("PUT", &path(&made)).json(&json!({ "weight_kg": 71 })).send().await;
        assert_eq!((without.status.as_u16(), without.code().as_str()), (428, "version-missing"));
        assert_eq!(kilograms(&athlete.get(&list(&athlete)).send().await.ok()["weights"]), [70.0]);
    }

    async fn only_the_athlete_writes_and_only_their_trainer_reads_along(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        let made = enter(&athlete, 71.5).await;
        let body = json!({ "weight_kg": 60 });
        // A trainer who is an athlete as well is not refused by role.
        for (roles, known) in [("[\"trainer\"]", "role-forbidden"), ("[\"athlete\",\"trainer\"]", "not-owner")] {
            world.app.store.set_roles(&trainer.id, roles).await;
            for refused in [
                trainer.post(&list(&athlete)).json(&body).send().await,
                edit(&trainer, &made, 1, &body).await,
                edit(&trainer, &made, 7, &body).await,
                delete(&trainer, &made, 1).await,
            ] {
                assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, known));
            }
            assert_eq!(trainer.get(&list(&athlete)).send().await.ok()["weights"], json!([made]));
        }
        let tobias = world.sign_in("tobias").await;
        for refused in [
            tobias.get(&list(&athlete)).send().await,
            tobias.post(&list(&athlete)).json(&body).send().await,
            edit(&tobias, &made, 1, &body).await,
            delete(&tobias, &made, 1).await,
            world.sign_in("ines").await.get(&list(&athlete)).send().await,
            world.sign_in("admin").await.get(&list(&athlete)).send().await,
        ] {
            assert_eq!(refused.code(), "not-found");
        }
        assert_eq!(athlete.get(&list(&athlete)).send().await.ok()["weights"], json!([made]));
    }

    async fn weights_go_to_the_new_trainer_and_leave_the_old_one(world: World) {
        let (_, athlete, trainer) = world.session().await;
        let ines = world.sign_in("ines").await;
        let made = enter(&athlete, 71.5).await;
        assert_eq!(trainer.get("/v1/snapshot").send().await.ok()["weights"], json!([made]));
        world.assign(&athlete, &ines).await;
        assert_eq!(trainer.get("/v1/snapshot").send().await.ok()["weights"], json!([]));
        assert_eq!(ines.get("/v1/snapshot").send().await.ok()["weights"], json!([made]));
        assert_eq!(trainer.get(&list(&athlete)).send().await.code(), "not-found", "though they have led a session");
        let cursor = trainer.cursor().await;
        let mut stream = ines.stream(Some(&ines.cursor().await)).await;
        stream.expect("hello").await;
        let second = enter(&athlete, 71.4).await;
        assert_eq!(stream.expect("weight-saved").await.data["weight"], second);
        assert_eq!(trainer.cursor().await, cursor);
        // Nobody trains who is deactivated.
        world.app.store.set_active(&ines.id, false).await;
        let third = enter(&athlete, 71.3).await;
        assert_eq!(athlete.get("/v1/snapshot").send().await.ok()["weights"], json!([third, second, made]));
    }

    async fn a_weight_under_its_key_is_entered_once(world: World) {
        let athlete = world.sign_in("mara").await;
        let key = Uuid::now_v7().to_string();
        let made = || athlete.post(&list(&athlete)).key(&key).json(&json!({ "weight_kg": 71.5 })).send();
        let (first, again) = tokio::join!(made(), made());
        assert_eq!((first.created(), first.created()["id"].clone()), (again.created(), json!(key)));
        let third = made().await;
        assert_eq!(third.header("idempotency-replayed"), "true");
        assert_eq!(athlete.get(&list(&athlete)).send().await.ok()["weights"], json!([third.created()]));
    }

    async fn two_devices_that_correct_one_weight_do_not_overwrite_each_other(world: World) {
        let (athlete, other) = (world.sign_in("mara").await, world.sign_in("mara").await);
        let made = enter(&athlete, 71.5).await;
        let (light, heavy) = (json!({ "weight_kg": 70 }), json!({ "weight_kg": 72 }));
        let replies = tokio::join!(edit(&athlete, &made, 1, &light), edit(&other, &made, 1, &heavy));
        let mut statuses = [replies.0.status.as_u16(), replies.1.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }

    async fn weights_come_in_pages_newest_first(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        for (days, kg) in [(5, 75.0), (1, 71.0), (4, 74.0), (2, 72.0), (3, 73.0)] {
            let body = json!({ "weight_kg": kg, "at": ago(days * DAY_MS).to_string() });
            athlete.post(&list(&athlete)).json(&body).send().await.created();
        }
        let first = trainer.get(&format!("{}?limit=2", list(&athlete))).send().await.ok();
        assert_eq!(kilograms(&first["weights"]), [71.0, 72.0]);
        // One that a page ended with may be deleted meanwhile.
        delete(&athlete, &first["weights"][1], 1).await;
        let next = first["next"].as_str().expect("there are more").to_owned();
        let second = trainer.get(&format!("{}?limit=2&after={next}", list(&athlete))).send().await.ok();
        assert_eq!(kilograms(&second["weights"]), [73.0, 74.0]);
        let next = second["next"].as_str().expect("there is one more");
        let last = trainer.get(&format!("{}?limit=2&after={next}", list(&athlete))).send().await.ok();
        assert_eq!((kilograms(&last["weights"]), &last["next"]), (vec![75.0], &Value::Null));
        for query in ["?limit=0", "?limit=101", "?after=x", "?from=2026-01-01"] {
            let refused = athlete.get(&format!("{}{query}", list(&athlete))).send().await;
            assert_eq!(refused.code(), "invalid-parameter", "{query}");
        }
    }

    async fn a_snapshot_has_the_weights_of_ninety_days(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        for days in [91, 89] {
            let body = json!({ "weight_kg": 70 + days, "at": ago(days * DAY_MS).to_string() });
            athlete.post(&list(&athlete)).json(&body).send().await.created();
        }
        enter(&world.sign_in("tobias").await, 90.0).await;
        let of = async |client: &Client| kilograms(&client.get("/v1/snapshot").send().await.ok()["weights"]);
        assert_eq!(of(&athlete).await, [159.0]);
        assert_eq!(of(&trainer).await, [90.0, 159.0]);
        assert_eq!(of(&world.sign_in("ines").await).await, [0.0; 0]);
        assert_eq!(of(&world.sign_in("admin").await).await, [0.0; 0]);
    }

    async fn a_snapshot_has_so_many_weights_of_each_athlete_and_so_many_bytes_of_all(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        let long = "👩🏽‍🔬".repeat(WeightLimits::MAX_NOTE_CHARS);
        import(&world, &world.sign_in("tobias").await, WeightLimits::LAST_WEIGHTS, Some(&long)).await;
        // Newer, so the oldest of the other athlete's are left out.
        import(&world, &athlete, 1_100, None).await;
        let of = async |client: &Client| client.get("/v1/snapshot").send().await.ok()["weights"].clone();
        assert_eq!(of(&athlete).await.as_array().map(Vec::len), Some(WeightLimits::LAST_WEIGHTS));
        let seen = of(&trainer).await;
        assert!(seen.to_string().len() <= WeightLimits::MAX_SNAPSHOT_BYTES);
        let count = seen.as_array().map(Vec::len).expect("a list");
        assert!(count > WeightLimits::LAST_WEIGHTS && count < 2 * WeightLimits::LAST_WEIGHTS, "{count}");
        let page = athlete.get(&format!("{}?limit=100", list(&athlete))).send().await.ok();
        assert_eq!(page["weights"].as_array().map(Vec::len), Some(100), "the list has them all");
    }

    async fn an_athlete_has_so_many_weights_and_no_more(world: World) {
        let athlete = world.sign_in("mara").await;
        let made = enter(&athlete, 71.5).await;
        import(&world, &athlete, WeightLimits::MAX_WEIGHTS - 2, None).await;
        enter(&athlete, 71.4).await;
        let refused = athlete.post(&list(&athlete)).json(&json!({ "weight_kg": 71.3 })).send().await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "weights-full"));
        delete(&athlete, &made, 1).await;
        enter(&athlete, 71.3).await;
        let full = edit(&athlete, &made, 0, &json!({ "weight_kg": 71.5 })).await;
        assert_eq!(full.code(), "weights-full", "no room for it any more");
    }
}
