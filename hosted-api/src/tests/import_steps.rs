//! What imports do to everything around them: bests, exercises, limits, and whoever acts at the same moment.

use std::time::Instant;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use training::imports::{Import, ImportState};
use training::{Session, UserId};

use crate::rebuild::rebuild_all;
use crate::testing::{Client, Reply, World, on_both_databases};

/// Sets of these days in January 2026, three of an exercise each.
fn file(days: std::ops::RangeInclusive<u32>, exercise: &str, weight: &str) -> String {
    let header =
        "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n";
    let set = |(day, number): (u32, u32)| {
        format!("2026-01-{day:02} 10:00:00,Legs,1h,{exercise},{number},{weight},5,0,0,,,8\n")
    };
    let sets = days.flat_map(|day| (1..=3).map(move |number| (day, number)));
    header.to_owned() + &sets.map(set).collect::<String>()
}

async fn dry_run(who: &Client, file: &str) -> Import {
    let reply = who.post(&format!("/v1/athletes/{}/imports", who.id)).body(file).send().await;
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.read()
}

async fn commit(who: &Client, import: &Import, mapping: Value) -> Reply {
    let body = json!({ "mapping": mapping });
    who.post(&format!("/v1/imports/{}/commit", import.id)).json(&body).send().await
}

/// Sends half of a file, once the server reads it, and resets the connection.
async fn send_half(world: &World, who: &Client, file: &str) {
    let mut socket = TcpStream::connect(world.base.trim_start_matches("http://")).await.expect("it listens");
    let head = format!(
        "POST /v1/athletes/{}/imports HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\
         Expect: 100-continue\r\n\r\n",
        who.id,
        who.access,
        file.len()
    );
    socket.write_all(head.as_bytes()).await.expect("it is taken");
    let mut answer = [0; 12];
    socket.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 100", "the body is waited for");
    socket.write_all(&file.as_bytes()[..file.len() / 2]).await.expect("it is taken");
    socket.set_zero_linger().expect("it is set");
}

async fn take_back(who: &Client, import: &Import) -> Reply {
    who.call("DELETE", &format!("/v1/imports/{}", import.id)).send().await
}

/// Reads a file and commits it, each of its exercises as this one.
async fn imported(who: &Client, file: &str, exercise: Option<&str>) -> Import {
    let import = dry_run(who, file).await;
    let mapped = import.exercises.iter().map(|it| json!({ "name": it.name, "exercise_id": exercise }));
    let import: Import = commit(who, &import, mapped.collect()).await.read();
    assert_eq!(import.state, ImportState::Committed);
    import
}

async fn needs_snapshot(who: &Client, cursor: &str) -> bool {
    who.get(&format!("/v1/feed?after={cursor}")).send().await.status == 410
}

/// The names of the library, archived exercises too.
async fn names(who: &Client) -> Vec<String> {
    let library = who.get("/v1/exercises?archived=true").send().await.ok();
    let names = library["exercises"].as_array().expect("a list").iter().map(|it| it["name"].as_str().expect("a name"));
    names.map(str::to_owned).collect()
}

/// A round that the athlete completes with this weight.
async fn trained(session: &str, (athlete, trainer): (&Client, &Client), exercise: &str, weight_kg: f64) -> Value {
    let plan = json!({ "exercises": [{ "exercise_id": exercise, "planned": {} }], "release": true });
    let round = trainer.post(&format!("/v1/sessions/{session}/rounds")).json(&plan).send().await.created();
    let mut reports = Client::reports(&round);
    reports["exercises"][0]["actual"] = json!({ "weight_kg": weight_kg, "reps": 5 });
    let path = format!("/v1/rounds/{}/complete", round["id"].as_str().expect("an id"));
    athlete.post(&path).json(&reports).send().await.ok()
}

/// The kinds of best in the rounds of a session, with what was best before.
async fn bests(who: &Client, session: &str) -> Vec<(String, Value)> {
    let session = who.get(&format!("/v1/sessions/{session}")).send().await.ok();
    let rounds = session["rounds"].as_array().expect("a list").iter();
    let exercises = rounds.flat_map(|round| round["exercises"].as_array().expect("a list").iter());
    let bests = exercises.filter_map(|exercise| exercise.get("bests")?.as_array().cloned()).flatten();
    bests.map(|best| (best["kind"].as_str().expect("a word").to_owned(), best["before"].clone())).collect()
}

async fn sessions(who: &Client) -> Vec<Session> {
    let page = who.get(&format!("/v1/athletes/{}/sessions?limit=100", who.id)).send().await.ok();
    let ids = page["sessions"].as_array().expect("a list").iter().map(|it| it["id"].as_str().expect("an id"));
    let sessions = join_all(ids.map(|id| who.get(&format!("/v1/sessions/{id}")).send())).await;
    sessions.iter().map(Reply::read).collect()
}

