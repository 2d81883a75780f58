//! Writes the bridge's declarations as one TypeScript file.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::ops::RangeInclusive;

use serde_json::{Value, json};
use training::{Exercise, Person, RoundStatus, SessionEventName, SessionStatus};
use ts_rs::{Config, TS, TypeVisitor};

use crate::bridge::{Call, FILE_PIECE_BYTES, Failure, KioskCall, Message, VideoPart};
use crate::roster::pin::{MEMBER_DIGITS, STUDIO_DIGITS};

/// The text of `ui/src/bridge/generated.ts`.
pub fn typescript() -> String {
    // No number here passes 2^53: versions, counts, milliseconds.
    let config = Config::default().with_large_int("number");
    let mut declarations = Declarations { config: &config, seen: HashSet::new(), by_name: BTreeMap::new() };
    declarations.visit::<Failure>();
    declarations.visit::<Message>();
    Call::visit_types(&mut declarations);
    KioskCall::visit_types(&mut declarations);
    declarations.visit::<VideoPart>();
    let mut text = String::from("// Generated from the Rust declarations by `cargo xtask codegen`; do not edit.\n\n");
    for declaration in declarations.by_name.values() {
        text.push_str("export ");
        text.push_str(declaration);
        text.push_str("\n\n");
    }
    text.push_str(&constant("What people may enter.", "LIMITS", &json!(training::Limits::current())));
    text.push_str(&constant("A pound in kilograms, exactly.", "KG_PER_LB", &json!(training::weights::KG_PER_LB)));
    let take_back = json!(training::imports::TAKE_BACK_DAYS);
    text.push_str(&constant("For how many days an import can be taken back.", "TAKE_BACK_DAYS", &take_back));
    text.push_str(&constant(
        "What the server calls people who were erased, and an exercise that only their files had.",
        "FORMER_NAMES",
        &former_names(),
    ));
    text.push_str(&constant("How many digits a PIN has.", "PIN_DIGITS", &pin_digits()));
    text.push_str(&constant("The most bytes one `put_file` takes.", "FILE_PIECE_BYTES", &json!(FILE_PIECE_BYTES)));
    text.push_str(&constant(
        "Whose act leads to an event. Either part may have cancelled a session: the session says which.",
        "EVENT_PARTS",
        &event_parts(),
    ));
    text.push_str(&constant("Whether anything may still happen in a session.", "SESSION_IS_OPEN", &session_is_open()));
    text.push_str(&constant("Whether a round is in front of the athlete.", "ROUND_IS_OUT", &round_is_out()));
    text.push_str(&Call::interfaces(&config));
    text.push('\n');
    text.push_str(&KioskCall::interface(&config));
    text
}

/// A constant, as it is declared.
fn constant(meaning: &str, name: &str, value: &Value) -> String {
    format!("/** {meaning} */\nexport const {name} = {value:#} as const;\n\n")
}

fn former_names() -> Value {
    json!({
        "athlete": Person::FORMER_ATHLETE,
        "trainer": Person::FORMER_TRAINER,
        "admin": Person::FORMER_ADMIN,
        "exercise": Exercise::FORMER,
    })
}

fn pin_digits() -> Value {
    let range = |digits: RangeInclusive<usize>| json!({ "min": digits.start(), "max": digits.end() });
    json!({ "member": range(MEMBER_DIGITS), "studio": range(STUDIO_DIGITS) })
}

fn session_is_open() -> Value {
    let statuses = SessionStatus::ALL.iter().map(|status| (status.as_str().to_owned(), json!(status.is_open())));
    Value::Object(statuses.collect())
}

fn round_is_out() -> Value {
    let statuses = RoundStatus::ALL.iter().map(|status| (status.as_str().to_owned(), json!(status.is_out())));
    Value::Object(statuses.collect())
}

fn event_parts() -> Value {
    let parts = SessionEventName::ALL.iter().filter_map(|name| Some((name.as_str().to_owned(), json!(name.part()?))));
    Value::Object(parts.collect())
}

/// Collects the declaration of every type it is shown, and of those that one mentions.
struct Declarations<'a> {
    config: &'a Config,
    seen: HashSet<TypeId>,
    by_name: BTreeMap<String, String>,
}

impl TypeVisitor for Declarations<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        // Only types that are declared have a file of their own; `string` and lists have none.
        if T::output_path().is_some() {
            self.by_name.insert(T::ident(self.config), T::decl(self.config));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}
