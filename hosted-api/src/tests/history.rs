//! What was done and when: sets, past sessions, records, corrections, and sessions that are entered afterwards.

use serde_json::{Value, json};
use training::progress::records;
use training::wire::FeedPage;
use training::{Event, ExerciseRecord, Session, UserId};

use crate::clock;
use crate::testing::{Client, on_both_databases};

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// A round of these exercises that the athlete completes, with what was done of each and how it felt.
async fn trained(session: &str, athlete: &Client, trainer: &Client, done: &[(&str, Value, u8)]) -> Value {
    let exercises: Vec<Value> = done.iter().map(|(exercise, _, _)| json!({ "exercise_id": exercise })).collect();
    let plan = json!({ "exercises": exercises, "release": true });
    let round = trainer.post(&format!("/v1/sessions/{session}/rounds")).json(&plan).send().await.created();
    let mut reports = Client::reports(&round);
    for (i, (_, actual, effort)) in done.iter().enumerate() {
        reports["exercises"][i]["actual"] = actual.clone();
        reports["exercises"][i]["effort"] = json!(effort);
    }
    athlete.post(&format!("/v1/rounds/{}/complete", text(&round["id"]))).json(&reports).send().await.ok()
}

/// The sets of an exercise as somebody sees them: what was done in each.
async fn sets(client: &Client, athlete: &Client, exercise: &str) -> Vec<Value> {
    let path = format!("/v1/athletes/{}/exercises/{exercise}/sets", athlete.id);
    let sets = client.get(&path).send().await.ok()["sets"].clone();
    sets.as_array().expect("a list").iter().map(|set| set["actual"]["weight_kg"].clone()).collect()
}

/// The records of an athlete in the trainer's snapshot, and the version of the athlete.
async fn records_of(trainer: &Client, athlete: &Client) -> (Vec<ExerciseRecord>, u64) {
    let snapshot = trainer.get("/v1/snapshot").send().await.ok();
    let known = snapshot["athletes"].as_array().expect("a list").iter().find(|known| known["id"] == athlete.id);
    let known: training::Athlete = serde_json::from_value(known.expect("their athlete").clone()).expect("an athlete");
    (known.records, known.version)
}

/// All sessions of an athlete, whole.
async fn all_sessions(client: &Client, athlete: &Client) -> Vec<Session> {
    let page = client.get(&format!("/v1/athletes/{}/sessions?limit=100", athlete.id)).send().await.ok();
    let mut sessions = Vec::new();
    for summary in page["sessions"].as_array().expect("a list") {
        sessions.push(client.get(&format!("/v1/sessions/{}", text(&summary["id"]))).send().await.read());
    }
    sessions
}

fn correction(round: &Value, item: usize) -> String {
    format!("/v1/rounds/{}/exercises/{}/actual", text(&round["id"]), text(&round["exercises"][item]["id"]))
}

fn recorded(exercise: &str, began: &str, ended: &str) -> Value {
    let done =
        json!({ "exercise_id": exercise, "actual": { "weight_kg": 70.0, "reps": 5 }, "feedback": { "effort": 8 } });
    let failed = json!({ "exercise_id": exercise, "actual": { "weight_kg": 90.0, "reps": 0 } });
    json!({ "started_at": began, "ended_at": ended, "rounds": [{ "exercises": [done] }, { "exercises": [failed] }] })
}

/// Completes a round, whatever is in it.
async fn complete(athlete: &Client, round: &Value) -> Value {
    let mut reports = Client::reports(round);
    for report in reports["exercises"].as_array_mut().expect("a list") {
        report["actual"] = json!({ "reps": 5 });
    }
    athlete.post(&format!("/v1/rounds/{}/complete", text(&round["id"]))).json(&reports).send().await.ok()
}

fn user_id(client: &Client) -> UserId {
    client.id.parse().expect("an id")
}