async fn nothing_differs(world: &World) {
    let rebuilt = rebuild_all(&world.app.store).await.expect("it works");
    assert_eq!((rebuilt.differences, rebuilt.projected), (vec![], 0));
}

fn assert_no_failure(replies: &[Reply]) {
    assert!(replies.iter().all(|reply| !reply.status.is_server_error()), "{replies:?}");
}

on_both_databases! {
    async fn to_commit_and_to_take_back_are_commands(world: World) {
        let athlete = world.sign_in("mara").await;
        let import = imported(&athlete, &file(1..=1, "Squat", "100"), None).await;
        assert_eq!(take_back(&athlete, &import).await.status, 204);
        let metrics = world.metrics().await;
        assert!(metrics.contains("ringside_commands_total{outcome=\"done\"} 2"), "{metrics}");
        let import = dry_run(&athlete, &file(1..=1, "Squat", "100")).await;
        let id = athlete.id.parse().map(UserId).expect("an id");
        while world.app.commands.take(id, Instant::now()).is_ok() {}
        assert_eq!(commit(&athlete, &import, json!([])).await.code(), "too-many-commands");
        while world.app.commands.take(id, Instant::now()).is_ok() {}
        assert_eq!(take_back(&athlete, &import).await.code(), "too-many-commands");
        assert!(sessions(&athlete).await.is_empty());
    }

    async fn of_a_file_that_is_cut_off_by_a_reset_nothing_is_stored_and_the_second_try_reads_it(world: World) {
        let athlete = world.sign_in("mara").await;
        let text = file(1..=28, "Zercher carry", "100");
        send_half(&world, &athlete, &text).await;
        assert_eq!(world.app.store.count_imports().await, 0);
        let import = dry_run(&athlete, &text).await;
        assert_eq!((import.sessions, import.already_here, import.sets), (28, 0, 84));
        assert_eq!(world.app.store.count_imports().await, 1, "the second");
        let metrics = world.metrics().await;
        assert!(!metrics.contains("status=\"500\""), "{metrics}");
    }

    async fn the_audit_log_names_who_took_an_import_back(world: World) {
        let athlete = world.sign_in("mara").await;
        let (trainer, admin) = tokio::join!(world.sign_in("jonas"), world.sign_in("admin"));
        let import = imported(&athlete, &file(1..=1, "Zercher carry", "100"), None).await;
        assert_eq!(take_back(&trainer, &import).await.status, 204);
        let log = admin.get("/v1/audit").send().await.ok();
        let entries = log["entries"].as_array().expect("a list").iter();
        let of_exercise: Vec<_> = entries
            .filter(|entry| entry["on"]["name"] == "Zercher carry")
            .map(|entry| (entry["act"].clone(), entry["by"]["id"].clone()))
            .collect();
        let expected = [("exercise-deleted", &trainer), ("exercise-saved", &athlete)];
        assert_eq!(of_exercise, expected.map(|(act, by)| (json!(act), json!(by.id))));
    }

    async fn an_import_that_changes_nothing_asks_nobody_for_a_new_snapshot(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        imported(&athlete, &file(1..=2, "Squat", "100"), None).await;
        let (of_athlete, of_trainer) = (athlete.cursor().await, trainer.cursor().await);
        let import = dry_run(&athlete, &file(1..=2, "Squat", "100")).await;
        assert_eq!(commit(&athlete, &import, json!([])).await.status, 200);
        assert_eq!(take_back(&athlete, &import).await.status, 204);
        assert!(!needs_snapshot(&athlete, &of_athlete).await && !needs_snapshot(&trainer, &of_trainer).await);
        let import = imported(&athlete, &file(1..=3, "Squat", "100"), None).await;
        assert!(needs_snapshot(&athlete, &of_athlete).await && needs_snapshot(&trainer, &of_trainer).await);
        let (of_athlete, of_trainer) = (athlete.cursor().await, trainer.cursor().await);
        assert_eq!(take_back(&athlete, &import).await.status, 204);
        assert!(needs_snapshot(&athlete, &of_athlete).await && needs_snapshot(&trainer, &of_trainer).await);
    }

    async fn b69_what_an_import_makes_wrong_in_later_sessions_is_corrected(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercises = trainer.exercises(2).await;
        let (squat, row) = (exercises[0].as_str(), exercises[1].as_str());
        imported(&athlete, &file(1..=3, "Squat", "90"), Some(squat)).await;
        imported(&athlete, &file(4..=6, "Row", "50"), Some(row)).await;
        for (exercise, weight) in [(squat, 100.0), (row, 60.0), (squat, 105.0)] {
            trained(&session, (&athlete, &trainer), exercise, weight).await;
        }
        trainer.post(&format!("/v1/sessions/{session}/cancel")).send().await.ok();
        let heaviest = |bests: Vec<(String, Value)>| -> Vec<Value> {
            bests.into_iter().filter(|(kind, _)| kind == "heaviest").map(|(_, before)| before).collect()
        };
        assert_eq!(heaviest(bests(&athlete, &session).await), [json!(90.0), json!(50.0), json!(100.0)]);
        // Later than the first ones and before the session: between what it beat and what it did.
        let between = imported(&athlete, &file(7..=9, "Squat", "102.5"), Some(squat)).await;
        assert_eq!(heaviest(bests(&athlete, &session).await), [json!(50.0), json!(102.5)]);
        nothing_differs(&world).await;
        assert_eq!(take_back(&athlete, &between).await.status, 204);
        assert_eq!(heaviest(bests(&athlete, &session).await), [json!(50.0), json!(100.0)], "nothing is added");
        nothing_differs(&world).await;
    }

    async fn exercises_that_an_import_created_go_with_it_unless_something_uses_them(world: World) {
        let (mara, tobias, trainer) =
            (world.sign_in("mara").await, world.sign_in("tobias").await, world.sign_in("jonas").await);
        let before = names(&trainer).await;
        let carries = file(1..=1, "Zercher carry", "60") + file(2..=2, "Yoke walk", "80").split_once('\n').expect("rows").1;
        let both = imported(&mara, &carries, None).await;
        let one = imported(&tobias, &file(1..=1, "YOKE WALK", "90"), None).await;
        assert_eq!(take_back(&mara, &both).await.status, 204);
        let mut left = names(&trainer).await;
        left.retain(|name| !before.contains(name));
        assert_eq!(left, ["Yoke walk"], "somebody else did it");
        assert_eq!(take_back(&tobias, &one).await.status, 204);
        assert!(names(&trainer).await.contains(&"Yoke walk".to_owned()), "it is not theirs to take");
        nothing_differs(&world).await;
    }

    async fn an_import_and_whoever_acts_meanwhile_wait_for_each_other_and_not_for_good(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        let squat = trainer.exercises(1).await[0].clone();
        imported(&athlete, &file(1..=28, "Squat", "100"), Some(&squat)).await;
        for weight in ["102.5", "105"] {
            let next = dry_run(&athlete, &file(1..=28, "Squat", weight)).await;
            let known = sessions(&athlete).await;
            // Newest first, while the import goes on with the oldest.
            let corrections = join_all(known.iter().map(|session| {
                let round = &session.rounds[0];
                let item = round.exercises.last().expect("a set");
                let call = trainer.call("PATCH", &format!("/v1/rounds/{}/exercises/{}/actual", round.id, item.id));
                let corrected = json!({ "actual": { "weight_kg": 110.0, "reps": 5 } });
                call.if_match(&json!(round.version)).json(&corrected).send()
            }));
            let done = json!({ "exercise_id": squat, "actual": { "weight_kg": 95.0, "reps": 5 } });
            let record = json!({ "started_at": "2026-02-01T10:00:00Z", "ended_at": "2026-02-01T11:00:00Z",
                                 "rounds": [{ "exercises": [done] }] });
            let path = format!("/v1/athletes/{}/sessions", athlete.id);
            let records = join_all((0..4).map(|_| trainer.post(&path).json(&record).send()));
            let (committed, corrected, recorded) =
                tokio::join!(commit(&athlete, &next, json!([])), corrections, records);
            assert_eq!(committed.status, 200, "{committed:?}");
            assert_no_failure(&corrected);
            assert_no_failure(&recorded);
            let (taken_back, again) = tokio::join!(take_back(&athlete, &next), take_back(&trainer, &next));
            assert_no_failure(&[taken_back, again]);
            nothing_differs(&world).await;
        }
    }

    async fn an_import_of_somebody_who_is_being_erased_ends_as_well(world: World) {
        let (athlete, admin) = (world.sign_in("mara").await, world.sign_in("admin").await);
        let name = admin.get(&format!("/v1/users/{}", athlete.id)).send().await.ok()["name"].clone();
        imported(&athlete, &file(1..=28, "Squat", "100"), None).await;
        let next = dry_run(&athlete, &file(1..=28, "Squat", "105")).await;
        let erase = admin.post(&format!("/v1/users/{}/erase", athlete.id)).json(&json!({ "confirm": name })).send();
        let (committed, erased) = tokio::join!(commit(&athlete, &next, json!([])), erase);
        assert_eq!(erased.status, 204, "{erased:?}");
        assert_no_failure(&[committed]);
        assert!(world.app.store.imports_at_work().await.expect("an answer").is_empty());
    }
}
