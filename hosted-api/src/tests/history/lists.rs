//! What is listed of an athlete, and for whom: their sets and their sessions.

use serde_json::{Value, json};
use training::progress::records;

use super::{all_sessions, correction, recorded, records_of, sets, text, trained};
use crate::clock;
use crate::testing::{Client, on_both_databases};

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
}
