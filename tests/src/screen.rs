//! What a window makes of what it is told, without the window.

use ringside_core::bridge::{Message, View};
use training::{Documents, Entity, EntityRef, Kind, KindedDocument};

/// Does what a window does with a message; says what is wrong with it.
pub fn show(view: &mut Option<View>, message: Message) -> Option<String> {
    match (message, view.as_mut()) {
        (Message::View { view: all }, _) => {
            *view = Some(*all);
            None
        }
        (Message::Entity { document, cause }, Some(view)) => {
            // What the person does while it can't be sent is shown on the version that is stored; only an event brings
            // a new one, and never an older one.
            let (before, version) = put(&mut view.documents, document.clone());
            before.zip(cause).and_then(|((before, its_version), cause)| {
                let event = cause.event;
                if before == document {
                    Some(format!("{event:?} was told twice, at version {version}"))
                } else if its_version > version {
                    Some(format!("{event:?} brought version {version} of what was at {its_version}"))
                } else {
                    None
                }
            })
        }
        (Message::Gone { entity, .. }, Some(view)) => {
            remove(&mut view.documents, entity);
            None
        }
        (Message::Refused { refused }, Some(view)) => {
            view.refused = refused;
            None
        }
        (Message::Update { update }, Some(view)) => {
            view.update = update;
            None
        }
        (Message::Link { link, clock_offset_ms }, Some(view)) => {
            (view.link, view.clock_offset_ms) = (link, clock_offset_ms);
            None
        }
        // Something for a window, where there is none; or before it has asked for the view, which has all of it.
        (
            Message::Kiosk { .. } | Message::Open { .. } | Message::Reveal { .. } | Message::Invited | Message::Closing,
            Some(_),
        )
        | (_, None) => None,
    }
}

/// Puts an entity in the place of what was known of it; answers that with its version, and the new one.
fn put(documents: &mut Documents, document: KindedDocument) -> (Option<(KindedDocument, u64)>, u64) {
    match document {
        KindedDocument::Session(session) => {
            let (before, version) = put_in(&mut documents.sessions, session);
            (before.map(|before| with_version(before, KindedDocument::Session)), version)
        }
        KindedDocument::Exercise(exercise) => {
            let (before, version) = put_in(&mut documents.exercises, exercise);
            (before.map(|before| with_version(before, KindedDocument::Exercise)), version)
        }
    }
}

fn with_version<E: Entity>(entity: E, kinded: impl FnOnce(E) -> KindedDocument) -> (KindedDocument, u64) {
    let version = entity.version();
    (kinded(entity), version)
}

fn put_in<E: Entity>(list: &mut Vec<E>, entity: E) -> (Option<E>, u64) {
    let before = list.iter().position(|known| known.id() == entity.id()).map(|place| list.remove(place));
    let version = entity.version();
    list.insert(0, entity);
    (before, version)
}

fn remove(documents: &mut Documents, entity: EntityRef) {
    match entity.kind {
        Kind::Session => documents.sessions.retain(|known| known.id() != entity.id),
        Kind::Exercise => documents.exercises.retain(|known| known.id() != entity.id),
        Kind::Unknown(_) => {}
    }
}
