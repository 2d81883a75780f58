//! Statistics and bests: what they are made of, whom they are for, and that what is derived is always what follows.

use serde_json::{Value, json};
use training::progress::{SessionFacts, stats};
use training::{Exercise, Session, Stats, UserId};

use crate::rebuild::rebuild_all;
use crate::testing::{Client, Reply, World, on_both_databases};

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn lifted(weight_kg: f64, reps: u32) -> Value {
    json!({ "weight_kg": weight_kg, "reps": reps })
}

/// A round of these exercises that the athlete completes, as its answer has it.
async fn trained(session: &str, athlete: &Client, trainer: &Client, done: &[(&str, Value)]) -> Value {
    complete(athlete, &released(session, trainer, done).await, done).await
}

async fn released(session: &str, trainer: &Client, done: &[(&str, Value)]) -> Value {
    let item = |(exercise, _): &(&str, Value)| json!({ "exercise_id": exercise, "planned": { "effort": 8 } });
    let exercises: Vec<Value> = done.iter().map(item).collect();
    let plan = json!({ "exercises": exercises, "release": true });
    trainer.post(&format!("/v1/sessions/{session}/rounds")).json(&plan).send().await.created()
}

async fn complete(athlete: &Client, round: &Value, done: &[(&str, Value)]) -> Value {
    let mut reports = Client::reports(round);
    for (i, (_, actual)) in done.iter().enumerate() {
        reports["exercises"][i]["actual"] = actual.clone();
        reports["exercises"][i]["effort"] = json!(10);
    }
    athlete.post(&format!("/v1/rounds/{}/complete", text(&round["id"]))).json(&reports).send().await.ok()
}

/// Corrects what was noted of the first exercise of a round.
async fn correct(client: &Client, round: &Value, actual: Value) -> Value {
    let (id, item) = (text(&round["id"]), text(&round["exercises"][0]["id"]));
    let call = client.call("PATCH", &format!("/v1/rounds/{id}/exercises/{item}/actual"));
    call.if_match(&round["version"]).json(&json!({ "actual": actual })).send().await.ok()
}

/// A round as it is now.
async fn round(client: &Client, session: &str, round: &Value) -> Value {
    let session = client.get(&format!("/v1/sessions/{session}")).send().await.ok();
    let rounds = session["rounds"].as_array().expect("a list");
    rounds.iter().find(|known| known["id"] == round["id"]).expect("it is in it").clone()
}

/// The kinds of best that the first exercise of a round says it took, and from how much.
fn beaten(round: &Value) -> Vec<(String, f64)> {
    let bests = round["exercises"][0].get("bests").cloned().unwrap_or(json!([]));
    let best = |best: &Value| (text(&best["kind"]), best["before"].as_f64().expect("a number"));
    bests.as_array().expect("a list").iter().map(best).collect()
}

async fn enter(athlete: &Client, day: u32, exercise: &str, actual: Value) -> Value {
    let feedback = json!({ "effort": 9, "pain": true, "pain_regions": ["left_knee"] });
    let done = json!({ "exercise_id": exercise, "planned": { "effort": 8 }, "actual": actual, "feedback": feedback });
    let entered = json!({
        "started_at": format!("2026-01-{day:02}T10:00:00Z"), "ended_at": format!("2026-01-{day:02}T11:00:00Z"),
        "rounds": [{ "exercises": [done] }],
    });
    athlete.post(&format!("/v1/athletes/{}/sessions", athlete.id)).json(&entered).send().await.created()
}

async fn stats_of(client: &Client, athlete: &Client, query: &str) -> Reply {
    client.get(&format!("/v1/athletes/{}/stats{query}", athlete.id)).send().await
}

