//! Servers of other versions than the core: what a newer one adds, and what an older one lacks.

use serde_json::{Value, json};
use training::wire::{ByeReason, Role};
use training::{Category, Exercise, Field, Unrecognised};

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
            members.insert("of_a_newer_version".to_owned(), json!({ "list": [1, { "deep": null }] }));
        }
        Value::Array(items) => items.iter_mut().for_each(add_unknown_fields),
        _ => {}
    }
}
