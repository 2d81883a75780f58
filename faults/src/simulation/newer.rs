//! What a newer server says besides: fields, words and events that this version doesn't know.

use serde_json::{Value, json};
use training::wire::{ByeReason, Role};
use training::{Category, Exercise, Field, Unrecognised};

/// The types of events that nobody here knows.
const EVENTS: [&str; 3] = ["weight-saved", "round-rated", "presence-changed"];

/// A type of event that nobody here knows.
pub(super) fn event_name(number: u64) -> Unrecognised {
    let place = usize::try_from(number).unwrap_or_default() % EVENTS.len();
    Unrecognised::new(EVENTS[place])
}

/// A reason to end a stream that nobody here knows.
pub(super) fn bye_reason() -> ByeReason {
    ByeReason::from_word("rebalancing")
}

/// A role that nobody here knows.
pub(super) fn role() -> Role {
    Role::from_word("physiotherapist")
}

/// An exercise in words that nobody here knows.
pub(super) fn exercise(like: &Exercise) -> Exercise {
    Exercise {
        category: Category::from_word("mobility"),
        fields: vec![Field::from_word("tempo"), Field::Reps],
        ..like.clone()
    }
}

/// The text of a JSON value with a field that nobody here knows in every object of it.
pub(super) fn with_fields(text: &[u8]) -> Vec<u8> {
    let Ok(mut value) = serde_json::from_slice(text) else { return text.to_vec() };
    add_fields(&mut value);
    serde_json::to_vec(&value).expect("it was JSON")
}

fn add_fields(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(add_fields);
            members.insert("of_a_newer_version".to_owned(), json!({ "list": [1, { "deep": null }] }));
        }
        Value::Array(items) => items.iter_mut().for_each(add_fields),
        _ => {}
    }
}
