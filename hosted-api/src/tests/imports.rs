//! Files of other trackers: shown, committed, sent again, changed and taken back.

use serde_json::{Value, json};
use training::imports::{Import, ImportState, ImportSummary, SkipReason};
use training::{ExerciseId, Session};

use crate::clock;
use crate::import_jobs::resume_all;
use crate::maintenance::cutoffs;
use crate::retention::Retention;
use crate::store::CommitRow;
use crate::testing::{Call, Client, World, on_both_databases};

const HEADER: &str =
    "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n";

/// Two sessions of one day, with three sets, and two rows that are none.
const STRONG: &str = "2026-02-10 16:46:13,Legs,1h,Squat (Barbell),1,100,5,0,0,,,\n\
                      2026-02-10 16:46:13,Legs,1h,Squat (Barbell),2,102.5,5,0,0,deep,,8.5\n\
                      2026-02-10 16:46:13,Legs,1h,Zercher carry,1,60,0,40,0,,,\n\
                      2026-02-10 20:00:00,Legs,1h,Squat (Barbell),1,sixty,5,0,0,,,\n\
                      2026-02-10 20:00:00,Legs,1h,Squat (Barbell),2,62.5,8,0,0,,,\n\
                      2026-02-30 20:00:00,Legs,1h,Squat (Barbell),2,62.5,8,0,0,,,\n";

fn file(rows: &str) -> String {
    format!("{HEADER}{rows}")
}

fn imports(who: &Client, athlete: &Client) -> Call {
    who.post(&format!("/v1/athletes/{}/imports?timezone=Europe/Berlin", athlete.id))
}

async fn dry_run(who: &Client, athlete: &Client, file: &str) -> Import {
    let reply = imports(who, athlete).body(file).send().await;
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.read()
}

async fn commit(who: &Client, import: &Import, mapping: Value) -> Import {
    let body = json!({ "mapping": mapping });
    let reply = who.post(&format!("/v1/imports/{}/commit", import.id)).json(&body).send().await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.read()
}

async fn take_back(who: &Client, import: &Import) {
    let reply = who.call("DELETE", &format!("/v1/imports/{}", import.id)).send().await;
    assert_eq!(reply.status, 204, "{reply:?}");
}

/// An athlete's sessions, newest first, whole.
async fn sessions(who: &Client, athlete: &Client) -> Vec<Session> {
    let page = who.get(&format!("/v1/athletes/{}/sessions?limit=100", athlete.id)).send().await.ok();
    let mut sessions = Vec::new();
    for summary in page["sessions"].as_array().expect("a list") {
        assert_eq!(summary["imported"], true);
        let id = summary["id"].as_str().expect("an id");
        sessions.push(who.get(&format!("/v1/sessions/{id}")).send().await.read());
    }
    sessions
}

async fn library(who: &Client) -> Vec<Value> {
    who.get("/v1/exercises?archived=true").send().await.ok()["exercises"].as_array().expect("a list").clone()
}

async fn athlete_and_trainer(world: &World) -> (Client, Client) {
    (world.sign_in("mara").await, world.sign_in("jonas").await)
}

/// Whether somebody's feed says that they need a new snapshot.
async fn needs_snapshot(who: &Client, cursor: &str) -> bool {
    who.get(&format!("/v1/feed?after={cursor}")).send().await.status == 410
}

/// A page of what can be taken back, and where the next one begins.
async fn listed(who: &Client, athlete: &Client, query: &str) -> (Vec<ImportSummary>, Value) {
    let page = who.get(&format!("/v1/athletes/{}/imports{query}", athlete.id)).send().await.ok();
    (serde_json::from_value(page["imports"].clone()).expect("a list"), page["next"].clone())
}

/// Weights of the body, one of them in pounds, one too small, and something else that was measured.
const BODY: &str = "Date,Time,Measurement,Value,Unit\n\
                    2026-05-04,07:15:00,Bodyweight,82.4,kgs\n\
                    2026-05-05,07:10:00,Bodyweight,181.0,lbs\n\
                    2026-05-05,07:10:00,Body Fat,18.5,%\n\
                    2026-05-06,07:10:00,Bodyweight,8.2,kgs\n";

async fn weights(who: &Client, athlete: &Client) -> Vec<Value> {
    let page = who.get(&format!("/v1/athletes/{}/weights", athlete.id)).send().await.ok();
    page["weights"].as_array().expect("a list").clone()
}

