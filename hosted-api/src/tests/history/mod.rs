//! What was done and when: sets, past sessions, records, corrections, and sessions that are entered afterwards.

mod corrections;
mod lists;
mod records;

use serde_json::{Value, json};
use training::{ExerciseRecord, Session, UserId};

use crate::testing::Client;

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