on_both_databases! {
    async fn b63_sets_are_listed_newest_first_and_the_last_one_stands_in_the_next_round(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercises = trainer.exercises(2).await;
        let (squat, row) = (exercises[0].as_str(), exercises[1].as_str());
        let lifted = |weight_kg: f64| json!({ "weight_kg": weight_kg, "reps": 5 });
        let first = trained(&session, &athlete, &trainer, &[(squat, lifted(60.0), 8), (squat, lifted(65.0), 9)]).await;
        assert_eq!(first["exercises"][0]["last"], json!(null), "it was never done before");
        let second = trained(&session, &athlete, &trainer, &[(row, lifted(30.0), 3), (squat, lifted(55.0), 7)]).await;
        assert_eq!(second["exercises"][1]["last"]["actual"]["weight_kg"], 65.0);
        assert_eq!(second["exercises"][1]["last"]["effort"], 9);
        assert_eq!(sets(&athlete, &athlete, squat).await, [json!(55.0), json!(65.0), json!(60.0)]);
        assert_eq!(sets(&trainer, &athlete, row).await, [json!(30.0)]);

        let path = format!("/v1/athletes/{}/exercises/{squat}/sets?limit=1", athlete.id);
        let newest = athlete.get(&path).send().await.ok()["sets"].clone();
        assert_eq!(newest.as_array().map(Vec::len), Some(1));
        assert_eq!((&newest[0]["round_id"], &newest[0]["session_id"]), (&second["id"], &json!(session)));
        assert_eq!(newest[0]["feedback"]["effort"], 7);
        assert_eq!(newest[0]["e1rm_kg"], json!(68.276), "eight effective repetitions");
        assert_eq!(athlete.get(&path.replace("limit=1", "limit=0")).send().await.code(), "invalid-parameter");
    }

    async fn a_warm_up_is_in_the_history_and_no_last_time(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let squat = trainer.exercises(1).await[0].clone();
        let done = [("warm_up", 40.0), ("working", 100.0), ("drop", 70.0), ("warm_up", 50.0)];
        let mut last = Vec::new();
        for (kind, weight_kg) in done {
            let item = json!({ "exercise_id": squat, "kind": kind });
            let plan = json!({ "exercises": [item], "release": true });
            let round = trainer.post(&format!("/v1/sessions/{session}/rounds")).json(&plan).send().await.created();
            last.push(round["exercises"][0]["last"]["actual"]["weight_kg"].clone());
            let mut reports = Client::reports(&round);
            reports["exercises"][0]["actual"] = json!({ "weight_kg": weight_kg, "reps": 5 });
            athlete.post(&format!("/v1/rounds/{}/complete", text(&round["id"]))).json(&reports).send().await.ok();
        }
        assert_eq!(last, [json!(null), json!(null), json!(100.0), json!(100.0)], "before each of them");
        assert_eq!(sets(&trainer, &athlete, &squat).await, [json!(50.0), json!(70.0), json!(100.0), json!(40.0)]);
        let (known, _) = records_of(&trainer, &athlete).await;
        assert_eq!(known, records(&all_sessions(&trainer, &athlete).await, clock::now()));
        assert_eq!(known[0].last.as_ref().and_then(|last| last.actual.weight_kg), Some(100.0));
    }

    async fn records_are_what_all_sessions_together_give_and_their_versions_rise(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let (exercises, cursor) = (trainer.exercises(3).await, trainer.cursor().await);
        let lifted = |weight_kg: f64, reps: u32| json!({ "weight_kg": weight_kg, "reps": reps });
        let (_, before) = records_of(&trainer, &athlete).await;
        let round = trained(
            &session, &athlete, &trainer,
            &[(&exercises[0], lifted(100.0, 5), 10), (&exercises[1], lifted(-20.0, 8), 7), (&exercises[2], json!({ "reps": 0 }), 10)],
        ).await;
        trained(&session, &athlete, &trainer, &[(&exercises[0], lifted(90.0, 5), 10)]).await;
        trainer.post(&format!("/v1/sessions/{session}/cancel")).send().await.ok();
        // The best of them was a slip: the other one is the best now.
        let correct = json!({ "actual": lifted(80.0, 5), "reason": "a slip" });
        athlete.call("PATCH", &correction(&round, 0)).if_match(&round["version"]).json(&correct).send().await.ok();

        let (known, version) = records_of(&trainer, &athlete).await;
        assert_eq!(known, records(&all_sessions(&trainer, &athlete).await, clock::now()));
        let best = known.iter().find(|record| record.exercise_id.to_string() == exercises[0]).expect("it was done");
        assert_eq!(best.estimate.as_ref().map(|estimate| estimate.e1rm_kg), Some(101.25));

        let page: FeedPage = trainer.get(&format!("/v1/feed?after={cursor}")).send().await.read();
        let athletes: Vec<training::Athlete> = page.events.into_iter().filter_map(|envelope| match envelope.event {
            Event::Saved { document, .. } => training::Athlete::try_from(document).ok(),
            _ => None,
        }).collect();
        let versions: Vec<u64> = athletes.iter().map(|athlete| athlete.version).collect();
        assert_eq!(versions, [before + 1, before + 2, before + 3], "one for each change");
        assert_eq!((athletes.last().map(|athlete| &athlete.records), versions.last()), (Some(&known), Some(&version)));
    }

    async fn an_admin_s_edit_does_not_fail_because_somebody_trained(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let admin = world.sign_in("admin").await;
        let path = format!("/v1/users/{}", athlete.id);
        let known = admin.get(&path).send().await.ok();
        let exercise = trainer.exercises(1).await.remove(0);
        trained(&session, &athlete, &trainer, &[(&exercise, json!({ "reps": 5 }), 6)]).await;
        let (known_records, version) = records_of(&trainer, &athlete).await;
        let rename = json!({ "name": "Mara B" });
        admin.call("PATCH", &path).if_match(&known["version"]).json(&rename).send().await.ok();
        assert_eq!(records_of(&trainer, &athlete).await, (known_records, version + 1), "and the records stay");
    }

    async fn b65_what_was_noted_is_corrected_by_athlete_and_trainer_also_after_the_end(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercise = trainer.exercises(1).await.remove(0);
        let round = trained(&session, &athlete, &trainer, &[(&exercise, json!({ "reps": 50 }), 6)]).await;
        trainer.post(&format!("/v1/sessions/{session}/cancel")).send().await.ok();
        let (path, cursor) = (correction(&round, 0), trainer.cursor().await);
        let correct = |client: &Client, reps: u32, version: &Value| {
            client.call("PATCH", &path).if_match(version).json(&json!({ "actual": { "reps": reps } }))
        };
        let corrected = correct(&athlete, 5, &round["version"]).key("once").send().await.ok();
        assert_eq!(correct(&athlete, 5, &round["version"]).key("once").send().await.ok(), corrected, "done once");
        assert_eq!(correct(&trainer, 6, &round["version"]).send().await.code(), "version-mismatch");
        let again = correct(&trainer, 6, &corrected["version"]).send().await.ok();
        let noted = &again["exercises"][0];
        assert_eq!(noted["actual"]["reps"], 6);
        let corrections = noted["corrections"].as_array().expect("a list");
        let kept: Vec<(&Value, &Value)> = corrections.iter().map(|it| (&it["by"]["id"], &it["before"]["reps"])).collect();
        assert_eq!(kept, [(&json!(athlete.id), &json!(50)), (&json!(trainer.id), &json!(5))]);
        for client in [&athlete, &trainer] {
            let page = client.get(&format!("/v1/sessions/{session}")).send().await.ok();
            assert_eq!(page["rounds"][0], again);
        }
        let events = trainer.get(&format!("/v1/feed?after={cursor}")).send().await.ok()["events"].clone();
        let of_session = events.as_array().expect("a list").iter().filter(|event| event["type"] == "exercise-corrected");
        assert_eq!(of_session.map(|event| event["round"]["version"].clone()).collect::<Vec<_>>(), [
            corrected["version"].clone(), again["version"].clone()
        ]);
        assert_eq!(sets(&trainer, &athlete, &exercise).await.len(), 1);
    }

    async fn what_is_not_noted_cannot_be_corrected(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let round = trainer.released(&session).await;
        let body = json!({ "actual": { "reps": 5 } });
        let correct = |client: &Client| client.call("PATCH", &correction(&round, 0)).if_match(&round["version"]).json(&body);
        assert_eq!(correct(&athlete).send().await.code(), "nothing-noted");
        assert_eq!(correct(&trainer).send().await.code(), "nothing-noted");
        let unsafely = athlete.call("PATCH", &correction(&round, 0)).json(&body).send().await;
        assert_eq!(unsafely.code(), "version-missing");
        let wrong = athlete.call("PATCH", &correction(&round, 0)).if_match(&round["version"]);
        let wrong = wrong.json(&json!({ "actual": { "reps": 20_000 }, "reason": "x".repeat(501) })).send().await;
        assert_eq!(wrong.findings(), [
            ("/actual/reps".to_owned(), "out-of-range".to_owned()), ("/reason".to_owned(), "too-long".to_owned())
        ]);
    }

    async fn of_two_corrections_at_once_one_is_told_that_it_has_changed(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercise = trainer.exercises(1).await.remove(0);
        for reps in 1..6 {
            let round = trained(&session, &athlete, &trainer, &[(&exercise, json!({ "reps": 50 }), 6)]).await;
            let correct = |client: &Client| {
                let body = json!({ "actual": { "reps": reps, "weight_kg": 40.0 } });
                client.call("PATCH", &correction(&round, 0)).if_match(&round["version"]).json(&body)
            };
            let (one, two) = tokio::join!(correct(&athlete).send(), correct(&trainer).send());
            let mut statuses = [one.status.as_u16(), two.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 412], "{one:?} {two:?}");
        }
        let (known, _) = records_of(&trainer, &athlete).await;
        assert_eq!(known, records(&all_sessions(&athlete, &athlete).await, clock::now()));
    }

    async fn b65_a_session_that_happened_without_ringside_is_entered_once_and_counts(world: World) {
        let (athlete, trainer) = tokio::join!(world.sign_in("mara"), world.sign_in("jonas"));
        let exercise = athlete.exercises(1).await.remove(0);
        let (cursor, path) = (trainer.cursor().await, format!("/v1/athletes/{}/sessions", athlete.id));
        let began = clock::before(clock::now(), std::time::Duration::from_hours(48)).to_string();
        let ended = clock::before(clock::now(), std::time::Duration::from_hours(47)).to_string();
        let body = recorded(&exercise, &began, &ended);
        let entered = athlete.post(&path).key("form").json(&body).send().await.created();
        assert_eq!(athlete.post(&path).key("form").json(&body).send().await.created(), entered);
        assert_eq!((&entered["recorded"], &entered["status"], &entered["trainer"]), (&json!(true), &json!("completed"), &json!(null)));
        assert_eq!(sets(&trainer, &athlete, &exercise).await, [json!(90.0), json!(70.0)]);
        let (known, _) = records_of(&trainer, &athlete).await;
        assert_eq!(known, records(&all_sessions(&trainer, &athlete).await, clock::now()));
        assert_eq!(known[0].last.as_ref().and_then(|last| last.actual.reps), Some(0), "a failed try is an answer");
        // Everybody concerned takes a snapshot.
        assert_eq!(trainer.get(&format!("/v1/feed?after={cursor}")).send().await.code(), "cursor-expired");
        for client in [&athlete, &trainer] {
            assert_eq!(client.get("/v1/snapshot").send().await.ok()["sessions"][0]["id"], entered["id"]);
        }
        let by_trainer = trainer.post(&path).json(&body).send().await.created();
        assert_eq!(by_trainer["trainer"]["id"], json!(trainer.id));
    }

    async fn a_recorded_session_must_be_over_and_not_overlap_the_open_one(world: World) {
        let (open, athlete, _) = world.session().await;
        let exercise = athlete.exercises(1).await.remove(0);
        let path = format!("/v1/athletes/{}/sessions", athlete.id);
        let long_ago = "2026-01-05T10:00:00Z";
        let began = athlete.get(&format!("/v1/sessions/{open}")).send().await.ok()["started_at"].clone();
        for (from, to, code) in [
            (long_ago, "2026-01-05T09:00:00Z", "out-of-order"),
            ("2100-01-05T10:00:00Z", "2100-01-05T11:00:00Z", "in-future"),
        ] {
            let refused = athlete.post(&path).json(&recorded(&exercise, from, to)).send().await;
            assert_eq!(refused.findings(), [("/ended_at".to_owned(), code.to_owned())]);
        }
        let overlapping = recorded(&exercise, long_ago, &text(&began));
        assert_eq!(athlete.post(&path).json(&overlapping).send().await.code(), "session-open");
        athlete.post(&path).json(&recorded(&exercise, long_ago, "2026-01-05T11:00:00Z")).send().await.created();
        let nobody_s = recorded(&uuid::Uuid::now_v7().to_string(), long_ago, "2026-01-05T11:00:00Z");
        let refused = athlete.post(&path).json(&nobody_s).send().await.findings();
        assert_eq!(refused[0], ("/rounds/0/exercises/0/exercise_id".to_owned(), "unknown-reference".to_owned()));
    }

    async fn an_athlete_without_a_trainer_can_record_a_session(world: World) {
        let (athlete, trainer) = tokio::join!(world.sign_in("mara"), world.sign_in("jonas"));
        let admin = world.sign_in("admin").await;
        let person = format!("/v1/users/{}", athlete.id);
        let known = admin.get(&person).send().await.ok();
        admin.call("PATCH", &person).if_match(&known["version"]).json(&json!({ "trainer_id": null })).send().await.ok();
        let exercise = athlete.exercises(1).await.remove(0);
        let path = format!("/v1/athletes/{}/sessions", athlete.id);
        let body = recorded(&exercise, "2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z");
        let entered = athlete.post(&path).json(&body).send().await.created();
        let round = &entered["rounds"][0];
        let correct = json!({ "actual": { "reps": 4 } });
        athlete.call("PATCH", &correction(round, 0)).if_match(&round["version"]).json(&correct).send().await.ok();
        assert_eq!(trainer.get(&path).send().await.code(), "not-found");
        assert_eq!(trainer.post(&path).json(&body).send().await.code(), "not-found");
        let gone = trainer.call("PATCH", &correction(round, 0)).if_match(&round["version"]).json(&correct).send().await;
        assert_eq!(gone.code(), "not-found");
    }

    async fn a_trainer_sees_all_sessions_of_their_athletes_and_a_former_one_those_they_led(world: World) {
        let (led, athlete, former) = world.session().await;
        let exercise = former.exercises(1).await.remove(0);
        let round = trained(&led, &athlete, &former, &[(&exercise, json!({ "weight_kg": 50.0, "reps": 5 }), 6)]).await;
        former.post(&format!("/v1/sessions/{led}/cancel")).send().await.ok();
        let now = world.sign_in("ines").await;
        world.assign(&athlete, &now).await;
        let other = text(&athlete.post("/v1/sessions").send().await.created()["id"]);
        now.post(&format!("/v1/sessions/{other}/join")).send().await.ok();
        trained(&other, &athlete, &now, &[(&exercise, json!({ "weight_kg": 60.0, "reps": 5 }), 6)]).await;

        let list = format!("/v1/athletes/{}/sessions", athlete.id);
        for (client, sessions, weights) in [
            (&athlete, vec![&other, &led], vec![json!(60.0), json!(50.0)]),
            (&now, vec![&other, &led], vec![json!(60.0), json!(50.0)]),
            (&former, vec![&led], vec![json!(50.0)]),
        ] {
            let page = client.get(&list).send().await.ok();
            let listed: Vec<String> = page["sessions"].as_array().expect("a list").iter().map(|it| text(&it["id"])).collect();
            assert_eq!(listed.iter().collect::<Vec<_>>(), sessions);
            assert_eq!(sets(client, &athlete, &exercise).await, weights);
        }
        assert_eq!(now.get(&format!("/v1/sessions/{led}")).send().await.ok()["id"], json!(led));
        assert_eq!(former.get(&format!("/v1/sessions/{other}")).send().await.code(), "not-found");
        // It is corrected by whom the athlete trains with now.
        let correct = json!({ "actual": { "weight_kg": 55.0, "reps": 5 } });
        let by = |client: &Client| client.call("PATCH", &correction(&round, 0)).if_match(&round["version"]).json(&correct);
        assert_eq!(by(&former).send().await.code(), "not-your-part");
        by(&now).send().await.ok();
        for mailbox in ["tobias", "admin"] {
            let stranger = world.sign_in(mailbox).await;
            assert_eq!(stranger.get(&list).send().await.code(), "not-found");
            assert_eq!(by(&stranger).send().await.code(), "not-found");
        }
    }

    async fn b18_sessions_are_listed_by_time_exercise_and_status_a_page_at_a_time(world: World) {
        let (open, athlete, trainer) = world.session().await;
        let exercises = trainer.exercises(2).await;
        trainer.draft(&open).await;
        let path = format!("/v1/athletes/{}/sessions", athlete.id);
        let mut entered = Vec::new();
        // Entered in another order than they happened.
        for (day, exercise) in [(7, 0), (5, 0), (6, 1)] {
            let (began, ended) = (format!("2026-01-0{day}T10:00:00Z"), format!("2026-01-0{day}T11:00:00Z"));
            let made = athlete.post(&path).json(&recorded(&exercises[exercise], &began, &ended)).send().await.created();
            entered.push((day, text(&made["id"])));
        }
        entered.sort();
        let (first, second, third) = (&entered[0].1, &entered[1].1, &entered[2].1);
        let list = async |query: &str| -> (Vec<String>, Value) {
            let page = athlete.get(&format!("{path}?{query}")).send().await.ok();
            let ids = page["sessions"].as_array().expect("a list").iter().map(|it| text(&it["id"])).collect();
            (ids, page["next"].clone())
        };
        assert_eq!(list("").await.0, [&open, third, second, first].map(String::clone));
        assert_eq!(list("status=ended").await.0, [third, second, first].map(String::clone));
        assert_eq!(list("status=open").await.0, std::slice::from_ref(&open));
        assert_eq!(list("from=2026-01-06T10:00:00Z&to=2026-01-07T10:00:00Z").await.0, std::slice::from_ref(second));
        assert_eq!(list(&format!("exercise_id={}", exercises[0])).await.0, [third, first].map(String::clone));
        let (page, next) = list("status=ended&limit=2").await;
        assert_eq!(page, [third, second].map(String::clone));
        let (page, next) = list(&format!("status=ended&limit=2&before={}", text(&next))).await;
        assert_eq!((page, next), (vec![first.clone()], json!(null)));
        for (client, planned) in [(&athlete, 0), (&trainer, 1)] {
            let of_open = client.get(&path).send().await.ok()["sessions"][0].clone();
            assert_eq!(of_open["rounds"], json!({ "planned": planned, "completed": 0 }), "a draft is the trainer's");
        }
    }

    async fn ids_that_a_client_made_collide_hold_nothing_up(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercises = trainer.exercises(3).await;
        let key = |number: u128| uuid::Uuid::from_u128(0x0193_a7c1_5d2e_7f00_8a11_3c5b_7d9e_1f20 + number).to_string();
        let item = |number: usize| json!({ "exercise_id": exercises[number], "planned": { "reps": 5 } });
        let rounds = format!("/v1/sessions/{session}/rounds");
        let add = async |number: u128, items: &[Value]| {
            trainer.post(&rounds).key(&key(number)).json(&json!({ "exercises": items })).send().await.created()
        };
        let first = add(0, &[item(0), item(1)]).await;
        let second = add(1, &[item(0), item(1)]).await;
        assert_eq!(first["exercises"][1]["id"], second["exercises"][0]["id"], "counted on from the keys");
        // Within one round no two are the same.
        let plan = json!({ "exercises": [item(0), item(1), item(2)] });
        let edit = trainer.call("PUT", &format!("/v1/rounds/{}", text(&first["id"]))).if_match(&first["version"]);
        let edited = edit.key(&key(2)).json(&plan).send().await.ok();
        let ids = edited["exercises"].as_array().expect("a list").iter().map(|item| text(&item["id"]));
        assert_eq!(ids.collect::<std::collections::BTreeSet<_>>().len(), 3);
        for round in [&edited, &second] {
            trainer.post(&format!("/v1/rounds/{}/release", text(&round["id"]))).send().await.ok();
            complete(&athlete, round).await;
        }
        assert_eq!(sets(&trainer, &athlete, &exercises[0]).await.len(), 2);
        assert_eq!(sets(&trainer, &athlete, &exercises[2]).await.len(), 1);
    }

    async fn sets_that_cannot_be_taken_up_hold_up_nobody_else_s(world: World) {
        let (one, other) = tokio::join!(world.sign_in("mara"), world.sign_in("tobias"));
        let exercise = one.exercises(1).await.remove(0);
        let (began, ended) = ("2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z");
        let mut sessions = std::collections::BTreeMap::new();
        for athlete in [&one, &other] {
            let path = format!("/v1/athletes/{}/sessions", athlete.id);
            let entered = athlete.post(&path).json(&recorded(&exercise, began, ended)).send().await.created();
            sessions.insert(athlete.id.clone(), text(&entered["id"]));
        }
        world.app.store.forget_sets().await;
        // Of whoever is taken up first.
        let (failing, session) = sessions.first_key_value().expect("there are two");
        world.app.store.repeat_exercise(session).await;
        crate::commands::catch_up_all(&world.app).await.expect("it goes on");
        for athlete in [&one, &other] {
            let lacks_projections = world.app.store.lacks_projections(user_id(athlete)).await.expect("it is counted");
            assert_eq!(lacks_projections, athlete.id == *failing);
        }
    }

    async fn a_correction_that_says_what_is_noted_is_answered_and_is_none(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercise = trainer.exercises(1).await.remove(0);
        let round = trained(&session, &athlete, &trainer, &[(&exercise, json!({ "reps": 50 }), 6)]).await;
        let cursor = trainer.cursor().await;
        let body = json!({ "actual": { "reps": 50 }, "reason": "to be sure" });
        let on_version = |version: &Value| athlete.call("PATCH", &correction(&round, 0)).if_match(version).json(&body);
        let correct = || on_version(&round["version"]);
        let answered = correct().key("once").send().await;
        assert_eq!(answered.header("etag"), format!("\"{}\"", round["version"]));
        assert_eq!(answered.ok(), round);
        assert_eq!(correct().key("once").send().await.ok(), round);
        assert_eq!(on_version(&json!(99)).send().await.code(), "version-mismatch");
        assert_eq!(trainer.cursor().await, cursor);
    }

    async fn a_deactivated_athlete_is_nobody_s(world: World) {
        let (led, athlete, former) = world.session().await;
        let exercise = former.exercises(1).await.remove(0);
        let round = trained(&led, &athlete, &former, &[(&exercise, json!({ "reps": 5 }), 6)]).await;
        former.post(&format!("/v1/sessions/{led}/cancel")).send().await.ok();
        let last = world.sign_in("ines").await;
        world.assign(&athlete, &last).await;
        let (list_path, session) = (format!("/v1/athletes/{}/sessions", athlete.id), format!("/v1/sessions/{led}"));
        let entry = recorded(&exercise, "2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z");
        let correct = |by: &Client| {
            let body = json!({ "actual": { "reps": 6 } });
            by.call("PATCH", &correction(&round, 0)).if_match(&round["version"]).json(&body)
        };
        for gone in [json!({ "active": false }), json!({ "active": true, "roles": ["admin"] })] {
            world.change_person(&athlete, gone).await;
            for refused in [
                last.get(&list_path).send().await,
                last.get(&format!("/v1/athletes/{}/exercises/{exercise}/sets", athlete.id)).send().await,
                last.get(&session).send().await,
                last.get(&format!("/v1/athletes/{}/journal", athlete.id)).send().await,
                last.post(&list_path).json(&entry).send().await,
                correct(&last).send().await,
            ] {
                assert_eq!(refused.code(), "not-found");
            }
            // Who led a session knows it, as every former trainer does.
            let listed = former.get(&list_path).send().await.ok()["sessions"].clone();
            assert_eq!(listed.as_array().map(Vec::len), Some(1));
            former.get(&session).send().await.ok();
            assert_eq!(correct(&former).send().await.code(), "not-your-part");
        }
        world.change_person(&athlete, json!({ "roles": ["athlete"] })).await;
        correct(&last).send().await.ok();
        // What they entered themselves they have led; they may not enter it again under its key.
        let enter = || last.post(&list_path).key("entered").json(&entry).send();
        enter().await.created();
        world.change_person(&athlete, json!({ "active": false })).await;
        assert_eq!(enter().await.code(), "not-found");
    }

    async fn a_trainer_is_told_nothing_of_who_is_their_athlete_no_more(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercise = trainer.exercises(1).await.remove(0);
        trained(&session, &athlete, &trainer, &[(&exercise, json!({ "weight_kg": 50.0, "reps": 5 }), 6)]).await;
        trainer.post(&format!("/v1/sessions/{session}/cancel")).send().await.ok();
        for gone in [json!({ "active": false }), json!({ "active": true, "roles": ["admin"] })] {
            world.change_person(&athlete, gone).await;
            world.app.store.forget_sets().await;
            let cursor = trainer.cursor().await;
            crate::commands::catch_up_all(&world.app).await.expect("it works");
            assert_eq!(trainer.cursor().await, cursor);
        }
        world.change_person(&athlete, json!({ "roles": ["athlete"] })).await;
        assert_eq!(records_of(&trainer, &athlete).await.0.len(), 1, "and the records are there again");
    }

    async fn an_athlete_leaves_after_whoever_is_telling_their_trainer_of_a_record(world: World) {
        let (athlete, admin) = tokio::join!(world.sign_in("mara"), world.sign_in("admin"));
        let path = format!("/v1/users/{}", athlete.id);
        let version = admin.get(&path).send().await.ok()["version"].clone();
        let mut tx = world.app.store.write().await.expect("it begins");
        tx.lock_athlete_records(user_id(&athlete)).await.expect("they are locked");
        assert!(tx.trainer_of(user_id(&athlete)).await.expect("it is read").is_some());
        let leaving = admin.call("PATCH", &path).if_match(&version).json(&json!({ "trainer_id": null }));
        let mut leaving = tokio::spawn(leaving.send());
        let early = tokio::time::timeout(std::time::Duration::from_secs(1), &mut leaving).await;
        assert!(early.is_err(), "it waits");
        tx.commit().await.expect("it lasts");
        leaving.await.expect("it ends").ok();
    }

    async fn sessions_of_a_server_from_before_there_were_sets_are_taken_up(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercise = trainer.exercises(1).await.remove(0);
        trained(&session, &athlete, &trainer, &[(&exercise, json!({ "weight_kg": 50.0, "reps": 5 }), 6)]).await;
        let expected = records_of(&trainer, &athlete).await.0;
        world.app.store.forget_sets().await;
        assert_eq!(records_of(&trainer, &athlete).await.0, []);
        let cursor = trainer.cursor().await;
        crate::commands::catch_up_all(&world.app).await.expect("it works");
        assert_eq!(records_of(&trainer, &athlete).await.0, expected);
        let events = trainer.get(&format!("/v1/feed?after={cursor}")).send().await.ok()["events"].clone();
        assert_eq!(events[0]["type"], "athlete-changed");
        // Whoever asks before that gets them as well, and so does the next round.
        world.app.store.forget_sets().await;
        assert_eq!(sets(&athlete, &athlete, &exercise).await, [json!(50.0)]);
        trained(&session, &athlete, &trainer, &[(&exercise, json!({ "weight_kg": 55.0, "reps": 5 }), 6)]).await;
        world.app.store.forget_sets().await;
        trained(&session, &athlete, &trainer, &[(&exercise, json!({ "weight_kg": 60.0, "reps": 5 }), 6)]).await;
        assert_eq!(sets(&trainer, &athlete, &exercise).await, [json!(60.0), json!(55.0), json!(50.0)]);
        let (known, _) = records_of(&trainer, &athlete).await;
        assert_eq!(known, records(&all_sessions(&trainer, &athlete).await, clock::now()));
    }
}
