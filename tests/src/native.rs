//! What a person does without a page: keys of their keyboard, and messages of the system.

use std::time::{Duration, Instant};

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, InputFocus, MapState, Window as Id};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::deadline::IN_TIME;
use crate::desktop::Desktop;
use crate::failure::Failure;
use crate::focus::{DisplayError, window_at};
use crate::place::Place;

/// A press and a release (X11 core protocol).
const STROKE: [u8; 2] = [2, 3];
/// The polling interval.
const INTERVAL: Duration = Duration::from_millis(50);

/// A key of the keyboard, by its symbol (X11's `keysymdef.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NativeKey(u32);

impl NativeKey {
    /// Ctrl, on the left.
    pub const CONTROL: Self = Self(0xffe3);
    /// Enter.
    pub const ENTER: Self = Self(0xff0d);

    /// The key of a small letter or a digit.
    pub const fn of(letter: u8) -> Self {
        Self(letter as u32)
    }
}

impl Desktop {
    /// Strikes keys in the window at `place`, each while those before it in its group are held.
    pub fn strike(&self, place: impl Into<Option<Place>>, groups: &[&[NativeKey]]) -> Result<(), Failure> {
        let struck = window_at(self, place.into()).and_then(|(display, window)| strike(&display, window, groups));
        struck.map_err(|error| refused(&error))
    }

    /// Waits until a message of the system is on screen.
    pub async fn wait_for_message(&self) -> Result<(), Failure> {
        self.wait_for_messages(true).await
    }

    /// Waits until no message of the system is on screen.
    pub async fn wait_until_message_gone(&self) -> Result<(), Failure> {
        self.wait_for_messages(false).await
    }

    /// Whether a message of the system is on screen.
    pub fn shows_message(&self) -> Result<bool, Failure> {
        message(self).map(|(_, message)| message.is_some()).map_err(|error| refused(&error))
    }

    /// Presses Enter in the message of the system: its default answer.
    pub fn confirm_message(&self) -> Result<(), Failure> {
        let confirmed = message(self).and_then(|(display, message)| {
            strike(&display, message.ok_or("there is no message")?, &[&[NativeKey::ENTER]])
        });
        confirmed.map_err(|error| refused(&error))
    }

    async fn wait_for_messages(&self, are_wanted: bool) -> Result<(), Failure> {
        let deadline = Instant::now() + IN_TIME;
        let mut interval = tokio::time::interval(INTERVAL);
        while self.shows_message()? != are_wanted {
            if Instant::now() > deadline {
                let problem = format!("a message, which should be there: {are_wanted}");
                return Err(Failure::Program { program: "the display has".to_owned(), problem });
            }
            interval.tick().await;
        }
        Ok(())
    }
}

fn strike(display: &RustConnection, window: Id, groups: &[&[NativeKey]]) -> Result<(), DisplayError> {
    display.set_input_focus(InputFocus::POINTER_ROOT, window, x11rb::CURRENT_TIME)?.check()?;
    let [press, release] = STROKE;
    for group in groups {
        let codes = group.iter().map(|key| code(display, *key)).collect::<Result<Vec<_>, _>>()?;
        let strokes = codes.iter().map(|code| (press, code)).chain(codes.iter().rev().map(|code| (release, code)));
        for (kind, code) in strokes {
            display.xtest_fake_input(kind, *code, x11rb::CURRENT_TIME, x11rb::NONE, 0, 0, 0)?.check()?;
        }
    }
    display.sync()?;
    Ok(())
}

/// The code of the key that has this symbol without any other key.
fn code(display: &RustConnection, NativeKey(symbol): NativeKey) -> Result<u8, DisplayError> {
    let setup = display.setup();
    let (first, count) = (setup.min_keycode, setup.max_keycode - setup.min_keycode + 1);
    let mapping = display.get_keyboard_mapping(first, count)?.reply()?;
    let mut keys = mapping.keysyms.chunks(mapping.keysyms_per_keycode.into());
    let place = keys.position(|symbols| symbols.first() == Some(&symbol)).ok_or("the keyboard has no such key")?;
    Ok(u8::try_from(place)? + first)
}

/// The message of the system that is on screen: a window of the type "dialog".
fn message(desktop: &Desktop) -> Result<(RustConnection, Option<Id>), DisplayError> {
    let (display, screen) = x11rb::connect(desktop.display().as_deref())?;
    let root = display.setup().roots.get(screen).ok_or("no screen")?.root;
    let atom =
        |name: &str| -> Result<u32, DisplayError> { Ok(display.intern_atom(false, name.as_bytes())?.reply()?.atom) };
    let (kind, dialog) = (atom("_NET_WM_WINDOW_TYPE")?, atom("_NET_WM_WINDOW_TYPE_DIALOG")?);
    let is_message = |window: &Id| -> Result<bool, DisplayError> {
        let is_shown = display.get_window_attributes(*window)?.reply()?.map_state == MapState::VIEWABLE;
        let kinds = display.get_property(false, *window, kind, AtomEnum::ATOM, 0, 8)?.reply()?;
        Ok(is_shown && kinds.value32().is_some_and(|mut kinds| kinds.any(|kind| kind == dialog)))
    };
    // A window may be gone by the time it is asked.
    let windows = display.query_tree(root)?.reply()?.children;
    let found = windows.into_iter().find(|window| is_message(window).unwrap_or(false));
    Ok((display, found))
}

fn refused(error: &DisplayError) -> Failure {
    Failure::Program { program: "the display".to_owned(), problem: format!("refused: {error}") }
}
