//! An export that is imported: into another studio it gives the same history, into its own nothing new.

use std::io::{Cursor, Read};

use serde_json::{Value, json};
use training::Session;
use training::export::{Export, read};
use training::imports::{Import, ImportFormat};
use zip::ZipArchive;

use crate::testing::{Client, World, on_both_databases};

/// Two exercises as Strong writes them, one of which no library has.
const STRONG: &str = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n\
                      2026-02-10 16:46:13,Legs,1h,Squat (Barbell),1,100,5,0,0,,,\n\
                      2026-02-10 16:46:13,Legs,1h,Squat (Barbell),2,102.5,5,0,0,deep,,8.5\n\
                      2026-02-10 16:46:13,Legs,1h,Zercher carry,1,60,0,40,0,with a belt,,\n";

async fn zip_of(person: &Client) -> Vec<u8> {
    let response = person.get(&format!("/v1/users/{}/export", person.id)).raw().await;
    assert_eq!(response.status(), 200);
    response.bytes().await.expect("all of it").to_vec()
}

fn export_in(zip: &[u8]) -> Export {
    let mut archive = ZipArchive::new(Cursor::new(zip)).expect("a whole ZIP");
    let mut text = String::new();
    archive.by_name("ringside.json").expect("it is in it").read_to_string(&mut text).expect("text");
    read(&text).expect("an export")
}

async fn dry_run(athlete: &Client, file: Vec<u8>) -> Import {
    let reply = athlete.post(&format!("/v1/athletes/{}/imports", athlete.id)).bytes(file).send().await;
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.read()
}

async fn commit(athlete: &Client, import: &Import) -> Import {
    let path = format!("/v1/imports/{}/commit", import.id);
    let reply = athlete.post(&path).json(&json!({ "mapping": [] })).send().await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.read()
}

/// What a history says, apart from who was there, and what things are called by programs.
fn history(export: &Export) -> Value {
    let round = |session: &Session| -> Vec<Value> {
        let rounds = session.rounds.iter().map(|round| {
            let items = round.exercises.iter().map(|item| {
                json!([item.name, item.kind, item.planned, item.trainer_notes, item.actual, item.feedback])
            });
            json!([round.rest_after_s, round.started_at, round.completed_at, items.collect::<Vec<_>>()])
        });
        rounds.collect()
    };
    let sessions = export.sessions.iter().map(|session| json!([session.started_at, session.ended_at, round(session)]));
    let weights = export.weights.iter().map(|weight| json!([weight.at, weight.weight_kg, weight.note]));
    json!([sessions.collect::<Vec<_>>(), weights.collect::<Vec<_>>()])
}

/// An athlete with a session that was led, one of another tracker, and a weight.
async fn with_a_history(world: &World) -> Client {
    let (session, athlete, trainer) = world.session().await;
    let mut plan = trainer.plan().await;
    plan["release"] = json!(true);
    plan["rest_after_s"] = json!(90);
    plan["exercises"][0]["kind"] = json!("warm_up");
    plan["exercises"][0]["trainer_notes"] = json!("slowly");
    let round = trainer.post(&format!("/v1/sessions/{session}/rounds")).json(&plan).send().await.created();
    let path = format!("/v1/rounds/{}", round["id"].as_str().expect("an id"));
    athlete.post(&format!("{path}/start")).send().await.ok();
    let mut reports = Client::reports(&round);
    reports["exercises"][0]["pain"] = json!(true);
    reports["exercises"][0]["pain_regions"] = json!(["left_knee"]);
    reports["exercises"][0]["note"] = json!("it clicks");
    reports["exercises"][0]["actual"] = json!({ "reps": 7, "weight_kg": 20.412 });
    athlete.post(&format!("{path}/complete")).json(&reports).send().await.ok();
    athlete.post(&format!("/v1/sessions/{session}/cancel")).send().await.ok();
    commit(&athlete, &dry_run(&athlete, STRONG.as_bytes().to_vec()).await).await;
    let weights = athlete.post(&format!("/v1/athletes/{}/weights", athlete.id));
    weights.json(&json!({ "weight_kg": 81.647, "note": "after breakfast" })).send().await.created();
    athlete
}

