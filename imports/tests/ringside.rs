//! Our own export as a file: what it says is kept, and what somebody has changed in it is skipped, with its row.

use imports::{Names, Options, Plan, Unreadable};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use training::imports::{ImportFormat, SkipReason, WeightUnit};

/// An export of two sessions and two weights, as small as one can be.
fn export() -> Value {
    let item = |name: &str, actual: Value| {
        json!({ "id": "0197a000-0000-7000-8000-000000000101", "exercise_id": "0197a000-0000-7000-8000-000000000001",
                "name": name, "fields": ["reps", "weight"], "position": 0, "kind": "working",
                "planned": { "reps": 5 }, "trainer_notes": "deep", "last": null, "actual": actual,
                "feedback": { "effort": 8, "pain": false, "pain_regions": [], "note": null } })
    };
    let round = |number: u32, status: &str, items: Vec<Value>| {
        json!({ "id": "0197a000-0000-7000-8000-000000000102", "session_id": "0197a000-0000-7000-8000-000000000103",
                "number": number, "status": status, "is_final": false, "rest_after_s": 90, "released_at": null,
                "started_at": "2026-02-10T16:00:00Z", "completed_at": "2026-02-10T16:10:00Z",
                "exercises": items, "version": 1 })
    };
    let session = |id: u32, started_at: &str, rounds: Vec<Value>| {
        json!({ "id": format!("0197a000-0000-7000-8000-00000000020{id}"), "status": "completed",
                "athlete": { "id": "0197a000-0000-7000-8000-000000000301", "name": "Mira" }, "trainer": null,
                "started_at": started_at, "joined_at": null, "ended_at": "2026-02-10T17:00:00Z",
                "cancelled_by": null, "cancel_reason": null, "rounds": rounds, "version": 3 })
    };
    let weight = |at: &str, kg: f64| {
        json!({ "id": "0197a000-0000-7000-8000-000000000401", "athlete_id": "0197a000-0000-7000-8000-000000000301",
                "weight_kg": kg, "at": at, "note": null, "version": 1 })
    };
    let both = vec![item("Squat", json!({ "reps": 5, "weight_kg": 45.359 })), item("Row", json!({ "reps": 12 }))];
    json!({ "format": "ringside-export", "version": 1, "exported_at": "2026-03-01T12:00:00Z",
            "studio": { "name": "Studio", "time_zone": "Europe/Berlin" },
            "person": { "id": "0197a000-0000-7000-8000-000000000301", "name": "Mira", "email": "mira@studio.example",
                        "roles": ["athlete"], "locale": "de", "weight_unit": "lb", "trainer": null },
            "weights": [weight("2026-02-01T07:00:00Z", 81.647), weight("2026-02-02T07:00:00Z", 8.1)],
            "sessions": [
                session(1, "2026-02-10T16:00:00Z",
                        vec![round(1, "completed", both), round(2, "released", vec![item("Squat", Value::Null)])]),
                session(2, "2026-02-10T16:30:00Z", vec![round(1, "completed", vec![item("Squat", json!({ "reps": 3 }))])]),
            ],
            "exercises": [] })
}

fn read(export: &Value) -> Result<Plan, Unreadable> {
    read_bytes(export.to_string().as_bytes())
}

fn read_bytes(bytes: &[u8]) -> Result<Plan, Unreadable> {
    let now = "2026-12-01T00:00:00Z".parse::<jiff::Timestamp>().expect("an instant").into();
    imports::read(bytes, &Options { unit: None, time_zone: TimeZone::UTC, now, names: &Names::default() })
}

/// The reasons of what is skipped, by row.
fn skipped(plan: &Plan) -> Vec<(u32, SkipReason)> {
    plan.skipped.iter().map(|skipped| (skipped.line, skipped.reason)).collect()
}

