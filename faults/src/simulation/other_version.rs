//! Servers of other versions than the core: what a newer one says besides, and what an older one doesn't say yet.

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

/// Of which version a server is, beside the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// It has neither the fields of an exercise that came later, nor routes to keep the library.
    Older,
    Same,
    /// It has fields, words and events that nobody here knows.
    Newer,
}

impl Version {
    /// What a run of this seed is played with.
    pub(super) fn of_seed(seed: u64) -> Self {
        match seed % 4 {
            1 => Self::Older,
            2 => Self::Newer,
            _ => Self::Same,
        }
    }

    /// The text of a JSON value as a server of this version says it.
    pub(super) fn says(self, text: &[u8]) -> Vec<u8> {
        let Ok(mut value) = serde_json::from_slice(text) else { return text.to_vec() };
        match self {
            Self::Older => without_later_fields(&mut value),
            Self::Same => {}
            Self::Newer => with_unknown_fields(&mut value),
        }
        serde_json::to_vec(&value).expect("it was JSON")
    }
}

/// The fields of an exercise that an older server doesn't have.
const LATER: [&str; 4] = ["aliases", "muscles", "cue", "video"];

fn without_later_fields(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !LATER.contains(&name.as_str()));
            members.values_mut().for_each(without_later_fields);
        }
        Value::Array(items) => items.iter_mut().for_each(without_later_fields),
        _ => {}
    }
}

fn with_unknown_fields(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(with_unknown_fields);
            members.insert("of_a_newer_version".to_owned(), json!({ "list": [1, { "deep": null }] }));
        }
        Value::Array(items) => items.iter_mut().for_each(with_unknown_fields),
        _ => {}
    }
}