/// What follows from all sessions of an athlete, and is answered.
async fn expected(client: &Client, athlete: &Client) -> Stats {
    let page = client.get(&format!("/v1/athletes/{}/sessions?limit=100", athlete.id)).send().await.ok();
    let mut facts = Vec::new();
    for summary in page["sessions"].as_array().expect("a list") {
        let path = format!("/v1/sessions/{}", text(&summary["id"]));
        let session: Session = client.get(&path).send().await.read();
        facts.extend(SessionFacts::of(&session));
    }
    let library = client.get("/v1/exercises").send().await.ok()["exercises"].clone();
    let library: Vec<Exercise> = serde_json::from_value(library).expect("exercises");
    let me = client.get("/v1/me").send().await.ok();
    let zone = jiff::tz::TimeZone::get(&text(&me["studio"]["time_zone"])).expect("a time zone");
    stats(&facts, None, &library, &zone)
}

/// Makes everything anew and finds nothing that differs.
async fn nothing_differs(world: &World) {
    let rebuilt = rebuild_all(&world.app.store).await.expect("it works");
    assert_eq!((rebuilt.differences, rebuilt.projected), (vec![], 0));
}

on_both_databases! {
    async fn statistics_are_what_all_sessions_together_give(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercises = trainer.exercises(2).await;
        let (squat, row) = (exercises[0].as_str(), exercises[1].as_str());
        enter(&athlete, 5, squat, lifted(90.0, 5)).await;
        let first = trained(&session, &athlete, &trainer, &[(squat, lifted(100.0, 5)), (row, json!({ "reps": 12 }))]).await;
        for client in [&athlete, &trainer] {
            let answered: Stats = stats_of(client, &athlete, "").await.read();
            assert_eq!(answered, expected(client, &athlete).await, "also while the session goes on");
        }
        correct(&trainer, &first, lifted(70.0, 5)).await;
        enter(&athlete, 6, squat, lifted(80.0, 6)).await;
        trainer.post(&format!("/v1/sessions/{session}/cancel")).send().await.ok();
        let answered: Stats = stats_of(&athlete, &athlete, "").await.read();
        assert_eq!(answered, expected(&trainer, &athlete).await, "after a correction and in whatever order");
        let of_squat = answered.bests.iter().find(|bests| bests.exercise_id.to_string() == squat).expect("it was done");
        assert_eq!(of_squat.heaviest.as_ref().and_then(|set| set.actual.weight_kg), Some(90.0));
        assert_eq!(answered.exercises.len(), 2);
        nothing_differs(&world).await;
    }

    async fn statistics_are_of_a_time_an_exercise_and_a_time_zone(world: World) {
        let athlete = world.sign_in("mara").await;
        let exercises = athlete.exercises(2).await;
        // The 11th is a Sunday.
        for (day, exercise) in [(4, 0), (5, 1), (11, 0)] {
            enter(&athlete, day, &exercises[exercise], lifted(50.0, 5)).await;
        }
        let read = async |query: &str| -> Stats { stats_of(&athlete, &athlete, query).await.read() };
        let weeks = |stats: &Stats| json!(stats.volume.iter().map(|week| week.week).collect::<Vec<_>>());
        let all = read("?timezone=UTC").await;
        assert_eq!(weeks(&all), json!(["2025-12-29", "2026-01-05"]));
        assert_eq!((all.volume[1].sessions, all.volume[1].load), (2, Some(2.0 * 9.0 * 60.0)));
        assert_eq!(all.pain.iter().map(|pain| pain.times).collect::<Vec<_>>(), [1, 2]);
        assert_eq!((all.effort[0].points[0].planned, all.effort[0].points[0].felt), (8.0, 9.0));
        let some = read("?from=2026-01-05T10:00:00Z&to=2026-01-11T10:00:00Z&timezone=UTC").await;
        assert_eq!((weeks(&some), some.exercises.len()), (json!(["2026-01-05"]), 1));
        assert_eq!(weeks(&read("?timezone=Pacific/Kiritimati").await), json!(["2026-01-05", "2026-01-12"]));
        world.app.store.set_time_zone("Pacific/Kiritimati").await;
        assert_eq!(weeks(&read("").await), json!(["2026-01-05", "2026-01-12"]), "the studio's, if none is named");
        let one = read(&format!("?exercise_id={}", exercises[1])).await;
        assert_eq!(one.exercises.iter().map(|it| it.id.to_string()).collect::<Vec<_>>(), [exercises[1].clone()]);
        assert_eq!((one.bests.len(), one.volume.len(), one.volume[0].sessions), (1, 1, 1));
        assert_eq!(read(&format!("?exercise_id={}", uuid::Uuid::nil())).await.bests, [], "which there is not");
    }

    async fn statistics_have_what_the_athlete_weighed(world: World) {
        let (_, athlete, trainer) = world.session().await;
        let path = format!("/v1/athletes/{}/weights", athlete.id);
        for (day, weight_kg) in [(7, 70.2), (5, 71.0), (9, 69.8)] {
            let weight = json!({ "weight_kg": weight_kg, "at": format!("2026-01-{day:02}T07:00:00Z") });
            athlete.post(&path).json(&weight).send().await.created();
        }
        let weights = async |query: &str| -> Vec<f64> {
            let stats: Stats = stats_of(&trainer, &athlete, query).await.read();
            stats.weights.iter().map(|weight| weight.weight_kg).collect()
        };
        assert_eq!(weights("").await, [71.0, 70.2, 69.8], "oldest first");
        assert_eq!(weights("?from=2026-01-05T07:00:01Z&to=2026-01-09T07:00:00Z").await, [70.2]);
    }

    async fn a_parameter_that_says_nothing_is_refused(world: World) {
        let athlete = world.sign_in("mara").await;
        for query in ["?timezone=Middle/Earth", "?timezone=", "?timezone=../etc/passwd", "?from=yesterday", "?exercise_id=7", "?limit=5"] {
            let refused = stats_of(&athlete, &athlete, query).await;
            assert_eq!((refused.status.as_u16(), refused.code().as_str()), (400, "invalid-parameter"), "{query}");
        }
        assert_eq!(stats_of(&athlete, &athlete, "").await.read::<Stats>(), Stats::default());
    }

    async fn statistics_are_for_the_athlete_and_whoever_trains_them_now(world: World) {
        let (session, athlete, former) = world.session().await;
        let exercise = former.exercises(1).await.remove(0);
        trained(&session, &athlete, &former, &[(&exercise, lifted(50.0, 5))]).await;
        former.post(&format!("/v1/sessions/{session}/cancel")).send().await.ok();
        let (now, admin) = tokio::join!(world.sign_in("ines"), world.sign_in("admin"));
        let path = format!("/v1/users/{}", athlete.id);
        let known = admin.get(&path).send().await.ok();
        let assign = json!({ "trainer_id": now.id });
        admin.call("PATCH", &path).if_match(&known["version"]).json(&assign).send().await.ok();
        assert_eq!(stats_of(&now, &athlete, "").await.read::<Stats>().bests.len(), 1, "also of what another one led");
        stats_of(&athlete, &athlete, "").await.ok();
        for stranger in [&former, &admin, &world.sign_in("tobias").await, &world.sign_in_elsewhere("jonas").await] {
            assert_eq!(stats_of(stranger, &athlete, "").await.code(), "not-found");
        }
    }

    async fn b69_a_completed_round_says_to_both_which_bests_it_holds(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercise = trainer.exercises(1).await.remove(0);
        enter(&athlete, 5, &exercise, lifted(100.0, 5)).await;
        let first = trained(&session, &athlete, &trainer, &[(&exercise, lifted(100.0, 5))]).await;
        assert_eq!(first["exercises"][0].get("bests"), None, "as great is no best, and none is absent");
        let done = [(exercise.as_str(), lifted(105.0, 6))];
        let out = released(&session, &trainer, &done).await;
        let cursors = [athlete.cursor().await, trainer.cursor().await];
        let second = complete(&athlete, &out, &done).await;
        let kinds = [("heaviest", 100.0), ("e1rm", 116.129), ("volume", 500.0)].map(|(kind, kg)| (kind.to_owned(), kg));
        assert_eq!(beaten(&second), kinds);
        for (client, cursor) in [&athlete, &trainer].into_iter().zip(cursors) {
            let events = client.get(&format!("/v1/feed?after={cursor}")).send().await.ok()["events"].clone();
            let of_round = events.as_array().expect("a list").iter().find(|event| event["type"] == "round-completed");
            assert_eq!(of_round.expect("it is announced")["round"], second);
            assert_eq!(round(client, &session, &second).await, second);
        }
        let third = trained(&session, &athlete, &trainer, &[(&exercise, lifted(100.0, 7))]).await;
        assert_eq!(beaten(&third), [("reps".to_owned(), 6.0)], "and the volume was celebrated");
        nothing_differs(&world).await;
    }

    async fn b69_the_end_of_a_session_keeps_what_its_final_round_says(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercise = trainer.exercises(1).await.remove(0);
        trained(&session, &athlete, &trainer, &[(&exercise, lifted(50.0, 5))]).await;
        let plan = json!({ "exercises": [{ "exercise_id": exercise }], "release": true, "is_final": true });
        let out = trainer.post(&format!("/v1/sessions/{session}/rounds")).json(&plan).send().await.created();
        let cursor = trainer.cursor().await;
        let last = complete(&athlete, &out, &[(&exercise, lifted(55.0, 5))]).await;
        assert_eq!(beaten(&last)[0], ("heaviest".to_owned(), 50.0));
        let events = trainer.get(&format!("/v1/feed?after={cursor}")).send().await.ok()["events"].clone();
        let ended = events.as_array().expect("a list").iter().find(|event| event["type"] == "session-completed");
        assert_eq!(ended.expect("it is over")["session"]["rounds"][1], last);
    }

    async fn b69_a_corrected_value_takes_a_best_back_and_gives_it(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercise = trainer.exercises(1).await.remove(0);
        let first = trained(&session, &athlete, &trainer, &[(&exercise, lifted(100.0, 1))]).await;
        let second = trained(&session, &athlete, &trainer, &[(&exercise, lifted(150.0, 1))]).await;
        let third = trained(&session, &athlete, &trainer, &[(&exercise, lifted(110.0, 1))]).await;
        assert_eq!((beaten(&second)[0].clone(), beaten(&third)), (("heaviest".to_owned(), 100.0), vec![]));
        // A slip: what came after it is a best then, and whoever follows is told of both rounds.
        let cursor = athlete.cursor().await;
        let second = correct(&trainer, &second, lifted(90.0, 1)).await;
        assert_eq!(beaten(&second), []);
        let third = round(&athlete, &session, &third).await;
        assert_eq!(beaten(&third)[0], ("heaviest".to_owned(), 100.0));
        let events = athlete.get(&format!("/v1/feed?after={cursor}")).send().await.ok()["events"].clone();
        let told: Vec<&Value> = events.as_array().expect("a list").iter().map(|event| &event["round"]).collect();
        assert_eq!(told, [&second, &third]);
        // An earlier set was more: the later one beat nothing.
        correct(&athlete, &first, lifted(120.0, 1)).await;
        assert_eq!(beaten(&round(&athlete, &session, &third).await), []);
        nothing_differs(&world).await;
    }

    async fn b69_what_a_later_session_says_stays_true(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercises = trainer.exercises(2).await;
        let (squat, row) = (exercises[0].as_str(), exercises[1].as_str());
        let old = enter(&athlete, 5, squat, lifted(100.0, 1)).await;
        enter(&athlete, 5, row, lifted(40.0, 1)).await;
        let live = trained(&session, &athlete, &trainer, &[(squat, lifted(110.0, 1)), (row, lifted(50.0, 1))]).await;
        assert_eq!(beaten(&live)[0], ("heaviest".to_owned(), 100.0));
        let (cursor, of_row) = (trainer.cursor().await, live["exercises"][1]["bests"].clone());
        correct(&athlete, &old["rounds"][0], lifted(105.0, 1)).await;
        let live = round(&trainer, &session, &live).await;
        assert_eq!(beaten(&live)[0], ("heaviest".to_owned(), 105.0), "it was less than it said");
        let events = trainer.get(&format!("/v1/feed?after={cursor}")).send().await.ok()["events"].clone();
        let told = events.as_array().expect("a list").iter().find(|event| event["round"]["id"] == live["id"]);
        assert_eq!(told.expect("it is told")["round"], live);
        trainer.post(&format!("/v1/sessions/{session}/cancel")).send().await.ok();
        // Entered afterwards, and more than what came later: that is taken back, and nothing else.
        enter(&athlete, 6, squat, lifted(120.0, 1)).await;
        let live = round(&trainer, &session, &live).await;
        assert_eq!((beaten(&live), &live["exercises"][1]["bests"]), (vec![], &of_row));
        nothing_differs(&world).await;
    }

    async fn b69_what_was_entered_afterwards_celebrates_nothing(world: World) {
        let athlete = world.sign_in("mara").await;
        let exercise = athlete.exercises(1).await.remove(0);
        enter(&athlete, 5, &exercise, lifted(100.0, 1)).await;
        let better = enter(&athlete, 6, &exercise, lifted(110.0, 1)).await;
        assert_eq!(beaten(&better["rounds"][0]), []);
        let corrected = correct(&athlete, &better["rounds"][0], lifted(120.0, 1)).await;
        assert_eq!(beaten(&corrected), []);
    }

    async fn b69_nothing_is_called_a_best_while_something_is_not_known(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercise = trainer.exercises(1).await.remove(0);
        enter(&athlete, 5, &exercise, lifted(200.0, 1)).await;
        trained(&session, &athlete, &trainer, &[(&exercise, lifted(100.0, 1))]).await;
        world.app.store.forget_sets().await;
        let round = trained(&session, &athlete, &trainer, &[(&exercise, lifted(110.0, 1))]).await;
        assert_eq!(beaten(&round), []);
        crate::commands::catch_up_all(&world.app).await.expect("it works");
        let round = trained(&session, &athlete, &trainer, &[(&exercise, lifted(210.0, 1))]).await;
        assert_eq!(beaten(&round)[0], ("heaviest".to_owned(), 200.0));
        nothing_differs(&world).await;
    }

    async fn what_differs_from_what_follows_is_named_and_made_right(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let exercise = trainer.exercises(1).await.remove(0);
        trained(&session, &athlete, &trainer, &[(&exercise, lifted(100.0, 5))]).await;
        enter(&athlete, 5, &exercise, lifted(90.0, 5)).await;
        nothing_differs(&world).await;
        let right = stats_of(&athlete, &athlete, "").await.read::<Stats>();
        for damage in [
            "DELETE FROM session_facts",
            "UPDATE session_facts SET document = '{}'",
            "UPDATE session_facts SET has_bests = 1 - has_bests",
            "UPDATE session_facts SET at = at + 1",
            "UPDATE done_sets SET at = at + 1",
            "DELETE FROM athlete_bests",
            "UPDATE athlete_bests SET exercise_id = '00000000-0000-0000-0000-000000000000'",
            "DELETE FROM done_sets",
            "UPDATE done_sets SET kind = 'drop'",
            "UPDATE athlete_records SET document = '[]'",
            // Records of an exercise that is in no session.
            "UPDATE athlete_records SET document = replace(document, '\"exercise_id\":\"01', '\"exercise_id\":\"02')",
        ] {
            world.app.store.damage(damage).await;
            let rebuilt = rebuild_all(&world.app.store).await.expect("it works");
            let of: Vec<UserId> = rebuilt.differences.iter().map(|(athlete, _)| *athlete).collect();
            assert!(!of.is_empty() && of.iter().all(|id| id.to_string() == athlete.id), "{damage}: {rebuilt:?}");
            nothing_differs(&world).await;
            assert_eq!(stats_of(&athlete, &athlete, "").await.read::<Stats>(), right, "{damage}");
        }
        world.app.store.forget_sets().await;
        let rebuilt = rebuild_all(&world.app.store).await.expect("it works");
        assert_eq!((rebuilt.projected, rebuilt.sessions, rebuilt.differences), (2, 2, vec![]), "missing is not different");
        assert_eq!(stats_of(&athlete, &athlete, "").await.read::<Stats>(), right);
    }
}