on_both_databases! {
    async fn b70_weights_of_a_file_are_stored_once_and_taken_back_with_it(world: World) {
        let (athlete, trainer) = athlete_and_trainer(&world).await;
        let entered = json!({ "weight_kg": 83.1, "at": "2026-05-01T07:00:00Z" });
        athlete.post(&format!("/v1/athletes/{}/weights", athlete.id)).json(&entered).send().await.created();
        let shown = dry_run(&trainer, &athlete, BODY).await;
        assert_eq!((shown.rows, shown.sets, shown.weights, shown.skipped.len()), (4, 0, 2, 2));
        assert_eq!(weights(&athlete, &athlete).await.len(), 1, "nothing is stored yet");
        commit(&trainer, &shown, json!([])).await;
        let stored = weights(&trainer, &athlete).await;
        let kg: Vec<&Value> = stored.iter().map(|weight| &weight["weight_kg"]).collect();
        assert_eq!(kg, [82.1, 82.4, 83.1], "newest first");
        assert_eq!(stored[1]["at"], "2026-05-04T05:15:00Z", "as the clock showed in Berlin");

        let deleted = athlete.call("DELETE", &format!("/v1/weights/{}", stored[0]["id"].as_str().expect("an id")));
        assert_eq!(deleted.if_match(&stored[0]["version"]).send().await.status, 204);
        let again = dry_run(&athlete, &athlete, BODY).await;
        commit(&athlete, &again, json!([])).await;
        assert_eq!(weights(&athlete, &athlete).await.len(), 2, "what was deleted here stays so");

        take_back(&athlete, &shown).await;
        let left = weights(&athlete, &athlete).await;
        assert_eq!(left.iter().map(|weight| &weight["weight_kg"]).collect::<Vec<_>>(), [83.1]);
        let third = dry_run(&athlete, &athlete, BODY).await;
        commit(&athlete, &third, json!([])).await;
        assert_eq!(weights(&athlete, &athlete).await.len(), 3, "taken back, it can be imported again");
    }

    async fn b70_a_file_is_shown_committed_and_taken_back_whole(world: World) {
        let (athlete, trainer) = athlete_and_trainer(&world).await;
        let shown = dry_run(&athlete, &athlete, &file(STRONG)).await;
        assert_eq!((shown.rows, shown.sets, shown.weights, shown.skipped.len()), (6, 4, 0, 2));
        let skipped: Vec<_> = shown.skipped.iter().map(|row| (row.line, row.reason)).collect();
        assert_eq!(skipped, [(5, SkipReason::BadNumber), (7, SkipReason::BadDate)]);
        assert_eq!((shown.sessions, shown.already_here, shown.changed.len()), (2, 0, 0));
        let names: Vec<_> = shown.exercises.iter().map(|exercise| exercise.name.as_str()).collect();
        assert_eq!(names, ["Squat (Barbell)", "Zercher carry"]);
        assert_eq!((shown.state, shown.timezone.as_str()), (ImportState::DryRun, "Europe/Berlin"));
        assert!(sessions(&athlete, &athlete).await.is_empty(), "nothing is stored");
        let read: Import = athlete.get(&format!("/v1/imports/{}", shown.id)).send().await.read();
        assert_eq!(read, shown);

        let before = library(&trainer).await;
        let (of_athlete, of_trainer) = (athlete.cursor().await, trainer.cursor().await);
        let squat = trainer.exercises(1).await[0].clone();
        let mapping = json!([{ "name": "Squat (Barbell)", "exercise_id": squat },
                             { "name": "Zercher carry", "exercise_id": null }]);
        let committed = commit(&athlete, &shown, mapping.clone()).await;
        assert_eq!((committed.state, committed.already_here), (ImportState::Committed, 0));
        assert!(committed.take_back_until > committed.committed_at);
        assert!(needs_snapshot(&athlete, &of_athlete).await && needs_snapshot(&trainer, &of_trainer).await);
        let stored = sessions(&trainer, &athlete).await;
        assert_eq!(stored.len(), 2, "two sessions of one day");
        let (later, earlier) = (&stored[0], &stored[1]);
        assert_eq!(earlier.started_at.to_string(), "2026-02-10T15:46:13Z");
        assert_eq!(earlier.ended_at.map(|at| at.to_string()).as_deref(), Some("2026-02-10T16:46:13Z"));
        assert_eq!((earlier.rounds.len(), later.rounds.len()), (2, 1), "an exercise is a round");
        let second = &earlier.rounds[0].exercises[1];
        assert_eq!((second.actual.expect("done").weight_kg, second.actual.expect("done").reps), (Some(102.5), Some(5)));
        let feedback = second.feedback.as_ref().expect("an effort");
        assert_eq!((feedback.effort, feedback.note.as_deref()), (9, Some("RPE 8.5\ndeep")));
        let added = library(&trainer).await.into_iter().find(|it| it["name"] == "Zercher carry").expect("it is there");
        assert_eq!((&added["category"], &added["archived"]), (&json!("own"), &json!(true)));
        let sets = athlete.get(&format!("/v1/athletes/{}/exercises/{squat}/sets", athlete.id)).send().await.ok();
        assert_eq!(sets["sets"].as_array().map(Vec::len), Some(3));
        let again = commit(&athlete, &shown, mapping).await;
        assert_eq!(again, committed, "to commit it again changes nothing");

        let cursor = athlete.cursor().await;
        take_back(&trainer, &shown).await;
        assert!(sessions(&athlete, &athlete).await.is_empty());
        assert_eq!(library(&trainer).await, before);
        assert!(needs_snapshot(&athlete, &cursor).await);
        let sets = athlete.get(&format!("/v1/athletes/{}/exercises/{squat}/sets", athlete.id)).send().await.ok();
        assert_eq!(sets["sets"], json!([]));
        assert_eq!(athlete.get(&format!("/v1/imports/{}", shown.id)).send().await.code(), "not-found");
        assert_eq!(athlete.call("DELETE", &format!("/v1/imports/{}", shown.id)).send().await.code(), "not-found");
    }

    async fn b70_the_same_file_changes_nothing(world: World) {
        let (athlete, trainer) = athlete_and_trainer(&world).await;
        let first = dry_run(&athlete, &athlete, &file(STRONG)).await;
        commit(&athlete, &first, json!([])).await;
        let stored = sessions(&athlete, &athlete).await;
        let exercises = library(&trainer).await;
        let second = dry_run(&trainer, &athlete, &file(STRONG)).await;
        assert_eq!((second.sessions, second.already_here, second.changed.len()), (2, 2, 0));
        assert!(second.exercises.iter().all(|exercise| exercise.exercise_id.is_some()), "the choice is remembered");
        commit(&trainer, &second, json!([])).await;
        assert_eq!(sessions(&athlete, &athlete).await, stored);
        assert_eq!(library(&trainer).await, exercises);
        take_back(&athlete, &second).await;
        assert_eq!(sessions(&athlete, &athlete).await, stored, "it had added nothing");
    }

    async fn b70_a_changed_day_is_shown_replaced_and_brought_back(world: World) {
        let (athlete, trainer) = athlete_and_trainer(&world).await;
        let first = dry_run(&athlete, &athlete, &file(STRONG)).await;
        commit(&athlete, &first, json!([])).await;
        let stored = sessions(&athlete, &athlete).await;
        let note = trainer.call("PUT", &format!("/v1/sessions/{}/note", stored[1].id)).if_match(&json!(0));
        note.json(&json!({ "text": "Depth is fine" })).send().await.ok();
        let more = format!("{STRONG}2026-02-10 16:46:13,Legs,1h,Squat (Barbell),3,105,3,0,0,,,\n");
        let second = dry_run(&athlete, &athlete, &file(&more)).await;
        assert_eq!((second.sessions, second.already_here), (2, 1));
        let [changed] = &second.changed[..] else { panic!("one is changed: {second:?}") };
        assert_eq!((changed.session_id, changed.sets_here, changed.sets, changed.replaced), (stored[1].id, 3, 4, true));
        commit(&athlete, &second, json!([])).await;
        let replaced = sessions(&athlete, &athlete).await;
        assert_eq!((replaced[1].rounds[0].exercises.len(), replaced[1].version), (3, 2));
        assert_eq!(replaced[0], stored[0]);
        let note = trainer.get(&format!("/v1/sessions/{}/note", stored[1].id)).send().await.ok();
        assert_eq!(note["text"], "Depth is fine", "it is the same session");

        take_back(&athlete, &second).await;
        let back = sessions(&athlete, &athlete).await;
        assert_eq!((back[1].rounds[0].exercises.clone(), back[1].version), (stored[1].rounds[0].exercises.clone(), 3));
        let third = dry_run(&athlete, &athlete, &file(&more)).await;
        assert!(third.changed[0].replaced, "what was brought back is again what the first file says");
        commit(&athlete, &third, json!([])).await;
        take_back(&athlete, &first).await;
        let left = sessions(&athlete, &athlete).await;
        assert_eq!((left.len(), left[0].rounds[0].exercises.len()), (1, 3), "what a later file replaced is its own");
        take_back(&athlete, &third).await;
        assert!(sessions(&athlete, &athlete).await.is_empty());
    }

    async fn b70_what_was_corrected_here_stays(world: World) {
        let (athlete, _) = athlete_and_trainer(&world).await;
        let first = dry_run(&athlete, &athlete, &file(STRONG)).await;
        commit(&athlete, &first, json!([])).await;
        let stored = sessions(&athlete, &athlete).await;
        let round = &stored[1].rounds[0];
        let path = format!("/v1/rounds/{}/exercises/{}/actual", round.id, round.exercises[0].id);
        let correction = json!({ "actual": { "weight_kg": 90.0, "reps": 5 } });
        athlete.call("PATCH", &path).if_match(&json!(round.version)).json(&correction).send().await.ok();
        let corrected = sessions(&athlete, &athlete).await;
        let more = format!("{STRONG}2026-02-10 16:46:13,Legs,1h,Squat (Barbell),3,105,3,0,0,,,\n");
        let second = dry_run(&athlete, &athlete, &file(&more)).await;
        assert!(!second.changed[0].replaced);
        commit(&athlete, &second, json!([])).await;
        assert_eq!(sessions(&athlete, &athlete).await, corrected);
    }

    async fn b70_what_was_chosen_for_a_name_is_remembered_in_the_studio(world: World) {
        let (athlete, trainer) = athlete_and_trainer(&world).await;
        let chosen = trainer.exercises(3).await[2].clone();
        let first = dry_run(&athlete, &athlete, &file(STRONG)).await;
        commit(&athlete, &first, json!([{ "name": "Zercher carry", "exercise_id": chosen }])).await;
        let other = world.sign_in("tobias").await;
        let shown = dry_run(&trainer, &other, &file(&STRONG.replace("Zercher carry", "ZERCHER CARRY"))).await;
        assert_eq!(shown.exercises[1].exercise_id.map(|id| id.to_string()), Some(chosen));
        assert_eq!((shown.already_here, shown.athlete_id.to_string()), (0, other.id));
        let elsewhere = world.sign_in_elsewhere("mara").await;
        let shown = dry_run(&elsewhere, &elsewhere, &file(STRONG)).await;
        assert_eq!(shown.exercises[1].exercise_id, None);
    }

    async fn b70_what_can_be_taken_back_is_listed(world: World) {
        let (athlete, trainer) = athlete_and_trainer(&world).await;
        assert_eq!(listed(&trainer, &athlete, "").await, (vec![], Value::Null));
        let strong = dry_run(&trainer, &athlete, &file(STRONG)).await;
        assert_eq!(listed(&athlete, &athlete, "").await.0, [] as [ImportSummary; 0], "nothing is stored of it");
        let strong = commit(&trainer, &strong, json!([])).await;
        let body = commit(&athlete, &dry_run(&athlete, &athlete, BODY).await, json!([])).await;

        let (both, next) = listed(&athlete, &athlete, "").await;
        assert_eq!((both.len(), next), (2, Value::Null));
        let counts: Vec<_> = both.iter().map(|it| (it.id, it.sessions, it.weights)).collect();
        assert_eq!(counts, [(body.id, 0, 2), (strong.id, 2, 0)], "newest first");
        let [_, first] = &both[..] else { panic!("there are two") };
        assert_eq!((&first.by.id.to_string(), first.state, first.format),
            (&trainer.id, ImportState::Committed, strong.format));
        assert_eq!((Some(first.committed_at), Some(first.take_back_until)),
            (strong.committed_at, strong.take_back_until));

        let (page, next) = listed(&trainer, &athlete, "?limit=1").await;
        assert_eq!((page[0].id, next.as_str()), (body.id, Some(body.id.to_string().as_str())));
        assert_eq!(listed(&trainer, &athlete, &format!("?limit=1&after={}", body.id)).await.0[0].id, strong.id);

        take_back(&athlete, &strong).await;
        let mut tx = world.app.store.write().await.expect("it begins");
        let at = clock::before(clock::now(), std::time::Duration::from_hours(31 * 24));
        tx.begin_commit(&CommitRow { id: body.id, at, exercises: &[], created: &[] }).await.expect("it is stored");
        tx.commit().await.expect("and stays");
        assert_eq!(listed(&athlete, &athlete, "").await.0, [] as [ImportSummary; 0], "one is taken back, one is final");
    }

    async fn a_mapping_names_what_is_in_the_file_and_in_the_library(world: World) {
        let (athlete, _) = athlete_and_trainer(&world).await;
        let elsewhere = world.sign_in_elsewhere("jonas").await.exercises(1).await[0].clone();
        let import = dry_run(&athlete, &athlete, &file(STRONG)).await;
        let path = format!("/v1/imports/{}/commit", import.id);
        let mapping = json!([{ "name": "Zercher carry", "exercise_id": elsewhere },
                             { "name": "Somersault", "exercise_id": null },
                             { "name": "Squat (Barbell)", "exercise_id": null },
                             { "name": "Squat (Barbell)", "exercise_id": null }]);
        let refused = athlete.post(&path).json(&json!({ "mapping": mapping })).send().await;
        assert_eq!(refused.code(), "invalid");
        let expected = [("/mapping/0/exercise_id", "unknown-reference"), ("/mapping/1/name", "unknown-reference"),
                        ("/mapping/3/name", "duplicate")];
        assert_eq!(refused.findings(), expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
        assert!(sessions(&athlete, &athlete).await.is_empty());
    }

    async fn a_file_of_another_kind_is_refused(world: World) {
        let (athlete, _) = athlete_and_trainer(&world).await;
        for (bytes, code) in [
            (Vec::new(), "unreadable-file"),
            (b"\x89PNG\r\n\x1A\n\0\0".to_vec(), "unreadable-file"),
            (b"Name,Address\nMira,Here\n".to_vec(), "unknown-format"),
            (file(&",\n".repeat(200_001)).into_bytes(), "import-too-large"),
            (vec![b'x'; 20_000_001], "payload-too-large"),
        ] {
            assert_eq!(imports(&athlete, &athlete).bytes(bytes).send().await.code(), code);
        }
        for query in ["unit=stone", "timezone=Atlantis", "unit=", "who=me"] {
            let path = format!("/v1/athletes/{}/imports?{query}", athlete.id);
            assert_eq!(athlete.post(&path).body(file(STRONG)).send().await.code(), "invalid-parameter", "{query}");
        }
    }

    async fn a_file_is_taken_whatever_it_is_called_and_its_unit_can_be_told(world: World) {
        let (athlete, _) = athlete_and_trainer(&world).await;
        let rows = "2026-02-10 16:46:13,Legs,1h,Squat (Barbell),1,45,5,0,0,,,\n";
        let path = format!("/v1/athletes/{}/imports?unit=lb", athlete.id);
        for kind in ["text/csv", "application/json", "multipart/form-data"] {
            let reply = athlete.post(&path).header("content-type", kind).body(file(rows)).send().await.created();
            assert_eq!(reply["unit"], json!({ "unit": "lb", "source": "request", "like_kg": 0, "like_lb": 1 }));
        }
        let import: Import = athlete.post(&path).body(file(rows)).send().await.read();
        commit(&athlete, &import, json!([])).await;
        let stored = sessions(&athlete, &athlete).await;
        assert_eq!(stored[0].rounds[0].exercises[0].actual.expect("done").weight_kg, Some(20.412));
    }

    async fn only_the_last_dry_runs_are_kept(world: World) {
        let (athlete, _) = athlete_and_trainer(&world).await;
        let mut ids = Vec::new();
        for _ in 0..6 {
            ids.push(dry_run(&athlete, &athlete, &file(STRONG)).await.id);
        }
        let status = async |id| athlete.get(&format!("/v1/imports/{id}")).send().await.status.as_u16();
        assert_eq!((status(ids[0]).await, status(ids[1]).await, status(ids[5]).await), (404, 200, 200));
    }

    async fn an_import_that_was_cut_off_is_whole_in_the_end(world: World) {
        let (athlete, trainer) = athlete_and_trainer(&world).await;
        let rows: Vec<String> = (0..600)
            .map(|set| {
                let (day, hour) = (1 + set / 30 % 28, 8 + set / 10 % 3);
                format!("2026-03-{day:02} {hour:02}:00:00,Legs,1h,Squat (Barbell),1,100,5,0,0,,,\n")
            })
            .collect();
        let import = dry_run(&athlete, &athlete, &file(&rows.concat())).await;
        assert_eq!((import.sets, import.sessions), (600, 60));
        let exercises: Vec<ExerciseId> = vec![trainer.exercises(1).await[0].parse().expect("an id")];
        let mut tx = world.app.store.write().await.expect("it begins");
        let row = CommitRow { id: import.id, at: clock::now(), exercises: &exercises, created: &[] };
        tx.begin_commit(&row).await.expect("it is stored");
        assert!(tx.is_exercise_in_use(import_studio(&world, &import).await, exercises[0]).await.expect("an answer"));
        tx.commit().await.expect("and stays");

        // As a server does when it starts, twice at once.
        let (one, other) = tokio::join!(resume_all(&world.app), resume_all(&world.app));
        one.and(other).expect("they go on");
        assert_eq!(sessions(&athlete, &athlete).await.len(), 60);
        let read: Import = athlete.get(&format!("/v1/imports/{}", import.id)).send().await.read();
        assert_eq!(read.state, ImportState::Committed);
        let mut tx = world.app.store.write().await.expect("it begins");
        tx.set_import_state(import.id, ImportState::TakingBack, 0).await.expect("it is stored");
        tx.commit().await.expect("and stays");
        resume_all(&world.app).await.expect("it goes on");
        assert!(sessions(&athlete, &athlete).await.is_empty());
    }

    async fn b70_after_thirty_days_an_import_is_final_and_still_known(world: World) {
        let (athlete, _) = athlete_and_trainer(&world).await;
        let import = dry_run(&athlete, &athlete, &file(STRONG)).await;
        commit(&athlete, &import, json!([])).await;
        let forgotten = dry_run(&athlete, &athlete, &file(STRONG)).await;
        let mut tx = world.app.store.write().await.expect("it begins");
        let at = clock::before(clock::now(), std::time::Duration::from_hours(31 * 24));
        tx.begin_commit(&CommitRow { id: import.id, at, exercises: &[], created: &[] }).await.expect("it is stored");
        tx.set_import_state(import.id, ImportState::Committed, 0).await.expect("it is stored");
        tx.commit().await.expect("and stays");
        let refused = athlete.call("DELETE", &format!("/v1/imports/{}", import.id)).send().await;
        assert_eq!(refused.code(), "import-final");
        let later = clock::after(clock::now(), std::time::Duration::from_hours(31 * 24));
        world.app.store.compact(cutoffs(later, Retention::default())).await.expect("it is compacted");
        // The tokens were compacted, too.
        let (athlete, _) = athlete_and_trainer(&world).await;
        for id in [import.id, forgotten.id] {
            assert_eq!(athlete.get(&format!("/v1/imports/{id}")).send().await.code(), "not-found");
        }
        let again = dry_run(&athlete, &athlete, &file(STRONG)).await;
        assert_eq!((again.sessions, again.already_here), (2, 2));
    }

    async fn a_former_trainer_imports_nothing(world: World) {
        let (athlete, trainer) = athlete_and_trainer(&world).await;
        let import = dry_run(&trainer, &athlete, &file(STRONG)).await;
        let (admin, other) = (world.sign_in("admin").await, world.sign_in("ines").await);
        let path = format!("/v1/users/{}", athlete.id);
        let known = admin.get(&path).send().await.ok();
        let change = json!({ "trainer_id": other.id });
        admin.call("PATCH", &path).if_match(&known["version"]).json(&change).send().await.ok();
        let of_import = format!("/v1/imports/{}", import.id);
        for call in [
            imports(&trainer, &athlete).body(file(STRONG)),
            trainer.get(&format!("/v1/athletes/{}/imports", athlete.id)),
            trainer.get(&of_import),
            trainer.post(&format!("{of_import}/commit")).json(&json!({ "mapping": [] })),
            trainer.call("DELETE", &of_import),
        ] {
            assert_eq!(call.send().await.code(), "not-found");
        }
        commit(&other, &import, json!([])).await;
        assert_eq!(sessions(&other, &athlete).await.len(), 2);
    }
}

async fn import_studio(world: &World, import: &Import) -> training::StudioId {
    world.app.store.import(import.id).await.expect("an answer").expect("an import").studio
}
