//! Erasing a person who brought files along: what these said is gone too, and names that only they had.

use serde_json::{Value, json};
use training::Exercise;
use training::imports::Import;

use super::erasing::{NAME, erase, rename, traces};
use crate::testing::{Client, on_both_databases};

/// What stands in the files, and in a weight that was entered.
const SET_NOTE: &str = "grip slipped on the towel";
const REPLACED_NOTE: &str = "shoes left at home";
const UNREAD_NOTE: &str = "never committed";
const WEIGHT_NOTE: &str = "after the wedding";
/// An exercise of their own, in letters that are folded to themselves.
const OWN: &str = "rope of uncle bert";
const SHARED: &str = "sled of the studio";
const USED: &str = "tyre in the yard";
const HEADER: &str =
    "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n";

fn row(day: u32, exercise: &str, set: u32, note: &str) -> String {
    format!("2026-02-{day:02} 10:00:00,Legs,1h,{exercise},{set},100,5,0,0,{note},,\n")
}

async fn dry_run(who: &Client, rows: &str) -> Import {
    let call = who.post(&format!("/v1/athletes/{}/imports", who.id)).body(format!("{HEADER}{rows}"));
    let reply = call.send().await;
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.read()
}

async fn imported(who: &Client, rows: &str) -> Import {
    let import = dry_run(who, rows).await;
    let path = format!("/v1/imports/{}/commit", import.id);
    who.post(&path).json(&json!({ "mapping": [] })).send().await.ok();
    import
}

async fn library(who: &Client) -> Vec<Value> {
    who.get("/v1/exercises?archived=true").send().await.ok()["exercises"].as_array().expect("a list").clone()
}

fn named<'a>(library: &'a [Value], name: &str) -> Option<&'a Value> {
    library.iter().find(|exercise| exercise["name"] == name)
}

async fn erase_them(admin: &Client, person: &Client) {
    rename(person).await;
    assert_eq!(erase(admin, &person.id, NAME).await.status, 204);
}

on_both_databases! {
    async fn b37_nothing_of_an_athlete_s_weights_and_files_is_left_anywhere(world: World) {
        let (athlete, admin) = tokio::join!(world.sign_in("mara"), world.sign_in("admin"));
        let weight = json!({ "weight_kg": 83.1, "at": "2026-02-01T07:00:00Z", "note": WEIGHT_NOTE });
        athlete.post(&format!("/v1/athletes/{}/weights", athlete.id)).json(&weight).send().await.created();
        imported(&athlete, &row(10, OWN, 1, REPLACED_NOTE)).await;
        let more = row(10, OWN, 1, "") + &row(10, OWN, 2, SET_NOTE);
        let second = dry_run(&athlete, &more).await;
        assert!(second.changed[0].replaced, "{second:?}");
        athlete.post(&format!("/v1/imports/{}/commit", second.id)).json(&json!({ "mapping": [] })).send().await.ok();
        dry_run(&athlete, &row(11, OWN, 1, UNREAD_NOTE)).await;
        let texts = [WEIGHT_NOTE, REPLACED_NOTE, SET_NOTE, UNREAD_NOTE, OWN];
        assert_eq!(traces(&world, &texts).await.len(), texts.len(), "it is all there before");
        erase_them(&admin, &athlete).await;
        assert_eq!(traces(&world, &texts).await, []);
    }

    async fn names_from_files_stay_where_somebody_else_has_them_too(world: World) {
        let (athlete, other) = tokio::join!(world.sign_in("mara"), world.sign_in("tobias"));
        let (trainer, admin) = tokio::join!(world.sign_in("jonas"), world.sign_in("admin"));
        let rows = row(10, OWN, 1, "") + &row(10, SHARED, 1, "") + &row(10, USED, 1, "");
        imported(&athlete, &rows).await;
        imported(&other, &row(12, SHARED, 1, "")).await;
        let before = library(&trainer).await;
        let used = named(&before, USED).expect("it is there")["id"].clone();
        let draft = json!({ "name": "Yard", "shared": true,
                            "rounds": [{ "exercises": [{ "exercise_id": used, "planned": { "reps": 5 } }] }] });
        trainer.post("/v1/templates").json(&draft).send().await.created();
        let cursor = trainer.cursor().await;

        erase_them(&admin, &athlete).await;
        let after = library(&trainer).await;
        assert_eq!([OWN, SHARED, USED].map(|name| named(&after, name).is_some()), [false, true, true]);
        let poll = trainer.get(&format!("/v1/feed?after={cursor}")).send().await;
        assert_eq!(poll.status, 410, "their library is another one");
        let again = dry_run(&other, &(row(12, SHARED, 1, "") + &row(13, OWN, 1, ""))).await;
        let known: Vec<bool> = again.exercises.iter().map(|exercise| exercise.exercise_id.is_some()).collect();
        assert_eq!((again.already_here, known), (1, vec![true, false]));
        let log = admin.get("/v1/audit").send().await;
        assert!(log.text.contains(Exercise::FORMER) && log.text.contains(USED) && !log.text.contains(OWN));
    }

    async fn a_choice_for_a_name_is_forgotten_with_the_last_who_had_it(world: World) {
        let (athlete, other) = tokio::join!(world.sign_in("mara"), world.sign_in("tobias"));
        let (trainer, admin) = tokio::join!(world.sign_in("jonas"), world.sign_in("admin"));
        let chosen = trainer.exercises(1).await.remove(0);
        for who in [&athlete, &other] {
            let import = dry_run(who, &row(10, OWN, 1, "")).await;
            let mapping = json!({ "mapping": [{ "name": OWN, "exercise_id": chosen }] });
            who.post(&format!("/v1/imports/{}/commit", import.id)).json(&mapping).send().await.ok();
        }
        erase_them(&admin, &athlete).await;
        assert_eq!(traces(&world, &[OWN]).await.len(), 1, "somebody else has it in their file");
        erase_them(&admin, &other).await;
        assert_eq!(traces(&world, &[OWN]).await, []);
    }
}
