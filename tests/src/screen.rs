//! What a window makes of what it is told, without the window.

use ringside_core::bridge::{Message, View};
use training::Document;

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
            let document = Document::from(*document);
            let before = view.documents.put(document.clone());
            before.zip(cause).and_then(|(before, cause)| {
                let (event, version) = (cause.event, document.version());
                if before == document {
                    Some(format!("{event} was told twice, at version {version}"))
                } else if before.version() > version {
                    Some(format!("{event} brought version {version} of what was at {}", before.version()))
                } else {
                    None
                }
            })
        }
        (Message::Gone { entity, .. }, Some(view)) => {
            view.documents.remove(entity);
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