#[test]
fn b70_each_exercise_of_a_round_and_each_weight_is_a_row() {
    let plan = read(&export()).expect("an export");
    assert_eq!((plan.format, plan.unit.unit), (ImportFormat::Ringside, WeightUnit::Kg));
    assert_eq!((plan.rows, plan.sets(), plan.weights.len()), (6, 3, 1));
    assert_eq!(skipped(&plan), [(3, SkipReason::Empty), (6, SkipReason::OutOfRange)]);
    let names: Vec<&str> = plan.exercises.iter().map(|exercise| exercise.name.as_str()).collect();
    assert_eq!(names, ["Squat", "Row"]);
    let round = &plan.sessions[0].rounds[0];
    assert_eq!((round.sets.len(), round.rest_after_s), (2, Some(90)), "several exercises stay one round");
    assert_eq!(round.sets[0].actual.weight_kg, Some(45.359));
    assert_eq!(round.sets[0].note.as_deref(), Some("deep"));
    assert_eq!(plan.sessions[0].original, serde_json::from_value(export()["sessions"][0]["id"].clone()).ok());
}

#[test]
fn b70_what_breaks_a_rule_is_skipped_with_its_row() {
    for (field, value, reason) in [
        ("/actual/weight_kg", json!(5_000), SkipReason::OutOfRange),
        ("/planned/reps", json!(0), SkipReason::OutOfRange),
        ("/feedback/effort", json!(11), SkipReason::OutOfRange),
        ("/kind", json!("dance"), SkipReason::OutOfRange),
        ("/name", json!("  "), SkipReason::ExerciseMissing),
        ("/name", json!("x".repeat(200)), SkipReason::ExerciseName),
    ] {
        let mut changed = export();
        let item = &mut changed["sessions"][0]["rounds"][0]["exercises"][0];
        *item.pointer_mut(field).expect("a field of an item") = value;
        let plan = read(&changed).expect("an export");
        assert_eq!(skipped(&plan)[0], (1, reason), "{field}");
        assert_eq!(plan.rows, plan.sets() + plan.weights.len() + plan.skipped.len());
    }
}

#[test]
fn b70_a_session_that_has_not_happened_yet_or_comes_twice_is_skipped() {
    for (started_at, reason) in [
        ("2999-01-01T00:00:00Z", SkipReason::InFuture),
        ("1950-01-01T00:00:00Z", SkipReason::BadDate),
        ("2026-02-10T16:00:00Z", SkipReason::Duplicate),
    ] {
        let mut changed = export();
        changed["sessions"][1]["started_at"] = json!(started_at);
        let plan = read(&changed).expect("an export");
        assert_eq!((plan.sessions.len(), skipped(&plan)[1]), (1, (4, reason)));
    }
}

#[test]
fn b70_a_round_ends_within_its_session_whatever_a_file_says() {
    let mut changed = export();
    changed["sessions"][0]["rounds"][0]["completed_at"] = json!("2999-01-01T00:00:00Z");
    changed["sessions"][0]["ended_at"] = json!("2026-02-10T15:00:00Z");
    let plan = read(&changed).expect("an export");
    let session = &plan.sessions[0];
    assert_eq!(session.ended_at, session.started_at);
    assert_eq!(session.rounds[0].completed_at.unwrap_or(session.ended_at), session.started_at);
}

#[test]
fn what_is_no_export_of_ours_is_told_apart() {
    let text = export().to_string();
    assert_eq!(read_bytes(&text.as_bytes()[..text.len() - 9]), Err(Unreadable::BrokenExport));
    assert_eq!(read_bytes(b"{\"format\":\"other\",\"version\":1}"), Err(Unreadable::UnknownFormat));
    assert_eq!(read_bytes(b"{"), Err(Unreadable::UnknownFormat));
    let mut newer = export();
    newer["version"] = json!(2);
    assert_eq!(read(&newer), Err(Unreadable::NewerExport));
    let deep = format!("{{\"format\":\"ringside-export\",\"version\":1,\"x\":{}", "[".repeat(100_000));
    assert_eq!(read_bytes(deep.as_bytes()), Err(Unreadable::BrokenExport));
}

#[test]
fn b70_what_there_is_no_place_for_is_named() {
    let mut with_notes = export();
    with_notes["notes"] = json!([{ "session_id": "0197a000-0000-7000-8000-000000000201",
                                   "trainer": { "id": "0197a000-0000-7000-8000-000000000302", "name": "Jonas" },
                                   "text": "likes squats", "version": 1 }]);
    match read(&with_notes) {
        Ok(plan) => assert_eq!(plan.unused_columns, ["notes"]),
        Err(error) => panic!("{error}"),
    }
}
