//! Servers of other versions than the core: what a newer one adds, and what an older one lacks.

use serde_json::{Value, json};
use training::wire::{Account, ByeReason, Locale, Role};
use training::{Category, Exercise, Field, Person, Region, RoundStatus, Session, SessionStatus, Unrecognised};
use uuid::Uuid;

/// Event types unknown to this version.
const EVENTS: [&str; 3] = ["meal-saved", "round-rated", "plan-shared"];

/// An event type unknown to this version.
pub(super) fn event_name(number: u64) -> Unrecognised {
    let place = usize::try_from(number).unwrap_or_default() % EVENTS.len();
    Unrecognised::new(EVENTS[place])
}

/// A reason to end a stream, unknown to this version.
pub(super) fn bye_reason() -> ByeReason {
    ByeReason::from_word("rebalancing")
}

/// A role unknown to this version.
pub(super) fn role() -> Role {
    Role::from_word("physiotherapist")
}

/// A language unknown to this version.
pub(super) fn locale() -> Locale {
    Locale::from_word("nl")
}

/// A session of the past with words unknown to this version: how it ended, what became of its round, and where it hurt.
pub(super) fn session(athlete: &Account, trainer: &Person, exercise: &Exercise) -> Session {
    // Before every session of the run.
    let [id, round, item] = [1, 2, 3].map(|number| Uuid::from_u128(athlete.id.0.as_u128() << 8 | number));
    let began = "2026-10-01T09:00:00Z";
    let feedback = json!({ "effort": 6, "pain": true, "pain_regions": [region().as_str(), "chest"], "note": null });
    let item = json!({ "id": item, "exercise_id": exercise.id, "name": exercise.name, "fields": exercise.fields,
        "position": 0, "planned": { "reps": 5 }, "trainer_notes": null, "actual": null, "feedback": feedback });
    let round = json!({ "id": round, "session_id": id, "number": 1, "status": round_status().as_str(), "is_final": false,
        "rest_after_s": null, "released_at": began, "started_at": began, "completed_at": null, "exercises": [item],
        "version": 3 });
    let person = json!({ "id": athlete.id, "name": athlete.name });
    let session = json!({ "id": id, "status": session_status().as_str(), "athlete": person, "trainer": trainer,
        "started_at": began, "joined_at": began, "ended_at": began, "cancelled_by": null, "cancel_reason": null,
        "rounds": [round], "version": 5 });
    serde_json::from_value(session).expect("a session")
}

fn region() -> Region {
    Region::from_word("left-wrist")
}

fn round_status() -> RoundStatus {
    RoundStatus::from_word("skipped")
}

fn session_status() -> SessionStatus {
    SessionStatus::from_word("interrupted")
}

/// An exercise with words unknown to this version.
pub(super) fn exercise(like: &Exercise) -> Exercise {
    Exercise {
        category: Category::from_word("mobility"),
        fields: vec![Field::from_word("tempo"), Field::Reps],
        ..like.clone()
    }
}

/// A server's version, relative to the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// It lacks newer fields, the routes of the library, of notes, journals and weights, and corrections.
    ///
    /// As every server, it refuses the fields of a request that it doesn't know.
    Older,
    Same,
    /// It has fields, words and events unknown to this version.
    Newer,
}

impl Version {
    /// The server version for a run of this seed.
    pub(super) fn of_seed(seed: u64) -> Self {
        match seed % 4 {
            1 => Self::Older,
            2 => Self::Newer,
            _ => Self::Same,
        }
    }

    /// JSON text as a server of this version would write it.
    pub(super) fn encode(self, text: &[u8]) -> Vec<u8> {
        let Ok(mut value) = serde_json::from_slice(text) else { return text.to_vec() };
        match self {
            Self::Older => remove_newer_fields(&mut value),
            Self::Same => {}
            Self::Newer => add_unknown_fields(&mut value),
        }
        serde_json::to_vec(&value).expect("it was JSON")
    }
}

/// The members of requests that an older server doesn't know, by JSON pointer.
const NEWER_REQUEST_MEMBERS: [&str; 2] = ["/place", "/device_token"];

/// What of a request an older server refuses.
pub(super) fn unknown_to_older(body: &[u8]) -> Option<&'static str> {
    let body: Value = serde_json::from_slice(body).ok()?;
    NEWER_REQUEST_MEMBERS.into_iter().find(|member| body.pointer(member).is_some())
}

/// The code of a problem as a newer server writes it that tells more cases apart.
const NEWER_CODE: (&str, &str) = ("another-round-out", "another-round-begun");

/// The fields of exercises, sessions and athletes, and the lists of a snapshot, that an older server doesn't have.
const NEWER_FIELDS: [&str; 13] = [
    "aliases",
    "muscles",
    "cue",
    "video",
    "last",
    "corrections",
    "recorded",
    "imported",
    "records",
    "notes",
    "journal_entries",
    "weights",
    "weight_unit",
];

fn remove_newer_fields(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !NEWER_FIELDS.contains(&name.as_str()));
            members.values_mut().for_each(remove_newer_fields);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_newer_fields),
        _ => {}
    }
}

fn add_unknown_fields(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(add_unknown_fields);
            if let Some(code) = members.get_mut("code").filter(|code| **code == NEWER_CODE.0) {
                *code = json!(NEWER_CODE.1);
            }
            members.insert("of_a_newer_version".to_owned(), json!({ "list": [1, { "deep": null }] }));
        }
        Value::Array(items) => items.iter_mut().for_each(add_unknown_fields),
        _ => {}
    }
}