on_both_databases! {
    async fn b70_an_export_gives_the_same_history_in_another_studio(world: World) {
        let (athlete, there) = (with_a_history(&world).await, world.sign_in_elsewhere("mara").await);
        let zip = zip_of(&athlete).await;
        let export = export_in(&zip);
        let shown = dry_run(&there, zip.clone()).await;
        assert_eq!((shown.format, shown.sessions, shown.already_here), (ImportFormat::Ringside, 2, 0));
        assert_eq!((shown.rows, shown.weights, shown.skipped.len()), (shown.sets + 1, 1, 0));
        assert_eq!((shown.changed, shown.unused_columns), (vec![], vec![]));
        commit(&there, &dry_run(&there, zip.clone()).await).await;

        let exported = export_in(&zip_of(&there).await);
        assert_eq!(history(&exported), history(&export));
        assert!(exported.sessions.iter().all(|session| session.imported && session.trainer.is_none()));
        let again = dry_run(&there, zip).await;
        assert_eq!((again.sessions, again.already_here, again.changed), (2, 2, vec![]));
    }

    async fn b70_what_was_exported_here_is_here_and_stays_as_it_is(world: World) {
        let athlete = with_a_history(&world).await;
        let zip = zip_of(&athlete).await;
        let shown = dry_run(&athlete, zip).await;
        assert_eq!((shown.sessions, shown.already_here, &shown.changed), (2, 2, &vec![]));
        assert_eq!((shown.weights, shown.weights_here), (1, 1));
        commit(&athlete, &shown).await;
        let (before, after) = (shown.sessions, export_in(&zip_of(&athlete).await));
        assert_eq!((before, after.sessions.len(), after.weights.len()), (2, 2, 1));
        assert!(after.sessions.iter().any(|session| session.trainer.is_some()), "who led it is still there");
    }

    async fn b70_what_comes_back_from_another_studio_is_here(world: World) {
        let (athlete, there) = (with_a_history(&world).await, world.sign_in_elsewhere("mara").await);
        commit(&there, &dry_run(&there, zip_of(&athlete).await).await).await;
        let back = dry_run(&athlete, zip_of(&there).await).await;
        assert_eq!((back.sessions, back.already_here, &back.changed), (2, 2, &vec![]));
        assert_eq!((back.weights, back.weights_here), (1, 1));
        commit(&athlete, &back).await;
        let export = export_in(&zip_of(&athlete).await);
        assert_eq!((export.sessions.len(), export.weights.len()), (2, 1));
    }

    async fn b70_a_set_is_of_the_exercise_that_it_is_called_now(world: World) {
        let (athlete, trainer) = (with_a_history(&world).await, world.sign_in("jonas").await);
        let there = world.sign_in_elsewhere("mara").await;
        let export = export_in(&zip_of(&athlete).await);
        let done = export.sessions.iter().find(|session| session.trainer.is_some()).expect("one was led");
        let item = &done.rounds[0].exercises[0];
        let library = trainer.get("/v1/exercises").send().await.ok()["exercises"].clone();
        let known = library.as_array().expect("a list").iter().find(|it| it["id"] == item.exercise_id.to_string());
        let mut draft = known.expect("it is in the library").clone();
        let version = draft["version"].clone();
        draft.as_object_mut().expect("an object").retain(|key, _| {
            ["name", "category", "fields", "aliases", "muscles", "cue"].contains(&key.as_str())
        });
        draft["name"] = json!("Renamed since");
        let editing = trainer.call("PUT", &format!("/v1/exercises/{}", item.exercise_id)).if_match(&version);
        editing.json(&draft).send().await.ok();
        let shown = dry_run(&there, zip_of(&athlete).await).await;
        let names: Vec<&str> = shown.exercises.iter().map(|exercise| exercise.name.as_str()).collect();
        assert!(names.contains(&"Renamed since") && !names.contains(&item.name.as_str()), "{names:?}");
    }

    async fn b70_half_an_export_and_one_of_a_newer_version_are_refused_with_words(world: World) {
        let athlete = with_a_history(&world).await;
        let text = serde_json::to_string(&export_in(&zip_of(&athlete).await)).expect("JSON");
        for (file, words) in [
            (text[..text.len() / 2].to_owned(), "damaged"),
            (text.replace("\"version\":1,\"exported_at\"", "\"version\":2,\"exported_at\""), "newer"),
            (r#"{"format":"something else","version":1}"#.to_owned(), "no export of Ringside"),
        ] {
            let reply = athlete.post(&format!("/v1/athletes/{}/imports", athlete.id)).bytes(file.into_bytes()).send().await;
            assert_eq!(reply.status, 415, "{reply:?}");
            assert!(reply.text.contains(words), "{}", reply.text);
        }
    }
}
