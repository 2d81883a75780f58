//! Writes the bridge's declarations as one TypeScript file.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};

use ts_rs::{Config, TS, TypeVisitor};

use crate::bridge::{Call, Failure, KioskCall, Message};

/// The text of `ui/src/bridge/generated.ts`.
pub fn typescript() -> String {
    // No number here passes 2^53: versions, counts, milliseconds.
    let config = Config::default().with_large_int("number");
    let mut declarations = Declarations { config: &config, seen: HashSet::new(), by_name: BTreeMap::new() };
    declarations.visit::<Failure>();
    declarations.visit::<Message>();
    Call::visit_types(&mut declarations);
    KioskCall::visit_types(&mut declarations);
    let mut text = String::from("// Generated from the Rust declarations by `cargo xtask codegen`; do not edit.\n\n");
    for declaration in declarations.by_name.values() {
        text.push_str("export ");
        text.push_str(declaration);
        text.push_str("\n\n");
    }
    text.push_str("/** What people may enter, as the rules have it. */\nexport const LIMITS = ");
    text.push_str(&format_json(&serde_json::json!(training::Limits::current())));
    text.push_str(" as const;\n\n");
    text.push_str(&Call::interfaces(&config));
    text.push('\n');
    text.push_str(&KioskCall::interface(&config));
    text
}

fn format_json(value: &serde_json::Value) -> String {
    format!("{value:#}")
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
