//! What a window makes of what it is told, without the window.

use ringside_core::bridge::{Message, View};
use training::Session;

/// Does what a window does with a message; says what is wrong with it.
pub fn show(view: &mut Option<View>, message: Message) -> Option<String> {
    match (message, view.as_mut()) {
        (Message::View { view: all }, _) => {
            *view = Some(*all);
            None
        }
        (Message::Session { session, cause }, Some(view)) => {
            // What the person does while it can't be sent is shown on the version that is stored; only an event brings
            // a new one, and never an older one.
            let fault = take(view, &session).and_then(|before| {
                let (event, version) = (cause.event, session.version);
                if before == *session {
                    Some(format!("{event:?} was told twice, at version {version}"))
                } else if before.version > version {
                    Some(format!("{event:?} brought version {version} of a session that was at {}", before.version))
                } else {
                    None
                }
            });
            view.sessions.insert(0, *session);
            fault
        }
        (Message::Changed { session }, Some(view)) => {
            take(view, &session);
            view.sessions.insert(0, *session);
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

/// Takes a session out of the view, to be replaced.
fn take(view: &mut View, session: &Session) -> Option<Session> {
    let place = view.sessions.iter().position(|known| known.id == session.id)?;
    Some(view.sessions.remove(place))
}
