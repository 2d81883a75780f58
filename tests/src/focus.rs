//! Keyboard focus and the close button. A virtual display has no window manager to focus the front window.

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt, EventMask, InputFocus, MapState, Window as Id,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::desktop::Desktop;
use crate::failure::Failure;
use crate::place::Place;
use crate::window::Window;

/// How often a window is moved before and after the press.
const MOVES: i32 = 500;

impl Window {
    /// Takes the keyboard focus, as a clicked window does, and waits until its page has it.
    pub async fn focus(&self, desktop: &Desktop) -> Result<(), Failure> {
        take(desktop, self.place()).map_err(|refused| self.refused("to be given the focus", &refused))?;
        self.until::<bool>("the keyboard's focus", "return document.hasFocus()", Vec::new()).await.map(drop)
    }

    /// Presses its close button.
    pub fn press_close(&self, desktop: &Desktop) -> Result<(), Failure> {
        press_close(desktop, self.place()).map_err(|refused| self.refused("to be asked to close", &refused))
    }

    /// Presses its close button while it is being moved.
    pub fn press_close_while_it_moves(&self, desktop: &Desktop) -> Result<(), Failure> {
        press_close_while_it_moves(desktop, self.place()).map_err(|refused| self.refused("to be moved", &refused))
    }

    /// Whether it asks the window manager for full screen.
    pub fn requests_full_screen(&self, desktop: &Desktop) -> Result<bool, Failure> {
        requests_full_screen(desktop).map_err(|refused| self.refused("to be asked for its state", &refused))
    }

    fn refused(&self, what: &str, refused: &DisplayError) -> Failure {
        let problem = format!("did not allow {} {what}: {refused}", self.name());
        Failure::Program { program: "the display".to_owned(), problem }
    }
}

impl Desktop {
    /// Presses the close button of the window at `place`, whose driver may be gone.
    pub fn press_close(&self, place: Place) -> Result<(), Failure> {
        press_close(self, Some(place)).map_err(|refused| Failure::Program {
            program: "the display".to_owned(),
            problem: format!("did not allow a window to be asked to close: {refused}"),
        })
    }
}

/// Why the display refused.
pub(crate) type DisplayError = Box<dyn std::error::Error>;

fn take(desktop: &Desktop, place: Option<Place>) -> Result<(), DisplayError> {
    let (display, window) = window_at(desktop, place)?;
    display.set_input_focus(InputFocus::POINTER_ROOT, window, x11rb::CURRENT_TIME)?.check()?;
    Ok(())
}

/// Presses the close button that a window manager would provide.
fn press_close(desktop: &Desktop, place: Option<Place>) -> Result<(), DisplayError> {
    let (display, window) = window_at(desktop, place)?;
    ask_to_close(&display, window)
}

/// Moves it back and forth by a pixel before and after the press, as fast as the display allows.
fn press_close_while_it_moves(desktop: &Desktop, place: Option<Place>) -> Result<(), DisplayError> {
    let (display, window) = window_at(desktop, place)?;
    let at = display.get_geometry(window)?.reply()?;
    let move_back_and_forth = || -> Result<(), DisplayError> {
        for step in 0..MOVES {
            let moved = ConfigureWindowAux::new().x(i32::from(at.x) + step % 2 + 1);
            // It may have closed by now.
            display.configure_window(window, &moved)?.ignore_error();
        }
        Ok(())
    };
    move_back_and_forth()?;
    ask_to_close(&display, window)?;
    move_back_and_forth()?;
    display.sync()?;
    Ok(())
}

fn ask_to_close(display: &RustConnection, window: Id) -> Result<(), DisplayError> {
    let atom =
        |name: &str| -> Result<u32, DisplayError> { Ok(display.intern_atom(false, name.as_bytes())?.reply()?.atom) };
    let (protocols, delete) = (atom("WM_PROTOCOLS")?, atom("WM_DELETE_WINDOW")?);
    let message = ClientMessageEvent::new(32, window, protocols, [delete, x11rb::CURRENT_TIME, 0, 0, 0]);
    display.send_event(false, window, EventMask::NO_EVENT, message)?.check()?;
    Ok(())
}

fn requests_full_screen(desktop: &Desktop) -> Result<bool, DisplayError> {
    let (display, window) = window_at(desktop, None)?;
    let atom =
        |name: &str| -> Result<u32, DisplayError> { Ok(display.intern_atom(false, name.as_bytes())?.reply()?.atom) };
    let state = display.get_property(false, window, atom("_NET_WM_STATE")?, AtomEnum::ATOM, 0, 32)?.reply()?;
    let full_screen = atom("_NET_WM_STATE_FULLSCREEN")?;
    Ok(state.value32().is_some_and(|mut states| states.any(|state| state == full_screen)))
}

/// The window at a place; the last one if there are several.
pub(crate) fn window_at(desktop: &Desktop, place: Option<Place>) -> Result<(RustConnection, Id), DisplayError> {
    let (display, screen) = x11rb::connect(desktop.display().as_deref())?;
    let root = display.setup().roots.get(screen).ok_or("no screen")?.root;
    let windows = display.query_tree(root)?.reply()?.children;
    let there = windows.into_iter().filter(|window| is_at(&display, *window, place).unwrap_or(false));
    let window = there.last().ok_or("there is no window")?;
    Ok((display, window))
}

/// Whether a window is on screen at this place, or anywhere, and large enough to be one of ours.
fn is_at(display: &RustConnection, window: Id, place: Option<Place>) -> Result<bool, x11rb::errors::ReplyError> {
    let is_shown = display.get_window_attributes(window)?.reply()?.map_state == MapState::VIEWABLE;
    let at = display.get_geometry(window)?.reply()?;
    let Some(place) = place else { return Ok(is_shown && at.width >= 960) };
    let same = |measured: i16, wanted: u16| i32::from(measured) == i32::from(wanted);
    Ok(is_shown && same(at.x, place.at.0) && same(at.y, place.at.1) && at.width == place.size.0)
}
