//! The keyboard's focus. A virtual display has no window manager that would hand it to the window in front.

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, InputFocus, MapState, Window as Id};
use x11rb::rust_connection::RustConnection;

use crate::desktop::Desktop;
use crate::failure::Failure;
use crate::window::{Place, Window};

impl Window {
    /// Takes the keyboard's focus, as a window that is clicked on does, and waits until its page knows.
    pub async fn focus(&self, desktop: &Desktop) -> Result<(), Failure> {
        take(desktop, self.place()).map_err(|error| Failure::Program {
            program: "the display".to_owned(),
            problem: format!("gave {} no focus: {error}", self.name()),
        })?;
        self.until::<bool>("the keyboard's focus", "return document.hasFocus()", Vec::new()).await.map(drop)
    }
}

fn take(desktop: &Desktop, place: Place) -> Result<(), Box<dyn std::error::Error>> {
    let (display, screen) = x11rb::connect(desktop.display().as_deref())?;
    let root = display.setup().roots.get(screen).ok_or("no screen")?.root;
    let windows = display.query_tree(root)?.reply()?.children;
    let there = windows.into_iter().filter(|window| stands_at(&display, *window, place).unwrap_or(false));
    let window = there.last().ok_or("no window stands there")?;
    display.set_input_focus(InputFocus::POINTER_ROOT, window, x11rb::CURRENT_TIME)?.check()?;
    Ok(())
}

/// Whether a window is on screen at this place.
fn stands_at(display: &RustConnection, window: Id, place: Place) -> Result<bool, x11rb::errors::ReplyError> {
    let is_shown = display.get_window_attributes(window)?.reply()?.map_state == MapState::VIEWABLE;
    let at = display.get_geometry(window)?.reply()?;
    let same = |measured: i16, wanted: u16| i32::from(measured) == i32::from(wanted);
    Ok(is_shown && same(at.x, place.at.0) && same(at.y, place.at.1) && at.width == place.size.0)
}
