//! How a window applies its messages, without the window.

use ringside_core::bridge::{Message, View};
use training::{Document, SessionId};

/// Applies a message as a window does; returns what is wrong with it.
pub fn show(view: &mut Option<View>, message: Message) -> Option<String> {
    match (message, view.as_mut()) {
        (Message::View { view: all }, _) => {
            *view = Some(*all);
            None
        }
        (Message::Entity { document, permits, cause }, Some(view)) => {
            // Unsent acts are shown on top of the stored version; only an event brings a new version, and never an
            // older one. Without a version it is what a waiting act creates anew, once the event has removed it.
            let document = Document::from(*document);
            view.permits.extend(permits.map(|permits| (SessionId(document.entity_ref().id), permits)));
            let before = view.documents.put(document.clone());
            before.zip(cause).and_then(|(before, cause)| {
                let (event, version) = (cause.event, document.version());
                if before == document {
                    Some(format!("{event} was delivered twice, at version {version}"))
                } else if version > 0 && before.version() > version {
                    Some(format!("{event} brought version {version} of what was at {}", before.version()))
                } else {
                    None
                }
            })
        }
        (Message::Gone { entity, .. }, Some(view)) => {
            view.documents.remove(entity);
            view.permits.remove(&SessionId(entity.id));
            None
        }
        (Message::Account { account }, Some(view)) => {
            view.account = *account;
            None
        }
        (Message::Refused { refused }, Some(view)) => {
            view.refused = refused;
            None
        }
        (Message::Uploads { uploads }, Some(view)) => {
            view.uploads = uploads;
            None
        }
        (Message::Presence { presence }, Some(view)) => {
            view.presence.retain(|known| known.athlete_id != presence.athlete_id);
            view.presence.push(presence);
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
        // Window-only messages; or messages before the view was requested, which will contain them.
        (
            Message::Kiosk { .. }
            | Message::Open { .. }
            | Message::Reveal { .. }
            | Message::LinkOpened
            | Message::Closing,
            Some(_),
        )
        | (_, None) => None,
    }
}
